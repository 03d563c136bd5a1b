"""Conditions on a date, by default the date of a schedule.

Source: Kestra 1.0.36 (reference ``plugins-core.md`` §4).
"""

import calendar
import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from lanner.sdk.condition import Condition, ConditionContext, InvalidCondition
from lanner.sdk.property import Property, default
from lanner_plugins.core.condition.samples import scheduled

_REGION = re.compile(r"\[[^\]]*\]$")
WEEK = 7
Day = date
"""The type, in classes that have a property of its name."""


class DayOfWeek(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"

    @property
    def number(self) -> int:
        """Monday is 0."""
        return list(DayOfWeek).index(self)


class DayInMonth(StrEnum):
    """Which one of the days of that name in the month."""

    FIRST = "FIRST"
    SECOND = "SECOND"
    THIRD = "THIRD"
    FOURTH = "FOURTH"
    LAST = "LAST"


class DateCondition(Condition):
    """A condition on a date."""

    date: Property[str] = default("{{ trigger.date }}")
    """The date; that of the schedule when absent."""

    def moment(self, context: ConditionContext) -> datetime:
        """Return the date with its time and offset."""
        found = _read(str(context.value(self.date)))
        if found.tzinfo is None:
            raise InvalidCondition(
                f"the date {found.isoformat()} has no offset; write for example {found.isoformat()}Z"
            )
        return found

    def day(self, context: ConditionContext) -> Day:
        """Return the day, as it is called where the date's offset holds."""
        return _read(str(context.value(self.date))).date()


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(_REGION.sub("", text.strip()))
    except ValueError:
        raise InvalidCondition(f"{text!r} is no date; write for example '2026-01-31T09:00:00Z'") from None


def _is_between(value: float, after: float | None, before: float | None) -> bool:
    if after is None and before is None:
        raise InvalidCondition("Invalid condition with no before nor after")
    return (after is None or value > after) and (before is None or value < before)


class DateTimeBetween(DateCondition):
    """Whether a date lies strictly after one moment, before another, or both."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "until_the_end_of_the_year",
            """\
- type: io.kestra.plugin.core.condition.DateTimeBetween
  after: "2026-01-01T00:00:00Z"
  before: "2027-01-01T00:00:00Z"
""",
        ),
    )

    after: Property[datetime] | None = None
    """Moment it has to be after."""
    before: Property[datetime] | None = None
    """Moment it has to be before."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the date lies between."""
        at = self.moment(context).timestamp()
        limits = [None if limit is None else _instant(context.value(limit)) for limit in (self.after, self.before)]
        return _is_between(at, *limits)


def _instant(moment: datetime) -> float:
    if moment.tzinfo is None:
        raise InvalidCondition(f"{moment.isoformat()} has no offset; write for example {moment.isoformat()}Z")
    return moment.timestamp()


class TimeBetween(DateCondition):
    """Whether a time of day lies strictly after one time, before another, or both; it does not go past midnight."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "in_the_morning",
            """\
- type: io.kestra.plugin.core.condition.TimeBetween
  after: "08:00:00+01:00"
  before: "12:00:00+01:00"
""",
        ),
    )

    after: Property[time] | None = None
    """Time with its offset, such as `16:00:00+02:00`."""
    before: Property[time] | None = None
    """Time with its offset, such as `18:00:00+02:00`."""

    def test(self, context: ConditionContext) -> bool:
        """Whether the time of the date lies between."""
        at = self.moment(context).timetz()
        limits = [None if limit is None else _seconds(context.value(limit)) for limit in (self.after, self.before)]
        return _is_between(_seconds(at), *limits)


def _seconds(at: time) -> float:
    """Return seconds from midnight UTC; negative or more than a day's where the offset takes it there."""
    offset = at.utcoffset()
    if offset is None:
        raise InvalidCondition(f"the time {at.isoformat()} has no offset; write for example {at.isoformat()}+00:00")
    since = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    return (since - offset).total_seconds()


class DayWeek(DateCondition):
    """Whether a date is a given day of the week."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "on_thursdays",
            """\
- type: io.kestra.plugin.core.condition.DayWeek
  dayOfWeek: THURSDAY
""",
        ),
    )

    day_of_week: Property[DayOfWeek]
    """The day."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is the day."""
        wanted: DayOfWeek = context.value(self.day_of_week)
        return self.day(context).weekday() == wanted.number


class DayWeekInMonth(DateCondition):
    """Whether a date is, say, the first Monday or the last Friday of its month."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "first_monday",
            """\
- type: io.kestra.plugin.core.condition.DayWeekInMonth
  dayOfWeek: MONDAY
  dayInMonth: FIRST
""",
        ),
    )

    day_of_week: Property[DayOfWeek]
    """The day of the week."""
    day_in_month: Property[DayInMonth]
    """Which one of the month."""

    def test(self, context: ConditionContext) -> bool:
        """Whether it is that day."""
        weekday: DayOfWeek = context.value(self.day_of_week)
        which: DayInMonth = context.value(self.day_in_month)
        day = self.day(context)
        if day.weekday() != weekday.number:
            return False
        if which is DayInMonth.LAST:
            return day.day + WEEK > calendar.monthrange(day.year, day.month)[1]
        return (day.day - 1) // WEEK == list(DayInMonth).index(which)


class Weekend(DateCondition):
    """Whether a date is a Saturday or a Sunday."""

    examples: ClassVar[tuple[str, ...]] = (
        scheduled(
            "at_weekends",
            """\
- type: io.kestra.plugin.core.condition.Weekend
""",
        ),
    )

    def test(self, context: ConditionContext) -> bool:
        """Whether it is one of the two."""
        return self.day(context).weekday() >= DayOfWeek.SATURDAY.number
