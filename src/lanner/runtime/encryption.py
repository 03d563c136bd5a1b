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


def is_encrypted(value: Any) -> bool:
    """Whether a value is an encrypted output or input, as it is stored."""
    return isinstance(value, Mapping) and value.get("type") == ENCRYPTED_TYPE
