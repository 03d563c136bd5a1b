"""What users of orchestrators suffer from, shown by the engine alone. Each test names its row of user-pains.md."""

from collections.abc import Callable
from typing import Any

import pytest

from lanner.engine import events as e
from lanner.model.execution import TaskRun
from lanner.model.refusal import RefusalKind
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate


def never(run: TaskRun, attempt: int) -> None:  # the shape of a worker
    """Leave every attempt running."""


def test_a_task_whose_worker_went_away_is_handed_out_again() -> None:
    """Row 1: a task is lost for good when the worker that was to run it stops."""
    played = simulate([job("a"), job("b")], never).start()
    handed_out = set(played.jobs)
    played.jobs.clear()
    played.send(e.Recovered())
    assert played.jobs.keys() == handed_out

    played.worker = lambda run, attempt: Outcome()  # noqa: ARG005  # the shape of a worker
    played.play()
    assert (played.state, played.states()) == (State.SUCCESS, {"a": ["SUCCESS"], "b": ["SUCCESS"]})


@pytest.mark.parametrize("begun", [False, True], ids=["handed out", "at work"])
def test_nothing_of_a_killed_execution_runs_after_its_worker_died(begun: bool) -> None:
    """Row 3: the task of a dead worker is run again after its execution was killed."""
    played = simulate([job("a", retry={"type": "constant", "interval": "PT1M", "maxAttempts": 3}), job("b")], never)
    played.start()
    if begun:
        played.begin(played.runs("a")[0].id, 1)
    played.send(e.KillRequested())
    played.send(e.Recovered())
    played.play()
    assert (played.state, played.states()) == (State.KILLED, {"a": ["KILLED"]})
    assert (played.jobs, played.timers, played.view.execution.ended) == ({}, {}, True)


@pytest.mark.parametrize("late", [State.FAILED, State.SUCCESS, State.KILLED])
def test_the_first_report_of_an_attempt_counts_and_ends_it(late: State) -> None:
    """Row 4: a task that fails while its worker shuts down stays RUNNING, or is forgotten once it was RUNNING."""
    played = simulate([job("a")], never).start()
    (run,) = played.runs("a")
    played.begin(run.id, 1)
    played.begin(run.id, 1)
    played.end(run.id, 1, Outcome(State.FAILED))
    played.end(run.id, 1, Outcome(late))
    assert (played.state, played.states()) == (State.FAILED, {"a": ["FAILED"]})


def nested(depth: int, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return tasks of two branches a level, ``depth`` levels deep."""
    if depth == 0:
        return [job("x")]
    inner = nested(depth - 1, kinds)
    renamed = [_renamed(task, depth) for task in inner]
    return [flowable(kinds[depth % len(kinds)], f"f{depth}", inner + renamed)]


def _renamed(task: dict[str, Any], depth: int) -> dict[str, Any]:
    below = [_renamed(inner, depth) for inner in task.get("tasks", [])]
    return {**task, "id": f"{task['id']}_{depth}", **({"tasks": below} if below else {})}


@pytest.mark.parametrize("kinds", [("Parallel", "Sequential"), ("Sequential", "Parallel"), ("Parallel",)])
@pytest.mark.parametrize("batch", [1, 500])
def test_parallel_and_sequential_in_each_other_leave_nothing_created(kinds: tuple[str, ...], batch: int) -> None:
    """Row 13: executions are stuck in CREATED with Parallel and Sequential."""
    played = simulate(nested(5, kinds), batch=batch).play()
    states = [state for found in played.states().values() for state in found]
    assert (played.state, set(states), len(states)) == (State.SUCCESS, {"SUCCESS"}, 63)


def test_an_execution_that_waits_in_created_can_be_made_to_run() -> None:
    """Row 13: there is no way out of a state that has not ended."""
    played = simulate([flowable("Parallel", "p", [job("a"), job("b")])])
    assert played.state is State.CREATED
    played.send(e.ForceRunRequested())
    played.play()
    assert (played.state, played.states()) == (State.SUCCESS, {"p": ["SUCCESS"], "a": ["SUCCESS"], "b": ["SUCCESS"]})


def queued() -> Simulation:
    """Return an execution that waits for a slot and would be retried if it failed."""
    retry = {"type": "constant", "interval": "PT1M", "maxAttempts": 3}
    played = simulate([job("a")], retry=retry, concurrency={"limit": 1})
    played.send(e.Created(slot=e.Slot.QUEUE))
    assert played.state is State.QUEUED
    return played


@pytest.mark.parametrize("late", [e.SlotFreed, e.NewAttemptDue, e.Recovered, e.Created])
def test_a_queued_execution_that_was_killed_stays_killed(late: Callable[[], e.Event]) -> None:
    """Row 14: an execution killed in the queue is retried."""
    played = queued()
    played.send(e.KillRequested())
    played.send(late())
    played.play()
    assert (played.history, played.runs("a"), played.timers) == ("CREATED QUEUED KILLING KILLED", [], {})
    assert played.view.execution.ended
    assert not [command for command in played.asked if not hasattr(command, "task_run_id")]


def test_the_timer_left_over_of_a_pause_changes_nothing() -> None:
    """Row 15: the timer resumes a pause a second time and wipes what the approver answered."""
    played = simulate([flowable("Pause", "p", None, pauseDuration="PT1H"), job("after")], never)
    played.play(until=State.PAUSED)
    ((_, expired),) = played.timers.values()
    played.send(e.ResumeRequested(inputs={"reason": "fine"}, by="approver"))
    before = played.runs("p")
    assert played.timers == {}

    decision = played.send(expired)
    assert (decision.changes.task_runs, decision.changes.execution, decision.commands) == ((), None, ())
    (pause,) = before
    assert played.runs("p") == before
    assert pause.outputs is not None
    assert (pause.outputs["onResume"], pause.outputs["resumed"]["by"]) == ({"reason": "fine"}, "approver")
    assert len(played.runs("after")) == 1


def test_a_pause_that_ended_by_itself_cannot_be_resumed_again() -> None:
    """Row 15: a pause is resumed twice."""
    played = simulate([flowable("Pause", "p", None, pauseDuration="PT1H"), job("after")], never)
    played.play(until=State.PAUSED)
    played.jump()
    decision = played.send(e.ResumeRequested(inputs={}))
    assert decision.refusal is not None
    assert decision.refusal.kind is RefusalKind.CONFLICT
    assert len(played.runs("after")) == 1
