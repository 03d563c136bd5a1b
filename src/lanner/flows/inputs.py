"""From what was sent to the typed inputs of an execution; and a flow's outputs, typed the same way.

Source: Kestra 1.0.36 (reference ``engine.md`` §5.3, §5.5), with all problems of a submission at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lanner.flows.input_values import BadValue, parsed, refusals, short_instant, shown, text_of
from lanner.model.errors import LannerError
from lanner.sdk.input import (
    ArrayInput,
    DependsOn,
    FlowOutput,
    FormInput,
    Input,
    InputType,
    MultiselectInput,
    SecretInput,
    SelectInput,
)
from lanner.sdk.property import holds_template

Render = Callable[[str, Mapping[str, Any]], Any]
"""Evaluates a template with its type, given the variables; raises ``LannerError``."""

Encrypt = Callable[[str], str]
"""Encrypts a text; the result is text too."""

HIDDEN = "******"
ENCRYPTED_TYPE = "io.kestra.datatype:aes_encrypted"
_NO_KEY = "Unable to use a `SECRET` input/output as encryption is not configured"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """Why an input's value is not taken."""

    input_id: str
    message: str

    def __str__(self) -> str:
        return f"{self.input_id}: {self.message}"


class InvalidInputs(LannerError):
    """Some inputs of an execution are missing or wrong."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True, kw_only=True)
class InputState:
    """What became of one input.

    ``value`` is plain data; a secret is encrypted there. ``options`` are the texts of a choice
    after rendering. A disabled input has no value; its only
    problem can be that its condition cannot be told, which stops nobody.
    """

    declared: Input
    is_enabled: bool = True
    is_default: bool = False
    value: Any = None
    options: tuple[str, ...] | None = None
    problems: tuple[InputProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The inputs of a submission. ``undeclared`` are ids that were sent and that nobody asked for."""

    states: tuple[InputState, ...]
    undeclared: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[InputProblem, ...]:
        """What is wrong, in the order of declaration."""
        return tuple(problem for state in self.states for problem in state.problems)

    @property
    def values(self) -> dict[str, Any]:
        """The values by id, dots made nesting; an optional input without a value is there as ``None``."""
        asked = (state for state in self.states if state.is_enabled and not isinstance(state.declared, FormInput))
        return nested_values((state.declared.id, state.value) for state in asked)

    def checked(self) -> dict[str, Any]:
        """Return the values; raises ``InvalidInputs`` when one that counts has problems."""
        problems = [problem for state in self.states if state.is_enabled for problem in state.problems]
        if problems:
            raise InvalidInputs(problems)
        return self.values


def resolve_inputs(
    declared: Sequence[Input],
    given: Mapping[str, Any],
    render: Render,
    *,
    variables: Mapping[str, Any] | None = None,
    encrypt: Encrypt | None = None,
) -> Resolution:
    """Return what each declared input gets; never raises for what was sent.

    ``given`` holds texts or plain data by id, nested values of dotted ids included; uploads are
    ``kestra://`` URIs there. ``variables`` are what conditions, options and defaults see beside
    the inputs they depend on. Without ``encrypt`` a SECRET is a problem.
    """
    flat = tuple(flattened(declared))
    work = _Resolving(flat, given, render, variables or {}, encrypt)
    states = tuple(work.state(entry.id) for entry in flat)
    known = {entry.id for entry in flat} | {entry.id.split(".")[0] for entry in flat}
    return Resolution(states=states, undeclared=tuple(name for name in given if name not in known))


