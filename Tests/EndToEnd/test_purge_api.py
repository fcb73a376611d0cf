"""The purge part of the HTTP API, asked by the official client, by others, and by `apus purge`."""

import base64
import json
import shutil
import subprocess

import imagekitio
import pytest
from imagekitio import ImageKit

from conftest import OLDER_KEY, PRIVATE_KEY
from instance import PROGRAM

pytestmark = pytest.mark.usefixtures("workers_live")

PURGES = "/v1/files/purge"
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
COMPLETED_SECONDS = 30


def client(apus, key=PRIVATE_KEY):
    return ImageKit(private_key=key, base_url=apus.base, max_retries=0)


def basic(key, password=""):
    return "Basic " + base64.b64encode(f"{key}:{password}".encode()).decode()


def call(apus, method="POST", path=PURGES, body=None, key=PRIVATE_KEY, **headers):
    if key is not None:
        headers["Authorization"] = basic(key)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return apus.get(path, method=method, headers=headers, body=body)


def content(answer):
    assert answer["Content-Type"] == "application/json; charset=utf-8", answer
    return json.loads(answer.body)


def assert_error(answer, status, message=None):
    assert answer.status == status, (answer, answer.body)
    assert answer["Cache-Control"] == "no-store"
    assert answer["x-ik-requestid"] == answer["x-request-id"]
    said = content(answer)
    assert set(said) == {"message", "help"}
    if message is not None:
        assert said["message"] == message


# --- What the official client sees


@pytest.mark.parametrize("key", [PRIVATE_KEY, OLDER_KEY], ids=["first-key", "older-key"])
@pytest.mark.parametrize(
    "path",
    [
        "/demo/quadrants.jpg",
        "/demo/quadrants.jpg*",
        "/demo/folder/*",
        "/demo/tr:w-100/quadrants.jpg",
        "/demo/quadrants.jpg?tr=w-100,h-50",
        "/demo/with space.jpg",
        "/demo/ümlaut.jpg",
        "/demo/web/a.jpg",
    ],
)
def test_a_purge_is_accepted_and_completed(apus, eventually, key, path):
    purges = client(apus, key).cache.invalidation
    accepted = purges.create(url=apus.base + path)
    assert isinstance(accepted.request_id, str) and accepted.request_id
    # Whichever worker is asked, and however soon.
    assert purges.get(accepted.request_id).status in ("Pending", "Completed")
    if key == PRIVATE_KEY and path == "/demo/quadrants.jpg":
        eventually(
            lambda: purges.get(accepted.request_id).status == "Completed", COMPLETED_SECONDS, "the end of the purge"
        )


def test_the_answer_has_the_headers_of_the_api(apus):
    raw = client(apus).cache.invalidation.with_raw_response
    accepted = raw.create(url=f"{apus.base}/demo/quadrants.jpg")
    asked = raw.get(accepted.parse().request_id)
    assert (accepted.status_code, asked.status_code) == (201, 200)
    for headers in (accepted.headers, asked.headers):
        assert headers["content-type"] == "application/json; charset=utf-8"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["cache-control"] == "no-store"
        assert headers["x-ik-requestid"] == headers["x-request-id"] != ""
    assert accepted.headers["x-request-id"] != asked.headers["x-request-id"]


@pytest.mark.parametrize("scheme_and_host", ["https://demo.example", "http://127.0.0.1:1", "//127.0.0.1"])
def test_scheme_and_host_of_the_url_do_not_matter(apus, scheme_and_host):
    answer = call(apus, body={"url": f"{scheme_and_host}/demo/quadrants.jpg"})
    assert answer.status == (400 if scheme_and_host.startswith("//") else 201), answer.body


@pytest.mark.parametrize("url", ["", "quadrants.jpg", "/demo/quadrants.jpg", "http://x", "http://x/nobody/a.jpg"])
def test_what_is_no_url_of_the_account_is_refused(apus, url):
    with pytest.raises(imagekitio.BadRequestError) as refused:
        client(apus).cache.invalidation.create(url=url)
    assert refused.value.body["message"] == "The URL is not valid for cache purging."
    assert refused.value.body["help"]


def test_another_accounts_url_is_refused(apus):
    with pytest.raises(imagekitio.BadRequestError):
        client(apus).cache.invalidation.create(url=f"{apus.base}/second/a.jpg")
    assert client(apus, "private_second").cache.invalidation.create(url=f"{apus.base}/second/a.jpg").request_id


def test_another_accounts_purge_is_not_seen(apus):
    mine = client(apus).cache.invalidation.create(url=f"{apus.base}/demo/quadrants.jpg").request_id
    with pytest.raises(imagekitio.BadRequestError) as refused:
        client(apus, "private_second").cache.invalidation.get(mine)
    assert refused.value.body["message"] == "No request found for this requestId."


