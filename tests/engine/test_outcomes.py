"""What flows come to: states of executions and task runs, by what their tasks do."""

from typing import Any

import pytest

from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Worker, succeed
from tests.engine.flows import flowable, job, simulate

FAILS = Outcome(State.FAILED)
RETRY = {"type": "constant", "interval": "PT10S", "maxAttempts": 3}


def failing(*task_ids: str, until_attempt: int = 99) -> Worker:
    """Return a worker that fails some tasks."""

    def work(run: TaskRun, attempt: int) -> Outcome:
        return FAILS if run.task_id in task_ids and attempt < until_attempt else Outcome()

    return work


def foreach(values: list[str], tasks: list[dict[str, Any]], limit: int = 1, **properties: Any) -> dict[str, Any]:
    return flowable("ForEach", "each", tasks, values=values, concurrencyLimit=limit, **properties)


@pytest.mark.parametrize(
    ("tasks", "flow", "fails", "state", "runs"),
    [
        pytest.param([job("a"), job("b")], {}, (), "SUCCESS", {"a": ["SUCCESS"], "b": ["SUCCESS"]}, id="in order"),
        pytest.param([job("a"), job("b")], {}, ("a",), "FAILED", {"a": ["FAILED"]}, id="a failure ends the list"),
        pytest.param(
            [job("a", allowFailure=True), job("b")],
            {},
            ("a",),
            "WARNING",
            {"a": ["WARNING"], "b": ["SUCCESS"]},
            id="an allowed failure does not",
        ),
        pytest.param(
            [job("a", allowFailure=True, allowWarning=True)],
            {},
            ("a",),
            "SUCCESS",
            {"a": ["SUCCESS"]},
            id="both allowed",
        ),
        pytest.param([job("a", disabled=True)], {}, (), "SUCCESS", {}, id="all disabled"),
        pytest.param(
            [job("a", runIf="{{ 1 > 2 }}"), job("b")],
            {},
            (),
            "SUCCESS",
            {"a": ["SKIPPED"], "b": ["SUCCESS"]},
            id="skipped",
        ),
        pytest.param([job("a", runIf="{{ nothing }}")], {}, (), "FAILED", {"a": ["FAILED"]}, id="unreadable runIf"),
        pytest.param(
            [job("a"), job("b")],
            {"errors": [job("e1"), job("e2")], "finally": [job("f")], "afterExecution": [job("x")]},
            ("a", "e1"),
            "FAILED",
            {"a": ["FAILED"], "e1": ["FAILED"], "e2": ["SUCCESS"], "f": ["SUCCESS"], "x": ["SUCCESS"]},
            id="errors, then finally, then after; none of them stops at a failure",
        ),
        pytest.param(
            [job("a")],
            {"errors": [job("e")], "finally": [job("f")]},
            (),
            "SUCCESS",
            {"a": ["SUCCESS"], "f": ["SUCCESS"]},
            id="no errors without a failure",
        ),
        pytest.param(
            [job("a")],
            {"finally": [job("f")]},
            ("f",),
            "SUCCESS",
            {"a": ["SUCCESS"], "f": ["FAILED"]},
            id="finally may fail",
        ),
        pytest.param(
            [flowable("Sequential", "s", [job("a"), job("b")], errors=[job("e")]), job("c")],
            {},
            ("a",),
            "FAILED",
            {"s": ["FAILED"], "a": ["FAILED"], "e": ["SUCCESS"]},
            id="a flowable's errors do not heal it",
        ),
        pytest.param(
            [flowable("Parallel", "p", [job("a"), job("b"), job("c")])],
            {},
            (),
            "SUCCESS",
            {"p": ["SUCCESS"], "a": ["SUCCESS"], "b": ["SUCCESS"], "c": ["SUCCESS"]},
            id="parallel",
        ),
        pytest.param(
            [flowable("AllowFailure", "s", [job("a"), job("b")]), job("c")],
            {},
            ("a",),
            "WARNING",
            {"s": ["WARNING"], "a": ["FAILED"], "c": ["SUCCESS"]},
            id="allow failure",
        ),
        pytest.param(
            [flowable("AllowFailure", "s", [job("a", disabled=True)])],
            {},
            (),
            "SUCCESS",
            {"s": ["SUCCESS"]},
            id="allow failure with nothing to do ends",
        ),
        pytest.param(
            [foreach(["x", "y", "x"], [job("a"), job("b")])],
            {},
            (),
            "SUCCESS",
            {"each": ["SUCCESS"], "a": ["SUCCESS", "SUCCESS"], "b": ["SUCCESS", "SUCCESS"]},
            id="each value once",
        ),
        pytest.param([foreach([], [job("a")])], {}, (), "SUCCESS", {"each": ["SUCCESS"]}, id="no values"),
        pytest.param(
            [foreach(["x", "y"], [job("a"), job("b")])],
            {},
            ("a",),
            "FAILED",
            {"each": ["FAILED"], "a": ["FAILED"]},
            id="a failure stops the loop",
        ),
        pytest.param(
            [flowable("ForEach", "each", [job("a")], values="{{ 12 }}")],
            {},
            (),
            "FAILED",
            {"each": ["FAILED"]},
            id="no list",
        ),
        pytest.param(
            [flowable("If", "i", None, condition="{{ true }}", then=[job("a")], **{"else": [job("b")]})],
            {},
            (),
            "SUCCESS",
            {"i": ["SUCCESS"], "a": ["SUCCESS"]},
            id="then",
        ),
        pytest.param(
            [flowable("If", "i", None, condition="0", then=[job("a")]), job("c")],
            {},
            (),
            "SUCCESS",
            {"i": ["SUCCESS"], "c": ["SUCCESS"]},
            id="no else",
        ),
        pytest.param(
            [flowable("Switch", "s", None, value="z", cases={"y": [job("a")]})],
            {"errors": [job("e")]},
            (),
            "FAILED",
            {"s": ["FAILED"], "e": ["SUCCESS"]},
            id="no case and no defaults",
        ),
        pytest.param(
            [
                flowable(
                    "Dag",
                    "d",
                    [
                        {"task": job("last"), "dependsOn": ["mid", "off"]},
                        {"task": job("mid"), "dependsOn": ["first"]},
                        {"task": job("first")},
                        {"task": job("off", disabled=True)},
                    ],
                )
            ],
            {},
            (),
            "SUCCESS",
            {"d": ["SUCCESS"], "first": ["SUCCESS"], "mid": ["SUCCESS"], "last": ["SUCCESS"]},
            id="a disabled dependency counts as done",
        ),
    ],
)
def test_flow_comes_to(
    tasks: list[dict[str, Any]], flow: dict[str, Any], fails: tuple[str, ...], state: str, runs: dict[str, list[str]]
) -> None:
    played = simulate(tasks, failing(*fails), **flow).play()

    assert (played.state.value, played.states()) == (state, runs)
    assert played.view.execution.ended
    assert not played.jobs


