"""Tasks stored under a name of their own, run in place."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from lanner.sdk.flowable import Scope
from lanner.sdk.inclusion import Inclusion


class Template(Inclusion):
    """Run the tasks of a template in place, with values of their own (deprecated: use ``Subflow``).

    Only where the setting `templates.enabled` is on: Kestra 2.0 has no templates any more, and a `Subflow` does more.
    A template is a file with `id`, `namespace` and `tasks`, kept through the API; its tasks are looked up when an
    execution is made ready. They see the values as `parent.outputs.args`.

    Outputs: ``args``, rendered.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: with_template
namespace: company.team
tasks:
  - id: greet
    type: io.kestra.plugin.core.flow.Template
    namespace: company.team
    templateId: greeting
    args:
      name: "{{ flow.id }}"
""",
    )

    namespace: str
    """Namespace of the template."""
    template_id: str
    """Id of the template."""
    tenant_id: str | None = None
    """Accepted for older flows, without effect: templates are looked up in the tenant of the flow."""
    args: dict[str, Any] = Field(default_factory=dict)
    """Name -> value, rendered; `parent.outputs.args.<name>` inside."""

    @property
    def source(self) -> tuple[str, str]:
        return self.namespace, self.template_id

    def outputs_before(self, scope: Scope) -> Mapping[str, Any]:
        return {"args": scope.render(self.args)} if self.args else {}
