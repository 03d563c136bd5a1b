"""The management port answers probes and nothing else."""

import httpx
import pytest

from lanner.api.management import ByPort, management_app
from tests.api.house import PASSWORD, USER, House

pytestmark = pytest.mark.anyio

PORT = 8081


@pytest.mark.parametrize(
    ("port", "path", "status"),
    [
        pytest.param(PORT, "/health", 200, id="a probe"),
        pytest.param(PORT, "/health/readiness", 200, id="another probe"),
        pytest.param(PORT, "/api/v1/main/flows/search", 404, id="not the API"),
        pytest.param(PORT, "/api/v1/configs", 404, id="not what the API shows to all"),
        pytest.param(PORT, "/ui", 404, id="not the web UI"),
        pytest.param(8080, "/health", 200, id="the main port keeps it"),
        pytest.param(8080, "/api/v1/main/flows/search", 200, id="the main port has the API"),
    ],
)
async def test_each_port_answers_its_own(server: House, port: int, path: str, status: int) -> None:
    app = ByPort(server.app, management_app(server.desk), PORT)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://lanner.test:{port}", auth=(USER, PASSWORD)
    ) as client:
        assert (await client.get(path)).status_code == status
