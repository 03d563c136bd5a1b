"""The dates of scheduled triggers, and the executions they start.

Source: Kestra 1.0.36, asked (reference ``engine.md`` §7.3, §7.5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from lanner.model.errors import LannerError
from lanner.model.execution import Execution, ExecutionTrigger
from lanner.model.ids import ExecutionId
from lanner.model.label import CORRELATION_ID, Label, Labels, merged
from lanner.model.state import State, StateHistory
from lanner.model.trigger import Backfill, TriggerState
from lanner.sdk.plan import Plan
from lanner.sdk.schedule import Calendar, RecoverMissedSchedules, ScheduledTrigger
from lanner.services.execution_inputs import ExecutionInputs
from lanner.services.executions import flow_labels
from lanner.services.trigger_scope import RenderFlowValue, all_hold, flow_scope

MOST_DATES = 2_000
"""Dates that are tried against conditions in one go; the search goes on when the last of them is due."""
_HORIZON = timedelta(days=3653)
_INSTANT = timedelta(microseconds=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A date that meets the conditions, with ``trigger.*`` of its execution."""

    date: datetime
    variables: Mapping[str, Any]


class Schedules:
    """Works out dates. ``recover`` holds for triggers that do not say what to do about missed dates."""

    def __init__(
        self,
        *,
        render: RenderFlowValue,
        inputs: ExecutionInputs,
        constants: Mapping[str, Any],
        zone: tzinfo,
        recover: RecoverMissedSchedules = RecoverMissedSchedules.ALL,
    ) -> None:
        self._render, self._inputs, self._constants = render, inputs, constants
        self._zone, self._recover = zone, recover

    def first(self, plan: Plan, trigger: ScheduledTrigger, now: datetime) -> datetime | None:
        """Return the first date of a trigger that is new or was changed, whatever its conditions."""
        calendar = self._calendar(plan, trigger)
        if not trigger.has_past:
            return calendar.after(now)
        return self._recovered(calendar, trigger, calendar.after(_BEGINNING), now) or self._parked(trigger, now)

    def following(self, plan: Plan, trigger: ScheduledTrigger, date: datetime, now: datetime) -> datetime | None:
        """Return the date after ``date`` that is not too late and meets the conditions."""
        if trigger.longest_delay is not None:
            date = max(date.astimezone(UTC), now - trigger.longest_delay - _INSTANT)
        calendar = self._calendar(plan, trigger)
        return self._meeting(plan, trigger, calendar.after, date, gives_up=False) or self._parked(trigger, now)

    def backfilled(
        self, plan: Plan, trigger: ScheduledTrigger, state: TriggerState, backfill: Backfill, date: datetime
    ) -> TriggerState:
        """Return a state that goes on with a backfill after ``date``, or as it would be without when that was the last.

        No date of a backfill is too late.
        """
        calendar = self._calendar(plan, trigger)
        following = self._meeting(plan, trigger, calendar.after, date, gives_up=False)
        if following is None or (backfill.end is not None and following.astimezone(UTC) > backfill.end):
            return replace(state, backfill=None, next_date=backfill.resume_at)
        going_on = replace(backfill, current=date.astimezone(UTC))
        return replace(state, backfill=going_on, next_date=following.astimezone(UTC))

    def recovered(self, plan: Plan, trigger: ScheduledTrigger, missed: datetime, now: datetime) -> datetime | None:
        """Return the date to go on with when ``missed`` has passed while nothing could be started."""
        calendar = self._calendar(plan, trigger)
        return self._recovered(calendar, trigger, missed, now) or self._parked(trigger, now)

    def occurrence(self, plan: Plan, trigger: ScheduledTrigger, date: datetime) -> Occurrence | None:
        """Return what happens at a date; ``None`` when it is none of the trigger's or a condition is false.

        Raises ``LannerError`` when a condition cannot be told.
        """
        calendar = self._calendar(plan, trigger)
        local = calendar.after(date - _INSTANT)
        if local is None or local.astimezone(UTC) != date.astimezone(UTC):
            return None
        if not self._holds(plan, trigger, local):
            return None
        following = self._meeting(plan, trigger, calendar.after, local, gives_up=True)
        previous = self._meeting(plan, trigger, calendar.before, local, gives_up=True)
        return Occurrence(date=local, variables=trigger.variables(local, following, previous))

    async def execution(
        self,
        plan: Plan,
        trigger: ScheduledTrigger,
        occurrence: Occurrence,
        *,
        id_: ExecutionId,
        now: datetime,
        backfill: Backfill | None = None,
    ) -> Execution:
        """Return the execution of a date, not begun; raises ``LannerError`` when its inputs are wrong.

        Without inputs on the trigger nothing is checked: required ones are simply missing, as in Kestra. Inputs and
        labels of a backfill win over those of the trigger.
        """
        more_inputs, more_labels = (backfill.inputs, backfill.labels) if backfill else (None, ())
        execution = Execution(
            id=id_,
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, now),
            labels=merged(
                flow_labels(plan),
                self._labels(plan, trigger, trigger.labels),
                self._labels(plan, trigger, more_labels),
                [Label(CORRELATION_ID, id_)],
            ),
            trigger=ExecutionTrigger(id=trigger.id, type=trigger.type, variables=occurrence.variables),
            schedule_date=occurrence.date.astimezone(UTC) if trigger.keeps_schedule_date else None,
        )
        if trigger.inputs is None and more_inputs is None:
            return execution
        inputs = {**(trigger.inputs or {}), **(more_inputs or {})}
        given = self._render(plan.key, inputs, self._scope(plan, trigger))
        return replace(execution, inputs=await self._inputs.resolve(plan, execution, given))

    def failed(self, plan: Plan, id_: ExecutionId, now: datetime) -> Execution:
        """Return the execution that shows that a condition cannot be told: it has nothing but an end."""
        return Execution(
            id=id_,
            tenant=plan.key.tenant,
            namespace=plan.key.namespace,
            flow_id=plan.key.flow_id,
            flow_revision=plan.revision,
            state=StateHistory.starting(State.CREATED, now).to(State.FAILED, now),
            labels=flow_labels(plan),
            ended=True,
        )

    def _calendar(self, plan: Plan, trigger: ScheduledTrigger) -> Calendar:
        return trigger.calendar(lambda raw: self._render(plan.key, raw, self._scope(plan, trigger)), self._zone)

    def _parked(self, trigger: ScheduledTrigger, now: datetime) -> datetime | None:
        return None if trigger.parks_for is None else now.replace(microsecond=0) + trigger.parks_for

    def _recovered(
        self, calendar: Calendar, trigger: ScheduledTrigger, missed: datetime | None, now: datetime
    ) -> datetime | None:
        if missed is None or missed >= now:
            return missed
        match trigger.recover_missed_schedules or self._recover:
            case RecoverMissedSchedules.ALL:
                return missed
            case RecoverMissedSchedules.LAST:
                return calendar.before(now + _INSTANT) or missed
            case RecoverMissedSchedules.NONE:
                return calendar.after(now)

    def _meeting(
        self,
        plan: Plan,
        trigger: ScheduledTrigger,
        beside: Callable[[datetime], datetime | None],
        date: datetime,
        *,
        gives_up: bool,
    ) -> datetime | None:
        """Return the nearest date in a direction that meets the conditions.

        After many that do not, the last one tried is returned, or nothing with ``gives_up``. A
        condition that cannot be told ends the search: it is told of when the date is due.
        """
        found = beside(date)
        if not trigger.all_conditions:
            return found
        last = found
        for _ in range(MOST_DATES):
            if found is None or abs(found.astimezone(UTC) - date.astimezone(UTC)) > _HORIZON:
                return None
            try:
                if self._holds(plan, trigger, found):
                    return found
            except LannerError:
                return None if gives_up else found
            last, found = found, beside(found)
        return None if gives_up else last

    def _holds(self, plan: Plan, trigger: ScheduledTrigger, date: datetime) -> bool:
        if not trigger.all_conditions:
            return True
        variables = self._scope(plan, trigger, trigger.variables(date, None, None))
        return all_hold(trigger.all_conditions, plan, self._render, variables)

    def _scope(
        self, plan: Plan, trigger: ScheduledTrigger, variables: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        about = {"id": trigger.id, "type": trigger.type, **(variables or {})}
        return {**self._constants, **flow_scope(plan), "trigger": about}

    def _labels(self, plan: Plan, trigger: ScheduledTrigger, labels: Labels) -> Labels:
        scope = self._scope(plan, trigger)
        return rendered_labels(labels, lambda text: self._render(plan.key, text, scope))


def rendered_labels(labels: Labels, render: Callable[[str], Any]) -> Labels:
    """Return a trigger's labels with their values rendered; one that cannot be is left out, as in Kestra."""
    found = []
    for label in labels:
        try:
            found.append(Label(label.key, str(render(label.value))))
        except LannerError:
            continue
    return tuple(found)
