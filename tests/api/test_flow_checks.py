"""Checks that a flow makes before an execution: what blocks, what fails, what only tells."""

import pytest

from tests.api.house import House, flow

INPUTS = "[{id: n, type: INT}]"


def source(flow_id: str, *checks: str) -> str:
    return flow(flow_id, inputs=INPUTS, checks=f"[{', '.join(checks)}]")


def check(condition: str, message: str, behavior: str = "BLOCK_EXECUTION") -> str:
    return f'{{condition: "{condition}", message: {message}, behavior: {behavior}}}'


SMALL = check("{{ inputs.n < 10 }}", "too big")
EVEN = check("{{ inputs.n % 2 == 0 }}", "odd", "FAIL_EXECUTION")
ROUND = check("{{ inputs.n % 5 == 0 }}", "not round", "CREATE_EXECUTION")


async def start(server: House, flow_id: str, number: int) -> tuple[int, dict[str, object]]:
    answer = await server.client.post(
        f"/api/v1/main/executions/demo/{flow_id}?wait=true", files={"n": (None, str(number))}
    )
    return answer.status_code, answer.json()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("number", "state"),
    [
        pytest.param(0, "SUCCESS", id="all hold"),
        pytest.param(4, "SUCCESS", id="one only tells"),
        pytest.param(5, "FAILED", id="one fails the execution"),
        pytest.param(3, "FAILED", id="the stronger one wins"),
    ],
)
async def test_the_strongest_check_decides(server: House, number: int, state: str) -> None:
    await server.save(source("checked", SMALL, EVEN, ROUND))
    status, document = await start(server, "checked", number)
    assert status == 200
    assert document["state"]["current"] == state  # type: ignore[index]  # a document
    assert len(document.get("taskRunList") or []) == (1 if state == "SUCCESS" else 0)  # type: ignore[arg-type]  # a document


@pytest.mark.anyio
async def test_a_blocked_execution_is_not_made_and_says_why(server: House) -> None:
    await server.save(source("checked", SMALL, EVEN))
    status, document = await start(server, "checked", 11)
    assert status == 422
    assert "Failed checks: too big, odd" in str(document["message"])
    assert (await server.get("/executions/search"))["total"] == 0


@pytest.mark.anyio
async def test_a_check_that_cannot_be_rendered_blocks(server: House) -> None:
    await server.save(source("checked", check("{{ nothing.there }}", "never", "CREATE_EXECUTION")))
    status, document = await start(server, "checked", 1)
    assert status == 422
    assert "Failed to evaluate check condition. Cause: " in str(document["message"])


@pytest.mark.anyio
async def test_validating_inputs_tells_which_checks_would_fail(server: House) -> None:
    await server.save(source("checked", SMALL, EVEN))
    answer = await server.client.post("/api/v1/main/executions/demo/checked/validate", files={"n": (None, "3")})
    assert answer.json()["checks"] == [{"message": "odd", "style": "INFO", "behavior": "FAIL_EXECUTION"}]
