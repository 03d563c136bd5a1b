"""Numbers and booleans that stand where a flow has text, as they were written.

Kestra reads a flow's own properties and its inputs straight from the source, so ``values: [3.10, no]`` are the
texts ``3.10`` and ``no``; inside tasks they become numbers and booleans first. Source: Kestra 1.0.36, asked.
"""

from collections.abc import Iterable
from typing import Any

from lanner.flows.yaml_tree import YamlTree

_OF_FLOW = ("id", "namespace", "description")
_OF_INPUT = ("id", "name", "displayName", "description", "validator", "expression")
_OF_OUTPUT = ("id", "displayName", "description")
_CHOICES = ("values", "options")

# A default of these types keeps its YAML type: `defaults: yes` of a BOOL is true (Kestra refuses it when it is used).
_TYPED_DEFAULTS = frozenset({"INT", "FLOAT", "BOOL", "BOOLEAN", "JSON", "YAML"})


def keep_written_texts(tree: YamlTree) -> None:
    """Put into the tree's document the texts of scalars that Kestra takes as they are written."""
    flow = tree.data
    _keep(tree, flow, _OF_FLOW)
    for output in _maps(flow.get("outputs")):
        _keep(tree, output, _OF_OUTPUT)
    for declared in _maps(flow.get("inputs")):
        _keep(tree, declared, _OF_INPUT)
        for name in _CHOICES:
            _keep_items(tree, declared.get(name))
        if declared.get("type") not in _TYPED_DEFAULTS:
            _keep(tree, declared, ("defaults", "prefill"))
        if declared.get("type") == "MULTISELECT" and declared.get("itemType", "STRING") == "STRING":
            _keep_items(tree, declared.get("defaults"))


def _keep(tree: YamlTree, place: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if name in place:
            place[name] = tree.written(place, name)


def _keep_items(tree: YamlTree, items: Any) -> None:
    if isinstance(items, list):
        items[:] = [tree.written(items, index) for index in range(len(items))]


def _maps(entries: Any) -> Iterable[dict[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
