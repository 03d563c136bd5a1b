"""Multipart bodies: texts and files, files on disk as soon as they are large."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from lanner.api.http import MAX_BODY_BYTES, Call, InvalidBody
from lanner.services.execution_inputs import Upload

MAX_PARTS = 10_000
MAX_DRAINED_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """What a form holds: the last text of each name, and the files by the name of their part."""

    texts: dict[str, str] = field(default_factory=dict)
    files: tuple[tuple[str, UploadFile], ...] = ()

    def uploads(self) -> tuple[Upload, ...]:
        """Return the files as inputs of an execution.

        A part called ``files`` names its input by the file name, as clients before 0.20 did.
        """
        return tuple(
            Upload((upload.filename or "") if name == "files" else name, upload.filename or name, upload.file)
            for name, upload in self.files
        )

    def file(self, name: str) -> UploadFile:
        """Return the file of a part; raises ``InvalidBody``."""
        for part, upload in self.files:
            if part == name:
                return upload
        raise InvalidBody(f"Required argument [{name}] not specified: a part with a file is wanted")


class _NamingParser(MultiPartParser):
    """Refuses texts that are too long or no UTF-8, and says which part it is."""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._current_part
        if part.file is None and len(part.data) + end - start > self.max_part_size:
            raise MultiPartException(
                f"{part.field_name}: the text is longer than {self.max_part_size} bytes; send it as a file"
            )
        super().on_part_data(data, start, end)

    def on_part_end(self) -> None:
        part = self._current_part
        if part.file is None:
            try:
                part.data.decode(self._charset)
            except (UnicodeDecodeError, LookupError) as error:
                raise MultiPartException(f"{part.field_name}: the text is not {self._charset}: {error}") from error
        super().on_part_end()


@asynccontextmanager
async def form_of(call: Call) -> AsyncIterator[Form]:
    """Read the form of a request; its files are there until the block ends.

    No body, a body of another type and a body of the closing boundary alone are empty forms.
    """
    if call.content_type == "application/x-www-form-urlencoded":
        parser: MultiPartParser | FormParser = FormParser(call.headers, _chunks(call))
    elif call.content_type == "multipart/form-data" and "boundary" in call.headers["content-type"]:
        parser = _NamingParser(
            call.headers, _chunks(call), max_files=MAX_PARTS, max_fields=MAX_PARTS, max_part_size=MAX_BODY_BYTES
        )
    else:
        yield Form()
        return
    try:
        content = await parser.parse()
    except MultiPartException as error:
        await _drained(call)
        raise InvalidBody(error.message) from error
    try:
        yield _sorted(content)
    finally:
        await content.close()


def _sorted(content: FormData) -> Form:
    texts: dict[str, str] = {}
    files: list[tuple[str, UploadFile]] = []
    for name, value in content.multi_items():
        if isinstance(value, str):
            texts[name] = value
        else:
            files.append((name, value))
    return Form(texts, tuple(files))


async def _drained(call: Call) -> None:
    """Read what is left of a body, up to a limit: a client that still sends would not see the answer."""
    left = MAX_DRAINED_BYTES
    async for chunk in _chunks(call):
        left -= len(chunk)
        if left < 0:
            return


async def _chunks(call: Call) -> AsyncGenerator[bytes, None]:
    while True:
        message = await call.receive()
        if message["type"] == "http.disconnect":
            raise InvalidBody("the client went away before the form was complete")
        yield message.get("body", b"")
        if not message.get("more_body"):
            yield b""
            return
