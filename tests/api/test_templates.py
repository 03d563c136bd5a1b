"""Templates over HTTP and in executions. Source of the outcomes: Kestra 1.0.36 with templates switched on."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.house import YAML, House, flow
from tests.api.house import house as open_server

pytestmark = pytest.mark.anyio

TEMPLATES = "/api/v1/main/templates"


@pytest.fixture
async def house(tmp_path: Any) -> AsyncIterator[House]:
    async with open_server(tmp_path, templates={"enabled": True}) as opened:
        yield opened


def template(template_id: str = "greeting", tasks: str | None = None, rest: str = "") -> str:
    own = """  - id: hello
    type: io.kestra.plugin.core.debug.Return
    format: "hello {{ parent.outputs.args.name }}"
"""
    return f"id: {template_id}\nnamespace: demo\n{rest}tasks:\n{own if tasks is None else tasks}"


def call(task_id: str = "greet", template_id: str = "greeting", args: str = "{name: Ada}") -> str:
    return (
        f"  - id: {task_id}\n    type: io.kestra.plugin.core.flow.Template\n    namespace: demo\n"
        f"    templateId: {template_id}\n    args: {args}\n"
    )


async def keep(house: House, source: str) -> dict[str, Any]:
    answer = await house.client.post(TEMPLATES, content=source, headers=YAML)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def runs_of(execution: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [(run["taskId"], run["state"]["current"], run.get("outputs")) for run in execution["taskRunList"]]


async def messages(house: House, execution: dict[str, Any]) -> str:
    return " ".join(line["message"] for line in await house.get(f"/logs/{execution['id']}"))


async def test_tasks_of_a_template_run_in_place_with_the_values_of_each_use(house: House) -> None:
    await keep(house, template())
    await house.save(flow("twice", call("one") + call("two", args="{name: '{{ flow.id }}'}")))
    execution = await house.start("twice", wait=True)
    assert runs_of(execution) == [
        ("one", "SUCCESS", {"args": {"name": "Ada"}}),
        ("hello", "SUCCESS", {"value": "hello Ada"}),
        ("two", "SUCCESS", {"args": {"name": "twice"}}),
        ("hello", "SUCCESS", {"value": "hello twice"}),
    ]
    first, second = execution["taskRunList"][0], execution["taskRunList"][2]
    assert [run.get("parentTaskRunId") for run in execution["taskRunList"]] == [None, first["id"], None, second["id"]]


async def test_templates_stand_in_flowables_and_in_templates(house: House) -> None:
    await keep(house, template())
    await keep(house, template("outer", call("inner", args="{name: '{{ parent.outputs.args.name }}!'}")))
    inside = "".join(f"    {line}\n" for line in call("greet", "outer").splitlines())
    await house.save(flow("deep", f"  - id: all\n    type: io.kestra.plugin.core.flow.Parallel\n    tasks:\n{inside}"))
    execution = await house.start("deep", wait=True)
    assert [task_id for task_id, _, _ in runs_of(execution)] == ["all", "greet", "inner", "hello"]
    assert runs_of(execution)[-1] == ("hello", "SUCCESS", {"value": "hello Ada!"})


@pytest.mark.parametrize(
    "around",
    [
        "  - id: all\n    type: io.kestra.plugin.core.flow.Loop\n    values: [1]\n    tasks:\n{}",
        "  - id: all\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n      - task:\n{}",
        "  - id: all\n    type: io.kestra.plugin.core.flow.Switch\n    value: a\n    cases:\n      a:\n{}",
    ],
    ids=["Loop", "Dag", "Switch"],
)
async def test_templates_stand_wherever_tasks_do(house: House, around: str) -> None:
    await keep(house, template())
    own = call().replace("- id", "  id") if "Dag" in around else call()
    inside = "".join(f"      {line}\n" for line in own.splitlines())
    await house.save(flow("around", around.format(inside)))
    execution = await house.start("around", wait=True)
    assert ("hello", "SUCCESS", {"value": "hello Ada"}) in runs_of(execution), execution


async def test_errors_of_a_template_run_when_one_of_its_tasks_fails(house: House) -> None:
    failing = "  - id: bad\n    type: io.kestra.plugin.core.execution.Fail\n"
    mend = "errors:\n  - id: mend\n    type: io.kestra.plugin.core.log.Log\n    message: mended\n"
    await keep(house, template(tasks=failing, rest=mend))
    await house.save(flow("fails", call()))
    execution = await house.start("fails", wait=True)
    assert [(task_id, state) for task_id, state, _ in runs_of(execution)] == [
        ("greet", "FAILED"),
        ("bad", "FAILED"),
        ("mend", "SUCCESS"),
    ]


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        pytest.param([], "Can't find flow template 'demo.greeting'", id="missing"),
        pytest.param([template(tasks=call("again"))], "'demo.greeting' includes itself", id="itself"),
        pytest.param(
            [template(tasks=call("a", "other")), template("other", call("b"))],
            "'demo.other' includes itself",
            id="in a circle",
        ),
        pytest.param(
            [template(tasks="  - id: log\n    type: io.kestra.plugin.core.log.Log\n    message: a\n")],
            "the task 'log' of the template 'demo.greeting' has the id of another task of the flow",
            id="id taken",
        ),
    ],
)
async def test_a_template_that_cannot_be_put_in_fails_its_task(house: House, kept: list[str], says: str) -> None:
    for source in kept:
        await keep(house, source)
    log = "  - id: log\n    type: io.kestra.plugin.core.log.Log\n    message: Hello\n"
    await house.save(flow("lost", call() + log))
    execution = await house.start("lost", wait=True)
    assert execution["state"]["current"] == "FAILED"
    assert says in await messages(house, execution)


async def test_a_changed_template_counts_for_the_next_execution(house: House) -> None:
    await keep(house, template())
    await house.save(flow("caller", call()))
    await house.start("caller", wait=True)
    changed = template().replace("hello {{", "bye {{")
    answer = await house.client.put(f"{TEMPLATES}/demo/greeting", content=changed, headers=YAML)
    assert answer.status_code == 200
    execution = await house.start("caller", wait=True)
    assert runs_of(execution)[-1] == ("hello", "SUCCESS", {"value": "bye Ada"})
    assert (await house.client.delete(f"{TEMPLATES}/demo/greeting")).status_code == 204
    execution = await house.start("caller", wait=True)
    assert execution["state"]["current"] == "FAILED"


async def test_templates_are_kept_listed_read_and_deleted(house: House) -> None:
    shown = await keep(house, template(rest="description: Says hello\n"))
    assert (shown["id"], shown["namespace"], shown["description"]) == ("greeting", "demo", "Says hello")
    assert [task["id"] for task in shown["tasks"]] == ["hello"]
    await keep(house, template("other").replace("namespace: demo", "namespace: demo.below"))
    assert await house.get("/templates/demo/greeting") == shown
    assert await house.get("/templates/distinct-namespaces") == ["demo", "demo.below"]
    assert [one["id"] for one in (await house.get("/templates/search"))["results"]] == ["greeting", "other"]
    page = await house.get("/templates/search?namespace=demo&q=GREET")
    assert (page["total"], [one["id"] for one in page["results"]]) == (1, ["greeting"])
    assert await house.get("/templates/search?size=1&page=2&namespace=demo.below") == {"results": [], "total": 1}
    await house.client.delete(f"{TEMPLATES}/demo/greeting")
    answer = await house.client.get(f"{TEMPLATES}/demo/greeting")
    assert (answer.status_code, "template 'demo.greeting' not found" in answer.json()["message"]) == (404, True)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        pytest.param("id: a\nnamespace: demo\n", "tasks", id="no tasks"),
        pytest.param(template(rest="inputs: []\n"), "a template has no 'inputs'", id="a flow"),
        pytest.param(template(), "Template id already exists", id="twice"),
    ],
)
async def test_a_template_that_is_wrong_is_refused(house: House, source: str, says: str) -> None:
    await keep(house, template())
    answer = await house.client.post(TEMPLATES, content=source, headers=YAML)
    assert answer.status_code == 422
    assert says in answer.text
    validated = (await house.client.post(f"{TEMPLATES}/validate", content=source, headers=YAML)).json()
    assert ("constraints" in validated[0]) is ("already" not in says)


async def test_without_the_setting_there_are_no_templates(server: House) -> None:
    answer = await server.client.get(f"{TEMPLATES}/search")
    assert answer.status_code == 404
    assert "Templates are disabled" in answer.json()["message"]
    answer = await server.client.post("/api/v1/main/flows", content=flow("caller", call()), headers=YAML)
    assert answer.status_code == 422
    assert "templates are off" in answer.text
