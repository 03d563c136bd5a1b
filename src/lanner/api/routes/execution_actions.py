"""Actions on one execution. The paths of 1.x and, with ``/actions``, of 2.0 mean the same."""

from collections.abc import Awaitable
from typing import Any, NotRequired, TypedDict

from starlette.types import ASGIApp

from lanner.api.execution_answers import execution_answer
from lanner.api.execution_shapes import ExecutionDocument, ValidatedInputsDocument
from lanner.api.forms import Form, form_of
from lanner.api.http import (
    Call,
    InvalidBody,
    Param,
    empty_answer,
    flag_param,
    json_answer,
    number_param,
    required_param,
    text_param,
)
from lanner.api.routes.executions import checked_document
from lanner.api.routing import Handler, Operation
from lanner.api.shapes import FORM, PLAIN_TEXT, LabelDocument, Shape
from lanner.model.label import Label, Labels
from lanner.model.refusal import RefusalKind, Refused
from lanner.model.state import State
from lanner.services.errors import InvalidArgument
from lanner.services.execution_actions import Removal, Replay
from lanner.services.executions import Shown, read_breakpoints

CASCADE = flag_param("isOnKillCascade", "Stop the executions it started too", default=True)
BREAKPOINTS = text_param("breakpoints", "Comma list of taskId or taskId.value to stop at")
TASK_RUN = text_param("taskRunId", "Begin again at this task run")
REVISION = number_param("revision", "Which revision of the flow to use")
STATUS = required_param("status", "The state to enter")
TARGET = required_param("state", "RUNNING, CANCELLED or FAILED")
DELETE_LOGS = flag_param("deleteLogs", default=True)
DELETE_METRICS = flag_param("deleteMetrics", default=True)
DELETE_STORAGE = flag_param("deleteStorage", default=True)
REMOVALS = (DELETE_LOGS, DELETE_METRICS, DELETE_STORAGE)


async def kill(call: Call) -> ASGIApp:
    """Have an execution stop; 1.x answers that it was asked to."""
    shown = await call.desk.actions.kill(call.tenant, _id(call), cascade=call[CASCADE])
    return execution_answer(call, shown, status=200 if call.generation == 2 else 202)


async def pause(call: Call) -> ASGIApp:
    """Have nothing new start."""
    return await _as_argument(call, call.desk.actions.pause(call.tenant, _id(call)))


async def resume(call: Call) -> ASGIApp:
    """Let a paused execution go on, with the answers to what the pause asks."""
    async with form_of(call) as form:
        shown = await call.desk.actions.resume(
            call.tenant, _id(call), inputs=form.texts, uploads=form.uploads(), by=call.user
        )
    return _resumed(call, shown)


async def validate_resume(call: Call) -> ASGIApp:
    """Tell what would become of the answers to what the pause asks."""
    async with form_of(call) as form:
        execution, checked = await call.desk.actions.check_resume(
            call.tenant, _id(call), inputs=form.texts, uploads=form.uploads()
        )
    return json_answer(checked_document(execution.namespace, execution.flow_id, checked))


async def resume_from_breakpoint(call: Call) -> ASGIApp:
    """Let an execution go on that stopped at a breakpoint."""
    points = read_breakpoints(call[BREAKPOINTS])
    return _resumed(call, await call.desk.actions.resume_from_breakpoint(call.tenant, _id(call), points))


async def restart(call: Call) -> ASGIApp:
    """Run what failed once more."""
    return execution_answer(call, await call.desk.actions.restart(call.tenant, _id(call), revision=call[REVISION]))


async def replay(call: Call) -> ASGIApp:
    """Run an execution again as a new one."""
    return execution_answer(call, await call.desk.actions.replay(call.tenant, _id(call), _wish(call)))


async def replay_with_inputs(call: Call) -> ASGIApp:
    """Run an execution again as a new one, with other inputs."""
    async with form_of(call) as form:
        return execution_answer(call, await call.desk.actions.replay(call.tenant, _id(call), _wish(call, form)))


