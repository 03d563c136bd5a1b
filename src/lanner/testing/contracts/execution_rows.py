"""What ``Store.executions`` must do."""

from dataclasses import replace
from typing import Any

import pytest

from lanner.model.execution import ExecutionKind, ExecutionTrigger
from lanner.model.flow import FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.label import Label
from lanner.model.state import State
from lanner.ports.search import InvalidPattern, Operator, Sort, UnsupportedFilter
from lanner.ports.store import Store, Writes
from lanner.testing.contracts.samples import (
    NOON,
    SECOND,
    execution,
    full_execution,
    full_task_run,
    job,
    line,
    message,
    metric,
    query,
    task_run,
    timer,
)

MINUTE = SECOND * 60


def _caused_by(id_: str, trigger_id: str = "after") -> ExecutionTrigger:
    return ExecutionTrigger(id=trigger_id, type="a.Flow", variables={"executionId": id_})


POPULATION = (
    execution("e1", State.CREATED, State.RUNNING, State.SUCCESS, labels=(Label("team", "red"), Label("env", "prod"))),
    execution(
        "e2", State.CREATED, State.FAILED, start=NOON + MINUTE, namespace="company", labels=(Label("team", "blue"),)
    ),
    execution("e3", State.CREATED, State.RUNNING, start=NOON + MINUTE * 2, flow_id="goodbye", flow_revision=2),
    execution(
        "e4", start=NOON + MINUTE * 3, namespace="companyx", trigger=_caused_by("e1"), parent_id=ExecutionId("e2")
    ),
    execution(
        "e5", State.CREATED, State.PAUSED, start=NOON + MINUTE * 4, namespace="system", trigger=_caused_by("x", "t2")
    ),
    execution("test", start=NOON + MINUTE * 5, kind=ExecutionKind.TEST, labels=(Label("team", "red"),)),
    execution("else", start=NOON + MINUTE * 6, tenant="other", labels=(Label("team", "red"),)),
)
"""Newest first without a kind: e5 e4 e3 e2 e1."""


