"""From a ``type`` in a flow to the class that does the work."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module

from lanner.model.errors import LannerError
from lanner.sdk.plugin import Plugin


class UnknownType(LannerError):
    """No installed plugin has a class of this name."""

    def __init__(self, type_: object, *, near: str | None = None, reason: str | None = None) -> None:
        self.type, self.near = type_, near
        hint = f"; {reason}" if reason else f"; did you mean {near!r}?" if near else "; is the plugin installed?"
        super().__init__(
            f"Invalid type: {type_}{hint}" if type_ else "Invalid type: <null>; every plugin needs a `type`"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginGroup:
    """What one distribution brings, found through the entry point group ``lanner.plugins``.

    ``types`` maps a full type name to ``module:Class``, imported on first use; ``aliases``
    maps old names to the name that replaced them; ``off_by_default`` maps types that are there only
    when they are switched on to a sentence that says how, and what to use instead.
    """

    name: str
    title: str
    types: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    off_by_default: Mapping[str, str] = field(default_factory=dict)
    version: str = "0"
    description: str = ""


class Registry:
    """All types of all installed plugins; ``switched_on`` are those to have of the ones that are off by default.

    Reading is safe from any thread.
    """

    def __init__(self, groups: Iterable[PluginGroup], *, switched_on: Container[str] = ()) -> None:
        self._groups = tuple(groups)
        self._places: dict[str, str] = {}
        self._owners: dict[str, PluginGroup] = {}
        self._aliases: dict[str, str] = {}
        self._off: dict[str, str] = {}
        self._classes: dict[str, type[Plugin]] = {}
        for group in self._groups:
            for type_, place in group.types.items():
                if type_ in self._places:
                    raise LannerError(f"type {type_!r} is in two plugins: {self._owners[type_].name} and {group.name}")
                if type_ in group.off_by_default and type_ not in switched_on:
                    self._off[type_] = group.off_by_default[type_]
                    continue
                self._places[type_] = place
                self._owners[type_] = group
            for old, type_ in group.aliases.items():
                if type_ in self._off:
                    self._off[old] = self._off[type_]
                else:
                    self._aliases[old] = type_

    @classmethod
    def whole(cls, groups: Iterable[PluginGroup]) -> "Registry":
        """Return all types there are, those that are off by default too."""
        groups = tuple(groups)
        return cls(groups, switched_on={type_ for group in groups for type_ in group.off_by_default})

    @property
    def groups(self) -> tuple[PluginGroup, ...]:
        """The installed plugins, in the order they were found."""
        return self._groups

    @property
    def aliases(self) -> Mapping[str, str]:
        """Old name -> name in use."""
        return self._aliases

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __contains__(self, type_: object) -> bool:
        return type_ in self._places or type_ in self._aliases

    def canonical(self, type_: str) -> str:
        """Return the name in use for ``type_``; a name that is no alias is returned as it is."""
        return self._aliases.get(type_, type_)

    def group_of(self, type_: str) -> PluginGroup:
        """Return the plugin that brings ``type_``; raises ``UnknownType``."""
        owner = self._owners.get(self.canonical(type_))
        if owner is None:
            raise self._unknown(type_)
        return owner

    def resolve(self, type_: object) -> type[Plugin]:
        """Return the class of ``type_``, importing it on first use; raises ``UnknownType``."""
        if not isinstance(type_, str):
            raise UnknownType(type_)
        found = self._classes.get(type_)
        if found is None:
            place = self._places.get(self.canonical(type_))
            if place is None:
                raise self._unknown(type_)
            module, _, name = place.partition(":")
            found = self._classes[type_] = getattr(import_module(module), name)
        return found

    def _unknown(self, type_: str) -> UnknownType:
        if type_ in self._off:
            return UnknownType(type_, reason=self._off[type_])
        names = [*self._places, *self._aliases]
        near = get_close_matches(type_, names, n=1, cutoff=0.6)
        last = type_.rpartition(".")[2].lower()
        same_class = [name for name in self._places if name.rpartition(".")[2].lower() == last]
        best = near[0] if near else same_class[0] if len(same_class) == 1 else None
        return UnknownType(type_, near=best and self.canonical(best))
