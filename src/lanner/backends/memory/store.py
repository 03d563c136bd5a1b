"""A store in plain Python: gone when it is closed, ready at once."""

import asyncio
import itertools
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from lanner.backends.memory.key_values import MemoryKeyValueRows, MemorySecretRows, check_keys, save_key_values
from lanner.backends.memory.reading import MemoryExecutionRows, MemoryFlowRows, MemoryLogRows, MemoryWorkRows
from lanner.backends.memory.rows import Tables
from lanner.backends.memory.trigger_rows import MemoryTriggerRows
from lanner.model.flow import Flow, FlowKey
from lanner.ports.key_values import KeyTaken
from lanner.ports.store import RevisionTaken, Writes


class MemoryStore:
    """A ``Store`` without a file. Everything happens on the event loop, so a unit is never seen half."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._message_ids = itertools.count(1)
        self.flows = MemoryFlowRows(self._tables)
        self.executions = MemoryExecutionRows(self._tables)
        self.logs = MemoryLogRows(self._tables)
        self.work = MemoryWorkRows(self._tables)
        self.triggers = MemoryTriggerRows(self._tables)
        self.key_values = MemoryKeyValueRows(self._tables)
        self.secrets = MemorySecretRows(self._tables)

    async def open(self) -> None:
        """Do nothing: the store is ready when it is made."""

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    async def commit(self, writes: Writes) -> None:
        """Save a unit."""
        self._save(writes)

    def submit(self, writes: Writes) -> Awaitable[None]:
        """Save a unit at once; the result says whether that went well."""
        done = asyncio.get_running_loop().create_future()
        try:
            self._save(writes)
        except (RevisionTaken, KeyTaken) as error:
            done.set_exception(error)
        else:
            done.set_result(None)
        return done

    async def setting(self, name: str) -> Any:
        """Return a stored setting (plain data) or ``None``."""
        return self._tables.settings.get(name)

    def _save(self, writes: Writes) -> None:
        writes.messages = [replace(message, id=next(self._message_ids)) for message in writes.messages]
        self._check_revisions(writes.new_flows)
        check_keys(self._tables, writes.new_key_values)
        self._remove(writes)
        tables = self._tables
        for execution in (*writes.new_executions, *writes.executions):
            tables.executions[execution.id] = execution
        for execution_id, run in writes.task_runs:
            tables.task_runs.setdefault(execution_id, {})[run.id] = run
        for job in writes.jobs:
            tables.jobs[job.task_run_id, job.attempt] = job
        for timer in writes.timers:
            tables.timers[timer.execution_id, timer.name] = timer
        for message in writes.messages:
            tables.messages[message.id] = message
        for flow in (*writes.new_flows, *writes.changed_flows):
            tables.flows.setdefault(flow.key, {})[flow.revision] = flow
        for key, revision in writes.removed_revisions:
            revisions = tables.flows.get(key, {})
            if revisions and revision != max(revisions):
                revisions.pop(revision, None)
        save_key_values(tables, writes)
        tables.logs += writes.logs
        tables.metrics += writes.metrics
        tables.settings |= writes.settings
        tables.triggers |= {state.key: state for state in writes.triggers}
        tables.windows |= {(window.flow, window.id): window for window in writes.windows}
        tables.listeners |= {listener.key: listener for listener in writes.listeners}

    def _check_revisions(self, flows: list[Flow]) -> None:
        seen: set[tuple[FlowKey, int]] = set()
        for flow in flows:
            if flow.revision in self._tables.flows.get(flow.key, {}) or (flow.key, flow.revision) in seen:
                raise RevisionTaken(flow.key, flow.revision)
            seen.add((flow.key, flow.revision))

    def _remove(self, writes: Writes) -> None:
        tables = self._tables
        if writes.deleted_executions:
            tables.forget(set(writes.deleted_executions))
        for execution_id, run_id in writes.removed_task_runs:
            tables.task_runs.get(execution_id, {}).pop(run_id, None)
        for job_key in writes.ended_jobs:
            tables.jobs.pop(job_key, None)
        for timer_key in writes.ended_timers:
            tables.timers.pop(timer_key, None)
        for message_id in writes.handled_messages:
            tables.messages.pop(message_id, None)
        for key in writes.removed_triggers:
            tables.triggers.pop(key, None)
        for name in writes.removed_windows:
            tables.windows.pop(name, None)
        for key in writes.removed_listeners:
            tables.listeners.pop(key, None)
