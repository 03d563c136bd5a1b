"""A point in time with its zone, to the nanosecond, and how values become one."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from lanner.expressions.dates.zones import zone_of
from lanner.expressions.errors import Fault
from lanner.expressions.values import no_cast

_ISO = re.compile(
    r"(?P<year>[+-]?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"(?:[Tt](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{0,9}))?)?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::\d\d(?::\d\d)?)?)?(?:\[(?P<zone>[^\]]+)\])?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
]

UNITS: dict[str, timedelta] = {
    "MICROS": timedelta(microseconds=1),
    "MILLIS": timedelta(milliseconds=1),
    "SECONDS": timedelta(seconds=1),
    "MINUTES": timedelta(minutes=1),
    "HOURS": timedelta(hours=1),
    "HALF_DAYS": timedelta(hours=12),
}
DAY_UNITS = {"DAYS": 1, "WEEKS": 7}
MONTH_UNITS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1200, "MILLENNIA": 12000}


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is aware and exact to the microsecond, ``rest`` counts the nanoseconds beyond; ``zone`` is the zone's id."""  # noqa: E501 -- the line is shown to readers as it is

    at: datetime
    rest: int
    zone: str

    @property
    def nano(self) -> int:
        """Nanoseconds of the second."""
        return self.at.microsecond * 1000 + self.rest

    @property
    def offset(self) -> timedelta:
        return self.at.utcoffset() or timedelta()

    def in_zone(self, name: str) -> "Moment":
        zone, shown = zone_of(name)
        return Moment(_shift(lambda: self.at.astimezone(zone)), self.rest, shown)

    def epoch_seconds(self) -> int:
        return (self.at - _EPOCH) // timedelta(seconds=1)

    def epoch_nanos(self) -> int:
        return (self.at - _EPOCH) // timedelta(microseconds=1) * 1000 + self.rest

    def plus(self, amount: int, unit: str) -> "Moment":
        """Add an amount: days and months on the clock of this moment's zone, hours and less exactly."""
        if unit == "NANOS":
            micros, rest = divmod(self.rest + amount, 1000)
            return replace(self.exactly(timedelta(microseconds=1), micros), rest=rest)
        if unit in UNITS:
            return self.exactly(UNITS[unit], amount)
        if unit in DAY_UNITS:
            days = amount * DAY_UNITS[unit]
            return self.on_clock(lambda: self.at.replace(tzinfo=None) + timedelta(days=days))
        if unit in MONTH_UNITS:
            months = amount * MONTH_UNITS[unit]
            return self.on_clock(lambda: _plus_months(self.at.replace(tzinfo=None), months))
        if unit == "FOREVER":
            raise Fault("Unsupported unit: Forever")
        if unit == "ERAS":
            raise Fault("Invalid value for Era (valid values 0 - 1)")
        raise Fault(f"No enum constant java.time.temporal.ChronoUnit.{unit}")

    def exactly(self, unit: timedelta, amount: int) -> "Moment":
        zone = self.at.tzinfo
        return replace(self, at=_shift(lambda: (self.at.astimezone(UTC) + unit * amount).astimezone(zone)))

    def on_clock(self, moved: "Any") -> "Moment":
        assert self.at.tzinfo is not None
        return replace(self, at=_shift(lambda: on_wall(moved(), self.at.tzinfo)))


def on_wall(local: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment at which a clock of the zone shows ``local``; in a gap the clock has moved on."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def of_value(value: Any, zone: str) -> Moment:
    """Return the moment that a value stands for; local dates and times are in ``zone``."""
    if isinstance(value, str):
        return of_iso(value, zone)
    if isinstance(value, datetime):
        return of_datetime(value, zone)
    if isinstance(value, date):
        return of_local(datetime(value.year, value.month, value.day, 12), 0, zone)  # noqa: DTZ001 -- a date object means its noon
    if isinstance(value, int) and not isinstance(value, bool):
        return of_number(value)
    raise no_cast(value, "java.lang.String")


def of_datetime(value: datetime, zone: str) -> Moment:
    if value.tzinfo is None:
        return of_local(value, 0, zone)
    key = getattr(value.tzinfo, "key", None)
    return Moment(value, 0, key if isinstance(key, str) else "Z" if value.tzinfo is UTC else value.strftime("%:z"))


def of_number(value: int) -> Moment:
    """Return the moment of a number of seconds, of milliseconds if it has 13 digits, of nanoseconds if it has 19."""
    digits = len(str(abs(value)))
    nanos = value * (1_000_000 if digits == 13 else 1 if digits == 19 else 1_000_000_000)
    micros, rest = divmod(nanos, 1000)
    return Moment(_shift(lambda: _EPOCH + timedelta(microseconds=micros)), rest, "Z")


def of_local(local: datetime, rest: int, zone: str) -> Moment:
    place, shown = zone_of(zone)
    return Moment(_shift(lambda: on_wall(local, place)), rest, shown)


def of_iso(text: str, zone: str) -> Moment:
    """Read an ISO date with or without time and offset."""
    match = _ISO.fullmatch(text)
    if match is None or (match["zone"] and not match["offset"]):
        raise _unparsed(text)
    year = int(match["year"])
    fields = [int(match[name] or 0) for name in ("hour", "minute", "second")]
    if match["hour"] and (fields[0] > 23 or max(fields[1:]) > 59):
        raise Fault(f"Text '{text}' could not be parsed, unparsed text found at index 10")
    nano = int((match["fraction"] or "").ljust(9, "0"))
    local = checked_date(text, year, int(match["month"]), int(match["day"])) + timedelta(
        hours=fields[0], minutes=fields[1], seconds=fields[2], microseconds=nano // 1000
    )
    if match["offset"] is None:
        return of_local(local, nano % 1000, zone)
    try:
        offset_zone, shown = zone_of(match["offset"])
    except Fault:
        raise Fault(f"Text '{text}' could not be parsed, unparsed text found at index 10") from None
    moment = Moment(local.replace(tzinfo=offset_zone), nano % 1000, shown)
    return moment.in_zone(match["zone"]) if match["zone"] else moment


def checked_date(text: str, year: int, month: int, day: int) -> datetime:
    """Return the midnight that begins a day, or say what is wrong with it."""
    if not 1 <= month <= 12:
        raise Fault(f"Text '{text}' could not be parsed: Invalid value for MonthOfYear (valid values 1 - 12): {month}")
    if not 1 <= day <= 31:
        raise Fault(f"Text '{text}' could not be parsed: Invalid value for DayOfMonth (valid values 1 - 28/31): {day}")
    if not 1 <= year <= 9999:
        raise Fault(f"Text '{text}' could not be parsed: only years from 1 to 9999 are supported")
    try:
        return datetime(year, month, day)  # noqa: DTZ001 -- a clock's reading, its zone comes next
    except ValueError:
        name = MONTHS[month - 1]
        raise Fault(f"Text '{text}' could not be parsed: Invalid date '{name} {day}'") from None


def _unparsed(text: str) -> Fault:
    if re.match(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return Fault(f"Text '{text}' could not be parsed, unparsed text found at index 10")
    return Fault(f"Text '{text}' could not be parsed at index 0")


def _plus_months(local: datetime, months: int) -> datetime:
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    for day in range(local.day, 27, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return local.replace(year=year, month=month + 1)


def _shift(move: "Any") -> datetime:
    try:
        result = move()
    except (OverflowError, ValueError):
        raise Fault("only dates of the years 1 to 9999 are supported") from None
    assert isinstance(result, datetime)
    return result