@pytest.mark.parametrize("identifier", [UNKNOWN_ID, "nothing", "a b", "ä", "%2e", "x" * 2000])
def test_an_unknown_purge_is_400(apus, identifier):
    with pytest.raises(imagekitio.BadRequestError) as refused:
        client(apus).cache.invalidation.get(identifier)
    assert refused.value.body["message"] == "No request found for this requestId."


@pytest.mark.parametrize("key", ["private_nobody", PRIVATE_KEY + "x", PRIVATE_KEY[:-1], "demo"])
def test_a_wrong_key_is_403(apus, key):
    for ask in (
        lambda purges: purges.create(url=f"{apus.base}/demo/quadrants.jpg"),
        lambda purges: purges.get(UNKNOWN_ID),
    ):
        with pytest.raises(imagekitio.PermissionDeniedError) as refused:
            ask(client(apus, key).cache.invalidation)
        assert refused.value.body["message"] == "Your account cannot be authenticated."


# --- What others may send


@pytest.mark.parametrize("authorization", [None, "Bearer x", "Basic", "Basic Og=="])
def test_no_key_is_401(apus, authorization):
    headers = {"Authorization": authorization} if authorization else {}
    answer = call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"}, key=None, **headers)
    assert_error(answer, 401, "Your request does not contain private API key.")


@pytest.mark.parametrize("authorization", [basic(PRIVATE_KEY, "do_not_set"), f"Basic {PRIVATE_KEY}"])
def test_a_key_has_several_forms(apus, authorization):
    body = {"url": f"{apus.base}/demo/quadrants.jpg"}
    assert call(apus, body=body, key=None, Authorization=authorization).status == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"url=x",
        b"[]",
        b"{}",
        b'{"url": 1}',
        b'{"url": null}',
        b'{"url": "http://x/demo/a", "tag": "t"}',
        b'{"url": "http://x/demo/a", "url": "http://x/demo/b"}',
        b'{"url": "http://x/demo/\xff"}',
        b'{"url": "http://x/demo/\\ud800"}',
        b'{"tag": ""}',
        b'{"origin": "nothing"}',
        b'{"url":' + b"[" * 60_000,
        b'{"url":' * 9_000,
        b"[" * 512,
        b'{"url":' + b"[" * 511,
        b"0" * 65_536,
        b'{"url": "http://x/demo/' + b"a" * 65_000 + b'"}',
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_says_nothing_clear_is_400(apus, body):
    assert_error(call(apus, body=body), 400)


@pytest.mark.parametrize("length", [65_537, 500_000, 1_048_576, 1_048_577])
def test_a_body_that_is_too_large_is_413(apus, length):
    assert_error(call(apus, body=b" " * length), 413, "The request body is too large.")
    assert call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"}).status == 201


def chunked(body):
    """A call whose length is only known at its end."""
    lines = [f"POST {PURGES} HTTP/1.1", "Host: x", f"Authorization: {basic(PRIVATE_KEY)}", "Transfer-Encoding: chunked"]
    return "\r\n".join([*lines, "", ""]).encode() + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


@pytest.mark.parametrize("length", [65_537, 1_048_577])
def test_a_body_of_unknown_length_that_is_too_large_is_413(apus, length):
    assert_error(apus.raw(chunked(b" " * length)), 413, "The request body is too large.")


def test_a_body_of_unknown_length_is_read(apus):
    body = json.dumps({"url": f"{apus.base}/demo/quadrants.jpg"}).encode()
    assert apus.raw(chunked(body)).status == 201


