"""The OpenAPI file of the API, written from the table of operations and the types of their documents."""

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from inspect import cleandoc
from types import UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints, is_typeddict

import orjson
import yaml

from lanner.api.http import JSON, Param
from lanner.api.routing import PREFIX, Operation
from lanner.api.shapes import OPEN_ENDED, BulkErrorDocument, Content, ErrorDocument, Shape
from lanner.model.state import State

Schema = dict[str, Any]

SUFFIX = "Document"

_SCALARS: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    bytes: {"type": "string", "format": "binary"},
    datetime: {"type": "string", "format": "date-time"},
    type(None): {"type": "null"},
    object: {},
    Any: {},
}
_PARAMETERS: dict[str, Schema] = {"date-time": {"type": "string", "format": "date-time"}}
_NAMES: dict[type, str] = {State: "StateType"}
"""Classes that would be called like a document."""

_FILTERS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"type": "string"}},
}
_TENANT_REFERENCE = {"$ref": "#/components/parameters/tenant"}
_DESCRIPTION = (
    "The HTTP API of Lanner, which is Kestra's: operations and documents are called as there. "
    "Null and absent mean the same."
)


class Schemas:
    """JSON Schemas of documents; each class that is met becomes a component."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}
        self._owners: dict[str, object] = {}

    def of(self, shape: Shape) -> Schema:
        """Return the schema of a document's type; raises ``TypeError`` for a type that documents do not hold."""
        if shape in _SCALARS:
            return dict(_SCALARS[shape])
        origin: Any = get_origin(shape)
        arguments = get_args(shape)
        if origin in (Required, NotRequired):
            return self.of(arguments[0])
        if origin in (Union, UnionType):
            return self._any_of(arguments)
        if origin is Literal:
            return {"type": "string", "enum": list(arguments)}
        if is_typeddict(origin or shape):
            return self._component(shape, origin or shape, arguments)
        if isinstance(origin, type) and arguments:
            if issubclass(origin, list):
                return {"type": "array", "items": self.of(arguments[0])}
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if isinstance(shape, type) and issubclass(shape, Enum):
            return self._reference(
                _NAMES.get(shape, shape.__name__), shape, {"type": "string", "enum": [str(one.value) for one in shape]}
            )
        raise TypeError(f"{shape!r} is no type that a document holds")

    def _any_of(self, members: tuple[object, ...]) -> Schema:
        # Fragments are JSON that was made before, of the type that stands beside them.
        schemas = [self.of(member) for member in members if member is not orjson.Fragment]
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def _component(self, shape: Shape, document: Any, arguments: tuple[Any, ...]) -> Schema:
        name = _name(document)
        if arguments:
            name += "_" + "_".join(_name(argument) for argument in arguments) + "_"
        if self._owners.get(name) == shape:
            return _reference_to(name)
        schema: Schema = {"type": "object"}
        found = self._reference(name, shape, schema)
        bound = dict(zip(getattr(document, "__parameters__", ()), arguments, strict=True))
        if text := cleandoc(document.__doc__ or ""):
            schema["description"] = text
        if document.__required_keys__:
            schema["required"] = sorted(document.__required_keys__)
        hints = get_type_hints(document)
        schema["properties"] = {key: self.of(_bound(hint, bound)) for key, hint in hints.items()}
        if document in OPEN_ENDED:
            schema["additionalProperties"] = True
        return found

    def _reference(self, name: str, owner: object, schema: Schema) -> Schema:
        if self._owners.setdefault(name, owner) != owner:
            raise TypeError(f"{owner!r} and {self._owners[name]!r} would both be called {name!r}")
        self.components.setdefault(name, schema)
        return _reference_to(name)


