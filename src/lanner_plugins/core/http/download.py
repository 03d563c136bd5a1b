"""io.kestra.plugin.core.http.Download."""

import asyncio
import re
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.http.client import stoppable
from lanner_plugins.core.http.exchange import HttpTask, count_length, headers_of

if TYPE_CHECKING:
    import httpx

CHUNK_BYTES = 256 * 1024
_WITHOUT_BODY = (204, 304)


class DownloadOutput(Output):
    """What ``Download`` gives."""

    uri: str
    """The file in the internal storage."""
    code: int
    """Status of the answer."""
    length: int
    """Size of the file in bytes."""
    headers: dict[str, list[str]]
    """Headers of the answer, each with all its values."""


class Download(HttpTask):
    """Download a file over HTTP into the internal storage."""

    outputs_type: ClassVar[type[Output] | None] = DownloadOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: http_download
namespace: company.team

inputs:
  - id: address
    type: STRING
    defaults: https://vega.github.io/vega-datasets

tasks:
  - id: weather
    type: io.kestra.plugin.core.http.Download
    uri: "{{ inputs.address }}/data/seattle-weather.csv"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.weather.length }} bytes at {{ outputs.weather.uri }}"
""",
    )

    save_as: Property[str] | None = None
    """Name of the stored file; the one the server gives, or the last part of the address, when absent."""
    fail_on_empty_response: Property[bool] = default(True)
    """Fail when the answer has no content."""

    async def run(self, context: RunContext) -> DownloadOutput:
        return await stoppable(context, self._fetch(context))

    async def _fetch(self, context: RunContext) -> DownloadOutput:
        async with self.exchange(context) as response:
            wanted = context.render(self.save_as)
            path = context.working_dir / (safe_name(wanted) if wanted else file_name(response))
            length = await _save(response, path)
            expected = response.headers.get("content-length", "")
            received = response.num_bytes_downloaded
            has_body = response.request.method != "HEAD" and response.status_code not in _WITHOUT_BODY
            if expected.isdigit() and has_body and received != int(expected):
                raise TaskFailed(f"Invalid size, got {received}, expected {expected}")
            if not length and context.render(self.fail_on_empty_response):
                raise TaskFailed(
                    "No response from server: the answer is empty (`failOnEmptyResponse: false` allows it)"
                )
            count_length(context, response)
            uri = await asyncio.to_thread(context.files.put, path, name=path.name)
            return DownloadOutput(uri=uri, code=response.status_code, length=length, headers=headers_of(response))


async def _save(response: "httpx.Response", path: Path) -> int:
    length = 0
    with path.open("wb") as file:
        async for chunk in response.aiter_bytes(CHUNK_BYTES):
            length += len(chunk)
            await asyncio.to_thread(file.write, chunk)
    return length


def file_name(response: "httpx.Response") -> str:
    """Return the name to store an answer under: the one the server gives, else the last part of the address."""
    header = Message()
    header["Content-Disposition"] = response.headers.get("content-disposition", "")
    given = header.get_filename() or unquote(response.url.path).rstrip("/")
    return safe_name(given)


def safe_name(given: str) -> str:
    """Return the last part of a path as a name for a file."""
    name = re.sub(r"[^\w.-]+", "_", given.replace("\\", "/").rpartition("/")[2]).strip("._")
    return name[-200:] or "download"
