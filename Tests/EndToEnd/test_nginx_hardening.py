"""What nginx lets through to a worker, byte by byte: requests that are no HTTP, that hide a second one, that are too long
or too slow, that name another host or method than they mean."""

import contextlib
import io
import re
import socket
import time
from http.client import HTTPResponse

import http_client
import pytest
from fastcgi_stub import FastCGIStub
from instance import wait_for
from nginx_site import proxied_site

# So long may a client be silent here; nginx.conf says 10 and 15 seconds.
PATIENCE = 1


@pytest.fixture(scope="module")
def stub():
    stub = FastCGIStub(keep_seconds=60)
    yield stub
    stub.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, stub):
    with proxied_site(tmp_path_factory.mktemp("hardening") / "site", stub) as site:
        file = site.folder / "nginx/nginx.conf"
        text = file.read_text()
        for name in ("client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_timeout"):
            text, count = re.subn(rf"\b{name} \d+s;", f"{name} {PATIENCE}s;", text)
            assert count == 1
        file.write_text(text)
        site.reload()
        yield site


def connect(site, seconds=20):
    return socket.create_connection(("127.0.0.1", site.port), timeout=seconds)


def answers(site, data, methods=()):
    """All answers on one connection to what is sent, which ends by itself soon; `methods`: of the requests, if not GET."""
    found = []
    with connect(site) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    stream = io.BytesIO(received)
    while stream.tell() < len(received):
        response = HTTPResponse(Kept(stream), method=(methods[len(found)] if len(found) < len(methods) else "GET"))
        response.begin()
        found.append(http_client.Answer(response.status, response.headers, response.read()))
    return found


class Kept:
    """What HTTPResponse takes for a socket; it closes what it has read from."""

    def __init__(self, stream):
        self._stream = stream

    def makefile(self, _):
        stream = self._stream

        class File(io.RawIOBase):
            def readable(self):
                return True

            def readinto(self, buffer):
                return stream.readinto(buffer)

            def readline(self, limit=-1):
                return stream.readline(limit)

            def read(self, count=-1):
                return stream.read(count)

        return File()


def asked_since(stub, before):
    return [(asked["REQUEST_METHOD"], asked["REQUEST_URI"]) for asked in stub.requests[before:]]


def check_refusal(answer):
    """A short text that nobody keeps."""
    assert answer["Content-Type"] == "text/plain" and answer["Cache-Control"] == "no-store"
    assert re.match(r"[A-Z]+ - ", answer["ik-error"]) and answer["X-Content-Type-Options"] == "nosniff"
    assert b"<" not in answer.body and len(answer.body) < 60
    assert "nginx/" not in str(answer.headers)


# --- A second request

