"""What runs executions: the executor with its worker, and what both share with the services."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lanner.expressions import Renderer
from lanner.model.execution import Execution
from lanner.ports.clock import Clock
from lanner.ports.store import Store
from lanner.runtime.assignments import Assignments, InputsOf
from lanner.runtime.children import Children
from lanner.runtime.executor import Executor
from lanner.runtime.polls import MakeEvaluation
from lanner.runtime.reach import ExecutionReach, Outside
from lanner.runtime.run_context import Workshop
from lanner.runtime.surroundings import Surroundings, constants
from lanner.runtime.system import RandomIds, SystemClock
from lanner.runtime.trigger_evaluation import TriggerEvaluation
from lanner.runtime.trigger_switch import TriggerSwitch
from lanner.runtime.worker import Worker
from lanner.sdk.definition import PluginDefault
from lanner.sdk.polling import PollingTrigger
from lanner.sdk.records import Records
from lanner.sdk.registry import Registry
from lanner.services.execution_actions import ExecutionActions
from lanner.services.execution_inputs import ExecutionInputs
from lanner.services.plans import PlanCache
from lanner.services.records import Archive
from lanner.settings.sections import Settings
from lanner.wiring.data_room import DataRoom, data_room
from lanner.wiring.plugins import installed_plugins
from lanner.wiring.templates import Templates

TEMPLATE = "io.kestra.plugin.core.flow.Template"
WORKER_ID = "local"
WORK_FOLDER = "work"
"""Where working folders are, below the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRoom:
    """Everything below the services. ``constants`` is what every expression sees: envs, globals, kestra."""

    registry: Registry
    defaults: tuple[PluginDefault, ...]
    plans: PlanCache
    data: DataRoom
    clock: Clock
    ids: RandomIds
    constants: Mapping[str, Any]
    templates: Templates
    inputs: ExecutionInputs
    executor: Executor
    actions: ExecutionActions
    inputs_seen: InputsOf
    switch: TriggerSwitch
    evaluation: MakeEvaluation


def engine_room(
    settings: Settings, store: Store, *, storage: Path, scratch: Path, clock: Clock | None = None
) -> EngineRoom:
    """Put executor and worker together. ``storage`` keeps files; ``scratch`` holds working folders."""
    registry = installed_plugins(switched_on=(TEMPLATE,) if settings.templates.enabled else ())
    defaults = _defaults(settings)
    plans = PlanCache(store, registry, defaults=defaults)
    clock = clock or SystemClock()
    data = data_room(settings, store, clock, storage=storage)
    blobs, cipher = data.blobs, data.cipher
    renderer = Renderer(recursive=settings.variables.recursive_rendering)
    shared = _constants(settings)
    outside = Outside(
        files=data.readable, key_values=data.key_values, clock=clock, secrets=data.secrets, logs=store.logs
    )
    around = Surroundings(renderer=renderer, outside=outside, shared=shared, cipher=cipher)
    templates = Templates(renderer, outside)
    encrypt = cipher.encrypt if cipher else None
    inputs = ExecutionInputs(blobs=blobs, evaluate=templates.evaluate, constants=shared, encrypt=encrypt)
    executor = Executor(
        store=store,
        plans=plans,
        world=around.world,
        clock=clock,
        assignments=Assignments(constants=shared, inputs=around.inputs, reach=around.reach),
        children=Children(plans, inputs, blobs),
        reveal=cipher.reveal if cipher else None,
    )
    ids = RandomIds()
    actions = ExecutionActions(
        store=store, inbox=executor, plans=plans, inputs=inputs, blobs=blobs, clock=clock, ids=ids
    )
    records = Archive(store=store, blobs=blobs, actions=actions).of
    workshop = _workshop(
        settings, data, store=store, renderer=renderer, registry=registry, records=records, scratch=scratch
    )
    worker = Worker(workshop, worker_id=WORKER_ID, threads=settings.worker.threads, tell=executor.take)
    executor.attach(worker)
    return EngineRoom(
        registry=registry,
        defaults=defaults,
        plans=plans,
        data=data,
        clock=clock,
        ids=ids,
        constants=shared,
        templates=templates,
        inputs=inputs,
        executor=executor,
        actions=actions,
        inputs_seen=around.inputs,
        switch=workshop.triggers,
        evaluation=_evaluations(workshop, worker, outside),
    )


def _workshop(
    settings: Settings,
    data: DataRoom,
    *,
    store: Store,
    renderer: Renderer,
    registry: Registry,
    records: Callable[[str, str], Records],
    scratch: Path,
) -> Workshop:
    """Return what every task of the worker shares."""
    loop = asyncio.get_running_loop()
    return Workshop(
        renderer=renderer,
        registry=registry,
        blobs=data.blobs,
        key_values=data.key_values,
        readable=data.readable,
        namespace_files=data.namespace_files,
        flows=store.flows,
        loop=loop,
        options=task_options(settings),
        temporary=scratch / WORK_FOLDER,
        triggers=TriggerSwitch(loop),
        cipher=data.cipher,
        records=records,
    )


def _evaluations(workshop: Workshop, worker: Worker, outside: Outside) -> MakeEvaluation:
    """Return what prepares evaluations of polling triggers on the worker."""

    def make(trigger: PollingTrigger, execution: Execution, variables: Mapping[str, Any]) -> TriggerEvaluation:
        return TriggerEvaluation(
            workshop=workshop,
            worker=worker,
            reach=lambda execution, masks: ExecutionReach(outside, execution, masks),
            trigger=trigger,
            execution=execution,
            variables=variables,
        )

    return make


def _defaults(settings: Settings) -> tuple[PluginDefault, ...]:
    return tuple(
        PluginDefault.model_validate({"type": found.type, "forced": found.forced, "values": found.values})
        for found in settings.plugins.defaults
    )


def _constants(settings: Settings) -> Mapping[str, Any]:
    return constants(
        env_prefix=settings.variables.env_prefix,
        global_values=settings.variables.globals,
        url=settings.server.url,
        environment_name=settings.environment.name,
    )


def task_options(settings: Settings) -> Mapping[str, Any]:
    """Return the options that tasks may ask for (``RunContext.option``)."""
    return {
        "scripts.default-runner": settings.scripts.default_runner.value,
        "scripts.cache-dir": str(settings.scripts.cache_dir),
        "scripts.kill-grace-period": settings.scripts.kill_grace_period,
        "duckdb.memory-limit": settings.duckdb.memory_limit,
        "duckdb.threads": settings.duckdb.threads,
    }
