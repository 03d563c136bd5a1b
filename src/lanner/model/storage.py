"""Where things lie in the internal storage: the one place that knows its layout.

Source: Kestra 1.0.36 (reference ``engine.md`` §9.9).
"""

import hashlib
import re
import unicodedata

from lanner.model.errors import LannerError
from lanner.model.execution import Execution, TaskRun
from lanner.model.ids import derived_id

SCHEME = "kestra://"


class InvalidStorageUri(LannerError):
    """A URI does not point into the internal storage."""

    def __init__(self, uri: object) -> None:
        self.uri = uri
        super().__init__(
            f"Invalid internal storage scheme, got uri '{uri}'" if uri else "Invalid internal storage uri, got null"
        )


def slug(text: str) -> str:
    """Return a flow or task id as it stands in paths: lower case, words joined by one dash, accents dropped."""
    plain = unicodedata.normalize("NFD", re.sub(r"[\s_]+", "-", text))
    kept = re.sub(r"[^\w-]", "", plain, flags=re.ASCII)
    return re.sub(r"^-|-$", "", re.sub(r"-{2,}", "-", kept)).lower()


def namespace_folder(namespace: str) -> str:
    """Return the folder of a namespace."""
    return f"/{namespace.replace('.', '/')}"


def flow_folder(namespace: str, flow_id: str) -> str:
    """Return the folder of a flow."""
    return f"{namespace_folder(namespace)}/{slug(flow_id)}"


def execution_folder(execution: Execution) -> str:
    """Return the folder that holds everything an execution stored."""
    return f"{flow_folder(execution.namespace, execution.flow_id)}/executions/{execution.id}"


def task_run_folder(execution: Execution, run: TaskRun) -> str:
    """Return the folder of what a task run stored."""
    return f"{execution_folder(execution)}/tasks/{slug(run.task_id)}/{run.id}"


def trigger_folder(execution: Execution, trigger_id: str) -> str:
    """Return the folder of what a trigger stored for the execution that it started."""
    return f"{execution_folder(execution)}/trigger/{slug(trigger_id)}"


def input_path(execution: Execution, input_id: str, file_name: str) -> str:
    """Return where the file of an input goes."""
    return f"{execution_folder(execution)}/inputs/{input_id}/{file_name}"


def cache_path(execution: Execution, name: str, value: str | None) -> str:
    """Return where the flow of an execution keeps a file for later ones; ``value`` is that of a loop."""
    inner = "" if value is None else f"/{hashlib.sha256(value.encode()).hexdigest()[:32]}"
    return f"{flow_folder(execution.namespace, execution.flow_id)}/{name}/cache{inner}/cache.zip"


def files_folder(namespace: str) -> str:
    """Return the folder of a namespace's files."""
    return f"{namespace_folder(namespace)}/_files"


def revisions_folder(namespace: str, name: str) -> str:
    """Return the folder of the earlier revisions of a namespace file; ``name`` is its path without a slash before."""
    return f"{namespace_folder(namespace)}/_file_revisions/{derived_id(name)}"


def storage_path(uri: str) -> str:
    """Return the path of a ``kestra:///…`` URI; raises ``InvalidStorageUri``."""
    if not uri or not uri.startswith(f"{SCHEME}/"):
        raise InvalidStorageUri(uri)
    return uri[len(SCHEME) :]
