"""Where templates are kept in the store, and how their text is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lanner.flows.problem import Problem, ProblemKind
from lanner.flows.reading import ReadFlow, read_flow
from lanner.ports.store import Store
from lanner.sdk.definition import PluginDefault
from lanner.sdk.inclusion import Included
from lanner.sdk.registry import Registry
from lanner.services.inclusions import CannotInclude, Name

PROPERTIES = ("id", "namespace", "description", "tasks", "errors", "finally")
_ACCEPTED = frozenset({*PROPERTIES, "tenantId", "deleted"})


def place_of(tenant: str, name: Name) -> str:
    """Return the setting that holds a template, as a map with its ``source``."""
    return f"template/{tenant}/{'/'.join(name)}"


def listing_of(tenant: str) -> str:
    """Return the setting that lists the templates of a tenant, as pairs of namespace and id."""
    return f"templates/{tenant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShelf:
    """Reads the stored templates of all tenants. ``defaults`` are the server's plugin defaults."""

    store: Store
    registry: Registry
    defaults: Sequence[PluginDefault] = ()

    async def source(self, tenant: str, name: Name) -> str | None:
        """Return the text of a template, or ``None`` when there is none."""
        found = await self.store.setting(place_of(tenant, name))
        return None if found is None else str(found["source"])

    def read(self, source: str, *, lenient: bool = False) -> ReadFlow:
        """Read a template: a flow with nothing but its tasks. Never raises for what the source says."""
        read = read_flow(source, self.registry, global_defaults=self.defaults, lenient=lenient)
        odd = [] if lenient else sorted(map(str, set(read.document) - _ACCEPTED))
        if not odd:
            return read
        message = f"a template has no {odd[0]!r}, only {', '.join(PROPERTIES)}"
        problem = Problem(path=odd[0], line=None, column=None, kind=ProblemKind.PROPERTY, message=message)
        return replace(read, definition=None, problems=(*read.problems, problem))

    async def included(self, tenant: str, name: Name) -> Included:
        """Return the tasks of a template; raises ``CannotInclude``."""
        source = await self.source(tenant, name)
        if source is None:
            raise CannotInclude(f"Can't find flow template '{'.'.join(name)}'")
        read = self.read(source, lenient=True)
        if read.definition is None:
            raise CannotInclude(f"the template '{'.'.join(name)}' cannot be read: {read.problems[0]}")
        return Included(tasks=read.definition.tasks, errors=read.definition.errors, finally_=read.definition.finally_)
