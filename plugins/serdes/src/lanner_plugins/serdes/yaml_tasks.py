"""io.kestra.plugin.serdes.yaml.*."""

from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Any, ClassVar

import yaml

from lanner.sdk.context import RunContext
from lanner.sdk.ion import read_rows, write_rows
from lanner.sdk.property import Property, default
from lanner.sdk.task import TaskFailed
from lanner_plugins.serdes.conversion import Conversion, ConvertedFile, checked_charset
from lanner_plugins.serdes.json_tasks import json_items, json_lines, json_text, write_array, write_lines
from lanner_plugins.serdes.text_format import Texts

TEXTS = Texts("UTC", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
MOST_ALIASES = 1_000


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
        for document in yaml.load_all(text, Loader=_Loader):
            if isinstance(document, list):
                yield from document
            elif document is not None:
                yield document
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise TaskFailed(f"the file is no YAML: {error}") from error
    finally:
        text.detach()


class _Loader(yaml.SafeLoader):
    """Reads plain data, and not many aliases: they can make a small file very large."""

    _aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self._aliases += 1
            if self._aliases > MOST_ALIASES:
                raise yaml.YAMLError(f"more than {MOST_ALIASES} aliases")
        return super().compose_node(parent, index)


def _write(target: IO[bytes], rows: Iterator[Any], charset: str) -> int:
    count = 0
    for row in rows:
        text = yaml.safe_dump([TEXTS.plain(row)], allow_unicode=True, sort_keys=False, default_flow_style=False)
        target.write(text.encode(charset))
        count += 1
    if not count:
        target.write(b"[]\n")
    return count
