"""Rules about a flow as a whole: what one property alone cannot tell.

Source: Kestra 1.0.36 (reference ``engine.md`` §1.3). The rules read the document, not the
definition, so that they speak also when some property is wrong.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from lanner.flows.outline import Place
from lanner.flows.pattern import InvalidPattern, check_pattern
from lanner.flows.problem import ProblemKind, Severity
from lanner.flows.wording import known_properties
from lanner.flows.yaml_tree import Path
from lanner.model.label import READ_ONLY, Label
from lanner.sdk.input import ArrayInput, FileInput, Input, SecretInput, StringInput
from lanner.sdk.registry import Registry
from lanner.sdk.task import RunnableTask, Task
from lanner.sdk.text import to_text

RESERVED_IDS = (
    "pause", "resume", "force-run", "change-status", "kill", "executions", "search", "source", "disable", "enable",
)  # fmt: skip

_CALLS_FLOWS = frozenset({"io.kestra.plugin.core.flow.Subflow", "io.kestra.plugin.core.flow.ForEachItem"})
_PAUSE = "io.kestra.plugin.core.flow.Pause"
_FLOW_TRIGGER = "io.kestra.plugin.core.trigger.Flow"


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a flow breaks, and where."""

    path: Path
    message: str
    severity: Severity = Severity.ERROR
    kind: ProblemKind = ProblemKind.FLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What rules look at."""

    document: Mapping[str, Any]
    places: tuple[Place, ...]
    registry: Registry

    def listed(self, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The maps of a top-level list with their index; whatever is no map is left out."""
        entries = self.document.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield index, entry

    def deprecated_paths(self) -> Iterator[Path]:
        """The properties written that their class calls deprecated."""
        for place in self.places:
            if not place.is_known:
                continue
            old = _deprecated(place.model)
            for name in place.content:
                if name in old or (name == "name" and issubclass(place.model, Input)):
                    yield (*place.path, name)


Rule = Callable[[Checked], Iterable[Broken]]


def broken_rules(about: Checked) -> Iterator[Broken]:
    """Yield all that a flow to be saved breaks; nothing is hidden by anything else."""
    for rule in _RULES:
        yield from rule(about)


def broken_identity(about: Checked) -> Iterator[Broken]:
    """Yield what makes even a stored flow impossible to run."""
    yield from _task_ids(about)


