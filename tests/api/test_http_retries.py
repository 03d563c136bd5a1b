"""HTTP tasks whose answer is an error status are tried again as their ``retry`` says."""

import pytest

from tests.api.house import House, flow
from tests.plugins.loopback import loopback

pytestmark = pytest.mark.anyio

STATUS = "{{ taskrun.attemptsCount < 2 ? 503 : 200 }}"


@pytest.mark.parametrize("kind", ["Request", "Download"])
@pytest.mark.parametrize(("attempts", "state"), [(3, "SUCCESS"), (2, "FAILED")])
async def test_a_failing_status_is_asked_for_again(server: House, kind: str, attempts: int, state: str) -> None:
    with loopback() as shop:
        task = (
            f"  - id: ask\n    type: io.kestra.plugin.core.http.{kind}\n    uri: '{shop.address}/status/{STATUS}'\n"
            f"    retry: {{type: constant, interval: PT0.001S, maxAttempts: {attempts}}}\n"
        )
        await server.save(flow("again", task))
        execution = await server.start("again", wait=True)
    (run,) = execution["taskRunList"]
    assert (run["state"]["current"], len(run["attempts"])) == (state, attempts)
    assert shop.requests == ["/status/503", "/status/503", "/status/200"][:attempts]


async def test_a_status_that_is_allowed_is_not_asked_for_again(server: House) -> None:
    with loopback() as shop:
        task = (
            f"  - id: ask\n    type: io.kestra.plugin.core.http.Request\n    uri: '{shop.address}/status/503'\n"
            "    options: {allowedResponseCodes: [200, 503]}\n"
            "    retry: {type: constant, interval: PT0.001S, maxAttempts: 3}\n"
        )
        await server.save(flow("allowed", task))
        execution = await server.start("allowed", wait=True)
    assert [run["outputs"]["code"] for run in execution["taskRunList"]] == [503]
    assert shop.requests == ["/status/503"]
