"""The only place that names concrete classes: puts a server, or a house without one, together."""

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import uvicorn

from lanner.api.app import Application, create_app
from lanner.api.desk import Desk, Options
from lanner.backends.local_blobs import LocalBlobs
from lanner.backends.memory.store import MemoryStore
from lanner.backends.sql.sqlite import SqliteStore
from lanner.expressions import Renderer
from lanner.model.errors import LannerError
from lanner.model.execution import Execution, ExecutionKind
from lanner.model.flow import MAIN_TENANT, FlowKey
from lanner.model.ids import ExecutionId
from lanner.model.state import State, StateHistory
from lanner.ports.store import Store
from lanner.runtime.assignments import Assignments
from lanner.runtime.children import Children
from lanner.runtime.encryption import Cipher
from lanner.runtime.executor import Executor
from lanner.runtime.masking import Masks
from lanner.runtime.reach import ExecutionReach, Outside
from lanner.runtime.run_context import Workshop
from lanner.runtime.surroundings import Surroundings, constants
from lanner.runtime.system import RandomIds, SystemClock
from lanner.runtime.worker import Worker
from lanner.sdk.definition import PluginDefault
from lanner.sdk.registry import PluginGroup, Registry
from lanner.services.bulk_executions import BulkExecutions
from lanner.services.credentials import Credentials
from lanner.services.execution_actions import ExecutionActions
from lanner.services.execution_files import ExecutionFiles
from lanner.services.execution_inputs import ExecutionInputs
from lanner.services.execution_streams import ExecutionStreams
from lanner.services.executions import Executions
from lanner.services.expressions import Expressions
from lanner.services.flow_archives import FlowArchives
from lanner.services.flow_bulk import FlowBulk
from lanner.services.flows import Flows
from lanner.services.instance import Instance
from lanner.services.logs import Logs
from lanner.services.metrics import Metrics
from lanner.services.plans import PlanCache
from lanner.services.plugins import Plugins
from lanner.services.topology import Topologies
from lanner.services.webhooks import Webhooks
from lanner.settings.sections import Settings

PLUGIN_GROUP = "lanner.plugins"
DATABASE = "lanner.db"
WORKER_ID = "local"
GRACE_SECONDS = 10.0
"""How long running tasks may take to end when the server stops."""


