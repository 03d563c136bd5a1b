"""What bodies look like: pages, counts, and those that are not JSON.

A document of the API is a ``TypedDict`` beside the function that makes it, called ``…Document``. The OpenAPI file is
written from these types, and mypy holds the functions against them.
"""

from dataclasses import dataclass
from typing import Any, Generic, NotRequired, TypedDict, TypeVar

from lanner.model.label import Labels

T = TypeVar("T")
_Class = TypeVar("_Class", bound=type)

OPEN_ENDED: set[type] = set()
"""Documents that hold more than their type says."""


def open_ended(document: _Class) -> _Class:
    """Say that a document has further keys, those that people wrote or plugins define."""
    OPEN_ENDED.add(document)
    return document


@dataclass(frozen=True, slots=True)
class Content:
    """A body by its media types; the same shape in each of them but JSON, where that has one of its own."""

    media: tuple[str, ...]
    shape: object
    as_json: object | None = None

    @property
    def shapes(self) -> dict[str, object]:
        """The shape for each media type."""
        found: dict[str, object] = dict.fromkeys(self.media, self.shape)
        return found if self.as_json is None else {**found, "application/json": self.as_json}


class LabelDocument(TypedDict):
    """A label."""

    key: str
    value: str


class PagedResultsDocument(TypedDict, Generic[T]):
    """One page of a list; ``total`` counts what is on all pages."""

    results: list[T]
    total: int


class BulkResponseDocument(TypedDict):
    """How many things were changed, in the words of 1.0 and, for some operations, of 2.0."""

    count: int
    totalItems: NotRequired[int]


class ErrorDetailDocument(TypedDict):
    """One thing that is wrong, and where."""

    message: str
    path: NotRequired[str]
    line: NotRequired[int | None]
    column: NotRequired[int | None]


class ErrorLinkDocument(TypedDict):
    """A link."""

    href: str
    templated: bool


class ErrorDocument(TypedDict):
    """Why a request was not carried out; ``errors`` where several things are wrong."""

    message: str
    _links: dict[str, ErrorLinkDocument]
    _embedded: dict[str, list[ErrorDetailDocument]]
    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: NotRequired[list[ErrorDetailDocument]]
    traceId: NotRequired[str]


class InvalidItemDocument(TypedDict):
    """An item of a bulk request that it cannot be done to."""

    message: str
    invalidValue: str
    propertyPath: str


class BulkErrorDocument(TypedDict):
    """Why a bulk request was not carried out, item by item."""

    message: str
    invalids: list[InvalidItemDocument]


Shape = Any
"""A document's type, a list or map of such, or a ``Content``: what mypy cannot name (no ``TypeForm`` yet)."""

FLOW_SOURCE = Content(("application/x-yaml",), str, as_json=dict[str, Any])
FORM = Content(("multipart/form-data",), dict[str, Any])
PLAIN_TEXT = Content(("text/plain",), str)
HTML_PAGE = Content(("text/html",), str)
CSV = Content(("text/csv",), str)
YAML = Content(("application/x-yaml",), str)
BINARY = Content(("application/octet-stream",), bytes)


ANYTHING = Content(("*/*",), Any)
JSON_VALUE = Content(("application/json",), Any)


def events(shape: Shape) -> Content:
    """Return a stream of server-sent events; each ``data`` has this shape, or is an empty object."""
    return Content(("text/event-stream",), shape)


def labels_document(labels: Labels) -> list[LabelDocument]:
    """Return labels as a list of key and value."""
    return [{"key": key, "value": value} for key, value in labels]
