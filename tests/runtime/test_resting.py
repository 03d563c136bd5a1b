"""Executions that wait leave the memory, and nobody notices."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from lanner.engine.events import KillRequested, RestartRequested, ResumeRequested
from lanner.model.ids import ExecutionId
from lanner.model.refusal import Refused
from lanner.testing.skipping import SkippingClock, play
from tests.runtime.test_user_pains import LOG, NAP, ONE_AT_A_TIME, ask, begun, flow, states
from tests.runtime.trigger_house import Lab, opened

HOLD = "tasks:\n  - id: hold\n    type: io.kestra.plugin.core.flow.Pause\n"
HOUR = HOLD + "    pauseDuration: PT1H\n"
AFTER = LOG.removeprefix("tasks:\n")
SUBFLOW = "{id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: tests, flowId: child}"
BESIDE = f"""tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks: [{SUBFLOW}, {{id: hold, type: io.kestra.plugin.core.flow.Pause}}]
"""


def in_memory(lab: Lab, execution_id: ExecutionId) -> bool:
    return execution_id in lab.house.inbox._live


async def resume(lab: Lab, execution_id: ExecutionId) -> None:
    await ask(lab, execution_id, ResumeRequested(inputs={}))


async def kill(lab: Lab, execution_id: ExecutionId) -> None:
    await ask(lab, execution_id, KillRequested())


async def wait_an_hour(lab: Lab, execution_id: ExecutionId) -> None:
    await lab.wait(hours=1)


@pytest.mark.parametrize(
    ("tasks", "then", "state"),
    [
        pytest.param(HOLD + AFTER, resume, "SUCCESS", id="resumed"),
        pytest.param(HOUR + AFTER, wait_an_hour, "SUCCESS", id="time is up"),
        pytest.param(HOLD + AFTER, kill, "KILLED", id="killed"),
    ],
)
def test_a_paused_execution_leaves_the_memory_and_comes_back(
    tmp_path: Path, tasks: str, then: Callable[[Lab, ExecutionId], Awaitable[None]], state: str
) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path) as lab:
            await lab.save(flow("one", tasks))
            execution_id = await begun(lab, "one")
            await lab.wait(seconds=10)
            assert in_memory(lab, execution_id)
            await lab.wait(minutes=2)
            assert not in_memory(lab, execution_id)
            await then(lab, execution_id)
            assert await states(lab, execution_id) == [state]

    play(test)


def test_what_waits_for_a_slot_leaves_the_memory_and_gets_its_turn(tmp_path: Path) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path) as lab:
            await lab.save(flow("one", ONE_AT_A_TIME, HOUR))
            first, second, third = [await begun(lab, "one") for _ in range(3)]
            await lab.wait(minutes=2)
            assert not any(in_memory(lab, one) for one in (first, second, third))
            await lab.house.inbox.delete(first)
            assert await states(lab, second, third) == ["PAUSED", "QUEUED"]
            await resume(lab, second)
            assert await states(lab, second, third) == ["SUCCESS", "PAUSED"]

    play(test)


def test_a_paused_execution_whose_task_runs_stays(tmp_path: Path) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path) as lab:
            await lab.save(flow("child", NAP.replace("PT1M", "PT10M")))
            await lab.save(flow("one", BESIDE))
            execution_id = await begun(lab, "one")
            await lab.wait(minutes=5)
            assert in_memory(lab, execution_id)
            await lab.wait(minutes=10)
            assert not in_memory(lab, execution_id)
            await resume(lab, execution_id)
            assert await states(lab, execution_id) == ["SUCCESS"]

    play(test)


def test_an_ended_execution_leaves_the_memory_again_after_a_refusal(tmp_path: Path) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path) as lab:
            await lab.save(flow("one", LOG))
            ended = (await lab.run("one")).id
            with pytest.raises(Refused):
                await ask(lab, ended, RestartRequested())
            await lab.settle()
            assert not in_memory(lab, ended)

    play(test)
