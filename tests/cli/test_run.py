"""``lanner run``: outcomes, inputs, problems with their lines, Ctrl-C, terminals."""

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Lanner

MAIN = "from lanner.cli.main import main; main()"

ECHO = """\
id: echo
namespace: a.b
inputs:
  - id: number
    type: INT
    defaults: 1
  - id: file
    type: FILE
    required: false
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.number + 1 }} {{ labels.team ?? 'nobody' }}"
outputs:
  - id: content
    type: STRING
    value: "{{ read(inputs.file) }}"
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    return tmp_path / "flow.yaml"


def tasks(text: str, flow_id: str = "one") -> str:
    return f"id: {flow_id}\nnamespace: a.b\ntasks:\n{text}"


FAIL = tasks("  - id: nope\n    type: io.kestra.plugin.core.execution.Fail\n    errorMessage: on purpose\n")
WARN = FAIL + "    allowFailure: true\n"


def test_inputs_files_and_labels_reach_the_flow(lanner: Lanner, flow: Path, tmp_path: Path) -> None:
    flow.write_text(ECHO, encoding="utf-8")
    (tmp_path / "note.txt").write_text("from a file", encoding="utf-8")
    ended = lanner(
        "run", flow, "-i", "number=41", "--input-file", f"file={tmp_path}/note.txt", "--label", "team=x", "--json"
    )
    assert ended.code == 0, ended.err
    document = ended.json()
    assert document["outputs"] == {"content": "from a file"}
    assert document["inputs"]["number"] == 41
    assert {"key": "team", "value": "x"} in document["labels"]
    assert "INFO    say: 42 x" in ended.err


@pytest.mark.parametrize(("source", "state", "code"), [(FAIL, "FAILED", 1), (WARN, "WARNING", 0)])
def test_the_exit_code_is_that_of_the_end(lanner: Lanner, flow: Path, source: str, state: str, code: int) -> None:
    flow.write_text(source, encoding="utf-8")
    ended = lanner("run", flow)
    assert ended.code == code
    assert ended.out.splitlines()[-1].startswith(f"{state} a.b.one ")
    assert "ERROR   nope: on purpose" in ended.out
    assert ended.err == ""


def test_the_document_is_the_one_of_the_api(lanner: Lanner, flow: Path) -> None:
    flow.write_text(FAIL, encoding="utf-8")
    document = lanner("run", flow, "--json").json()
    assert (document["tenantId"], document["namespace"], document["flowId"], document["flowRevision"]) == (
        "main",
        "a.b",
        "one",
        1,
    )
    (run,) = document["taskRunList"]
    assert (run["taskId"], run["state"]["current"], len(run["attempts"])) == ("nope", "FAILED", 1)


def test_each_problem_is_a_line_with_its_place(lanner: Lanner, flow: Path) -> None:
    flow.write_text(
        tasks(
            "  - id: x\n    type: io.kestra.plugin.core.log.Lug\n  - id: y\n    type: io.kestra.plugin.core.log.Log\n"
        ),
        encoding="utf-8",
    )
    ended = lanner("run", flow)
    assert ended.code == 2
    assert ended.out == ""
    first, second = ended.err.splitlines()
    assert first.startswith(
        f"error: {flow}:5:5: tasks[0].type: Invalid type: io.kestra.plugin.core.log.Lug; did you mean"
    )
    assert re.match(rf"error: {flow}:6:\d+: tasks\[1\]\.message: ", second)


def test_a_second_flow_in_the_file_is_checked_with_the_lines_of_the_file(lanner: Lanner, flow: Path) -> None:
    bad = tasks("  - id: x\n    type: io.kestra.plugin.core.log.Lug\n", "two")
    flow.write_text(f"{WARN}---\n{bad}", encoding="utf-8")
    ended = lanner("run", flow)
    assert ended.code == 2
    assert ended.err.startswith(f"error: {flow}:13:5: tasks[0].type: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("id: [\n", r":2:1: ", id="no YAML"),
        pytest.param("- a\n", r":1:1: the source is no map", id="a list"),
        pytest.param("", r":1: a flow has an `id` and a `namespace`", id="an empty file"),
    ],
)
def test_a_file_that_is_no_flow_ends_with_2(lanner: Lanner, flow: Path, text: str, message: str) -> None:
    flow.write_text(text, encoding="utf-8")
    ended = lanner("run", flow)
    assert ended.code == 2
    assert re.match(f"error: {flow}{message}", ended.err), ended.err


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("-i", "number=many"), "number"),
        (("-i", "nmber=1"), "nmber"),
        (("--input-file", "file=none.txt"), "none.txt"),
        (("--label", "system.x=1"), "system.x"),
    ],
)
def test_an_input_that_does_not_fit_ends_with_2_and_is_named(
    lanner: Lanner, flow: Path, words: tuple[str, ...], about: str
) -> None:
    flow.write_text(ECHO, encoding="utf-8")
    ended = lanner("run", flow, *words)
    assert (ended.code, ended.out) == (2, "")
    assert about in ended.err
    assert "internal" not in ended.err


def test_a_file_that_is_missing_and_a_folder_end_with_2(lanner: Lanner, flow: Path) -> None:
    missing = lanner("run", flow)
    assert (missing.code, missing.err) == (2, f"error: {flow}: the file cannot be read: No such file or directory\n")
    folder = lanner("run", flow.parent)
    assert (folder.code, folder.err) == (2, f"error: {flow.parent}: is a folder; name the file of one flow\n")


def test_settings_reach_the_flow(lanner: Lanner, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE_CITY", "Oslo")
    config = tmp_path / "application.yml"
    config.write_text("kestra: {variables: {env-vars-prefix: MINE_, globals: {planet: Earth}}}", encoding="utf-8")
    text = (
        '  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: "{{ envs.city }} on {{ globals.planet }}"\n'
    )
    flow.write_text(tasks(text), encoding="utf-8")
    assert "INFO    say: Oslo on Earth" in lanner("run", flow, "--config", config).out


def started(folder: Path, text: str) -> subprocess.Popen[str]:
    (folder / "flow.yaml").write_text(text, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "run", "flow.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    )


def is_at_work(pid: int) -> bool:
    """Whether a process runs: one that has ended may still be listed until its new parent looks at it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_kills_the_execution_and_its_processes(tmp_path: Path) -> None:
    script = (
        "  - id: long\n    type: io.kestra.plugin.scripts.python.Script\n"
        "    taskRunner: {type: io.kestra.plugin.core.runner.Process}\n"
        "    script: |\n      import os, time\n      print('pid', os.getpid(), flush=True)\n      time.sleep(60)\n"
    )
    with started(tmp_path, tasks(script)) as process:
        assert process.stdout
        assert process.stderr
        pid = next((int(line.split()[-1]) for line in process.stdout if "pid " in line), None)
        assert pid is not None, process.stderr.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, out + err
    assert "KILLED a.b.one" in out
    assert not is_at_work(pid)


