"""Functions of the clock and the calendar."""

from datetime import date, timedelta
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.filters.dates import DATE_PARAMETERS, moment_of, printed
from lanner.expressions.members import day_name
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.values import ABSENT, text_input

DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


def now(
    scope: Scope,
    form: Any = ABSENT,
    time_zone: Any = ABSENT,
    existing_format: Any = ABSENT,  # noqa: ARG001 -- the signature is the language's; now needs no reading
    locale: Any = ABSENT,
) -> str:
    """Return the current moment as a text, in the format, zone and language asked for.

    >>> {{ now() }} {{ now('yyyy-MM-dd') }}
    2026-11-21T09:30:02.036105Z 2026-11-21
    """
    moment = moment_of(scope, scope.rendering.reach.now(), time_zone, ABSENT)
    return printed(scope, moment, ABSENT if form is None else form, time_zone, locale)


def is_weekend(scope: Scope, day: Any = ABSENT) -> bool:
    """Whether a date is a Saturday or Sunday.

    >>> {{ isWeekend('2024-01-06') }}
    true
    """
    return _day(scope, day, "isWeekend").weekday() >= 5


def is_public_holiday(scope: Scope, day: Any = ABSENT, country: Any = ABSENT, subdivision: Any = ABSENT) -> bool:
    """Whether a date is a public holiday of a country or of a part of it.

    >>> {{ isPublicHoliday('2024-12-25', 'FR') }}
    true
    """
    found = _day(scope, day, "isPublicHoliday")
    if not given(country):
        raise Fault("The 'isPublicHoliday' function expects an argument 'country'.")
    part = text_input(subdivision) if given(subdivision) else None
    return scope.rendering.reach.is_public_holiday(found, text_input(country), part)


def is_day_week_in_month(scope: Scope, day: Any = ABSENT, weekday: Any = ABSENT, position: Any = ABSENT) -> bool:
    """Whether a date is the FIRST, SECOND, THIRD, FOURTH or LAST of a weekday in its month.

    >>> {{ isDayWeekInMonth('2024-01-01', 'MONDAY', 'FIRST') }}
    true
    """
    found = _day(scope, day, "isDayWeekInMonth")
    name, place = text_input(weekday).upper(), text_input(position).upper()
    if name not in DAYS or place not in {"FIRST", "SECOND", "THIRD", "FOURTH", "LAST"}:
        raise Fault("isDayWeekInMonth expects a weekday such as MONDAY and a position such as FIRST or LAST")
    if day_name(found) != name:
        return False
    if place == "LAST":
        return (found + timedelta(days=7)).month != found.month
    return (found.day - 1) // 7 == ("FIRST", "SECOND", "THIRD", "FOURTH").index(place)


def is_last_working_day(scope: Scope, day: Any = ABSENT) -> bool:
    """Whether a date is the last day of its month that is no Saturday or Sunday.

    >>> {{ isLastWorkingDay('2024-03-29') }}
    true
    """
    found = _day(scope, day, "isLastWorkingDay")
    following = found + timedelta(days={4: 3, 5: 2}.get(found.weekday(), 1))
    return found.weekday() < 5 and following.month != found.month


def day_of_week(scope: Scope, day: Any = ABSENT) -> str:
    """Return a date's weekday.

    >>> {{ dayOfWeek('2024-01-01') }}
    MONDAY
    """
    return day_name(_day(scope, day, "dayOfWeek"))


def day_of_month(scope: Scope, day: Any = ABSENT) -> int:
    """Return a date's day of the month.

    >>> {{ dayOfMonth('2024-01-31') }}
    31
    """
    return _day(scope, day, "dayOfMonth").day


def month_of_year(scope: Scope, day: Any = ABSENT) -> int:
    """Return a date's month.

    >>> {{ monthOfYear('2024-01-31') }}
    1
    """
    return _day(scope, day, "monthOfYear").month


def hour_of_day(scope: Scope, day: Any = ABSENT) -> int:
    """Return a date's hour.

    >>> {{ hourOfDay('2024-01-31T17:05:00Z') }}
    17
    """
    return int(_moment(scope, day, "hourOfDay").at.hour)


def is_date_before(scope: Scope, day: Any = ABSENT, other: Any = ABSENT) -> bool:
    """Whether a date is earlier than another.

    >>> {{ isDateBefore('2024-01-01', '2024-01-02') }}
    true
    """
    first, second = _moment(scope, day, "isDateBefore"), _moment(scope, other, "isDateBefore")
    return bool(first.epoch_nanos() < second.epoch_nanos())


def is_date_after(scope: Scope, day: Any = ABSENT, other: Any = ABSENT) -> bool:
    """Whether a date is later than another.

    >>> {{ isDateAfter('2024-01-01', '2024-01-02') }}
    false
    """
    first, second = _moment(scope, day, "isDateAfter"), _moment(scope, other, "isDateAfter")
    return bool(first.epoch_nanos() > second.epoch_nanos())


def is_date_between(scope: Scope, day: Any = ABSENT, after: Any = ABSENT, before: Any = ABSENT) -> bool:
    """Whether a date is later than one date and earlier than another.

    >>> {{ isDateBetween('2024-01-02', '2024-01-01', '2024-01-03') }}
    true
    """
    return is_date_after(scope, day, after) and is_date_before(scope, day, before)


def _moment(scope: Scope, value: Any, function: str) -> Any:
    if not given(value):
        raise Fault(f"The '{function}' function expects a date.")
    return moment_of(scope, value, ABSENT, ABSENT)


def _day(scope: Scope, value: Any, function: str) -> date:
    found: date = _moment(scope, value, function).at.date()
    return found


FUNCTIONS = (
    Feature("now", now, DATE_PARAMETERS, needs_scope=True),
    Feature("isWeekend", is_weekend, ("date",), needs_scope=True),
    Feature("isPublicHoliday", is_public_holiday, ("date", "country", "subDivision"), needs_scope=True),
    Feature("isDayWeekInMonth", is_day_week_in_month, ("date", "dayOfWeek", "position"), needs_scope=True),
    Feature("isLastWorkingDay", is_last_working_day, ("date",), needs_scope=True),
    Feature("dayOfWeek", day_of_week, ("date",), needs_scope=True),
    Feature("dayOfMonth", day_of_month, ("date",), needs_scope=True),
    Feature("monthOfYear", month_of_year, ("date",), needs_scope=True),
    Feature("hourOfDay", hour_of_day, ("date",), needs_scope=True),
    Feature("isDateBefore", is_date_before, ("date", "other"), needs_scope=True),
    Feature("isDateAfter", is_date_after, ("date", "other"), needs_scope=True),
    Feature("isDateBetween", is_date_between, ("date", "after", "before"), needs_scope=True),
)
