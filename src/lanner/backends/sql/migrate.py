"""Brings a database to the newest schema, one numbered file after the other."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from lanner.model.errors import LannerError

_NAME = re.compile(r"(\d{4})_\w+\.sql")


class SchemaTooNew(LannerError):
    """The database was written by a newer version."""

    def __init__(self, *, found: int, known: int) -> None:
        self.found, self.known = found, known
        super().__init__(f"the database has schema {found}, this version knows {known}: start a newer version")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; numbers begin at 1 and have no gaps."""

    number: int
    name: str
    script: str


def migrations(dialect: str) -> Sequence[Migration]:
    """Return the steps of a dialect (``sqlite``), in order."""
    folder = resources.files("lanner.backends.sql") / "migrations" / dialect
    named = ((file, _NAME.fullmatch(file.name)) for file in folder.iterdir())
    found = [Migration(int(match[1]), file.name, file.read_text(encoding="utf-8")) for file, match in named if match]
    return sorted(found, key=lambda one: one.number)


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    """Run the steps the database has not seen, each in a transaction of its own."""
    (done,) = connection.execute("PRAGMA user_version").fetchone()
    if done > len(steps):
        raise SchemaTooNew(found=done, known=len(steps))
    for step in steps[done:]:
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{step.script}\nPRAGMA user_version = {step.number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
