"""What users of orchestrators suffer from, shown by a whole house. Each test names its row of user-pains.md."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from lanner.backends.sql import writer
from lanner.engine.events import (
    Event,
    ForceRunRequested,
    KillRequested,
    RestartRequested,
    TaskStarted,
    UnqueueRequested,
    encode,
)
from lanner.model.execution import Execution
from lanner.model.flow import MAIN_TENANT, FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.refusal import Refused
from lanner.model.state import State
from lanner.ports.store import Writes
from lanner.ports.work import Message
from lanner.runtime.worker import Assignment, Report, Worker
from lanner.services.executions import Start
from lanner.testing.skipping import SkippingClock, play
from lanner.wiring.house import DATABASE
from tests.runtime.trigger_house import Lab, in_house, opened

LOG = "tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
FAIL = "tasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n"
IF_NOT = '    runIf: "{{ not inputs.ok }}"\n'
NAP = "tasks:\n  - id: nap\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT1M\n"
PAUSE = NAP.replace("Sleep", "Pause").replace("duration", "pauseDuration")
ONE_AT_A_TIME = "concurrency: {limit: 1}\n"
MINUTELY = 'triggers:\n  - id: tick\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "* * * * *"\n'


def flow(flow_id: str, *parts: str) -> str:
    """Return a flow's text."""
    return f"id: {flow_id}\nnamespace: tests\n{''.join(parts)}"


async def begun(lab: Lab, flow_id: str, **more: Any) -> ExecutionId:
    """Start an execution and return its id."""
    return (await lab.house.executions.start(Start(key=FlowKey(MAIN_TENANT, "tests", flow_id), **more))).execution.id


async def ask(lab: Lab, execution_id: ExecutionId, event: Event) -> None:
    """Have an execution take an event."""
    kind, body = encode(event)
    await lab.house.inbox.ask(Message(execution_id=execution_id, kind=kind, body=body))


async def now(lab: Lab, execution_id: ExecutionId) -> Execution:
    """Return an execution as it is."""
    found = await lab.house.inbox.snapshot(execution_id)
    assert found is not None
    return found.execution


async def states(lab: Lab, *ids: ExecutionId) -> list[str]:
    """Return the states of executions once all that is due has happened."""
    await lab.settle()
    return [(await now(lab, one)).state.current.value for one in ids]


def swallow(worker: Worker, job: Assignment) -> None:
    """Take an attempt, say that it has begun, and never be heard of again."""
    event = TaskStarted(task_run_id=job.run.id, attempt=job.attempt, worker_id="gone", at=datetime.now(UTC))
    worker._tell(Report(execution=job.execution, event=event))


def test_a_locked_database_ends_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """Row 2: the executor shuts down because of a lock that would have gone by itself."""
    failures = [sqlite3.OperationalError("database is locked") for _ in range(5)]
    for failure in failures:
        failure.sqlite_errorcode = sqlite3.SQLITE_BUSY
    together = writer._together

    def locked(*given: Any) -> None:
        together(*given)
        if failures:
            raise failures.pop()

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(flow("one", NAP))
            with patch.object(writer, "_together", locked):
                assert (await lab.run("one")).state.current is State.SUCCESS
            assert failures == []

    play(test)


