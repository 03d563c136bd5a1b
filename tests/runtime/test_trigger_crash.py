"""A server that is killed at any moment starts each date once, and each listener once per execution."""

import random
import time
import urllib.error
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.test_crash import Server

KILLS = 4
TASKS = "tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n"
SCHEDULE = f"""id: ticking
namespace: tests
{TASKS}
triggers:
  - id: tick
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "* * * * * *"
    withSeconds: true
"""
LISTENER = f"""id: listening
namespace: tests
{TASKS}
triggers:
  - id: up
    type: io.kestra.plugin.core.trigger.Flow
    conditions:
      - {{type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: tests, flowId: ticking}}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "data")
    yield found
    if found.process is not None and found.process.poll() is None:
        found.kill()


@pytest.mark.timeout(180)
def test_each_date_and_each_end_count_once_after_kills(server: Server) -> None:
    chance = random.Random(20261122)  # spreads the moments
    server.start()
    for source in (LISTENER, SCHEDULE):
        server.call("POST", "/flows", source.encode())
    for _ in range(KILLS):
        moment = time.monotonic() + chance.uniform(0.9, 1.4)
        with suppress(OSError, urllib.error.URLError):
            while time.monotonic() < moment:
                server.call("GET", "/executions/search")
        server.kill()
        server.start()
    server.call(
        "PUT", "/triggers/set-disabled", b'{"namespace":"tests","flowId":"ticking","triggerId":"tick","disabled":true}'
    )
    ticks, heard = _settled(server)

    dates = sorted(datetime.fromisoformat(one["trigger"]["variables"]["date"]) for one in ticks)
    assert len(dates) > KILLS
    assert {later - earlier for earlier, later in pairwise(dates)} == {timedelta(seconds=1)}
    assert {one["state"]["current"] for one in ticks} == {"SUCCESS"}
    causes = Counter(one["trigger"]["variables"]["executionId"] for one in heard)
    assert causes == Counter(one["id"] for one in ticks)


def _settled(server: Server) -> tuple[list[Any], list[Any]]:
    """Return the executions of both flows when as many have been heard as have ended, and none runs."""
    deadline = time.monotonic() + 30
    ticks: list[Any] = []
    heard: list[Any] = []
    while time.monotonic() < deadline:
        with suppress(OSError):
            found = server.call("GET", "/executions/search?size=1000")["results"]
            ticks = [one for one in found if one["flowId"] == "ticking"]
            heard = [one for one in found if one["flowId"] == "listening"]
            if len(ticks) == len(heard) and all(one["state"]["current"] == "SUCCESS" for one in found):
                break
    return ticks, heard
