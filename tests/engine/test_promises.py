"""What a flow promises about its executions (SLA), and what happens when a promise is broken."""

from typing import Any

import pytest

from lanner.engine import events as e
from lanner.engine.commands import StopTask
from lanner.model.execution import TaskRun
from lanner.model.label import Label
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate


def at_most(seconds: int, behavior: str, **more: Any) -> dict[str, Any]:
    return {"id": "fast", "type": "MAX_DURATION", "duration": f"PT{seconds}S", "behavior": behavior, **more}


def holds(expression: str, behavior: str = "FAIL", **more: Any) -> dict[str, Any]:
    return {"id": "true", "type": "EXECUTION_ASSERTION", "assert": expression, "behavior": behavior, **more}


def never(run: TaskRun, attempt: int) -> Outcome | None:  # the shape of a worker
    return None


def working(sla: dict[str, Any], **more: Any) -> Simulation:
    """Return an execution whose first task a worker has begun."""
    played = simulate([job("a"), job("b")], never, sla=[sla], errors=[job("e")], **more).start()
    played.begin(played.runs("a")[0].id, 1)
    return played


@pytest.mark.parametrize(("behavior", "state"), [("FAIL", State.FAILED), ("CANCEL", State.CANCELLED)])
def test_an_execution_that_takes_too_long_ends(behavior: str, state: State) -> None:
    played = working(at_most(5, behavior))
    assert played.jump()
    (a,) = played.runs("a")
    assert (played.state, a.state.current) == (state, State.KILLED)
    assert StopTask(a.id, 1) in played.decisions[-2].commands
    assert played.states() == {"a": ["KILLED"]}, "neither the next task nor errors"
    warnings = [line.message for line in played.logs if line.level == "WARN"]
    assert warnings == ["SLA 'fast' violated: execution duration of PT5S exceed the maximum duration of PT5S."]


def test_time_spent_paused_counts() -> None:
    played = simulate([flowable("Pause", "p", None), job("b")], sla=[at_most(5, "FAIL")]).play()
    assert (played.history, played.states()) == ("CREATED RUNNING PAUSED FAILED", {"p": ["FAILED"]})


def test_an_execution_that_ends_in_time_leaves_no_clock() -> None:
    played = simulate([job("a")], sla=[at_most(5, "FAIL")]).play()
    assert (played.state, played.timers) == (State.SUCCESS, {})


def test_what_comes_after_the_end_is_not_counted() -> None:
    def slow(run: TaskRun, attempt: int) -> Outcome | None:  # the shape of a worker
        return None if run.task_id == "after" else Outcome()

    played = simulate([job("a")], slow, sla=[at_most(5, "FAIL")], afterExecution=[job("after")]).play()
    assert played.state is State.SUCCESS


def test_a_promise_that_only_labels_is_reported_once() -> None:
    played = simulate([job("a"), job("b")], sla=[holds("{{ 1 > 2 }}", "NONE", labels={"late": "yes"})]).play()
    assert played.state is State.SUCCESS
    assert Label("late", "yes") in played.view.execution.labels
    assert sum("violated" in line.message for line in played.logs) == 1


def test_an_assertion_is_looked_at_whenever_something_happens() -> None:
    played = simulate([job("a"), job("b")], sla=[holds("{{ (outputs.a ?? 'none') == 'none' }}")]).play()
    assert played.states() == {"a": ["FAILED"]}
    assert played.state is State.FAILED


def test_an_assertion_that_cannot_be_rendered_is_left_alone() -> None:
    played = simulate([job("a")], sla=[holds("{{ nothing.there }}")]).play()
    assert played.state is State.SUCCESS
    assert any("Ignoring SLA 'true'" in line.message for line in played.logs)


def test_a_label_that_is_there_is_kept() -> None:
    played = simulate([job("a")], sla=[holds("false", "CANCEL", labels={"k": "new"})], labels={"k": "old"})
    played.send(e.LabelsRequested(labels=(("k", "old"),), only_ended=False))
    played.play()
    assert (played.state, [label.value for label in played.view.execution.labels if label.key == "k"]) == (
        State.CANCELLED,
        ["old"],
    )
