"""What ``lanner run`` shows, from made-up changes."""

from datetime import UTC, datetime, timedelta

from rich.console import Console

from lanner.cli.live_progress import LiveProgress, tree_of
from lanner.cli.plain_progress import PlainProgress
from lanner.cli.run_view import RunView
from lanner.model.execution import Attempt, Execution, TaskRun
from lanner.model.ids import ExecutionId, TaskRunId
from lanner.model.log import Level, LogEntry
from lanner.model.state import State, StateHistory

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def history(*states: State, seconds: float = 1.5) -> StateHistory:
    found = StateHistory.starting(states[0], NOW)
    for state in states[1:]:
        found = found.to(state, NOW + timedelta(seconds=seconds))
    return found


def an_execution(state: State = State.RUNNING, **more: object) -> Execution:
    fields = {"outputs": None, **more}
    return Execution(
        id=ExecutionId("e1"),
        tenant="main",
        namespace="a.b",
        flow_id="one",
        flow_revision=1,
        state=history(State.CREATED, state),
        outputs=fields["outputs"],  # type: ignore[arg-type]  # a map in these tests
    )


def a_run(
    name: str, state: State, *, parent: str | None = None, value: str | None = None, sequence: int = 0
) -> TaskRun:
    attempt = Attempt(state=history(State.CREATED, state))
    return TaskRun(
        id=TaskRunId(f"{name}{value or ''}"),
        task_id=name,
        parent_id=TaskRunId(parent) if parent else None,
        value=value,
        state=history(State.CREATED, state),
        attempts=(attempt, attempt) if name == "retried" else (attempt,),
        sequence=sequence,
    )


def a_line(message: str, run: str | None = None, *, execution: str = "e1", flow: str = "one") -> LogEntry:
    return LogEntry(
        tenant="main",
        namespace="a.b",
        flow_id=flow,
        timestamp=NOW,
        level=Level.WARN,
        message=message,
        execution_id=ExecutionId(execution),
        task_id="log",
        task_run_id=TaskRunId(run) if run else None,
    )


def drawn(view: RunView, *, rows: int) -> list[str]:
    console = Console(width=100, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(tree_of(view, rows=rows))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_only_task_runs_whose_state_changed_are_news() -> None:
    view = RunView(an_execution())
    running, done = a_run("x", State.RUNNING), a_run("x", State.SUCCESS)
    assert view.take(an_execution(), [running]) == [running]
    assert view.take(an_execution(), [running]) == []
    assert view.take(an_execution(), [done]) == [done]


def test_plain_lines_tell_logs_states_outcome_and_outputs() -> None:
    lines: list[str] = []
    progress = PlainProgress(lines.append)
    view = RunView(an_execution())
    progress.begin(view.execution)
    loop, body = a_run("each", State.RUNNING), a_run("log", State.SUCCESS, parent="each", value="Oslo")
    news = view.take(an_execution(), [loop, body, a_run("made", State.CREATED), a_run("retried", State.FAILED)])
    progress.change(view, news, [a_line("careful", "logOslo"), a_line("from a child", execution="e2", flow="sub")])
    view.take(an_execution(State.SUCCESS, outputs={"text": "a b", "rows": {"n": 1}}), [])
    progress.end(view)
    assert lines == [
        "a.b.one execution e1",
        "WARN    each > log[Oslo]: careful",
        "WARN    sub > log: from a child",
        "RUNNING each",
        "SUCCESS each > log[Oslo] 1.50s",
        "FAILED  retried 1.50s after 2 attempts",
        "SUCCESS a.b.one 1.50s",
        "output text: a b",
        'output rows: {"n":1}',
    ]


def test_the_tree_nests_task_runs_and_counts_attempts() -> None:
    view = RunView(an_execution(State.FAILED))
    view.take(
        an_execution(State.FAILED),
        [
            a_run("each", State.SUCCESS),
            a_run("log", State.SUCCESS, parent="each", value="Oslo"),
            a_run("retried", State.FAILED),
        ],
    )
    assert drawn(view, rows=50) == [
        "✗ a.b.one FAILED 1.50s",
        "├── ✓ each SUCCESS 1.50s",
        "│   └── ✓ log[Oslo] SUCCESS 1.50s",
        "└── ✗ retried FAILED 1.50s attempt 2",
    ]


def test_in_a_tree_that_is_too_long_what_is_at_work_comes_before_what_is_done() -> None:
    view = RunView(an_execution(State.SUCCESS))
    states = [State.KILLED, *[State.SUCCESS] * 10]
    runs = [a_run(f"t{number}", state, sequence=number) for number, state in enumerate(states)]
    view.take(view.execution, [*runs[:2], a_run("paused", State.PAUSED, sequence=2), *runs[3:]])
    assert [line.split()[2] for line in drawn(view, rows=3)[1:3]] == ["t0", "paused"]


def test_a_tree_that_is_too_long_shows_what_failed_and_what_is_newest() -> None:
    view = RunView(an_execution(State.SUCCESS))
    runs = [
        a_run(f"t{number}", State.FAILED if number == 3 else State.SUCCESS, sequence=number) for number in range(100)
    ]
    view.take(view.execution, runs)
    assert drawn(view, rows=4) == [
        "✓ a.b.one SUCCESS 1.50s",
        "├── ✗ t3 FAILED 1.50s",
        "├── ✓ t98 SUCCESS 1.50s",
        "├── ✓ t99 SUCCESS 1.50s",
        "└── … and 97 more",
    ]


def test_on_a_terminal_the_log_stands_above_the_last_tree() -> None:
    console = Console(width=80, color_system=None, force_terminal=True, legacy_windows=False)
    with console.capture() as capture:
        progress = LiveProgress(console)
        view = RunView(an_execution())
        progress.begin(view.execution)
        progress.change(view, view.take(an_execution(), [a_run("log", State.SUCCESS)]), [a_line("[bold] stays", "log")])
        view.take(an_execution(State.SUCCESS, outputs={"n": 1}), [])
        progress.end(view)
    text = capture.get()
    assert text.index("WARN  log: [bold] stays") < text.rindex("✓ a.b.one SUCCESS")
    assert text.rstrip().endswith("n: 1")