class ExecutionContract:
    """Executions and task runs, one by one and in lists."""

    @pytest.mark.parametrize("saved", [execution("e"), full_execution("e")], ids=["plain", "with everything"])
    async def test_an_execution_comes_back_as_it_was_saved(self, store: Store, saved: Any) -> None:
        await store.commit(Writes(new_executions=[saved]))
        assert await store.executions.get(saved.id) == saved

    async def test_an_unknown_execution_is_none(self, store: Store) -> None:
        assert await store.executions.get(ExecutionId("nobody")) is None
        assert list(await store.executions.task_runs(ExecutionId("nobody"))) == []

    async def test_a_saved_execution_replaces_the_one_before(self, store: Store) -> None:
        await store.commit(Writes(new_executions=[execution("e", inputs={"a": 1}, labels=(Label("a", "1"),))]))
        later = execution("e", State.CREATED, State.RUNNING, State.SUCCESS, outputs={"x": 1}, labels=(Label("b", "2"),))
        await store.commit(Writes(executions=[later]))
        assert await store.executions.get(later.id) == later
        without = replace(later, outputs=None, labels=())
        await store.commit(Writes(executions=[without]))
        assert await store.executions.get(later.id) == without
        assert (await store.executions.search(query())).results == [without]

    @pytest.mark.parametrize("saved", [task_run("t"), full_task_run("t")], ids=["plain", "with everything"])
    async def test_a_task_run_comes_back_as_it_was_saved(self, store: Store, saved: Any) -> None:
        await store.commit(Writes(task_runs=[(ExecutionId("e"), saved)]))
        assert list(await store.executions.task_runs(ExecutionId("e"))) == [saved]

    async def test_empty_outputs_are_not_no_outputs(self, store: Store) -> None:
        id_ = ExecutionId("e")
        runs = [task_run("a", outputs={}, sequence=0), task_run("b", sequence=1)]
        await store.commit(Writes(new_executions=[execution("e", outputs={})], task_runs=[(id_, run) for run in runs]))
        assert list(await store.executions.task_runs(id_)) == runs
        assert await store.executions.get(id_) == execution("e", outputs={})

    async def test_task_runs_stand_in_the_order_of_their_sequence(self, store: Store) -> None:
        id_ = ExecutionId("e")
        runs = [task_run(name, sequence=number) for number, name in enumerate("zxyab")]
        await store.commit(Writes(task_runs=[(id_, run) for run in reversed(runs)]))
        await store.commit(Writes(task_runs=[(ExecutionId("other"), task_run("z2"))]))
        assert list(await store.executions.task_runs(id_)) == runs

    async def test_a_saved_task_run_replaces_the_one_before(self, store: Store) -> None:
        id_ = ExecutionId("e")
        await store.commit(Writes(task_runs=[(id_, full_task_run("t"))]))
        await store.commit(Writes(task_runs=[(id_, task_run("t"))]))
        assert list(await store.executions.task_runs(id_)) == [task_run("t")]

    async def test_the_last_of_several_versions_in_a_unit_stays(self, store: Store) -> None:
        id_ = ExecutionId("e")
        versions = [task_run("t"), task_run("t", State.CREATED, State.RUNNING), full_task_run("t")]
        await store.commit(Writes(task_runs=[(id_, run) for run in versions]))
        assert list(await store.executions.task_runs(id_)) == [versions[-1]]

    async def test_a_removed_task_run_is_gone_with_its_outputs(self, store: Store) -> None:
        id_ = ExecutionId("e")
        await store.commit(Writes(task_runs=[(id_, full_task_run("t")), (id_, task_run("stays", sequence=9))]))
        await store.commit(Writes(removed_task_runs=[(id_, TaskRunId("t"))]))
        assert [run.id for run in await store.executions.task_runs(id_)] == ["stays"]

    async def test_a_task_run_removed_and_made_again_in_a_unit_is_there(self, store: Store) -> None:
        id_ = ExecutionId("e")
        await store.commit(Writes(task_runs=[(id_, full_task_run("t"))]))
        await store.commit(Writes(removed_task_runs=[(id_, TaskRunId("t"))], task_runs=[(id_, task_run("t"))]))
        assert list(await store.executions.task_runs(id_)) == [task_run("t")]

    async def test_many_task_runs_of_one_execution(self, store: Store) -> None:
        id_ = ExecutionId("e")
        runs = [task_run(f"t{number}", sequence=number, outputs={"n": number}) for number in range(1_000)]
        await store.commit(Writes(task_runs=[(id_, run) for run in runs]))
        assert list(await store.executions.task_runs(id_)) == runs

    async def test_a_deleted_execution_leaves_nothing(self, store: Store) -> None:
        def writes(id_: str) -> Writes:
            key = ExecutionId(id_)
            return Writes(
                new_executions=[replace(full_execution(id_), kind=None)],
                task_runs=[(key, full_task_run(f"{id_}-t"))],
                logs=[line(execution_id=key)],
                metrics=[metric(execution_id=key)],
                messages=[message(id_)],
                jobs=[job(f"{id_}-t", execution_id=key)],
                timers=[timer(execution_id=key)],
            )

        await store.commit(writes("gone"))
        await store.commit(writes("stays"))
        await store.commit(Writes(deleted_executions=[ExecutionId("gone")]))
        assert await store.executions.get(ExecutionId("gone")) is None
        assert list(await store.executions.task_runs(ExecutionId("gone"))) == []
        page = await store.executions.search(query(("labels", Operator.EQUALS, ("z", "1"))))
        assert ([one.id for one in page.results], page.total) == (["stays"], 1)
        assert [one.execution_id for one in (await store.logs.search(query())).results] == ["stays"]
        assert [one.execution_id for one in (await store.logs.metrics(query())).results] == ["stays"]
        assert [one.execution_id for one in await store.work.messages()] == ["stays"]
        assert [one.execution_id for one in await store.work.jobs()] == ["stays"]
        assert [one.execution_id for one in await store.work.due_timers(NOON, 10)] == ["stays"]
        assert len(await store.executions.task_runs(ExecutionId("stays"))) == 1

    async def test_an_execution_deleted_and_made_again_in_a_unit_is_there(self, store: Store) -> None:
        await store.commit(Writes(new_executions=[execution("e")], logs=[line()]))
        await store.commit(Writes(deleted_executions=[ExecutionId("e")], new_executions=[execution("e", inputs={})]))
        assert await store.executions.get(ExecutionId("e")) == execution("e", inputs={})
        assert (await store.logs.search(query())).total == 0

    async def test_unfinished_are_those_of_all_tenants_that_have_not_ended(self, store: Store) -> None:
        after_work = execution("e6", State.CREATED, State.SUCCESS, start=NOON - MINUTE, ended=False)
        await store.commit(Writes(new_executions=[*reversed(POPULATION), after_work]))
        assert list(await store.executions.unfinished()) == ["e6", "e3", "e4", "e5", "test", "else"]
        await store.commit(Writes(executions=[replace(after_work, ended=True)]))
        assert list(await store.executions.unfinished()) == ["e3", "e4", "e5", "test", "else"]

    async def test_children_are_those_an_execution_started(self, store: Store) -> None:
        second = execution("e0", start=NOON - MINUTE, trigger=_caused_by("e1"))
        await store.commit(Writes(new_executions=[*POPULATION, second]))
        assert list(await store.executions.children(ExecutionId("e1"))) == ["e0", "e4"]
        assert list(await store.executions.children(ExecutionId("e2"))) == []

    async def test_executions_are_counted_by_time_and_state(self, store: Store) -> None:
        await store.commit(Writes(new_executions=[*POPULATION]))
        counts = await store.executions.count_by_state(query(), MINUTE * 2)
        noon = NOON.replace(microsecond=0)
        assert [(one.start, one.state, one.count) for one in counts] == [
            (noon, State.FAILED, 1),
            (noon, State.SUCCESS, 1),
            (noon + MINUTE * 2, State.CREATED, 1),
            (noon + MINUTE * 2, State.RUNNING, 1),
            (noon + MINUTE * 4, State.PAUSED, 1),
        ]
        blue = query(("labels", Operator.EQUALS, ("team", "blue")))
        assert [one.count for one in await store.executions.count_by_state(blue, MINUTE)] == [1]

    @pytest.mark.parametrize(
        ("field", "filters", "most", "expected"),
        [
            pytest.param("state", [], 9, "CREATED FAILED PAUSED RUNNING SUCCESS", id="each once, sorted"),
            pytest.param("state", [], 2, "CREATED FAILED", id="no more than asked for"),
            pytest.param("flowId", [("namespace", Operator.EQUALS, "company.team")], 9, "goodbye hello", id="filtered"),
            pytest.param("flowRevision", [], 9, "1 2", id="a number"),
            pytest.param("labels", [], 9, "env:prod team:blue team:red", id="labels"),
            pytest.param(
                "labels", [("labels", Operator.EQUALS, ("env", "prod"))], 9, "env:prod team:red", id="by label"
            ),
            pytest.param("triggerExecutionId", [], 9, "e1 x", id="where there is one"),
            pytest.param("kind", [("kind", Operator.EQUALS, "TEST")], 9, "TEST", id="with a kind"),
        ],
    )
    async def test_distinct_values(self, store: Store, field: str, filters: Any, most: int, expected: str) -> None:
        await store.commit(Writes(new_executions=[*POPULATION]))
        assert await store.executions.distinct(query(*filters), field, most) == expected.split()

    async def test_not_every_field_has_distinct_values(self, store: Store) -> None:
        with pytest.raises(UnsupportedFilter):
            await store.executions.distinct(query(), "startDate", 9)

    async def test_the_newest_execution_of_each_flow(self, store: Store) -> None:
        older = execution("e0", start=NOON - MINUTE)
        await store.commit(Writes(new_executions=[*POPULATION, older]))
        keys = [
            FlowKey("main", "company.team", "hello"),
            FlowKey("main", "company.team", "goodbye"),
            FlowKey("main", "company.team", "nobody"),
            FlowKey("other", "company.team", "hello"),
        ]
        assert [one.id for one in await store.executions.latest_of_flows(keys)] == ["e1", "e3", "else"]
        last = await store.executions.latest_of_flows([*keys, keys[0]], 2)
        assert [one.id for one in last] == ["e1", "e0", "e3", "else"]

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            pytest.param([], "e5 e4 e3 e2 e1", id="newest first, none with a kind"),
            pytest.param([("q", Operator.EQUALS, "e3")], "e3", id="q finds an id"),
            pytest.param([("q", Operator.EQUALS, "GOODBYE")], "e3", id="q finds a flow whatever the case"),
            pytest.param([("q", Operator.EQUALS, "companyx")], "e4", id="q finds a namespace"),
            pytest.param([("q", Operator.NOT_EQUALS, "company")], "e5", id="q not"),
            pytest.param([("namespace", Operator.EQUALS, "company")], "e2", id="namespace"),
            pytest.param([("namespace", Operator.NOT_EQUALS, "company")], "e5 e4 e3 e1", id="not a namespace"),
            pytest.param([("namespace", Operator.PREFIX, "company")], "e3 e2 e1", id="namespace and below"),
            pytest.param([("namespace", Operator.CONTAINS, "any.t")], "e3 e1", id="contains"),
            pytest.param([("namespace", Operator.CONTAINS, "ANY.T")], "", id="contains minds the case"),
            pytest.param([("namespace", Operator.CONTAINS, "_")], "", id="no wildcard"),
            pytest.param([("namespace", Operator.NOT_CONTAINS, "any.t")], "e5 e4 e2", id="contains not"),
            pytest.param([("namespace", Operator.STARTS_WITH, "company")], "e4 e3 e2 e1", id="starts with"),
            pytest.param([("namespace", Operator.ENDS_WITH, "team")], "e3 e1", id="ends with"),
            pytest.param([("namespace", Operator.ENDS_WITH, "a.longer.company.team")], "", id="longer than the text"),
            pytest.param([("namespace", Operator.REGEX, "^comp.*y$")], "e2", id="regex"),
            pytest.param([("namespace", Operator.REGEX, "x|ste")], "e5 e4", id="regex found anywhere"),
            pytest.param([("namespace", Operator.IN, ("company", "system"))], "e5 e2", id="in"),
            pytest.param([("namespace", Operator.NOT_IN, ("company", "system"))], "e4 e3 e1", id="not in"),
            pytest.param([("namespace", Operator.IN, ())], "", id="in nothing"),
            pytest.param([("flowId", Operator.EQUALS, "goodbye")], "e3", id="flow"),
            pytest.param([("flowId", Operator.PREFIX, "goodbye")], "e3", id="flow by prefix"),
            pytest.param([("state", Operator.EQUALS, State.FAILED)], "e2", id="state"),
            pytest.param([("state", Operator.IN, (State.FAILED, "RUNNING"))], "e3 e2", id="states, as text too"),
            pytest.param([("state", Operator.NOT_EQUALS, State.FAILED)], "e5 e4 e3 e1", id="not a state"),
            pytest.param(
                [("state", Operator.NOT_IN, (State.FAILED, State.PAUSED))], "e4 e3 e1", id="none of the states"
            ),
            pytest.param([("labels", Operator.EQUALS, ("team", "red"))], "e1", id="label"),
            pytest.param([("labels", Operator.EQUALS, Label("team", "red"))], "e1", id="label as a label"),
            pytest.param([("labels", Operator.NOT_EQUALS, ("team", "red"))], "e5 e4 e3 e2", id="not a label"),
            pytest.param(
                [("labels", Operator.EQUALS, (("team", "red"), ("env", "prod")))], "e1", id="all of the labels"
            ),
            pytest.param([("labels", Operator.EQUALS, (("team", "red"), ("env", "x")))], "", id="only one of them"),
            pytest.param(
                [("labels", Operator.IN, (("team", "red"), ("team", "blue")))], "e2 e1", id="one of the labels"
            ),
            pytest.param(
                [("labels", Operator.NOT_IN, (("team", "red"), ("a", "b")))], "e5 e4 e3 e2", id="none of them"
            ),
            pytest.param([("labels", Operator.CONTAINS, ("team", "lu"))], "e2", id="part of a label"),
            pytest.param(
                [("labels", Operator.EQUALS, ("team", "red")), ("namespace", Operator.PREFIX, "company")],
                "e1",
                id="label and namespace",
            ),
            pytest.param(
                [("labels", Operator.EQUALS, ("team", "red")), ("state", Operator.EQUALS, "SUCCESS")],
                "e1",
                id="label and state",
            ),
            pytest.param(
                [("labels", Operator.EQUALS, ("team", "red")), ("startDate", Operator.GREATER_THAN, NOON)],
                "",
                id="label and date",
            ),
            pytest.param(
                [("labels", Operator.EQUALS, ("team", "red")), ("kind", Operator.EQUALS, "TEST")],
                "test",
                id="label and kind",
            ),
            pytest.param([("startDate", Operator.EQUALS, NOON + MINUTE)], "e2", id="start"),
            pytest.param([("startDate", Operator.NOT_EQUALS, NOON + MINUTE)], "e5 e4 e3 e1", id="not the start"),
            pytest.param([("startDate", Operator.GREATER_THAN, NOON + MINUTE * 2)], "e5 e4", id="after"),
            pytest.param([("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, NOON + MINUTE * 2)], "e5 e4 e3", id="from"),
            pytest.param([("startDate", Operator.LESS_THAN, NOON + MINUTE)], "e1", id="before"),
            pytest.param([("startDate", Operator.LESS_THAN_OR_EQUAL_TO, NOON + MINUTE)], "e2 e1", id="until"),
            pytest.param([("endDate", Operator.LESS_THAN_OR_EQUAL_TO, NOON + SECOND * 2)], "e1", id="ended until"),
            pytest.param([("endDate", Operator.GREATER_THAN, NOON)], "e5 e2 e1", id="a pause counts as an end"),
            pytest.param([("kind", Operator.EQUALS, ExecutionKind.TEST)], "test", id="kind"),
            pytest.param([("kind", Operator.IN, ("TEST", "NORMAL"))], "test e5 e4 e3 e2 e1", id="kind or none"),
            pytest.param([("kind", Operator.EQUALS, "NORMAL")], "e5 e4 e3 e2 e1", id="none"),
            pytest.param([("kind", Operator.NOT_EQUALS, "TEST")], "e5 e4 e3 e2 e1", id="not a kind"),
            pytest.param([("parentId", Operator.EQUALS, "e2")], "e4", id="parent"),
            pytest.param([("parentId", Operator.NOT_EQUALS, "e2")], "e5 e3 e2 e1", id="another parent or none"),
            pytest.param([("originalId", Operator.EQUALS, None)], "e5 e4 e3 e2 e1", id="no original"),
            pytest.param([("triggerExecutionId", Operator.EQUALS, "e1")], "e4", id="started by"),
            pytest.param([("triggerExecutionId", Operator.EQUALS, None)], "e3 e2 e1", id="started by none"),
            pytest.param([("triggerExecutionId", Operator.STARTS_WITH, "e")], "e4", id="started by, no value"),
            pytest.param([("triggerId", Operator.IN, ("after", "t2"))], "e5 e4", id="trigger"),
            pytest.param([("flowRevision", Operator.EQUALS, 2)], "e3", id="revision"),
            pytest.param([("flowRevision", Operator.NOT_IN, ("2",))], "e5 e4 e2 e1", id="revisions as text"),
            pytest.param([("childFilter", Operator.EQUALS, "CHILD")], "e5 e4", id="children"),
            pytest.param([("childFilter", Operator.EQUALS, "MAIN")], "e3 e2 e1", id="no children"),
            pytest.param([("scope", Operator.EQUALS, "SYSTEM")], "e5", id="system"),
            pytest.param([("scope", Operator.NOT_EQUALS, "SYSTEM")], "e4 e3 e2 e1", id="not system"),
            pytest.param([("id", Operator.IN, ("e1", "e4", "else"))], "e4 e1", id="ids"),
            pytest.param(
                [("state", Operator.IN, ("SUCCESS", "FAILED")), ("namespace", Operator.EQUALS, "company")],
                "e2",
                id="state and namespace",
            ),
        ],
    )
    async def test_search_of_executions(
        self, store: Store, filters: list[tuple[str, Operator, object]], expected: str
    ) -> None:
        await store.commit(Writes(new_executions=list(POPULATION)))
        page = await store.executions.search(query(*filters))
        assert [one.id for one in page.results] == expected.split()
        assert page.total == len(expected.split())

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            pytest.param("id", "e1 e2 e3 e4 e5", id="id"),
            pytest.param("-id", "e5 e4 e3 e2 e1", id="id, last first"),
            pytest.param("namespace", "e2 e1 e3 e4 e5", id="namespace, older first"),
            pytest.param("-namespace", "e5 e4 e3 e1 e2", id="namespace, last and newer first"),
            pytest.param("flowId -id", "e3 e5 e4 e2 e1", id="two fields"),
            pytest.param("state.current", "e4 e2 e5 e3 e1", id="state"),
            pytest.param("state.startDate", "e1 e2 e3 e4 e5", id="start"),
            pytest.param("-state.startDate", "e5 e4 e3 e2 e1", id="start, newest first"),
            pytest.param("state.endDate", "e1 e2 e5 e3 e4", id="end, those without last"),
            pytest.param("-state.endDate", "e5 e2 e1 e4 e3", id="end, newest first, those without last"),
            pytest.param("state.duration", "e2 e5 e1 e3 e4", id="duration, those without last"),
            pytest.param("-state.duration", "e1 e5 e2 e4 e3", id="duration, longest first, those without last"),
        ],
    )
    async def test_executions_are_sorted(self, store: Store, sort: str, expected: str) -> None:
        await store.commit(Writes(new_executions=list(POPULATION)))
        sorts = tuple(Sort(word.lstrip("-"), descending=word.startswith("-")) for word in sort.split())
        page = await store.executions.search(query(sort=sorts))
        assert [one.id for one in page.results] == expected.split()

    async def test_pages_of_executions_of_one_moment_neither_overlap_nor_miss(self, store: Store) -> None:
        await store.commit(Writes(new_executions=[execution(f"e{number}") for number in range(7)]))
        pages = [await store.executions.search(query(page=number, size=3)) for number in (1, 2, 3, 4)]
        assert [[one.id for one in page.results] for page in pages] == [
            ["e6", "e5", "e4"],
            ["e3", "e2", "e1"],
            ["e0"],
            [],
        ]
        assert [page.total for page in pages] == [7, 7, 7, 7]

    async def test_found_executions_have_everything(self, store: Store) -> None:
        whole = full_execution("e")
        await store.commit(Writes(new_executions=[whole]))
        page = await store.executions.search(query(("kind", Operator.EQUALS, "PLAYGROUND")))
        assert list(page.results) == [whole]

    async def test_changed_labels_are_found_and_old_ones_are_not(self, store: Store) -> None:
        await store.commit(Writes(new_executions=[execution("e", labels=(Label("a", "1"), Label("b", "1")))]))
        await store.commit(Writes(executions=[execution("e", labels=(Label("a", "2"), Label("b", "1")))]))

        async def total(value: str, key: str = "a") -> int:
            return (await store.executions.search(query(("labels", Operator.EQUALS, (key, value))))).total

        assert [await total("1"), await total("2"), await total("1", "b")] == [0, 1, 1]

    async def test_totals_by_names_follow_what_is_saved_and_deleted(self, store: Store) -> None:
        saved = [
            execution("hi1"),
            execution("x2", flow_id="hide"),
            execution("x3", namespace="company.other"),
            execution("x4", namespace="system"),
            execution("x5", kind=ExecutionKind.TEST),
            execution("x6", tenant="other"),
        ]
        asked = [
            query(("namespace", Operator.PREFIX, "company")),
            query(("flowId", Operator.EQUALS, "hello")),
            query(("q", Operator.EQUALS, "hi")),
            query(("q", Operator.EQUALS, "x"), ("namespace", Operator.NOT_EQUALS, "system")),
            query(("scope", Operator.EQUALS, "USER"), sort=(Sort("id"),)),
            query(),
        ]

        async def found() -> list[list[str]]:
            pages = [await store.executions.search(one) for one in asked]
            assert [page.total for page in pages] == [len(page.results) for page in pages]
            return [sorted(one.id for one in page.results) for page in pages]

        await store.commit(Writes(new_executions=saved))
        await store.commit(Writes(executions=[replace(one, sequence=7) for one in saved]))
        ours = ["hi1", "x2", "x3"]
        assert await found() == [
            ours,
            ["hi1", "x3", "x4"],
            ["hi1", "x2"],
            ["x2", "x3"],
            ours,
            ["hi1", "x2", "x3", "x4"],
        ]
        gone = [ExecutionId(id_) for id_ in ("hi1", "x4", "x5", "x6", "nobody")]
        await store.commit(Writes(deleted_executions=gone))
        assert await found() == [["x2", "x3"], ["x3"], ["x2"], ["x2", "x3"], ["x2", "x3"], ["x2", "x3"]]
        await store.commit(Writes(new_executions=[execution("hi1")]))
        assert await found() == [ours, ["hi1", "x3"], ["hi1", "x2"], ["x2", "x3"], ours, ours]

    async def test_a_tenant_sees_its_own_executions(self, store: Store) -> None:
        await store.commit(Writes(new_executions=list(POPULATION)))
        page = await store.executions.search(query(("labels", Operator.IN, (("team", "red"),)), tenant="other"))
        assert [one.id for one in page.results] == ["else"]
        assert (await store.executions.search(query(tenant="nobody"))).total == 0

    async def test_a_field_or_operator_nobody_knows_is_refused(self, store: Store) -> None:
        with pytest.raises(UnsupportedFilter):
            await store.executions.search(query(("taskId", Operator.EQUALS, "x")))
        with pytest.raises(UnsupportedFilter):
            await store.executions.search(query(("state", Operator.CONTAINS, "RUN")))
        with pytest.raises(UnsupportedFilter):
            await store.executions.search(query(sort=(Sort("inputs"),)))
        with pytest.raises(InvalidPattern):
            await store.executions.search(query(("namespace", Operator.REGEX, "(")))
