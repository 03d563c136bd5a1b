"""Another flow as a task."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import orjson
from pydantic import Field

from lanner.model.label import Label, Labels, merged
from lanner.model.state import State
from lanner.sdk.flowable import Scope
from lanner.sdk.property import Property
from lanner.sdk.subflow import ChildRequest, SubflowTask
from lanner.sdk.text import Text, to_text

_TRANSMITTED = (State.FAILED, State.KILLED, State.WARNING)


class RestartBehavior(StrEnum):
    """What a restarted parent does with a child that failed."""

    RETRY_FAILED = "RETRY_FAILED"
    NEW_EXECUTION = "NEW_EXECUTION"


class Subflow(SubflowTask):
    """Run another flow, and wait for its end unless told otherwise.

    Outputs: ``executionId``, ``state`` and, once it has ended, ``outputs`` (the flow outputs of the child).
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: parent
namespace: company.team
tasks:
  - id: call
    type: io.kestra.plugin.core.flow.Subflow
    namespace: company.team
    flowId: child
    inputs:
      name: "{{ flow.id }}"
""",
    )

    namespace: Text
    """Namespace of the flow; an expression may give it."""
    flow_id: Text
    """Id of the flow; an expression may give it."""
    revision: int | None = Field(default=None, ge=1)
    """Which revision; the latest when absent."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    """Input -> value, rendered."""
    labels: Any = None
    """Labels of the child, as a map or a list of ``key`` and ``value``."""
    wait: bool = True
    """Whether the task ends with the child or at once."""
    transmit_failed: bool = True
    """Whether a child that ends FAILED, KILLED or WARNING gives the task that state."""
    inherit_labels: Property[bool] | None = None
    """Give the child the labels of this execution too."""
    schedule_date: Property[datetime] | None = None
    """Start the child later."""
    restart_behavior: RestartBehavior = RestartBehavior.RETRY_FAILED
    """What a restart does with a child that failed."""
    outputs: dict[str, Any] | None = None
    """Accepted for older flows, without effect: declare outputs in the child flow."""

    @property
    def starts(self) -> tuple[str, str]:
        return self.namespace, self.flow_id

    @property
    def waits(self) -> bool:
        return self.wait

    def request(self, scope: Scope) -> ChildRequest:
        return ChildRequest(
            namespace=scope.render(self.namespace),
            flow_id=scope.render(self.flow_id),
            revision=self.revision,
            inputs={name: sent(scope.render(value)) for name, value in self.inputs.items()},
            labels=labels_from(scope.render(self.labels)),
            inherit_labels=self.inherit_labels is not None and self.inherit_labels.value(scope.render),
            schedule_date=self.schedule_date.value(scope.render) if self.schedule_date else None,
            restart_failed=self.restart_behavior is RestartBehavior.RETRY_FAILED,
        )

    def state_for(self, child: State) -> State:
        return child if self.transmit_failed and child in _TRANSMITTED else State.SUCCESS


def sent(value: Any) -> Any:
    """Return an input as it is sent: plain data, without parts of the engine's own."""
    return orjson.loads(orjson.dumps(value, default=str)) if isinstance(value, dict | list) else value


def labels_from(value: Any) -> Labels:
    """Return labels given as a map or a list of ``key`` and ``value``; raises ``ValueError``."""
    return merged(_labels(value))


def _labels(value: Any) -> list[Label]:
    if value is None:
        return []
    if isinstance(value, dict):
        return [Label(str(key), str(to_text(text))) for key, text in value.items()]
    if isinstance(value, list):
        return [Label(str(item["key"]), str(to_text(item["value"]))) for item in value]
    raise ValueError(f"Unknown value type: {type(value).__name__}; labels are a map or a list of `key` and `value`")
