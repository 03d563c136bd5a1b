"""When a failed task is tried again.

Source: Kestra 1.0.36 (reference ``engine.md`` §2.3); all dates count from the end of the last attempt.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import Duration, format_duration


class RetryBehavior(StrEnum):
    """Whether the task or the whole execution is tried again."""

    RETRY_FAILED_TASK = "RETRY_FAILED_TASK"
    CREATE_NEW_EXECUTION = "CREATE_NEW_EXECUTION"


class RetryPolicy(PluginModel):
    """What all retry policies share."""

    max_attempts: Annotated[int, Field(ge=1)] | None = None
    """How many attempts in all, the first one included; unlimited when absent."""
    max_attempt: Annotated[int, Field(ge=1)] | None = None
    """Old spelling of ``maxAttempts``."""
    max_duration: Duration | None = None
    """Longest time from the start of the first attempt to the next one."""
    warning_on_retry: bool = False
    """A success after a retry becomes WARNING."""
    behavior: RetryBehavior = RetryBehavior.RETRY_FAILED_TASK
    """Whether to try the task or a new execution."""

    @property
    def attempts_allowed(self) -> int | None:
        """How many attempts in all, under either spelling; ``None`` is unlimited."""
        return self.max_attempts if self.max_attempts is not None else self.max_attempt

    def wait(self, *, attempts_made: int, chance: float) -> timedelta:
        """Return the wait after ``attempts_made`` attempts (at least 1); ``chance`` is in [0, 1)."""
        raise NotImplementedError

    def next_attempt_at(
        self, *, attempts_made: int, started: datetime, last_ended: datetime, chance: float
    ) -> datetime | None:
        """Return when to try again, or ``None`` when the attempts or the time are spent."""
        allowed = self.attempts_allowed
        if attempts_made < 1 or (allowed is not None and attempts_made >= allowed):
            return None
        date = last_ended + self.wait(attempts_made=attempts_made, chance=chance)
        if self.max_duration is not None and date - started > self.max_duration:
            return None
        return date


class ConstantRetry(RetryPolicy):
    """The same wait before each attempt."""

    type: Literal["constant"]
    interval: Duration
    """The wait."""

    def wait(self, *, attempts_made: int, chance: float) -> timedelta:  # noqa: ARG002  # one shape for all policies
        return self.interval

    @model_validator(mode="after")
    def _fits(self) -> Self:
        return _less(self, "interval", self.interval, "maxDuration", self.max_duration)


class ExponentialRetry(RetryPolicy):
    """A wait that grows with each attempt, up to a ceiling.

    As in Kestra it grows by a constant step: ``interval`` times the whole part of the
    factor times the number of retries made, so the first retry is immediate.
    """

    type: Literal["exponential"]
    interval: Duration
    """The step."""
    max_interval: Duration
    """The longest wait."""
    delay_factor: float | None = None
    """How many steps the wait grows by each time; 2 when absent."""

    def wait(self, *, attempts_made: int, chance: float) -> timedelta:  # noqa: ARG002  # one shape for all policies
        return min(self.interval * int(self.delay_factor or 2) * (attempts_made - 1), self.max_interval)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _less(self, "interval", self.interval, "maxDuration", self.max_duration)
        return _less(self, "interval", self.interval, "maxInterval", self.max_interval)


class RandomRetry(RetryPolicy):
    """A wait drawn evenly between two bounds."""

    type: Literal["random"]
    min_interval: Duration
    """The shortest wait."""
    max_interval: Duration
    """The longest wait."""

    def wait(self, *, attempts_made: int, chance: float) -> timedelta:  # noqa: ARG002  # one shape for all policies
        return self.min_interval + (self.max_interval - self.min_interval) * chance

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _less(self, "minInterval", self.min_interval, "maxDuration", self.max_duration)
        return _less(self, "minInterval", self.min_interval, "maxInterval", self.max_interval)


P = TypeVar("P")

AnyRetry = Annotated[ConstantRetry | ExponentialRetry | RandomRetry, Field(discriminator="type")]


def _less(policy: P, name: str, value: timedelta, limit_name: str, limit: timedelta | None) -> P:
    if limit is not None and value >= limit:
        raise ValueError(f"'{name}' must be less than '{limit_name}' but is {format_duration(value)}")
    return policy
