"""The page "Fundamentals" of the documentation, followed to the letter; and an editor that keeps what one writes."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.axe import THEMES, violations, wear
from tests.browser.conftest import NewContext
from tests.browser.editor import open_editor, paste
from tests.browser.server import NAMESPACE, YAML, Server

LOG = "io.kestra.plugin.core.log.Log"


class Products(BaseHTTPRequestHandler):
    """What stands in for the site of the page's example."""

    def do_GET(self) -> None:
        body = b'{"products": [{"id": 1, "title": "Mascara"}]}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def products() -> Iterator[str]:
    site = ThreadingHTTPServer(("127.0.0.1", 0), Products)
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}/products"
    site.shutdown()
    thread.join()
    site.server_close()


def flow(flow_id: str, *lines: str) -> str:
    rest = "\n".join(lines) or f"  - id: hello\n    type: {LOG}\n    message: Hello World!"
    return f"id: {flow_id}\nnamespace: {NAMESPACE}\ntasks:\n{rest}\n"


def test_the_first_flow_is_created_saved_and_executed_and_lands_on_the_gantt(page: Page, products: str) -> None:
    page.goto("/ui/")
    page.get_by_role("link", name="Flows", exact=True).click()
    page.get_by_role("link", name="Create").first.click()
    expect(page.get_by_role("heading", name="New flow")).to_be_visible()
    paste(
        page,
        f"id: getting_started\nnamespace: {NAMESPACE}\ntasks:\n"
        f"  - id: api\n    type: io.kestra.plugin.core.http.Request\n    uri: {products}\n",
    )
    expect(page.get_by_role("region", name="Topology").locator(".topo-box")).to_have_text("api Request")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/main/flows/edit/{NAMESPACE}/getting_started/edit")
    page.get_by_role("button", name="Execute").click()
    page.get_by_role("dialog").get_by_role("button", name="Execute").click()
    page.wait_for_url(f"**/main/executions/{NAMESPACE}/getting_started/*/gantt")
    expect(page.locator("header .state").first).to_have_text("SUCCESS", timeout=20_000)
    page.get_by_role("tab", name="Outputs").click()
    expect(page.get_by_role("main")).to_contain_text("Mascara")


def test_an_error_is_underlined_at_its_line_and_listed(page: Page, server: Server) -> None:
    server.save(flow("faulty"))
    open_editor(page, "faulty")
    paste(page, flow("faulty", "  - id: hello", f"    type: {LOG}", "    message: Hi", "    mesage: Hello"))
    page.get_by_role("button", name="1 error").click()
    entry = page.get_by_role("menuitem")
    expect(entry).to_contain_text("line 7")
    expect(entry).to_contain_text("unknown property `mesage`")
    expect(page.locator(".cm-line", has=page.locator(".cm-lintRange-error"))).to_have_text("    mesage: Hello")


def test_keys_types_and_expressions_are_completed(page: Page, server: Server) -> None:
    server.save(flow("completed"))
    open_editor(page, "completed")
    page.keyboard.press("Control+End")
    page.keyboard.type("  - id: next\ntype: core.log")
    choice = page.locator(".cm-tooltip-autocomplete li").first
    expect(choice).to_contain_text(LOG)
    choice.click()
    page.keyboard.press("Enter")
    page.keyboard.type("mes")
    page.locator(".cm-tooltip-autocomplete li", has_text="message").click()
    page.keyboard.type('"{{ outputs.hel')
    page.locator(".cm-tooltip-autocomplete li", has_text="hello").click()
    text = page.get_by_role("textbox", name="Source of the flow").inner_text()
    assert f'  - id: next\n    type: {LOG}\n    message: "{{{{ outputs.hello' in text
    expect(page.get_by_role("region", name="Documentation")).to_contain_text("Write one or several lines")


def test_two_tabs_that_edit_one_flow_do_not_overwrite_each_other(new_context: NewContext, server: Server) -> None:
    server.save(flow("shared"))
    context = new_context()
    mine, theirs = context.new_page(), context.new_page()
    for tab, word in ((mine, "mine"), (theirs, "theirs")):
        open_editor(tab, "shared")
        paste(tab, flow("shared", "  - id: hello", f"    type: {LOG}", f"    message: {word}"))
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text("Revision 2", exact=True)).to_be_visible()
    mine.bring_to_front()
    mine.get_by_role("button", name="Save").click()
    dialog = mine.get_by_role("dialog", name="Somebody else saved this flow meanwhile")
    expect(dialog.locator("[data-kind=removed]")).to_contain_text("message: theirs")
    expect(dialog.locator("[data-kind=added]")).to_contain_text("message: mine")
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(mine.get_by_text("Revision 3", exact=True)).to_be_visible()
    assert "message: mine" in server.call("GET", f"/flows/{NAMESPACE}/shared?source=true")["source"]
    assert "message: theirs" in server.call("GET", f"/flows/{NAMESPACE}/shared?source=true&revision=2")["source"]


