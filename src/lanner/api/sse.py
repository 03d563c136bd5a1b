"""Server-sent events as Kestra writes them: the event's name travels in ``id``.

Source: Kestra (reference ``api.md`` §2.8).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress

from starlette.responses import StreamingResponse

KEEP_ALIVE_SECONDS = 10.0
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}


def frame(name: str, document: bytes) -> bytes:
    """Return one event; ``document`` is JSON on one line."""
    return b"id: " + name.encode() + b"\ndata: " + document + b"\n\n"


KEEP_ALIVE = b"data: {}\n\n"


def event_stream(frames: AsyncGenerator[bytes, None]) -> StreamingResponse:
    """Return a response that ends with ``frames`` and is kept alive in between; closes them when the client goes."""
    return StreamingResponse(_kept_alive(frames), media_type="text/event-stream", headers=HEADERS)


async def opened(frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Wait for the first frame, so that an error before it becomes an ordinary answer."""
    first = await anext(frames, None)

    async def all_frames() -> AsyncGenerator[bytes, None]:
        try:
            if first is not None:
                yield first
            async for one in frames:
                yield one
        finally:
            await frames.aclose()

    return all_frames()


async def _kept_alive(frames: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)

    async def pump() -> None:
        try:
            async for one in frames:
                await queue.put(one)
        finally:
            await frames.aclose()
        await queue.put(None)

    task = asyncio.create_task(pump(), name="event stream")
    task.add_done_callback(lambda done: None if done.cancelled() or not done.exception() else _end(queue))
    try:
        while True:
            try:
                one = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield KEEP_ALIVE
                continue
            if one is None:
                return
            yield one
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _end(queue: "asyncio.Queue[bytes | None]") -> None:
    """Have the reader stop after a failure of the source; the error itself comes out when the task is awaited."""
    with suppress(asyncio.QueueFull):
        queue.put_nowait(None)
