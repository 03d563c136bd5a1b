"""Puts a house together: a store, what runs executions, and the services that every entrance needs."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lanner.backends.memory.store import MemoryStore
from lanner.backends.sql.sqlite import SqliteStore
from lanner.ports.clock import Clock
from lanner.ports.store import Store
from lanner.runtime.executor import Executor
from lanner.runtime.run_context import clear_folders
from lanner.runtime.triggers import Triggers
from lanner.services.execution_actions import ExecutionActions
from lanner.services.executions import Executions
from lanner.services.flows import Flows
from lanner.services.stored_templates import TemplateShelf
from lanner.services.templates import Templates
from lanner.settings.sections import Settings
from lanner.wiring.engine_room import WORK_FOLDER, EngineRoom, engine_room
from lanner.wiring.trigger_room import TriggerRoom, trigger_room

DATABASE = "lanner.db"
GRACE_SECONDS = 10.0
"""How long running tasks may take to end when the house closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that runs in one process, with or without a server in front of it."""

    settings: Settings
    store: Store
    engine: EngineRoom
    trigger_room: TriggerRoom
    flows: Flows
    executions: Executions
    actions: ExecutionActions
    templates: Templates

    @property
    def triggers(self) -> Triggers:
        """What starts executions by itself."""
        return self.trigger_room.triggers

    @property
    def inbox(self) -> Executor:
        """Where executions are started, changed and followed."""
        return self.engine.executor


@asynccontextmanager
async def open_local(
    settings: Settings,
    *,
    store: Literal["memory", "sqlite"] = "sqlite",
    grace_seconds: float = GRACE_SECONDS,
    clock: Clock | None = None,
) -> AsyncIterator[House]:
    """Put a house together, take up what has not ended, and close it at the end.

    ``memory`` keeps nothing: its files are in a temporary folder that goes with it. ``clock`` is for
    tests that let time pass. Raises ``DataInUse``.
    """
    with tempfile.TemporaryDirectory(prefix="lanner-") as scratch:
        kept = store == "sqlite"
        data = settings.data_dir if kept else Path(scratch)
        if kept:
            data.mkdir(parents=True, exist_ok=True)
        opened: Store = SqliteStore(data / DATABASE) if kept else MemoryStore()
        base = settings.storage.base_path
        storage = base if kept and base else data / "storage"
        await opened.open()
        try:
            # Working folders survive a crash beside the database: tasks that share one go on in it.
            folders = data if kept else Path(scratch)
            engine = engine_room(settings, opened, storage=storage, scratch=folders, clock=clock)
            house = _assembled(settings, opened, engine)
            await house.triggers.open()
            await house.inbox.recover()
            await asyncio.to_thread(clear_folders, folders / WORK_FOLDER, house.inbox.is_open)
            try:
                await house.triggers.start()
                yield house
            finally:
                await house.triggers.stop()
                await house.inbox.stop(grace_seconds)
        finally:
            await opened.close()


def _assembled(settings: Settings, store: Store, engine: EngineRoom) -> House:
    plans, clock, inbox, inputs, ids = engine.plans, engine.clock, engine.executor, engine.inputs, engine.ids
    triggers = trigger_room(settings, store, engine)
    return House(
        settings=settings,
        store=store,
        engine=engine,
        trigger_room=triggers,
        flows=Flows(
            store=store,
            plans=plans,
            registry=engine.registry,
            clock=clock,
            defaults=engine.defaults,
            triggers=triggers.registration,
            on_saved=engine.executor.flow_saved,
        ),
        templates=Templates(
            shelf=TemplateShelf(store=store, registry=engine.registry, defaults=engine.defaults),
            plans=plans,
            enabled=settings.templates.enabled,
        ),
        executions=Executions(store=store, inbox=inbox, plans=plans, inputs=inputs, clock=clock, ids=ids),
        actions=engine.actions,
    )
