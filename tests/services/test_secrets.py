"""Where secrets come from, and in which order."""

import base64
from pathlib import Path

import pytest

from lanner.backends.memory.store import MemoryStore
from lanner.backends.secret_sources import EnvironmentSecrets, FileSecrets
from lanner.model.key_value import KeyName
from lanner.ports.secrets import SecretSource, SecretSourceBroken
from lanner.runtime.encryption import Cipher, Undecipherable
from lanner.runtime.system import SystemClock
from lanner.services.errors import InvalidArgument
from lanner.services.secrets import SecretNotFound, Secrets, SecretsReadOnly

pytestmark = pytest.mark.anyio

HIDDEN = "s3cr3t"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def secrets(*sources: SecretSource, store: MemoryStore | None = None, key: int = 0) -> Secrets:
    cipher = Cipher(base64.b64encode(bytes([key]) * 32).decode())
    return Secrets(
        store or MemoryStore(), SystemClock(), sources=sources, encrypt=cipher.encrypt, decrypt=cipher.decrypt
    )


async def test_the_nearest_namespace_counts_then_the_sources(tmp_path: Path) -> None:
    file = tmp_path / "secrets.yaml"
    file.write_text("TOKEN: of the file\nonly_file: 12\n")
    found = secrets(
        FileSecrets(file),
        EnvironmentSecrets({"SECRET_TOKEN": encoded("of the environment"), "SECRET_HOME": encoded("x")}),
    )
    assert found.find("main", "a.b", "TOKEN") == "of the file"
    assert found.find("main", "a.b", "home") == "x"
    assert found.find("main", "a.b", "only_file") == "12"
    await found.put(KeyName("main", "a", "TOKEN"), "of a")
    assert found.find("main", "a.b", "token") == "of a"
    await found.put(KeyName("main", "a.b", "TOKEN"), "of a.b")
    assert [found.find("main", place, "TOKEN") for place in ("a.b", "a.b.c", "a", "x")] == [
        "of a.b",
        "of a.b",
        "of a",
        "of the file",
    ]
    assert found.find("other", "a", "TOKEN") == "of the file"
    with pytest.raises(SecretNotFound, match=r"^Cannot find secret for key 'none'\.$"):
        found.find("main", "a", "none")


async def test_what_is_kept_is_encrypted_and_not_shown() -> None:
    store = MemoryStore()
    await secrets(store=store).put(KeyName("main", "a", "TOKEN"), HIDDEN)
    (kept,) = store.secrets.find("main", ["a"], "TOKEN")
    assert HIDDEN not in kept.encrypted
    assert kept.encrypted not in repr(kept)
    with pytest.raises(Undecipherable, match="was the encryption key changed"):
        secrets(store=store, key=1).find("main", "a", "TOKEN")
    without = Secrets(store, SystemClock())
    for work in (without.put(KeyName("main", "a", "B"), "x"),):
        with pytest.raises(SecretsReadOnly, match=r"set the option encryption\.secret-key"):
            await work
    with pytest.raises(SecretsReadOnly):
        without.find("main", "a", "TOKEN")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        pytest.param("", "x", "^key: ", id="no name"),
        pytest.param("a/b", "x", "^key: ", id="a path"),
        pytest.param("..", "x", "^key: ", id="dots"),
        pytest.param("a\0", "x", "^key: ", id="NUL"),
        pytest.param("k" * 257, "x", "^key: ", id="a long name"),
        pytest.param("k", "", "^value: a secret is not empty", id="nothing"),
        pytest.param("k", "x" * (1024 * 1024 + 1), "^value: a secret has at most", id="a huge value"),
        pytest.param("k", "\ud800", "^value: it holds half a character", id="half a character"),
    ],
)
async def test_what_cannot_be_kept_is_refused(key: str, value: str, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        await secrets().put(KeyName("main", "a", key), value)


def test_a_variable_that_is_not_base64_is_told_without_its_value() -> None:
    source = EnvironmentSecrets({"SECRET_A": HIDDEN + "!", "SECRET_B": "/w==", "SECRET_C": "YQ\n==", "SECRET_": "x"})
    for name in "AB":
        with pytest.raises(SecretSourceBroken, match=f"encode SECRET_{name}") as caught:
            source.find("main", ["a"], name)
        assert HIDDEN not in str(caught.value)
    assert (source.find("main", ["a"], "c"), list(source.keys("main", "a"))) == ("a", ["A", "B", "C"])


def test_a_folder_holds_a_secret_in_each_file(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(HIDDEN)
    folder = tmp_path / "mounted"
    folder.mkdir()
    (folder / "token").write_text("one\n")
    (folder / ".hidden").write_text("x")
    source = FileSecrets(folder)
    assert (source.find("main", ["a"], "token"), list(source.keys("main", "a"))) == ("one", ["token"])
    (folder / "token").write_text("two")
    assert source.find("main", ["a"], "token") == "two"
    for key in ("../outside", "a/../../outside", ".hidden", "none", "a\0b", "", "."):
        assert source.find("main", ["a"], key) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(f"A: [{HIDDEN}", "is not YAML", id="no YAML"),
        pytest.param(f"- {HIDDEN}", "has to be a map", id="a list"),
        pytest.param(f"A: {{B: {HIDDEN}}}", "has to be a map of names and texts", id="a nested map"),
        pytest.param("[" * 10_000, "is not YAML", id="deep"),
        pytest.param("A: " + "x" * (1024 * 1024 + 1), "too large for secrets", id="a huge file"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_without_its_content(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "secrets.yaml"
    file.write_text(content)
    with pytest.raises(SecretSourceBroken, match=words) as caught:
        FileSecrets(file).find("main", ["a"], "A")
    assert HIDDEN not in str(caught.value)
    file.unlink()
    with pytest.raises(SecretSourceBroken, match="cannot be read"):
        FileSecrets(file).find("main", ["a"], "A")
