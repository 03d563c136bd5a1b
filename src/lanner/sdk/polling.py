"""Triggers that look again and again whether there is something to start an execution for."""

from abc import abstractmethod
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.plugin import Output
from lanner.sdk.text import Duration
from lanner.sdk.trigger import Trigger

EVERY_MINUTE = timedelta(minutes=1)

Evaluation = Output | Mapping[str, Any] | None
"""What ``trigger`` is in the execution to be started; ``None``: there is nothing to start it for."""


class PollingTrigger(Trigger):
    """Is evaluated on a worker, and again an interval after that; one evaluation at a time."""

    outputs_type: ClassVar[type[Output] | None] = None
    """What `trigger` is in the executions, for the documentation."""

    interval: Annotated[Duration, Field(gt=timedelta(0))] = EVERY_MINUTE
    """How long after an evaluation the next one begins."""

    @abstractmethod
    def evaluate(self, context: RunContext) -> Evaluation | Awaitable[Evaluation]:
        """Look once; return the outputs of what was found.

        The context is that of the execution to be started, which does not exist yet: its id is drawn,
        files are stored with it, expressions see flow and ``trigger``. A plain function gets a thread.
        What was begun is not stopped by a crash of the server but done again: it must bear that.
        """
