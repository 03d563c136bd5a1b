"""YAML text -> plain data, with the line and column of every key and item.

Scalars follow Kestra 1.0.36 (reference ``engine.md`` §1.2): YAML 1.1 booleans and integers, dates
stay text, keys are taken as written. Unlike there, aliases and merge keys are resolved.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import yaml

from lanner.flows.scalar import plain_scalar

MAX_CHARACTERS: Final = 4_000_000
MAX_DEPTH: Final = 300
MAX_VALUES: Final = 400_000

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a document down to a value."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Something wrong with the text itself."""

    message: str
    position: Position | None
    path: Path = ()


class Mark(Protocol):
    """A place as the parser counts it, from 0."""

    line: int
    column: int


Marks = dict[Any, tuple[Mark, Mark]]
"""For each key (or index) of a container: where the key and where the value begin."""


@dataclass(frozen=True, slots=True)
class YamlTree:
    """What a text says. ``data`` is ``None`` when there is no reading it; ``problems`` then says why."""

    data: Any
    problems: tuple[SourceProblem, ...]
    marks: Mapping[int, Marks]
    texts: Mapping[tuple[int, str | int], str]

    def written(self, container: Any, key: str | int) -> Any:
        """Return a scalar's text where the source has a number or boolean without quotes, else its value."""
        value = container[key]
        if isinstance(value, bool | int | float):
            text = self.texts.get((id(container), key))
            if text is not None and plain_scalar(text) == value:
                return text
        return value

    def position(self, path: Sequence[str | int], *, of_value: bool = False) -> Position | None:
        """Return where the key (or list item) at ``path`` stands.

        A path that leads nowhere gives the position of the deepest part that exists, so that
        a missing property is shown at its owner. ``of_value``: where the value begins instead.
        """
        place, found = self.data, None
        for part in path:
            pair = self.marks[id(place)].get(part) if isinstance(place, dict | list) else None
            if pair is None:
                break
            found, place = pair, place[part]
        if found is None:
            return Position(1, 1) if isinstance(self.data, dict | list) else None
        mark = found[1] if of_value else found[0]
        return Position(mark.line + 1, mark.column + 1)


def read_yaml(text: str) -> YamlTree:
    """Read one YAML (or JSON) document. Never raises; what is wrong is in ``problems``."""
    if len(text) > MAX_CHARACTERS:
        return _unreadable(f"the source has {len(text)} characters; the limit is {MAX_CHARACTERS}")
    try:
        return _Builder(text).tree()
    except _Stop as stop:
        return YamlTree(None, (stop.problem,), {}, {})
    except yaml.MarkedYAMLError as error:
        if "Unicode character escape" in str(error.problem) and _SURROGATES.search(text):
            return read_yaml(_SURROGATES.sub(_joined_surrogates, text))
        return YamlTree(None, (_syntax_problem(error, text),), {}, {})
    except yaml.reader.ReaderError as error:
        found = error.character if isinstance(error.character, int) else ord(error.character)
        reason = f"the character {found:#04x} may not stand in a flow ({error.reason})"
        return _unreadable(reason, _position_of(text, text.find(chr(found))))
    except UnicodeEncodeError as error:
        return _unreadable(f"the text is not valid Unicode: {error.reason}", _position_of(text, error.start))


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, message: str, mark: Mark) -> None:
        self.problem = SourceProblem(message, Position(mark.line + 1, mark.column + 1))
        super().__init__(message)


class _Open:
    """A map or list whose end has not been read yet."""

    __slots__ = ("anchor", "content", "is_merge", "key", "key_mark", "marks", "merged", "start")

    def __init__(self, content: dict[str, Any] | list[Any], start: Mark, anchor: str | None) -> None:
        self.content: Any = content
        self.start, self.anchor = start, anchor
        self.marks: Marks = {}
        self.key: str | None = None
        self.key_mark: Mark = start
        self.is_merge = False
        self.merged: list[tuple[Any, Mark]] = []


