"""A flow for each batch of a file's lines."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from pydantic import Field, field_validator

from lanner.sdk.context import RunContext
from lanner.sdk.flowable import Flowable, Shape
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, Task, TaskFailed
from lanner.sdk.text import Text
from lanner_plugins.core.flow.for_each_item_children import ItemsOfForEach, Wanted, joined, outputs_of
from lanner_plugins.core.flow.subflow import RestartBehavior
from lanner_plugins.core.storage.split import Split

SCHEME = "kestra://"
TYPE = "io.kestra.plugin.core.flow.ForEachItem"


class Batch(PluginModel):
    """How the lines are dealt to executions."""

    rows: Property[int] | None = None
    """Lines of each batch."""
    partitions: Property[int] | None = None
    """Number of batches."""
    bytes: Property[str] | None = None
    """Size of each batch, such as `10MB`."""
    separator: Property[str] = default("\n")
    """Text to write after each line."""


class SplitOfForEach(RunnableTask):
    """The first part of a ``ForEachItem``: files with the batches. Output: ``splits``, a file that lists them."""

    items: Text
    batch: Batch

    def run(self, context: RunContext) -> Mapping[str, Any]:
        uri = context.render(self.items)
        if not uri.startswith(SCHEME):
            raise TaskFailed(f"Unable to split the items from {uri}, this is not an internal storage URI!")
        size, partitions = context.render(self.batch.bytes), context.render(self.batch.partitions)
        rows = context.render(self.batch.rows)
        how = {"bytes": size, "partitions": partitions, "rows": rows if any((size, partitions, rows)) else 1}
        split = Split.model_validate(
            {
                "id": self.id,
                "type": "io.kestra.plugin.core.storage.Split",
                "from": uri,
                "separator": context.render(self.batch.separator),
                **{name: value for name, value in how.items() if value is not None},
            }
        )
        uris = split.run(context).uris
        listed = "".join(f"{uri}\n" for uri in uris).encode()
        return {"splits": context.files.put_bytes(listed, name="splits.txt")}


class MergeOfForEach(RunnableTask):
    """The last part of a ``ForEachItem``: the outputs of all its flows in one file, ``subflowOutputs``."""

    batches: str
    """Id of the task that ran the flows."""

    def run(self, context: RunContext) -> Mapping[str, Any]:
        outputs = outputs_of(context, self.batches, "numberOfBatches")
        base, count = outputs.get("subflowOutputsBaseUri"), outputs.get("numberOfBatches") or 0
        uri = joined(context, f"{SCHEME}{base}", count) if base else None
        return {"subflowOutputs": uri} if uri else {}


class ForEachItem(Flowable):
    """Split a file and run a flow for each part.

    It shows as four task runs: its own, ``<id>_split``, ``<id>_items`` and ``<id>_merge``. In ``inputs``,
    ``taskrun.items`` is the URI of the part and ``taskrun.iteration`` its number, from 1.
    """

    id_suffixes: ClassVar[tuple[str, ...]] = ("_split", "_items", "_merge")
    examples: ClassVar[tuple[str, ...]] = (
        """\
id: for_each_item
namespace: company.team
tasks:
  - id: lines
    type: io.kestra.plugin.core.storage.Write
    content: |
      alpha
      beta
    extension: .txt
  - id: each
    type: io.kestra.plugin.core.flow.ForEachItem
    items: "{{ outputs.lines.uri }}"
    batch:
      rows: 1
    namespace: company.team
    flowId: child
    inputs:
      file: "{{ taskrun.items }}"
  - id: after
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.each_items.numberOfBatches }} batches"
""",
    )

    items: Text
    """URI of the file to split."""
    batch: Batch = Field(default_factory=Batch)
    """How to split it; one line each when absent."""
    namespace: Text
    """Namespace of the flow; an expression may give it."""
    flow_id: Text
    """Id of the flow; an expression may give it."""
    revision: int | None = Field(default=None, ge=1)
    """Which revision; the latest when absent."""
    inputs: dict[str, Any] = Field(default_factory=dict)
    """Input -> value, rendered for each part."""
    labels: Any = None
    """Labels of the executions, as a map or a list of ``key`` and ``value``."""
    wait: bool = True
    """Whether the task ends with the executions or once they have been started."""
    transmit_failed: bool = True
    """Whether an execution that ends FAILED, KILLED or WARNING gives the task that state."""
    inherit_labels: bool = False
    """Give the executions the labels of this one too."""
    schedule_date: Property[datetime] | None = None
    """Start the executions later."""
    restart_behavior: RestartBehavior = RestartBehavior.RETRY_FAILED
    """What a restart does with executions that failed."""

    @field_validator("id")
    @classmethod
    def _has_room_for_suffixes(cls, value: str) -> str:
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]*", value):
            raise ValueError("the id of a ForEachItem is the beginning of three others: letters, digits, - and _ only")
        return value

    @cached_property
    def _parts(self) -> tuple[Task, ...]:
        wanted = Wanted(
            namespace=self.namespace,
            flow_id=self.flow_id,
            revision=self.revision,
            inputs=self.inputs,
            labels=self.labels,
            wait=self.wait,
            transmit_failed=self.transmit_failed,
            inherit_labels=self.inherit_labels,
            schedule_date=self.schedule_date,
            restart_failed=self.restart_behavior is RestartBehavior.RETRY_FAILED,
        )
        split, items = f"{self.id}_split", f"{self.id}_items"
        return (
            SplitOfForEach(id=split, type=f"{TYPE}$ForEachItemSplit", items=self.items, batch=self.batch),
            ItemsOfForEach(id=items, type=f"{TYPE}$ForEachItemExecutable", split=split, wanted=wanted),
            MergeOfForEach(id=f"{self.id}_merge", type=f"{TYPE}$ForEachItemMergeOutputs", batches=items),
        )

    @property
    def nested(self) -> Mapping[str, tuple[Task, ...]]:
        return {"tasks": self._parts}

    def shape(self, memo: Mapping[str, Any]) -> Shape:  # noqa: ARG002  # nothing was decided
        return Shape(tasks=self._parts)
