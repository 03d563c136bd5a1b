"""One evaluation of a polling trigger on the worker: what the trigger gets, and what came of it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lanner.expressions import Reach
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId, derived_id
from lanner.model.log import Level, LogEntry
from lanner.model.storage import trigger_folder
from lanner.runtime.log_file import LogFile
from lanner.runtime.masking import Masks
from lanner.runtime.run_context import RunLog, TaskContext, Workshop
from lanner.runtime.task_files import TaskFiles
from lanner.runtime.worker import Worker
from lanner.sdk.polling import PollingTrigger

ReachOf = Callable[[Execution, Masks], Reach]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What came of an evaluation. ``found`` is ``None`` when there is nothing to start an execution for."""

    found: Mapping[str, Any] | None
    has_failed: bool
    logs: list[LogEntry]
    log_file: str | None = None
    """URI of the log when that is kept as a file."""


class TriggerEvaluation:
    """An evaluation that may be made once; ``execution`` is the one it may start, not begun."""

    def __init__(
        self,
        *,
        workshop: Workshop,
        worker: Worker,
        reach: ReachOf,
        trigger: PollingTrigger,
        execution: Execution,
        variables: Mapping[str, Any],
    ) -> None:
        self._worker, self._trigger, self._masks = worker, trigger, Masks()
        run = TaskRun(id=TaskRunId(derived_id("trigger", execution.id)), task_id=trigger.id, state=execution.state)
        origin = {
            "tenant": execution.tenant,
            "namespace": execution.namespace,
            "flow_id": execution.flow_id,
            "trigger_id": trigger.id,
        }
        log = RunLog(origin, trigger.log_level, self._masks)
        if trigger.log_to_file:
            log.file = LogFile(workshop.temporary)
        self._context = TaskContext(
            workshop,
            execution,
            run,
            attempt=1,
            delivery=1,
            variables=variables,
            reach=reach(execution, self._masks),
            masks=self._masks,
            log=log,
            files=TaskFiles(workshop.blobs, execution, run, folder=trigger_folder(execution, trigger.id)),
        )

    async def make(self, date: datetime) -> Evaluated:
        """Evaluate the trigger; an error is told in the log, under the date that was evaluated."""
        found: Mapping[str, Any] | None = None
        failure: Exception | None = None
        try:
            found = await self._worker.evaluate(self._trigger, self._context)
        except Exception as error:  # noqa: BLE001  # the edge between the house and a trigger
            failure = error
        log_file = None
        if self._trigger.log_to_file:
            # What starts no execution is told nowhere: there would be a file every few seconds.
            log_file = await asyncio.to_thread(self._context.store_log, is_wanted=found is not None)
        if failure is not None:
            reason = str(failure) if isinstance(failure, LannerError) else f"{type(failure).__name__}: {failure}"
            message = f"[date: {date.isoformat()}] Trigger evaluation failed in the worker with error: {reason}"
            self._context.log.log(Level.WARN, message)
        logs = self._context.log.take()
        return Evaluated(found=found, has_failed=failure is not None, logs=logs, log_file=log_file)

    async def give_up(self) -> None:
        """Tell the trigger to stop."""
        await asyncio.to_thread(self._context.kill)
