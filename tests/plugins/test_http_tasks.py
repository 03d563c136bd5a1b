"""http.Request and http.Download against a server on the loopback address."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lanner.model.log import Level
from lanner.model.state import State
from lanner.testing.task_harness import TaskHarness, TaskRunResult
from lanner_plugins.core.http.headers import form_body
from lanner_plugins.core.http.host_place import MARK, TOKEN, moved
from lanner_plugins.core.plugin import PLUGIN
from tests.plugins.loopback import DATA, Loopback, loopback

REQUEST = "io.kestra.plugin.core.http.Request"
DOWNLOAD = "io.kestra.plugin.core.http.Download"


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with loopback() as running:
        yield running


@pytest.fixture
def harness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaskHarness:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return TaskHarness(tmp_path, groups=[PLUGIN], secrets={"TOKEN": "t0ps3cret"})


def request(harness: TaskHarness, server: Loopback, path: str, **values: Any) -> TaskRunResult:
    return harness.run({"type": REQUEST, "uri": f"{server.address}{path}", **values})


def echoed(result: TaskRunResult) -> dict[str, Any]:
    assert result.state is State.SUCCESS, result.messages()
    told: dict[str, Any] = orjson.loads(result.outputs["body"])
    return told


def only_error(result: TaskRunResult) -> str:
    assert result.state is State.FAILED
    (message,) = result.messages(Level.ERROR)
    return message


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_method_body_and_content_type_arrive(harness: TaskHarness, server: Loopback, method: str) -> None:
    told = echoed(request(harness, server, "/echo", method=method, contentType="text/plain", body="n={{ 1 + 1 }}"))
    assert (told["method"], told["body"]) == (method, "n=2")
    assert told["headers"]["content-type"] == "text/plain; charset=UTF-8"
    assert list(told["headers"]) == [
        "accept-encoding",
        "host",
        "content-length",
        "content-type",
        "connection",
        "user-agent",
    ]
    assert (told["headers"]["user-agent"], told["headers"]["accept-encoding"]) == ("Kestra", "gzip, x-gzip, deflate")


@pytest.mark.parametrize(
    ("values", "content_type"),
    [
        pytest.param({}, "application/json", id="without a body"),
        pytest.param({"method": "POST", "body": "{}"}, "application/json; charset=UTF-8", id="with a body"),
        pytest.param(
            {"method": "POST", "body": "<a/>", "headers": {"Content-Type": "text/xml"}},
            "text/xml",
            id="from the headers",
        ),
        pytest.param(
            {"method": "POST", "body": "x", "contentType": "text/plain; charset=utf-16"},
            "text/plain; charset=utf-16",
            id="with its own charset",
        ),
    ],
)
def test_content_type(harness: TaskHarness, server: Loopback, values: dict[str, Any], content_type: str) -> None:
    assert echoed(request(harness, server, "/echo", **values))["headers"]["content-type"] == content_type


def test_headers_and_parameters_are_rendered_and_sent(harness: TaskHarness, server: Loopback) -> None:
    values = {"headers": {"X-Trace": "{{ flow.id }}"}, "params": {"q": "a b&c", "n": 5, "many": ["1", "2"]}}
    told = echoed(request(harness, server, "/echo?q=0&kept=%2Fx y", **values))
    assert told["headers"]["x-trace"] == "harness"
    assert told["query"] == {"q": ["a b&c"], "kept": ["/x y"], "n": ["5"], "many": ["1", "2"]}


def test_nothing_but_spaces_in_an_address_is_encoded(harness: TaskHarness, server: Loopback) -> None:
    assert echoed(request(harness, server, "/echo?a=%2Fx y&b=+"))["url"] == "/echo?a=%2Fx%20y&b=+"


def test_output_has_the_address_called_code_and_headers(harness: TaskHarness, server: Loopback) -> None:
    outputs = request(harness, server, "/redirect").outputs
    assert (outputs["uri"], outputs["code"]) == (f"{server.address}/redirect", 200)
    assert outputs["headers"]["content-type"] == ["application/json"]


def test_headers_are_grouped_by_lower_case_names(harness: TaskHarness, server: Loopback) -> None:
    outputs = request(harness, server, "/cookies").outputs
    assert outputs["headers"]["x-many"] == ["a", "b"]
    assert outputs["body"] == ""


def test_redirects_can_be_refused(harness: TaskHarness, server: Loopback) -> None:
    assert request(harness, server, "/redirect", options={"followRedirects": False}).outputs["code"] == 302


@pytest.mark.parametrize(
    ("path", "values", "state"),
    [
        pytest.param("/status/404", {}, State.FAILED, id="404"),
        pytest.param("/status/201", {}, State.SUCCESS, id="201"),
        pytest.param("/status/500", {"options": {"allowFailed": True}}, State.SUCCESS, id="allowed"),
        pytest.param("/status/500", {"allowFailed": "{{ 1 == 1 }}"}, State.SUCCESS, id="allowed the old way"),
        pytest.param("/status/404", {"options": {"allowedResponseCodes": [404]}}, State.SUCCESS, id="listed"),
        pytest.param("/status/500", {"options": {"allowedResponseCodes": [404]}}, State.FAILED, id="not listed"),
        pytest.param("/echo", {"options": {"allowedResponseCodes": [404]}}, State.FAILED, id="200 when not listed"),
    ],
)
def test_status(harness: TaskHarness, server: Loopback, path: str, values: dict[str, Any], state: State) -> None:
    assert request(harness, server, path, **values).state is state


def test_a_failure_shows_status_and_body(harness: TaskHarness, server: Loopback) -> None:
    message = only_error(request(harness, server, "/status/404"))
    assert message == "Failed http request with response code '404' and body:\nstatus 404"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"auth": {"type": "BASIC", "username": "user", "password": "pass"}}, id="basic"),
        pytest.param({"basicAuthUser": "user", "basicAuthPassword": "pass"}, id="old names"),
    ],
)
def test_basic_authentication(harness: TaskHarness, server: Loopback, options: dict[str, Any]) -> None:
    assert request(harness, server, "/basic", options=options).state is State.SUCCESS
    assert request(harness, server, "/basic").state is State.FAILED


def test_bearer_token_is_sent_and_never_logged(harness: TaskHarness, server: Loopback) -> None:
    options = {"auth": {"type": "BEARER", "token": "{{ bearer }}"}, "logs": ["REQUEST_HEADERS", "RESPONSE_HEADERS"]}
    values = {"type": REQUEST, "uri": f"{server.address}/echo", "options": options}
    values["headers"] = {"Cookie": "session=1234"}
    result = harness.run(values, {"bearer": "t0ps3cret"})
    assert echoed(result)["headers"]["authorization"] == "Bearer t0ps3cret"
    shown = "\n".join(result.messages(Level.INFO))
    assert "X-" not in shown
    assert "1234" not in shown
    assert "t0ps3cret" not in shown
    assert "response 200 OK" in shown


def test_form_is_sent_url_encoded(harness: TaskHarness, server: Loopback) -> None:
    told = echoed(request(harness, server, "/echo", method="POST", formData={"a": "x y", "b": 2, "c": {"d": 1}}))
    assert told["headers"]["content-type"] == "application/x-www-form-urlencoded; charset=ISO-8859-1"
    assert told["body"] == "a=x+y&b=2&c=%7Bd%3D1%7D"


@pytest.mark.parametrize(
    ("form", "body"),
    [
        pytest.param({"a": "é", "l": [1, "x"], "t": True}, ("a=%E9&l=%5B1%2C+x%5D&t=true", "ISO-8859-1"), id="Latin"),
        pytest.param({"a": "€", "none": None}, ("a=%E2%82%AC", "UTF-8"), id="what Latin does not hold"),
    ],
)
def test_form_body(form: dict[str, Any], body: tuple[str, str]) -> None:
    content, charset = form_body(form)
    assert (content.decode(), charset) == body


def test_own_headers_come_first_and_authorization_before_the_host(harness: TaskHarness, server: Loopback) -> None:
    auth = {"type": "BASIC", "username": "user", "password": "pass"}
    own = {"X-One": "1", "Accept": "text/html", "User-Agent": "mine"}
    told = echoed(request(harness, server, "/echo", headers=own, contentType="text/plain", options={"auth": auth}))
    assert list(told["headers"]) == [
        "accept",
        "user-agent",
        "x-one",
        "accept-encoding",
        "authorization",
        "host",
        "connection",
    ]


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        pytest.param(
            f"GET / HTTP/1.1\r\nHost: h\r\na: 1\r\n{MARK}: {TOKEN}\r\nb: 2\r\n\r\n",
            "GET / HTTP/1.1\r\na: 1\r\nHost: h\r\nb: 2\r\n\r\n",
            id="to the mark",
        ),
        pytest.param(
            f"GET / HTTP/1.1\r\na: 1\r\n{MARK}: {TOKEN}\r\n\r\n", "GET / HTTP/1.1\r\na: 1\r\n\r\n", id="no host to move"
        ),
        pytest.param("x\r\nHost: h\r\n\r\n", "x\r\nHost: h\r\n\r\n", id="no mark: a body"),
    ],
)
def test_the_host_moves_to_its_mark(head: str, sent: str) -> None:
    assert moved(head.encode()).decode() == sent


def test_the_mark_is_neither_sent_nor_logged(harness: TaskHarness, server: Loopback) -> None:
    result = request(harness, server, "/redirect", options={"logs": ["REQUEST_HEADERS"]})
    told = request(harness, server, "/echo")
    assert MARK not in str(result.messages()) + str(told.outputs)


def test_multipart_form_sends_stored_files(harness: TaskHarness, server: Loopback) -> None:
    uri = harness.put("notes.txt", "stored text")
    form = {"plain": "text", "file": uri, "named": {"name": "other.bin", "content": uri}, "json": {"a": 1}}
    values = {"method": "POST", "contentType": "multipart/form-data", "formData": form}
    told = echoed(request(harness, server, "/echo", **values))
    assert told["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    assert 'name="plain"\r\nContent-Type: text/plain\r\n\r\ntext' in told["body"]
    assert 'name="file"; filename="notes.txt"' in told["body"]
    assert 'name="named"; filename="other.bin"' in told["body"]
    assert told["body"].count("stored text") == 2
    assert '{"a":1}' in told["body"]


@pytest.mark.parametrize(
    ("path", "body"),
    [pytest.param("/latin", "é", id="charset"), pytest.param("/zipped", "many words " * 100, id="gzip")],
)
def test_body_is_decoded(harness: TaskHarness, server: Loopback, path: str, body: str) -> None:
    assert request(harness, server, path).outputs["body"] == body


def test_bytes_are_refused_with_advice(harness: TaskHarness, server: Loopback) -> None:
    assert "use io.kestra.plugin.core.http.Download" in only_error(request(harness, server, "/bytes"))


def test_length_is_published(harness: TaskHarness, server: Loopback) -> None:
    (metric,) = request(harness, server, "/status/201").metrics
    assert (metric.name, metric.value) == ("response.length", 10)
    assert metric.tags == {"request.method": "GET", "response.code": "201"}


def test_silence_longer_than_the_limit_fails(harness: TaskHarness) -> None:
    with loopback() as silent:
        result = request(harness, silent, "/still", options={"timeout": {"readIdleTimeout": "PT0.05S"}})
    assert "nothing was received for 0.05 s" in only_error(result)


def test_nobody_there_fails_with_the_address(harness: TaskHarness) -> None:
    with loopback() as gone:
        address = gone.address
    message = only_error(harness.run({"type": REQUEST, "uri": f"{address}/x?token=abc"}))
    assert message.startswith(f"GET {address}/x failed: ")
    assert "abc" not in message


@pytest.mark.parametrize("uri", ["ftp://example.com/x", "example.com", ""])
def test_an_address_that_is_none_is_refused(harness: TaskHarness, uri: str) -> None:
    assert "is not an address to call" in only_error(harness.run({"type": REQUEST, "uri": uri}))


def test_a_killed_request_is_given_up(harness: TaskHarness) -> None:
    with loopback() as silent:
        running = harness.start({"type": REQUEST, "uri": f"{silent.address}/still"})
        assert silent.reached.wait(10)
        running.kill()
        assert running.wait(10).state is State.KILLED


def test_proxy_is_asked_for_everything(harness: TaskHarness, server: Loopback) -> None:
    host, port = server.server_address[:2]
    values = {"uri": "http://nowhere.invalid/x", "options": {"proxy": {"type": "HTTP", "address": host, "port": port}}}
    assert echoed(harness.run({"type": REQUEST, **values}))["url"] == "http://nowhere.invalid/x"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PEM file with a key and a certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificates_are_checked_unless_told_otherwise(harness: TaskHarness, certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    pem = certificate.read_text()
    own = pem[pem.index("-----BEGIN CERTIFICATE") :]
    with loopback(tls) as server:
        assert "certificate verify failed" in only_error(request(harness, server, "/echo"))
        assert request(harness, server, "/echo", options={"ssl": {"caPem": own}}).state is State.SUCCESS
        loose = {"ssl": {"insecureTrustAllCertificates": True}}
        assert request(harness, server, "/echo", options=loose).state is State.SUCCESS
        assert request(harness, server, "/echo", sslOptions=loose["ssl"]).state is State.SUCCESS


def test_connections_are_kept_for_the_next_task(harness: TaskHarness) -> None:
    with loopback() as server:
        task = {"type": REQUEST, "uri": f"{server.address}/echo"}
        results = harness.run_many([task] * 5)
        assert [result.state for result in results] == [State.SUCCESS] * 5
        assert len(server.ports) == 1


def test_download_stores_the_file(harness: TaskHarness, server: Loopback) -> None:
    result = harness.run({"type": DOWNLOAD, "uri": f"{server.address}/data/seattle-weather.csv"})
    content = (DATA / "seattle-weather.csv").read_bytes()
    assert (result.outputs["code"], result.outputs["length"]) == (200, len(content))
    assert result.outputs["uri"].endswith("seattle-weather.csv")
    assert harness.read(result.outputs["uri"]) == content


def test_download_takes_the_name_the_server_gives(harness: TaskHarness, server: Loopback) -> None:
    uri = harness.run({"type": DOWNLOAD, "uri": f"{server.address}/named"}).outputs["uri"]
    assert uri.endswith("/résumé_a.txt")


def test_download_takes_the_name_it_is_told(harness: TaskHarness, server: Loopback) -> None:
    for told in ("rows.csv", "../../rows.csv"):
        values = {"type": DOWNLOAD, "uri": f"{server.address}/named", "saveAs": told}
        assert harness.run(values).outputs["uri"].endswith("/rows.csv")


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        pytest.param("/status/404", {}, "Failed http request with response code '404' and body:\nstatus 404", id="404"),
        pytest.param("/empty", {}, "No response from server", id="empty"),
        pytest.param("/short", {}, "peer closed connection", id="cut off"),
    ],
)
def test_download_fails(
    harness: TaskHarness, server: Loopback, path: str, values: dict[str, Any], message: str
) -> None:
    assert message in only_error(harness.run({"type": DOWNLOAD, "uri": f"{server.address}{path}", **values}))


def test_download_of_nothing_can_be_allowed(harness: TaskHarness, server: Loopback) -> None:
    values = {"type": DOWNLOAD, "uri": f"{server.address}/empty", "failOnEmptyResponse": False}
    assert harness.run(values).outputs["length"] == 0


def test_download_unpacks_and_checks_the_packed_size(harness: TaskHarness, server: Loopback) -> None:
    outputs = harness.run({"type": DOWNLOAD, "uri": f"{server.address}/zipped"}).outputs
    assert harness.read(outputs["uri"]) == b"many words " * 100


@pytest.mark.parametrize("path", ["/large", "/packed-large"])
def test_an_answer_that_is_too_long_is_refused(
    harness: TaskHarness, server: Loopback, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("lanner_plugins.core.http.exchange.MAX_BODY_BYTES", 1_000)
    told = only_error(request(harness, server, path))
    assert told.startswith("the answer has more than 1000 bytes; use io.kestra.plugin.core.http.Download")
    logged = harness.run({"type": DOWNLOAD, "uri": f"{server.address}{path}", "options": {"logs": ["RESPONSE_BODY"]}})
    assert "more than 1000 bytes" in only_error(logged)


def test_a_body_that_was_logged_is_still_stored(harness: TaskHarness, server: Loopback) -> None:
    result = harness.run({"type": DOWNLOAD, "uri": f"{server.address}/large", "options": {"logs": ["RESPONSE_BODY"]}})
    assert result.state is State.SUCCESS, result.messages()
    assert result.outputs["length"] == 100_000


def test_a_failure_shows_the_beginning_of_a_long_body(
    harness: TaskHarness, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanner_plugins.core.http.exchange.MAX_BODY_BYTES", 1_000)
    told = only_error(request(harness, server, "/large-failure"))
    assert told.startswith("Failed http request with response code '500' and body:\nxxx")
    assert len(told) < 5_000
