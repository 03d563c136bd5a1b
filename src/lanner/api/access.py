"""Who may call: the login of a request, cookies and the double-submit check against forged requests.

Source: Kestra (reference ``api.md`` §4.1, §4.2, §4.4).
"""

import hmac

from lanner.api.http import Answer, Call
from lanner.services.errors import Forbidden, Unauthenticated

AUTH_COOKIE = "BASIC_AUTH"
CSRF_COOKIE = "csrfToken"
CSRF_HEADER = "x-csrf-token"
SIGN_COOKIE = "kestraBasicAuthenticated"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def identify(call: Call) -> str:
    """Return the user a request comes from; raises ``Unauthenticated``, and ``Forbidden`` for a forged one.

    A Basic header counts before a cookie. A cookie is a session of ours or, from clients that make it themselves,
    base64 of ``user:password``.
    """
    credentials = call.desk.credentials
    header = _authorization(call)
    if header is not None:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "basic":
            raise Unauthenticated("only Basic authentication is known")
        return await credentials.check_basic(value.strip())
    cookie = call.cookies.get(AUTH_COOKIE)
    if not cookie:
        raise Unauthenticated("")
    user = await (credentials.check_session(cookie) if "." in cookie else credentials.check_basic(cookie))
    if call.method not in _SAFE:
        refuse_forged(call)
    return user


def refuse_forged(call: Call) -> None:
    """Raise ``Forbidden`` unless the request shows the token that only our own pages can read."""
    if call.headers.get("origin") in call.desk.options.cors_origins:
        return
    cookie, header = call.cookies.get(CSRF_COOKIE, ""), call.headers.get(CSRF_HEADER, "")
    if not cookie or not hmac.compare_digest(cookie.encode(), header.encode()):
        raise Forbidden("the header X-CSRF-TOKEN does not match the cookie csrfToken")
    if not call.desk.credentials.is_csrf_token(cookie):
        raise Forbidden("the CSRF token is not one of this server")


def challenge(call: Call, answer: Answer) -> Answer:
    """Return a 401 that asks for a login, without the browser's own window on the login page."""
    if not call.headers.get("referer", "").endswith("/login"):
        answer.headers = (*answer.headers, ("www-authenticate", f'Basic realm="{call.desk.options.realm}"'))
    return answer


def login_cookies(call: Call, session: str, csrf_token: str) -> list[tuple[str, str]]:
    """Return the headers that set the cookies of a login."""
    end = _end(call)
    return [
        ("set-cookie", f"{AUTH_COOKIE}={session}; HttpOnly; {end}"),
        ("set-cookie", f"{SIGN_COOKIE}=true; {end}"),
        csrf_cookie(call, csrf_token),
    ]


def csrf_cookie(call: Call, token: str) -> tuple[str, str]:
    """Return the header that sets the cookie of the double-submit check."""
    return "set-cookie", f"{CSRF_COOKIE}={token}; HttpOnly; {_end(call)}"


def logout_cookies(call: Call) -> list[tuple[str, str]]:
    """Return the headers that remove the cookies of a login."""
    return [("set-cookie", f"{name}=; Max-Age=0; {_end(call)}") for name in (AUTH_COOKIE, SIGN_COOKIE)]


def _end(call: Call) -> str:
    return "SameSite=Strict; Path=/" + ("; Secure" if call.scope.get("scheme") == "https" else "")


def _authorization(call: Call) -> str | None:
    for name, value in call.scope["headers"]:
        if name == b"authorization":
            text: str = value.decode("latin-1")
            return text
    return None
