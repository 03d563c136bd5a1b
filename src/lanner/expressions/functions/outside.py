"""Functions that reach outside through the port: files, keys, secrets, HTTP and the environment."""

from collections.abc import Mapping
from typing import Any

from lanner.expressions.errors import Fault
from lanner.expressions.reach import HttpCall
from lanner.expressions.registry import Feature, Scope, given
from lanner.expressions.values import ABSENT, is_map, no_cast, text_input


def read(scope: Scope, path: Any = ABSENT, namespace: Any = ABSENT) -> str:
    """Return the text of a namespace file or of a file of this execution's storage.

    >>> {{ read('query.sql') }}
    select 1
    """
    where = _path(path, "read", "a path to a namespace file or an internal storage URI")
    return scope.rendering.reach.read(where, _optional(namespace)).decode("utf-8", "replace")


def file_uri(scope: Scope, path: Any = ABSENT, namespace: Any = ABSENT) -> str:
    """Return the URI of a namespace file.

    >>> {{ fileURI('query.sql') }}
    kestra:///company/team/_files/query.sql
    """
    return scope.rendering.reach.file_uri(_path(path, "fileURI", "a path to a namespace file"), _optional(namespace))


def file_size(scope: Scope, path: Any = ABSENT, namespace: Any = ABSENT) -> int:
    """Return the size of a file in bytes.

    >>> {{ fileSize('query.sql') }}
    8
    """
    return scope.rendering.reach.file_size(
        _path(path, "fileSize", "a path to the internal storage URI"), _optional(namespace)
    )


def file_exists(scope: Scope, path: Any = ABSENT, namespace: Any = ABSENT) -> bool:
    """Whether there is such a file.

    >>> {{ fileExists('query.sql') }} {{ fileExists('none.sql') }}
    true false
    """
    return scope.rendering.reach.file_exists(
        _path(path, "fileExists", "a path to the internal storage URI"), _optional(namespace)
    )


def is_file_empty(scope: Scope, path: Any = ABSENT, namespace: Any = ABSENT) -> bool:
    """Whether a file has no bytes in it.

    >>> {{ isFileEmpty('query.sql') }}
    false
    """
    where = _path(path, "isFileEmpty", "a path to a namespace file or an internal storage URI")
    return scope.rendering.reach.file_size(where, _optional(namespace)) == 0


def kv(scope: Scope, key: Any = ABSENT, namespace: Any = ABSENT, error_on_missing: Any = ABSENT) -> Any:
    """Return the value of a key of the namespace's store; a missing key is an error unless ``errorOnMissing=false``.

    >>> {{ kv('region') }} {{ kv('none', errorOnMissing=false) ?? 'eu' }}
    us eu
    """
    if not given(key):
        raise Fault("The 'kv' function expects an argument 'key'.")
    name, where = text_input(key), _optional(namespace)
    found = scope.rendering.reach.kv(name, where)
    if found is not None:
        return found.value
    if error_on_missing is False:
        return None
    raise Fault(f"The key '{name}' does not exist in the namespace '{where or _own_namespace(scope.variables)}'.")


def secret(scope: Scope, key: Any = ABSENT, namespace: Any = ABSENT, subkey: Any = ABSENT) -> str:
    """Return a secret's value, or one field of a secret that is JSON; logs and errors never show it.

    >>> {{ secret('TOKEN') | length }}
    6
    """
    if not given(key):
        raise Fault("The 'secret' function expects an argument 'key'.")
    name = text_input(key)
    value = scope.rendering.reach.secret(name, _optional(namespace))
    if value is None:
        raise Fault(f"Cannot find secret for key '{name}'.")
    scope.rendering.handed_out(value)
    if not given(subkey):
        return value
    part = _part(value, name, text_input(subkey))
    scope.rendering.handed_out(part)
    return part


