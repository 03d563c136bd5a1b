"""The management port: what probes ask, and nothing else."""

from starlette.types import ASGIApp, Receive, Scope, Send

from lanner.api.app import Application
from lanner.api.desk import Desk
from lanner.api.routes.table import OPERATIONS

PROBES = frozenset({"/health"})


class ByPort:
    """Hands a request to the application of the port it came in by."""

    def __init__(self, app: ASGIApp, management: ASGIApp, management_port: int) -> None:
        self._app, self._management, self._port = app, management, management_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        server = scope.get("server")
        is_management = server is not None and server[1] == self._port
        await (self._management if is_management else self._app)(scope, receive, send)


def management_app(desk: Desk) -> Application:
    """Return the application that answers probes only."""
    return Application(desk, [operation for operation in OPERATIONS if operation.in_root and operation.path in PROBES])
