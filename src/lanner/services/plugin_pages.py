"""Reference pages of types, written from their classes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from inspect import cleandoc, isclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import orjson
from pydantic.fields import FieldInfo

from lanner.sdk.plugin import Plugin, PluginModel
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.property import Property
from lanner.sdk.registry import PluginGroup, Registry
from lanner.sdk.task import RunnableTask, Task
from lanner.sdk.trigger import Trigger

_PLAIN: Mapping[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "boolean",
    timedelta: "duration",
    datetime: "moment",
    date: "date",
    Any: "any",
}
_KINDS: Mapping[type[Plugin], str] = {Task: "all tasks", Trigger: "all triggers"}
_INDEX = """\
# Tasks and triggers

One page for each task and trigger, written from its class by `lanner plugins docs docs/reference/tasks`. A type marked
*expression* takes a value or a text with `{{ … }}` that renders to one. What all tasks and all triggers have stands at
the end of this page.
"""


def pages(groups: Iterable[PluginGroup], registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page, the index last."""
    index = [_INDEX]
    for group in groups:
        lines = []
        for type_ in sorted(group.types):
            class_ = registry.resolve(type_)
            if issubclass(class_, Task | Trigger):
                path = f"{group.name}/{type_.removeprefix('io.kestra.plugin.')}.md"
                lines.append(f"- [`{type_}`]({path}): {_title(class_)}")
                yield path, task_page(type_, class_, [old for old, new in group.aliases.items() if new == type_])
        if lines:
            index.append(f"## {group.title}\n\n{group.description}\n\n" + "\n".join(lines) + "\n")
    for kind, what in _KINDS.items():
        index.append(f"## What {what} have\n\n{_table(_fields(kind))}\n")
    yield "README.md", "\n".join(index)


def task_page(type_: str, class_: type[Plugin], aliases: Iterable[str]) -> str:
    """Return the page of one task or trigger."""
    kind = Trigger if issubclass(class_, Trigger) else Task
    own = {name: field for name, field in _fields(class_).items() if name not in _fields(kind)}
    parts = [f"# {type_.rpartition('.')[2]}", f"`{type_}`", cleandoc(class_.__doc__ or "")]
    if old := sorted(aliases):
        parts.append("Old names: " + ", ".join(f"`{name}`" for name in old))
    parts += [f"```yaml\n{example.strip()}\n```" for example in class_.examples]
    parts.append(
        "## Properties\n\n" + (_table(own) if own else f"None but those that [{_KINDS[kind]}](../README.md) have.")
    )
    outputs = class_.outputs_type if issubclass(class_, RunnableTask | PollingTrigger) else None
    if outputs is not None:
        parts.append("## Outputs\n\n" + _table(_fields(outputs), with_default=False))
    for model in _nested([field.annotation for field in own.values()]):
        about = cleandoc(model.__doc__ or "")
        parts.append(f"## {model.__name__}\n\n{about}\n\n{_table(_fields(model))}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(class_: type[Plugin]) -> str:
    return cleandoc(class_.__doc__ or "").partition("\n")[0]


def _fields(model: type[PluginModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _table(fields: Mapping[str, FieldInfo], *, with_default: bool = True) -> str:
    head = (
        ["| Name | Type | Default | |", "|---|---|---|---|"] if with_default else ["| Name | Type | |", "|---|---|---|"]
    )
    rows = []
    for name, field in fields.items():
        cells = [f"`{name}`", type_text(field.annotation)]
        if with_default:
            cells.append("required" if field.is_required() else _default(field.get_default(call_default_factory=False)))
        about = " ".join((field.description or "").split())
        rows.append("| " + " | ".join(_cell(cell) for cell in (*cells, about)) + " |")
    return "\n".join([*head, *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(value: Any) -> str:
    plain = value.raw if isinstance(value, Property) else value
    if plain is None or plain in ((), {}) or not isinstance(plain, str | int | float | list | Enum | timedelta):
        return ""
    if isinstance(plain, timedelta):
        return f"`{plain}`"
    return f"`{orjson.dumps(plain).decode()}`"


def type_text(annotation: Any) -> str:
    """Return a type in words."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inner = get_origin(annotation), [one for one in get_args(annotation) if one is not type(None)]
    if origin is Property:
        return f"{type_text(inner[0])} *expression*"
    if origin is Annotated:
        return type_text(inner[0])
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(map(type_text, inner)))
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inner)
    if origin in (list, tuple, set, frozenset):
        return f"list of {type_text(inner[0])}" if inner else "list"
    if origin is dict:
        return f"map of {type_text(inner[1])}"
    if isclass(annotation) and issubclass(annotation, Enum):
        return ", ".join(f"`{one.value}`" for one in annotation)
    return getattr(annotation, "__name__", "any")


def _nested(annotations: Iterable[Any]) -> Iterator[type[PluginModel]]:
    """Yield the models inside of types, each once, plugins left out: these have pages of their own."""
    seen: dict[type[PluginModel], None] = {}
    waiting = list(annotations)
    while waiting:
        annotation = waiting.pop(0)
        waiting[:0] = get_args(annotation)
        is_model = isclass(annotation) and issubclass(annotation, PluginModel) and not issubclass(annotation, Plugin)
        if is_model and annotation not in seen:
            seen[annotation] = None
            waiting.extend(field.annotation for field in annotation.model_fields.values())
    yield from seen
