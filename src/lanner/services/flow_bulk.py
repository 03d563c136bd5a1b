"""Flows by the dozen: whole namespaces from one text, and switches for all that were named or found."""

from collections.abc import Sequence

from lanner.model.flow import Flow, FlowKey
from lanner.ports.search import Query
from lanner.services.errors import Flaw, InvalidEntity
from lanner.services.flows import Flows, split_documents
from lanner.services.plans import FlowNotFound


class FlowBulk:
    """Changes many flows; what is counted are flows that changed."""

    def __init__(self, *, flows: Flows) -> None:
        self._flows = flows

    async def replace_namespace(
        self, tenant: str, namespace: str, text: str, *, delete: bool, override: bool = False
    ) -> list[Flow]:
        """Save all flows of a text, all of one namespace; with ``delete`` its other flows go.

        ``override`` puts flows that name another namespace into this one. Nothing is changed when one of
        them is wrong: raises ``InvalidFlow`` or ``InvalidEntity``.
        """
        sources = split_documents(text)
        names = []
        for source in sources:
            definition = self._flows.read(source).checked()
            names.append(definition.id)
            if definition.namespace != namespace and not override:
                flaw = Flaw(
                    "flow.namespace", f"{definition.namespace!r} is not {namespace!r}, the namespace to replace"
                )
                raise InvalidEntity([flaw])
        _refuse_twins(names)
        if override:
            sources = [_in_namespace(source, namespace) for source in sources]
        saved = [await self._flows.put(tenant, source) for source in sources]
        if delete:
            await self._delete_others(await self._flows.of_namespace(tenant, namespace), saved)
        return saved

    async def replace(
        self, tenant: str, text: str, *, namespace: str | None, delete: bool, children: bool
    ) -> list[Flow]:
        """Save all flows of a text; with ``delete`` the other flows of a namespace go.

        Those of the namespaces below it too with ``children``; without a namespace none goes.
        """
        sources = split_documents(text)
        _refuse_twins([_name(self._flows, source) for source in sources])
        saved = [await self._flows.put(tenant, source) for source in sources]
        if delete and namespace:
            await self._delete_others(await self._flows.of_namespace(tenant, namespace, children=children), saved)
        return saved

    async def keys(self, query: Query) -> list[FlowKey]:
        """Return the flows a query finds."""
        return [flow.key for flow in await self._flows.found(query)]

    async def delete(self, keys: Sequence[FlowKey]) -> int:
        """Delete flows; ones that are not there are not counted."""
        count = 0
        for key in dict.fromkeys(keys):
            try:
                await self._flows.delete(key)
            except FlowNotFound:
                continue
            count += 1
        return count

    async def set_disabled(self, keys: Sequence[FlowKey], *, disabled: bool) -> int:
        """Enable or disable flows; return how many were not so before."""
        count = 0
        for key in dict.fromkeys(keys):
            try:
                count += await self._flows.set_disabled(key, disabled=disabled)
            except FlowNotFound:
                continue
        return count

    async def _delete_others(self, present: Sequence[Flow], kept: Sequence[Flow]) -> None:
        names = {flow.key for flow in kept}
        await self.delete([flow.key for flow in present if flow.key not in names])


def _name(flows: Flows, source: str) -> str:
    definition = flows.read(source).checked()
    return f"{definition.namespace}.{definition.id}"


def _refuse_twins(names: Sequence[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise InvalidEntity([Flaw("flow.id", f"Duplicate flow id: {', '.join(twins)}")])


def _in_namespace(source: str, namespace: str) -> str:
    """Return the source with its top-level ``namespace`` line replaced."""
    lines = source.splitlines(keepends=True)
    return "".join(f"namespace: {namespace}\n" if line.startswith("namespace:") else line for line in lines)