@pytest.mark.parametrize(
    ("state", "ends", "last"),
    [("WARNING", "WARNING", ["SUCCESS"]), ("CANCELED", "CANCELLED", ["SUCCESS"]), ("KILLED", "KILLED", None)],
)
def test_exit_ends_everything_but_finally_and_what_comes_after(state: str, ends: str, last: list[str] | None) -> None:
    leave = {"id": "leave", "type": "io.kestra.plugin.core.execution.Exit", "state": state}
    played = simulate(
        [flowable("Sequential", "s", [leave, job("never")]), job("never_too")],
        succeed,
        errors=[job("e")],
        batch=500,
        **{"finally": [job("f1"), job("f2")], "afterExecution": [job("x")]},
    ).play()

    assert (played.state.value, played.states().get("f1"), played.states().get("f2")) == (ends, last, last)
    assert played.states()["x"] == ["SUCCESS"]
    assert not {"never", "never_too", "e"} & set(played.states())
    assert played.view.execution.ended


def test_parallel_failure_ends_open_siblings() -> None:
    played = simulate(
        [flowable("Parallel", "p", [job("a"), job("b")])], lambda run, _: FAILS if run.task_id == "b" else None
    )
    played.play()

    assert (played.state, played.states()) == (State.FAILED, {"p": ["FAILED"], "a": ["FAILED"], "b": ["FAILED"]})
    assert played.view.execution.ended


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("outcome", [State.SUCCESS, State.WARNING, State.FAILED])
def test_a_sibling_that_was_overtaken_shows_its_result_when_it_comes(outcome: State, begun: bool) -> None:
    after = job("after", message="{{ outputs.a }}")
    played = simulate(
        [flowable("Parallel", "p", [job("b"), job("a")], allowFailure=True), after],
        lambda run, _: FAILS if run.task_id == "b" else None,
    ).start()
    (a,) = played.runs("a")
    if begun:
        played.begin(a.id, 1)
    played.play()
    assert played.states() == {"p": ["WARNING"], "b": ["FAILED"], "a": ["WARNING"], "after": ["CREATED"]}

    played.end(a.id, 1, Outcome(outcome, {"rows": 1}))
    played.end(a.id, 1, Outcome(State.FAILED))
    (a,) = played.runs("a")
    assert (a.state.current, [attempt.state.current for attempt in a.attempts], a.outputs) == (
        outcome,
        [outcome],
        {"rows": 1},
    )
    assert (played.state, played.states()["p"]) == (State.RUNNING, ["WARNING"])


