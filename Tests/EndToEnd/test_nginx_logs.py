"""What nginx writes down: where a request went and what became of it, and nothing that opens anything to who reads it."""

import json
import re
import socket

import http_client
import pytest
from fastcgi_stub import FastCGIStub
from instance import wait_for
from nginx_site import proxied_site

SECRET = "top-secret"
SIGNED = f"?ik-t=9999999999&ik-s={SECRET}"
# As long as a request line may be, but for what stands before it.
LENGTH = 16_000


@pytest.fixture
def stub():
    stub = FastCGIStub(keep_seconds=60)
    yield stub
    stub.stop()


@pytest.fixture
def site(tmp_path, stub):
    with proxied_site(tmp_path / "site", stub) as site:
        yield site


def logged(site):
    return [json.loads(line) for line in wait_for(site.log, what="the log").splitlines()]


# --- nginx' own messages, which quote the line of the request


def takes_nothing(site, stub):
    # Longer than what stays in memory, and shorter than what may lie on the disk.
    stub.body = b"a" * 7_000_000
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(f"GET /never/long{SIGNED} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        wait_for(lambda: stub.count(word="/never/long") == 1 and stub.answering == 0, what="the whole answer")


def sends_too_much(site, _):
    assert http_client.request(site.port, f"/a.mp4{SIGNED}", method="POST", body=b"a" * 70_000).status == 413


def loses_its_worker(site, stub):
    stub.mode = "hang up"
    assert http_client.request(site.port, f"/a.jpg{SIGNED}").status == 503


def finds_no_worker(site, stub):
    stub.stop()
    assert http_client.request(site.port, f"/a.jpg{SIGNED}").status == 503


@pytest.mark.parametrize(
    "act", [takes_nothing, sends_too_much, loses_its_worker, finds_no_worker], ids=lambda act: act.__name__
)
def test_no_message_about_a_request_has_its_signature(site, stub, act):
    act(site, stub)
    lines = logged(site)
    assert lines and all(line["uri"].endswith("ik-s=-") for line in lines)
    assert site.log("nginx-error.log") == ""


def test_which_worker_failed_is_in_the_access_log(site, stub):
    """As nginx' own messages say it no more."""
    stub.mode = "hang up"
    http_client.request(site.port, "/hung-up.jpg")
    stub.mode = None
    for _ in range(2):
        http_client.request(site.port, "/well.jpg")
    stub.stop()
    http_client.request(site.port, "/gone.jpg")
    told = {(line["uri"], line["edge"]): (line["status"], line["worker"], line["workerStatus"]) for line in logged(site)}
    assert told.pop(("/gone.jpg", "MISS"))[:2] == (503, f"{stub.address} : {stub.address}")
    assert told == {
        ("/hung-up.jpg", "MISS"): (503, f"{stub.address} : {stub.address}", "502 : 502"),
        ("/well.jpg", "MISS"): (200, stub.address, "200"),
        ("/well.jpg", "HIT"): (200, "", ""),
    }


def test_what_nginx_says_of_itself_is_still_told(site):
    names = "server { listen 127.0.0.1:1; server_name twice.example; }\n"
    (site.folder / "nginx" / "http-test.conf").write_text(names * 2)
    assert "[warn] conflicting server name" in re.sub(r" \d+#\d+:", "", site.log("nginx-error.log") + site.check())


# --- The URI of a request in the access log

ADDRESSES = {
    "/shop/proxy/http://h.example/a.jpg": "/shop/proxy/http://h.example/a.jpg",
    "/shop/proxy/https://h.example/a@2x.jpg?v=1": "/shop/proxy/https://h.example/a@2x.jpg",
    "/shop/proxy/http://user:{0}@h.example/a.jpg": "/shop/proxy/http://h.example/a.jpg",
    "/shop/proxy/http%3A%2F%2Fuser:{0}%40h.example%2Fa.jpg%3Fsig={0}": "/shop/proxy/http%3A%2F%2Fh.example%2Fa.jpg",
    # Any letter of it may be encoded.
    "/shop/proxy/ht%74p:%2f/h.example:9390/x%3ftok={0}": "/shop/proxy/ht%74p:%2f/h.example:9390/x",
    "/shop/proxy/%68ttp://a:{0}@h.example/x": "/shop/proxy/%68ttp://h.example/x",
    "/shop/proxy/ht%74ps:%2f/a:{0}@h.example/x%3ftok={0}": "/shop/proxy/ht%74ps:%2f/h.example/x",
    "/shop/proxy/%48%54%54%50%53%3a%2F%2fa:{0}%40h.example/x%3Ftok={0}": "/shop/proxy/%48%54%54%50%53%3a%2F%2fh.example/x",
    "/shop/proxy/%48T%74%70%73:/a:{0}@h.example/x?tok={0}": "/shop/proxy/%48T%74%70%73:/h.example/x",
    # Of what stands behind another.
    "/shop/proxy/http://user:{0}@h.example/http://g.example/a.jpg": "/shop/proxy/http://h.example/http://g.example/a.jpg",
    "/shop/proxy/http://h.example/a/http://g.example/a.jpg": "/shop/proxy/http://h.example/a/http://g.example/a.jpg",
    "/shop/proxy/http://h.example/a/ht%74p://u:{0}@g.example/a.jpg": "/shop/proxy/http://g.example/a.jpg",
    "/shop/proxy/http://h.example/x%3fnext=/http://g.example/{0}": "/shop/proxy/http://h.example/x",
    "/shop/proxy/http://h.example/x%3fnext={0}@g.example/{0}": "/shop/proxy/http://h.example/x",
    "/shop/a%3Fik-s={0}/http://h.example/x": "/shop/a%3Fik-s=-",
    # None of them.
    "/shop/https/a@b.jpg?v=/http://h.example/a": "/shop/https/a@b.jpg?v=/http://h.example/a",
    "/shop/xhttp://a@h.example/a.jpg?v=1": "/shop/xhttp://a@h.example/a.jpg?v=1",
}


def test_the_access_log_has_neither_password_nor_query_of_an_address(site):
    for uri in ADDRESSES:
        http_client.request(site.port, uri.format(SECRET), headers={"User-Agent": uri})
    assert {line["userAgent"]: line["uri"] for line in logged(site)} == ADDRESSES
    assert site.log("nginx-error.log") == ""


HOSTILE = [
    "/http:/", "/ht%74p:%2f", "%2f", "/", "@", "%40", "%3", "%", "a", "/http:/a", "/http:@", "ik-s=", "%69k-s", ",ie-", "/%68",
    "tr:", "/tr:", "/%74r:", "tr:w-auto,", "/ik-seo", "n-a,",
]


def test_no_uri_is_too_much_for_what_leaves_things_out(site):
    """Each of them as long as it may be: for none nginx complains of its expressions."""
    for start in ("/shop", "/shop/http:/", "/shop/http://h%3f"):
        for word in HOSTILE:
            uri = start + word * ((LENGTH - len(start)) // len(word))
            http_client.request(site.port, uri, timeout=2)
    assert len(logged(site)) == 3 * len(HOSTILE)
    assert site.log("nginx-error.log") == ""


HOSTILE_HEADERS = [
    ("Accept", "image/avif", ";a"), ("Accept", "image/webp", ";q=0"), ("Accept", "", "image/avif "), ("Accept", "", ","),
    ("Width", "", "0"), ("DPR", "1.", "5"), ("Range", "bytes=0", "0"), ("X-Forwarded-For", "1.2.3.4", ", 1.2.3.4"),
]


def test_nor_is_a_header(site):
    for name, start, word in HOSTILE_HEADERS:
        value = start + word * ((LENGTH - len(start)) // len(word))
        answer = http_client.request(site.port, "/tr:w-auto,dpr-auto/a.jpg", headers={name: value}, timeout=2)
        assert answer.status == 200, (name, start, word)
    assert site.log("nginx-error.log") == ""


# --- What is no text

NO_TEXT = "(no text)"
# What clients send, and what is written of it.
TEXTS = {
    b"caf\xc3\xa9": "café", b"\xc2\xa0": "\u00a0", b"\xe0\xa0\x80": "\u0800", b"\xed\x9f\xbf": "\ud7ff", b"\xee\x80\x80": "\ue000",
    b"\xef\xbf\xbf": "\uffff", b"\xf0\x90\x80\x80": "\U00010000", b"\xf0\x9f\x90\x9d": "🐝",
    b"\xf1\x80\x80\x80": "\U00040000", b"\xf4\x8f\xbf\xbf": "\U0010ffff", b"a%9b%ff%7f": "a%9b%ff%7f",
    # Control characters beyond those of ASCII.
    b"\xc2\x80": NO_TEXT, b"a\xc2\x9b": NO_TEXT, b"\xc2\x9fa": NO_TEXT,
    # Bytes that begin nothing, go on with nothing, or break off.
    b"\xff": NO_TEXT, b"\x9b31m": NO_TEXT, b"a\xfeb": NO_TEXT, b"\xc3": NO_TEXT, b"\xc3a": NO_TEXT, b"\xe2\x82": NO_TEXT,
    b"\xf0\x9f\x90": NO_TEXT, b"\xc3\xa9\xa9": NO_TEXT,
    # Longer than need be, halves of pairs, and beyond what there is.
    b"\xc0\xaf": NO_TEXT, b"\xc1\xbf": NO_TEXT, b"\xe0\x9f\xbf": NO_TEXT, b"\xf0\x8f\xbf\xbf": NO_TEXT, b"\xed\xa0\x80": NO_TEXT,
    b"\xf4\x90\x80\x80": NO_TEXT, b"\xf5\x80\x80\x80": NO_TEXT,
}


def asked_in_bytes(site, path=b"", host=b"x", agent=b""):
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(b"GET /%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nConnection: close\r\n\r\n" % (path, host, agent))
        while connection.recv(65536):
            pass


def test_each_line_is_text_without_control_characters(site):
    expected = []
    for text, written in TEXTS.items():
        name = text.hex()
        asked_in_bytes(site, path=text, agent=name.encode())
        asked_in_bytes(site, host=text, agent=name.encode())
        asked_in_bytes(site, path=name.encode(), agent=text)
        uri = written if written == NO_TEXT else f"/{written}"
        expected += [(uri, "x", name), ("/", written.lower(), name), (f"/{name}", "x", written)]
    # These of ASCII are taken here alone; the second is escaped by nginx.
    for agent, written in ((b"a\x7f", NO_TEXT), (b"a\x1b[31m", "a\x1b[31m")):
        asked_in_bytes(site, agent=agent)
        expected.append(("/", "x", written))
    lines = [json.loads(line) for line in site.log().strip("\n").split("\n")]
    assert sorted((line["uri"], line["host"], line["userAgent"]) for line in lines) == sorted(expected)
    assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f]", site.log())
    assert site.log("nginx-error.log") == ""


def test_no_text_is_too_long(site):
    """Neither one that is none at its end."""
    for letter in TEXTS:
        for end in (b"", b"\xff"):
            asked_in_bytes(site, path=letter * (LENGTH // len(letter)) + end)
            asked_in_bytes(site, agent=letter * (LENGTH // len(letter)) + end)
    assert site.log().count("\n") == 4 * len(TEXTS)
    assert site.log("nginx-error.log") == ""
