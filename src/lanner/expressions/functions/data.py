"""Functions that read JSON, YAML and Ion."""

from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature
from lanner.expressions.values import ABSENT, no_cast


def from_json(json: Any = ABSENT) -> Any:
    """Return the value of a JSON text.

    >>> {{ fromJson('{"a": [1, {"b": true}]}').a[1].b }}
    true
    """
    if json is ABSENT:
        raise Fault("The 'fromJson' function expects an argument 'json'.")
    if json is None:
        return None
    if not isinstance(json, str):
        raise Fault("The 'fromJson' function expects an argument 'json' with type string.")
    from lanner.expressions.formats.json_text import loaded  # noqa: PLC0415 -- rarely used

    return loaded(json)


def from_ion(ion: Any = ABSENT, all_rows: Any = ABSENT) -> Any:
    """Return the first value of an Amazon Ion text, or the list of all with ``allRows=true``.

    >>> {{ fromIon('{a: 1}').a }} {{ fromIon('1 2', allRows=true) }}
    1 [1,2]
    """
    if ion is ABSENT:
        raise Fault("The 'fromIon' function expects an argument 'ion'.")
    if ion is None:
        return None
    if not isinstance(ion, str):
        raise Fault("The 'fromIon' function expects an argument 'ion' with type string.")
    if all_rows is ABSENT or all_rows is None:
        all_rows = False
    if not isinstance(all_rows, bool):
        raise no_cast(all_rows, "java.lang.Boolean")
    from lanner.expressions.formats.ion_text import loaded  # noqa: PLC0415 -- rarely used

    return loaded(ion, all_rows=all_rows)


def from_yaml(yaml: Any = ABSENT) -> Any:
    """Return the value of a YAML text: its first document, by YAML 1.1's rules with dates as texts.

    >>> {{ yaml('foo: [6, 1]').foo[0] }}
    6
    """
    if yaml is ABSENT:
        raise Fault("The 'yaml' function expects an argument 'yaml'.")
    if not isinstance(yaml, str):
        raise Fault("The 'yaml' function expects an argument 'yaml' with type string.")
    from lanner.expressions.formats.yaml_text import loaded  # noqa: PLC0415 -- rarely used

    return loaded(yaml)


FUNCTIONS = (
    Feature("fromJson", from_json, ("json",)),
    Feature("json", from_json, ("json",)),
    Feature("jsonDecode", from_json, ("json",)),
    Feature("fromIon", from_ion, ("ion", "allRows=false")),
    Feature("yaml", from_yaml, ("yaml",)),
)
