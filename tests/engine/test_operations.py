"""What people may ask of an execution, when it is refused, and what comes of it."""

from dataclasses import replace

import pytest

from lanner.engine import events as e
from lanner.engine.replay import replayed, restarted
from lanner.engine.step import step
from lanner.model.execution import Breakpoint, Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.refusal import RefusalKind
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate

FAILS = Outcome(State.FAILED)


def never(run: TaskRun, attempt: int) -> None:  # the shape of a worker
    """Leave every attempt running."""


def once_failing(task_id: str) -> Simulation:
    failed: list[str] = []

    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        if run.task_id == task_id and not failed:
            failed.append(run.id)
            return FAILS
        return Outcome(outputs={"value": run.task_id})

    tasks = [job("a"), flowable("Sequential", "s", [job("b"), job("c")]), job("d")]
    return simulate(tasks, work, errors=[job("e")], afterExecution=[job("x")])


def waiting() -> Simulation:
    return simulate([flowable("Pause", "p", None), job("after")]).play()


def running() -> Simulation:
    played = simulate([flowable("Parallel", "p", [job("a"), job("b")]), job("c")], never).start()
    (a,) = played.runs("a")
    played.begin(a.id, 1)
    return played


def ended() -> Simulation:
    return simulate([job("a")]).play()


@pytest.mark.parametrize(
    ("made", "event", "kind", "says"),
    [
        pytest.param(ended, e.KillRequested(cascade=False), "CONFLICT", "already finished", id="kill ended"),
        pytest.param(ended, e.PauseRequested(), "CONFLICT", "not running", id="pause ended"),
        pytest.param(ended, e.ResumeRequested(inputs={}), "CONFLICT", "not paused", id="resume ended"),
        pytest.param(running, e.ResumeRequested(inputs={}), "CONFLICT", "not paused", id="resume running"),
        pytest.param(running, e.RestartRequested(), "CONFLICT", "current state is 'RUNNING' !", id="restart running"),
        pytest.param(ended, e.RestartRequested(), "INVALID", "No task found to restart", id="restart a success"),
        pytest.param(
            running, e.StateRequested(state=State.FAILED), "INVALID", "terminated execution", id="state of running"
        ),
        pytest.param(ended, e.StateRequested(state=State.RUNNING), "INVALID", "to a terminal state", id="no end"),
        pytest.param(ended, e.ForceRunRequested(), "CONFLICT", "non terminated", id="force ended"),
        pytest.param(running, e.UnqueueRequested(), "CONFLICT", "Only QUEUED", id="unqueue running"),
        pytest.param(ended, e.BreakpointResumed(), "CONFLICT", "not suspended", id="no breakpoint"),
        pytest.param(
            running, e.LabelsRequested(labels=(("a", "b"),)), "CONFLICT", "not terminated", id="labels of running"
        ),
        pytest.param(
            ended, e.LabelsRequested(labels=(("system.x", "b"),)), "INVALID", "System labels", id="system label"
        ),
    ],
)
def test_refused(made: object, event: e.Event, kind: str, says: str) -> None:
    assert callable(made)
    played: Simulation = made()
    before = played.view.execution
    decision = played.send(event)

    assert decision.refusal is not None
    assert decision.refusal.kind is RefusalKind(kind)
    assert says in decision.refusal.message
    assert played.view.execution is before


def test_kill_interrupts_what_runs_and_drops_what_waits() -> None:
    played = running()
    played.send(e.KillRequested())

    assert played.state is State.KILLED
    assert played.states() == {"p": ["KILLED"], "a": ["KILLED"], "b": ["KILLED"]}
    assert (played.view.execution.ended, played.jobs, played.timers) == (True, {}, {})


def test_after_execution_runs_when_killed_and_errors_do_not() -> None:
    played = simulate([job("a")], never, errors=[job("e")], afterExecution=[job("x")]).start()
    played.send(e.KillRequested())
    played.worker = lambda run, attempt: Outcome()  # noqa: ARG005  # the shape of a worker
    played.play()

    assert (played.state, played.states()) == (State.KILLED, {"a": ["KILLED"], "x": ["SUCCESS"]})
    assert played.view.execution.ended


def test_kill_while_retrying_drops_the_retry() -> None:
    played = simulate([job("a", retry={"type": "constant", "interval": "PT1H"})], lambda *_: FAILS)
    played.start()
    played.end(played.runs("a")[0].id, 1, FAILS)
    assert played.state is State.RETRYING
    ((_, due),) = played.timers.values()
    played.send(e.KillRequested())
    assert (played.state, played.timers) == (State.KILLED, {})

    late = played.send(due)
    assert (late.changes.task_runs, late.changes.execution, late.commands) == ((), None, ())


def test_pause_lets_running_work_end_and_starts_nothing() -> None:
    played = running()
    played.send(e.PauseRequested())
    (a,), (b,) = played.runs("a"), played.runs("b")
    played.end(a.id, 1, Outcome())
    played.end(b.id, 1, Outcome())
    assert (played.state, played.runs("c")) == (State.PAUSED, [])

    played.send(e.ResumeRequested(inputs={}))
    played.worker = lambda run, attempt: Outcome()  # noqa: ARG005  # the shape of a worker
    played.play()
    assert played.states() == {"p": ["SUCCESS"], "a": ["SUCCESS"], "b": ["SUCCESS"], "c": ["SUCCESS"]}


