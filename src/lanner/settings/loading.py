"""Settings out of a file, the environment and the command line; the later of these wins."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_origin

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lanner.settings import kestra
from lanner.settings.document import Entry, read_entries
from lanner.settings.option import Place, places
from lanner.settings.problem import Notice, Origin, SettingsInvalid
from lanner.settings.sections import Settings

ENV_PREFIX = "LANNER_"
CLIENT_ENVIRONMENT = frozenset({"LANNER_CONFIG", "LANNER_SERVER", "LANNER_USER", "LANNER_TENANT", "LANNER_DEBUG"})
"""Variables that the command line reads itself; they are no options."""

_PLACES: dict[str, Place] = {place.name: place for place in places(Settings)}
_SECTIONS = frozenset(name.partition(".")[0] for name in _PLACES if "." in name)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with what people should be told about where they came from."""

    settings: Settings
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Collected:
    """What was set so far: option name -> value and where it was written."""

    values: dict[str, tuple[Any, Origin]] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    problems: list[Notice] = field(default_factory=list)


def load_settings(
    file: Path | None = None, *, environ: Mapping[str, str], flags: Mapping[str, tuple[str, Any]] | None = None
) -> Loaded:
    """Return the settings of ``file``, over them ``environ``, over both ``flags``.

    ``flags`` maps an option's name (``server.port``) to the flag's name and its value; ``None``
    values are left out. Raises ``SettingsInvalid`` with every problem at once.
    """
    collected = _Collected()
    if file is not None:
        for entry in read_entries(file, environ=environ, is_whole=_is_whole):
            _take_entry(entry, collected)
    _take_environment(environ, collected)
    for name, (flag, value) in (flags or {}).items():
        if value is not None:
            collected.values[name] = (value, Origin(flag))
    settings = _validated(collected)
    if settings is None or collected.problems:
        raise SettingsInvalid(tuple(collected.problems))
    return Loaded(settings, tuple(collected.notices))


def variable_of(name: str) -> str:
    """Return the environment variable of an option: ``LANNER_SERVER__PORT`` for ``server.port``."""
    return ENV_PREFIX + name.replace(".", "__").upper()


def _is_whole(key: str) -> bool:
    place = _place_of(key)
    return place is not None and _holds_many(place)


def _holds_many(place: Place) -> bool:
    return get_origin(place.annotation) in {dict, tuple, list}


def _place_of(key: str) -> Place | None:
    if key.startswith("lanner."):
        return _PLACES.get(key.removeprefix("lanner.").replace("-", "_"))
    return kestra.option_of(key)


def _take_entry(entry: Entry, collected: _Collected) -> None:
    place = _place_of(entry.key)
    if place is not None:
        if entry.value is not None:
            earlier = collected.values.get(place.name)
            if earlier is not None:
                collected.notices.append(
                    Notice(earlier[1], kestra.our_key(place.name), f"is set again at {entry.origin}, which counts")
                )
            collected.values[place.name] = (entry.value, entry.origin)
    elif entry.key.startswith("lanner.") or entry.key == "lanner":
        if entry.value is not None or _section_of(entry.key) is None:
            collected.problems.append(_unknown_option(entry))
    elif entry.key == "kestra.storage.type" and entry.value == "local":
        return
    elif kestra.is_known_without_effect(entry.key):
        collected.notices.append(Notice(entry.origin, entry.key, "accepted, has no effect yet"))
    elif kestra.is_kestras(entry.key):
        near = kestra.nearest(entry.key)
        hint = f"; did you mean {near!r}?" if near else ""
        collected.notices.append(Notice(entry.origin, entry.key, f"unknown key, left out{hint}"))
    else:
        message = (
            "unknown key; allowed at the top: lanner (our own keys), kestra, micronaut, endpoints, datasources, logger"
        )
        collected.problems.append(Notice(entry.origin, entry.key, message))


def _section_of(key: str) -> str | None:
    """Return the section that a key of our own tree names: an empty section is no mistake."""
    name = key.removeprefix("lanner").removeprefix(".").replace("-", "_")
    return name if not name or name in _SECTIONS else None


def _unknown_option(entry: Entry) -> Notice:
    if _section_of(entry.key) is not None:
        return Notice(entry.origin, entry.key, f"{entry.value!r} is no map of options")
    return Notice(
        entry.origin, entry.key, f"unknown option{_hint(entry.key, [kestra.our_key(name) for name in _PLACES])}"
    )


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.75)
    if near:
        return f"; did you mean {near[0]!r}?"
    head = name.rpartition(name[name.rfind("__") :] if "__" in name else ".")[0]
    siblings = [option for option in known if head and option.startswith(head)]
    return f"; allowed: {', '.join(siblings or known)}"


def _take_environment(environ: Mapping[str, str], collected: _Collected) -> None:
    known = {variable_of(name): place for name, place in _PLACES.items()}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(ENV_PREFIX) or variable in CLIENT_ENVIRONMENT:
            continue
        place = known.get(variable)
        origin = Origin(variable)
        if place is None:
            notice = Notice(origin, "", f"unknown option{_hint(variable, list(known))}")
            section = variable.removeprefix(ENV_PREFIX).partition("__")[0].lower()
            (collected.problems if section in _SECTIONS else collected.notices).append(notice)
        elif text != "":
            collected.values[place.name] = (_value_of(text, place, collected, origin), origin)


def _value_of(text: str, place: Place, collected: _Collected, origin: Origin) -> Any:
    """Return the value of a variable: maps and lists are written as YAML or JSON."""
    if not _holds_many(place):
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        collected.problems.append(Notice(origin, "", f"not YAML or JSON; allowed: {place.option.allowed}"))
        return place.default


def _validated(collected: _Collected) -> Settings | None:
    tree: dict[str, Any] = {}
    for name, (value, _) in collected.values.items():
        section, _, option = name.rpartition(".")
        (tree.setdefault(section, {}) if section else tree)[option] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        collected.problems.extend(_problems(error, collected))
        return None


def _problems(error: ValidationError, collected: _Collected) -> Iterator[Notice]:
    told: set[str] = set()
    for detail in error.errors():
        parts = [str(part) for part in detail["loc"]]
        name = parts[0] if parts[0] in _PLACES else ".".join(parts[:2])
        if name in told:
            continue
        told.add(name)
        _, origin = collected.values[name]
        within = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts[name.count(".") + 1 :])
        yield Notice(origin, kestra.our_key(name) + within, _sentence(detail, _PLACES[name]))


def _sentence(detail: ErrorDetails, place: Place) -> str:
    shown = "the value" if place.option.secret else repr(detail["input"])
    reason = detail["msg"].removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    return f"{shown} is not allowed: {reason}; allowed: {place.option.allowed}"