def test_on_a_terminal_it_draws_a_tree(flow: Path) -> None:
    flow.write_text(WARN, encoding="utf-8")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "run", str(flow)],
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "120"},
    ) as process:
        os.close(theirs)
        text = b""
        try:
            while part := os.read(ours, 65536):
                text += part
        except OSError:
            pass  # Linux: the other end of the terminal is closed
    os.close(ours)
    assert process.returncode == 0
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text.decode())
    assert "ERROR nope: on purpose" in plain
    assert re.search(r"! a\.b\.one WARNING \d+\.\d\ds\r\n└── ! nope WARNING", plain), plain


LOG = "  - {id: say, type: io.kestra.plugin.core.log.Log, message: x}\n"
SUB = tasks(
    "  - id: call\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: a.b\n    flowId: two\n    wait: true\n"
)


def test_subflows_are_found_in_the_flows_at_hand(lanner: Lanner, tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    main = tmp_path / "flows" / "main.yaml"
    main.write_text(SUB, encoding="utf-8")
    (tmp_path / "flows" / "other.yaml").write_text(tasks(LOG, "two"), encoding="utf-8")
    alone = lanner("run", main)
    together = lanner("run", main, "--flows", tmp_path / "flows")
    assert (alone.code, together.code) == (1, 0), together.err


def test_a_flow_at_hand_that_is_not_valid_is_named(lanner: Lanner, tmp_path: Path, flow: Path) -> None:
    flow.write_text(FAIL, encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(tasks("  - id: nope\n    type: io.kestra.plugin.core.log.Lug\n", "two"), encoding="utf-8")
    ended = lanner("run", flow, "--flows", other)
    assert ended.code == 2
    assert f"{other}:5:" in ended.err
