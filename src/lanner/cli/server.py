"""``lanner server``: starting a server, and what its settings come to."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from lanner.cli.output import note, print_json, print_table, say_error
from lanner.cli.server_log import start_logging
from lanner.settings import Loaded, Settings, load_settings
from lanner.settings.option import places
from lanner.settings.reference import settings_page

if TYPE_CHECKING:
    from lanner.wiring.serving import Serving

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

ConfigOption = Annotated[
    Path | None,
    typer.Option("-c", "--config", envvar="LANNER_CONFIG", help="YAML file with settings; Kestra's keys are accepted."),
]


@app.callback()
def server() -> None:
    """Start a server."""


@app.command()
def local(
    flow_path: Annotated[
        Path | None, typer.Option("-f", "--flow-path", help="Folder of flows to save at the start.", exists=True)
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on [default: 8080].")] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder of everything the server keeps.")] = None,
    config: ConfigOption = None,
    worker_threads: Annotated[int | None, typer.Option("-t", "--worker-thread", help="Tasks at the same time.")] = None,
    no_tutorials: Annotated[
        bool, typer.Option("--no-tutorials", help="Accepted for Kestra's sake: there are none.")
    ] = False,
    plugins: Annotated[
        Path | None, typer.Option("-p", "--plugins", help="Accepted for Kestra's sake, without effect.")
    ] = None,
) -> None:
    """Start everything in one process: web UI, API, executor, scheduler and worker, with SQLite."""
    loaded = load_settings(
        config,
        environ=os.environ,
        flags={
            "server.host": ("--host", host),
            "server.port": ("--port", port),
            "data_dir": ("--data", data),
            "worker.threads": ("--worker-thread", worker_threads),
        },
    )
    say_notices(loaded)
    del no_tutorials
    if plugins is not None:
        note("warning: -p/--plugins has no effect: a plugin is a Python package, installed beside Lanner")
    start_logging(loaded.settings.logs)
    _serve(loaded.settings, flow_path)


app.command("standalone", hidden=True)(local)


@app.command("settings")
def show_settings(
    config: ConfigOption = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the reference of all options instead.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print what a server started here would be set to; secrets are hidden."""
    if markdown:
        typer.echo(settings_page(), nl=False)
        return
    loaded = load_settings(config, environ=os.environ)
    say_notices(loaded)
    values = effective_values(loaded.settings)
    if json:
        print_json(values)
    else:
        print_table(
            ("OPTION", "VALUE"), [(name, "" if value is None else str(value)) for name, value in values.items()]
        )


@app.command()
def openapi(
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of YAML.")] = False,
) -> None:
    """Print the OpenAPI file of the HTTP API; a server has it at /swagger/kestra.yml."""
    # The API is slow to import, and only this command describes it.
    from lanner.api.openapi import as_yaml, document  # noqa: PLC0415  # as said above
    from lanner.api.routes.table import OPERATIONS  # noqa: PLC0415  # as said above

    if json:
        print_json(document(OPERATIONS))
    else:
        typer.echo(as_yaml(OPERATIONS), nl=False)


def say_notices(loaded: Loaded) -> None:
    """Print on standard error what is odd about the settings."""
    for notice in loaded.notices:
        note(f"warning: {notice}")


def effective_values(settings: Settings) -> dict[str, Any]:
    """Return each option with its value as plain data, in the order of the reference; secrets as ``***``."""
    values = settings.flat()
    for place in places(Settings):
        name = place.name.replace("_", "-")
        if place.option.secret and values[name]:
            values[name] = "***"
    return values


def _serve(settings: Settings, flow_path: Path | None) -> None:
    # Everything else there is: imported only by the command that starts it.
    from lanner.wiring.serving import Serving, serve  # noqa: PLC0415  # as said above

    stopping = Stopping()

    def announce(serving: Serving) -> None:
        stopping.is_serving = True
        for line in announcement(serving):
            typer.echo(line)
        for problem in serving.problems:
            say_error(problem)

    with stopping:
        run_loop(serve(settings, flow_path=flow_path, announce=announce))


def run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop where the system has it: it answers requests faster."""
    try:
        import uvloop  # noqa: PLC0415  # only servers need it, and Windows has none
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


def announcement(serving: "Serving") -> list[str]:
    """Return what a person who started a server wants to know."""
    lines = [f"Lanner is at {serving.url}"]
    if serving.saved_flows or serving.problems:
        lines.append(f"{serving.saved_flows} flows of the flow path are saved")
    if not serving.is_initialised:
        lines += [
            f"There is no login yet. Open {serving.url}/ui/ and set it up, before anybody else does;",
            "or start with LANNER_BASIC_AUTH__USERNAME=me@example.com and LANNER_BASIC_AUTH__PASSWORD=…",
        ]
    return lines


class Stopping:
    """Lets the server stop in its own time on SIGINT and SIGTERM; a second one does not wait.

    The HTTP server handles the signals while it serves and sends them again when it has stopped. The
    handlers here keep that from ending the process before the database is closed.
    """

    def __init__(self) -> None:
        self.is_serving = False
        self._came = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._came += 1
        if not self.is_serving or self._came > 1:
            raise KeyboardInterrupt
