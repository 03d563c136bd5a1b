"""``lanner run``: one flow, here and now, without a server."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lanner.cli.ending import ExitCode, InputInvalid
from lanner.cli.output import note
from lanner.cli.pairs import read_pairs
from lanner.cli.run_view import Progress
from lanner.cli.sources import FlowSource, flow_sources


def run(
    path: Annotated[Path, typer.Argument(metavar="FLOW.yaml", help="The flow; the first one of a file with several.")],
    inputs: Annotated[list[str] | None, typer.Option("-i", "--input", help="A value.", metavar="NAME=VALUE")] = None,
    input_files: Annotated[
        list[str] | None, typer.Option("--input-file", help="A file for an input of type FILE.", metavar="NAME=PATH")
    ] = None,
    flows: Annotated[
        list[Path] | None,
        typer.Option("--flows", help="Flow file, or folder of them, that Subflow tasks find.", exists=True),
    ] = None,
    labels: Annotated[list[str] | None, typer.Option("--label", help="A label.", metavar="KEY=VALUE")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the execution as one JSON document.")] = False,
    config: Annotated[
        Path | None, typer.Option("-c", "--config", envvar="LANNER_CONFIG", help="YAML file with settings.")
    ] = None,
) -> None:
    """Run a flow here and now, without a server.

    Ends with 0 for SUCCESS and WARNING, 1 for any other end, 2 for a flow or input that is not valid, 130 after Ctrl-C.
    """
    values, files = read_pairs(inputs, "--input"), read_pairs(input_files, "--input-file")
    pairs = read_pairs(labels, "--label")
    sources, others = _sources(path), _others(path, flows or [])
    # What comes now takes a second to import; a wrong command line should not have to wait for it.
    from lanner.cli.local_run import Request, run_here  # noqa: PLC0415  # slow to import
    from lanner.cli.server import say_notices  # noqa: PLC0415  # as above
    from lanner.settings import load_settings  # noqa: PLC0415  # as above

    loaded = load_settings(config, environ=os.environ)
    say_notices(loaded)
    request = Request(sources=sources, others=others, inputs=values, files=files, labels=pairs, wants_document=json)
    try:
        outcome = asyncio.run(run_here(request, loaded.settings, _progress(json=json)))
    except asyncio.CancelledError:
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    if json:
        typer.echo(outcome.document)
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


def _sources(path: Path) -> tuple[FlowSource, ...]:
    """Return the flows of the file; raises ``InputInvalid`` for a folder and for a file without a flow."""
    if path.is_dir():
        raise InputInvalid(f"{path}: is a folder; name the file of one flow")
    sources = tuple(flow_sources([path]))
    if not sources:
        raise InputInvalid(f"{path}:1: a flow has an `id` and a `namespace`")
    return sources


def _others(path: Path, flows: list[Path]) -> tuple[FlowSource, ...]:
    """Return the flows at hand, without those of the file that is run."""
    return tuple(source for source in flow_sources(flows) if not source.path.samefile(path))


def _progress(*, json: bool) -> Progress:
    if not json and sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - only who draws pays for it

        from lanner.cli.live_progress import LiveProgress  # noqa: PLC0415  # as above

        return LiveProgress(Console())
    from lanner.cli.plain_progress import PlainProgress  # noqa: PLC0415  # as above

    return PlainProgress(note if json else typer.echo)
