"""The inputs of executions and pauses: uploads stored, texts typed and checked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Protocol

from lanner.flows.input_values import shown
from lanner.flows.inputs import Encrypt, InputProblem, InputState, InvalidInputs, Resolution, resolve_inputs
from lanner.model.execution import Execution
from lanner.model.flow import FlowKey
from lanner.model.label import nested
from lanner.model.storage import SCHEME, input_path
from lanner.ports.blobs import Blobs
from lanner.sdk.input import Input
from lanner.sdk.plan import Plan

MAX_NAME_BYTES = 255

__all__ = ["Evaluate", "ExecutionInputs", "InputState", "InvalidInputs", "Upload"]


class Evaluate(Protocol):
    """Renders one template for a flow and keeps its type; secrets are not masked; raises ``LannerError``."""

    def __call__(self, key: FlowKey, template: str, variables: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request: for which input, how it was called, its content."""

    input_id: str
    file_name: str
    content: IO[bytes]


class ExecutionInputs:
    """Types what was sent for the inputs of a flow, or for those that a pause asks for.

    ``constants`` are what every expression sees. Without ``encrypt`` inputs of type SECRET are refused.
    """

    def __init__(
        self,
        *,
        blobs: Blobs,
        evaluate: Evaluate,
        constants: Mapping[str, Any] | None = None,
        encrypt: Encrypt | None = None,
    ) -> None:
        self.evaluate = evaluate
        self._blobs, self._constants, self._encrypt = blobs, constants or {}, encrypt

    async def resolve(
        self,
        plan: Plan,
        execution: Execution,
        given: Mapping[str, Any],
        uploads: Sequence[Upload] = (),
        *,
        declared: Sequence[Input] | None = None,
    ) -> dict[str, Any]:
        """Store uploads and return the values; raises ``InvalidInputs`` with all that is wrong, storing nothing."""
        wanted = plan.flow.inputs if declared is None else declared
        places = _places(execution, wanted, uploads)
        values = (await self._resolution(plan, execution, wanted, {**given, **_uris(places)})).checked()
        for path, upload in places.values():
            await asyncio.to_thread(self._blobs.put, execution.tenant, path, upload.content)
        return values

    async def check(
        self,
        plan: Plan,
        execution: Execution,
        given: Mapping[str, Any],
        uploads: Sequence[Upload] = (),
        *,
        declared: Sequence[Input] | None = None,
    ) -> Sequence[InputState]:
        """Return what would become of each input, with everything that is wrong with it; stores nothing."""
        wanted = plan.flow.inputs if declared is None else declared
        uris = _uris(_places(execution, wanted, uploads))
        return (await self._resolution(plan, execution, wanted, {**given, **uris})).states

    async def _resolution(
        self, plan: Plan, execution: Execution, declared: Sequence[Input], given: Mapping[str, Any]
    ) -> Resolution:
        def render(template: str, variables: Mapping[str, Any]) -> Any:
            return self.evaluate(plan.key, template, variables)

        variables = {**self._constants, **_seen(plan, execution)}
        # Conditions and defaults may read files or call out: they must not hold up the loop.
        return await asyncio.to_thread(
            resolve_inputs, declared, given, render, variables=variables, encrypt=self._encrypt
        )


def _places(
    execution: Execution, declared: Sequence[Input], uploads: Sequence[Upload]
) -> dict[str, tuple[str, Upload]]:
    """Return where the uploads for declared inputs go; others are ignored, as unknown inputs are."""
    known = {entry.id for entry in declared}
    long = [one for one in uploads if one.input_id in known and len(_safe(one.file_name).encode()) > MAX_NAME_BYTES]
    if long:
        reason = f"the name of a file has at most {MAX_NAME_BYTES} bytes"
        raise InvalidInputs(
            InputProblem(
                one.input_id, f"Invalid input for `{one.input_id}`, {reason}, but received `{shown(one.file_name)}`"
            )
            for one in long
        )
    return {
        upload.input_id: (input_path(execution, upload.input_id, _safe(upload.file_name)), upload)
        for upload in uploads
        if upload.input_id in known
    }


def _uris(places: Mapping[str, tuple[str, Upload]]) -> dict[str, str]:
    return {name: f"{SCHEME}{path}" for name, (path, _) in places.items()}


def _safe(file_name: str) -> str:
    """Return the last part of a file name, as no browser's path may steer where a file goes."""
    name = file_name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    return "file" if name in {"", ".", ".."} else name


def _seen(plan: Plan, execution: Execution) -> dict[str, Any]:
    key = plan.key
    return {
        "flow": {"id": key.flow_id, "namespace": key.namespace, "revision": plan.revision, "tenantId": key.tenant},
        "execution": {"id": execution.id, "originalId": execution.original_id or execution.id},
        "labels": nested(execution.labels),
        "vars": plan.flow.variables,
    }
