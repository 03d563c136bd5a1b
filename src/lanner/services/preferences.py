"""What people set up for themselves in the web UI: saved filters, columns, layouts."""

import re
from typing import Any

import orjson

from lanner.ports.store import Store, Writes
from lanner.services.errors import InvalidArgument

MAX_BYTES = 64 * 1024

_NAME = re.compile(r"^[a-zA-Z0-9._-]{1,100}$")


class Preferences:
    """Small JSON values by person and name; the last one written counts."""

    def __init__(self, *, store: Store) -> None:
        self._store = store

    async def get(self, tenant: str, user: str, name: str) -> Any:
        """Return a value, or ``None`` when nothing was set; raises ``InvalidArgument``."""
        return await self._store.setting(_setting(tenant, user, name))

    async def set(self, tenant: str, user: str, name: str, value: Any) -> None:
        """Remember a value; raises ``InvalidArgument`` for a bad name or more than 64 KiB."""
        setting = _setting(tenant, user, name)
        size = len(orjson.dumps(value))
        if size > MAX_BYTES:
            raise InvalidArgument(f"preference {name!r} has {size} bytes; at most {MAX_BYTES} are kept")
        await self._store.commit(Writes(settings={setting: value}))


def _setting(tenant: str, user: str, name: str) -> str:
    if not _NAME.match(name):
        raise InvalidArgument(f"{name!r} is no name of a preference: letters, digits, dot, dash and underscore are")
    return f"preference/{tenant}/{user}/{name}"
