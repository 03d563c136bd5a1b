"""Reading a flow: everything that is wrong is said at once, with its line."""

from textwrap import dedent
from typing import Any

import pytest

from lanner.flows.problem import ProblemKind, path_text
from lanner.flows.reading import InvalidFlow, ReadFlow, Severity, plan_of, read_flow
from lanner.model.flow import Flow
from lanner.model.label import Label
from lanner.sdk.definition import PluginDefault
from lanner.sdk.plan import Section
from tests.flows.sample_plugins import REGISTRY, Log, Return, Sequential

HEAD = "id: sample\nnamespace: company.team\n"
WORK = "tasks:\n  - {id: work, type: io.kestra.plugin.core.debug.Return}\n"


def read(source: str, **options: Any) -> ReadFlow:
    return read_flow(dedent(source), REGISTRY, **options)


def said(result: ReadFlow) -> list[tuple[str, int | None, str]]:
    return [(problem.path, problem.line, problem.message) for problem in result.problems]


def test_a_flow_becomes_typed_tasks_inputs_and_triggers() -> None:
    result = read(
        """\
        id: sample
        namespace: company.team
        description:
        labels: {team: a, n: 1.50, on: yes}
        inputs:
          - {name: old, type: INT, defaults: 3}
        variables: {gap: null, kept: 1}
        tasks:
          - id: group
            type: io.kestra.plugin.core.flow.Sequential
            tasks:
              - {id: say, type: io.kestra.core.tasks.log.Log, message: yes}
        finally:
          - {id: end, type: io.kestra.plugin.core.debug.Return}
        triggers:
          - id: daily
            type: io.kestra.plugin.core.trigger.Schedule
            cron: "@daily"
            minLogLevel: WARN
        """
    )
    flow = result.checked()
    assert result.problems == ()
    assert flow.labels == (Label("team", "a"), Label("n", "1.5"), Label("on", "true"))
    assert flow.inputs[0].id == "old"
    assert flow.variables == {"kept": 1}
    assert isinstance(flow.tasks[0], Sequential)
    assert isinstance(flow.tasks[0].tasks[0], Log)
    assert flow.tasks[0].tasks[0].type == "io.kestra.core.tasks.log.Log"
    assert isinstance(flow.finally_[0], Return)
    assert flow.triggers[0].log_level == "WARN"
    (info,) = result.infos
    assert (info.path, info.line, info.column) == ("tasks[0].tasks[0].type", 12, 19)
    assert info.message == "io.kestra.core.tasks.log.Log is replaced by io.kestra.plugin.core.log.Log"
    assert result.deprecations == ("inputs[0].name",)


def test_five_mistakes_are_five_problems_each_at_its_line() -> None:
    result = read(
        """\
        id: sample
        namespace: company.team
        inputs:
          - {id: a, type: STRNG}
        tasks:
          - id: first
            type: io.kestra.plugin.core.log.Log
            mesage: hello
          - id: second
            type: io.kestra.plugin.core.debug.Nothing
          - id: group
            type: io.kestra.plugin.core.flow.Sequential
            tasks:
              - id: first
                type: io.kestra.plugin.core.debug.Return
                retry:
                  type: constant
                  interval: PT10S
                  maxDuration: PT5S
        """
    )
    assert result.definition is None
    assert said(result) == [
        ("inputs[0].type", 4, "Invalid type: STRNG; did you mean `STRING`?"),
        ("tasks[0].mesage", 8, "unknown property `mesage` of io.kestra.plugin.core.log.Log; did you mean `message`?"),
        (
            "tasks[1].type",
            10,
            "Invalid type: io.kestra.plugin.core.debug.Nothing; did you mean 'io.kestra.plugin.core.debug.Return'?",
        ),
        ("tasks[2].tasks[0].id", 14, "Duplicate task id with name [first]"),
        ("tasks[2].tasks[0].retry", 16, "'interval' must be less than 'maxDuration' but is PT10S"),
    ]


