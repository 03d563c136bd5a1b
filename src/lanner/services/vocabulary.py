"""What expressions of a flow can name, for editors that complete them; the flow may be wrong while it is written."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lanner.model.errors import LannerError
from lanner.sdk.registry import Registry
from lanner.services.expressions import filter_names, function_signatures
from lanner.services.flows import Flows
from lanner.services.key_values import KeyValues
from lanner.services.namespace_files import NamespaceFiles
from lanner.services.secrets import Secrets

_SECTIONS = ("tasks", "errors", "finally", "afterExecution")
_OF_EXECUTION = (
    *("execution.id", "execution.state", "execution.startDate", "execution.originalId", "execution.outputs"),
    *("flow.id", "flow.namespace", "flow.revision", "flow.tenantId"),
    *("taskrun.id", "taskrun.startDate", "taskrun.attemptsCount", "taskrun.value", "taskrun.iteration"),
    *("task.id", "task.type", "parents", "tasks", "trigger", "labels"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Expressions by what they are about, without their braces."""

    task_outputs: Collection[str]
    inputs: Collection[str]
    variables: Collection[str]
    secrets: Collection[str]
    pairs: Collection[str]
    files: Collection[str]
    constants: Collection[str]
    execution: Collection[str] = _OF_EXECUTION
    filters: Collection[str] = ()
    functions: Collection[str] = ()


class Vocabularies:
    """Finds what a source can name. ``constants`` are ``envs``, ``globals`` and ``kestra``."""

    def __init__(
        self,
        *,
        flows: Flows,
        registry: Registry,
        key_values: KeyValues,
        secrets: Secrets,
        files: NamespaceFiles,
        constants: Mapping[str, Any],
    ) -> None:
        self._flows, self._registry, self._constants = flows, registry, constants
        self._key_values, self._secrets, self._files = key_values, secrets, files

    async def of_source(self, tenant: str, source: str, task_id: str | None = None) -> Vocabulary:
        """Return what a flow's expressions can name; with a task, only outputs of tasks that stand before it."""
        document = self._flows.read(source).document
        namespace = document.get("namespace")
        pairs, secrets, files = await self._of_namespace(tenant, namespace if isinstance(namespace, str) else None)
        declared = document.get("inputs")
        inputs = [one.get("id") for one in declared if isinstance(one, Mapping)] if isinstance(declared, list) else []
        values = document.get("variables")
        return Vocabulary(
            task_outputs=list(self._outputs(document, task_id)),
            inputs=[f"inputs.{id_}" for id_ in inputs if id_ is not None],
            variables=[f"vars.{name}" for name in values] if isinstance(values, Mapping) else [],
            secrets=[f"secret('{key}')" for key in secrets],
            pairs=[f"kv('{key}')" for key in pairs],
            files=[f"read('{path.lstrip('/')}')" for path in files],
            constants=[
                f"{group}.{name}"
                for group, held in self._constants.items()
                for name in (held if isinstance(held, Mapping) else ())
            ],
            filters=filter_names(),
            functions=[f"{name}({', '.join(names)})" for name, names in function_signatures().items()],
        )

    async def _of_namespace(
        self, tenant: str, namespace: str | None
    ) -> tuple[Collection[str], Collection[str], Collection[str]]:
        if namespace is None:
            return (), (), ()
        try:
            pairs = dict.fromkeys(pair.key for pair in await self._key_values.inherited(tenant, namespace))
            found = await self._secrets.inherited(tenant, namespace)
            files = await asyncio.to_thread(self._files.paths, tenant, namespace)
        except LannerError:
            return (), (), ()  # a namespace that is still being written
        return pairs, dict.fromkeys(key for keys in found.values() for key in keys), files

    def _outputs(self, document: Mapping[str, Any], before: str | None) -> Iterator[str]:
        for task in _tasks([document.get(section) for section in _SECTIONS]):
            if before is not None and task["id"] == before:
                return
            yield from self._outputs_of(str(task["id"]), task["type"])

    def _outputs_of(self, task_id: str, type_: object) -> Iterator[str]:
        place = f"outputs.{task_id}" if task_id.isidentifier() else f"outputs['{task_id}']"
        try:
            outputs = getattr(self._registry.resolve(type_), "outputs_type", None)
        except (LannerError, ImportError):
            outputs = None
        fields = outputs.model_fields if outputs is not None else {}
        if not fields:
            yield place
        for name, field in fields.items():
            yield f"{place}.{field.alias or name}"


def _tasks(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the maps with an id and a type, as they stand in the source."""
    if isinstance(value, Mapping):
        if value.get("id") is not None and "type" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _tasks(item)
