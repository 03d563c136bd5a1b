"""``lanner plugins``: what is installed."""

from importlib.metadata import entry_points
from typing import Annotated, Any

import typer

from lanner.cli.output import note, print_json, print_table
from lanner.sdk.registry import PluginGroup

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

ENTRY_POINTS = "lanner.plugins"


@app.callback()
def plugins() -> None:
    """Show what is installed."""


@app.command("list")
def list_plugins(
    types: Annotated[bool, typer.Option("--types", help="List each type, not only each plugin.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the installed plugins, and with --types the task and trigger types they bring."""
    groups = installed_groups()
    if json:
        print_json([_document(group) for group in groups])
    elif types:
        print_table(("TYPE", "PLUGIN"), [(type_, group.name) for group in groups for type_ in sorted(group.types)])
    else:
        print_table(("PLUGIN", "VERSION", "TYPES", "TITLE"), [_row(group) for group in groups])
    if not groups:
        note("no plugins are installed: this installation of Lanner is not complete")


def installed_groups() -> list[PluginGroup]:
    """Return the plugin groups of all distributions; one that cannot be imported is named and left out."""
    groups = []
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            groups.append(point.load())
        except Exception as error:  # noqa: BLE001 - a stranger's code; the other plugins stay usable
            note(f"warning: plugin {point.name!r} cannot be imported: {type(error).__name__}: {error}")
    return groups


def _document(group: PluginGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "title": group.title,
        "version": group.version,
        "description": group.description,
        "types": sorted(group.types),
        "aliases": dict(sorted(group.aliases.items())),
    }


def _row(group: PluginGroup) -> tuple[str, str, str, str]:
    return group.name, group.version, str(len(group.types)), group.title
