"""What ``Store.work`` and ``Store.commit`` must do."""

import asyncio

import pytest

from lanner.model.ids import ExecutionId, TaskRunId
from lanner.ports.store import RevisionTaken, Store, Writes
from lanner.testing.contracts.samples import NOON, SECOND, execution, flow, job, line, message, query, task_run, timer


class WorkContract:
    """Messages, jobs and timers."""

    async def test_messages_come_back_in_the_order_of_writing(self, store: Store) -> None:
        await store.commit(Writes(messages=[message("b", body={"at": "x", "n": [1]}), message("a")]))
        await store.commit(Writes(messages=[message("c", "KillRequested")]))
        found = await store.work.messages()
        assert [(one.execution_id, one.kind, one.body) for one in found] == [
            ("b", "Created", {"at": "x", "n": [1]}),
            ("a", "Created", {}),
            ("c", "KillRequested", {}),
        ]
        ids = [one.id for one in found]
        assert ids == sorted(set(ids))
        assert ids[0] > 0

    async def test_the_ids_of_messages_are_known_when_they_are_submitted(self, store: Store) -> None:
        first, second = Writes(messages=[message("a"), message("b")]), Writes(messages=[message("c")])
        done = [store.submit(first), store.submit(second)]
        ids = [one.id for writes in (first, second) for one in writes.messages]
        for one in done:
            await one
        assert ids == [one.id for one in await store.work.messages()]

    async def test_a_handled_message_is_gone(self, store: Store) -> None:
        writes = Writes(messages=[message("a"), message("b"), message("c")])
        await store.commit(writes)
        await store.commit(Writes(handled_messages=[writes.messages[0].id, writes.messages[2].id, 999_999]))
        assert [one.execution_id for one in await store.work.messages()] == ["b"]

    async def test_a_message_handled_while_it_is_being_written_is_gone(self, store: Store) -> None:
        first = Writes(messages=[message("a"), message("b")])
        done = [store.submit(first)]
        done.append(store.submit(Writes(handled_messages=[first.messages[0].id])))
        for one in done:
            await one
        assert [one.execution_id for one in await store.work.messages()] == ["b"]

    async def test_a_job_comes_back_as_it_was_saved(self, store: Store) -> None:
        saved = [job("t", 1), job("t", 2, deliveries=3, worker_group="gpu"), job("u")]
        await store.commit(Writes(jobs=saved))
        assert list(await store.work.jobs()) == saved

    async def test_a_job_written_again_is_one(self, store: Store) -> None:
        await store.commit(Writes(jobs=[job(), job()]))
        await store.commit(Writes(jobs=[job(deliveries=1)]))
        assert list(await store.work.jobs()) == [job(deliveries=1)]

    async def test_an_ended_job_is_gone(self, store: Store) -> None:
        await store.commit(Writes(jobs=[job("t", 1), job("t", 2), job("u", 1)]))
        await store.commit(Writes(ended_jobs=[(TaskRunId("t"), 1), (TaskRunId("nobody"), 1)]))
        assert list(await store.work.jobs()) == [job("t", 2), job("u", 1)]

    async def test_a_job_made_ended_and_made_again_side_by_side_is_there(self, store: Store) -> None:
        ended = Writes(ended_jobs=[(TaskRunId("t"), 1)])
        steps = [Writes(jobs=[job()]), ended, Writes(jobs=[job(deliveries=1)]), Writes(jobs=[job("u")])]
        steps.append(Writes(ended_jobs=[(TaskRunId("u"), 1)]))
        for one in [store.submit(step) for step in steps]:
            await one
        assert list(await store.work.jobs()) == [job(deliveries=1)]

    async def test_due_timers_come_earliest_first(self, store: Store) -> None:
        timers = [timer(str(number), due=NOON + SECOND * number, body={"n": number}) for number in (3, 1, 2)]
        await store.commit(Writes(timers=timers))
        assert await store.work.next_due() == NOON + SECOND
        assert list(await store.work.due_timers(NOON + SECOND * 2, 10)) == [timers[1], timers[2]]
        assert list(await store.work.due_timers(NOON + SECOND * 9, 1)) == [timers[1]]
        assert list(await store.work.due_timers(NOON, 10)) == []

    async def test_a_timer_written_again_moves(self, store: Store) -> None:
        await store.commit(Writes(timers=[timer()]))
        await store.commit(Writes(timers=[timer(due=NOON + SECOND, kind="PauseExpired")]))
        moved = timer(due=NOON + SECOND, kind="PauseExpired")
        assert list(await store.work.due_timers(NOON + SECOND, 10)) == [moved]
        assert await store.work.next_due() == NOON + SECOND

    async def test_timers_of_one_name_belong_to_their_executions(self, store: Store) -> None:
        await store.commit(Writes(timers=[timer(), timer(execution_id=ExecutionId("f"))]))
        await store.commit(Writes(ended_timers=[(ExecutionId("e"), "retry")]))
        assert [one.execution_id for one in await store.work.due_timers(NOON, 10)] == ["f"]

    async def test_a_timer_ended_and_set_in_a_unit_stays(self, store: Store) -> None:
        await store.commit(Writes(timers=[timer()]))
        await store.commit(Writes(ended_timers=[(ExecutionId("e"), "retry")], timers=[timer(due=NOON + SECOND)]))
        assert await store.work.next_due() == NOON + SECOND

    async def test_nothing_is_due_in_an_empty_store(self, store: Store) -> None:
        assert await store.work.next_due() is None
        assert [list(await store.work.messages()), list(await store.work.jobs())] == [[], []]


