"""The memory store."""

from collections.abc import AsyncIterator

import pytest

from lanner.backends.memory.store import MemoryStore
from lanner.ports.store import Store
from lanner.testing.contracts import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        made = MemoryStore()
        await made.open()
        yield made
        await made.close()
