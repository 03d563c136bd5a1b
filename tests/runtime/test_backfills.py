"""Schedules make up for past dates. Source: Kestra 1.0.36, asked (the table of zones); reference engine.md §7.4.

The table is row 16 of user-pains.md: backfills of triggers with a time zone, over the days when clocks change.
"""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lanner.model.flow import MAIN_TENANT, FlowKey
from lanner.model.label import Label
from lanner.model.state import State
from lanner.model.trigger import Backfill, TriggerKey, TriggerState
from lanner.sdk.plan import Plan
from lanner.services.errors import InvalidEntity, NoBackfill
from lanner.testing.skipping import SkippingClock, play
from tests.runtime.trigger_house import NEW_YEAR, Lab, in_house, opened

KEY = TriggerKey(MAIN_TENANT, "tests", "tick", "tick")
HELLO = "tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
NAP = "tasks:\n  - id: nap\n    type: io.kestra.plugin.core.flow.Sleep\n    duration: PT10S\n"


def schedule(cron: str, *lines: str, tasks: str = HELLO, head: str = "") -> str:
    """Return a flow with one Schedule."""
    trigger = f'  - id: tick\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "{cron}"\n'
    return f"id: tick\nnamespace: tests\n{head}{tasks}triggers:\n{trigger}" + "".join(f"    {line}\n" for line in lines)


def past(text: str) -> datetime:
    """Return a moment of 2025, given as ``12-31T20:00`` in UTC."""
    return datetime.fromisoformat(f"2025-{text}:00+00:00")


async def begin(lab: Lab, start: datetime, end: datetime | None = None, **more: Any) -> TriggerState:
    """Begin a backfill."""
    return await lab.house.trigger_room.service.create_backfill(KEY, Backfill(start=start, end=end, **more))


@pytest.mark.parametrize(
    ("cron", "start", "end", "expected"),
    [
        pytest.param(
            "0 * * * *",
            "2025-11-20T00:30:00+00:00",
            "2025-11-20T02:30:00+00:00",
            ["2025-11-20T02:00:00+01:00", "2025-11-20T03:00:00+01:00"],
            id="hours",
        ),
        pytest.param(
            "30 2 * * *",
            "2025-03-28T00:00:00+01:00",
            "2025-04-01T00:00:00+02:00",
            [f"2025-03-{day}" for day in ("28T02:30:00+01:00", "29T02:30:00+01:00", "31T02:30:00+02:00")],
            id="2:30 is not there in spring",
        ),
        pytest.param(
            "30 2 * * *",
            "2025-10-25T00:00:00+02:00",
            "2025-10-28T00:00:00+01:00",
            [f"2025-10-{day}" for day in ("25T02:30:00+02:00", "26T02:30:00+02:00", "27T02:30:00+01:00")],
            id="2:30 is there twice in autumn",
        ),
        pytest.param(
            "0 9 * * *",
            "2025-03-29T09:00:00+01:00",
            "2025-03-31T09:00:00+02:00",
            ["2025-03-30T09:00:00+02:00", "2025-03-31T09:00:00+02:00"],
            id="not the start, but the end",
        ),
    ],
)
def test_dates_of_a_zone(tmp_path: Path, cron: str, start: str, end: str, expected: list[str]) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule(cron, "timezone: Europe/Paris"))
        await begin(lab, datetime.fromisoformat(start), datetime.fromisoformat(end))
        await lab.settle()
        assert await lab.dates("tick") == expected

    in_house(tmp_path, test)


def test_one_after_the_other_then_the_ordinary_dates_none_of_them_lost(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule("* * * * *", "recoverMissedSchedules: LAST", tasks=NAP))
        begun = await begin(lab, past("12-31T20:00"), past("12-31T20:12"))
        assert begun.next_date == past("12-31T20:01")
        await lab.wait(minutes=4, seconds=30)
        made_up = [f"2025-12-31T20:{minute:02}:00Z" for minute in range(1, 13)]
        # Meanwhile 00:01 has passed: it was missed, and LAST has it made up for.
        ordinary = [f"2026-01-01T00:0{minute}:00Z" for minute in (2, 3, 4)]
        assert await lab.dates("tick") == [*made_up, *ordinary]
        runs = await lab.executions("tick")
        assert all(one.state.end_date and one.state.end_date <= other.state.start_date for one, other in pairwise(runs))
        after = await lab.state("tick")
        assert (after.backfill, after.next_date) == (None, NEW_YEAR.replace(minute=5))

    in_house(tmp_path, test)


def test_inputs_and_labels_win_over_those_of_the_trigger(tmp_path: Path) -> None:
    inputs = "".join(f"  - {{id: {name}, type: INT, defaults: 1}}\n" for name in "xy")
    head = f"labels: {{a: flow, f: flow}}\ninputs:\n{inputs}"

    async def test(lab: Lab) -> None:
        await lab.save(schedule("0 * * * *", "labels: {a: trigger, t: trigger}", "inputs: {y: 2}", head=head))
        labels = (Label("t", "{{ trigger.id }} again"), Label("b", "backfill"))
        await begin(lab, past("12-31T22:30"), inputs={"x": "{{ 3 + 4 }}"}, labels=labels)
        await lab.settle()
        first, second = await lab.executions("tick")
        assert (first.inputs, second.inputs) == ({"x": 7, "y": 2}, {"x": 7, "y": 2})
        assert [(label.key, label.value) for label in first.labels if not label.is_system] == [
            ("a", "trigger"),
            ("f", "flow"),
            ("t", "tick again"),
            ("b", "backfill"),
        ]

    in_house(tmp_path, test)


