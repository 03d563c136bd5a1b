"""python.Script and python.Commands on the Process runner."""

import os
import select
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from pydantic import ValidationError

from lanner.model.log import Level, MetricType
from lanner.model.state import State
from lanner.testing.task_harness import LogLine, MetricValue, RunningTask, TaskHarness, TaskRunResult
from lanner_plugins.core.plugin import PLUGIN as CORE
from lanner_plugins.script_python.plugin import PLUGIN

SCRIPT = "io.kestra.plugin.scripts.python.Script"
COMMANDS = "io.kestra.plugin.scripts.python.Commands"
PROCESS = "io.kestra.plugin.core.runner.Process"
DOCKER = "io.kestra.plugin.scripts.runner.docker.Docker"


@pytest.fixture
def harness(tmp_path: Path) -> TaskHarness:
    options = {"scripts.cache-dir": str(tmp_path / "cache"), "scripts.kill-grace-period": "PT0.2S"}
    return TaskHarness(tmp_path, groups=[CORE, PLUGIN], options=options)


def script(harness: TaskHarness, text: str, variables: dict[str, Any] | None = None, **values: Any) -> TaskRunResult:
    return harness.run({"type": SCRIPT, "script": text, **values}, variables)


def only_error(result: TaskRunResult) -> str:
    assert result.state is State.FAILED
    return result.messages(Level.ERROR)[-1]


def test_lines_are_logged_by_stream_and_counted(harness: TaskHarness) -> None:
    result = script(harness, "import sys\nprint('{{ flow.id }}')\nprint('é')\nprint('oh', file=sys.stderr)")
    assert result.state is State.SUCCESS
    assert sorted(result.logs, key=lambda line: line.message) == [
        LogLine(Level.INFO, "harness"),
        LogLine(Level.ERROR, "oh"),
        LogLine(Level.INFO, "é"),
    ]
    counted = {"vars": {}, "exitCode": 0, "stdOutLineCount": 2, "stdErrLineCount": 1, "outputFiles": {}}
    assert result.outputs == counted


def test_stderr_means_warning_only_when_asked_for(harness: TaskHarness) -> None:
    text = "import sys\nprint('oh', file=sys.stderr)"
    assert script(harness, text).state is State.SUCCESS
    result = script(harness, text, warningOnStdErr=True)
    assert (result.state, result.outputs["stdErrLineCount"]) == (State.WARNING, 1)


def test_protocol_lines_become_outputs_metrics_and_logs(harness: TaskHarness) -> None:
    text = """
print('::{"outputs": {"a": 1, "b": {"c": [true]}}}::')
print('::{"outputs": {"a": 2}, "metrics": [{"name": "rows", "type": "counter", "value": 3, "tags": {"t": "x"}}]}::')
print('::{"metrics": [{"name": "took", "type": "timer", "value": 1.5}], "logs": [{"level": "WARN", "message": "w"}]}::')
print('not ::{"outputs": {}}::')
print('::{broken}::')
"""
    result = script(harness, text)
    assert result.outputs["vars"] == {"a": 2, "b": {"c": [True]}}
    assert result.metrics == (
        MetricValue(MetricType.COUNTER, "rows", 3, {"t": "x"}),
        MetricValue(MetricType.TIMER, "took", 1500),
    )
    assert result.messages(Level.INFO) == ['not ::{"outputs": {}}::']
    warnings = result.messages(Level.WARN)
    assert (warnings[0], warnings[1].startswith("Invalid outputs '::{broken}::'")) == ("w", True)


def test_a_failing_script_keeps_what_it_gave(harness: TaskHarness) -> None:
    text = "print('::{\"outputs\": {\"a\": 1}}::')\nopen('left.txt', 'w').write('x')\nraise SystemExit(7)"
    result = script(harness, text, outputFiles=["*.txt"])
    assert only_error(result) == "Command failed with exit code 7"
    assert (result.outputs["exitCode"], result.outputs["vars"]) == (7, {"a": 1})
    assert harness.read(result.outputs["outputFiles"]["left.txt"]) == b"x"


def test_a_signal_is_an_exit_code_as_shells_count(harness: TaskHarness) -> None:
    values = {"type": COMMANDS, "commands": ["kill -TERM $$"]}
    assert harness.run(values).outputs["exitCode"] == 143