PROPERTY_CASES = [
    pytest.param("a: 1\n" + WORK, "a", "unknown property `a` of the flow; it has", id="unknown at the top"),
    pytest.param("", "tasks", "must not be null: the flow needs `tasks`", id="no tasks"),
    pytest.param("tasks:\n", "tasks", "must not be null", id="tasks without a value"),
    pytest.param("tasks: []\n", "tasks", "must not be empty", id="empty tasks"),
    pytest.param("tasks: text\n", "tasks", "must be a list, but is `text`", id="tasks no list"),
    pytest.param("tasks: [3]\n", "tasks[0]", "must be a map with a `type`", id="task no map"),
    pytest.param("tasks: [{id: a}]\n", "tasks[0]", "Invalid type: <null>; every plugin needs a `type`", id="no type"),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.core.trigger.Schedule, cron: x}]\n",
        "tasks[0]",
        "Invalid type: io.kestra.plugin.core.trigger.Schedule is not a task",
        id="trigger among tasks",
    ),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.broken.Missing}]\n",
        "tasks[0].type",
        "the plugin of io.kestra.plugin.broken.Missing cannot be loaded",
        id="plugin that does not import",
    ),
    pytest.param(
        "tasks: [{id: my.task, type: io.kestra.plugin.core.debug.Return}]\n",
        "tasks[0].id",
        'must match "^[a-zA-Z0-9][a-zA-Z0-9_-]*", but is `my.task`',
        id="dot in a task id",
    ),
    pytest.param(
        f"tasks: [{{id: {'x' * 257}, type: io.kestra.plugin.core.debug.Return}}]\n",
        "tasks[0].id",
        "Task id must be at most 256 characters",
        id="long task id",
    ),
    pytest.param(
        "tasks: [{type: io.kestra.plugin.core.debug.Return}]\n", "tasks[0].id", "must not be null", id="no id"
    ),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.core.debug.Return, disabled: maybe}]\n",
        "tasks[0].disabled",
        "must be true or false, but is `maybe`",
        id="no boolean",
    ),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.core.debug.Return, allowFailure: 'yes'}]\n",
        "tasks[0].allowFailure",
        "must be true or false, but is `yes`",
        id="a quoted boolean of YAML 1.1",
    ),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.core.debug.Return, description: [x]}]\n",
        "tasks[0].description",
        "must be text, but is a list",
        id="list for text",
    ),
    pytest.param(
        "tasks: [{id: a, type: io.kestra.plugin.core.debug.Return, logLevel: info}]\n",
        "tasks[0].logLevel",
        "`info` is not one of the accepted values [TRACE, DEBUG, INFO, WARN, ERROR]; did you mean `INFO`?",
        id="wrong case of an enum",
    ),
    pytest.param(
        "tasks: [{id: s, type: io.kestra.plugin.core.flow.Switch, value: x}]\n",
        "tasks[0]",
        "No task defined, neither cases or default have any tasks",
        id="rule of a whole task",
    ),
    pytest.param(
        "tasks: [{id: s, type: io.kestra.plugin.core.flow.Sequential, tasks: []}]\n",
        "tasks[0].tasks",
        "must not be empty",
        id="flowable without tasks",
    ),
    pytest.param(
        "tasks:\n  - id: s\n    type: io.kestra.plugin.core.flow.Switch\n    value: x\n    cases:\n"
        "      yes:\n        - {id: i, type: io.kestra.plugin.core.log.Log, message: x, levle: INFO}\n",
        "tasks[0].cases.yes[0].levle",
        "unknown property `levle` of io.kestra.plugin.core.log.Log; did you mean `level`?",
        id="inside cases",
    ),
    pytest.param(
        "tasks:\n  - id: s\n    type: io.kestra.plugin.core.flow.Dag\n    tasks:\n"
        "      - task: {id: i, type: io.kestra.plugin.core.debug.Return}\n        dependson: [x]\n",
        "tasks[0].tasks[0].dependson",
        "unknown property `dependson` of an entry of `tasks`; did you mean `dependsOn`?",
        id="class inside a task",
    ),
    pytest.param(
        "tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, retry: {type: constantt, interval: PT1S}}]\n",
        "tasks[0].retry.type",
        "Invalid type: constantt; did you mean `constant`?",
        id="retry type",
    ),
    pytest.param(
        "tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, retry: {type: constant, interval: soon}}]\n",
        "tasks[0].retry.interval",
        "'soon' is not a duration; write ISO-8601",
        id="retry interval",
    ),
    pytest.param(
        "tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, retry: {type: constant, interval: 1e300}}]\n",
        "tasks[0].retry.interval",
        "longer than a duration can be",
        id="endless duration",
    ),
    pytest.param("concurrency: {limit: 0}\n" + WORK, "concurrency.limit", "greater than or equal to 1", id="limit 0"),
    pytest.param(
        "concurrency: {limit: 1, behavior: WAIT}\n" + WORK,
        "concurrency.behavior",
        "`WAIT` is not one of the accepted values [QUEUE, CANCEL, FAIL]",
        id="behavior",
    ),
    pytest.param(
        "sla: [{id: s, type: MAX_DURATION, behavior: FAIL}]\n" + WORK,
        "sla[0].duration",
        "must not be null: an entry of `sla` needs `duration`",
        id="sla without duration",
    ),
    pytest.param("inputs: [{id: a}]\n" + WORK, "inputs[0]", "Invalid type: <null>", id="input without type"),
    pytest.param(
        "inputs: [{id: x, type: STRING, minimum: 3}]\n" + WORK,
        "inputs[0].minimum",
        "unknown property `minimum` of an input of type STRING",
        id="unknown property of an input",
    ),
    pytest.param("inputs: [{id: x, type: ARRAY}]\n" + WORK, "inputs[0].itemType", "must not be null", id="no itemType"),
    pytest.param(
        "inputs: [{id: x, type: ARRAY, itemType: ARRAY}]\n" + WORK,
        "inputs[0].itemType",
        "`itemType` cannot be `ARRAY`",
        id="list of lists",
    ),
    pytest.param(
        'inputs: [{id: x, type: STRING, validator: "[a"}]\n' + WORK,
        "inputs[0].validator",
        "Invalid regex pattern `[a`",
        id="validator that is no pattern",
    ),
    pytest.param(
        "inputs: [{id: x, type: FILE, defaults: /tmp/a}]\n" + WORK,
        "inputs[0].defaults",
        "inputs of type 'FILE' only support `defaults` as local files",
        id="file default",
    ),
    pytest.param(
        "inputs: [{id: x, type: DATETIME, after: 2024-01-01T00:00:00}]\n" + WORK,
        "inputs[0].after",
        "a date and time with its zone",
        id="moment without a zone",
    ),
    pytest.param("outputs: [{id: o, type: STRING}]\n" + WORK, "outputs[0].value", "must not be null", id="no value"),
    pytest.param(
        "labels: {a: {b: c}}\n" + WORK, "labels.a", "Unsupported type for key: a, value: {b: c}", id="label map"
    ),
    pytest.param("labels: {a: }\n" + WORK, "labels.a", "Unsupported type for key: a, value: null", id="null label"),
    pytest.param("labels: [{key: a, value: 1}]\n" + WORK, "labels[0].value", "put it in quotes", id="number in list"),
    pytest.param("labels: {a: ''}\n" + WORK, "labels.a", "must not be empty", id="empty label"),
    pytest.param("labels: [{key: a, value: ''}]\n" + WORK, "labels[0].value", "must not be empty", id="empty in list"),
    pytest.param("labels: [{key: a}]\n" + WORK, "labels[0].value", "must not be empty", id="label without value"),
    pytest.param("labels: text\n" + WORK, "labels", "must be a map, or a list of `key` and `value`", id="label text"),
    pytest.param(
        "triggers: [{id: t, type: io.kestra.plugin.core.trigger.Flow, "
        "conditions: [{type: io.kestra.plugin.core.condition.ExecutionStatus, into: [A]}]}]\n" + WORK,
        "triggers[0].conditions[0].into",
        "unknown property `into`",
        id="condition of a trigger",
    ),
]


