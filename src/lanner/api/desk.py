"""What every route has at hand: the services and the options of the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lanner.api.flow_documents import FlowDocuments
from lanner.services.bulk_executions import BulkExecutions
from lanner.services.concurrency import ConcurrencyLimits
from lanner.services.credentials import Credentials
from lanner.services.execution_actions import ExecutionActions
from lanner.services.execution_files import ExecutionFiles
from lanner.services.execution_streams import ExecutionStreams
from lanner.services.executions import Executions
from lanner.services.expressions import Expressions
from lanner.services.file_archives import FileArchives
from lanner.services.flow_archives import FlowArchives
from lanner.services.flow_bulk import FlowBulk
from lanner.services.flow_edits import FlowEdits
from lanner.services.flow_graphs import FlowGraphs
from lanner.services.flows import Flows
from lanner.services.instance import Instance
from lanner.services.key_values import KeyValues
from lanner.services.logs import Logs
from lanner.services.metrics import Metrics
from lanner.services.namespace_files import NamespaceFiles
from lanner.services.namespaces import Namespaces
from lanner.services.plugins import Plugins
from lanner.services.preferences import Preferences
from lanner.services.secrets import Secrets
from lanner.services.templates import Templates
from lanner.services.topology import Topologies
from lanner.services.triggers import Triggers
from lanner.services.vocabulary import Vocabularies
from lanner.services.webhooks import Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the API behaves. ``url`` is where people reach the server; links in answers begin with it.

    ``cors_origins`` may send cookies from other sites. ``ui_folder`` holds the built web UI.
    """

    tenants: frozenset[str] = frozenset({"main"})
    url: str | None = None
    realm: str = "Kestra"
    version: str = "1.0.36"
    edition: str = "OSS"
    environment: Mapping[str, str] | None = None
    system_namespace: str = "system"
    hidden_label_prefixes: tuple[str, ...] = ("system.", "internal.")
    preview_initial_rows: int = 100
    preview_max_rows: int = 5_000
    cors_origins: frozenset[str] = frozenset()
    ui_folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The services, and the options."""

    flows: Flows
    flow_bulk: FlowBulk
    flow_archives: FlowArchives
    flow_edits: FlowEdits
    executions: Executions
    actions: ExecutionActions
    bulk: BulkExecutions
    streams: ExecutionStreams
    files: ExecutionFiles
    expressions: Expressions
    vocabularies: Vocabularies
    triggers: Triggers
    webhooks: Webhooks
    concurrency: ConcurrencyLimits
    topologies: Topologies
    graphs: FlowGraphs
    key_values: KeyValues
    namespaces: Namespaces
    namespace_files: NamespaceFiles
    file_archives: FileArchives
    secrets: Secrets
    templates: Templates
    logs: Logs
    metrics: Metrics
    plugins: Plugins
    preferences: Preferences
    credentials: Credentials
    instance: Instance
    options: Options = field(default_factory=Options)
    documents: FlowDocuments = field(default_factory=FlowDocuments)
