"""Finds the task types of every installed distribution."""

from collections.abc import Container
from importlib.metadata import entry_points

from lanner.model.errors import LannerError
from lanner.sdk.registry import PluginGroup, Registry

PLUGIN_GROUP = "lanner.plugins"


class BrokenPlugin(LannerError):
    """An installed plugin cannot be loaded."""

    def __init__(self, name: str, reason: object) -> None:
        self.name = name
        super().__init__(f"plugin {name!r} cannot be loaded: {reason}")


def installed_plugins(*, switched_on: Container[str] = ()) -> Registry:
    """Return the types of every installed distribution; raises ``BrokenPlugin``.

    ``switched_on`` are those to have of the types that are off by default.
    """
    groups = []
    for found in sorted(entry_points(group=PLUGIN_GROUP), key=lambda point: (point.name != "core", point.name)):
        try:
            group = found.load()
        except Exception as error:  # somebody else's code
            raise BrokenPlugin(found.name, error) from error
        if not isinstance(group, PluginGroup):
            raise BrokenPlugin(found.name, f"{found.value} is no PluginGroup")
        groups.append(group)
    return Registry(groups, switched_on=switched_on)
