"""``lanner plugins``: what is installed."""

from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from lanner.cli.output import note, print_json, print_table
from lanner.sdk.registry import PluginGroup, Registry
from lanner.services.plugin_pages import pages

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


@app.command("docs")
def write_docs(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; pages of tasks there are replaced.")],
) -> None:
    """Write a reference page for each task of the installed plugins."""
    groups = installed_groups()
    count = 0
    for name, text in pages(groups, Registry.whole(groups)):
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        count += 1
    note(f"{count} pages are in {folder}")


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
