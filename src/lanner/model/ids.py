"""Ids of executions and task runs.

An id is a 128-bit number in base 62, 22 characters, as Kestra writes them.
"""

from hashlib import blake2b
from typing import NewType

ExecutionId = NewType("ExecutionId", str)
TaskRunId = NewType("TaskRunId", str)

ID_LENGTH = 22

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high in _DIGITS for low in _DIGITS)


def encode(number: int) -> str:
    """Return 22 base-62 digits of a 128-bit number."""
    pairs = []
    for _ in range(ID_LENGTH // 2):
        number, rest = divmod(number, 3844)
        pairs.append(_PAIRS[rest])
    return "".join(reversed(pairs))


def execution_id(random_bytes: bytes) -> ExecutionId:
    """Return an execution id from 16 random bytes."""
    return ExecutionId(encode(int.from_bytes(random_bytes, "big")))


def derived_id(*parts: str | int | None) -> str:
    """Return the id that belongs to ``parts``; equal parts give equal ids.

    The engine may not draw random numbers, and a decision taken twice must name the same
    task run: its id follows from the execution, the parent, the task and the iteration.
    """
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return encode(int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big"))
