"""How much one rendering may ask for: templates are written by strangers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one rendering; passing one is an error that names it.

    ``text_size`` counts characters of the output and of every intermediate text, ``items`` the entries of one list
    or map that an expression makes, ``loop_steps`` all turns of all loops, ``work`` the values that conversions
    (JSON, YAML, comparison …) look at together, ``depth`` nested values, and ``renderings`` nested ``render()`` calls.
    ``template_size`` bounds a template's source in characters.
    """

    template_size: int = 4_000_000
    text_size: int = 32_000_000
    items: int = 1_000_000
    loop_steps: int = 1_000_000
    depth: int = 200
    renderings: int = 40
    passes: int = 100


MAX_TEXT = 32_000_000
"""Longest text that an operator or a filter may make, in characters."""

MAX_ITEMS = 1_000_000
"""Most entries of a list or map that an operator or a filter may make."""

MAX_NODES = 1_000_000
"""Most values that one conversion (JSON, YAML, comparison …) looks at."""

MAX_DEPTH = 200
"""Deepest nesting of lists and maps that a conversion follows."""

MAX_INTEGER_BITS = 8192
"""Longest whole number beyond 64 bits, as it can come from JSON."""

NODE_COST = 24
"""What a value counts besides its text where both share ``MAX_TEXT``: values shared many times print as many."""
