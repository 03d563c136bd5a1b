"""One task of a flow's source replaced; everything else stays as people wrote it, comments too."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_SECTIONS = frozenset({"tasks", "errors", "finally", "listeners", "afterExecution"})


def with_task(source: str, task_id: str, task: Mapping[str, Any]) -> str | None:
    """Return the source with another task in the place of ``task_id``; ``None`` when it has no such task.

    The source is one that was read before. A task on one line stays on one line.
    """
    root = yaml.compose(source, Loader=yaml.SafeLoader)
    place = next((node for node in _tasks(root) if _text(node, "id") == task_id), None)
    if place is None:
        return None
    start, end = place.start_mark, place.end_mark.index
    old = source[start.index : end]
    # A block ends where the next token begins: blank lines and comments in between are not the task's.
    rest = old[len(old[: _end_of(place) - start.index].rstrip()) :]
    new = _written(task, one_line=bool(place.flow_style)).replace("\n", "\n" + " " * start.column)
    return source[: start.index] + new + rest + source[end:]


def _tasks(node: yaml.Node | None, *, inside: bool = False) -> Iterator[yaml.MappingNode]:
    """Yield the maps with an id and a type in the sections of a flow, outer ones first."""
    if isinstance(node, yaml.MappingNode):
        if inside and _text(node, "id") is not None and _text(node, "type") is not None:
            yield node
        for key, value in node.value:
            yield from _tasks(value, inside=inside or key.value in _SECTIONS)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _tasks(item, inside=inside)


def _text(node: yaml.MappingNode, name: str) -> str | None:
    for key, value in node.value:
        if key.value == name and isinstance(value, yaml.ScalarNode):
            text: str = value.value
            return text
    return None


def _end_of(node: yaml.Node) -> int:
    """Return where the last value of a node ends, without what follows it."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end_of(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end_of(node.value[-1])
    end: int = node.end_mark.index
    return end


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _multiline(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _multiline)


def _written(task: Mapping[str, Any], *, one_line: bool) -> str:
    text: str = yaml.dump(
        dict(task), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**16, default_flow_style=one_line
    )
    return text.rstrip("\n")
