"""Law 4: imports have one direction. Each contract is seen to catch an import that is planted against it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, source_folders

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# contract -> a module and the line that breaks the contract there
PLANTS = {
    "The house has one direction": ("lanner/model/planted_layers.py", "import lanner.services"),
    "The core does no I/O": ("lanner/flows/planted_pure.py", "import time"),
    "The engine knows no port": ("lanner/engine/planted_blind.py", "import lanner.ports"),
    "A backend knows only ports and model": ("lanner/backends/planted_thin.py", "import lanner.sdk"),
    "HTTP handlers never step the engine": ("lanner/api/planted_thin.py", "import lanner.engine"),
    "Plugins see only the public contract": ("lanner_plugins/core/planted_public.py", "import lanner.runtime"),
    "The house never imports a plugin": ("lanner/sdk/planted_plugin.py", "import lanner_plugins.core"),
    "Plugin groups are strangers": ("lanner_plugins/core/planted_sibling.py", "import lanner_plugins.core.plugin"),
    "Distributions are strangers": ("lanner_plugins/core/planted_stranger.py", "import lanner_plugins.jdbc_duckdb"),
}


def verdicts(sources: list[Path]) -> dict[str, str]:
    """Return KEPT or BROKEN by the name of the contract, for the packages below ``sources``."""
    finished = subprocess.run(
        [LINT_IMPORTS, "--config", ROOT / "importlinter.ini", "--no-cache"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources)), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    found = dict(re.findall(r"^(\S.*?)\s+(KEPT|BROKEN)\b", finished.stdout, re.MULTILINE))
    assert found, finished.stdout + finished.stderr
    return found


def test_every_contract_is_kept() -> None:
    assert verdicts(source_folders(ROOT)) == dict.fromkeys(PLANTS, "KEPT")


@pytest.fixture
def planted_sources(tmp_path: Path) -> list[Path]:
    copies = []
    for number, folder in enumerate(source_folders(ROOT)):
        copies.append(tmp_path / str(number))
        shutil.copytree(folder, copies[-1], ignore=shutil.ignore_patterns("__pycache__"))
    for path, line in PLANTS.values():
        (copies[0] / path).write_text(f"{line}\n", encoding="utf-8")
    return copies


def test_a_planted_import_breaks_each_contract(planted_sources: list[Path]) -> None:
    assert verdicts(planted_sources) == dict.fromkeys(PLANTS, "BROKEN")
