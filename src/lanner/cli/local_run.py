"""Running one flow in this process: save it, start it, show what it does, kill it on Ctrl-C."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lanner.cli.checking import FlowInvalid, located
from lanner.cli.ending import ExitCode, InputInvalid
from lanner.cli.run_view import Progress, RunView
from lanner.cli.sources import FlowSource
from lanner.flows.inputs import InvalidInputs
from lanner.flows.problem import InvalidFlow
from lanner.model.flow import MAIN_TENANT, FlowKey
from lanner.model.label import Label
from lanner.model.state import State
from lanner.ports.inbox import Change
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.input import AnyInput, FormInput
from lanner.services.errors import InvalidArgument, InvalidEntity
from lanner.services.execution_inputs import Upload
from lanner.services.executions import Shown, Start
from lanner.settings import Settings
from lanner.wiring.house import House, open_local

GOOD_ENDS = frozenset({State.SUCCESS, State.WARNING})
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to run: the first of ``sources``, with the rest of them and ``others`` at hand."""

    sources: tuple[FlowSource, ...]
    others: tuple[FlowSource, ...] = ()
    inputs: Pairs = ()
    files: Pairs = ()
    labels: Pairs = ()
    wants_document: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended. ``document`` is the execution as the HTTP API shows it, as JSON, when the request wants one."""

    exit_code: ExitCode
    document: str = ""


async def run_here(request: Request, settings: Settings, progress: Progress) -> Outcome:
    """Run a flow to its end; raises ``InputInvalid`` when it cannot even begin."""
    async with open_local(settings, store="memory") as house:
        key = await _saved(house, request)
        changes = house.inbox.follow()
        shown = await _started(house, key, request)
        view = RunView(shown.execution)
        progress.begin(shown.execution)
        try:
            with _killed_by_signals(house, shown) as interrupts:
                await _followed(changes, house, view, progress)
        finally:
            progress.end(view)
        document = _document(house, view, shown) if request.wants_document else ""
        return Outcome(exit_code=_code(view, interrupts), document=document)


async def _saved(house: House, request: Request) -> FlowKey:
    """Save all flows; returns the name of the one to run, which wins over another one of its name."""
    keys = []
    problems: list[str] = []
    for source in (*request.others, *request.sources):
        try:
            keys.append((await house.flows.put(MAIN_TENANT, source.text)).key)
        except InvalidFlow as error:
            problems += located(source, error.problems)
        except InvalidEntity as error:
            problems += located(source, error.flaws)
    if problems:
        raise FlowInvalid("\n".join(problems))
    return keys[len(request.others)]


async def _started(house: House, key: FlowKey, request: Request) -> Shown:
    with ExitStack() as stack:
        start = Start(
            key=key,
            inputs=dict(request.inputs),
            uploads=_opened(request.files, stack),
            labels=tuple(Label(*pair) for pair in request.labels),
        )
        _refuse_undeclared((await house.flows.plan(key)).flow, request)
        try:
            return await house.executions.start(start)
        except (InvalidEntity, InvalidInputs, InvalidArgument) as error:
            raise InputInvalid(str(error)) from error


def _opened(files: Pairs, stack: ExitStack) -> list[Upload]:
    uploads = []
    for name, path in files:
        try:
            content = stack.enter_context(Path(path).open("rb"))  # noqa: SIM115 - the stack closes it
        except OSError as error:
            raise InputInvalid(f"--input-file {path}: the file cannot be read: {error.strerror}") from error
        uploads.append(Upload(name, Path(path).name, content))
    return uploads


def _refuse_undeclared(flow: FlowDefinition, request: Request) -> None:
    """Raise ``InputInvalid`` for an input that the flow does not have: a server leaves it out without a word."""
    known = [name for entry in flow.inputs for name in _names(entry)]
    unknown = [name for name, _ in (*request.inputs, *request.files) if name not in known]
    if unknown:
        allowed = ", ".join(known) or "none"
        raise InputInvalid(
            "\n".join(f"{name}: the flow has no input of this name; allowed: {allowed}" for name in unknown)
        )


def _names(entry: AnyInput) -> list[str]:
    if isinstance(entry, FormInput):
        return [f"{entry.id}.{child.id}" for child in entry.inputs]
    return [entry.id]


async def _followed(changes: AsyncIterator[Change], house: House, view: RunView, progress: Progress) -> None:
    """Show every change until nothing of the execution runs any more."""
    async for change in changes:
        runs = view.take(change.execution, change.task_runs) if view.is_mine(change.execution.id) else []
        progress.change(view, runs, change.logs)
        if view.execution.ended:
            return
    # The stream ends early for a reader that is too slow: the end is still to be waited for.
    while (snapshot := await house.inbox.wait_until_ended(view.execution.id, 3600)) is None:
        pass
    progress.change(view, view.take(snapshot.execution, snapshot.task_runs), ())


@contextmanager
def _killed_by_signals(house: House, shown: Shown) -> Iterator[list[int]]:
    """Kill the execution on the first SIGINT or SIGTERM, give up waiting on the second; yields those that came."""
    loop = asyncio.get_running_loop()
    waiting = asyncio.current_task()
    killing: set[asyncio.Task[Any]] = set()
    came: list[int] = []

    def interrupted(number: int) -> None:
        came.append(number)
        if len(came) == 1:
            killing.add(loop.create_task(house.actions.kill(MAIN_TENANT, shown.execution.id)))
        elif waiting is not None:
            waiting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupted, number)
    try:
        yield came
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _code(view: RunView, interrupts: Sequence[int]) -> ExitCode:
    if interrupts:
        return ExitCode.INTERRUPTED
    return ExitCode.SUCCESS if view.execution.state.current in GOOD_ENDS else ExitCode.FAILED


def _document(house: House, view: RunView, shown: Shown) -> str:
    # The API is slow to import, and only `--json` shows its documents.
    from lanner.api.composition import execution_document  # noqa: PLC0415  # as said above
    from lanner.api.http import to_json  # noqa: PLC0415  # as said above

    runs = list(view.runs.values())
    document = execution_document(view.execution, runs, now=house.executions.now(), variables=shown.variables)
    return to_json(document).decode()
