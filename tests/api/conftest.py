"""A running server for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.house import House, house


@pytest.fixture
def anyio_backend() -> str:
    """Tests run on the loop the server has."""
    return "asyncio"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[House]:
    """A server with its user, and a client that is logged in."""
    async with house(tmp_path) as running:
        yield running


@pytest.fixture
async def fresh_server(tmp_path: Path) -> AsyncIterator[House]:
    """A server without a user yet."""
    async with house(tmp_path, with_user=False) as running:
        yield running
