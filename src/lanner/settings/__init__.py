"""Every option of Lanner, and how files, environment and command line set it."""

from lanner.settings.loading import Loaded, load_settings
from lanner.settings.problem import Notice, SettingsInvalid
from lanner.settings.sections import Settings

__all__ = ["Loaded", "Notice", "Settings", "SettingsInvalid", "load_settings"]
