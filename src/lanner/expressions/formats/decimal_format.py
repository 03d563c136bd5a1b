"""Numbers by Java's ``DecimalFormat`` patterns, in English."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import lru_cache
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.values import Float32

MAX_PATTERN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Affixed:
    """One half of a pattern: what stands around the digits, and the digits' shape."""

    prefix: str
    suffix: str
    shape: str
    scale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many digits there are at least and at most, in groups of ``group``; ``exponent`` digits in scientific form."""  # noqa: E501 -- the line is shown to readers as it is

    least_whole: int
    most_whole: int
    least_fraction: int
    most_fraction: int
    group: int
    exponent: int


def formatted(value: Any, pattern: str) -> str:
    positive, negative, shape = _pattern(pattern)
    if isinstance(value, float) and value != value:  # noqa: PLR0124 -- NaN
        return "NaN"
    exact = (
        Decimal(float(value)) if isinstance(value, float) and not isinstance(value, Float32) else Decimal(str(value))
    )
    if isinstance(value, Float32):
        exact = Decimal(float(value))
    minus = exact.is_signed()
    half = negative if minus else positive
    if exact.is_infinite():
        return f"{half.prefix}∞{half.suffix}"
    with localcontext() as context:
        context.prec = 4000
        size = abs(exact).scaleb(half.scale)
        digits = _scientific(size, shape) if shape.exponent else _plain(size, shape)
    return f"{half.prefix}{digits}{half.suffix}"


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> tuple[Affixed, Affixed, Shape]:
    if len(pattern) > MAX_PATTERN:
        raise Fault(f"a number pattern may have at most {MAX_PATTERN} characters")
    first, at = _half(pattern, 0)
    shape = _shape(first.shape or "#", pattern)
    if at < len(pattern):
        second, _ = _half(pattern, at + 1)
        negative = Affixed(prefix=second.prefix, suffix=second.suffix, shape="", scale=first.scale)
        if (second.prefix, second.suffix) != (first.prefix, first.suffix):
            return first, negative, shape
    return first, Affixed(prefix="-" + first.prefix, suffix=first.suffix, shape="", scale=first.scale), shape


def _half(pattern: str, at: int) -> tuple[Affixed, int]:
    """Read one half of a pattern up to ``;`` or the end."""
    prefix, suffix, shape, scale, quoted = "", "", "", 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "'":
            if pattern[at + 1 : at + 2] == "'":
                at += 1
                text = "'"
            else:
                quoted = not quoted
                at += 1
                continue
        elif quoted:
            text = char
        elif char == ";":
            break
        elif char in "#0,." and not suffix:
            shape += char
            at += 1
            continue
        elif char == "E" and shape and not suffix:
            end = at + 1
            while pattern[end : end + 1] == "0":
                end += 1
            if end > at + 1:
                shape += pattern[at:end]
                at = end
                continue
            raise Fault(f'Malformed exponential pattern "{pattern}"')
        elif char in "#0":
            raise Fault(f"Unquoted special character '{char}' in pattern \"{pattern}\"")
        else:
            scale = {"%": 2, "‰": 3}.get(char, scale)
            text = char
        if shape:
            suffix += text
        else:
            prefix += text
        at += 1
    return Affixed(prefix=prefix, suffix=suffix, shape=shape, scale=scale), at


def _shape(shape: str, pattern: str) -> Shape:
    body, _, exponent = shape.partition("E")
    if body.count(".") > 1:
        raise Fault(f'Multiple decimal separators in pattern "{pattern}"')
    whole, dot, fraction = body.partition(".")
    group = len(whole) - whole.rindex(",") - 1 if "," in whole else 0
    digits = whole.replace(",", "")
    if "0#" in digits or "#0" in fraction or "," in fraction:
        raise Fault(f'Malformed pattern "{pattern}"')
    least_whole = digits.count("0")
    if not least_whole and not fraction.count("0") and not dot:
        least_whole = 1 if exponent else 0
    return Shape(
        least_whole=least_whole,
        most_whole=len(digits),
        least_fraction=fraction.count("0"),
        most_fraction=len(fraction),
        group=group,
        exponent=len(exponent),
    )


def _plain(size: Decimal, shape: Shape) -> str:
    rounded = size.quantize(Decimal(1).scaleb(-shape.most_fraction), rounding=ROUND_HALF_EVEN)
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = _fraction(fraction, shape.least_fraction)
    whole = whole.lstrip("0").rjust(shape.least_whole, "0")
    if not whole and not fraction:
        whole = "0"
    elif not whole and shape.least_whole == 0 and shape.most_whole and fraction:
        whole = "0" if not shape.least_fraction or shape.most_whole else ""
    if shape.group:
        whole = _grouped(whole, shape.group)
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(size: Decimal, shape: Shape) -> str:
    significant = shape.most_whole + shape.most_fraction
    if size and significant:
        size = size.quantize(Decimal(1).scaleb(size.adjusted() - significant + 1), rounding=ROUND_HALF_EVEN)
    exponent = size.adjusted() if size else 0
    if shape.most_whole > 1 and shape.most_whole > shape.least_whole:
        step = shape.most_whole
        exponent = exponent // step * step
        scaled = size.scaleb(-exponent)
        places = max(0, significant - (scaled.adjusted() + 1 if scaled else 1))
    else:
        exponent -= max(1, shape.least_whole) - 1
        scaled, places = size.scaleb(-exponent), shape.most_fraction
    rounded = scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = _fraction(fraction, shape.least_fraction)
    sign, power = ("-", -exponent) if exponent < 0 else ("", exponent)
    return f"{whole.rjust(shape.least_whole, '0')}{'.' + fraction if fraction else ''}E{sign}{power:0{shape.exponent}d}"


def _fraction(digits: str, least: int) -> str:
    kept = digits.rstrip("0")
    return kept.ljust(least, "0")


def _grouped(whole: str, size: int) -> str:
    parts = [whole[max(0, end - size) : end] for end in range(len(whole), 0, -size)]
    return ",".join(reversed(parts))
