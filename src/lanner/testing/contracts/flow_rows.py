"""What ``Store.flows`` must do."""

import pytest

from lanner.model.flow import FlowKey
from lanner.model.label import Label
from lanner.ports.search import Operator, Sort, UnsupportedFilter
from lanner.ports.store import RevisionTaken, Store, Writes
from lanner.testing.contracts.samples import NOON, SECOND, flow, query

KEY = FlowKey("main", "company.team", "hello")

POPULATION = (
    flow("alpha", namespace="company", labels=(Label("team", "red"), Label("env", "prod"))),
    flow("beta", namespace="company.team", labels=(Label("team", "blue"),), updated=NOON + SECOND),
    flow("gamma", namespace="companyx", source="id: gamma # Größe 100%\n", updated=NOON),
    flow("delta", namespace="system", labels=(Label("team", "redder"),)),
    flow("alpha", namespace="company", tenant="other"),
)


class FlowContract:
    """Revisions and lists of flows."""

    async def test_a_flow_comes_back_as_it_was_saved(self, store: Store) -> None:
        saved = flow(
            source="id: hello\n# ünï\n",
            labels=(Label("b", "1"), Label("a", "2")),
            description="what it does",
            disabled=True,
            updated=NOON,
        )
        await store.commit(Writes(new_flows=[saved]))
        assert await store.flows.latest(KEY) == saved
        assert await store.flows.revision(KEY, 1) == saved

    async def test_the_latest_is_the_greatest_revision(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow(revision=1), flow(revision=3)]))
        await store.commit(Writes(new_flows=[flow(revision=2)]))
        assert await store.flows.latest(KEY) == flow(revision=3)
        assert await store.flows.revisions(KEY) == [flow(revision=number) for number in (1, 2, 3)]
        assert await store.flows.revision(KEY, 2) == flow(revision=2)
        assert await store.flows.revision(KEY, 4) is None

    async def test_revisions_are_removed_but_not_the_latest(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow(revision=number) for number in (1, 2, 3)]))
        await store.commit(Writes(removed_revisions=[(KEY, 1), (KEY, 3), (KEY, 9)]))
        assert await store.flows.revisions(KEY) == [flow(revision=2), flow(revision=3)]
        assert await store.flows.latest(KEY) == flow(revision=3)

    async def test_a_deleted_flow_is_found_only_when_asked_for(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow()]))
        gone = flow(deleted=True)
        await store.commit(Writes(changed_flows=[gone]))
        assert await store.flows.latest(KEY) is None
        assert await store.flows.latest(KEY, deleted=True) == gone
        assert await store.flows.revisions(KEY) == [gone]
        assert (await store.flows.search(query())).total == 0
        assert list(await store.flows.all_latest()) == []
        assert list(await store.flows.namespaces("main")) == []

    async def test_a_deleted_flow_made_again_exists(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow(revision=1, deleted=True)]))
        await store.commit(Writes(new_flows=[flow(revision=2)]))
        assert await store.flows.latest(KEY) == flow(revision=2)

    async def test_a_revision_is_given_once(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow()]))
        with pytest.raises(RevisionTaken) as caught:
            await store.commit(Writes(new_flows=[flow("other"), flow(source="different")], settings={"a": 1}))
        assert (caught.value.key, caught.value.revision) == (KEY, 1)
        assert await store.flows.latest(KEY) == flow()
        assert await store.flows.latest(KEY._replace(flow_id="other")) is None
        assert await store.setting("a") is None

    async def test_a_revision_is_given_once_within_a_unit(self, store: Store) -> None:
        with pytest.raises(RevisionTaken):
            await store.commit(Writes(new_flows=[flow(), flow(source="different")]))
        assert await store.flows.latest(KEY) is None

    async def test_flows_of_a_name_in_other_places_are_strangers(self, store: Store) -> None:
        others = [flow(tenant="other"), flow(namespace="elsewhere")]
        await store.commit(Writes(new_flows=[flow(), *others]))
        assert await store.flows.latest(KEY._replace(tenant="other")) == others[0]
        assert await store.flows.revisions(KEY) == [flow()]

    async def test_all_latest_are_those_of_a_tenant_or_of_all(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[*POPULATION, flow("alpha", 2, namespace="company")]))
        assert {(one.tenant, one.id, one.revision) for one in await store.flows.all_latest()} == {
            ("main", "alpha", 2),
            ("main", "beta", 1),
            ("main", "gamma", 1),
            ("main", "delta", 1),
            ("other", "alpha", 1),
        }
        assert [one.tenant for one in await store.flows.all_latest("other")] == ["other"]

    async def test_namespaces_are_distinct_and_sorted(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[*POPULATION, flow("second", namespace="company")]))
        assert list(await store.flows.namespaces("main")) == ["company", "company.team", "companyx", "system"]
        assert list(await store.flows.namespaces("other")) == ["company"]

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            pytest.param([], "alpha beta gamma delta", id="by namespace and id"),
            pytest.param([("q", Operator.EQUALS, "ALPH")], "alpha", id="q finds an id whatever the case"),
            pytest.param([("q", Operator.EQUALS, "company.t")], "beta", id="q finds a namespace"),
            pytest.param([("q", Operator.NOT_EQUALS, "alpha")], "beta gamma delta", id="q not"),
            pytest.param([("namespace", Operator.PREFIX, "company")], "alpha beta", id="namespace and below"),
            pytest.param([("namespace", Operator.EQUALS, "company")], "alpha", id="namespace"),
            pytest.param([("flowId", Operator.IN, ("beta", "delta"))], "beta delta", id="ids"),
            pytest.param([("labels", Operator.EQUALS, ("team", "red"))], "alpha", id="label"),
            pytest.param([("labels", Operator.NOT_EQUALS, ("team", "red"))], "beta gamma delta", id="not a label"),
            pytest.param(
                [("labels", Operator.EQUALS, (("team", "red"), ("env", "prod")))], "alpha", id="all of the labels"
            ),
            pytest.param([("labels", Operator.EQUALS, (("team", "red"), ("env", "x")))], "", id="only one of them"),
            pytest.param(
                [("labels", Operator.IN, (("team", "blue"), ("env", "prod")))], "alpha beta", id="one of the labels"
            ),
            pytest.param([("labels", Operator.NOT_IN, (("team", "blue"),))], "alpha gamma delta", id="none of them"),
            pytest.param([("labels", Operator.CONTAINS, ("team", "red"))], "alpha delta", id="part of a label"),
            pytest.param([("scope", Operator.EQUALS, "SYSTEM")], "delta", id="system"),
            pytest.param([("scope", Operator.EQUALS, "USER")], "alpha beta gamma", id="user"),
            pytest.param([("scope", Operator.IN, ("USER", "SYSTEM"))], "alpha beta gamma delta", id="both scopes"),
        ],
    )
    async def test_search_of_flows(
        self, store: Store, filters: list[tuple[str, Operator, object]], expected: str
    ) -> None:
        await store.commit(Writes(new_flows=list(POPULATION)))
        page = await store.flows.search(query(*filters))
        assert [one.id for one in page.results] == expected.split()
        assert page.total == len(expected.split())

    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            pytest.param(Sort("id"), "alpha beta delta gamma", id="id"),
            pytest.param(Sort("id", descending=True), "gamma delta beta alpha", id="id, last first"),
            pytest.param(Sort("namespace", descending=True), "delta gamma beta alpha", id="namespace, last first"),
            pytest.param(Sort("updated"), "gamma beta alpha delta", id="never updated comes last"),
            pytest.param(Sort("updated", descending=True), "beta gamma alpha delta", id="as last when descending"),
        ],
    )
    async def test_flows_are_sorted(self, store: Store, sort: Sort, expected: str) -> None:
        await store.commit(Writes(new_flows=list(POPULATION)))
        page = await store.flows.search(query(sort=(sort,)))
        assert [one.id for one in page.results] == expected.split()

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("ID: GAMMA", ["gamma"], id="whatever the case"),
            pytest.param("Größe 100%", ["gamma"], id="letters and signs as they are"),
            pytest.param("nowhere", [], id="nothing"),
        ],
    )
    async def test_search_of_sources(self, store: Store, text: str, expected: list[str]) -> None:
        await store.commit(Writes(new_flows=list(POPULATION)))
        page = await store.flows.search_source(query(), text)
        assert ([one.id for one in page.results], page.total) == (expected, len(expected))

    async def test_only_the_latest_source_is_searched(self, store: Store) -> None:
        await store.commit(Writes(new_flows=[flow(source="old words"), flow(revision=2, source="new words")]))
        assert (await store.flows.search_source(query(), "old")).total == 0

    async def test_a_page_of_flows_says_how_many_there_are(self, store: Store) -> None:
        await store.commit(Writes(new_flows=list(POPULATION)))
        page = await store.flows.search(query(size=3, page=2))
        assert ([one.id for one in page.results], page.total) == (["delta"], 4)

    async def test_a_field_nobody_knows_is_refused(self, store: Store) -> None:
        with pytest.raises(UnsupportedFilter):
            await store.flows.search(query(("state", Operator.EQUALS, "RUNNING")))
        with pytest.raises(UnsupportedFilter):
            await store.flows.search(query(("scope", Operator.REGEX, "U")))
        with pytest.raises(UnsupportedFilter):
            await store.flows.search(query(sort=(Sort("state"),)))
