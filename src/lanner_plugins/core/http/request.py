"""io.kestra.plugin.core.http.Request."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.core.http.client import stoppable
from lanner_plugins.core.http.exchange import HttpTask, called_address, count_length, has_no_body, headers_of
from lanner_plugins.core.http.options import HttpConfiguration


class RequestOutput(Output):
    """What ``Request`` gives."""

    uri: str
    """The address that was called."""
    code: int
    """Status of the answer."""
    headers: dict[str, list[str]]
    """Headers of the answer, each with all its values."""
    body: str | None = None
    """The answer as text; use `fromJson` to look into JSON. Nothing for HEAD and where there can be no answer."""
    encrypted_body: dict[str, str] | None = None
    """The answer encrypted, with `encryptBody`; expressions see it in clear."""


class Request(HttpTask):
    """Send an HTTP request and hand on the answer as text."""

    outputs_type: ClassVar[type[Output] | None] = RequestOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: http_request
namespace: company.team

inputs:
  - id: address
    type: STRING
    defaults: https://dummyjson.com

tasks:
  - id: products
    type: io.kestra.plugin.core.http.Request
    uri: "{{ inputs.address }}/products"
    params:
      limit: 5
    headers:
      Accept: application/json

  - id: add
    type: io.kestra.plugin.core.http.Request
    uri: "{{ inputs.address }}/products/add"
    method: POST
    body: |
      {"title": "{{ flow.id }}"}
    options:
      timeout:
        readIdleTimeout: PT30S

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.products.code }} {{ outputs.add.body }}"
""",
    )

    encrypt_body: Property[bool] = default(False)
    """Encrypt the answer's text in the outputs."""

    async def run(self, context: RunContext) -> RequestOutput:
        return await stoppable(context, self._fetch(context))

    async def _fetch(self, context: RunContext) -> RequestOutput:
        async with self.exchange(context) as response:
            content = await response.aread()
            count_length(context, response)
            charset = response.charset_encoding or context.render((self.options or HttpConfiguration()).default_charset)
            try:
                body = None if has_no_body(response) else content.decode(charset)
            except (UnicodeDecodeError, LookupError) as error:
                raise TaskFailed(
                    f"the answer of {len(content)} bytes is not text in {charset} ({error});"
                    " use io.kestra.plugin.core.http.Download to keep it as a file"
                ) from error
            is_secret = body is not None and context.render(self.encrypt_body)
            return RequestOutput(
                uri=called_address(response),
                code=response.status_code,
                headers=headers_of(response),
                body=None if is_secret else body,
                encrypted_body=context.encrypt(body) if is_secret and body is not None else None,
            )
