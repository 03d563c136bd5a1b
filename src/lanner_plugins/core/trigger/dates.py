"""Checks of what a schedule says: cron expressions and time zones."""

import re
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

# What cronsim knows beyond plain cron, and Kestra does not.
_EXTRAS = re.compile(r"[#?]|\bL\b|\bLW\b|\dL\b|\dW\b", re.IGNORECASE)


class RecoverMissedSchedules(StrEnum):
    """What to do about dates that passed while nothing could be started."""

    ALL = "ALL"
    NONE = "NONE"
    LAST = "LAST"


def plain_cron(expression: str, *, with_seconds: bool = False) -> str:
    """Return the fields of a cron expression, nicknames resolved; raises ``ValueError`` when it is none.

    Five fields, or six with the seconds first. A date that never comes (31 February) is accepted.

    Source: Kestra 1.0.36 (reference ``engine.md`` §7.3).
    """
    fields = NICKNAMES.get(expression.strip().lower(), expression.strip())
    if fields.startswith("@"):
        raise _invalid(expression, f"there is no nickname {fields!r}; there are {', '.join(NICKNAMES)}")
    if with_seconds and expression.strip().lower() in NICKNAMES:
        fields = f"0 {fields}"
    parts, wanted = fields.split(), 6 if with_seconds else 5
    if len(parts) != wanted:
        raise _invalid(expression, f"it has {len(parts)} fields instead of {wanted}")
    extra = _EXTRAS.search(fields)
    if extra:
        raise _invalid(expression, f"{extra[0]!r} is not known here")
    problem = _problem(parts)
    if problem == "Bad day-of-month":
        # A day that is right by itself may be one that the month never has.
        problem = _problem([*parts[:-2], "*", parts[-1]])
    if problem:
        raise _invalid(expression, problem)
    return " ".join(parts)


def _problem(parts: list[str]) -> str | None:
    from datetime import UTC, datetime  # noqa: PLC0415  # with cronsim, which is needed for schedules only

    from cronsim import CronSim, CronSimError  # noqa: PLC0415  # needed for schedules only

    try:
        CronSim(" ".join(parts), datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        return str(error)
    return None


def _invalid(expression: str, reason: str) -> ValueError:
    return ValueError(f"invalid cron expression '{expression}': {reason}; write for example '0 9 * * 1-5'")


def known_zone(name: str) -> str:
    """Return the name of a time zone; raises ``ValueError`` when there is none of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"timezone '({name})' is not a valid time-zone ID; write for example 'Europe/Paris'"
        ) from error
    return name
