"""File, environment and flags: who wins, and what is said about what is wrong."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest

from lanner.model.log import Level
from lanner.settings import Settings, SettingsInvalid, load_settings
from lanner.settings.option import places
from lanner.settings.sections import RunnerChoice
from tests.house.tree import ROOT

KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def written(folder: Path, text: str) -> Path:
    path = folder / "application.yml"
    path.write_text(text, encoding="utf-8")
    return path


def value_of(settings: Settings, name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def problems_of(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path, environ=environ or {})
    return [str(problem) for problem in caught.value.problems]


def notices_of(path: Path) -> list[str]:
    return [str(notice).removeprefix(f"{path}:") for notice in load_settings(path, environ={}).notices]


def test_without_anything_the_defaults_hold() -> None:
    loaded = load_settings(environ={})
    assert loaded.settings == Settings()
    assert (loaded.settings.server.host, loaded.settings.server.port) == ("127.0.0.1", 8080)
    assert loaded.notices == ()


def test_flag_wins_over_environment_and_environment_over_file(tmp_path: Path) -> None:
    path = written(tmp_path, "lanner: {server: {host: a.example, port: 1}, worker: {threads: 1}}")
    environ = {"LANNER_SERVER__PORT": "2", "LANNER_WORKER__THREADS": "2"}
    settings = load_settings(
        path, environ=environ, flags={"worker.threads": ("--worker-thread", 3), "server.port": ("--port", None)}
    ).settings
    assert (settings.server.host, settings.server.port, settings.worker.threads) == ("a.example", 2, 3)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("micronaut: {server: {port: 9000}}", "server.port", 9000),
        ("micronaut.server.port: 9000", "server.port", 9000),
        ("micronaut: {server: {host: 0.0.0.0}}", "server.host", "0.0.0.0"),
        ("endpoints: {all: {port: 8081}}", "server.management_port", 8081),
        ("kestra: {url: 'https://k.example/'}", "server.url", "https://k.example/"),
        ("kestra: {server: {basic-auth: {username: a@b.c}}}", "basic_auth.username", "a@b.c"),
        ("kestra: {server: {basicAuth: {password: Secret123}}}", "basic_auth.password", "Secret123"),
        (f"kestra: {{encryption: {{secret-key: {KEY}}}}}", "encryption.secret_key", KEY),
        ("kestra: {variables: {env-vars-prefix: MY_}}", "variables.env_prefix", "MY_"),
        ("kestra: {variables: {globals: {aB: {c_d: 1}}}}", "variables.globals", {"aB": {"c_d": 1}}),
        ("kestra: {variables: {recursive-rendering: true}}", "variables.recursive_rendering", True),
        ("kestra: {storage: {type: local, local: {base-path: /var/k}}}", "storage.base_path", Path("/var/k")),
        ("kestra: {environment: {name: production, color: '#f00'}}", "environment.name", "production"),
        ("kestra: {server: {preview: {max-rows: 7}}}", "preview.max_rows", 7),
        ("kestra: {hidden-labels: {prefixes: [a.]}}", "labels.hidden_prefixes", ("a.",)),
        ("kestra: {system-flows: {namespace: sys}}", "system.namespace", "sys"),
        ("lanner: {scripts: {default-runner: Docker}}", "scripts.default_runner", RunnerChoice.DOCKER),
        ("lanner: {logs: {level: warn}}", "logs.level", Level.WARN),
    ],
)
def test_each_key_sets_its_option_without_a_word(tmp_path: Path, text: str, name: str, expected: object) -> None:
    loaded = load_settings(written(tmp_path, text), environ={})
    assert value_of(loaded.settings, name) == expected
    assert loaded.notices == ()


@pytest.mark.parametrize("tree", ["plugins", "tasks"])
def test_plugin_defaults_are_taken_as_kestra_writes_them(tmp_path: Path, tree: str) -> None:
    path = written(
        tmp_path, f"kestra:\n  {tree}:\n    defaults:\n      - type: io.kestra\n        values: {{logLevel: DEBUG}}\n"
    )
    (default,) = load_settings(path, environ={}).settings.plugins.defaults
    assert (default.type, default.forced, default.values) == ("io.kestra", False, {"logLevel": "DEBUG"})


def test_a_real_application_yml_of_kestra_starts_and_names_what_does_nothing(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """\
datasources:
  postgres:
    url: jdbc:postgresql://postgres:5432/kestra
    username: ${DB_USER:kestra}
