"""Lines of stored files, whatever ends them."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import PurePosixPath
from typing import IO


def text_lines(file: IO[bytes], charset: str = "utf-8") -> Iterator[str]:
    """Yield the lines of a file without their ends, be those LF, CR LF or CR."""
    text = TextIOWrapper(file, encoding=charset)
    try:
        for line in text:
            yield line.removesuffix("\n")
    finally:
        # The file belongs to the caller.
        text.detach()


def extension_of(uri: str) -> str:
    """Return the extension of a stored file, ``.tmp`` when it has none."""
    return PurePosixPath(uri.rpartition("/")[2]).suffix or ".tmp"
