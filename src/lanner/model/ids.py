"""Ids of executions and task runs.

An id is a 128-bit number in base 62, 22 characters, as Kestra writes them.
"""

from collections.abc import Sequence
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
    return encode(_digest(parts, 16))


def run_id(execution_id: ExecutionId, sequence: int, *parts: str | int | None) -> TaskRunId:
    """Return the id of a task run, the same each time it is decided.

    Ids of one execution sort as their task runs were made: rows of theirs are then added at the end
    of every index. With ids in no order, a loop of 100,000 values costs the store three times as
    much for each task run as one of 1,000.
    """
    own = _digest((execution_id, *parts), 4)
    return TaskRunId(encode(_digest((execution_id,), 8) << 64 | (sequence & 0xFFFFFFFF) << 32 | own))


def _digest(parts: Sequence[str | int | None], size: int) -> int:
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big")
