"""io.kestra.plugin.scripts.python.Script."""

import shlex
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import TaskResult
from lanner_plugins.core.files.working_files import with_local_files
from lanner_plugins.script_python.python_task import PythonTask

FILE_NAME = "lanner_script.py"


class Script(PythonTask):
    """Run a Python script given in the flow."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: python_outputs
namespace: company.team

tasks:
  - id: count
    type: io.kestra.plugin.scripts.python.Script
    script: |
      import json
      words = "{{ flow.namespace }} runs python".split()
      print("::" + json.dumps({"outputs": {"words": len(words)}}) + "::")

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.count.vars.words }} words"
""",
        """\
id: python_files
namespace: company.team

tasks:
  - id: upper
    type: io.kestra.plugin.scripts.python.Script
    inputFiles:
      names.txt: |
        ada
        grace
    outputFiles:
      - "*.csv"
    env:
      PREFIX: Dr.
    script: |
      import os
      with open("names.txt") as names, open("doctors.csv", "w") as doctors:
          for name in names:
              doctors.write(os.environ["PREFIX"] + " " + name.title())

  - id: size
    type: io.kestra.plugin.core.debug.Return
    format: "{{ outputs.upper.outputFiles['doctors.csv'] }}"
""",
    )

    script: Property[str]
    """The script. It may print lines `::{"outputs": {"name": "value"}, "metrics": [...]}::`."""

    def run(self, context: RunContext) -> TaskResult:
        extra = self.prepare(context)
        text = with_local_files(context, context.render(self.script, **extra))
        path = context.working_dir / FILE_NAME
        path.write_text(text, encoding="utf-8")
        python, env = self.python(context)
        return self.run_commands(context, [shlex.join([python, str(path)])], env=env, extra=extra)
