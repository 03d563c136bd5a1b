"""The OpenAPI file says what the routes take and answer."""

from typing import Any, TypedDict

import pytest

from lanner.api.openapi import Schemas, as_yaml, document
from lanner.api.routes.table import OPERATIONS
from tests.api.house import House
from tests.house.tree import ROOT

FILE = ROOT / "docs" / "reference" / "openapi.yml"


def test_the_file_is_that_of_the_routes() -> None:
    wanted = as_yaml(OPERATIONS)
    is_same = FILE.read_text(encoding="utf-8") == wanted
    assert is_same, "run: ./dev lanner server openapi > docs/reference/openapi.yml, then node ui/openapi.mjs"


def test_every_reference_leads_somewhere_and_every_path_names_its_parameters() -> None:
    found = document(OPERATIONS)

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    for reference in references(found):
        place: Any = found
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    for path, item in found["paths"].items():
        for operation in item.values():
            named = {
                "tenant" if "$ref" in one else one["name"]
                for one in operation.get("parameters", ())
                if one.get("in", "path") == "path"
            }
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}, path
            assert operation["summary"], path


def test_two_documents_of_one_name_are_refused() -> None:
    schemas = Schemas()
    schemas.of(TypedDict("OneDocument", {"id": str}))  # type: ignore[operator]  # made here to be alike in name only
    with pytest.raises(TypeError, match="would both be called 'One'"):
        schemas.of(TypedDict("OneDocument", {"id": int}))  # type: ignore[operator]  # as above


def test_what_no_document_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="is no type that a document holds"):
        Schemas().of(complex)


@pytest.mark.anyio
async def test_a_server_gives_its_file_to_anybody(server: House) -> None:
    answer = await server.stranger.get("/swagger/kestra.yml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-yaml")
    assert answer.text == as_yaml(OPERATIONS)