def test_resume_hands_the_answers_on() -> None:
    played = waiting()
    assert played.state is State.PAUSED
    played.send(e.ResumeRequested(inputs={"ok": True}, by="somebody"))
    played.play()

    outputs = played.runs("p")[0].outputs
    assert outputs is not None
    assert (outputs["onResume"], outputs["resumed"]["by"], outputs["resumed"]["to"]) == (
        {"ok": True},
        "somebody",
        "SUCCESS",
    )
    assert played.history == "CREATED RUNNING PAUSED RESTARTED RUNNING SUCCESS"


def test_restart_runs_the_failed_task_again_and_goes_on() -> None:
    played = once_failing("c").play()
    assert played.states() == {
        "a": ["SUCCESS"],
        "s": ["FAILED"],
        "b": ["SUCCESS"],
        "c": ["FAILED"],
        "e": ["SUCCESS"],
        "x": ["SUCCESS"],
    }
    played.send(e.RestartRequested())
    assert "e" not in played.states()
    played.play()

    assert played.history == "CREATED RUNNING FAILED RESTARTED RUNNING SUCCESS"
    assert played.states() == {
        "a": ["SUCCESS"],
        "s": ["SUCCESS"],
        "b": ["SUCCESS"],
        "c": ["SUCCESS"],
        "d": ["SUCCESS"],
        "x": ["SUCCESS"],
    }
    assert len(played.runs("c")[0].attempts) == 2
    assert ("system.restarted", "true") in played.view.execution.labels


def test_declared_state_of_a_task_run_lets_the_flow_go_on() -> None:
    played = once_failing("c").play()
    played.send(e.TaskRunStateRequested(task_run_id=played.runs("c")[0].id, state=State.SUCCESS))
    played.play()

    assert (played.state, played.states()["d"], played.states().get("e")) == (State.SUCCESS, ["SUCCESS"], None)
    for task_id in ("c", "s"):
        assert [attempt.state.current for attempt in played.runs(task_id)[0].attempts] == [State.SUCCESS]


@pytest.mark.parametrize(
    ("task_id", "kept", "run_again"),
    [("a", [], ["a", "b", "c", "d"]), ("b", ["a"], ["b", "c", "d"]), ("d", ["a", "b", "c"], ["d"])],
)
def test_replay_from_a_task_run_keeps_what_came_before(task_id: str, kept: list[str], run_again: list[str]) -> None:
    first = once_failing("nothing").play()
    runs = list(first.view.runs.values())
    execution, task_runs = replayed(
        first.plan,
        first.view.execution,
        runs,
        execution_id=ExecutionId("again"),
        now=first.now,
        task_run_id=first.runs(task_id)[0].id,
    )
    assert [run.task_id for run in task_runs if run.state.current is State.SUCCESS and run.task_id != "s"] == kept
    assert not {run.id for run in task_runs} & {run.id for run in runs}

    worked: list[str] = []

    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        worked.append(run.task_id)
        return Outcome()

    again = Simulation(first.plan, work, execution=execution, task_runs=tuple(task_runs))
    again.start()
    again.play()
    assert (again.state, worked) == (State.SUCCESS, [*run_again, "x"])


def test_a_replay_inside_a_flowable_ends_the_attempt_that_failed_before() -> None:
    again = replay_of(once_failing("c").play(), "c").play()
    assert (again.state, again.runs("s")[0].attempts[-1].state.current, len(again.runs("s")[0].attempts)) == (
        State.SUCCESS,
        State.SUCCESS,
        1,
    )


def replay_of(first: Simulation, task_id: str) -> Simulation:
    """Return the replay of an execution from the first run of a task, begun."""
    execution, task_runs = replayed(
        first.plan,
        first.view.execution,
        list(first.view.runs.values()),
        execution_id=ExecutionId("again"),
        now=first.now,
        task_run_id=first.runs(task_id)[0].id,
    )
    return Simulation(first.plan, first.worker, execution=execution, task_runs=tuple(task_runs)).start()


def test_replay_inside_a_loop_runs_each_thing_once() -> None:
    first = simulate([flowable("ForEach", "each", [job("a"), job("b")], values=["x", "y"], concurrencyLimit=0)]).play()
    target = next(run for run in first.runs("a") if run.value == "y")
    execution, task_runs = replayed(
        first.plan,
        first.view.execution,
        list(first.view.runs.values()),
        execution_id=ExecutionId("again"),
        now=first.now,
        task_run_id=target.id,
    )
    again = Simulation(first.plan, execution=execution, task_runs=tuple(task_runs))
    again.start()
    again.play()

    assert again.states() == {"each": ["SUCCESS"], "a": ["SUCCESS", "SUCCESS"], "b": ["SUCCESS", "SUCCESS"]}
    assert [len(run.attempts) for run in again.runs("a")] == [1, 2]


