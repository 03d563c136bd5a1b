"""Which status and which words an error becomes: the one table, by class.

The body is Kestra's for 1.x (``message``, ``_links``, ``_embedded``) with the fields of RFC 9457 that
2.0 clients read beside it. Source: reference ``api.md`` §2.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from logging import getLogger

from starlette.requests import ClientDisconnect

from lanner.api.filters import InvalidFilters
from lanner.api.http import (
    JSON,
    Answer,
    BodyTooLarge,
    Call,
    InvalidBody,
    InvalidQuery,
    MalformedJson,
    UnsupportedBody,
    to_json,
)
from lanner.api.shapes import BulkErrorDocument, ErrorDetailDocument, ErrorDocument
from lanner.model.errors import ExecutionNotFound, LannerError
from lanner.model.namespace import InvalidNamespace
from lanner.model.refusal import RefusalKind, Refused
from lanner.model.storage import InvalidStorageUri
from lanner.sdk.registry import UnknownType
from lanner.services import errors as wrong
from lanner.services.execution_actions import TaskRunNotFound
from lanner.services.execution_files import FileNotFound, UnsafePath
from lanner.services.execution_inputs import InvalidInputs
from lanner.services.flows import InvalidFlow, RevisionTaken
from lanner.services.key_texts import InvalidKey, InvalidValue
from lanner.services.key_values import KeyExpired, KeyTaken, NamespaceUnknown
from lanner.services.namespace_files import InvalidPath, PathTaken
from lanner.services.plans import FlowNotFound
from lanner.services.queries import UnsupportedFilter
from lanner.services.secrets import SecretNotFound, SecretsReadOnly

LOG = getLogger(__name__)


class RouteNotFound(LannerError):
    """There is no operation at this path."""


class MethodNotAllowed(LannerError):
    """There is an operation at this path, but not with this method."""

    def __init__(self, method: str, allowed: set[str]) -> None:
        self.allowed = sorted(allowed)
        super().__init__(f"Method [{method}] not allowed for URI; allowed methods: [{', '.join(self.allowed)}]")


@dataclass(frozen=True, slots=True)
class Rank:
    """How an error class is told to clients: status, problem slug, words before the message."""

    status: int
    slug: str
    title: str


_NOT_FOUND = Rank(404, "not-found", "Not Found")
_CONFLICT = Rank(409, "conflict", "Illegal state")
_ARGUMENT = Rank(422, "invalid-argument", "Illegal argument")
_INTERNAL = Rank(500, "internal-error", "Internal server error")

TABLE: Mapping[type[BaseException], Rank] = {
    RouteNotFound: _NOT_FOUND,
    MethodNotAllowed: Rank(405, "method-not-allowed", "Method Not Allowed"),
    InvalidQuery: Rank(400, "invalid-query-parameter", "Bad Request"),
    InvalidFilters: Rank(400, "invalid-query-filters", "Invalid query filters"),
    UnsupportedFilter: Rank(400, "invalid-query-filters", "Invalid query filters"),
    MalformedJson: Rank(422, "invalid-json", "Invalid json"),
    InvalidBody: Rank(422, "invalid-request-body", "Invalid entity"),
    BodyTooLarge: Rank(413, "payload-too-large", "Request Entity Too Large"),
    UnsupportedBody: Rank(415, "unsupported-media-type", "Unsupported Media Type"),
    wrong.InvalidArgument: _ARGUMENT,
    wrong.InvalidEntity: Rank(422, "invalid-entity", "Invalid entity"),
    wrong.NotFound: _NOT_FOUND,
    wrong.Conflict: _CONFLICT,
    wrong.NotTerminated: Rank(400, "invalid-argument", "Bad Request"),
    wrong.InvalidFilePath: _ARGUMENT,
    wrong.InvalidBulk: Rank(400, "bulk-validation-failed", ""),
    wrong.CredentialsRefused: Rank(400, "validation-failed", "Bad Request"),
    wrong.Unauthenticated: Rank(401, "unauthenticated", "Unauthorized"),
    wrong.Forbidden: Rank(403, "forbidden", "Forbidden"),
    KeyExpired: Rank(410, "resource-expired", "Gone"),
    KeyTaken: _CONFLICT,
    InvalidKey: _ARGUMENT,
    InvalidValue: _ARGUMENT,
    NamespaceUnknown: _NOT_FOUND,
    ExecutionNotFound: _NOT_FOUND,
    TaskRunNotFound: _NOT_FOUND,
    FlowNotFound: _NOT_FOUND,
    FileNotFound: _NOT_FOUND,
    UnsafePath: _ARGUMENT,
    InvalidStorageUri: _ARGUMENT,
    InvalidNamespace: _ARGUMENT,
    InvalidPath: _ARGUMENT,
    SecretNotFound: _NOT_FOUND,
    SecretsReadOnly: _ARGUMENT,
    PathTaken: _CONFLICT,
    UnknownType: Rank(422, "invalid-plugin-type", "Invalid type"),
    InvalidInputs: Rank(422, "invalid-entity", "Invalid entity"),
    InvalidFlow: Rank(422, "invalid-entity", "Invalid entity"),
    wrong.NoBackfill: Rank(400, "illegal-state", "Illegal state"),
    wrong.StaleRevision: Rank(412, "precondition-failed", "Precondition failed"),
    RevisionTaken: Rank(409, "conflict", "Conflict"),
}
"""Error class -> how it is told; a class without a row counts as its nearest base that has one."""

_REFUSALS = {RefusalKind.CONFLICT: _CONFLICT, RefusalKind.INVALID: _ARGUMENT}


def rank_of(error: BaseException) -> Rank:
    """Return how an error is told; what is in no table is the server's own fault."""
    if isinstance(error, Refused):
        return _REFUSALS[error.refusal.kind]
    for class_ in type(error).__mro__:
        if (rank := TABLE.get(class_)) is not None:
            return rank
    return _INTERNAL


