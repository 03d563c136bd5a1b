"""Executions as a person sees and steers them: mend and restart, answer, replay, kill, follow through an outage."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import THEMES, violations, wear
from tests.browser.editor import paste
from tests.browser.server import NAMESPACE, Server

LOG = "io.kestra.plugin.core.log.Log"
BROKEN = f"""id: broken
namespace: {NAMESPACE}
tasks:
  - id: fine
    type: {LOG}
    message: "run {{{{ taskrun.startDate }}}}"
  - id: bad
    type: io.kestra.plugin.core.execution.Fail
    errorMessage: the table orders does not exist
  - id: after
    type: {LOG}
    message: all is well
"""
MENDED = BROKEN.replace(
    "type: io.kestra.plugin.core.execution.Fail\n    errorMessage: the table orders does not exist",
    f"type: {LOG}\n    message: mended",
)
APPROVAL = f"""id: approval
namespace: {NAMESPACE}
tasks:
  - id: approve
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - id: reason
        type: STRING
      - id: amount
        type: INT
        min: 1
        max: 10
  - id: after
    type: {LOG}
    message: "{{{{ outputs.approve.onResume.reason }}}} for {{{{ outputs.approve.onResume.amount }}}}"
"""
ASKED = f"""id: asked
namespace: {NAMESPACE}
inputs:
  - id: name
    type: STRING
    defaults: Ada
  - id: loud
    type: BOOL
    defaults: false
tasks:
  - id: first
    type: io.kestra.plugin.core.debug.Return
    format: "{{{{ inputs.name }}}}"
  - id: greet
    type: {LOG}
    message: "Hello {{{{ inputs.name }}}} {{{{ inputs.loud }}}}"
outputs:
  - id: greeting
    type: STRING
    value: "Hello {{{{ outputs.first.value }}}}"
"""
LONG = f"""id: long
namespace: {NAMESPACE}
tasks:
  - id: begin
    type: {LOG}
    message: now it sleeps
  - id: nap
    type: io.kestra.plugin.core.flow.Sleep
    duration: PT10M
"""
OUTAGE = f"""id: outage
namespace: {NAMESPACE}
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    values: "{{{{ range(1, 40) }}}}"
    tasks:
      - id: say
        type: {LOG}
        message: "line {{{{ taskrun.value }}}}."
  - id: wait
    type: io.kestra.plugin.core.flow.Pause
  - id: last
    type: {LOG}
    message: "line 41."
"""


@pytest.fixture(scope="module", autouse=True)
def flows(server: Server) -> None:
    for source in (BROKEN, APPROVAL, ASKED, LONG, OUTAGE):
        server.save(source)


def place(execution: dict[str, Any], tab: str = "overview") -> str:
    """Return where the UI shows an execution."""
    return f"/ui/main/executions/{NAMESPACE}/{execution['flowId']}/{execution['id']}/{tab}"


def state(page: Page) -> Any:
    """Return the badge of the execution's state."""
    return page.locator("header .state")


def answer(page: Page, button: str) -> None:
    """Agree in the dialog that is open; it closes."""
    dialog = page.get_by_role("dialog").filter(has=page.get_by_role("button", name=button, exact=True))
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_be_hidden()


def test_a_failure_is_explained_mended_and_restarted(page: Page, server: Server) -> None:
    failed = server.run("broken")
    page.goto(place(failed))
    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("in bad.")
    expect(story).to_contain_text("the table orders does not exist")
    story.get_by_role("link", name="Edit the flow").click()
    paste(page, MENDED)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Revision 2", exact=True)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Restart", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("1 task run that ended well is kept")
    answer(page, "Restart")
    expect(state(page)).to_have_text("SUCCESS")
    page.get_by_role("tab", name="Logs").click()
    lines = page.get_by_role("log")
    expect(lines).to_contain_text("all is well")
    assert lines.inner_text().count("run 2") == 0, "what had ended well ran again"


