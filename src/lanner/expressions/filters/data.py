"""Filters between values and texts in JSON, YAML and Ion, and jq."""

from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.text import json_text
from lanner.expressions.values import ABSENT, text_input


def to_json(value: Any) -> str:
    """Return a value as compact JSON; map entries without a value are left out.

    >>> {{ {'a': [1, 'x"y']} | toJson }}
    {"a":[1,"x\\"y"]}
    """  # noqa: D301 -- the example is shown with its backslash
    return json_text(value)


def to_ion(value: Any) -> str:
    """Return a value as Amazon Ion text.

    >>> {{ {'a': 1} | toIon }}
    {a:1}
    """
    from lanner.expressions.formats.ion_text import dumped  # noqa: PLC0415 -- rarely used

    return dumped(value)


def yaml(value: Any) -> str:
    """Return a value as YAML; a text that would be read as something else is quoted.

    >>> {{ {'a': [1, '2']} | yaml }}
    a:
     - 1
     - "2"
    <BLANKLINE>
    """
    from lanner.expressions.formats.yaml_text import dumped  # noqa: PLC0415 -- rarely used

    return dumped(value)


def jq(scope: Scope, value: Any, expression: Any = ABSENT) -> Any:
    """Run a jq program and return the list of its outputs; a text is read as JSON first.

    >>> {{ {'a': [3, 4]} | jq('.a[1]') | first }}
    4
    """
    if not given(expression):
        raise Fault("The 'jq' filter expects an argument 'expression'.")
    if value is None:
        return None
    from lanner.expressions.formats.jq_program import outputs  # noqa: PLC0415 -- rarely used

    return outputs(value, text_input(expression), lambda: scope.rendering.reach.now().timestamp())


FILTERS = (
    Feature("toJson", to_json, ignores_extra=True),
    Feature("json", to_json, ignores_extra=True),
    Feature("jsonEncode", to_json, ignores_extra=True),
    Feature("toIon", to_ion, ignores_extra=True),
    Feature("yaml", yaml, ignores_extra=True),
    Feature("jq", jq, ("expression",), needs_scope=True),
)