def test_a_kill_is_no_late_result() -> None:
    worker: Worker = lambda run, _: FAILS if run.task_id == "b" else None  # noqa: E731  # the shape of a worker
    played = simulate([flowable("Parallel", "p", [job("a"), job("b")])], worker).play()
    (a,) = played.runs("a")

    played.end(a.id, 1, Outcome(State.KILLED))
    assert (played.states()["a"], played.runs("a")[0].attempts) == (["FAILED"], ())


def test_parallel_keeps_to_its_limit() -> None:
    open_at_once: list[int] = []
    played = simulate([flowable("Parallel", "p", [job(f"t{n}") for n in range(6)], concurrent=2)])

    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        open_at_once.append(len(played.jobs))
        return Outcome()

    played.worker = work
    played.play()

    assert max(open_at_once) == 2
    assert played.state is State.SUCCESS


def test_loop_of_limit_one_goes_value_by_value_even_when_tasks_are_skipped() -> None:
    skipped = job("a", runIf="{{ taskrun.value == 'y' }}")
    played = simulate([foreach(["x", "y", "z"], [skipped, job("b")])]).play()

    order = [(run.value, run.task_id) for run in sorted(played.view.runs.values(), key=lambda run: run.sequence)][1:]
    assert order == [("x", "a"), ("x", "b"), ("y", "a"), ("y", "b"), ("z", "a"), ("z", "b")]


def test_large_loop_is_made_in_batches_and_complete() -> None:
    played = simulate([foreach([f"v{n}" for n in range(95)], [job("a"), job("b")], limit=0)], batch=10).start()

    assert max(len(decision.changes.task_runs) for decision in played.decisions) <= 12
    played.play()
    assert played.state is State.SUCCESS
    assert len(played.runs("a")) == len(played.runs("b")) == 95


def test_retry_waits_and_tries_again_without_failing_in_between() -> None:
    played = simulate([job("a", retry=RETRY), job("b")], failing("a", until_attempt=3)).play()

    assert played.history == "CREATED RUNNING RETRYING RUNNING RETRYING RUNNING SUCCESS"
    (run,) = played.runs("a")
    assert [attempt.state.current for attempt in run.attempts] == [State.FAILED, State.FAILED, State.SUCCESS]
    assert (played.now - run.state.start_date).total_seconds() == 20


@pytest.mark.parametrize(
    ("around", "flow", "attempts"),
    [
        pytest.param({"retry": RETRY}, {}, 3, id="the flowable's"),
        pytest.param({"retry": RETRY}, {"retry": RETRY | {"maxAttempts": 5}}, 3, id="the flowable's before the flow's"),
        pytest.param({}, {"retry": RETRY | {"maxAttempts": 5}}, 5, id="the flow's"),
        pytest.param({}, {}, 1, id="none"),
    ],
)
def test_a_task_without_a_retry_has_the_nearest_one(
    around: dict[str, Any], flow: dict[str, Any], attempts: int
) -> None:
    played = simulate([flowable("Sequential", "s", [job("a")], **around)], failing("a"), **flow).play()
    assert (played.state, len(played.runs("a")[0].attempts)) == (State.FAILED, attempts)


def test_spent_retry_fails_and_runs_errors_once() -> None:
    played = simulate([job("a", retry=RETRY)], failing("a"), errors=[job("e")], afterExecution=[job("x")]).play()

    assert played.state is State.FAILED
    assert len(played.runs("a")[0].attempts) == 3
    assert played.states()["e"] == ["SUCCESS"]
    assert played.states()["x"] == ["SUCCESS"]


@pytest.mark.parametrize(
    ("behavior", "state", "last"),
    [
        ("RESUME", "SUCCESS", ["SUCCESS"]),
        ("WARN", "WARNING", ["SUCCESS"]),
        ("FAIL", "FAILED", None),
        ("CANCEL", "CANCELLED", None),
    ],
)
def test_pause_of_a_day_ends_by_itself(behavior: str, state: str, last: list[str] | None) -> None:
    played = simulate([flowable("Pause", "p", None, pauseDuration="P1D", behavior=behavior), job("after")]).play()

    assert (played.state.value, played.states().get("after")) == (state, last)
    assert (played.now - played.view.execution.state.start_date).days == 1


