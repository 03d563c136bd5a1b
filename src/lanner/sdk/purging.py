"""What tasks that purge stored records have in common: which records."""

from typing import Any

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.records import Selection
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import Moment


class PurgingTask(RunnableTask):
    """Deletes what is stored of executions."""

    namespace: Property[str] | None = None
    """Only what belongs to this namespace and those below it; to this namespace alone with a `flowId`."""
    flow_id: Property[str] | None = None
    """Only what belongs to this flow; needs `namespace`."""
    start_date: Property[Moment] | None = None
    """Only executions that began, or lines written, at this moment or later."""
    end_date: Property[Moment]
    """Only executions that began, or lines written, at this moment or earlier."""

    def selection(self, context: RunContext, **more: Any) -> Selection:
        """Return what to delete; ``more`` are further fields of a ``Selection``."""
        namespace, flow_id = context.render(self.namespace), context.render(self.flow_id)
        if flow_id is not None and namespace is None:
            raise TaskFailed("`flowId` needs `namespace`: a flow's id says nothing without its namespace")
        since, until = context.render(self.start_date), context.render(self.end_date)
        return Selection(namespace=namespace, flow_id=flow_id, since=since, until=until, **more)
