"""Triggers that start executions at dates."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Protocol

from lanner.sdk.condition import Testable
from lanner.sdk.property import RenderValue
from lanner.sdk.text import Duration
from lanner.sdk.trigger import Trigger


class RecoverMissedSchedules(StrEnum):
    """What to do about dates that passed while nothing could be started."""

    ALL = "ALL"
    NONE = "NONE"
    LAST = "LAST"


class Calendar(Protocol):
    """Dates in their order. All are aware, in the trigger's time zone."""

    def after(self, moment: datetime) -> datetime | None:
        """Return the first date later than ``moment``; ``None`` when there is none."""

    def before(self, moment: datetime) -> datetime | None:
        """Return the last date earlier than ``moment``; ``None`` when there is none."""


class ScheduledTrigger(Trigger):
    """Starts an execution at each date of a calendar, one at a time."""

    inputs: dict[str, Any] | None = None
    """Inputs of the executions."""
    recover_missed_schedules: RecoverMissedSchedules | None = None
    """What to do about dates missed while nothing could be started; the server's setting when absent."""

    @abstractmethod
    def calendar(self, render: RenderValue, server_zone: tzinfo) -> Calendar:
        """Return the dates; ``server_zone`` holds where the trigger names none. Raises ``LannerError``."""

    @property
    def all_conditions(self) -> tuple[Testable, ...]:
        """The conditions a date has to meet."""
        return self.tests

    @property
    def longest_delay(self) -> timedelta | None:
        """How late a date may be started; any time when ``None``."""
        return None

    @property
    def parks_for(self) -> Duration | None:
        """For how long to wait when there is no date left; for ever when ``None``."""
        return None

    @property
    def has_past(self) -> bool:
        """Whether dates before the trigger was written count, as missed ones."""
        return False

    @property
    def keeps_schedule_date(self) -> bool:
        """Whether executions carry their date as the one they are scheduled for."""
        return False

    @abstractmethod
    def variables(self, date: datetime, following: datetime | None, previous: datetime | None) -> Mapping[str, Any]:
        """Return ``trigger.*`` of the execution of ``date``."""
