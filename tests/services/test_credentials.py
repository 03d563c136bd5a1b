"""Credentials: what is remembered and for how long. Source: reference api.md §4.1."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from lanner.backends.memory.store import MemoryStore
from lanner.services import credentials as module
from lanner.services.credentials import Credentials
from lanner.services.errors import Unauthenticated

pytestmark = pytest.mark.anyio

USER, PASSWORD = "a@b.io", "Admin1234"


@pytest.fixture
def anyio_backend() -> str:
    """Tests run on the loop the server has."""
    return "asyncio"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


class CountingHasher(PasswordHasher):
    """Counts how often a password is hashed to be compared."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002  # its name there
        self.verified += 1
        return super().verify(hash, password)


def basic(username: str, password: str) -> str:
    """Return what a Basic header holds."""
    return b64encode(f"{username}:{password}".encode()).decode()


async def test_a_right_password_is_hashed_once_and_a_wrong_one_each_time() -> None:
    hasher = CountingHasher()
    credentials = Credentials(MemoryStore(), Clock(), hasher=hasher)
    await credentials.set(USER, PASSWORD)
    for _ in range(3):
        assert await credentials.check_basic(basic(USER, PASSWORD)) == USER
    assert hasher.verified == 1
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await credentials.check_basic(basic(USER, "Wrong1234"))
    assert hasher.verified == 3


async def test_what_is_remembered_is_bounded_and_forgotten_with_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 0)
    hasher = CountingHasher()
    credentials = Credentials(MemoryStore(), Clock(), hasher=hasher)
    await credentials.set(USER, PASSWORD)
    for _ in range(2):
        await credentials.check_basic(basic(USER, PASSWORD))
    assert hasher.verified == 2
    monkeypatch.setattr(module, "MAX_REMEMBERED", 10)
    await credentials.check_basic(basic(USER, PASSWORD))
    await credentials.set(USER, "Another123")
    with pytest.raises(Unauthenticated):
        await credentials.check_basic(basic(USER, PASSWORD))


async def test_the_stored_user_and_sessions_outlive_a_restart_but_no_clear_password_is_stored() -> None:
    store, clock = MemoryStore(), Clock()
    first = Credentials(store, clock, hasher=CountingHasher())
    await first.set(USER, PASSWORD)
    session, ended = first.session(USER), first.session(USER)
    await first.end_session(ended)
    again = Credentials(store, clock, hasher=CountingHasher())
    await again.open()
    assert await again.check_basic(basic(USER, PASSWORD)) == USER
    assert await again.check_session(session) == USER
    with pytest.raises(Unauthenticated):
        await again.check_session(ended)
    assert PASSWORD not in str(await store.setting(module.SETTING))


async def test_a_session_ends_with_its_time() -> None:
    clock = Clock()
    credentials = Credentials(MemoryStore(), clock, hasher=CountingHasher())
    await credentials.set(USER, PASSWORD)
    session = credentials.session(USER)
    clock.moment += module.SESSION_TIME - timedelta(seconds=1)
    assert await credentials.check_session(session) == USER
    clock.moment += timedelta(seconds=2)
    with pytest.raises(Unauthenticated):
        await credentials.check_session(session)


async def test_settings_replace_what_is_stored_unless_they_break_the_rules() -> None:
    store, clock = MemoryStore(), Clock()
    await Credentials(store, clock, hasher=CountingHasher()).set(USER, PASSWORD)
    weak = Credentials(store, clock, username="x", password="y", hasher=CountingHasher())
    await weak.open()
    assert len(weak.problems) == 2
    assert await weak.check_basic(basic(USER, PASSWORD)) == USER
    strong = Credentials(store, clock, username="c@d.io", password="Another123", hasher=CountingHasher())
    await strong.open()
    assert await strong.check_basic(basic("c@d.io", "Another123")) == "c@d.io"
    with pytest.raises(Unauthenticated):
        await strong.check_basic(basic(USER, PASSWORD))


async def test_nobody_gets_in_while_there_is_no_user() -> None:
    credentials = Credentials(MemoryStore(), Clock(), hasher=CountingHasher())
    await credentials.open()
    assert not credentials.is_initialised
    with pytest.raises(Unauthenticated):
        await credentials.check_basic(basic("", ""))
    with pytest.raises(Unauthenticated):
        await credentials.check_session(credentials.session(USER))
