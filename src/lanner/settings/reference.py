"""The reference page of all settings, written from the classes."""

from itertools import groupby

from lanner.settings import kestra
from lanner.settings.loading import variable_of
from lanner.settings.option import Place, places
from lanner.settings.sections import Settings

_HEAD = """\
# Settings

Written from the classes in `lanner.settings`; `lanner server settings --markdown` prints this page.

A server reads its options from three places. A later one wins over an earlier one:

1. a YAML file, named by `--config` or by the environment variable `LANNER_CONFIG`;
2. environment variables, `LANNER_<SECTION>__<KEY>`;
3. flags of `lanner server local`.

In the file our own options stand in the tree `lanner:`. Kestra's keys are accepted beside it, as they are in its
`application.yml`. `basic-auth`, `basic_auth` and `basicAuth` are the same name. `${NAME}` and `${NAME:default}` in a
value stand for an environment variable. A variable for a map or a list holds YAML or JSON. An empty variable counts as
not set.

A mistake in a value or in a key of `lanner:` ends the start with a line that names the file, the line, the key and what
is allowed.

```yaml
lanner:
  server:
    port: 8080
  basic-auth:
    username: me@example.com
    password: ${ADMIN_PASSWORD}
```
"""


def settings_page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for section, options in groupby(places(Settings), key=lambda place: place.name.rpartition(".")[0]):
        parts.append(_section(section, list(options)))
    parts.append(_kestra_keys())
    return "\n".join(parts)


def default_text(place: Place) -> str:
    """Return an option's default as people write it."""
    if place.option.default is not None:
        return place.option.default
    value = place.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value) or "empty"
    return f"`{value}`" if value else "empty"


def _section(section: str, options: list[Place]) -> str:
    lines = [f"## {section or 'Top level'}", ""]
    if section:
        lines += [Settings.model_fields[section].annotation.__doc__ or "", ""]
    for place in options:
        lines += _option(place)
    return "\n".join(lines)


def _option(place: Place) -> list[str]:
    option = place.option
    rows = [
        f"* default: {default_text(place)}",
        f"* allowed: {option.allowed}" + (f" ({option.unit})" if option.unit else ""),
        f"* variable: `{variable_of(place.name)}`",
    ]
    if option.kestra:
        rows.append(f"* Kestra's key: {', '.join(f'`{key}`' for key in option.kestra)}")
    rows.append(f"* since {option.since}")
    return [f"### `{kestra.our_key(place.name)}`", "", place.description, "", *rows, ""]


def _kestra_keys() -> str:
    rows = [f"* `{key}`" for key in kestra.WITHOUT_EFFECT]
    head = """\
## Kestra's keys without effect

Lanner accepts these keys and everything below them, except for the keys named above, and warns that they have no
effect yet. A key of the tree `kestra:` that is neither here nor above is named in a warning and left out; a key of
another tree ends the start.
"""
    return "\n".join([head, *rows, ""])