def test_environment_is_rendered_added_and_says_where_we_are(harness: TaskHarness) -> None:
    text = """
import os
assert os.getcwd() == os.environ['WORKING_DIR'] == '{{ workingDir }}'
print(os.environ['NAME'], os.environ['N'] + os.environ['B'], os.environ['PYTHONUNBUFFERED'], 'PATH' in os.environ)
"""
    env = {"NAME": "{{ name }}-1", "N": 5, "B": True}
    assert script(harness, text, {"name": "n"}, env=env).messages(Level.INFO) == ["n-1 5true true True"]


@pytest.mark.parametrize("as_text", [pytest.param(False, id="map"), pytest.param(True, id="JSON")])
def test_input_files_are_written(harness: TaskHarness, *, as_text: bool) -> None:
    uri = harness.put("stored.bin", b"\x00stored")
    files: Any = {"a.txt": "n={{ n }}", "deep/b.bin": "{{ uri }}", "skipped.txt": None}
    if as_text:
        files = '{"a.txt": "n={{ n }}", "deep/b.bin": "{{ uri }}", "skipped.txt": null}'
    text = "import os\nprint(open('a.txt').read(), open('deep/b.bin', 'rb').read(), os.path.exists('skipped.txt'))"
    result = script(harness, text, {"n": 1, "uri": uri}, inputFiles=files)
    assert result.messages(Level.INFO) == ["n=1 b'\\x00stored' False"]


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/out.txt", "a/../../out.txt", ""])
def test_input_files_stay_in_the_working_directory(harness: TaskHarness, name: str) -> None:
    assert "is not a file name below the working directory" in only_error(script(harness, "", inputFiles={name: "x"}))


def test_output_files_are_stored_by_pattern(harness: TaskHarness) -> None:
    text = """
import pathlib
for name in ('a.csv', 'b.json', 'c.txt', 'deep/er/d.csv'):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
"""
    stored = script(harness, text, outputFiles=["*.{csv,json}", "deep/**/*.csv"]).outputs["outputFiles"]
    assert list(stored) == ["a.csv", "b.json", "deep/er/d.csv"]
    assert [harness.read(uri).decode() for uri in stored.values()] == list(stored)


def test_output_directory_is_stored_whole(harness: TaskHarness) -> None:
    text = "import os\nopen(os.environ['OUTPUT_DIR'] + '/x.txt', 'w').write('1')\nopen(r'{{ outputDir }}/y.txt', 'w')"
    assert list(script(harness, text, outputDirectory=True).outputs["outputFiles"]) == ["x.txt", "y.txt"]


def test_storage_uris_become_local_files(harness: TaskHarness) -> None:
    uri = harness.put("data.txt", "content")
    result = script(harness, "print(open('{{ uri }}').read())", {"uri": uri})
    assert result.messages(Level.INFO) == ["content"]
    values = {"type": COMMANDS, "commands": ["cat {{ uri }}"], "env": {"F": "{{ uri }}"}, "beforeCommands": ["cat $F"]}
    assert harness.run(values, {"uri": uri}).messages(Level.INFO) == ["contentcontent"]


def test_commands_share_a_shell_and_stop_at_a_failure(harness: TaskHarness) -> None:
    values: dict[str, Any] = {"type": COMMANDS, "beforeCommands": ["X=1"], "commands": ["echo $X", "false", "echo end"]}
    assert harness.run(values).messages(Level.INFO) == ["1"]
    assert harness.run({**values, "failFast": False}).messages(Level.INFO) == ["1", "end"]


def test_interpreter_can_be_chosen(harness: TaskHarness) -> None:
    values = {"type": COMMANDS, "interpreter": [sys.executable, "-c"], "failFast": False, "commands": ["print(6 * 7)"]}
    assert harness.run(values).messages(Level.INFO) == ["42"]


def test_an_interpreter_that_is_not_there_fails(harness: TaskHarness) -> None:
    values = {"type": COMMANDS, "interpreter": ["/no/such/shell"], "commands": ["x"]}
    assert "'/no/such/shell' cannot be started" in only_error(harness.run(values))


