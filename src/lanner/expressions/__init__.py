"""The ``{{ … }}`` language: Kestra's expressions, knowing nothing of flows."""

from lanner.expressions.editor import CatalogueEntry, FreeName, Shown, catalogue, free_names, tokens
from lanner.expressions.errors import ExpressionError, MissingVariable
from lanner.expressions.limits import Limits
from lanner.expressions.reach import NO_REACH, Found, HttpAnswer, HttpCall, NoReach, OutOfReach, Reach
from lanner.expressions.renderer import Renderer
from lanner.expressions.truth import is_truthy

__all__ = [
    "NO_REACH",
    "CatalogueEntry",
    "ExpressionError",
    "Found",
    "FreeName",
    "HttpAnswer",
    "HttpCall",
    "Limits",
    "MissingVariable",
    "NoReach",
    "OutOfReach",
    "Reach",
    "Renderer",
    "Shown",
    "catalogue",
    "free_names",
    "is_truthy",
    "tokens",
]
