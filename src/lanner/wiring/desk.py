"""Puts the services of the HTTP API together."""

from lanner.api.desk import Desk, Options
from lanner.services.bulk_executions import BulkExecutions
from lanner.services.concurrency import ConcurrencyLimits
from lanner.services.credentials import Credentials
from lanner.services.execution_files import ExecutionFiles
from lanner.services.execution_streams import ExecutionStreams
from lanner.services.expressions import Expressions
from lanner.services.file_archives import FileArchives
from lanner.services.flow_archives import FlowArchives
from lanner.services.flow_bulk import FlowBulk
from lanner.services.flow_edits import FlowEdits
from lanner.services.flow_graphs import FlowGraphs
from lanner.services.instance import Instance
from lanner.services.logs import Logs
from lanner.services.metrics import Metrics
from lanner.services.namespaces import Namespaces
from lanner.services.plugins import Plugins
from lanner.services.preferences import Preferences
from lanner.services.topology import Topologies
from lanner.services.vocabulary import Vocabularies
from lanner.services.webhooks import Webhooks
from lanner.settings.sections import Settings
from lanner.wiring.house import House


async def open_desk(house: House) -> Desk:
    """Return what the API works with; the login of the settings is set."""
    settings, store, engine = house.settings, house.store, house.engine
    flows, executions, actions = house.flows, house.executions, house.actions
    expressions = Expressions(
        executions=executions,
        render=engine.templates.render,
        evaluate=engine.templates.evaluate,
        constants=engine.constants,
    )
    credentials = Credentials(
        store, engine.clock, username=settings.basic_auth.username, password=settings.basic_auth.password
    )
    await credentials.open()
    return Desk(
        flows=flows,
        flow_bulk=FlowBulk(flows=flows),
        flow_archives=FlowArchives(flows=flows),
        flow_edits=FlowEdits(store=store, flows=flows, plans=engine.plans, registry=engine.registry),
        executions=executions,
        actions=actions,
        bulk=BulkExecutions(store=store, executions=executions, actions=actions),
        streams=ExecutionStreams(store=store, inbox=house.inbox, executions=executions),
        files=ExecutionFiles(executions=executions, blobs=engine.data.blobs),
        expressions=expressions,
        concurrency=ConcurrencyLimits(store=store, plans=engine.plans),
        topologies=Topologies(store=store, flows=flows),
        graphs=FlowGraphs(flows=flows),
        vocabularies=Vocabularies(
            flows=flows,
            registry=engine.registry,
            key_values=engine.data.key_values,
            secrets=engine.data.secrets,
            files=engine.data.namespace_files,
            constants=engine.constants,
        ),
        triggers=house.trigger_room.service,
        webhooks=Webhooks(
            plans=engine.plans,
            executions=executions,
            registry=engine.registry,
            render=engine.templates.render_value,
            constants=engine.constants,
        ),
        key_values=engine.data.key_values,
        namespaces=Namespaces(store, system_namespace=settings.system.namespace),
        namespace_files=engine.data.namespace_files,
        secrets=engine.data.secrets,
        templates=house.templates,
        file_archives=FileArchives(files=engine.data.namespace_files, flows=flows),
        logs=Logs(store=store),
        metrics=Metrics(store=store),
        plugins=Plugins(registry=engine.registry),
        preferences=Preferences(store=store),
        credentials=credentials,
        instance=Instance(store=store, registry=engine.registry, clock=engine.clock),
        options=_options(settings),
    )


def _options(settings: Settings) -> Options:
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
