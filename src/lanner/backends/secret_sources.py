"""Secrets of the environment and of files: the same for all namespaces."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from lanner.ports.secrets import SecretSourceBroken

PREFIX = "SECRET_"
MAX_FILE_BYTES = 1024 * 1024


class EnvironmentSecrets:
    """Variables ``SECRET_NAME`` that hold base64. Names are looked up in capitals."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._encoded = {
            name[len(PREFIX) :]: value
            for name, value in environment.items()
            if name.startswith(PREFIX) and len(name) > len(PREFIX)
        }

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> str | None:  # noqa: ARG002  # for all the same
        """Return a secret; raises ``SecretSourceBroken`` when it is not base64 of text."""
        encoded = self._encoded.get(key.upper())
        if encoded is None:
            return None
        try:
            return base64.b64decode(re.sub(r"\s+", "", encoded), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise SecretSourceBroken(f"the secret {key!r} is not base64; encode {PREFIX}{key.upper()}") from None

    def keys(self, tenant: str, namespace: str) -> Sequence[str]:  # noqa: ARG002  # for all the same
        """Return the names, sorted."""
        return sorted(self._encoded)


class FileSecrets:
    """A YAML file of names and values, or a folder with a file for each secret, as Docker and Kubernetes mount them.

    What is read is what is there now: a secret that was exchanged counts at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, tenant: str, namespaces: Sequence[str], key: str) -> str | None:  # noqa: ARG002  # for all the same
        """Return a secret, its name as given or in capitals."""
        return next((value for name in (key, key.upper()) if (value := self._value(name)) is not None), None)

    def keys(self, tenant: str, namespace: str) -> Sequence[str]:  # noqa: ARG002  # for all the same
        """Return the names, sorted."""
        if self._path.is_dir():
            return sorted(file.name for file in self._path.iterdir() if file.is_file() and file.name[0] != ".")
        return sorted(self._document())

    def _value(self, name: str) -> str | None:
        if not self._path.is_dir():
            return self._document().get(name)
        if not name or "/" in name or "\0" in name or name[0] == ".":
            return None
        file = self._path / name
        try:
            return self._text(file).rstrip("\r\n") if file.is_file() else None
        except OSError as error:
            raise SecretSourceBroken(f"the secret {name!r} cannot be read: {error.strerror}") from None

    def _document(self) -> Mapping[str, str]:
        try:
            found: Any = yaml.safe_load(self._text(self._path))
        except OSError as error:
            raise SecretSourceBroken(f"secrets.file: {self._path} cannot be read: {error.strerror}") from None
        except (yaml.YAMLError, RecursionError):
            # The error would show the line, which holds a secret.
            raise SecretSourceBroken(f"secrets.file: {self._path} is not YAML") from None
        if found is None:
            return {}
        if not isinstance(found, dict) or not all(isinstance(value, str | int | float) for value in found.values()):
            raise SecretSourceBroken(f"secrets.file: {self._path} has to be a map of names and texts")
        return {str(name): str(value) for name, value in found.items()}

    @staticmethod
    def _text(file: Path) -> str:
        with file.open("rb") as content:
            raw = content.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise SecretSourceBroken(f"{file} is too large for secrets: at most {MAX_FILE_BYTES} bytes")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise SecretSourceBroken(f"{file} is not UTF-8") from None
