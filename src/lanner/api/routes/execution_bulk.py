"""Actions on many executions: by their ids, or all that a query finds."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypedDict

from starlette.types import ASGIApp

from lanner.api.filters import EXECUTION_FIELDS, FILTERS, query_of, query_of_mutation
from lanner.api.http import Answer, Call, InvalidBody, InvalidQuery, Param, flag_param, json_answer, text_param
from lanner.api.routes.execution_actions import REMOVALS, labels_in, read_state, removal_of
from lanner.api.routes.flow_bulk import csv_answer
from lanner.api.routing import Handler, Operation
from lanner.api.shapes import CSV, BulkResponseDocument, LabelDocument
from lanner.model.state import State

NEW_STATUS = text_param("newStatus", "The state to enter")
STATE = text_param("state", "RUNNING, CANCELLED or FAILED")
NEW_STATE = text_param("newState", "RUNNING, CANCELLED or FAILED")
LATEST_REVISION = flag_param("latestRevision", "Use the newest revision of each flow")
NON_TERMINATED = flag_param("includeNonTerminated", "Delete executions that have not ended too")

Ids = Sequence[str]
Act = Callable[[Call, Ids], Awaitable[int]]


async def kill(call: Call, ids: Ids) -> int:
    """Have executions stop."""
    return await call.desk.bulk.kill(call.tenant, ids)


async def pause(call: Call, ids: Ids) -> int:
    """Have nothing new start in executions."""
    return await call.desk.bulk.pause(call.tenant, ids)


async def resume(call: Call, ids: Ids) -> int:
    """Let paused executions go on."""
    return await call.desk.bulk.resume(call.tenant, ids, by=call.user)


async def restart(call: Call, ids: Ids) -> int:
    """Run what failed once more."""
    return await call.desk.bulk.restart(call.tenant, ids)


async def replay(call: Call, ids: Ids) -> int:
    """Run executions again as new ones."""
    return await call.desk.bulk.replay(call.tenant, ids, latest_revision=call[LATEST_REVISION])


async def change_status(call: Call, ids: Ids) -> int:
    """Declare the state of ended executions."""
    status = call[NEW_STATUS]
    if status is None:
        raise InvalidQuery("Required QueryValue [newStatus] not specified")
    return await call.desk.bulk.change_status(call.tenant, ids, read_state(status))


async def force_run(call: Call, ids: Ids) -> int:
    """Have executions that wait run now."""
    return await call.desk.bulk.force_run(call.tenant, ids)


async def unqueue(call: Call, ids: Ids) -> int:
    """Take executions out of the queue of their concurrency limit."""
    wanted = call[STATE] or call[NEW_STATE]
    return await call.desk.bulk.unqueue(call.tenant, ids, read_state(wanted) if wanted else State.RUNNING)


async def delete(call: Call, ids: Ids) -> int:
    """Forget executions."""
    return await call.desk.bulk.delete(call.tenant, ids, removal_of(call), also_running=call[NON_TERMINATED])


async def labels_by_ids(call: Call) -> ASGIApp:
    """Add labels to the executions that are named."""
    body = await call.json_map("`executionsId` and `executionLabels`")
    ids = body.get("executionsId")
    if not isinstance(ids, list):
        raise InvalidBody("`executionsId` has to be a list of ids")
    labels = labels_in(body.get("executionLabels"))
    return _counted(call, await call.desk.bulk.set_labels(call.tenant, [str(one) for one in ids], labels))


async def labels_by_query(call: Call) -> ASGIApp:
    """Add labels to the executions that match."""
    labels = labels_in(await call.json_list("labels"))
    return _counted(call, await call.desk.bulk.set_labels(call.tenant, await _found(call), labels))


async def export_csv(call: Call) -> ASGIApp:
    """Return the executions that match as CSV."""
    query = query_of(call, EXECUTION_FIELDS, now=call.desk.executions.now())
    header = ["id", "namespace", "flowId", "flowRevision", "state", "startDate", "endDate", "labels"]
    rows = [
        [
            execution.id,
            execution.namespace,
            execution.flow_id,
            str(execution.flow_revision),
            execution.state.current.value,
            execution.state.start_date.isoformat(),
            end.isoformat() if (end := execution.state.end_date) else "",
            ",".join(f"{key}:{value}" for key, value in execution.labels),
        ]
        async for execution in call.desk.executions.each(query)
    ]
    return csv_answer("executions.csv", header, rows)


class SetLabelsByIdsRequestDocument(TypedDict):
    """Executions and the labels they are to have too."""

    executionsId: list[str]
    executionLabels: list[LabelDocument]


def _by_ids(act: Act) -> Handler:
    async def handler(call: Call) -> ASGIApp:
        ids = [str(one) for one in await call.json_list("ids of executions")]
        return _counted(call, await act(call, ids))

    handler.__doc__ = act.__doc__
    return handler


def _by_query(act: Act) -> Handler:
    async def handler(call: Call) -> ASGIApp:
        return _counted(call, await act(call, await _found(call)))

    handler.__doc__ = act.__doc__
    return handler


async def _found(call: Call) -> Ids:
    query = await query_of_mutation(call, EXECUTION_FIELDS, now=call.desk.executions.now())
    return await call.desk.bulk.found(query)


def _counted(call: Call, count: int) -> Answer:  # noqa: ARG001  # both generations read the same answer
    document: BulkResponseDocument = {"count": count, "totalItems": count}
    return json_answer(document)


def _pair(
    name: str, ids: tuple[str, str], act: Act, *, params: tuple[Param[Any], ...] = (), method: str = "POST"
) -> tuple[Operation, Operation]:
    folder = f"/executions/{name}" if name else "/executions"
    return (
        Operation(
            method=method,
            path=f"{folder}/by-ids",
            id=ids[0],
            handler=_by_ids(act),
            params=params,
            takes=list[str],
            gives=BulkResponseDocument,
        ),
        Operation(
            method=method,
            path=f"{folder}/by-query",
            id=ids[1],
            handler=_by_query(act),
            params=(FILTERS, *params),
            gives=BulkResponseDocument,
        ),
    )


OPERATIONS = (
    *_pair("kill", ("killExecutionsByIds", "killExecutionsByQuery"), kill, method="DELETE"),
    *_pair("pause", ("pauseExecutionsByIds", "pauseExecutionsByQuery"), pause),
    *_pair("resume", ("resumeExecutionsByIds", "resumeExecutionsByQuery"), resume),
    *_pair("restart", ("restartExecutionsByIds", "restartExecutionsByQuery"), restart),
    *_pair("replay", ("replayExecutionsByIds", "replayExecutionsByQuery"), replay, params=(LATEST_REVISION,)),
    *_pair(
        "change-status",
        ("updateExecutionsStatusByIds", "updateExecutionsStatusByQuery"),
        change_status,
        params=(NEW_STATUS,),
    ),
    *_pair("force-run", ("forceRunByIds", "forceRunExecutionsByQuery"), force_run),
    *_pair("unqueue", ("unqueueExecutionsByIds", "unqueueExecutionsByQuery"), unqueue, params=(STATE, NEW_STATE)),
    *_pair(
        "",
        ("deleteExecutionsByIds", "deleteExecutionsByQuery"),
        delete,
        params=(NON_TERMINATED, *REMOVALS),
        method="DELETE",
    ),
    Operation(
        method="POST",
        path="/executions/labels/by-ids",
        id="setLabelsOnTerminatedExecutionsByIds",
        handler=labels_by_ids,
        takes=SetLabelsByIdsRequestDocument,
        gives=BulkResponseDocument,
    ),
    Operation(
        method="POST",
        path="/executions/labels/by-query",
        id="setLabelsOnTerminatedExecutionsByQuery",
        handler=labels_by_query,
        params=(FILTERS,),
        takes=list[LabelDocument],
        gives=BulkResponseDocument,
    ),
    Operation(
        method="GET",
        path="/executions/export/by-query/csv",
        id="exportExecutions",
        handler=export_csv,
        params=(FILTERS,),
        gives=CSV,
    ),
)