@pytest.mark.parametrize(("body", "path", "message"), PROPERTY_CASES)
def test_a_wrong_property_is_one_problem_at_its_path(body: str, path: str, message: str) -> None:
    (problem,) = read(HEAD + body).problems
    assert problem.path == path
    assert message in problem.message
    assert problem.line is not None


RULE_CASES = [
    pytest.param(
        f"errors: [{{id: work, type: io.kestra.plugin.core.debug.Return}}]\n{WORK}",
        [("tasks[0].id", "Duplicate task id with name [work]")],
        id="task ids over all lists",
    ),
    pytest.param(
        "listeners: [{tasks: [{id: work, type: io.kestra.plugin.core.debug.Return}]}]\n" + WORK,
        [("tasks[0].id", "Duplicate task id with name [work]")],
        id="task ids of listeners",
    ),
    pytest.param(
        "tasks:\n  - {id: g, type: what.ever.Flowable, then: [{id: g, type: io.kestra.plugin.core.debug.Return}]}\n",
        [("tasks[0].type", "Invalid type"), ("tasks[0].then[0].id", "Duplicate task id with name [g]")],
        id="ids inside an unknown type",
    ),
    pytest.param(
        "triggers:\n  - {id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: x}\n"
        "  - {id: t, type: io.kestra.plugin.core.trigger.Schedule, cron: x}\n" + WORK,
        [("triggers[1].id", "Duplicate trigger id with name [t]")],
        id="trigger ids",
    ),
    pytest.param(
        "inputs: [{id: x, type: STRING}, {name: x, type: INT}]\n" + WORK,
        [("inputs[1].id", "Duplicate input with name [x]")],
        id="inputs, also under the old name",
    ),
    pytest.param(
        "outputs: [{id: x, type: STRING, value: a}, {id: x, type: STRING, value: b}]\n" + WORK,
        [("outputs[1].id", "Duplicate output with name [x]")],
        id="outputs",
    ),
    pytest.param(
        "tasks:\n  - id: p\n    type: io.kestra.plugin.core.flow.Pause\n"
        "    onResume: [{id: x, type: INT}, {id: x, type: INT}]\n",
        [("tasks[0].onResume[1].id", "Duplicate input with name [x]")],
        id="inputs of a pause",
    ),
    pytest.param(
        "tasks: [{id: again, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: sample}]\n",
        [("tasks[0].flowId", "Recursive call to flow [company.team.sample]")],
        id="recursion",
    ),
    pytest.param(
        "inputs: [{id: x, type: STRING, dependsOn: {inputs: [ghost]}}]\n" + WORK,
        [("inputs[0].dependsOn.inputs[0]", "Input with id 'x' depends on a non-existent input 'ghost'.")],
        id="dependency that is not there",
    ),
    pytest.param(
        "inputs:\n  - {id: x, type: STRING, dependsOn: {inputs: [y]}}\n"
        "  - {id: y, type: STRING, dependsOn: {inputs: [x]}}\n" + WORK,
        [
            ("inputs[0].dependsOn.inputs", "Cycle dependency detected for input with id 'x': [x, y]"),
            ("inputs[1].dependsOn.inputs", "Cycle dependency detected for input with id 'y': [y, x]"),
        ],
        id="dependency cycle",
    ),
    pytest.param(
        "inputs: [{id: a, type: STRING}, {id: a.b, type: STRING}]\n" + WORK,
        [("inputs[1].id", "input `a.b` would be a part of input `a`")],
        id="an input inside an input",
    ),
    pytest.param(
        "labels: {system.foo: bar, system.readOnly: true}\n" + WORK,
        [
            (
                "labels.system.foo",
                "System labels can only be set by Kestra itself, offending label: system.foo=bar",
            )
        ],
        id="system label",
    ),
    pytest.param(
        "inputs: [{id: my-key, type: STRING}]\ntasks:\n"
        '  - {id: a, type: io.kestra.plugin.core.debug.Return, format: "{{ inputs.my-key }}"}\n'
        "  - {id: b, type: io.kestra.plugin.core.debug.Return, format: \"{{ inputs['my-key'] }}\"}\n",
        [("tasks[0].format", "use inputs[key-name] instead of inputs.key-name — keys with dashes")],
        id="dash in an input",
    ),
    pytest.param(
        "tasks:\n  - id: my-task\n    type: io.kestra.plugin.core.output.OutputValues\n"
        '    values: {deep: ["{{ outputs.my-task.value }}"]}\n'
        'outputs: [{id: o, type: STRING, value: "{{ outputs.my-task.values.a }}"}]\n',
        [
            ("tasks[0].values.deep[0]", "offending tasks: [my-task]"),
            ("outputs[0].value", "offending outputs: [o]"),
        ],
        id="dash in a task",
    ),
]


