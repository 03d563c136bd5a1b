"""``lanner execution``: the executions of a server."""

from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from lanner.cli.client import (
    DEFAULT_SERVER,
    Client,
    JsonOption,
    Refused,
    ServerOption,
    TenantOption,
    UserOption,
    connected,
)
from lanner.cli.ending import ExitCode, InputInvalid
from lanner.cli.output import duration_text, local_time, note, print_json, print_table
from lanner.cli.pairs import read_pairs
from lanner.sdk.text import parse_duration

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(help="Id of the execution.", metavar="ID")]
GOOD_ENDS = frozenset({"SUCCESS", "WARNING"})


@app.callback()
def execution() -> None:
    """Start, follow and stop executions of a server."""


@app.command()
def create(
    namespace: Annotated[str, typer.Argument(help="Namespace of the flow.")],
    flow_id: Annotated[str, typer.Argument(help="Id of the flow.")],
    inputs: Annotated[list[str] | None, typer.Option("-i", "--input", help="A value.", metavar="NAME=VALUE")] = None,
    input_files: Annotated[
        list[str] | None, typer.Option("--input-file", help="A file for an input of type FILE.", metavar="NAME=PATH")
    ] = None,
    labels: Annotated[list[str] | None, typer.Option("--label", help="A label.", metavar="KEY=VALUE")] = None,
    revision: Annotated[int | None, typer.Option("--revision", min=1, help="Revision; the newest by default.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the end; a failed execution ends with 1.")] = False,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Start an execution of a flow."""
    query: dict[str, Any] = {"wait": str(wait).lower()}
    if revision is not None:
        query["revision"] = revision
    if labels:
        query["labels"] = [f"{key}:{value}" for key, value in read_pairs(labels, "--label")]
    with ExitStack() as stack:
        parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in read_pairs(inputs, "--input")]
        for name, path in read_pairs(input_files, "--input-file"):
            parts.append((name, (Path(path).name, stack.enter_context(_opened(path)))))
        client = stack.enter_context(connected(server, user, tenant))
        document = client.send("POST", f"/executions/{namespace}/{flow_id}", query=query, files=parts or None).json()
    if json:
        print_json(document)
    else:
        typer.echo(f"{document['id']} {_state(document)}")
    if wait and _state(document) not in GOOD_ENDS:
        raise typer.Exit(ExitCode.FAILED)


@app.command("list")
def list_executions(
    namespace: Annotated[str | None, typer.Option("--namespace", help="Only this namespace and those below.")] = None,
    flow_id: Annotated[str | None, typer.Option("--flow", help="Only this flow.")] = None,
    states: Annotated[list[str] | None, typer.Option("--state", help="Only this state; may be repeated.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 25,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """List executions, the newest first."""
    query: dict[str, Any] = {"sort": "state.startDate:desc"}
    if namespace:
        query["filters[namespace][PREFIX]"] = namespace
    if flow_id:
        query["filters[flowId][EQUALS]"] = flow_id
    if states:
        query["filters[state][IN]"] = ",".join(state.upper() for state in states)
    with connected(server, user, tenant) as client:
        found = list(client.pages("/executions/search", limit=limit, **query))
    if json:
        print_json(found)
        return
    print_table(
        ("ID", "NAMESPACE", "FLOW", "STATE", "STARTED", "DURATION"),
        [
            (
                one["id"],
                one["namespace"],
                one["flowId"],
                _state(one),
                local_time(one["state"].get("startDate")),
                duration_of(one["state"]),
            )
            for one in found
        ],
    )


@app.command()
def show(
    execution_id: IdArgument,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Show an execution with its task runs."""
    with connected(server, user, tenant) as client:
        document = client.get(f"/executions/{execution_id}")
    if json:
        print_json(document)
        return
    typer.echo(
        f"{document['namespace']}.{document['flowId']} revision {document.get('flowRevision', '?')}: {_state(document)}"
    )
    runs = document.get("taskRunList") or []
    depth = _depths(runs)
    columns = ("TASK", "VALUE", "STATE", "ATTEMPTS", "DURATION")
    print_table(columns, [_run_row(run, depth.get(run["id"], 0)) for run in runs])
    for name, value in (document.get("outputs") or {}).items():
        typer.echo(f"output {name}: {value}")


@app.command()
def logs(
    execution_id: IdArgument,
    level: Annotated[str, typer.Option("--level", help="Least important lines to show.")] = "INFO",
    task_id: Annotated[str | None, typer.Option("--task", help="Only this task.")] = None,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Print the log of an execution."""
    with connected(server, user, tenant) as client:
        entries = client.get(f"/logs/{execution_id}", minLevel=level.upper(), taskId=task_id)
    if json:
        print_json(entries)
        return
    for entry in entries:
        task = entry.get("taskId") or "-"
        typer.echo(f"{local_time(entry.get('timestamp'))} {entry['level']:<5} {task}: {entry.get('message', '')}")


@app.command()
def kill(
    execution_id: IdArgument,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
) -> None:
    """Stop an execution and everything it runs."""
    with connected(server, user, tenant) as client:
        _kill(client, execution_id)
    note(f"{execution_id}: asked to stop")


def _kill(client: Client, execution_id: str) -> None:
    """Kill under the path of 1.x, and under that of 2.x where the first is unknown."""
    try:
        client.send("DELETE", f"/executions/{execution_id}/kill")
    except Refused as error:
        if error.status not in {404, 405}:
            raise
        client.send("DELETE", f"/executions/{execution_id}/actions/kill")


def _opened(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise InputInvalid(f"--input-file {path}: the file cannot be read: {error.strerror}") from error


def duration_of(state: dict[str, Any]) -> str:
    """Return how long something took, as people read it."""
    duration = state.get("duration")
    return duration_text(parse_duration(duration)) if duration else ""


def _state(document: dict[str, Any]) -> str:
    return str(document["state"]["current"])


def _depths(runs: list[dict[str, Any]]) -> dict[str, int]:
    """Return how deep each task run lies below the execution."""
    depths: dict[str, int] = {}
    for run in runs:
        depths[run["id"]] = depths.get(run.get("parentTaskRunId", ""), -1) + 1
    return depths


def _run_row(run: dict[str, Any], depth: int) -> tuple[str, ...]:
    state = run["state"]
    attempts = str(len(run.get("attempts") or []))
    return "  " * depth + run["taskId"], run.get("value", ""), state["current"], attempts, duration_of(state)
