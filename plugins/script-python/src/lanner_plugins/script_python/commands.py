"""io.kestra.plugin.scripts.python.Commands."""

from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import TaskResult
from lanner.sdk.text import Text
from lanner_plugins.core.files.working_files import with_local_files
from lanner_plugins.script_python.python_task import PythonTask


class Commands(PythonTask):
    """Run shell commands that use Python, for example scripts in files."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: python_commands
namespace: company.team

tasks:
  - id: run
    type: io.kestra.plugin.scripts.python.Commands
    inputFiles:
      main.py: |
        import sys
        print("hello", sys.argv[1])
    beforeCommands:
      - echo "starting"
    commands:
      - python3 main.py "{{ flow.id }}"
""",
    )

    commands: Property[list[Text]]
    """The commands, run one after the other in one shell."""

    def run(self, context: RunContext) -> TaskResult:
        extra = self.prepare(context)
        commands = [with_local_files(context, line) for line in context.render(self.commands, **extra)]
        _, env = self.python(context)
        return self.run_commands(context, commands, env=env, extra=extra)
