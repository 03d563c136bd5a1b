"""States of executions and task runs, and the history an object has been through.

Source: Kestra 1.0, states and their predicates (reference ``engine.md`` §3.1).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Where an execution or a task run stands."""

    CREATED = "CREATED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    RESTARTED = "RESTARTED"
    KILLING = "KILLING"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    FAILED = "FAILED"
    KILLED = "KILLED"
    CANCELLED = "CANCELLED"
    QUEUED = "QUEUED"
    RETRYING = "RETRYING"
    RETRIED = "RETRIED"
    SKIPPED = "SKIPPED"
    BREAKPOINT = "BREAKPOINT"

    @property
    def is_terminal(self) -> bool:
        """Nothing more happens by itself in this state."""
        return self in TERMINAL

    @property
    def is_created(self) -> bool:
        """Waits to be started, for the first time or again."""
        return self in (State.CREATED, State.RESTARTED)

    @property
    def is_running(self) -> bool:
        """Is at work, or is being stopped at work."""
        return self in (State.RUNNING, State.KILLING)


TERMINAL = frozenset(
    {State.FAILED, State.WARNING, State.SUCCESS, State.KILLED, State.CANCELLED, State.RETRIED, State.SKIPPED}
)


@dataclass(frozen=True, slots=True)
class Transition:
    """A state and the moment it was entered (UTC)."""

    state: State
    date: datetime


@dataclass(frozen=True, slots=True)
class StateHistory:
    """All states an object has been in, oldest first; never empty."""

    current: State
    transitions: tuple[Transition, ...]

    @classmethod
    def starting(cls, state: State, now: datetime) -> "StateHistory":
        """Return the history of an object that begins in ``state``."""
        return cls(state, (Transition(state, now),))

    def to(self, state: State, now: datetime) -> "StateHistory":
        """Return the history with ``state`` entered; the state it already has changes nothing."""
        if state is self.current:
            return self
        return StateHistory(state, (*self.transitions, Transition(state, now)))

    @property
    def start_date(self) -> datetime:
        """When the first state was entered."""
        return self.transitions[0].date

    @property
    def changed_date(self) -> datetime:
        """When the current state was entered."""
        return self.transitions[-1].date

    @property
    def end_date(self) -> datetime | None:
        """When a terminal or paused object got there; ``None`` for one under way."""
        if self.current in TERMINAL or self.current is State.PAUSED:
            return self.transitions[-1].date
        return None

    def duration(self, now: datetime) -> timedelta:
        """Return the time from the first to the last transition, or to ``now`` when there is one only."""
        last = self.transitions[-1].date if len(self.transitions) > 1 else now
        return last - self.transitions[0].date
