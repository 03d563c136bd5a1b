"""A flow's source -> its definition, or everything that is wrong with it, with lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lanner.flows.defaults import declared_defaults, with_defaults
from lanner.flows.outline import outline
from lanner.flows.plain_text import keep_written_texts
from lanner.flows.problem import InvalidFlow, Problem, ProblemKind, Severity, path_text
from lanner.flows.rules import Checked, broken_identity, broken_rules
from lanner.flows.wording import Finding, findings, unknown_paths
from lanner.flows.yaml_tree import Path, YamlTree, read_yaml
from lanner.model.flow import Flow
from lanner.sdk.definition import FlowDefinition, PluginDefault
from lanner.sdk.plan import Plan
from lanner.sdk.registry import Registry

__all__ = ["InvalidFlow", "Problem", "ReadFlow", "Severity", "plan_of", "read_flow"]

_ROUNDS = 4
_MAX_FINDINGS = 500
_MAX_SUGGESTIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFlow:
    """What reading a source gave.

    ``document`` is the source as plain data, without plugin defaults; empty when it is no map.
    ``definition`` is absent when there are ``problems``. ``warnings`` and ``infos`` hold nothing
    back. ``deprecations`` are paths of properties that should not be used any more.
    """

    document: Mapping[str, Any]
    definition: FlowDefinition | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    infos: tuple[Problem, ...] = ()
    deprecations: tuple[str, ...] = ()

    def checked(self) -> FlowDefinition:
        """Return the definition; raises ``InvalidFlow`` when there are problems."""
        if self.definition is None:
            raise InvalidFlow(self.problems)
        return self.definition


def read_flow(
    source: str, registry: Registry, *, global_defaults: Sequence[PluginDefault] = (), lenient: bool = False
) -> ReadFlow:
    """Read a flow and collect all of its problems; never raises for what the source says.

    ``global_defaults`` are the server's plugin defaults, strongest first. ``lenient`` is for flows
    that were stored before: unknown properties are ignored, and of the rules about the whole
    flow only those that running needs are looked at.
    """
    tree = read_yaml(source)
    document = tree.data
    problems = [_source_problem(problem.message, tree, problem.path, problem.position) for problem in tree.problems]
    if not isinstance(document, dict):
        if not problems:
            said = "is empty" if document is None else "is no map"
            problems.append(
                Problem(path="", line=1, column=1, kind=ProblemKind.SOURCE, message=f"the source {said}; {_SHAPE}")
            )
        return ReadFlow(document={}, definition=None, problems=tuple(problems))
    keep_written_texts(tree)
    defaults = (*declared_defaults(document), *global_defaults)
    completed = with_defaults(document, defaults, registry)
    places = outline(document, registry)
    unknown = sum(not place.is_known for place in places)
    context = {"registry": registry, "suggests": unknown <= _MAX_SUGGESTIONS}
    definition, found = _typed(completed, document, context, lenient=lenient)
    about = Checked(document=document, places=places, registry=registry)
    problems += [
        _placed(
            finding.path,
            finding.message,
            tree,
            kind=ProblemKind.DEFAULT if finding.path[:1] == ("pluginDefaults",) else ProblemKind.PROPERTY,
        )
        for finding in found
    ]
    warnings: list[Problem] = []
    infos: list[Problem] = []
    deprecations: list[str] = []
    for broken in broken_identity(about) if lenient else broken_rules(about):
        problem = _placed(broken.path, broken.message, tree, severity=broken.severity, kind=broken.kind)
        {Severity.ERROR: problems, Severity.WARNING: warnings, Severity.INFO: infos}[broken.severity].append(problem)
    if not lenient:
        deprecations = [path_text(path) for path in about.deprecated_paths()]
    return ReadFlow(
        document=document,
        definition=None if problems else definition,
        problems=_ordered(problems),
        warnings=_ordered(warnings),
        infos=_ordered(infos),
        deprecations=tuple(deprecations),
    )


_SHAPE = "a flow is a map with `id`, `namespace` and `tasks`"


def plan_of(flow: Flow, registry: Registry, *, global_defaults: Sequence[PluginDefault] = ()) -> Plan:
    """Return what the engine runs for a stored revision; raises ``InvalidFlow``."""
    read = read_flow(flow.source, registry, global_defaults=global_defaults, lenient=True)
    return Plan.of(flow.key, flow.revision, read.checked())


def _typed(
    completed: Mapping[str, Any], written: Mapping[str, Any], context: Mapping[str, Any], *, lenient: bool
) -> tuple[FlowDefinition | None, list[Finding]]:
    """Validate, and again without what was unknown, so that rules behind an unknown property are heard too.

    Properties that came from plugin defaults are never unknown: they are dropped, as in Kestra.
    """
    kept: dict[Path, Finding] = {}
    misspelt: set[Path] = set()
    for _ in range(_ROUNDS):
        try:
            return FlowDefinition.model_validate(completed, context=dict(context)), list(kept.values())
        except ValidationError as error:
            errors = error.errors(include_url=False)
        found = findings(errors[:_MAX_FINDINGS], completed, outline(completed, context["registry"]))
        unknown = unknown_paths(errors, completed)
        if not lenient:
            misspelt |= {finding.meant for finding in found if finding.meant}
        for finding in found:
            is_news = not finding.is_unknown or (not lenient and _is_in(written, finding.path))
            if is_news and not (finding.is_missing and finding.path in misspelt):
                kept[finding.path] = finding
        if not unknown:
            break
        completed = _without(completed, unknown)
    return None, list(kept.values())


def _is_in(document: Any, path: Path) -> bool:
    for part in path:
        inside = range(len(document)) if isinstance(document, list) else document if isinstance(document, dict) else ()
        if part not in inside:
            return False
        document = document[part]
    return True


def _without(value: Any, paths: Sequence[Path]) -> Any:
    """Return a copy of nested data that lacks the keys at some paths."""
    below: dict[str | int, list[Path]] = {}
    gone = {path[0] for path in paths if len(path) == 1}
    for path in paths:
        if len(path) > 1:
            below.setdefault(path[0], []).append(path[1:])
    if isinstance(value, list):
        return [_without(item, below[index]) if index in below else item for index, item in enumerate(value)]
    return {
        name: _without(item, below[name]) if name in below else item for name, item in value.items() if name not in gone
    }


def _placed(
    path: Path,
    message: str,
    tree: YamlTree,
    *,
    severity: Severity = Severity.ERROR,
    kind: ProblemKind = ProblemKind.PROPERTY,
) -> Problem:
    position = tree.position(path)
    return Problem(
        path=path_text(path),
        message=message,
        line=position.line if position else None,
        column=position.column if position else None,
        severity=severity,
        kind=kind,
    )


def _source_problem(message: str, tree: YamlTree, path: Path, position: Any) -> Problem:
    place = position or tree.position(path)
    return Problem(
        path=path_text(path),
        message=message,
        line=place.line if place else None,
        column=place.column if place else None,
        kind=ProblemKind.SOURCE,
    )


def _ordered(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.line or 0, problem.column or 0)))
