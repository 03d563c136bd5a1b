"""Templates: lists of tasks with a name of their own, for the ``Template`` task of old flows.

They are kept as settings of the store, one for each template and one for the list of a tenant's.
Source of the operations: Kestra 1.0, where a setting switches them on as here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lanner.flows.reading import ReadFlow
from lanner.ports.search import Page
from lanner.ports.store import Writes
from lanner.services.errors import Flaw, InvalidEntity, NotFound
from lanner.services.inclusions import Name
from lanner.services.plans import PlanCache
from lanner.services.stored_templates import TemplateShelf, listing_of, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template. ``document`` is its source as plain data."""

    namespace: str
    id: str
    source: str
    document: Mapping[str, Any]


class TemplatesOff(NotFound):
    """The server has no templates."""

    def __init__(self) -> None:
        super().__init__("Templates are disabled, please check your configuration: `templates.enabled`")


class TemplateNotFound(NotFound):
    """There is no template of this name."""

    def __init__(self, namespace: str, template_id: str) -> None:
        super().__init__(f"template '{namespace}.{template_id}' not found")


class Templates:
    """The templates of all tenants. Every method raises ``TemplatesOff`` unless they are ``enabled``."""

    def __init__(self, *, shelf: TemplateShelf, plans: PlanCache, enabled: bool) -> None:
        self._shelf, self._plans, self.is_enabled = shelf, plans, enabled
        self._saving = asyncio.Lock()

    async def create(self, tenant: str, source: str) -> Template:
        """Keep a new template; raises ``InvalidFlow`` with all problems, ``InvalidEntity`` when it is there already."""
        template = self._checked(source)
        async with self._saving:
            names = await self._names(tenant)
            if (template.namespace, template.id) in names:
                raise InvalidEntity([Flaw("template.id", "Template id already exists")])
            await self._save(tenant, template, [*names, (template.namespace, template.id)])
        return template

    async def update(self, tenant: str, namespace: str, template_id: str, source: str) -> Template:
        """Replace a template; executions made ready from now on use it.

        Raises ``TemplateNotFound``, ``InvalidFlow``, ``InvalidEntity`` when the source names another one.
        """
        template = self._checked(source)
        async with self._saving:
            names = await self._names(tenant)
            if (namespace, template_id) not in names:
                raise TemplateNotFound(namespace, template_id)
            flaws = []
            if template.id != template_id:
                flaws.append(Flaw("template.id", "Illegal template id update"))
            if template.namespace != namespace:
                flaws.append(Flaw("template.namespace", "Illegal namespace update"))
            if flaws:
                raise InvalidEntity(flaws)
            await self._save(tenant, template, names)
        return template

    async def get(self, tenant: str, namespace: str, template_id: str) -> Template:
        """Return a template; raises ``TemplateNotFound``."""
        self._require()
        source = await self._shelf.source(tenant, (namespace, template_id))
        if source is None:
            raise TemplateNotFound(namespace, template_id)
        return Template(namespace=namespace, id=template_id, source=source, document=self._shelf.read(source).document)

    async def delete(self, tenant: str, namespace: str, template_id: str) -> None:
        """Delete a template; flows that name it fail from now on. Raises ``TemplateNotFound``."""
        self._require()
        async with self._saving:
            names = await self._names(tenant)
            if (namespace, template_id) not in names:
                raise TemplateNotFound(namespace, template_id)
            names.remove((namespace, template_id))
            await self._keep(tenant, (namespace, template_id), None, names)

    async def search(
        self, tenant: str, *, namespace: str | None, text: str | None, page: int, size: int
    ) -> Page[Template]:
        """Find templates of a namespace and below, whose namespace or id holds a text; sorted by name."""
        self._require()
        wanted = (text or "").lower()
        found = [
            name
            for name in sorted(await self._names(tenant))
            if (namespace is None or name[0] == namespace or name[0].startswith(f"{namespace}."))
            and wanted in ".".join(name).lower()
        ]
        start = (page - 1) * size
        return Page([await self.get(tenant, *name) for name in found[start : start + size]], len(found))

    async def namespaces(self, tenant: str) -> list[str]:
        """Return the namespaces that have templates."""
        self._require()
        return sorted({namespace for namespace, _ in await self._names(tenant)})

    def validate(self, source: str) -> ReadFlow:
        """Return what reading a template gives; never raises for what it says."""
        self._require()
        return self._shelf.read(source)

    def _checked(self, source: str) -> Template:
        read = self.validate(source)
        definition = read.checked()
        return Template(namespace=definition.namespace, id=definition.id, source=source, document=read.document)

    async def _save(self, tenant: str, template: Template, names: Sequence[Name]) -> None:
        await self._keep(tenant, (template.namespace, template.id), {"source": template.source}, names)

    async def _keep(self, tenant: str, name: Name, value: Mapping[str, Any] | None, names: Sequence[Name]) -> None:
        settings = {place_of(tenant, name): value, listing_of(tenant): list(names)}
        await self._shelf.store.commit(Writes(settings=settings))
        self._plans.forget_all()

    async def _names(self, tenant: str) -> list[Name]:
        stored = await self._shelf.store.setting(listing_of(tenant)) or ()
        return [(namespace, template_id) for namespace, template_id in stored]

    def _require(self) -> None:
        if not self.is_enabled:
            raise TemplatesOff
