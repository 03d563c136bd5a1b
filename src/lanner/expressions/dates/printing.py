"""Moments as text by Java's patterns and by the names that Kestra has for common ones."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from lanner.expressions.dates.locales import locale_of, names, zone_names
from lanner.expressions.dates.moment import Moment
from lanner.expressions.dates.patterns import Field, Item, Optional, Text, parsed
from lanner.expressions.dates.zones import offset_text
from lanner.expressions.errors import Fault

NAMED = {
    "iso": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    "iso_milli": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "iso_sec": "yyyy-MM-dd'T'HH:mm:ssXXX",
    "sql": "yyyy-MM-dd HH:mm:ss.SSSSSS",
    "sql_milli": "yyyy-MM-dd HH:mm:ss.SSS",
    "sql_sec": "yyyy-MM-dd HH:mm:ss",
    "rfc_1123_date_time": "EEE, d MMM yyyy HH:mm:ss 'GMT'",
}
STYLES = ("full", "long", "medium", "short")
ISO_NAMES = frozenset(
    [
        "iso_date_time",
        "iso_zoned_date_time",
        "iso_instant",
        "iso_date",
        "iso_time",
        "iso_offset_time",
        "iso_local_date",
        "iso_local_time",
        "iso_local_date_time",
        "iso_ordinal_date",
        "iso_week_date",
    ]
)


def shown(moment: Moment, form: str, locale: str) -> str:
    """Return a moment as text; ``form`` is a name such as ``iso`` or ``full``, or a pattern."""
    if form == "iso" and moment.at.year > 999:
        text = moment.at.replace(tzinfo=None).isoformat(timespec="microseconds")
        return text + _x(moment.offset, 3, zero="Z")
    if form in ISO_NAMES:
        return _iso(moment, form)
    if form == "rfc_1123_date_time":
        text = by_pattern(moment, "EEE, d MMM yyyy HH:mm:ss ", "en")
        return text + (offset_text(moment.offset, colon=False) if moment.offset else "GMT")
    if form in STYLES:
        return by_pattern(moment, locale_of(locale)["styles"][STYLES.index(form)], locale)
    return by_pattern(moment, NAMED.get(form, form), locale)


def by_pattern(moment: Moment, pattern: str, locale: str) -> str:
    return _print(parsed(pattern), moment, locale)


def _print(items: tuple[Item, ...], moment: Moment, locale: str) -> str:
    parts: list[str] = []
    for item in items:
        match item:
            case Text(text):
                parts.append(text)
            case Optional(inner):
                parts.append(_print(inner, moment, locale))
            case Field():
                parts.append(_field(item, moment, locale))
    return "".join(parts)


def _field(field: Field, moment: Moment, locale: str) -> str:
    text = _PRINTERS[field.letter](moment, field.count, locale)
    if field.pad:
        if len(text) > field.pad:
            raise Fault(f"Cannot print as output of {len(text)} characters exceeds pad width of {field.pad}")
        text = text.rjust(field.pad)
    return text


def _iso(moment: Moment, form: str) -> str:
    local = moment.at.replace(tzinfo=None, microsecond=0)
    day, clock = local.date().isoformat(), local.time().isoformat() + _fraction(moment.nano)
    offset = _x(moment.offset, 3, zero="Z")
    match form:
        case "iso_local_date":
            return day
        case "iso_local_time":
            return clock
        case "iso_local_date_time":
            return f"{day}T{clock}"
        case "iso_date":
            return day + offset
        case "iso_time" | "iso_offset_time":
            return clock + offset
        case "iso_date_time" | "iso_zoned_date_time":
            region = "" if moment.zone == "Z" or moment.zone[:1] in {"+", "-"} else f"[{moment.zone}]"
            return f"{day}T{clock}{offset}{region}"
        case "iso_instant":
            at = moment.in_zone("Z").at.replace(tzinfo=None, microsecond=0)
            return at.isoformat() + _instant_fraction(moment.nano) + "Z"
        case "iso_ordinal_date":
            return f"{moment.at.year:04d}-{moment.at.timetuple().tm_yday:03d}{offset}"
        case _:
            year, week, weekday = moment.at.isocalendar()
            return f"{year:04d}-W{week:02d}-{weekday}{offset}"


def _fraction(nano: int) -> str:
    return f".{nano:09d}".rstrip("0") if nano else ""


def _instant_fraction(nano: int) -> str:
    if not nano:
        return ""
    digits = f"{nano:09d}"
    return "." + (digits[:3] if digits[3:] == "000000" else digits[:6] if digits[6:] == "000" else digits)


def _number(value: int, width: int) -> str:
    return f"{value:0{width}d}" if value >= 0 else f"-{-value:0{width}d}"


def _year(moment: Moment, count: int, _: str) -> str:
    return f"{moment.at.year % 100:02d}" if count == 2 else _number(moment.at.year, count)


def _week_year(moment: Moment, count: int, locale: str) -> str:
    year = _week_of_year(moment.at.date(), locale)[0]
    return f"{year % 100:02d}" if count == 2 else _number(year, count)


def _month(moment: Moment, count: int, locale: str, letter: str = "M") -> str:
    if count < 3:
        return _number(moment.at.month, count)
    return names(locale_of(locale), letter * count)[moment.at.month - 1]


def _quarter(moment: Moment, count: int, locale: str, letter: str = "Q") -> str:
    quarter = (moment.at.month + 2) // 3
    if count in {1, 2, 5}:
        return _number(quarter, 1 if count == 5 else count)
    return names(locale_of(locale), letter * count)[quarter - 1]


def _weekday(moment: Moment, count: int, locale: str, letter: str = "EEE") -> str:
    return names(locale_of(locale), letter[0] * max(3, count))[moment.at.weekday()]


def _local_weekday(moment: Moment, count: int, locale: str, letter: str = "E") -> str:
    if count > 2:
        return _weekday(moment, count, locale, letter)
    first = locale_of(locale)["week"][0]
    return _number((moment.at.isoweekday() - first) % 7 + 1, count)


def _day_period(moment: Moment, count: int, locale: str) -> str:
    return names(locale_of(locale), "B" * count)[moment.at.hour]


def _half_day(moment: Moment, _: int, locale: str) -> str:
    return str(names(locale_of(locale), "a")[moment.at.hour // 12])


def _era(moment: Moment, count: int, locale: str) -> str:  # noqa: ARG001 -- all printers take the moment
    return names(locale_of(locale), "G" * {1: 1, 2: 1, 3: 1}.get(count, count))[1]


def _start_of_week(day: int, weekday: int, least: int) -> int:
    start = (day - weekday) % 7
    return 7 - start if start + 1 > least else -start


def _week_of_year(day: date, locale: str) -> tuple[int, int]:
    """Return the week-based year and the week in it by the locale's rules."""
    first, least = locale_of(locale)["week"]
    weekday = (day.isoweekday() - first) % 7 + 1
    day_of_year = day.timetuple().tm_yday
    offset = _start_of_week(day_of_year, weekday, least)
    week = (7 + offset + day_of_year - 1) // 7
    if week == 0:
        return _week_of_year(day - timedelta(days=day_of_year), locale)[0], _week_of_year(
            day - timedelta(days=day_of_year), locale
        )[1]
    length = date(day.year, 12, 31).timetuple().tm_yday
    following = (7 + offset + length + least - 1) // 7
    return (day.year + 1, week - following + 1) if week >= following else (day.year, week)


