"""A world for expressions to reach: fixed clock and stores, random bytes in a known order."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from lanner.expressions import Found, HttpAnswer, HttpCall
from lanner.model.errors import LannerError

NOW = datetime(2026, 11, 21, 9, 30, 2, 36105, tzinfo=UTC)
FILES = {"query.sql": b"select 1", "empty.txt": b""}

# The variables of a task of the real engine, as far as the recorded cases look at them.
ENGINE_VARIABLES: dict[str, Any] = {
    "flow": {"id": "cases", "namespace": "oracle.expressions", "revision": 1, "tenantId": "main"},
    "execution": {
        "id": "4yPqZ",
        "startDate": "2026-11-21T09:30:02.036105Z",
        "originalId": "4yPqZ",
        "state": "RUNNING",
    },
    "task": {"id": "t", "type": "io.kestra.plugin.core.debug.Return"},
    "taskrun": {"id": "tr", "startDate": NOW, "attemptsCount": 0},
    "labels": {"system": {"correlationId": "4yPqZ"}},
    "outputs": {},
    "envs": {},
    "globals": {},
    "kestra": {},
    "parents": [],
}

# The variables of the examples in the reference page.
EXAMPLE_VARIABLES: dict[str, Any] = {
    "inputs": {"name": "Ada"},
    "vars": {"greeting": "Hello {{ inputs.name }}", "lines": "a\nb"},
    "flow": {"id": "example", "namespace": "company.team"},
    "outputs": {"fetch": {"a": {"value": "fetched a"}, "b": {"value": "fetched b"}}},
    "task": {"id": "show"},
    "taskrun": {"value": "b", "iteration": 1},
    "parents": [{"taskrun": {}, "outputs": {"outer": {"value": "o"}}}],
    "tasks": {"load": {"state": "FAILED"}, "fetch": {"state": "SUCCESS"}},
}


class World:
    """Implements ``Reach``."""

    def __init__(self) -> None:
        self.masked: list[str] = []
        self.calls: list[HttpCall] = []
        self._random = random.Random(7)

    def now(self) -> datetime:
        return NOW

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def random_int(self, lower: int, upper: int) -> int:
        return self._random.randrange(lower, upper)

    def free_port(self) -> int:
        return 20123

    def read(self, path: str, namespace: str | None) -> bytes:
        del namespace
        if path not in FILES:
            raise LannerError(f"no file {path!r}")
        return FILES[path]

    def file_uri(self, path: str, namespace: str | None) -> str:
        return f"kestra:///{(namespace or 'company.team').replace('.', '/')}/_files/{path}"

    def file_size(self, path: str, namespace: str | None) -> int:
        return len(self.read(path, namespace))

    def file_exists(self, path: str, namespace: str | None) -> bool:
        del namespace
        return path in FILES

    def kv(self, key: str, namespace: str | None) -> Found | None:
        del namespace
        return {"region": Found("us"), "limits": Found({"max": 3}), "nothing": Found(None)}.get(key)

    def secret(self, key: str, namespace: str | None) -> str | None:
        del namespace
        return {"TOKEN": "s3cr3t", "DB": '{"user": "root", "password": "hunter2"}'}.get(key)

    def mask(self, value: str) -> None:
        self.masked.append(value)

    def http(self, call: HttpCall) -> HttpAnswer:
        self.calls.append(call)
        if call.uri.endswith("/broken"):
            return HttpAnswer(status=503, content_type="text/plain", body=b"later")
        if call.uri.endswith(".yml"):
            return HttpAnswer(status=200, content_type="application/yaml", body=b"a: [1, 2]")
        if call.uri.endswith(".txt"):
            return HttpAnswer(status=200, content_type="text/plain", body=b"plain")
        return HttpAnswer(status=200, content_type="application/json; charset=utf-8", body=b'{"name": "Ada"}')

    def error_logs(self) -> Sequence[Mapping[str, Any]]:
        return [{"message": "it broke", "taskId": "load", "level": "ERROR"}]

    def env(self, name: str) -> str | None:
        return {"STAGE": "prod"}.get(name)

    def is_public_holiday(self, day: date, country: str, subdivision: str | None) -> bool:
        del subdivision
        return (day.month, day.day, country) == (12, 25, "FR")

    def subflow(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"list": ["eu", "us"]} if arguments == {"namespace": "company", "id": "regions"} else {}

    def app_link(self, app_id: str | None, base_url: str | None) -> str:
        return f"{base_url or 'https://example.org'}/apps/{app_id}"

    def credential(self, arguments: Mapping[str, Any]) -> Any:
        return {"gcp": "token"}.get(str(arguments["name"]))
