"""Which Flow triggers listen to an execution, found without looking at all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.model.state import State
from lanner.model.trigger import ListenedTo, Listener, TriggerKey
from lanner.sdk.listening import ListeningTrigger

_Place = tuple[str, str | None, str | None]


@dataclass(frozen=True, slots=True)
class _Prefix:
    tenant: str
    text: str


class Listeners:
    """All listeners by what they listen to: a flow, a namespace, the beginning of one, or everything."""

    def __init__(self) -> None:
        self._places: dict[_Place | _Prefix, dict[TriggerKey, Listener]] = {}
        self._of_flow: dict[FlowKey, dict[TriggerKey, Listener]] = {}

    def load(self, listeners: Iterable[Listener]) -> None:
        """Take over the listeners a process finds when it starts."""
        for listener in listeners:
            self.put(listener)

    def of_flow(self, flow: FlowKey) -> Iterable[Listener]:
        """Return the listeners of a flow."""
        return list(self._of_flow.get(flow, {}).values())

    def put(self, listener: Listener) -> None:
        """Add a listener, or put it in the place of the one before."""
        self.remove(listener.key)
        self._of_flow.setdefault(listener.key.flow, {})[listener.key] = listener
        for place in _places(listener):
            self._places.setdefault(place, {})[listener.key] = listener

    def remove(self, key: TriggerKey) -> None:
        """Forget a listener."""
        of_flow = self._of_flow.get(key.flow, {})
        listener = of_flow.pop(key, None)
        if listener is None:
            return
        if not of_flow:
            del self._of_flow[key.flow]
        for place in _places(listener):
            of_place = self._places.get(place, {})
            of_place.pop(key, None)
            if not of_place:
                self._places.pop(place, None)

    def to(self, execution: Execution, state: State) -> list[Listener]:
        """Return who listens to an execution that enters a state; never its own flow, in a fixed order."""
        if not self._places:
            return []
        own = FlowKey(execution.tenant, execution.namespace, execution.flow_id)
        found = {
            key: listener
            for place in _places_of(execution)
            for key, listener in self._places.get(place, {}).items()
            if state in listener.states and key.flow != own
        }
        return [found[key] for key in sorted(found)]


def listener_of(key: TriggerKey, trigger: ListeningTrigger) -> Listener:
    """Return how a trigger listens."""
    scopes = trigger.scopes()
    executions = None
    if scopes is not None:
        found = (ListenedTo(scope.namespace, scope.flow_id, scope.is_prefix) for scope in scopes)
        executions = tuple(sorted(found, key=str))
    return Listener(key=key, states=trigger.states, executions=executions)


def _places(listener: Listener) -> Iterator[_Place | _Prefix]:
    tenant = listener.key.tenant
    if listener.executions is None:
        yield (tenant, None, None)
        return
    for namespace, flow_id, is_prefix in listener.executions:
        yield _Prefix(tenant, namespace or "") if is_prefix else (tenant, namespace, flow_id)


def _places_of(execution: Execution) -> Iterator[_Place | _Prefix]:
    tenant, namespace, flow_id = execution.tenant, execution.namespace, execution.flow_id
    yield (tenant, namespace, flow_id)
    yield (tenant, namespace, None)
    yield (tenant, None, flow_id)
    yield (tenant, None, None)
    for length in range(len(namespace) + 1):
        yield _Prefix(tenant, namespace[:length])
