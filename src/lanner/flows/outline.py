"""Which class each map of a document stands for, also when parts of the document are wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from lanner.flows.yaml_tree import Path
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.plugin import Plugin
from lanner.sdk.registry import Registry
from lanner.sdk.task import Task
from lanner.sdk.trigger import Trigger

Model = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Place:
    """A map of a document and the class that reads it.

    ``is_known`` is false for a plugin whose type is not installed: ``model`` is then the kind
    of plugin that belongs there.
    """

    path: Path
    content: Mapping[str, Any]
    model: Model
    is_known: bool

    @property
    def is_plugin(self) -> bool:
        """Whether the map names its class by ``type``."""
        return issubclass(self.model, Plugin)

    @property
    def is_task(self) -> bool:
        return issubclass(self.model, Task)

    @property
    def is_trigger(self) -> bool:
        return issubclass(self.model, Trigger)

    @property
    def type(self) -> str:
        """The plugin's type as written, or nothing."""
        type_ = self.content.get("type")
        return type_ if isinstance(type_, str) else ""


def outline(document: Mapping[str, Any], registry: Registry) -> tuple[Place, ...]:
    """Return the flow itself and every typed map in it, outer ones first, in document order."""
    return tuple(_places((), document, FlowDefinition, is_known=True, registry=registry))


def _places(
    path: Path, content: Mapping[str, Any], model: Model, *, is_known: bool, registry: Registry
) -> Iterator[Place]:
    yield Place(path, content, model, is_known)
    fields = typed_fields(model)
    for name, value in content.items():
        if not isinstance(value, dict | list):
            continue
        if is_known:
            candidates = fields.get(name)
            if candidates:
                yield from _inside((*path, name), value, candidates, registry)
        else:
            yield from _unknown_inside((*path, name), value, registry)


def _inside(path: Path, value: Any, candidates: tuple[Model, ...], registry: Registry) -> Iterator[Place]:
    """Find the typed maps in a property's value; maps and lists around them may be nested."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _inside((*path, index), item, candidates, registry)
        return
    model, is_known = _model_of(value, candidates, registry)
    if model is not None:
        yield from _places(path, value, model, is_known=is_known, registry=registry)
        return
    for name, item in value.items():
        if isinstance(item, dict | list):
            yield from _inside((*path, name), item, candidates, registry)


def _unknown_inside(path: Path, value: Any, registry: Registry) -> Iterator[Place]:
    """Find tasks in a property of a class nobody knows: maps with an id and a dotted type."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict | list):
                yield from _unknown_inside((*path, index), item, registry)
        return
    type_ = value.get("type")
    if "id" in value and isinstance(type_, str) and "." in type_:
        yield from _inside(path, value, (Task,), registry)
        return
    for name, item in value.items():
        if isinstance(item, dict | list):
            yield from _unknown_inside((*path, name), item, registry)


def _model_of(
    content: Mapping[str, Any], candidates: tuple[Model, ...], registry: Registry
) -> tuple[Model | None, bool]:
    type_ = content.get("type")
    kinds = [model for model in candidates if issubclass(model, Plugin)]
    if kinds and isinstance(type_, str):
        if type_ not in registry:
            return kinds[0], False
        try:
            return registry.resolve(type_), True
        except ImportError:
            return kinds[0], False
    plain = [model for model in candidates if not issubclass(model, Plugin)]
    if len(plain) > 1:
        return next((model for model in plain if type_ in _types_of(model)), None), True
    # A map of tasks by name (`cases`) is no task without a type; a lone class needs no type.
    return (plain[0], True) if plain else (None, False)


@lru_cache(maxsize=4096)
def typed_fields(model: Model) -> Mapping[str, tuple[Model, ...]]:
    """Return, by its name in YAML, what each property of a class may hold that is a class itself."""
    found = {}
    for name, field in model.model_fields.items():
        candidates = tuple(dict.fromkeys(_models_in(field.annotation)))
        if candidates:
            found[field.alias or name] = candidates
    return found


def _models_in(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        arguments = arguments[:1]
    for argument in arguments:
        if argument is not Ellipsis:
            yield from _models_in(argument)


@lru_cache(maxsize=1024)
def _types_of(model: Model) -> frozenset[str]:
    field = model.model_fields.get("type")
    return frozenset(get_args(field.annotation)) if field and get_origin(field.annotation) is Literal else frozenset()
