"""Tasks that share a folder: when a worker fills it, looks through it, and what a failure or a restart does."""

import pytest

from lanner.engine import events as e
from lanner.engine.commands import DropFolder, StopTask
from lanner.model.execution import TaskRun
from lanner.model.state import State
from lanner.testing.simulation import Outcome, Simulation
from tests.engine.flows import flowable, job, simulate
from tests.engine.test_operations import replay_of

FAILS = Outcome(State.FAILED)
FILES = {"inputFiles": {"a.txt": "a"}, "outputFiles": ["*.txt"]}


class Hands:
    """A worker that notes what it is given, in order; ``failing`` says which of these fail, by place."""

    def __init__(self, *failing: int) -> None:
        self.failing = set(failing)
        self.given: list[str] = []

    def __call__(self, run: TaskRun, attempt: int) -> Outcome:
        phase = (run.memo or {}).get("phase")
        self.given.append(f"{run.task_id}:{phase}" if phase else run.task_id)
        if len(self.given) in self.failing:
            return FAILS
        return Outcome(outputs={"outputFiles": {"a.txt": "uri"}} if phase == "collecting" else {})


def folder(hands: Hands, **more: object) -> Simulation:
    return simulate([flowable("WorkingDirectory", "w", [job("a"), job("b")], **{**FILES, **more}), job("after")], hands)


def test_a_worker_fills_the_folder_before_the_tasks_and_looks_through_it_after_them() -> None:
    hands = Hands()
    played = folder(hands).play()
    assert hands.given == ["w:preparing", "a", "b", "w:collecting", "after"]
    assert played.state is State.SUCCESS
    assert played.runs("w")[0].outputs == {"outputFiles": {"a.txt": "uri"}}
    assert [attempt.state.current for attempt in played.runs("w")[0].attempts] == [State.SUCCESS]


def test_a_folder_without_files_costs_no_extra_work() -> None:
    hands = Hands()
    played = simulate([flowable("WorkingDirectory", "w", [job("a")])], hands).play()
    assert (hands.given, played.state) == (["a"], State.SUCCESS)


@pytest.mark.parametrize(
    ("failing", "given", "states"),
    [
        pytest.param(1, ["w:preparing"], {"w": ["FAILED"]}, id="filling"),
        pytest.param(
            2, ["w:preparing", "a", "w:collecting"], {"w": ["FAILED"], "a": ["FAILED"]}, id="a task: files are kept"
        ),
        pytest.param(
            4,
            ["w:preparing", "a", "b", "w:collecting"],
            {"w": ["FAILED"], "a": ["SUCCESS"], "b": ["SUCCESS"]},
            id="looking through",
        ),
    ],
)
def test_a_failure_ends_the_folder(failing: int, given: list[str], states: dict[str, list[str]]) -> None:
    hands = Hands(failing)
    played = folder(hands).play()
    assert (hands.given, played.states(), played.state) == (given, states, State.FAILED)
    assert [command.task_run_id for command in played.asked if isinstance(command, DropFolder)] == [
        played.runs("w")[0].id
    ]


def test_errors_run_after_the_folder_was_looked_through() -> None:
    hands = Hands(2)
    folder(hands, errors=[job("mend")]).play()
    assert hands.given == ["w:preparing", "a", "w:collecting", "mend"]


def test_a_replay_of_one_task_begins_with_all_tasks() -> None:
    hands = Hands()
    played = folder(hands).play()
    hands.given.clear()
    again = replay_of(played, "b").play()
    assert hands.given == ["w:preparing", "a", "b", "w:collecting", "after"]
    assert [len(again.runs(task_id)[0].attempts) for task_id in ("w", "a", "b")] == [2, 1, 1]


def test_a_restart_begins_with_all_tasks() -> None:
    hands = Hands(3)
    played = folder(hands).play()
    hands.given.clear()
    hands.failing.clear()
    played.send(e.RestartRequested())
    played.play()
    assert hands.given == ["w:preparing", "a", "b", "w:collecting", "after"]
    assert [attempt.state.current for attempt in played.runs("w")[0].attempts] == [State.FAILED, State.SUCCESS]
    assert played.states() == {"w": ["SUCCESS"], "a": ["SUCCESS"], "b": ["SUCCESS"], "after": ["SUCCESS"]}


def test_a_late_report_about_the_folder_changes_nothing() -> None:
    played = folder(Hands()).play()
    (run,) = played.runs("w")
    decision = played.end(run.id, 1, Outcome(outputs={"outputFiles": {}}))
    assert decision.changes.task_runs == ()


def test_a_kill_stops_the_worker_that_has_the_folder() -> None:
    played = folder(Hands()).start()
    (run,) = played.runs("w")
    decision = played.send(e.KillRequested())
    assert StopTask(run.id, 1) in decision.commands
    assert (played.state, played.states()) == (State.KILLED, {"w": ["KILLED"]})


def test_a_kill_shows_the_tasks_that_were_still_to_come() -> None:
    hands = Hands()
    played = simulate(
        [flowable("WorkingDirectory", "w", [job("a"), job("b", runIf="false"), job("c", disabled=True), job("d")])],
        hands,
    ).start()
    played.send(e.KillRequested())
    played.play()
    assert played.states() == {"w": ["KILLED"], "a": ["KILLED"], "b": ["KILLED"], "d": ["KILLED"]}
    assert [run.attempts for task_id in ("b", "d") for run in played.runs(task_id)] == [(), ()]


def test_a_folder_that_cannot_be_filled_has_made_no_attempt() -> None:
    assert folder(Hands(1)).play().runs("w")[0].attempts == ()
