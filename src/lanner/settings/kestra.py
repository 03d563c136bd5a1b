"""Kestra's configuration keys: which options of ours they set, and which are known but do nothing here.

Source: Kestra 1.0, configuration reference (reference ``engine.md`` §10.5).
"""

from difflib import get_close_matches

from lanner.settings.document import kebab
from lanner.settings.option import Place, places
from lanner.settings.sections import Settings

# Keys of Kestra 1.0 to 2.0 that Lanner knows and does not follow (yet). An entry covers what is below it.
WITHOUT_EFFECT = (
    "kestra.ai",
    "kestra.anonymous-usage-report",
    "kestra.async-operations",
    "kestra.configurations.delete-files-on-start",
    "kestra.controller",
    "kestra.ee",
    "kestra.elasticsearch",
    "kestra.heartbeat",
    "kestra.indexer",
    "kestra.jdbc",
    "kestra.kafka",
    "kestra.kill-switch",
    "kestra.listeners",
    "kestra.local-files.enable-preview",
    "kestra.metrics",
    "kestra.plugins.configurations",
    "kestra.plugins.local-repository-path",
    "kestra.plugins.management",
    "kestra.plugins.repositories",
    "kestra.queue",
    "kestra.repository",
    "kestra.retries",
    "kestra.secret",
    "kestra.security",
    "kestra.server.basic-auth.enabled",
    "kestra.server.basic-auth.open-urls",
    "kestra.server.liveness",
    "kestra.server.preview",
    "kestra.server.service",
    "kestra.server.termination-grace-period",
    "kestra.server.worker-task-restart-strategy",
    "kestra.storage",
    "kestra.system-flows",
    "kestra.tasks.scripts",
    "kestra.tasks.tmp-dir",
    "kestra.traces",
    "kestra.tutorial-flows",
    "kestra.ui",
    "kestra.ui-anonymous-usage-report",
    "kestra.variables.cache-enabled",
    "kestra.variables.cache-size",
    "kestra.variables.redacted-env-vars",
    "kestra.webserver",
    # The framework below Kestra, and its database.
    "datasources",
    "endpoints",
    "flyway",
    "jackson",
    "logger",
    "micronaut",
    "netty",
    "otel",
)

_PLACES: dict[str, Place] = {key: place for place in places(Settings) for key in place.option.kestra}


def option_of(key: str) -> Place | None:
    """Return the option that Kestra's ``key`` sets, ``None`` when there is none."""
    return _PLACES.get(key)


def keys() -> tuple[str, ...]:
    """Return Kestra's keys that set something, sorted."""
    return tuple(sorted(_PLACES))


def is_known_without_effect(key: str) -> bool:
    """Whether Kestra knows ``key`` and Lanner accepts it without doing anything."""
    return any(key == known or key.startswith(f"{known}.") for known in WITHOUT_EFFECT)


def is_kestras(key: str) -> bool:
    """Whether ``key`` stands in a tree that belongs to Kestra or to the framework below it."""
    roots = {known.partition(".")[0] for known in (*WITHOUT_EFFECT, *_PLACES)}
    return key.partition(".")[0] in roots


def nearest(key: str) -> str | None:
    """Return the known key that ``key`` was probably meant to be."""
    near = get_close_matches(key, [*_PLACES, *WITHOUT_EFFECT], n=1, cutoff=0.8)
    return near[0] if near else None


def our_key(name: str) -> str:
    """Return the key of an option in our own tree: ``basic_auth.username`` is ``lanner.basic-auth.username``."""
    return "lanner." + kebab(name)