@pytest.mark.parametrize(("body", "expected"), RULE_CASES)
def test_a_broken_rule_is_a_problem_at_what_breaks_it(body: str, expected: list[tuple[str, str]]) -> None:
    problems = read(HEAD + body).problems
    assert [problem.path for problem in problems] == [path for path, _ in expected]
    for problem, (_, message) in zip(problems, expected, strict=True):
        assert message in problem.message
        assert problem.line is not None


@pytest.mark.parametrize("flow_id", ["pause", "force-run", "source"])
def test_ids_that_are_words_of_the_api_are_refused(flow_id: str) -> None:
    (problem,) = read(f"id: {flow_id}\nnamespace: a.b\n{WORK}").problems
    assert problem.message.startswith(
        f"Flow id is a reserved keyword: {flow_id}. List of reserved keywords: pause, res"
    )
    assert problem.kind is ProblemKind.FLOW


def test_ids_are_checked_for_length_form_and_presence() -> None:
    result = read(f"id: {'x' * 101}\nnamespace: Company\n{WORK}")
    assert said(result) == [
        ("id", 1, "size must be between 1 and 100"),
        ("namespace", 2, 'must match "^[a-z0-9][a-z0-9._-]*", but is `Company`'),
    ]
    assert [path for path, _, _ in said(read(WORK))] == ["id", "namespace"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "the source is empty; a flow is a map"),
        ("- a", "the source is no map; a flow is a map"),
        ("id: [", "YAML parsing error"),
    ],
)
def test_a_source_that_is_no_map_is_one_problem(source: str, message: str) -> None:
    (problem,) = read(source).problems
    assert message in problem.message
    assert problem.kind is ProblemKind.SOURCE