def _week_of_month(moment: Moment, count: int, locale: str) -> str:
    first, least = locale_of(locale)["week"]
    weekday = (moment.at.isoweekday() - first) % 7 + 1
    offset = _start_of_week(moment.at.day, weekday, least)
    return _number((7 + offset + moment.at.day - 1) // 7, count)


def _fraction_digits(moment: Moment, count: int, _: str) -> str:
    return f"{moment.nano:09d}"[:count]


def _zone_name(moment: Moment, count: int, locale: str) -> str:
    if moment.zone in {"UTC", "Etc/UTC", "UT"}:
        return "UTC" if count < 4 else str(locale_of(locale)["utc"])
    found = zone_names().get(moment.zone)
    if found is None:
        return moment.zone
    summer = bool(moment.at.dst())
    return found[(2 if summer else 0) + (1 if count == 4 else 0)]


def _general_zone_name(moment: Moment, count: int, _: str) -> str:
    found = zone_names().get(moment.zone)
    return moment.zone if found is None else found[5 if count == 4 else 4]


def _gmt(moment: Moment, count: int, _: str) -> str:
    if not moment.offset:
        return "GMT"
    text = offset_text(moment.offset, colon=True)
    if count == 4:
        return f"GMT{text}"
    hours, _colon, minutes = text[1:].partition(":")
    return f"GMT{text[0]}{int(hours)}{'' if minutes == '00' else ':' + minutes}"


def _x(offset: timedelta, count: int, *, zero: str) -> str:
    if not offset and zero:
        return zero
    text = offset_text(offset, colon=count in {3, 5})
    if count == 1 and text.endswith("00") and len(text) == 5:
        return text[:3]
    if count in {2, 3}:
        return text[: 6 if count == 3 else 5]
    return text


def _z(moment: Moment, count: int, locale: str) -> str:
    if count < 4:
        return offset_text(moment.offset, colon=False)
    return _gmt(moment, 4, locale) if count == 4 else _x(moment.offset, 5, zero="Z")


def _seconds_of_day(moment: Moment) -> int:
    return moment.at.hour * 3600 + moment.at.minute * 60 + moment.at.second


Printer = Callable[[Moment, int, str], str]

_PRINTERS: dict[str, Printer] = {
    "y": _year,
    "u": _year,
    "Y": _week_year,
    "M": _month,
    "L": lambda m, n, l: _month(m, n, l, "L"),  # noqa: E741 -- every letter gets moment, count and locale
    "d": lambda m, n, _: _number(m.at.day, n),
    "D": lambda m, n, _: _number(m.at.timetuple().tm_yday, n),
    "Q": _quarter,
    "q": lambda m, n, l: _quarter(m, n, l, "q"),  # noqa: E741 -- every letter gets moment, count and locale
    "w": lambda m, n, l: _number(_week_of_year(m.at.date(), l)[1], n),  # noqa: E741 -- every letter gets moment, count and locale
    "W": _week_of_month,
    "F": lambda m, n, _: _number((m.at.day - 1) // 7 + 1, n),
    "g": lambda m, n, _: _number(m.at.date().toordinal() - 678576, n),
    "E": _weekday,
    "e": _local_weekday,
    "c": lambda m, n, l: _local_weekday(m, n, l, "c"),  # noqa: E741 -- every letter gets moment, count and locale
    "a": _half_day,
    "B": _day_period,
    "h": lambda m, n, _: _number((m.at.hour - 1) % 12 + 1, n),
    "K": lambda m, n, _: _number(m.at.hour % 12, n),
    "k": lambda m, n, _: _number((m.at.hour - 1) % 24 + 1, n),
    "H": lambda m, n, _: _number(m.at.hour, n),
    "m": lambda m, n, _: _number(m.at.minute, n),
    "s": lambda m, n, _: _number(m.at.second, n),
    "S": _fraction_digits,
    "A": lambda m, n, _: _number(_seconds_of_day(m) * 1000 + m.nano // 1_000_000, n),
    "n": lambda m, n, _: _number(m.nano, n),
    "N": lambda m, n, _: _number(_seconds_of_day(m) * 1_000_000_000 + m.nano, n),
    "G": _era,
    "V": lambda m, _n, _l: m.zone,
    "z": _zone_name,
    "v": _general_zone_name,
    "O": _gmt,
    "X": lambda m, n, _: _x(m.offset, n, zero="Z"),
    "x": lambda m, n, _: _x(m.offset, n, zero="") if m.offset or n > 1 else "+00",
    "Z": _z,
}


def printers() -> dict[str, Any]:
    """Return the letters that can be printed."""
    return dict(_PRINTERS)
