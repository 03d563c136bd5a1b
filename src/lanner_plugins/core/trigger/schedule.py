"""io.kestra.plugin.core.trigger.Schedule."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from lanner.sdk.condition import AnyCondition, Testable
from lanner.sdk.property import RenderValue
from lanner.sdk.schedule import Calendar, ScheduledTrigger
from lanner.sdk.text import Duration, Text, misplaced
from lanner_plugins.core.trigger.cron import Cron, CronCalendar
from lanner_plugins.core.trigger.dates import iso, known_zone, zone_of


class Schedule(ScheduledTrigger):
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
    late_maximum_delay: Duration | None = None
    """Skip dates that are later than this."""
    schedule_conditions: Annotated[tuple[AnyCondition, ...], Field(json_schema_extra={"deprecated": True})] = ()
    """Deprecated: use `conditions`."""
    backfill: Any = None
    """Deprecated and ignored."""
    interval: None = None
    """Must not be set: the dates are those of `cron`."""

    @model_validator(mode="after")
    def _is_cron(self) -> Self:
        try:
            Cron.read(self.cron, with_seconds=self.with_seconds)
        except ValueError as error:
            raise misplaced([(("cron",), str(error))]) from error
        return self

    def calendar(self, render: RenderValue, server_zone: tzinfo) -> Calendar:  # noqa: ARG002  # nothing to render
        """Return the dates of the cron expression."""
        return CronCalendar(Cron.read(self.cron, with_seconds=self.with_seconds), zone_of(self.timezone, server_zone))

    @property
    def all_conditions(self) -> tuple[Testable, ...]:
        """The conditions, under any name."""
        return (*self.tests, *self.schedule_conditions)

    @property
    def longest_delay(self) -> timedelta | None:
        """How late a date may be started."""
        return self.late_maximum_delay

    def variables(self, date: datetime, following: datetime | None, previous: datetime | None) -> Mapping[str, Any]:
        """Return the date, the one after it and the one before."""
        named = {"date": date, "next": following, "previous": previous}
        return {name: iso(moment) for name, moment in named.items() if moment is not None}
