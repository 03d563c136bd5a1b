"""The dialog that starts a flow: a control for every type of input, checked by the server while one fills it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.server import NAMESPACE, Server

INPUTS = f"""id: asked
namespace: {NAMESPACE}
inputs:
  - {{id: text, type: STRING, defaults: hello, displayName: A text, description: "With **markdown**"}}
  - {{id: code, type: STRING, validator: "^[A-Z]+$", required: false}}
  - {{id: number, type: INT, min: 1, max: 10, defaults: 5}}
  - {{id: ratio, type: FLOAT, required: false}}
  - {{id: flag, type: BOOL, defaults: true}}
  - {{id: maybe, type: BOOLEAN, required: false}}
  - {{id: moment, type: DATETIME, required: false}}
  - {{id: day, type: DATE, required: false}}
  - {{id: hour, type: TIME, required: false}}
  - {{id: span, type: DURATION, defaults: PT1H}}
  - {{id: colour, type: SELECT, values: [red, green, blue], defaults: red}}
  - {{id: shade, type: SELECT, values: [light, dark], isRadio: true, required: false,
      dependsOn: {{inputs: [flag], condition: "{{{{ inputs.flag }}}}"}}}}
  - {{id: pick, type: SELECT, expression: "{{{{ inputs.flag ? ['x', 'y'] : ['z'] }}}}", required: false,
      dependsOn: {{inputs: [flag]}}}}
  - {{id: many, type: MULTISELECT, values: [a, b, c], required: false}}
  - {{id: list, type: ARRAY, itemType: INT, required: false}}
  - {{id: doc, type: JSON, required: false}}
  - {{id: file, type: FILE, required: false}}
  - {{id: hidden, type: SECRET, required: false}}
  - {{id: link, type: URI, required: false}}
  - {{id: mail, type: EMAIL, required: false}}
  - id: address
    type: FORM
    displayName: Where to
    inputs:
      - {{id: town, type: STRING, defaults: Bern}}
      - {{id: number, type: INT, defaults: 4, displayName: House}}
tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: "{{{{ inputs.text }}}}"
"""


@pytest.fixture(scope="module")
def asking(server: Server) -> Server:
    server.save(INPUTS)
    return server


@pytest.fixture
def page(new_context: NewContext, asking: Server) -> Page:
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"/ui/main/flows/edit/{NAMESPACE}/asked/executions")
    page.get_by_role("button", name="Execute").click()
    expect(page.get_by_role("dialog").get_by_label("A text")).to_have_value("hello")
    return page


def test_every_type_is_filled_in_and_arrives(page: Page, asking: Server, tmp_path: Path) -> None:
    dialog = page.get_by_role("dialog")
    (tmp_path / "rows.csv").write_text("a,b\n")
    dialog.get_by_label("A text").fill("good day")
    dialog.get_by_label("code", exact=True).fill("ABC")
    dialog.get_by_label("number").fill("7")
    dialog.get_by_label("ratio").fill("0.5")
    dialog.get_by_role("radiogroup", name="maybe").get_by_text("false").click()
    dialog.get_by_label("moment").fill("2030-01-02T03:04:05")
    dialog.get_by_label("day", exact=True).fill("2030-01-02")
    dialog.get_by_label("hour").fill("10:20:30")
    dialog.get_by_role("button", name="15 min").click()
    expect(dialog.get_by_label("span")).to_have_value("PT15M")
    dialog.get_by_role("combobox", name="colour").or_(dialog.get_by_label("colour")).first.click()
    page.get_by_role("option", name="green").click()
    dialog.get_by_role("radio", name="dark").check()
    dialog.get_by_label("many").first.click()
    page.get_by_role("option", name="b", exact=True).click()
    page.keyboard.press("Tab")
    dialog.get_by_label("list").first.fill("1")
    page.keyboard.press("Enter")
    dialog.get_by_role("textbox", name="doc").click()
    page.keyboard.type('{"a": [1')
    dialog.locator("input[type=file]").set_input_files(tmp_path / "rows.csv")
    dialog.get_by_label("hidden").fill("s3cret")
    dialog.get_by_label("link").fill("https://example.com/a")
    dialog.get_by_label("mail").fill("a@example.com")
    dialog.get_by_role("group", name="Where to").get_by_label("town").fill("Basel")
    dialog.get_by_text("Labels and date").click()
    dialog.get_by_role("button", name="Label", exact=True).click()
    dialog.get_by_label("Key of label 1").fill("team")
    dialog.get_by_label("Value of label 1").fill("data")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/main/executions/{NAMESPACE}/asked/*/gantt")
    made = asking.call("GET", f"/executions/{page.url.split('/')[-2]}")
    inputs = made["inputs"]
    assert {name: inputs[name] for name in ("text", "code", "number", "ratio", "flag", "maybe")} == {
        "text": "good day",
        "code": "ABC",
        "number": 7,
        "ratio": 0.5,
        "flag": True,
        "maybe": False,
    }
    assert (inputs["day"], inputs["colour"], inputs["shade"]) == ("2030-01-02", "green", "dark")
    assert (inputs["many"], inputs["list"], inputs["doc"]) == (["b"], [1], {"a": [1]})
    assert inputs["file"].startswith("kestra://")
    assert inputs["address"] == {"town": "Basel", "number": 4}
    assert {"key": "team", "value": "data"} in made["labels"]


def test_faults_stand_at_their_fields_and_nothing_starts(page: Page, asking: Server) -> None:
    before = asking.call("GET", "/executions/search")["total"]
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("number").fill("50")
    expect(dialog).to_contain_text("must be less than `10`")
    dialog.get_by_label("code", exact=True).fill("abc")
    expect(dialog.get_by_label("code", exact=True)).to_have_attribute("aria-invalid", "true")
    dialog.get_by_role("button", name="Execute").click()
    expect(dialog).to_be_visible()
    assert asking.call("GET", "/executions/search")["total"] == before


def test_what_depends_on_an_input_appears_goes_and_changes_with_it(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="dark")).to_be_visible()
    dialog.get_by_role("switch", name="flag").uncheck(force=True)
    expect(dialog.get_by_role("radio", name="dark")).to_have_count(0)
    dialog.get_by_label("pick").first.click()
    expect(page.get_by_role("option")).to_have_text(["z"])


def test_the_values_of_the_last_time_come_back_without_secrets(page: Page, asking: Server) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A text").fill("remember me")
    dialog.get_by_label("hidden").fill("s3cret")
    dialog.get_by_role("button", name="Execute").click()
    page.wait_for_url("**/gantt")
    page.goto(f"/ui/main/flows/edit/{NAMESPACE}/asked/executions")
    page.get_by_role("button", name="Execute").click()
    dialog.get_by_role("button", name="Use the values of the last time").click()
    expect(dialog.get_by_label("A text")).to_have_value("remember me")
    expect(dialog.get_by_label("hidden")).to_have_value("")
    assert "s3cret" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_form_is_copied_as_a_command(page: Page, asking: Server) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A text").fill("it's me")
    dialog.get_by_role("button", name="Copy as").click()
    page.get_by_role("menuitem", name="curl").click()
    expect(page.get_by_text("Copied for curl")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert f"{asking.url}/api/v1/main/executions/{NAMESPACE}/asked" in text
    assert "'text=it'\\''s me'" in text
