"""Functions that make new ids and random numbers from the port's random bytes."""

from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.values import ABSENT, text_input

BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FRIENDLY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
NANO = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
KSUID_EPOCH = 1_400_000_000
MAX_NANO = 1000


def uuid(scope: Scope) -> str:
    """Return a new UUID; later ones sort behind earlier ones.

    >>> {{ uuid() | length }}
    36
    """
    reach = scope.rendering.reach
    millis = int(reach.now().timestamp() * 1000)
    number = millis << 80 | int.from_bytes(reach.random_bytes(10))
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def friendly_id(scope: Scope) -> str:
    """Return a new id of the kind that executions have.

    >>> {{ id() | length > 15 }}
    true
    """
    return _in_base(int.from_bytes(scope.rendering.reach.random_bytes(16)), FRIENDLY)


def ksuid(scope: Scope) -> str:
    """Return a new id of 27 letters and digits that sorts by the second it was made in.

    >>> {{ ksuid() | length }}
    27
    """
    reach = scope.rendering.reach
    seconds = int(reach.now().timestamp()) - KSUID_EPOCH
    number = (seconds & 0xFFFFFFFF) << 128 | int.from_bytes(reach.random_bytes(16))
    return _in_base(number, BASE_62).rjust(27, "0")


def nano_id(scope: Scope, length: Any = ABSENT, alphabet: Any = ABSENT) -> str:
    """Return a new random id of ``length`` characters of an alphabet.

    >>> {{ nanoId(10) | length }}
    10
    """
    size = length if given(length) else 21
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise Fault("The 'nanoId()' function field 'length' must be a positive integer")
    if size > MAX_NANO:
        raise Fault(f"The 'nanoId()' function field 'length' must be lower than: {MAX_NANO}")
    letters = text_input(alphabet) if given(alphabet) else NANO
    if not 2 <= len(letters) <= 256:
        raise Fault("The 'nanoId()' function field 'alphabet' must have 2 to 256 characters")
    random = scope.rendering.reach.random_bytes(size * 8)
    parts = (int.from_bytes(random[at : at + 8]) for at in range(0, size * 8, 8))
    return "".join(letters[part % len(letters)] for part in parts)


def random_int(scope: Scope, lower: Any = ABSENT, upper: Any = ABSENT) -> int:
    """Return a random whole number from ``lower`` up to and without ``upper``.

    >>> {{ randomInt(1, 10) < 10 }}
    true
    """
    low, high = _bound(lower, "lower"), _bound(upper, "upper")
    if high < low:
        raise Fault("In 'randomIn()' upper is less than lower")
    return low if low == high else scope.rendering.reach.random_int(low, high)


def random_port(scope: Scope) -> int:
    """Return a local port that is free.

    >>> {{ randomPort() > 1023 }}
    true
    """
    return scope.rendering.reach.free_port()


def _bound(value: Any, name: str) -> int:
    if value is ABSENT:
        raise Fault(f"The 'randomIn()' function expects an argument {name}")
    if not isinstance(value, int) or isinstance(value, bool):
        raise Fault(f"The 'randomIn()' function expects an argument {name} of type Long.")
    return value


def _in_base(number: int, letters: str) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, len(letters))
        digits = letters[rest] + digits
    return digits


FUNCTIONS = (
    Feature("uuid", uuid, needs_scope=True),
    Feature("id", friendly_id, needs_scope=True),
    Feature("ksuid", ksuid, needs_scope=True),
    Feature("nanoId", nano_id, ("length=21", "alphabet"), needs_scope=True),
    Feature("randomInt", random_int, ("lower", "upper"), needs_scope=True),
    Feature("randomPort", random_port, needs_scope=True),
)
