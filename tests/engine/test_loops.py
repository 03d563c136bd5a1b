"""Loops whose iterations are scopes of their own: what is seen, what ends what, what a restart does again.

Source: flows played on Kestra 2.0.0 (``tests/conformance/loops``); restarts as there, each thing once (ours).
"""

from typing import Any

import pytest

from lanner.engine import events as e
from lanner.flows.problem import InvalidFlow
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate

FAILS = Outcome(State.FAILED)
EXIT = "io.kestra.plugin.core.execution.Exit"


def loop(task_id: str, values: Any, tasks: list[dict[str, Any]], **properties: Any) -> dict[str, Any]:
    return flowable("Loop", task_id, tasks, values=values, **properties)


def shows(task_id: str, text: str) -> dict[str, Any]:
    """Return a task that shows in a variable of its execution what an expression gives."""
    return {
        "id": task_id,
        "type": "io.kestra.plugin.core.execution.SetVariables",
        "variables": {task_id: text},
    }


def number(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
    return Outcome(outputs={"value": f"{run.task_id}{run.sequence}"})


def failing(*task_ids: str, times: int = 1) -> Any:
    """Return a worker whose attempts of these tasks fail, the first ``times`` times."""
    left = dict.fromkeys(task_ids, times)

    def work(run: TaskRun, attempt: int) -> Outcome:
        if left.get(run.task_id, 0):
            left[run.task_id] -= 1
            return FAILS
        return Outcome(outputs={"value": f"{run.task_id} of {run.sequence}"})

    return work


def test_a_task_sees_its_own_iteration_only() -> None:
    tasks = [job("a"), loop("l", ["x", "y"], [job("b"), shows("s", "{{ outputs.b.value }} {{ outputs.a.value }}")])]
    played = simulate(tasks, number).play()
    assert played.state is State.SUCCESS
    seen = [run.memo["variables"]["s"] for run in played.runs("l_iteration") if run.memo]
    assert seen == [f"{run.outputs['value']} a0" for run in played.runs("b") if run.outputs]
    assert "b" not in played.view.outputs
    assert played.view.execution.variables is None


def test_what_ended_iterations_gave_is_not_kept_in_memory() -> None:
    played = simulate([loop("l", ["x", "y", "z"], [job("b"), job("c")], concurrencyLimit=2)], number)
    played.start()
    most = 0
    while played.work():
        most = max(most, len(played.view.scopes))
    assert (most, played.view.scopes, played.state) == (2, {}, State.SUCCESS)


def test_no_event_of_a_long_loop_writes_more_than_its_neighbours() -> None:
    values = [str(number) for number in range(300)]
    handed_on = [{"id": "o", "type": "STRING", "value": "{{ outputs.b.value }}"}]
    played = simulate([loop("l", values, [job("b")], outputs=handed_on)], number).play()
    assert played.state is State.SUCCESS
    assert max(len(decision.changes.task_runs) for decision in played.decisions) <= 5
    (run,) = played.runs("l")
    assert run.outputs is not None
    assert [entry["item"]["value"] for entry in run.outputs["outputs"]] == values
    assert sum(run.id in {found.id for found in made.changes.task_runs} for made in played.decisions) <= 2


def test_a_restart_goes_on_in_the_iteration_that_failed() -> None:
    check = shows("s", "{{ outputs.b.value }}")
    played = simulate([loop("l", ["x", "y", "z"], [job("b"), job("f"), check]), job("after")], failing("f")).play()
    assert (played.history, len(played.runs("b"))) == ("CREATED RUNNING FAILED", 1)
    played.send(e.RestartRequested())
    played.play()
    assert played.state is State.SUCCESS
    assert [len(played.runs(name)) for name in ("b", "f", "s", "after")] == [3, 3, 3, 1]
    (run,) = played.runs("l")
    assert run.outputs == {"iterationCount": 3, "runningIterations": 0, "terminatedIterations": {"SUCCESS": 3}}


def test_a_restart_leaves_failures_alone_that_the_loop_did_not_hand_on() -> None:
    tasks = [loop("l", ["x", "y"], [job("f")], transmitFailed=False), job("g")]
    played = simulate(tasks, failing("f", "g")).play()
    assert played.history == "CREATED RUNNING FAILED"
    played.send(e.RestartRequested())
    played.play()
    assert played.state is State.SUCCESS
    assert played.states()["f"] == ["FAILED", "SUCCESS"]
    assert len(played.runs("l")[0].attempts) == 1


def test_the_first_failure_ends_the_loop_and_what_still_runs_in_it() -> None:
    def work(run: TaskRun, attempt: int) -> Outcome | None:
        return FAILS if run.task_id == "f" else None

    tasks = [loop("l", ["x", "y"], [flowable("Parallel", "p", [job("slow"), job("f")])], concurrencyLimit=2)]
    played = simulate(tasks, work).play()
    assert played.state is State.FAILED
    assert set(played.states()["slow"]) == {"FAILED"}
    (run,) = played.runs("l")
    assert run.outputs == {"iterationCount": 2, "runningIterations": 1, "terminatedIterations": {"FAILED": 1}}


@pytest.mark.parametrize(
    ("state", "transmits", "iterations", "ends"),
    [
        pytest.param("SUCCESS", True, ["SUCCESS", "SUCCESS"], State.SUCCESS, id="goes on"),
        pytest.param("WARNING", True, ["WARNING", "WARNING"], State.SUCCESS, id="warnings are not handed on"),
        pytest.param("FAILED", True, ["FAILED"], State.FAILED, id="failure ends it"),
        pytest.param("KILLED", True, ["KILLED"], State.SUCCESS, id="kill stops it, but is no failure"),
        pytest.param("FAILED", False, ["FAILED", "FAILED"], State.SUCCESS, id="failure stays inside"),
    ],
)
def test_an_exit_ends_its_iteration(state: str, transmits: bool, iterations: list[str], ends: State) -> None:
    leaves = {"id": "e", "type": EXIT, "state": state}
    inner = flowable("Sequential", "s", [leaves, job("never")])
    played = simulate([loop("l", ["x", "y"], [inner], transmitFailed=transmits), job("after")]).play()
    assert (played.states()["l_iteration"], played.state) == (iterations, ends)
    assert "never" not in played.states()
    assert ("after" in played.states()) is (ends is State.SUCCESS)


def test_a_pause_holds_its_own_iteration_and_the_loop_goes_on_afterwards() -> None:
    hold = flowable("Pause", "p", None, pauseDuration="PT1H")
    played = simulate([loop("l", ["x", "y"], [hold, job("b")])]).play()
    assert (played.state, played.states()["b"]) == (State.SUCCESS, ["SUCCESS", "SUCCESS"])


def test_a_kill_ends_every_iteration() -> None:
    played = simulate([loop("l", ["x", "y", "z"], [job("b")], concurrencyLimit=2)], lambda _run, _attempt: None)
    played.start()
    played.send(e.KillRequested(cascade=False))
    assert (played.state, set(played.states()["l_iteration"])) == (State.KILLED, {"KILLED"})


def test_tasks_shows_the_states_of_the_own_iteration() -> None:
    inner = flowable("Sequential", "s", [job("b"), shows("v", "{{ tasks.b.state }} {{ tasks.a.state }}")])
    played: Simulation = simulate([job("a"), loop("l", ["x", "y"], [inner])], failing("none")).play()
    assert [run.memo["variables"]["v"] for run in played.runs("l_iteration") if run.memo] == ["SUCCESS SUCCESS"] * 2


def test_inner_loops_see_outer_variables_and_items() -> None:
    show = shows("v", "{{ vars.o }} {{ item.parent.value }} {{ item.parents | length }} {{ labels.team ?? '-' }}")
    outer = [shows("o", "{{ item.value }}"), loop("in", ["1"], [show])]
    played = simulate([loop("out", ["x", "y"], outer)]).play()
    assert [run.memo["variables"]["v"] for run in played.runs("in_iteration") if run.memo] == ["x x 1 -", "y y 1 -"]


@pytest.mark.parametrize(
    ("kind", "properties", "taken"),
    [
        pytest.param("Loop", {"values": ["a"], "tasks": [job("x")]}, "it_iteration", id="loop"),
        pytest.param("ForEachItem", {"items": "a", "namespace": "b", "flowId": "c"}, "it_items", id="for each item"),
    ],
)
def test_no_task_may_be_called_like_one_that_another_makes(kind: str, properties: dict[str, Any], taken: str) -> None:
    with pytest.raises(InvalidFlow, match=rf"Duplicate task id with name \[{taken}\]: the task `it` makes one"):
        simulate([{**flowable(kind, "it"), **properties}, job(taken)])
