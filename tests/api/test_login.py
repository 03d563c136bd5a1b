"""Who gets in. Source: reference api.md §4."""

from base64 import b64encode

import httpx
import pytest

from tests.api.house import PASSWORD, USER, House

pytestmark = pytest.mark.anyio

SEARCH = "/api/v1/main/flows/search"
SETUP = "/api/v1/main/basicAuth"


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/health/liveness",
        "/ping",
        "/",
        "/api/v1/configs",
        "/api/v1/configs/login",
        "/api/v1/basicAuthValidationErrors",
    ],
)
async def test_a_few_paths_answer_strangers(server: House, path: str) -> None:
    assert (await server.stranger.get(path)).status_code in {200, 307}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SEARCH),
        ("GET", "/api/v1/flows/search"),
        ("GET", "/api/v1/plugins"),
        ("POST", "/api/v1/logout"),
        ("GET", "/api/v1/main/configs/x"),
        ("GET", "/api/v1/nothing"),
        ("GET", "/api/v1/main/executions/webhook/demo/one"),
        ("POST", SETUP),
        ("DELETE", "/api/v1/configs"),
        ("GET", "/api/v1//main/flows/search"),
        ("GET", "/api/v1/main/flows%2Fsearch"),
    ],
)
async def test_everything_else_asks_strangers_to_log_in(server: House, method: str, path: str) -> None:
    answer = await server.stranger.request(method, path, json={"username": "a@b.io", "password": "Admin1234"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="Kestra"'


async def test_the_login_page_gets_no_window_of_the_browser(server: House) -> None:
    answer = await server.stranger.get(SEARCH, headers={"referer": "http://lanner.test/ui/login"})
    assert answer.status_code == 401
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("Basic " + b64encode(f"{USER}:wrong".encode()).decode(), id="wrong password"),
        pytest.param("Basic " + b64encode(f"other@kestra.io:{PASSWORD}".encode()).decode(), id="wrong user"),
        pytest.param("Basic " + b64encode(USER.encode()).decode(), id="no colon"),
        pytest.param("Basic ä", id="no base64"),
        pytest.param("Basic", id="nothing"),
        pytest.param("Bearer " + b64encode(f"{USER}:{PASSWORD}".encode()).decode(), id="another scheme"),
    ],
)
async def test_wrong_credentials_are_401(server: House, authorization: str) -> None:
    answer = await server.stranger.get(SEARCH, headers={b"authorization": authorization.encode("latin-1")})
    assert answer.status_code == 401


async def test_the_first_user_is_set_once_without_a_login(fresh_server: House) -> None:
    client = fresh_server.stranger
    assert (await client.get("/api/v1/configs")).json()["isBasicAuthInitialized"] is False
    assert (await client.get(SEARCH)).status_code == 401
    user = {"uid": "x", "username": USER, "password": PASSWORD}
    assert (await client.post(SETUP, json=user)).status_code == 204
    assert (await client.get("/api/v1/configs")).json()["isBasicAuthInitialized"] is True
    assert (await client.post(SETUP, json=user)).status_code == 401
    assert (await fresh_server.client.get(SEARCH)).status_code == 200


async def test_a_page_of_another_site_cannot_set_the_first_user(fresh_server: House) -> None:
    body = b'{"username":"a@b.io","password":"Admin1234"}'
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = await fresh_server.stranger.post(SETUP, content=body, headers={"content-type": content_type})
        assert answer.status_code == 415
    assert not fresh_server.desk.credentials.is_initialised


@pytest.mark.parametrize(
    ("username", "password", "rules"),
    [
        pytest.param("nobody", "Admin1234", 1, id="no e-mail"),
        pytest.param("a@b.io", "short1A", 1, id="short"),
        pytest.param("a@b.io", "admin1234", 1, id="no upper case"),
        pytest.param("a@b.io", "ADMIN1234", 1, id="no lower case"),
        pytest.param("a@b.io", "AdminAdmin", 1, id="no digit"),
        pytest.param("", "", 2, id="nothing"),
        pytest.param("a@b.io", "Aa1" * 100, 1, id="too long"),
    ],
)
async def test_credentials_keep_the_rules(fresh_server: House, username: str, password: str, rules: int) -> None:
    answer = await fresh_server.stranger.post(SETUP, json={"username": username, "password": password})
    assert answer.status_code == 400
    assert len(answer.json()["_embedded"]["errors"]) == rules


