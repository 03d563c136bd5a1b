"""From what pydantic found to sentences about properties as YAML writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from lanner.flows.outline import Place
from lanner.flows.yaml_tree import Path
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.plugin import Plugin
from lanner.sdk.task import Task
from lanner.sdk.text import to_text

_MAX_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One error of the typed reading.

    ``is_unknown`` marks properties that the class does not have, ``is_missing`` those that it needs;
    ``meant`` is the property that an unknown one was probably to be.
    """

    path: Path
    message: str
    is_unknown: bool = False
    is_missing: bool = False
    meant: Path | None = None


def findings(errors: Sequence[Any], document: Mapping[str, Any], places: Sequence[Place]) -> list[Finding]:
    """Return what pydantic's ``errors`` mean for ``document``, one finding for each path."""
    owners = {place.path: place for place in places}
    found: dict[Path, Finding] = {}
    joined: dict[Path, list[str]] = {}
    for error in errors:
        if _is_echo(error):
            continue
        path, is_choice = _path_of(error, document)
        owner = _owner(path, owners, is_key=error["type"] in _ABOUT_KEYS)
        message = _message(error, path, owner)
        if path in found and (is_choice or message == found[path].message):
            if message not in joined[path]:
                joined[path].append(message)
            message = " or ".join(joined[path])
        elif path in found:
            message = f"{found[path].message}; {message}"
            joined[path] = [message]
        else:
            joined[path] = [message]
        kind = error["type"]
        near = _near(str(path[-1]), owner) if kind == "extra_forbidden" else None
        found[path] = Finding(
            path,
            message,
            is_unknown=kind == "extra_forbidden",
            is_missing=kind == "missing",
            meant=(*path[:-1], near) if near else None,
        )
    return list(found.values())


def unknown_paths(errors: Sequence[Any], document: Mapping[str, Any]) -> list[Path]:
    """Return where ``document`` has properties that no class knows."""
    return [_path_of(error, document)[0] for error in errors if error["type"] == "extra_forbidden"]


_ABOUT_KEYS = frozenset({"extra_forbidden", "missing"})
_AT_ABSENT = frozenset({"missing", "misplaced"})


def _is_echo(error: Any) -> bool:
    """Whether a list is called too short only because its items are wrong."""
    value = error.get("input")
    return error["type"] == "too_short" and isinstance(value, list | tuple) and len(value) >= error["ctx"]["min_length"]


def _path_of(error: Any, document: Mapping[str, Any]) -> tuple[Path, bool]:
    """Return an error's path without the names that pydantic adds for members of a union, and whether it had some."""
    path: list[str | int] = []
    place: Any = document
    has_tags = False
    location = error["loc"]
    for number, part in enumerate(location):
        is_last = number == len(location) - 1
        if isinstance(place, Mapping) and (part in place or str(part) in place):
            key = part if part in place else str(part)
            path.append(key)
            place = place[key]
        elif isinstance(place, list) and isinstance(part, int) and part < len(place):
            path.append(part)
            place = place[part]
        elif is_last and error["type"] in _AT_ABSENT:
            path.append(part)
        else:
            has_tags = True
    if error["type"] == "union_tag_invalid":
        path.append("type")
    return tuple(path), has_tags


def _owner(path: Path, owners: Mapping[Path, Place], *, is_key: bool) -> Place | None:
    for length in range(len(path) - 1 if is_key else len(path), -1, -1):
        if path[:length] in owners:
            return owners[path[:length]]
    return None


def _message(error: Any, path: Path, owner: Place | None) -> str:
    kind, context, value = error["type"], error.get("ctx") or {}, error.get("input")
    if kind == "extra_forbidden":
        return _unknown_property(str(path[-1]), owner)
    if kind == "missing" and path[:1] == ("pluginDefaults",) and len(path) == 3:
        return f"Invalid Plugin Default: No '{path[-1]}' provided"
    if kind == "missing":
        return f"must not be null: {_name(owner)} needs `{path[-1]}`"
    if kind in {"value_error", "assertion_error"}:
        return str(context.get("error", error["msg"]))
    if kind in {"unknown_type", "misplaced", "plugin_map"}:
        return str(error["msg"])
    if kind in {"enum", "literal_error"}:
        return _not_one_of(value, [word.strip("' ") for word in context["expected"].replace(" or ", ",").split(",")])
    if kind == "union_tag_invalid":
        return _wrong_tag(context)
    if kind == "union_tag_not_found":
        return f"Invalid type: <null>; {_name(owner)} needs a `type`"
    if kind in {"model_type", "model_attributes_type", "dataclass_type"} and isinstance(value, Plugin):
        return (
            f"Invalid type: {value.type} is not a {_KINDS.get(context.get('class_name', ''), 'plugin that fits here')}"
        )
    if kind in _ABOUT_TEXT or (kind in {"too_short", "too_long"} and isinstance(value, str)):
        return _wrong_text(kind, context, value, path, owner)
    if (bound := _BOUNDS.get(kind)) is not None:
        return bound.format(next(iter(context.values()), ""))
    if kind in {"too_short", "too_long"}:
        return "must not be empty" if context.get("actual_length") == 0 else str(error["msg"])
    if (wanted := _WANTED.get(kind)) is not None:
        return f"must be {wanted}, but is {shown(value)}"
    return str(error["msg"])


