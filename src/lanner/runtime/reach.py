"""The outside, as expressions of an execution may reach it (``lanner.expressions.Reach``)."""

import os
import random
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from lanner.expressions import Found, HttpAnswer, HttpCall, OutOfReach
from lanner.model.execution import Execution
from lanner.model.namespace import checked_namespace, with_parents
from lanner.model.storage import SCHEME, files_folder
from lanner.ports.clock import Clock
from lanner.ports.store import LogRows
from lanner.runtime.http_calls import answered
from lanner.runtime.masking import Masks
from lanner.services.key_values import KeyValues
from lanner.services.namespace_files import checked_path
from lanner.services.readable_files import ReadableFiles
from lanner.services.secrets import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What all expressions of a server share."""

    files: ReadableFiles
    key_values: KeyValues
    clock: Clock
    secrets: Secrets
    logs: LogRows


class WouldWait(BaseException):
    """Leaves an expression that would have to wait where nothing may wait; no failure of it, so nothing catches it."""


class ExecutionReach:
    """The outside of one execution's expressions.

    Where expressions must not wait (``may_wait``), requests raise ``WouldWait``.
    """

    def __init__(
        self,
        outside: Outside,
        execution: Execution,
        masks: Masks,
        *,
        may_wait: bool = True,
    ) -> None:
        self._outside, self._execution, self._masks = outside, execution, masks
        self._may_wait = may_wait

    def now(self) -> datetime:
        """Return the present moment."""
        return self._outside.clock.now()

    def random_bytes(self, count: int) -> bytes:
        """Return random bytes."""
        return os.urandom(count)

    def random_int(self, lower: int, upper: int) -> int:
        """Return a whole number from ``lower`` up to and without ``upper``."""
        return random.randrange(lower, upper)  # noqa: S311  # flows ask for it, nothing is protected by it

    def free_port(self) -> int:
        """Return a TCP port nobody listens on right now."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    def read(self, path: str, namespace: str | None) -> bytes:
        """Return the content of a stored file or a namespace file."""
        with self._outside.files.open(self._execution.tenant, path, self._place(namespace)) as content:
            return content.read()

    def file_uri(self, path: str, namespace: str | None) -> str:
        """Return the URI of a namespace file."""
        return f"{SCHEME}{files_folder(self._place(namespace))}/{checked_path(path)}"

    def file_size(self, path: str, namespace: str | None) -> int:
        """Return the size of a file in bytes."""
        return self._outside.files.size(self._execution.tenant, path, self._place(namespace))

    def file_exists(self, path: str, namespace: str | None) -> bool:
        """Whether there is such a file."""
        return self._outside.files.exists(self._execution.tenant, path, self._place(namespace))

    def kv(self, key: str, namespace: str | None) -> Found | None:
        """Return a value of the store; without a namespace the flow's own and those above it are searched."""
        own = self._execution.namespace
        places = with_parents(own) if namespace is None else [checked_namespace(namespace)]
        pair = self._outside.key_values.find(self._execution.tenant, places, key)
        return None if pair is None else Found(pair.value)

    def secret(self, key: str, namespace: str | None) -> str | None:
        """Return a secret; raises ``SecretNotFound``."""
        return self._outside.secrets.find(self._execution.tenant, namespace or self._execution.namespace, key)

    def mask(self, value: str) -> None:
        """Note a value that must not show in logs."""
        self._masks.add(value)

    def http(self, call: HttpCall) -> HttpAnswer:
        """Make a request and return the answer, whatever its status."""
        if not self._may_wait:
            raise WouldWait
        return answered(call)

    def error_logs(self) -> Sequence[Mapping[str, Any]]:
        """Return the ERROR lines of the execution, oldest first."""
        return [
            {
                "executionId": line.execution_id,
                "taskId": line.task_id,
                "taskRunId": line.task_run_id,
                "attemptNumber": line.attempt_number,
                "level": line.level.value,
                "timestamp": line.timestamp,
                "message": line.message,
            }
            for line in self._outside.logs.errors_of(self._execution.id)
        ]

    def env(self, name: str) -> str | None:
        """Refuse: only ``envs`` holds variables of the process, those with the configured prefix."""
        self._refuse("env", name)

    def is_public_holiday(self, day: date, country: str, subdivision: str | None) -> bool:
        """Refuse: no calendar of holidays yet."""
        self._refuse("isPublicHoliday", day, country, subdivision)

    def subflow(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse."""
        self._refuse("subflow", arguments)

    def app_link(self, app_id: str | None, base_url: str | None) -> str:
        """Refuse."""
        self._refuse("appLink", app_id, base_url)

    def credential(self, arguments: Mapping[str, Any]) -> Any:
        """Refuse."""
        self._refuse("credential", arguments)

    def _place(self, namespace: str | None) -> str:
        return namespace or self._execution.namespace

    @staticmethod
    def _refuse(function: str, *_: object) -> NoReturn:
        raise OutOfReach(function)
