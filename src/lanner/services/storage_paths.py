"""Where executions keep files in the internal storage.

Source: Kestra 1.0.36 (reference ``engine.md`` §9.9).
"""

import re
import unicodedata

from lanner.model.execution import Execution
from lanner.services.errors import InvalidArgument

SCHEME = "kestra://"


def slug(text: str) -> str:
    """Return a flow or task id as it stands in paths: lower case, words joined by one dash, accents dropped."""
    plain = unicodedata.normalize("NFD", re.sub(r"[\s_]+", "-", text))
    kept = re.sub(r"[^\w-]", "", plain, flags=re.ASCII)
    return re.sub(r"^-|-$", "", re.sub(r"-{2,}", "-", kept)).lower()


def execution_prefix(execution: Execution) -> str:
    """Return the folder that holds everything an execution stored."""
    namespace = execution.namespace.replace(".", "/")
    return f"/{namespace}/{slug(execution.flow_id)}/executions/{execution.id}"


def storage_path(uri: str) -> str:
    """Return the path of ``kestra:///…``; raises ``InvalidArgument`` for other schemes."""
    path = uri.removeprefix(SCHEME)
    if path == uri or not path.startswith("/"):
        raise InvalidArgument(f"Invalid internal storage scheme, got uri '{uri}'")
    return path
