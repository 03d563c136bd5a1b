"""Concurrency limits of flows. Source of the shapes: reference ``api.md`` §1.3."""

from typing import NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.http import Call, json_answer
from lanner.api.routing import Operation
from lanner.api.shapes import PagedResultsDocument
from lanner.model.flow import FlowKey
from lanner.services.concurrency import FlowLoad


class ConcurrencyLimitDocument(TypedDict):
    """How many executions of a flow hold a slot, and how many may."""

    tenantId: str
    namespace: str
    flowId: str
    running: int
    limit: int


class RunningDocument(TypedDict):
    """How many executions are thought to run: read by nobody, they are counted."""

    tenantId: NotRequired[str]
    namespace: NotRequired[str]
    flowId: NotRequired[str]
    running: NotRequired[int]


async def search(call: Call) -> ASGIApp:
    """List the flows that have a concurrency limit, and how many executions hold a slot."""
    page = await call.desk.concurrency.search(call.tenant)
    return json_answer(page_document(map(_document, page.results), page.total))


async def update(call: Call) -> ASGIApp:
    """Count the executions of a flow that hold a slot anew; what the body says is not needed."""
    await call.json_map("a concurrency limit")
    key = FlowKey(call.tenant, call.path["namespace"], call.path["flowId"])
    return json_answer(_document(await call.desk.concurrency.get(key)))


def _document(load: FlowLoad) -> ConcurrencyLimitDocument:
    key = load.key
    return {
        "tenantId": key.tenant,
        "namespace": key.namespace,
        "flowId": key.flow_id,
        "running": load.running,
        "limit": load.limit,
    }


OPERATIONS = (
    Operation(
        method="GET",
        path="/concurrency-limit/search",
        id="searchConcurrencyLimits",
        handler=search,
        gives=PagedResultsDocument[ConcurrencyLimitDocument],
    ),
    Operation(
        method="PUT",
        path="/concurrency-limit/{namespace}/{flowId}",
        id="updateConcurrencyLimit",
        handler=update,
        takes=RunningDocument,
        gives=ConcurrencyLimitDocument,
    ),
)
