"""Records to save, with as little as a test has to say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lanner.model.execution import (
    Attempt,
    Breakpoint,
    Execution,
    ExecutionKind,
    ExecutionTrigger,
    Fixture,
    TaskRun,
)
from lanner.model.flow import MAIN_TENANT, Flow
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import Label
from lanner.model.log import Level, LogEntry, Metric, MetricType
from lanner.model.state import TERMINAL, State, StateHistory
from lanner.model.trigger import Backfill, TriggerKey, TriggerKind, TriggerState
from lanner.ports.search import Filter, Operator, Query
from lanner.ports.work import Job, Message, Timer

NOON = datetime(2025, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def query(*filters: tuple[str, Operator, object], tenant: str = MAIN_TENANT, **rest: Any) -> Query:
    """Return a query with a page large enough for any test, unless told otherwise."""
    return Query(**{"tenant": tenant, "filters": tuple(Filter(*one) for one in filters), "size": 100, **rest})


def history(*states: State, start: datetime = NOON, step: timedelta = SECOND) -> StateHistory:
    """Return a history of states entered one ``step`` after the other."""
    first, *others = states
    made = StateHistory.starting(first, start)
    for number, state in enumerate(others, start=1):
        made = made.to(state, start + step * number)
    return made


def execution(id_: str, *states: State, start: datetime = NOON, **rest: Any) -> Execution:
    """Return an execution; without states it was just created."""
    passed = history(*(states or (State.CREATED,)), start=start)
    fields = {
        "id": ExecutionId(id_),
        "tenant": MAIN_TENANT,
        "namespace": "company.team",
        "flow_id": "hello",
        "flow_revision": 1,
        "state": passed,
        "ended": passed.current in TERMINAL,
        **rest,
    }
    return Execution(**fields)


def full_execution(id_: str) -> Execution:
    """Return an execution that has a value for everything."""
    return Execution(
        id=ExecutionId(id_),
        tenant=MAIN_TENANT,
        namespace="company.team",
        flow_id="hello",
        flow_revision=7,
        state=history(State.CREATED, State.RUNNING, State.PAUSED, State.RUNNING, State.WARNING),
        inputs={"name": "Zoë", "nested": {"list": [1, 2.5, None, True]}},
        outputs={"result": "x" * 300},
        labels=(Label("z", "1"), Label("a", "2"), Label("system.correlationId", id_)),
        variables={"a": {}},
        parent_id=ExecutionId("parent"),
        original_id=ExecutionId("original"),
        trigger=ExecutionTrigger(id="tick", type="a.Schedule", variables={"executionId": "cause"}, log_file="t.log"),
        attempt_number=3,
        original_created_date=NOON - SECOND,
        schedule_date=NOON + SECOND,
        trace_parent="00-abc-def-01",
        kind=ExecutionKind.PLAYGROUND,
        fixtures=(Fixture(task_id="a", value="v", state=State.WARNING, outputs={"x": 1}), Fixture(task_id="b")),
        breakpoints=(Breakpoint(task_id="a"), Breakpoint(task_id="b", value="1")),
        ended=True,
        sequence=12,
    )


def task_run(id_: str, *states: State, task_id: str = "task", **rest: Any) -> TaskRun:
    """Return a task run; without states it was just created."""
    return TaskRun(
        **{"id": TaskRunId(id_), "task_id": task_id, "state": history(*(states or (State.CREATED,))), **rest}
    )


def full_task_run(id_: str) -> TaskRun:
    """Return a task run that has a value for everything."""
    return TaskRun(
        id=TaskRunId(id_),
        task_id="each",
        state=history(State.CREATED, State.RUNNING, State.FAILED, State.RETRYING, State.RUNNING, State.SUCCESS),
        parent_id=TaskRunId("above"),
        value='{"a": 1}',
        iteration=0,
        attempts=(
            Attempt(state=history(State.RUNNING, State.FAILED), worker_id="w1", log_file="1.log"),
            Attempt(state=history(State.RUNNING, State.SUCCESS)),
        ),
        outputs={"files": {"a.txt": "kestra:///a"}, "n": 1},
        memo={"values": ["a", "b"]},
        sequence=5,
        dynamic=True,
        force_execution=True,
    )


def flow(id_: str = "hello", revision: int = 1, **rest: Any) -> Flow:
    """Return a flow revision."""
    fields = {
        "tenant": MAIN_TENANT,
        "namespace": "company.team",
        "id": id_,
        "revision": revision,
        "source": f"id: {id_}\n",
        **rest,
    }
    return Flow(**fields)


def line(message: str = "hello", **rest: Any) -> LogEntry:
    """Return a log line of an execution ``e``."""
    fields = {
        "tenant": MAIN_TENANT,
        "namespace": "company.team",
        "flow_id": "hello",
        "timestamp": NOON,
        "level": Level.INFO,
        "message": message,
        "execution_id": ExecutionId("e"),
        **rest,
    }
    return LogEntry(**fields)


def metric(name: str = "rows", value: float = 1.0, **rest: Any) -> Metric:
    """Return a metric of an execution ``e``."""
    fields = {
        "tenant": MAIN_TENANT,
        "namespace": "company.team",
        "flow_id": "hello",
        "execution_id": ExecutionId("e"),
        "task_id": "task",
        "task_run_id": TaskRunId("t"),
        "type": MetricType.COUNTER,
        "name": name,
        "value": value,
        "timestamp": NOON,
        "tags": {},
        **rest,
    }
    return Metric(**fields)


def message(execution_id: str = "e", kind: str = "Created", body: Mapping[str, Any] | None = None) -> Message:
    """Return a message that has no id yet."""
    return Message(execution_id=ExecutionId(execution_id), kind=kind, body=body or {})


def job(task_run_id: str = "t", attempt: int = 1, **rest: Any) -> Job:
    """Return a job of an execution ``e``."""
    fields = {"execution_id": ExecutionId("e"), "task_run_id": TaskRunId(task_run_id), "attempt": attempt, **rest}
    return Job(**fields)


def timer(name: str = "retry", due: datetime = NOON, **rest: Any) -> Timer:
    """Return a timer of an execution ``e``."""
    fields = {"execution_id": ExecutionId("e"), "name": name, "due": due, "kind": "RetryDue", "body": {}, **rest}
    return Timer(**fields)


def trigger(
    trigger_id: str = "tick", *, flow_id: str = "hello", namespace: str = "company.team", **rest: Any
) -> TriggerState:
    """Return the state of a schedule that was never evaluated."""
    return TriggerState(**{"key": TriggerKey(MAIN_TENANT, namespace, flow_id, trigger_id), "next_date": NOON, **rest})


def full_trigger() -> TriggerState:
    """Return a state that has a value for everything."""
    return trigger(
        kind=TriggerKind.POLLING,
        date=NOON - SECOND,
        execution_id=ExecutionId("e"),
        disabled=True,
        stop_after=(State.FAILED, State.KILLED),
        backfill=Backfill(
            start=NOON - SECOND * 9,
            end=NOON,
            current=NOON - SECOND * 5,
            paused=True,
            inputs={"n": [1]},
            labels=(Label("a", "1"),),
            resume_at=NOON + SECOND,
        ),
        updated=NOON + SECOND * 2,
        evaluating_since=NOON + SECOND * 3,
        worker_id="w",
    )
