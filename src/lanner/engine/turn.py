"""One step in the making: the draft, what it will command, and the groups that wait to be looked at."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lanner.engine.commands import Command, Decision
from lanner.engine.draft import Draft
from lanner.engine.variables import variables
from lanner.engine.view import GroupId
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.log import Level, LogEntry
from lanner.model.refusal import Refusal, RefusalKind
from lanner.model.state import State
from lanner.sdk.input import FlowOutput
from lanner.sdk.plan import Plan

RenderValue = Callable[[Any, Mapping[str, Any]], Any]
"""Renders every text inside a YAML value, given the variables; raises ``LannerError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowOutputs:
    """The outputs of a flow (or of an iteration), or why there are none. ``warnings`` are optional ones left out."""

    values: Mapping[str, Any] | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()


def _no_outputs(declared: Sequence[FlowOutput], values: Mapping[str, Any]) -> FlowOutputs:  # noqa: ARG001  # the shape of a resolver
    return FlowOutputs()


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the engine needs from outside, all of it pure: rendering, truth, constants, typed outputs.

    ``inputs`` turns stored inputs into what expressions see (secrets decrypted, defaults added).
    ``batch`` is how many task runs one step makes at most; the rest follows in further steps.
    """

    render: RenderValue
    is_true: Callable[[str], bool]
    constants: Mapping[str, Any] = field(default_factory=dict)
    inputs: Callable[[Plan, Execution], Mapping[str, Any] | None] = lambda _plan, execution: execution.inputs
    flow_outputs: Callable[[Sequence[FlowOutput], Mapping[str, Any]], FlowOutputs] = _no_outputs
    batch: int = 500


class Refuse(LannerError):
    """Leaves a step that turns a request down."""

    def __init__(self, kind: RefusalKind, message: str) -> None:
        self.refusal = Refusal(kind, message)
        super().__init__(message)


class Turn:
    """The working state of one step; thrown away when it is decided."""

    __slots__ = ("commands", "draft", "exited", "logs", "made", "now", "plan", "waiting", "world")

    def __init__(self, plan: Plan, draft: Draft, now: datetime, world: World) -> None:
        self.plan = plan
        self.draft = draft
        self.now = now
        self.world = world
        self.commands: list[Command] = []
        self.logs: list[LogEntry] = []
        self.waiting: deque[tuple[GroupId, TaskRun | None, bool]] = deque()
        self.made = 0
        self.exited = False

    @property
    def execution(self) -> Execution:
        """The execution as it will be."""
        return self.draft.execution

    def enter(self, state: State) -> None:
        """Put the execution into a state."""
        execution = self.draft.execution
        self.draft.execution = replace(execution, state=execution.state.to(state, self.now))

    def change_execution(self, **fields: Any) -> None:
        """Change fields of the execution."""
        self.draft.execution = replace(self.draft.execution, **fields)

    def put_state(self, run: TaskRun, state: State, **fields: Any) -> TaskRun:
        """Put a task run into a state."""
        return self.draft.change(run, state=run.state.to(state, self.now), **fields)

    def look_at(self, group: GroupId, ended: TaskRun | None = None, *, all_lanes: bool = False) -> None:
        """Have a group looked at: a child ended, or (``all_lanes``) anything may have changed."""
        self.waiting.append((group, ended, all_lanes))

    def command(self, command: Command) -> None:
        """Have something done."""
        self.commands.append(command)

    def log(self, level: Level, message: str, run: TaskRun | None = None) -> None:
        """Store a log line with the execution or one of its task runs."""
        execution = self.execution
        self.logs.append(
            LogEntry(
                tenant=execution.tenant,
                namespace=execution.namespace,
                flow_id=execution.flow_id,
                timestamp=self.now,
                level=level,
                message=message,
                execution_id=execution.id,
                task_id=run.task_id if run else None,
                task_run_id=run.id if run else None,
                attempt_number=max(len(run.attempts) - 1, 0) if run else None,
            )
        )

    def variables(self, run: TaskRun | None = None) -> dict[str, Any]:
        """Return what expressions about a task run (or the execution) see."""
        inputs = self.world.inputs(self.plan, self.execution)
        return variables(self.plan, self.draft, run, self.world.constants, inputs)

    def render(self, value: Any, run: TaskRun | None = None, **extra: Any) -> Any:
        """Return a YAML value rendered; raises ``LannerError``."""
        scope = self.variables(run)
        scope.update(extra)
        return self.world.render(value, scope)

    def is_true(self, template: str, run: TaskRun | None = None) -> bool:
        """Whether a template renders to something truthy; raises ``LannerError``."""
        if "{" not in template:
            return self.world.is_true(template)
        return self.world.is_true(self.render(template, run))

    def decision(self) -> Decision:
        """Return what came of the step."""
        return Decision(changes=self.draft.changes(), commands=tuple(self.commands), logs=tuple(self.logs))


class RunScope:
    """The scope of a decision about one task run (``lanner.sdk.flowable.Scope``)."""

    __slots__ = ("_turn", "task_run")

    def __init__(self, turn: Turn, run: TaskRun) -> None:
        self._turn = turn
        self.task_run = run

    @property
    def execution(self) -> Execution:
        """The execution."""
        return self._turn.execution

    @property
    def now(self) -> datetime:
        """The moment of the step."""
        return self._turn.now

    @property
    def variables(self) -> Mapping[str, Any]:
        """What expressions see."""
        return self._turn.variables(self.task_run)

    def render(self, value: Any, **extra: Any) -> Any:
        """Return a YAML value rendered."""
        return self._turn.render(value, self.task_run, **extra)

    def with_outputs(self, outputs: Mapping[str, Any]) -> "RunScope":
        """Return the scope with more outputs of the task run; they stay with it."""
        known = {**(self.task_run.outputs or {}), **outputs}
        return RunScope(self._turn, self._turn.draft.change(self.task_run, outputs=known))

    def is_true(self, template: str) -> bool:
        """Whether a template renders to something truthy."""
        return self._turn.is_true(template, self.task_run)
