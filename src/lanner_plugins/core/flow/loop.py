"""Tasks for each of several values, each time as a scope of its own (Kestra 2.0)."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from io import BytesIO
from typing import IO, Annotated, Any, ClassVar

import orjson
from pydantic import Field

from lanner.model.state import State
from lanner.sdk.context import RunContext
from lanner.sdk.flowable import Arrangement, Decided, Scope, Shape
from lanner.sdk.input import FlowOutput
from lanner.sdk.ion import InvalidIon, read_rows, to_ion
from lanner.sdk.iteration import Iteration, IterationLoop
from lanner.sdk.task import Task
from lanner_plugins.core.flow.sequential import TaskList

SCHEME = "kestra://"
TYPE = "io.kestra.plugin.core.flow.Loop"
_VALUES, _KEYS, _URI = "values", "keys", "uri"
_TRANSMITTED = (State.FAILED, State.KILLED, State.CANCELLED)


class FetchType(StrEnum):
    """Where a loop keeps what its iterations hand on."""

    AUTO = "AUTO"
    FETCH = "FETCH"
    STORE = "STORE"


class IterationOfLoop(Iteration):
    """One round of a ``Loop``."""

    def collect(self, context: RunContext, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        return {_URI: context.files.put_bytes(to_ion(dict(outputs)).encode(), name="outputs.ion")}


class Loop(IterationLoop):
    """Run a list of tasks for each value of a list, a map or a file.

    Inside, ``item.value`` is the value as text, ``item.index`` its place from 0, ``item.key`` the key of a map's
    entry, ``item.parent`` and ``item.parents`` (outermost first) are those of the loops around. Each iteration is a
    scope of its own: ``outputs.<task>`` is what the task gave in this iteration, variables and labels that are set
    hold until its end, an ``Exit`` leaves it, ``errors`` and ``finally`` run in it. Outputs: ``iterationCount``,
    ``runningIterations``, ``terminatedIterations`` and, where ``outputs`` are declared, ``outputs``: a list of ``item``
    and ``outputs``, in the order of the values.
    """

    arrangement: ClassVar[Arrangement] = Arrangement.LOOP
    id_suffixes: ClassVar[tuple[str, ...]] = ("_iteration",)
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: loop
namespace: company.team
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.Loop
    values: ["a", "b", "c"]
    concurrencyLimit: 2
    tasks:
      - id: show
        type: io.kestra.plugin.core.debug.Return
        format: "{{ item.index }}: {{ item.value }}"
    outputs:
      - id: shown
        type: STRING
        value: "{{ outputs.show.value }}"
  - id: all
    type: io.kestra.plugin.core.log.Log
    message: "{{ loopOutputs(outputs.each.outputs, 'shown') }}"
""",
    )

    values: Any
    """A list, a map, or an expression that gives JSON of one; or the URI of a file with one value a line."""
    concurrency_limit: Annotated[int, Field(ge=0)] = 1
    """How many iterations at once; 0 is all."""
    transmit_failed: bool = True
    """Whether the loop ends with the first iteration that fails, and fails."""
    outputs: tuple[FlowOutput, ...] = ()
    """What each iteration hands on, rendered when it ends."""
    fetch_type: FetchType = FetchType.AUTO
    """Whether what is handed on is kept in the outputs (`FETCH`) or in files (`STORE`).

    `AUTO` stores when the values come from a file.
    """
    tasks: TaskList
    """What to run for each value, in order."""

    @cached_property
    def _iterations(self) -> tuple[IterationOfLoop]:
        given: dict[str, Any] = {
            "tasks": self.tasks,
            "errors": self.errors,
            "finally": self.finally_,
            "outputs": self.outputs,
        }
        return (IterationOfLoop.model_construct(None, id=f"{self.id}_iteration", type=f"{TYPE}$Iteration", **given),)

    @property
    def iteration(self) -> Iteration:
        return self._iterations[0]

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self._iterations}

    @property
    def stops_on(self) -> tuple[State, ...]:
        return _TRANSMITTED if self.transmit_failed else ()

    @property
    def decides_first(self) -> bool:
        return True

    def decide(self, scope: Scope) -> Decided:
        values = scope.render(self.values) if isinstance(self.values, str) else self.values
        if isinstance(values, str) and values.startswith(SCHEME):
            return Decided(memo={_URI: values})
        keys, texts = _entries(values, scope)
        memo: dict[str, Any] = {_VALUES: texts} if keys is None else {_VALUES: texts, _KEYS: keys}
        return Decided(memo=memo, outputs=self.outputs_for(memo, {}, 0), end=None if texts else State.SUCCESS)

    def prepares(self, memo: Mapping[str, Any]) -> bool:
        return _URI in memo and _VALUES not in memo

    def prepare(self, context: RunContext) -> Mapping[str, Any]:
        with context.files.open(context.render(self.values)) as file:
            return {_VALUES: list(_lines(file))}

    def shape(self, memo: Mapping[str, Any]) -> Shape:
        return Shape(tasks=self._iterations, values=memo.get(_VALUES, ()), limit=self.concurrency_limit)

    def state_of(self, state: State) -> State:
        return State.FAILED if state is State.FAILED and self.transmit_failed else State.SUCCESS

    def item(self, memo: Mapping[str, Any], index: int) -> Mapping[str, Any]:
        found = {"index": index, "value": memo[_VALUES][index]}
        return {**found, "key": memo[_KEYS][index]} if _KEYS in memo else found

    def stores_outputs(self, memo: Mapping[str, Any]) -> bool:
        return self.fetch_type is FetchType.STORE or (self.fetch_type is FetchType.AUTO and _URI in memo)

    def outputs_for(
        self,
        memo: Mapping[str, Any],
        ended: Mapping[State, int],
        running: int,
        handed_on: Sequence[tuple[int, Mapping[str, Any]]] = (),
    ) -> Mapping[str, Any]:
        count = len(memo.get(_VALUES, ()))
        found: dict[str, Any] = {
            "iterationCount": count,
            "runningIterations": running,
            "terminatedIterations": {state.value: number for state, number in ended.items()},
        }
        if _URI in memo:
            found["nextOffset"] = count
        if handed_on:
            found["outputs"] = [{"outputs": given, "item": self._place(memo, index)} for index, given in handed_on]
        return found

    def _place(self, memo: Mapping[str, Any], index: int) -> dict[str, Any]:
        place = {"value": memo[_VALUES][index], "iteration": index}
        return {**place, "key": memo[_KEYS][index]} if _KEYS in memo else place


