"""``lanner flow`` against a server that plays a script."""

from pathlib import Path

import pytest

from tests.cli.conftest import Lanner, Script

FLOW = "id: one\nnamespace: company.team\ntasks: []\n"
SAVED = {"id": "one", "namespace": "company.team", "revision": 3}
FLOWS = "/api/v1/main/flows"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "one.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return path


def test_create_sends_the_source_as_it_is_with_the_login(lanner: Lanner, script: Script, flow: Path) -> None:
    script.answer(f"POST {FLOWS}", SAVED)
    ended = lanner("flow", "create", flow, "--server", script.url, "--user", "me@example.com:Pass:word1")
    assert (ended.code, ended.out) == (0, "created company.team.one revision 3\n")
    (request,) = script.requests
    assert (request.body.decode(), request.headers["Content-Type"]) == (FLOW, "application/x-yaml")
    assert request.headers["Authorization"] == "Basic bWVAZXhhbXBsZS5jb206UGFzczp3b3JkMQ=="


def test_address_and_login_come_from_the_environment(
    lanner: Lanner, script: Script, flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANNER_SERVER", script.url)
    monkeypatch.setenv("LANNER_USER", "a:b")
    script.answer(f"POST {FLOWS}", SAVED)
    assert lanner("flow", "create", flow, "--json").json() == [SAVED]
    assert script.requests[0].headers["Authorization"] == "Basic YTpi"


def test_a_flow_that_exists_is_refused_with_the_file_and_a_way_out(lanner: Lanner, script: Script, flow: Path) -> None:
    script.answer(f"POST {FLOWS}", {"message": "Invalid entity: flow.id: Flow id already exists"}, status=422)
    ended = lanner("flow", "create", flow, "--server", script.url)
    assert ended.code == 2
    assert ended.err == (
        f"error: {flow}: the server refused: Invalid entity: flow.id: Flow id already exists (HTTP 422)"
        " (`lanner flow update` replaces it)\n"
    )


def test_each_problem_of_a_refused_flow_has_its_line(lanner: Lanner, script: Script, flow: Path) -> None:
    message = "Invalid entity: tasks[0].type (line 4, column 5): no such type\ntasks[0].id (line 5, column 7): too long"
    script.answer(f"POST {FLOWS}", {"message": message}, status=422)
    ended = lanner("flow", "create", flow, "--server", script.url)
    assert (ended.code, ended.err) == (
        2,
        f"error: {flow}:4:5: tasks[0].type: no such type\nerror: {flow}:5:7: tasks[0].id: too long\n",
    )


def test_update_creates_a_flow_that_does_not_exist(lanner: Lanner, script: Script, flow: Path) -> None:
    script.answer(f"POST {FLOWS}", SAVED)
    ended = lanner("flow", "update", flow, "company.team", "one", "--server", script.url)
    assert (ended.code, ended.out) == (0, "saved company.team.one revision 3\n")
    assert script.asked() == [f"PUT {FLOWS}/company.team/one", f"POST {FLOWS}"]


def test_update_refuses_a_file_with_another_flow(lanner: Lanner, script: Script, flow: Path) -> None:
    ended = lanner("flow", "update", flow, "company.team", "two", "--server", script.url)
    assert (ended.code, ended.err) == (2, f"error: {flow}: the file holds company.team.one, not company.team.two\n")
    assert script.requests == []


def test_validate_names_the_file_of_each_problem_and_ends_with_2(lanner: Lanner, script: Script, flow: Path) -> None:
    script.answer(
        f"POST {FLOWS}/validate",
        [{"index": 0, "flow": "one", "namespace": "company.team", "constraints": "tasks: must not be empty"}],
    )
    ended = lanner("flow", "validate", flow, "--server", script.url)
    assert (ended.code, ended.out) == (2, f"{flow}: tasks: must not be empty\n")


def test_the_lines_that_a_server_names_are_those_of_the_file(lanner: Lanner, script: Script, flow: Path) -> None:
    flow.write_text(f"# two flows\n---\n{FLOW}", encoding="utf-8")
    constraints = "tasks[0].type (line 3, column 5): Invalid type: x\ntasks[1].a (line 4, column 7): unknown"
    script.answer(f"POST {FLOWS}/validate", [{"constraints": constraints}])
    ended = lanner("flow", "validate", flow, "--server", script.url)
    assert ended.out == f"{flow}:5:5: tasks[0].type: Invalid type: x\n{flow}:6:7: tasks[1].a: unknown\n"


def test_validate_tells_what_is_valid_and_what_is_deprecated(lanner: Lanner, script: Script, flow: Path) -> None:
    answer = {"flow": "one", "namespace": "company.team", "deprecationPaths": ["listeners"], "warnings": ["odd"]}
    script.answer(f"POST {FLOWS}/validate", [answer])
    ended = lanner("flow", "validate", flow, "--server", script.url)
    assert ended.code == 0
    assert ended.out == (
        f"{flow}: warning: odd\n{flow}: warning: listeners is deprecated\n{flow}: company.team.one is valid\n"
    )


def test_validate_here_needs_no_server_and_names_lines(lanner: Lanner, flow: Path) -> None:
    task = "tasks:\n  - id: x\n    type: io.kestra.plugin.core.log.{}\n    message: y\n"
    head = "id: one\nnamespace: a.b\n"
    flow.write_text(f"{head}{task.format('Log')}---\n{head}{task.format('Lug')}", encoding="utf-8")
    ended = lanner("flow", "validate", "--local", flow, "--json")
    good, bad = ended.json()
    assert (ended.code, good["problems"], good["id"]) == (2, [], "one")
    assert bad["problems"][0].startswith(f"{flow}:12:5: tasks[0].type: Invalid type: io.kestra.plugin.core.log.Lug")


def test_list_takes_page_after_page_up_to_the_limit(lanner: Lanner, script: Script) -> None:
    results = [{"id": f"f{number}", "namespace": "a"} for number in range(100)]
    script.answer(f"GET {FLOWS}/search", {"results": results, "total": 500})
    ended = lanner("flow", "list", "--namespace", "a", "--limit", "150", "--json", "--server", script.url)
    assert len(ended.json()) == 150
    assert [dict(request.query)["page"] for request in script.requests] == ["1", "2"]
    assert dict(script.requests[0].query)["filters[namespace][PREFIX]"] == "a"


def test_list_prints_a_table(lanner: Lanner, script: Script) -> None:
    results = [SAVED, {"id": "two", "namespace": "a", "revision": 1, "disabled": True}]
    script.answer(f"GET {FLOWS}/search", {"results": results, "total": 2})
    assert lanner("flow", "list", "--server", script.url).out.splitlines() == [
        "NAMESPACE     ID   REVISION  DISABLED",
        "company.team  one  3",
        "a             two  1         yes",
    ]


def test_export_writes_a_file_for_each_flow(lanner: Lanner, script: Script, tmp_path: Path) -> None:
    script.answer(f"GET {FLOWS}/search", {"results": [SAVED], "total": 1})
    script.answer(f"GET {FLOWS}/company.team/one", {**SAVED, "source": FLOW})
    ended = lanner("flow", "export", tmp_path / "out", "--server", script.url)
    assert (ended.code, ended.err) == (0, "1 flows written\n")
    assert (tmp_path / "out" / "company.team" / "one.yaml").read_text(encoding="utf-8") == FLOW


def test_delete_names_what_it_deleted(lanner: Lanner, script: Script) -> None:
    script.answer(f"DELETE {FLOWS}/company.team/one", status=204)
    assert lanner("flow", "delete", "company.team", "one", "--server", script.url).out == "deleted company.team.one\n"


@pytest.mark.parametrize(("option", "expected"), [((), "true"), (("--no-delete",), "false")])
def test_namespace_update_sends_all_flows_of_a_folder_together(
    lanner: Lanner, script: Script, flow: Path, option: tuple[str, ...], expected: str
) -> None:
    (flow.parent / "below").mkdir()
    (flow.parent / "below" / "two.yml").write_text(FLOW.replace("one", "two"), encoding="utf-8")
    script.answer(f"POST {FLOWS}/company.team", [SAVED])
    ended = lanner("flow", "namespace", "update", "company.team", flow.parent, *option, "--server", script.url)
    assert ended.code == 0
    (request,) = script.requests
    assert dict(request.query) == {"delete": expected}
    assert request.body.decode() == FLOW.replace("one", "two") + "---\n" + FLOW


def test_a_server_that_is_not_there_ends_with_3(lanner: Lanner, flow: Path) -> None:
    ended = lanner("flow", "create", flow, "--server", "http://127.0.0.1:1")
    assert ended.code == 3
    assert ended.err.startswith("error: no server answers at http://127.0.0.1:1: ")


def test_a_server_that_wants_a_login_ends_with_3(lanner: Lanner, script: Script) -> None:
    script.answer(f"GET {FLOWS}/search", status=401)
    ended = lanner("flow", "list", "--server", script.url)
    assert (ended.code, ended.err) == (
        3,
        "error: the server wants a login: --user NAME:PASSWORD, or LANNER_USER (Unauthorized)\n",
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--user", "nobody"), "error: --user is NAME:PASSWORD; the colon is missing\n"),
        (("--server", "http://[::"), "error: --server 'http://[::' is not an address"),
    ],
)
def test_a_wrong_option_ends_with_2(lanner: Lanner, words: tuple[str, ...], message: str) -> None:
    ended = lanner("flow", "list", *words)
    assert ended.code == 2
    assert ended.err.startswith(message)


def test_a_missing_file_ends_with_2(lanner: Lanner, tmp_path: Path) -> None:
    ended = lanner("flow", "create", tmp_path / "none.yaml")
    assert (ended.code, ended.err) == (
        2,
        f"error: {tmp_path}/none.yaml: the file cannot be read: No such file or directory\n",
    )
