"""How dates and times stand in text files."""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lanner.expressions.dates.moment import of_value
from lanner.expressions.dates.printing import by_pattern
from lanner.expressions.dates.zones import zone_of
from lanner.expressions.errors import Fault
from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import Conversion

LOCALE = "en"
_PLAIN = frozenset({str, int, float, bool, type(None)})


class TextWriting(Conversion):
    """What writers of text formats share."""

    date_format: Property[str] = default("yyyy-MM-dd")
    """Java pattern of dates."""
    time_format: Property[str] = default("HH:mm:ss[XXX]")
    """Java pattern of times of day; rows in Ion hold none, so that it is not used."""
    date_time_format: Property[str] = default("yyyy-MM-dd'T'HH:mm:ss.SSS[XXX]")
    """Java pattern of moments."""
    time_zone_id: Property[str] | None = None
    """The zone that moments are shown in; UTC when absent."""

    def texts(self, context: RunContext) -> "Texts":
        """Return what turns values into texts."""
        zone = context.render(self.time_zone_id) or "UTC"
        zone_in(zone)
        return Texts(zone, context.render(self.date_format), context.render(self.date_time_format))


class Texts:
    """Turns dates and moments into texts."""

    def __init__(self, zone: str, date_format: str, date_time_format: str) -> None:
        self._zone, self._date_format, self._date_time_format = zone, date_format, date_time_format

    def of(self, value: date) -> str:
        """Return a date or a moment as text."""
        if not isinstance(value, datetime):
            return by_pattern(of_value(value, "UTC"), self._date_format, LOCALE)
        zoned = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return by_pattern(of_value(zoned, self._zone).in_zone(self._zone), self._date_time_format, LOCALE)

    def plain(self, value: Any) -> Any:
        """Return a value with all dates in it as texts, and decimals as numbers."""
        if type(value) in _PLAIN:
            return value
        match value:
            case date():
                return self.of(value)
            case Decimal():
                return (
                    int(value)
                    if value == value.to_integral_value() and value.as_tuple().exponent == 0
                    else float(value)
                )
            case dict():
                # Most rows are flat: what needs no change is not looked at more closely.
                return {str(key): item if type(item) in _PLAIN else self.plain(item) for key, item in value.items()}
            case list():
                return [self.plain(item) for item in value]
            case bytes():
                return value.decode("latin-1")
            case _:
                return value


@lru_cache(maxsize=64)
def zone_in(name: str) -> tzinfo:
    """Return a time zone; raises ``TaskFailed`` for one that does not exist."""
    try:
        return zone_of(name)[0]
    except Fault as error:
        raise TaskFailed(f"`timeZoneId` is {name!r}, which is no time zone: {error}") from error
