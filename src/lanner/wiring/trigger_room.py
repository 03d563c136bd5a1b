"""What starts executions by itself: schedules and Flow triggers, and what they remember."""

from dataclasses import dataclass

from lanner.ports.store import Store
from lanner.runtime.flow_triggers import FlowTriggers
from lanner.runtime.polls import Polls
from lanner.runtime.scheduler import Scheduler
from lanner.runtime.system import local_zone
from lanner.runtime.trigger_saves import TriggerSaves
from lanner.runtime.triggers import Triggers
from lanner.sdk.schedule import RecoverMissedSchedules
from lanner.services import triggers as service
from lanner.services.condition_windows import ConditionWindows
from lanner.services.listeners import Listeners
from lanner.services.polling import Polling
from lanner.services.schedules import Schedules
from lanner.services.trigger_book import TriggerBook
from lanner.services.trigger_registration import TriggerRegistration
from lanner.settings.sections import Settings
from lanner.wiring.engine_room import WORKER_ID, EngineRoom


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerRoom:
    """The triggers of a process, and what the services need of them."""

    book: TriggerBook
    schedules: Schedules
    registration: TriggerRegistration
    triggers: Triggers
    service: service.Triggers


def trigger_room(settings: Settings, store: Store, engine: EngineRoom) -> TriggerRoom:
    """Put the triggers together and have the executor tell them of every change."""
    book, listeners, windows, zone = TriggerBook(), Listeners(), ConditionWindows(), local_zone()
    executor, plans, clock, render = engine.executor, engine.plans, engine.clock, engine.templates.render_value
    schedules = Schedules(
        render=render,
        inputs=engine.inputs,
        constants=engine.constants,
        zone=zone,
        recover=RecoverMissedSchedules(settings.triggers.recover_missed_schedules),
    )
    registration = TriggerRegistration(
        store=store, plans=plans, schedules=schedules, book=book, listeners=listeners, windows=windows, clock=clock
    )
    saves = TriggerSaves(store=store, book=book, clock=clock, create=executor.create)
    polls = Polls(
        polling=Polling(render=render, constants=engine.constants),
        book=book,
        saves=saves,
        evaluation=engine.evaluation,
        clock=clock,
        ids=engine.ids,
        worker_id=WORKER_ID,
    )
    scheduler = Scheduler(
        store=store,
        plans=plans,
        schedules=schedules,
        book=book,
        clock=clock,
        ids=engine.ids,
        saves=saves,
        polls=polls,
    )
    flow_triggers = FlowTriggers(
        store=store,
        plans=plans,
        listeners=listeners,
        windows=windows,
        render=render,
        constants=engine.constants,
        inputs=engine.inputs_seen,
        clock=clock,
        zone=zone,
        create=executor.create,
    )
    triggers = Triggers(store=store, registration=registration, scheduler=scheduler, flow_triggers=flow_triggers)
    executor.listen(triggers)
    steering = service.Triggers(store=store, plans=plans, schedules=schedules, book=book, clock=clock)
    engine.switch.connect(lambda key, enabled: steering.toggle(key, enabled=enabled))
    return TriggerRoom(
        book=book,
        schedules=schedules,
        registration=registration,
        triggers=triggers,
        service=steering,
    )
