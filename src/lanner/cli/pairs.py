"""``name=value`` options."""

from collections.abc import Sequence

from lanner.cli.ending import InputInvalid


def read_pairs(texts: Sequence[str] | None, option: str) -> list[tuple[str, str]]:
    """Return name and value of each text; raises ``InputInvalid`` for one without ``=`` or name, or given twice."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InputInvalid(f"{option} {text!r}: write NAME=VALUE")
        if name in pairs:
            raise InputInvalid(f"{option} {name!r} is given twice")
        pairs[name] = value
    return list(pairs.items())
