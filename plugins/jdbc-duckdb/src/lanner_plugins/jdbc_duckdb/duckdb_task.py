"""What Query and Queries share: the database, its files, and how rows are fetched."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner.sdk.task import RunnableTask, TaskFailed
from lanner_plugins.core.files.working_files import fetch, inside, write_input_files
from lanner_plugins.jdbc_duckdb.statements import FetchType, Runner

if TYPE_CHECKING:
    import duckdb

SCHEME = "jdbc:duckdb:"
MEMORY = ":memory:"


class DuckDbTask(RunnableTask):
    """What the DuckDB tasks share."""

    sql: Property[str]
    """The SQL. `{{ workingDir }}` is the folder of the input files, `{{ outputFiles.name }}` a path to write to."""
    parameters: Property[dict[str, Any]] | None = None
    """Values of the parameters that the SQL names, such as `:name`."""
    fetch_type: Property[FetchType] = default(FetchType.NONE)
    """What to do with the rows: NONE, FETCH all into the outputs, FETCH_ONE, or STORE them in a file."""
    fetch: bool = False
    """Deprecated: use `fetchType: FETCH`."""
    fetch_one: bool = False
    """Deprecated: use `fetchType: FETCH_ONE`."""
    store: bool = False
    """Deprecated: use `fetchType: STORE`."""
    fetch_size: Property[int] = default(10_000)
    """How many rows to take from the database at once."""
    time_zone_id: Property[str] | None = None
    """Time zone of timestamps without one; the server's when absent."""
    url: Property[str] = default(SCHEME)
    """The database: `jdbc:duckdb:` for one in memory, or with the absolute path of a file or `md:…` behind it."""
    username: Property[str] | None = None
    """Accepted and ignored."""
    password: Property[str] | None = None
    """Accepted and ignored."""
    connection_pooling: Property[bool] | None = None
    """Accepted and ignored: each task has a connection of its own."""
    connection_pool_size: Property[int] | None = None
    """Accepted and ignored."""
    input_files: Any = None
    """Files that the SQL finds by name: a map of name to content or storage URI, or JSON text of one."""
    output_files: Property[list[str]] | None = None
    """Names of files to write to and store; the path of each is `{{ outputFiles.name }}`."""
    database_uri: Property[str] | None = None
    """A stored database file to open."""
    output_db_file: Property[bool] = default(False)
    """Store the database file afterwards."""
    community_extensions: Property[list[str]] | None = None
    """Community extensions to install and load; one that cannot be is a warning."""

    @contextmanager
    def session(self, context: RunContext) -> Iterator[tuple[Runner, dict[str, Any]]]:
        """Open the database; yields what runs statements, and the variables that the SQL sees besides the others."""
        database = self._database(context)
        extra: dict[str, Any] = {"workingDir": str(context.working_dir)}
        if database != MEMORY:
            extra["dbFilePath"] = database
        if self.input_files is not None:
            extra["inputFiles"] = write_input_files(context, self.input_files, extra)
        extra["outputFiles"] = {name: str(path) for name, path in self._output_paths(context)}
        parameters = context.render(self.parameters, **extra)
        with _connected(context, database) as connection:
            self._load_extensions(context, connection)
            yield (
                Runner(
                    context=context,
                    connection=connection,
                    fetch_type=self._fetch_type(context),
                    parameters=parameters or {},
                    zone=_zone(context.render(self.time_zone_id)),
                    fetch_rows=context.render(self.fetch_size),
                ),
                extra,
            )

    def stored_files(self, context: RunContext, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Store output files and database, once the connection is closed; returns both outputs."""
        stored = {}
        for name, path in extra["outputFiles"].items():
            if Path(path).is_file():
                stored[name] = context.files.put(Path(path), name=name.replace("/", "-"))
            else:
                context.log.warn(f"the SQL has not written the output file {name!r} ({path})")
        uri = None
        if context.render(self.output_db_file):
            uri = context.files.put(Path(extra["dbFilePath"]), name="database.db")
        return {"output_files": stored, "database_uri": uri}

    def count(self, context: RunContext, size: int) -> None:
        """Publish how many rows were fetched."""
        kind = self._fetch_type(context)
        is_fetched = kind in (FetchType.FETCH, FetchType.FETCH_ONE)
        tags = {"fetch": str(is_fetched).lower(), "store": str(kind is FetchType.STORE).lower()}
        context.counter("fetch.size", size, **tags)

    def _fetch_type(self, context: RunContext) -> FetchType:
        old = {FetchType.FETCH: self.fetch, FetchType.FETCH_ONE: self.fetch_one, FetchType.STORE: self.store}
        return next((kind for kind, is_set in old.items() if is_set), None) or context.render(self.fetch_type)

    def _database(self, context: RunContext) -> str:
        url = context.render(self.url).strip()
        if not url:
            raise TaskFailed("Rendered value of url is blank")
        if not url.startswith(SCHEME):
            raise TaskFailed(f"URL scheme is invalid: {url!r} does not begin with {SCHEME!r}")
        place = url.removeprefix(SCHEME)
        if self.database_uri is not None:
            path = context.working_dir / "database.db"
            fetch(context, context.render(self.database_uri), path)
            return str(path)
        if place in ("", MEMORY):
            return str(context.working_dir / "database.db") if context.render(self.output_db_file) else MEMORY
        if not place.startswith(("/", "md:")):
            raise TaskFailed(f"the path {place!r} of the database file in `url` must be absolute")
        return place

    def _output_paths(self, context: RunContext) -> Iterator[tuple[str, Path]]:
        for name in context.render(self.output_files) or ():
            path = inside(context.working_dir / "output-files", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            yield name, path

    def _load_extensions(self, context: RunContext, connection: "duckdb.DuckDBPyConnection") -> None:
        import duckdb  # noqa: PLC0415  # slow to import

        for name in context.render(self.community_extensions) or ():
            if not name.isidentifier():
                raise TaskFailed(f"{name!r} is not the name of an extension")
            try:
                connection.execute(f"INSTALL {name} FROM community")
                connection.execute(f"LOAD {name}")
            except duckdb.Error as error:
                context.log.warn(f"the DuckDB extension {name!r} cannot be loaded: {error}")


@contextmanager
def _connected(context: RunContext, database: str) -> Iterator["duckdb.DuckDBPyConnection"]:
    import duckdb  # noqa: PLC0415  # slow to import

    folder = str(context.working_dir)
    config: dict[str, Any] = {} if database.startswith("md:") else {"temp_directory": f"{folder}/.spilled"}
    for option, setting in (("duckdb.memory-limit", "memory_limit"), ("duckdb.threads", "threads")):
        value = context.option(option)
        if value is not None:
            config[setting] = value
    try:
        connection = duckdb.connect(database, config=config)
    except duckdb.Error as error:
        raise TaskFailed(f"the database cannot be opened: {error}") from error
    closed = threading.Event()
    context.on_kill(lambda: threading.Thread(target=_interrupt, args=(connection, closed), daemon=True).start())
    with connection:
        connection.execute("SET file_search_path = '" + folder.replace("'", "''") + "'")
        try:
            yield connection
        finally:
            closed.set()


def _interrupt(connection: "duckdb.DuckDBPyConnection", closed: threading.Event) -> None:
    """Interrupt until the task has noticed: what comes between two statements has no effect."""
    while not closed.is_set():
        connection.interrupt()
        closed.wait(0.05)


def _zone(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise TaskFailed(f"{name!r} is not the name of a time zone") from error
