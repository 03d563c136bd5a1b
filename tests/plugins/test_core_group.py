"""The core group as a whole: every type can be imported, is documented, has a schema and examples that run."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from lanner.model.flow import MAIN_TENANT
from lanner.model.state import State
from lanner.sdk.registry import Registry
from lanner.sdk.runner import TaskRunner
from lanner.sdk.task import Task
from lanner.sdk.trigger import AnyTrigger, Trigger
from lanner.testing.skipping import SkippingClock, play
from lanner.testing.task_harness import run_task
from lanner_plugins.core.plugin import PLUGIN
from tests.plugins.loopback import loopback
from tests.runtime.trigger_house import opened

REGISTRY = Registry.whole([PLUGIN])
# The tasks of core/flow other than Sleep are run by the engine and tested with it.
OURS = [type_ for type_ in PLUGIN.types if ".core.flow." not in type_ or type_.endswith(".Sleep")]
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
# The template that the example of templates names.
GREETING = """\
id: greeting
namespace: company.team
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "Hello {{ parent.outputs.args.name }}"
"""
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
PATIENCE_SECONDS = 0.2
HEAVY = ("httpx", "ssl", "holidays", "amazon", "duckdb", "yaml", "subprocess")


@pytest.mark.parametrize("type_", OURS)
def test_type_is_documented(type_: str) -> None:
    plugin = REGISTRY.resolve(type_)
    assert plugin.__doc__
    undocumented = [
        name for name, field in plugin.model_fields.items() if not field.description and name not in ("id", "type")
    ]
    assert undocumented == []
    assert plugin.examples


@pytest.mark.parametrize("type_", OURS)
def test_type_has_a_schema(type_: str) -> None:
    schema = REGISTRY.resolve(type_).model_json_schema()
    assert schema["properties"]["type"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("type_", [type_ for type_ in PLUGIN.types if issubclass(REGISTRY.resolve(type_), Task)])
def test_examples_run(tmp_path: Path, type_: str) -> None:
    ended = State(ENDS.get(type_, State.SUCCESS))

    async def run(clock: SkippingClock) -> None:
        async with opened(clock, tmp_path, encryption={"secret_key": KEY}, templates={"enabled": True}) as lab:
            await lab.save(CHILD)
            await lab.house.templates.create(MAIN_TENANT, GREETING)
            for example in REGISTRY.resolve(type_).examples:
                assert type_ in example
                await lab.save(example)
                flow = yaml.safe_load(example)
                asked = {one["id"] for one in flow.get("inputs", ())}
                given = {"address": server.address} if "address" in asked else {}
                found = await lab.run(flow["id"], flow["namespace"], **given)
                assert found.state.current is ended, [
                    run.task_id for run in await lab.house.store.executions.task_runs(found.id)
                ]

    with loopback() as server:
        play(run, beginning=datetime.now(UTC), patience_seconds=PATIENCE_SECONDS)


@pytest.mark.parametrize("type_", TRIGGERS)
def test_examples_of_triggers_are_valid(type_: str) -> None:
    adapter: TypeAdapter[Trigger] = TypeAdapter(AnyTrigger)
    for example in REGISTRY.resolve(type_).examples:
        (trigger,) = yaml.safe_load(example)["triggers"]
        read = adapter.validate_python(trigger, context={"registry": REGISTRY})
        assert (read.type, read.id) == (type_, trigger["id"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("io.kestra.core.tasks.debugs.Return", "debug.Return"),
        ("io.kestra.core.tasks.log.Log", "log.Log"),
        ("io.kestra.core.tasks.flows.Sleep", "flow.Sleep"),
        ("io.kestra.core.tasks.executions.Fail", "execution.Fail"),
        ("io.kestra.core.tasks.storages.PurgeExecution", "storage.PurgeCurrentExecutionFiles"),
        ("io.kestra.plugin.fs.http.Request", "http.Request"),
        ("io.kestra.core.models.triggers.types.Schedule", "trigger.Schedule"),
    ],
)
def test_old_names_are_known(old: str, new: str) -> None:
    assert REGISTRY.canonical(old) == f"io.kestra.plugin.core.{new}"
    assert REGISTRY.resolve(old) is REGISTRY.resolve(f"io.kestra.plugin.core.{new}")


def test_every_alias_leads_to_a_type() -> None:
    assert {new for new in PLUGIN.aliases.values() if new not in PLUGIN.types} == set()
    assert set(PLUGIN.aliases).isdisjoint(PLUGIN.types)


def test_process_is_a_task_runner() -> None:
    assert issubclass(REGISTRY.resolve("io.kestra.plugin.core.runner.Process"), TaskRunner)


def test_reading_flows_imports_nothing_heavy() -> None:
    """Startup has a budget: only running a task may import its libraries."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from lanner.sdk.registry import Registry\n"
        "from lanner_plugins.core.plugin import PLUGIN\n"
        f"types = {[type_ for type_ in OURS if '.runner.' not in type_ and not type_.endswith('.Sleep')]!r}\n"
        "registry = Registry([PLUGIN])\n"
        "for type_ in types: registry.resolve(type_)\n"
        f"print([name for name in {HEAVY!r} if name in set(sys.modules) - before])"
    )
    # Pydantic itself may import some of them; what counts is what the plugins add.
    plain = "import sys; import lanner.sdk.trigger, lanner.sdk.runner, lanner.sdk.ion, lanner.expressions, asyncio\n"
    told = subprocess.run([sys.executable, "-c", plain + code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("spec", "state", "message"),
    [
        pytest.param("type: io.kestra.plugin.core.debug.Return\nformat: '{{ n }}'", State.SUCCESS, "", id="a task"),
        pytest.param("type: io.kestra.plugin.core.flow.Sleep\nduration: PT0.01S", State.SUCCESS, "", id="asynchronous"),
        pytest.param("type: io.kestra.plugin.core.storage.Write\ncontent: x", State.SUCCESS, "", id="in a thread"),
        pytest.param("type: io.kestra.plugin.core.nowhere.None", State.FAILED, "Invalid type", id="unknown"),
        pytest.param("type: io.kestra.plugin.core.log.Log\nmesage: x", State.FAILED, "mesage", id="wrong property"),
        pytest.param(
            "type: io.kestra.plugin.core.templating.TemplatedTask\nspec: x",
            State.FAILED,
            "cannot be of type",
            id="itself",
        ),
    ],
)
def test_templated_task(spec: str, state: State, message: str) -> None:
    values: dict[str, Any] = {"type": "io.kestra.plugin.core.templating.TemplatedTask", "spec": spec}
    result = run_task(values, variables={"n": 5}, groups=[PLUGIN])
    assert result.state is state
    assert message in "".join(result.messages())
    if "debug.Return" in spec:
        assert result.outputs == {"value": "5"}
