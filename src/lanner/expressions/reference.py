"""The reference page of the language, made from the code; its examples are run by the tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from lanner.expressions.editor import OPERATOR_DOCS, TAG_DOCS, summary
from lanner.expressions.parser import PRECEDENCE, UNARY, UNARY_PRECEDENCE
from lanner.expressions.registry import Feature
from lanner.expressions.tables import TABLES

INTRODUCTION = """\
# Expressions

<!-- Generated from the code by `python -m lanner.expressions.reference`; a test compares. -->

`{{ … }}` prints a value, `{% … %}` is a tag, `{# … #}` a comment. A dash inside a delimiter (`{{- a -}}`) takes the white
space beside it away. A text without `{` is left as it is.

`a.b` and `a['b']` look into a map, `l[0]` into a list. A name that is missing is an error; `??` and the filter `default`
give something else instead, and `is defined` asks. Texts stand in single or double quotes; in double quotes `#{a}` is
replaced by the value of `a`. Lists are `[1, 'a']`, maps `{'key': 1}`.

Lists and maps print as JSON without entries that are null. Decimal numbers print as Java prints them (`3.0`, `1.0E8`).
"""  # noqa: E501 -- the line is shown to readers as it is


@dataclass(frozen=True, slots=True)
class Example:
    """A template and what it renders to."""

    template: str
    result: str


def examples(feature: Feature) -> Iterator[Example]:
    """Yield the ``>>>`` examples of a feature's documentation."""
    _, _, body = (feature.call.__doc__ or "").partition("\n")
    template: str | None = None
    lines: list[str] = []
    for line in [*dedent(body).splitlines(), ""]:
        if line.startswith(">>> ") or not line.strip():
            if template is not None:
                shown = "\n".join("" if text == "<BLANKLINE>" else text for text in lines)
                yield Example(template, shown)
            template, lines = (line[4:] if line.startswith(">>> ") else None), []
        elif template is not None:
            if lines or not _open(template):
                lines.append(line)
            else:
                template += "\n" + line


def all_examples() -> Iterator[tuple[str, Example]]:
    for kind, rows in TABLES.items():
        for row in rows.values():
            for example in examples(row):
                yield f"{kind} {row.name}", example


def markdown() -> str:
    """Return the page."""
    parts = [INTRODUCTION, _tags(), _operators()]
    parts += [
        _features(title, kind) for title, kind in (("Tests", "test"), ("Filters", "filter"), ("Functions", "function"))
    ]
    return "\n".join(parts)


def _open(template: str) -> bool:
    """Whether a template goes on in the next line: a text in quotes has a line break in it."""
    return template.count("{{") > template.count("}}")


def _tags() -> str:
    rows = "".join(f"| `{signature}` | {doc} |\n" for signature, doc in TAG_DOCS.values())
    return f"## Tags\n\n| Tag | |\n|---|---|\n{rows}"


def _operators() -> str:
    levels = {**PRECEDENCE, **dict.fromkeys(UNARY - {"+", "-"}, UNARY_PRECEDENCE), "? :": 0}
    ordered = sorted(levels, key=lambda name: levels[name])
    rows = "".join(
        f"| {levels[name]} | `{_escaped(OPERATOR_DOCS[name][0])}` | {OPERATOR_DOCS[name][1]} |\n" for name in ordered
    )
    return (
        "## Operators\n\nThe higher the level, the closer an operator binds; `-a` and `+a` bind like `not`.\n\n"
        f"| Level | Operator | |\n|---|---|---|\n{rows}"
    )


def _features(title: str, kind: str) -> str:
    rows = sorted(TABLES[kind].values(), key=lambda row: row.name.lower())
    return f"## {title}\n\n" + "\n".join(_feature(row, kind) for row in rows)


def _feature(row: Feature, kind: str) -> str:
    head = {"filter": f"value | {row.signature()}", "test": f"value is {row.name}"}.get(kind, row.signature())
    if kind == "filter":
        head = head.removesuffix("()")
    shown = [f"### {row.name}\n\n`{head}`\n\n{summary(row)}\n"]
    for example in examples(row):
        shown.append(f"```\n{example.template}\n```\n\n```\n{example.result}\n```\n")  # noqa: PERF401 -- each example is a paragraph of its own
    return "\n".join(shown)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    import sys

    sys.stdout.write(markdown())
