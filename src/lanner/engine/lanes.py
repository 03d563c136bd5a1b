"""Starting the tasks of a group in the order its shape asks for, at a cost that does not grow with the group."""

import sys

from lanner.engine.commands import Tell
from lanner.engine.draft import SectionDraft
from lanner.engine.events import GroupContinued
from lanner.engine.starting import start_task
from lanner.engine.turn import Turn
from lanner.engine.view import GroupId
from lanner.model.execution import TaskRun
from lanner.model.ids import TaskRunId
from lanner.model.state import State
from lanner.sdk.flowable import Shape
from lanner.sdk.plan import Section

_UNLIMITED = sys.maxsize
STOPPED = (State.PAUSED, State.BREAKPOINT, State.QUEUED, State.KILLING)


def start_lanes(
    turn: Turn,
    group: GroupId,
    shape: Shape,
    ended: TaskRun | None,
    *,
    all_lanes: bool,
    stops_on: tuple[State, ...] = (State.FAILED,),
) -> bool:
    """Start what may start now; returns whether every task of the shape has ended.

    ``ended`` is the child whose end is the occasion: its lane goes on. ``all_lanes`` looks at
    every lane, for the rare events (resume, restart) that do not say where to go on. Nothing begins
    once a task run ended in a state of ``stops_on``.
    """
    counts = turn.draft.section(group, Section.TASKS)
    lanes = _Lanes(turn, group, counts, shape, stops_on)
    if lanes.is_finished():
        return True
    if turn.execution.state.current in STOPPED or counts.ended_in(stops_on):
        return False
    if shape.depends_on is not None:
        lanes.start_ready()
    elif all_lanes:
        lanes.go_on_everywhere()
    else:
        if ended is not None:
            lanes.go_on_after(ended)
        lanes.start_new()
    return lanes.is_finished()


class _Lanes:
    """The lanes of one group during one step."""

    __slots__ = ("_counts", "_group", "_per_lane", "_places", "_shape", "_stops_on", "_tasks", "_turn")

    def __init__(
        self, turn: Turn, group: GroupId, counts: SectionDraft, shape: Shape, stops_on: tuple[State, ...]
    ) -> None:
        row = turn.plan.row(shape.tasks)
        self._turn = turn
        self._group = group
        self._counts = counts
        self._shape = shape
        self._stops_on = stops_on
        self._tasks = row.tasks
        self._places = row.places
        self._per_lane = 1 if shape.parallel else len(row.tasks)

    def is_finished(self) -> bool:
        """Whether as many task runs have ended as the shape has places."""
        values = self._shape.values
        places = len(self._tasks) * (1 if values is None else len(values))
        return self._counts.open_count == 0 and self._counts.count >= places

    def go_on_after(self, ended: TaskRun) -> None:
        """Start the task that follows in the lane of a child that ended."""
        if self._shape.parallel:
            return
        place = self._places.get(ended.task_id)
        if place is not None:
            self._go_on_from(place + 1, ended.iteration)

    def start_new(self) -> None:
        """Start lanes that have not begun, in order, as far as the limit allows.

        As many as there is room for begin together: what becomes of one of them does not keep the others back.
        """
        together = self._room()
        for begun, lane in enumerate(range(self._lanes_begun(), self._lane_count())):
            if self._is_over() or (begun >= together and (self._stopped() or not self._has_room())):
                return
            if self._turn.made >= self._turn.world.batch:
                self._turn.command(Tell(GroupContinued(task_run_id=self._group)))
                return
            first, iteration = self._first_place(lane)
            self._go_on_from(first, iteration, first + self._per_lane, together=begun < together)

    def go_on_everywhere(self) -> None:
        """Look at every lane: start the first task of it that has no run, once the one before has ended."""
        for lane in range(self._lane_count()):
            if not self._has_room() or self._stopped():
                return
            self._go_on(lane)

    def start_ready(self) -> None:
        """Start the tasks whose dependencies have all ended."""
        waits = self._shape.depends_on or {}
        present = {task.id for task in self._tasks}
        together, begun = self._room(), 0
        for place, task in enumerate(self._tasks):
            if self._is_over() or (begun >= together and (self._stopped() or not self._has_room())):
                return
            if self._counts.find(task.id) is None and all(
                self._is_ended(self._counts.find(other)) for other in waits.get(task.id, ()) if other in present
            ):
                self._start(place, None)
                begun += 1

    def _go_on(self, lane: int) -> None:
        first, iteration = self._first_place(lane)
        for place in range(first, first + self._per_lane):
            run_id = self._counts.find(self._tasks[place].id, iteration)
            if run_id is None:
                self._go_on_from(place, iteration, first + self._per_lane)
                return
            if not self._is_ended(run_id):
                return

    def _go_on_from(self, place: int, iteration: int | None, end: int | None = None, *, together: bool = False) -> None:
        """Start a task of a lane; one that ends at once (skipped, say) lets the next one start."""
        for at in range(place, len(self._tasks) if end is None else end):
            may_start = not self._is_over() if together and at == place else not self._stopped()
            if not may_start or self._counts.find(self._tasks[at].id, iteration) is not None:
                return
            if not self._is_ended(self._start(at, iteration)):
                return

    def _lane_count(self) -> int:
        values = self._shape.values
        lanes = len(self._tasks) if self._shape.parallel else 1
        return lanes if values is None else lanes * len(values)

    def _lanes_begun(self) -> int:
        if not self._tasks:
            return 0
        if self._shape.parallel:
            return self._counts.count
        return self._counts.made(self._tasks[0].id)

    def _first_place(self, lane: int) -> tuple[int, int | None]:
        """Return the place in ``tasks`` where a lane begins, and its iteration."""
        if self._shape.values is None:
            return (lane, None) if self._shape.parallel else (0, self._shape.iteration)
        if self._shape.parallel:
            iteration, place = divmod(lane, len(self._tasks))
            return place, iteration
        return 0, lane

    def _has_room(self) -> bool:
        return self._room() > 0

    def _room(self) -> int:
        """Return how many lanes may begin now."""
        shape = self._shape
        is_one_lane = not shape.parallel and shape.values is None and shape.depends_on is None
        limit = 1 if is_one_lane else shape.limit
        return _UNLIMITED if limit <= 0 else limit - self._counts.open_count

    def _stopped(self) -> bool:
        """Whether nothing more may start here, perhaps because of what has just started."""
        state = self._turn.execution.state.current
        return state in STOPPED or bool(self._counts.ended_in(self._stops_on)) or self._is_over()

    def _is_over(self) -> bool:
        """Whether what has just started ended the group, or the execution."""
        state = self._turn.execution.state.current
        if self._group is None or state is State.KILLING:
            return state.is_terminal or state is State.KILLING
        around = self._turn.draft.run(self._group)
        return around is None or around.state.current.is_terminal

    def _start(self, place: int, iteration: int | None) -> TaskRunId:
        values = self._shape.values
        value = None if values is None or iteration is None else values[iteration]
        return start_task(self._turn, self._tasks[place], self._group, value=value, iteration=iteration).id

    def _is_ended(self, run_id: TaskRunId | None) -> bool:
        if run_id is None:
            return False
        run = self._turn.draft.run(run_id)
        return run is not None and run.state.current.is_terminal
