"""The flows about data in the release notes of Kestra 0.24 and 1.0, with other hosts and folders."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.api.house import YAML, House, house

pytestmark = pytest.mark.anyio

SHOP: dict[str, Any] = {
    "/products/categories": [{"slug": "beauty", "name": "Beauty"}, {"slug": "laptops", "name": "Laptops"}],
    "/products/category/laptops": {"products": [{"title": "Zenbook"}, {"title": "MateBook"}]},
    "/products/category/beauty": {"products": [{"title": "Mascara"}]},
}


class Shop(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the parent class
        """Keep quiet."""

    def do_GET(self) -> None:  # the name that the parent class calls
        body = json.dumps(SHOP[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


async def save(server: House, source: str) -> None:
    answer = await server.client.post("/api/v1/main/flows", content=source, headers=YAML)
    assert answer.status_code == 200, answer.text


async def run(server: House, path: str, **inputs: str) -> dict[str, Any]:
    files = {name: (None, value) for name, value in inputs.items()} or None
    answer = await server.client.post(f"/api/v1/main/executions/{path}?wait=true", files=files)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def log(server: House, execution: dict[str, Any], level: str = "INFO") -> list[str]:
    lines = await server.get(f"/logs/{execution['id']}?minLevel={level}")
    return [line["message"].strip() for line in lines]


async def put(server: House, namespace: str, path: str, content: str) -> None:
    answer = await server.client.post(
        f"/api/v1/main/namespaces/{namespace}/files", params={"path": path}, files={"fileContent": ("f", content)}
    )
    assert answer.status_code == 200, answer.text


DROPDOWNS = """id: dynamic_dropdowns
namespace: company.team
inputs:
  - id: category
    type: SELECT
    expression: "{{ http(uri = 'HOST/products/categories') | jq('.[].slug') }}"
  - id: product
    type: SELECT
    dependsOn:
      inputs:
        - category
    expression: "{{ http(uri = 'HOST/products/category/' + inputs.category) | jq('.products[].title') }}"
tasks:
  - id: display_selection
    type: io.kestra.plugin.core.log.Log
    message: |
      You selected Category: {{ inputs.category }}
      And Product: {{ inputs.product }}
"""


async def test_dropdowns_take_their_options_from_a_service(server: House) -> None:
    with shop() as host:
        await save(server, DROPDOWNS.replace("HOST", host))
        answer = await server.client.post(
            "/api/v1/main/executions/company.team/dynamic_dropdowns/validate", files={"category": (None, "laptops")}
        )
        category, product = answer.json()["inputs"]
        assert category["input"]["values"] == ["beauty", "laptops"]
        assert product["input"]["values"] == ["Zenbook", "MateBook"]
        execution = await run(server, "company.team/dynamic_dropdowns", category="laptops", product="MateBook")
        assert await log(server, execution) == ["You selected Category: laptops\nAnd Product: MateBook"]
        answer = await server.client.post(
            "/api/v1/main/executions/company.team/dynamic_dropdowns",
            files={"category": (None, "beauty"), "product": (None, "MateBook")},
        )
        assert answer.status_code == 422
        assert "Invalid input for `product`, it must match the values `[Mascara]`" in answer.json()["message"]


PROTOCOL = """id: protocol
namespace: company.team
tasks:
  - id: inline_file
    type: io.kestra.plugin.scripts.python.Commands
    inputFiles:
      hello.py: |
        x = "Hello world!"
        print(x)
  - id: local_file
    type: io.kestra.plugin.scripts.python.Commands
    inputFiles:
      hello.py: file://SCRIPTS/hello.py
  - id: namespace_file_from_the_same_namespace
    type: io.kestra.plugin.scripts.python.Commands
    inputFiles:
      hello.py: nsfile:///scripts/hello.py
  - id: namespace_file_from_other_namespace
    type: io.kestra.plugin.scripts.python.Commands
    inputFiles:
      hello.py: nsfile://company/scripts/hello.py
pluginDefaults:
  - type: io.kestra.plugin.scripts.python.Commands
    values:
      taskRunner:
        type: io.kestra.plugin.core.runner.Process
      commands:
        - python hello.py
"""


async def test_scripts_come_by_every_protocol(tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "hello.py").write_text("print('local')")
    async with house(tmp_path / "data", local_files={"allowed_paths": [scripts]}) as server:
        await put(server, "company.team", "scripts/hello.py", "print('own')")
        await put(server, "company", "scripts/hello.py", "print('other')")
        await save(server, PROTOCOL.replace("SCRIPTS", str(scripts)))
        execution = await run(server, "company.team/protocol")
        assert execution["state"]["current"] == "SUCCESS"
        assert await log(server, execution) == ["Hello world!", "local", "own", "other"]


async def test_a_local_file_is_refused_unless_its_folder_is_allowed(server: House, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("print('local')")
    await save(server, PROTOCOL.replace("SCRIPTS", str(tmp_path)))
    execution = await run(server, "company.team/protocol")
    assert execution["state"]["current"] == "FAILED"
    (told,) = await log(server, execution, "ERROR")
    assert told == (
        f"The path {tmp_path}/hello.py is not authorized. Only files inside the working directory are allowed by "
        "default, other paths must be allowed either globally inside the Kestra configuration using the "
        "`kestra.local-files.allowed-paths` property, or by plugin using the `allowed-paths` plugin configuration."
    )


FILE_INPUT = """id: file_input
namespace: company.team
inputs:
  - id: myfile
    type: FILE
    defaults: nsfile:///hello.txt
