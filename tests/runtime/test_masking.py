"""A secret that was handed out shows in no text, whatever was made of it."""

import pytest

from lanner.runtime.masking import Masks

SECRET = 'p"ss wörd/1+='
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nxY9dLw==\n-----END KEY-----"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        pytest.param(SECRET, 'p"ss wörd/1+=', id="as it is"),
        pytest.param(SECRET, "cCJzcyB3w7ZyZC8xKz0=", id="Base64"),
        pytest.param(SECRET, "cCJzcyB3w7ZyZC8xKz0", id="Base64 without padding"),
        pytest.param(SECRET, 'p\\"ss wörd/1+=', id="JSON"),
        pytest.param(SECRET, 'p\\"ss w\\u00f6rd/1+=', id="JSON in ASCII"),
        pytest.param(SECRET, "p%22ss+w%C3%B6rd%2F1%2B%3D", id="form"),
        pytest.param(SECRET, "p%22ss%20w%C3%B6rd/1%2B%3D", id="path of a URL"),
        pytest.param(SECRET, 'P"SS WÖRD/1+=', id="capitals"),
        pytest.param(KEY, "MIIEvQIBADANBgkq", id="one line of several"),
        pytest.param("ab", "ab", id="a short one"),
    ],
)
def test_a_form_of_a_secret_is_hidden_within_a_message(secret: str, text: str) -> None:
    assert Masks([secret]).hide(f"login with <{text}> failed") == "login with <******> failed"


def test_texts_without_the_secret_stay() -> None:
    assert Masks(["s3cr3t", ""]).hide("no secrets here") == "no secrets here"
