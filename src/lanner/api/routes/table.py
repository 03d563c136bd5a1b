"""All operations of the API."""

from lanner.api.routes import (
    backfills,
    execution_actions,
    execution_bulk,
    execution_files,
    executions,
    flow_bulk,
    flows,
    graphs,
    instance,
    key_values,
    logs,
    namespace_files,
    namespaces,
    plugins,
    preferences,
    secrets,
    site,
    specification,
    topology,
    triggers,
)

OPERATIONS = specification.specified(
    (
        *executions.OPERATIONS,
        *execution_actions.OPERATIONS,
        *execution_bulk.OPERATIONS,
        *execution_files.OPERATIONS,
        *flows.OPERATIONS,
        *flow_bulk.OPERATIONS,
        *graphs.OPERATIONS,
        *key_values.OPERATIONS,
        *logs.OPERATIONS,
        *namespace_files.OPERATIONS,
        *namespaces.OPERATIONS,
        *plugins.OPERATIONS,
        *secrets.OPERATIONS,
        *preferences.OPERATIONS,
        *topology.OPERATIONS,
        *triggers.OPERATIONS,
        *backfills.OPERATIONS,
        *instance.OPERATIONS,
        *site.OPERATIONS,
    )
)
