"""Outputs of earlier runs, used again when nothing a task depends on has changed.

Source: Kestra 0.24 (reference ``engine.md`` §9.4, §9.9): the key is a hash of the task with every
property rendered; an entry is a zip with ``outputs.ion`` below the flow's folder. Whatever goes
wrong with the cache is logged and the task runs.
"""

import asyncio
import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from lanner.model.storage import cache_path
from lanner.ports.blobs import Blobs
from lanner.runtime.run_context import TaskContext
from lanner.sdk.task import Task

if TYPE_CHECKING:
    from lanner.runtime.worker import Assignment


class TaskResultCache:
    """Entries of all flows, in the internal storage."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    async def key(self, task: Task, context: TaskContext) -> str | None:
        """Return the hash of the rendered task, or ``None`` when it cannot be made."""
        try:
            written = task.model_dump(mode="python", by_alias=True, exclude_none=True)
            rendered = await asyncio.to_thread(context.render_value, written, workingDir="workingDir")
            text = orjson.dumps(rendered, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
            return hashlib.sha256(text).hexdigest()
        except Exception as error:  # noqa: BLE001  # the cache may never fail a task
            context.log.warn(f"Unable to create the cache key for the task '{task.id}': {error}")
            return None

    async def find(self, job: "Assignment", context: TaskContext, key: str) -> Mapping[str, Any] | None:
        """Return the outputs of a valid entry; an entry past its time is deleted."""
        try:
            found = await asyncio.to_thread(self._read, job, key)
        except Exception as error:  # noqa: BLE001  # the cache may never fail a task
            context.log.warn(f"Unable to read the cache entry of the task '{job.task.id}': {error}")
            return None
        if found is not None:
            context.log.info(
                f"Skipping task execution for task '{job.task.id}' as there is an existing cache entry for it"
            )
        return found

    async def keep(self, job: "Assignment", context: TaskContext, key: str, outputs: Mapping[str, Any]) -> None:
        """Store the outputs of a run."""
        context.log.info(f"Uploading a cache entry for task '{job.task.id}'")
        try:
            await asyncio.to_thread(self._write, job, key, outputs)
        except Exception as error:  # noqa: BLE001  # the cache may never fail a task
            context.log.warn(f"Unable to store the cache entry of the task '{job.task.id}': {error}")

    def _read(self, job: "Assignment", key: str) -> Mapping[str, Any] | None:
        tenant, path = job.execution.tenant, _path(job, key)
        if not self._blobs.exists(tenant, path):
            return None
        policy = job.task.task_cache
        ttl = policy.ttl if policy is not None else None
        if ttl is not None and datetime.now(UTC) - self._blobs.stat(tenant, path).modified > ttl:
            self._blobs.delete(tenant, path)
            return None
        with self._blobs.open(tenant, path) as content, zipfile.ZipFile(io.BytesIO(content.read())) as archive:
            found: Mapping[str, Any] = orjson.loads(archive.read("outputs.ion"))
        return found

    def _write(self, job: "Assignment", key: str, outputs: Mapping[str, Any]) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            # JSON text is Ion text.
            archive.writestr("outputs.ion", orjson.dumps(outputs, default=str))
        packed.seek(0)
        self._blobs.put(job.execution.tenant, _path(job, key), packed)


def _path(job: "Assignment", key: str) -> str:
    return cache_path(job.execution, key, job.run.value)
