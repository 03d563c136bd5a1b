"""Inputs a flow declares (and a pause asks for), and the outputs it gives.

Source: Kestra 1.0.36 (reference ``engine.md`` §5.1, §5.2).
"""

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from lanner.sdk.plugin import PluginModel
from lanner.sdk.text import Duration, Text, to_text

InputId = Annotated[
    str, BeforeValidator(to_text), Field(pattern=r"^[a-zA-Z0-9][.a-zA-Z0-9_-]*$", min_length=1, max_length=256)
]


class InputType(StrEnum):
    """What kind of value an input takes."""

    STRING = "STRING"
    INT = "INT"
    FLOAT = "FLOAT"
    BOOL = "BOOL"
    BOOLEAN = "BOOLEAN"
    SELECT = "SELECT"
    ENUM = "ENUM"
    MULTISELECT = "MULTISELECT"
    DATETIME = "DATETIME"
    DATE = "DATE"
    TIME = "TIME"
    DURATION = "DURATION"
    FILE = "FILE"
    JSON = "JSON"
    YAML = "YAML"
    URI = "URI"
    SECRET = "SECRET"  # noqa: S105  # the name of a type
    ARRAY = "ARRAY"
    EMAIL = "EMAIL"
    FORM = "FORM"


class DependsOn(PluginModel):
    """When an input is asked for at all."""

    inputs: tuple[str, ...] = ()
    """Inputs whose values the condition, the options and the default may use."""
    condition: Text | None = None
    """Expression; the input exists only when it gives true."""


class Input(PluginModel):
    """What all inputs share."""

    type: str
    """What kind of value it is."""
    id: InputId
    """Name; dots make nested values."""
    required: bool = True
    """Whether a value must be given."""
    defaults: Any = None
    """Value when none is given; may be an expression."""
    prefill: Any = None
    """What a form shows at first."""
    display_name: Text | None = None
    """Name for people."""
    description: Text | None = None
    """What it is for, in markdown."""
    depends_on: DependsOn | None = None
    """When the input is asked for."""

    @model_validator(mode="before")
    @classmethod
    def _name_is_id(cls, value: Any) -> Any:
        """Old flows write ``name`` for ``id``."""
        if isinstance(value, Mapping) and "name" in value and "id" not in value:
            return {"id" if key == "name" else key: item for key, item in value.items()}
        return value


class StringInput(Input):
    """Text."""

    type: Literal["STRING"]
    validator: Text | None = None
    """Regular expression that the whole text must match."""


class SecretInput(Input):
    """Text kept encrypted and masked."""

    type: Literal["SECRET"]
    validator: Text | None = None
    """Regular expression that the whole text must match."""


class IntInput(Input):
    """A whole number."""

    type: Literal["INT"]
    min: int | None = None
    """Least value."""
    max: int | None = None
    """Greatest value."""


class FloatInput(Input):
    """A number."""

    type: Literal["FLOAT"]
    min: float | None = None
    """Least value."""
    max: float | None = None
    """Greatest value."""


class BoolInput(Input):
    """True or false."""

    type: Literal["BOOL", "BOOLEAN"]


class _Choice(Input):
    values: tuple[Text, ...] | None = None
    """Allowed values."""
    expression: Text | None = None
    """Expression that gives the allowed values."""
    allow_custom_value: bool = False
    """Take other values too."""
    auto_select_first: bool = False
    """Use the first value when none is given."""


class SelectInput(_Choice):
    """One of several texts."""

    type: Literal["SELECT", "ENUM"]
    is_radio: bool = False
    """Show radio buttons."""


class MultiselectInput(_Choice):
    """Some of several values."""

    type: Literal["MULTISELECT"]
    options: tuple[Text, ...] | None = None
    """Old name of ``values``."""
    item_type: InputType = InputType.STRING
    """Type of each value."""


class DateTimeInput(Input):
    """A moment with its zone."""

    type: Literal["DATETIME"]
    after: AwareDatetime | None = None
    """Earliest value."""
    before: AwareDatetime | None = None
    """Latest value."""


class DateInput(Input):
    """A calendar date."""

    type: Literal["DATE"]
    after: date | None = None
    """Earliest value."""
    before: date | None = None
    """Latest value."""


class TimeInput(Input):
    """A time of day."""

    type: Literal["TIME"]
    after: time | None = None
    """Earliest value."""
    before: time | None = None
    """Latest value."""


class DurationInput(Input):
    """A duration in ISO-8601."""

    type: Literal["DURATION"]
    min: Duration | None = None
    """Shortest value."""
    max: Duration | None = None
    """Longest value."""


class FileInput(Input):
    """A file, kept in the internal storage."""

    type: Literal["FILE"]
    extension: Text | None = None
    """Old way to name the file's extension."""
    allowed_file_extensions: tuple[Text, ...] | None = None
    """Extensions that are taken."""


class StructuredInput(Input):
    """A JSON or YAML document."""

    type: Literal["JSON", "YAML"]


class UriInput(Input):
    """A URI."""

    type: Literal["URI"]


class EmailInput(Input):
    """An email address."""

    type: Literal["EMAIL"]


class ArrayInput(Input):
    """A list of values of one type."""

    type: Literal["ARRAY"]
    item_type: InputType
    """Type of each item; not ARRAY."""


_Simple = (
    StringInput
    | SecretInput
    | IntInput
    | FloatInput
    | BoolInput
    | SelectInput
    | MultiselectInput
    | DateTimeInput
    | DateInput
    | TimeInput
    | DurationInput
    | FileInput
    | StructuredInput
    | UriInput
    | EmailInput
    | ArrayInput
)


class FormInput(Input):
    """Inputs asked for together; each is named ``<form>.<input>`` (1.3)."""

    type: Literal["FORM"]
    inputs: tuple[Annotated[_Simple, Field(discriminator="type")], ...]
    """The inputs of the form."""


AnyInput = Annotated[_Simple | FormInput, Field(discriminator="type")]
"""An input of any type."""


class FlowOutput(PluginModel):
    """A value the flow hands on when it ends."""

    id: InputId
    """Name."""
    type: InputType
    """Type of the value."""
    value: Any
    """Expression."""
    description: Text | None = None
    """What it is."""
    display_name: Text | None = None
    """Name for people."""
    required: bool = True
    """Whether the execution fails when the value is missing."""
