"""io.kestra.plugin.serdes.xml.*."""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, ClassVar
from xml.parsers import expat
from xml.sax.saxutils import escape

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows
from lanner.sdk.plugin import PluginModel
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner.sdk.text import Text
from lanner_plugins.serdes.conversion import Conversion, ConvertedFile, checked_charset
from lanner_plugins.serdes.text_format import Texts

PART = 64 * 1024
DEEPEST = 200
_PATH = re.compile(r"(?:/[\w.:-]+)+/?")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_FRACTION = re.compile(r"-?(?:0|[1-9]\d*)\.\d+(?:[eE][+-]?\d+)?")
_NOT_IN_NAMES = re.compile(r"[^\w.-]")


class ParserConfiguration(PluginModel):
    """How XML is read."""

    force_list: Property[list[Text]] | None = None
    """Names of elements that are always lists, even when there is only one of them."""


class XmlToIon(Conversion):
    """Convert XML to rows in Ion. Attributes and child elements become fields, repeated elements lists.

    Document types are refused: the entities they declare can make a small file very large.
    """

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: xml_to_ion
namespace: company.team

tasks:
  - id: xml
    type: io.kestra.plugin.core.storage.Write
    extension: .xml
    content: |
      <catalog>
        <book id="1"><title>Dune</title></book>
        <book id="2"><title>Emma</title></book>
      </catalog>

  - id: rows
    type: io.kestra.plugin.serdes.xml.XmlToIon
    from: "{{ outputs.xml.uri }}"
    query: /catalog/book

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.rows.uri) }}"
""",
    )

    charset: Property[str] | None = None
    """Encoding of the file; what the file says when absent."""
    query: Property[str] | None = None
    """Path of the elements that become rows, such as `/catalog/book`; the whole file is one row when absent."""
    parser_configuration: ParserConfiguration | None = None
    """How XML is read."""

    def run(self, context: RunContext) -> ConvertedFile:
        charset = context.render(self.charset)
        query = context.render(self.query)
        if query is not None and not _PATH.fullmatch(query):
            raise TaskFailed(f"`query` is {query!r}; it must be a path of names, such as '/catalog/book'")
        configuration = self.parser_configuration or ParserConfiguration()
        lists = frozenset(context.render(configuration.force_list) or ())
        path = [part for part in (query or "").split("/") if part]
        charset = checked_charset(charset) if charset else None
        return self.converted(
            context, "ion", lambda source, target: write_rows(target, xml_rows(source, path, lists, charset))
        )


class IonToXml(Conversion):
    """Convert rows in Ion to XML: an `item` for each row."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: ion_to_xml
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann"}
      {id: 2, name: "Bob & Co"}

  - id: xml
    type: io.kestra.plugin.serdes.xml.IonToXml
    from: "{{ outputs.rows.uri }}"
    rootName: people

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.xml.uri) }}"
""",
    )

    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""
    root_name: Property[str] = default("items")
    """Name of the outermost element."""
    time_zone_id: Property[str] | None = None
    """The zone that moments are shown in; UTC when absent."""

    def run(self, context: RunContext) -> ConvertedFile:
        charset = checked_charset(context.render(self.charset))
        texts = Texts(context.render(self.time_zone_id) or "UTC", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
        root = _element_name(context.render(self.root_name))

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            target.write(f'<?xml version="1.0" encoding="{charset}"?>\n<{root}>\n'.encode(charset))
            count = 0
            for row in read_rows(source):
                target.write((element("item", texts.plain(row)) + "\n").encode(charset, "xmlcharrefreplace"))
                count += 1
            target.write(f"</{root}>\n".encode(charset))
            return count

        return self.converted(context, "xml", convert)


def element(name: str, value: Any) -> str:
    """Return a value as an element; a list is the element several times."""
    name = _element_name(name)
    match value:
        case list():
            return "".join(element(name, item) for item in value)
        case Mapping():
            return f"<{name}>{''.join(element(str(key), item) for key, item in value.items())}</{name}>"
        case None:
            return f"<{name}/>"
        case bool():
            return f"<{name}>{str(value).lower()}</{name}>"
        case _:
            return f"<{name}>{escape(_allowed(str(value)))}</{name}>"


def _element_name(name: str) -> str:
    plain = _NOT_IN_NAMES.sub("_", name)
    return plain if plain and (plain[0].isalpha() or plain[0] == "_") else f"_{plain}"


def _allowed(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def xml_rows(source: IO[bytes], path: list[str], lists: frozenset[str], charset: str | None) -> Iterator[Any]:
    """Yield the elements at a path as rows, one at a time; raises ``TaskFailed``, which names the line."""
    parser = expat.ParserCreate(charset)
    parser.buffer_text = True
    builder = _Builder(path, lists)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        while part := source.read(PART):
            parser.Parse(part, False)
            yield from builder.take()
        parser.Parse(b"", True)
    except (expat.ExpatError, UnicodeError, LookupError) as error:
        raise TaskFailed(f"line {parser.CurrentLineNumber}: this is no XML: {error}") from error
    yield from builder.take()


class _Builder:
    """Puts rows together from what the parser meets."""

    def __init__(self, path: list[str], lists: frozenset[str]) -> None:
        self._path, self._lists = path, lists
        self._place: list[str] = []
        self._open: list[tuple[dict[str, Any], list[str]]] = []
        self._rows: list[Any] = []

    def refuse(self, *_: object) -> None:
        raise TaskFailed("the XML has a document type (DOCTYPE), which is refused: remove it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._place.append(name)
        if len(self._place) > DEEPEST:
            raise TaskFailed(f"the XML is nested more than {DEEPEST} levels deep")
        if self._open or not self._path or self._place == self._path:
            self._open.append(({key: _typed(value) for key, value in attributes.items()}, []))

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1][1].append(text)

    def end(self, name: str) -> None:
        self._place.pop()
        if not self._open:
            return
        fields, texts = self._open.pop()
        content = "".join(texts).strip()
        value: Any = fields
        if not fields:
            value = _typed(content)
        elif content:
            fields["content"] = _typed(content)
        if self._open:
            _add(self._open[-1][0], name, value, always=name in self._lists)
        else:
            self._rows.append(value if self._path else {name: value})

    def take(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows


def _add(fields: dict[str, Any], name: str, value: Any, *, always: bool) -> None:
    if name not in fields:
        fields[name] = [value] if always else value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]


def _typed(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    return {"true": True, "false": False, "null": None}.get(text, text)
