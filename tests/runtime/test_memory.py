"""Memory that large values took is given back, and the collector is left alone otherwise."""

import asyncio
from collections.abc import Callable

import pytest

from lanner.runtime.memory import Keeper, keeper

MB = 1024 * 1024


class Ended(Exception):
    """The story is told."""


def tidied(story: list[int], after: Callable[[int], int]) -> list[int]:
    """Play how many MB are in use at each look; ``after`` says what is left by tidying. Returns its calls."""
    calls: list[int] = []
    now = story[0]
    rest = iter(story[1:])

    async def wait(seconds: float) -> None:
        nonlocal now
        try:
            now = next(rest)
        except StopIteration:
            raise Ended from None

    def tidy() -> None:
        nonlocal now
        calls.append(now)
        now = after(now)

    with pytest.raises(Ended):
        asyncio.run(Keeper(used=lambda: now * MB, tidy=tidy, wait=wait).watch())
    return calls


@pytest.mark.parametrize(
    ("story", "left", "expected"),
    [
        pytest.param([70, 75, 90, 100, 110], None, [], id="a little more is nothing"),
        pytest.param([70, 400, 400, 80, 80, 80], 75, [400], id="gone at once"),
        pytest.param([70, 400, 400, 300, 200, 100, 100, 100, 100], None, [400, 300, 200, 100], id="gone in the end"),
        pytest.param([70, 400, 400, 400, 400, 400, 410, 430, 440], None, [400] * 4, id="needed from now on"),
        pytest.param([70, 400, 400, 60, 60, 120, 125], 60, [400, 125], id="again after it has shrunk"),
    ],
)
def test_growth_is_looked_after(story: list[int], left: int | None, expected: list[int]) -> None:
    assert tidied(story, lambda now: now if left is None else left) == expected


def test_this_process_can_be_asked() -> None:
    found = keeper()
    if found is None:
        pytest.skip("not Linux with glibc")
    found._tidy()  # what it calls must exist
    assert found._used() > MB