def test_restart_as_a_new_execution_keeps_what_succeeded() -> None:
    first = once_failing("c").play()
    execution, task_runs = restarted(
        first.plan,
        first.view.execution,
        list(first.view.runs.values()),
        execution_id=ExecutionId("again"),
        now=first.now,
    )
    again = Simulation(first.plan, execution=execution, task_runs=tuple(task_runs))
    again.start()
    again.play()

    assert again.state is State.SUCCESS
    assert (again.view.execution.parent_id, again.states()["d"]) == (first.view.execution.id, ["SUCCESS"])


def test_breakpoint_stops_before_the_task() -> None:
    played = simulate([job("a"), job("b"), job("c")])
    played.view.execution = _with_breakpoint(played, "b")
    played.play()
    assert (played.state, played.states()) == (State.BREAKPOINT, {"a": ["SUCCESS"], "b": ["BREAKPOINT"]})

    played.send(e.BreakpointResumed(breakpoints=("c",)))
    played.play()
    assert played.states() == {"a": ["SUCCESS"], "b": ["SUCCESS"], "c": ["BREAKPOINT"]}
    played.send(e.BreakpointResumed())
    played.play()
    assert played.state is State.SUCCESS


@pytest.mark.parametrize("times", [1, 2, 3])
def test_repeated_and_late_reports_change_nothing(times: int) -> None:
    played = simulate([job("a"), job("b")], never).start()
    (run,) = played.runs("a")
    played.end(run.id, 1, Outcome())
    for _ in range(times):
        decision = played.end(run.id, 1, FAILS)
        assert (decision.changes.task_runs, decision.changes.execution, decision.commands) == ((), None, ())
    late = played.begin(run.id, 1)
    unknown = played.begin(TaskRunId("nobody"), 1)
    early = played.end(played.runs("b")[0].id, 2, Outcome())
    for decision in (late, unknown, early):
        assert (decision.changes.task_runs, decision.changes.execution) == ((), None)


def test_recovery_owes_nothing() -> None:
    played = simulate(
        [flowable("ForEach", "each", [job("a")], values=["x", "y", "z"], concurrencyLimit=0)], never, batch=2
    )
    played.start()
    before = set(played.jobs)
    played.jobs.clear()
    played.send(e.Recovered())
    assert set(played.jobs) == before

    played.worker = lambda run, attempt: Outcome()  # noqa: ARG005  # the shape of a worker
    played.play()
    assert (played.state, played.states()["a"]) == (State.SUCCESS, ["SUCCESS"] * 3)


def test_report_of_another_attempt_than_the_running_one_is_not_taken() -> None:
    played = simulate([job("a")], never).start()
    (run,) = played.runs("a")
    played.begin(run.id, 1)
    decision = played.end(run.id, 2, Outcome())

    assert decision.changes.task_runs == ()
    assert played.runs("a")[0].state.current is State.RUNNING


def test_killed_execution_is_over_only_when_its_worker_has_stopped() -> None:
    played = running()
    decision = step(played.plan, played.view, e.KillRequested(), played.now, played.world)
    played.view.apply(decision.changes)
    (a,) = played.runs("a")
    assert (played.state, a.state.current, played.view.execution.ended) == (State.KILLED, State.KILLING, False)

    played.end(a.id, 1, Outcome(State.KILLED))
    assert (played.states()["a"], played.view.execution.ended) == (["KILLED"], True)


def _with_breakpoint(played: Simulation, task_id: str) -> Execution:
    return replace(played.view.execution, breakpoints=(Breakpoint(task_id=task_id),))


def test_a_task_at_work_when_the_process_died_is_left_to_its_job() -> None:
    played = running()
    decision = played.send(e.Recovered())
    assert (decision.changes.task_runs, played.state) == ((), State.RUNNING)
    assert played.states() == {"p": ["RUNNING"], "a": ["RUNNING"], "b": ["CREATED"]}


def test_an_exit_as_last_task_runs_no_errors() -> None:
    leave = {"id": "x", "type": "io.kestra.plugin.core.execution.Exit", "state": "FAILED"}
    played = simulate([job("a"), leave], errors=[job("e")]).play()
    assert played.states() == {"a": ["SUCCESS"], "x": ["FAILED"]}


def test_a_killed_pause_says_that_the_kill_ended_it() -> None:
    """Source: played on Kestra 1.0.36 and 2.0.0."""
    played = waiting()
    played.send(e.KillRequested(cascade=False))
    (run,) = played.runs("p")
    assert run.outputs == {"resumed": {"on": "2026-01-01T00:00:00.000000", "to": "KILLING"}}
    assert played.history == "CREATED RUNNING PAUSED RESTARTED KILLING KILLED"


def test_a_loop_killed_between_two_rounds_was_not_resumed() -> None:
    """Source: played on Kestra 1.0.36."""
    until = flowable("LoopUntil", "u", [job("a")], condition="{{ false }}", checkFrequency={"interval": "PT1H"})
    played = simulate([until]).play(until=State.PAUSED)
    played.send(e.KillRequested(cascade=False))
    (run,) = played.runs("u")
    assert (run.state.current, run.outputs) == (State.KILLED, {"iterationCount": 2})
