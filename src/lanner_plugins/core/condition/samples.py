"""The flows around the conditions of examples."""

from textwrap import indent

_FLOW = """\
id: {id}
namespace: company.team

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "{message}"

triggers:
  - id: start
    type: io.kestra.plugin.core.trigger.{trigger}
"""


def scheduled(name: str, condition: str) -> str:
    """Return a flow that runs each morning when a condition is true."""
    flow = _FLOW.format(id=name, message="for {{ trigger.date ?? 'now' }}", trigger="Schedule")
    return flow + '    cron: "0 9 * * *"\n    conditions:\n' + indent(condition, "      ")


def listening(name: str, condition: str) -> str:
    """Return a flow that runs after executions of other flows for which a condition is true."""
    flow = _FLOW.format(id=name, message="after {{ trigger.flowId ?? 'nothing' }}", trigger="Flow")
    return flow + "    conditions:\n" + indent(condition, "      ")
