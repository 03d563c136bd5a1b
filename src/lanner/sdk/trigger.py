"""Triggers: what starts executions by itself; and conditions that hold them back."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from lanner.model.log import Level
from lanner.model.state import State
from lanner.sdk.condition import AnyCondition, Testable, When
from lanner.sdk.plugin import Plugin
from lanner.sdk.task import WorkerGroup, resolved
from lanner.sdk.text import FlowLabels, TaskId, Text


class Trigger(Plugin):
    """Starts executions of its flow."""

    id: TaskId
    """Unique among the flow's triggers."""
    description: Text | None = None
    """What the trigger is for, in markdown."""
    conditions: tuple[AnyCondition, ...] = ()
    """All must be true."""
    disabled: bool = False
    """Start nothing."""
    worker_group: WorkerGroup | None = None
    """Which workers may evaluate the trigger."""
    log_level: Level | None = Field(default=None, validation_alias=AliasChoices("logLevel", "minLogLevel"))
    """Least level of log lines that are kept; ``minLogLevel`` in old flows."""
    log_to_file: bool = False
    """Keep the log in a file of the internal storage."""
    labels: FlowLabels = ()
    """Labels of the executions started."""
    when: Text | None = None
    """Expression that must be true, as Kestra 2.0 writes conditions.

    In a Flow trigger it sees the variables of the upstream execution.
    """
    assets: dict[str, Any] | None = None
    """What the trigger reads and makes (1.2)."""
    stop_after: tuple[State, ...] = ()
    """Disable the trigger when an execution of it ends in one of these states."""
    fail_on_trigger_error: bool = False
    """Make a FAILED execution when the trigger cannot be evaluated."""
    allow_concurrent: bool = False
    """Do not wait for the end of the previous execution."""

    @property
    def tests(self) -> tuple[Testable, ...]:
        """All that must be true: the conditions, and ``when``."""
        return self.conditions if self.when is None else (*self.conditions, When(self.when))


AnyTrigger = Annotated[Trigger, resolved]
"""A trigger of any type."""