def test_conditions_choose_dates(tmp_path: Path) -> None:
    weekend = "conditions: [{type: io.kestra.plugin.core.condition.Weekend}]"

    async def test(lab: Lab) -> None:
        await lab.save(schedule("0 9 * * *", weekend, "lateMaximumDelay: PT1M"))
        await begin(lab, past("12-01T00:00"), past("12-15T00:00"))
        await lab.settle()
        assert await lab.dates("tick") == [f"2025-12-{day}T09:00:00Z" for day in ("06", "07", "13", "14")]

    in_house(tmp_path, test)


def test_pausing_and_giving_up(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        service = lab.house.trigger_room.service
        await lab.save(schedule("0 * * * *", tasks=NAP))
        await begin(lab, past("12-31T10:00"), past("12-31T20:00"))
        await lab.wait(seconds=15)
        await service.pause_backfill(KEY, paused=True)
        await lab.wait(hours=2)
        assert len(await lab.dates("tick")) == 2, "paused: not even the ordinary dates"
        await service.pause_backfill(KEY, paused=False)
        await lab.wait(seconds=15)
        assert len(await lab.dates("tick")) == 4
        gone = await service.delete_backfill(KEY)
        assert (gone.backfill, gone.next_date) == (None, NEW_YEAR.replace(hour=1))
        await lab.wait(seconds=30)
        assert (await lab.dates("tick"))[4:] == ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"]
        with pytest.raises(NoBackfill, match="No backfill found"):
            await service.pause_backfill(KEY, paused=True)
        with pytest.raises(NoBackfill):
            await service.delete_backfill(KEY)

    in_house(tmp_path, test)


def test_a_disabled_trigger_goes_on_where_it_was(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        service = lab.house.trigger_room.service
        await lab.save(schedule("0 * * * *", tasks=NAP))
        await begin(lab, past("12-31T20:00"), past("12-31T22:00"))
        await service.set_disabled(KEY, disabled=True)
        await lab.wait(hours=5)
        assert await lab.dates("tick") == []
        await service.set_disabled(KEY, disabled=False)
        await lab.wait(minutes=1)
        assert await lab.dates("tick") == ["2025-12-31T21:00:00Z", "2025-12-31T22:00:00Z"]
        assert (await lab.state("tick")).next_date == NEW_YEAR.replace(hour=6), "what passed meanwhile was not missed"

    in_house(tmp_path, test)


def test_a_changed_trigger_makes_up_for_its_new_dates(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule("0 * * * *", tasks=NAP))
        await begin(lab, past("12-31T10:00"), past("12-31T13:10"))
        await lab.wait(seconds=1)
        await lab.save(schedule("30 * * * *", tasks=NAP))
        await lab.wait(minutes=1)
        assert await lab.dates("tick") == [f"2025-12-31T{at}:00Z" for at in ("11:00", "11:30", "12:30")]
        assert (await lab.state("tick")).next_date == NEW_YEAR.replace(minute=30)

    in_house(tmp_path, test)


@pytest.mark.parametrize("grace_seconds", [0, 1])
def test_restarts_of_the_server_lose_and_double_no_date(tmp_path: Path, grace_seconds: int) -> None:
    wanted = [f"2025-12-31T20:{minute:02}:00Z" for minute in range(1, 31)]

    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.save(schedule("* * * * *", tasks=NAP))
            labels = (Label("why", "outage"),)
            await begin(lab, past("12-31T20:00"), past("12-31T20:30"), inputs={}, labels=labels)
            await lab.wait(seconds=35)
        for _ in range(3):
            async with opened(clock, tmp_path, store="sqlite") as lab:
                assert (await lab.state("tick")).backfill is not None
                await lab.wait(seconds=35 + grace_seconds)
        async with opened(clock, tmp_path, store="sqlite") as lab:
            await lab.wait(minutes=5)
            runs = [one for one in await lab.executions("tick") if Label("why", "outage") in one.labels]
            assert [str(one.trigger.variables["date"]) for one in runs if one.trigger] == wanted
            assert {one.state.current for one in runs} == {State.SUCCESS}

    play(test, beginning=NEW_YEAR)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        pytest.param("12-31T20:00", "12-31T20:00", "before the end", id="nothing between"),
        pytest.param("12-31T20:00", "12-31T20:30", "no date after", id="no date between"),
    ],
)
def test_what_makes_up_for_nothing_is_refused(tmp_path: Path, start: str, end: str, told: str) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule("0 * * * *"))
        with pytest.raises(InvalidEntity, match=told):
            await begin(lab, past(start), past(end))

    in_house(tmp_path, test)


def test_a_second_backfill_is_refused(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule("0 * * * *", tasks=NAP))
        await begin(lab, past("12-31T10:00"))
        with pytest.raises(InvalidEntity, match="has a backfill already"):
            await begin(lab, past("12-31T10:00"))
        assert (await lab.state("tick")).backfill == Backfill(
            start=past("12-31T10:00"),
            end=datetime(2026, 1, 1, tzinfo=UTC),
            current=past("12-31T10:00"),
            resume_at=NEW_YEAR.replace(hour=1),
        )

    in_house(tmp_path, test)


def test_what_happens_to_the_trigger_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(lab: Lab) -> None:
        service, plans = lab.house.trigger_room.service, lab.house.engine.plans
        await lab.save(schedule("0 * * * *", tasks=NAP))
        latest = plans.latest

        async def slow(key: FlowKey) -> Plan:
            await lab.wait(hours=1, seconds=1)
            return await latest(key)

        monkeypatch.setattr(plans, "latest", slow)
        begun = await begin(lab, past("12-31T20:00"), past("12-31T22:00"))
        monkeypatch.undo()
        assert begun.execution_id is not None, "the execution of 01:00 runs: the trigger waits for its end"
        assert (await service.set_disabled(KEY, disabled=False)).execution_id == begun.execution_id

    in_house(tmp_path, test)
