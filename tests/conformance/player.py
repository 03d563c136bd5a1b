"""Plays a case against a server that speaks Kestra's HTTP API and notes what happened.

A case is a folder: ``flow.yaml``, flows it calls (``sub-*.yaml``), files of its namespace (``nsfiles/``) and
``case.json``, which says how it is started and what is done to it. ``recorded.json`` holds what Kestra 1.0.36 did.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

ENDED = frozenset({"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED"})
YAML = {"content-type": "application/x-yaml"}
RECORDED_STUB = "127.0.0.1:8099"
"""Where the HTTP server was when the outcomes were recorded."""
_LABELS_LEFT_OUT = ("system.correlationId", "system.username")
_MASKS = (
    (re.compile(r"kestra:///[^\s\"']+"), "<uri>"),
    (re.compile(r'execution="[^"]+"'), 'execution="<child>"'),
    (re.compile(r"\b\d{2}:\d{2}:\d{2}\.\d{3}\b"), "<hms>"),
)

Settled = Callable[[str, frozenset[str]], Awaitable[None]]
"""Waits until an execution is in one of the states and nothing of it moves any more."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it lies on disk."""

    folder: Path
    about: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Suite and folder, such as ``engine/pause-resume``."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def run(self) -> Mapping[str, Any]:
        """How the execution is started."""
        return self.about.get("run") or {}