def http(  # noqa: PLR0917 -- the signature is the language's
    scope: Scope,
    uri: Any = ABSENT,
    method: Any = ABSENT,
    query: Any = ABSENT,
    body: Any = ABSENT,
    content_type: Any = ABSENT,
    headers: Any = ABSENT,
    options: Any = ABSENT,
    accept: Any = ABSENT,
) -> Any:
    """Send an HTTP request and return the answer's body, read as JSON, YAML or Ion if its type says so.

    >>> {{ http('https://example.org/api').name }}
    Ada
    """
    if not given(uri):
        raise Fault("The 'http' function expects an argument 'uri'.")
    call = HttpCall(
        uri=text_input(uri),
        method=_optional(method) or "GET",
        query=_map(query),
        body=body if given(body) else None,
        content_type=_optional(content_type) or "application/json",
        headers=_map(headers),
        options=_map(options),
        accept=_optional(accept) or "application/json",
    )
    answer = scope.rendering.reach.http(call)
    text = answer.body.decode("utf-8", "replace")
    if answer.status >= 400:
        raise Fault(f"Failed to execute HTTP Request, server respond with status {answer.status} : {text[:2000]}")
    return _parsed(text, answer.content_type)


def encrypt(scope: Scope, key: Any = ABSENT, plaintext: Any = ABSENT) -> str:
    """Encrypt a text with AES-GCM and a key in Base64.

    >>> {{ decrypt('MDEyMzQ1Njc4OWFiY2RlZg==', encrypt('MDEyMzQ1Njc4OWFiY2RlZg==', 'hi')) }}
    hi
    """
    if not (given(key) and given(plaintext)):
        raise Fault("The 'encrypt' function expects two arguments 'key' and 'plaintext'.")
    from lanner.expressions.formats.encryption import encrypted  # noqa: PLC0415 -- rarely used

    return encrypted(text_input(key), text_input(plaintext), scope.rendering.reach.random_bytes(12))


def decrypt(key: Any = ABSENT, encrypted: Any = ABSENT) -> str:
    """Decrypt what ``encrypt`` made with the same key.

    >>> {{ decrypt('MDEyMzQ1Njc4OWFiY2RlZg==', encrypt('MDEyMzQ1Njc4OWFiY2RlZg==', 'hi')) }}
    hi
    """
    if not (given(key) and given(encrypted)):
        raise Fault("The 'decrypt' function expects two arguments 'key' and 'encrypted'.")
    from lanner.expressions.formats.encryption import decrypted  # noqa: PLC0415 -- rarely used

    return decrypted(text_input(key), text_input(encrypted))


def env(scope: Scope, name: Any = ABSENT, default: Any = ABSENT) -> Any:
    """Return an environment variable that the server lets flows see, or ``default``.

    >>> {{ env('STAGE') }} {{ env('NONE', 'dev') }}
    prod dev
    """
    if not given(name):
        raise Fault("The 'env' function expects an argument 'name'.")
    value = scope.rendering.reach.env(text_input(name))
    return value if value is not None else default if default is not ABSENT else None


def error_logs(scope: Scope) -> list[Any]:
    """Return the error log lines of the execution: maps with ``message``, ``taskId``, ``timestamp`` …

    >>> {{ errorLogs()[0].message }}
    it broke
    """
    return [dict(line) for line in scope.rendering.reach.error_logs()]


def app_link(scope: Scope, app_id: Any = ABSENT, base_url: Any = ABSENT) -> str:
    """Return the link of an app.

    >>> {{ appLink('form') }}
    https://example.org/apps/form
    """
    return scope.rendering.reach.app_link(_optional(app_id), _optional(base_url))


def credential(scope: Scope, name: Any = ABSENT, namespace: Any = ABSENT) -> Any:
    """Return a credential's current token; logs and errors never show it.

    >>> {{ credential('gcp') | length }}
    5
    """
    value = scope.rendering.reach.credential({"name": text_input(name), "namespace": _optional(namespace)})
    if isinstance(value, str):
        scope.rendering.handed_out(value)
    return value


