"""How an HTTP task talks to the server: authentication, time limits, proxy, TLS, what counts as failure."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, default


class BasicAuth(PluginModel):
    """User name and password."""

    type: Literal["BASIC"]
    username: Property[str] | None = None
    """User name."""
    password: Property[str] | None = None
    """Password."""


class BearerAuth(PluginModel):
    """A token in the header `Authorization`."""

    type: Literal["BEARER"]
    token: Property[str]
    """The token."""


AnyAuth = Annotated[BasicAuth | BearerAuth, Field(discriminator="type")]


class Timeouts(PluginModel):
    """Time limits."""

    connect_timeout: Property[timedelta] | None = None
    """How long to wait for a connection."""
    read_idle_timeout: Property[timedelta] = default(timedelta(minutes=5))
    """How long to wait for the next piece of the answer."""


class ProxyType(StrEnum):
    """Kind of a proxy."""

    DIRECT = "DIRECT"
    HTTP = "HTTP"
    SOCKS = "SOCKS"


class Proxy(PluginModel):
    """The proxy to go through."""

    type: Property[ProxyType] = default(ProxyType.DIRECT)
    """Kind of proxy; `DIRECT` is none."""
    address: Property[str] | None = None
    """Host name."""
    port: Property[int] | None = None
    """Port."""
    username: Property[str] | None = None
    """User name."""
    password: Property[str] | None = None
    """Password."""


class Tls(PluginModel):
    """How the server's certificate is checked."""

    insecure_trust_all_certificates: Property[bool] | None = None
    """Accept any certificate."""
    ca_pem: Property[str] | None = None
    """Certificates (PEM text) of the authorities to trust, instead of the public ones. Not in Kestra."""


class HttpLog(StrEnum):
    """What of an exchange to write to the task's log."""

    REQUEST_HEADERS = "REQUEST_HEADERS"
    REQUEST_BODY = "REQUEST_BODY"
    RESPONSE_HEADERS = "RESPONSE_HEADERS"
    RESPONSE_BODY = "RESPONSE_BODY"


_LOGS_OF_LEVEL = {
    "TRACE": frozenset(HttpLog),
    "DEBUG": frozenset({HttpLog.REQUEST_HEADERS, HttpLog.RESPONSE_HEADERS}),
    "INFO": frozenset({HttpLog.RESPONSE_HEADERS}),
}


class HttpConfiguration(PluginModel):
    """Options of the HTTP client."""

    timeout: Timeouts | None = None
    """Time limits."""
    proxy: Proxy | None = None
    """The proxy to go through."""
    auth: AnyAuth | None = None
    """Who we are."""
    ssl: Tls | None = None
    """How the server's certificate is checked."""
    follow_redirects: Property[bool] = default(True)
    """Go where the answer points to."""
    allow_failed: Property[bool] = default(False)
    """Succeed whatever the status is."""
    allowed_response_codes: Property[list[int]] | None = None
    """The statuses to succeed with, instead of all below 400."""
    default_charset: Property[str] = default("UTF-8")
    """Encoding of texts that name none."""
    logs: Property[list[HttpLog]] | None = None
    """What of the exchange to write to the log."""
    connect_timeout: Property[timedelta] | None = None
    """Old place of `timeout.connectTimeout`."""
    read_timeout: Property[timedelta] | None = None
    """Old name of `timeout.readIdleTimeout`."""
    read_idle_timeout: Property[timedelta] | None = None
    """Accepted and ignored."""
    connection_pool_idle_timeout: Property[timedelta] | None = None
    """Accepted and ignored."""
    max_content_length: Property[int] | None = None
    """Accepted and ignored."""
    proxy_type: Property[ProxyType] | None = None
    """Old place of `proxy.type`."""
    proxy_address: Property[str] | None = None
    """Old place of `proxy.address`."""
    proxy_port: Property[int] | None = None
    """Old place of `proxy.port`."""
    proxy_username: Property[str] | None = None
    """Old place of `proxy.username`."""
    proxy_password: Property[str] | None = None
    """Old place of `proxy.password`."""
    basic_auth_user: Property[str] | None = None
    """Old place of `auth.username`."""
    basic_auth_password: Property[str] | None = None
    """Old place of `auth.password`."""
    log_level: Property[str] | None = None
    """Old form of `logs`: TRACE, DEBUG or INFO."""

    def timeouts(self, context: RunContext) -> tuple[float | None, float]:
        """Return the seconds to wait for a connection (``None``: the client's own limit) and for the next bytes."""
        limits = self.timeout or Timeouts()
        connect = context.render(limits.connect_timeout) or context.render(self.connect_timeout)
        read = context.render(self.read_timeout) or context.render(limits.read_idle_timeout)
        return connect.total_seconds() if connect else None, read.total_seconds()

    def credentials(self, context: RunContext) -> tuple[str, str] | str | None:
        """Return a user name and password, a bearer token, or nothing."""
        if isinstance(self.auth, BearerAuth):
            return context.render(self.auth.token)
        if isinstance(self.auth, BasicAuth):
            return context.render(self.auth.username) or "", context.render(self.auth.password) or ""
        user = context.render(self.basic_auth_user)
        return None if user is None else (user, context.render(self.basic_auth_password) or "")

    def proxy_of(self, context: RunContext) -> dict[str, Any] | None:
        """Return `scheme`, `host`, `port` and `auth` of the proxy, or nothing."""
        proxy = self.proxy or Proxy()
        kind = context.render(self.proxy_type) or context.render(proxy.type)
        host = context.render(self.proxy_address) or context.render(proxy.address)
        if kind is ProxyType.DIRECT or not host:
            return None
        user = context.render(self.proxy_username) or context.render(proxy.username)
        password = context.render(self.proxy_password) or context.render(proxy.password)
        return {
            "scheme": "http" if kind is ProxyType.HTTP else "socks5",
            "host": host,
            "port": context.render(self.proxy_port) or context.render(proxy.port) or 80,
            "auth": None if user is None else (user, password or ""),
        }

    def logged(self, context: RunContext) -> frozenset[HttpLog]:
        """Return what of the exchange is to be logged."""
        listed = frozenset(context.render(self.logs) or ())
        return listed or _LOGS_OF_LEVEL.get((context.render(self.log_level) or "").upper(), frozenset())

    def is_allowed(self, status: int, context: RunContext) -> bool:
        """Whether an answer with this status is a success."""
        if context.render(self.allow_failed):
            return True
        codes = context.render(self.allowed_response_codes)
        return status in codes if codes else status < 400