def error_answer(error: BaseException, call: Call) -> Answer:
    """Return the response for an error; what is not expected is logged with a trace id and told without details."""
    if isinstance(error, ClientDisconnect):
        return Answer(status=499)
    if isinstance(error, wrong.ElsewhereFile):
        return _elsewhere(error, call)
    rank = rank_of(error)
    if rank is _INTERNAL:
        return _unexpected(error, call)
    if isinstance(error, wrong.InvalidBulk):
        return Answer(to_json(_bulk_document(error)), status=rank.status, content_type=JSON)
    if isinstance(error, wrong.CredentialsRefused):
        return _answer(call, rank, str(error), details=[{"message": rule} for rule in error.rules])
    return _answer(call, rank, str(error), details=_details(error), headers=_headers(error))


def _answer(
    call: Call,
    rank: Rank,
    detail: str,
    *,
    details: list[ErrorDetailDocument] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    trace_id: str | None = None,
) -> Answer:
    path = call.scope["path"]
    message = f"{rank.title}: {detail}" if detail and rank.title else detail or rank.title
    body: ErrorDocument = {
        "message": message,
        "_links": {"self": {"href": path, "templated": False}},
        "_embedded": {"errors": details or [{"message": message}]},
        "type": f"https://kestra.io/docs/api-reference/problems/{rank.slug}",
        "title": HTTPStatus(rank.status).phrase,
        "status": rank.status,
        "detail": detail,
        "instance": path,
    }
    if trace_id is not None:
        body["traceId"] = trace_id
    if details:
        body["errors"] = details
    if rank.status == 404:
        matched = "false" if rank is _NOT_FOUND and not call.path and detail == "Page Not Found" else "true"
        headers = (*headers, ("x-kestra-edition", call.desk.options.edition), ("x-kestra-route-matched", matched))
    return Answer(to_json(body), status=rank.status, content_type=JSON, headers=headers)


def _details(error: BaseException) -> list[ErrorDetailDocument]:
    if isinstance(error, InvalidFlow):
        return [
            {"path": problem.path, "message": problem.message, "line": problem.line, "column": problem.column}
            for problem in error.problems
        ]
    if isinstance(error, wrong.StaleRevision):
        return [{"message": line} for line in error.differences]
    if isinstance(error, InvalidInputs):
        return [{"path": problem.input_id, "message": problem.message} for problem in error.problems]
    if isinstance(error, wrong.InvalidEntity):
        return [{"path": flaw.path, "message": flaw.message} for flaw in error.flaws]
    return []


def _headers(error: BaseException) -> tuple[tuple[str, str], ...]:
    return (("allow", ", ".join(error.allowed)),) if isinstance(error, MethodNotAllowed) else ()


def _bulk_document(error: wrong.InvalidBulk) -> BulkErrorDocument:
    return {
        "message": str(error),
        "invalids": [
            {"message": flaw.message, "invalidValue": flaw.invalid_value, "propertyPath": "execution"}
            for flaw in error.invalids
        ],
    }


def _elsewhere(error: wrong.ElsewhereFile, call: Call) -> Answer:
    """Send the client to the execution that owns the file, with the same query."""
    place = call.scope["path"].replace(f"/{call.path.get('executionId', '')}/", f"/{error.execution_id}/", 1)
    query = call.scope["query_string"].decode("latin-1")
    return Answer(status=302, headers=[("location", f"{place}?{query}")])


def _unexpected(error: BaseException, call: Call) -> Answer:
    trace_id = f"{id(error):x}"
    LOG.error("request failed", exc_info=error, extra={"path": call.scope["path"], "trace_id": trace_id})
    return _answer(call, _INTERNAL, "", trace_id=trace_id)
