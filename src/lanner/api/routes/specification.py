"""The server's own OpenAPI file, where Kestra has it. Source: Kestra (reference ``api.md`` §6.4)."""

import asyncio
from collections.abc import Iterable
from functools import cache

from starlette.types import ASGIApp

from lanner.api.http import YAML as YAML_TYPE
from lanner.api.http import Call, text_answer
from lanner.api.openapi import as_yaml
from lanner.api.routing import Operation
from lanner.api.shapes import YAML


def specified(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return operations with one more: that which describes them all, itself too."""

    @cache
    def text() -> str:
        return as_yaml(table)

    async def specification(call: Call) -> ASGIApp:  # noqa: ARG001  # the shape of a handler
        """Return the OpenAPI file of this API."""
        return text_answer(await asyncio.to_thread(text), YAML_TYPE)

    own = Operation(
        method="GET",
        path="/swagger/kestra.yml",
        id="getOpenApi",
        handler=specification,
        gives=YAML,
        is_open=True,
        per_tenant=False,
        in_root=True,
    )
    table = (*operations, own)
    return table
