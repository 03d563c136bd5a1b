"""Texts as moments by Java's patterns."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from lanner.expressions.dates.locales import locale_of, names, zones_by_name
from lanner.expressions.dates.moment import Moment, checked_date, of_iso, of_local
from lanner.expressions.dates.patterns import Field, Item, Optional, Text, parsed
from lanner.expressions.dates.printing import ISO_NAMES, NAMED
from lanner.expressions.dates.zones import zone_of
from lanner.expressions.errors import Fault

NUMBERS = "yuMLdDHhKkmsSnAN"
OFFSETS = {
    1: r"[+-]\d\d(?:\d\d)?",
    2: r"[+-]\d{4}",
    3: r"[+-]\d\d:\d\d",
    4: r"[+-]\d{4}(?:\d\d)?",
    5: r"[+-]\d\d:\d\d(?::\d\d)?",
}


DAY_FORMS = {
    "iso_ordinal_date": (re.compile(r"\d{4}-\d{3}(Z|[+-]\d\d:\d\d)?", re.ASCII), "%Y-%j"),
    "iso_week_date": (re.compile(r"\d{4}-W\d\d-[1-7](Z|[+-]\d\d:\d\d)?", re.ASCII), "%G-W%V-%u"),
}


def read(text: str, form: str, zone: str) -> Moment:
    """Return the moment that a text in the given form says; without a zone of its own it is in ``zone``."""
    if form in DAY_FORMS:
        return _day_form(text, form, zone)
    if form in ISO_NAMES:
        return of_iso(text, zone)
    pattern = "EEE, d MMM yyyy HH:mm:ss z" if form == "rfc_1123_date_time" else NAMED.get(form, form)
    regex, letters = _compiled(pattern)
    match = regex.fullmatch(text)
    if match is None:
        raise Fault(f"Text '{text}' could not be parsed at index {_index(text, pattern)}")
    fields = {letter: value for letter, value in zip(letters, match.groups(), strict=True) if value is not None}
    return _moment(text, fields, zone)


def _day_form(text: str, form: str, zone: str) -> Moment:
    """Read a day of the year or of a week, with or without an offset."""
    pattern, python_form = DAY_FORMS[form]
    match = pattern.fullmatch(text)
    if match is None:
        raise Fault(f"Text '{text}' could not be parsed at index 0")
    try:
        day = datetime.strptime(text[: match.start(1)] if match[1] else text, python_form)  # noqa: DTZ007 -- the zone follows
    except ValueError as error:
        raise Fault(f"Text '{text}' could not be parsed: {error}") from None
    return of_local(day, 0, match[1] or zone)


def _moment(text: str, fields: dict[str, str], zone: str) -> Moment:
    local = _day(text, fields) + _clock(text, fields)
    nano = int(fields["n"]) if "n" in fields else int(fields.get("S", "").ljust(9, "0"))
    local += timedelta(microseconds=nano // 1000)
    for letter in "XxZO":
        if letter in fields:
            offset = fields[letter].removeprefix("GMT") or "Z"
            place, shown = zone_of(offset)
            return Moment(local.replace(tzinfo=place), nano % 1000, shown)
    name = fields.get("V") or (zones_by_name().get(fields["z"]) if "z" in fields else None)
    return of_local(local, nano % 1000, name or zone)


def _day(text: str, fields: dict[str, str]) -> datetime:
    shown_year = fields.get("y") or fields.get("u")
    if shown_year is None:
        raise Fault(f"Text '{text}' could not be parsed: Unable to obtain LocalDate, it has no year")
    year = int(shown_year) + (2000 if len(shown_year) == 2 else 0)
    if "D" in fields:
        return checked_date(text, year, 1, 1) + timedelta(days=int(fields["D"]) - 1)
    month = fields.get("M") or fields.get("L")
    if month is None or "d" not in fields:
        raise Fault(f"Text '{text}' could not be parsed: Unable to obtain LocalDate, it has no day")
    day = checked_date(text, year, _month(month), int(fields["d"]))
    weekday = fields.get("E", "")
    if weekday and not weekday.startswith(day.strftime("%a")):
        raise Fault(f"Text '{text}' could not be parsed: the day of the week is another one")
    return day


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text)
    table = locale_of("en")
    return next(names(table, letters).index(text) + 1 for letters in ("MMM", "MMMM") if text in names(table, letters))


def _clock(text: str, fields: dict[str, str]) -> timedelta:
    hour = int(fields.get("H") or fields.get("k") or 0) % 24 if fields.get("k") else int(fields.get("H") or 0)
    half = fields.get("h") or fields.get("K")
    if half is not None:
        hour = int(half) % 12 + (12 if fields.get("a", "AM").upper() == "PM" else 0)
    minute, second = int(fields.get("m") or 0), int(fields.get("s") or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Fault(f"Text '{text}' could not be parsed: the time of day is out of range")
    return timedelta(hours=hour, minutes=minute, seconds=second)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> tuple[re.Pattern[str], list[str]]:
    letters: list[str] = []
    return re.compile(_regex(parsed(pattern), letters), re.ASCII), letters


def _regex(items: tuple[Item, ...], letters: list[str]) -> str:
    parts: list[str] = []
    for index, item in enumerate(items):
        match item:
            case Text(text):
                parts.append(re.escape(text))
            case Optional(inner):
                parts.append(f"(?:{_regex(inner, letters)})?")
            case Field():
                following = items[index + 1] if index + 1 < len(items) else None
                adjacent = isinstance(following, Field) and following.letter in NUMBERS
                letters.append(item.letter)
                parts.append(f"({_field(item, adjacent=adjacent)})")
    return "".join(parts)


def _field(field: Field, *, adjacent: bool) -> str:
    letter, count = field.letter, field.count
    if letter in "ML" and count >= 3:
        return _any_of(names(locale_of("en"), "M" * count))
    if letter in "yu":
        return r"\d\d" if count == 2 else rf"\d{{{count}}}" if adjacent else rf"\d{{{count},9}}"
    if letter in "Ee" and (letter == "E" or count >= 3):
        return _any_of(names(locale_of("en"), "E" * max(3, count)))
    if letter == "a":
        return "AM|PM"
    if letter in "XZx":
        zero = "|Z" if letter == "X" else ""
        return (OFFSETS[2] if letter == "Z" and count < 4 else OFFSETS[count]) + zero
    if letter == "V":
        return r"[A-Za-z][A-Za-z0-9~/._+-]*|[+-]\d\d:?\d\d"
    if letter == "z":
        return _any_of(list(zones_by_name()))
    if letter == "O":
        return r"GMT(?:[+-]\d{1,2}(?::\d\d)?)?"
    if letter == "S":
        return rf"\d{{{count}}}"
    if letter in NUMBERS:
        most = 3 if letter == "D" else 9 if letter in "nAN" else 2
        return rf"\d{{{count}}}" if count > 1 or adjacent else rf"\d{{1,{most}}}"
    raise Fault(f"the pattern letter {letter} can be printed, but not read")


def _any_of(texts: list[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(set(texts), key=len, reverse=True))


def _index(text: str, pattern: str) -> int:
    """Return about where reading stops: behind the longest start of the pattern that fits."""
    items = parsed(pattern)
    for end in range(len(items), 0, -1):
        match = re.compile(_regex(items[:end], []), re.ASCII).match(text)
        if match is not None:
            return match.end()
    return 0
