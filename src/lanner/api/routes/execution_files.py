"""Files and outputs of executions."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO, Any, Literal, NotRequired, TypedDict

from starlette.responses import StreamingResponse
from starlette.types import ASGIApp

from lanner.api.http import (
    BYTES,
    Call,
    count_param,
    disposition,
    json_answer,
    required_param,
    text_param,
    to_json,
)
from lanner.api.routing import Operation
from lanner.api.shapes import BINARY

PATH = required_param("path", "The file, kestra:///…")
MAX_ROWS = count_param("maxRows", 0, "How many rows or lines")
ENCODING = text_param("encoding", "How a text is encoded; UTF-8 when absent")
FORMAT = text_param("format", "JSONL turns Ion into lines of JSON")

CHUNK_BYTES = 256 * 1024


class FileMetasDocument(TypedDict):
    """How large a file is, in bytes."""

    size: int


class FilePreviewDocument(TypedDict):
    """The beginning of a file: a text, rows, or an image in Base64. ``maxLine`` is the limit that was used."""

    extension: str
    type: Literal["TEXT", "LIST", "IMAGE", "MARKDOWN", "PDF"]
    content: Any
    maxLine: int
    truncated: bool


class TaskOutputInformationDocument(TypedDict):
    """A task run that has outputs."""

    taskId: str
    taskRunId: str
    inline: bool
    value: NotRequired[str]
    iteration: NotRequired[int]


async def file(call: Call) -> ASGIApp:
    """Download a file."""
    files, id_ = call.desk.files, call.path["executionId"]
    if (call[FORMAT] or "").upper() == "JSONL":
        blocks = await files.json_lines(call.tenant, id_, call[PATH])
        first: list[Any] = await asyncio.to_thread(next, blocks, [])
        return StreamingResponse(
            _json_lines(first, blocks), media_type="application/x-ndjson", headers=dict([disposition("file.jsonl")])
        )
    content_file, size, name = await files.open(call.tenant, id_, call[PATH])
    headers = dict([disposition(name), ("content-length", str(size))])
    return StreamingResponse(chunks(content_file), media_type=BYTES, headers=headers)


async def _json_lines(first: list[Any], blocks: Iterator[list[Any]]) -> AsyncIterator[bytes]:
    block = first
    while block:
        yield b"".join(to_json(record) + b"\n" for record in block)
        block = await asyncio.to_thread(next, blocks, [])


async def metas(call: Call) -> ASGIApp:
    """Return the size of a file."""
    size = await call.desk.files.size(call.tenant, call.path["executionId"], call[PATH])
    document: FileMetasDocument = {"size": size}
    return json_answer(document)


async def preview(call: Call) -> ASGIApp:
    """Return the beginning of a file."""
    options = call.desk.options
    wanted = call[MAX_ROWS] or options.preview_initial_rows
    shown = await call.desk.files.preview(
        call.tenant,
        call.path["executionId"],
        call[PATH],
        max_rows=min(wanted, options.preview_max_rows),
        encoding=call[ENCODING] or "UTF-8",
    )
    document: FilePreviewDocument = {
        "extension": shown.extension,
        "type": shown.type,
        "content": shown.content,
        "maxLine": shown.max_line,
        "truncated": shown.truncated,
    }
    return json_answer(document)


async def outputs(call: Call) -> ASGIApp:
    """List which task runs have outputs."""
    snapshot = await call.desk.executions.snapshot(call.tenant, call.path["executionId"])
    found: list[TaskOutputInformationDocument] = []
    for run in snapshot.task_runs:
        if not run.outputs:
            continue
        item: TaskOutputInformationDocument = {"taskId": run.task_id, "taskRunId": run.id, "inline": True}
        if run.value is not None:
            item["value"] = run.value
        if run.iteration is not None:
            item["iteration"] = run.iteration
        found.append(item)
    return json_answer(found)


async def task_run_outputs(call: Call) -> ASGIApp:
    """Return the outputs of a task run."""
    _, run = await call.desk.executions.task_run(call.tenant, call.path["executionId"], call.path["taskRunId"])
    return json_answer(run.outputs or {})


async def execution_outputs(call: Call) -> ASGIApp:
    """Return the outputs of an execution itself."""
    snapshot = await call.desk.executions.snapshot(call.tenant, call.path["executionId"])
    return json_answer(snapshot.execution.outputs or {})


async def chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield an open file piece by piece and close it."""
    try:
        while chunk := await asyncio.to_thread(content.read, CHUNK_BYTES):
            yield chunk
    finally:
        content.close()


_EXECUTION = "/executions/{executionId}"

OPERATIONS = (
    Operation(
        method="GET",
        path=f"{_EXECUTION}/file",
        id="downloadFileFromExecution",
        handler=file,
        params=(PATH, FORMAT),
        gives=BINARY,
    ),
    Operation(
        method="GET",
        path=f"{_EXECUTION}/file/metas",
        id="getFileMetadatasFromExecution",
        handler=metas,
        params=(PATH,),
        gives=FileMetasDocument,
    ),
    Operation(
        method="GET",
        path=f"{_EXECUTION}/file/preview",
        id="previewFileFromExecution",
        handler=preview,
        params=(PATH, MAX_ROWS, ENCODING),
        gives=FilePreviewDocument,
    ),
    Operation(
        method="GET",
        path="/outputs/{executionId}",
        aliases=("/outputs/tasks/{executionId}",),
        id="getTaskOutputsInformation",
        handler=outputs,
        gives=list[TaskOutputInformationDocument],
    ),
    Operation(
        method="GET",
        path="/outputs/{executionId}/{taskRunId}",
        aliases=("/outputs/tasks/{executionId}/{taskRunId}",),
        id="getTaskRunOutputs",
        handler=task_run_outputs,
        gives=dict[str, Any],
    ),
    Operation(
        method="GET",
        path="/outputs/executions/{executionId}",
        id="getExecutionOutputs",
        handler=execution_outputs,
        gives=dict[str, Any],
    ),
)