def test_a_commit_that_failed_for_good_ends_only_what_was_to_be_saved(tmp_path: Path) -> None:
    """Row 2: one database error is the end of all executions; row 5: and keeps a slot for ever."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, LOG))
        with (
            patch.object(lab.house.store, "commit", side_effect=OSError("disk full")),
            pytest.raises(Exception, match="cannot save: disk full"),
        ):
            await lab.run("one")
        assert (await lab.run("one")).state.current is State.SUCCESS

    in_house(tmp_path, test)


@pytest.mark.parametrize("store", ["memory", "sqlite"])
@pytest.mark.parametrize("lost", [{1}, {2}, {3}, {4}, {1, 2, 3, 4}], ids=str)
@pytest.mark.parametrize("tasks", [NAP, PAUSE], ids=["report", "timer"])
def test_an_execution_whose_step_could_not_be_saved_goes_on_later(
    tmp_path: Path, tasks: str, lost: set[int], store: Any
) -> None:
    """Row 2: a database error that passes leaves an execution RUNNING for ever; row 1: its report is lost."""
    commits: list[Writes] = []

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, store) as lab:
            await lab.save(flow("one", ONE_AT_A_TIME, tasks, LOG.removeprefix("tasks:\n")))
            first, second = [await begun(lab, "one") for _ in range(2)]
            await lab.settle()
            commit = lab.house.store.commit

            async def failing(writes: Writes) -> None:
                commits.append(writes)
                if len(commits) in lost:
                    raise OSError("disk full")
                await commit(writes)

            with patch.object(lab.house.store, "commit", failing):
                await lab.wait(minutes=10)
            assert await states(lab, first, second) == ["SUCCESS", "SUCCESS"]
            assert len(commits) > max(lost)
            assert await lab.house.store.work.jobs() == []

    play(test)


def test_an_attempt_of_a_killed_execution_is_not_made_after_a_restart(tmp_path: Path) -> None:
    """Row 3: the task of a dead worker is run again after its execution was killed."""

    async def test(clock: SkippingClock) -> None:
        with patch.object(Worker, "start", swallow), patch.object(Worker, "stop_attempt", return_value=True):
            async with opened(clock, tmp_path, "sqlite") as lab:
                await lab.save(flow("one", NAP))
                execution_id = await begun(lab, "one")
                await lab.settle()
                await ask(lab, execution_id, KillRequested())
                killed = await now(lab, execution_id)
                assert (killed.state.current, killed.ended) == (State.KILLED, False)
        with patch.object(Worker, "start") as start:
            async with opened(clock, tmp_path, "sqlite") as lab:
                assert await states(lab, execution_id) == ["KILLED"]
                assert (await now(lab, execution_id)).ended
                start.assert_not_called()

    play(test)


def test_a_task_that_a_shutdown_interrupts_is_made_again(tmp_path: Path) -> None:
    """Row 4: a task that ends while the server shuts down stays RUNNING for ever, or fails; row 1: or is lost."""

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(flow("one", NAP))
            execution_id = await begun(lab, "one")
            assert await states(lab, execution_id) == ["RUNNING"]
        async with opened(clock, tmp_path, "sqlite") as lab:
            assert await states(lab, execution_id) == ["RUNNING"]
            await lab.wait(minutes=2)
            assert await states(lab, execution_id) == ["SUCCESS"]

    play(test)


@pytest.mark.parametrize("end", ["kill", "delete", "wait", "unqueue", "fail"])
def test_whatever_ends_an_execution_its_slot_is_free(tmp_path: Path, end: str) -> None:
    """Row 5: slots leak and executions are queued for ever; row 14: a killed execution goes on counting."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, NAP, "    timeout: PT30S\n" * (end == "fail")))
        first, second, third = [await begun(lab, "one") for _ in range(3)]
        assert await states(lab, first, second, third) == ["RUNNING", "QUEUED", "QUEUED"]
        if end == "kill":
            await ask(lab, first, KillRequested())
        elif end == "delete":
            await lab.house.inbox.delete(first)
        elif end == "unqueue":
            await ask(lab, second, UnqueueRequested(state=State.CANCELLED))
            assert await states(lab, first, second, third) == ["RUNNING", "CANCELLED", "QUEUED"]
            await lab.wait(minutes=1)
            assert await states(lab, first, third) == ["SUCCESS", "RUNNING"]
            return
        else:
            await lab.wait(seconds=31 if end == "fail" else 60)
        assert await states(lab, second, third) == ["RUNNING", "QUEUED"]

    in_house(tmp_path, test)


def test_a_queued_execution_that_was_killed_does_not_get_the_slot(tmp_path: Path) -> None:
    """Row 14: queued and killed, it runs when its turn comes; row 5: and nobody behind it ever runs."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, NAP))
        ids = [await begun(lab, "one") for _ in range(3)]
        await ask(lab, ids[1], KillRequested())
        await lab.wait(minutes=1)
        assert await states(lab, *ids) == ["SUCCESS", "KILLED", "RUNNING"]

    in_house(tmp_path, test)


def test_a_refused_restart_leaves_the_slot_where_it_is(tmp_path: Path) -> None:
    """Row 5: the limit is exceeded."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, NAP))
        first, second = [await begun(lab, "one") for _ in range(2)]
        with pytest.raises(Refused):
            await ask(lab, first, RestartRequested())
        assert await states(lab, first, second) == ["RUNNING", "QUEUED"]

    in_house(tmp_path, test)


