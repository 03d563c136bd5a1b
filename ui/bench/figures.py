"""What was measured beside what it may be."""  # noqa: INP001  # a folder of a script, no package

from dataclasses import dataclass, field
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. Without a budget it only explains the one above it."""

    what: str
    value: float
    unit: str
    budget: float | None = None

    @property
    def is_within(self) -> bool:
        return self.budget is None or self.value <= self.budget

    def line(self) -> str:
        """Return the row of the table."""
        if self.budget is None:
            return f"     {'  ' + self.what:<66} {self.value:9.1f} {self.unit}"
        verdict = "ok  " if self.is_within else "OVER"
        ratio = f"{self.value / self.budget:6.2f}" if self.budget else "      "
        return f"{verdict} {self.what:<66} {self.value:9.1f} {self.unit:<3} of {self.budget:>6g} {ratio}"


@dataclass(slots=True)
class Table:
    """The figures of a run, printed as they come."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str, budget: float | None = None) -> None:
        """Take note of a figure and print it."""
        figure = Figure(what, value, unit, budget)
        self.figures.append(figure)
        print(figure.line(), flush=True)  # noqa: T201  # a script's voice

    def over(self) -> list[Figure]:
        """Return those that are over their budget."""
        return [one for one in self.figures if not one.is_within]


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