class UnitContract:
    """Units of work: all or nothing, each alone, in order."""

    async def test_an_empty_unit_is_taken(self, store: Store) -> None:
        assert Writes().is_empty()
        await store.commit(Writes())

    async def test_settings_keep_plain_data(self, store: Store) -> None:
        assert await store.setting("a") is None
        await store.commit(Writes(settings={"a": {"list": [1, "x", None]}, "b": False}))
        assert (await store.setting("a"), await store.setting("b")) == ({"list": [1, "x", None]}, False)
        await store.commit(Writes(settings={"a": "other"}))
        assert await store.setting("a") == "other"

    async def test_a_refused_unit_leaves_nothing(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow()], new_executions=[execution("old")]))
        refused = Writes(
            new_flows=[flow()],
            new_executions=[execution("new")],
            deleted_executions=[ExecutionId("old")],
            task_runs=[(ExecutionId("new"), task_run("t"))],
            logs=[line()],
            messages=[message()],
            jobs=[job()],
            timers=[timer()],
            settings={"a": 1},
        )
        with pytest.raises(RevisionTaken):
            await store.commit(refused)
        assert await store.executions.get(ExecutionId("new")) is None
        assert await store.executions.get(ExecutionId("old")) == execution("old")
        assert list(await store.executions.task_runs(ExecutionId("new"))) == []
        assert (await store.logs.search(query())).total == 0
        assert [list(await store.work.messages()), list(await store.work.jobs())] == [[], []]
        assert (await store.work.next_due(), await store.setting("a")) == (None, None)

    async def test_a_refused_unit_does_not_harm_the_others(self, store: Store) -> None:
        units = [Writes(new_executions=[execution(f"e{number}")], new_flows=[]) for number in range(20)]
        for number in (3, 7, 19):
            units[number].new_flows = [flow()]
        results = await asyncio.gather(*(store.commit(unit) for unit in units), return_exceptions=True)
        assert [number for number, one in enumerate(results) if one is not None] == [7, 19]
        saved = {one.id for one in (await store.executions.search(query())).results}
        assert saved == {f"e{number}" for number in range(20) if number not in (7, 19)}

    async def test_units_are_saved_in_the_order_of_calls(self, store: Store) -> None:
        waiting = [store.submit(Writes(new_executions=[execution("e", flow_revision=n)])) for n in range(1, 51)]
        for one in waiting:
            await one
        found = await store.executions.get(ExecutionId("e"))
        assert found is not None
        assert found.flow_revision == 50

    async def test_what_came_before_a_deletion_does_not_come_back(self, store: Store) -> None:
        id_ = ExecutionId("e")
        steps = [
            Writes(new_executions=[execution("e")], task_runs=[(id_, task_run("t"))], jobs=[job()]),
            Writes(deleted_executions=[id_]),
            Writes(new_executions=[execution("f")]),
        ]
        for one in [store.submit(step) for step in steps]:
            await one
        assert [one.id for one in (await store.executions.search(query())).results] == ["f"]
        assert [list(await store.executions.task_runs(id_)), list(await store.work.jobs())] == [[], []]

    async def test_many_tasks_commit_side_by_side(self, store: Store) -> None:
        async def live(name: str) -> None:
            id_ = ExecutionId(name)
            created = Writes(new_executions=[execution(name)], messages=[message(name)])
            await store.commit(created)
            handled = [one.id for one in created.messages]
            await store.commit(
                Writes(task_runs=[(id_, task_run(f"{name}-t"))], jobs=[job(f"{name}-t")], handled_messages=handled)
            )
            assert await store.executions.get(id_) == execution(name)
            await store.commit(Writes(ended_jobs=[(TaskRunId(f"{name}-t"), 1)], logs=[line(execution_id=id_)]))

        await asyncio.gather(*(live(f"e{number}") for number in range(100)))
        assert (await store.executions.search(query())).total == 100
        assert (await store.logs.search(query())).total == 100
        assert [list(await store.work.messages()), list(await store.work.jobs())] == [[], []]

    async def test_a_caller_that_stops_waiting_does_not_stop_the_others(self, store: Store) -> None:
        tasks = [asyncio.ensure_future(store.commit(Writes(settings={f"s{n}": n}))) for n in range(5)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [one for number, one in enumerate(results) if number != 2] == [None] * 4
        assert [await store.setting(f"s{n}") for n in (0, 1, 3, 4)] == [0, 1, 3, 4]