def cases_in(folder: Path) -> list[Case]:
    """Return the cases below a folder, by name."""
    found = [Case(path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in folder.rglob("case.json")]
    return sorted(found, key=lambda case: case.name)


class Refused(Exception):
    """The server turned a call of the case down: that is its outcome."""

    def __init__(self, call: str, answer: httpx.Response) -> None:
        self.outcome = {call: answer.status_code}
        super().__init__(f"{call}: {answer.status_code} {answer.text[:300]}")


@dataclass(slots=True)
class Player:
    """Plays cases on one server. ``client`` ends its base URL with the tenant."""

    client: httpx.AsyncClient
    settled: Settled
    stub: str
    refusals: dict[str, str] = field(default_factory=dict)

    async def play(self, case: Case) -> dict[str, Any]:
        """Return what came of a case, in the shape of the recording."""
        try:
            async with asyncio.timeout(case.about.get("timeout_s", 30) + 10):
                return await self._play(case)
        except Refused as refused:
            self.refusals[case.name] = str(refused)
            return refused.outcome
        except TimeoutError:
            return {"stuck": True}

    async def _play(self, case: Case) -> dict[str, Any]:
        for path in sorted(case.folder.glob("sub-*.yaml")):
            await self._put_flow("create_sub", path.read_text(encoding="utf-8"))
        source = (case.folder / "flow.yaml").read_text(encoding="utf-8")
        namespace, flow_id = _key(source)
        await self._put_files(namespace, case.folder / "nsfiles")
        await self._put_flow("create", source)
        if case.about.get("expect_create_error"):
            return {"create": 200}
        inputs = self._inputs(case)
        document = await self._start(case, namespace, flow_id, inputs)
        if case.about.get("expect_run_error"):
            return {"run": 200}
        followed, actions = await self._act(case, document, inputs)
        wanted = ENDED | {"PAUSED"} if case.about.get("ends_paused") else ENDED
        outcome: dict[str, Any] = {"executions": []}
        for execution_id in followed:
            await self.settled(execution_id, frozenset(wanted))
            outcome["executions"].append(await self._noted(case, execution_id))
        if actions:
            outcome["actions"] = actions
        if triggered := case.about.get("expect_triggered"):
            outcome["triggered"] = await self._triggered(namespace, triggered["flowId"])
        return outcome

    async def _put_flow(self, call: str, source: str) -> None:
        answer = await self.client.post("/flows", content=source, headers=YAML)
        if answer.is_error:
            raise Refused(call, answer)

    async def _put_files(self, namespace: str, folder: Path) -> None:
        for path in sorted(found for found in folder.rglob("*") if found.is_file()):  # noqa: ASYNC240  # a few small files
            place = quote(path.relative_to(folder).as_posix())
            file = {"fileContent": (path.name, path.read_bytes(), "application/octet-stream")}
            answer = await self.client.post(f"/namespaces/{namespace}/files?path=/{place}", files=file)
            if answer.is_error:
                raise Refused("create", answer)

    def _inputs(self, case: Case) -> dict[str, Any]:
        given: dict[str, Any] = dict(case.run.get("inputs") or {})
        if "http" in case.about.get("needs", []):
            given.setdefault("base", "$STUB")
        return {
            name: value.replace("$STUB", self.stub) if isinstance(value, str) else value
            for name, value in given.items()
        }

    async def _start(self, case: Case, namespace: str, flow_id: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        hook = case.run.get("webhook")
        if hook is not None:
            answer = await self.client.post(
                f"/executions/webhook/{namespace}/{flow_id}/{hook['key']}",
                params=hook.get("query") or {},
                content=json.dumps(hook["body"]) if hook.get("body") is not None else b"",
                headers={"content-type": "application/json"},
            )
        else:
            labels = [("labels", f"{key}:{value}") for key, value in (case.run.get("labels") or {}).items()]
            answer = await self._form(
                f"/executions/{namespace}/{flow_id}", inputs, case.run.get("files") or {}, params=labels
            )
        if answer.is_error or not answer.content:
            raise Refused("run", answer)
        document: dict[str, Any] = answer.json()
        return document

    async def _form(
        self, path: str, fields: Mapping[str, Any], files: Mapping[str, str], params: Any = None
    ) -> httpx.Response:
        parts: list[tuple[str, Any]] = [
            (name, (None, value if isinstance(value, str) else json.dumps(value))) for name, value in fields.items()
        ]
        parts += [("files", (name, content, "application/octet-stream")) for name, content in files.items()]
        return await self.client.post(path, files=parts or [("_", (None, ""))], params=params)

    async def _act(
        self, case: Case, document: dict[str, Any], inputs: Mapping[str, Any]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        followed, done = [document["id"]], []
        current = document["id"]
        for action in case.about.get("actions") or []:
            await self.settled(current, frozenset({action["when"]}))
            answer = await self._do(current, action, document, inputs, case)
            done.append({"do": action["do"], "status": answer.status_code if answer.is_error else "ok"})
            if action["do"] in ("run-again", "replay", "replay-from") and answer.is_success:
                followed.append(answer.json()["id"])
                if action["do"] != "run-again":
                    current = followed[-1]
        return followed, done

    async def _do(
        self,
        execution_id: str,
        action: Mapping[str, Any],
        first: Mapping[str, Any],
        inputs: Mapping[str, Any],
        case: Case,
    ) -> httpx.Response:
        at = f"/executions/{execution_id}"
        match action["do"]:
            case "resume":
                return await self._form(f"{at}/resume", action.get("inputs") or {}, {})
            case "kill":
                return await self.client.delete(f"{at}/kill")
            case "restart" | "replay" | "pause" | "force-run" as verb:
                return await self.client.post(f"{at}/{verb}")
            case "replay-from":
                runs = (await self.client.get(at)).json()["taskRunList"]
                run = next(run for run in runs if run["taskId"] == action["task"])
                return await self.client.post(f"{at}/replay", params={"taskRunId": run["id"]})
            case "run-again":
                return await self._form(
                    f"/executions/{first['namespace']}/{first['flowId']}", inputs, case.run.get("files") or {}
                )
            case "change-status":
                return await self.client.post(f"{at}/change-status", params={"status": action["status"]})
            case other:
                raise ValueError(f"{case.name} asks for an unknown action {other!r}")

    async def _triggered(self, namespace: str, flow_id: str) -> str:
        query: dict[str, str | int] = {
            "namespace": namespace,
            "flowId": flow_id,
            "size": 5,
            "sort": "state.startDate:desc",
        }
        while True:
            found = (await self.client.get("/executions/search", params=query)).json()["results"]
            if found:
                await self.settled(found[0]["id"], ENDED)
                again = (await self.client.get(f"/executions/{found[0]['id']}")).json()
                return str(again["state"]["current"])
            await asyncio.sleep(0.02)

    async def _noted(self, case: Case, execution_id: str) -> dict[str, Any]:
        document = (await self.client.get(f"/executions/{execution_id}")).json()
        logs = (await self.client.get(f"/logs/{execution_id}", params={"minLevel": "INFO"})).json()
        return noted(case, document, logs, {self.stub.removeprefix("http://"): RECORDED_STUB})


def noted(
    case: Case, document: Mapping[str, Any], logs: list[dict[str, Any]], hosts: Mapping[str, str]
) -> dict[str, Any]:
    """Return what is compared of an execution: no ids, no addresses, no dates."""
    runs = {run["id"]: run for run in document.get("taskRunList") or []}
    hidden = {document["id"]: "<execution>", **dict.fromkeys(runs, "<taskrun>"), **hosts}
    left_out = [name.split(".", 1) for name in case.about.get("nondeterministic", [])]

    def path(run: Mapping[str, Any]) -> str:
        here = run["taskId"] + ("" if run.get("value") is None else f"[{run['value']}]")
        parent = runs.get(run.get("parentTaskRunId") or "")
        return here if parent is None else f"{path(parent)}/{here}"

    rows = []
    for run in runs.values():
        outputs = json.loads(json.dumps(run.get("outputs") or {}))
        for name, *inside in left_out:
            if name == run["taskId"]:
                outputs = _without(outputs, inside[0].split(".")) if inside else {}
        attempts: Any = [attempt["state"]["current"] for attempt in run.get("attempts") or []]
        rows.append(
            {
                "path": path(run),
                "iteration": run.get("iteration"),
                "state": run["state"]["current"],
                "attempts": "<masked>" if [run["taskId"], "attempts"] in left_out else attempts,
                "outputs": _masked(outputs, hidden),
            }
        )
    lines = (
        f"{line.get('taskId') or '-'} {line['level']} {next(iter(_masked(line.get('message') or '', hidden).splitlines()), '')}"  # noqa: E501  # one line of text
        for line in logs
    )
    labels = document.get("labels") or []
    return {
        "state": document["state"]["current"],
        "outputs": "<masked>" if ["outputs"] in left_out else _masked(document.get("outputs") or {}, hidden),
        "variables": _masked(document.get("variables") or {}, hidden),
        "labels": {
            label["key"]: _masked(label["value"], hidden) for label in labels if label["key"] not in _LABELS_LEFT_OUT
        },
        "taskRuns": sorted(rows, key=lambda row: (row["path"], str(row["iteration"]))),
        "logs": sorted(lines),
    }


def differences(want: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    """Return in words how an outcome differs from the recorded one; nothing when it agrees."""
    found = []
    for key in ("create", "run", "create_sub", "triggered", "actions", "stuck"):
        wanted, had = want.get(key), got.get(key)
        if isinstance(wanted, int) and isinstance(had, int):
            wanted, had = wanted // 100, had // 100
        if wanted != had:
            found.append(f"{key}: {want.get(key)!r} is recorded, not {got.get(key)!r}")
    wants, gots = want.get("executions") or [], got.get("executions") or []
    if len(wants) != len(gots):
        return [*found, f"{len(wants)} executions are recorded, not {len(gots)}"]
    for wanted, had in zip(wants, gots, strict=True):
        found += [
            f"{key}: {_short(wanted.get(key))} is recorded, not {_short(had.get(key))}"
            for key in ("state", "outputs", "variables", "labels")
            if wanted.get(key) != had.get(key)
        ]
        found += _task_run_differences(wanted, had)
        lines = list(had.get("logs", []))
        for line in wanted.get("logs", []):
            if line in lines:
                lines.remove(line)
            elif " INFO " in line and not line.startswith("- "):
                found.append(f"the log lacks {line!r}")
    return found


def _task_run_differences(want: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    wanted = {(row["path"], str(row["iteration"])): row for row in want.get("taskRuns", [])}
    had = {(row["path"], str(row["iteration"])): row for row in got.get("taskRuns", [])}
    found = [f"there is no task run {path}" for path, _ in sorted(wanted.keys() - had.keys())]
    found += [f"there is a task run {path}" for path, _ in sorted(had.keys() - wanted.keys())]
    for key in sorted(wanted.keys() & had.keys()):
        found += [
            f"{key[0]}.{name}: {_short(wanted[key][name])} is recorded, not {_short(had[key][name])}"
            for name in ("state", "outputs", "attempts")
            if wanted[key][name] != had[key][name]
        ]
    return found


def _key(source: str) -> tuple[str, str]:
    """Return namespace and id of a flow whose YAML may be wrong on purpose."""
    found = {name: re.search(rf"^{name}:\s*[\"']?([^\s\"']+)", source, re.MULTILINE) for name in ("namespace", "id")}
    namespace, flow_id = found["namespace"], found["id"]
    return (namespace[1] if namespace else "", flow_id[1] if flow_id else "")


def _masked(value: Any, hidden: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for known, name in hidden.items():
            value = value.replace(known, name)
        for pattern, name in _MASKS:
            value = pattern.sub(name, value)
        return value
    if isinstance(value, list):
        return [_masked(item, hidden) for item in value]
    if isinstance(value, dict):
        return {key: _masked(item, hidden) for key, item in value.items()}
    return value


def _without(value: Any, path: list[str]) -> Any:
    if isinstance(value, dict) and path[0] in value:
        if len(path) == 1:
            value.pop(path[0])
        else:
            _without(value[path[0]], path[1:])
    return value


def _short(value: Any) -> str:
    return json.dumps(value)[:200]