kestra:
  server:
    basicAuth:
      username: "admin@kestra.io"
      password: Admin1234
  repository:
    type: postgres
  storage:
    type: local
    local:
      basePath: "/app/storage"
  queue:
    type: postgres
  tasks:
    tmpDir:
      path: /tmp/kestra-wd/tmp
  url: http://localhost:8080/
""",
    )
    assert notices_of(path) == [
        "3: datasources.postgres.url: accepted, has no effect yet",
        "4: datasources.postgres.username: accepted, has no effect yet",
        "11: kestra.repository.type: accepted, has no effect yet",
        "17: kestra.queue.type: accepted, has no effect yet",
        "20: kestra.tasks.tmp-dir.path: accepted, has no effect yet",
    ]


def test_another_storage_than_the_local_one_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "kestra: {storage: {type: s3, s3: {bucket: b}}}")
    assert notices_of(path) == [
        "1: kestra.storage.type: accepted, has no effect yet",
        "1: kestra.storage.s3.bucket: accepted, has no effect yet",
    ]


def test_an_unknown_key_of_kestra_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    path = written(tmp_path, "kestra:\n  variables:\n    global: {a: b}\n")
    assert notices_of(path) == [
        "3: kestra.variables.global.a: unknown key, left out; did you mean 'kestra.variables.globals'?"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "lanner:\n  server:\n    prot: 1\n",
            ":3: lanner.server.prot: unknown option; did you mean 'lanner.server.port'?",
            id="a typo in our tree",
        ),
        pytest.param(
            "\nlanner:\n  server: 8080\n", ":3: lanner.server: 8080 is no map of options", id="a value for a section"
        ),
        pytest.param(
            "lanner:\n  server:\n    port: many\n",
            ":3: lanner.server.port: 'many' is not allowed: input should be a valid integer, unable to parse string as "
            "an integer; allowed: a whole number from 0 to 65535, 0 for any free port",
            id="a text for a number",
        ),
        pytest.param(
            "kestra:\n  encryption:\n    secret-key: c2hvcnQ=\n",
            ":3: lanner.encryption.secret-key: the value is not allowed: it has 5 bytes; "
            "allowed: 16, 24 or 32 bytes as base64",
            id="a key of the wrong size, which is not repeated",
        ),
        pytest.param(
            "lanner:\n  scripts:\n    default-runner: kubernetes\n",
            ":3: lanner.scripts.default-runner: 'kubernetes' is not allowed: input should be 'auto', 'docker' or "
            "'process'; allowed: auto, docker or process",
            id="another word",
        ),
        pytest.param(
            "servr:\n  port: 1\n",
            ":2: servr.port: unknown key; allowed at the top: lanner (our own keys), kestra, micronaut, endpoints, "
            "datasources, logger",
            id="an unknown tree",
        ),
        pytest.param("a: [1,\n", ":2: not YAML: did not find expected node content", id="no YAML"),
        pytest.param("- a\n", ":1: settings are a map of keys to values", id="a list"),
        pytest.param(
            "kestra:\n  url: ${HOST_NAME}\n",
            ":2: kestra.url: ${HOST_NAME} needs the environment variable HOST_NAME, which is not set",
            id="a variable that is not set",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_what_is_allowed(tmp_path: Path, text: str, expected: str) -> None:
    path = written(tmp_path, text)
    assert problems_of(path) == [f"{path}{expected}"]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.yml"
    assert problems_of(path) == [f"{path}: the file cannot be read: No such file or directory"]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "lanner:\n  server:\n    port: -1\n    hots: a\n  worker:\n    threads: 0\n")
    found = problems_of(path, {"LANNER_LOGS__LEVEL": "loud"})
    assert [problem.partition(" is ")[0].partition(": unknown")[0] for problem in found] == [
        f"{path}:4: lanner.server.hots",
        f"{path}:3: lanner.server.port: -1",
        f"{path}:6: lanner.worker.threads: 0",
        "LANNER_LOGS__LEVEL: lanner.logs.level: 'LOUD'",
    ]


def test_an_unknown_variable_of_a_section_is_a_mistake() -> None:
    assert problems_of(None, {"LANNER_SERVER__PRT": "1"}) == [
        "LANNER_SERVER__PRT: unknown option; did you mean 'LANNER_SERVER__PORT'?"
    ]


def test_an_unknown_variable_elsewhere_is_only_named() -> None:
    loaded = load_settings(environ={"LANNER_LAPTOP": "1", "LANNER_CONFIG": "x", "PATH": "/bin"})
    assert [notice.origin.name for notice in loaded.notices] == ["LANNER_LAPTOP"]


def test_a_variable_for_a_map_holds_json_and_an_empty_one_counts_as_not_set() -> None:
    environ = {"LANNER_VARIABLES__GLOBALS": '{"a": [1]}', "LANNER_SERVER__PORT": ""}
    settings = load_settings(environ=environ).settings
    assert (settings.variables.globals, settings.server.port) == ({"a": [1]}, 8080)


def test_values_of_a_file_may_come_from_the_environment(tmp_path: Path) -> None:
    path = written(
        tmp_path, "kestra: {url: 'http://${HOST_NAME}:${HOST_PORT:80}', variables: {globals: {h: '${HOST_NAME}'}}}"
    )
    settings = load_settings(path, environ={"HOST_NAME": "h.example"}).settings
    assert (settings.server.url, settings.variables.globals) == ("http://h.example:80", {"h": "h.example"})


def test_an_option_that_is_set_twice_is_named_and_the_last_one_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "lanner: {server: {port: 1}}\nmicronaut.server.port: 2\n")
    assert load_settings(path, environ={}).settings.server.port == 2
    assert notices_of(path) == [f"1: lanner.server.port: is set again at {path}:2, which counts"]


def test_merged_maps_of_yaml_are_merged(tmp_path: Path) -> None:
    path = written(tmp_path, "lanner:\n  <<: {worker: {threads: 4}}\n")
    assert load_settings(path, environ={}).settings.worker.threads == 4


def test_an_empty_file_and_empty_sections_change_nothing(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, ""), environ={}).settings == Settings()
    assert load_settings(written(tmp_path, "lanner:\n  server:\n"), environ={}).settings == Settings()


def test_data_lies_below_xdg_data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    settings = Settings()
    assert settings.data_dir == tmp_path / "lanner"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    assert Settings().data_dir == Path.home() / ".local" / "share" / "lanner"


def test_no_secret_is_in_the_text_of_the_settings() -> None:
    environ = {"LANNER_BASIC_AUTH__PASSWORD": "Secret123", "LANNER_ENCRYPTION__SECRET_KEY": KEY}
    text = repr(load_settings(environ=environ).settings)
    assert "Secret123" not in text
    assert KEY not in text


@pytest.mark.parametrize("place", list(places(Settings)), ids=lambda place: place.name)
def test_each_option_is_read_by_what_starts_the_house(place: Any) -> None:
    section, _, key = place.name.rpartition(".")
    source = ROOT / "src" / "lanner"
    readers = [*(source / "wiring").glob("*.py"), source / "cli" / "server_log.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in readers)
    wanted = rf"settings\.{section}\.{key}\b" if section not in {"", "logs"} else rf"settings\.{key}\b"
    assert re.search(wanted, text)


@pytest.mark.parametrize("place", list(places(Settings)), ids=lambda place: place.name)
def test_each_option_is_documented(place: Any) -> None:
    assert place.description.endswith(".")
    assert place.option.allowed
    assert place.option.since