def test_a_duplicate_key_does_not_hide_other_problems() -> None:
    result = read(HEAD + "id: b\nunknown: 1\n" + WORK)
    assert [problem.path for problem in result.problems] == ["id", "unknown"]


def test_warnings_do_not_stop_a_flow() -> None:
    result = read(
        HEAD
        + "triggers: [{id: all, type: io.kestra.plugin.core.trigger.Flow}]\n"
        + "taskDefaults: [{type: io.kestra.plugin.core.debug.Return, values: {format: x}}]\n"
        + "tasks:\n"
        + "  - id: g\n    type: io.kestra.plugin.core.flow.Sequential\n    timeout: PT1S\n"
        + "    tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, timeout: PT1S, old: x}]\n"
        + "  - {id: p, type: io.kestra.plugin.core.flow.Pause, timeout: PT1S, taskCache: {enabled: true}}\n"
    )
    assert result.definition is not None
    assert [(warning.path, warning.severity) for warning in result.warnings] == [
        ("triggers[0]", Severity.WARNING),
        ("taskDefaults", Severity.WARNING),
        ("tasks[0].timeout", Severity.WARNING),
        ("tasks[1].taskCache", Severity.WARNING),
    ]
    assert result.deprecations == ("taskDefaults", "tasks[0].tasks[0].old")
    assert isinstance(flowable := result.definition.tasks[0], Sequential)
    assert isinstance(shown := flowable.tasks[0], Return)
    assert shown.format is None


