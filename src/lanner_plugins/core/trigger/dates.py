"""Time zones and dates of schedules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def known_zone(name: str) -> str:
    """Return the name of a time zone; raises ``ValueError`` when there is none of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"timezone '({name})' is not a valid time-zone ID; write for example 'Europe/Paris'"
        ) from error
    return name


@dataclass(frozen=True, slots=True)
class DateList:
    """Given dates, sorted."""

    dates: Sequence[datetime]

    def after(self, moment: datetime) -> datetime | None:
        """Return the first date later than ``moment``."""
        return next((date for date in self.dates if date > moment), None)

    def before(self, moment: datetime) -> datetime | None:
        """Return the last date earlier than ``moment``."""
        return next((date for date in reversed(self.dates) if date < moment), None)


def iso(moment: datetime) -> str:
    """Return a date as expressions show it: to the second, ``Z`` for UTC."""
    text = moment.replace(microsecond=0).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def zone_of(name: str | None, server_zone: tzinfo) -> tzinfo:
    """Return the zone of a trigger."""
    return ZoneInfo(name) if name is not None else server_zone
