"""Runs a server: its sockets, the flows it saves at its start, and its stop."""

import asyncio
import gc
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from lanner.api.app import create_app
from lanner.api.desk import Desk
from lanner.api.management import ByPort, management_app
from lanner.model.errors import LannerError
from lanner.model.flow import MAIN_TENANT
from lanner.runtime.memory import keeper
from lanner.services.flows import Flows
from lanner.settings.sections import Settings
from lanner.wiring.desk import open_desk
from lanner.wiring.house import GRACE_SECONDS, open_local

COLLECTOR_THRESHOLDS = (20_000, 50, 50)
"""New objects, and rounds of the younger generations, between two looks of the garbage collector.

It looks less often than by itself: the task runs of an execution and the states of triggers live long
and hold no cycles. With Python's own numbers a loop of 10,000 values costs a fifth more for each task
run than one of 1,000, and 100,000 schedules are read in half as much time again.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What there is to tell when a server has started. ``problems`` name flow files that were not saved."""

    url: str
    is_initialised: bool
    saved_flows: int = 0
    problems: tuple[str, ...] = ()


async def serve(settings: Settings, *, flow_path: Path | None = None, announce: Callable[[Serving], None]) -> None:
    """Run a server until it is told to stop (SIGTERM, Ctrl-C); running tasks get a grace time to end.

    ``announce`` is called once, when the first request can be answered. Raises ``AddressInUse``,
    ``DataInUse``.
    """
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    with ExitStack() as opened:
        sockets = [opened.enter_context(_listen(settings.server.host, port)) for port in _ports(settings)]
        async with open_local(settings, grace_seconds=GRACE_SECONDS) as house:
            desk = await open_desk(house)
            saved, problems = await _save_flows(house.flows, flow_path)
            server = uvicorn.Server(
                uvicorn.Config(
                    _application(desk, sockets),
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    ws="none",
                    timeout_graceful_shutdown=int(GRACE_SECONDS),
                )
            )
            gc.freeze()
            port = sockets[0].getsockname()[1]
            announce(
                Serving(
                    url=settings.server.url or f"http://{_shown_host(settings.server.host)}:{port}",
                    is_initialised=desk.credentials.is_initialised,
                    saved_flows=saved,
                    problems=(*desk.credentials.problems, *problems),
                )
            )
            watch = _watch_memory()
            try:
                await server.serve(sockets=sockets)
            finally:
                watch.cancel()


def _watch_memory() -> "asyncio.Future[None]":
    """Begin to give memory back; the result is to be cancelled in the end."""
    found = keeper()
    if found is None:
        return asyncio.get_running_loop().create_future()
    return asyncio.get_running_loop().create_task(found.watch(), name="memory")


def _ports(settings: Settings) -> list[int]:
    management = settings.server.management_port
    return [settings.server.port] if management is None else [settings.server.port, management]


def _application(desk: Desk, sockets: Sequence[socket.socket]) -> ASGIApp:
    """Return what answers: the whole API on the first socket, probes on the second."""
    app = create_app(desk)
    return ByPort(app, management_app(desk), sockets[1].getsockname()[1]) if len(sockets) > 1 else app


class AddressInUse(LannerError):
    """Another program listens on the address already, or it is not this machine's."""

    def __init__(self, host: str, port: int, reason: object) -> None:
        self.host, self.port = host, port
        super().__init__(f"cannot listen on {host}:{port}: {reason}; choose another one with --port")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(2048)
    except OSError as error:
        found.close()
        raise AddressInUse(host, port, error.strerror) from error
    found.setblocking(False)
    return found


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def _save_flows(flows: Flows, path: Path | None) -> tuple[int, list[str]]:
    """Save the flows of a folder (or one file); returns how many and what is wrong with the others."""
    if path is None:
        return 0, []
    saved, problems = 0, []
    for file in await asyncio.to_thread(_flow_files, path):
        try:
            await flows.put(MAIN_TENANT, await asyncio.to_thread(file.read_text, encoding="utf-8"))
            saved += 1
        except (LannerError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{file}: {error}")
    return saved, problems


def _flow_files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(found for found in path.rglob("*") if found.suffix in (".yaml", ".yml"))
