"""Backfills: dates that a schedule makes up for. Source: reference ``api.md`` §1.4, ``engine.md`` §7.4."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypedDict

from starlette.types import ASGIApp

from lanner.api.filters import FILTERS
from lanner.api.http import Answer, Call, json_answer
from lanner.api.routes.triggers import (
    DATE_FILTER,
    NewBackfillDocument,
    TriggerDocument,
    TriggerNameDocument,
    backfill_in,
    counted,
    found_keys,
    key_in,
    listed_keys,
    state_document,
)
from lanner.api.routing import Handler, Operation
from lanner.api.shapes import BulkResponseDocument
from lanner.model.trigger import TriggerKey, TriggerState

Act = Callable[[Call, TriggerKey], Awaitable[TriggerState]]


class CreateBackfillDocument(TypedDict):
    """A trigger by name and the dates it is to make up for."""

    namespace: str
    flowId: str
    triggerId: str
    backfill: NewBackfillDocument


async def create(call: Call) -> ASGIApp:
    """Have a schedule make up for past dates, one after the other."""
    body = await call.json_map("namespace, flowId, triggerId, backfill")
    return _shown(await call.desk.triggers.create_backfill(key_in(call, body), backfill_in(body)))


async def pause(call: Call, key: TriggerKey) -> TriggerState:
    """Have backfills start nothing more until they go on."""
    return await call.desk.triggers.pause_backfill(key, paused=True)


async def unpause(call: Call, key: TriggerKey) -> TriggerState:
    """Have paused backfills go on."""
    return await call.desk.triggers.pause_backfill(key, paused=False)


async def delete(call: Call, key: TriggerKey) -> TriggerState:
    """Give backfills up; the triggers go on with their ordinary dates."""
    return await call.desk.triggers.delete_backfill(key)


def _one(act: Act) -> Handler:
    async def handler(call: Call) -> ASGIApp:
        body: Mapping[str, Any] = await call.json_map("namespace, flowId, triggerId")
        return _shown(await act(call, key_in(call, body)))

    handler.__doc__ = act.__doc__
    return handler


def _many(act: Act, keys_of: Callable[[Call], Awaitable[list[TriggerKey]]]) -> Handler:
    async def handler(call: Call) -> ASGIApp:
        keys = await keys_of(call)
        return counted(await call.desk.triggers.each(keys, lambda key: act(call, key)))

    handler.__doc__ = act.__doc__
    return handler


def _shown(state: TriggerState) -> Answer:
    return json_answer(state_document(state))


def _action(name: str, method: str, act: Act) -> tuple[Operation, Operation, Operation]:
    path = f"/triggers/backfill/{name}"
    return (
        Operation(
            method=method,
            path=path,
            id=f"{name}Backfill",
            handler=_one(act),
            takes=TriggerNameDocument,
            gives=TriggerDocument,
        ),
        Operation(
            method="POST",
            path=f"{path}/by-triggers",
            id=f"{name}BackfillByIds",
            handler=_many(act, listed_keys),
            takes=list[TriggerNameDocument],
            gives=BulkResponseDocument,
        ),
        Operation(
            method="POST",
            path=f"{path}/by-query",
            id=f"{name}BackfillByQuery",
            handler=_many(act, found_keys),
            params=(FILTERS, DATE_FILTER),
            gives=BulkResponseDocument,
        ),
    )


OPERATIONS = (
    Operation(
        method="PUT",
        path="/triggers/backfill/create",
        id="createBackfill",
        handler=create,
        takes=CreateBackfillDocument,
        gives=TriggerDocument,
    ),
    *_action("pause", "PUT", pause),
    *_action("unpause", "PUT", unpause),
    *_action("delete", "POST", delete),
)
