"""Values to loop over, as the loops of Kestra 1.0.36 read them (reference ``engine.md`` §4.6)."""

from typing import Any

import orjson

from lanner.sdk.flowable import Scope


def loop_values(values: Any, scope: Scope) -> tuple[str, ...]:
    """Return the values as texts, each once, first occurrence kept.

    Text is rendered and must then be a JSON array; items of a list that are not text become
    their compact JSON. Raises ``ValueError`` for anything else and for nulls.
    """
    items = _items(values, scope)
    nulls = sum(1 for item in items if item is None)
    if nulls:
        raise ValueError(f"Found '{nulls}' null values on Each, with values={_json(items)}")
    texts = (item if isinstance(item, str) else _json(item) for item in items)
    return tuple(dict.fromkeys(texts))


def _items(values: Any, scope: Scope) -> list[Any]:
    if isinstance(values, str):
        rendered = scope.render(values)
        try:
            parsed = orjson.loads(rendered)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"the values to loop over are not a JSON array: {_short(rendered)} ({error})") from error
        if not isinstance(parsed, list):
            raise ValueError(f"the values to loop over are not a JSON array: {_short(rendered)}")  # noqa: TRY004  # bad input, no misuse
        return parsed
    if isinstance(values, list):
        for item in values:
            if isinstance(item, float | bool) or not isinstance(item, str | int | dict | None):
                raise ValueError(f"Unknown value element type: {type(item).__name__}; use text, whole numbers or maps")  # noqa: TRY004  # what pydantic reports
        return [scope.render(item) if isinstance(item, str | dict) else item for item in values]
    raise ValueError(f"Unknown value type: {type(values).__name__}; use a list or an expression that gives one")


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else text[:200] + "…")
