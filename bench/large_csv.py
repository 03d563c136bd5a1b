"""One large CSV goes Download -> CsvToIon -> IonToParquet -> DuckDB query; prints rows a second and the memory it took.

python -m bench.large_csv [--megabytes 1000]
"""

import argparse
import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.client import Client
from bench.server import PASSWORD, USER, Running, server

SAMPLE_SECONDS = 0.05
LIMIT_SECONDS = 3_600
MEMORY_BUDGET_MB = 300
HEADER = "id,customer,country,amount,paid,at,note\n"
SCHEMA = """{"type": "record", "name": "Order", "fields": [
        {"name": "id", "type": "long"}, {"name": "customer", "type": "string"}, {"name": "country", "type": "string"},
        {"name": "amount", "type": "double"}, {"name": "paid", "type": "boolean"},
        {"name": "at", "type": "string"}, {"name": "note", "type": "string"}]}"""
FLOW = f"""\
id: large_csv
namespace: bench
inputs:
  - id: address
    type: STRING
tasks:
  - id: download
    type: io.kestra.plugin.core.http.Download
    uri: "{{{{ inputs.address }}}}/orders.csv"
  - id: ion
    type: io.kestra.plugin.serdes.csv.CsvToIon
    from: "{{{{ outputs.download.uri }}}}"
  - id: parquet
    type: io.kestra.plugin.serdes.parquet.IonToParquet
    from: "{{{{ outputs.ion.uri }}}}"
    compressionCodec: SNAPPY
    schema: |
      {SCHEMA}
  - id: query
    type: io.kestra.plugin.jdbc.duckdb.Query
    inputFiles:
      orders.parquet: "{{{{ outputs.parquet.uri }}}}"
    sql: |
      SELECT country, count(*) AS orders, sum(amount) AS total
      FROM read_parquet('{{{{ workingDir }}}}/orders.parquet') WHERE paid GROUP BY country ORDER BY total DESC
    fetchType: FETCH
"""


def part_of(first: int, count: int) -> bytes:
    """Return some rows of the file."""
    return "".join(
        f"{row},customer {row % 9973},{('FR', 'DE', 'IT', 'ES')[row % 4]},{row % 1000}.{row % 100:02d},"
        f'{"true" if row % 3 else "false"},2026-01-{row % 28 + 1:02d}T08:00:00Z,"note {row}, with a comma and text"\n'
        for row in range(first, first + count)
    ).encode()


@contextmanager
def file_server(megabytes: int) -> Iterator[tuple[str, list[int]]]:
    """Serve a CSV of about this size, made while it is sent; the list gets the number of its rows."""
    rows: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.end_headers()
            sent = self.wfile.write(HEADER.encode())
            count = 0
            while sent < megabytes * 1_000_000:
                # The same numbers again and again: making them must not be what is measured.
                sent += self.wfile.write(PART)
                count += ROWS_OF_PART
            rows.append(count)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the method it replaces
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}", rows
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


ROWS_OF_PART = 20_000
PART = part_of(0, ROWS_OF_PART)


async def play(running: Running, address: str) -> tuple[dict[str, float], float]:
    """Run the flow; return the seconds of each task and the most memory in MB."""
    client = Client(running.url, USER, PASSWORD)
    await client.put_flow(FLOW)
    execution = await client.start("large_csv", address=address)
    peak, began = 0.0, time.monotonic()
    while True:
        peak = max(peak, running.memory_mb())
        await asyncio.sleep(SAMPLE_SECONDS)
        if time.monotonic() - began > LIMIT_SECONDS:
            raise RuntimeError("the flow takes too long")
        found = await client.json("GET", f"/executions/{execution['id']}")
        if found["state"]["current"] not in ("CREATED", "RUNNING"):
            break
    if found["state"]["current"] != "SUCCESS":
        lines = await client.json("GET", f"/logs/{execution['id']}")
        raise RuntimeError(f"{found['state']['current']}: {[line['message'] for line in lines]}")
    client.close()
    return {run["taskId"]: _seconds(run["state"]) for run in found["taskRunList"]}, peak


def _seconds(state: dict[str, str]) -> float:
    start, end = (datetime.fromisoformat(state[name]) for name in ("startDate", "endDate"))
    return (end - start).total_seconds()


def main() -> None:
    """Read the options, play, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1_000)
    options = parser.parse_args()
    with file_server(options.megabytes) as (address, rows), server() as running:
        idle, busy = running.memory_mb(), running.cpu_seconds()
        seconds, peak = asyncio.run(play(running, address))
        busy = running.cpu_seconds() - busy
    for task, taken in seconds.items():
        print(f"{task:10} {taken:8.1f} s {rows[0] / max(taken, 0.001):14,.0f} rows/s")
    total = sum(seconds.values())
    print(f"{'all':10} {total:8.1f} s {rows[0] / total:14,.0f} rows/s for {rows[0]:,} rows, {options.megabytes} MB")
    print(f"processor: {busy:.1f} s of the server, {rows[0] / busy:,.0f} rows/s if nobody else used the machine")
    print(f"memory: {idle:.0f} MB idle, {peak:.0f} MB at most, grown by {peak - idle:.0f} MB of {MEMORY_BUDGET_MB} MB")


if __name__ == "__main__":
    main()
