"""The core group as a whole: every type can be imported, is documented, has a schema and examples that run."""

from lanner.model.state import State
from lanner.sdk.registry import Registry
from lanner.sdk.task import RunnableTask
from lanner.sdk.trigger import Trigger
from lanner_plugins.core.plugin import PLUGIN

REGISTRY = Registry([PLUGIN])
# The tasks of core/flow other than Sleep are run by the engine and tested with it.
OURS = [type_ for type_ in PLUGIN.types if ".core.flow." not in type_ or type_.endswith(".Sleep")]
RUNNABLE = [type_ for type_ in OURS if issubclass(REGISTRY.resolve(type_), RunnableTask)]
TRIGGERS = [type_ for type_ in OURS if issubclass(REGISTRY.resolve(type_), Trigger)]
# Examples that end otherwise, because that is what they show.
ENDS = {
    "io.kestra.plugin.core.execution.Exit": State.WARNING,
    "io.kestra.plugin.core.flow.AllowFailure": State.WARNING,
}
# The flow that examples of subflows call.
CHILD = """\
id: child
namespace: company.team
inputs:
  - id: name
    type: STRING
    defaults: nobody
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "Hello {{ inputs.name }}"
"""
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
HEAVY = ("httpx", "ssl", "holidays", "amazon", "duckdb", "yaml", "subprocess")
