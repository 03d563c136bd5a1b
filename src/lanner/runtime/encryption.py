"""Secrets at rest: AES-GCM as Kestra stores it (reference ``engine.md`` §9.11)."""

import base64
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lanner.model.errors import LannerError

IV_BYTES = 12
ENCRYPTED_TYPE = "io.kestra.datatype:aes_encrypted"


class Undecipherable(LannerError):
    """An encrypted value was made with another key, or is damaged."""


class Cipher:
    """Encrypts texts with one key: base64 of a random 12-byte IV, the ciphertext and its tag."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(base64.b64decode(key))

    def encrypt(self, text: str) -> str:
        """Return the text encrypted; empty text stays as it is."""
        if not text:
            return text
        iv = os.urandom(IV_BYTES)
        return base64.b64encode(iv + self._cipher.encrypt(iv, text.encode(), None)).decode()

    def decrypt(self, text: str) -> str:
        """Return the text that was encrypted; raises ``Undecipherable``."""
        if not text:
            return text
        try:
            packed = base64.b64decode(text, validate=True)
            return self._cipher.decrypt(packed[:IV_BYTES], packed[IV_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise Undecipherable("an encrypted value cannot be read: was the encryption key changed?") from error

    def reveal(self, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return outputs with what is encrypted in them decrypted; the same map when nothing is.

        A value that cannot be read stays as it is.
        """
        revealed: Mapping[str, Any] = self._revealed(outputs)
        return revealed

    def _revealed(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            if is_encrypted(value) and isinstance(value.get("value"), str):
                try:
                    return self.decrypt(value["value"])
                except Undecipherable:
                    return value
            changed = {key: found for key, item in value.items() if (found := self._revealed(item)) is not item}
            return {**value, **changed} if changed else value
        if isinstance(value, list):
            found = [self._revealed(item) for item in value]
            return found if any(new is not old for new, old in zip(found, value, strict=True)) else value
        return value


def encrypted(cipher: Cipher | None, text: str) -> dict[str, str]:
    """Return a text as an encrypted output; raises ``LannerError`` without a key."""
    if cipher is None:
        raise LannerError("nothing can be encrypted: the server has no encryption key (`encryption.secret-key`)")
    return {"type": ENCRYPTED_TYPE, "value": cipher.encrypt(text)}


def is_encrypted(value: Any) -> bool:
    """Whether a value is an encrypted output or input, as it is stored."""
    return isinstance(value, Mapping) and value.get("type") == ENCRYPTED_TYPE
