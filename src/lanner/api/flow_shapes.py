"""The documents of flows: their types; ``flow_documents.py`` makes them. Source: reference ``api.md`` §2.1, §2.6."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from lanner.api.execution_shapes import InputDocument
from lanner.api.shapes import LabelDocument, open_ended


@open_ended
class TaskDocument(TypedDict):
    """A task as its flow has it; each type has properties of its own. What is wrong may lack even these."""

    id: NotRequired[str]
    type: NotRequired[str]


@open_ended
class TriggerDefinitionDocument(TypedDict):
    """A trigger as its flow has it; each type has properties of its own."""

    id: NotRequired[str]
    type: NotRequired[str]


@open_ended
class FlowDocument(TypedDict):
    """A flow: what its source says, with labels as a list, and what the server knows of it.

    ``source`` is there when asked for, ``exception`` when the source is not right.
    """

    tenantId: str
    id: str
    namespace: str
    revision: int
    description: NotRequired[str]
    inputs: NotRequired[list[InputDocument]]
    outputs: NotRequired[list[Mapping[str, Any]]]
    variables: NotRequired[Mapping[str, Any]]
    labels: NotRequired[list[LabelDocument]]
    concurrency: NotRequired[Mapping[str, Any]]
    tasks: list[TaskDocument]
    triggers: NotRequired[list[TriggerDefinitionDocument]]
    disabled: bool
    deleted: bool
    draft: bool
    updated: NotRequired[datetime]
    exception: NotRequired[str]
    source: NotRequired[str]


class TaskForExecutionDocument(TypedDict):
    """A task without what it does; ``inputs`` are those that a pause asks for."""

    id: str
    type: str
    tasks: NotRequired[list["TaskForExecutionDocument"]]
    inputs: NotRequired[list[InputDocument]]


class TriggerForExecutionDocument(TypedDict):
    """A trigger without when it starts."""

    id: str
    type: str


FlowForExecutionDocument = TypedDict(
    "FlowForExecutionDocument",
    {
        "tenantId": str,
        "id": str,
        "namespace": str,
        "revision": int,
        "description": NotRequired[str],
        "inputs": NotRequired[list[InputDocument]],
        "outputs": NotRequired[list[Mapping[str, Any]]],
        "labels": NotRequired[list[LabelDocument]],
        "variables": NotRequired[Mapping[str, Any]],
        "tasks": list[TaskForExecutionDocument],
        "errors": NotRequired[list[TaskForExecutionDocument]],
        "finally": NotRequired[list[TaskForExecutionDocument]],
        "afterExecution": NotRequired[list[TaskForExecutionDocument]],
        "triggers": NotRequired[list[TriggerForExecutionDocument]],
        "disabled": bool,
        "deleted": bool,
    },
)
FlowForExecutionDocument.__doc__ = "A flow as people see it who may not read flows."


class ProblemDocument(TypedDict):
    """One thing that is wrong with a source; lines and columns count from 1."""

    path: str
    message: str
    line: NotRequired[int]
    column: NotRequired[int]


class ValidateConstraintViolationDocument(TypedDict):
    """What is wrong with one source. ``problems`` has what ``constraints`` says, for programs."""

    index: int
    outdated: bool
    deprecationPaths: NotRequired[list[str]]
    warnings: NotRequired[list[str]]
    infos: NotRequired[list[str]]
    flow: NotRequired[str]
    namespace: NotRequired[str]
    filename: NotRequired[str]
    constraints: NotRequired[str]
    problems: NotRequired[list[ProblemDocument]]


class FoundSourceDocument(TypedDict):
    """A flow whose source holds a text, and the lines that do, with each place marked."""

    model: FlowDocument
    fragments: list[str]


class FlowNameDocument(TypedDict):
    """A flow by name."""

    namespace: str
    id: str
