"""Several units of work as one list of statements, each row written once."""

import sqlite3
from typing import Any

from lanner.backends.sql import statements as sql
from lanner.backends.sql.key_value_records import save_key_values
from lanner.backends.sql.rows import (
    FLOW_COLUMNS,
    Row,
    dumps,
    execution_row,
    flow_row,
    job_row,
    log_row,
    message_row,
    metric_row,
    task_run_row,
    timer_row,
)
from lanner.backends.sql.trigger_values import listener_row, trigger_row, window_row
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import LogEntry, Metric
from lanner.model.trigger import ConditionWindow, Listener, TriggerKey, TriggerState
from lanner.ports.store import RevisionTaken, Writes
from lanner.ports.work import Job, Message, Timer

_FLOW_PLACES = ", ".join("?" * len(FLOW_COLUMNS))
_INSERT_FLOW = f"INSERT INTO flows ({', '.join(FLOW_COLUMNS)}, latest) VALUES ({_FLOW_PLACES}, 0)"
_CHANGE_FLOW = f"""
    INSERT INTO flows ({", ".join(FLOW_COLUMNS)}, latest) VALUES ({_FLOW_PLACES}, 0)
    ON CONFLICT (tenant, namespace, id, revision)
    DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in FLOW_COLUMNS[4:])}
"""
_DROP_REVISION = "DELETE FROM flows WHERE tenant = ? AND namespace = ? AND id = ? AND revision = ? AND latest = 0"
_NO_LATEST = "UPDATE flows SET latest = 0 WHERE tenant = ? AND namespace = ? AND id = ? AND latest = 1"
_MARK_LATEST = """
    UPDATE flows SET latest = 1 WHERE tenant = ? AND namespace = ? AND id = ?
    AND revision = (SELECT max(revision) FROM flows WHERE tenant = ? AND namespace = ? AND id = ?)
"""


