"""Random flows, random outcomes, random order, repeats: what always holds."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lanner.engine import events as e
from lanner.engine.step import step
from lanner.engine.view import View
from lanner.model.ids import TaskRunId
from lanner.model.state import State
from lanner.sdk.flowable import Flowable
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate

RETRY = {"type": "constant", "interval": "PT1S", "maxAttempts": 2}


class Names:
    """Hands out task ids."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"t{self.count}"


@st.composite
def task_lists(draw: Callable[..., Any], names: Names, depth: int = 3, least: int = 1) -> list[dict[str, Any]]:
    """Draw a list of tasks, flowables in it down to a depth."""
    return [draw(tasks(names, depth)) for _ in range(draw(st.integers(least, 3)))]


@st.composite
def tasks(draw: Callable[..., Any], names: Names, depth: int) -> dict[str, Any]:
    """Draw a task or a flowable."""
    extra: dict[str, Any] = {}
    if draw(st.booleans()):
        extra = draw(
            st.sampled_from([{"disabled": True}, {"allowFailure": True}, {"runIf": "false"}, {"retry": RETRY}, {}])
        )
    kinds = ["job", "job", "Sequential", "Parallel", "ForEach", "Loop", "AllowFailure", "If", "Pause"]
    kind = draw(st.sampled_from(kinds)) if depth else "job"
    name = names()
    if kind == "job":
        return job(name, **extra)
    extra.pop("retry", None)
    if draw(st.booleans()):
        extra["errors"] = draw(task_lists(names, 0))
    if draw(st.booleans()):
        extra["finally"] = draw(task_lists(names, 0))
    match kind:
        case "If":
            return flowable("If", name, None, condition="true", then=draw(task_lists(names, depth - 1)), **extra)
        case "Pause":
            return flowable("Pause", name, None, pauseDuration="PT1M")
        case "ForEach" | "Loop":
            limit = draw(st.integers(0, 3))
            if kind == "Loop":
                extra["transmitFailed"] = draw(st.booleans())
                if draw(st.booleans()):
                    extra["outputs"] = [{"id": "o", "type": "STRING", "value": "{{ item.value }}"}]
            return flowable(
                kind,
                name,
                draw(task_lists(names, depth - 1)),
                values=["x", "y", "z"],
                concurrencyLimit=limit,
                **extra,
            )
        case "Parallel":
            return flowable(
                "Parallel", name, draw(task_lists(names, depth - 1)), concurrent=draw(st.integers(0, 2)), **extra
            )
        case _:
            return flowable(kind, name, draw(task_lists(names, depth - 1)), **extra)


@st.composite
def flows(draw: Callable[..., Any]) -> Simulation:
    """Draw a flow, ready to be played."""
    names = Names()
    main = draw(task_lists(names))
    parts = {
        part: draw(task_lists(names, 0)) for part in ("errors", "finally", "afterExecution") if draw(st.booleans())
    }
    return simulate(main, batch=draw(st.sampled_from([1, 3, 500])), **parts)


def check(played: Simulation, ended: dict[TaskRunId, State]) -> None:
    """Hold the invariants after an event; ``ended`` remembers who was terminal."""
    view = played.view
    recount = View(view.plan, view.execution, view.runs.values())
    for name, section in view.sections.items():
        fresh = recount.sections.get(name)
        assert set(section.open) == set(fresh.open if fresh else ())
        assert {k: n for k, n in section.ended.items() if n} == {
            k: n for k, n in (fresh.ended if fresh else {}).items() if n
        }
        assert section.by_key == (fresh.by_key if fresh else {})
    assert view.outputs == recount.outputs
    assert view.scopes == recount.scopes
    for run in view.runs.values():
        if run.id in ended:
            assert run.state.current is ended[run.id], "a terminal state is final"
        if run.state.current.is_terminal:
            if not _may_be_overtaken(played, run.id):
                ended[run.id] = run.state.current
            continue
        assert _is_waited_for(played, run.id), f"{run.task_id} is open and nothing will end it"


def _may_be_overtaken(played: Simulation, run_id: TaskRunId) -> bool:
    """Whether a worker still makes an attempt of a task run that ended with its group: it takes the result."""
    return any(job_run == run_id for job_run, _ in played.jobs)


def _is_waited_for(played: Simulation, run_id: TaskRunId) -> bool:
    run = played.view.runs[run_id]
    if isinstance(played.plan.nodes[run.task_id].task, Flowable):
        return run.state.current is not State.PAUSED or f"pause:{run_id}" in played.timers
    return (
        run_id,
        len(run.attempts) + run.state.current.is_created,
    ) in played.jobs or f"retry:{run_id}" in played.timers


@settings(max_examples=150)
@given(flows(), st.data())
def test_every_order_of_events_ends_and_keeps_the_invariants(played: Simulation, data: st.DataObject) -> None:
    played.start()
    ended: dict[TaskRunId, State] = {}
    check(played, ended)
    for _ in range(2000):
        if played.view.execution.ended and not played.jobs:
            break
        if played.jobs:
            run_id, attempt = data.draw(st.sampled_from(sorted(played.jobs)))
            outcome = Outcome(data.draw(st.sampled_from([State.SUCCESS, State.SUCCESS, State.FAILED, State.WARNING])))
            if data.draw(st.booleans()):
                played.begin(run_id, attempt)
                played.jobs[run_id, attempt] = None
            played.end(run_id, attempt, outcome)
            if data.draw(st.booleans()):
                repeated = played.end(run_id, attempt, Outcome(State.FAILED))
                assert not repeated.changes.task_runs
        else:
            assert played.jump(), f"nothing left to do and not ended: {played.state} {played.states()}"
        check(played, ended)
    assert played.view.execution.ended
    assert played.state.is_terminal
    assert not played.jobs


@settings(max_examples=60)
@given(flows(), st.integers(0, 12))
def test_kill_at_any_moment_ends_everything(played: Simulation, after: int) -> None:
    played.start()
    for _ in range(after):
        if not played.work() and not played.jump():
            break
    was_over = played.state.is_terminal
    played.send(e.KillRequested())
    played.play()

    assert played.view.execution.ended
    assert was_over or played.state is State.KILLED
    assert all(run.state.current.is_terminal for run in played.view.runs.values())


@settings(max_examples=60)
@given(flows(), st.integers(0, 12))
def test_pausing_and_crashing_lose_nothing(played: Simulation, after: int) -> None:
    plain = simulate_again(played).play()
    played.start()
    for _ in range(after):
        if not played.work() and not played.jump():
            break
    if played.state is State.RUNNING:
        played.send(e.PauseRequested())
        played.send(e.ResumeRequested(inputs={}))
    played.send(e.Recovered())
    played.play()

    assert (played.state, played.states()) == (plain.state, plain.states())


@settings(max_examples=60)
@given(flows())
def test_the_same_step_twice_decides_the_same(played: Simulation) -> None:
    played.play()
    for decision in played.decisions:
        assert decision.refusal is None
    view = View(played.plan, simulate_again(played).view.execution)
    first = step(played.plan, view, e.Created(), played.now, played.world)
    assert step(played.plan, view, e.Created(), played.now, played.world) == first


def simulate_again(played: Simulation) -> Simulation:
    """Return a fresh simulation of the same flow."""
    return Simulation(played.plan, played.worker, batch=played.world.batch)
