"""The server itself: configuration, first login, login, health."""

from starlette.types import ASGIApp

from lanner.api.access import AUTH_COOKIE, identify, login_cookies, logout_cookies
from lanner.api.filters import EXECUTION_FIELDS, FLOW_FIELDS, LOG_FIELDS, OPERATORS_OF
from lanner.api.forms import form_of
from lanner.api.http import JSON, Answer, Call, InvalidBody, UnsupportedBody, empty_answer, json_answer, text_answer
from lanner.api.routing import Operation

_RESOURCES = {"FLOW": FLOW_FIELDS, "EXECUTION": EXECUTION_FIELDS, "LOG": LOG_FIELDS}


async def configs(call: Call) -> ASGIApp:
    """Return what clients need to know of the server before anybody has logged in."""
    options, desk = call.desk.options, call.desk
    document: dict[str, object] = {
        "uuid": await desk.instance.uuid(),
        "version": options.version,
        "edition": options.edition,
        "isCustomDashboardsEnabled": False,
        "isTaskRunEnabled": False,
        "isAnonymousUsageEnabled": False,
        "isUiAnonymousUsageEnabled": False,
        "isTemplateEnabled": False,
        "preview": {"initial": options.preview_initial_rows, "max": options.preview_max_rows},
        "systemNamespace": options.system_namespace,
        "hiddenLabelsPrefixes": list(options.hidden_label_prefixes),
        "resourceToFilters": _resources(),
        "isAiEnabled": False,
        "isBasicAuthInitialized": desk.credentials.is_initialised,
        "pluginsHash": desk.instance.plugins_hash(),
        "chartDefaultDuration": "P30D",
        "isConcurrencyViewEnabled": False,
    }
    if options.url:
        document["url"] = options.url
    if options.environment:
        document["environment"] = dict(options.environment)
    return json_answer(document)


async def login_configuration(call: Call) -> ASGIApp:
    """Tell whether there is a user yet."""
    return json_answer({"isBasicAuthInitialized": call.desk.credentials.is_initialised})


async def validation_errors(call: Call) -> ASGIApp:
    """Tell what is wrong with the credentials in the settings."""
    return json_answer(list(call.desk.credentials.problems))


async def create_basic_auth(call: Call) -> ASGIApp:
    """Set the one user; open until there is one, afterwards only to that one.

    Only JSON is taken: a page of another site cannot send that without being asked first.
    """
    if call.content_type != JSON:
        raise UnsupportedBody(f"the content type has to be {JSON}")
    credentials = call.desk.credentials
    if credentials.is_initialised:
        call.user = await identify(call)
    username, password = _credentials(await call.json_map("`username` and `password`"))
    await credentials.set(username, password)
    return empty_answer()


async def login(call: Call) -> ASGIApp:
    """Begin a session: the cookies in the answer stand for the login."""
    if call.content_type.startswith(("application/x-www-form-urlencoded", "multipart/")):
        async with form_of(call) as form:
            username, password = _credentials(form.texts)
    else:
        username, password = _credentials(await call.json_map("`username` and `password`"))
    credentials = call.desk.credentials
    await credentials.check(username, password)
    cookies = login_cookies(call, credentials.session(username), credentials.csrf_token())
    return Answer(status=204, headers=cookies)


async def logout(call: Call) -> ASGIApp:
    """End the session of the cookie."""
    if cookie := call.cookies.get(AUTH_COOKIE):
        await call.desk.credentials.end_session(cookie)
    return Answer(status=204, headers=logout_cookies(call))


async def usages(call: Call) -> ASGIApp:
    """Return how much the tenant holds."""
    usage = await call.desk.instance.usage(call.tenant)
    return json_answer(
        {
            "flows": {"count": usage.flows, "namespacesCount": usage.namespaces},
            "executions": {
                "dailyExecutionsCount": [
                    {"startDate": usage.since.date().isoformat(), "executionCounts": {}, "total": usage.executions}
                ]
            },
        }
    )


async def health(call: Call) -> ASGIApp:
    """Tell whether the server can work."""
    if await call.desk.instance.is_healthy():
        return json_answer({"status": "UP"})
    return json_answer({"status": "DOWN"}, 503)


async def ping(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """Answer."""
    return text_answer("pong")


async def root(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
    """Send browsers to the web UI."""
    return Answer(status=307, headers=[("location", "/ui/")])


def _credentials(fields: object) -> tuple[str, str]:
    if not isinstance(fields, dict):
        raise InvalidBody("`username` and `password` are wanted")
    username, password = fields.get("username"), fields.get("password")
    return str(username or ""), str(password or "")


def _resources() -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "fields": [
                {
                    "name": _constant(field),
                    "value": field,
                    "operations": [
                        {"name": one, "value": one} for one in OPERATORS_OF.get(field, ("EQUALS", "NOT_EQUALS"))
                    ],
                }
                for field in sorted(fields)
            ],
        }
        for name, fields in _RESOURCES.items()
    ]


def _constant(field: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in field)


def _open(method: str, path: str, id_: str, handler: object, **rest: object) -> Operation:
    return Operation(method=method, path=path, id=id_, handler=handler, is_open=True, per_tenant=False, **rest)  # type: ignore[arg-type]  # a row of the table


OPERATIONS = (
    _open("GET", "/configs", "getConfiguration", configs, gives="Configuration"),
    _open("GET", "/configs/login", "getLoginConfiguration", login_configuration, gives="LoginConfiguration"),
    _open("GET", "/basicAuthValidationErrors", "getBasicAuthConfigErrors", validation_errors, gives="[string]"),
    _open("POST", "/login", "login", login, takes="LoginRequest", status=204),
    Operation(method="POST", path="/logout", id="logout", handler=logout, per_tenant=False, status=204),
    Operation(
        method="POST",
        path="/basicAuth",
        id="createBasicAuth",
        handler=create_basic_auth,
        takes="BasicAuthCredentials",
        status=204,
        is_open=True,
    ),
    Operation(method="GET", path="/usages/all", aliases=("/usages",), id="getUsages", handler=usages, gives="Usage"),
    _open(
        "GET",
        "/health",
        "health",
        health,
        gives="Health",
        in_root=True,
        aliases=("/health/liveness", "/health/readiness"),
    ),
    _open("GET", "/ping", "ping", ping, gives="text", in_root=True),
    _open("GET", "/", "index", root, status=307, in_root=True),
)