def test_unsaved_text_is_not_left_without_a_question(page: Page, server: Server) -> None:
    server.save(flow("guarded"))
    open_editor(page, "guarded")
    page.keyboard.press("Control+End")
    page.keyboard.type("# mine")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Executions", exact=True).click()
    expect(page.get_by_role("textbox", name="Source of the flow")).to_contain_text("# mine")
    assert len(asked) == 1
    assert "not saved" in asked[0]


def test_a_flow_of_two_thousand_lines_is_typed_into_without_lag(page: Page, server: Server) -> None:
    tasks = [line for n in range(660) for line in (f"  - id: t{n}", f"    type: {LOG}", f"    message: Number {n}")]
    server.save(flow("long", *tasks))
    open_editor(page, "long")
    page.keyboard.press("Control+End")
    waits: list[float] = page.evaluate(
        """async () => {
          const editor = document.querySelector('.cm-content');
          const waits = [];
          for (const letter of '# forty letters typed at the very end of it') {
            await new Promise((done) => setTimeout(done, 30));
            const before = performance.now();
            document.execCommand('insertText', false, letter);
            await new Promise((done) => requestAnimationFrame(done));
            waits.push(performance.now() - before);
          }
          return waits;
        }"""
    )
    expect(page.get_by_role("textbox", name="Source of the flow")).to_contain_text("# forty letters typed")
    # What was not read at first, because nobody saw it, wears its colours now; so does what one comes back to.
    expect(page.locator(".cm-line", has_text="Number 659").locator("span", has_text="message")).to_be_visible()
    page.keyboard.press("Control+Home")
    expect(page.locator(".cm-line", has_text="Number 7").locator("span", has_text="message").first).to_be_visible()
    # The budget is 16 ms on an idle machine; the guard is wide, for one that runs other tests at the same time.
    assert sorted(waits)[len(waits) // 2] < 100, waits


@pytest.mark.parametrize("theme", THEMES)
def test_editor_and_execute_dialog_have_no_grave_barrier(page: Page, server: Server, theme: str) -> None:
    server.save(flow(f"seen_{theme}") + "inputs: [{id: who, type: STRING}]\n")
    wear(page, theme)
    open_editor(page, f"seen_{theme}")
    expect(page.get_by_role("region", name="Topology").locator(".topo-box")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Execute").click()
    expect(page.get_by_role("dialog").get_by_label("who")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_tab_of_a_flow_and_what_opens_above_pages_has_no_grave_barrier(
    page: Page, server: Server, theme: str
) -> None:
    flow_id = f"tabs_{theme}"
    server.save(flow(flow_id))
    server.call("PUT", f"/flows/{NAMESPACE}/{flow_id}", content=flow(flow_id) + "labels: {a: b}\n", headers=YAML)
    server.run(flow_id)
    wear(page, theme)
    found: dict[str, list[str]] = {}
    for tab, ready in (("executions", ".state"), ("revisions", ".diff")):
        page.goto(f"/ui/main/flows/edit/{NAMESPACE}/{flow_id}/{tab}")
        expect(page.locator(ready).first).to_be_visible()
        found[tab] = violations(page)
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem").first).to_be_visible()
    found["actions"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("A page, a flow")).to_be_visible()
    found["palette"] = violations(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    found["keys"] = violations(page)
    for missing in ("nowhere", f"flows/edit/{NAMESPACE}/nobody/edit", "executions/a/b/c/overview"):
        page.goto(f"/ui/main/{missing}")
        expect(page.get_by_role("alert").or_(page.get_by_role("heading", name="There is no page here"))).to_be_visible()
        found[missing] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_a_flow_that_is_not_saved_yet_is_saved_executed_and_shown(page: Page) -> None:
    page.goto("/ui/main/flows/new")
    editor = page.get_by_role("textbox", name="Source of the flow")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+e")
    page.get_by_role("dialog").get_by_role("button", name="Execute").click()
    page.wait_for_url("**/main/executions/**/gantt")
    expect(page.locator("header .state").first).to_have_text("SUCCESS", timeout=20_000)
    expect(page).to_have_url(re.compile("/gantt$"))


def test_a_flow_is_written_saved_and_executed_with_the_keyboard_alone(page: Page, server: Server) -> None:
    page.goto("/ui/main/flows")
    expect(page.get_by_role("heading", name="Flows", exact=True)).to_be_visible()
    page.keyboard.press("c")
    editor = page.get_by_role("textbox", name="Source of the flow")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("id: by_keys\nnamespace: company.team\ntasks:\n  - id: hello\n")
    page.keyboard.type(f"type: {LOG}\n")
    page.keyboard.press("Escape")
    page.keyboard.type("message: Hello")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_url(f"**/main/flows/edit/{NAMESPACE}/by_keys/edit")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+e")
    expect(page.get_by_role("dialog").get_by_role("button", name="Execute")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/main/executions/{NAMESPACE}/by_keys/*/gantt")
    expect(page.locator("header .state").first).to_have_text("SUCCESS", timeout=20_000)
    made = server.call("GET", "/executions/search?flowId=by_keys")
    assert made["total"] == 1
