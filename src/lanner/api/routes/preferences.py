"""What people set up for themselves in the web UI."""

from starlette.types import ASGIApp

from lanner.api.http import Call, empty_answer, json_answer
from lanner.api.routing import Operation
from lanner.api.shapes import JSON_VALUE


async def get(call: Call) -> ASGIApp:
    """Return a preference of the caller; null when it was never set."""
    return json_answer(await call.desk.preferences.get(call.tenant, call.user or "", call.path["name"]))


async def put(call: Call) -> ASGIApp:
    """Remember a preference of the caller: any JSON up to 64 KiB."""
    await call.desk.preferences.set(call.tenant, call.user or "", call.path["name"], await call.json())
    return empty_answer()


OPERATIONS = (
    Operation(method="GET", path="/preferences/{name}", id="getPreference", handler=get, gives=JSON_VALUE),
    Operation(method="PUT", path="/preferences/{name}", id="setPreference", handler=put, takes=JSON_VALUE, status=204),
)