def start(harness: TaskHarness, text: str, **values: Any) -> RunningTask:
    running = harness.start({"type": SCRIPT, "script": text, **values})
    assert running.log.wait_for("ready"), running.log.lines
    return running


def test_lines_are_logged_while_the_script_runs(harness: TaskHarness) -> None:
    running = start(harness, "import signal\nprint('ready')\nsignal.pause()")
    assert running.is_alive
    running.kill()
    assert running.wait(10).state is State.KILLED


def test_a_killed_script_may_clean_up(harness: TaskHarness) -> None:
    text = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print('cleaned'), sys.exit(0)))
print('ready')
signal.pause()
"""
    running = start(harness, text)
    running.kill()
    assert running.wait(10).messages(Level.INFO) == ["ready", "cleaned"]


def test_killing_ends_the_whole_group_even_what_ignores_it(harness: TaskHarness) -> None:
    text = """
import os, signal, subprocess, sys
code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('child', flush=True); signal.pause()"
child = subprocess.Popen([sys.executable, '-c', code], stdout=subprocess.PIPE)
child.stdout.readline()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(child.pid, 'ready')
while True:
    signal.pause()
"""
    running = start(harness, text)
    child = os.pidfd_open(int(running.log.lines[0][1].split()[0]))
    running.kill()
    assert running.wait(10).state is State.KILLED
    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended == [child]


def test_a_script_over_its_time_limit_fails(harness: TaskHarness) -> None:
    result = script(harness, "import signal\nsignal.pause()", timeout="PT0.3S")
    assert result.state is State.FAILED


def test_a_long_line_without_end_is_cut(harness: TaskHarness) -> None:
    result = script(harness, "import sys\nsys.stdout.write('x' * 3_000_000)")
    assert sum(map(len, result.messages(Level.INFO))) == 3_000_000
    assert len(result.logs) > 1


@pytest.mark.parametrize(
    ("values", "option", "warnings"),
    [
        pytest.param({}, None, 0, id="default"),
        pytest.param({"containerImage": "python:3.12"}, None, 1, id="image named"),
        pytest.param({"docker": {"image": "python:3.12"}}, "auto", 1, id="image named the old way"),
        pytest.param({"containerImage": "python:3.12"}, "process", 0, id="told to ignore it"),
        pytest.param(
            {"containerImage": "python:3.12", "taskRunner": {"type": PROCESS}}, "docker", 0, id="runner named"
        ),
        pytest.param({"containerImage": "python:3.12", "runner": "PROCESS"}, "docker", 0, id="old runner named"),
    ],
)
def test_process_is_chosen(tmp_path: Path, values: dict[str, Any], option: str | None, warnings: int) -> None:
    harness = TaskHarness(tmp_path, groups=[CORE, PLUGIN], options={"scripts.default-runner": option})
    result = script(harness, "print(1)", **values)
    assert (result.state, len(result.messages(Level.WARN))) == (State.SUCCESS, warnings)
    assert all("python:3.12" in message for message in result.messages(Level.WARN))


@pytest.mark.parametrize(
    ("values", "option", "message"),
    [
        pytest.param({}, "docker", "the option scripts.default-runner is 'docker'", id="option docker"),
        pytest.param({}, "podman", "it is auto, docker or process", id="option unknown"),
        pytest.param({"runner": "DOCKER"}, None, "`runner: DOCKER` needs a container runner", id="old runner"),
        pytest.param(
            {"taskRunner": {"type": DOCKER, "pullPolicy": "NEVER"}}, None, f"{DOCKER} is not installed", id="type"
        ),
    ],
)
def test_a_runner_we_do_not_have_fails_and_says_what_to_set(
    tmp_path: Path, values: dict[str, Any], option: str | None, message: str
) -> None:
    harness = TaskHarness(tmp_path, groups=[CORE, PLUGIN], options={"scripts.default-runner": option})
    error = only_error(script(harness, "print(1)", **values))
    assert message in error
    assert f"taskRunner: {{type: {PROCESS}}}" in error


def test_a_misspelt_runner_is_refused_with_the_flow(harness: TaskHarness) -> None:
    with pytest.raises(ValidationError, match=f"did you mean '{PROCESS}'"):
        harness.load({"type": SCRIPT, "script": "", "taskRunner": {"type": PROCESS[:-1]}})


def test_namespace_files_are_in_the_working_directory(harness: TaskHarness) -> None:
    for path in ("main.py", "lib/words.txt", "lib/other.sql"):
        harness.namespace_files.put(path, BytesIO(f"content of {path}".encode()))
    code = (
        "from pathlib import Path\n"
        "print(sorted(path.as_posix() for path in Path().rglob('*.*') if path.stem != 'lanner_script'))"
    )
    result = script(harness, code, namespaceFiles={"exclude": ["**.sql"]})
    loaded, listed = result.messages(Level.INFO)
    assert loaded.startswith("Loaded 2 namespace files from 'company.team' in ")
    assert listed == "['lib/words.txt', 'main.py']"
    assert script(harness, code, namespaceFiles={"enabled": False}).messages(Level.INFO) == ["[]"]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Return a package that needs nothing to be downloaded."""
    path = tmp_path / "lanner_demo-1.0-py3-none-any.whl"
    info = "lanner_demo-1.0.dist-info"
    with ZipFile(path, "w") as file:
        file.writestr("lanner_demo.py", "ANSWER = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: lanner-demo\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", f"lanner_demo.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


@pytest.mark.parametrize("manager", ["UV", "PIP"])
def test_dependencies_are_installed_once(harness: TaskHarness, wheel: Path, tmp_path: Path, manager: str) -> None:
    values: dict[str, Any] = {"dependencies": [str(wheel)], "packageManager": manager}
    if manager == "PIP":
        values["env"] = {"PIP_NO_INDEX": "1"}
    text = "import lanner_demo, sys\nprint(lanner_demo.ANSWER, sys.prefix)"
    first = script(harness, text, **values)
    assert first.state is State.SUCCESS, first.messages()
    wheel.unlink()
    second = script(harness, text, **values)
    assert second.messages(Level.INFO) == first.messages(Level.INFO)
    (environment,) = (tmp_path / "cache" / "python-environments").iterdir()
    assert first.messages(Level.INFO) == [f"42 {environment}"]


def test_commands_find_the_environment(harness: TaskHarness, wheel: Path) -> None:
    values = {"type": COMMANDS, "dependencies": [str(wheel)], "commands": ['python -c "import lanner_demo; print(1)"']}
    assert harness.run(values).messages(Level.INFO) == ["1"]


def test_an_environment_that_is_not_kept_leaves_nothing(harness: TaskHarness, wheel: Path, tmp_path: Path) -> None:
    values: dict[str, Any] = {"dependencies": [str(wheel)], "dependencyCacheEnabled": False}
    assert script(harness, "import lanner_demo", **values).state is State.SUCCESS
    assert not (tmp_path / "cache").exists()


def test_dependencies_that_cannot_be_installed_fail_and_leave_nothing(harness: TaskHarness, tmp_path: Path) -> None:
    message = only_error(script(harness, "", dependencies=[str(tmp_path / "none-1.0-py3-none-any.whl")]))
    assert message.startswith("the dependencies cannot be installed")
    assert list((tmp_path / "cache" / "python-environments").iterdir()) == []


def test_without_python_on_the_path_the_workers_own_is_used(
    harness: TaskHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    shell = shutil.which("sh")
    assert shell is not None
    (tmp_path / "bin" / "sh").symlink_to(shell)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert script(harness, "import sys\nprint(sys.executable)").messages(Level.INFO) == [sys.executable]


@pytest.mark.parametrize("type_", PLUGIN.types)
def test_examples_run(harness: TaskHarness, type_: str) -> None:
    examples = getattr(harness.registry.resolve(type_), "examples", ())
    assert examples
    for example in examples:
        for name, result in harness.run_flow(example).items():
            assert result.state is State.SUCCESS, (name, result.messages())


def test_links_to_other_places_are_no_output_files(harness: TaskHarness) -> None:
    text = (
        "import os\nos.symlink('/etc/passwd', 'link.txt')\nopen('own.txt', 'w').write('x')\n"
        "os.symlink('own.txt', 'same.txt')\n"
    )
    result = script(harness, text, outputFiles=["*.txt"])
    assert sorted(result.outputs["outputFiles"]) == ["own.txt", "same.txt"]
    assert "'link.txt' is left out: it is a link" in " ".join(result.messages())
