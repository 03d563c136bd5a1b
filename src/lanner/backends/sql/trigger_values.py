"""Records of triggers as rows and back."""

from typing import Any

import orjson

from lanner.backends.sql.rows import Row, dumps, dumps_optional, labels_of, labels_text, loads_optional, micros, moment
from lanner.model.flow import FlowKey
from lanner.model.state import State
from lanner.model.trigger import (
    Backfill,
    ConditionWindow,
    ListenedTo,
    Listener,
    TriggerKey,
    TriggerKind,
    TriggerState,
)

TRIGGER_COLUMNS = (
    "tenant", "namespace", "flow_id", "trigger_id", "kind", "date", "next_date", "execution_id", "disabled",
    "stop_after", "backfill", "updated", "evaluating_since", "worker_id",
)  # fmt: skip

_KINDS = {kind.value: kind for kind in TriggerKind}


def trigger_row(state: TriggerState) -> Row:
    """Return the columns of a trigger's state."""
    return (
        *state.key,
        str(state.kind),
        _micros(state.date),
        _micros(state.next_date),
        state.execution_id,
        int(state.disabled),
        dumps(state.stop_after) if state.stop_after else None,
        _backfill_text(state.backfill),
        _micros(state.updated),
        _micros(state.evaluating_since),
        state.worker_id,
    )


def trigger_of(row: Row) -> TriggerState:
    """Return the state of ``TRIGGER_COLUMNS``."""
    (tenant, namespace, flow_id, trigger_id, kind, date, next_date, execution_id, disabled, stop_after, backfill,
     updated, evaluating_since, worker_id) = row  # fmt: skip
    return TriggerState(
        key=TriggerKey(tenant, namespace, flow_id, trigger_id),
        kind=_KINDS[kind],
        date=_moment(date),
        next_date=_moment(next_date),
        execution_id=execution_id,
        disabled=bool(disabled),
        stop_after=tuple(State(name) for name in orjson.loads(stop_after)) if stop_after else (),
        backfill=_backfill_of(backfill),
        updated=_moment(updated),
        evaluating_since=_moment(evaluating_since),
        worker_id=worker_id,
    )


WINDOW_COLUMNS = ("tenant", "namespace", "flow_id", "id", "start_date", "end_date", "met", "outputs")


def window_row(window: ConditionWindow) -> Row:
    """Return the columns of a window."""
    return (
        *window.flow,
        window.id,
        micros(window.start),
        micros(window.end),
        dumps(window.met),
        dumps_optional(window.outputs),
    )


def window_of(row: Row) -> ConditionWindow:
    """Return the window of ``WINDOW_COLUMNS``."""
    tenant, namespace, flow_id, id_, start, end, met, outputs = row
    return ConditionWindow(
        flow=FlowKey(tenant, namespace, flow_id),
        id=id_,
        start=moment(start),
        end=moment(end),
        met=tuple(orjson.loads(met)),
        outputs=loads_optional(outputs),
    )


LISTENER_COLUMNS = ("tenant", "namespace", "flow_id", "trigger_id", "states", "executions")


def listener_row(listener: Listener) -> Row:
    """Return the columns of a listener."""
    return (*listener.key, dumps(listener.states), dumps_optional(listener.executions))


def listener_of(row: Row) -> Listener:
    """Return the listener of ``LISTENER_COLUMNS``."""
    tenant, namespace, flow_id, trigger_id, states, executions = row
    found = loads_optional(executions)
    return Listener(
        key=TriggerKey(tenant, namespace, flow_id, trigger_id),
        states=tuple(State(name) for name in orjson.loads(states)),
        executions=None if found is None else tuple(ListenedTo(*one) for one in found),
    )


def _micros(value: Any) -> int | None:
    return None if value is None else micros(value)


def _moment(value: int | None) -> Any:
    return None if value is None else moment(value)


def _backfill_text(backfill: Backfill | None) -> str | None:
    if backfill is None:
        return None
    times = (backfill.start, backfill.end, backfill.current, backfill.resume_at)
    return dumps([*map(_micros, times), backfill.paused, backfill.inputs, labels_text(backfill.labels)])


def _backfill_of(text: str | None) -> Backfill | None:
    if text is None:
        return None
    start, end, current, resume_at, paused, inputs, labels = orjson.loads(text)
    return Backfill(
        start=moment(start),
        end=_moment(end),
        current=_moment(current),
        paused=paused,
        inputs=inputs,
        labels=labels_of(labels),
        resume_at=_moment(resume_at),
    )