async def change_status(call: Call) -> ASGIApp:
    """Declare the state of an ended execution."""
    state = read_state(call[STATUS])
    return execution_answer(call, await call.desk.actions.change_status(call.tenant, _id(call), state))


async def change_task_run_state(call: Call) -> ASGIApp:
    """Declare the state of a task run and go on from there."""
    body = await call.json_map("`taskRunId` and `state`")
    if not body.get("taskRunId") or not body.get("state"):
        raise InvalidBody("the body has to hold `taskRunId` and `state`")
    shown = await call.desk.actions.change_task_run_state(
        call.tenant, _id(call), str(body["taskRunId"]), read_state(str(body["state"]))
    )
    return execution_answer(call, shown)


async def force_run(call: Call) -> ASGIApp:
    """Have an execution that waits run now."""
    return await _as_argument(call, call.desk.actions.force_run(call.tenant, _id(call)))


async def unqueue(call: Call) -> ASGIApp:
    """Take an execution out of the queue of its concurrency limit."""
    return await _as_argument(call, call.desk.actions.unqueue(call.tenant, _id(call), read_state(call[TARGET])))


async def set_labels(call: Call) -> ASGIApp:
    """Replace the labels of an ended execution."""
    labels = labels_in(await call.json_list("labels"))
    return execution_answer(call, await call.desk.actions.set_labels(call.tenant, _id(call), labels))


async def delete(call: Call) -> ASGIApp:
    """Forget an execution."""
    await call.desk.actions.delete(call.tenant, _id(call), removal_of(call))
    return empty_answer()


async def evaluate(call: Call) -> ASGIApp:
    """Render a template as the execution, or one of its task runs, sees it."""
    found = await call.desk.expressions.evaluate(
        call.tenant, _id(call), await call.text(), task_run_id=call.path.get("taskRunId")
    )
    document: EvalResultDocument = {}
    if found.error is not None:
        document = {"error": found.error, "stackTrace": found.error}
    elif found.result is not None:
        document = {"result": found.result}
    return json_answer(document)


async def render(call: Call) -> ASGIApp:
    """Render several templates, with or without an execution."""
    body = await call.json_map("`expressions`")
    templates = body.get("expressions")
    if not isinstance(templates, list):
        raise InvalidBody("`expressions` has to be a list of texts")
    execution_id = body.get("executionId")
    rendered = await call.desk.expressions.render_all(
        call.tenant, [str(one) for one in templates], execution_id=str(execution_id) if execution_id else None
    )
    document: RenderedExpressionsDocument = {"rendered": rendered}
    return json_answer(document)


class StateRequestDocument(TypedDict):
    """A task run and the state it is to have."""

    taskRunId: str
    state: State


class EvalResultDocument(TypedDict):
    """What a template comes to, or why it cannot be rendered."""

    result: NotRequired[str]
    error: NotRequired[str]
    stackTrace: NotRequired[str]


class RenderExpressionRequestDocument(TypedDict):
    """Templates, and the execution that sees them."""

    expressions: list[str]
    executionId: NotRequired[str]


class RenderedExpressionsDocument(TypedDict):
    """What each template comes to."""

    rendered: dict[str, Any]


def read_state(text: str) -> State:
    """Return a state; raises ``InvalidArgument``."""
    try:
        return State(text.upper())
    except ValueError:
        raise InvalidArgument(f"{text!r} is not a state; possible are {', '.join(State)}") from None


def labels_in(items: Any) -> Labels:
    """Return the labels of a JSON list of key and value; raises ``InvalidBody``."""
    if not isinstance(items, list):
        raise InvalidBody("labels are a list of objects with `key` and `value`")
    labels = []
    for item in items:
        if not isinstance(item, dict) or "key" not in item or "value" not in item:
            raise InvalidBody("a label is an object with `key` and `value`")
        labels.append(Label(str(item["key"] or ""), str(item["value"] if item["value"] is not None else "")))
    return tuple(labels)


