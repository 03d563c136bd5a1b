"""The page of the command line names every command."""

from importlib import import_module

import pytest
import typer

from lanner.cli.main import COMMANDS
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


def spelled(name: str, target: object) -> list[str]:
    """Return the command, or those of the group, as they are typed; hidden ones are left out."""
    if not isinstance(target, typer.Typer):
        return [name]
    nested = [
        words for group in target.registered_groups for words in spelled(f"{name} {group.name}", group.typer_instance)
    ]
    own = [
        f"{name} {command.name or command.callback.__name__.replace('_', '-')}"
        for command in target.registered_commands
        if command.callback is not None and not command.hidden
    ]
    return own + nested


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_is_on_the_page(name: str) -> None:
    module, _, attribute = COMMANDS[name].target.partition(":")
    words = spelled(f"lanner {name}", getattr(import_module(module), attribute))
    assert words
    assert [command for command in words if f"`{command}`" not in PAGE] == []
