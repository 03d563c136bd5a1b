"""Triggers: where they stand, disabling, unlocking, restarting, forgetting; in the words of 1.0 and 2.0.

Source: reference ``api.md`` §1.4.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any, NotRequired, TypedDict, cast

from starlette.types import ASGIApp

from lanner.api.composition import page_document
from lanner.api.filters import FILTERS, LISTED, PAGE, SIZE, SORT, TRIGGER_FIELDS, query_of, query_of_mutation
from lanner.api.flow_shapes import TriggerDefinitionDocument
from lanner.api.http import Answer, Call, InvalidBody, download, empty_answer, flag_param, json_answer, text_param
from lanner.api.routes.execution_actions import labels_in
from lanner.api.routing import Operation
from lanner.api.shapes import (
    CSV,
    JSON_VALUE,
    BulkResponseDocument,
    LabelDocument,
    PagedResultsDocument,
    labels_document,
    open_ended,
)
from lanner.model.flow import FlowKey
from lanner.model.state import State
from lanner.model.trigger import Backfill, TriggerKey, TriggerKind, TriggerState
from lanner.services.queries import Filter, Operator, Query
from lanner.services.triggers import ShownTrigger

DISABLED = flag_param("disabled", "Disable them; enable them when false", default=True)
DATE_FILTER = text_param("dateFilter", "What dates are compared with: NEXT_EXECUTION_DATE or LAST_TRIGGERED_DATE")
TEXT = text_param("q", "Part of the trigger's name")

_COLUMNS = ("namespace", "flowId", "triggerId", "date", "nextExecutionDate", "disabled", "executionId")


class BackfillDocument(TypedDict):
    """Dates that are made up for, those after ``start`` up to ``end``; ``currentDate`` is the last one so far."""

    start: datetime
    end: NotRequired[datetime]
    currentDate: NotRequired[datetime]
    paused: bool
    inputs: NotRequired[Mapping[str, Any]]
    labels: NotRequired[list[LabelDocument]]
    previousNextExecutionDate: NotRequired[datetime]


class TriggerDocument(TypedDict):
    """Where a trigger stands, in the words of 1.0 and of 2.0: what is not there is left out."""

    tenantId: str
    namespace: str
    flowId: str
    triggerId: str
    disabled: bool
    locked: bool
    kind: TriggerKind
    date: NotRequired[datetime]
    evaluatedAt: NotRequired[datetime]
    lastTriggeredDate: NotRequired[datetime]
    nextExecutionDate: NotRequired[datetime]
    nextEvaluationDate: NotRequired[datetime]
    stopAfter: NotRequired[list[State]]
    executionId: NotRequired[str]
    updatedDate: NotRequired[datetime]
    updatedAt: NotRequired[datetime]
    evaluateRunningDate: NotRequired[datetime]
    backfill: NotRequired[BackfillDocument]
    workerId: NotRequired[str]


class TriggerWithDefinitionDocument(TypedDict):
    """A trigger as its flow has it and where it stands, each under its name of 1.0 and of 2.0."""

    abstractTrigger: NotRequired[TriggerDefinitionDocument]
    trigger: NotRequired[TriggerDefinitionDocument]
    triggerContext: TriggerDocument
    state: TriggerDocument


class TriggerNameDocument(TypedDict):
    """A trigger by name."""

    namespace: str
    flowId: str
    triggerId: str


class NewBackfillDocument(TypedDict):
    """Dates to make up for: those after ``start`` up to ``end``, now when absent.

    Inputs and labels win over those of the trigger.
    """

    start: datetime
    end: NotRequired[datetime]
    paused: NotRequired[bool]
    inputs: NotRequired[Mapping[str, Any]]
    labels: NotRequired[list[LabelDocument]]


@open_ended
class TriggerSwitchDocument(TypedDict):
    """A trigger by name, and whether it is to be off, or its backfill; what else its document has is not read."""

    namespace: str
    flowId: str
    triggerId: str
    disabled: NotRequired[bool]
    backfill: NotRequired[NewBackfillDocument]


class TriggerSwitchesDocument(TypedDict):
    """Triggers by name, and whether they are to be off."""

    triggers: list[TriggerNameDocument]
    disabled: NotRequired[bool]


async def search(call: Call) -> ASGIApp:
    """Find triggers, by name unless a sort is given."""
    page = await call.desk.triggers.search(_stored(call, query_of(call, TRIGGER_FIELDS, now=_now(call))))
    return json_answer(page_document(map(_shown_document, page.results), page.total))


async def export(call: Call) -> ASGIApp:
    """Return all triggers that match as CSV."""
    query = _stored(call, await query_of_mutation(call, TRIGGER_FIELDS, now=_now(call)))
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for key in await call.desk.triggers.found(query):
        document = state_document(call.desk.triggers.get(key))
        writer.writerow(document.get(name, "") for name in _COLUMNS)
    return download(text.getvalue().encode(), "triggers.csv", content_type="text/csv; charset=utf-8")


async def of_flow(call: Call) -> ASGIApp:
    """List the triggers of a flow."""
    flow = FlowKey(call.tenant, call.path["namespace"], call.path["flowId"])
    filters = (Filter("q", Operator.EQUALS, call[TEXT]),) if call[TEXT] else ()
    asked = query_of(call, frozenset({"q"}), now=_now(call))
    page = await call.desk.triggers.of_flow(flow, replace(asked, filters=filters))
    return json_answer(page_document(map(state_document, page.results), page.total))


async def update(call: Call) -> ASGIApp:
    """Disable or enable a trigger, or give it a backfill: the document of its state as it should be."""
    body = await call.json_map("a trigger")
    if body.get("backfill") is not None:
        return json_answer(
            state_document(await call.desk.triggers.create_backfill(key_in(call, body), backfill_in(body)))
        )
    state = await call.desk.triggers.set_disabled(key_in(call, body), disabled=body.get("disabled") is True)
    return json_answer(state_document(state))


async def set_disabled(call: Call) -> ASGIApp:
    """Disable or enable a trigger."""
    body = await call.json_map("namespace, flowId, triggerId, disabled")
    state = await call.desk.triggers.set_disabled(key_in(call, body), disabled=body.get("disabled") is True)
    return json_answer(state_document(state))


async def unlock(call: Call) -> ASGIApp:
    """Let go of the execution that a trigger waits for."""
    return json_answer(state_document(await call.desk.triggers.unlock(key_in(call, call.path))))


async def restart(call: Call) -> ASGIApp:
    """Have a trigger evaluated anew."""
    return json_answer(state_document(await call.desk.triggers.restart(key_in(call, call.path))))


async def delete(call: Call) -> ASGIApp:
    """Forget where a trigger stands."""
    await call.desk.triggers.delete(key_in(call, call.path))
    return empty_answer()


async def disable_by_triggers(call: Call) -> ASGIApp:
    """Disable or enable the triggers that are named."""
    body = await call.json_map("triggers, disabled")
    listed = body.get("triggers")
    if not isinstance(listed, list):
        raise InvalidBody("`triggers` has to be a JSON array of objects with namespace, flowId and triggerId")
    return await _disabled(call, _keys(call, listed), disabled=body.get("disabled") is True)


async def disable_by_query(call: Call) -> ASGIApp:
    """Disable or enable the triggers that match."""
    return await _disabled(call, await found_keys(call), disabled=call[DISABLED])


async def unlock_by_triggers(call: Call) -> ASGIApp:
    """Unlock the triggers that are named."""
    return counted(await call.desk.triggers.each(await listed_keys(call), call.desk.triggers.unlock))


async def unlock_by_query(call: Call) -> ASGIApp:
    """Unlock the triggers that match."""
    return counted(await call.desk.triggers.each(await found_keys(call), call.desk.triggers.unlock))


async def delete_by_triggers(call: Call) -> ASGIApp:
    """Forget the triggers that are named."""
    return counted(await call.desk.triggers.each(await listed_keys(call), call.desk.triggers.delete))


async def delete_by_query(call: Call) -> ASGIApp:
    """Forget the triggers that match."""
    return counted(await call.desk.triggers.each(await found_keys(call), call.desk.triggers.delete))


def state_document(state: TriggerState) -> TriggerDocument:
    """Return a state as 1.0 and 2.0 show it; what is not there is left out."""
    key = state.key
    document: TriggerDocument = {
        "tenantId": key.tenant,
        "namespace": key.namespace,
        "flowId": key.flow_id,
        "triggerId": key.trigger_id,
        "disabled": state.disabled,
        "locked": state.is_locked,
        "kind": state.kind,
    }
    if state.date is not None:
        document["date"] = document["evaluatedAt"] = document["lastTriggeredDate"] = state.date
    if state.next_date is not None:
        document["nextExecutionDate"] = document["nextEvaluationDate"] = state.next_date
    if state.stop_after:
        document["stopAfter"] = list(state.stop_after)
    if state.execution_id is not None:
        document["executionId"] = state.execution_id
    if state.updated is not None:
        document["updatedDate"] = document["updatedAt"] = state.updated
    if state.evaluating_since is not None:
        document["evaluateRunningDate"] = state.evaluating_since
    if state.worker_id is not None:
        document["workerId"] = state.worker_id
    if state.backfill is not None:
        document["backfill"] = _backfill_document(state.backfill)
    return document


def _backfill_document(backfill: Backfill) -> BackfillDocument:
    document: BackfillDocument = {"start": backfill.start, "paused": backfill.paused}
    if backfill.end is not None:
        document["end"] = backfill.end
    if backfill.current is not None:
        document["currentDate"] = backfill.current
    if backfill.inputs is not None:
        document["inputs"] = backfill.inputs
    if backfill.labels:
        document["labels"] = labels_document(backfill.labels)
    if backfill.resume_at is not None:
        document["previousNextExecutionDate"] = backfill.resume_at
    return document


def backfill_in(body: Mapping[str, Any]) -> Backfill:
    """Return the backfill in the document of a trigger; raises ``InvalidBody``."""
    written = body.get("backfill")
    if not isinstance(written, Mapping):
        raise InvalidBody("`backfill` has to be an object with `start`")
    start, inputs, labels = _moment(written, "start"), written.get("inputs"), written.get("labels")
    if start is None:
        raise InvalidBody("backfill.start: it is missing; a date such as 2025-01-01T00:00:00Z is wanted")
    if inputs is not None and not isinstance(inputs, Mapping):
        raise InvalidBody("backfill.inputs: it has to be an object of inputs by their ids")
    return Backfill(
        start=start,
        end=_moment(written, "end"),
        paused=written.get("paused") is True,
        inputs=inputs,
        labels=labels_in([] if labels is None else labels),
    )


def _moment(written: Mapping[str, Any], name: str) -> datetime | None:
    text = written.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidBody(f"backfill.{name}: {text!r} is no date with a zone, such as 2025-01-01T00:00:00Z")
    return moment.astimezone(UTC)


def _shown_document(shown: ShownTrigger) -> TriggerWithDefinitionDocument:
    state = state_document(shown.state)
    document: TriggerWithDefinitionDocument = {"triggerContext": state, "state": state}
    if shown.definition is not None:
        written = shown.definition.model_dump(mode="json", by_alias=True, exclude_unset=True, serialize_as_any=True)
        document["abstractTrigger"] = document["trigger"] = cast(
            TriggerDefinitionDocument, written
        )  # as its type has it
    return document


async def _disabled(call: Call, keys: list[TriggerKey], *, disabled: bool) -> ASGIApp:
    triggers = call.desk.triggers
    return counted(await triggers.each(keys, lambda key: triggers.set_disabled(key, disabled=disabled)))


async def found_keys(call: Call) -> list[TriggerKey]:
    """Return the triggers that the filters of a request find."""
    query = _stored(call, await query_of_mutation(call, TRIGGER_FIELDS, now=_now(call)))
    return await call.desk.triggers.found(query)


async def listed_keys(call: Call) -> list[TriggerKey]:
    """Return the triggers that the body of a request names."""
    return _keys(call, await call.json_list("objects with namespace, flowId and triggerId"))


def _keys(call: Call, listed: Iterable[Any]) -> list[TriggerKey]:
    return [key_in(call, one) for one in listed]


def key_in(call: Call, named: Any) -> TriggerKey:
    """Return the trigger that a JSON object names; raises ``InvalidBody``."""
    names = ("namespace", "flowId", "triggerId")
    if not isinstance(named, Mapping) or not all(isinstance(named.get(name), str) for name in names):
        raise InvalidBody("a trigger is named by texts for namespace, flowId and triggerId")
    return TriggerKey(call.tenant, *(named[name] for name in names))


def _stored(call: Call, query: Query) -> Query:
    """Return a query with the names that rows have."""
    by_last = (call[DATE_FILTER] or "").upper() == "LAST_TRIGGERED_DATE"
    date = "date" if by_last else "nextDate"
    names = {"startDate": date, "endDate": date, "triggerExecutionId": "executionId"}
    filters = tuple(replace(one, field=names.get(one.field, one.field)) for one in query.filters)
    return replace(query, filters=filters)


def _now(call: Call) -> Any:
    return call.desk.executions.now()


def counted(count: int) -> Answer:
    """Return how many triggers were changed, in the words of 1.0 and 2.0."""
    document: BulkResponseDocument = {"count": count, "totalItems": count}
    return json_answer(document)


_ONE = "/triggers/{namespace}/{flowId}/{triggerId}"

OPERATIONS = (
    Operation(
        method="GET",
        path="/triggers/search",
        id="searchTriggers",
        handler=search,
        params=(*LISTED, DATE_FILTER),
        gives=PagedResultsDocument[TriggerWithDefinitionDocument],
    ),
    Operation(
        method="GET",
        path="/triggers/export/by-query/csv",
        id="exportTriggers",
        handler=export,
        params=(FILTERS, DATE_FILTER),
        gives=CSV,
    ),
    Operation(
        method="GET",
        path="/triggers/{namespace}/{flowId}",
        id="searchTriggersForFlow",
        handler=of_flow,
        params=(PAGE, SIZE, SORT, TEXT),
        gives=PagedResultsDocument[TriggerDocument],
    ),
    Operation(
        method="PUT",
        path="/triggers",
        id="updateTrigger",
        handler=update,
        takes=TriggerSwitchDocument,
        gives=TriggerDocument,
    ),
    Operation(
        method="PUT",
        path="/triggers/set-disabled",
        id="disabledTrigger",
        handler=set_disabled,
        takes=TriggerSwitchDocument,
        gives=TriggerDocument,
    ),
    Operation(method="POST", path=f"{_ONE}/unlock", id="unlockTrigger", handler=unlock, gives=TriggerDocument),
    Operation(method="POST", path=f"{_ONE}/restart", id="restartTrigger", handler=restart, gives=TriggerDocument),
    Operation(method="DELETE", path=_ONE, id="deleteTrigger", handler=delete, status=204),
    *(
        Operation(
            method=method,
            path=path,
            id=id_,
            handler=handler,
            params=params,
            takes=JSON_VALUE,
            gives=BulkResponseDocument,
        )
        for method, path, id_, handler, params in (
            ("POST", "/triggers/set-disabled/by-triggers", "disabledTriggersByIds", disable_by_triggers, ()),
            (
                "POST",
                "/triggers/set-disabled/by-query",
                "disabledTriggersByQuery",
                disable_by_query,
                (FILTERS, DISABLED, DATE_FILTER),
            ),
            ("POST", "/triggers/unlock/by-triggers", "unlockTriggersByIds", unlock_by_triggers, ()),
            ("POST", "/triggers/unlock/by-query", "unlockTriggersByQuery", unlock_by_query, (FILTERS, DATE_FILTER)),
            ("DELETE", "/triggers/delete/by-triggers", "deleteTriggersByIds", delete_by_triggers, ()),
            ("DELETE", "/triggers/delete/by-query", "deleteTriggersByQuery", delete_by_query, (FILTERS, DATE_FILTER)),
        )
    ),
)
