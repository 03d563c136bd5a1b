"""What is installed: types, their schemas and docs."""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, get_args

from lanner.sdk.condition import Condition
from lanner.sdk.input import AnyInput, InputType
from lanner.sdk.plugin import Plugin
from lanner.sdk.registry import PluginGroup, Registry, UnknownType
from lanner.sdk.task import Task
from lanner.sdk.trigger import Trigger
from lanner.services.errors import NotFound
from lanner.services.plugin_schemas import Schema, catalogue_schema, plugin_schema, schema_of

__all__ = ["Documentation", "PluginGroup", "PluginType", "Plugins", "UnknownType"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginType:
    """One type: ``kind`` is tasks, triggers, conditions or taskRunners."""

    cls: str
    kind: str
    title: str
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Documentation:
    """What people read of a type, and its schema."""

    markdown: str
    schema: Schema


class Plugins:
    """The registry, as people and editors look at it. Schemas are made once."""

    def __init__(self, *, registry: Registry) -> None:
        self._registry = registry
        self._catalogues: dict[str, Schema | None] = {}

    @property
    def groups(self) -> tuple[PluginGroup, ...]:
        """The installed distributions."""
        return self._registry.groups

    def types(self, group: PluginGroup) -> Iterator[PluginType]:
        """Yield the types of a distribution."""
        for type_ in group.types:
            if type_ not in self._registry:
                continue
            class_ = self._registry.resolve(type_)
            title = cleandoc(class_.__doc__ or "").partition("\n")[0]
            is_deprecated = class_.replaced_by is not None
            yield PluginType(cls=type_, kind=_kind(class_), title=title, is_deprecated=is_deprecated)

    def aliases(self, group: PluginGroup) -> list[str]:
        """Return the old names of a distribution's types."""
        return sorted(group.aliases)

    def catalogue(self, kind: str) -> Schema:
        """Return the schema of flows, tasks or triggers; raises ``NotFound`` for others."""
        kind = kind.lower()
        if kind not in self._catalogues:
            self._catalogues[kind] = catalogue_schema(self._registry, kind)
        schema = self._catalogues[kind]
        if schema is None:
            raise NotFound(f"there is no schema of type {kind!r}")
        return schema

    def properties(self, kind: str) -> Schema:
        """Return the properties every flow, task or trigger has; raises ``NotFound`` for others."""
        classes: dict[str, type[Any]] = {"task": Task, "trigger": Trigger}
        if kind.lower() == "flow":
            flow: Schema = self.catalogue("flow")["definitions"]["io.kestra.core.models.flows.Flow"]
            return {"properties": flow["properties"], "required": flow.get("required", [])}
        class_ = classes.get(kind.lower())
        if class_ is None:
            raise NotFound(f"there are no properties of type {kind!r}")
        schema = schema_of(class_)
        return {"properties": schema.get("properties", {}), "required": schema.get("required", [])}

    def documentation(self, type_: str, *, inherited: bool) -> Documentation:
        """Return the docs of a type; raises ``NotFound``."""
        try:
            class_ = self._registry.resolve(type_)
        except UnknownType as error:
            raise NotFound(str(error)) from error
        return Documentation(markdown=_markdown(type_, class_), schema=plugin_schema(class_, inherited=inherited))

    def version(self, type_: str) -> str:
        """Return which version of a type is installed; raises ``NotFound``."""
        try:
            return self._registry.group_of(type_).version
        except UnknownType as error:
            raise NotFound(str(error)) from error

    def input_types(self) -> list[str]:
        """Return the types an input of a flow can have."""
        return [one.value for one in InputType]

    def input_documentation(self, type_: str) -> Documentation:
        """Return the docs of an input type; raises ``NotFound``."""
        for class_ in get_args(get_args(AnyInput)[0]):
            if type_.upper() in get_args(class_.model_fields["type"].annotation):
                schema = schema_of(class_)
                definitions = schema.pop("definitions")
                title = cleandoc(class_.__doc__ or "")
                return Documentation(
                    markdown=f"# {type_.upper()}\n\n{title}\n",
                    schema={"properties": schema, "definitions": definitions},
                )
        raise NotFound(f"there is no input of type {type_!r}")


def _kind(class_: type[Plugin]) -> str:
    for base, kind in ((Task, "tasks"), (Trigger, "triggers"), (Condition, "conditions")):
        if issubclass(class_, base):
            return kind
    return "taskRunners" if "runner" in class_.__module__ else "additionalPlugins"


def _markdown(type_: str, class_: type[Plugin]) -> str:
    parts = [f"# {type_.rpartition('.')[2]}", f"```yaml\ntype: {type_}\n```", cleandoc(class_.__doc__ or "")]
    if class_.examples:
        parts.append("## Examples")
        parts.extend(f"```yaml\n{example.strip()}\n```" for example in class_.examples)
    rows = []
    for name, field in class_.model_fields.items():
        needed = "required" if field.is_required() else "optional"
        rows.append(f"### `{field.alias or name}`\n\n*{needed}* {field.description or ''}".rstrip())
    parts.append("## Properties")
    parts.extend(rows)
    return "\n\n".join(part for part in parts if part) + "\n"
