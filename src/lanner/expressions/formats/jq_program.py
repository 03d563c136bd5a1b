"""jq programs on values."""

from functools import lru_cache
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.formats.json_text import loaded
from lanner.expressions.text import java_text, json_text
from lanner.expressions.values import class_name

MAX_PROGRAM = 20_000


def outputs(value: Any, program: str) -> list[Any]:
    """Return all outputs of a jq program; a text is JSON, anything else is itself."""
    try:
        text = value if isinstance(value, str) else json_text(value)
        loaded(text)
        result: list[Any] = _compiled(program).input_text(text).all()
    except (ValueError, Fault, RecursionError) as error:
        raise Fault(
            f"Unable to parse jq value '{java_text(value)}' with type '{class_name(value)}', because {error}"
        ) from None
    return result


@lru_cache(maxsize=256)
def _compiled(program: str) -> Any:
    import jq  # noqa: PLC0415 -- a library that most templates never need

    if len(program) > MAX_PROGRAM:
        raise Fault(f"a jq program may have at most {MAX_PROGRAM} characters")
    return jq.compile(program)
