"""What tasks, triggers, conditions and task runners have in common: a typed, documented class."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel


class PluginModel(BaseModel):
    """A piece of a flow: unknown properties are refused, names are camelCase in YAML."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        defer_build=True,
        use_attribute_docstrings=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, value: Any) -> Any:
        """A property written without a value has its default, as in Kestra."""
        if isinstance(value, dict) and None in value.values():
            return {name: item for name, item in value.items() if item is not None}
        return value


class Plugin(PluginModel):
    """A class that a flow names by ``type``.

    The class is the documentation: its docstring's first line is the title, attribute
    docstrings describe the properties, ``examples`` are flows that run.
    """

    examples: ClassVar[tuple[str, ...]] = ()
    """Whole flows, as YAML, that show the plugin at work."""
    replaced_by: ClassVar[str | None] = None
    """Of a deprecated plugin: the type to use instead, an empty text when there is none."""

    type: str
    """The class's full name, for example ``io.kestra.plugin.core.log.Log``."""
    version: str | None = None
    """Which version of the plugin to use."""


class Output(PluginModel):
    """What a task hands on: its fields are ``outputs.<task id>.<name>``."""

    model_config = ConfigDict(validate_by_name=True)

    def as_outputs(self) -> dict[str, Any]:
        """Return the outputs as plain data, absent where ``None``."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
