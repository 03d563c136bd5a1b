"""How fast expressions are, beside the same templates in Jinja2.

    python bench/expressions.py

Each row renders compiled templates from the cache, in microseconds for one rendering (the best of several runs);
the last rows compile 10,000 different templates, which no cache holds. Times are those of the processor, so that a
busy machine measures the same.
"""

import gc
import timeit
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any

from jinja2 import Environment
from jinja2.nativetypes import NativeEnvironment

from lanner.expressions import Renderer

ITEMS = [{"name": f"item-{index}", "size": index} for index in range(10_000)]
VARIABLES: dict[str, Any] = {
    "inputs": {"name": "ada", "items": ITEMS, "empty": []},
    "outputs": {"a": {"value": "done", "rows": [{"id": 1, "sku": "A-1"}]}},
    "vars": {"n": 42, "price": 19.5, "host": "example.org"},
}

# name, ours, Jinja's, budget in microseconds
ROWS: list[tuple[str, str, str, float | None]] = [
    ("one variable", "{{ inputs.name }}", "{{ inputs.name }}", None),
    (
        "hello",
        "Hello {{ inputs.name | upper }} {{ outputs.a.value ?? 'x' }}",
        "Hello {{ inputs.name | upper }} {{ outputs.a.value | default('x') }}",
        3.0,
    ),
    (
        "four variables in text",
        "https://{{ vars.host }}/{{ inputs.name }}/{{ outputs.a.rows[0].sku }}?n={{ vars.n }}",
        "https://{{ vars.host }}/{{ inputs.name }}/{{ outputs.a.rows[0].sku }}?n={{ vars.n }}",
        None,
    ),
    (
        "arithmetic and if",
        "{% if vars.n > 10 and vars.n < 100 %}{{ vars.n * 2 + 1 }}{% else %}no{% endif %}",
        "{% if vars.n > 10 and vars.n < 100 %}{{ vars.n * 2 + 1 }}{% else %}no{% endif %}",
        None,
    ),
    (
        "loop over 10,000 items",
        "{% for i in inputs.items %}{{ i.name }},{% endfor %}",
        "{% for i in inputs['items'] %}{{ i.name }},{% endfor %}",
        6_000.0,
    ),
    (
        "loop with if, loop.last and numbers",
        "{% for i in inputs.items %}{% if i.size > 5000 %}{{ i.size }}{% if not loop.last %},{% endif %}{% endif %}{% endfor %}",  # noqa: E501  # a template is one text
        "{% for i in inputs['items'] %}{% if i.size > 5000 %}{{ i.size }}{% if not loop.last %},{% endif %}{% endif %}{% endfor %}",  # noqa: E501  # a template is one text
        None,
    ),
]


def best(function: Callable[[], object], *, seconds: float = 0.4) -> float:
    """Return the microseconds that one call takes, in the best of several runs."""
    count = 1
    while timeit.timeit(function, timer=process_time, number=count) < seconds / 8:
        count *= 2
    return min(timeit.repeat(function, timer=process_time, number=count, repeat=5)) / count * 1e6


def compile_many(render: Callable[[str], object], count: int = 10_000) -> tuple[float, float]:
    """Return the seconds and the MiB that rendering ``count`` different templates takes."""
    templates = [
        f"run {number}: {{{{ inputs.name | upper }}}} {{{{ outputs.a.value }}}} {number}" for number in range(count)
    ]
    gc.collect()
    seconds = timeit.timeit(lambda: [render(template) for template in templates], timer=process_time, number=1)
    tracemalloc.start()
    for template in templates:
        render(f"{template}!")
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, size / 2**20


def main() -> None:
    ours, jinja, native = Renderer(), Environment(autoescape=False), NativeEnvironment()
    print(f"{'µs for one rendering':38} {'lanner':>9} {'jinja2':>9} {'native':>9} {'ratio':>6} {'budget':>8}")
    for name, template, other, budget in ROWS:
        compiled, compiled_native = jinja.from_string(other), native.from_string(other)
        assert ours.render(template, VARIABLES) == compiled.render(VARIABLES), name
        mine = best(lambda template=template: ours.render(template, VARIABLES))  # type: ignore[misc]  # bound at once
        theirs = best(lambda compiled=compiled: compiled.render(VARIABLES))  # type: ignore[misc]  # as above
        theirs_native = best(lambda compiled=compiled_native: compiled.render(VARIABLES))  # type: ignore[misc]  # as above
        shown = f"{budget:8.1f}" if budget else ""
        print(
            f"{name:38} {mine:9.2f} {theirs:9.2f} {theirs_native:9.2f} {mine / min(theirs, theirs_native):6.2f} {shown}"
        )
    print()
    print(f"{'10,000 different templates':38} {'seconds':>9} {'MiB kept':>9}   (budget: 3 s)")
    rows: list[tuple[str, Callable[[str], object]]] = [
        ("lanner", lambda template: Renderer.render(ours, template, VARIABLES)),
        ("jinja2", lambda template: jinja.from_string(template).render(VARIABLES)),
    ]
    for name, render in rows:
        seconds, size = compile_many(render)
        print(f"{name:38} {seconds:9.2f} {size:9.1f}")


if __name__ == "__main__":
    main()