def _entries(values: Any, scope: Scope) -> tuple[list[str] | None, list[str]]:
    """Return the keys (of a map only) and the values as texts; raises ``ValueError`` for what cannot be looped over.

    Source: Kestra 2.0.0. Items of a list appear once, nulls of a map written in the flow are left out.
    """
    if isinstance(values, str):
        return _from_json(values)
    if isinstance(values, dict):
        entries = {key: _text(value, scope) for key, value in values.items() if value is not None}
        return list(entries), list(entries.values())
    if isinstance(values, list):
        if any(value is None for value in values):
            raise ValueError(f"Found a null value inside the iteration values={orjson.dumps(values).decode()}")
        return None, list(dict.fromkeys(_text(value, scope) for value in values))
    raise ValueError(f"Unknown value type: {type(values).__name__}; use a list, a map or an expression that gives one")


def _from_json(text: str) -> tuple[list[str] | None, list[str]]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError:
        values = None
    if not isinstance(values, list | dict):
        shown = text if len(text) <= 200 else text[:200] + "…"
        reason = f"The `values` must be a list, a map, or an expression that renders to one, but got: {shown!r}."
        raise ValueError(reason)  # noqa: TRY004  # bad input, no misuse
    found = list(values.values()) if isinstance(values, dict) else values
    if any(value is None for value in found):
        raise ValueError(f"Found a null value inside the iteration values={text}")
    texts = [_plain(value) for value in found]
    return (list(values), texts) if isinstance(values, dict) else (None, list(dict.fromkeys(texts)))


def _text(value: Any, scope: Scope) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | dict):
        raise ValueError(f"Unknown value element type: {type(value).__name__}; use text, numbers or maps")  # noqa: TRY004  # bad input, no misuse
    return _plain(scope.render(value) if isinstance(value, str | dict) else value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Yield the values of a file: Ion or JSON of one value each line, or its text."""
    for raw in file:
        line = raw.decode("utf-8", errors="replace").strip()
        if line:
            yield _line(line)


def _line(line: str) -> str:
    try:
        found = list(read_rows(BytesIO(line.encode())))
    except InvalidIon:
        return line
    return _plain(found[0]) if len(found) == 1 and found[0] is not None else line
