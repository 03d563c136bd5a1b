"""What ``http(…)`` sends follows from its arguments."""

from typing import Any

import pytest

from lanner.expressions import HttpCall
from lanner.model.errors import LannerError
from lanner.runtime.http_calls import answered, body_of, headers_of

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        pytest.param({"k": [1, "é"]}, "application/json", '{"k":[1,"é"]}', id="a map is JSON"),
        pytest.param([True, None], "application/json", "[true,null]", id="a list is JSON"),
        pytest.param("as it is", "text/plain", "as it is", id="a text"),
        pytest.param({"a": "b c", "d": 1}, FORM, "a=b+c&d=1", id="a form"),
        pytest.param(None, "application/json", None, id="none"),
    ],
)
def test_a_body_is_sent_by_its_type(body: Any, content_type: str, sent: str | None) -> None:
    assert body_of(HttpCall(uri="http://h", body=body, content_type=content_type)) == sent


@pytest.mark.parametrize(
    ("options", "header"),
    [
        pytest.param({"auth": {"type": "BASIC", "username": "u", "password": "p"}}, "Basic dTpw", id="basic"),
        pytest.param({"auth": {"type": "bearer", "token": "t"}}, "Bearer t", id="bearer"),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_options_name_the_credentials(options: dict[str, Any], header: str | None) -> None:
    assert headers_of(HttpCall(uri="http://h", options=options)).get("Authorization") == header


def test_written_headers_win_and_lists_are_joined() -> None:
    call = HttpCall(uri="http://h", body="x", headers={"Accept": "text/csv", "X": ["a", "b"]})
    assert headers_of(call) == {"Accept": "text/csv", "Content-Type": "application/json", "X": "a, b"}


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        pytest.param(HttpCall(uri="http://h", options={"proxy": 1}), "'proxy' is not known", id="an unknown option"),
        pytest.param(HttpCall(uri="http://h", options={"auth": {"type": "x"}}), "BASIC or BEARER", id="unknown auth"),
        pytest.param(HttpCall(uri="nope"), r"http\('nope'\) failed", id="no address"),
        pytest.param(HttpCall(uri="http://[x"), "failed", id="a broken address"),
    ],
)
def test_what_cannot_be_sent_is_told(call: HttpCall, complaint: str) -> None:
    with pytest.raises(LannerError, match=complaint):
        answered(call)
