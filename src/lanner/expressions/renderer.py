"""The renderer: templates in, texts or values out; compiled templates are kept by their text."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, NoReturn

from lanner.expressions.compiler import FILE_NAME, Code, compile_template
from lanner.expressions.errors import (
    ExpressionError,
    Fault,
    LimitFault,
    MissingFault,
    MissingVariable,
    SyntaxFault,
)
from lanner.expressions.lexer import RAW_MARK, hide_raw, lex, show_raw
from lanner.expressions.limits import Limits
from lanner.expressions.reach import NO_REACH, Reach
from lanner.expressions.registry import Feature
from lanner.expressions.rendering import Rendering
from lanner.expressions.tables import TABLES
from lanner.expressions.tags import parse
from lanner.expressions.text import printed
from lanner.expressions.values import is_list
from lanner.model.errors import LannerError

RECURSIVE_ONLY: Final = frozenset({"render", "renderOnce"})
NO_LIMITS_GIVEN: Final = Limits()


class Renderer:
    """Renders templates; any number of threads may share one.

    ``recursive`` renders every result again until it no longer changes, as Kestra did before 0.14; ``render()`` does
    not exist then. ``zone`` is the server's time zone, ``locale`` its language. ``cache_size`` is how many compiled
    templates are kept, least recently used first to go.
    """

    def __init__(
        self,
        *,
        recursive: bool = False,
        limits: Limits = NO_LIMITS_GIVEN,
        cache_size: int = 1024,
        zone: str = "UTC",
        locale: str = "en",
    ) -> None:
        self.recursive, self.limits, self.zone, self.locale = recursive, limits, zone, locale
        self._half = max(1, cache_size // 2)
        self._young: dict[str, Compiled] = {}
        self._old: dict[str, Compiled] = {}
        self._tables: Mapping[str, Mapping[str, Feature]] = TABLES
        if recursive:
            functions = {name: row for name, row in TABLES["function"].items() if name not in RECURSIVE_ONLY}
            self._tables = {**TABLES, "function": functions}

    def render(self, template: str, variables: Mapping[str, Any], reach: Reach = NO_REACH) -> str:
        """Return the template's text; raise ``ExpressionError`` when it has none."""
        if "{" not in template:
            return template
        rendering = Rendering(self, reach, self.limits)
        if self.recursive:
            return printed(self.again(template, variables, rendering, recursive=True))
        compiled = self._young.get(template) or self.compiled(template)
        return compiled.text(variables, rendering)

    def evaluate(self, template: str, variables: Mapping[str, Any], reach: Reach = NO_REACH) -> Any:
        """Return the value of a lone ``{{ … }}`` with its type; scalars in a row become one text.

        A template that prints nothing is None.
        """
        if "{" not in template:
            return template
        rendering = Rendering(self, reach, self.limits)
        value = (self._young.get(template) or self.compiled(template)).value(variables, rendering)
        if self.recursive and isinstance(value, str):
            return self.again(value, variables, rendering, recursive=True)
        return value

    def render_value(self, value: Any, variables: Mapping[str, Any], reach: Reach = NO_REACH) -> Any:
        """Return a copy of a value with every text in it rendered, keys too; other scalars stay as they are."""
        if isinstance(value, str):
            return self.render(value, variables, reach)
        if isinstance(value, Mapping):
            return {
                self.render(key, variables, reach) if isinstance(key, str) else key: self.render_value(
                    item, variables, reach
                )
                for key, item in value.items()
            }
        if is_list(value):
            return [self.render_value(item, variables, reach) for item in value]
        return value

    def check(self, template: str) -> None:
        """Raise ``ExpressionError`` when the template cannot be compiled."""
        if "{" in template:
            self.compiled(template).value_code()

    def compiled(self, template: str) -> "Compiled":
        """Return the compiled template, from the cache when it is there."""
        found = self._young.get(template)
        if found is not None:
            return found
        found = self._old.get(template) or Compiled(template, self._tables, self.limits)
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[template] = found
        return found

    def again(self, value: Any, variables: Mapping[str, Any], rendering: Rendering, *, recursive: bool) -> Any:
        """Render a text, or every text in a list or map, as part of a rendering; until nothing changes if ``recursive``."""  # noqa: E501 -- the line is shown to readers as it is
        if isinstance(value, str):
            return self._again_text(value, variables, rendering, recursive=recursive)
        if isinstance(value, Mapping):
            return {
                self.again(key, variables, rendering, recursive=recursive): self.again(
                    item, variables, rendering, recursive=recursive
                )
                for key, item in value.items()
            }
        if is_list(value):
            return [self.again(item, variables, rendering, recursive=recursive) for item in value]
        return value

    def _again_text(self, text: str, variables: Mapping[str, Any], rendering: Rendering, *, recursive: bool) -> str:
        if "{" not in text:
            return text
        chain = rendering.chain
        if len(chain) >= self.limits.renderings:
            raise LimitFault(f"render() calls itself more than {len(chain)} times: {_cycle([*chain, text])}")
        chain.append(text)
        raw: dict[str, str] = {}
        seen = [text]
        if "endraw" in text:
            text = hide_raw(text, raw)
        while True:
            result = (self._young.get(text) or self.compiled(text)).text(variables, rendering) if "{" in text else text
            if not recursive or result == text:
                break
            if len(seen) > self.limits.passes or result in seen:
                raise LimitFault(f"Too many rendering attempts: {_cycle([*seen, result])}")
            seen.append(result)
            text = hide_raw(result, raw) if "endraw" in result else result
        chain.pop()
        return show_raw(result, raw) if raw else result


