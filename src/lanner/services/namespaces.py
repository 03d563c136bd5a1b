"""Namespaces. Nobody makes them: one is there as soon as a flow, a key-value pair or a secret is in it.

Source: Kestra 1.0 (reference ``engine.md`` §9.6, ``api.md`` §1.8).
"""

from lanner.model.namespace import checked_namespace, with_parents
from lanner.ports.search import MAX_PAGE_SIZE, Page, Query, Sort
from lanner.ports.store import Store


class Namespaces:
    """Lists the namespaces of a tenant."""

    def __init__(self, store: Store, *, system_namespace: str) -> None:
        self._store, self._system = store, system_namespace

    async def named(self, tenant: str, *, text: str = "", existing: bool = False) -> list[str]:
        """Return the names that hold a text in either case, sorted.

        Those above a namespace and the system namespace are among them, unless only ``existing`` ones are asked for.
        """
        names = {
            *await self._store.flows.namespaces(tenant),
            *await self._store.key_values.namespaces(tenant),
            *await self._of_secrets(tenant),
        }
        if not existing:
            names = {above for name in names for above in with_parents(name)} | {self._system}
        return sorted(name for name in names if text.lower() in name.lower())

    async def search(self, query: Query, *, text: str = "", existing: bool = False) -> Page[str]:
        """Return one page of names; they can be sorted by ``id``."""
        names = await self.named(query.tenant, text=text, existing=existing)
        if query.sort and query.sort[0] == Sort("id", descending=True):
            names.reverse()
        size = min(query.size, MAX_PAGE_SIZE)
        start = (query.page - 1) * size
        return Page(names[start : start + size], len(names))

    def get(self, namespace: str) -> str:
        """Return the name of any namespace; raises ``InvalidNamespace``."""
        return checked_namespace(namespace)

    async def _of_secrets(self, tenant: str) -> set[str]:
        names: set[str] = set()
        page = 1
        while True:
            query = Query(tenant=tenant, sort=(Sort("namespace"),), page=page, size=1_000)
            rows = (await self._store.secrets.search(query)).results
            names |= {row.namespace for row in rows}
            if len(rows) < query.size:
                return names
            page += 1
