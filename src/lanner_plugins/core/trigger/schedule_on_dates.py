"""io.kestra.plugin.core.trigger.ScheduleOnDates."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator

from lanner.sdk.property import Property, RenderValue
from lanner.sdk.schedule import Calendar, ScheduledTrigger
from lanner_plugins.core.trigger.dates import DateList, known_zone, zone_of

YEAR = timedelta(days=365)


class ScheduleOnDates(ScheduledTrigger):
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
    interval: None = None
    """Must not be set: the dates are those of `dates`."""

    def calendar(self, render: RenderValue, server_zone: tzinfo) -> Calendar:
        """Return the dates, fractions of seconds dropped."""
        zone = zone_of(self.timezone, server_zone)
        whole = (date.replace(microsecond=0) for date in self.dates.value(render))
        return DateList(sorted({date.replace(tzinfo=zone) if date.tzinfo is None else date for date in whole}))

    @property
    def parks_for(self) -> timedelta | None:
        """A year: a flow may be given more dates without a new revision, by an expression."""
        return YEAR

    @property
    def has_past(self) -> bool:
        """Dates that have passed are missed ones."""
        return True

    @property
    def keeps_schedule_date(self) -> bool:
        """Executions carry their date."""
        return True

    def variables(self, date: datetime, following: datetime | None, previous: datetime | None) -> Mapping[str, Any]:  # noqa: ARG002  # as in Kestra
        """Return nothing: the date is the execution's ``scheduleDate``."""
        return {}
