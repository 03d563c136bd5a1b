"""Task runs that start many executions: who is asked for, what counts, and how they end."""

from typing import Any

import pytest

from lanner.engine import events as e
from lanner.engine.children import child_id_of
from lanner.engine.commands import KillChildren, StartChild
from lanner.flows.problem import InvalidFlow
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate

BASE = "kestra:///tests/sample/executions/simulated/tasks/each-items/1"
PARTS = {"before": "kestra:///split-", "after": ".txt", "base": BASE}


def for_each(count: int, *, batch: int = 500, **more: Any) -> Simulation:
    """Return a ForEachItem over so many parts, played until its executions are asked for."""

    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        return Outcome(outputs={"count": count, **PARTS} if run.task_id == "each_items" else {})

    properties = {
        "items": "kestra:///a",
        "namespace": "tests",
        "flowId": "child",
        "inputs": {"n": "{{ taskrun.iteration }}"},
    }
    return simulate(
        [flowable("ForEachItem", "each", None, **{**properties, **more}), job("after")], work, batch=batch
    ).play()


def asked(played: Simulation) -> list[StartChild]:
    return [command for command in played.asked if isinstance(command, StartChild)]


def items(played: Simulation) -> TaskRun:
    return played.runs("each_items")[0]


def tell_started(played: Simulation, iteration: int) -> None:
    run = items(played)
    child = child_id_of(run.id, 1, iteration)
    played.send(
        e.ChildStarted(
            task_run_id=run.id, attempt=1, child_id=child, namespace="tests", flow_id="child", iteration=iteration
        )
    )


def tell_ended(played: Simulation, iteration: int, state: State = State.SUCCESS) -> None:
    run = items(played)
    child = child_id_of(run.id, 1, iteration)
    played.send(e.ChildEnded(task_run_id=run.id, child_id=child, state=state, outputs=None, iteration=iteration))


def counts(played: Simulation) -> dict[str, int]:
    found: dict[str, int] = (items(played).outputs or {})["iterations"]
    return {state: count for state, count in found.items() if count}


@pytest.mark.parametrize("batch", [pytest.param(500, id="in one step"), pytest.param(2, id="two at a time")])
def test_each_part_is_asked_for_once(batch: int) -> None:
    played = for_each(5, batch=batch)
    requests = [command.request for command in asked(played)]
    assert [request.inputs for request in requests] == [{"n": str(number)} for number in range(1, 6)]
    assert requests[1].outputs_uri == f"{BASE}/2/outputs.ion"
    assert counts(played) == {"CREATED": 5}


def test_news_that_come_twice_count_once() -> None:
    played = for_each(2)
    for _ in range(2):
        tell_started(played, 1)
    assert counts(played) == {"CREATED": 1, "RUNNING": 1}
    for _ in range(2):
        tell_ended(played, 1)
    assert counts(played) == {"CREATED": 1, "SUCCESS": 1}
    assert items(played).state.current is State.RUNNING


@pytest.mark.parametrize(
    ("ends", "more", "state"),
    [
        pytest.param(["SUCCESS", "SUCCESS"], {}, "SUCCESS", id="all well"),
        pytest.param(["WARNING", "SUCCESS"], {}, "WARNING", id="a warning"),
        pytest.param(["KILLED", "WARNING"], {}, "KILLED", id="a killed one"),
        pytest.param(["FAILED", "KILLED"], {}, "FAILED", id="a failure is worst"),
        pytest.param(["FAILED", "SUCCESS"], {"transmitFailed": False}, "SUCCESS", id="not transmitted"),
        pytest.param(["FAILED", "SUCCESS"], {"allowFailure": True}, "WARNING", id="allowed"),
    ],
)
def test_the_last_child_ends_the_task(ends: list[str], more: dict[str, Any], state: str) -> None:
    played = for_each(len(ends), **more)
    for iteration, end in enumerate(ends, start=1):
        tell_started(played, iteration)
        tell_ended(played, iteration, State(end))
    played.play()
    assert played.runs("each")[0].state.current is State(state)
    assert (items(played).outputs or {})["subflowOutputsBaseUri"] == BASE.removeprefix("kestra://")


