"""The header ``Host`` in the place where Kestra's client sends it.

The HTTP library writes it first, whatever the order of the headers is. A request holds a mark in the right place, with
a value that nobody else knows; on the way to the network the line of the host takes that place.
"""

from collections.abc import Iterable
from secrets import token_hex
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

MARK = "lanner-host-here"
TOKEN = token_hex(16)
_LINE = f"{MARK}: {TOKEN}\r\n".encode()


def moved(data: bytes) -> bytes:
    """Return the head of a request with the line of its host where the mark is; anything else as it is."""
    before, found, rest = data.partition(_LINE)
    start, line, headers = before.partition(b"\r\n")
    host, end, others = headers.partition(b"\r\n")
    if not found or not host.lower().startswith(b"host:"):
        return before + rest
    return start + line + others + host + end + rest


class MarkedStream:
    """A connection whose requests have the mark taken out."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # the library's
        data: bytes = await self._stream.read(max_bytes, timeout)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # the library's
        await self._stream.write(moved(buffer) if _LINE in buffer else buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *arguments: Any, **options: Any) -> "MarkedStream":
        return MarkedStream(await self._stream.start_tls(*arguments, **options))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class MarkedNetwork:
    """A network whose connections are ``MarkedStream``s."""

    def __init__(self, network: Any) -> None:
        self._network = network

    async def connect_tcp(self, *arguments: Any, **options: Any) -> MarkedStream:
        return MarkedStream(await self._network.connect_tcp(*arguments, **options))

    async def connect_unix_socket(self, *arguments: Any, **options: Any) -> MarkedStream:
        return MarkedStream(await self._network.connect_unix_socket(*arguments, **options))

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


def keep_host_in_place(client: "httpx.AsyncClient") -> None:
    """Have a client take marks out; without a pool of its own it gets no marks to send (see ``takes_marks``)."""
    for pool in _pools(client):
        pool._network_backend = MarkedNetwork(pool._network_backend)  # noqa: SLF001  # httpx has no option for it


def takes_marks(client: "httpx.AsyncClient") -> bool:
    """Whether the mark of a request would be taken out on every way this client has."""
    pools = list(_pools(client))
    return bool(pools) and all(isinstance(pool._network_backend, MarkedNetwork) for pool in pools)  # noqa: SLF001  # as above


def _pools(client: "httpx.AsyncClient") -> Iterable[Any]:
    transports = [client._transport, *client._mounts.values()]  # noqa: SLF001  # as above
    pools = [getattr(transport, "_pool", None) for transport in transports if transport is not None]
    return [pool for pool in pools if hasattr(pool, "_network_backend")]