@pytest.mark.parametrize("kind", [None, "application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_the_content_type_does_not_matter(apus, kind):
    headers = {"Content-Type": kind} if kind else {}
    assert call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"}, **headers).status == 201


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_does_not_matter(apus, slash):
    answer = call(apus, path=PURGES + slash, body={"url": f"{apus.base}/demo/quadrants.jpg"})
    assert answer.status == 201
    identifier = content(answer)["requestId"]
    assert content(call(apus, "GET", f"{PURGES}/{identifier}{slash}"))["status"] in ("Pending", "Completed")


@pytest.mark.parametrize("body", [{"tag": "summer"}, {"origin": "disk"}, {"tag": "summer", "account": "demo"}])
def test_beyond_imagekit_tags_and_origins_are_purged(apus, body):
    assert content(call(apus, body=body))["requestId"]


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", PURGES, "POST, OPTIONS"),
        ("DELETE", PURGES, "POST, OPTIONS"),
        ("POST", f"{PURGES}/{UNKNOWN_ID}", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_405(apus, method, path, allowed):
    answer = call(apus, method, path)
    assert_error(answer, 405)
    assert answer["Allow"] == allowed


@pytest.mark.parametrize("path", ["/v1/", "/v1/nothing", "/v1/files/purge/a/b", "/api/v1/nothing", "/api/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_there_is_404_in_the_form_of_the_api(apus, method, path):
    assert_error(call(apus, method, path), 404)


def test_a_browser_may_ask_first(apus):
    answer = call(apus, "OPTIONS", key=None)
    assert answer.status == 204
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_head_has_no_body_and_is_not_kept_for_get(apus):
    identifier = content(call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"}))["requestId"]
    head = call(apus, "HEAD", f"{PURGES}/{identifier}")
    assert (head.status, head.body) == (200, b"")
    assert content(call(apus, "GET", f"{PURGES}/{identifier}"))["status"]


def test_no_answer_is_kept_and_shown_to_somebody_without_key(apus):
    identifier = content(call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"}))["requestId"]
    for _ in range(2):
        assert call(apus, "GET", f"{PURGES}/{identifier}").status == 200
        assert_error(call(apus, "GET", f"{PURGES}/{identifier}", key=None), 401)


def test_many_purges_at_once_all_have_a_clear_answer(apus):
    statuses = {call(apus, body={"url": f"{apus.base}/demo/flood/{number}.jpg"}).status for number in range(300)}
    assert statuses <= {201, 503} and 201 in statuses


def test_no_log_has_the_key(apus):
    call(apus, body={"url": f"{apus.base}/demo/quadrants.jpg"})
    call(apus, body={"url": "nonsense"}, key="private_wrong_key")
    logs = apus.log() + apus.log("access.log") + apus.log("nginx-error.log")
    for key in (PRIVATE_KEY, OLDER_KEY, "private_wrong_key"):
        assert key not in logs and basic(key)[6:] not in logs


# --- Delivery beside it


def test_a_custom_host_has_pictures_under_these_paths_too(apus, folder, unique):
    name = f"{unique()}.jpg"
    for place in ("v1", "api"):
        (folder / place).mkdir(exist_ok=True)
        shutil.copy(folder / "quadrants.jpg", folder / place / name)
        path, host = f"/{place}/{name}?tr=w-40", {"Host": "images.shop.example"}
        first = apus.get(path, headers=host)
        assert first.status == 200, first
        assert first.picture().size[0] == 40
        assert apus.get(path, headers=host).cache == "edge"
        assert apus.get(path, method="HEAD", headers=host).status == 200


@pytest.mark.parametrize("path", ["/demo/quadrants.jpg", "/demo/v1/files/purge"])
def test_delivery_takes_no_calls(apus, path):
    answer = call(apus, path=path, body={"url": f"{apus.base}/demo/quadrants.jpg"})
    assert (answer.status, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


# --- The command


def purge(*arguments):
    return subprocess.run(
        [PROGRAM, "purge", *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_purges_and_waits(apus):
    done = purge(
        *("--config", apus.configuration, "--server", apus.base, "--wait"),
        *(f"{apus.base}/demo/quadrants.jpg", f"{apus.base}/second/a.jpg"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.split()
    assert client(apus).cache.invalidation.get(first).status == "Completed"
    assert client(apus, "private_second").cache.invalidation.get(second).status == "Completed"


@pytest.mark.parametrize(
    "subject", [["--tag", "summer", "--account", "demo"], ["--origin", "disk", "--account", "second"]]
)
def test_the_command_purges_tags_and_origins(apus, subject):
    done = purge("--config", apus.configuration, "--server", apus.base, *subject)
    assert done.returncode == 0 and done.stdout.strip(), done


def test_the_command_takes_a_key_alone(apus):
    done = purge("--key", PRIVATE_KEY, "--server", apus.base, f"{apus.base}/demo/quadrants.jpg")
    assert done.returncode == 0 and done.stdout.strip(), done


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--key", "private_nobody", "http://x/demo/a.jpg"], "403: Your account cannot be authenticated."),
        (["--key", PRIVATE_KEY, "nonsense"], "400: The URL is not valid for cache purging."),
        (["--key", PRIVATE_KEY, "http://x/second/a.jpg"], "400: The URL is not valid for cache purging."),
        (["--key", PRIVATE_KEY, "--origin", "nothing"], "400: The account has no such origin."),
    ],
)
def test_the_command_says_what_is_wrong(apus, arguments, said):
    done = purge("--server", apus.base, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr


def test_the_command_needs_to_know_what_and_for_whom(apus):
    url = f"{apus.base}/demo/quadrants.jpg"
    for arguments in (
        [],
        [url],
        ["--key", "k"],
        ["--key", "k", "--config", apus.configuration, url],
        ["--key", "k", "--tag", "t", url],
        ["--config", apus.configuration, "--tag", "t"],
        ["--config", apus.configuration, "http://x/nobody/a.jpg"],
        ["--config", "/nowhere/apus.yaml", url],
        ["--key", "k", "--server", "nonsense", url],
        ["--key", "k", "--server", "http://127.0.0.1:1", url],
    ):
        done = purge(*arguments)
        assert done.returncode != 0 and done.stderr and not done.stdout, (arguments, done)
