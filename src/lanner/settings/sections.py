"""Every option there is, with its unit, default and what it means."""

import base64
import binascii
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from lanner.model.log import Level
from lanner.sdk.definition import PluginDefault
from lanner.sdk.text import parse_duration
from lanner.settings.option import Option, Section, places

_PORT = "a whole number from 0 to 65535, 0 for any free port"
_SWITCH = "true or false"


def default_data_dir() -> Path:
    """Return ``$XDG_DATA_HOME/lanner``, which is ``~/.local/share/lanner`` unless the variable is set."""
    home = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".local" / "share") / "lanner"


def default_cache_dir() -> Path:
    """Return ``$XDG_CACHE_HOME/lanner``, which is ``~/.cache/lanner`` unless the variable is set."""
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path.home() / ".cache") / "lanner"


def default_threads() -> int:
    """Return eight threads for each CPU that this process may use."""
    return 8 * len(os.sched_getaffinity(0))


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _aes_key(value: str) -> str:
    try:
        size = len(base64.b64decode("".join(value.split()), validate=True))
    except (binascii.Error, ValueError):
        raise ValueError("it is not base64") from None
    if size not in {16, 24, 32}:
        raise ValueError(f"it has {size} bytes")
    return value


def _duration(value: str) -> str:
    parse_duration(value)
    return value


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


Folder = Annotated[Path, AfterValidator(_absolute)]
Port = Annotated[int, Field(ge=0, le=65535)]


class ServerSettings(Section):
    """Where the server listens."""

    host: Annotated[
        str, Field(min_length=1), Option(allowed="a host name or an IP address", kestra=("micronaut.server.host",))
    ] = "127.0.0.1"
    """Address to listen on. Only this machine can reach the default; `0.0.0.0` opens the server to the network."""
    port: Annotated[Port, Option(allowed=_PORT, kestra=("micronaut.server.port",))] = 8080
    """Port of the web UI and the API."""
    management_port: Annotated[
        Port | None, Option(allowed=_PORT, kestra=("endpoints.all.port",), default="none: no second port")
    ] = None
    """Second port, for probes that ask for `/health` where Kestra has it (8081). It answers nothing else."""
    url: Annotated[
        str | None,
        Field(pattern=r"^https?://[^\s/]+"),
        Option(allowed="a URL that begins with http:// or https://", kestra=("kestra.url",), default="none"),
    ] = None
    """Address under which people reach the server; links that Lanner writes begin with it."""


class BasicAuthSettings(Section):
    """The login. While there is none, the server asks the first visitor to set it."""

    username: Annotated[
        str | None, Option(allowed="an e-mail address", kestra=("kestra.server.basic-auth.username",), default="none")
    ] = None
    """Name to log in with."""
    password: Annotated[
        str | None,
        Field(repr=False),
        Option(
            allowed="8 to 256 characters with a lower case letter, an upper case letter and a digit",
            kestra=("kestra.server.basic-auth.password",),
            secret=True,
            default="none",
        ),
    ] = None
    """Password to log in with."""
    realm: Annotated[str, Option(allowed="text", kestra=("kestra.server.basic-auth.realm",))] = "Kestra"
    """What a browser calls the server when it asks for the login."""


class EnvironmentSettings(Section):
    """How people tell this server from others."""

    name: Annotated[str | None, Option(allowed="text", kestra=("kestra.environment.name",), default="none")] = None
    """Name, for example `production`: `kestra.environment.name` in expressions, and shown in the web UI."""
    color: Annotated[
        str | None, Option(allowed="a colour as CSS writes it", kestra=("kestra.environment.color",), default="none")
    ] = None
    """Colour of the name in the web UI."""


class StorageSettings(Section):
    """Internal storage: the files that executions read and write."""

    base_path: Annotated[
        Folder | None,
        Option(allowed="a folder", kestra=("kestra.storage.local.base-path",), default="`storage` in the data folder"),
    ] = None
    """Folder of the files."""


class LocalFilesSettings(Section):
    """Files of this machine that flows may name by `file:///…`."""

    allowed_paths: Annotated[
        tuple[Folder, ...],
        Option(allowed="a list of folders or files", kestra=("kestra.local-files.allowed-paths",), default="none"),
    ] = ()
    """What flows may read, with everything below it; links that lead elsewhere are refused."""


