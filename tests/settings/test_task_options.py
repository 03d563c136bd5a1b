"""What tasks ask the settings for is there."""

import re

import pytest

from lanner.settings.loading import load_settings
from lanner.settings.problem import SettingsInvalid
from lanner.settings.sections import Settings
from lanner.wiring.engine_room import task_options
from tests.house.tree import ROOT

PLACES = [ROOT / "src" / "lanner_plugins", *(ROOT / "plugins").glob("*/src")]


def test_each_option_that_a_task_asks_for_is_a_setting() -> None:
    texts = [module.read_text(encoding="utf-8") for place in PLACES for module in place.rglob("*.py")]
    wanted = {name for text in texts for name in re.findall(r'"((?:scripts|duckdb)\.[a-z-]+)"', text)}
    assert len(wanted) >= 5
    assert wanted - set(Settings().flat()) == set()
    assert wanted - set(task_options(Settings())) == set()


def test_they_have_the_values_of_the_settings() -> None:
    environ = {
        "LANNER_SCRIPTS__CACHE_DIR": "/var/cache/x",
        "LANNER_SCRIPTS__KILL_GRACE_PERIOD": "PT1S",
        "LANNER_DUCKDB__MEMORY_LIMIT": "512MB",
        "LANNER_DUCKDB__THREADS": "2",
    }
    found = task_options(load_settings(environ=environ).settings)
    assert [found[name] for name in ("scripts.cache-dir", "scripts.kill-grace-period")] == ["/var/cache/x", "PT1S"]
    assert [found[name] for name in ("duckdb.memory-limit", "duckdb.threads")] == ["512MB", 2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SCRIPTS__KILL_GRACE_PERIOD", "soon", id="no duration"),
        pytest.param("DUCKDB__MEMORY_LIMIT", "lots", id="no size"),
        pytest.param("DUCKDB__THREADS", "0", id="no thread"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        load_settings(environ={f"LANNER_{name}": value})
