"""Every conversion of plugins/serdes with one large file, each in a process of its own: rows a second and memory.

python -m bench.conversions [--megabytes 200] [--only csv.CsvToIon,parquet.IonToParquet]
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.large_csv import HEADER, PART, SCHEMA

LIMIT_SECONDS = 3_600
PREFIX = "io.kestra.plugin.serdes"
ROWS = "rows.ion"
CONVERSIONS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("csv.CsvToIon", "rows.csv", ROWS, {}),
    ("csv.IonToCsv", ROWS, "again.csv", {}),
    ("json.IonToJson", ROWS, "rows.jsonl", {}),
    ("json.JsonToIon", "rows.jsonl", "from_jsonl.ion", {}),
    ("json.IonToJson", ROWS, "rows.json", {"newLine": False}),
    ("json.JsonToIon", "rows.json", "from_json.ion", {"newLine": False}),
    ("json.JsonToJsonl", "rows.json", "again.jsonl", {}),
    ("parquet.IonToParquet", ROWS, "rows.parquet", {"schema": SCHEMA, "compressionCodec": "SNAPPY"}),
    ("parquet.ParquetToIon", "rows.parquet", "typed.ion", {}),
    ("parquet.IonToParquet", "typed.ion", "typed.parquet", {"inferAllFields": True}),
    ("avro.IonToAvro", ROWS, "rows.avro", {"schema": SCHEMA}),
    ("avro.AvroToIon", "rows.avro", "from_avro.ion", {}),
    ("xml.IonToXml", ROWS, "rows.xml", {}),
    ("xml.XmlToIon", "rows.xml", "from_xml.ion", {"query": "/items/item"}),
    ("yaml.IonToYaml", ROWS, "rows.yaml", {}),
    ("yaml.YamlToIon", "rows.yaml", "from_yaml.ion", {}),
    ("yaml.YamlToJson", "rows.yaml", "from_yaml.json", {}),
    ("excel.IonToExcel", ROWS, "rows.xlsx", {}),
    ("excel.ExcelToIon", "rows.xlsx", "from_excel.ion", {}),
)
"""Task, the file it reads, the file it writes, further properties."""


def convert(folder: Path, type_: str, source: str, target: str, values: dict[str, Any]) -> None:
    """Run one task and print, as JSON, seconds of processor time, MB that the process grew by, and how it ended."""
    from lanner.testing.task_harness import TaskHarness  # noqa: PLC0415  # only in the process that runs the task

    with tempfile.TemporaryDirectory(dir=folder) as room:
        harness = TaskHarness(Path(room))
        task = {"type": f"{PREFIX}.{type_}", **values}
        harness.run({**task, "from": harness.put("empty", b"")})
        uri = harness.files.put(folder / source, name=source)
        idle, began, clock = _peak_mb(), time.process_time(), time.monotonic()
        result = harness.start({**task, "from": uri}).wait(LIMIT_SECONDS)
        found = {
            "seconds": time.process_time() - began,
            "wall": time.monotonic() - clock,
            "grown": _peak_mb() - idle,
            "rows": result.outputs.get("size", 0),
            "error": result.error and str(result.error)[:200],
        }
        if result.error is None:
            made = result.outputs.get("uri") or next(iter(result.outputs["uris"].values()))
            with harness.files.open(made) as file, (folder / target).open("wb") as copy:
                shutil.copyfileobj(file, copy)
    print(json.dumps(found))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def main() -> None:
    """Make the file, run the tasks, print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--only", default="", help="names of tasks, separated by commas; those before them run as well")
    parser.add_argument("--folder", type=Path, help="keep the files here; those that exist are not made again")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        type_, source, target, values = json.loads(options.one)
        convert(options.folder, type_, source, target, values)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if not (folder / "rows.csv").exists():
            with (folder / "rows.csv").open("wb") as file:
                file.write(HEADER.encode())
                for _ in range(max(1, options.megabytes * 1_000_000 // len(PART))):
                    file.write(PART)
        for conversion in CONVERSIONS:
            wanted = not options.only or conversion[0] in options.only.split(",")
            if wanted or not (folder / conversion[2]).exists():
                _show(folder, conversion)


def _show(folder: Path, conversion: tuple[str, str, str, dict[str, Any]]) -> None:
    command = [sys.executable, "-m", "bench.conversions", "--folder", str(folder), "--one", json.dumps(conversion)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    name = " ".join((conversion[0], *(f"{key}={value}" for key, value in conversion[3].items() if key != "schema")))
    speed = found["rows"] / max(found["seconds"], 0.001)
    print(
        f"{name:55} {found['seconds']:7.1f} s {speed:10,.0f} rows/s of one processor, "
        f"grown by {found['grown']:5.0f} MB {found['error'] or ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
