"""Cron expressions as Kestra reads them: unix cron, with a field for seconds in front where that is asked for.

A date matches when its time does and its day does. Of day of month and day of week the one that is
not a bare ``*`` decides; when both are something else, a day that either names matches.
Source: Kestra 1.0.36, asked (reference ``engine.md`` §7.3).
"""

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

FARTHEST_YEARS = 10
"""How far dates are looked for: 29 February may be eight years away."""

_DAY = timedelta(days=1)
_PART = re.compile(r"(?P<first>\w+|\*)?(?:-(?P<last>\w+))?(?:/(?P<step>\w+))?")
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DAYS = {name: number for number, name in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"), start=1)}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    names: Mapping[str, int]


_FIELDS = (
    _Field("seconds", 0, 59, {}),
    _Field("minutes", 0, 59, {}),
    _Field("hours", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _DAYS),
)


class InvalidCron(ValueError):
    """A text is no cron expression."""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__(f"invalid cron expression '{expression}': {reason}; write for example '0 9 * * 1-5'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """The times and days of an expression, without a time zone. Each tuple is sorted."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_of_month: frozenset[int] | None
    """``None`` for a bare ``*``."""
    months: tuple[int, ...]
    days_of_week: frozenset[int] | None
    """Sunday is 0; ``None`` for a bare ``*``."""

    @classmethod
    def read(cls, expression: str, *, with_seconds: bool = False) -> "Cron":
        """Return what an expression says; raises ``InvalidCron``. A date that never comes is no error."""
        parts = _parts(expression, with_seconds=with_seconds)
        sets = [_values(expression, field, part) for field, part in zip(_FIELDS, parts, strict=True)]
        seconds, minutes, hours, days, months, weekdays = (tuple(sorted(found)) for found in sets)
        return cls(
            seconds=seconds,
            minutes=minutes,
            hours=hours,
            days_of_month=None if parts[3] == "*" else frozenset(days),
            months=months,
            days_of_week=None if parts[5] == "*" else frozenset(day % 7 for day in weekdays),
        )

    def has_day(self, day: date) -> bool:
        """Whether a day matches."""
        if day.month not in self.months:
            return False
        of_month, of_week = self.days_of_month, self.days_of_week
        weekday = day.isoweekday() % 7
        if of_month is None:
            return of_week is None or weekday in of_week
        if of_week is None:
            return day.day in of_month
        return day.day in of_month or weekday in of_week

    def after(self, moment: datetime) -> datetime | None:
        """Return the first date later than ``moment``, both naive and in whole seconds."""
        for day in self._days(moment.date()):
            found = self._time_after(moment.time() if day == moment.date() else None)
            if found is not None:
                return datetime.combine(day, found)
        return None

    def before(self, moment: datetime) -> datetime | None:
        """Return the last date earlier than ``moment``, both naive."""
        for day in self._days_back(moment.date()):
            found = self._time_before(moment.time() if day == moment.date() else None)
            if found is not None:
                return datetime.combine(day, found)
        return None

    def _days(self, first: date) -> Iterator[date]:
        day, last = first, first.year + FARTHEST_YEARS
        while day.year <= last:
            if day.month not in self.months:
                month = next((month for month in self.months if month > day.month), None)
                day = date(day.year, month, 1) if month else date(day.year + 1, self.months[0], 1)
                continue
            if self.has_day(day):
                yield day
            day += _DAY

    def _days_back(self, first: date) -> Iterator[date]:
        day, last = first, first.year - FARTHEST_YEARS
        while day.year >= last:
            if day.month not in self.months:
                month = next((month for month in reversed(self.months) if month < day.month), None)
                year, month = (day.year, month) if month else (day.year - 1, self.months[-1])
                day = date(year, month, monthrange(year, month)[1])
                continue
            if self.has_day(day):
                yield day
            day -= _DAY

    def _time_after(self, moment: time | None) -> time | None:
        """Return the first time of a day, or the first later than ``moment``."""
        if moment is None:
            return time(self.hours[0], self.minutes[0], self.seconds[0])
        if moment.hour in self.hours:
            if moment.minute in self.minutes:
                second = _first_above(self.seconds, moment.second)
                if second is not None:
                    return time(moment.hour, moment.minute, second)
            minute = _first_above(self.minutes, moment.minute)
            if minute is not None:
                return time(moment.hour, minute, self.seconds[0])
        hour = _first_above(self.hours, moment.hour)
        return None if hour is None else time(hour, self.minutes[0], self.seconds[0])

    def _time_before(self, moment: time | None) -> time | None:
        """Return the last time of a day, or the last earlier than ``moment``."""
        if moment is None:
            return time(self.hours[-1], self.minutes[-1], self.seconds[-1])
        if moment.hour in self.hours:
            if moment.minute in self.minutes:
                limit = moment.second + 1 if moment.microsecond else moment.second
                second = _last_below(self.seconds, limit)
                if second is not None:
                    return time(moment.hour, moment.minute, second)
            minute = _last_below(self.minutes, moment.minute)
            if minute is not None:
                return time(moment.hour, minute, self.seconds[-1])
        hour = _last_below(self.hours, moment.hour)
        return None if hour is None else time(hour, self.minutes[-1], self.seconds[-1])


@dataclass(frozen=True, slots=True)
class CronCalendar:
    """The dates of an expression in a time zone.

    A local time that is skipped in spring has no date that day; of one that comes twice in autumn
    the first counts.
    """

    cron: Cron
    zone: tzinfo

    def after(self, moment: datetime) -> datetime | None:
        """Return the first date later than ``moment``."""
        # Two times of one zone are compared by the clock on the wall, which is wrong while it is put back.
        moment = moment.astimezone(UTC)
        local: datetime | None = moment.astimezone(self.zone).replace(tzinfo=None)
        while local is not None:
            local = self.cron.after(local)
            found = None if local is None else self._aware(local)
            if found is not None and found > moment:
                return found
        return None

    def before(self, moment: datetime) -> datetime | None:
        """Return the last date earlier than ``moment``."""
        moment = moment.astimezone(UTC)
        here = moment.astimezone(self.zone)
        local: datetime | None = here.replace(tzinfo=None)
        if here.fold:
            # The hour comes for the second time: all of its dates were in the first.
            local = here.replace(tzinfo=None, fold=0) + (self._hour_again(here))
        while local is not None:
            local = self.cron.before(local)
            found = None if local is None else self._aware(local)
            if found is not None and found < moment:
                return found
        return None

    def _aware(self, local: datetime) -> datetime | None:
        """Return a local time with its offset, or ``None`` when clocks skip it."""
        found = local.replace(tzinfo=self.zone)
        back = found.astimezone(UTC).astimezone(self.zone)
        return found if back.replace(tzinfo=None, fold=0) == local else None

    @staticmethod
    def _hour_again(here: datetime) -> timedelta:
        """Return by how much clocks were put back."""
        first, second = here.replace(fold=0).utcoffset(), here.utcoffset()
        return first - second if first is not None and second is not None else timedelta()


def _parts(expression: str, *, with_seconds: bool) -> list[str]:
    nickname = expression.strip().lower()
    parts = NICKNAMES.get(nickname, expression).split()
    if nickname in NICKNAMES:
        return ["0", *parts]
    if nickname.startswith("@"):
        raise InvalidCron(expression, f"there is no nickname {nickname!r}; there are {', '.join(NICKNAMES)}")
    wanted = 6 if with_seconds else 5
    if len(parts) != wanted:
        raise InvalidCron(expression, f"it has {len(parts)} fields instead of {wanted}")
    return parts if with_seconds else ["0", *parts]


def _values(expression: str, field: _Field, text: str) -> set[int]:
    """Return the values of one field; raises ``InvalidCron``."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None or (not match["first"] and (not match["step"] or match["last"])):
            raise InvalidCron(expression, f"{part!r} in the field {field.name} ({text!r}) is no value, range or step")
        first, last, step = match["first"] or "*", match["last"], match["step"]
        if first == "*":
            if last is not None:
                raise InvalidCron(expression, f"{part!r} in the field {field.name} is no range")
            low, high = field.least, field.most
        else:
            low = _number(expression, field, first)
            high = _number(expression, field, last) if last is not None else field.most if step is not None else low
        if low > high:
            raise InvalidCron(expression, f"the range {part!r} in the field {field.name} runs backwards")
        found.update(range(low, high + 1, _step(expression, field, step)))
    return found


def _number(expression: str, field: _Field, text: str) -> int:
    number = field.names.get(text.upper())
    if number is None and text.isascii() and text.isdigit():
        number = int(text)
    if number is None:
        raise InvalidCron(expression, f"{text!r} is not known in the field {field.name}")
    if not field.least <= number <= field.most:
        raise InvalidCron(expression, f"{text} in the field {field.name} is not in {field.least}-{field.most}")
    return number


def _step(expression: str, field: _Field, text: str | None) -> int:
    if text is None:
        return 1
    step = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= step <= field.most:
        raise InvalidCron(expression, f"the step {text!r} in the field {field.name} is not in 1-{field.most}")
    return step


def _first_above(values: Sequence[int], limit: int) -> int | None:
    place = bisect_right(values, limit)
    return values[place] if place < len(values) else None


def _last_below(values: Sequence[int], limit: int) -> int | None:
    place = bisect_left(values, limit)
    return values[place - 1] if place else None
