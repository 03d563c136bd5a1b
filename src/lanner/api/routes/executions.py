"""Executions: start, read, search, watch."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import orjson
from starlette.types import ASGIApp

from lanner.api.composition import (
    execution_document,
    page_document,
    status_document,
    task_run_json,
    webhook_document,
)
from lanner.api.execution_answers import document_of, execution_answer
from lanner.api.execution_shapes import (
    CheckFailureDocument,
    ExecutionDocument,
    ExecutionStatusEventDocument,
    InputAndValueDocument,
    LastExecutionResponseDocument,
    StateCountDocument,
    ValidatedInputsDocument,
    WebhookResponseDocument,
)
from lanner.api.filters import EXECUTION_FIELDS, FILTERS, LISTED, PAGE, SIZE, query_of
from lanner.api.flow_documents import flow_for_execution, input_document
from lanner.api.flow_shapes import FlowForExecutionDocument, FlowNameDocument
from lanner.api.forms import form_of
from lanner.api.http import (
    Call,
    InvalidBody,
    Param,
    count_param,
    date_param,
    empty_answer,
    flag_param,
    json_answer,
    list_param,
    number_param,
    required_param,
    text_param,
    to_json,
    while_connected,
)
from lanner.api.routing import Operation
from lanner.api.shapes import ANYTHING, FORM, PagedResultsDocument, events
from lanner.api.sse import event_stream, frame, opened
from lanner.model.execution import ExecutionKind
from lanner.model.flow import FlowKey
from lanner.model.ids import TaskRunId
from lanner.model.label import Label
from lanner.sdk.text import format_duration
from lanner.services.errors import InvalidArgument
from lanner.services.execution_inputs import InputState
from lanner.services.execution_streams import Live
from lanner.services.executions import Shown, Start, read_breakpoints
from lanner.services.flow_checks import FailedCheck
from lanner.services.webhooks import WebhookRequest

WAIT = flag_param("wait", "Answer when the execution has ended, one hour at most")
LABELS = list_param("labels", "key:value; may be repeated")
REVISION = number_param("revision", "Which revision of the flow; the newest when absent")
SCHEDULE_DATE = date_param("scheduleDate", "When to begin")
BREAKPOINTS = text_param("breakpoints", "Comma list of taskId or taskId.value to stop at")
TASK_RUNS = flag_param("taskRuns", "With the task runs of each and the steps of its state", default=True)
EVERY = text_param("every", "minute, hour or day")
CHANGES = flag_param("changes", "After the first event, only the task runs that changed")
KIND = text_param("kind", "NORMAL, TEST or PLAYGROUND")
LATEST = count_param("size", 1, "How many of each flow, 100 at most")
FIELD = required_param("field", "namespace, flowId, state, labels and others; the case does not matter")
VALUES = count_param("size", 100, "How many values")
NAMESPACE = required_param("namespace")
FLOW_ID = required_param("flowId")
DESTINATION_ONLY = flag_param("destinationOnly")
EXPAND_ALL = flag_param("expandAll")


async def create(call: Call) -> ASGIApp:
    """Start an execution of a flow."""
    desk = call.desk
    if call.headers.get("content-type") is None:
        shown = await desk.executions.start(_start(call))
    else:
        async with form_of(call) as form:
            start = _start(call, inputs=form.texts, uploads=form.uploads())
            shown = await desk.executions.start(start)
    if call[WAIT]:
        shown = await while_connected(call, desk.executions.wait(shown))
    return execution_answer(call, shown, with_url=True)


async def validate(call: Call) -> ASGIApp:
    """Tell what would become of the inputs of an execution."""
    async with form_of(call) as form:
        start = _start(call, inputs=form.texts, uploads=form.uploads())
        checked = await call.desk.executions.check_inputs(start)
    failed = await call.desk.executions.failed_checks(start, checked)
    return json_answer(checked_document(call.path["namespace"], call.path["id"], checked, failed))


async def webhook(call: Call) -> ASGIApp:
    """Start the flow whose Webhook trigger has the key of the path."""
    path = call.path
    headers: dict[str, list[str]] = {}
    for name, value in call.scope["headers"]:
        headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    request = WebhookRequest(body=await call.body(), headers=headers, parameters=call.query)
    flow = FlowKey(call.tenant, path["namespace"], path["id"])
    started = await while_connected(call, call.desk.webhooks.start(flow, path["key"], request))
    if started is None:
        return empty_answer()
    shown, only_outputs = started
    if only_outputs:
        return json_answer(shown.execution.outputs or {})
    return json_answer(webhook_document(document_of(call, shown, with_url=True)))


async def get(call: Call) -> ASGIApp:
    """Return an execution with its task runs."""
    return execution_answer(call, await call.desk.executions.get(call.tenant, call.path["executionId"]))


async def search(call: Call) -> ASGIApp:
    """Find executions; newest first unless a sort is given."""
    executions = call.desk.executions
    query = query_of(call, EXECUTION_FIELDS, now=executions.now())
    if call[TASK_RUNS]:
        page = await executions.search(query)
        return json_answer(page_document((document_of(call, shown) for shown in page.results), page.total))
    page = await executions.rows(query)
    return json_answer(page_document((_row(call, shown) for shown in page.results), page.total))


def _row(call: Call, shown: Shown) -> ExecutionDocument:
    """Return an execution for a list that shows neither its task runs nor the steps of its state."""
    document = document_of(call, shown)
    document["state"]["histories"] = []
    return document


async def statistics(call: Call) -> ASGIApp:
    """Count the executions that match, by the hour or day they began and by state."""
    executions = call.desk.executions
    every = _STRETCHES.get(call[EVERY] or "day")
    if every is None:
        raise InvalidArgument(f"every {call[EVERY]!r} is not one of {', '.join(_STRETCHES)}")
    counts = await executions.count_by_state(query_of(call, EXECUTION_FIELDS, now=executions.now()), every)
    documents: list[StateCountDocument] = [
        {"start": one.start, "state": one.state, "count": one.count} for one in counts
    ]
    return json_answer(documents)


async def distinct_values(call: Call) -> ASGIApp:
    """List the values of a field in the executions that match, sorted; labels as key:value."""
    executions = call.desk.executions
    query = query_of(call, EXECUTION_FIELDS, now=executions.now())
    return json_answer(await executions.distinct(query, _field(call[FIELD]), call[VALUES]))


async def of_flow(call: Call) -> ASGIApp:
    """List the executions of one flow."""
    key = FlowKey(call.tenant, call[NAMESPACE], call[FLOW_ID])
    page = await call.desk.executions.of_flow(key, call[PAGE], call[SIZE])
    return json_answer(page_document((document_of(call, shown) for shown in page.results), page.total))


async def latest(call: Call) -> ASGIApp:
    """Return the newest executions of each flow that is named, newest first."""
    keys = []
    for item in await call.json_list("objects with `namespace` and `id`"):
        if not isinstance(item, dict) or not item.get("namespace"):
            raise InvalidBody("every item names a flow by `namespace` and `id`")
        flow_id = item.get("id") or item.get("flowId")
        keys.append(FlowKey(call.tenant, str(item["namespace"]), str(flow_id)))
    now = call.desk.executions.now()
    found = await call.desk.executions.latest(keys, call[LATEST])
    documents: list[LastExecutionResponseDocument] = [
        {
            "id": execution.id,
            "flowId": execution.flow_id,
            "namespace": execution.namespace,
            "startDate": execution.state.start_date,
            "status": execution.state.current,
            "duration": format_duration(execution.state.duration(now)),
        }
        for execution in found
    ]
    return json_answer(documents)


async def flow_of(call: Call) -> ASGIApp:
    """Return the flow an execution runs, without the bodies of its tasks."""
    snapshot = await call.desk.executions.snapshot(call.tenant, call.path["executionId"])
    plan = await call.desk.executions.plan_of(snapshot.execution)
    return json_answer(flow_for_execution(plan))


async def flow_by_id(call: Call) -> ASGIApp:
    """Return a flow without the bodies of its tasks."""
    key = FlowKey(call.tenant, call.path["namespace"], call.path["flowId"])
    return json_answer(flow_for_execution(await call.desk.flows.plan(key, call[REVISION])))


async def namespaces(call: Call) -> ASGIApp:
    """List the namespaces that have flows."""
    return json_answer(await call.desk.flows.namespaces(call.tenant))


async def namespace_flows(call: Call) -> ASGIApp:
    """List the flows of a namespace without the bodies of their tasks."""
    plans = await call.desk.flows.plans_of(call.tenant, call.path["namespace"])
    return json_answer([flow_for_execution(plan) for plan in plans])


async def follow(call: Call) -> ASGIApp:
    """Stream an execution: ``start``, ``progress`` after changes, ``end``."""
    return event_stream(await opened(_progress(call, call.path["executionId"])))


async def follow_dependencies(call: Call) -> ASGIApp:
    """Stream the states of all executions that belong together: ``start``, ``progress``, ``end``, ``end-all``."""
    return event_stream(await opened(_related(call, call.path["executionId"])))


def checked_document(
    namespace: str, flow_id: str, checked: Sequence[InputState], failed: Sequence[FailedCheck] = ()
) -> ValidatedInputsDocument:
    """Return what validating inputs answers; ``checks`` are those that do not hold."""
    checks: list[CheckFailureDocument] = [
        {"message": one.message, "style": one.style, "behavior": one.behavior.value} for one in failed
    ]
    inputs = [_checked_input(one) for one in checked]
    return {"id": flow_id, "namespace": namespace, "inputs": inputs, "checks": checks}


def _checked_input(state: InputState) -> InputAndValueDocument:
    declared = input_document(state.declared)
    if state.options is not None:
        declared["values"] = list(state.options)
    document: InputAndValueDocument = {
        "input": declared,
        "enabled": state.is_enabled,
        "isDefault": state.is_default,
        "errors": [{"message": problem.message} for problem in state.problems],
    }
    if state.value is not None:
        document["value"] = state.value
    return document


def _start(call: Call, **content: object) -> Start:
    kind = call[KIND]
    try:
        known = ExecutionKind(kind.upper()) if kind and kind.upper() != "NORMAL" else None
    except ValueError:
        raise InvalidArgument(f"{kind!r} is not a kind of execution; possible are NORMAL, TEST, PLAYGROUND") from None
    return Start(
        key=FlowKey(call.tenant, call.path["namespace"], call.path["id"]),
        labels=read_labels(call.all(LABELS, split=False)),
        revision=call[REVISION],
        schedule_date=call[SCHEDULE_DATE],
        breakpoints=read_breakpoints(call[BREAKPOINTS]),
        kind=known,
        **content,  # type: ignore[arg-type]  # inputs and uploads of a form
    )


def read_labels(texts: list[str]) -> tuple[Label, ...]:
    """Return the labels of ``key:value`` texts; raises ``InvalidArgument``."""
    labels: dict[str, str] = {}
    for text in texts:
        key, colon, value = text.partition(":")
        if not colon or not key.strip():
            raise InvalidArgument(f"Invalid queryString parameter: label {text!r} is not of the form key:value")
        labels[key.strip()] = value.strip()
    return tuple(Label(key, value) for key, value in labels.items())


def _field(name: str) -> str:
    """Return a field as filters call it: clients say ``FLOW_ID`` or ``flowId``."""
    plain = name.replace("_", "").lower()
    return next((field for field in EXECUTION_FIELDS if field.lower() == plain), name)


async def _progress(call: Call, execution_id: str) -> AsyncGenerator[bytes, None]:
    made: dict[TaskRunId, orjson.Fragment] = {}
    known: set[TaskRunId] = set()
    async with aclosing(call.desk.streams.follow(call.tenant, execution_id)) as states:
        begun = False
        async for live in states:
            if not begun:
                yield frame("start", to_json({"id": live.execution.id}))
                begun = True
            document = _changes_json(call, live, known) if call[CHANGES] else _live_json(call, live, made)
            yield frame("end" if live.execution.ended else "progress", document)


def _live_json(call: Call, live: Live, made: dict[TaskRunId, orjson.Fragment]) -> bytes:
    """Return the whole document; only task runs that changed are made anew."""
    now = call.desk.executions.now()
    for id_ in live.changed if made else live.task_runs:
        made[id_] = task_run_json(live.execution, live.task_runs[id_], now)
    runs = [made[id_] for id_ in live.task_runs]
    return to_json(execution_document(live.execution, runs, now=now))


def _changes_json(call: Call, live: Live, known: set[TaskRunId]) -> bytes:
    """Return the document with the task runs that changed, ``partial``; with all of them when some are gone."""
    now = call.desk.executions.now()
    is_partial = bool(known) and known <= live.task_runs.keys()
    ids = live.changed if is_partial else live.task_runs.keys()
    known.clear()
    known.update(live.task_runs)
    runs = [task_run_json(live.execution, live.task_runs[id_], now) for id_ in live.task_runs if id_ in ids]
    document = execution_document(live.execution, runs, now=now)
    return to_json({**document, "partial": True} if is_partial else document)


async def _related(call: Call, execution_id: str) -> AsyncGenerator[bytes, None]:
    async with aclosing(call.desk.streams.follow_related(call.tenant, execution_id)) as states:
        begun = False
        async for execution in states:
            if not begun:
                yield frame("start", to_json(status_document(execution)))
                begun = True
            name = "end" if execution.state.current.is_terminal else "progress"
            yield frame(name, to_json(status_document(execution)))
    yield frame("end-all", b"{}")


_STRETCHES = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_START: tuple[Param[Any], ...] = (LABELS, WAIT, REVISION, SCHEDULE_DATE, BREAKPOINTS, KIND)
_WEBHOOK = "/executions/webhook/{namespace}/{id}/{key}"


OPERATIONS = (
    Operation(
        method="POST",
        path="/executions/{namespace}/{id}",
        aliases=("/executions/trigger/{namespace}/{id}",),
        id="createExecution",
        handler=create,
        params=_START,
        takes=FORM,
        gives=ExecutionDocument,
    ),
    Operation(
        method="POST",
        path="/executions/{namespace}/{id}/validate",
        id="validateNewExecutionInputs",
        handler=validate,
        params=(LABELS, REVISION),
        takes=FORM,
        gives=ValidatedInputsDocument,
    ),
    *(
        Operation(
            method=method,
            path=_WEBHOOK,
            aliases=(f"{_WEBHOOK}/{{path}}",),
            id=f"triggerExecutionBy{method.title()}Webhook",
            handler=webhook,
            takes=ANYTHING,
            gives=WebhookResponseDocument | dict[str, Any],
            also=(204,),
            is_open=True,
        )
        for method in ("GET", "POST", "PUT")
    ),
    Operation(
        method="GET",
        path="/executions/search",
        id="searchExecutions",
        handler=search,
        params=(*LISTED, TASK_RUNS),
        gives=PagedResultsDocument[ExecutionDocument],
    ),
    Operation(
        method="GET",
        path="/executions/distinct-field-values",
        id="findDistinctFieldValues",
        handler=distinct_values,
        params=(FIELD, FILTERS, VALUES),
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/executions/statistics",
        id="countExecutions",
        handler=statistics,
        params=(FILTERS, EVERY),
        gives=list[StateCountDocument],
    ),
    Operation(
        method="GET",
        path="/executions",
        id="searchExecutionsByFlowId",
        handler=of_flow,
        params=(NAMESPACE, FLOW_ID, PAGE, SIZE),
        gives=PagedResultsDocument[ExecutionDocument],
    ),
    Operation(
        method="POST",
        path="/executions/latest",
        id="getLatestExecutions",
        handler=latest,
        params=(LATEST,),
        takes=list[FlowNameDocument],
        gives=list[LastExecutionResponseDocument],
    ),
    Operation(
        method="GET",
        path="/executions/namespaces",
        id="listExecutableDistinctNamespaces",
        handler=namespaces,
        gives=list[str],
    ),
    Operation(
        method="GET",
        path="/executions/namespaces/{namespace}/flows",
        id="listFlowExecutionsByNamespace",
        handler=namespace_flows,
        gives=list[FlowForExecutionDocument],
    ),
    Operation(
        method="GET",
        path="/executions/flows/{namespace}/{flowId}",
        id="getFlowFromExecution",
        handler=flow_by_id,
        params=(REVISION,),
        gives=FlowForExecutionDocument,
    ),
    Operation(method="GET", path="/executions/{executionId}", id="getExecution", handler=get, gives=ExecutionDocument),
    Operation(
        method="GET",
        path="/executions/{executionId}/flow",
        id="getFlowFromExecutionById",
        handler=flow_of,
        gives=FlowForExecutionDocument,
    ),
    Operation(
        method="GET",
        path="/executions/{executionId}/follow",
        id="followExecution",
        handler=follow,
        params=(CHANGES,),
        gives=events(ExecutionDocument),
    ),
    Operation(
        method="GET",
        path="/executions/{executionId}/follow-dependencies",
        id="followDependenciesExecutions",
        handler=follow_dependencies,
        params=(DESTINATION_ONLY, EXPAND_ALL),
        gives=events(ExecutionStatusEventDocument),
    ),
)