tasks:
  - id: print_file_content
    type: io.kestra.plugin.core.log.Log
    message: "{{ read(inputs.myfile) }}"
"""


async def test_a_namespace_file_is_the_default_of_an_input(server: House) -> None:
    await put(server, "company.team", "hello.txt", "hello from the namespace")
    await save(server, FILE_INPUT)
    assert await log(server, await run(server, "company.team/file_input")) == ["hello from the namespace"]


QUERY = """id: query
namespace: company.team
tasks:
  - id: duckdb
    type: io.kestra.plugin.jdbc.duckdb.Query
    sql: "{{ read('nsfile:///query.sql') }}"
"""


async def test_a_query_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text("SELECT 2 AS found")
    async with house(tmp_path / "data", local_files={"allowed_paths": [tmp_path]}) as server:
        await put(server, "company.team", "query.sql", "SELECT 1 AS found")
        for source, found in ((QUERY, 1), (QUERY.replace("nsfile://", f"file://{tmp_path}"), 2)):
            fetching = f"{source}    fetchType: FETCH_ONE\n"
            answer = await server.client.post(
                "/api/v1/main/flows", content=fetching.replace("id: query", f"id: q{found}"), headers=YAML
            )
            assert answer.status_code == 200, answer.text
            execution = await run(server, f"company.team/q{found}")
            assert execution["taskRunList"][0]["outputs"]["row"] == {"found": found}


DEFAULTS = """id: infrastructure_workflow
namespace: company.team
inputs:
  - id: release_env
    displayName: Release Environment
    type: SELECT
    autoSelectFirst: true
    values:
      - DEV
      - TEST
      - QA
      - PROD
  - id: backup_enabled
    type: BOOL
    defaults: "{{ inputs.release_env == 'PROD' ? true : false }}"
    dependsOn:
      inputs:
        - release_env
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: dynamic default {{ inputs.backup_enabled }}
"""


async def test_a_default_follows_another_input(server: House) -> None:
    await save(server, DEFAULTS)
    first = await run(server, "company.team/infrastructure_workflow")
    assert first["inputs"] == {"release_env": "DEV", "backup_enabled": False}
    prod = await run(server, "company.team/infrastructure_workflow", release_env="PROD")
    assert await log(server, prod) == ["dynamic default true"]


PURGE = """id: purge_kv_store
namespace: system
tasks:
  - id: purge_kv
    type: io.kestra.plugin.core.kv.PurgeKV
    expiredOnly: true
triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 9 * * *" # every day at 9am
"""


async def test_expired_keys_are_purged_in_all_namespaces(server: House) -> None:
    for namespace, key, headers in (("a", "old", {"ttl": "PT0S"}), ("b", "old", {"ttl": "PT0S"}), ("b", "new", {})):
        await server.client.put(f"/api/v1/main/namespaces/{namespace}/kv/{key}", content="x", headers=headers)
    await save(server, PURGE)
    execution = await run(server, "system/purge_kv_store")
    assert execution["taskRunList"][0]["outputs"] == {"size": 2}
    assert [pair["key"] for pair in (await server.get("/kv"))["results"]] == ["new"]


MAP_DEFAULT = """id: map_default
namespace: company.team
inputs:
  - id: config
    type: JSON
    defaults:
      sum: "{{ 1 + 1 }}"
      list: ["{{ flow.id }}", 3]
tasks:
  - id: log
    type: io.kestra.plugin.core.log.Log
    message: "{{ inputs.config }}"
"""


async def test_expressions_within_a_default_give_text(server: House) -> None:
    """Source: asked of the engine 1.0.36."""
    await save(server, MAP_DEFAULT)
    execution = await run(server, "company.team/map_default")
    assert execution["inputs"] == {"config": {"sum": "2", "list": ["map_default", 3]}}


async def test_error_handlers_see_the_error_lines(server: House) -> None:
    await save(
        server,
        """\
id: handled
namespace: tests
tasks:
  - {id: broken, type: io.kestra.plugin.core.execution.Fail, errorMessage: boom}
errors:
  - id: told
    type: io.kestra.plugin.core.debug.Return
    format: "{{ errorLogs()[0].message }} {{ errorLogs()[0].taskId }} {{ errorLogs() | length }}"
""",
    )
    ended = await run(server, "tests/handled")
    assert ended["taskRunList"][-1]["outputs"] == {"value": "boom broken 1"}


async def test_a_task_that_takes_no_time_is_looked_up_in_the_cache_too(server: House) -> None:
    await save(
        server,
        """\
id: cached
namespace: tests
tasks:
  - {id: lot, type: io.kestra.plugin.core.debug.Return, format: same, taskCache: {enabled: true}}
""",
    )
    first, second = await run(server, "tests/cached"), await run(server, "tests/cached")
    assert await log(server, first) == ["Uploading a cache entry for task 'lot'"]
    assert await log(server, second) == [
        "Skipping task execution for task 'lot' as there is an existing cache entry for it"
    ]
    assert [ended["taskRunList"][0]["outputs"] for ended in (first, second)] == [{"value": "same"}] * 2


async def test_a_timeout_that_is_none_fails_a_task_that_takes_no_time(server: House) -> None:
    await save(
        server,
        """\
id: timeless
namespace: tests
tasks:
  - {id: lot, type: io.kestra.plugin.core.debug.Return, format: same, timeout: soon}
""",
    )
    assert (await run(server, "tests/timeless"))["state"]["current"] == "FAILED"