def removal_of(call: Call) -> Removal:
    """Return what goes together with an execution."""
    return Removal(logs=call[DELETE_LOGS], metrics=call[DELETE_METRICS], storage=call[DELETE_STORAGE])


def _id(call: Call) -> str:
    return call.path["executionId"]


def _resumed(call: Call, shown: Shown) -> ASGIApp:
    return execution_answer(call, shown) if call.generation == 2 else empty_answer()


async def _as_argument(call: Call, asked: Awaitable[Shown]) -> ASGIApp:
    """1.x tells a wrong state of these actions as a wrong argument (422), 2.0 as a conflict (409)."""
    try:
        return execution_answer(call, await asked)
    except Refused as refused:
        if call.generation == 1 and refused.refusal.kind is RefusalKind.CONFLICT:
            raise InvalidArgument(str(refused)) from refused
        raise


def _wish(call: Call, form: Form | None = None) -> Replay:
    return Replay(
        task_run_id=call[TASK_RUN],
        revision=call[REVISION],
        breakpoints=read_breakpoints(call[BREAKPOINTS]),
        inputs=None if form is None else form.texts,
        uploads=() if form is None else form.uploads(),
    )


def _action(  # a row of the table
    name: str,
    id: str,  # noqa: A002  # as the table calls it
    handler: Handler,
    *,
    params: tuple[Param[Any], ...] = (),
    takes: Shape = None,
    gives: Shape = ExecutionDocument,
    method: str = "POST",
    also: tuple[int, ...] = (),
) -> Operation:
    return Operation(
        method=method,
        path=f"/executions/{{executionId}}/actions/{name}",
        aliases=(f"/executions/{{executionId}}/{name}",),
        id=id,
        handler=handler,
        params=params,
        takes=takes,
        gives=gives,
        also=also,
    )


_REPLAY: tuple[Param[Any], ...] = (TASK_RUN, REVISION, BREAKPOINTS)

OPERATIONS = (
    _action("kill", "killExecution", kill, params=(CASCADE,), method="DELETE", also=(202,)),
    _action("pause", "pauseExecution", pause),
    _action("resume", "resumeExecution", resume, takes=FORM, also=(204,)),
    _action(
        "resume/validate",
        "validateResumeExecutionInputs",
        validate_resume,
        takes=FORM,
        gives=ValidatedInputsDocument,
    ),
    _action(
        "resume-from-breakpoint",
        "resumeExecutionFromBreakpoint",
        resume_from_breakpoint,
        params=(BREAKPOINTS,),
        also=(204,),
    ),
    _action("restart", "restartExecution", restart, params=(REVISION,)),
    _action("replay", "replayExecution", replay, params=_REPLAY),
    _action("replay-with-inputs", "replayExecutionWithinputs", replay_with_inputs, params=_REPLAY, takes=FORM),
    _action("change-status", "updateExecutionStatus", change_status, params=(STATUS,)),
    _action("state", "updateTaskRunState", change_task_run_state, takes=StateRequestDocument),
    _action("force-run", "forceRunExecution", force_run),
    _action("unqueue", "unqueueExecution", unqueue, params=(TARGET,)),
    _action("labels", "setLabelsOnTerminatedExecution", set_labels, takes=list[LabelDocument]),
    _action("eval", "evalExpression", evaluate, takes=PLAIN_TEXT, gives=EvalResultDocument),
    _action("eval/{taskRunId}", "evalTaskRunExpression", evaluate, takes=PLAIN_TEXT, gives=EvalResultDocument),
    Operation(
        method="DELETE",
        path="/executions/{executionId}",
        id="deleteExecution",
        handler=delete,
        params=REMOVALS,
        status=204,
    ),
    Operation(
        method="POST",
        path="/expressions/render",
        id="renderExpressions",
        handler=render,
        takes=RenderExpressionRequestDocument,
        gives=RenderedExpressionsDocument,
    ),
)
