"""What nginx lets through to a worker: requests that are no HTTP, that are too long, that name another host or method
than they mean."""

import itertools
import re

import http_client
import pytest
from fastcgi_stub import FastCGIStub
from hardened_site import CHUNKED, HIDDEN, answers, asked_since, check_refusal, connect, site, stub  # noqa: F401
from instance import wait_for
from nginx_site import proxied_site

# --- The request line

LINES = {
    b"GET /a\0b HTTP/1.1": 400,
    b"GET /a\x01b HTTP/1.1": 400,
    b"GET /a\tb HTTP/1.1": 400,
    b"GET /a\rb HTTP/1.1": 400,
    b"GET /a\x7fb HTTP/1.1": 400,
    b"GET /a b HTTP/1.1": 400,
    b"GET /a%00b HTTP/1.1": 400,
    b"GET /a%zz HTTP/1.1": 400,
    b"GET /../../a HTTP/1.1": 400,
    b"get /a HTTP/1.1": 400,
    b"GET\t/a HTTP/1.1": 400,
    b"GET a HTTP/1.1": 400,
    b"GET * HTTP/1.1": 400,
    b"OPTIONS * HTTP/1.1": 400,
    b"GET \\a HTTP/1.1": 400,
    b"GET /a HTTP/2.0": 505,
    b"GET /a HTTP/3.0": 505,
    b"GET /a HTTP/1.": 400,
    b"GET /a HTTP/x": 400,
    b"GET /a XTTP/1.1": 400,
    b"PRI * HTTP/2.0": 400,
    b"CONNECT a.example:443 HTTP/1.1": 400,
    b"CONNECT /a HTTP/1.1": 405,
    b"TRACE /a HTTP/1.1": 405,
    b"GET http:///a HTTP/1.1": 400,
    b"GET http://user:word@a.example/a HTTP/1.1": 400,
    b"GET /" + b"a" * 65536 + b" HTTP/1.1": 414,
    b"GET /a?" + b"&".join(b"p%d=1" % number for number in range(10_000)) + b" HTTP/1.1": 414,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": 400,
}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[:24].decode("ascii", "backslashreplace"))
def test_a_bad_request_line_is_refused(site, stub, line):
    before = stub.count()
    (answer,) = answers(site, line + b"\r\nHost: x\r\n\r\n" + HIDDEN.encode())
    assert answer.status == LINES[line]
    check_refusal(answer)
    assert (answer["Allow"] == "GET, HEAD, OPTIONS") == (answer.status == 405)
    assert asked_since(stub, before) == []


