"""io.kestra.plugin.core.trigger.Schedule."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, model_validator

from lanner.sdk.text import Duration, Text
from lanner.sdk.trigger import AnyCondition, Trigger
from lanner_plugins.core.trigger.dates import RecoverMissedSchedules, known_zone, plain_cron


class Schedule(Trigger):
    """Start executions at the dates of a cron expression."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: every_morning
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "for {{ trigger.date ?? execution.startDate }}"

triggers:
  - id: at_nine
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 9 * * 1-5"
    timezone: Europe/Paris
    recoverMissedSchedules: LAST
""",
    )

    cron: Text
    """Minute, hour, day of month, month and day of week (0 and 7 are Sunday), or a nickname such as `@daily`."""
    with_seconds: bool = False
    """Whether `cron` begins with a field for seconds."""
    timezone: Annotated[str, AfterValidator(known_zone)] | None = None
    """Time zone of the dates; the server's when absent."""
    inputs: dict[str, Any] | None = None
    """Inputs of the executions."""
    late_maximum_delay: Duration | None = None
    """Skip dates that are later than this."""
    recover_missed_schedules: RecoverMissedSchedules | None = None
    """What to do about dates missed while nothing could be started; the server's setting when absent."""
    schedule_conditions: tuple[AnyCondition, ...] = ()
    """Deprecated: use `conditions`."""
    backfill: Any = None
    """Deprecated and ignored."""
    interval: None = None
    """Must not be set: the dates are those of `cron`."""

    @model_validator(mode="after")
    def _is_cron(self) -> Self:
        plain_cron(self.cron, with_seconds=self.with_seconds)
        return self