def test_lenient_reading_ignores_what_older_versions_knew() -> None:
    source = (
        HEAD
        + "gone: 1\nlabels: {system.x: y}\n"
        + "tasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: x, gone: 2}\n"
    )
    assert read(source).definition is None
    result = read(source, lenient=True)
    assert result.problems == ()
    assert isinstance(result.checked().tasks[0], Log)


def test_lenient_reading_still_refuses_what_cannot_run() -> None:
    twice = HEAD + "tasks:\n" + "  - {id: a, type: io.kestra.plugin.core.debug.Return}\n" * 2
    assert [problem.path for problem in read(twice, lenient=True).problems] == ["tasks[1].id"]


def test_a_plan_finds_every_task_of_a_stored_flow() -> None:
    flow = Flow(tenant="main", namespace="company.team", id="sample", revision=4, source=HEAD + WORK)
    plan = plan_of(flow, REGISTRY)
    assert (plan.key, plan.revision, set(plan.nodes)) == (flow.key, 4, {"work"})
    assert [task.id for task in plan.tasks(Section.TASKS)] == ["work"]


def test_a_plan_of_a_flow_that_cannot_be_read_says_why() -> None:
    flow = Flow(tenant="main", namespace="a", id="b", revision=1, source="id: b\nnamespace: a\ntasks: 3")
    with pytest.raises(InvalidFlow, match=r"tasks \(line 3, column 1\): must be a list, but is `3`") as caught:
        plan_of(flow, REGISTRY)
    assert len(caught.value.problems) == 1


def test_defaults_fill_required_properties_and_their_unknown_ones_do_not_fail() -> None:
    defaults = [PluginDefault(type="io.kestra.plugin.core.log.Log", values={"message": "from the server", "gone": 1})]
    result = read(HEAD + "tasks: [{id: a, type: io.kestra.plugin.core.log.Log}]\n", global_defaults=defaults)
    task = result.checked().tasks[0]
    assert isinstance(task, Log)
    assert task.message.raw == "from the server"
    assert result.document["tasks"][0] == {"id": "a", "type": "io.kestra.plugin.core.log.Log"}


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        ("{values: {a: b}}", "pluginDefaults[0].type", "Invalid Plugin Default: No 'type' provided"),
        ("{type: a.b}", "pluginDefaults[0].values", "Invalid Plugin Default: No 'values' provided"),
        ("{type: a.b, values: {k: }}", "pluginDefaults[0].values.k", "No value provided for key 'k'"),
        (
            "{type: io.kestra.plugin.core.debug.Return, values: {formatt: x, FORMAT: y}}",
            "pluginDefaults[0].values.formatt",
            "No property 'formatt' exists in plugin 'io.kestra.plugin.core.debug.Return'",
        ),
    ],
)  # fmt: skip
def test_a_wrong_plugin_default_is_a_problem(entry: str, path: str, message: str) -> None:
    (problem,) = read(HEAD + f"pluginDefaults: [{entry}]\n" + WORK).problems
    assert problem.path == path
    assert message in problem.message
    assert problem.kind is ProblemKind.DEFAULT


