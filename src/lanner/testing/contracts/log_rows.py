"""What ``Store.logs`` must do."""

import pytest

from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import Level, MetricType
from lanner.ports.search import Operator, Sort, UnsupportedFilter
from lanner.ports.store import Store, Writes
from lanner.testing.contracts.samples import NOON, SECOND, line, metric, query

LINES = (
    line("one", level=Level.TRACE, timestamp=NOON),
    line("two", level=Level.INFO, timestamp=NOON + SECOND, task_id="a", task_run_id=TaskRunId("t1"), attempt_number=0),
    line("three", level=Level.WARN, timestamp=NOON + SECOND * 2, execution_id=ExecutionId("f"), attempt_number=1),
    line("Four 50%", level=Level.ERROR, timestamp=NOON + SECOND * 3, namespace="company", flow_id="bye"),
    line(
        "five", level=Level.DEBUG, timestamp=NOON + SECOND * 4, execution_id=None, trigger_id="tick", namespace="system"
    ),
    line("else", tenant="other"),
)
METRICS = (
    metric("rows", 5, tags={"table": "a"}),
    metric("time", 2.5, type=MetricType.TIMER, timestamp=NOON + SECOND, task_id="b", task_run_id=TaskRunId("t2")),
    metric("rows", 1, timestamp=NOON + SECOND * 2, execution_id=ExecutionId("f"), namespace="company.team.a"),
    metric("rows", 9, tenant="other"),
)


