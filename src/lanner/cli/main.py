"""The entry of ``lanner``: finds the command, imports only that one, and answers every error in words."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import typer

from lanner.cli.ending import CommandFailed, ExitCode
from lanner.cli.output import say_error
from lanner.model.errors import LannerError

COMPLETION_VARIABLE = "_LANNER_COMPLETE"


@dataclass(frozen=True, slots=True)
class Command:
    """A name under ``lanner``: ``target`` is ``module:attribute``, a function or a group of commands."""

    target: str
    about: str
    is_group: bool = False


COMMANDS = {
    "run": Command("lanner.cli.run:run", "Run a flow here and now, without a server."),
    "server": Command("lanner.cli.server:app", "Start a server.", is_group=True),
    "flow": Command("lanner.cli.flow:app", "Check flows; create, change and export those of a server.", is_group=True),
    "execution": Command("lanner.cli.execution:app", "Start, follow and stop executions of a server.", is_group=True),
    "plugins": Command("lanner.cli.plugins:app", "Show what is installed.", is_group=True),
    "version": Command("lanner.cli.version:version", "Print the version."),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code. ``--debug`` anywhere shows where an error comes from."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or bool(os.environ.get("LANNER_DEBUG"))
    sys.exit(_answered([word for word in given if word != "--debug"], debug=debug))


def _answered(words: list[str], *, debug: bool) -> int:
    try:
        return _ended(words)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing may be written to it when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    except LannerError as error:
        if debug:
            traceback.print_exc()
        say_error(str(error))
        return error.exit_code if isinstance(error, CommandFailed) else _code_of(error)
    except OSError as error:
        if debug:
            traceback.print_exc()
        say_error(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - the edge of the process: everything gets an answer
        if debug:
            traceback.print_exc()
        say_error(f"internal error: {type(error).__name__}: {error}" + ("" if debug else " (--debug shows where)"))
        return ExitCode.INTERNAL


def _ended(words: list[str]) -> int:
    chosen = next((word for word in words if not word.startswith("-")), None)
    try:
        _app(chosen)(args=words, prog_name="lanner", complete_var=COMPLETION_VARIABLE)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.SUCCESS
    return ExitCode.SUCCESS


def _code_of(error: LannerError) -> ExitCode:
    """Settings are told apart by name: importing them costs more than every other part of a small command."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return ExitCode.INVALID if "SettingsInvalid" in names else ExitCode.FAILED


def _app(chosen: str | None) -> typer.Typer:
    app = typer.Typer(
        help="Lanner runs Kestra flows.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        add_completion=True,
    )
    app.callback(epilog="--debug, anywhere on the line, shows where an error comes from.")(_root)
    wants_all = COMPLETION_VARIABLE in os.environ
    for name, command in COMMANDS.items():
        target = _imported(command) if wants_all or name == chosen else None
        if command.is_group:
            group = (
                target if isinstance(target, typer.Typer) else typer.Typer(callback=_root, invoke_without_command=True)
            )
            app.add_typer(group, name=name, help=command.about)
        else:
            app.command(name, help=command.about)(target if callable(target) else _root)
    return app


def _imported(command: Command) -> typer.Typer | Callable[..., object]:
    module, _, attribute = command.target.partition(":")
    target: typer.Typer | Callable[..., object] = getattr(import_module(module), attribute)
    return target


def _root() -> None:
    """Stand for a command that was not asked for: the help shows its name."""
