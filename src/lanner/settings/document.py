"""A YAML file of settings as dotted keys, each with the line it stands at."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lanner.settings.problem import Notice, Origin, SettingsFileUnreadable, SettingsInvalid

_PLACEHOLDER = re.compile(r"\$\{(?P<name>[A-Za-z_][\w.\-]*)(?::(?P<default>[^}]*))?\}")
_MERGE = "tag:yaml.org,2002:merge"
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of the file under its dotted key, in kebab-case."""

    key: str
    value: Any
    origin: Origin


def kebab(name: str) -> str:
    """Return ``name`` in kebab-case: ``basicAuth``, ``basic_auth`` and ``basic-auth`` are one key.

    Source: Micronaut, relaxed names of configuration keys.
    """
    return _HUMP.sub("-", name).replace("_", "-").lower()


def read_entries(path: Path, *, environ: Mapping[str, str], is_whole: Callable[[str], bool]) -> list[Entry]:
    """Return what the file sets, in its order; later values of a key stand later.

    A map whose key ``is_whole`` is one value; every other map is taken apart. ``${NAME}`` and
    ``${NAME:default}`` in values are replaced from ``environ``. Raises ``SettingsInvalid``.
    """
    root = _compose(path)
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        raise SettingsFileUnreadable(path, "settings are a map of keys to values", root.start_mark.line + 1)
    return list(_Reader(str(path), environ, is_whole).entries(root, ""))


def _compose(path: Path) -> yaml.Node | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(path.read_text(encoding="utf-8"), loader)
    except OSError as error:
        raise SettingsFileUnreadable(path, f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsFileUnreadable(path, "the file is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SettingsFileUnreadable(path, f"not YAML: {error.problem or error}", line) from error
    except yaml.YAMLError as error:
        raise SettingsFileUnreadable(path, f"not YAML: {error}") from error


class _Reader:
    """Takes the nodes of one file apart."""

    def __init__(self, name: str, environ: Mapping[str, str], is_whole: Callable[[str], bool]) -> None:
        self._name, self._environ, self._is_whole = name, environ, is_whole

    def entries(self, node: yaml.MappingNode, prefix: str) -> Iterator[Entry]:
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise SettingsInvalid((Notice(self._origin(key_node), "", "a key is text"),))
            if key_node.tag == _MERGE and isinstance(value_node, yaml.MappingNode):
                yield from self.entries(value_node, prefix)
                continue
            key = prefix + ".".join(kebab(part) for part in key_node.value.split("."))
            if isinstance(value_node, yaml.MappingNode) and not self._is_whole(key):
                yield from self.entries(value_node, f"{key}.")
            else:
                yield Entry(key, self._value(value_node, key), self._origin(key_node))

    def _value(self, node: yaml.Node, key: str) -> Any:
        constructor = yaml.constructor.SafeConstructor()
        try:
            return self._filled(constructor.construct_document(node), node, key)
        except yaml.constructor.ConstructorError as error:
            raise SettingsInvalid((Notice(self._origin(node), key, f"not a value: {error.problem}"),)) from error

    def _filled(self, value: Any, node: yaml.Node, key: str) -> Any:
        if isinstance(value, dict):
            return {name: self._filled(item, node, key) for name, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item, node, key) for item in value]
        if not isinstance(value, str):
            return value
        return _PLACEHOLDER.sub(lambda match: self._looked_up(match, node, key), value)

    def _looked_up(self, match: re.Match[str], node: yaml.Node, key: str) -> str:
        name = match["name"]
        default: str | None = match["default"]
        found = self._environ.get(name, default)
        if found is None:
            message = f"{match.group()} needs the environment variable {name}, which is not set"
            raise SettingsInvalid((Notice(self._origin(node), key, message),))
        return found

    def _origin(self, node: yaml.Node) -> Origin:
        return Origin(self._name, node.start_mark.line + 1)
