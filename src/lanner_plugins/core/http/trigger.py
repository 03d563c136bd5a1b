"""io.kestra.plugin.core.http.Trigger."""

from typing import ClassVar

from lanner.expressions import is_truthy
from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.property import Property, default
from lanner_plugins.core.http.client import stoppable
from lanner_plugins.core.http.exchange import AnswerOutput, HttpCall, answer_fields, headers_of, text_of


class TriggerOutput(AnswerOutput):
    """What `trigger` is in executions that ``Trigger`` starts."""


class Trigger(HttpCall, PollingTrigger):
    """Call an address again and again, and start an execution when its answer meets a condition.

    A status of 400 or more is an answer like any other: the condition decides. An address that does not
    answer is told in the trigger's log, and called again an interval later.
    """

    outputs_type: ClassVar[type[Output] | None] = TriggerOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: http_trigger
namespace: company.team

tasks:
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ trigger.code }} {{ json(trigger.body).products | length }}"

triggers:
  - id: watch
    type: io.kestra.plugin.core.http.Trigger
    uri: https://dummyjson.com/products
    interval: PT5M
    responseCondition: "{{ response.statusCode == 200 and json(response.body).products | length > 0 }}"
""",
    )

    response_condition: Property[str] = default("{{ response.statusCode < 400 }}")
    """Expression that must be true to start an execution; it sees `response.statusCode`, `response.body` (as text)
    and `response.headers`."""
    encrypt_body: Property[bool] = default(False)
    """Encrypt the answer's text in `trigger`."""

    def is_allowed(self, status: int, context: RunContext) -> bool:  # noqa: ARG002  # what it overrides asks both
        """Every status is an answer: the condition decides."""
        return True

    async def evaluate(self, context: RunContext) -> TriggerOutput | None:
        return await stoppable(context, self._look(context))

    async def _look(self, context: RunContext) -> TriggerOutput | None:
        async with self.exchange(context) as response:
            body = await text_of(self, context, response)
            seen = {"statusCode": response.status_code, "body": body, "headers": headers_of(response)}
            if not is_truthy(context.render(self.response_condition, response=seen)):
                return None
            is_secret = context.render(self.encrypt_body)
            return TriggerOutput(**answer_fields(context, response, body, is_secret=is_secret))
