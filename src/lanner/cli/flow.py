"""``lanner flow``: checking flows, and the flows of a server."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from lanner.cli.client import (
    DEFAULT_SERVER,
    Client,
    JsonOption,
    Refused,
    RefusedInput,
    ServerOption,
    TenantOption,
    UserOption,
    connected,
)
from lanner.cli.ending import ExitCode, InputInvalid
from lanner.cli.output import note, print_json, print_table
from lanner.cli.sources import FlowSource, flow_sources

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
namespace_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The flows of a namespace together.")
app.add_typer(namespace_app, name="namespace")

PathsArgument = Annotated[list[Path], typer.Argument(help="Flow files, or folders of them.", metavar="PATH…")]
NamespaceArgument = Annotated[str, typer.Argument(help="Namespace of the flow.")]
IdArgument = Annotated[str, typer.Argument(help="Id of the flow.")]


_PLACE = re.compile(r"(?P<path>.*?) \(line (?P<line>\d+), column (?P<column>\d+)\): (?P<message>.*)")


@app.callback()
def flow() -> None:
    """Check flows; create, change and export those of a server."""


@app.command()
def validate(
    paths: PathsArgument,
    local: Annotated[bool, typer.Option("--local", help="Check here, with the plugins installed here.")] = False,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Check flows without saving them; ends with 2 when one is not valid."""
    sources = list(flow_sources(paths))
    if local:
        from lanner.cli.checking import checked_here, installed_registry  # noqa: PLC0415 - slow, and only needed here

        registry = installed_registry()
        found = [checked_here(source, registry) for source in sources]
    else:
        with connected(server, user, tenant) as client:
            found = [_checked_there(client, source) for source in sources]
    invalid = sum(bool(result["problems"]) for result in found)
    if json:
        print_json(found)
    else:
        for result in found:
            _print_checked(result)
    if invalid:
        raise typer.Exit(ExitCode.INVALID)


@app.command()
def create(
    paths: PathsArgument,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Create flows; a flow that exists is refused."""
    sources = list(flow_sources(paths))
    with connected(server, user, tenant) as client:
        saved = [_named(source, lambda text: client.send("POST", "/flows", text=text).json()) for source in sources]
    _print_saved(saved, "created", json=json)


@app.command()
def update(
    path: Annotated[Path, typer.Argument(help="Flow file.")],
    namespace: Annotated[str | None, typer.Argument(help="Namespace, when the file is to be checked for it.")] = None,
    flow_id: Annotated[str | None, typer.Argument(help="Id, when the file is to be checked for it.")] = None,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Replace the source of flows; one that does not exist is created."""
    saved = []
    with connected(server, user, tenant) as client:
        for source in flow_sources([path]):
            named = source.identity()
            wanted = (namespace or named[0], flow_id or named[1])
            if named != wanted:
                raise InputInvalid(f"{source.path}: the file holds {'.'.join(named)}, not {'.'.join(wanted)}")
            saved.append(_named(source, partial(_put, client, wanted)))
    _print_saved(saved, "saved", json=json)


@app.command()
def delete(
    namespace: NamespaceArgument,
    flow_id: IdArgument,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
) -> None:
    """Delete a flow."""
    with connected(server, user, tenant) as client:
        client.send("DELETE", f"/flows/{namespace}/{flow_id}")
    typer.echo(f"deleted {namespace}.{flow_id}")


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="Folder to write into; it is made when it does not exist.")],
    namespace: Annotated[str | None, typer.Option("--namespace", help="Only this namespace and those below.")] = None,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
) -> None:
    """Write the sources of flows into files, one folder for each namespace."""
    with connected(server, user, tenant) as client:
        count = 0
        for found in _search(client, namespace, limit=1_000_000):
            key = f"{found['namespace']}/{found['id']}"
            source = client.get(f"/flows/{key}", source="true")["source"]
            path = target / found["namespace"] / f"{found['id']}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
            typer.echo(str(path))
            count += 1
    note(f"{count} flows written")


