"""io.kestra.plugin.core.trigger.ScheduleOnDates."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from lanner.sdk.property import Property
from lanner.sdk.trigger import Trigger
from lanner_plugins.core.trigger.dates import RecoverMissedSchedules, known_zone


class ScheduleOnDates(Trigger):
    """Start executions at given dates."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: on_given_dates
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: a day to remember

triggers:
  - id: launch
    type: io.kestra.plugin.core.trigger.ScheduleOnDates
    timezone: Europe/Paris
    dates:
      - "2030-01-01T09:00:00+01:00"
      - "2030-07-01T09:00:00+02:00"
""",
    )

    dates: Property[list[datetime]]
    """The dates."""
    timezone: Annotated[str, AfterValidator(known_zone)] | None = None
    """Time zone of dates without one; the server's when absent."""
    inputs: dict[str, Any] | None = None
    """Inputs of the executions."""
    recover_missed_schedules: RecoverMissedSchedules | None = None
    """What to do about dates missed while nothing could be started; the server's setting when absent."""
    interval: None = None
    """Must not be set: the dates are those of `dates`."""
