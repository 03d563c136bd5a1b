"""What two revisions of a flow differ in, in words."""

from collections.abc import Mapping
from typing import Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return a line for each property of a flow that was added, changed or removed, and for each item that has an id.

    The flows are plain data as their sources have it; nothing is returned when only comments or spaces differ.
    """
    lines: list[str] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        named_old, named_new = _by_id(old), _by_id(new)
        if named_old is None or named_new is None:
            lines.append(f"{name} {_word(name in before, name in after)}")
            continue
        changed = [
            f"{name}.{id_} {_word(id_ in named_old, id_ in named_new)}"
            for id_ in dict.fromkeys((*named_old, *named_new))
            if named_old.get(id_) != named_new.get(id_)
        ]
        lines.extend(changed or [f"{name} changed in order"])
    return lines


def _word(was_there: bool, is_there: bool) -> str:  # noqa: FBT001  # two answers to one question
    return "changed" if was_there and is_there else "added" if is_there else "removed"


def _by_id(items: Any) -> Mapping[str, Any] | None:
    """Return the items of a list by their ids; ``None`` when it is no list of such."""
    if items is None:
        return {}
    if not isinstance(items, list) or not all(isinstance(item, Mapping) and "id" in item for item in items):
        return None
    return {str(item["id"]): item for item in items}