def test_loop_until_keeps_its_last_round_only() -> None:
    loop = flowable("LoopUntil", "l", [job("a")], condition="{{ outputs.l.iterationCount >= 4 }}")
    played = simulate([loop, job("after")]).play()

    assert played.state is State.SUCCESS
    # The condition is looked at with the next round's count too, so three rounds are enough.
    (last,) = played.runs("a")
    assert (last.iteration, played.runs("l")[0].outputs) == (3, {"iterationCount": 4})
    assert (played.now - played.view.execution.state.start_date).total_seconds() == 120


def test_hundred_levels_of_nesting_work() -> None:
    task = job("deep")
    for level in range(100):
        task = flowable("Sequential", f"s{level}", [task])
    played = simulate([task]).play()

    assert (played.state, len(played.view.runs)) == (State.SUCCESS, 101)


def test_flow_outputs_are_rendered_at_the_end() -> None:
    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        return Outcome(outputs={"value": "v"})

    played = simulate(
        [job("a")], work, outputs=[{"id": "out", "type": "STRING", "value": "{{ outputs.a.value }}!"}]
    ).play()
    assert played.view.execution.outputs == {"out": "v!"}


def test_unreadable_flow_output_fails_the_execution() -> None:
    played = simulate([job("a")], outputs=[{"id": "out", "type": "STRING", "value": "{{ outputs.nope }}"}]).play()

    assert played.history == "CREATED RUNNING SUCCESS FAILED"
    assert "Failed to render output values" in played.logs[-1].message


def test_breaking_out_of_a_loop_keeps_outputs_by_value() -> None:
    inner = job("a", runIf="{{ taskrun.iteration == 0 or outputs.a.x.value == 'x!' }}")

    def work(run: TaskRun, attempt: int) -> Outcome:  # the shape of a worker
        return Outcome(outputs={"value": f"{run.value}!"})

    played = simulate([foreach(["x", "y"], [inner])], work).play()
    assert played.state is State.SUCCESS
    assert played.view.outputs["a"] == {"x": {"value": "x!"}, "y": {"value": "y!"}}


@pytest.mark.parametrize(
    ("fails", "expected"),
    [(False, {"work", "on_success", "always"}), (True, {"work", "on_failure", "always"})],
)
def test_listeners_run_when_their_conditions_hold(fails: bool, expected: set[str]) -> None:  # a table
    """Asked of Kestra 1.0.36: a condition that cannot be told is false."""
    condition = "io.kestra.plugin.core.condition"
    status = f"{condition}.ExecutionStatus"
    listeners = [
        {"conditions": [{"type": status, "in": ["FAILED"]}], "tasks": [job("on_failure")]},
        {"conditions": [{"type": status, "in": ["SUCCESS"]}], "tasks": [job("on_success")]},
        {"conditions": [{"type": f"{condition}.Expression", "expression": "{{ nope.x }}"}], "tasks": [job("never")]},
        {"tasks": [job("always")]},
    ]
    worker = failing("work") if fails else succeed
    played = simulate([job("work")], worker, listeners=listeners).play()
    assert played.state is (State.FAILED if fails else State.SUCCESS)
    assert set(played.states()) == expected
    assert played.view.execution.ended


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(flowable("Parallel", "p", [flowable("Pause", "hold", None), job("a")]), id="Parallel"),
        pytest.param(
            flowable("Dag", "p", [{"task": flowable("Pause", "hold", None)}, {"task": job("a")}]),
            id="Dag",
        ),
        pytest.param(flowable("Parallel", "p", [job("bad", runIf="{{ nope }}"), job("a")]), id="a failure at once"),
    ],
)
def test_what_begins_together_begins_whatever_one_of_it_does_at_once(group: dict[str, Any]) -> None:
    played = simulate([group], lambda *_: None).start()
    assert [played.view.runs[run_id].task_id for run_id, _ in played.jobs] == ["a"]


def test_a_lane_after_a_failed_one_does_not_begin_beyond_the_limit() -> None:
    played = simulate([foreach(["x", "y", "z"], [job("a", runIf="{{ nope }}")], limit=2)]).play()
    assert played.states()["a"] == ["FAILED", "FAILED"]


@pytest.mark.parametrize(
    ("task", "outputs"),
    [
        (flowable("If", "w", None, condition="true", then=[job("a")]), {"evaluationResult": True}),
        (flowable("Switch", "w", None, value="x", cases={"x": [job("a")]}), {"defaults": False, "value": "x"}),
        (flowable("Sequential", "w", [job("a")]), {}),
        (flowable("If", "w", None, condition="{{ nope }}", then=[job("a")]), {}),
    ],
)
@pytest.mark.parametrize("run_if", ["false", "{{ nope }}"])
def test_a_flowable_left_out_shows_what_it_had_decided(
    task: dict[str, Any], outputs: dict[str, Any], run_if: str
) -> None:
    played = simulate([{**task, "runIf": run_if}]).play()
    assert (played.runs("w")[0].outputs, "a" in played.states()) == (outputs, False)


