"""io.kestra.plugin.core.trigger.Webhook."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from lanner.sdk.property import Property
from lanner.sdk.text import to_text
from lanner.sdk.trigger import Trigger


class Webhook(Trigger):
    """Start an execution on an HTTP request.

    The address is ``/api/v1/{tenant}/executions/webhook/{namespace}/{flowId}/{key}``.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: on_request
namespace: company.team

tasks:
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ trigger.body ?? 'started by hand' }}"

triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: 4wjtkzwVGBM9yKnjm3yv8r
""",
    )

    key: Annotated[str, Field(max_length=256), BeforeValidator(to_text)]
    """Secret part of the address; may be an expression such as `{{ secret('HOOK') }}`."""
    inputs: dict[str, Any] | None = None
    """Inputs of the executions."""
    wait: bool = False
    """Answer when the execution has ended."""
    return_outputs: bool = False
    """Answer with the outputs of the execution; needs `wait`."""
    response_content_type: Property[str] | None = None
    """Content type of the answer: `application/json` or `text/plain`."""
    response_code: Property[int] | None = None
    """Status of the answer."""

    @model_validator(mode="after")
    def _has_simple_conditions(self) -> Self:
        if any(condition.type.endswith(".MultipleCondition") for condition in self.conditions):
            raise ValueError("invalid webhook: conditions of type MultipleCondition are not supported")
        return self