def test_an_approval_is_given_with_answers_that_are_checked(page: Page, server: Server) -> None:
    asking = server.run("approval", wait=False)
    page.goto(place(asking))
    expect(state(page)).to_have_text("PAUSED")
    page.get_by_role("button", name="Resume", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("reason").fill("it is needed")
    dialog.get_by_label("amount").fill("50")
    expect(dialog).to_contain_text(re.compile("less than or equal|at most|10"))
    dialog.get_by_label("amount").fill("7")
    answer(page, "Resume")
    expect(state(page)).to_have_text("SUCCESS")
    page.get_by_role("tab", name="Logs").click()
    expect(page.get_by_role("log")).to_contain_text("it is needed for 7")


def test_a_replay_takes_other_inputs_and_leaves_the_original(page: Page, server: Server) -> None:
    original = server.run("asked")
    page.goto(place(original))
    page.get_by_role("button", name="Replay", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("name")).to_have_value("Ada")
    dialog.get_by_label("name").fill("Grace")
    dialog.get_by_role("switch", name="loud").check()
    answer(page, "Replay")
    expect(page).not_to_have_url(re.compile(original["id"]))
    expect(state(page)).to_have_text("SUCCESS")
    page.get_by_role("tab", name="Logs").click()
    expect(page.get_by_role("log")).to_contain_text("Hello Grace true")
    assert server.call("GET", f"/executions/{original['id']}")["inputs"]["name"] == "Ada"


def test_a_replay_from_a_task_keeps_what_ran_before_it(page: Page, server: Server) -> None:
    original = server.run("asked")
    page.goto(place(original, "gantt"))
    page.get_by_role("button", name=re.compile("^greet, SUCCESS")).first.click()
    page.get_by_role("button", name="Replay from here…").click()
    expect(page.get_by_role("dialog").last).to_contain_text("A new execution begins at greet")
    answer(page, "Replay")
    expect(page).not_to_have_url(re.compile(original["id"]))
    expect(state(page)).to_have_text("SUCCESS")
    new = server.call("GET", f"/executions/{page.url.split('/')[-2]}")
    assert new["originalId"] == original["id"]


def test_an_execution_is_killed_by_keys_alone(page: Page, server: Server) -> None:
    running = server.run("long", wait=False)
    page.goto(place(running, "logs"))
    expect(page.get_by_role("log")).to_contain_text("now it sleeps")
    expect(state(page)).to_have_text("RUNNING")
    page.get_by_role("button", name="Kill", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("stopped")
    expect(page.get_by_role("dialog").get_by_role("button", name="Kill", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(state(page)).to_have_text("KILLED")


def test_an_expression_is_tried_on_the_outputs_of_a_run(page: Page, server: Server) -> None:
    page.goto(place(server.run("asked"), "outputs"))
    page.get_by_role("region", name="Outputs of first").get_by_role("button", name="value", exact=True).click()
    box = page.get_by_role("textbox", name="Expression")
    expect(box).to_have_value("{{ outputs.first.value }}")
    box.fill("{{ outputs.first.value | upper }}")
    box.press("Control+Enter")
    expect(page.get_by_label("Result")).to_have_text("ADA")
    box.fill("{{ outputs.nobody.value }}")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("alert")).to_contain_text("nobody")


def test_a_page_outlives_its_server_and_no_line_is_lost_or_doubled(page: Page, server: Server) -> None:
    going = server.run("outage", wait=False)
    page.goto(place(going, "logs"))
    foot = page.get_by_role("status").filter(has_text="lines")
    expect(state(page)).to_have_text("PAUSED")
    stored = len(server.call("GET", f"/logs/{going['id']}"))
    expect(foot).to_contain_text(f"of {stored} lines" if stored > 40 else f"{stored} lines")
    before = foot.inner_text().split("lines")[0]
    server.stop()
    try:
        expect(page.get_by_text("The connection to the server is lost")).to_be_visible()
    finally:
        server.start()
    expect(page.get_by_text("The connection to the server is lost")).to_be_hidden()
    expect(foot).to_contain_text("Live.")
    assert foot.inner_text().split("lines")[0] == before, "lines were lost or doubled"
    page.get_by_role("button", name="Resume", exact=True).click()
    answer(page, "Resume")
    expect(state(page)).to_have_text("SUCCESS")
    expect(page.get_by_role("log")).to_contain_text("line 41.")
    expect(foot).to_contain_text("The end.")
    said = [line["message"] for line in server.call("GET", f"/logs/{going['id']}?minLevel=INFO")]
    assert len(said) == len(set(said)) > 40
    expect(foot).to_contain_text(re.compile(rf"^{len(said)} (lines|of)"))


def test_a_link_leads_to_its_line_among_many_of_any_height(page: Page, server: Server) -> None:
    texts = [
        f"{n} " + ("and on " * (n % 40) if n % 3 else f"{chr(0x4E16)}{chr(0x754C)} " * (n % 40)) for n in range(700)
    ]
    said = ", ".join(f'"{text.strip()}"' for text in texts)
    server.save(f"id: many\nnamespace: {NAMESPACE}\ntasks:\n  - {{id: say, type: {LOG}, message: [{said}]}}\n")
    execution = server.run("many")
    lines = server.call("GET", f"/logs/{execution['id']}?minLevel=INFO")
    (wanted,) = [line for line in lines if line["message"].startswith("321 ")]
    page.goto(f"{place(execution, 'logs')}?line={wanted['timestamp']},{wanted['taskRunId']}")
    expect(page.locator(".log-line[data-marked=true]").filter(has_text="321 ")).to_be_in_viewport()
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_function("""() => [...document.querySelectorAll('.log-place')].every((place) =>
      Math.abs(place.offsetHeight - place.querySelector('.log-text').offsetHeight) < 2)""")


def test_filters_stand_in_the_address_and_come_back_with_it(page: Page, server: Server) -> None:
    server.run("asked")
    page.goto("/ui/main/executions")
    grid = page.get_by_role("grid", name="Executions")
    expect(grid).to_contain_text("asked")
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("menuitem", name="State", exact=True).click()
    page.get_by_role("checkbox", name="FAILED").check()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"filters\[state\]\[IN\]=FAILED"))
    expect(page.get_by_role("button", name="State is FAILED", exact=True)).to_be_visible()
    page.get_by_role("textbox", name="Id, flow or namespace").fill("asked")
    expect(page).to_have_url(re.compile(r"filters\[q\]\[EQUALS\]=asked"))
    expect(page.get_by_text("No execution passes these filters")).to_be_visible()
    page.reload()
    expect(page.get_by_role("textbox", name="Id, flow or namespace")).to_have_value("asked")
    page.get_by_role("button", name="Remove: State is FAILED").click()
    expect(grid).to_contain_text("asked")
    page.go_back()
    expect(page.get_by_text("No execution passes these filters")).to_be_visible()


def test_lines_and_executions_leave_as_csv(page: Page, server: Server) -> None:
    server.run("asked")
    for path, head in (("logs", "timestamp,level"), ("executions", "id,")):
        page.goto(f"/ui/main/{path}")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").or_(page.get_by_role("link", name="CSV")).click()
        text = download.value.path().read_text()
        assert head in text.splitlines()[0]
        assert "asked" in text


def test_filters_are_saved_by_name(page: Page) -> None:
    page.goto("/ui/main/executions?filters[flowId][EQUALS]=asked")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("textbox", name="Name of the filters").fill("mine")
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/ui/main/executions")
    page.get_by_role("button", name="Saved filters").click()
    page.get_by_role("dialog").get_by_role("button", name="mine", exact=True).click()
    expect(page).to_have_url(re.compile(r"filters\[flowId\]\[EQUALS\]=asked"))


def test_several_executions_are_deleted_at_once(page: Page, server: Server) -> None:
    for _ in range(3):
        server.run("asked", {"name": "bulk"})
    page.goto("/ui/main/executions?filters[flowId][EQUALS]=asked")
    ticks = page.get_by_role("checkbox", name=re.compile("^Select [0-9A-Za-z]{10,}"))
    ticks.nth(0).check()
    ticks.nth(1).check()
    total = server.call("GET", "/executions/search?flowId=asked&size=1")["total"]
    bar = page.get_by_role("toolbar", name="Selected executions")
    expect(bar).to_contain_text("2 executions selected")
    bar.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete…").click()
    answer(page, "Delete")
    expect(page.get_by_text(f"{total - 2} execution")).to_be_visible()


def test_the_list_is_walked_by_keys(page: Page, server: Server) -> None:
    server.run("asked")
    newest = server.run("asked")
    page.goto("/ui/main/executions")
    expect(page.get_by_role("grid")).to_contain_text(newest["id"])
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("toolbar", name="Selected executions")).to_contain_text("1 execution selected")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=newest["id"])).to_be_visible()
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile("/gantt$"))
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name=newest["id"])).to_be_hidden()