def test_what_ends_a_loop_belongs_to_its_last_round() -> None:
    loop = flowable(
        "LoopUntil",
        "w",
        [job("a")],
        condition="{{ outputs.w.iterationCount >= 3 }}",
        errors=[job("e")],
        **{"finally": [job("f")]},
    )
    played = simulate([loop]).play()
    assert [run.iteration for task_id in ("a", "f") for run in played.runs(task_id)] == [2, 2]
    played = simulate([loop], failing("a")).play()
    assert [run.iteration for task_id in ("a", "e", "f") for run in played.runs(task_id)] == [1, 1, 1]


def test_a_branch_with_nothing_to_do_is_followed_by_finally() -> None:
    task = flowable("If", "w", None, condition="true", then=[job("a", disabled=True)], **{"finally": [job("f")]})
    assert simulate([task]).play().states() == {"w": ["SUCCESS"], "f": ["SUCCESS"]}


@pytest.mark.parametrize(
    ("behavior", "states", "ends"),
    [
        ("FAIL", {"p": ["FAILED"], "e": ["SUCCESS"], "f": ["SUCCESS"]}, "FAILED"),
        ("WARN", {"p": ["WARNING"], "a": ["SUCCESS"], "f": ["SUCCESS"], "after": ["SUCCESS"]}, "WARNING"),
        ("RESUME", {"p": ["SUCCESS"], "a": ["SUCCESS"], "f": ["SUCCESS"], "after": ["SUCCESS"]}, "SUCCESS"),
    ],
)
def test_a_pause_with_tasks_ends_as_its_behaviour_says(behavior: str, states: dict[str, Any], ends: str) -> None:
    hold = flowable(
        "Pause",
        "p",
        [job("a")],
        pauseDuration="PT1M",
        behavior=behavior,
        errors=[job("e")],
        **{"finally": [job("f")]},
    )
    played = simulate([hold, job("after")]).play()
    assert (played.states(), played.state.value) == (states, ends)


EXIT = {"id": "x", "type": "io.kestra.plugin.core.execution.Exit", "state": "WARNING"}


@pytest.mark.parametrize(
    ("flow", "runs"),
    [
        pytest.param({"errors": [EXIT, job("b")]}, {"a", "x", "end"}, id="errors"),
        pytest.param({"finally": [EXIT, job("b")]}, {"a", "x", "end"}, id="finally"),
        pytest.param(
            {"finally": [flowable("Sequential", "s", [EXIT, job("b")]), job("c")]},
            {"a", "s", "x", "end"},
            id="in a flowable of finally",
        ),
        pytest.param({"errors": [EXIT, job("b")], "finally": [job("f")]}, {"a", "x", "f", "end"}, id="finally follows"),
    ],
)
def test_an_exit_leaves_the_rest_of_its_list_out(flow: dict[str, Any], runs: set[str]) -> None:
    fails = failing("a") if "errors" in flow else succeed
    played = simulate([job("a")], fails, afterExecution=[job("end")], **flow).play()
    assert (set(played.states()), played.state, played.view.execution.ended) == (runs, State.WARNING, True)


LENIENT = {"allowFailure": True, "allowWarning": True}


@pytest.mark.parametrize(
    ("task", "attempts"),
    [
        (flowable("If", "w", None, condition="{{ nope }}", then=[job("a")], **LENIENT), ["RUNNING"]),
        (flowable("Switch", "w", None, value="{{ nope }}", cases={"x": [job("a")]}, **LENIENT), ["RUNNING"]),
        (flowable("ForEach", "w", [job("a")], values="{{ nope }}", **LENIENT), ["FAILED"]),
        (flowable("ForEach", "w", [job("a")], values=[True], **LENIENT), ["FAILED"]),
        (flowable("Pause", "w", None, pauseDuration="soon", **LENIENT), ["FAILED"]),
        (flowable("Sequential", "w", [job("a")], runIf="{{ nope }}", **LENIENT), []),
        (job("w", runIf="{{ nope }}", **LENIENT), []),
    ],
)
def test_what_cannot_be_decided_fails_whatever_is_allowed(task: dict[str, Any], attempts: list[str]) -> None:
    played = simulate([task, job("after")]).play()
    assert (played.state, played.states()) == (State.FAILED, {"w": ["FAILED"]})
    assert [attempt.state.current.value for attempt in played.runs("w")[0].attempts] == attempts
