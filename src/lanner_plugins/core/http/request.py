"""io.kestra.plugin.core.http.Request."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property, default
from lanner_plugins.core.http.client import stoppable
from lanner_plugins.core.http.exchange import AnswerOutput, HttpTask, answer_fields, count_length, text_of


class RequestOutput(AnswerOutput):
    """What ``Request`` gives."""


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
            body = await text_of(self, context, response)
            count_length(context, response)
            is_secret = context.render(self.encrypt_body)
            return RequestOutput(**answer_fields(context, response, body, is_secret=is_secret))
