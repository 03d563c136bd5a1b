"""HTTP calls to a server, with errors as one sentence."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import typer

from lanner.cli.ending import CommandFailed, InputInvalid, ServerUnreachable

DEFAULT_SERVER = "http://127.0.0.1:8080"

ServerOption = Annotated[
    str, typer.Option("--server", envvar="LANNER_SERVER", help="Address of the server.", metavar="URL")
]
UserOption = Annotated[
    str | None, typer.Option("--user", envvar="LANNER_USER", help="Login, as NAME:PASSWORD.", metavar="NAME:PASSWORD")
]
TenantOption = Annotated[str, typer.Option("--tenant", envvar="LANNER_TENANT", help="Tenant of the server.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the server's answer as one JSON document.")]


class Refused(CommandFailed):
    """The server answered with an error; ``lines`` are those of its message."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.lines = tuple(message.splitlines())
        super().__init__(f"the server refused: {' '.join(message.split())} (HTTP {status})")


class RefusedInput(Refused, InputInvalid):
    """The server cannot use what was sent."""


class NotLoggedIn(ServerUnreachable):
    """The server wants a login, or another one."""


class Client:
    """Calls the API of one tenant; every error becomes a ``CommandFailed``."""

    def __init__(self, http: httpx.Client, *, server: str, tenant: str) -> None:
        self._http, self._server, self.tenant = http, server, tenant

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        text: str | None = None,
        json: Any = None,
        files: list[tuple[str, Any]] | None = None,
    ) -> httpx.Response:
        """Send a request to ``/api/v1/{tenant}`` + ``path``. ``text`` is sent as YAML, ``files`` as a form."""
        try:
            response = self._http.request(
                method,
                f"/api/v1/{self.tenant}{path}",
                params=query,
                content=text.encode() if text is not None else None,
                headers={"Content-Type": "application/x-yaml"} if text is not None else None,
                json=json,
                files=files,
            )
        except httpx.TransportError as error:
            raise ServerUnreachable(f"no server answers at {self._server}: {error}") from error
        _raise_for(response)
        return response

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer of a GET; arguments that are ``None`` are left out."""
        return self.send("GET", path, query={key: value for key, value in query.items() if value is not None}).json()

    def pages(self, path: str, *, limit: int, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield up to ``limit`` results of a search, page after page."""
        seen, page = 0, 1
        while seen < limit:
            answer = self.get(path, page=page, size=min(limit, 100), **query)
            results = answer.get("results", [])
            yield from results[: limit - seen]
            seen, page = seen + len(results), page + 1
            if not results or seen >= answer.get("total", 0):
                return


@contextmanager
def connected(server: str, user: str | None, tenant: str) -> Iterator[Client]:
    """Open a connection to a server; ``user`` is ``name:password``."""
    address = server.rstrip("/")
    if "://" not in address:
        address = f"http://{address}"
    try:
        http = httpx.Client(base_url=address, auth=_login(user), timeout=httpx.Timeout(30, read=300))
    except (httpx.InvalidURL, ValueError) as error:
        raise InputInvalid(f"--server {server!r} is not an address: {error}") from error
    with http:
        yield Client(http, server=address, tenant=tenant)


def _login(user: str | None) -> tuple[str, str] | None:
    if not user:
        name, password = os.environ.get("LANNER_BASIC_AUTH__USERNAME"), os.environ.get("LANNER_BASIC_AUTH__PASSWORD")
        return (name, password) if name and password else None
    name, colon, password = user.partition(":")
    if not colon:
        raise InputInvalid("--user is NAME:PASSWORD; the colon is missing")
    return name, password


def _raise_for(response: httpx.Response) -> None:
    if response.is_success:
        return
    if response.is_redirect:
        raise ServerUnreachable(f"{response.url} answered with a redirect: this is not the address of a Lanner server")
    message = _message(response)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise NotLoggedIn(
            f"the server wants a login: --user NAME:PASSWORD, or LANNER_USER ({' '.join(message.split())})"
        )
    kind = RefusedInput if response.status_code in {400, 422} else Refused
    raise kind(response.status_code, message)


def _message(response: httpx.Response) -> str:
    """Return the sentence of an error body, in the shape of 1.x or of 2.x."""
    try:
        body = response.json()
    except ValueError:
        return response.reason_phrase
    if not isinstance(body, dict):
        return response.reason_phrase
    found = body.get("message") or body.get("detail") or body.get("title") or response.reason_phrase
    return str(found)
