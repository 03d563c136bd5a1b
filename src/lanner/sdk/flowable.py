"""Tasks that hold tasks and decide which of them run, in which order, and what it means.

A flowable is pure: it sees a ``Scope`` and says what follows. The engine makes task runs,
counts them, runs ``errors`` and ``finally`` and computes states; it asks a flowable only
what varies. All flowables come down to *lanes*: rows of tasks that run one after the other,
beside other lanes, up to a limit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import ConfigDict, Field

from lanner.model.execution import Execution, TaskRun
from lanner.model.label import Labels
from lanner.model.state import State
from lanner.sdk.task import AnyTask, Task

if TYPE_CHECKING:
    from lanner.sdk.context import RunContext


_FAILED = (State.FAILED,)


class Scope(Protocol):
    """What a decision about one task run may look at."""

    @property
    def execution(self) -> Execution: ...
    @property
    def task_run(self) -> TaskRun: ...
    @property
    def now(self) -> datetime: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...

    def render(self, value: Any, **extra: Any) -> Any:
        """Return a YAML value with every text in it rendered to text; raises ``ExpressionError``."""

    def with_outputs(self, outputs: Mapping[str, Any]) -> "Scope":
        """Return the scope as it is once the task run has these outputs too."""

    def is_true(self, template: str) -> bool:
        """Whether a template renders to something truthy (Kestra's rule: not ``false``, ``0``, ``-0`` or empty)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The tasks of a flowable and how they may run.

    One lane per value when ``values`` is given, each with all ``tasks`` in order; else, with
    ``parallel``, one lane per task; else a single lane. ``parallel`` with ``values`` gives one
    lane per pair. ``limit`` is how many lanes may be at work (0: all). ``depends_on``: tasks
    of the same flowable that must have ended before a task starts (lanes of one task only).
    ``iteration`` is what ``taskrun.iteration`` is for the children of a single lane.
    """

    tasks: tuple[Task, ...]
    values: Sequence[str] | None = None
    parallel: bool = False
    limit: int = 0
    depends_on: Mapping[str, tuple[str, ...]] | None = None
    iteration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Wait before (or instead of) running tasks: the task run is PAUSED until resumed.

    After ``expires_in`` the pause ends by itself in ``state_on_expiry``. ``on_pause`` is a task
    started meanwhile.
    """

    expires_in: timedelta | None = None
    state_on_expiry: State = State.SUCCESS
    on_pause: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was rendered when a flowable's run began; stored and never rendered again.

    ``memo`` is plain data that ``shape`` gets back. ``end`` ends the run at once, without
    running anything.
    """

    memo: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    end: State | None = None
    warning: str | None = None
    hold: Hold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Run the tasks once more, after a wait; the runs of this round are removed.

    ``memo`` replaces what was decided when the run began.
    """

    after: timedelta
    outputs: Mapping[str, Any]
    memo: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """The tasks are done. ``state`` replaces the state computed from the children."""

    state: State | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    warning: str | None = None


class Arrangement(StrEnum):
    """How the tasks of a flowable lie to each other, for pictures of a flow."""

    SEQUENCE = "SEQUENCE"
    """One after the other."""
    PARALLEL = "PARALLEL"
    """All from the start."""
    CHOICE = "CHOICE"
    """One of several lists."""
    GRAPH = "GRAPH"
    """Each after those it waits for."""
    LOOP = "LOOP"
    """One after the other, for each of several values."""
    PARALLEL_LOOP = "PARALLEL_LOOP"
    """All from the start, for each of several values."""


class Flowable(Task):
    """A task that the engine runs by running others."""

    arrangement: ClassVar[Arrangement] = Arrangement.SEQUENCE
    """How pictures of a flow draw the tasks."""
    decides_outputs: ClassVar[bool] = False
    """Whether what it decides are its outputs, so that there is no end of its attempt when it cannot decide."""

    model_config = ConfigDict(populate_by_name=False)

    errors: tuple[AnyTask, ...] = ()
    """Tasks to run when one of the flowable's tasks has failed."""
    finally_: tuple[AnyTask, ...] = Field(default=(), alias="finally")
    """Tasks to run at the end, whatever happened."""

    @property
    def waits_for(self) -> Mapping[str, tuple[str, ...]]:
        """The tasks each of its tasks waits for, of a ``GRAPH``."""
        return {}

    @property
    def error_tasks(self) -> tuple[Task, ...]:
        """What the engine runs in ``errors``; nothing for a loop that hands its own to its iterations."""
        return self.errors

    @property
    def final_tasks(self) -> tuple[Task, ...]:
        """What the engine runs in ``finally``; nothing for a loop that hands its own to its iterations."""
        return self.finally_

    @property
    def stops_on(self) -> tuple[State, ...]:
        """States of a task in which nothing more of ``tasks`` begins."""
        return _FAILED

    @property
    def decides_first(self) -> bool:
        """Whether a decision that fails, or ends the task run, comes before it is RUNNING: there is no attempt then."""
        return False

    def decide(self, scope: Scope) -> Decided:  # noqa: ARG002  # most flowables have nothing to decide
        """Render what must be known before the first child; called once per task run."""
        return Decided()

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        """Return the tasks and their order; a pure function of ``memo``."""
        raise NotImplementedError

    def after_tasks(self, scope: Scope) -> Repeat | Finish:  # noqa: ARG002  # only loops look at it
        """Say what follows when all tasks have ended and none has failed."""
        return Finish()

    def state_of(self, state: State) -> State:
        """Return the final state, given the one computed from the children."""
        return state


class Attended(Flowable):
    """A flowable for which a worker does something before the first task, or after the last."""

    def prepares(self, memo: Mapping[str, Any]) -> bool:  # noqa: ARG002  # most know without asking
        """Whether there is something to do before the first task, given what was decided."""
        return False

    def prepare(self, context: "RunContext") -> Mapping[str, Any] | None:  # noqa: ARG002  # nothing to do
        """Do it and return what to add to the memo; any exception fails the task run."""
        return None

    def collect(self, context: "RunContext", outputs: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ARG002  # the same
        """Do what follows the last task and return the outputs, given those there are already."""
        return outputs


class SharedFolder(Attended):
    """A flowable whose tasks share one working folder, on the worker that has it.

    The worker fills the folder (``context.working_dir``) before the first task and looks through it
    after the last, also when a task has failed. A restart begins with a new folder and all tasks.
    """

    @property
    def collects(self) -> bool:
        """Whether there is anything to take out of the folder."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Changes that a task makes to its own execution. ``exit_state`` ends it."""

    labels: Labels | None = None
    variables: Mapping[str, Any] | None = None
    exit_state: State | None = None
    outputs: Mapping[str, Any] | None = None


class ExecutionUpdate(Task):
    """A task that changes its own execution; the engine runs it, no worker is asked."""

    def update(self, scope: Scope) -> Update:
        """Return the changes; any ``LannerError`` fails the task run."""
        raise NotImplementedError
