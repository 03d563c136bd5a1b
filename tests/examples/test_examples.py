"""Every example runs: with ``lanner run`` in this process and in one of its own, and on a server over HTTP."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lanner.cli.main import main
from tests.examples.conftest import EXAMPLES, TRANSACTIONS, Shell, Web

ROWS_OF_A_YEAR = 17_518


@dataclass(frozen=True)
class Expected:
    """What an example gives. ``runs`` are task ids with the number of their runs."""

    runs: dict[str, int]
    state: str = "SUCCESS"
    inputs: tuple[str, ...] = ()
    needs_web: bool = False
    outputs: Callable[[dict[str, Any]], bool] = field(default=lambda outputs: not outputs)


EXPECTED = {
    "hello": Expected({"greet": 1}, inputs=("name=Ada",), outputs=lambda found: found == {"greeting": "Hello Ada!"}),
    "getting_started": Expected({"api": 1}, needs_web=True, outputs=lambda found: found == {"status": 200}),
    "caching": Expected(
        {"transactions": 1, "products": 1, "duckdb": 1},
        needs_web=True,
        outputs=lambda found: found == {"rows": TRANSACTIONS},
    ),
    "python_report": Expected(
        {"download": 1, "seattle": 1, "san_francisco": 1, "report": 1},
        needs_web=True,
        outputs=lambda found: (
            found["rows"] == ROWS_OF_A_YEAR
            and 1 <= found["warmer_months"] <= 11
            and found["report"].startswith("kestra:///")
        ),
    ),
    "parallel": Expected({"together": 1, "one": 1, "two": 1, "three": 1, "sum": 1}),
    "foreach": Expected({"each": 1, "greeting": 2, "write": 2}, inputs=('cities=["Oslo", "Lima"]',)),
    "errors": Expected({"check": 1, "alert": 1, "clean_up": 1}, state="FAILED"),
}

each_example = pytest.mark.parametrize("name", sorted(EXPECTED))


def test_each_example_is_expected_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(EXPECTED)


def options(name: str, web: Web) -> list[str]:
    inputs = [*EXPECTED[name].inputs, *([f"host={web.url}"] if EXPECTED[name].needs_web else [])]
    return [word for text in inputs for word in ("-i", text)]


def check(name: str, document: dict[str, Any], code: int) -> None:
    expected = EXPECTED[name]
    assert document["state"]["current"] == expected.state, document
    assert code == (0 if expected.state == "SUCCESS" else 1)
    ids = [run["taskId"] for run in document["taskRunList"]]
    assert {task: ids.count(task) for task in ids} == expected.runs
    assert expected.outputs(document.get("outputs", {})), document.get("outputs")


@each_example
def test_it_runs_in_this_process(name: str, web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", str(EXAMPLES / f"{name}.yaml"), "--json", *options(name, web)])
    printed = capsys.readouterr()
    assert isinstance(caught.value.code, int), printed.err
    check(name, json.loads(printed.out), caught.value.code)


@each_example
def test_it_runs_in_a_process_of_its_own(name: str, web: Web, shell: Shell) -> None:
    ended = shell("run", EXAMPLES / f"{name}.yaml", "--json", *options(name, web))
    assert ended.stdout, ended.stderr
    check(name, json.loads(ended.stdout), ended.returncode)
    assert "Traceback" not in ended.stderr


@each_example
def test_it_runs_on_a_server(name: str, web: Web, server: Shell) -> None:
    saved = server("flow", "update", EXAMPLES / f"{name}.yaml")
    assert saved.returncode == 0, saved.stderr
    ended = server("execution", "create", "company.team", name, "--wait", "--json", *options(name, web))
    assert ended.stdout, ended.stderr
    check(name, json.loads(ended.stdout), ended.returncode)


def test_retries_are_counted(web: Web, shell: Shell) -> None:
    document = json.loads(shell("run", EXAMPLES / "errors.yaml", "--json").stdout)
    (failed,) = [run for run in document["taskRunList"] if run["taskId"] == "check"]
    assert len(failed["attempts"]) == 3


def test_without_the_failure_the_errors_branch_does_not_run(shell: Shell) -> None:
    ended = shell("run", EXAMPLES / "errors.yaml", "-i", "ok=true")
    assert ended.returncode == 0, ended.stderr
    assert "Everything went well" in ended.stdout
    assert "errors failed" not in ended.stdout


def test_master_data_is_fetched_once_for_two_executions(web: Web, server: Shell) -> None:
    assert server("flow", "update", EXAMPLES / "caching.yaml").returncode == 0
    for _ in range(2):
        ended = server("execution", "create", "company.team", "caching", "--wait", *options("caching", web))
        assert ended.returncode == 0, ended.stdout + ended.stderr
    assert (web.fetched["/products.csv"], web.fetched["/transactions.csv"]) == (1, 2)


def test_plain_output_tells_the_story(web: Web, shell: Shell) -> None:
    lines = shell("run", EXAMPLES / "hello.yaml", "-i", "name=Ada").stdout.splitlines()
    assert lines[0].startswith("company.team.hello execution ")
    assert "INFO    greet: Hello Ada!" in lines
    assert lines[-2].startswith("SUCCESS company.team.hello ")
    assert lines[-1] == "output greeting: Hello Ada!"
