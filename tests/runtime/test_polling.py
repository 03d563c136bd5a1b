"""Polling triggers look again and again. Source: Kestra 1.0.36, asked; reference engine.md §7.8."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import pytest

from lanner.model.flow import MAIN_TENANT
from lanner.model.label import CORRELATION_ID, Label
from lanner.model.state import State
from lanner.model.trigger import TriggerKey, TriggerKind
from lanner.ports.search import Filter, Operator, Query
from lanner.sdk.context import RunContext
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.registry import PluginGroup, Registry
from lanner.testing.skipping import SkippingClock, play
from lanner_plugins.core.plugin import PLUGIN
from tests.runtime.trigger_house import NEW_YEAR, Lab, in_house, opened

LOOK = "tests.Look"
KEY = TriggerKey(MAIN_TENANT, "tests", "poll", "tick")
SECONDS = timedelta(seconds=1)


class Look(PollingTrigger):
    """Answers what the test wants, in a thread."""

    answer: ClassVar[Callable[[RunContext], Any]]
    calls: ClassVar[list[Mapping[str, Any]]] = []

    def evaluate(self, context: RunContext) -> Mapping[str, Any] | None:
        self.calls.append(context.variables)
        found: Mapping[str, Any] | None = type(self).answer(context)
        return found


class LookInLoop(PollingTrigger):
    """Waits in the loop for as long as the test wants."""

    answer: ClassVar[Callable[[], Awaitable[Any]]]

    async def evaluate(self, context: RunContext) -> Any:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(type(self).answer())
        context.on_kill(lambda: loop.call_soon_threadsafe(task.cancel))
        try:
            return await task
        except asyncio.CancelledError:
            raise RuntimeError("told to stop") from None


@pytest.fixture(autouse=True)
def looking() -> Iterator[None]:
    """Have the house know the triggers of this module."""
    types = {"tests.Look": f"{__name__}:Look", "tests.LookInLoop": f"{__name__}:LookInLoop"}
    group = PluginGroup(name="tests", title="", description="", types=types, aliases={})
    Look.calls.clear()
    answering(lambda _: None)
    with patch("lanner.wiring.engine_room.installed_plugins", lambda **_: Registry([PLUGIN, group])):
        assert __name__ in sys.modules
        yield


def answering(answer: Callable[[RunContext], Any]) -> None:
    Look.answer = staticmethod(answer)


def flow(*lines: str, type_: str = LOOK, head: str = "", tasks: str = "") -> str:
    """Return a flow with one polling trigger."""
    tasks = tasks or 'tasks:\n  - id: show\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ trigger }}"\n'
    text = f"id: poll\nnamespace: tests\n{head}{tasks}triggers:\n  - id: tick\n    type: {type_}\n    interval: PT10S\n"
    return text + "".join(f"    {line}\n" for line in lines)


async def lines(lab: Lab) -> list[str]:
    query = Query(tenant=MAIN_TENANT, filters=(Filter("triggerId", Operator.EQUALS, "tick"),), size=100)
    return [entry.message for entry in (await lab.house.store.logs.search(query)).results]


def test_it_looks_at_once_and_an_interval_after_each_look(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(flow())
        await lab.wait(seconds=35)
        assert len(Look.calls) == 4
        state = await lab.state("poll")
        assert state.kind is TriggerKind.POLLING
        assert state.date is not None
        assert state.next_date == state.date + 10 * SECONDS
        assert not state.is_locked
        assert await lab.executions("poll") == []
        assert await lines(lab) == []

    in_house(tmp_path, test)


def test_what_is_found_is_trigger_in_the_execution(tmp_path: Path) -> None:
    head = "labels: {team: flow}\ninputs:\n  - {id: needed, type: STRING}\n"
    answering(lambda context: {"word": "hi", "id": context.execution_id} if len(Look.calls) == 2 else None)

    async def test(lab: Lab) -> None:
        await lab.save(flow('labels: {a: "{{ flow.id }}", team: trigger}', head=head))
        await lab.wait(seconds=25)
        (found,) = await lab.executions("poll")
        assert found.trigger is not None
        assert (found.trigger.id, found.trigger.type) == ("tick", LOOK)
        assert found.trigger.variables == {"word": "hi", "id": found.id}
        assert found.labels == (Label("a", "{{ flow.id }}"), Label("team", "flow"), Label(CORRELATION_ID, found.id))
        assert (found.inputs, found.state.current) == (None, State.SUCCESS)
        seen = Look.calls[0]
        assert (seen["trigger"]["id"], seen["trigger"]["type"], seen["flow"]["id"]) == ("tick", LOOK, "poll")

    in_house(tmp_path, test)


@pytest.mark.parametrize(("concurrent", "count"), [("false", 1), ("true", 4)])
def test_while_its_execution_runs_it_looks_only_when_allowed_to(tmp_path: Path, concurrent: str, count: int) -> None:
    answering(lambda _: {"n": len(Look.calls)})
    nap = "tasks:\n  - id: nap\n    type: io.kestra.plugin.core.flow.Pause\n    delay: PT1M\n"

    async def test(lab: Lab) -> None:
        await lab.save(flow(f"allowConcurrent: {concurrent}", tasks=nap))
        await lab.wait(seconds=35)
        assert len(await lab.executions("poll")) == count
        await lab.wait(minutes=1)
        assert len(await lab.executions("poll")) > count

    in_house(tmp_path, test)


def test_stop_after_ends_it(tmp_path: Path) -> None:
    answering(lambda _: {"n": 1})

    async def test(lab: Lab) -> None:
        await lab.save(flow("stopAfter: [SUCCESS]"))
        await lab.wait(minutes=5)
        assert len(await lab.executions("poll")) == 1
        assert (await lab.state("poll")).disabled

    in_house(tmp_path, test)


@pytest.mark.parametrize("shows", [False, True])
def test_a_look_that_fails_is_told_in_its_log_and_made_again(tmp_path: Path, shows: bool) -> None:
    def fail_once(context: RunContext) -> Any:
        context.log.info("looking")
        if len(Look.calls) == 1:
            raise OSError("no answer")
        return None

    answering(fail_once)

    async def test(lab: Lab) -> None:
        await lab.save(flow(f"failOnTriggerError: {str(shows).lower()}"))
        await lab.wait(seconds=15)
        assert len(Look.calls) == 2
        found = await lines(lab)
        assert found.count("looking") == 2
        (told,) = [line for line in found if line != "looking"]
        assert told.startswith("[date: 2026-01-01T00:00:0")
        assert told.endswith("Trigger evaluation failed in the worker with error: OSError: no answer")
        executions = await lab.executions("poll")
        assert [one.state.current for one in executions] == ([State.FAILED] if shows else [])
        for one in executions:
            assert one.trigger is not None
            assert (one.trigger.variables, one.labels) == ({}, (Label(CORRELATION_ID, one.id),))

    in_house(tmp_path, test)


def test_a_look_that_finds_something_keeps_its_log_as_a_file(tmp_path: Path) -> None:
    def second_finds(context: RunContext) -> Any:
        context.log.info(f"look {len(Look.calls)}")
        if len(Look.calls) == 1:
            raise OSError("no answer")
        return {"n": 1} if len(Look.calls) == 2 else None

    answering(second_finds)

    async def test(lab: Lab) -> None:
        await lab.save(flow("logToFile: true"))
        await lab.wait(seconds=25)
        assert len(Look.calls) == 3
        (told,) = await lines(lab)
        assert told.endswith("failed in the worker with error: OSError: no answer")
        (execution,) = await lab.executions("poll")
        assert execution.trigger is not None
        uri = execution.trigger.log_file
        assert uri is not None
        assert uri.endswith("/log-1.txt")
        with lab.house.engine.data.blobs.open(MAIN_TENANT, uri.removeprefix("kestra://")) as file:
            assert file.read().endswith(b"flow.poll.tick look 2\n")

    in_house(tmp_path, test)


@pytest.mark.parametrize(
    ("expression", "looks", "states"),
    [
        pytest.param("{{ trigger.id == 'tick' and trigger.date is defined }}", 2, [], id="true"),
        pytest.param("false", 0, [], id="false"),
        pytest.param("{{ nope.x }}", 0, [State.FAILED, State.FAILED], id="cannot be told"),
    ],
)
def test_conditions_are_asked_before_it_looks(tmp_path: Path, expression: str, looks: int, states: list[State]) -> None:
    condition = f'{{type: io.kestra.plugin.core.condition.Expression, expression: "{expression}"}}'

    async def test(lab: Lab) -> None:
        await lab.save(flow(f"conditions: [{condition}]"))
        await lab.wait(seconds=15)
        assert len(Look.calls) == looks
        executions = await lab.executions("poll")
        assert [one.state.current for one in executions] == states
        assert {(one.trigger, one.labels) for one in executions} <= {(None, ())}

    in_house(tmp_path, test)


def test_what_is_disabled_does_not_look(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(flow("disabled: true"))
        await lab.wait(minutes=1)
        assert len(Look.calls) == 0
        await lab.save(flow())
        await lab.settle()
        assert len(Look.calls) == 1
        service = lab.house.trigger_room.service
        await service.set_disabled(KEY, disabled=True)
        await lab.wait(minutes=1)
        assert len(Look.calls) == 1
        await service.set_disabled(KEY, disabled=False)
        await lab.settle()
        assert len(Look.calls) == 2
        await service.delete(KEY)
        await lab.settle()
        assert len(Look.calls) == 3
        await lab.save("disabled: true\n" + flow())
        await lab.wait(minutes=1)
        assert len(Look.calls) == 3

    in_house(tmp_path, test)


def test_its_date_survives_a_restart_and_is_not_doubled(tmp_path: Path) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.save(flow().replace("PT10S", "PT1H"))
            await lab.settle()
        assert len(Look.calls) == 1
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.wait(minutes=30)
            assert len(Look.calls) == 1
        await asyncio.sleep(5 * 3600)
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.settle()
            assert len(Look.calls) == 2

    play(test, beginning=NEW_YEAR)


def test_one_look_at_a_time_even_when_it_is_unlocked(tmp_path: Path) -> None:
    begun: list[datetime] = []
    at_work: list[int] = [0]

    async def test(lab: Lab) -> None:
        async def hang() -> None:
            begun.append(lab.clock.now())
            at_work.append(at_work[-1] + 1)
            try:
                await asyncio.sleep(3600)
            finally:
                at_work.append(at_work[-1] - 1)

        LookInLoop.answer = staticmethod(hang)
        await lab.save(flow(type_="tests.LookInLoop"))
        await lab.wait(minutes=5)
        state = await lab.state("poll")
        assert (len(begun), state.evaluating_since, state.worker_id) == (1, begun[0], "local")
        await lab.house.trigger_room.service.restart(KEY)
        await lab.wait(seconds=15)
        assert (len(begun), max(at_work)) == (2, 1)
        assert await lines(lab) == []

    in_house(tmp_path, test)


def test_a_look_that_a_stop_cut_off_is_made_again(tmp_path: Path) -> None:
    begun: list[None] = []

    async def hang() -> Any:
        begun.append(None)
        if len(begun) == 1:
            await asyncio.sleep(3600)
        return {"found": "it"}

    LookInLoop.answer = staticmethod(hang)

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.save(flow(type_="tests.LookInLoop"))
            await lab.settle()
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.settle()
            (found,) = await lab.executions("poll")
            assert found.trigger is not None
            assert found.trigger.variables == {"found": "it"}
            assert not (await lab.state("poll")).is_locked

    play(test, beginning=NEW_YEAR)


def test_what_is_found_counts_though_the_trigger_was_disabled_meanwhile(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        async def find() -> Any:
            await lab.house.trigger_room.service.set_disabled(KEY, disabled=True)
            return {"found": "it"}

        LookInLoop.answer = staticmethod(find)
        await lab.save(flow(type_="tests.LookInLoop"))
        await lab.wait(minutes=5)
        assert len(await lab.executions("poll")) == 1
        assert (await lab.state("poll")).disabled

    in_house(tmp_path, test)


def test_a_slow_look_holds_up_nothing_else(tmp_path: Path) -> None:
    other = flow().replace("id: poll", "id: other")

    async def test(lab: Lab) -> None:
        async def hang() -> None:
            await asyncio.sleep(3600)

        LookInLoop.answer = staticmethod(hang)
        await lab.save(flow(type_="tests.LookInLoop"))
        await lab.save(other)
        await lab.wait(seconds=35)
        assert len(Look.calls) == 4

    in_house(tmp_path, test)


def test_so_many_look_at_once_and_the_others_in_their_turn(tmp_path: Path) -> None:
    at_work: list[int] = [0]

    async def look() -> None:
        at_work.append(at_work[-1] + 1)
        await asyncio.sleep(3)
        at_work.append(at_work[-1] - 1)

    LookInLoop.answer = staticmethod(look)

    async def test(lab: Lab) -> None:
        for number in range(5):
            await lab.save(flow(type_="tests.LookInLoop").replace("id: poll", f"id: poll{number}"))
        await lab.wait(seconds=9.5)
        assert max(at_work) == 2
        assert len(at_work) == 1 + 2 * 5

    with patch("lanner.runtime.polls.AT_ONCE", 2):
        in_house(tmp_path, test)


@pytest.mark.parametrize("gone", ["flow", "trigger"])
def test_what_is_found_for_a_trigger_that_is_gone_starts_nothing(tmp_path: Path, gone: str) -> None:
    async def test(lab: Lab) -> None:
        async def find() -> Any:
            if gone == "flow":
                await lab.house.flows.delete(KEY.flow)
            else:
                await lab.save(flow(type_="tests.LookInLoop").partition("triggers:")[0])
            return {"found": "it"}

        LookInLoop.answer = staticmethod(find)
        await lab.save(flow(type_="tests.LookInLoop"))
        await lab.wait(minutes=5)
        assert await lab.executions("poll") == []

    in_house(tmp_path, test)


def test_files_are_stored_with_the_execution_to_come(tmp_path: Path) -> None:
    answering(lambda context: {"uri": context.files.put_bytes(b"x", name="a.txt")} if len(Look.calls) == 1 else None)

    async def test(lab: Lab) -> None:
        await lab.save(flow())
        await lab.settle()
        (found,) = await lab.executions("poll")
        assert found.trigger is not None
        assert found.trigger.variables["uri"] == f"kestra:///tests/poll/executions/{found.id}/trigger/tick/a.txt"

    in_house(tmp_path, test)