@app.command("list")
def list_flows(
    namespace: Annotated[str | None, typer.Option("--namespace", help="Only this namespace and those below.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 100,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """List the flows of a server."""
    with connected(server, user, tenant) as client:
        found = list(_search(client, namespace, limit=limit))
    if json:
        print_json(found)
    else:
        columns = ("NAMESPACE", "ID", "REVISION", "DISABLED")
        print_table(
            columns, [(f["namespace"], f["id"], str(f.get("revision", "")), _yes(f, "disabled")) for f in found]
        )


@app.command()
def show(
    namespace: NamespaceArgument,
    flow_id: IdArgument,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Print the source of a flow."""
    with connected(server, user, tenant) as client:
        document = client.get(f"/flows/{namespace}/{flow_id}", source="true")
    if json:
        print_json(document)
    else:
        typer.echo(document["source"].rstrip("\n"))


@namespace_app.callback()
def flow_namespace() -> None:
    """The flows of a namespace together."""


@namespace_app.command("update")
def update_namespace(
    namespace: Annotated[str, typer.Argument(help="The namespace.")],
    folder: Annotated[Path, typer.Argument(help="Folder with the flow files.", exists=True, file_okay=False)],
    delete_others: Annotated[
        bool, typer.Option("--delete/--no-delete", help="Delete the flows of the namespace that are not in the folder.")
    ] = True,
    server: ServerOption = DEFAULT_SERVER,
    user: UserOption = None,
    tenant: TenantOption = "main",
    json: JsonOption = False,
) -> None:
    """Make the flows of a namespace those of a folder."""
    text = "\n---\n".join(source.text.strip("\n") for source in flow_sources([folder]))
    with connected(server, user, tenant) as client:
        query = {"delete": str(delete_others).lower()}
        saved = client.send("POST", f"/flows/{namespace}", query=query, text=text + "\n").json()
    _print_saved(saved, "saved", json=json)


def _put(client: Client, key: tuple[str, str], text: str) -> Any:
    try:
        return client.send("PUT", f"/flows/{key[0]}/{key[1]}", text=text).json()
    except Refused as error:
        if error.status != 404:
            raise
    return client.send("POST", "/flows", text=text).json()


def _named(source: FlowSource, send: Callable[[str], Any]) -> Any:
    """Return what ``send`` returns; a refusal of the source names its file, and the line of each problem."""
    try:
        return send(source.text)
    except RefusedInput as error:
        problems = [line.removeprefix("Invalid entity: ") for line in error.lines]
        if any(_PLACE.match(problem) for problem in problems):
            raise InputInvalid("\n".join(_placed(source, problem) for problem in problems)) from error
        hint = " (`lanner flow update` replaces it)" if "already exists" in str(error) else ""
        raise InputInvalid(f"{source.path}: {error}{hint}") from error


def _search(client: Client, namespace: str | None, *, limit: int) -> Iterator[dict[str, Any]]:
    query = {"filters[namespace][PREFIX]": namespace} if namespace else {}
    return client.pages("/flows/search", limit=limit, sort="id:asc", **query)


def _checked_there(client: Client, source: FlowSource) -> dict[str, Any]:
    answers = client.send("POST", "/flows/validate", text=source.text).json()
    answer = answers[0] if answers else {}
    problems = (answer.get("constraints") or "").splitlines()
    return {
        "file": str(source.path),
        "namespace": answer.get("namespace"),
        "id": answer.get("flow"),
        "problems": [_placed(source, problem) for problem in problems],
        "warnings": [*answer.get("warnings", []), *_deprecated(answer)],
    }


def _placed(source: FlowSource, problem: str) -> str:
    """Return ``file:line:column: path: message``; without the line where the server names none."""
    match = _PLACE.match(problem)
    if match is None:
        return f"{source.path}: {problem}"
    line = int(match["line"]) + source.first_line - 1
    return f"{source.path}:{line}:{match['column']}: {match['path']}: {match['message']}"


def _deprecated(answer: dict[str, Any]) -> list[str]:
    return [f"{path} is deprecated" for path in answer.get("deprecationPaths", [])]


def _print_checked(result: dict[str, Any]) -> None:
    for problem in result["problems"]:
        typer.echo(problem)
    for warning in result["warnings"]:
        typer.echo(f"{result['file']}: warning: {warning}")
    if not result["problems"]:
        typer.echo(f"{result['file']}: {result['namespace']}.{result['id']} is valid")


def _print_saved(saved: list[dict[str, Any]], verb: str, *, json: bool) -> None:
    if json:
        print_json(saved)
        return
    for document in saved:
        typer.echo(f"{verb} {document['namespace']}.{document['id']} revision {document.get('revision', '?')}")


def _yes(document: dict[str, Any], key: str) -> str:
    return "yes" if document.get(key) else ""
