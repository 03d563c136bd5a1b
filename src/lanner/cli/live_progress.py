"""``lanner run`` on a terminal: the tree of task runs, redrawn as it changes, below the log."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from lanner.cli.output import duration_text
from lanner.cli.plain_progress import log_place, value_text
from lanner.cli.run_view import Progress, RunView, label_of, took
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.log import Level, LogEntry
from lanner.model.state import State

REFRESHES_PER_SECOND = 8
ROOM_FOR_LOGS = 6

_STYLES = {
    State.SUCCESS: ("✓", "green"),
    State.WARNING: ("!", "yellow"),
    State.FAILED: ("✗", "red"),
    State.KILLED: ("✗", "magenta"),
    State.KILLING: ("…", "magenta"),
    State.CANCELLED: ("✗", "magenta"),
    State.RUNNING: ("●", "cyan"),
    State.PAUSED: ("‖", "yellow"),
    State.RETRYING: ("↻", "yellow"),
    State.RETRIED: ("↻", "yellow"),
    State.SKIPPED: ("-", "dim"),
}
_LEVELS = {Level.WARN: "yellow", Level.ERROR: "red", Level.DEBUG: "dim", Level.TRACE: "dim"}


class LiveProgress(Progress):
    """Draws on ``console`` until the end; then the whole tree stays on the screen."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._view: RunView | None = None
        self._live = Live(
            console=console, get_renderable=self._drawn, refresh_per_second=REFRESHES_PER_SECOND, transient=True
        )

    def begin(self, execution: Execution) -> None:
        """Begin to draw."""
        self._view = RunView(execution)
        self._live.start()

    def change(self, view: RunView, runs: Sequence[TaskRun], logs: Sequence[LogEntry]) -> None:
        """Print log lines above the tree; the tree is redrawn by itself."""
        del runs
        self._view = view
        for entry in logs:
            line = Text(f"{entry.level:<5} ", style=_LEVELS.get(entry.level, "blue"))
            line.append(f"{log_place(view, entry)}: ", style="dim")
            line.append(entry.message, style="")
            self._console.print(line, soft_wrap=True)

    def end(self, view: RunView) -> None:
        """Stop drawing; print the last tree and the outputs."""
        self._live.stop()
        self._console.print(tree_of(view, rows=1_000))
        for name, value in (view.execution.outputs or {}).items():
            self._console.print(Text.assemble((f"{name}: ", "bold"), value_text(value)), soft_wrap=True)

    def _drawn(self) -> RenderableType:
        if self._view is None:
            return Text("")
        return tree_of(self._view, rows=max(self._console.height - ROOM_FOR_LOGS, 8))


def tree_of(view: RunView, *, rows: int) -> Tree:
    """Return the execution as a tree of at most about ``rows`` lines: what is at work comes before what is done."""
    execution = view.execution
    tree = Tree(_line(f"{execution.namespace}.{execution.flow_id}", execution, tries=1))
    _grow(tree, view, None, rows)
    return tree


def _grow(branch: Tree, view: RunView, parent: TaskRunId | None, rows: int) -> int:
    """Add the children of ``parent``; returns how many lines are left."""
    children = [view.runs[child] for child in view.children.get(parent, ())]
    shown = children if len(children) <= rows else _most_telling(children, max(rows - 1, 1))
    for run in shown:
        if rows <= 0:
            break
        rows -= 1
        rows = _grow(branch.add(_line(label_of(run), run, tries=len(run.attempts))), view, run.id, rows)
    if len(shown) < len(children):
        branch.add(Text(f"… and {len(children) - len(shown)} more", style="dim"))
    return rows


def _most_telling(runs: Sequence[TaskRun], count: int) -> list[TaskRun]:
    """Return ``count`` runs in their order: failed ones, then those at work, then the newest."""
    ranked = sorted(runs, key=lambda run: (_rank(run.state.current), -run.sequence))[:count]
    return sorted(ranked, key=lambda run: run.sequence)


def _rank(state: State) -> int:
    if state in {State.FAILED, State.KILLED}:
        return 0
    return 2 if state.is_terminal else 1


def _line(name: str, item: TaskRun | Execution, *, tries: int) -> Text:
    state = item.state.current
    sign, style = _STYLES.get(state, ("·", "dim"))
    time = took(item) if state.is_terminal else datetime.now(UTC) - item.state.start_date
    line = Text.assemble((f"{sign} ", style), name, " ", (str(state), style), (f" {duration_text(time)}", "dim"))
    if tries > 1:
        line.append(f" attempt {tries}", style="yellow")
    return line