_ABOUT_TEXT = frozenset({"string_too_short", "string_too_long", "string_pattern_mismatch"})

_KINDS = {"Task": "task", "Trigger": "trigger", "Condition": "condition", "TaskRunner": "task runner"}

_BOUNDS = {
    "greater_than": "must be greater than {}",
    "greater_than_equal": "must be greater than or equal to {}",
    "less_than": "must be less than {}",
    "less_than_equal": "must be less than or equal to {}",
}

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "date_from_datetime_parsing": "a date such as 2024-12-31",
    "date_parsing": "a date such as 2024-12-31",
    "date_type": "a date such as 2024-12-31",
    "datetime_parsing": "a date and time such as 2024-12-31T08:00:00Z",
    "datetime_from_date_parsing": "a date and time such as 2024-12-31T08:00:00Z",
    "datetime_type": "a date and time such as 2024-12-31T08:00:00Z",
    "timezone_aware": "a date and time with its zone, such as 2024-12-31T08:00:00Z",
    "time_parsing": "a time such as 08:00:00",
    "time_type": "a time such as 08:00:00",
}


def _unknown_property(name: str, owner: Place | None) -> str:
    text = f"unknown property `{name}` of {_name(owner)}"
    if owner is None:
        return text
    if near := _near(name, owner):
        return f"{text}; did you mean `{near}`?"
    known = known_properties(owner.model)
    own = [word for word in known if word not in _SHARED] or known
    return f"{text}; it has {', '.join(own[:30])}"


def _near(name: str, owner: Place | None) -> str | None:
    known = known_properties(owner.model) if owner else []
    lowered = {word.lower(): word for word in known}
    return lowered.get(name.lower()) or next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), None)


def known_properties(model: type[BaseModel]) -> list[str]:
    """Return the names of a class's properties as YAML writes them, sorted."""
    return sorted(field.alias or name for name, field in model.model_fields.items())


_SHARED = frozenset(field.alias or name for name, field in Task.model_fields.items())


def _name(owner: Place | None) -> str:
    """Return what people call the map a problem is in."""
    if owner is None or owner.model is FlowDefinition:
        return "the flow"
    if owner.is_plugin:
        return owner.type or "the plugin"
    last = next((part for part in reversed(owner.path) if isinstance(part, str)), "map")
    if last == "inputs":
        return f"an input of type {owner.type}" if owner.type else "the input"
    return f"an entry of `{last}`" if isinstance(owner.path[-1], int) else f"`{last}`"


def _not_one_of(value: Any, allowed: Sequence[str]) -> str:
    written = str(to_text(value))
    near = next((word for word in allowed if word.lower() == written.lower()), None)
    near = near or next(iter(get_close_matches(written, allowed, n=1, cutoff=0.6)), None)
    text = f"{shown(value)} is not one of the accepted values [{', '.join(allowed)}]"
    return f"{text}; did you mean `{near}`?" if near else text


def _wrong_tag(context: Mapping[str, Any]) -> str:
    allowed = [word.strip("' ") for word in str(context["expected_tags"]).split(",")]
    tag = str(context["tag"])
    near = next(iter(get_close_matches(tag.upper(), [word.upper() for word in allowed], n=1, cutoff=0.6)), None)
    hint = next((f"; did you mean `{word}`?" for word in allowed if word.upper() == near), None)
    return f"Invalid type: {tag}" + (hint or f"; it is one of {', '.join(allowed)}")


def _wrong_text(kind: str, context: Mapping[str, Any], value: Any, path: Path, owner: Place | None) -> str:
    if kind.endswith("too_short"):
        return "must not be blank"
    if kind.endswith("too_long"):
        if path[-1:] == ("id",) and owner is not None and owner.is_task:
            return f"Task id must be at most {context['max_length']} characters"
        return f"size must be between 1 and {context['max_length']}"
    return f'must match "{str(context["pattern"]).removesuffix("$")}", but is {shown(value)}'


def shown(value: Any) -> str:
    """Return a value of the document for a message: shortened, as YAML would have it."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(to_text(value))
    return f"`{text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + '…'}`"
