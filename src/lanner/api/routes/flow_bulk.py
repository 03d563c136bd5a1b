"""Flows by the dozen: bulk updates, switches, import and export."""

import csv
from io import StringIO

from starlette.types import ASGIApp

from lanner.api.filters import FILTERS, FLOW_FIELDS, query_of, query_of_mutation
from lanner.api.flow_shapes import FlowDocument, FlowNameDocument
from lanner.api.forms import form_of
from lanner.api.http import Answer, Call, InvalidBody, disposition, download, flag_param, json_answer, text_param
from lanner.api.routing import Operation
from lanner.api.shapes import BINARY, CSV, FLOW_SOURCE, FORM, BulkResponseDocument
from lanner.model.flow import FlowKey

DELETE = flag_param("delete", "Delete the other flows of the namespace", default=True)
OVERRIDE = flag_param("override", "Put flows of other namespaces into this one")
NAMESPACE = text_param("namespace", "Whose other flows are deleted")
CHILDREN = flag_param("allowNamespaceChild", "Those of namespaces below it too")
FAIL_ON_ERROR = flag_param("failOnError", "Refuse the whole import for one wrong flow")


async def replace_namespace(call: Call) -> ASGIApp:
    """Save the flows of a namespace from one text."""
    saved = await call.desk.flow_bulk.replace_namespace(
        call.tenant, call.path["namespace"], await _text_in(call), delete=call[DELETE], override=call[OVERRIDE]
    )
    return json_answer([call.desk.documents.of(call.desk.flows, flow, source=True) for flow in saved])


async def replace(call: Call) -> ASGIApp:
    """Save flows of any namespace from one text."""
    saved = await call.desk.flow_bulk.replace(
        call.tenant, await _text_in(call), namespace=call[NAMESPACE], delete=call[DELETE], children=call[CHILDREN]
    )
    return json_answer([call.desk.documents.of(call.desk.flows, flow, source=True) for flow in saved])


async def delete_by_ids(call: Call) -> ASGIApp:
    """Delete the flows that are named."""
    return _count(await call.desk.flow_bulk.delete(await _keys_in(call)))


async def delete_by_query(call: Call) -> ASGIApp:
    """Delete the flows that match."""
    return _count(await call.desk.flow_bulk.delete(await _found(call)))


async def disable_by_ids(call: Call) -> ASGIApp:
    """Disable the flows that are named."""
    return _count(await call.desk.flow_bulk.set_disabled(await _keys_in(call), disabled=True))


async def disable_by_query(call: Call) -> ASGIApp:
    """Disable the flows that match."""
    return _count(await call.desk.flow_bulk.set_disabled(await _found(call), disabled=True))


async def enable_by_ids(call: Call) -> ASGIApp:
    """Enable the flows that are named."""
    return _count(await call.desk.flow_bulk.set_disabled(await _keys_in(call), disabled=False))


async def enable_by_query(call: Call) -> ASGIApp:
    """Enable the flows that match."""
    return _count(await call.desk.flow_bulk.set_disabled(await _found(call), disabled=False))


async def export_by_ids(call: Call) -> ASGIApp:
    """Return the flows that are named as a ZIP."""
    flows = [await call.desk.flows.get(key) for key in await _keys_in(call)]
    return download(call.desk.flow_archives.pack(flows), "flows.zip")


async def export_by_query(call: Call) -> ASGIApp:
    """Return the flows that match as a ZIP."""
    flows = await call.desk.flows.found(query_of(call, FLOW_FIELDS, now=call.desk.executions.now()))
    return download(call.desk.flow_archives.pack(flows), "flows.zip")


async def export_csv(call: Call) -> ASGIApp:
    """Return the flows that match as CSV."""
    flows = await call.desk.flows.found(query_of(call, FLOW_FIELDS, now=call.desk.executions.now()))
    header = ["id", "namespace", "revision", "description", "disabled", "labels"]
    rows = [
        [
            flow.id,
            flow.namespace,
            str(flow.revision),
            flow.description or "",
            str(flow.disabled).lower(),
            ",".join(f"{key}:{value}" for key, value in flow.labels),
        ]
        for flow in flows
    ]
    return csv_answer("flows.csv", header, rows)


