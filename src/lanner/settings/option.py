"""What the settings classes say about each of their fields beyond its type and default."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """The facts about one option; it stands in the ``Annotated`` of its field.

    ``allowed`` completes the sentence "allowed: …". ``kestra`` lists Kestra's own keys that set
    the option. ``default`` is what people read where the default is computed.
    """

    allowed: str
    unit: str = ""
    since: str = "0.1"
    kestra: tuple[str, ...] = ()
    secret: bool = False
    default: str | None = None


class Section(BaseModel):
    """A group of options. Unknown names are refused, attribute docstrings describe the options."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        validate_default=True,
        coerce_numbers_to_str=True,
        use_attribute_docstrings=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an option stands: its dotted name and everything known about it."""

    name: str
    option: Option
    description: str
    annotation: Any
    default: Any


def places(section: type[Section], prefix: str = "") -> Iterator[Place]:
    """Yield each option of ``section`` and of the sections in it, in the order they are written."""
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from places(field.annotation, f"{prefix}{name}.")
            continue
        option = next((fact for fact in field.metadata if isinstance(fact, Option)), None)
        if option is None:
            raise TypeError(f"{section.__name__}.{name} has no Option")
        yield Place(
            name=prefix + name,
            option=option,
            description=field.description or "",
            annotation=field.annotation,
            default=field.get_default(call_default_factory=True),
        )
