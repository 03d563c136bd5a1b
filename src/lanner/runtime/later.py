"""What is done with an execution a little later: take it up, begin it again, let it leave the memory."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from lanner.engine.view import View
from lanner.model.ids import ExecutionId
from lanner.ports.clock import Clock
from lanner.ports.work import Timer
from lanner.runtime.timers import Timers

AGAIN = timedelta(seconds=5)
"""After what time an execution goes on that could not be saved."""
IDLE = timedelta(minutes=1)
"""After what time an execution that waits leaves the memory."""


class Name(StrEnum):
    """Names of the timers."""

    TAKE_UP = "take up"
    BEGIN = "begin"
    REST = "rest"


class Later:
    """Timers of this process only: no store knows them. Lives in the server's loop.

    ``take_up`` goes on with an execution as the store has it, ``begin`` begins a new one, ``rest`` lets one go.
    """

    def __init__(
        self,
        clock: Clock,
        timers: Timers,
        *,
        take_up: Callable[[ExecutionId], None],
        begin: Callable[[View], None],
        rest: Callable[[ExecutionId], None],
    ) -> None:
        self._clock, self._timers = clock, timers
        self._take_up, self._begin, self._rest = take_up, begin, rest
        self._unsaved: dict[ExecutionId, Callable[[], View]] = {}
        self._dozing: set[ExecutionId] = set()

    def take_up(self, execution_id: ExecutionId) -> None:
        """Go on with an execution whose last steps could not be saved."""
        self._start(execution_id, Name.TAKE_UP, AGAIN)

    def begin(self, execution_id: ExecutionId, view: Callable[[], View]) -> None:
        """Begin an execution again that could not be saved."""
        self._unsaved[execution_id] = view
        self._start(execution_id, Name.BEGIN, AGAIN)

    def doze(self, execution_id: ExecutionId) -> None:
        """Have an execution leave the memory unless it is ``stirred`` before."""
        if execution_id not in self._dozing:
            self._dozing.add(execution_id)
            self._start(execution_id, Name.REST, IDLE)

    def stirred(self, execution_id: ExecutionId) -> None:
        """Take note that something happens to an execution."""
        if execution_id in self._dozing:
            self._dozing.discard(execution_id)
            self._timers.cancel(execution_id, Name.REST)

    def is_due(self, timer: Timer) -> bool:
        """Do what a timer stands for; returns whether it is one of these."""
        execution_id = timer.execution_id
        match timer.name:
            case Name.TAKE_UP:
                self._take_up(execution_id)
            case Name.BEGIN:
                self._begin(self._unsaved.pop(execution_id)())
            case Name.REST:
                self._dozing.discard(execution_id)
                self._rest(execution_id)
            case _:
                return False
        return True

    def _start(self, execution_id: ExecutionId, name: str, after: timedelta) -> None:
        due = self._clock.now() + after
        self._timers.start(Timer(execution_id=execution_id, name=name, due=due, kind="", body={}))