CHUNKED = "Transfer-Encoding: chunked"
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
REFUSED = {
    "length and chunks": ("POST", ["Content-Length: 4", CHUNKED], "0\r\n\r\n" + HIDDEN),
    "chunks and length": ("POST", [CHUNKED, "Content-Length: 4"], "0\r\n\r\n" + HIDDEN),
    "two lengths": ("POST", ["Content-Length: 0", f"Content-Length: {len(HIDDEN)}"], HIDDEN),
    "one length twice": ("POST", ["Content-Length: 0", "Content-Length: 0"], HIDDEN),
    "a list of lengths": ("POST", ["Content-Length: 0, 0"], HIDDEN),
    "length with a plus": ("POST", ["Content-Length: +0"], HIDDEN),
    "negative length": ("POST", ["Content-Length: -1"], HIDDEN),
    "hexadecimal length": ("POST", ["Content-Length: 0x0"], HIDDEN),
    "length above 2^64": ("POST", ["Content-Length: 18446744073709551616"], HIDDEN),
    "no length": ("POST", ["Content-Length: "], HIDDEN),
    "space before the colon": ("POST", [f"Content-Length : {len(HIDDEN)}"], HIDDEN),
    "space before the colon of chunks": ("POST", ["Transfer-Encoding : chunked"], "0\r\n\r\n" + HIDDEN),
    "folded": ("POST", ["Transfer-Encoding:", " chunked"], "0\r\n\r\n" + HIDDEN),
    "any folded header": ("GET", ["X-A: b", "\tc"], HIDDEN),
    "another coding": ("POST", ["Transfer-Encoding: xchunked"], HIDDEN),
    "identity": ("POST", ["Transfer-Encoding: identity"], HIDDEN),
    "two codings": ("POST", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n" + HIDDEN),
    "two codings, chunks last": ("POST", ["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n" + HIDDEN),
    "chunks twice": ("POST", [CHUNKED, CHUNKED], "0\r\n\r\n" + HIDDEN),
    "tab before the coding": ("POST", ["Transfer-Encoding:\tchunked"], "0\r\n\r\n" + HIDDEN),
    "vertical tab before the coding": ("POST", ["Transfer-Encoding: \x0bchunked"], "0\r\n\r\n" + HIDDEN),
    "carriage return in a header": ("GET", [f"X: a\rContent-Length: {len(HIDDEN)}"], HIDDEN),
    "junk after a chunk": ("POST", [CHUNKED], "5\r\nhelloXX\r\n0\r\n\r\n" + HIDDEN),
    "junk in the size of a chunk": ("POST", [CHUNKED], "0x1\r\na\r\n0\r\n\r\n" + HIDDEN),
    "negative chunk": ("POST", [CHUNKED], "-1\r\na\r\n0\r\n\r\n" + HIDDEN),
    "chunk above 2^64": ("POST", [CHUNKED], "1ffffffffffffffff\r\na\r\n0\r\n\r\n" + HIDDEN),
    "zero byte in a header": ("GET", ["X: a\0b"], HIDDEN),
    "space in a name": ("GET", ["X Y: a"], HIDDEN),
    "no colon": ("GET", ["Content-Length 500"], HIDDEN),
    "no name": ("GET", [": a"], HIDDEN),
    "space before the first header": ("GET", [" X: a"], HIDDEN),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_can_be_read_in_two_ways_is_refused_and_its_connection_ends(site, stub, name):
    method, headers, rest = REFUSED[name]
    before = stub.count()
    lines = [f"{method} /first HTTP/1.1", *headers, "Host: x", "", rest]
    (answer,) = answers(site, "\r\n".join(lines).encode("latin-1"))
    assert answer.status in (400, 501)
    check_refusal(answer)
    assert asked_since(stub, before) == []


def test_chunks_are_for_http_1_1_alone(site, stub):
    before = stub.count()
    request = f"POST /first HTTP/1.0\r\nConnection: keep-alive\r\n{CHUNKED}\r\n\r\n0\r\n\r\n{HIDDEN}"
    (answer,) = answers(site, request.encode())
    assert answer.status == 400 and asked_since(stub, before) == []


INNER = "GET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
SECOND = "GET /never/second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
READ = {
    "length": ("POST", [f"Content-Length: {len(INNER)}"], INNER),
    "length at GET": ("GET", [f"Content-Length: {len(INNER)}"], INNER),
    "length at HEAD": ("HEAD", [f"Content-Length: {len(INNER)}"], INNER),
    "length at OPTIONS": ("OPTIONS", [f"Content-Length: {len(INNER)}"], INNER),
    "chunks": ("POST", [CHUNKED], f"{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    "chunks at GET": ("GET", [CHUNKED], f"{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n"),
    "upper case": ("POST", ["TRANSFER-ENCODING: CHUNKED"], f"{len(INNER):X}\r\n{INNER}\r\n0\r\n\r\n"),
    "a chunk's extension": ("POST", [CHUNKED], f"{len(INNER):x};a=b\r\n{INNER}\r\n0\r\n\r\n"),
    "headers after the chunks": ("POST", [CHUNKED], f"0\r\nContent-Length: {len(SECOND)}\r\nX: y\r\n\r\n"),
    "chunks of bare line feeds": ("POST", [CHUNKED], f"{len(INNER):x}\n{INNER}\n0\n\n"),
    "an underscore instead of a dash": ("GET", ["Content_Length: 500", "Transfer_Encoding: chunked"], ""),
}


@pytest.mark.parametrize("where", ["/never/first", "/kept"])
@pytest.mark.parametrize("name", READ)
def test_a_body_is_never_taken_for_a_request(site, stub, name, where):
    http_client.request(site.port, "/kept", headers={"Host": "x"})
    method, headers, body = READ[name]
    before = stub.count()
    request = "\r\n".join([f"{method} {where} HTTP/1.1", "Host: x", *headers, "", body + SECOND])
    found = answers(site, request.encode(), [method])
    assert [answer.status for answer in found] == [200, 200]
    asked = [path for _, path in asked_since(stub, before)]
    assert "/inner" not in asked and "/hidden" not in asked
    assert asked[-1] == "/never/second" and asked.count("/never/second") == 1


def test_lines_may_end_without_carriage_return(site, stub):
    """As RFC 9112 (2.2) allows; both requests are seen as what they are."""
    before = stub.count()
    request = "GET /never/first HTTP/1.1\nHost: x\n\nGET /never/second HTTP/1.1\nHost: x\nConnection: close\n\n"
    assert [answer.status for answer in answers(site, request.encode())] == [200, 200]
    assert asked_since(stub, before) == [("GET", "/never/first"), ("GET", "/never/second")]


def test_every_request_of_many_has_its_own_answer(site, stub):
    before = stub.count()
    request = "".join(f"GET /never/{number} HTTP/1.1\r\nHost: x\r\n\r\n" for number in range(100))
    found = answers(site, (request + SECOND).encode())
    assert [answer.status for answer in found] == [200] * 101
    assert [path for _, path in asked_since(stub, before)] == [f"/never/{number}" for number in [*range(100), "second"]]


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


@pytest.mark.parametrize(
    "headers", [{"If_Match": '"other"'}, {"If_Unmodified_Since": "Sat, 01 Jan 2000 00:00:00 GMT"}], ids=["tag", "date"]
)
def test_a_condition_that_is_not_met_is_told_in_words(kept, headers):
    answer = kept(**headers)
    assert answer.status == 412
    check_refusal(answer)
    assert kept().headers.get_all("Cache-Control") == ["public, max-age=15552000"]


def test_a_condition_of_8_kb_is_answered(kept):
    tags = ", ".join(f'"{number:04}"' for number in range(1000))
    assert kept(If_None_Match=tags).status == 200
    assert kept(If_None_Match=tags + ', "stub"').status == 304
    assert kept(If_None_Match=tags + ', "stub"').headers.get_all("Cache-Control") == ["public, max-age=15552000"]


# --- Slow clients


def ends_within(connection, seconds):
    """Whether the other side ends the connection before."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize(
    "beginning",
    [b"", b"G", b"GET /a HTTP/1.1\r\n", b"GET /a HTTP/1.1\r\nHost: x\r\n", b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na"],
    ids=["nothing", "a letter", "a line", "a header", "a body"],
)
def test_a_client_that_stops_is_left(site, beginning):
    with connect(site) as connection:
        connection.sendall(beginning)
        assert ends_within(connection, 10)


def test_headers_that_drip_have_a_time_for_all_of_them(site):
    with connect(site) as connection:
        connection.sendall(b"GET /a HTTP/1.1\r\nHost: x\r\n")
        begin, ended = time.monotonic(), False
        while not ended and time.monotonic() - begin < 15:
            try:
                connection.sendall(b"X: a\r\n")
                connection.settimeout(PATIENCE / 4)
                ended = connection.recv(1000) == b""
            except TimeoutError:
                pass
            except ConnectionError:
                ended = True
        assert ended


def test_hundreds_of_slow_clients_hold_nobody_up(site, stub):
    beginnings = [
        b"GET /a HTTP/1.1\r\nHost: x\r\nX: ",
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\na",
        b"",
    ]
    before = stub.count()
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(site)) for _ in range(600)]
        for number, connection in enumerate(slow):
            connection.sendall(beginnings[number % len(beginnings)])
        for number in range(20):
            assert http_client.request(site.port, f"/never/{number}", timeout=10).status == 200
        # No worker has heard of them.
        assert stub.count() == before + 20
        assert all(ends_within(connection, 15) for connection in slow)


def test_a_client_that_does_not_read_is_left(site, stub):
    stub.body = b"a" * 20_000_000
    try:
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                connection = stack.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.connect(("127.0.0.1", site.port))
                connection.sendall(b"GET /never/long HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_for(lambda: stub.count(word="/never/long") == 20, what="the requests")
            # The worker's side ends too.
            wait_for(lambda: stub.answering == 0, what="the end of their answers")
    finally:
        stub.body = None
    assert http_client.request(site.port, "/never/short").body == b"stub"


def test_clients_that_go_away_leave_nothing(site, stub):
    """A thousand of them, before, while and after they are answered."""
    for number in range(1000):
        request = f"GET /never/gone-{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with connect(site) as connection:
            connection.sendall(request if number % 3 else request[: number % 40])
            if number % 3 == 2:
                connection.recv(10)
    assert http_client.request(site.port, "/never/still").status == 200
    wait_for(lambda: stub.answering == 0, what="the end of their requests")
    assert stub.mode is None