def _deprecated(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(
        field.alias or name
        for name, field in model.model_fields.items()
        if field.deprecated or (isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("deprecated"))
    )


def _reserved_id(about: Checked) -> Iterator[Broken]:
    flow_id = about.document.get("id")
    if flow_id in RESERVED_IDS:
        words = ", ".join(RESERVED_IDS)
        yield Broken(("id",), f"Flow id is a reserved keyword: {flow_id}. List of reserved keywords: {words}")


def _task_ids(about: Checked) -> Iterator[Broken]:
    places = ((place.path, place.content) for place in about.places if place.is_task)
    yield from _duplicates("task id", places)
    written = {_id_of(place.content): place.path for place in about.places if place.is_task}
    for place in about.places:
        for suffix in place.model.id_suffixes if place.is_known and issubclass(place.model, Task) else ():
            own = _id_of(place.content)
            if own and (path := written.get(f"{own}{suffix}")) is not None:
                reason = f"Duplicate task id with name [{own}{suffix}]: the task `{own}` makes one of this name"
                yield Broken((*path, "id"), reason)


def _other_ids(about: Checked) -> Iterator[Broken]:
    for name, word in (("triggers", "trigger id"), ("inputs", "input"), ("outputs", "output")):
        yield from _duplicates(word, (((name, index), entry) for index, entry in about.listed(name)))
    for place in about.places:
        nested = place.content.get("onResume")
        if place.is_task and isinstance(nested, list):
            entries = (((*place.path, "onResume", number), entry) for number, entry in enumerate(nested))
            yield from _duplicates("input", ((path, entry) for path, entry in entries if isinstance(entry, dict)))


def _duplicates(word: str, entries: Iterable[tuple[Path, Mapping[str, Any]]]) -> Iterator[Broken]:
    seen: set[str] = set()
    for path, entry in entries:
        id_ = _id_of(entry)
        if id_ in seen:
            yield Broken((*path, "id"), f"Duplicate {word} with name [{id_}]")
        elif id_:
            seen.add(id_)


def _id_of(entry: Mapping[str, Any]) -> str:
    id_ = to_text(entry.get("id", entry.get("name")))
    return id_ if isinstance(id_, str) else ""


def _recursion(about: Checked) -> Iterator[Broken]:
    own = (about.document.get("namespace"), about.document.get("id"))
    for place in about.places:
        if place.is_task and about.registry.canonical(place.type) in _CALLS_FLOWS:
            called = (place.content.get("namespace"), place.content.get("flowId"))
            if called == own and None not in own:
                yield Broken((*place.path, "flowId"), f"Recursive call to flow [{own[0]}.{own[1]}]")


def _input_dependencies(about: Checked) -> Iterator[Broken]:
    wanted: dict[str, list[str]] = {}
    lines: dict[str, Path] = {}
    for index, entry in about.listed("inputs"):
        depends = entry.get("dependsOn")
        names = depends.get("inputs") if isinstance(depends, dict) else None
        id_ = _id_of(entry)
        wanted[id_] = [str(name) for name in names] if isinstance(names, list) else []
        lines[id_] = ("inputs", index, "dependsOn", "inputs")
    for id_, names in wanted.items():
        for position, name in enumerate(names):
            if name not in wanted:
                yield Broken(
                    (*lines[id_], position), f"Input with id '{id_}' depends on a non-existent input '{name}'."
                )
    for id_ in _in_circles(wanted)[:_MAX_CYCLES]:
        if cycle := _cycle(id_, wanted):
            yield Broken(lines[id_], f"Cycle dependency detected for input with id '{id_}': [{', '.join(cycle)}]")


_MAX_CYCLES = 20


def _in_circles(wanted: Mapping[str, list[str]]) -> list[str]:
    """Return the inputs that are left when those that wait for nothing (left) are taken away again and again."""
    open_ = {id_: {name for name in names if name in wanted} for id_, names in wanted.items()}
    waiting: dict[str, list[str]] = {}
    for id_, names in open_.items():
        for name in names:
            waiting.setdefault(name, []).append(id_)
    free = [id_ for id_, names in open_.items() if not names]
    while free:
        done = free.pop()
        for id_ in waiting.get(done, ()):
            open_[id_].discard(done)
            if not open_[id_]:
                free.append(id_)
    return [id_ for id_, names in open_.items() if names]


def _cycle(start: str, wanted: Mapping[str, list[str]]) -> list[str]:
    """Return the inputs on the way from ``start`` back to itself, or nothing."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        place = waiting.pop()
        for name in wanted.get(place, ()):
            if name == start:
                way = [place]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if name not in came_from:
                came_from[name] = place
                waiting.append(name)
    return []


def _nested_inputs(about: Checked) -> Iterator[Broken]:
    ids = {_id_of(entry): index for index, entry in about.listed("inputs")}
    for id_, index in ids.items():
        parts = id_[:256].split(".")
        for length in range(1, len(parts)):
            outer = ".".join(parts[:length])
            if outer in ids:
                text = (
                    f"input `{id_}` would be a part of input `{outer}`, which is a value of its own; rename one of them"
                )
                yield Broken(("inputs", index, "id"), text)


def _input_declarations(about: Checked) -> Iterator[Broken]:
    for place in about.places:
        if not issubclass(place.model, Input):
            continue
        validator = place.content.get("validator")
        if issubclass(place.model, StringInput | SecretInput) and isinstance(validator, str):
            try:
                check_pattern(validator)
            except InvalidPattern as error:
                yield Broken((*place.path, "validator"), str(error), kind=ProblemKind.PROPERTY)
        if place.model is ArrayInput and place.content.get("itemType") == "ARRAY":
            yield Broken((*place.path, "itemType"), "`itemType` cannot be `ARRAY`", kind=ProblemKind.PROPERTY)
        defaults = place.content.get("defaults")
        if place.model is FileInput and not _is_file_default(defaults):
            text = (
                "inputs of type 'FILE' only support `defaults` as local files using a file URI"
                " or as namespace files using a nsfile URI"
            )
            yield Broken((*place.path, "defaults"), text, kind=ProblemKind.PROPERTY)


def _is_file_default(value: Any) -> bool:
    return not isinstance(value, str) or "{{" in value or value.startswith(("file:", "nsfile:"))


def _system_labels(about: Checked) -> Iterator[Broken]:
    places: list[tuple[Path, Any]] = [((), about.document)]
    places += [
        (place.path, place.content)
        for place in about.places
        if place.is_trigger or place.path[:1] == ("sla",) or "flow_id" in place.model.model_fields
    ]
    for path, owner in places:
        labels = owner.get("labels")
        pairs: list[tuple[str | int, Any, Any]] = []
        if isinstance(labels, dict):
            pairs = [(key, key, value) for key, value in labels.items()]
        elif isinstance(labels, list):
            pairs = [(n, item.get("key"), item.get("value")) for n, item in enumerate(labels) if isinstance(item, dict)]
        for place, key, value in pairs:
            if Label(str(key), "").is_system and key != READ_ONLY:
                text = f"System labels can only be set by Kestra itself, offending label: {key}={to_text(value)}"
                yield Broken((*path, "labels", place), text)


# The bounds keep a hostile text from being scanned to its end again and again.
_INPUT_DASH = re.compile(r"\{\{\s*inputs\.([a-zA-Z0-9_]{1,256}-[a-zA-Z0-9_-]{0,256})[^}]{0,500}\}\}")
_OUTPUT_DASH = re.compile(r"\{\{\s*outputs\.([a-zA-Z0-9_]{1,256}-[a-zA-Z0-9_-]{0,256})[^}]{0,500}\}\}")
_ADVICE = "keys with dashes require bracket notation"


def _dashes(about: Checked) -> Iterator[Broken]:
    inputs = {id_ for _, entry in about.listed("inputs") if "-" in (id_ := _id_of(entry))}
    tasks = {id_ for place in about.places if place.is_task and "-" in (id_ := _id_of(place.content))}
    if not inputs and not tasks:
        return
    inner = {place.path for place in about.places}
    for place in about.places:
        if not place.is_task:
            continue
        for path, text in _texts(place.path, place.content, inner):
            for pattern, ids, word in ((_INPUT_DASH, inputs, "input"), (_OUTPUT_DASH, tasks, "output")):
                if any(match[1] in ids for match in pattern.finditer(text)):
                    yield Broken(path, f"{_bracket_text(word)}, offending tasks: [{_id_of(place.content)}]")
    for index, entry in about.listed("outputs"):
        value = entry.get("value")
        if isinstance(value, str) and any(match[1] in tasks for match in _OUTPUT_DASH.finditer(value)):
            text = f"{_bracket_text('output')}, offending outputs: [{_id_of(entry)}]"
            yield Broken(("outputs", index, "value"), text)


def _bracket_text(word: str) -> str:
    return f"Invalid {word} reference: use {word}s[key-name] instead of {word}s.key-name — {_ADVICE}"


def _texts(path: Path, value: Any, inner: set[Path], *, is_top: bool = True) -> Iterator[tuple[Path, str]]:
    """Yield the texts of one plugin, those of plugins inside it left out."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list) and (is_top or path not in inner):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts((*path, key), item, inner, is_top=False)


def _plugin_defaults(about: Checked) -> Iterator[Broken]:
    for index, entry in about.listed("pluginDefaults"):
        type_, values = entry.get("type"), entry.get("values")
        place = ("pluginDefaults", index)
        if isinstance(values, dict) and isinstance(type_, str):
            for key, value in values.items():
                if value is None:
                    yield _bad_default((*place, "values", key), f"No value provided for key '{key}'")
            if type_ in about.registry:
                known = {name.lower() for name in known_properties(about.registry.resolve(type_))}
                for key in values:
                    if key.lower() not in known:
                        text = f"No property '{key}' exists in plugin '{type_}'"
                        yield _bad_default((*place, "values", key), text)


def _bad_default(path: Path, reason: str) -> Broken:
    return Broken(path, f"Invalid Plugin Default: {reason}", kind=ProblemKind.DEFAULT)


def _relocations(about: Checked) -> Iterator[Broken]:
    for place in about.places:
        canonical = about.registry.canonical(place.type)
        if place.is_plugin and canonical != place.type:
            yield Broken((*place.path, "type"), f"{place.type} is replaced by {canonical}", Severity.INFO)


def _useless_properties(about: Checked) -> Iterator[Broken]:
    for place in about.places:
        if not place.is_task or not place.is_known or issubclass(place.model, RunnableTask):
            continue
        is_pause = about.registry.canonical(place.type) == _PAUSE
        for name in ("timeout", "taskCache", "workerGroup"):
            if name in place.content and not (name == "timeout" and is_pause):
                text = (
                    f"The task '{_id_of(place.content)}' cannot use the '{name}' property"
                    " as it's only relevant for runnable tasks."
                )
                yield Broken((*place.path, name), text, Severity.WARNING)


def _greedy_triggers(about: Checked) -> Iterator[Broken]:
    for place in about.places:
        is_flow_trigger = place.is_trigger and about.registry.canonical(place.type) == _FLOW_TRIGGER
        if is_flow_trigger and not any(place.content.get(name) for name in ("conditions", "preconditions", "when")):
            text = (
                "This flow will be triggered for EVERY execution of EVERY flow on your instance. We recommend"
                f" adding the preconditions property to the Flow trigger '{_id_of(place.content)}'."
            )
            yield Broken(place.path, text, Severity.WARNING)


def _old_defaults(about: Checked) -> Iterator[Broken]:
    if about.document.get("taskDefaults"):
        yield Broken(("taskDefaults",), "`taskDefaults` has no effect; rename it to `pluginDefaults`", Severity.WARNING)


_RULES: tuple[Rule, ...] = (
    _reserved_id,
    _task_ids,
    _other_ids,
    _recursion,
    _input_dependencies,
    _nested_inputs,
    _input_declarations,
    _system_labels,
    _dashes,
    _plugin_defaults,
    _relocations,
    _useless_properties,
    _greedy_triggers,
    _old_defaults,
)
