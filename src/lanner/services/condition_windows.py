"""What Flow triggers remember of conditions that have come true, in memory; written with what it leads to."""

from collections.abc import Iterable

from lanner.model.flow import FlowKey
from lanner.model.trigger import ConditionWindow


class ConditionWindows:
    """All windows by the flow that listens and the id of what it gathers."""

    def __init__(self) -> None:
        self._windows: dict[FlowKey, dict[str, ConditionWindow]] = {}

    def load(self, windows: Iterable[ConditionWindow]) -> None:
        """Take over the windows a process finds when it starts."""
        for window in windows:
            self.put(window)

    def get(self, flow: FlowKey, name: str) -> ConditionWindow | None:
        """Return a window."""
        return self._windows.get(flow, {}).get(name)

    def names(self, flow: FlowKey) -> list[str]:
        """Return the ids under which a flow remembers something."""
        return sorted(self._windows.get(flow, {}))

    def put(self, window: ConditionWindow) -> None:
        """Save a window."""
        self._windows.setdefault(window.flow, {})[window.id] = window

    def remove(self, flow: FlowKey, name: str) -> None:
        """Forget a window."""
        of_flow = self._windows.get(flow)
        if of_flow is not None:
            of_flow.pop(name, None)
            if not of_flow:
                del self._windows[flow]