class LogContract:
    """Log lines and metrics."""

    async def test_a_line_comes_back_as_it_was_saved(self, store: Store) -> None:
        full = line(
            "zwölf\nlines",
            task_id="a",
            task_run_id=TaskRunId("t"),
            attempt_number=2,
            trigger_id="tick",
            thread="worker-1",
        )
        await store.commit(Writes(logs=[full, *LINES[:5]]))
        assert (await store.logs.search(query(("q", Operator.EQUALS, "lines")))).results == [full]
        assert (await store.logs.search(query(("triggerId", Operator.EQUALS, "tick")))).results == [full, LINES[4]]

    async def test_errors_of_an_execution_come_oldest_first(self, store: Store) -> None:
        worse = line("worse", level=Level.ERROR, timestamp=NOON + SECOND)
        await store.commit(Writes(logs=[*LINES, worse, line(level=Level.ERROR, execution_id=ExecutionId("f"))]))
        assert store.logs.errors_of(ExecutionId("e")) == [worse, LINES[3]]

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            pytest.param([], "one two three Four five", id="oldest first"),
            pytest.param([("q", Operator.EQUALS, "FOUR 50%")], "Four", id="q whatever the case, signs as they are"),
            pytest.param([("q", Operator.NOT_EQUALS, "o")], "three five", id="q not"),
            pytest.param([("namespace", Operator.PREFIX, "company")], "one two three Four", id="namespace and below"),
            pytest.param([("namespace", Operator.EQUALS, "company")], "Four", id="namespace"),
            pytest.param([("flowId", Operator.EQUALS, "bye")], "Four", id="flow"),
            pytest.param([("executionId", Operator.EQUALS, "f")], "three", id="execution"),
            pytest.param([("executionId", Operator.IN, ("e", "f"))], "one two three Four", id="executions"),
            pytest.param([("executionId", Operator.NOT_EQUALS, "e")], "three five", id="another execution or none"),
            pytest.param([("executionId", Operator.EQUALS, None)], "five", id="no execution"),
            pytest.param([("taskId", Operator.EQUALS, "a")], "two", id="task"),
            pytest.param([("taskRunId", Operator.EQUALS, "t1")], "two", id="task run"),
            pytest.param([("attemptNumber", Operator.EQUALS, 0)], "two", id="attempt"),
            pytest.param([("triggerId", Operator.STARTS_WITH, "ti")], "five", id="trigger"),
            pytest.param(
                [("level", Operator.GREATER_THAN_OR_EQUAL_TO, Level.INFO)], "two three Four", id="least level"
            ),
            pytest.param([("level", Operator.EQUALS, "WARN")], "three", id="level as text"),
            pytest.param([("level", Operator.IN, (Level.TRACE, Level.DEBUG))], "one five", id="levels"),
            pytest.param([("timestamp", Operator.GREATER_THAN, NOON + SECOND * 2)], "Four five", id="after"),
            pytest.param(
                [
                    ("startDate", Operator.GREATER_THAN_OR_EQUAL_TO, NOON + SECOND),
                    ("endDate", Operator.LESS_THAN, NOON + SECOND * 3),
                ],
                "two three",
                id="both dates are those of the line",
            ),
            pytest.param([("scope", Operator.EQUALS, "SYSTEM")], "five", id="system"),
        ],
    )
    async def test_search_of_lines(
        self, store: Store, filters: list[tuple[str, Operator, object]], expected: str
    ) -> None:
        await store.commit(Writes(logs=list(LINES)))
        page = await store.logs.search(query(*filters))
        assert [one.message.split(" ")[0] for one in page.results] == expected.split()
        assert page.total == len(expected.split())

    @pytest.mark.parametrize("descending", [False, True])
    async def test_lines_of_one_moment_keep_their_order(self, store: Store, *, descending: bool) -> None:
        await store.commit(Writes(logs=[line("a"), line("b")]))
        await store.commit(Writes(logs=[line("c"), line("before", timestamp=NOON - SECOND)]))
        page = await store.logs.search(query(sort=(Sort("timestamp", descending=descending),)))
        expected = ["a", "b", "c", "before"] if descending else ["before", "a", "b", "c"]
        assert [one.message for one in page.results] == expected

    async def test_a_page_of_lines_says_how_many_there_are(self, store: Store) -> None:
        await store.commit(Writes(logs=[line(str(number)) for number in range(5)]))
        page = await store.logs.search(query(("executionId", Operator.EQUALS, "e"), page=2, size=2))
        assert ([one.message for one in page.results], page.total) == (["2", "3"], 5)

    async def test_deleting_takes_the_lines_of_all_pages_and_no_others(self, store: Store) -> None:
        await store.commit(Writes(logs=list(LINES)))
        assert await store.logs.delete(query(("executionId", Operator.EQUALS, "e"), size=1)) == 3
        assert [one.message for one in (await store.logs.search(query())).results] == ["three", "five"]
        assert (await store.logs.search(query(tenant="other"))).total == 1
        assert await store.logs.delete(query()) == 2
        assert (await store.logs.search(query())).total == 0

    async def test_a_metric_comes_back_as_it_was_saved(self, store: Store) -> None:
        await store.commit(Writes(metrics=list(METRICS)))
        assert (await store.logs.metrics(query())).results == list(METRICS[:3])

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            pytest.param([("executionId", Operator.EQUALS, "e")], [5, 2.5], id="execution"),
            pytest.param([("taskId", Operator.EQUALS, "b")], [2.5], id="task"),
            pytest.param([("taskRunId", Operator.EQUALS, "t")], [5, 1], id="task run"),
            pytest.param([("name", Operator.EQUALS, "rows")], [5, 1], id="name"),
            pytest.param([("namespace", Operator.PREFIX, "company.team")], [5, 2.5, 1], id="namespace and below"),
            pytest.param([("flowId", Operator.NOT_EQUALS, "hello")], [], id="flow"),
        ],
    )
    async def test_search_of_metrics(
        self, store: Store, filters: list[tuple[str, Operator, object]], expected: list[float]
    ) -> None:
        await store.commit(Writes(metrics=list(METRICS)))
        page = await store.logs.metrics(query(*filters))
        assert ([one.value for one in page.results], page.total) == (expected, len(expected))

    async def test_deleting_metrics_takes_those_of_all_pages_and_no_others(self, store: Store) -> None:
        await store.commit(Writes(metrics=list(METRICS)))
        assert await store.logs.delete_metrics(query(("executionId", Operator.EQUALS, "e"), size=1)) == 2
        assert [one.value for one in (await store.logs.metrics(query())).results] == [1]

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [("value", [1, 2.5, 5]), ("name", [5, 1, 2.5]), ("timestamp", [5, 2.5, 1])],
    )
    async def test_metrics_are_sorted(self, store: Store, sort: str, expected: list[float]) -> None:
        await store.commit(Writes(metrics=list(METRICS)))
        page = await store.logs.metrics(query(sort=(Sort(sort),)))
        assert [one.value for one in page.results] == expected

    async def test_a_field_of_lines_nobody_knows_is_refused(self, store: Store) -> None:
        for wrong in (query(("state", Operator.EQUALS, "x")), query(sort=(Sort("message"),))):
            with pytest.raises(UnsupportedFilter):
                await store.logs.search(wrong)
            with pytest.raises(UnsupportedFilter):
                await store.logs.delete(wrong)
            with pytest.raises(UnsupportedFilter):
                await store.logs.metrics(wrong)
