"""Names of months, days and zones by language, from Unicode's CLDR data as the JDK carries it."""

from functools import cache, lru_cache
from importlib.resources import files
from json import loads
from typing import Any

LONGER = {
    "LLL": "MMM",
    "LLLL": "MMMM",
    "LLLLL": "MMMMM",
    "ccc": "EEE",
    "cccc": "EEEE",
    "ccccc": "EEEEE",
    "qqq": "QQQ",
    "qqqq": "QQQQ",
    "BBBB": "B",
    "BBBBB": "B",
}
"""What a table leaves out because it is the same as another."""


@lru_cache(maxsize=64)
def locale_of(tag: str) -> dict[str, Any]:
    """Return the names of a language tag such as ``fr`` or ``en_GB``; of English for a language that is not known."""
    tables: dict[str, dict[str, Any]] = _data()["locales"]
    parts = tag.replace("_", "-").split("-")
    language, region = parts[0].lower(), parts[-1].upper() if len(parts) > 1 else ""
    language = {"iw": "he", "in": "id", "no": "nb"}.get(language, language)
    table = tables.get(f"{language}-{region}") or tables.get(language) or tables["en"]
    if region and f"{language}-{region}" not in tables:
        return {**table, "week": _REGION_WEEKS.get(region, (1, 1))}
    return table


def names(table: dict[str, Any], letters: str) -> list[str]:
    found: list[str] = table.get(letters) or table[LONGER[letters]]
    return found


@cache
def zone_names() -> dict[str, list[str]]:
    """Return for each zone its short and long name in winter and in summer and its general short and long name."""
    zones: dict[str, list[str]] = _data()["zones"]
    return {zone: shown for joined, shown in zones.items() for zone in joined.split(" ")}


@cache
def zones_by_name() -> dict[str, str]:
    """Return for each zone name in English the zone it most likely means."""
    found: dict[str, str] = {}
    for zone, shown in zone_names().items():
        for name in shown[:4]:
            found.setdefault(name, zone)
    return {**found, **_USUAL}


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = loads(files(__package__).joinpath("locales.json").read_bytes())
    return data


_REGION_WEEKS = {
    "US": (7, 1),
    "BR": (7, 1),
    "MX": (7, 1),
    "JP": (7, 1),
    "KR": (7, 1),
    "TW": (7, 1),
    "IL": (7, 1),
    "ZA": (7, 1),
    "CA": (7, 1),
    "IN": (7, 1),
    "FR": (1, 4),
    "DE": (1, 4),
    "AT": (1, 4),
    "CH": (1, 4),
    "BE": (1, 4),
    "NL": (1, 4),
    "ES": (1, 4),
    "IT": (1, 4),
    "SE": (1, 4),
    "NO": (1, 4),
    "DK": (1, 4),
    "FI": (1, 4),
    "PL": (1, 4),
    "CZ": (1, 4),
    "SK": (1, 4),
    "HU": (1, 4),
    "RU": (1, 4),
    "IE": (7, 4),
    "GB": (1, 4),
    "GR": (1, 4),
    "EE": (1, 4),
    "LT": (1, 4),
    "BG": (1, 4),
    "PT": (7, 4),
}
"""First day of the week (Monday is 1) and the days that a year's first week needs, by country."""

_USUAL = {
    "UTC": "UTC",
    "GMT": "GMT",
    "EST": "America/New_York",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MST": "America/Denver",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "IST": "Asia/Kolkata",
    "BST": "Europe/London",
    "JST": "Asia/Tokyo",
}
