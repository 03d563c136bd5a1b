"""Answers with executions: one with many task runs is sent in parts, so that it is never whole in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from starlette.responses import StreamingResponse
from starlette.types import ASGIApp

from lanner.api.composition import execution_document, task_run_document
from lanner.api.execution_shapes import ExecutionDocument
from lanner.api.http import JSON, Call, json_answer, to_json
from lanner.model.execution import TaskRun
from lanner.services.executions import Shown

WHOLE = 1_000
"""Task runs up to which a document is made at once."""
PART = 200
"""Task runs of one part; other requests get their turn in between."""

_NO_TASK_RUNS = b'"taskRunList":[]'


def document_of(call: Call, shown: Shown, *, with_url: bool = False) -> ExecutionDocument:
    """Return the document of an execution."""
    url = f"{call.desk.options.url}{ui_path(shown)}" if with_url and call.desk.options.url else None
    return execution_document(
        shown.execution, shown.task_runs, now=call.desk.executions.now(), variables=shown.variables, url=url
    )


def execution_answer(call: Call, shown: Shown, *, status: int = 200, with_url: bool = False) -> ASGIApp:
    """Return the response with an execution's document."""
    if len(shown.task_runs) <= WHOLE:
        return json_answer(document_of(call, shown, with_url=with_url), status)
    frame = document_of(call, Shown(execution=shown.execution, variables=shown.variables), with_url=with_url)
    before, _, after = to_json({"taskRunList": [], **frame}).partition(_NO_TASK_RUNS)
    return StreamingResponse(_parts(call, shown, before, after), status_code=status, media_type=JSON)


def ui_path(shown: Shown) -> str:
    """Return where the web UI shows an execution."""
    one = shown.execution
    return f"/ui/{one.tenant}/executions/{one.namespace}/{one.flow_id}/{one.id}"


async def _parts(call: Call, shown: Shown, before: bytes, after: bytes) -> AsyncIterator[bytes]:
    yield before + _NO_TASK_RUNS[:-1]
    runs = shown.task_runs
    for start in range(0, len(runs), PART):
        part = _listed(call, shown, runs[start : start + PART])
        yield part if start == 0 else b"," + part
        await asyncio.sleep(0)
    yield b"]" + after


def _listed(call: Call, shown: Shown, runs: Sequence[TaskRun]) -> bytes:
    """Return task runs as JSON, without the brackets around them."""
    now = call.desk.executions.now()
    return to_json([task_run_document(shown.execution, run, now) for run in runs])[1:-1]
