"""What expressions need from outside: a port. The language itself reads no clock, file, network or store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn, Protocol

from lanner.expressions.errors import ExpressionError


@dataclass(frozen=True, slots=True)
class Found:
    """A value that a store holds; it may be null."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """What ``http(…)`` asks for: ``body`` is the value as written, ``query`` and ``headers`` are texts or lists of texts."""  # noqa: E501 -- the line is shown to readers as it is

    uri: str
    method: str = "GET"
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    content_type: str = "application/json"
    headers: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    accept: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    status: int
    content_type: str
    body: bytes


class Reach(Protocol):
    """Everything a function may need from outside; synchronous, each method may raise ``LannerError``.

    ``namespace`` None means the flow's own, searched upwards where the store does so. Paths and URIs are as written in
    the template: the implementation decides which files the execution may see.
    """

    def now(self) -> datetime:
        """Return the current moment with its time zone."""
        ...

    def random_bytes(self, count: int) -> bytes: ...

    def random_int(self, lower: int, upper: int) -> int:
        """Return a whole number from ``lower`` up to and without ``upper``."""
        ...

    def free_port(self) -> int: ...

    def read(self, path: str, namespace: str | None) -> bytes: ...

    def file_uri(self, path: str, namespace: str | None) -> str: ...

    def file_size(self, path: str, namespace: str | None) -> int: ...

    def file_exists(self, path: str, namespace: str | None) -> bool: ...

    def kv(self, key: str, namespace: str | None) -> Found | None:
        """Return the value of a key, None when there is none or it is past its time."""
        ...

    def secret(self, key: str, namespace: str | None) -> str | None: ...

    def mask(self, value: str) -> None:
        """Note a value that must not show in logs: a secret or a part of one that was handed out."""
        ...

    def http(self, call: HttpCall) -> HttpAnswer: ...

    def error_logs(self) -> Sequence[Mapping[str, Any]]: ...

    def env(self, name: str) -> str | None: ...

    def is_public_holiday(self, day: date, country: str, subdivision: str | None) -> bool: ...

    def subflow(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def app_link(self, app_id: str | None, base_url: str | None) -> str: ...

    def credential(self, arguments: Mapping[str, Any]) -> Any: ...


class OutOfReach(ExpressionError):
    """A function needs something that is not at hand where the expression is evaluated."""

    def __init__(self, function: str) -> None:
        self.function = function
        super().__init__(f"the function {function!r} cannot be used here")


class NoReach:
    """Refuses everything: for expressions that may use nothing but their variables."""

    __slots__ = ()

    def now(self) -> datetime:
        self._refuse("now")

    def random_bytes(self, count: int) -> bytes:
        self._refuse(f"random values ({count} bytes)")

    def random_int(self, lower: int, upper: int) -> int:
        self._refuse(f"randomInt({lower}, {upper})")

    def free_port(self) -> int:
        self._refuse("randomPort")

    def read(self, path: str, namespace: str | None) -> bytes:
        self._refuse("read", path, namespace)

    def file_uri(self, path: str, namespace: str | None) -> str:
        self._refuse("fileURI", path, namespace)

    def file_size(self, path: str, namespace: str | None) -> int:
        self._refuse("fileSize", path, namespace)

    def file_exists(self, path: str, namespace: str | None) -> bool:
        self._refuse("fileExists", path, namespace)

    def kv(self, key: str, namespace: str | None) -> Found | None:
        self._refuse("kv", key, namespace)

    def secret(self, key: str, namespace: str | None) -> str | None:
        self._refuse("secret", key, namespace)

    def mask(self, value: str) -> None:
        """No secret was handed out, so there is nothing to note."""

    def http(self, call: HttpCall) -> HttpAnswer:
        self._refuse("http", call.uri)

    def error_logs(self) -> Sequence[Mapping[str, Any]]:
        self._refuse("errorLogs")

    def env(self, name: str) -> str | None:
        self._refuse("env", name)

    def is_public_holiday(self, day: date, country: str, subdivision: str | None) -> bool:
        self._refuse("isPublicHoliday", day, country, subdivision)

    def subflow(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self._refuse("subflow", arguments)

    def app_link(self, app_id: str | None, base_url: str | None) -> str:
        self._refuse("appLink", app_id, base_url)

    def credential(self, arguments: Mapping[str, Any]) -> Any:
        self._refuse("credential", arguments)

    @staticmethod
    def _refuse(function: str, *_: object) -> NoReturn:
        raise OutOfReach(function)


NO_REACH = NoReach()
