"""A house without a server for tests of tasks that need stored executions."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Tests run on the loop the server has."""
    return "asyncio"
