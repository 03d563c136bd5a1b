"""Properties that are rendered when the task runs, not when the flow is read."""

from collections.abc import Callable
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin

import orjson
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, SchemaSerializer, core_schema

from lanner.model.errors import LannerError
from lanner.sdk.text import Duration, Text, parse_duration, to_text

RenderValue = Callable[[Any], Any]
"""Renders every text inside a YAML value; a lone text gives text."""

T = TypeVar("T")

_AS_WRITTEN = core_schema.plain_serializer_function_ser_schema(lambda value: value.raw)
_STRUCTURED = (list, tuple, dict, set)


class InvalidProperty(LannerError):
    """A property's rendered value is not of the type the task needs."""

    def __init__(self, *, value: object, wanted: str, reason: str) -> None:
        self.value, self.wanted, self.reason = value, wanted, reason
        shown = repr(value)
        super().__init__(f"{shown if len(shown) <= 200 else shown[:200] + '…'} is not a valid {wanted}: {reason}")


class Property(Generic[T]):
    """A value of type ``T`` or a template that renders to one.

    ``raw`` is what the flow says. A list or map is rendered text by text, keys too; one
    text is rendered and then read as ``T`` (JSON for lists and maps). Whether it fits is
    known only when the task runs, as in Kestra.
    """

    __slots__ = ("_constant", "_wanted", "is_dynamic", "raw")
    # What pydantic looks for where the type of a field is not asked (``serialize_as_any``).
    __pydantic_serializer__: ClassVar[SchemaSerializer] = SchemaSerializer(
        core_schema.any_schema(serialization=_AS_WRITTEN)
    )

    raw: Any
    is_dynamic: bool

    def __init__(self, raw: Any, wanted: "Wanted[T]") -> None:
        self.raw = raw
        self._wanted = wanted
        self.is_dynamic = holds_template(raw)
        self._constant: Any = _UNKNOWN

    def value(self, render: RenderValue) -> T:
        """Return the rendered value; raises ``InvalidProperty`` when it does not fit."""
        if self._constant is not _UNKNOWN:
            return self._constant  # type: ignore[no-any-return]  # filled by read() below only
        if self.is_dynamic:
            return self._wanted.read(render(self.raw), from_text=isinstance(self.raw, str))
        self._constant = self._wanted.read(self.raw, from_text=isinstance(self.raw, str))
        return self._constant  # type: ignore[no-any-return]  # filled by read() above

    def __repr__(self) -> str:
        return f"Property({self.raw!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Property) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(repr(self.raw))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (inner,) = get_args(source) or (Any,)
        wanted: Wanted[Any] = Wanted(inner)
        return core_schema.no_info_plain_validator_function(
            lambda raw: raw if isinstance(raw, Property) else Property(raw, wanted),
            metadata={"pydantic_js_functions": [lambda _schema, json: _json_schema(wanted, json)]},
            serialization=_AS_WRITTEN,
        )


class Wanted(Generic[T]):
    """How to read a rendered value as ``T``."""

    __slots__ = ("_adapter", "_type", "is_structured", "is_text")

    def __init__(self, type_: Any) -> None:
        self._type = Duration if type_ is timedelta else Text if type_ is str else type_
        self.is_text = type_ is str
        self.is_structured = _is_structured(type_)
        self._adapter: TypeAdapter[Any] | None = None

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """The validator of ``T``, built on first use."""
        if self._adapter is None:
            self._adapter = TypeAdapter(self._type)
        return self._adapter

    def read(self, value: Any, *, from_text: bool) -> T:
        """Return ``value`` as ``T``; text is read as JSON where ``T`` has structure."""
        if self.is_text and isinstance(value, str):
            return value  # type: ignore[return-value]  # T is str here
        if from_text and self.is_structured and isinstance(value, str):
            value = self._parsed(value)
        elif self._type is Duration:
            value = self._duration(value)
        try:
            return self.adapter.validate_python(value)  # type: ignore[no-any-return]  # adapter of T
        except ValidationError as error:
            reason = "; ".join(_sentence(problem) for problem in error.errors(include_url=False)[:5])
            raise InvalidProperty(value=value, wanted=self.name, reason=reason) from error

    @property
    def name(self) -> str:
        """The type in words, for messages."""
        if self._type is Duration:
            return "duration"
        plain = get_args(self._type)[0] if get_origin(self._type) is Annotated else self._type
        return getattr(plain, "__name__", str(plain))

    def _parsed(self, text: str) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            if _accepts_text(self._type):
                return text
            raise InvalidProperty(value=text, wanted=self.name, reason=f"it is not JSON ({error})") from error

    def _duration(self, value: Any) -> timedelta:
        try:
            return parse_duration(to_text(value))
        except ValueError as error:
            raise InvalidProperty(value=value, wanted="duration", reason=str(error)) from error


_UNKNOWN: Any = object()


def default(value: T) -> "Property[T]":
    """Return ``value`` as the default of a plugin's field."""
    return Property(value, Wanted(type(value)))


def holds_template(value: Any) -> bool:
    """Whether any text inside a YAML value may be a template."""
    if isinstance(value, str):
        return "{" in value
    if isinstance(value, dict):
        return any(holds_template(key) or holds_template(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return any(map(holds_template, value))
    return False


def is_lone_expression(text: str) -> bool:
    """Whether a text is nothing but expressions, so that its value may be other than text."""
    return text.startswith("{{") and text.endswith("}}")


def _is_structured(type_: Any) -> bool:
    origin = get_origin(type_)
    if origin in (Union, UnionType):
        return any(_is_structured(part) for part in get_args(type_))
    return type_ is Any or (origin or type_) in _STRUCTURED or hasattr(type_, "model_fields")


def _accepts_text(type_: Any) -> bool:
    return type_ in (Any, str, Text) or (
        get_origin(type_) in (Union, UnionType) and any(_accepts_text(part) for part in get_args(type_))
    )


def _sentence(problem: Any) -> str:
    place = ".".join(map(str, problem["loc"]))
    said = str(problem["msg"]).removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


def _json_schema(wanted: "Wanted[Any]", handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    inner = handler(wanted.adapter.core_schema)
    if inner.get("type") == "string" and "format" not in inner:
        return {**inner, "$dynamic": True}
    return {"anyOf": [inner, {"type": "string"}], "$dynamic": True}
