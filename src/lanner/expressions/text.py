"""Values as text: as a print writes them, as JSON, and in the JVM's own form (``[1, 2]``, ``{a=b}``)."""

from collections.abc import Callable, Iterable, Mapping, Set  # noqa: PYI025 -- nothing else here is called a set
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring
from re import Match
from re import compile as pattern
from typing import Any

from lanner.expressions.errors import Fault, LimitFault
from lanner.expressions.limits import MAX_DEPTH, MAX_TEXT, NODE_COST
from lanner.expressions.values import Budget, Entry, Float32, Loop, is_list

_LOOP_ORDER = ("last", "length", "index", "revindex", "first")
_ESCAPE = pattern(r"\\u00([0-9a-f]{2})")


def printed(value: Any) -> str:
    """Return what ``{{ value }}`` writes."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # the line above tells what it is
    if kind is int:
        return str(value)
    if value is None:
        return ""
    if kind is dict or kind is list or isinstance(value, (Mapping, Set, bytes)) or is_list(value):
        return json_text(value)
    return java_text(value)


def java_text(value: Any) -> str:
    """Return the JVM's ``toString`` of a value; null is ``null``."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # the line above tells what it is
    writer = _JAVA.get(kind)
    if writer is not None:
        return writer(value)
    budget = Budget(MAX_TEXT)
    return _java_nested(value, budget, 0)


def units(text: str) -> int:
    """Return the length of a text as the JVM counts: characters beyond 16 bits are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, start: int, end: int) -> str:
    """Return the part from one place to another as the JVM counts; half a character becomes ``?``."""
    if text.isascii() or max(text) <= "\uffff":
        return text[start:end]
    return (
        text.encode("utf-16-le", "surrogatepass")[start * 2 : end * 2]
        .decode("utf-16-le", "replace")
        .replace("\ufffd", "?")
    )


def concatenated(value: Any) -> str:
    """Return a value as ``~`` takes it: null is the empty text."""
    return "" if value is None else java_text(value)


def json_text(value: Any) -> str:
    """Return compact JSON: map entries without a value are left out, dates are texts in UTC."""
    return _json(value, Budget(MAX_TEXT), 0)


def double_text(value: float) -> str:
    size = abs(value)
    if 1e-3 <= size < 1e7 or size == 0:
        return repr(value)
    if value != value:  # noqa: PLR0124 -- only NaN differs from itself
        return "NaN"
    if size == float("inf"):
        return "Infinity" if value > 0 else "-Infinity"
    return _scientific(repr(value))


def float_text(value: Float32) -> str:
    size = abs(value)
    if size != size or size == float("inf") or size == 0:  # noqa: PLR0124 -- NaN
        return double_text(float(value))
    digits = next(shown for n in range(1, 18) if Float32.of(float(shown := f"{float(value):.{n}g}")) == value)
    if 1e-3 <= size < 1e7:
        return double_text(float(digits)) if "e" not in digits else double_text(float(Decimal(digits)))
    return _scientific(digits)


def decimal_text(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > 10_000:
        raise Fault("the number is too large to be printed")
    return f"{value:f}"


def instant_text(value: datetime) -> str:
    """Return a point in time as the engine prints it: UTC as an instant, other zones with their offset."""
    if value.tzinfo is None:
        return _local_text(value)
    offset = value.utcoffset()
    if not offset:
        return value.replace(tzinfo=None, microsecond=0).isoformat() + _fraction(value.microsecond) + "Z"
    zone = getattr(value.tzinfo, "key", None)
    text = _local_text(value.replace(tzinfo=None)) + value.strftime("%z")[:3] + ":" + value.strftime("%z")[3:]
    return f"{text}[{zone}]" if zone else text


def duration_text(value: timedelta) -> str:
    """Return an ISO-8601 duration in hours, minutes and seconds."""
    micros = value // timedelta(microseconds=1)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, fraction = divmod(micros, 1_000_000)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    shown = f"{fraction:06d}".rstrip("0")
    parts = [f"{sign}{hours}H" if hours else "", f"{sign}{minutes}M" if minutes else ""]
    if seconds or shown:
        parts.append(f"{sign}{seconds}{'.' + shown if shown else ''}S")
    return "PT" + ("".join(parts) or "0S")


def quoted(value: str) -> str:
    """Return a JSON string; characters beyond ASCII stay as they are."""
    text = encode_basestring(value)
    return _ESCAPE.sub(_upper_escape, text) if "\\u00" in text else text


def _upper_escape(match: Match[str]) -> str:
    return "\\u00" + match[1].upper()


def _scientific(digits: str) -> str:
    number = Decimal(digits).as_tuple()
    shown = "".join(map(str, number.digits)).rstrip("0") or "0"
    assert isinstance(number.exponent, int)
    exponent = len(number.digits) - 1 + number.exponent
    return f"{'-' if number.sign else ''}{shown[0]}.{shown[1:] or '0'}E{exponent}"


def _fraction(micros: int) -> str:
    if not micros:
        return ""
    return f".{micros // 1000:03d}" if micros % 1000 == 0 else f".{micros:06d}"


def _local_text(value: datetime) -> str:
    if value.microsecond:
        return value.replace(microsecond=0).isoformat() + _fraction(value.microsecond)
    return value.isoformat() if value.second else value.isoformat(timespec="minutes")


def _time_text(value: time) -> str:
    return _local_text(datetime(2000, 1, 1, value.hour, value.minute, value.second, value.microsecond))[11:]  # noqa: DTZ001 -- a clock time has no zone


def _bool_text(value: Any) -> str:
    return "true" if value else "false"


_JAVA: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: _bool_text,
    float: double_text,
    Float32: float_text,
    type(None): lambda _: "null",
    Decimal: decimal_text,
    datetime: instant_text,
    date: date.isoformat,
    time: _time_text,
    timedelta: duration_text,
    Entry: lambda entry: f"{java_text(entry.key)}={java_text(entry.value)}",
    bytes: lambda value: f"[B@{len(value):x}",
}


def _java_nested(value: Any, budget: Budget, depth: int) -> str:
    kind = type(value)
    writer = _JAVA.get(kind)
    if kind is str or writer is not None:
        text = value if kind is str else writer(value) if writer else ""
        budget.take(len(text) + NODE_COST)
        return text
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    budget.take(NODE_COST)
    if isinstance(value, Mapping):
        parts = (
            f"{_java_nested(key, budget, depth + 1)}={_java_nested(item, budget, depth + 1)}"
            for key, item in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, Loop):
        fields = value.fields()
        return "{" + ", ".join(f"{key}={java_text(fields[key])}" for key in _LOOP_ORDER) + "}"
    if isinstance(value, (str, int, float, datetime, date)):
        return _java_base(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return "[" + ", ".join(_java_nested(item, budget, depth + 1) for item in value) + "]"
    return str(value)


def _java_base(value: Any) -> str:
    """Texts and numbers of derived classes (enumerations, ``Long``) print as what they derive from."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return double_text(float(value))
    return instant_text(value) if isinstance(value, datetime) else str(value)


