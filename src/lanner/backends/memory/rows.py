"""What a memory store holds."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from lanner.model.execution import Execution, TaskRun
from lanner.model.flow import Flow, FlowKey
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.key_value import KeyName, KeyValue, StoredSecret
from lanner.model.log import LogEntry, Metric
from lanner.model.trigger import ConditionWindow, Listener, TriggerKey, TriggerState
from lanner.ports.work import Job, Message, Timer


@dataclass(slots=True)
class Tables:
    """All records; dictionaries keep the order of creation."""

    flows: dict[FlowKey, dict[int, Flow]] = field(default_factory=dict)
    executions: dict[ExecutionId, Execution] = field(default_factory=dict)
    task_runs: dict[ExecutionId, dict[TaskRunId, TaskRun]] = field(default_factory=dict)
    logs: list[LogEntry] = field(default_factory=list)
    metrics: list[Metric] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    jobs: dict[tuple[TaskRunId, int], Job] = field(default_factory=dict)
    timers: dict[tuple[ExecutionId, str], Timer] = field(default_factory=dict)
    key_values: dict[KeyName, KeyValue] = field(default_factory=dict)
    secrets: dict[KeyName, StoredSecret] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    triggers: dict[TriggerKey, TriggerState] = field(default_factory=dict)
    windows: dict[tuple[FlowKey, str], ConditionWindow] = field(default_factory=dict)
    listeners: dict[TriggerKey, Listener] = field(default_factory=dict)

    def forget(self, gone: Container[ExecutionId]) -> None:
        """Remove executions with everything that belongs to them."""
        self.executions = {id_: one for id_, one in self.executions.items() if id_ not in gone}
        self.task_runs = {id_: runs for id_, runs in self.task_runs.items() if id_ not in gone}
        self.logs = [line for line in self.logs if line.execution_id is None or line.execution_id not in gone]
        self.metrics = [metric for metric in self.metrics if metric.execution_id not in gone]
        self.messages = {id_: one for id_, one in self.messages.items() if one.execution_id not in gone}
        self.jobs = {key: one for key, one in self.jobs.items() if one.execution_id not in gone}
        self.timers = {key: one for key, one in self.timers.items() if one.execution_id not in gone}
