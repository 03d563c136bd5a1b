"""The actions on executions for many at once: all that were named, or all that a query finds.

An id that is unknown or in the wrong state refuses the whole request. Source: Kestra 1.0 (reference ``engine.md`` §8).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from lanner.model.execution import Execution
from lanner.model.ids import ExecutionId
from lanner.model.label import Labels
from lanner.model.refusal import Refused
from lanner.model.state import State
from lanner.ports.search import Query
from lanner.ports.store import Store
from lanner.services.errors import BulkFlaw, InvalidArgument, InvalidBulk, NotFound
from lanner.services.execution_actions import ExecutionActions, Removal, Replay
from lanner.services.executions import Executions

AT_ONCE = 50

Act = Callable[[str], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which executions an action is for, and what to tell of the others."""

    operation: str
    takes: Callable[[Execution], bool]
    otherwise: str


def _in(*states: State) -> Callable[[Execution], bool]:
    return lambda execution: execution.state.current in states


def _ended(execution: Execution) -> bool:
    return execution.state.current.is_terminal


def _any(execution: Execution) -> bool:  # noqa: ARG001  # a rule that takes all
    return True


KILL = _Rule("kill", lambda execution: not _ended(execution), "execution already finished")
PAUSE = _Rule("pause", _in(State.RUNNING), "execution not in state RUNNING")
RESUME = _Rule("resume", _in(State.PAUSED), "execution not in state PAUSED")
RESTART = _Rule("restart", _in(State.FAILED), "execution not in state FAILED")
REPLAY = _Rule("replay", _any, "")
CHANGE_STATUS = _Rule("change executions status", _ended, "execution is not in a terminated state")
FORCE_RUN = _Rule("force run", lambda execution: not _ended(execution), "execution in a terminated state")
UNQUEUE = _Rule("unqueue", _in(State.QUEUED), "execution not in state QUEUED")
LABELS = _Rule("labels set", _ended, "execution is not terminated")
DELETE = _Rule("delete", _ended, "execution is not in a terminated state")
DELETE_ANY = _Rule("delete", _any, "")


class BulkExecutions:
    """Every method returns how many executions it acted on; raises ``InvalidBulk`` before acting on any."""

    def __init__(self, *, store: Store, executions: Executions, actions: ExecutionActions) -> None:
        self._store, self._executions, self._actions = store, executions, actions

    async def found(self, query: Query) -> Sequence[str]:
        """Return the ids of the executions a query finds."""
        return [execution.id async for execution in self._executions.each(query)]

    async def kill(self, tenant: str, ids: Sequence[str]) -> int:
        """Have executions stop."""
        return await self._each(KILL, tenant, ids, lambda id_: self._actions.kill(tenant, id_))

    async def pause(self, tenant: str, ids: Sequence[str]) -> int:
        """Have nothing new start in executions."""
        return await self._each(PAUSE, tenant, ids, lambda id_: self._actions.pause(tenant, id_))

    async def resume(self, tenant: str, ids: Sequence[str], *, by: str | None = None) -> int:
        """Let paused executions go on, without answers to what their pauses ask."""
        return await self._each(RESUME, tenant, ids, lambda id_: self._actions.resume(tenant, id_, inputs={}, by=by))

    async def restart(self, tenant: str, ids: Sequence[str]) -> int:
        """Run what failed once more."""
        return await self._each(RESTART, tenant, ids, lambda id_: self._actions.restart(tenant, id_))

    async def replay(self, tenant: str, ids: Sequence[str], *, latest_revision: bool = False) -> int:
        """Run executions again as new ones."""
        wish = Replay(latest_revision=latest_revision)
        return await self._each(REPLAY, tenant, ids, lambda id_: self._actions.replay(tenant, id_, wish))

    async def change_status(self, tenant: str, ids: Sequence[str], state: State) -> int:
        """Declare the state of ended executions."""
        if not state.is_terminal:
            raise InvalidArgument("You can only change the state of an execution to a terminal state.")
        return await self._each(CHANGE_STATUS, tenant, ids, lambda id_: self._actions.change_status(tenant, id_, state))

    async def force_run(self, tenant: str, ids: Sequence[str]) -> int:
        """Have executions that wait run now."""
        return await self._each(FORCE_RUN, tenant, ids, lambda id_: self._actions.force_run(tenant, id_))

    async def unqueue(self, tenant: str, ids: Sequence[str], state: State) -> int:
        """Take executions out of the queue of their concurrency limit."""
        return await self._each(UNQUEUE, tenant, ids, lambda id_: self._actions.unqueue(tenant, id_, state))

    async def set_labels(self, tenant: str, ids: Sequence[str], labels: Labels) -> int:
        """Add labels to ended executions, over those of the same keys."""
        return await self._each(
            LABELS, tenant, ids, lambda id_: self._actions.set_labels(tenant, id_, labels, merge=True)
        )

    async def delete(self, tenant: str, ids: Sequence[str], removal: Removal, *, also_running: bool = False) -> int:
        """Forget executions; running ones only when ``also_running``."""
        rule = DELETE_ANY if also_running else DELETE
        return await self._each(rule, tenant, ids, lambda id_: self._actions.delete(tenant, id_, removal))

    async def _each(self, rule: _Rule, tenant: str, ids: Sequence[str], act: Act) -> int:
        unique = list(dict.fromkeys(ids))
        flaws = [flaw for id_ in unique if (flaw := await self._flaw(rule, tenant, id_))]
        if flaws:
            raise InvalidBulk(rule.operation, flaws)
        for start in range(0, len(unique), AT_ONCE):
            part = unique[start : start + AT_ONCE]
            results = await asyncio.gather(*(act(id_) for id_ in part), return_exceptions=True)
            flaws.extend(_late_flaws(part, results))
        if flaws:
            raise InvalidBulk(rule.operation, flaws)
        return len(unique)

    async def _flaw(self, rule: _Rule, tenant: str, id_: str) -> BulkFlaw | None:
        execution = await self._store.executions.get(ExecutionId(id_))
        if execution is None or execution.tenant != tenant:
            return BulkFlaw(id_, "execution not found")
        return None if rule.takes(execution) else BulkFlaw(id_, rule.otherwise)


def _late_flaws(ids: Sequence[str], results: Sequence[object]) -> list[BulkFlaw]:
    """Return what the engine refused, as states may have changed since they were looked at."""
    flaws = []
    for id_, result in zip(ids, results, strict=True):
        if isinstance(result, Refused | NotFound):
            flaws.append(BulkFlaw(id_, str(result)))
        elif isinstance(result, BaseException):
            raise result
    return flaws