class PreviewSettings(Section):
    """The preview of files in internal storage."""

    initial_rows: Annotated[
        int,
        Field(ge=1),
        Option(allowed="a whole number from 1", unit="rows", kestra=("kestra.server.preview.initial-rows",)),
    ] = 100
    """How much a preview shows when nobody asks for more."""
    max_rows: Annotated[
        int,
        Field(ge=1),
        Option(allowed="a whole number from 1", unit="rows", kestra=("kestra.server.preview.max-rows",)),
    ] = 5_000
    """How much a preview shows at most."""


class LabelsSettings(Section):
    """Labels of flows and executions."""

    hidden_prefixes: Annotated[
        tuple[str, ...], Option(allowed="a list of texts", kestra=("kestra.hidden-labels.prefixes",))
    ] = ("system.", "internal.")
    """Labels whose keys begin so are not shown."""


class SystemSettings(Section):
    """Flows that keep the server itself in order."""

    namespace: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9._-]*$"),
        Option(allowed="a namespace", kestra=("kestra.system-flows.namespace",)),
    ] = "system"
    """Namespace of those flows; lists leave it out unless it is asked for."""


class EncryptionSettings(Section):
    """What SECRET inputs and outputs are encrypted with."""

    secret_key: Annotated[
        str | None,
        Field(repr=False),
        AfterValidator(lambda value: value if value is None else _aes_key(value)),
        Option(
            allowed="16, 24 or 32 bytes as base64",
            kestra=("kestra.encryption.secret-key",),
            secret=True,
            default="none: flows with SECRET inputs or outputs fail",
        ),
    ] = None
    """AES key. A server that changes it cannot read what it encrypted before."""


class SecretsSettings(Section):
    """Secrets beside those kept in the store and the environment variables `SECRET_NAME`, which hold base64."""

    file: Annotated[Folder | None, Option(allowed="a file or a folder", default="none")] = None
    """YAML file with a name and a value on each line, or a folder with a file for each secret."""


class VariablesSettings(Section):
    """What expressions can see."""

    env_prefix: Annotated[str, Option(allowed="text", kestra=("kestra.variables.env-vars-prefix",))] = "ENV_"
    """Environment variables with this prefix are `envs.*` in expressions, without the prefix and in lower case."""
    globals: Annotated[
        dict[str, Any], Option(allowed="a map of names to values", kestra=("kestra.variables.globals",))
    ] = Field(default_factory=dict)
    """Values that every flow sees as `globals.*`."""
    recursive_rendering: Annotated[bool, Option(allowed=_SWITCH, kestra=("kestra.variables.recursive-rendering",))] = (
        False
    )
    """Render what an expression gives once more, until it holds no expression."""


class PluginsSettings(Section):
    """What holds for the plugins of all flows."""

    defaults: Annotated[
        tuple[PluginDefault, ...],
        Option(
            allowed="a list of maps with `type`, `values` and, if wanted, `forced`",
            kestra=("kestra.plugins.defaults", "kestra.tasks.defaults"),
        ),
    ] = ()
    """Values for properties of tasks and triggers by type, as `pluginDefaults` in a flow; a flow's own win."""


class RunnerChoice(StrEnum):
    """Where scripts run that name no task runner."""

    AUTO = "auto"
    DOCKER = "docker"
    PROCESS = "process"


class ScriptsSettings(Section):
    """How script tasks run."""

    default_runner: Annotated[RunnerChoice, BeforeValidator(_lower), Option(allowed="auto, docker or process")] = (
        RunnerChoice.AUTO
    )
    """Runner of script tasks without `taskRunner`: `docker` a container, `process` a child process of the server, \
`auto` a container where a Docker daemon answers and a child process elsewhere."""
    cache_dir: Annotated[Folder, Option(allowed="a folder", default="`$XDG_CACHE_HOME/lanner`")] = Field(
        default_factory=default_cache_dir
    )
    """Folder that keeps the Python environments of scripts with `dependencies`."""
    kill_grace_period: Annotated[
        str, AfterValidator(_duration), Option(allowed="a duration such as PT5S", unit="ISO 8601 duration")
    ] = "PT5S"
    """How long the processes of a killed or timed out script may take to end before they are ended by force."""


