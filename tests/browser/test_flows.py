"""The list of flows: finding, choosing many, taking in and giving out; and the page of the first visit."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import THEMES, violations, wear
from tests.browser.server import Server

LOG = "io.kestra.plugin.core.log.Log"


def flow(namespace: str, flow_id: str, label: str = "team: data") -> str:
    return (
        f"id: {flow_id}\nnamespace: {namespace}\nlabels:\n  {label}\n"
        f"tasks:\n  - id: hello\n    type: {LOG}\n    message: Hello\n"
    )


@pytest.fixture(scope="module")
def stocked(server: Server) -> Server:
    """A server with flows in two namespaces, one of which has run."""
    for number in range(3):
        server.save(flow("company.team", f"daily_{number}"))
    server.save(flow("company.sales", "weekly", "team: sales"))
    server.run("daily_0")
    return server


def names(page: Page) -> list[str]:
    return page.locator(".flow-name").all_inner_texts()


def test_a_namespace_a_label_and_a_word_narrow_the_list_and_stand_in_the_address(page: Page, stocked: Server) -> None:
    page.goto("/ui/main/flows")
    expect(page.locator(".flow-name")).to_have_count(4)
    page.get_by_role("navigation", name="Namespaces").get_by_role("button", name="sales", exact=True).click()
    expect(page.locator(".flow-name")).to_have_text(["weekly"])
    expect(page).to_have_url(f"{stocked.url}/ui/main/flows?filters[namespace][PREFIX]=company.sales")
    page.get_by_role("button", name="All namespaces").click()
    page.get_by_role("button", name="team:data").first.click()
    expect(page.locator(".flow-name")).to_have_text(["daily_0", "daily_1", "daily_2"])
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("/")
    page.keyboard.type("daily_1")
    expect(page.locator(".flow-name")).to_have_text(["daily_1"])
    page.reload()
    expect(page.locator(".flow-name")).to_have_text(["daily_1"])
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator(".flow-name")).to_have_count(4)


def test_the_last_run_and_its_bar_lead_to_the_execution(page: Page, stocked: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/ui/main/flows")
    row = page.get_by_role("row").filter(has_text="daily_0")
    expect(row).to_contain_text("SUCCESS")
    assert len([url for url in asked if "/executions/" in url]) == 1, "the runs of all flows are one request"
    row.locator(".spark-bar").first.click()
    page.wait_for_url("**/main/executions/company.team/daily_0/**")


def test_chosen_flows_are_disabled_and_enabled_again(page: Page, stocked: Server) -> None:
    page.goto("/ui/main/flows?filters[namespace][PREFIX]=company.team")
    page.get_by_role("checkbox", name="Choose all of this page").check()
    bar = page.get_by_role("region", name="With the chosen flows")
    expect(bar).to_contain_text("3 flows chosen")
    bar.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("row").filter(has_text="disabled")).to_have_count(3)
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Choose all of this page").check()
    bar.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("row").filter(has_text="disabled")).to_have_count(0)


def test_flows_are_exported_imported_and_deleted(page: Page, stocked: Server, tmp_path: Path) -> None:
    page.goto("/ui/main/flows")
    (tmp_path / "new.yml").write_text(flow("company.team", "imported"))
    page.locator("input[type=file]").set_input_files(tmp_path / "new.yml")
    expect(page.locator(".flow-name", has_text="imported")).to_be_visible()
    page.get_by_role("checkbox", name="Choose company.team.imported").check()
    bar = page.get_by_role("region", name="With the chosen flows")
    with page.expect_download() as download:
        bar.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert [name for name in archive.namelist() if "imported" in name]
    bar.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete 1 flow?")
    expect(dialog).to_contain_text("triggers stop")
    dialog.get_by_role("button", name="Delete 1 flow").click()
    expect(page.locator(".flow-name", has_text="imported")).to_have_count(0)


def test_a_row_is_reached_chosen_and_opened_with_keys(page: Page, stocked: Server) -> None:
    page.goto("/ui/main/flows")
    expect(page.locator(".flow-name")).to_have_count(4)
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_role("region", name="With the chosen flows")).to_contain_text("1 flow chosen")
    page.keyboard.press("o")
    page.wait_for_url("**/main/flows/edit/company.team/daily_1/edit")


def test_the_welcome_flow_runs_at_once(page: Page, stocked: Server) -> None:
    page.goto("/ui/main/welcome")
    page.get_by_role("button", name="Run it").click()
    page.wait_for_url("**/main/executions/tutorial/welcome/*/gantt")
    expect(page.locator("header .state").first).to_have_text("SUCCESS", timeout=20_000)
    ran = stocked.call("GET", "/executions/search?namespace=tutorial")
    assert [one["state"]["current"] for one in ran["results"]] == ["SUCCESS"]
    stocked.call("DELETE", "/flows/tutorial/welcome")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/ui/main/flows", "/ui/main/flows?filters[q][EQUALS]=nothing", "/ui/main/welcome"])
def test_no_grave_barrier(page: Page, stocked: Server, path: str, theme: str) -> None:
    wear(page, theme)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if "welcome" not in path:
        expect(page.get_by_text("No flow matches").or_(page.locator(".spark-bar").first)).to_be_visible()
    assert violations(page) == []