class BrokenPlugin(LannerError):
    """An installed plugin cannot be loaded."""

    def __init__(self, name: str, reason: object) -> None:
        self.name = name
        super().__init__(f"plugin {name!r} cannot be loaded: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that runs in one process."""

    settings: Settings
    store: Store
    registry: Registry
    plans: PlanCache
    inbox: Executor
    desk: Desk
    app: Application

    @property
    def flows(self) -> Flows:
        """The service of flows."""
        return self.desk.flows

    @property
    def executions(self) -> Executions:
        """The service of executions."""
        return self.desk.executions

    @property
    def actions(self) -> ExecutionActions:
        """What can be done to an execution."""
        return self.desk.actions


def installed_plugins() -> Registry:
    """Return the types of every installed distribution; raises ``BrokenPlugin``."""
    groups = []
    for found in sorted(entry_points(group=PLUGIN_GROUP), key=lambda point: (point.name != "core", point.name)):
        try:
            group = found.load()
        except Exception as error:  # somebody else's code
            raise BrokenPlugin(found.name, error) from error
        if not isinstance(group, PluginGroup):
            raise BrokenPlugin(found.name, f"{found.value} is no PluginGroup")
        groups.append(group)
    return Registry(groups)


@asynccontextmanager
async def open_local(
    settings: Settings, *, store: Literal["memory", "sqlite"] = "sqlite", grace_seconds: float = GRACE_SECONDS
) -> AsyncIterator[House]:
    """Put a house together, take up what has not ended, and close it at the end.

    ``memory`` keeps nothing: its files are in a temporary folder that goes with it.
    """
    with tempfile.TemporaryDirectory(prefix="lanner-") as scratch:
        kept = store == "sqlite"
        data = settings.data_dir if kept else Path(scratch)
        if kept:
            data.mkdir(parents=True, exist_ok=True)
        opened: Store = SqliteStore(data / DATABASE) if kept else MemoryStore()
        base = settings.storage.base_path
        await opened.open()
        try:
            house = _assemble(settings, opened, base if kept and base else data / "storage", Path(scratch))
            await house.desk.credentials.open()
            await house.inbox.recover()
            try:
                yield house
            finally:
                await house.inbox.stop(grace_seconds)
        finally:
            await opened.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What there is to tell when a server has started. ``problems`` name flow files that were not saved."""

    url: str
    is_initialised: bool
    saved_flows: int = 0
    problems: tuple[str, ...] = ()


async def serve(settings: Settings, *, flow_path: Path | None = None, announce: Callable[[Serving], None]) -> None:
    """Run a server until it is told to stop (SIGTERM, Ctrl-C); running tasks get a grace time to end.

    ``announce`` is called once, when the first request can be answered. Raises ``AddressInUse``,
    ``DataInUse``.
    """
    sockets = [_listen(settings.server.host, settings.server.port)]
    if settings.server.management_port is not None:
        sockets.append(_listen(settings.server.host, settings.server.management_port))
    async with open_local(settings, grace_seconds=GRACE_SECONDS) as house:
        saved, problems = await _save_flows(house.flows, flow_path)
        server = uvicorn.Server(
            uvicorn.Config(
                house.app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=int(GRACE_SECONDS),
            )
        )
        port = sockets[0].getsockname()[1]
        announce(
            Serving(
                url=settings.server.url or f"http://{_shown_host(settings.server.host)}:{port}",
                is_initialised=house.desk.credentials.is_initialised,
                saved_flows=saved,
                problems=(*house.desk.credentials.problems, *problems),
            )
        )
        await server.serve(sockets=sockets)


class AddressInUse(LannerError):
    """Another program listens on the address already, or it is not this machine's."""

    def __init__(self, host: str, port: int, reason: object) -> None:
        self.host, self.port = host, port
        super().__init__(f"cannot listen on {host}:{port}: {reason}; choose another one with --port")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(2048)
    except OSError as error:
        found.close()
        raise AddressInUse(host, port, error.strerror) from error
    found.setblocking(False)
    return found


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104  # compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def _save_flows(flows: Flows, path: Path | None) -> tuple[int, list[str]]:
    """Save the flows of a folder (or one file); returns how many and what is wrong with the others."""
    if path is None:
        return 0, []
    files = sorted(found for found in path.rglob("*") if found.suffix in (".yaml", ".yml")) if path.is_dir() else [path]  # noqa: ASYNC240
    saved, problems = 0, []
    for file in files:
        try:
            await flows.put(MAIN_TENANT, file.read_text(encoding="utf-8"))
            saved += 1
        except (LannerError, OSError, UnicodeDecodeError) as error:
            problems.append(f"{file}: {error}")
    return saved, problems


def _assemble(settings: Settings, store: Store, storage: Path, scratch: Path) -> House:
    registry = installed_plugins()
    clock, ids, renderer = SystemClock(), RandomIds(), Renderer(recursive=settings.variables.recursive_rendering)
    defaults = [
        PluginDefault.model_validate({"type": found.type, "forced": found.forced, "values": found.values})
        for found in settings.plugins.defaults
    ]
    plans = PlanCache(store, registry, defaults=defaults)
    blobs = LocalBlobs(storage)
    shared = constants(
        env_prefix=settings.variables.env_prefix,
        global_values=settings.variables.globals,
        url=settings.server.url,
        environment_name=settings.environment.name,
    )
    outside = Outside(blobs=blobs, clock=clock, environment=dict(os.environ))
    cipher = Cipher(settings.encryption.secret_key) if settings.encryption.secret_key else None
    around = Surroundings(renderer=renderer, outside=outside, shared=shared, cipher=cipher)
    flows = Flows(store=store, plans=plans, registry=registry, clock=clock, defaults=defaults)

    def render(key: FlowKey, template: str, variables: Mapping[str, Any], execution: Execution | None = None) -> str:
        masks = Masks()
        reach = ExecutionReach(outside, execution or _nobody(key, clock), masks)
        return masks.hide(renderer.render(template, variables, reach))

    def evaluate(key: FlowKey, template: str, variables: Mapping[str, Any]) -> Any:
        return renderer.evaluate(template, variables, ExecutionReach(outside, _nobody(key, clock), Masks()))

    encrypt = cipher.encrypt if cipher else None
    inputs = ExecutionInputs(blobs=blobs, evaluate=evaluate, constants=shared, encrypt=encrypt)
    executor = Executor(
        store=store,
        plans=plans,
        world=around.world,
        clock=clock,
        assignments=Assignments(constants=shared, inputs=around.inputs, reach=around.reach),
        children=Children(plans, inputs),
    )
    workshop = Workshop(
        renderer=renderer, registry=registry, blobs=blobs, options=_task_options(settings), temporary=scratch / "work"
    )
    executor.attach(Worker(workshop, worker_id=WORKER_ID, threads=settings.worker.threads, tell=executor.take))
    executions = Executions(store=store, inbox=executor, plans=plans, inputs=inputs, clock=clock, ids=ids)
    actions = ExecutionActions(
        store=store, inbox=executor, plans=plans, inputs=inputs, blobs=blobs, clock=clock, ids=ids
    )
    expressions = Expressions(executions=executions, render=render, evaluate=evaluate, constants=shared)
    desk = Desk(
        flows=flows,
        flow_bulk=FlowBulk(flows=flows),
        flow_archives=FlowArchives(flows=flows),
        executions=executions,
        actions=actions,
        bulk=BulkExecutions(store=store, executions=executions, actions=actions),
        streams=ExecutionStreams(store=store, inbox=executor, executions=executions),
        files=ExecutionFiles(executions=executions, blobs=blobs),
        expressions=expressions,
        topologies=Topologies(store=store, flows=flows),
        webhooks=Webhooks(plans=plans, executions=executions, expressions=expressions, registry=registry),
        logs=Logs(store=store),
        metrics=Metrics(store=store),
        plugins=Plugins(registry=registry),
        credentials=Credentials(
            store, clock, username=settings.basic_auth.username, password=settings.basic_auth.password
        ),
        instance=Instance(store=store, registry=registry, clock=clock),
        options=_api_options(settings),
    )
    return House(
        settings=settings,
        store=store,
        registry=registry,
        plans=plans,
        inbox=executor,
        desk=desk,
        app=create_app(desk),
    )


def _api_options(settings: Settings) -> Options:
    environment = {"name": settings.environment.name, "color": settings.environment.color}
    return Options(
        url=settings.server.url,
        realm=settings.basic_auth.realm,
        environment={key: value for key, value in environment.items() if value} or None,
        system_namespace=settings.system.namespace,
        hidden_label_prefixes=settings.labels.hidden_prefixes,
        preview_initial_rows=settings.preview.initial_rows,
        preview_max_rows=settings.preview.max_rows,
    )


def _task_options(settings: Settings) -> Mapping[str, Any]:
    return {
        "scripts.default-runner": settings.scripts.default_runner.value,
        "scripts.uv-cache": str(settings.scripts.uv_cache),
    }


def _nobody(key: FlowKey, clock: SystemClock) -> Execution:
    """Return the execution of an expression that belongs to a flow only."""
    return Execution(
        id=ExecutionId(""),
        tenant=key.tenant,
        namespace=key.namespace,
        flow_id=key.flow_id,
        flow_revision=0,
        state=StateHistory.starting(State.CREATED, clock.now()),
        kind=ExecutionKind.TEST,
    )
