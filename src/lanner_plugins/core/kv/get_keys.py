"""io.kestra.plugin.core.kv.GetKeys."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask


class GetKeysOutput(Output):
    """What ``GetKeys`` gives."""

    keys: list[str]
    """The keys, sorted."""


class GetKeys(RunnableTask):
    """List the keys of one namespace's key-value store."""

    outputs_type: ClassVar[type[Output] | None] = GetKeysOutput
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: list_keys
namespace: company.team

tasks:
  - id: remember
    type: io.kestra.plugin.core.kv.Set
    key: rate.eur
    value: "{{ 1.08 }}"

  - id: rates
    type: io.kestra.plugin.core.kv.GetKeys
    prefix: rate.
""",
    )

    prefix: Property[str] | None = None
    """What the keys begin with; all of them when absent."""
    namespace: Property[str] | None = None
    """Whose store; the flow's namespace when absent."""

    def run(self, context: RunContext) -> GetKeysOutput:
        found = context.key_values.keys(
            prefix=context.render(self.prefix) or "", namespace=context.render(self.namespace)
        )
        return GetKeysOutput(keys=found)
