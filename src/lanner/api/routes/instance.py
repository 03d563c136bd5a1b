"""The server itself: configuration, first login, login, health."""

from typing import Literal, NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.access import AUTH_COOKIE, identify, login_cookies, logout_cookies
from lanner.api.filters import EXECUTION_FIELDS, FLOW_FIELDS, LOG_FIELDS, OPERATORS_OF
from lanner.api.forms import form_of
from lanner.api.http import JSON, Answer, Call, InvalidBody, UnsupportedBody, empty_answer, json_answer, text_answer
from lanner.api.routing import Operation
from lanner.api.shapes import PLAIN_TEXT

_RESOURCES = {"FLOW": FLOW_FIELDS, "EXECUTION": EXECUTION_FIELDS, "LOG": LOG_FIELDS}


class PreviewLimitsDocument(TypedDict):
    """How many rows of a file are shown at first, and at most."""

    initial: int
    max: int


class FilterOperationDocument(TypedDict):
    """A way to compare."""

    name: str
    value: str


class FilterFieldDocument(TypedDict):
    """What can be filtered by, and how it can be compared."""

    name: str
    value: str
    operations: list[FilterOperationDocument]


class ResourceFiltersDocument(TypedDict):
    """What a list can be filtered by."""

    name: str
    fields: list[FilterFieldDocument]


class ConfigurationDocument(TypedDict):
    """What clients need to know of the server."""

    uuid: str
    version: str
    edition: str
    isCustomDashboardsEnabled: bool
    isTaskRunEnabled: bool
    isAnonymousUsageEnabled: bool
    isUiAnonymousUsageEnabled: bool
    isTemplateEnabled: bool
    preview: PreviewLimitsDocument
    systemNamespace: str
    hiddenLabelsPrefixes: list[str]
    resourceToFilters: list[ResourceFiltersDocument]
    isAiEnabled: bool
    isBasicAuthInitialized: bool
    pluginsHash: int
    chartDefaultDuration: str
    isConcurrencyViewEnabled: bool
    url: NotRequired[str]
    environment: NotRequired[dict[str, str]]


class LoginConfigurationDocument(TypedDict):
    """Whether there is a user yet."""

    isBasicAuthInitialized: bool


class CredentialsDocument(TypedDict):
    """A user's name and password."""

    username: str
    password: str


class FlowUsageDocument(TypedDict):
    """How many flows there are."""

    count: int
    namespacesCount: int


class DailyExecutionsDocument(TypedDict):
    """How many executions there were since a day."""

    startDate: str
    executionCounts: dict[str, int]
    total: int


class ExecutionUsageDocument(TypedDict):
    """How many executions there were."""

    dailyExecutionsCount: list[DailyExecutionsDocument]


class UsageDocument(TypedDict):
    """How much a tenant holds."""

    flows: FlowUsageDocument
    executions: ExecutionUsageDocument


class HealthDocument(TypedDict):
    """Whether the server can work."""

    status: Literal["UP", "DOWN"]


async def configs(call: Call) -> ASGIApp:
    """Return what clients need to know of the server before anybody has logged in."""
    return json_answer(await configuration(call))


async def configuration(call: Call) -> ConfigurationDocument:
    """Return the document of ``configs``; the page of the UI holds it too."""
    options, desk = call.desk.options, call.desk
    document: ConfigurationDocument = {
        "uuid": await desk.instance.uuid(),
        "version": options.version,
        "edition": options.edition,
        "isCustomDashboardsEnabled": False,
        "isTaskRunEnabled": False,
        "isAnonymousUsageEnabled": False,
        "isUiAnonymousUsageEnabled": False,
        "isTemplateEnabled": desk.templates.is_enabled,
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
    return document


async def login_configuration(call: Call) -> ASGIApp:
    """Tell whether there is a user yet."""
    document: LoginConfigurationDocument = {"isBasicAuthInitialized": call.desk.credentials.is_initialised}
    return json_answer(document)


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
    daily: DailyExecutionsDocument = {
        "startDate": usage.since.date().isoformat(),
        "executionCounts": {},
        "total": usage.executions,
    }
    document: UsageDocument = {
        "flows": {"count": usage.flows, "namespacesCount": usage.namespaces},
        "executions": {"dailyExecutionsCount": [daily]},
    }
    return json_answer(document)


async def health(call: Call) -> ASGIApp:
    """Tell whether the server can work."""
    is_up = await call.desk.instance.is_healthy()
    document: HealthDocument = {"status": "UP" if is_up else "DOWN"}
    return json_answer(document, 200 if is_up else 503)


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


def _resources() -> list[ResourceFiltersDocument]:
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
    _open("GET", "/configs", "getConfiguration", configs, gives=ConfigurationDocument),
    _open("GET", "/configs/login", "getLoginConfiguration", login_configuration, gives=LoginConfigurationDocument),
    _open("GET", "/basicAuthValidationErrors", "getBasicAuthConfigErrors", validation_errors, gives=list[str]),
    _open("POST", "/login", "login", login, takes=CredentialsDocument, status=204),
    Operation(method="POST", path="/logout", id="logout", handler=logout, per_tenant=False, status=204),
    Operation(
        method="POST",
        path="/basicAuth",
        id="createBasicAuth",
        handler=create_basic_auth,
        takes=CredentialsDocument,
        status=204,
        is_open=True,
    ),
    Operation(
        method="GET", path="/usages/all", aliases=("/usages",), id="getUsages", handler=usages, gives=UsageDocument
    ),
    _open(
        "GET",
        "/health",
        "health",
        health,
        gives=HealthDocument,
        also=(503,),
        in_root=True,
        aliases=("/health/liveness", "/health/readiness"),
    ),
    _open("GET", "/ping", "ping", ping, gives=PLAIN_TEXT, in_root=True),
    _open("GET", "/", "index", root, status=307, in_root=True),
)