class Batch:
    """Collects units in the order of calls; ``flush`` writes what is collected.

    Of several versions of a row only the last is written, and a message that came and was
    handled in between is not written at all. Within a unit removals come before saves.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._clear()

    def _clear(self) -> None:
        self._executions: dict[ExecutionId, Execution] = {}
        self._task_runs: dict[tuple[ExecutionId, TaskRunId], TaskRun] = {}
        self._gone_task_runs: set[tuple[ExecutionId, TaskRunId]] = set()
        self._logs: list[LogEntry] = []
        self._metrics: list[Metric] = []
        self._messages: dict[int, Message] = {}
        self._gone_messages: list[int] = []
        self._jobs: dict[tuple[TaskRunId, int], Job] = {}
        self._gone_jobs: set[tuple[TaskRunId, int]] = set()
        self._timers: dict[tuple[ExecutionId, str], Timer] = {}
        self._gone_timers: set[tuple[ExecutionId, str]] = set()
        self._settings: dict[str, Any] = {}
        self._triggers: dict[TriggerKey, TriggerState] = {}
        self._gone_triggers: set[TriggerKey] = set()
        self._windows: dict[tuple[str, ...], ConditionWindow] = {}
        self._gone_windows: set[tuple[str, ...]] = set()
        self._listeners: dict[TriggerKey, Listener] = {}
        self._gone_listeners: set[TriggerKey] = set()

    def add(self, writes: Writes) -> None:
        """Take one unit."""
        if writes.deleted_executions:
            # Nothing collected before may come back after the deletion.
            self.flush()
            for statement in sql.DROP_EXECUTIONS:
                statement.run(self._connection, writes.deleted_executions)
        self._remove(writes)
        for execution in writes.new_executions:
            self._executions[execution.id] = execution
        for execution in writes.executions:
            self._executions[execution.id] = execution
        for execution_id, run in writes.task_runs:
            self._task_runs[execution_id, run.id] = run
        for job in writes.jobs:
            self._jobs[job.task_run_id, job.attempt] = job
        for timer in writes.timers:
            self._timers[timer.execution_id, timer.name] = timer
        for message in writes.messages:
            self._messages[message.id] = message
        self._logs += writes.logs
        self._metrics += writes.metrics
        self._settings |= writes.settings
        self._add_triggers(writes)
        if writes.new_flows or writes.changed_flows or writes.removed_revisions:
            self._save_flows(writes)
        save_key_values(self._connection, writes)

    def _remove(self, writes: Writes) -> None:
        for run_key in writes.removed_task_runs:
            self._task_runs.pop(run_key, None)
            self._gone_task_runs.add(run_key)
        for job_key in writes.ended_jobs:
            self._jobs.pop(job_key, None)
            self._gone_jobs.add(job_key)
        for timer_key in writes.ended_timers:
            self._timers.pop(timer_key, None)
            self._gone_timers.add(timer_key)
        for message_id in writes.handled_messages:
            if self._messages.pop(message_id, None) is None:
                self._gone_messages.append(message_id)

    def _add_triggers(self, writes: Writes) -> None:
        for key in writes.removed_triggers:
            self._triggers.pop(key, None)
            self._gone_triggers.add(key)
        for flow, name in writes.removed_windows:
            self._windows.pop((*flow, name), None)
            self._gone_windows.add((*flow, name))
        for key in writes.removed_listeners:
            self._listeners.pop(key, None)
            self._gone_listeners.add(key)
        self._triggers |= {state.key: state for state in writes.triggers}
        self._windows |= {(*window.flow, window.id): window for window in writes.windows}
        self._listeners |= {listener.key: listener for listener in writes.listeners}

    def _save_flows(self, writes: Writes) -> None:
        execute = self._connection.execute
        for flow in writes.new_flows:
            try:
                execute(_INSERT_FLOW, flow_row(flow))
            except sqlite3.IntegrityError as error:
                raise RevisionTaken(flow.key, flow.revision) from error
        for flow in writes.changed_flows:
            execute(_CHANGE_FLOW, flow_row(flow))
        for key in {flow.key: None for flow in (*writes.new_flows, *writes.changed_flows)}:
            execute(_NO_LATEST, key)
            execute(_MARK_LATEST, (*key, *key))
        for key, revision in writes.removed_revisions:
            execute(_DROP_REVISION, (*key, revision))

    def flush(self) -> None:
        """Write everything collected so far, removals first."""
        connection = self._connection
        sql.DROP_OUTPUTS.run(connection, self._gone_task_runs)
        sql.DROP_TASK_RUNS.run(connection, self._gone_task_runs)
        sql.DROP_JOBS.run(connection, self._gone_jobs)
        sql.DROP_TIMERS.run(connection, self._gone_timers)
        sql.DROP_MESSAGES.run(connection, self._gone_messages)
        sql.DROP_TRIGGERS.run(connection, self._gone_triggers)
        sql.DROP_WINDOWS.run(connection, self._gone_windows)
        sql.DROP_LISTENERS.run(connection, self._gone_listeners)
        sql.SAVE_EXECUTIONS.run(connection, [execution_row(one) for one in self._executions.values()])
        sql.SAVE_TASK_RUNS.run(connection, [task_run_row(key[0], run) for key, run in self._task_runs.items()])
        sql.SAVE_OUTPUTS.run(connection, self._outputs())
        sql.SAVE_LOGS.run(connection, [log_row(one) for one in self._logs])
        sql.SAVE_METRICS.run(connection, [metric_row(one) for one in self._metrics])
        sql.SAVE_MESSAGES.run(connection, [message_row(one) for one in self._messages.values()])
        sql.SAVE_JOBS.run(connection, [job_row(one) for one in self._jobs.values()])
        sql.SAVE_TIMERS.run(connection, [timer_row(one) for one in self._timers.values()])
        sql.SAVE_TRIGGERS.run(connection, [trigger_row(one) for one in self._triggers.values()])
        sql.SAVE_WINDOWS.run(connection, [window_row(one) for one in self._windows.values()])
        sql.SAVE_LISTENERS.run(connection, [listener_row(one) for one in self._listeners.values()])
        sql.SAVE_SETTINGS.run(connection, [(name, dumps(value)) for name, value in self._settings.items()])
        self._clear()

    def _outputs(self) -> list[Row]:
        """Return rows of outputs; one left behind by a version that has none is never read."""
        rows: list[Row] = [
            (execution.id, "", dumps(execution.outputs))
            for execution in self._executions.values()
            if execution.outputs is not None
        ]
        rows += [
            (execution_id, run_id, dumps(run.outputs))
            for (execution_id, run_id), run in self._task_runs.items()
            if run.outputs is not None
        ]
        return rows
