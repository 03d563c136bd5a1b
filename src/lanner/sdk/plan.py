"""A flow definition with every task found by id: what the engine looks things up in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from lanner.model.flow import FlowKey
from lanner.sdk.definition import FlowDefinition
from lanner.sdk.flowable import Flowable
from lanner.sdk.iteration import Iteration
from lanner.sdk.task import Task

ON_PAUSE = "onPause"
"""Name of the list that holds a task to run while its flowable is paused."""


class Section(IntEnum):
    """Which list of its group a task stands in."""

    TASKS = 0
    ERRORS = 1
    FINALLY = 2
    LISTENERS = 3
    AFTER_EXECUTION = 4
    ON_PAUSE = 5
    """A task that a pause starts: its run stands at the top level, beside the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A task and its place: the flowable around it (``None`` at the top) and the list it stands in."""

    task: Task
    parent: str | None
    section: Section


class Row:
    """A list of tasks without the disabled ones, and the place of each by id."""

    __slots__ = ("places", "tasks", "written")

    def __init__(self, written: tuple[Task, ...]) -> None:
        self.written = written
        self.tasks = enabled(written)
        self.places: Mapping[str, int] = {task.id: place for place, task in enumerate(self.tasks)}


@dataclass(frozen=True, slots=True)
class Plan:
    """One revision of a flow, ready to run. Disabled tasks are left out of the lists."""

    key: FlowKey
    revision: int
    flow: FlowDefinition
    nodes: Mapping[str, Node]
    iterations: frozenset[str]
    """Ids of the tasks that stand for an iteration of a loop and are scopes of their own."""
    _lists: Mapping[Section, tuple[Task, ...]]
    _rows: dict[int, Row] = field(default_factory=dict)
    _listener_lists: dict[tuple[bool, ...], tuple[Task, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, key: FlowKey, revision: int, flow: FlowDefinition) -> "Plan":
        """Return the plan of a definition whose task ids are unique."""
        nodes: dict[str, Node] = {}
        for section, tasks in _sections(flow):
            _collect(nodes, tasks, None, section)
        lists: dict[Section, tuple[Task, ...]] = dict.fromkeys(Section, ())
        for section, tasks in _sections(flow):
            lists[section] = (*lists[section], *enabled(tasks))
        iterations = frozenset(task_id for task_id, node in nodes.items() if isinstance(node.task, Iteration))
        return cls(key, revision, flow, nodes, iterations, lists)

    def tasks(self, section: Section) -> tuple[Task, ...]:
        """Return the top-level tasks of a section, disabled ones left out."""
        return self._lists[section]

    def listener_tasks(self, applies: tuple[bool, ...]) -> tuple[Task, ...]:
        """Return the tasks of the listeners that apply, disabled ones left out; the same list each time."""
        found = self._listener_lists.get(applies)
        if found is None:
            chosen = (listener for listener, wanted in zip(self.flow.listeners, applies, strict=True) if wanted)
            found = tuple(task for listener in chosen for task in enabled(listener.tasks))
            self._listener_lists[applies] = found
        return found

    def row(self, tasks: tuple[Task, ...]) -> Row:
        """Return a list of tasks ready to walk; worked out once for each list of the flow."""
        found = self._rows.get(id(tasks))
        if found is None or found.written is not tasks:
            found = self._rows[id(tasks)] = Row(tasks)
        return found


def enabled(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Return the tasks that are not disabled."""
    return tuple(task for task in tasks if not task.disabled)


def _sections(flow: FlowDefinition) -> Iterable[tuple[Section, tuple[Task, ...]]]:
    yield Section.TASKS, flow.tasks
    yield Section.ERRORS, flow.errors
    yield Section.FINALLY, flow.finally_
    for listener in flow.listeners:
        yield Section.LISTENERS, listener.tasks
    yield Section.AFTER_EXECUTION, flow.after_execution


def _collect(nodes: dict[str, Node], tasks: Iterable[Task], parent: str | None, section: Section) -> None:
    for task in tasks:
        nodes[task.id] = Node(task=task, parent=parent, section=section)
        for name, inner in task.nested.items():
            _collect(nodes, inner, task.id, Section.ON_PAUSE if name == ON_PAUSE else Section.TASKS)
        if isinstance(task, Flowable):
            _collect(nodes, task.error_tasks, task.id, Section.ERRORS)
            _collect(nodes, task.final_tasks, task.id, Section.FINALLY)
