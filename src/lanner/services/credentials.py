"""Who may use the server: one user with a password, as the open-source edition of Kestra has it.

Source: Kestra 1.0, basic authentication (reference ``api.md`` §4.1).
"""

import asyncio
import hmac
import re
import secrets
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from datetime import timedelta
from hashlib import blake2b
from typing import Any

import orjson
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lanner.ports.clock import Clock
from lanner.ports.store import Store, Writes
from lanner.services.errors import CredentialsRefused, Unauthenticated

SETTING = "basic-auth"
SESSION_TIME = timedelta(days=7)
MAX_LENGTH = 256
MAX_REMEMBERED = 1_024
MAX_HASHES_AT_ONCE = 2

_EMAIL = re.compile(r"^[a-zA-Z0-9_!#$%&’*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+$")
_RULES = (
    (re.compile(r"[a-z]"), "lower case letter"),
    (re.compile(r"[A-Z]"), "upper case letter"),
    (re.compile(r"\d"), "digit"),
)


def broken_rules(username: str, password: str) -> list[str]:
    """Return what is wrong with new credentials, for people."""
    broken = []
    if not username:
        broken.append("No username set for Basic Authentication. Please provide a username.")
    elif not _EMAIL.match(username):
        broken.append("Invalid username for Basic Authentication. Please provide a valid email address.")
    if not password:
        broken.append("No password set for Basic Authentication. Please provide a password.")
    elif len(password) < 8 or not all(pattern.search(password) for pattern, _ in _RULES):
        needs = ", ".join(f"one {name}" for _, name in _RULES)
        broken.append(
            f"Invalid password for Basic Authentication. The password has at least 8 characters, with at least {needs}."
        )
    if len(username) > MAX_LENGTH or len(password) > MAX_LENGTH:
        broken.append(f"The length of email or password should not exceed {MAX_LENGTH} characters.")
    return broken


class Credentials:
    """Keeps the one user's credentials and tells whether a caller has them.

    A right password costs its argon2 hash once: afterwards a keyed hash of what the caller sent is remembered
    in memory, at most ``MAX_REMEMBERED`` of them, until the password changes. Sessions are signed texts that
    end with their time, with a change of the password or with ``end_session``.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        username: str | None = None,
        password: str | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._store, self._clock = store, clock
        self._given = (username, password)
        self._hasher = hasher or PasswordHasher()
        self._remembered: OrderedDict[bytes, str] = OrderedDict()
        self._key = secrets.token_bytes(32)
        self._turns = asyncio.Semaphore(MAX_HASHES_AT_ONCE)
        self._user: dict[str, Any] | None = None
        self.problems: tuple[str, ...] = ()

    async def open(self) -> None:
        """Read what is stored; credentials of the settings replace it, when they keep the rules."""
        self._user = await self._store.setting(SETTING)
        username, password = self._given
        if username is None and password is None:
            return
        self.problems = tuple(broken_rules(username or "", password or ""))
        if not self.problems and not (self._user and await self._matches(username or "", password or "")):
            await self._save(username or "", password or "")

    @property
    def is_initialised(self) -> bool:
        """Whether there is a user at all."""
        return self._user is not None

    async def set(self, username: str, password: str) -> None:
        """Replace the user; ends all sessions; raises ``CredentialsRefused``."""
        if broken := broken_rules(username, password):
            raise CredentialsRefused(broken)
        await self._save(username, password)

    async def check_basic(self, encoded: str) -> str:
        """Return the user that ``base64(user:password)`` belongs to; raises ``Unauthenticated``."""
        print_ = blake2b(encoded.encode("utf-8", "surrogateescape"), key=self._key, digest_size=32).digest()
        user = self._remembered.get(print_)
        if user is not None:
            return user
        try:
            username, separator, password = b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            raise Unauthenticated("the credentials are not base64 of user:password") from None
        if not separator:
            raise Unauthenticated("the credentials hold no colon")
        await self.check(username, password)
        self._remembered[print_] = username
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return username

    async def check(self, username: str, password: str) -> None:
        """Raise ``Unauthenticated`` unless this is the user and the password."""
        if len(username) > MAX_LENGTH or len(password) > MAX_LENGTH or not await self._matches(username, password):
            raise Unauthenticated("Invalid username or password")

    def session(self, username: str) -> str:
        """Return the text of a new session."""
        expires = int((self._clock.now() + SESSION_TIME).timestamp())
        payload = urlsafe_b64encode(orjson.dumps([username, expires, secrets.token_hex(8)])).decode().rstrip("=")
        return f"{payload}.{self._signature(payload)}"

    async def check_session(self, session: str) -> str:
        """Return the user of a session that still counts; raises ``Unauthenticated``."""
        username, _, token = self._read_session(session)
        if self._user is None or token in self._user.get("ended", {}):
            raise Unauthenticated("The session has ended")
        return username

    async def end_session(self, session: str) -> None:
        """Have a session count no more; one that does not count anyway changes nothing."""
        try:
            _, expires, token = self._read_session(session)
        except Unauthenticated:
            return
        if self._user is None:
            return
        now = self._clock.now().timestamp()
        ended = {name: until for name, until in self._user.get("ended", {}).items() if until > now}
        self._user = {**self._user, "ended": {**ended, token: expires}}
        await self._store.commit(Writes(settings={SETTING: self._user}))

    def csrf_token(self) -> str:
        """Return a new signed token for the double-submit check."""
        token = secrets.token_hex(16)
        return f"{token}.{self._signature(f'csrf:{token}')}"

    def is_csrf_token(self, token: str) -> bool:
        """Whether this server made the token."""
        value, _, signature = token.partition(".")
        return hmac.compare_digest(signature.encode(), self._signature(f"csrf:{value}").encode())

    def _read_session(self, session: str) -> tuple[str, int, str]:
        payload, _, signature = session.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(payload).encode()):
            raise Unauthenticated("The session is unknown")
        username, expires, token = orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        if expires < self._clock.now().timestamp():
            raise Unauthenticated("The session has ended")
        return username, expires, token

    def _signature(self, text: str) -> str:
        secret = bytes.fromhex(self._user["secret"]) if self._user else self._key
        return blake2b(text.encode(), key=secret, digest_size=24).hexdigest()

    async def _matches(self, username: str, password: str) -> bool:
        """Take the same time whether the name, the password or both are wrong."""
        user = self._user
        if user is None:
            return False
        async with self._turns:
            try:
                await asyncio.to_thread(self._hasher.verify, user["hash"], password)
            except (VerificationError, InvalidHashError):
                return False
        return user is self._user and hmac.compare_digest(user["username"].encode(), username.encode())

    async def _save(self, username: str, password: str) -> None:
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        user = {"username": username, "hash": hashed, "secret": secrets.token_hex(32)}
        await self._store.commit(Writes(settings={SETTING: user}))
        self._user = user
        self._remembered.clear()
        self.problems = ()