class DuckdbSettings(Section):
    """What one DuckDB query may use."""

    memory_limit: Annotated[
        str | None,
        Field(pattern=r"^\d+(\.\d+)? ?([KMGT]i?B|%)$"),
        Option(allowed="a size such as 512MB, 2GiB or 50%", default="80 % of the memory"),
    ] = None
    """Memory of a query; what does not fit is put on disk in the task's folder."""
    threads: Annotated[
        int | None,
        Field(ge=1),
        Option(allowed="a whole number from 1", unit="threads", default="one for each CPU"),
    ] = None
    """Threads of a query."""


class WorkerSettings(Section):
    """What runs tasks."""

    threads: Annotated[
        int, Field(ge=1), Option(allowed="a whole number from 1", unit="threads", default="8 for each CPU")
    ] = Field(default_factory=default_threads)
    """How many tasks may run at the same time."""


class MissedSchedules(StrEnum):
    """What becomes of dates that passed while a schedule could not start anything."""

    ALL = "ALL"
    LAST = "LAST"
    NONE = "NONE"


class TriggersSettings(Section):
    """What starts executions by itself."""

    recover_missed_schedules: Annotated[
        MissedSchedules, BeforeValidator(_upper), Option(allowed="ALL, LAST or NONE")
    ] = MissedSchedules.ALL
    """Of schedules without `recoverMissedSchedules`: run every date missed while the server was down or the execution \
before ran, only the last of them, or none."""


class TemplatesSettings(Section):
    """Templates: lists of tasks kept apart from flows, as old flows of Kestra use them."""

    enabled: Annotated[bool, Option(allowed=_SWITCH, kestra=("kestra.templates.enabled",))] = False
    """Whether flows may use the `Template` task. Kestra 2.0 has none: a `Subflow` does more."""


class LogFormat(StrEnum):
    """How the server writes its own log."""

    TEXT = "text"
    JSON = "json"


class LogsSettings(Section):
    """The server's own log, on standard error."""

    level: Annotated[Level, BeforeValidator(_upper), Option(allowed="TRACE, DEBUG, INFO, WARN or ERROR")] = Level.INFO
    """Least important lines to write."""
    format: Annotated[LogFormat, BeforeValidator(_lower), Option(allowed="text or json")] = LogFormat.TEXT
    """`text` for people, `json` for one JSON object on each line."""


class Settings(Section):
    """All options. Frozen: a server reads them once, at its start."""

    data_dir: Annotated[Folder, Option(allowed="a folder", default="`$XDG_DATA_HOME/lanner`")] = Field(
        default_factory=default_data_dir
    )
    """Folder of everything a server keeps: the database and, unless told otherwise, the internal storage."""
    server: ServerSettings = Field(default_factory=ServerSettings)
    basic_auth: BasicAuthSettings = Field(default_factory=BasicAuthSettings)
    environment: EnvironmentSettings = Field(default_factory=EnvironmentSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    local_files: LocalFilesSettings = Field(default_factory=LocalFilesSettings)
    preview: PreviewSettings = Field(default_factory=PreviewSettings)
    labels: LabelsSettings = Field(default_factory=LabelsSettings)
    system: SystemSettings = Field(default_factory=SystemSettings)
    encryption: EncryptionSettings = Field(default_factory=EncryptionSettings)
    secrets: SecretsSettings = Field(default_factory=SecretsSettings)
    variables: VariablesSettings = Field(default_factory=VariablesSettings)
    plugins: PluginsSettings = Field(default_factory=PluginsSettings)
    scripts: ScriptsSettings = Field(default_factory=ScriptsSettings)
    duckdb: DuckdbSettings = Field(default_factory=DuckdbSettings)
    worker: WorkerSettings = Field(default_factory=WorkerSettings)
    triggers: TriggersSettings = Field(default_factory=TriggersSettings)
    templates: TemplatesSettings = Field(default_factory=TemplatesSettings)
    logs: LogsSettings = Field(default_factory=LogsSettings)

    def flat(self) -> dict[str, Any]:
        """Return each option as plain data under its name in kebab-case, as in ``scripts.default-runner``."""
        document = self.model_dump(mode="json")
        values: dict[str, Any] = {}
        for place in places(Settings):
            section, _, name = place.name.rpartition(".")
            values[place.name.replace("_", "-")] = (document[section] if section else document)[name]
        return values