class Compiled:
    """A template's code, in text and typed mode; each is made when first asked for."""

    __slots__ = ("_limits", "_raw", "_tables", "_text", "_value", "template")

    def __init__(self, template: str, tables: Mapping[str, Mapping[str, Feature]], limits: Limits) -> None:
        self.template, self._tables, self._limits = template, tables, limits
        self._text: tuple[Code, list[int]] | None = None
        self._value: tuple[Code, list[int]] | None = None
        self._raw: dict[str, str] = {}

    def text(self, variables: Mapping[str, Any], rendering: Rendering) -> str:
        code, places = self._text or self.text_code()
        try:
            result = code(variables, rendering)
        except Exception as error:  # noqa: BLE001 -- every failure of a template is told with its place
            raise_located(error, self, places, rendering)
        return show_raw(result, self._raw) if self._raw and RAW_MARK in result else result

    def value(self, variables: Mapping[str, Any], rendering: Rendering) -> Any:
        code, places = self._value or self.value_code()
        try:
            result = code(variables, rendering)
        except Exception as error:  # noqa: BLE001 -- as above
            raise_located(error, self, places, rendering)
        return show_raw(result, self._raw) if self._raw and isinstance(result, str) else result

    def text_code(self) -> tuple[Code, list[int]]:
        self._text = self._compile(typed=False)
        return self._text

    def value_code(self) -> tuple[Code, list[int]]:
        self._value = self._compile(typed=True)
        return self._value

    def _compile(self, *, typed: bool) -> tuple[Code, list[int]]:
        if len(self.template) > self._limits.template_size:
            raise ExpressionError(f"the template is longer than {self._limits.template_size} characters")
        source = self.template
        try:
            lexed = lex(source)
            source, self._raw = lexed.source, lexed.raw
            return compile_template(parse(lexed), lexed.raw, self._tables, typed=typed)
        except SyntaxFault as fault:
            line, column = place(self.template, source, fault.at)
            raise ExpressionError(str(fault), template=self.template, line=line, column=column) from None
        except RecursionError:
            raise ExpressionError("the template is nested too deeply", template=self.template, line=1) from None


def place(template: str, source: str, at: int) -> tuple[int, int]:
    """Return line and column of an offset in ``source``, the template with raw blocks swapped for placeholders."""
    line = source.count("\n", 0, at) + 1
    column = at - (source.rfind("\n", 0, at) + 1) + 1
    return line, column if source is template or source == template else max(1, column)


def raise_located(error: Exception, compiled: Compiled, places: list[int], rendering: Rendering) -> NoReturn:
    """Raise what went wrong in a template's code as an ``ExpressionError`` that says where."""
    if isinstance(error, ExpressionError) and error.line:
        if rendering.secrets:
            error.hide(rendering.masked)
        raise error
    line, column = _where(error.__traceback__, compiled.template, places)
    if isinstance(error, MissingFault):
        missing = MissingVariable(
            error.path, suggestions(error), part=error.part, template=compiled.template, line=line, column=column
        )
        missing.hide(rendering.masked)
        raise missing from None
    cause: Exception | None = error
    if isinstance(error, (Fault, LannerError)):
        reason = error.reason if isinstance(error, ExpressionError) else str(error)
        cause = error if isinstance(error, LannerError) else None
    elif isinstance(error, RecursionError):
        reason, cause = "the values or calls are nested too deeply", None
    else:
        reason = f"{type(error).__name__}: {error}"
    raise ExpressionError(
        rendering.masked(reason), template=rendering.masked(compiled.template), line=line, column=column
    ) from cause


def suggestions(fault: MissingFault) -> list[str]:
    """Return paths that exist and look like the missing one, best first."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only errors need it

    near = get_close_matches(fault.part, fault.known[:2000], n=2, cutoff=0.6)
    owner = fault.path.removesuffix(fault.part)
    return [owner + name for name in near]


def _where(traceback: TracebackType | None, template: str, places: list[int]) -> tuple[int, int]:
    at = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == FILE_NAME:
            number = traceback.tb_lineno - 1
            at = places[number] if 0 <= number < len(places) else at
        traceback = traceback.tb_next
    return template.count("\n", 0, at) + 1, at - (template.rfind("\n", 0, at) + 1) + 1


def _cycle(texts: list[str]) -> str:
    """Show where a chain of renderings comes back to itself, or its end."""
    last = texts[-1]
    start = texts.index(last) if texts.index(last) < len(texts) - 1 else max(0, len(texts) - 4)
    return " → ".join(f"`{text[:200]}`" for text in texts[start:])
