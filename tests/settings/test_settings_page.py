"""The page of all settings is the one that the classes give."""

from lanner.settings.option import places
from lanner.settings.reference import settings_page
from lanner.settings.sections import Settings
from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "settings.md"


def test_the_page_is_as_the_classes_say() -> None:
    """Write it again with ``lanner server settings --markdown > docs/reference/settings.md``."""
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_each_option_and_its_variable_are_on_the_page() -> None:
    page = settings_page()
    missing = [
        place.name for place in places(Settings) if f"LANNER_{place.name.replace('.', '__').upper()}`" not in page
    ]
    assert missing == []
