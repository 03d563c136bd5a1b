"""The ASGI application: find the operation, check who calls, run it, turn errors into answers.

No middleware: every request passes these few lines, so each of them costs.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lanner.api.access import challenge, identify
from lanner.api.desk import Desk
from lanner.api.errors import MethodNotAllowed, RouteNotFound, error_answer
from lanner.api.http import Answer, Call
from lanner.api.routes.table import OPERATIONS
from lanner.api.routing import Operation, Routes
from lanner.services.errors import Unauthenticated

Lifespan = Callable[[], AbstractAsyncContextManager[None]]

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)


class Application:
    """Serves the operations of a table with the services of a desk.

    ``lifespan`` is entered before the first request and left after the last, where the server asks for it.
    """

    def __init__(
        self, desk: Desk, operations: Iterable[Operation] = OPERATIONS, *, lifespan: Lifespan | None = None
    ) -> None:
        self.desk = desk
        self.routes = Routes(operations)
        self._lifespan = lifespan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            raise NotImplementedError(f"{scope['type']} is no protocol of this application")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(scope, receive, self.desk)
        started = False

        async def marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"].extend(SECURITY_HEADERS)
            await send(message)

        try:
            answer = await self._answer(call)
            await answer(scope, receive, marked)
        except Exception as error:  # the process's edge: every error becomes an answer
            if started:
                raise
            await self._failed(call, error)(scope, receive, marked)

    async def _answer(self, call: Call) -> ASGIApp:
        scope = call.scope
        path = scope.get("raw_path") or scope["path"].encode()
        match, call.tenant, allowed = self.routes.find(
            scope["method"], path.partition(b"?")[0].decode("latin-1"), self.desk.options.tenants
        )
        if match is None or not match.operation.is_open:
            is_api = scope["path"].startswith("/api/")
            if is_api or match is not None:
                call.user = await identify(call)
            if match is None:
                raise MethodNotAllowed(call.method, allowed) if allowed else RouteNotFound("Page Not Found")
        call.path = match.path
        call.generation = 2 if "/actions/" in match.pattern else 1
        return await match.operation.handler(call)

    def _failed(self, call: Call, error: Exception) -> Answer:
        answer = error_answer(error, call)
        return challenge(call, answer) if isinstance(error, Unauthenticated) else answer

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            if self._lifespan is None:
                await send({"type": "lifespan.startup.complete"})
                await receive()
            else:
                async with self._lifespan():
                    await send({"type": "lifespan.startup.complete"})
                    await receive()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.shutdown.complete"})


def create_app(desk: Desk, *, lifespan: Lifespan | None = None) -> Application:
    """Return the ASGI application of a server."""
    return Application(desk, lifespan=lifespan)
