"""A server that cannot start leaves nothing open behind it."""

import asyncio
import socket
from pathlib import Path

import pytest

from lanner.settings.sections import Settings
from lanner.wiring.serving import AddressInUse, serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_port_is_free_again_when_the_data_folder_cannot_be_opened(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "data").write_text("a file, no folder", encoding="utf-8")
    settings = Settings.model_validate({"data_dir": tmp_path / "data", "server": {"port": port}})
    with pytest.raises(FileExistsError) as kept:
        asyncio.run(serve(settings, announce=print))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    assert kept.traceback  # what is caught holds on to the frames, and so to sockets that nobody closed


def test_the_port_is_free_again_when_the_second_one_is_taken(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = {"port": port, "management_port": other.getsockname()[1]}
        settings = Settings.model_validate({"data_dir": tmp_path, "server": ports})
        with pytest.raises(AddressInUse) as kept:
            asyncio.run(serve(settings, announce=print))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    assert kept.traceback
