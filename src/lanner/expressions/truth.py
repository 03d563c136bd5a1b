"""The truth of rendered texts."""

FALSE_TEXTS = frozenset({"", "false", "0", "-0"})


def is_truthy(text: str | None) -> bool:
    """Return whether a rendered text counts as true: all do except the empty one, ``false``, ``0`` and ``-0``.

    Source: Kestra 1.0, conditions such as ``runIf`` and ``If.condition``.
    """
    return text is not None and text not in FALSE_TEXTS
