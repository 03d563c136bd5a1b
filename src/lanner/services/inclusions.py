"""Puts stored tasks in the place of those that name them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from lanner.sdk.definition import FlowDefinition
from lanner.sdk.inclusion import Included, Inclusion
from lanner.sdk.task import Task

Name = tuple[str, str]
Find = Callable[[Name], Awaitable[Included]]
"""Returns what is stored under a namespace and an id; raises ``CannotInclude``."""


class CannotInclude(Exception):
    """What is named is not there or cannot be put in; the message says why."""


async def completed(flow: FlowDefinition, find: Find) -> FlowDefinition:
    """Return a flow whose inclusions hold their tasks, those of included ones too.

    One that cannot be filled stays empty and says why when it runs. The same tasks may be included
    several times; others may not have the id of a task that the flow has already.
    """
    named = [inclusion.source for inclusion in _inclusions(flow)]
    book = _Book(find, {task.id for task in _tasks(flow)})
    for name in named:
        await book.look_up(name, ())
    filled: FlowDefinition = _replaced(flow, book.fill)
    return filled


class _Book:
    """What was found under each name, or why not."""

    def __init__(self, find: Find, taken: set[str]) -> None:
        self._find, self._taken = find, taken
        self._found: dict[Name, Included | str] = {}

    async def look_up(self, name: Name, around: tuple[Name, ...]) -> None:
        if name in around or name in self._found:
            return
        try:
            included = await self._find(name)
            inner = list(_every(included))
            for inclusion in inner:
                if isinstance(inclusion, Inclusion) and inclusion.source in (*around, name):
                    raise CannotInclude(f"{_text(name)} includes itself")
            ids = {task.id for task in inner}
            if twice := sorted(ids & self._taken):
                raise CannotInclude(f"the task {twice[0]!r} of {_text(name)} has the id of another task of the flow")
        except CannotInclude as reason:
            self._found[name] = str(reason)
            return
        self._taken |= ids
        for inclusion in inner:
            if isinstance(inclusion, Inclusion):
                await self.look_up(inclusion.source, (*around, name))
        self._found[name] = Included(
            tasks=_replaced(included.tasks, self.fill),
            errors=_replaced(included.errors, self.fill),
            finally_=_replaced(included.finally_, self.fill),
        )

    def fill(self, inclusion: Inclusion) -> Inclusion:
        found = self._found[inclusion.source]
        return inclusion.unfilled(found) if isinstance(found, str) else inclusion.filled(found)


def _every(included: Included) -> Iterator[Task]:
    yield from _tasks((included.tasks, included.errors, included.finally_))


def _inclusions(value: Any) -> Iterator[Inclusion]:
    return (task for task in _tasks(value) if isinstance(task, Inclusion))


def _tasks(value: Any) -> Iterator[Task]:
    if isinstance(value, Task):
        yield value
    for part in _parts(value):
        yield from _tasks(part)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, BaseModel):
        return (getattr(value, name) for name in type(value).model_fields)
    if isinstance(value, Mapping):
        return iter(value.values())
    return iter(value) if isinstance(value, list | tuple) else iter(())


def _replaced(value: Any, fill: Callable[[Inclusion], Inclusion]) -> Any:
    """Return nested data with its inclusions filled; what holds none stays the same object."""
    new: Any = value
    if isinstance(value, BaseModel):
        changes = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            if (part := _replaced(old, fill)) is not old:
                changes[name] = part
        new = _changed(value, changes) if changes else value
    elif isinstance(value, Mapping):
        parts = {key: _replaced(part, fill) for key, part in value.items()}
        new = parts if any(parts[key] is not part for key, part in value.items()) else value
    elif isinstance(value, list | tuple):
        listed = [_replaced(part, fill) for part in value]
        new = type(value)(listed) if any(a is not b for a, b in zip(listed, value, strict=True)) else value
    return fill(new) if isinstance(new, Inclusion) else new


def _changed(value: BaseModel, changes: Mapping[str, Any]) -> BaseModel:
    """Return a copy with other properties, and without what was worked out from the old ones and kept."""
    copy = value.model_copy(update=changes)
    for kept in vars(copy).keys() - type(copy).model_fields.keys():
        del vars(copy)[kept]
    return copy


def _text(name: Name) -> str:
    return f"the template {'.'.join(name)!r}"
