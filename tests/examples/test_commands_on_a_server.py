"""The commands for flows and executions against a real server, as one story."""

import json
from pathlib import Path

from tests.examples.conftest import EXAMPLES, Shell


def test_a_flow_is_created_run_looked_at_exported_and_deleted(server: Shell, tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(
        (EXAMPLES / "hello.yaml").read_text(encoding="utf-8").replace("company.team", "story.one"), encoding="utf-8"
    )

    assert server("flow", "validate", path).stdout == f"{path}: story.one.hello is valid\n"
    assert server("flow", "create", path).stdout == "created story.one.hello revision 1\n"
    again = server("flow", "create", path)
    assert (again.returncode, "Flow id already exists" in again.stderr) == (2, True)

    made = server(
        "execution", "create", "story.one", "hello", "-i", "name=Ada", "--label", "team=x", "--wait", "--json"
    )
    execution = json.loads(made.stdout)
    assert execution["outputs"] == {"greeting": "Hello Ada!"}
    assert {"key": "team", "value": "x"} in execution["labels"]

    listed = json.loads(server("execution", "list", "--namespace", "story", "--state", "SUCCESS", "--json").stdout)
    assert [one["id"] for one in listed] == [execution["id"]]
    assert "greet" in server("execution", "show", execution["id"]).stdout
    assert "INFO  greet: Hello Ada!" in server("execution", "logs", execution["id"]).stdout

    assert server("flow", "export", tmp_path / "out", "--namespace", "story").returncode == 0
    assert (tmp_path / "out" / "story.one" / "hello.yaml").read_text(encoding="utf-8") == path.read_text(
        encoding="utf-8"
    )

    assert server("flow", "delete", "story.one", "hello").stdout == "deleted story.one.hello\n"
    gone = server("flow", "show", "story.one", "hello")
    assert (gone.returncode, gone.stderr.count("\n")) == (1, 1)


def test_a_namespace_becomes_what_a_folder_holds(server: Shell, tmp_path: Path) -> None:
    hello = (EXAMPLES / "hello.yaml").read_text(encoding="utf-8").replace("company.team", "story.two")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(hello.replace("id: hello", f"id: {name}"), encoding="utf-8")
    assert server("flow", "namespace", "update", "story.two", tmp_path).returncode == 0
    (tmp_path / "one.yaml").unlink()
    assert server("flow", "namespace", "update", "story.two", tmp_path, "--no-delete").returncode == 0
    kept = json.loads(server("flow", "list", "--namespace", "story.two", "--json").stdout)
    assert server("flow", "namespace", "update", "story.two", tmp_path).returncode == 0
    left = json.loads(server("flow", "list", "--namespace", "story.two", "--json").stdout)
    assert ([flow["id"] for flow in kept], [flow["id"] for flow in left]) == (["one", "two"], ["two"])


def test_an_execution_is_killed(server: Shell, tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_text(
        "id: long\nnamespace: story.one\ntasks:\n"
        "  - {id: wait, type: io.kestra.plugin.core.flow.Sleep, duration: PT5M}\n",
        encoding="utf-8",
    )
    assert server("flow", "update", path).returncode == 0
    execution_id = server("execution", "create", "story.one", "long").stdout.split()[0]
    assert server("execution", "kill", execution_id).returncode == 0
    state = ""
    while state != "KILLED":  # each look takes a fraction of a second; the suite's time limit ends a wait in vain
        state = json.loads(server("execution", "show", execution_id, "--json").stdout)["state"]["current"]


def test_a_wrong_password_ends_with_3(server: Shell) -> None:
    ended = server("flow", "list", "--user", "me@example.com:Wrong1234")
    assert (ended.returncode, ended.stdout) == (3, "")
