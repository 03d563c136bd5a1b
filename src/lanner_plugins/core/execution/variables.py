"""Variables of the execution, set and removed while it runs."""

from collections.abc import Mapping
from typing import Any, ClassVar

import orjson

from lanner.expressions.hashing import hash_copied
from lanner.sdk.flowable import ExecutionUpdate, Scope, Update
from lanner.sdk.property import Property


class SetVariables(ExecutionUpdate):
    """Set variables of the execution; later tasks read them under ``vars``.

    Maps are merged at any depth, lists are joined.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: set_variables
namespace: company.team
tasks:
  - id: set
    type: io.kestra.plugin.core.execution.SetVariables
    variables:
      greeting: hello
  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ vars.greeting }}"
""",
    )

    variables: Property[dict[str, Any]]
    """Name -> value."""
    overwrite: Property[bool] | None = None
    """Whether variables that exist may change; true when absent."""

    def update(self, scope: Scope) -> Update:
        new = self.variables.value(scope.render)
        present = _present(scope)
        if self.overwrite is not None and not self.overwrite.value(scope.render):
            taken = [name for name in new if name in present]
            if taken:
                names = ", ".join(taken)
                raise ValueError(f"`overwrite` is set to false and the following variables already exist: {names}")
        return Update(variables=_merged(present, new))


class UnsetVariables(ExecutionUpdate):
    """Remove variables of the execution; a name that is not there is no error."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: unset_variables
namespace: company.team
variables:
  secretive: yes
tasks:
  - id: forget
    type: io.kestra.plugin.core.execution.UnsetVariables
    variables: [secretive]
""",
    )

    variables: Property[list[str]]
    """Names."""
    ignore_missing: Property[bool] | None = None
    """Accepted for Kestra's sake: a missing name is never an error."""

    def update(self, scope: Scope) -> Update:
        doomed = set(self.variables.value(scope.render))
        return Update(variables={name: value for name, value in _present(scope).items() if name not in doomed})


def _present(scope: Scope) -> dict[str, Any]:
    """Return the execution's variables, or the flow's when it has none of its own, as plain data."""
    found: dict[str, Any] = orjson.loads(orjson.dumps(dict(scope.variables.get("vars") or {})))
    return found


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        changed = {name: _merged(old[name], value) if name in old else value for name, value in new.items()}
        return hash_copied({**old, **{name: value for name, value in changed.items() if value is not None}})
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new
