"""Plays a flow on the engine alone: no worker, no store, no waiting.

Time stands still unless a timer is all that is left; then it jumps. Tasks end as the test says.
A Pause of a day takes as long as a Log.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, assert_never

from lanner.engine.commands import (
    BeginExecution,
    CancelTimer,
    Decision,
    DropFolder,
    KillChildren,
    RunTask,
    StartChild,
    StartTimer,
    StopTask,
    Tell,
)
from lanner.engine.events import Created, Event, TaskEnded, TaskStarted
from lanner.engine.step import step
from lanner.engine.turn import FlowOutputs, World
from lanner.engine.view import View
from lanner.expressions import Renderer, is_truthy
from lanner.flows.reading import read_flow
from lanner.model.execution import Execution, TaskRun
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry
from lanner.model.state import State, StateHistory
from lanner.sdk.input import FlowOutput
from lanner.sdk.plan import Plan
from lanner.sdk.registry import Registry

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_RENDERER = Renderer()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ends."""

    state: State = State.SUCCESS
    outputs: Mapping[str, Any] = field(default_factory=dict)


Worker = Callable[[TaskRun, int], Outcome | None]
"""Says how an attempt of a task run ends; ``None`` leaves it running."""


def plan_from(source: str, registry: Registry) -> Plan:
    """Return the plan of a flow's text; raises ``InvalidFlow``."""
    definition = read_flow(source, registry).checked()
    return Plan.of(FlowKey("main", definition.namespace, definition.id), 1, definition)


def succeed(run: TaskRun, attempt: int) -> Outcome:  # noqa: ARG001  # the shape of a worker
    """End every attempt well."""
    return Outcome()


class Simulation:
    """One execution of a flow. ``worker`` decides how attempts end."""

    def __init__(
        self,
        plan: Plan,
        worker: Worker = succeed,
        *,
        inputs: Mapping[str, Any] | None = None,
        batch: int = 500,
        execution: Execution | None = None,
        task_runs: tuple[TaskRun, ...] = (),
    ) -> None:
        self.plan, self.worker = plan, worker
        self.now = BEGINNING
        fresh = Execution(
            id=ExecutionId("simulated"),
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, self.now),
            inputs=inputs,
        )
        self.view = View(plan, execution or fresh, task_runs)
        self.jobs: dict[tuple[TaskRunId, int], None] = {}
        self.timers: dict[str, tuple[datetime, Event]] = {}
        self.logs: list[LogEntry] = []
        self.asked: list[StartChild | KillChildren | DropFolder | BeginExecution] = []
        self.decisions: list[Decision] = []
        self.world = World(
            render=_RENDERER.render_value,
            is_true=is_truthy,
            flow_outputs=self._outputs,
            batch=batch,
        )

    @property
    def state(self) -> State:
        """The execution's state."""
        return self.view.execution.state.current

    @property
    def history(self) -> str:
        """The states the execution has been in, as one text."""
        return " ".join(found.state.value for found in self.view.execution.state.transitions)

    def runs(self, task_id: str) -> list[TaskRun]:
        """Return the task runs of a task, oldest first."""
        found = [run for run in self.view.runs.values() if run.task_id == task_id]
        return sorted(found, key=lambda run: run.sequence)

    def states(self) -> dict[str, list[str]]:
        """Return the state of each task run, by task, oldest first."""
        found: dict[str, list[str]] = {}
        for run in sorted(self.view.runs.values(), key=lambda run: run.sequence):
            found.setdefault(run.task_id, []).append(run.state.current.value)
        return found

    def send(self, event: Event) -> Decision:
        """Give the execution an event and take over what follows, commands included."""
        waiting = [event]
        first: Decision | None = None
        while waiting:
            decision = step(self.plan, self.view, waiting.pop(0), self.now, self.world)
            first = first or decision
            self.view.apply(decision.changes)
            self.decisions.append(decision)
            self.logs.extend(decision.logs)
            waiting.extend(self._carry_out(decision))
        assert first is not None
        return first

    def start(self) -> "Simulation":
        """Begin, without making any attempt yet."""
        self.send(Created())
        return self

    def play(self, *, until: State | None = None, most: int = 100_000) -> "Simulation":
        """Begin and go on until nothing is left to do, or the execution is in a state."""
        if self.state is State.CREATED and not self.view.runs:
            self.start()
        for _ in range(most):
            if until is not None and self.state is until:
                return self
            if not self.work() and not self.jump():
                return self
        raise AssertionError(f"still going on after {most} events: {self.states()}")

    def end(self, run_id: TaskRunId, attempt: int, outcome: Outcome) -> Decision:
        """Report the end of an attempt, whether or not anybody waits for it."""
        self.jobs.pop((run_id, attempt), None)
        return self.send(
            TaskEnded(
                task_run_id=run_id,
                attempt=attempt,
                state=outcome.state,
                outputs=outcome.outputs,
                started_at=self.now,
                ended_at=self.now,
            )
        )

    def begin(self, run_id: TaskRunId, attempt: int) -> Decision:
        """Report that an attempt has begun."""
        return self.send(TaskStarted(task_run_id=run_id, attempt=attempt, worker_id="simulated", at=self.now))

    def work(self) -> bool:
        """End the oldest attempt that the worker ends; returns whether there was one."""
        for run_id, attempt in list(self.jobs):
            run = self.view.runs.get(run_id)
            outcome = self.worker(run, attempt) if run is not None else None
            if outcome is not None:
                self.end(run_id, attempt, outcome)
                return True
        return False

    def jump(self) -> bool:
        """Let time pass to the next timer and fire it; returns whether there was one."""
        if not self.timers:
            return False
        name, (due, event) = min(self.timers.items(), key=lambda item: item[1][0])
        del self.timers[name]
        self.now = max(self.now, due) + timedelta(0)
        self.send(event)
        return True

    def _carry_out(self, decision: Decision) -> list[Event]:
        following: list[Event] = []
        for command in decision.commands:
            match command:
                case RunTask(task_run_id=run_id, attempt=attempt):
                    self.jobs[run_id, attempt] = None
                case StopTask(task_run_id=run_id, attempt=attempt):
                    self.jobs.pop((run_id, attempt), None)
                    following.append(self._killed(run_id, attempt))
                case StartTimer(name=name, due=due, event=event):
                    self.timers[name] = (due, event)
                case CancelTimer(name=name):
                    self.timers.pop(name, None)
                case Tell(event=event):
                    following.append(event)
                case StartChild() | KillChildren() | DropFolder() | BeginExecution():
                    self.asked.append(command)
                case _:
                    assert_never(command)
        return following

    def _killed(self, run_id: TaskRunId, attempt: int) -> TaskEnded:
        return TaskEnded(
            task_run_id=run_id,
            attempt=attempt,
            state=State.KILLED,
            outputs=None,
            started_at=self.now,
            ended_at=self.now,
        )

    def _outputs(self, declared: Sequence[FlowOutput], variables: Mapping[str, Any]) -> FlowOutputs:
        values = {output.id: _RENDERER.render_value(output.value, variables) for output in declared}
        return FlowOutputs(values=json.loads(json.dumps(values)))
