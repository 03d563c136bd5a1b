"""The list of what this plugin brings: ``io.kestra.plugin.scripts.python.*``."""

from lanner.sdk.registry import PluginGroup

PLUGIN = PluginGroup(
    name="script-python",
    title="Python scripts",
    description="Run Python scripts and commands.",
    types={
        "io.kestra.plugin.scripts.python.Commands": "lanner_plugins.script_python.commands:Commands",
        "io.kestra.plugin.scripts.python.Script": "lanner_plugins.script_python.script:Script",
    },
)