_MERGE = "<<"


class _Builder:
    """Turns parser events into data; needs no recursion, so that deep nesting is an error and no crash."""

    def __init__(self, text: str) -> None:
        self._events = _events(text)
        self._stack: list[_Open] = []
        self._root: Any = None
        self._marks: dict[int, Marks] = {}
        self._texts: dict[tuple[int, str | int], str] = {}
        self._anchors: dict[str, Any] = {}
        self._problems: list[SourceProblem] = []
        self._values = 0

    def tree(self) -> YamlTree:
        documents = 0
        for event in self._events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open({}, event)
            elif kind is yaml.SequenceStartEvent:
                self._open([], event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise _Stop("a second document starts here; a source holds one flow", event.start_mark)
        return YamlTree(self._root, tuple(self._problems), self._marks, self._texts)

    def _scalar(self, event: Any) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.key is None and type(top.content) is dict:
            self._key(top, event)
            return
        value: Any = event.value
        if event.implicit[0] and not event.style:
            try:
                value = plain_scalar(value)
            except ValueError:
                self._report(f"Malformed numeric value '{value}'; put it in quotes if it is text", event.start_mark)
        elif event.tag is not None and not event.style and event.tag != "tag:yaml.org,2002:str":
            value = plain_scalar(value)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        if top is not None and isinstance(value, bool | int | float):
            place = top.key if top.key is not None else len(top.content)
            self._texts[id(top.content), place] = event.value
        self._add(value, event.start_mark)

    def _key(self, top: _Open, event: Any) -> None:
        key = event.value
        top.key, top.key_mark = key, event.start_mark
        top.is_merge = key == _MERGE and not event.style
        if key in top.marks:
            first = top.marks[key][0].line + 1
            self._report(f"Duplicate field '{key}'; it stands at line {first} already", event.start_mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = key

    def _open(self, content: dict[str, Any] | list[Any], event: Any) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and top.key is None and type(top.content) is dict:
            raise _Stop(
                'a key cannot be a map or a list; an expression at the start of a value needs quotes: "{{ … }}"',
                event.start_mark,
            )
        if len(self._stack) >= MAX_DEPTH:
            raise _Stop(f"nested more than {MAX_DEPTH} levels deep", event.start_mark)
        self._stack.append(_Open(content, event.start_mark, event.anchor))

    def _close(self) -> None:
        done = self._stack.pop()
        content = done.content
        if done.merged and type(content) is dict:
            self._merge(content, done)
        self._marks[id(content)] = done.marks
        if done.anchor is not None:
            self._anchors[done.anchor] = content
        self._add(content, done.start)

    def _alias(self, event: Any) -> None:
        name = event.anchor
        if name not in self._anchors:
            if any(place.anchor == name for place in self._stack):
                raise _Stop(f"alias '*{name}' stands inside its own anchor '&{name}'", event.start_mark)
            raise _Stop(f"alias '*{name}' has no anchor '&{name}' before it", event.start_mark)
        top = self._stack[-1] if self._stack else None
        value = self._anchors[name]
        if top is not None and top.key is None and type(top.content) is dict:
            if not isinstance(value, str | int | float):
                raise _Stop(f"a key cannot be a map or a list, as '*{name}' is", event.start_mark)
            top.key, top.key_mark, top.is_merge = str(value), event.start_mark, False
            return
        if _depth(value) + len(self._stack) > MAX_DEPTH:
            raise _Stop(f"nested more than {MAX_DEPTH} levels deep", event.start_mark)
        self._add(self._copied(value, event.start_mark), event.start_mark)

    def _add(self, value: Any, mark: Mark) -> None:
        self._count(mark)
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        content = top.content
        if type(content) is list:
            top.marks[len(content)] = (mark, mark)
            content.append(value)
            return
        key = top.key
        top.key = None
        if top.is_merge:
            top.merged.append((value, top.key_mark))
        else:
            content[key] = value
            top.marks[key] = (top.key_mark, mark)

    def _merge(self, content: dict[str, Any], done: _Open) -> None:
        """Add what ``<<`` names below what the map itself says; the first of several maps wins."""
        for value, mark in done.merged:
            for merged in value if isinstance(value, list) else [value]:
                if not isinstance(merged, dict):
                    self._report("`<<` merges a map or a list of maps; this is something else", mark)
                    continue
                # Popped, because the merged map goes away and its id may be given to another value.
                marks = self._marks.pop(id(merged), {})
                for key, item in merged.items():
                    if key not in content:
                        content[key] = item
                        done.marks[key] = marks.get(key, (mark, mark))

    def _copied(self, value: Any, mark: Mark) -> Any:
        """Return an alias's value as containers of its own, so that each has its own place."""
        if not isinstance(value, dict | list):
            return value
        self._count(mark)
        copy: Any = {} if isinstance(value, dict) else []
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(copy, dict):
                copy[key] = self._copied(item, mark)
            else:
                copy.append(self._copied(item, mark))
        self._values += len(value)
        self._marks[id(copy)] = self._marks[id(value)]
        return copy

    def _count(self, mark: Mark) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _Stop(f"the source has more than {MAX_VALUES} values, aliases followed", mark)

    def _report(self, message: str, mark: Mark) -> None:
        self._problems.append(SourceProblem(message, Position(mark.line + 1, mark.column + 1), self._path()))

    def _path(self) -> Path:
        return tuple(
            len(place.content) if type(place.content) is list else str(place.key)
            for place in self._stack
            if type(place.content) is list or place.key is not None
        )


def _events(text: str) -> Iterator[Any]:
    loader: Any = getattr(yaml, "CLoader", yaml.SafeLoader)
    parser = loader(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


def _depth(value: Any) -> int:
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        level = [item for place in level for item in _items(place) if isinstance(item, dict | list)]
    return depth


def _items(place: Any) -> Iterator[Any]:
    return iter(place.values()) if isinstance(place, dict) else iter(place)


_SURROGATES = re.compile(r"\\u[dD]([89abAB][0-9a-fA-F]{2})\\u[dD]([c-fC-F][0-9a-fA-F]{2})")


def _joined_surrogates(match: re.Match[str]) -> str:
    high, low = int(f"d{match[1]}", 16), int(f"d{match[2]}", 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


def _unreadable(message: str, position: Position | None = None) -> YamlTree:
    return YamlTree(None, (SourceProblem(message, position),), {}, {})


def _position_of(text: str, offset: int) -> Position:
    before = text[: max(offset, 0)]
    return Position(before.count("\n") + 1, len(before) - before.rfind("\n"))


_HINTS = {
    "mapping values are not allowed": (
        "a value that holds `: ` needs quotes, and a property must be indented like its neighbours"
    ),
    "cannot start any token": "a text that starts with this character needs quotes",
    "did not find expected key": (
        "this line is indented differently from its neighbours, or a quote or bracket above is not closed"
    ),
    "did not find expected '-' indicator": "the items of a list are indented alike and each starts with `- `",
    "unexpected end of stream": "a quote or bracket is not closed",
    "could not find expected ':'": "a property is written `name: value`",
}


def _syntax_problem(error: yaml.MarkedYAMLError, text: str) -> SourceProblem:
    mark = error.problem_mark or error.context_mark
    reason = str(error.problem or error.context or "not YAML")
    lines = text.splitlines()
    hint = next((hint for part, hint in _HINTS.items() if part in reason), None)
    if mark is not None and mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("\t"):
        hint = "indent with spaces, not with tabs"
    context = ""
    if error.context is not None and error.context_mark is not None and error.problem is not None:
        context = f" {error.context} that starts at line {error.context_mark.line + 1}"
    message = f"YAML parsing error: {reason}{context}" + (f"; {hint}" if hint else "")
    return SourceProblem(message, None if mark is None else Position(mark.line + 1, mark.column + 1))