async def import_flows(call: Call) -> ASGIApp:
    """Save the flows of a ZIP or YAML file; answer the names of those that are wrong."""
    async with form_of(call) as form:
        upload = form.file("fileUpload")
        failed = await call.desk.flow_archives.unpack(
            call.tenant, upload.filename or "", upload.file, fail_on_error=call[FAIL_ON_ERROR]
        )
    return json_answer(failed)


def csv_answer(name: str, header: list[str], rows: list[list[str]]) -> Answer:
    """Return a table as CSV, its header first even when there are no rows."""
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return Answer(target.getvalue().encode(), content_type="text/csv; charset=utf-8", headers=[disposition(name)])


def _harmless(cell: str) -> str:
    """Keep spreadsheets from running a cell as a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def _count(count: int) -> Answer:
    document: BulkResponseDocument = {"count": count}
    return json_answer(document)


async def _text_in(call: Call) -> str:
    if call.content_type == "multipart/form-data":
        async with form_of(call) as form:
            texts = [text for name, text in form.texts.items() if name == "flows"]
            texts += [
                (await upload.read()).decode("utf-8-sig", "replace") for name, upload in form.files if name == "flows"
            ]
        return "\n---\n".join(texts)
    return await call.text()


async def _keys_in(call: Call) -> list[FlowKey]:
    keys = []
    for item in await call.json_list("objects with `namespace` and `id`"):
        if not isinstance(item, dict) or not item.get("namespace") or not item.get("id"):
            raise InvalidBody("every item names a flow by `namespace` and `id`")
        keys.append(FlowKey(call.tenant, str(item["namespace"]), str(item["id"])))
    return keys


async def _found(call: Call) -> list[FlowKey]:
    return await call.desk.flow_bulk.keys(await query_of_mutation(call, FLOW_FIELDS, now=call.desk.executions.now()))


OPERATIONS = (
    Operation(
        method="POST",
        path="/flows/bulk",
        id="bulkUpdateFlows",
        handler=replace,
        params=(DELETE, NAMESPACE, CHILDREN),
        takes=FLOW_SOURCE,
        gives=list[FlowDocument],
    ),
    Operation(
        method="POST",
        path="/flows/{namespace}",
        id="updateFlowsInNamespace",
        handler=replace_namespace,
        params=(DELETE, OVERRIDE),
        takes=FLOW_SOURCE,
        gives=list[FlowDocument],
    ),
    Operation(
        method="DELETE",
        path="/flows/delete/by-ids",
        id="deleteFlowsByIds",
        handler=delete_by_ids,
        takes=list[FlowNameDocument],
        gives=BulkResponseDocument,
    ),
    Operation(
        method="DELETE",
        path="/flows/delete/by-query",
        id="deleteFlowsByQuery",
        handler=delete_by_query,
        params=(FILTERS,),
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/flows/disable/by-ids",
        id="disableFlowsByIds",
        handler=disable_by_ids,
        takes=list[FlowNameDocument],
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/flows/disable/by-query",
        id="disableFlowsByQuery",
        handler=disable_by_query,
        params=(FILTERS,),
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/flows/enable/by-ids",
        id="enableFlowsByIds",
        handler=enable_by_ids,
        takes=list[FlowNameDocument],
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/flows/enable/by-query",
        id="enableFlowsByQuery",
        handler=enable_by_query,
        params=(FILTERS,),
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/flows/export/by-ids",
        id="exportFlowsByIds",
        handler=export_by_ids,
        takes=list[FlowNameDocument],
        gives=BINARY,
    ),
    Operation(
        method="GET",
        path="/flows/export/by-query",
        id="exportFlowsByQuery",
        handler=export_by_query,
        params=(FILTERS,),
        gives=BINARY,
    ),
    Operation(
        method="GET",
        path="/flows/export/by-query/csv",
        id="exportFlows",
        handler=export_csv,
        params=(FILTERS,),
        gives=CSV,
    ),
    Operation(
        method="POST",
        path="/flows/import",
        id="importFlows",
        handler=import_flows,
        params=(FAIL_ON_ERROR,),
        takes=FORM,
        gives=list[str],
    ),
)
