"""io.kestra.plugin.serdes.yaml.*."""

from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain
from typing import IO, Any, ClassVar

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import Conversion, ConvertedFile, checked_charset
from lanner_plugins.serdes.json_tasks import json_items, json_lines, json_text, write_array, write_lines
from lanner_plugins.serdes.text_format import Texts

TEXTS = Texts("UTC", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
MOST_CHARACTERS = 16_000_000
"""How long an item may be with its aliases written out."""


class YamlConversion(Conversion):
    """What conversions of YAML share."""

    charset: Property[str] = default("UTF-8")
    """Encoding of the file."""


class YamlToIon(YamlConversion):
    """Convert YAML to rows in Ion: each item of a list, or each document."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: yaml_to_ion
namespace: company.team

tasks:
  - id: yaml
    type: io.kestra.plugin.core.storage.Write
    extension: .yaml
    content: |
      - id: 1
        name: Ann
      - id: 2
        name: Bob

  - id: rows
    type: io.kestra.plugin.serdes.yaml.YamlToIon
    from: "{{ outputs.yaml.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.rows.uri) }}"
""",
    )

    def run(self, context: RunContext) -> ConvertedFile:
        charset = checked_charset(context.render(self.charset))
        return self.converted(context, "ion", lambda source, target: write_rows(target, yaml_rows(source, charset)))


class IonToYaml(YamlConversion):
    """Convert rows in Ion to a list in YAML."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: ion_to_yaml
namespace: company.team

tasks:
  - id: rows
    type: io.kestra.plugin.core.storage.Write
    extension: .ion
    content: |
      {id: 1, name: "Ann"}
      {id: 2, name: "Bob"}

  - id: yaml
    type: io.kestra.plugin.serdes.yaml.IonToYaml
    from: "{{ outputs.rows.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.yaml.uri) }}"
""",
    )

    def run(self, context: RunContext) -> ConvertedFile:
        charset = checked_charset(context.render(self.charset))
        return self.converted(context, "yaml", lambda source, target: _write(target, read_rows(source), charset))


class JsonToYaml(YamlConversion):
    """Convert JSON to a list in YAML."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: json_to_yaml
namespace: company.team

tasks:
  - id: json
    type: io.kestra.plugin.core.storage.Write
    extension: .json
    content: |
      [{"id": 1, "tags": ["a", "b"]}]

  - id: yaml
    type: io.kestra.plugin.serdes.yaml.JsonToYaml
    from: "{{ outputs.json.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.yaml.uri) }}"
""",
    )

    jsonl: Property[bool] = default(False)
    """Whether each line is a value (JSON Lines)."""

    def run(self, context: RunContext) -> ConvertedFile:
        charset = checked_charset(context.render(self.charset))
        read = json_lines if context.render(self.jsonl) else json_items
        return self.converted(context, "yaml", lambda source, target: _write(target, read(source, charset), charset))


class YamlToJson(YamlConversion):
    """Convert YAML to JSON: each item of a list, or each document."""

    examples: ClassVar[tuple[str, ...]] = (
        """\
id: yaml_to_json
namespace: company.team

tasks:
  - id: yaml
    type: io.kestra.plugin.core.storage.Write
    extension: .yaml
    content: |
      - id: 1
        tags: [a, b]

  - id: json
    type: io.kestra.plugin.serdes.yaml.YamlToJson
    from: "{{ outputs.yaml.uri }}"

  - id: show
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(outputs.json.uri) }}"
""",
    )

    jsonl: Property[bool] = default(False)
    """Whether to write a line for each value (JSON Lines) instead of one array."""

    def run(self, context: RunContext) -> ConvertedFile:
        charset, lines = checked_charset(context.render(self.charset)), context.render(self.jsonl)

        def convert(source: IO[bytes], target: IO[bytes]) -> int:
            texts = (json_text(TEXTS.plain(row), charset) for row in yaml_rows(source, charset))
            return write_lines(target, texts) if lines else write_array(target, texts)

        return self.converted(context, "jsonl" if lines else "json", convert)


def yaml_rows(source: IO[bytes], charset: str) -> Iterator[Any]:
    """Yield the items of each document that is a list, and each other document; raises ``TaskFailed``."""
    text = TextIOWrapper(source, charset)
    try:
        yield from _Loader(text).items()
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise TaskFailed(f"the file is no YAML: {error}") from error
    finally:
        text.detach()


# Only the events come from the C library: it would compose a whole document before it gives it out.
class _Loader(Composer, CParser, SafeConstructor, Resolver):
    """Reads plain data item by item, and not what its aliases make very large."""

    def __init__(self, stream: Any) -> None:
        CParser.__init__(self, stream)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self._has_aliases = False

    def items(self) -> Iterator[Any]:
        """Yield the items of documents that are lists, and other documents as they are."""
        self.get_event()
        while not self.check_event(yaml.StreamEndEvent):
            self.get_event()
            if self.check_event(yaml.SequenceStartEvent):
                self.get_event()
                while not self.check_event(yaml.SequenceEndEvent):
                    yield self._item()
                self.get_event()
            else:
                document = self._item()
                if document is not None:
                    yield document
            self.get_event()
            self.anchors = {}

    def _item(self) -> Any:
        node = self.compose_node(None, None)
        if self._has_aliases and _size(node, {}) > MOST_CHARACTERS:
            raise yaml.YAMLError(f"aliases make an item longer than {MOST_CHARACTERS:,} characters")
        return self.construct_document(node)

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._has_aliases = self._has_aliases or self.check_event(yaml.AliasEvent)
        return super().compose_node(parent, index)


def _size(node: Any, known: dict[int, int]) -> int:
    """Return about how many characters the value is with all aliases written out."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 4
    if id(node) not in known:
        known[id(node)] = -1
        inner = chain.from_iterable(node.value) if isinstance(node, yaml.MappingNode) else node.value
        known[id(node)] = 4 + sum(_size(one, known) for one in inner)
    if known[id(node)] < 0:
        raise yaml.YAMLError("an alias stands within what it is an alias of")
    return known[id(node)]


def _write(target: IO[bytes], rows: Iterator[Any], charset: str) -> int:
    count = 0
    for row in rows:
        text = yaml.dump(
            [TEXTS.plain(row)],
            Dumper=yaml.CSafeDumper,
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=False,
        )
        target.write(text.encode(charset))
        count += 1
    if not count:
        target.write(b"[]\n")
    return count
