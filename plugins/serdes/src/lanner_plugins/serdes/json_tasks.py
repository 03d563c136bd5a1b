"""io.kestra.plugin.serdes.json.*."""

import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any, ClassVar

import orjson
from pydantic import Field

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import BadRow, Conversion, ConvertedFile, checked_charset
from lanner_plugins.serdes.text_format import Texts, zone_in

PART = 1024 * 1024
_MANY_DIGITS = re.compile(rb"\d{19}")


class JsonToIon(Conversion):
    """Convert JSON to rows in Ion."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: json_to_ion
namespace: company.team

tasks:
  - id: json
    type: io.kestra.plugin.core.storage.Write
    extension: .json
    content: |
      [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]

  - id: rows
    type: io.kestra.plugin.serdes.json.JsonToIon
    from: "{{ outputs.json.uri }}"
    newLine: false

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.rows.uri) }}"
""",
    )

    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""
    new_line: Property[bool] = default(True)
    """Whether each line is a value (JSON Lines); else the file is one array, each item a row, or one value."""

    def run(self, context: RunContext) -> ConvertedFile:
        return self.converted(context, "ion", lambda source, target: write_rows(target, self._rows(context, source)))

    def _rows(self, context: RunContext, source: IO[bytes]) -> Iterator[Any]:
        charset = checked_charset(context.render(self.charset))
        return json_lines(source, charset) if context.render(self.new_line) else json_items(source, charset)


class IonToJson(Conversion):
    """Convert rows in Ion to JSON."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: ion_to_json
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, at: 2026-01-31T08:00:00Z}
      {id: 2, at: 2026-02-28T08:00:00Z}

  - id: json
    type: io.kestra.plugin.serdes.json.IonToJson
    from: "{{ outputs.rows.uri }}"
    newLine: false
    timeZoneId: Europe/Paris

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.json.uri) }}"
""",
    )

    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""
    new_line: Property[bool] = default(True)
    """Whether each row is a line (JSON Lines); else the file is one array."""
    time_zone_id: Property[str] | None = None
    """The zone that moments are shown in; UTC when absent."""
    should_keep_annotations: Property[bool] = Field(default=default(False), json_schema_extra={"deprecated": True})
    """Accepted and ignored: annotations of Ion values are not kept."""

    def run(self, context: RunContext) -> ConvertedFile:
        lines = context.render(self.new_line)
        charset = checked_charset(context.render(self.charset))
        zone = context.render(self.time_zone_id) or "UTC"
        zone_in(zone)
        texts = Texts(zone, "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX")

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            rows = (json_text(texts.plain(row), charset) for row in read_rows(source))
            return write_lines(target, rows) if lines else write_array(target, rows)

        return self.converted(context, "jsonl" if lines else "json", convert)


class JsonToJsonl(Conversion):
    """Convert a JSON array to JSON Lines, one item a line."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: json_to_jsonl
namespace: company.team

tasks:
  - id: json
    type: io.kestra.plugin.core.storage.Write
    extension: .json
    content: |
      [{"id": 1}, {"id": 2}]

  - id: lines
    type: io.kestra.plugin.serdes.json.JsonToJsonl
    from: "{{ outputs.json.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.lines.uri) }}"
""",
    )

    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""

    def run(self, context: RunContext) -> ConvertedFile:
        charset = checked_charset(context.render(self.charset))

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            return write_lines(target, (json_text(item, charset) for item in json_items(source, charset)))

        return self.converted(context, "jsonl", convert)


def json_text(value: Any, charset: str) -> bytes:
    """Return a value as JSON on one line."""
    try:
        text = orjson.dumps(value)
    except TypeError:
        # Whole numbers of more than 64 bits.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return text if charset.lower() in ("utf-8", "utf8") else text.decode().encode(charset)


def write_lines(target: IO[bytes], texts: Iterator[bytes]) -> int:
    """Write one text a line; return how many."""
    count = 0
    for text in texts:
        target.write(text + b"\n")
        count += 1
    return count


def write_array(target: IO[bytes], texts: Iterator[bytes]) -> int:
    """Write the texts as an array of JSON; return how many."""
    count = 0
    target.write(b"[")
    for text in texts:
        target.write(b"," + text if count else text)
        count += 1
    target.write(b"]")
    return count


def json_lines(source: IO[bytes], charset: str) -> Iterator[Any]:
    """Yield the value of each line that is not empty; raises ``BadRow``."""
    is_utf8 = charset.lower() in ("utf-8", "utf8")
    lines = source if is_utf8 else (line.encode() for line in TextIOWrapper(source, charset))
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _parsed(line.removeprefix(b"\xef\xbb\xbf"), f"line {number}")


def _parsed(text: bytes, place: str) -> Any:
    if not _MANY_DIGITS.search(text):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass
    try:
        # NaN, and whole numbers of more than 64 bits, which orjson takes for fractions.
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRow(place, f"this is no JSON: {error}") from error


def json_items(source: IO[bytes], charset: str) -> Iterator[Any]:
    """Yield the items of an array, or the values of a file that is none, without holding the file in memory."""
    text = _Text(TextIOWrapper(source, "utf-8-sig" if charset.lower() in ("utf-8", "utf8") else charset))
    try:
        first = text.peek()
        is_array = first == "["
        if is_array:
            text.skip()
        count = 0
        while (following := text.peek()) not in ("", "]" if is_array else ""):
            if is_array and count:
                if following != ",":
                    raise BadRow(f"item {count + 1}", f"a comma is missing before {following!r}")
                text.skip()
                text.peek()
            yield text.value(f"item {count + 1}")
            count += 1
        if is_array and following != "]":
            raise BadRow(f"item {count + 1}", "the file ends before its array does")
    except UnicodeDecodeError as error:
        raise TaskFailed(f"the file is not text in {charset}: {error}") from error
    finally:
        text.close()


class _Text:
    """JSON text that is read part by part."""

    def __init__(self, file: TextIOWrapper) -> None:
        self._file, self._part, self._at = file, "", 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no blank, or nothing at the end."""
        while True:
            while self._at < len(self._part) and self._part[self._at].isspace():
                self._at += 1
            if self._at < len(self._part):
                return self._part[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Leave out one character."""
        self._at += 1

    def value(self, place: str) -> Any:
        """Return the value that begins here."""
        while True:
            try:
                found, end = self._decoder.raw_decode(self._part, self._at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or not self._more():
                    raise BadRow(place, f"this is no JSON: {error}") from error
                continue
            # A number at the end of a part may go on in the next.
            if end < len(self._part) or not self._more():
                self._at = end
                return found

    def close(self) -> None:
        """Give the file back, open."""
        self._file.detach()

    def _more(self) -> bool:
        part = self._file.read(max(PART, len(self._part) - self._at))
        self._part, self._at = self._part[self._at :] + part, 0
        return bool(part)
