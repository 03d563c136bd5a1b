"""What a script prints: log lines, and lines ``::{…}::`` with outputs, metrics and logs."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from lanner.model.log import Level
from lanner.sdk.context import RunContext

_PROTOCOL = re.compile(r"::(\{.*\})::")


class PrintedLines:
    """Takes each line as it is printed; keeps the outputs and counts the lines."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self.vars: dict[str, Any] = {}
        self.out_count = 0
        self.error_count = 0

    def take(self, line: str, is_error: bool) -> None:  # noqa: FBT001  # the shape of OnLine
        """Log a line, or do what a protocol line asks for."""
        if is_error:
            self.error_count += 1
        else:
            self.out_count += 1
        told = _PROTOCOL.fullmatch(line.strip())
        if told is None:
            self._context.log.log(Level.ERROR if is_error else Level.INFO, line)
            return
        try:
            self._do(orjson.loads(told[1]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self._context.log.warn(f"Invalid outputs '{line.strip()}': {error}")

    def _do(self, message: Mapping[str, Any]) -> None:
        self.vars.update(message.get("outputs") or {})
        for metric in message.get("metrics") or ():
            tags = {str(name): str(value) for name, value in (metric.get("tags") or {}).items()}
            match metric["type"]:
                case "counter":
                    self._context.counter(metric["name"], float(metric["value"]), **tags)
                case "timer":
                    # The protocol gives seconds, stored are milliseconds.
                    self._context.timer(metric["name"], float(metric["value"]) * 1000, **tags)
                case other:
                    raise ValueError(f"{other!r} is no type of metric; there are 'counter' and 'timer'")
        for entry in message.get("logs") or ():
            self._context.log.log(Level(entry.get("level") or "INFO"), str(entry["message"]))
