"""What ``Store.key_values`` and ``Store.secrets`` must do."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lanner.model.flow import MAIN_TENANT
from lanner.model.key_value import KeyName, KeyValue, KeyValueType, StoredSecret
from lanner.ports.key_values import KeyTaken
from lanner.ports.search import Operator, Sort, UnsupportedFilter
from lanner.ports.store import Store, Writes
from lanner.testing.contracts.samples import NOON, SECOND, query

NAMESPACE = "company.team"


def pair(key: str = "region", value: Any = "eu", **rest: Any) -> KeyValue:
    """Return a pair that was set at noon."""
    fields = {
        "tenant": MAIN_TENANT,
        "namespace": NAMESPACE,
        "key": key,
        "type": KeyValueType.STRING,
        "value": value,
        "created": NOON,
        "updated": NOON,
        **rest,
    }
    return KeyValue(**fields)


def secret(key: str = "TOKEN", **rest: Any) -> StoredSecret:
    """Return a secret that was set at noon."""
    fields = {
        "tenant": MAIN_TENANT,
        "namespace": NAMESPACE,
        "key": key,
        "encrypted": "c2VhbGVk",
        "updated": NOON,
        **rest,
    }
    return StoredSecret(**fields)


class KeyValueContract:
    """Pairs: saving, replacing, expiring, lists."""

    @pytest.mark.parametrize(
        ("type_", "value"),
        [
            pytest.param(KeyValueType.STRING, 'a\nb "c" ü 🚀 \x00', id="text"),
            pytest.param(KeyValueType.STRING, None, id="null"),
            pytest.param(KeyValueType.NUMBER, 12345678901234567890123, id="a long number"),
            pytest.param(KeyValueType.NUMBER, 1000.0, id="a fraction"),
            pytest.param(KeyValueType.BOOLEAN, False, id="false"),
            pytest.param(KeyValueType.JSON, {"b": [1, {"c": None}], "a": 2.5}, id="a map in its order"),
        ],
    )
    async def test_a_pair_comes_back_as_it_was_saved(self, store: Store, type_: KeyValueType, value: Any) -> None:
        saved = pair(value=value, type=type_, description="where", expires=NOON + SECOND)
        await store.commit(Writes(key_values=[saved]))
        (found,) = store.key_values.find("main", [NAMESPACE], "region")
        assert found == saved
        assert json.dumps(found.value) == json.dumps(value)

    async def test_pairs_are_found_in_the_order_of_namespaces(self, store: Store) -> None:
        await store.commit(
            Writes(
                key_values=[
                    pair(value=1),
                    pair(namespace="company", value=2),
                    pair(tenant="other", value=3),
                    pair("else", value=4),
                ]
            )
        )
        found = store.key_values.find("main", [NAMESPACE, "nowhere", "company"], "region")
        assert [one.value for one in found] == [1, 2]
        assert [one.value for one in store.key_values.find("main", ["company", NAMESPACE], "region")] == [2, 1]
        assert list(store.key_values.find("main", [], "region")) == []

    async def test_saving_again_counts_the_revision_and_keeps_the_creation(self, store: Store) -> None:
        later = NOON + SECOND
        await store.commit(Writes(key_values=[pair()]))
        await store.commit(Writes(key_values=[pair(value="us", created=later, updated=later, description="d")]))
        assert list(store.key_values.find("main", [NAMESPACE], "region")) == [
            pair(value="us", updated=later, revision=2, description="d")
        ]

    async def test_an_expired_pair_is_there_but_begins_anew(self, store: Store) -> None:
        later = NOON + SECOND
        await store.commit(Writes(key_values=[pair(expires=later)]))
        assert list(store.key_values.find("main", [NAMESPACE], "region")) == [pair(expires=later)]
        await store.commit(Writes(key_values=[pair(value="us", updated=later)]))
        assert list(store.key_values.find("main", [NAMESPACE], "region")) == [
            pair(value="us", created=later, updated=later)
        ]

    async def test_a_new_pair_does_not_replace_one_that_lives(self, store: Store) -> None:
        await store.commit(Writes(key_values=[pair(expires=NOON + SECOND)]))
        with pytest.raises(KeyTaken) as caught:
            await store.commit(Writes(new_key_values=[pair("other"), pair(value="us")], settings={"a": 1}))
        assert caught.value.name == KeyName("main", NAMESPACE, "region")
        assert await store.setting("a") is None
        assert list(store.key_values.find("main", [NAMESPACE], "other")) == []
        await store.commit(Writes(new_key_values=[pair(value="us", updated=NOON + SECOND), pair("other")]))
        assert [one.value for one in store.key_values.find("main", [NAMESPACE], "region")] == ["us"]

    async def test_a_new_pair_comes_once_in_a_unit(self, store: Store) -> None:
        with pytest.raises(KeyTaken):
            await store.commit(Writes(new_key_values=[pair(), pair(value="us")]))
        assert list(store.key_values.find("main", [NAMESPACE], "region")) == []

    async def test_a_removed_pair_is_gone_unless_it_was_changed_since(self, store: Store) -> None:
        await store.commit(Writes(key_values=[pair()]))
        (seen,) = store.key_values.find("main", [NAMESPACE], "region")
        await store.commit(Writes(key_values=[pair(value="us")]))
        await store.commit(Writes(removed_key_values=[seen]))
        (changed,) = store.key_values.find("main", [NAMESPACE], "region")
        assert changed.value == "us"
        await store.commit(Writes(removed_key_values=[changed]))
        assert list(store.key_values.find("main", [NAMESPACE], "region")) == []

    @pytest.mark.parametrize(
        ("filters", "sort", "expected"),
        [
            pytest.param([], (), "z b a c", id="by namespace and key"),
            pytest.param([("q", Operator.EQUALS, "B")], (), "b", id="q finds a key whatever the case"),
            pytest.param([("key", Operator.STARTS_WITH, "a")], (), "a", id="key"),
            pytest.param([("namespace", Operator.EQUALS, "company")], (), "z", id="namespace"),
            pytest.param([("namespace", Operator.PREFIX, "company")], (), "z b a", id="namespace and below"),
            pytest.param([("namespace", Operator.IN, ("company", "x"))], (), "z c", id="namespaces"),
            pytest.param([("updated", Operator.GREATER_THAN, NOON)], (), "b", id="updated"),
            pytest.param([], (Sort("key", descending=True),), "z c b a", id="last key first"),
            pytest.param([], (Sort("expires"), Sort("key")), "a b c z", id="never expiring comes last"),
        ],
    )
    async def test_search_of_pairs(
        self,
        store: Store,
        filters: list[tuple[str, Operator, object]],
        sort: tuple[Sort, ...],
        expected: str,
    ) -> None:
        pairs = [
            pair("a", namespace="company.b", expires=NOON + SECOND),
            pair("b", namespace="company.a", updated=NOON + SECOND),
            pair("c", namespace="x"),
            pair("z", namespace="company"),
            pair("other", tenant="other"),
        ]
        await store.commit(Writes(key_values=pairs))
        page = await store.key_values.search(query(*filters, sort=sort))
        assert ([one.key for one in page.results], page.total) == (expected.split(), len(expected.split()))

    async def test_a_search_tells_the_living_from_the_expired(self, store: Store) -> None:
        await store.commit(Writes(key_values=[pair("a", expires=NOON), pair("b", expires=NOON + SECOND), pair("c")]))

        async def keys(**when: Any) -> list[str]:
            return [one.key for one in (await store.key_values.search(query(), **when)).results]

        assert await keys(alive_at=NOON) == ["b", "c"]
        assert await keys(expired_at=NOON) == ["a"]
        assert await keys(expired_at=NOON + timedelta(days=1)) == ["a", "b"]
        assert await keys() == ["a", "b", "c"]

    async def test_namespaces_of_pairs_are_distinct_and_sorted(self, store: Store) -> None:
        await store.commit(
            Writes(key_values=[pair(namespace="b"), pair("x", namespace="b"), pair(namespace="a"), pair(tenant="t")])
        )
        assert list(await store.key_values.namespaces("main")) == ["a", "b"]

    async def test_pairs_cannot_be_found_by_a_field_nobody_knows(self, store: Store) -> None:
        with pytest.raises(UnsupportedFilter):
            await store.key_values.search(query(("value", Operator.EQUALS, "eu")))
        with pytest.raises(UnsupportedFilter):
            await store.key_values.search(query(sort=(Sort("value"),)))


class SecretContract:
    """Secrets: saving, replacing, lists."""

    async def test_a_secret_comes_back_as_it_was_saved(self, store: Store) -> None:
        saved = secret(description="of the shop", tags={"env": "prod"})
        await store.commit(Writes(secrets=[saved, secret("OTHER")]))
        assert list(store.secrets.find("main", ["company", NAMESPACE], "TOKEN")) == [saved]
        changed = replace(saved, encrypted="bmV3", tags={}, description=None, updated=NOON + SECOND)
        await store.commit(Writes(secrets=[changed]))
        assert list(store.secrets.find("main", [NAMESPACE], "TOKEN")) == [changed]

    async def test_a_removed_secret_is_gone(self, store: Store) -> None:
        await store.commit(Writes(secrets=[secret(), secret(namespace="company")]))
        await store.commit(Writes(removed_secrets=[KeyName("main", NAMESPACE, "TOKEN"), KeyName("main", "x", "y")]))
        assert [one.namespace for one in store.secrets.find("main", [NAMESPACE, "company"], "TOKEN")] == ["company"]

    async def test_secrets_are_listed_by_namespace_and_key(self, store: Store) -> None:
        await store.commit(
            Writes(secrets=[secret("B"), secret("A"), secret("C", namespace="a"), secret("D", tenant="other")])
        )
        assert [one.key for one in (await store.secrets.search(query())).results] == ["C", "A", "B"]
        page = await store.secrets.search(query(("namespace", Operator.PREFIX, "company"), size=1, page=2))
        assert ([one.key for one in page.results], page.total) == (["B"], 2)
        found = await store.secrets.search(query(("q", Operator.EQUALS, "a"), sort=(Sort("key", descending=True),)))
        assert [one.key for one in found.results] == ["A"]