def _json(value: Any, budget: Budget, depth: int) -> str:
    kind = type(value)
    if kind is str:
        budget.take(len(value) + NODE_COST)
        return quoted(value)
    if kind is int:
        budget.take(NODE_COST)
        return str(value)
    if kind is dict or (kind not in _JSON and isinstance(value, Mapping)):
        if depth > MAX_DEPTH:
            raise LimitFault("the value is nested too deeply")
        budget.take(len(value) + NODE_COST)
        below = depth + 1
        return (
            "{"
            + ",".join(
                [
                    f"{quoted(key if type(key) is str else json_key(key))}:{_json(item, budget, below)}"
                    for key, item in value.items()
                    if item is not None
                ]
            )
            + "}"
        )
    writer = _JSON.get(kind)
    if writer is not None:
        budget.take(NODE_COST)
        return writer(value)
    if depth > MAX_DEPTH:
        raise LimitFault("the value is nested too deeply")
    if isinstance(value, Entry):
        return "{" + f"{quoted(json_key(value.key))}:{_json(value.value, budget, depth + 1)}" + "}"
    if isinstance(value, Loop):
        return _json(value.fields(), budget, depth + 1)
    if isinstance(value, (str, int, float, datetime)):
        return _json_base(value)
    if isinstance(value, Iterable):
        budget.take(NODE_COST)
        return "[" + ",".join([_json(item, budget, depth + 1) for item in value]) + "]"
    return quoted(java_text(value))


def json_key(key: Any) -> str:
    return "" if key is None else java_text(key)


def _json_base(value: Any) -> str:
    if isinstance(value, str):
        return quoted(str.__str__(value))
    return json_date(value) if isinstance(value, datetime) else _java_base(value)


def json_date(value: datetime) -> str:
    return quoted(instant_text(value.astimezone(UTC) if value.tzinfo else value))


def _json_bytes(value: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 -- rarely needed

    return quoted(b64encode(value).decode())


def _json_duration(value: timedelta) -> str:
    micros = value // timedelta(microseconds=1)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    return f"{sign}{micros // 1_000_000}.{micros % 1_000_000:06d}000"


def _json_double(value: float) -> str:
    text = double_text(value)
    return text if text[-1] not in "Ny" else quoted(text)


_JSON: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "null",
    bool: _bool_text,
    float: _json_double,
    Float32: float_text,
    Decimal: decimal_text,
    datetime: json_date,
    date: lambda value: quoted(value.isoformat()),
    time: lambda value: quoted(_time_text(value)),
    timedelta: _json_duration,
    bytes: _json_bytes,
}