async def test_a_changed_password_counts_at_once(server: House) -> None:
    assert (await server.client.get(SEARCH)).status_code == 200
    changed = await server.client.post(SETUP, json={"username": USER, "password": "Another123"})
    assert changed.status_code == 204
    assert (await server.client.get(SEARCH)).status_code == 401
    assert (await server.stranger.get(SEARCH, auth=(USER, "Another123"))).status_code == 200


async def logged_in(server: House) -> httpx.Cookies:
    """Log the stranger in and return the cookies."""
    answer = await server.stranger.post("/api/v1/login", json={"username": USER, "password": PASSWORD})
    assert answer.status_code == 204
    return answer.cookies


async def test_a_login_sets_cookies_that_pages_cannot_read(server: House) -> None:
    answer = await server.stranger.post("/api/v1/login", json={"username": USER, "password": PASSWORD})
    cookies = {text.partition("=")[0]: text for text in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {"BASIC_AUTH", "kestraBasicAuthenticated", "csrfToken"}
    assert "HttpOnly; SameSite=Strict; Path=/" in cookies["BASIC_AUTH"]
    assert PASSWORD not in answer.text + str(answer.headers)
    wrong = await server.stranger.post("/api/v1/login", json={"username": USER, "password": "nope"})
    assert wrong.status_code == 401


async def test_a_cookie_reads_and_writes_only_with_the_token_beside_it(server: House) -> None:
    cookies = await logged_in(server)
    token = {"x-csrf-token": cookies["csrfToken"]}
    assert (await server.stranger.get(SEARCH)).status_code == 200
    path = "/api/v1/main/flows/disable/by-ids"
    assert (await server.stranger.post(path, json=[])).status_code == 403
    assert (await server.stranger.post(path, json=[], headers={"x-csrf-token": "x"})).status_code == 403
    assert (await server.stranger.post(path, json=[], headers=token)).status_code == 200
    server.stranger.cookies.set("csrfToken", "made.up", domain="lanner.test")
    forged = await server.stranger.post(path, json=[], headers={"x-csrf-token": "made.up"})
    assert forged.status_code == 403


async def test_a_logout_ends_the_session_for_good(server: House) -> None:
    cookies = await logged_in(server)
    session = cookies["BASIC_AUTH"]
    answer = await server.stranger.post("/api/v1/logout", headers={"x-csrf-token": cookies["csrfToken"]})
    assert answer.status_code == 204
    assert "BASIC_AUTH" not in server.stranger.cookies
    again = await server.stranger.get(SEARCH, headers={"cookie": f"BASIC_AUTH={session}"})
    assert again.status_code == 401


async def test_a_changed_password_ends_sessions(server: House) -> None:
    await logged_in(server)
    await server.client.post(SETUP, json={"username": USER, "password": "Another123"})
    assert (await server.stranger.get(SEARCH)).status_code == 401


async def test_a_cookie_made_by_a_client_of_1_0_counts(server: House) -> None:
    cookie = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    answer = await server.stranger.get(SEARCH, headers={"cookie": f"BASIC_AUTH={cookie}"})
    assert answer.status_code == 200


async def test_an_altered_session_is_nothing(server: House) -> None:
    session = (await logged_in(server))["BASIC_AUTH"]
    payload, _, signature = session.partition(".")
    for altered in (f"{payload}x.{signature}", f"{payload}.{signature[:-1]}", f"{payload}.", ".", "ä.ö"):
        answer = await server.stranger.get(SEARCH, headers={b"cookie": f"BASIC_AUTH={altered}".encode("latin-1")})
        assert answer.status_code == 401
