"""Which dates a cron expression means. Source: Kestra 1.0.36, asked; reference engine.md §7.3."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanner_plugins.core.trigger.cron import Cron, CronCalendar, InvalidCron

PARIS = ZoneInfo("Europe/Paris")
SATURDAY = datetime(2026, 11, 21, 14, 56, 30)  # noqa: DTZ001  # a local time


@pytest.mark.parametrize(
    ("cron", "following"),
    [
        ("5/15 * * * *", "2026-11-21 15:05"),
        ("/5 * * * *", "2026-11-21 15:00"),
        ("5-5 * * * *", "2026-11-21 15:05"),
        ("1,2,*/10 * * * *", "2026-11-21 15:00"),
        ("*,5 * * * *", "2026-11-21 14:57"),
        ("1-10/20 * * * *", "2026-11-21 15:01"),
        ("05 08 * * *", "2026-11-22 08:05"),
        ("0 0 * * SAT-SUN", "2026-11-22 00:00"),
        ("0 0 * * 5-7", "2026-11-22 00:00"),
        ("0 0 * * FRI-SUN", "2026-11-22 00:00"),
        ("0 0 * * 0", "2026-11-22 00:00"),
        ("0 0 * * 7", "2026-11-22 00:00"),
        ("0 0 * * 1-FRI", "2026-11-23 00:00"),
        ("0 0 * * TUE/2", "2026-11-24 00:00"),
        ("0 0 1/5 * *", "2026-11-26 00:00"),
        ("0 0 * FEB/2 *", "2026-12-01 00:00"),
        ("0 0 * jan-3 *", "2027-01-01 00:00"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        ("@hourly", "2026-11-21 15:00"),
        ("@daily", "2026-11-22 00:00"),
        ("@midnight", "2026-11-22 00:00"),
        ("@Weekly", "2026-11-22 00:00"),
        ("@monthly", "2026-12-01 00:00"),
        ("@yearly", "2027-01-01 00:00"),
        ("@annually", "2027-01-01 00:00"),
        pytest.param("0 0 13 * 5", "2026-11-27 00:00", id="both days restricted: either"),
        pytest.param("0 0 22 * 5", "2026-11-22 00:00", id="both days restricted: the other"),
        pytest.param("0 0 1-31 * 3", "2026-11-22 00:00", id="a full range is a restriction"),
        pytest.param("0 0 25 * */2", "2026-11-22 00:00", id="so is a step"),
    ],
)
def test_the_date_after(cron: str, following: str) -> None:
    assert Cron.read(cron).after(SATURDAY) == datetime.fromisoformat(following)


@pytest.mark.parametrize("cron", ["0 0 31 2 *", "0 0 31 4 *", "0 0 30 FEB *"])
def test_a_date_that_never_comes(cron: str) -> None:
    assert Cron.read(cron).after(SATURDAY) is None
    assert Cron.read(cron).before(SATURDAY) is None


def test_seconds_are_the_first_of_six_fields() -> None:
    cron = Cron.read("*/20 * * * * *", with_seconds=True)
    assert cron.after(SATURDAY) == SATURDAY.replace(second=40)
    assert cron.before(SATURDAY) == SATURDAY.replace(second=20)
    assert Cron.read("@hourly", with_seconds=True).after(SATURDAY) == SATURDAY.replace(hour=15, minute=0, second=0)


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "5-61 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 0 *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "0 0 * * 8/2",
        "10-5 * * * *",
        "0 0 * * 6-0",
        "0 0 * * 7-1",
        "0 0 * * SUN-MON",
        "*/0 * * * *",
        "*/60 * * * *",
        "-5 * * * *",
        "5- * * * *",
        "*-5 * * * *",
        "5-* * * * *",
        "*/5/2 * * * *",
        "5, * * * *",
        ",5 * * * *",
        "1.5 * * * *",
        "0 0 ? * *",
        "0 0 L * *",
        "0 0 1W * *",
        "0 0 * * 5L",
        "0 0 * * 1#2",
        "@reboot",
        "0 0 * * monday",
        "x",
    ],
)
def test_cron_is_refused(cron: str) -> None:
    with pytest.raises(InvalidCron, match="invalid cron expression"):
        Cron.read(cron)


def test_seconds_need_six_fields() -> None:
    with pytest.raises(InvalidCron, match="it has 5 fields instead of 6"):
        Cron.read("* * * * *", with_seconds=True)


@pytest.mark.parametrize(
    ("cron", "moment", "following"),
    [
        pytest.param("30 2 * * *", "2026-03-28T12:00Z", "2026-03-30T00:30Z", id="a skipped time has no date that day"),
        pytest.param("*/30 * * * *", "2026-03-29T00:30Z", "2026-03-29T01:00Z", id="half hours go on across the gap"),
        pytest.param("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z", id="the first of two counts"),
        pytest.param("30 2 * * *", "2026-10-25T00:30Z", "2026-10-26T01:30Z", id="the second does not"),
        pytest.param("*/30 * * * *", "2026-10-25T00:30Z", "2026-10-25T02:00Z", id="nor for shorter intervals"),
        pytest.param("0 9 * * *", "2026-10-25T01:30Z", "2026-10-25T08:00Z", id="from within the second hour"),
    ],
)
def test_daylight_saving(cron: str, moment: str, following: str) -> None:
    calendar = CronCalendar(Cron.read(cron), PARIS)
    found = calendar.after(datetime.fromisoformat(moment))
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(following)


def test_the_date_before_within_the_second_of_two_hours() -> None:
    calendar = CronCalendar(Cron.read("*/30 * * * *"), PARIS)
    found = calendar.before(datetime(2026, 10, 25, 1, 10, tzinfo=UTC))
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


_MOMENTS = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # as hypothesis wants them
_CRONS = st.sampled_from(
    ["*/20 * * * *", "0 2 * * *", "30 2 */3 * 1", "0 0 29 2 *", "15 1-4 * 3,10 *", "7/9 */5 * * SUN"]
)


@given(moment=_MOMENTS, cron=_CRONS)
def test_after_and_before_are_each_others_reverse(moment: datetime, cron: str) -> None:
    calendar = CronCalendar(Cron.read(cron), PARIS)
    dates = [moment]
    for _ in range(4):
        found = calendar.after(dates[-1])
        assert found is not None
        dates.append(found.astimezone(UTC))
    assert dates == sorted(set(dates))
    for earlier, later in pairwise(dates[1:]):
        found = calendar.before(later)
        assert found is not None
        assert found.astimezone(UTC) == earlier
    before = calendar.before(dates[1])
    assert before is not None
    assert before <= moment
