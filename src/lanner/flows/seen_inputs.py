"""Stored inputs as expressions see them.

Source: Kestra 1.0.36 (reference ``engine.md`` §5.3, §6.1): secrets in clear, and the default of every
declared input that the execution has no value for, also where the input was disabled or where
nobody resolved the inputs (webhooks, flow triggers).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lanner.flows.input_values import BadValue, parsed
from lanner.flows.inputs import Render, flattened, item_type_of, rendered
from lanner.model.errors import LannerError
from lanner.sdk.input import FormInput, Input, InputType, SecretInput

Decrypt = Callable[[str], str]
"""Turns an encrypted text back; raises ``LannerError`` when it cannot."""


def seen_inputs(
    declared: Sequence[Input],
    stored: Mapping[str, Any] | None,
    render: Render,
    *,
    variables: Mapping[str, Any],
    decrypt: Decrypt | None = None,
) -> Mapping[str, Any] | None:
    """Return the inputs for expressions; ``stored`` itself when there is nothing to add or to decrypt.

    A default that does not render or fit is left out. Without ``decrypt`` secrets stay as they are.
    """
    additions: dict[str, Any] = {}
    for entry in flattened(declared):
        if isinstance(entry, FormInput):
            continue
        is_there, value = found_input(stored, entry.id)
        if not is_there and entry.defaults is not None:
            try:
                additions[entry.id] = _default(entry, render, variables)
            except LannerError:
                continue
        elif isinstance(entry, SecretInput) and isinstance(value, str) and decrypt is not None:
            additions[entry.id] = decrypt(value)
    return _with(stored, additions) if additions else stored


def found_input(stored: Mapping[str, Any] | None, id_: str) -> tuple[bool, Any]:
    """Return whether there is a value for an input, whose id may have dots, and the value."""
    place: Any = stored
    for part in id_.split("."):
        if not isinstance(place, Mapping) or part not in place:
            return False, None
        place = place[part]
    return True, place


def _default(entry: Input, render: Render, variables: Mapping[str, Any]) -> Any:
    value = rendered(entry.defaults, render, variables)
    if value is None:
        raise BadValue("the default is null")
    return parsed(InputType(entry.type), value, item_type=item_type_of(entry))


def _with(stored: Mapping[str, Any] | None, additions: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of nested values with some more; only the maps on the way are copied."""
    tree = dict(stored or {})
    for id_, value in additions.items():
        *parents, leaf = id_.split(".")
        place = tree
        for part in parents:
            below = place.get(part)
            place[part] = dict(below) if isinstance(below, Mapping) else {}
            place = place[part]
        place[leaf] = value
    return tree