@pytest.mark.parametrize(
    "path", ["/a%0d%0aX-Evil:%20y", "/a%0aSet-Cookie:%20b", "/%E2%80%AE", "/\u00e9", "/a%7f", "/a%09b", "/a\"<>`{}|^"]
)
def test_the_rest_comes_to_the_worker_as_it_was_sent(site, stub, path):
    (answer,) = answers(site, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert answer.status == 200 and answer["X-Evil"] is None and answer["Set-Cookie"] is None
    assert stub.requests[-1]["REQUEST_URI"] == path


# --- Headers that are too long

TOO_LONG = {
    "1 MB": "X: " + "a" * 1_000_000,
    "16 kB": "X: " + "a" * 16_400,
    "100,000 of them": "\r\n".join(f"X-{number}: a" for number in range(100_000)),
    "a condition": "If-None-Match: " + ", ".join(f'"{number}"' for number in range(10_000)),
    "cookies": "\r\n".join("Cookie: " + "a" * 8000 for _ in range(20)),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_headers_that_are_too_long_are_431(site, stub, name):
    before = stub.count()
    found = answers(site, f"GET /never/a HTTP/1.1\r\nHost: x\r\n{TOO_LONG[name]}\r\n\r\n".encode())
    assert [answer.status for answer in found] in ([431], [])
    for answer in found:
        check_refusal(answer)
    assert asked_since(stub, before) == []


def test_a_body_that_is_too_long_is_413(site, stub):
    before = stub.count()
    (answer,) = answers(site, b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n" + b"a" * 70_000)
    assert answer.status == 413
    check_refusal(answer)
    (answer,) = answers(site, f"POST /a HTTP/1.1\r\nHost: x\r\n{CHUNKED}\r\n\r\n11170\r\n".encode() + b"a" * 70_000)
    assert answer.status == 413 and asked_since(stub, before) == []


def test_so_it_is_with_what_other_regions_ask(site, stub):
    before = stub.count()
    answer = http_client.request(site.port, "/_apus/region/exchange", method="POST", body=b"a" * 70_000)
    assert answer.status == 413 and asked_since(stub, before) == []
    check_refusal(answer)


# --- Paths of nginx itself

ERROR_PAGES = [
    *("/_nginx/refused", "/_nginx/condition", "/_nginx/method", "/_nginx/too-many", "/_nginx/unavailable"),
    *("/_nginx/nothing", "/_nginx/%6eothing", "//_nginx/./nothing?a"),
    *("/_nginx/api/refused", "/_nginx/api/too-large", "/_nginx/api/too-many", "/_nginx/api/unavailable"),
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ERROR_PAGES)
def test_the_pages_of_errors_are_not_there_for_clients(site, stub, path, method):
    before = stub.count()
    answer = http_client.request(site.port, path, method=method)
    assert (answer.status, answer.body) == (404, b"Not Found\n")
    check_refusal(answer)
    assert answer["ik-error"].startswith("ENOENT - ") and answer["Retry-After"] is None and answer["Allow"] is None
    assert asked_since(stub, before) == []


@pytest.mark.parametrize("path", ["/_nginx", "/_nginx/", "/_nginx/api", "/_nginx/api/", "/_nginx/other", "/_NGINX/refused"])
def test_the_others_beside_them_are_the_worker_s(site, stub, path):
    assert http_client.request(site.port, path).body == b"stub"
    assert stub.last(path)["REQUEST_URI"] == path


# Where nginx has a location for all below.
@pytest.mark.parametrize("path", ["/v1", "/api", "/_apus/region", "/v1?a=b", "/_apus", "/v2"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_nothing_leads_to_a_path_with_a_slash(site, stub, path, method):
    """Not to the host that the client named, nor to the port behind a proxy."""
    before = stub.count()
    answer = http_client.request(site.port, path, method=method, headers={"Host": "evil.example"})
    assert answer.status == 200 and answer["Location"] is None
    assert asked_since(stub, before) in ([("GET" if method == "HEAD" else method, path)], [])


@pytest.mark.parametrize("path", ["/v1", "/api"])
def test_the_folders_of_the_api_are_kept_as_pictures_are(site, stub, path):
    for _ in range(2):
        answer = http_client.request(site.port, path, headers={"Host": "kept.example"})
    assert answer["x-apus-cache"] == "edge"


# --- Methods, expectations, upgrades


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PROPFIND", "PURGE", "BAN", "M-SEARCH", "A" * 300])
def test_other_methods_are_the_worker_s_to_refuse_and_never_kept(site, stub, method):
    path = f"/method-{method[:9]}"
    assert http_client.request(site.port, path, method=method).status == 200
    assert stub.last(path)["REQUEST_METHOD"] == method
    assert http_client.request(site.port, path)["x-apus-cache"] != "edge"
    # Nor is what is kept ever an answer to them.
    before = stub.count()
    http_client.request(site.port, path, method=method)
    assert stub.count() == before + 1


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_no_header_is_a_method(site, stub, name):
    path = f"/never/override{name}"
    http_client.request(site.port, path, headers={name: "DELETE"})
    assert stub.last(path)["REQUEST_METHOD"] == "GET"


def test_a_body_may_wait_to_be_asked_for(site):
    with connect(site) as connection:
        connection.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"a")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Expect": "coffee"},
        {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
        {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"},
        {"Connection": "close, Host, X-Accel-Expires"},
    ],
    ids=["Expect", "websocket", "h2c", "Connection"],
)
def test_what_asks_for_another_protocol_gets_an_ordinary_answer(site, stub, headers):
    answer = http_client.request(site.port, "/never/upgrade", headers=headers)
    assert (answer.status, answer.body) == (200, b"stub")
    assert stub.last("/never/upgrade")["HTTP_HOST"] == "127.0.0.1"


# --- Hosts

HOSTS = {
    "images.shop.example": "images.shop.example",
    "IMAGES.Shop.Example": "images.shop.example",
    "images.shop.example:8080": "images.shop.example",
    "images.shop.example.": "images.shop.example",
    "images.shop.example.:80": "images.shop.example",
    "[::1]:80": "[::1]",
    "192.0.2.1": "192.0.2.1",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_host_has_one_spelling(site, stub, host, is_absolute):
    path = f"/never/host-{is_absolute}"
    target, named = (f"http://{host}{path}", "other.example") if is_absolute else (path, host)
    assert http_client.request(site.port, target, headers={"Host": named}).status == 200
    asked = stub.last(path)
    assert (asked["HTTP_HOST"], asked["REQUEST_URI"]) == (HOSTS[host], path)


@pytest.mark.parametrize(
    "hosts", [["x", "y"], ["x", "x"], [], [""], ["a..b"], ["a/b"], ["a b"], ["a\tb"], ["a\0b"], ["a.example/@b"]]
)
def test_a_request_has_one_host(site, stub, hosts):
    before = stub.count()
    lines = ["GET /never/hosts HTTP/1.1", *(f"Host: {host}" for host in hosts), "Connection: close", "", ""]
    (answer,) = answers(site, "\r\n".join(lines).encode())
    assert answer.status == 400
    check_refusal(answer)
    assert asked_since(stub, before) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/evil"},
        {"X-Rewrite-URL": "/evil"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-Scheme": "nothttps", "X-Forwarded-Proto": "evil", "X-Forwarded-Port": "1"},
        {"X-Accel-Redirect": "/evil", "X-Accel-Expires": "0"},
        {"Request-URI": "/evil", "Script-Name": "/evil", "Path-Info": "/evil"},
        {"Proxy": "http://evil.example"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_other_header_says_what_is_asked(site, stub, headers):
    path = f"/told-{next(iter(headers))}"
    assert http_client.request(site.port, path, headers={"Host": "x", **headers}).status == 200
    asked = stub.last(path)
    assert (asked["REQUEST_URI"], asked["HTTP_HOST"]) == (path, "x")
    assert "evil" not in " ".join(asked.values())
    assert http_client.request(site.port, path, headers={"Host": "x"})["x-apus-cache"] == "edge"


# --- Conditions and parts


@pytest.fixture
def kept(site):
    http_client.request(site.port, "/kept")
    return lambda **headers: http_client.request(
        site.port, "/kept", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("place", ["/kept", "/never/part"])
@pytest.mark.parametrize(
    "text",
    [
        "bytes=" + ",".join(f"0-{number}" for number in range(100)), "bytes=0-,0-,0-,0-", "bytes=0-1,2-3", "bytes=0-1",
        "octets=0-1", "bytes=1-0", "bytes=-", "bytes=a-b", "bytes=4-", "bytes=99999999-", "bytes=-0",
        "bytes=0-99999999999999999999999", "bytes=" + "0" * 8000 + "-1",
    ],
    ids=lambda text: text[:24],
)
def test_a_part_is_the_worker_s_to_give(site, stub, kept, place, text):
    """nginx makes none of what it has in whole, and no error either. What it has stays as it is."""
    answer = http_client.request(site.port, place, headers={"Range": text})
    assert (answer.status, answer.body) == (200, b"stub")
    assert answer.headers.get_all("Cache-Control") == ["public, max-age=15552000"]
    if place == "/kept" and not re.fullmatch(r"bytes=\d*-\d*", text):
        assert answer["x-apus-cache"] == "edge"
    else:
        assert stub.last(place)["HTTP_RANGE"] == text
    assert kept()["x-apus-cache"] == "edge"


NOT_MET = [{"If-Match": '"other"'}, {"If-Unmodified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}]
MET = [{"If-Match": '"stub"'}, {"If-Match": "*"}, {"If-Unmodified-Since": "Sat, 01 Jan 2022 00:00:00 GMT"}]


@pytest.mark.parametrize("headers", NOT_MET, ids=["tag", "date"])
def test_a_condition_that_is_not_met_is_told_in_words(site, stub, kept, headers):
    kept()
    before = stub.count()
    answer = http_client.request(site.port, "/kept", headers=headers)
    assert answer.status == 412
    check_refusal(answer)
    assert kept().headers.get_all("Cache-Control") == ["public, max-age=15552000"]
    assert stub.count() == before


@pytest.fixture
def quiet(site):
    """Nothing that happens in the test is worth a line to nginx."""
    before = site.log("nginx-error.log")
    yield
    assert site.log("nginx-error.log") == before


@pytest.mark.parametrize("headers", NOT_MET, ids=["tag", "date"])
def test_so_it_is_of_what_nobody_has_asked_for(site, quiet, headers):
    for folder, method in itertools.product(["", "/v1"], ["GET", "HEAD"]):
        path = f"{folder}/condition-{next(iter(headers))}-{method}.jpg"
        for _ in range(2):
            answer = http_client.request(site.port, path, headers=headers, method=method)
            assert answer.status == 412, path
            if method == "GET":
                check_refusal(answer)
        for _ in range(2):
            answer = http_client.request(site.port, path)
            assert (answer.status, answer.body) == (200, b"stub")
        assert answer["x-apus-cache"] == "edge"


def test_a_condition_that_is_met_changes_nothing(site, quiet):
    for number, headers in enumerate(MET):
        for cache in (None, "edge"):
            answer = http_client.request(site.port, f"/met-{number}.jpg", headers=headers)
            assert (answer.status, answer.body, answer["x-apus-cache"]) == (200, b"stub", cache)


def test_a_condition_of_what_is_past_its_time_is_told_too(tmp_path):
    stub = FastCGIStub(keep_seconds=1)
    with proxied_site(tmp_path / "site", stub) as site:
        assert http_client.request(site.port, "/old.jpg").status == 200
        wait_for(lambda: is_past_its_time(site, stub), what="the end of the copy")
        for headers in NOT_MET:
            assert http_client.request(site.port, "/old.jpg", headers=headers).status == 412
        answer = http_client.request(site.port, "/old.jpg")
        assert (answer.status, answer.body) == (200, b"stub")
        assert site.log("nginx-error.log") == ""
    stub.stop()


def is_past_its_time(site, stub):
    """Told by a condition that reaches the worker."""
    before = stub.count()
    assert http_client.request(site.port, "/old.jpg", headers=NOT_MET[0]).status == 412
    return stub.count() > before


def test_a_condition_of_8_kb_is_answered(kept):
    tags = ", ".join(f'"{number:04}"' for number in range(1000))
    assert kept(If_None_Match=tags).status == 200
    assert kept(If_None_Match=tags + ', "stub"').status == 304
    assert kept(If_None_Match=tags + ', "stub"').headers.get_all("Cache-Control") == ["public, max-age=15552000"]
