"""A small HTTP client that costs little, so that the server is what is measured."""

import asyncio
import base64
import time
import urllib.parse
from typing import Any

import orjson

IDLE_SECONDS = 2.0
"""Servers close a connection that nobody uses; uvicorn after 5 s."""


class Failed(Exception):
    """The server answered with an error."""


class Client:
    """Keep-alive connections; as many as there are calls at once."""

    def __init__(self, url: str, user: str, password: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._auth = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, bytes]:
        """Return status and body."""
        reader, writer = await self._connection()
        writer.write(
            f"{method} /api/v1/main{path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Authorization: {self._auth}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:] if line)
        }
        if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
            parts = []
            while size := int(await reader.readline(), 16):
                parts.append(await reader.readexactly(size))
                await reader.readexactly(2)
            await reader.readexactly(2)
            data = b"".join(parts)
        else:
            data = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        self._idle.append((time.monotonic(), reader, writer))
        return int(head.split(b" ", 2)[1]), data

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.monotonic() - since < IDLE_SECONDS:
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)

    async def json(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """Return the decoded answer; raises ``Failed`` on an error status."""
        status, data = await self.call(method, path, body, kind)
        if status >= 300:
            raise Failed(f"{method} {path}: {status} {data[:500]!r}")
        return orjson.loads(data) if data else None

    async def put_flow(self, source: str) -> None:
        """Create a flow."""
        await self.json("POST", "/flows", source.encode(), "application/x-yaml")

    async def start(self, flow_id: str, *, wait: bool = False, **inputs: Any) -> Any:
        """Start an execution of a flow of the namespace ``bench`` and return its document."""
        mark = "benchboundary"
        fields = inputs or {"_": ""}
        text = "".join(
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        path = f"/executions/bench/{flow_id}" + ("?wait=true" if wait else "")
        return await self.json("POST", path, f"{text}--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}")

    def close(self) -> None:
        """Close all connections."""
        for _, _, writer in self._idle:
            writer.close()
        self._idle.clear()
