"""What the Python tasks share: packages, version and environment."""

from collections.abc import Mapping
from enum import StrEnum

from lanner.sdk.context import RunContext
from lanner.sdk.property import Property, default
from lanner_plugins.core.script.script_task import ScriptTask
from lanner_plugins.script_python.environment import Environment, plain_python

QUIET = {"PYTHONUNBUFFERED": "true", "PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class Installer(StrEnum):
    """What installs the dependencies."""

    UV = "UV"
    PIP = "PIP"


class PythonTask(ScriptTask):
    """What the Python tasks share."""

    container_image: Property[str] | None = default("python:3.13-slim")
    """Container image, for runners that use one."""
    dependencies: Property[list[str]] | None = None
    """Packages to install, such as `pandas>=2`; the environment is kept for the next run."""
    python_version: Property[str] | None = None
    """Version of Python to use, such as `3.12`; fetched when it is not there."""
    dependency_cache_enabled: Property[bool] = default(True)
    """Keep the environment with the dependencies for the next run."""
    package_manager: Property[Installer] = default(Installer.UV)
    """What installs the dependencies: UV or PIP."""
    uv_auto_install_enabled: Property[bool] | None = None
    """Accepted and ignored: uv comes with the plugin."""
    uv_installer_version: Property[str] | None = None
    """Accepted and ignored: uv comes with the plugin."""
    uv_installer_sha256: Property[str] | None = None
    """Accepted and ignored: uv comes with the plugin."""

    def python(self, context: RunContext) -> tuple[str, Mapping[str, str]]:
        """Return the interpreter to call and what it adds to the environment; makes its packages ready."""
        dependencies = context.render(self.dependencies) or []
        version = context.render(self.python_version)
        if not dependencies and version is None:
            return plain_python(), QUIET
        environment = Environment(
            dependencies=tuple(dependencies),
            version=version,
            is_kept=context.render(self.dependency_cache_enabled),
            with_pip=context.render(self.package_manager) is Installer.PIP,
        )
        folder = environment.ready(context)
        return str(folder / "bin" / "python"), {**QUIET, **environment.variables(folder)}
