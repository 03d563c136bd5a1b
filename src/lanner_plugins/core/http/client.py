"""HTTP clients: one pool of connections per event loop, a client of its own for unusual needs."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from lanner.sdk.context import RunContext
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.http.host_place import keep_host_in_place

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

CONNECT_SECONDS = 180.0
MAX_CONNECTIONS = 1_000
IDLE_CONNECTIONS = 100

_pools: dict[
    tuple[asyncio.AbstractEventLoop, bool], tuple[AsyncGenerator["httpx.AsyncClient", None], "httpx.AsyncClient"]
] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What makes connections differ from those of the pool: TLS checks and a proxy."""

    insecure: bool = False
    ca_pem: str | None = None
    proxy: dict[str, Any] | None = None


@asynccontextmanager
async def client_for(wire: Wire) -> AsyncIterator["httpx.AsyncClient"]:
    """Lend a client; connections without proxy and own authorities are kept for the next task."""
    if wire.proxy is None and wire.ca_pem is None:
        yield await _pooled(insecure=wire.insecure)
        return
    async with _open(wire) as client:
        yield client


async def _pooled(*, insecure: bool) -> "httpx.AsyncClient":
    loop = asyncio.get_running_loop()
    pool = _pools.get((loop, insecure))
    if pool is None:
        for key in [key for key in _pools if key[0].is_closed()]:
            del _pools[key]
        # A loop that shuts down closes its open asynchronous generators, and so the connections.
        lent = _lend(Wire(insecure=insecure))
        pool = _pools[loop, insecure] = (lent, await anext(lent))
    return pool[1]


async def _lend(wire: Wire) -> AsyncGenerator["httpx.AsyncClient", None]:
    async with _open(wire) as client:
        yield client


def _open(wire: Wire) -> "httpx.AsyncClient":
    import httpx  # noqa: PLC0415  # slow to import, and most flows never need it

    proxy = None
    if wire.proxy is not None:
        address = f"{wire.proxy['scheme']}://{wire.proxy['host']}:{wire.proxy['port']}"
        proxy = httpx.Proxy(address, auth=wire.proxy["auth"])
    try:
        client = httpx.AsyncClient(
            verify=_verification(wire),
            proxy=proxy,
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=IDLE_CONNECTIONS),
            headers={"User-Agent": "Kestra", "Accept-Encoding": "gzip, x-gzip, deflate"},
            max_redirects=50,
        )
        # Kestra's client sends none of its own.
        del client.headers["accept"]
        keep_host_in_place(client)
        return client
    except ImportError as error:
        raise TaskFailed(f"a SOCKS proxy needs another package on the worker: {error}") from error


def _verification(wire: Wire) -> ssl.SSLContext | bool:
    if wire.insecure:
        return False
    if wire.ca_pem is None:
        return True
    try:
        return ssl.create_default_context(cadata=wire.ca_pem)
    except ssl.SSLError as error:
        raise TaskFailed(f"`ssl.caPem` holds no certificate that can be read: {error}") from error


async def stoppable(context: RunContext, work: Coroutine[Any, Any, T]) -> T:
    """Do ``work``, and give it up when the task is killed."""
    task, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
    context.on_kill(lambda: loop.call_soon_threadsafe(task.cancel))
    try:
        return await task
    except asyncio.CancelledError:
        outer = asyncio.current_task()
        if outer is not None and outer.cancelling():
            raise
        raise TaskFailed("the request was given up because the task was stopped") from None
