"""The functions of jq 1.6 that Kestra's engine has, in Python; those that read well in jq are in ``PRELUDE``."""

import math
from collections.abc import Callable
from typing import Any

from lanner.expressions.errors import LimitFault
from lanner.expressions.jq_language import values
from lanner.expressions.jq_language.numbers import MATHS, atan2, iso_of, numeric, power, seconds_of, tested
from lanner.expressions.jq_language.running import Env, Key, Native, Outputs, Run
from lanner.expressions.jq_language.streams import argument_values, keys, keys_unsorted
from lanner.expressions.jq_language.values import JqError, Path, is_number, kind, shown
from lanner.expressions.limits import MAX_TEXT

PRELUDE = """
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def with_entries(f): to_entries | map(f) | from_entries;
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def nth($n; f): last(limit($n + 1; f));
def paths: path(..) | select(length > 0);
def paths(f): . as $in | path(..) | select(length > 0) | select(. as $p | $in | getpath($p) | f);
def leaf_paths: paths(scalars);
def del(f): delpaths([path(f)]);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def any: any(.[]; .);
def all: all(.[]; .);
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
def combinations(n): . as $dot | [range(n)] | map($dot) | combinations;
def recurse(f; cond): recurse(f | select(cond));
def recurse_down: recurse;
def splits($re): splits($re; null);
def splits($re; $flags): split($re; $flags) | .[];
def capture(re): capture(re; null);
def scan(re): scan(re; "");
def scan(re; $flags): match(re; $flags + "g") | if .captures == [] then .string else [.captures[].string] end;
def sub(re; f): sub(re; f; "");
def gsub(re; f): sub(re; f; "g");
def gsub(re; f; $flags): sub(re; f; $flags + "g");
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);
"""


