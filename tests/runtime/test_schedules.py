"""Schedules start one execution per date. Source: Kestra 1.0.36, asked; reference engine.md §7.3, §7.5."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lanner.model.label import Label
from lanner.model.state import State
from lanner.testing.skipping import SkippingClock, play
from tests.runtime.trigger_house import NEW_YEAR, Lab, in_house, opened

LOG = "tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
SLOW = "tasks:\n  - id: nap\n    type: io.kestra.plugin.core.flow.Pause\n    delay: %s\n"


def schedule(*lines: str, flow_id: str = "tick", tasks: str = LOG, head: str = "") -> str:
    """Return a flow with one Schedule."""
    text = f"id: {flow_id}\nnamespace: tests\n{head}{tasks}triggers:\n"
    return (
        text
        + "  - id: tick\n    type: io.kestra.plugin.core.trigger.Schedule\n"
        + "".join(f"    {line}\n" for line in lines)
    )


def test_each_day_of_two_months_has_one_execution(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "0 9 * * *"'))
        await lab.wait(days=60)
        dates = await lab.dates("tick")
        assert dates == [(NEW_YEAR + timedelta(days=day, hours=9)).isoformat()[:-6] + "Z" for day in range(60)]
        assert {one.state.current for one in await lab.executions("tick")} == {State.SUCCESS}

    in_house(tmp_path, test)


def test_variables_labels_and_inputs(tmp_path: Path) -> None:
    head = (
        "labels: {a: flow, b: flow}\nvariables: {v: vv}\n"
        "inputs:\n  - {id: x, type: INT, defaults: 4}\n  - {id: y, type: INT, defaults: 5}\n"
    )

    async def test(lab: Lab) -> None:
        await lab.save(
            schedule(
                'cron: "*/10 * * * * *"',
                "withSeconds: true",
                "timezone: Europe/Paris",
                'inputs: {x: "{{ 3 + 4 }}"}',
                'labels: {b: "trig {{ vars.v }}", c: "{{ trigger.id }}", d: "{{ nope.x }}"}',
                head=head,
            )
        )
        await lab.wait(seconds=15)
        (found,) = await lab.executions("tick")
        assert found.trigger is not None
        assert found.trigger.type == "io.kestra.plugin.core.trigger.Schedule"
        assert found.trigger.variables == {
            "date": "2026-01-01T01:00:10+01:00",
            "next": "2026-01-01T01:00:20+01:00",
            "previous": "2026-01-01T01:00:00+01:00",
        }
        assert found.inputs == {"x": 7, "y": 5}
        assert found.labels == (
            Label("a", "flow"),
            Label("b", "trig vv"),
            Label("c", "tick"),
            Label("system.correlationId", found.id),
        )
        assert found.schedule_date is None

    in_house(tmp_path, test)


def test_without_inputs_on_the_trigger_nothing_is_checked(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        head = "inputs:\n  - {id: needed, type: STRING}\n"
        await lab.save(schedule('cron: "@hourly"', head=head))
        await lab.save(schedule('cron: "@hourly"', "inputs: {other: 1}", head=head, flow_id="checked"))
        await lab.wait(hours=3, minutes=30)
        assert [one.inputs for one in await lab.executions("tick")] == [None, None, None]
        assert await lab.executions("checked") == []
        assert (await lab.state("checked")).next_date == NEW_YEAR + timedelta(hours=4)

    in_house(tmp_path, test)


def test_conditions_choose_dates(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        condition = "conditions: [{type: io.kestra.plugin.core.condition.Weekend}]"
        await lab.save(schedule('cron: "0 9 * * *"', condition))
        await lab.save(schedule('cron: "0 9 * * *"', f"scheduleC{condition[1:]}", flow_id="old"))
        weekend = "when: \"{{ ['Sat', 'Sun'] contains (trigger.date | date('EEE')) }}\""
        await lab.save(schedule('cron: "0 9 * * *"', weekend, flow_id="new"))
        await lab.wait(days=10)
        for name in ("tick", "old", "new"):
            assert await lab.dates(name) == ["2026-01-03T09:00:00Z", "2026-01-04T09:00:00Z", "2026-01-10T09:00:00Z"]
        (first, *_) = await lab.executions("tick")
        assert first.trigger is not None
        assert first.trigger.variables["next"] == "2026-01-04T09:00:00Z"
        assert first.trigger.variables["previous"] == "2025-12-28T09:00:00Z"
        assert (await lab.state("tick")).next_date == datetime(2026, 1, 11, 9, tzinfo=UTC)

    in_house(tmp_path, test)


def test_a_condition_that_cannot_be_told_fails_at_each_date(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        condition = 'conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: "{{ nope.x }}"}]'
        await lab.save(schedule('cron: "@hourly"', condition, head="labels: {a: b}\n"))
        await lab.wait(hours=2, minutes=30)
        found = await lab.executions("tick")
        assert [[one.state for one in execution.state.transitions] for execution in found] == [
            [State.CREATED, State.FAILED]
        ] * 2
        assert {(execution.trigger, execution.labels, execution.ended) for execution in found} == {
            (None, (Label("a", "b"),), True)
        }
        assert (await lab.state("tick")).execution_id is None

    in_house(tmp_path, test)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("ALL", ["00:01", "00:02", "00:03", "00:04"]),
        ("LAST", ["00:01", "00:03", "00:06", "00:08"]),
        ("NONE", ["00:01", "00:04", "00:07", "00:10"]),
    ],
)
def test_one_execution_at_a_time(tmp_path: Path, mode: str, expected: list[str]) -> None:
    async def test(lab: Lab) -> None:
        lines = ('cron: "* * * * *"', f"recoverMissedSchedules: {mode}")
        await lab.save(schedule(*lines, tasks=SLOW % "PT2M30S"))
        await lab.wait(minutes=11)
        assert [date[11:16] for date in await lab.dates("tick")] == expected
        assert (await lab.state("tick")).execution_id is not None

    in_house(tmp_path, test)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("ALL", ["01:00", "02:00", "03:00", "04:00", "05:00"]),
        ("LAST", ["01:00", "04:00", "05:00"]),
        ("NONE", ["01:00", "05:00"]),
    ],
)
def test_dates_missed_while_the_server_was_down(tmp_path: Path, mode: str, expected: list[str]) -> None:
    async def test(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.save(schedule('cron: "@hourly"', f"recoverMissedSchedules: {mode}"))
            await lab.wait(hours=1, minutes=30)
        await lab.wait(hours=3)
        async with opened(clock, tmp_path, "sqlite") as lab:
            await lab.wait(minutes=45)
            assert [date[11:16] for date in await lab.dates("tick")] == expected

    play(test)


def test_the_setting_says_what_becomes_of_missed_dates(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "* * * * *"', tasks=SLOW % "PT2M30S"))
        await lab.wait(minutes=8)
        assert [date[11:16] for date in await lab.dates("tick")] == ["00:01", "00:04", "00:07"]

    in_house(tmp_path, test, triggers={"recover_missed_schedules": "NONE"})


def test_dates_that_are_too_late_are_skipped(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        lines = ('cron: "* * * * *"', "lateMaximumDelay: PT1M10S")
        await lab.save(schedule(*lines, tasks=SLOW % "PT3M30S"))
        await lab.wait(minutes=9)
        # The date stored when the first one began runs late; the one after it is looked for among those not too late.
        assert [date[11:16] for date in await lab.dates("tick")] == ["00:01", "00:02", "00:04"]

    in_house(tmp_path, test)


def test_stop_after(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        fail = "tasks:\n  - id: fail\n    type: io.kestra.plugin.core.execution.Fail\n"
        await lab.save(schedule('cron: "@hourly"', "stopAfter: [FAILED]", tasks=fail))
        await lab.save(schedule('cron: "@hourly"', "stopAfter: [FAILED]", flow_id="fine"))
        await lab.wait(hours=3, minutes=30)
        assert len(await lab.executions("tick")) == 1
        assert len(await lab.executions("fine")) == 3
        state = await lab.state("tick")
        assert (state.disabled, state.execution_id) == (True, None)
        assert state.next_date == NEW_YEAR + timedelta(hours=2)

    in_house(tmp_path, test)


def test_nothing_starts_while_trigger_or_flow_are_disabled(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "@hourly"', "disabled: true"))
        await lab.save(schedule('cron: "@hourly"', flow_id="off", head="disabled: true\n"))
        await lab.wait(hours=5, minutes=30)
        assert [*await lab.executions("tick"), *await lab.executions("off")] == []
        assert (await lab.state("tick")).disabled is False
        await lab.save(schedule('cron: "@hourly"'))
        await lab.save(schedule('cron: "@hourly"', flow_id="off"))
        await lab.wait(hours=1)
        assert await lab.dates("tick") == ["2026-01-01T06:00:00Z"]
        assert await lab.dates("off") == ["2026-01-01T06:00:00Z"]

    in_house(tmp_path, test)


def test_a_changed_schedule_has_a_new_next_date_and_a_removed_one_is_forgotten(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "0 0 1 6 *"'))
        assert (await lab.state("tick")).next_date == datetime(2026, 6, 1, tzinfo=UTC)
        await lab.save(schedule('cron: "@hourly"'))
        assert (await lab.state("tick")).next_date == NEW_YEAR + timedelta(hours=1)
        await lab.wait(minutes=90)
        await lab.save(f"id: tick\nnamespace: tests\n{LOG}")
        await lab.wait(hours=5)
        assert len(await lab.executions("tick")) == 1
        assert await lab.house.store.triggers.all() == []

    in_house(tmp_path, test)


def test_a_date_that_never_comes(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "0 0 31 2 *"'))
        assert (await lab.state("tick")).next_date is None

    in_house(tmp_path, test)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("ALL", [-3, -2, 4]), ("LAST", [-2, 4]), ("NONE", [4])],
)
def test_given_dates(tmp_path: Path, mode: str, expected: list[int]) -> None:
    async def test(lab: Lab) -> None:
        dates = [(NEW_YEAR + timedelta(hours=hour, milliseconds=300)).isoformat() for hour in (4, -3, -2)]
        await lab.save(
            f"id: tick\nnamespace: tests\n{LOG}triggers:\n  - id: tick\n"
            "    type: io.kestra.plugin.core.trigger.ScheduleOnDates\n"
            f"    recoverMissedSchedules: {mode}\n    dates: {dates}\n"
        )
        await lab.wait(hours=9)
        found = await lab.executions("tick")
        assert [one.schedule_date for one in found] == [NEW_YEAR + timedelta(hours=hour) for hour in expected]
        assert [one.trigger.variables for one in found if one.trigger] == [{}] * len(expected)
        state = await lab.state("tick")
        assert state.next_date is not None
        assert state.next_date > NEW_YEAR + timedelta(days=364)

    in_house(tmp_path, test)


def test_a_deleted_execution_does_not_hold_its_trigger(tmp_path: Path) -> None:
    async def test(lab: Lab) -> None:
        await lab.save(schedule('cron: "@hourly"', "recoverMissedSchedules: NONE", tasks=SLOW % "P30D"))
        await lab.wait(hours=3, minutes=30)
        (found,) = await lab.executions("tick")
        assert (await lab.state("tick")).execution_id == found.id
        await lab.house.inbox.delete(found.id)
        assert (await lab.state("tick")).execution_id is None
        await lab.wait(hours=1)
        assert (await lab.dates("tick"))[-1] == "2026-01-01T04:00:00Z"

    in_house(tmp_path, test)
