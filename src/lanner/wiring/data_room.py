"""What flows and people keep: files, key-value pairs, and what reads them."""

import os
from dataclasses import dataclass
from pathlib import Path

from lanner.backends.local_blobs import LocalBlobs
from lanner.backends.secret_sources import EnvironmentSecrets, FileSecrets
from lanner.ports.clock import Clock
from lanner.ports.secrets import SecretSource
from lanner.ports.store import Store
from lanner.runtime.encryption import Cipher
from lanner.services.key_values import KeyValues
from lanner.services.namespace_files import NamespaceFiles
from lanner.services.readable_files import ReadableFiles
from lanner.services.secrets import Secrets
from lanner.settings.sections import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRoom:
    """The stores beside executions and flows. ``cipher`` is there when the settings have a key."""

    blobs: LocalBlobs
    key_values: KeyValues
    namespace_files: NamespaceFiles
    readable: ReadableFiles
    secrets: Secrets
    cipher: Cipher | None


def data_room(settings: Settings, store: Store, clock: Clock, *, storage: Path) -> DataRoom:
    """Put the stores together; ``storage`` keeps files."""
    blobs = LocalBlobs(storage)
    cipher = Cipher(settings.encryption.secret_key) if settings.encryption.secret_key else None
    sources: list[SecretSource] = [EnvironmentSecrets(os.environ)]
    if settings.secrets.file is not None:
        sources.insert(0, FileSecrets(settings.secrets.file))
    return DataRoom(
        blobs=blobs,
        key_values=KeyValues(store, clock),
        namespace_files=NamespaceFiles(blobs),
        readable=ReadableFiles(blobs, settings.local_files.allowed_paths),
        secrets=Secrets(
            store,
            clock,
            sources=sources,
            encrypt=cipher.encrypt if cipher else None,
            decrypt=cipher.decrypt if cipher else None,
        ),
        cipher=cipher,
    )