def test_a_restarted_execution_waits_for_a_slot_and_gives_it_back(tmp_path: Path) -> None:
    """Row 5: the limit is exceeded, or executions are queued for ever."""

    async def test(lab: Lab) -> None:
        late = FAIL.replace("tasks:\n", NAP)
        await lab.save(flow("one", ONE_AT_A_TIME, late))
        first = (await lab.run("one")).id
        second = await begun(lab, "one")
        await lab.settle()
        await ask(lab, first, RestartRequested())
        assert await states(lab, first, second) == ["QUEUED", "RUNNING"]
        await lab.wait(minutes=1)
        assert await states(lab, first, second) == ["FAILED", "FAILED"]
        third = await begun(lab, "one")
        assert await states(lab, third) == ["RUNNING"]

    in_house(tmp_path, test)


def test_an_execution_run_by_force_does_not_raise_the_limit(tmp_path: Path) -> None:
    """Row 5: the limit is exceeded for good once it was exceeded by hand."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, NAP))
        ids = [await begun(lab, "one") for _ in range(4)]
        await lab.wait(seconds=30)
        await ask(lab, ids[1], ForceRunRequested())
        assert await states(lab, *ids) == ["RUNNING", "RUNNING", "QUEUED", "QUEUED"]
        await lab.wait(seconds=30)
        assert await states(lab, *ids) == ["SUCCESS", "RUNNING", "QUEUED", "QUEUED"]
        await lab.wait(seconds=30)
        assert await states(lab, *ids) == ["SUCCESS", "SUCCESS", "RUNNING", "QUEUED"]

    in_house(tmp_path, test)


def test_a_restart_of_the_server_keeps_to_the_limit(tmp_path: Path) -> None:
    """Row 5: slots are lost or exceeded when the server comes back, also by executions whose date came meanwhile."""

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(flow("one", ONE_AT_A_TIME, NAP))
            first, second = [await begun(lab, "one") for _ in range(2)]
            planned = await begun(lab, "one", schedule_date=datetime(2026, 1, 1, 0, 1, tzinfo=UTC))
            assert await states(lab, first, second, planned) == ["RUNNING", "QUEUED", "CREATED"]
        await lab.wait(minutes=10)
        async with opened(clock, tmp_path, "sqlite") as lab:
            assert await states(lab, first, second, planned) == ["RUNNING", "QUEUED", "QUEUED"]
            await lab.wait(minutes=1)
            assert await states(lab, first, second, planned) == ["SUCCESS", "RUNNING", "QUEUED"]
            await lab.wait(minutes=2)
            assert await states(lab, first, second, planned) == ["SUCCESS", "SUCCESS", "SUCCESS"]

    play(test)


def test_one_date_starts_one_execution_whatever_waits(tmp_path: Path) -> None:
    """Row 6: a tick of cron starts several executions, even with a limit of one."""

    async def test(clock: SkippingClock) -> None:
        dates = []
        for _ in range(3):
            async with opened(clock, tmp_path, "sqlite") as lab:
                await lab.save(flow("one", ONE_AT_A_TIME, LOG, MINUTELY))
                await lab.wait(seconds=145)
                dates = await lab.dates("one")
                assert {one.state.current for one in await lab.executions("one")} == {State.SUCCESS}
        assert len(dates) == len(set(dates)) == 7

    play(test)


@pytest.mark.parametrize("end", ["kill", "fail", "restart the server"])
def test_a_schedule_goes_on_after_each_end_of_its_execution(tmp_path: Path, end: str) -> None:
    """Row 7: a trigger stays locked by an execution that has ended."""

    async def test(clock: SkippingClock) -> None:
        tasks = FAIL if end == "fail" else NAP.replace("PT1M", "P30D")
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(flow("one", tasks, MINUTELY))
            await lab.wait(seconds=70)
            (first,) = await lab.executions("one")
            if end != "fail":
                await ask(lab, first.id, KillRequested())
            if end != "restart the server":
                await lab.wait(minutes=1)
                assert len(await lab.executions("one")) == 2
                return
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.wait(minutes=1)
            assert len(await lab.executions("one")) == 2

    play(test)


def test_after_an_outage_the_last_missed_date_is_made_up_for_once(tmp_path: Path) -> None:
    """Row 8: the recovery of missed schedules starts too many executions, or none."""

    async def test(clock: SkippingClock) -> None:
        source = flow("one", LOG, MINUTELY, "    recoverMissedSchedules: LAST\n")
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(source)
            await lab.wait(seconds=90)
        await lab.wait(hours=1)
        for _ in range(2):
            async with opened(clock, tmp_path, "sqlite") as lab:
                await lab.settle()
                assert [date[11:16] for date in await lab.dates("one")] == ["00:01", "01:01"]

    play(test)


def test_a_flow_that_waits_for_two_starts_once_when_both_are_there(tmp_path: Path) -> None:
    """Row 9: flow triggers fire twice, too early, or without regard to their conditions."""
    after = (
        "triggers:\n  - id: up\n    type: io.kestra.plugin.core.trigger.Flow\n    preconditions:\n      id: all\n"
        "      flows:\n        - {namespace: tests, flowId: a, states: [SUCCESS]}\n"
        "        - {namespace: tests, flowId: b, states: [FAILED]}\n"
    )

    async def test(lab: Lab) -> None:
        await lab.save(flow("a", LOG))
        await lab.save(flow("b", "inputs: [{id: ok, type: BOOL, defaults: true}]\n", FAIL, IF_NOT))
        await lab.save(flow("both", LOG, after))
        for flow_id, inputs, expected in (
            ("a", {}, 0),
            ("a", {}, 0),
            ("b", {"ok": "true"}, 0),
            ("b", {"ok": "false"}, 1),
            ("b", {"ok": "false"}, 1),
        ):
            await lab.run(flow_id, **inputs)
            await lab.settle()
            assert len(await lab.executions("both")) == expected, (flow_id, inputs)

    in_house(tmp_path, test)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE executions SET history = '{' WHERE id = ?",
        "UPDATE executions SET state = 'NONSENSE', inputs = '{' WHERE id = ?",
        "UPDATE executions SET flow_revision = 99 WHERE id = ?",
        "UPDATE task_runs SET history = '{' WHERE execution_id = ?",
        "UPDATE timers SET kind = 'Nonsense' WHERE execution_id = ?",
    ],
)
def test_a_damaged_row_stops_nobody_else(tmp_path: Path, damage: str) -> None:
    """Row 11: one bad row and nothing runs any more."""

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(flow("one", PAUSE))
            bad, good = await begun(lab, "one"), await begun(lab, "one")
            assert await states(lab, bad, good) == ["PAUSED", "PAUSED"]
        file = sqlite3.connect(tmp_path / DATABASE)
        assert file.execute(damage, (bad,)).rowcount == 1
        file.commit()
        file.close()
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.wait(minutes=2)
            assert await states(lab, good) == ["SUCCESS"]
            assert (await lab.run("one")).state.current is State.SUCCESS

    play(test)


@pytest.mark.parametrize("store", ["memory", "sqlite"])
def test_a_huge_output_is_kept_and_holds_up_nobody(tmp_path: Path, store: Any) -> None:
    """Row 12: one oversized output blocks the executor for everybody."""
    huge = (
        "tasks:\n  - id: make\n    type: io.kestra.plugin.core.debug.Return\n    format: '{{ inputs.text }}'\n"
        "  - id: again\n    type: io.kestra.plugin.core.debug.Return\n    format: '{{ outputs.make.value | length }}'\n"
    )

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, store) as lab:
            await lab.save(flow("huge", "inputs: [{id: text, type: STRING}]\n", huge))
            await lab.save(flow("one", LOG))
            found = await lab.run("huge", text="x" * 3_000_000)
            assert (await lab.run("one")).state.current is State.SUCCESS
            assert found.state.current is State.SUCCESS
            runs = await lab.house.store.executions.task_runs(found.id)
            assert runs[1].outputs == {"value": "3000000"}

    play(test)


@pytest.mark.parametrize(
    ("zone", "beginning", "cron", "expected"),
    [
        ("Europe/Paris", datetime(2026, 3, 28, tzinfo=UTC), "30 1 * * *", ["28", "29", "30"]),
        ("Europe/Paris", datetime(2026, 3, 28, tzinfo=UTC), "0 3 * * *", ["28", "29", "30"]),
        ("Europe/Paris", datetime(2026, 10, 24, tzinfo=UTC), "30 2 * * *", ["24", "25", "26"]),
        ("America/New_York", datetime(2026, 3, 7, 5, tzinfo=UTC), "0 3 * * *", ["07", "08", "09"]),
        ("America/New_York", datetime(2026, 10, 31, 4, tzinfo=UTC), "30 1 * * *", ["31", "01", "02"]),
    ],
)
def test_each_day_has_one_run_when_the_clocks_change(
    tmp_path: Path, zone: str, beginning: datetime, cron: str, expected: list[str]
) -> None:
    """Row 16: summer time skips a run, or doubles one (a time within the skipped hour has none, as in Kestra)."""
    daily = MINUTELY.replace("* * * * *", cron) + f"    timezone: {zone}\n"

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", LOG, daily))
        await lab.wait(days=2, hours=20)
        assert [date[8:10] for date in await lab.dates("one")] == expected

    in_house(tmp_path, test, beginning=beginning)


SUBFLOW = "tasks: [{id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: tests, flowId: child}]\n"
AGAIN = "retry: {type: constant, behavior: CREATE_NEW_EXECUTION, interval: PT1S, maxAttempts: 3}\n"


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize(
    ("flow_id", "ends"),
    [
        pytest.param("parent", {"parent": ["SUCCESS"], "child": ["SUCCESS"]}, id="child"),
        pytest.param("fails", {"fails": ["RETRIED", "RETRIED", "FAILED"]}, id="next attempt"),
    ],
)
def test_an_execution_that_nobody_answers_for_begins_later_when_it_could_not_be_saved(
    tmp_path: Path, times: int, flow_id: str, ends: dict[str, list[str]]
) -> None:
    """Row 2: a new execution is lost with a database error that passes, and who asked for it waits for ever."""
    left = [OSError("disk full")] * times

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "memory") as lab:
            await lab.save(flow("parent", SUBFLOW))
            await lab.save(flow("child", ONE_AT_A_TIME, LOG))
            await lab.save(flow("fails", AGAIN, FAIL))
            commit = lab.house.store.commit

            async def failing(writes: Writes) -> None:
                if left and any(made.flow_id == "child" or made.attempt_number > 1 for made in writes.new_executions):
                    raise left.pop()
                await commit(writes)

            with patch.object(lab.house.store, "commit", failing):
                await begun(lab, flow_id)
                await lab.wait(minutes=10)
            assert left == []
            found = {one: [made.state.current.value for made in await lab.executions(one)] for one in ends}
            assert found == ends

    play(test, beginning=datetime.now(UTC))  # the worker's watch, from which the next attempt is counted


def test_a_child_that_could_not_be_saved_does_not_begin_once_its_parent_is_killed(tmp_path: Path) -> None:
    """Row 3: it runs although what has asked for it was killed."""

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "memory") as lab:
            await lab.save(flow("parent", SUBFLOW))
            await lab.save(flow("child", LOG))
            commit, left = lab.house.store.commit, [OSError("disk full")]

            async def failing(writes: Writes) -> None:
                if left and any(made.flow_id == "child" for made in writes.new_executions):
                    raise left.pop()
                await commit(writes)

            with patch.object(lab.house.store, "commit", failing):
                parent = await begun(lab, "parent")
                await lab.settle()
                await ask(lab, parent, KillRequested())
                await lab.wait(minutes=10)
            assert left == []
            assert await lab.executions("child") == []

    play(test)


def test_a_higher_limit_counts_as_soon_as_the_flow_is_saved(tmp_path: Path) -> None:
    """Row 5: executions wait although the limit lets them run."""

    async def test(lab: Lab) -> None:
        await lab.save(flow("one", ONE_AT_A_TIME, NAP))
        ids = [await begun(lab, "one") for _ in range(4)]
        assert await states(lab, *ids) == ["RUNNING", "QUEUED", "QUEUED", "QUEUED"]
        await lab.save(flow("one", "concurrency: {limit: 3}\n", NAP))
        assert await states(lab, *ids) == ["RUNNING", "RUNNING", "RUNNING", "QUEUED"]
        await lab.save(flow("one", NAP))
        assert await states(lab, *ids) == ["RUNNING"] * 4

    in_house(tmp_path, test)
