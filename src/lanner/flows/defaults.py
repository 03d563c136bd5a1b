"""Plugin defaults: values that a flow or the server adds to all plugins of a type.

Source: Kestra 1.0.36 (reference ``engine.md`` §9.5); where several different types match, the
exact one is stronger than a longer prefix, and that than a shorter one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lanner.sdk.definition import PluginDefault
from lanner.sdk.registry import Registry

_OWN_BLOCKS = frozenset({"pluginDefaults", "taskDefaults"})


def declared_defaults(document: Mapping[str, Any]) -> tuple[PluginDefault, ...]:
    """Return the usable entries of a document's ``pluginDefaults``; broken ones are left out.

    ``taskDefaults`` is read and has no effect, as in Kestra 1.0.36.
    """
    entries = document.get("pluginDefaults")
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict):
            continue
        type_, values = entry.get("type"), entry.get("values")
        if isinstance(type_, str) and type_ and isinstance(values, dict):
            forced = entry.get("forced") in (True, "true")
            found.append(PluginDefault(type=type_, forced=forced, values=values))
    return tuple(found)


def with_defaults(
    document: Mapping[str, Any], defaults: Sequence[PluginDefault], registry: Registry
) -> Mapping[str, Any]:
    """Return the document with defaults put into every map that has a text ``type``, deepest first.

    ``defaults`` come strongest first: the flow's own, then the server's. Maps are merged deeply and
    lists are joined. The document itself stays as it is; without defaults it is returned.
    """
    if not defaults:
        return document
    weak, forced = _Entries(defaults, registry, forced=False), _Entries(defaults, registry, forced=True)
    return {name: value if name in _OWN_BLOCKS else _injected(value, weak, forced) for name, value in document.items()}


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return both maps as one: ``over`` wins, maps in both are merged, lists joined (``under`` first)."""
    result = dict(under)
    for name, value in over.items():
        below = result.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[name] = merged(below, value)
        elif isinstance(below, list) and isinstance(value, list):
            result[name] = [*below, *value]
        else:
            result[name] = value
    return result


class _Entries:
    """The values for a type, all matching entries in one map."""

    def __init__(self, defaults: Sequence[PluginDefault], registry: Registry, *, forced: bool) -> None:
        chosen = [entry for entry in defaults if entry.forced is forced]
        renamed = [
            entry.model_copy(update={"type": registry.canonical(entry.type)})
            for entry in chosen
            if registry.canonical(entry.type) != entry.type
        ]
        self._entries = sorted([*chosen, *renamed], key=lambda entry: -len(entry.type))
        self._known: dict[str, dict[str, Any]] = {}

    def values(self, type_: str) -> dict[str, Any]:
        found = self._known.get(type_)
        if found is None:
            found = {}
            for entry in reversed(self._entries):
                if type_.startswith(entry.type):
                    found = merged(found, entry.values)
            self._known[type_] = found
        return found


def _injected(value: Any, weak: _Entries, forced: _Entries) -> Any:
    if isinstance(value, list):
        return [_injected(item, weak, forced) for item in value]
    if not isinstance(value, dict):
        return value
    result = {name: _injected(item, weak, forced) for name, item in value.items()}
    type_ = result.get("type")
    if isinstance(type_, str):
        if below := weak.values(type_):
            result = merged(below, result)
        if above := forced.values(type_):
            result = merged(result, above)
    return result
