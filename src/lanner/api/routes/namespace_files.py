"""Files of namespaces. Source of the shapes: reference ``api.md`` §1.9, §2.6."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, TypedDict, TypeVar

from starlette.responses import StreamingResponse
from starlette.types import ASGIApp

from lanner.api.forms import form_of
from lanner.api.http import BYTES, Answer, Call, disposition, json_answer, number_param, required_param, text_param
from lanner.api.routes.execution_files import chunks
from lanner.api.routing import Operation
from lanner.api.shapes import BINARY, FORM
from lanner.services.file_archives import FLOWS
from lanner.services.namespace_files import NamespaceFile

T = TypeVar("T")

PATH = required_param("path", "The file, with or without a slash before")
FOLDER = text_param("path", "The folder; the root when absent")
TEXT = required_param("q", "Text that the path holds, in either case")
REVISION = number_param("revision", "Which revision; the present one when absent")
SOURCE = required_param("from", "What to move")
TARGET = required_param("to", "Where it goes")


class FileAttributesDocument(TypedDict):
    """A file or a folder; times are milliseconds since 1970."""

    type: Literal["File", "Directory"]
    fileName: str
    size: int
    lastModifiedTime: int
    creationTime: int


class FileRevisionDocument(TypedDict):
    """One state of a file."""

    revision: int
    updated: datetime
    size: int


async def _do(call: Call, work: Callable[..., T], *arguments: Any, **options: Any) -> T:
    return await asyncio.to_thread(work, call.tenant, call.path["namespace"], *arguments, **options)


async def content(call: Call) -> ASGIApp:
    """Return the content of a file."""
    path = call[PATH]
    file = await _do(call, call.desk.namespace_files.open, path, revision=call[REVISION])
    headers = dict([disposition(path.rpartition("/")[2]), ("cache-control", "no-cache")])
    return StreamingResponse(chunks(file), media_type=BYTES, headers=headers)


async def stats(call: Call) -> ASGIApp:
    """Describe a file or a folder."""
    return json_answer(_attributes(await _do(call, call.desk.namespace_files.stat, call[FOLDER] or "")))


async def listed(call: Call) -> ASGIApp:
    """List what lies in a folder."""
    found = await _do(call, call.desk.namespace_files.listed, call[FOLDER] or "")
    return json_answer([_attributes(file) for file in found])


async def search(call: Call) -> ASGIApp:
    """Return the paths of the files that hold a text."""
    return json_answer(await _do(call, call.desk.namespace_files.paths, text=call[TEXT]))


async def revisions(call: Call) -> ASGIApp:
    """List the revisions of a file, oldest first."""
    found = await _do(call, call.desk.namespace_files.revisions, call[PATH])
    documents: list[FileRevisionDocument] = [
        {"revision": one.number, "updated": one.modified, "size": one.size} for one in found
    ]
    return json_answer(documents)


async def make_folder(call: Call) -> ASGIApp:
    """Make a folder."""
    await _do(call, call.desk.namespace_files.make_folder, call[FOLDER] or "")
    return Answer()


async def put(call: Call) -> ASGIApp:
    """Store a file; a ZIP archive is unpacked, a file below ``_flows/`` is saved as a flow."""
    path = call[PATH]
    async with form_of(call) as form:
        upload = form.file("fileContent")
        if (upload.filename or "").lower().endswith(".zip"):
            await call.desk.file_archives.unpack(call.tenant, call.path["namespace"], upload.file)
        elif path.lstrip("/").startswith(FLOWS):
            await call.desk.file_archives.save_flow(call.tenant, path, upload.file)
        else:
            await _do(call, call.desk.namespace_files.put, path, upload.file)
    return Answer()


async def move(call: Call) -> ASGIApp:
    """Move a file or a folder."""
    await _do(call, call.desk.namespace_files.move, call[SOURCE], call[TARGET])
    return Answer()


async def delete(call: Call) -> ASGIApp:
    """Delete a file, or a folder with everything below."""
    await _do(call, call.desk.namespace_files.delete, call[PATH])
    return Answer()


async def export(call: Call) -> ASGIApp:
    """Return all files and flows of a namespace as a ZIP archive."""
    namespace = call.path["namespace"]
    archive = await call.desk.file_archives.export(call.tenant, namespace)
    headers = dict([disposition(f"{namespace}_files.zip")])
    return StreamingResponse(chunks(archive), media_type=BYTES, headers=headers)


def _attributes(file: NamespaceFile) -> FileAttributesDocument:
    modified = round(file.modified.timestamp() * 1000)
    return {
        "type": "Directory" if file.is_folder else "File",
        "fileName": file.name,
        "size": file.size,
        "lastModifiedTime": modified,
        "creationTime": modified,
    }


_FILES = "/namespaces/{namespace}/files"
_FOLDERS = f"{_FILES}/directory"

OPERATIONS = (
    Operation(method="GET", path=_FILES, id="getFileContent", handler=content, params=(PATH, REVISION), gives=BINARY),
    Operation(
        method="POST",
        path=_FILES,
        id="createNamespaceFile",
        handler=put,
        params=(PATH,),
        takes=FORM,
    ),
    Operation(method="PUT", path=_FILES, id="moveFileDirectory", handler=move, params=(SOURCE, TARGET)),
    Operation(method="DELETE", path=_FILES, id="deleteFileDirectory", handler=delete, params=(PATH,)),
    Operation(
        method="GET",
        path=_FOLDERS,
        id="listNamespaceDirectoryFiles",
        handler=listed,
        params=(FOLDER,),
        gives=list[FileAttributesDocument],
    ),
    Operation(method="POST", path=_FOLDERS, id="createNamespaceDirectory", handler=make_folder, params=(FOLDER,)),
    Operation(method="GET", path=f"{_FILES}/export", id="exportNamespaceFiles", handler=export, gives=BINARY),
    Operation(
        method="GET",
        path=f"{_FILES}/search",
        id="searchNamespaceFiles",
        handler=search,
        params=(TEXT,),
        gives=list[str],
    ),
    Operation(
        method="GET",
        path=f"{_FILES}/stats",
        id="getFileMetadatas",
        handler=stats,
        params=(FOLDER,),
        gives=FileAttributesDocument,
    ),
    Operation(
        method="GET",
        path=f"{_FILES}/revisions",
        id="getFileRevisions",
        handler=revisions,
        params=(PATH,),
        gives=list[FileRevisionDocument],
    ),
)