def test_a_hundred_levels_of_tasks_are_read() -> None:
    source = HEAD + "tasks:\n"
    for level in range(140):
        pad = "  " * (2 * level)
        source += f"{pad}- id: s{level}\n{pad}  type: io.kestra.plugin.core.flow.Sequential\n{pad}  tasks:\n"
    pad = "  " * 280
    result = read(source + f"{pad}- {{id: leaf, type: io.kestra.plugin.core.debug.Return}}\n")
    assert result.problems == ()
    assert result.definition is not None


def test_paths_are_written_with_dots_and_brackets() -> None:
    assert path_text(("tasks", 0, "cases", "a", 1, "id")) == "tasks[0].cases.a[1].id"
    assert path_text(()) == ""


def test_texts_of_a_flow_and_its_inputs_stay_as_they_are_written() -> None:
    """Source: Kestra 1.0.36, asked: the same scalars inside a task become numbers and booleans first."""
    flow = read(
        """\
        id: 010
        namespace: a
        description: 1.10
        inputs:
          - {id: version, type: SELECT, values: [3.9, 3.10, no], defaults: 3.10}
          - {id: text, type: STRING, defaults: 010, displayName: yes}
          - {id: days, type: MULTISELECT, values: [1.0, on], defaults: [1.0]}
          - {id: flag, type: BOOL, defaults: yes}
          - {id: whole, type: INT, defaults: 1_000}
        labels: {v: 1.10}
        tasks: [{id: r, type: io.kestra.plugin.core.debug.Return, description: 1.10, runIf: no}]
        """
    ).checked()
    assert (flow.id, flow.description) == ("010", "1.10")
    found = [
        entry.model_dump(include={"values", "defaults", "display_name"}, exclude_none=True) for entry in flow.inputs
    ]
    assert found == [
        {"values": ("3.9", "3.10", "no"), "defaults": "3.10"},
        {"defaults": "010", "display_name": "yes"},
        {"values": ("1.0", "on"), "defaults": ["1.0"]},
        {"defaults": True},
        {"defaults": 1000},
    ]
    assert flow.labels == (Label("v", "1.1"),)
    assert (flow.tasks[0].description, flow.tasks[0].run_if) == ("1.1", "false")


@pytest.mark.parametrize(
    "task",
    [
        pytest.param("{{id: a{n}, type: io.kestra.plugin.core.log.Log, mesage: x}}", id="unknown properties"),
        pytest.param("{{id: a{n}, type: io.kestra.plugin.core.log.Logger{n}, message: x}}", id="unknown types"),
    ],
)
def test_thousands_of_mistakes_are_read_in_a_moment_and_not_all_listed(task: str) -> None:
    result = read(HEAD + "tasks:\n" + "".join(f"  - {task.format(n=n)}\n" for n in range(10_000)))
    assert result.definition is None
    assert len(result.problems) == 500


def test_thousands_of_unknown_properties_are_ignored_when_lenient() -> None:
    task = "  - {{id: a{n}, type: io.kestra.plugin.core.log.Log, message: x, gone: 1}}\n"
    result = read(HEAD + "tasks:\n" + "".join(task.format(n=n) for n in range(2_000)), lenient=True)
    assert len(result.checked().tasks) == 2_000


def test_a_long_chain_of_inputs_is_no_circle() -> None:
    chain = "".join(f"  - {{id: i{n}, type: INT, dependsOn: {{inputs: [i{n + 1}]}}}}\n" for n in range(5_000))
    result = read(HEAD + "inputs:\n" + chain + "  - {id: i5000, type: INT}\n" + WORK)
    assert result.problems == ()


def test_an_input_that_waits_for_a_circle_is_not_in_it() -> None:
    declared = "inputs:\n" + "".join(
        f"  - {{id: {name}, type: INT, dependsOn: {{inputs: [{needed}]}}}}\n"
        for name, needed in (("a", "b"), ("b", "c"), ("c", "b"))
    )
    assert [problem.message[-7:] for problem in read(HEAD + declared + WORK).problems] == [
        ": [b, c]"[-7:],
        ": [c, b]"[-7:],
    ]
