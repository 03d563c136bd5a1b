"""What every test of the tree shares."""

import os

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run: a red test stays red until the code changes.
settings.register_profile(
    "same-everywhere",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same-everywhere"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat above the closing line what ``./dev test`` found before the tests began."""
    if broken := os.environ.get("DEV_CHECK_BROKEN"):
        terminalreporter.section("./dev check failed", red=True)
        terminalreporter.line(f"{broken}: the output stands above the tests")
