"""Filters of dates. Dates are texts, moments, or numbers of seconds since 1970; the server's zone counts if none is named."""  # noqa: E501 -- the line is shown to readers as it is

from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.values import ABSENT, is_number, no_cast

DATE_PARAMETERS = ("format='iso'", "timeZone", "existingFormat", "locale")


def date(  # noqa: PLR0917 -- the signature is the language's
    scope: Scope,
    value: Any,
    form: Any = ABSENT,
    time_zone: Any = ABSENT,
    existing_format: Any = ABSENT,
    locale: Any = ABSENT,
) -> Any:
    """Print a date in a named format or by a Java pattern; ``existingFormat`` says how to read it.

    >>> {{ '2024-01-02T03:04:05Z' | date('EEEE d MMMM yyyy', locale='fr') }}
    mardi 2 janvier 2024
    >>> {{ 1378653552 | date('iso_sec', timeZone='Europe/Paris') }}
    2013-09-08T17:19:12+02:00
    >>> {{ '24/07/2001' | date('yyyy-MM-dd', existingFormat='dd/MM/yyyy') }}
    2001-07-24
    """
    if value is None:
        return None
    if form is None:
        raise Fault("the date format is null")
    return printed(scope, moment_of(scope, value, time_zone, existing_format), form, time_zone, locale)


def date_add(
    scope: Scope,
    value: Any,
    amount: Any = ABSENT,
    unit: Any = ABSENT,
    *rest: Any,
) -> Any:
    """Add an amount of a unit (``DAYS``, ``HOURS``, ``MONTHS`` …) to a date and print it.

    >>> {{ '2024-01-31T00:00:00Z' | dateAdd(1, 'MONTHS') }}
    2024-02-29T00:00:00.000000Z
    >>> {{ '2024-01-31T00:00:00Z' | dateAdd(-1, 'DAYS', format='yyyy-MM-dd') }}
    2024-01-30
    """
    form, time_zone, existing_format, locale = (list(rest) + [ABSENT] * 4)[:4]
    if value is None:
        return None
    count = _amount(amount)
    if not given(unit):
        raise Fault("Name is null: the 'dateAdd' filter expects an argument 'unit'.")
    if not isinstance(unit, str):
        raise no_cast(unit, "java.lang.String")
    moment = moment_of(scope, value, time_zone, existing_format).plus(count, unit)
    return printed(scope, moment, form, time_zone, locale)


def timestamp(scope: Scope, value: Any, time_zone: Any = ABSENT, existing_format: Any = ABSENT) -> Any:
    """Return the seconds from 1970 to a date.

    >>> {{ '2024-01-31T00:00:00Z' | timestamp }}
    1706659200
    """
    return None if value is None else moment_of(scope, value, time_zone, existing_format).epoch_seconds()


def timestamp_milli(scope: Scope, value: Any, time_zone: Any = ABSENT, existing_format: Any = ABSENT) -> Any:
    """Return the milliseconds from 1970 to a date.

    >>> {{ '2024-01-31T00:00:00.123Z' | timestampMilli }}
    1706659200123
    """
    return None if value is None else moment_of(scope, value, time_zone, existing_format).epoch_nanos() // 1_000_000


def timestamp_micro(scope: Scope, value: Any, time_zone: Any = ABSENT, existing_format: Any = ABSENT) -> Any:
    """Return the microseconds from 1970 to a date.

    >>> {{ '2024-01-31T00:00:00.123456Z' | timestampMicro }}
    1706659200123456
    """
    return None if value is None else moment_of(scope, value, time_zone, existing_format).epoch_nanos() // 1000


def timestamp_nano(scope: Scope, value: Any, time_zone: Any = ABSENT, existing_format: Any = ABSENT) -> Any:
    """Return the nanoseconds from 1970 to a date, as a text.

    >>> {{ '2024-01-31T00:00:00.123456789Z' | timestampNano }}
    1706659200123456789
    """
    return None if value is None else str(moment_of(scope, value, time_zone, existing_format).epoch_nanos())


def moment_of(scope: Scope, value: Any, time_zone: Any, existing_format: Any) -> Any:
    """Return the moment that a value stands for."""
    from lanner.expressions.dates import moment, reading  # noqa: PLC0415 -- zones and tables load when dates are used

    zone = _text(time_zone) or scope.rendering.renderer.zone
    if given(existing_format) and isinstance(value, str):
        return reading.read(value, _text(existing_format) or "", zone)
    return moment.of_value(value, zone)


def printed(scope: Scope, moment: Any, form: Any, time_zone: Any, locale: Any) -> str:
    from lanner.expressions.dates.printing import shown  # noqa: PLC0415 -- as above

    renderer = scope.rendering.renderer
    zone = renderer.zone if not given(time_zone) else _text(time_zone)
    if locale is None:
        raise Fault("the locale is null")
    language = _text(locale) or renderer.locale
    pattern = "iso" if form is ABSENT or form is None else _text(form)
    return shown(moment.in_zone("" if zone is None else zone), "" if pattern is None else pattern, language)


def _text(value: Any) -> str | None:
    if not given(value):
        return None
    if not isinstance(value, str):
        raise no_cast(value, "java.lang.String")
    return value


def _amount(value: Any) -> int:
    if is_number(value):
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise Fault(f"{value} can't be converted to long") from None
    raise Fault("Incorrect null format, must be a number")


FILTERS = (
    Feature("date", date, DATE_PARAMETERS, needs_scope=True),
    Feature("dateAdd", date_add, ("amount", "unit", *DATE_PARAMETERS), needs_scope=True),
    Feature("timestamp", timestamp, ("timeZone", "existingFormat"), needs_scope=True),
    Feature("timestampMilli", timestamp_milli, ("timeZone", "existingFormat"), needs_scope=True),
    Feature("timestampMicro", timestamp_micro, ("timeZone", "existingFormat"), needs_scope=True),
    Feature("timestampNano", timestamp_nano, ("timeZone", "existingFormat"), needs_scope=True),
)
