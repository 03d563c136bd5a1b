"""io.kestra.plugin.core.flow.Sleep."""

import asyncio
from datetime import timedelta
from typing import ClassVar

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner.sdk.text import format_duration


class Sleep(RunnableTask):
    """Wait for some time, without occupying a thread."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: sleep_a_moment
namespace: company.team

tasks:
  - id: wait
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT0.05S
""",
    )

    duration: Property[timedelta]
    """How long, such as `PT30S`."""

    async def run(self, context: RunContext) -> None:
        duration = context.render(self.duration)
        context.log.info(f"Waiting for {format_duration(duration)}")
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        context.on_kill(lambda: loop.call_soon_threadsafe(stopped.set))
        try:
            await asyncio.wait_for(stopped.wait(), duration.total_seconds())
        except TimeoutError:
            return
        raise TaskFailed("the sleep was interrupted")
