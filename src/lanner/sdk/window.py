"""Time windows: within which time several things must come true."""

from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import model_validator

from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import Duration

DAY = timedelta(days=1)
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_LAST = timedelta(milliseconds=1)
"""How long before the next window begins this one ends."""


class WindowType(StrEnum):
    """How a time window is laid out."""

    DURATION_WINDOW = "DURATION_WINDOW"
    SLIDING_WINDOW = "SLIDING_WINDOW"
    DAILY_TIME_DEADLINE = "DAILY_TIME_DEADLINE"
    DAILY_TIME_WINDOW = "DAILY_TIME_WINDOW"


# property -> its name in sentences, and the types of window that may have it, and must
_RULES = {
    "window": ("a window", {WindowType.DURATION_WINDOW, WindowType.SLIDING_WINDOW}, set[WindowType]()),
    "window_advance": ("a window advance", {WindowType.DURATION_WINDOW}, set[WindowType]()),
    "deadline": ("a deadline", {WindowType.DAILY_TIME_DEADLINE}, {WindowType.DAILY_TIME_DEADLINE}),
    "start_time": ("a start time", {WindowType.DAILY_TIME_WINDOW}, {WindowType.DAILY_TIME_WINDOW}),
    "end_time": ("an end time", {WindowType.DAILY_TIME_WINDOW}, {WindowType.DAILY_TIME_WINDOW}),
}


class Bounds(NamedTuple):
    """The first and the last moment of a window."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies within."""
        return self.start <= moment <= self.end


class TimeWindow(PluginModel):
    """Within which time the preconditions must come true."""

    type: WindowType = WindowType.DURATION_WINDOW
    """Kind of window."""
    window: Duration | None = None
    """Length of the window; a day when absent."""
    window_advance: Duration | None = None
    """By how much windows are moved."""
    deadline: time | None = None
    """Time of day at which the window that began at midnight ends."""
    start_time: time | None = None
    """Time of day at which the window begins."""
    end_time: time | None = None
    """Time of day at which the window ends."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        for name, (words, allowed, required) in _RULES.items():
            is_set = getattr(self, name) is not None
            if is_set and self.type not in allowed:
                raise ValueError(f"Time window of type `{self.type}` cannot have {words}.")
            if not is_set and self.type in required:
                raise ValueError(f"Time window of type `{self.type}` must have {words}.")
        return self

    def bounds(self, now: datetime, zone: tzinfo) -> Bounds:
        """Return the window that begins with something that happens ``now``; times of day are of ``zone``.

        ``now`` may lie outside, when it is past a deadline or not the time of day.
        Source: Kestra 1.0.36 (reference ``engine.md`` §7.6).
        """
        length = self.window or DAY
        match self.type:
            case WindowType.SLIDING_WINDOW:
                return Bounds(now, now + length)
            case WindowType.DAILY_TIME_DEADLINE:
                return Bounds(_at(now, time(), zone), _at(now, self.deadline or time(), zone))
            case WindowType.DAILY_TIME_WINDOW:
                return Bounds(_at(now, self.start_time or time(), zone), _at(now, self.end_time or time(), zone))
            case WindowType.DURATION_WINDOW:
                start = _grid(now, length, zone) + (self.window_advance or timedelta())
                return Bounds(start, start + length - _LAST)


def _at(now: datetime, at: time, zone: tzinfo) -> datetime:
    """Return a time of day on the day that it is in ``zone``."""
    return datetime.combine(now.astimezone(zone).date(), at.replace(tzinfo=None), zone)


def _grid(now: datetime, length: timedelta, zone: tzinfo) -> datetime:
    """Return the point of the grid before ``now``: midnight, the hour, or a multiple of the window in the hour."""
    local = now.astimezone(zone)
    if length >= DAY:
        return local.replace(hour=0, minute=0, second=0, microsecond=0)
    if length >= _HOUR:
        return local.replace(minute=0, second=0, microsecond=0)
    minutes = length // _MINUTE
    if minutes >= 1:
        return local.replace(minute=local.minute // minutes * minutes, second=0, microsecond=0)
    return local.replace(microsecond=0)