def document(operations: Iterable[Operation]) -> Schema:
    """Return the OpenAPI document of a table of operations."""
    schemas = Schemas()
    failed = {
        "description": "The request was not carried out",
        "content": {JSON: {"schema": schemas.of(ErrorDocument | BulkErrorDocument)}},
    }
    paths: dict[str, Schema] = {}
    for operation in operations:
        if operation.path.endswith("+}"):
            continue  # the rest of a path cannot be said in OpenAPI: files of the web UI
        for path in operation.paths:
            item = _operation(operation, path, schemas)
            paths.setdefault(_full_path(operation, path), {})[operation.method.lower()] = item
    return {
        "openapi": "3.1.0",
        "info": {"title": "Lanner", "version": "1.0", "description": _DESCRIPTION},
        "security": [{"basicAuth": []}, {"cookieAuth": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "parameters": {"tenant": {**_in_path("tenant"), "description": "The tenant: main"}},
            "responses": {"Failed": failed},
            "securitySchemes": {
                "basicAuth": {"type": "http", "scheme": "basic"},
                "cookieAuth": {"type": "apiKey", "in": "cookie", "name": "BASIC_AUTH"},
            },
        },
    }


def as_yaml(operations: Iterable[Operation]) -> str:
    """Return the OpenAPI document as YAML, without anchors."""
    dumper = type("_Dumper", (getattr(yaml, "CSafeDumper", yaml.SafeDumper),), {"ignore_aliases": lambda *_: True})
    text: str = yaml.dump(document(operations), Dumper=dumper, sort_keys=False, width=120, allow_unicode=True)
    return text


def _operation(operation: Operation, path: str, schemas: Schemas) -> Schema:
    found: Schema = {"tags": [_tag(operation)], "summary": cleandoc(operation.handler.__doc__ or "").partition("\n")[0]}
    if path == operation.path:
        found["operationId"] = operation.id
    if operation.is_open:
        found["security"] = []
    names = [part[1:-1] for part in _full_path(operation, path).split("/") if part.startswith("{")]
    parameters = [_TENANT_REFERENCE if name == "tenant" else _in_path(name) for name in names]
    parameters.extend(_parameter(param) for param in operation.params)
    if parameters:
        found["parameters"] = parameters
    if operation.takes is not None:
        found["requestBody"] = {"content": _content(operation.takes, schemas)}
    responses = {str(operation.status): _response(operation, operation.status, schemas)}
    responses.update({str(status): _response(operation, status, schemas) for status in operation.also})
    responses["default"] = {"$ref": "#/components/responses/Failed"}
    found["responses"] = responses
    return found


def _response(operation: Operation, status: int, schemas: Schemas) -> Schema:
    if operation.gives is None or status == 204:
        return {"description": "Done, without a body"}
    return {"description": "Done", "content": _content(operation.gives, schemas)}


def _content(shape: Shape, schemas: Schemas) -> Schema:
    if isinstance(shape, Content):
        return {media: {"schema": schemas.of(one)} for media, one in shape.shapes.items()}
    return {JSON: {"schema": schemas.of(shape)}}


def _in_path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(param: Param[Any]) -> Schema:
    found: Schema = {"name": param.name, "in": "header" if param.in_header else "query"}
    if param.description:
        found["description"] = param.description
    if param.required:
        found["required"] = True
    schema = dict(_PARAMETERS.get(param.type_name, {"type": param.type_name}))
    if param.name == "filters":
        return {**found, "style": "deepObject", "explode": True, "schema": _FILTERS}
    if param.many:
        schema = {"type": "array", "items": schema}
    elif param.default is not None and not param.required:
        schema["default"] = param.default
    return {**found, "schema": schema}


def _full_path(operation: Operation, path: str) -> str:
    if operation.in_root:
        return path
    return f"{PREFIX}/{{tenant}}{path}" if operation.per_tenant else f"{PREFIX}{path}"


def _tag(operation: Operation) -> str:
    return operation.handler.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def _name(class_: Any) -> str:
    name: str = class_.__name__
    return name.removesuffix(SUFFIX) or name


def _bound(hint: Any, bound: dict[Any, Any]) -> Any:
    """Return a hint with the type variables of its class replaced."""
    if not bound or not getattr(hint, "__parameters__", ()):
        return bound.get(hint, hint) if bound else hint
    return hint[tuple(bound[parameter] for parameter in hint.__parameters__)]


def _reference_to(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
