"""The server's own log on standard error, as text or as JSON lines."""

import json
import logging
import sys
from datetime import UTC, datetime

from lanner.model.log import Level
from lanner.settings.sections import LogFormat, LogsSettings

_LEVELS = {
    Level.TRACE: 5,
    Level.DEBUG: logging.DEBUG,
    Level.INFO: logging.INFO,
    Level.WARN: logging.WARNING,
    Level.ERROR: logging.ERROR,
}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


def start_logging(settings: LogsSettings) -> None:
    """Send the log of this process to standard error in the wanted form; a second call replaces the first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format is LogFormat.JSON else TextLines())
    logging.basicConfig(level=_LEVELS[settings.level], handlers=[handler], force=True)
    # The HTTP client writes a line for each call, with the whole URL, which may hold a secret; the HTTP server
    # tells of its start and end, which the command has told already.
    for noisy in ("httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(max(_LEVELS[settings.level], logging.WARNING))


class TextLines(logging.Formatter):
    """``2026-01-31 12:00:00.123 INFO lanner.runtime: message key=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the traceback below it when there is one."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        line = f"{time} {record.levelname:<7} {record.name}: {record.getMessage()}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLines(logging.Formatter):
    """One JSON object on each line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object; the fields of the record stand beside the message."""
        document = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, default=str, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Return what the caller gave as ``extra``."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