def subflow(  # noqa: PLR0917 -- the signature is the language's
    scope: Scope,
    namespace: Any = ABSENT,
    flow_id: Any = ABSENT,
    inputs: Any = ABSENT,
    revision: Any = ABSENT,
    labels: Any = ABSENT,
    timeout: Any = ABSENT,
) -> Any:
    """Run a flow and return its outputs: only where the choices of an input are worked out.

    >>> {{ subflow('company', 'regions').list }}
    ["eu","us"]
    """
    names = ("namespace", "id", "inputs", "revision", "labels", "timeout")
    written = (namespace, flow_id, inputs, revision, labels, timeout)
    arguments = {name: value for name, value in zip(names, written, strict=True) if given(value)}
    return dict(scope.rendering.reach.subflow(arguments))


def _path(value: Any, function: str, what: str) -> str:
    if not given(value):
        raise Fault(f"The '{function}' function expects an argument 'path'. It is {what}.")
    path = str(value) if not isinstance(value, str) else value
    if ".." in path.split("/"):
        raise Fault("Path must not contain '../': files are named by their full path.")
    return path


def _optional(value: Any) -> str | None:
    return text_input(value) if given(value) else None


def _map(value: Any) -> Mapping[str, Any]:
    if not given(value):
        return {}
    if not is_map(value):
        raise no_cast(value, "java.util.Map")
    result: Mapping[str, Any] = value
    return result


def _own_namespace(variables: Mapping[str, Any]) -> str:
    flow = variables.get("flow")
    return str(flow.get("namespace", "")) if isinstance(flow, Mapping) else ""


def _part(value: str, key: str, subkey: str) -> str:
    from lanner.expressions.formats.json_text import loaded  # noqa: PLC0415 -- rarely used
    from lanner.expressions.text import java_text  # noqa: PLC0415 -- as above

    try:
        fields = loaded(value)
    except Fault:
        fields = None
    if not isinstance(fields, dict):
        raise Fault(
            f"Failed to read secret sub-key '{subkey}' from secret '{key}'. "
            "Ensure the secret contains valid JSON value."
        )
    if fields.get(subkey) is None:
        raise Fault(f"Cannot find secret sub-key '{subkey}' in secret '{key}'.")
    return java_text(fields[subkey])


def _parsed(text: str, content_type: str) -> Any:
    kind = content_type.partition(";")[0].strip().lower()
    if "json" in kind and text.strip():
        from lanner.expressions.formats.json_text import loaded  # noqa: PLC0415 -- rarely used

        return loaded(text)
    if "yaml" in kind:
        from lanner.expressions.formats.yaml_text import loaded as from_yaml  # noqa: PLC0415 -- as above

        return from_yaml(text)
    if "ion" in kind.partition("/")[2].split("+")[-1].split(".") or kind.endswith("x-ion"):
        from lanner.expressions.formats.ion_text import loaded as from_ion  # noqa: PLC0415 -- as above

        return from_ion(text, all_rows=False)
    return text


_FILE = ("path", "namespace")
FUNCTIONS = (
    Feature("read", read, _FILE, needs_scope=True),
    Feature("fileURI", file_uri, _FILE, needs_scope=True),
    Feature("fileSize", file_size, _FILE, needs_scope=True),
    Feature("fileExists", file_exists, _FILE, needs_scope=True),
    Feature("isFileEmpty", is_file_empty, _FILE, needs_scope=True),
    Feature("kv", kv, ("key", "namespace", "errorOnMissing=true"), needs_scope=True),
    Feature("secret", secret, ("key", "namespace", "subkey"), needs_scope=True),
    Feature(
        "http",
        http,
        (
            "uri",
            "method='GET'",
            "query",
            "body",
            "contentType='application/json'",
            "headers",
            "options",
            "accept='application/json'",
        ),
        needs_scope=True,
    ),
    Feature("encrypt", encrypt, ("key", "plaintext"), needs_scope=True),
    Feature("decrypt", decrypt, ("key", "encrypted")),
    Feature("env", env, ("name", "default"), needs_scope=True),
    Feature("errorLogs", error_logs, needs_scope=True),
    Feature("appLink", app_link, ("appId", "baseUrl"), needs_scope=True),
    Feature("credential", credential, ("name", "namespace"), needs_scope=True),
    Feature(
        "subflow",
        subflow,
        ("namespace", "id", "inputs", "revision", "labels", "timeout"),
        needs_scope=True,
    ),
)