def _each(function: Callable[[Any], Any]) -> Native:
    """Make a function of the input alone."""

    def native(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
        env.budget.take(len(v) // 16 + 1 if isinstance(v, (list, dict, str)) else 1)
        yield function(v), None

    return native


def _with(function: Callable[..., Any]) -> Native:
    """Make a function of the input and the values of its arguments."""

    def native(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
        for chosen in argument_values(env, v, arguments):
            env.budget.take(len(v) // 16 + 1 if isinstance(v, (list, dict, str)) else 1)
            yield function(env, v, *chosen), None

    return native


# of keys: sort_by(f) and its relatives


def _keyed(env: Env, v: Any, run: Run) -> list[tuple[list[Any], Any]]:
    if not isinstance(v, list):
        raise JqError(f"Cannot index {kind(v)} with number")
    rows: list[tuple[list[Any], Any]] = []
    for item in v:
        env.budget.take(1)
        rows.append(([key for key, _ in run(env, item, None)], item))
    return rows


def _sorted_rows(env: Env, v: Any, run: Run) -> list[tuple[list[Any], Any]]:
    if not isinstance(v, list):
        raise JqError(f"{shown(v)} cannot be sorted, as it is not an array")
    order = values.sort_key(env.budget)
    return sorted(_keyed(env, v, run), key=lambda row: order(row[0]))


def _groups(env: Env, v: Any, run: Run) -> list[list[Any]]:
    groups: list[list[Any]] = []
    last: list[Any] | None = None
    for key, item in _sorted_rows(env, v, run):
        if last is not None and values.compare(last, key, env.budget) == 0:
            groups[-1].append(item)
        else:
            groups.append([item])
        last = key
    return groups


def _itself(env: Env, v: Any, p: Path | None) -> Outputs:
    del env
    yield v, p


def _by(function: Callable[[Env, Any, Run], Any]) -> Native:
    def native(env: Env, v: Any, p: Path | None, arguments: tuple[Run, ...]) -> Outputs:
        yield function(env, v, arguments[0] if arguments else _itself), None

    return native


def _extreme(*, largest: bool) -> Callable[[Env, Any, Run], Any]:
    def function(env: Env, v: Any, run: Run) -> Any:
        best: tuple[list[Any], Any] | None = None
        for row in _keyed(env, v, run):
            order = 0 if best is None else values.compare(row[0], best[0], env.budget)
            if best is None or (order >= 0 if largest else order < 0):
                best = row
        return None if best is None else best[1]

    return function


# of single values


def _length(v: Any) -> Any:
    if v is None:
        return 0
    if isinstance(v, (str, list, dict)):
        return len(v)
    if is_number(v):
        return abs(v)
    raise JqError(f"{shown(v)} has no length")


def _add(env: Env, v: Any) -> Any:
    items = [item for _, item in values.children(v)]
    if items and all(isinstance(item, str) for item in items):
        return values.bounded_text("".join(items), env.budget)
    if items and all(isinstance(item, list) for item in items):
        env.budget.take(sum(map(len, items)))
        return [inner for item in items for inner in item]
    if items and all(isinstance(item, dict) for item in items):
        return {key: value for item in items for key, value in item.items()}
    result: Any = None
    for item in items:
        result = values.add(result, item, env.budget)
    return result


def _has(env: Env, v: Any, key: Any) -> bool:
    del env
    if isinstance(v, dict) and isinstance(key, str):
        return key in v
    if isinstance(v, list) and is_number(key):
        return bool(0 <= key < len(v))
    raise JqError(f"Cannot check whether {kind(v)} has a {'string' if isinstance(key, str) else kind(key)} key")


def _from_entries(v: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for _, entry in values.children(v):
        if not isinstance(entry, dict):
            raise JqError(f'Cannot index {kind(entry)} with "key"')
        key = next((entry[name] for name in ("key", "Key", "name", "Name") if entry.get(name) is not None), None)
        if not isinstance(key, str):
            raise JqError(f"Cannot use {shown(key)} as object key")
        result[key] = next((entry[name] for name in ("value", "Value") if entry.get(name) is not None), None)
        if result[key] is None and entry.get("value") is False:
            result[key] = False
    return result


def _tonumber(v: Any) -> Any:
    if is_number(v):
        return v
    if isinstance(v, str):
        try:
            text = v.strip()
            return int(text) if text.lstrip("+-").isdecimal() and len(text) < 19 else values.number_of(_float(text))
        except ValueError:
            pass
    raise JqError(f"{shown(v)} cannot be parsed as a number")


def _float(text: str) -> float:
    if not text or text[0] not in "+-.0123456789" or "_" in text or text.lstrip("+-")[:1].isalpha():
        raise ValueError
    return float(text)


def _text(function: Callable[[str], Any], complaint: str) -> Callable[[Any], Any]:
    def checked(v: Any) -> Any:
        if not isinstance(v, str):
            raise JqError(complaint.format(shown(v)))
        return function(v)

    return checked


def _cased(text: str, *, upper: bool) -> str:
    return "".join((char.upper() if upper else char.lower()) if char.isascii() else char for char in text)


def _implode(v: Any) -> str:
    if not isinstance(v, list):
        raise JqError("implode input must be an array")
    try:
        return "".join(map(chr, v))
    except (TypeError, ValueError, OverflowError):
        raise JqError("Unicode codepoint must be numeric") from None


def _join(env: Env, v: Any, separator: Any) -> Any:
    parts: list[str] = []
    for _, item in values.children(v):
        if isinstance(item, (list, dict)):
            raise JqError(f"{shown(v)} cannot be joined: it holds {kind(item)}s")
        parts.append("" if item is None else values.plain_text(item))
    if not isinstance(separator, str) and parts:
        raise JqError(f"{shown(separator)} cannot join texts")
    if sum(map(len, parts)) + len(separator or "") * len(parts) > MAX_TEXT:
        raise LimitFault(f"the text would be longer than {MAX_TEXT} characters")
    return values.bounded_text((separator or "").join(parts), env.budget)


def _indices(env: Env, v: Any, wanted: Any) -> Any:
    env.budget.take(len(v) if isinstance(v, (str, list)) else 1)
    if v is None:
        return None
    if isinstance(v, str) and isinstance(wanted, str):
        if not wanted:
            return None
        return [at for at in range(len(v)) if v.startswith(wanted, at)]
    if isinstance(v, list) and isinstance(wanted, list):
        return values.got(v, wanted)
    if isinstance(v, list):
        return [at for at, item in enumerate(v) if values.compare(item, wanted, env.budget) == 0]
    return values.got(v, wanted)


def _edge(method: Callable[[str, str], Any], name: str) -> Callable[..., Any]:
    def function(env: Env, v: Any, part: Any) -> Any:
        del env
        if not (isinstance(v, str) and isinstance(part, str)):
            raise JqError(f"{name}() requires string inputs")
        return method(v, part)

    return function


def _stripped(method: Callable[[str, str], str]) -> Callable[..., Any]:
    return lambda env, v, part: method(v, part) if isinstance(v, str) and isinstance(part, str) else v


def _split(env: Env, v: Any, separator: Any) -> list[str]:
    if not (isinstance(v, str) and isinstance(separator, str)):
        raise JqError("split input and separator must be strings")
    env.budget.take(len(v) // 16)
    return values.split(v, separator)


def _flatten(env: Env, v: Any, depth: Any = float("inf")) -> list[Any]:
    if not isinstance(v, (list, dict)):
        raise JqError(f"Cannot iterate over {shown(v)}")
    if not is_number(depth) or depth < 0:
        raise JqError("flatten depth must not be negative")
    return values.flattened([item for _, item in values.children(v)], depth, env.budget)


def _transpose(v: Any) -> list[Any]:
    if not isinstance(v, list) or not all(isinstance(row, list) for row in v):
        raise JqError(f"{shown(v)} cannot be transposed")
    width = max(map(len, v), default=0)
    return [[row[at] if at < len(row) else None for row in v] for at in range(width)]


def _reverse(v: Any) -> Any:
    if v is None:
        return []
    if isinstance(v, list):
        return list(reversed(v))
    raise JqError(f"Cannot index {kind(v)} with number")


def _setpath(env: Env, v: Any, path: Any, new: Any) -> Any:
    if not isinstance(path, list):
        raise JqError("Path must be specified as an array")
    return values.put(v, tuple(path), new, values.Copies(env.budget))


def _delpaths(env: Env, v: Any, paths: Any) -> Any:
    if not isinstance(paths, list) or not all(isinstance(path, list) for path in paths):
        raise JqError("Paths must be specified as an array of arrays")
    return values.without(v, [tuple(path) for path in paths], env.budget)


NATIVES: dict[Key, Native] = {
    ("sort", 0): _by(lambda env, v, run: [item for _, item in _sorted_rows(env, v, run)]),
    ("sort_by", 1): _by(lambda env, v, run: [item for _, item in _sorted_rows(env, v, run)]),
    ("group_by", 1): _by(_groups),
    ("unique", 0): _by(lambda env, v, run: [group[0] for group in _groups(env, v, run)]),
    ("unique_by", 1): _by(lambda env, v, run: [group[0] for group in _groups(env, v, run)]),
    ("min", 0): _by(_extreme(largest=False)),
    ("min_by", 1): _by(_extreme(largest=False)),
    ("max", 0): _by(_extreme(largest=True)),
    ("max_by", 1): _by(_extreme(largest=True)),
    ("add", 0): _with(_add),
    ("has", 1): _with(_has),
    ("contains", 1): _with(lambda env, v, other: values.contains(v, other, env.budget)),
    ("join", 1): _with(_join),
    ("indices", 1): _with(_indices),
    ("startswith", 1): _with(_edge(str.startswith, "startswith")),
    ("endswith", 1): _with(_edge(str.endswith, "endswith")),
    ("ltrimstr", 1): _with(_stripped(str.removeprefix)),
    ("rtrimstr", 1): _with(_stripped(str.removesuffix)),
    ("split", 1): _with(_split),
    ("flatten", 0): _with(_flatten),
    ("flatten", 1): _with(_flatten),
    ("setpath", 2): _with(_setpath),
    ("delpaths", 1): _with(_delpaths),
    ("pow", 2): _with(power),
    ("atan2", 2): _with(atan2),
    ("todateiso8601", 0): _each(iso_of),
    ("fromdateiso8601", 0): _each(_text(seconds_of, "{} is no date")),
    ("null", 0): _each(lambda _: None),
    ("true", 0): _each(lambda _: True),
    ("false", 0): _each(lambda _: False),
    ("not", 0): _each(lambda v: not values.is_true(v)),
    ("length", 0): _each(_length),
    ("utf8bytelength", 0): _each(
        _text(lambda text: len(text.encode("utf-8", "replace")), "{} only strings have UTF-8 byte length")
    ),
    ("keys", 0): _each(keys),
    ("keys_unsorted", 0): _each(keys_unsorted),
    ("from_entries", 0): _each(_from_entries),
    ("type", 0): _each(kind),
    ("tostring", 0): _each(values.text_of),
    ("tojson", 0): _each(values.json_of),
    ("fromjson", 0): _each(_text(values.read, "{} cannot be parsed as JSON")),
    ("tonumber", 0): _each(_tonumber),
    ("explode", 0): _each(_text(lambda text: list(map(ord, text)), "{} cannot be exploded")),
    ("implode", 0): _each(_implode),
    ("ascii_downcase", 0): _each(
        _text(lambda text: _cased(text, upper=False), "ascii_downcase input must be a string, not {}")
    ),
    ("ascii_upcase", 0): _each(
        _text(lambda text: _cased(text, upper=True), "ascii_upcase input must be a string, not {}")
    ),
    ("transpose", 0): _each(_transpose),
    ("reverse", 0): _each(_reverse),
    ("infinite", 0): _each(lambda _: float("inf")),
    ("nan", 0): _each(lambda _: float("nan")),
    ("isfinite", 0): _each(tested(math.isfinite)),
    ("isinfinite", 0): _each(tested(math.isinf)),
    ("isnan", 0): _each(tested(math.isnan)),
    ("isnormal", 0): _each(tested(lambda value: math.isfinite(value) and abs(value) >= 2.2250738585072014e-308)),
    ("now", 0): _with(lambda env, v: env.budget.now()),
    **{(name, 0): _each(numeric(function)) for name, function in MATHS.items()},
}