def nested_values(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return values by dotted id as nested maps; where an id is also the start of another, the map stays."""
    tree: dict[str, Any] = {}
    for id_, value in pairs:
        *parents, leaf = id_.split(".")
        place = tree
        for part in parents:
            below = place.get(part)
            if not isinstance(below, dict):
                below = place[part] = {}
            place = below
        if not (isinstance(place.get(leaf), dict) and not isinstance(value, dict)):
            place[leaf] = value
    return tree


def flattened(declared: Sequence[Input]) -> Iterable[Input]:
    """Yield the inputs with those of forms under their full names, each of them depending on its form."""
    for entry in declared:
        yield entry
        if not isinstance(entry, FormInput):
            continue
        full = {child.id: f"{entry.id}.{child.id}" for child in entry.inputs}
        for child in entry.inputs:
            own = child.depends_on or DependsOn()
            names = (entry.id, *(full.get(name, name) for name in own.inputs))
            yield child.model_copy(
                update={"id": full[child.id], "depends_on": own.model_copy(update={"inputs": names})}
            )


class _Context:
    """What an input's templates see, put together when the first of them is rendered."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make

    @cached_property
    def values(self) -> dict[str, Any]:
        return self._make()


class _Resolving:
    """One submission under way; each input is resolved once, those it depends on first."""

    def __init__(
        self,
        declared: Sequence[Input],
        given: Mapping[str, Any],
        render: Render,
        variables: Mapping[str, Any],
        encrypt: Encrypt | None,
    ) -> None:
        self._declared = {entry.id: entry for entry in declared}
        self._given, self._render, self._variables, self._encrypt = given, render, variables, encrypt
        self._states: dict[str, InputState] = {}
        self._clear: dict[str, Any] = {}
        self._under_way: set[str] = set()

    def state(self, id_: str) -> InputState:
        """Return what became of an input; those it depends on are resolved first, without recursion."""
        waiting = [id_]
        while waiting:
            top = waiting[-1]
            self._under_way.add(top)
            needed = [name for name in self._depends_on(top) if name not in self._states]
            open_ = next((name for name in needed if name not in self._under_way), None)
            if open_ is not None:
                waiting.append(open_)
                continue
            if top not in self._states:
                self._states[top] = self._resolved(self._declared[top])
            self._under_way.discard(waiting.pop())
        return self._states[id_]

    def _resolved(self, declared: Input) -> InputState:
        needed = tuple(name for name in self._depends_on(declared.id) if name in self._states)
        if any(self._is_open(self._states[name]) for name in needed):
            return InputState(declared=declared, is_enabled=False)
        context = _Context(lambda: self._context(needed))
        condition = declared.depends_on.condition if declared.depends_on else None
        if condition is not None:
            try:
                is_wanted = self._render(condition, context.values) is True
            except LannerError as error:
                warning = InputProblem(declared.id, f"Invalid condition: {error}")
                return InputState(declared=declared, is_enabled=False, problems=(warning,))
            if not is_wanted:
                return InputState(declared=declared, is_enabled=False)
        try:
            options = self._options(declared, context)
        except BadValue as error:
            return InputState(declared=declared, problems=(_problem(declared, str(error), self._sent(declared)),))
        return self._valued(declared, context, options)

    @staticmethod
    def _is_open(needed: InputState) -> bool:
        """Whether nothing can be said yet of inputs that depend on this one."""
        return not needed.is_enabled or bool(needed.problems)

    def _depends_on(self, id_: str) -> tuple[str, ...]:
        depends = self._declared[id_].depends_on
        return tuple(dict.fromkeys(name for name in depends.inputs if name in self._declared)) if depends else ()

    def _context(self, needed: tuple[str, ...]) -> dict[str, Any]:
        """What an input's templates see: the inputs it depends on; others with a default as null."""
        unseen = ((id_, None) for id_, entry in self._declared.items() if entry.defaults is not None)
        seen = ((name, self._clear.get(name)) for name in needed)
        return {**self._variables, "inputs": nested_values([*unseen, *seen])}

    def _options(self, declared: Input, context: _Context) -> tuple[str, ...] | None:
        if not isinstance(declared, SelectInput | MultiselectInput):
            return None
        if declared.expression is None:
            listed = declared.values
            return (listed or declared.options) if isinstance(declared, MultiselectInput) else listed
        try:
            found = self._render(declared.expression, context.values)
        except LannerError as error:
            raise BadValue(f"Cannot render 'expression'. Cause: {error}") from error
        if isinstance(found, str | bytes | Mapping) or not isinstance(found, Iterable):
            received = "null" if found is None else "a map" if isinstance(found, Mapping) else shown(found)
            raise BadValue(f"Invalid expression result. Expected a list of strings, but received {received}")
        return tuple(text_of(item) for item in found if item is not None)

    def _valued(self, declared: Input, context: _Context, options: tuple[str, ...] | None) -> InputState:
        if isinstance(declared, FormInput):
            return InputState(declared=declared)
        received = self._sent(declared)
        is_default = False
        if received is None:
            try:
                received = self._default(declared, context, options)
            except LannerError as error:
                problem = _problem(declared, f"the default cannot be rendered: {error}", declared.defaults)
                return InputState(declared=declared, options=options, problems=(problem,))
            is_default = received is not None
        if received is None:
            missing = (_problem(declared, "missing required input", None),) if declared.required else ()
            return InputState(declared=declared, options=options, problems=missing)
        try:
            value = parsed(InputType(declared.type), received, item_type=item_type_of(declared))
            problems = tuple(_problem(declared, text, received) for text in refusals(declared, value, options))
            if not problems:
                self._clear[declared.id] = value
                value = self._protected(declared, value)
        except BadValue as error:
            value, problems = None, (_problem(declared, str(error), received),)
        return InputState(
            declared=declared,
            is_default=is_default,
            value=None if problems else value,
            options=options,
            problems=problems,
        )

    def _sent(self, declared: Input) -> Any:
        if declared.id in self._given:
            return self._given[declared.id]
        place: Any = self._given
        for part in declared.id.split("."):
            if not isinstance(place, Mapping) or part not in place:
                return None
            place = place[part]
        return place

    def _default(self, declared: Input, context: _Context, options: tuple[str, ...] | None) -> Any:
        if declared.defaults is not None:
            return rendered(declared.defaults, lambda template, _: self._render(template, context.values), {})
        if isinstance(declared, SelectInput | MultiselectInput) and declared.auto_select_first and options:
            return options[0] if isinstance(declared, SelectInput) else [options[0]]
        return None

    def _protected(self, declared: Input, value: Any) -> Any:
        if isinstance(declared, SecretInput):
            return _encrypted(value, self._encrypt)
        if item_type_of(declared) is InputType.SECRET:
            return [_encrypted(item, self._encrypt) for item in value]
        return value


def item_type_of(declared: Input) -> InputType | None:
    return declared.item_type if isinstance(declared, ArrayInput | MultiselectInput) else None


def _encrypted(text: str, encrypt: Encrypt | None) -> str:
    if encrypt is None:
        raise BadValue(_NO_KEY)
    return encrypt(text)


def _problem(declared: Input, reason: str, received: Any) -> InputProblem:
    is_secret = isinstance(declared, SecretInput) or item_type_of(declared) is InputType.SECRET
    value = shown(received)
    if is_secret and received is not None:
        reason, value = reason.replace(value, HIDDEN), HIDDEN
    return InputProblem(declared.id, f"Invalid input for `{declared.id}`, {reason}, but received `{value}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedOutputs:
    """The outputs of an execution, or why there are none; ``warnings`` tell of optional ones left out."""

    values: dict[str, Any] | None = None
    error: str | None = None
    warnings: tuple[str, ...] = ()


def resolve_outputs(
    declared: Sequence[FlowOutput],
    render: Render,
    *,
    variables: Mapping[str, Any],
    encrypt: Encrypt | None = None,
) -> ResolvedOutputs:
    """Return a flow's outputs, rendered and typed.

    One output that does not fit its type, or a required one that cannot be rendered, fails them all.
    Source: Kestra 1.0.36.
    """
    values: dict[str, Any] = {}
    warnings: list[str] = []
    for output in declared:
        try:
            values[output.id] = _output(output, render, variables, encrypt)
        except LannerError as error:
            text = f"Invalid output for `{output.id}`, {error}"
            if output.required or isinstance(error, BadValue):
                return ResolvedOutputs(error=text, warnings=tuple(warnings))
            warnings.append(text)
    if all(value is None for value in values.values()):
        return ResolvedOutputs(warnings=tuple(warnings))
    return ResolvedOutputs(values=values, warnings=tuple(warnings))


def _output(output: FlowOutput, render: Render, variables: Mapping[str, Any], encrypt: Encrypt | None) -> Any:
    value = rendered(output.value, render, variables)
    if value is None and isinstance(output.value, str):
        value = ""  # a template gives a text
    if value is None:
        if output.required:
            raise BadValue("it is required, but its value is null")
        return None
    typed = parsed(output.type, value)
    if output.type is InputType.SECRET:
        return {"type": ENCRYPTED_TYPE, "value": _encrypted(typed, encrypt)}
    return short_instant(typed) if output.type is InputType.DATETIME else typed


def rendered(value: Any, render: Render, variables: Mapping[str, Any]) -> Any:
    """Return plain data with every text inside it rendered.

    A lone expression keeps its type; within maps and lists what is rendered is text. Source: Kestra 1.0.36.
    """
    if isinstance(value, str):
        return render(value, variables) if holds_template(value) else value
    return _rendered_within(value, render, variables)


def _rendered_within(value: Any, render: Render, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return text_of(render(value, variables)) if holds_template(value) else value
    if isinstance(value, Mapping):
        return {key: _rendered_within(item, render, variables) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rendered_within(item, render, variables) for item in value]
    return value
