"""JSON Schema of flows and plugins, made from their classes.

Shapes as Kestra's editor and its clients read them: draft 7, ``$ref`` to ``#/definitions/<class>``.
"""

from inspect import cleandoc
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from lanner.sdk.condition import Condition
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.plugin import Plugin
from lanner.sdk.registry import Registry
from lanner.sdk.task import Task
from lanner.sdk.trigger import Trigger

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
FLOW_CLASS = "io.kestra.core.models.flows.Flow"

_REFERENCE = "#/definitions/{model}"
_MARK = "x-kind"


class _PluginSchema(GenerateJsonSchema):
    """Marks a place for "a task of any type"; the mark becomes a reference later, as pydantic knows no such class."""

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> JsonSchemaValue:
        kind = _kind_of(schema["schema"])
        return {_MARK: kind} if kind else super().function_wrap_schema(schema)


def _with_references(value: Any) -> Any:
    if isinstance(value, dict):
        if _MARK in value:
            return {"$ref": _REFERENCE.format(model=value[_MARK])}
        return {key: _with_references(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_references(item) for item in value]
    return value


def _kind_of(schema: Any) -> str | None:
    if schema.get("type") == "definition-ref":
        return _KINDS_BY_NAME.get(schema["schema_ref"].partition(":")[0].rpartition(".")[2])
    return _kind_name(schema.get("cls")) if schema.get("type") == "model" else None


def _kind_name(class_: Any) -> str | None:
    for kind in (Task, Trigger, Condition):
        if class_ is kind:
            return f"Any{kind.__name__}"
    return None


_KINDS_BY_NAME = {kind.__name__: f"Any{kind.__name__}" for kind in (Task, Trigger, Condition)}


def schema_of(class_: type[Any]) -> Schema:
    """Return the schema of one class, its parts under ``definitions``."""
    schema = _with_references(
        class_.model_json_schema(by_alias=True, ref_template=_REFERENCE, schema_generator=_PluginSchema)
    )
    definitions = schema.pop("$defs", {})
    if set(schema) == {"$ref"} and (name := schema["$ref"].rpartition("/")[2]) in definitions:
        schema = definitions[name]
    return {**schema, "definitions": definitions}


def plugin_schema(class_: type[Plugin], *, inherited: bool) -> Schema:
    """Return a plugin's documentation schema: properties, outputs and their parts; examples too.

    Without ``inherited`` the properties that every task or trigger has are left out.
    """
    schema = schema_of(class_)
    definitions = schema.pop("definitions")
    shown = dict(schema.get("properties", {}))
    if not inherited:
        for name in _inherited_names(class_):
            shown.pop(name, None)
    properties: Schema = {"properties": shown, "type": "object"}
    if required := [name for name in schema.get("required", ()) if name in shown]:
        properties["required"] = required
    title, _, description = cleandoc(class_.__doc__ or "").partition("\n")
    properties["title"] = title
    if description.strip():
        properties["description"] = description.strip()
    if class_.examples:
        properties["$examples"] = [{"code": example, "lang": "yaml", "full": True} for example in class_.examples]
    document: Schema = {"properties": properties, "definitions": definitions}
    outputs = getattr(class_, "outputs_type", None)
    if outputs is not None:
        described = schema_of(outputs)
        definitions.update(described.pop("definitions"))
        document["outputs"] = described
    return document


def catalogue_schema(registry: Registry, kind: str) -> Schema | None:
    """Return the schema of whole flows, of a task or of a trigger with all that is installed; ``None`` for others."""
    targets = {"flow": FlowDefinition, "task": Task, "trigger": Trigger}
    if kind not in targets:
        return None
    definitions: Schema = {}
    choices: dict[str, list[Schema]] = {"AnyTask": [], "AnyTrigger": [], "AnyCondition": []}
    for type_ in registry:
        class_ = registry.resolve(type_)
        schema = schema_of(class_)
        definitions.update(schema.pop("definitions"))
        schema.setdefault("properties", {})["type"] = {"const": type_}
        definitions[type_] = schema
        for base in (Task, Trigger, Condition):
            if issubclass(class_, base):
                choices[f"Any{base.__name__}"].append({"$ref": _REFERENCE.format(model=type_)})
    for name, options in choices.items():
        definitions[name] = {"anyOf": options} if options else {"type": "object"}
    if kind == "flow":
        flow = schema_of(FlowDefinition)
        definitions.update(flow.pop("definitions"))
        definitions[FLOW_CLASS] = flow
        return {"$schema": DRAFT, "definitions": definitions, "$ref": _REFERENCE.format(model=FLOW_CLASS)}
    name = f"Any{targets[kind].__name__}"
    return {"$schema": DRAFT, "definitions": definitions, "$ref": _REFERENCE.format(model=name)}


def _inherited_names(class_: type[Plugin]) -> set[str]:
    for base in (Task, Trigger, Condition):
        if issubclass(class_, base):
            return {field.alias or name for name, field in base.model_fields.items()} - {"id", "type"}
    return set()
