"""Files by URI, as flows name them: the universal file protocol.

Source: Kestra 0.24 (release notes, "New universal file protocol") and 1.0.36:

* ``kestra:///path`` in the internal storage,
* ``nsfile:///path`` of the flow's namespace and ``nsfile://namespace/path`` of another, never of parents,
* ``file:///path`` on the server's disk, where the setting ``local-files.allowed-paths`` lets it.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from lanner.model.errors import LannerError
from lanner.model.storage import SCHEME, storage_path
from lanner.ports.blobs import Blobs, FileNotFound
from lanner.services.namespace_files import NamespaceFiles, checked_path

NAMESPACE_SCHEME = "nsfile://"
LOCAL_SCHEME = "file://"
SCHEMES = (SCHEME, NAMESPACE_SCHEME, LOCAL_SCHEME)


class SchemeNotSupported(LannerError):
    """A URI has a scheme that files do not have."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        super().__init__(f"Cannot process the URI {uri}: scheme not supported.")


class PathNotAllowed(LannerError):
    """A file of the machine lies outside the paths that the settings allow."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"The path {path} is not authorized. Only files inside the working directory are allowed by default, "
            "other paths must be allowed either globally inside the Kestra configuration using the "
            "`kestra.local-files.allowed-paths` property, or by plugin using the `allowed-paths` plugin configuration."
        )


class ReadableFiles:
    """Opens files by URI for a tenant's flows. Blocking.

    A text without a scheme is the path of a namespace file. Every method raises ``SchemeNotSupported``,
    ``PathNotAllowed``, ``InvalidStorageUri``, ``UnsafePath``, ``InvalidPath`` and ``InvalidNamespace``.
    """

    def __init__(self, blobs: Blobs, allowed_paths: Iterable[Path] = ()) -> None:
        self._blobs, self._namespace_files = blobs, NamespaceFiles(blobs)
        self._allowed = tuple(Path(os.path.realpath(path)) for path in allowed_paths)

    def open(self, tenant: str, uri: str, namespace: str) -> IO[bytes]:
        """Open a file; raises ``FileNotFound``, for folders too."""
        if uri.startswith(LOCAL_SCHEME):
            place = self._local(uri)
            try:
                return place.open("rb")
            except OSError as error:
                raise FileNotFound(f"{place}: {error.strerror}") from error
        if uri.startswith(SCHEME):
            return self._blobs.open(tenant, storage_path(uri))
        return self._namespace_files.open(tenant, *self._of_namespace(uri, namespace))

    def size(self, tenant: str, uri: str, namespace: str) -> int:
        """Return the size in bytes; raises ``FileNotFound``."""
        if uri.startswith(LOCAL_SCHEME):
            with self.open(tenant, uri, namespace) as content:
                return content.seek(0, os.SEEK_END)
        if uri.startswith(SCHEME):
            return self._blobs.stat(tenant, storage_path(uri)).size
        return self._namespace_files.stat(tenant, *self._of_namespace(uri, namespace)).size

    def exists(self, tenant: str, uri: str, namespace: str) -> bool:
        """Whether there is such a file."""
        if uri.startswith(LOCAL_SCHEME):
            return self._local(uri).is_file()
        if uri.startswith(SCHEME):
            return self._blobs.exists(tenant, storage_path(uri))
        return self._namespace_files.exists(tenant, *self._of_namespace(uri, namespace))

    def _local(self, uri: str) -> Path:
        host, slash, path = uri.removeprefix(LOCAL_SCHEME).partition("/")
        named = slash + unquote(path, errors="strict")
        if host or not slash or "\0" in named:
            raise FileNotFound(f"{uri!r} names no file; write file:///path")
        real = Path(os.path.realpath(named))
        if ".." in Path(named).parts or not any(real == one or one in real.parents for one in self._allowed):
            raise PathNotAllowed(named)
        return real

    @staticmethod
    def _of_namespace(uri: str, namespace: str) -> tuple[str, str]:
        """Return namespace and path."""
        if not uri.startswith("nsfile:"):
            if "://" in uri:
                raise SchemeNotSupported(uri)
            return namespace, uri
        host, _, path = uri.removeprefix("nsfile:").removeprefix("//").partition("/")
        return host or namespace, checked_path(unquote(path, errors="replace"))