@pytest.mark.parametrize("kind", ["Subflow", "ForEachItem"])
def test_system_labels_of_a_child_are_refused(kind: str) -> None:
    properties = {"items": "a"} if kind == "ForEachItem" else {}
    labels = {"system.x": "y"}
    with pytest.raises(InvalidFlow, match="System labels can only be set by Kestra itself"):
        simulate([flowable(kind, "c", None, namespace="tests", flowId="child", labels=labels, **properties)])


def test_no_parts_start_nothing() -> None:
    played = for_each(0)
    assert (asked(played), played.state) == ([], State.SUCCESS)


def test_a_task_that_does_not_wait_ends_when_all_have_been_started() -> None:
    played = for_each(2, wait=False)
    tell_started(played, 1)
    assert items(played).state.current is State.RUNNING
    tell_started(played, 2)
    assert items(played).state.current is State.SUCCESS


def test_a_restart_restarts_only_what_failed() -> None:
    played = for_each(3)
    for iteration, end in enumerate(("SUCCESS", "FAILED", "SUCCESS"), start=1):
        tell_started(played, iteration)
        tell_ended(played, iteration, State(end))
    assert played.state is State.FAILED
    before = len(asked(played))
    played.send(e.RestartRequested())
    again = asked(played)[before:]
    assert [(command.request.iteration, command.again) for command in again] == [
        (2, child_id_of(items(played).id, 1, 2))
    ]
    assert counts(played) == {"SUCCESS": 2, "RUNNING": 1}
    tell_ended(played, 2)
    played.play()
    assert (played.state, counts(played)) == (State.SUCCESS, {"SUCCESS": 3})


def test_a_recovered_execution_asks_again_for_what_has_not_ended() -> None:
    played = for_each(3)
    tell_started(played, 1)
    tell_ended(played, 1)
    before = len(asked(played))
    played.send(e.Recovered())
    assert [command.request.iteration for command in asked(played)[before:]] == [2, 3]


def test_a_kill_reaches_the_children() -> None:
    played = for_each(2)
    played.send(e.KillRequested())
    assert KillChildren(items(played).id) in played.asked
    assert played.state is State.KILLED


def test_a_child_that_cannot_be_made_fails_the_task() -> None:
    played = for_each(2)
    played.send(e.ChildRefused(task_run_id=items(played).id, attempt=1, reason="no such flow", iteration=1))
    assert items(played).state.current is State.FAILED
    assert "no such flow" in [line.message for line in played.logs]


def half_failed(**more: Any) -> Simulation:
    """Return a ForEachItem of two parts whose second has failed."""
    played = for_each(2, **more)
    for iteration, end in enumerate(("SUCCESS", "FAILED"), start=1):
        tell_started(played, iteration)
        tell_ended(played, iteration, State(end))
    return played


def test_a_restart_whose_request_cannot_be_rendered_fails_the_task() -> None:
    played = half_failed(inputs={"n": "{{ taskrun.attemptsCount == 0 ? 'first' : nothing.like.it }}"})
    played.send(e.RestartRequested())
    assert (played.state, items(played).state.current) == (State.FAILED, State.FAILED)
    assert any("nothing" in line.message for line in played.logs)


@pytest.mark.parametrize(
    ("behavior", "attempt", "restarts"),
    [
        pytest.param("NEW_EXECUTION", 2, False, id="a new child"),
        pytest.param("RETRY_FAILED", 1, True, id="the old child"),
    ],
)
def test_a_crash_during_a_restart_asks_for_the_same_child_again(behavior: str, attempt: int, restarts: bool) -> None:
    played = half_failed(restartBehavior=behavior)
    played.send(e.RestartRequested())
    wanted = asked(played)[-1]
    played.send(e.Recovered())
    assert asked(played)[-1] == wanted
    child = child_id_of(items(played).id, attempt, 2)
    assert (wanted.attempt, wanted.again) == (attempt, child if restarts else None)


def test_news_of_the_old_child_do_not_count_once_a_new_one_is_asked_for() -> None:
    played = half_failed(restartBehavior="NEW_EXECUTION")
    run = items(played)
    played.send(e.RestartRequested())
    tell_ended(played, 2, State.FAILED)
    assert items(played).state.current is State.RUNNING
    new = child_id_of(run.id, 2, 2)
    played.send(e.ChildEnded(task_run_id=run.id, child_id=new, state=State.SUCCESS, outputs=None, iteration=2))
    played.play()
    assert (played.state, counts(played)) == (State.SUCCESS, {"SUCCESS": 2})
