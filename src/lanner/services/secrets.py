"""Secrets: kept encrypted in the store by namespace, or given by the environment and files."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lanner.model.errors import LannerError
from lanner.model.key_value import KeyName, StoredSecret
from lanner.model.namespace import checked_namespace, with_parents
from lanner.ports.clock import Clock
from lanner.ports.search import Filter, Operator, Page, Query, Sort
from lanner.ports.secrets import SecretSource, SecretSourceBroken
from lanner.ports.store import Store, Writes
from lanner.services.errors import InvalidArgument, NotFound

__all__ = ["SecretNotFound", "SecretShown", "SecretSourceBroken", "Secrets", "SecretsReadOnly"]

MAX_VALUE = 1024 * 1024
_KEY = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,255}")
_PAGE = 1_000


class SecretNotFound(LannerError):
    """There is no secret of this name."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"Cannot find secret for key '{key}'.")


class SecretsReadOnly(LannerError):
    """Secrets cannot be kept: the server has no key to encrypt them with."""

    def __init__(self) -> None:
        super().__init__("secrets can only be kept encrypted: set the option encryption.secret-key of the server")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretShown:
    """What people may see of a secret. Without a namespace it is there for all."""

    key: str
    namespace: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class Secrets:
    """Finds, keeps and lists secrets; no method but ``find`` gives a value away.

    A secret of a namespace is there for the namespaces below as well, and the nearest one counts; then come the
    sources, in order. Names are found as written or in capitals.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        sources: Sequence[SecretSource] = (),
        encrypt: Callable[[str], str] | None = None,
        decrypt: Callable[[str], str] | None = None,
    ) -> None:
        self._store, self._clock, self._sources = store, clock, tuple(sources)
        self._encrypt, self._decrypt = encrypt, decrypt

    @property
    def is_read_only(self) -> bool:
        """Whether secrets cannot be kept."""
        return self._encrypt is None

    def find(self, tenant: str, namespace: str, key: str) -> str:
        """Return a secret for a namespace's flows. Short and blocking.

        Raises ``SecretNotFound``, ``SecretSourceBroken`` and what decrypting raises.
        """
        namespaces = with_parents(namespace)
        for name in dict.fromkeys((key, key.upper())):
            for stored in self._store.secrets.find(tenant, namespaces, name)[:1]:
                if self._decrypt is None:
                    raise SecretsReadOnly
                return self._decrypt(stored.encrypted)
        for source in self._sources:
            value = source.find(tenant, namespaces, key)
            if value is not None:
                return value
        raise SecretNotFound(key)

    async def put(
        self, name: KeyName, value: str, *, description: str | None = None, tags: Mapping[str, str] | None = None
    ) -> None:
        """Keep a secret; raises ``InvalidArgument`` and ``SecretsReadOnly``."""
        if self._encrypt is None:
            raise SecretsReadOnly
        checked_namespace(name.namespace)
        if not _KEY.fullmatch(name.key):
            raise InvalidArgument(
                "key: letters, digits, '.', '_' and '-' make the name of a secret, at most 256, the first a letter, "
                "digit or '_'"
            )
        if not value:
            raise InvalidArgument("value: a secret is not empty")
        try:
            if len(value.encode()) > MAX_VALUE:
                raise InvalidArgument(f"value: a secret has at most {MAX_VALUE} bytes")
        except UnicodeEncodeError:
            raise InvalidArgument("value: it holds half a character (a lone surrogate)") from None
        stored = StoredSecret(
            tenant=name.tenant,
            namespace=name.namespace,
            key=name.key,
            encrypted=self._encrypt(value),
            updated=self._clock.now(),
            description=description,
            tags=dict(tags or {}),
        )
        await self._store.commit(Writes(secrets=[stored]))

    async def describe(
        self, name: KeyName, *, description: str | None = None, tags: Mapping[str, str] | None = None
    ) -> None:
        """Change what is said of a secret, what is ``None`` stays; raises ``NotFound``."""
        checked_namespace(name.namespace)
        for found in self._store.secrets.find(name.tenant, [name.namespace], name.key):
            changed = StoredSecret(
                tenant=found.tenant,
                namespace=found.namespace,
                key=found.key,
                encrypted=found.encrypted,
                updated=self._clock.now(),
                description=found.description if description is None else description,
                tags=found.tags if tags is None else dict(tags),
            )
            await self._store.commit(Writes(secrets=[changed]))
            return
        raise NotFound(f"No secret '{name.key}' in namespace '{name.namespace}'")

    async def delete(self, name: KeyName) -> None:
        """Delete a secret; raises ``NotFound``."""
        checked_namespace(name.namespace)
        if not self._store.secrets.find(name.tenant, [name.namespace], name.key):
            raise NotFound(f"No secret '{name.key}' in namespace '{name.namespace}'")
        await self._store.commit(Writes(removed_secrets=[name]))

    async def search(self, query: Query) -> Page[SecretShown]:
        """Return one page of the secrets kept here, then of those of the sources."""
        kept = await self._kept(Query(tenant=query.tenant, filters=query.filters, sort=query.sort))
        texts = [str(one.value).lower() for one in query.filters if one.field == "q"]
        named = {
            key: None
            for source in self._sources
            for key in source.keys(query.tenant, "")
            if all(text in key.lower() for text in texts)
        }
        shown = kept + [SecretShown(key=key) for key in named]
        start = (query.page - 1) * query.size
        return Page(shown[start : start + query.size], len(shown))

    async def inherited(self, tenant: str, namespace: str) -> dict[str, list[str]]:
        """Return the names of the secrets that flows of a namespace can use, by the namespace that keeps them.

        Those of the sources count as the namespace's own.
        """
        found: dict[str, list[str]] = {}
        for place in with_parents(checked_namespace(namespace)):
            filters = (Filter("namespace", Operator.EQUALS, place),)
            found[place] = [secret.key for secret in await self._kept(Query(tenant=tenant, filters=filters))]
        own = found[namespace]
        names = {key for source in self._sources for key in source.keys(tenant, namespace)}
        found[namespace] = own + sorted(names - set(own))
        return found

    async def _kept(self, query: Query) -> list[SecretShown]:
        sort = query.sort or (Sort("namespace"), Sort("key"))
        found: list[SecretShown] = []
        while True:
            page = Query(
                tenant=query.tenant, filters=query.filters, sort=sort, page=len(found) // _PAGE + 1, size=_PAGE
            )
            rows = (await self._store.secrets.search(page)).results
            found += [
                SecretShown(key=row.key, namespace=row.namespace, description=row.description, tags=row.tags)
                for row in rows
            ]
            if len(rows) < _PAGE:
                return found
