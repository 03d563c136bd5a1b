"""Functions of values alone: nothing outside is needed."""

from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_ITEMS
from lanner.expressions.operators import greater, less
from lanner.expressions.registry import Feature, Scope
from lanner.expressions.values import ABSENT, is_number


def maximum(*values: Any) -> Any:
    """Return the largest of the numbers; null without any.

    >>> {{ max(1, 5, 2.5) }}
    5
    """
    return _best(values, greater=True)


def minimum(*values: Any) -> Any:
    """Return the smallest of the numbers; null without any.

    >>> {{ min(3, 2.5) }}
    2.5
    """
    return _best(values, greater=False)


def range_of(start: Any = ABSENT, end: Any = ABSENT, increment: Any = ABSENT) -> list[Any]:
    """Return the whole numbers, or single characters, from ``start`` to ``end`` with both; ``start..end`` says the same.

    >>> {{ range(0, 6, 2) }} {{ range(3, 1, -1) }} {{ range('a', 'c') }}
    [0,2,4,6] [3,2,1] ["a","b","c"]
    """  # noqa: E501 -- the line is shown to readers as it is
    step = 1 if increment is ABSENT or increment is None else increment
    if not is_number(step):
        raise Fault("The increment of the range function must be a number")
    step = int(step)
    if step == 0:
        raise Fault("The increment of the range function must be different than 0")
    if is_number(start) and is_number(end):
        return list(_steps(int(start), int(end), step))
    if isinstance(start, str) and isinstance(end, str) and len(start) == len(end) == 1:
        return [chr(code) for code in _steps(ord(start), ord(end), step)]
    raise Fault("Arguments of range function must be of type Number or String with a length of 1")


def parent() -> Any:
    """Not available: templates extend no others."""
    raise Fault("Can not use parent function if template does not extend another template.")


def i18n(bundle: Any = ABSENT, key: Any = ABSENT) -> Any:  # noqa: ARG001 -- the signature is the language's
    """Not available: there are no bundles of translations."""
    raise Fault(f"Can't find bundle for base name {bundle}, locale en")


def render(scope: Scope, to_render: Any = ABSENT, recursive: Any = ABSENT) -> Any:
    """Render a text, or all texts of a list or map, again and again until nothing changes; once with ``recursive=false``.

    >>> {{ render(vars.greeting) }}
    Hello Ada
    """  # noqa: E501 -- the line is shown to readers as it is
    if to_render is ABSENT:
        raise Fault("The 'render' function expects an argument 'toRender'.")
    if recursive is ABSENT or recursive is None:
        recursive = True
    if not isinstance(recursive, bool):
        raise Fault("The 'render' function expects an optional argument 'recursive' with type boolean.")
    rendering = scope.rendering
    return rendering.renderer.again(to_render, scope.variables, rendering, recursive=recursive)


def render_once(scope: Scope, to_render: Any = ABSENT) -> Any:
    """Render a text, or all texts of a list or map, once.

    >>> {{ renderOnce('{{ inputs.name }}') }}
    Ada
    """
    if to_render is ABSENT:
        raise Fault("The 'render' function expects an argument 'toRender'.")
    rendering = scope.rendering
    return rendering.renderer.again(to_render, scope.variables, rendering, recursive=False)


def print_context(scope: Scope) -> dict[str, Any]:
    """Return all variables in sight as a map, to look at.

    >>> {{ printContext().inputs.name }}
    Ada
    """
    return {name: scope.variables[name] for name in scope.variables}


def block(name: Any) -> str:  # noqa: ARG001 -- the compiler writes the block's body where this stands
    """Print the body of ``{% block name %}`` again.

    >>> {% block a %}hey{% endblock %} {{ block('a') }}
    hey hey
    """
    return ""


def _best(values: tuple[Any, ...], *, greater: bool) -> Any:
    best: Any = None
    for value in values:
        if best is None or (_above(value, best) if greater else _below(value, best)):
            best = value
    return best


def _above(left: Any, right: Any) -> bool:
    if left is not None and not (is_number(left) and is_number(right)):
        raise Fault("invalid operands for mathematical comparison [GREATER_THAN]")
    return greater(left, right)


def _below(left: Any, right: Any) -> bool:
    if left is not None and not (is_number(left) and is_number(right)):
        raise Fault("invalid operands for mathematical comparison [LESS_THAN]")
    return less(left, right)


def _steps(start: int, end: int, step: int) -> range:
    result = range(start, end + (1 if step > 0 else -1), step)
    if (end - start) // step >= MAX_ITEMS:
        raise LimitFault(f"range gives at most {MAX_ITEMS} items")
    return result


FUNCTIONS = (
    Feature("max", maximum, None),
    Feature("min", minimum, None),
    Feature("range", range_of, ("start", "end", "increment=1")),
    Feature("block", block, ("name",)),
    Feature("parent", parent),
    Feature("i18n", i18n, ("bundle", "key")),
    Feature("render", render, ("toRender", "recursive=true"), needs_scope=True),
    Feature("renderOnce", render_once, ("toRender",), needs_scope=True),
    Feature("printContext", print_context, needs_scope=True),
    Feature("fetchContext", print_context, needs_scope=True),
)
