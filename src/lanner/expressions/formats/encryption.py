"""AES-GCM as Kestra writes it: Base64 of a 12-byte nonce, the encrypted text and the tag."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from lanner.expressions.errors import Fault

NONCE_SIZE = 12


def encrypted(key: str, text: str, nonce: bytes) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- a large library, rarely used

    return b64encode(nonce + AESGCM(_key(key)).encrypt(nonce, text.encode(), None)).decode()


def decrypted(key: str, text: str) -> str:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- as above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- as above

    raw = _decoded(text, "the encrypted text")
    try:
        return AESGCM(_key(key)).decrypt(raw[:NONCE_SIZE], raw[NONCE_SIZE:], None).decode()
    except (InvalidTag, ValueError):
        raise Fault("the text cannot be decrypted with this key") from None


def _key(text: str) -> bytes:
    key = _decoded(text, "the key")
    if len(key) not in {16, 24, 32}:
        raise Fault("the key must have 16, 24 or 32 bytes in Base64")
    return key


def _decoded(text: str, what: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise Fault(f"{what} is not correct Base64") from None