def test_a_list_reads_in_order_and_keeps_the_focus_when_it_is_scrolled(page: Page, server: Server) -> None:
    for _ in range(70):
        server.run("asked", wait=False)
    page.goto("/ui/main/executions")
    rows = page.get_by_role("rowgroup", name=re.compile("^Rows"))
    rows.get_by_role("checkbox").nth(2).focus()
    rows.hover()
    page.mouse.wheel(0, 1500)
    expect(rows).to_be_focused()  # and not another row that has come into the place of the third
    page.wait_for_function("""() => {
      const found = [...document.querySelectorAll('.grid-rows [role=row]')].map((row) => Number(row.ariaRowIndex));
      return found[0] > 20 && found.every((index, at) => index === found[0] + at);
    }""")


TABS = ("overview", "gantt", "logs", "topology", "outputs", "inputs", "metrics")


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_of_executions_keeps_anybody_out(page: Page, server: Server, theme: str) -> None:
    failed, good = server.run("long", wait=False), server.run("asked")
    wear(page, theme)
    found: dict[str, list[str]] = {}
    for path in ("/ui/main/dashboards", "/ui/main/executions", "/ui/main/logs?filters[level][EQUALS]=TRACE"):
        page.goto(path)
        expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
        found[path] = violations(page)
    for name in ("Columns", "Filter", "Saved filters"):
        page.goto("/ui/main/executions")
        page.get_by_role("button", name=name, exact=True).click()
        opened = page.get_by_role("dialog").or_(page.get_by_role("menu"))
        expect(opened).to_be_visible()
        found[name] = violations(page)
    for tab in TABS:
        page.goto(place(good, tab))
        expect(page.get_by_role("tab", name=tab.title(), selected=True)).to_be_visible()
        expect(state(page)).to_have_text("SUCCESS")
        found[tab] = violations(page)
    page.goto(place(good, "gantt"))
    page.get_by_role("button", name=re.compile("^first, SUCCESS")).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Replay from here")
    found["task run"] = violations(page)
    page.goto(place(good))
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("name")).to_be_visible()
    found["replay"] = violations(page)
    server.call("DELETE", f"/executions/{failed['id']}/kill")
    assert {name: each for name, each in found.items() if each} == {}
