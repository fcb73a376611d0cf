"""HTTP/2 as deploy/region has nginx speak it: floods of streams, resets and frames, slow clients, and requests that mean two
things."""

import json
import re
import struct
import threading

import pytest
from certificates import Authority
from hardened_site import stub  # noqa: F401
from http2_client import (
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW, PING, RESET, SETTINGS, WINDOW, Connection, frame,
    header_block, request_headers, settings,
)
from instance import wait_for
from nginx_site import Site
from ports import free_port

STREAMS = 128
PATIENCE = 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    return (authority.file, *authority.issue("site"))


@pytest.fixture(scope="module")
def site(tmp_path_factory, stub, certificate):
    port = free_port()
    parts = [f"nginx_tls {port} '{certificate[1]}' '{certificate[2]}'", "nginx_hosts"]
    with Site(tmp_path_factory.mktemp("http2") / "site", *parts, hosts=stub.address) as site:
        site.port = port
        yield site


@pytest.fixture(scope="module")
def impatient(tmp_path_factory, stub, certificate):
    """With short times."""
    port = free_port()
    parts = [f"nginx_tls {port} '{certificate[1]}' '{certificate[2]}'", "nginx_hosts"]
    site = Site(tmp_path_factory.mktemp("impatient") / "site", *parts, hosts=stub.address)
    file = site.folder / "nginx/nginx.conf"
    names = "client_header_timeout|client_body_timeout|send_timeout|keepalive_timeout"
    text, count = re.subn(rf"\b({names}) \d+s;", rf"\1 {PATIENCE}s;", file.read_text())
    assert count == 4
    file.write_text(text)
    with site:
        site.port = port
        yield site


@pytest.fixture
def connect(site, certificate):
    return lambda **options: Connection(site.port, certificate, **options)


@pytest.fixture
def others(connect, stub):
    """Somebody else, who is answered before, while and after."""
    def ask(word):
        with connect() as other:
            assert other.answer(other.request(request_headers(f"/never/other-{word}"))) == 200

    ask("before")
    yield ask
    stub.mode = None
    ask("after")
    wait_for(lambda: stub.answering == 0, what="the end of all requests")


# --- Floods


def test_a_connection_has_so_many_streams_at_once(connect, stub, others):
    before = stub.count()
    with connect() as connection:
        stub.mode = "hold"
        numbers = [connection.request(request_headers(f"/never/stream-{number}")) for number in range(STREAMS + 50)]
        # Those beyond are refused, so that a client sends them again.
        assert connection.read(lambda: len(connection.resets) == 50)
        assert connection.resets == dict.fromkeys(numbers[STREAMS:], 7)
        wait_for(lambda: stub.count() == before + STREAMS, what="the requests")
        stub.mode = None
        assert connection.read(lambda: len(connection.ended) == STREAMS)
    assert stub.count() == before + STREAMS


@pytest.mark.parametrize("path", ["/never/reset-{}.jpg", "/reset-{}.jpg"], ids=["never kept", "kept"])
@pytest.mark.parametrize("batch", [1, 1000], ids=["one by one", "a thousand at once"])
def test_a_flood_of_resets_leaves_little_work_behind(connect, stub, others, path, batch):
    """No more than the streams that a connection may have, however many it begins and resets."""
    before = stub.count()
    stub.mode = "hold"
    with connect() as connection:
        frames = []
        for count in range(3000):
            number = connection.stream()
            block = header_block(request_headers(path.format(f"{batch}-{count}")))
            frames.append(frame(HEADERS, END_STREAM | END_HEADERS, number, block))
            frames.append(frame(RESET, 0, number, struct.pack(">I", 8)))
            if len(frames) == 2 * batch:
                connection.send(b"".join(frames))
                frames = []
        # All of them have been read when this comes back, unless nginx has ended the connection.
        connection.send(frame(PING, 0, 0, bytes(8)))
        connection.read(lambda: connection.pongs or connection.goodbye is not None)
        wait_for(lambda: stub.count() > before, what="the first of them")
        assert stub.count() <= before + STREAMS
    stub.mode = None


def test_others_are_answered_in_floods_of_resets(connect, others):
    goes_on = threading.Event()

    def flood():
        while not goes_on.is_set():
            with connect() as connection:
                while connection.is_open and not goes_on.is_set():
                    number = connection.stream()
                    block = header_block(request_headers(f"/never/flood-{number}"))
                    connection.send(frame(HEADERS, END_STREAM | END_HEADERS, number, block)
                                    + frame(RESET, 0, number, struct.pack(">I", 8)))

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for count in range(20):
            others(f"while-{count}")
    finally:
        goes_on.set()
        for thread in threads:
            thread.join()


def test_a_flood_of_resets_leaves_no_queue_of_renders(apus, tmp_path, certificate, unique):
    """Before real workers: whoever comes afterwards gets a picture that has to be made, and meanwhile one that is kept."""
    sockets = (apus.state / "socket-folder").read_text().strip()
    port, word, kept = free_port(), unique(), "/demo/tr:w-64/quadrants.jpg"
    parts = [f"nginx_tls {port} '{certificate[1]}' '{certificate[2]}'", f"nginx_socket '{sockets}/worker.sock'"]
    with Site(tmp_path / "site", *parts):
        with Connection(port, certificate) as other:
            assert other.answer(other.request(request_headers(kept))) == 200
            for _ in range(4):
                with Connection(port, certificate) as connection:
                    frames = []
                    for width in range(1, 501):
                        number = connection.stream()
                        block = header_block(request_headers(f"/demo/tr:w-{width}/noise.jpg?{word}={number}"))
                        frames.append(frame(HEADERS, END_STREAM | END_HEADERS, number, block))
                        frames.append(frame(RESET, 0, number, struct.pack(">I", 8)))
                    connection.send(b"".join(frames))
                    assert other.answer(other.request(request_headers(kept))) == 200
        asked = iter(range(1000))
        wait_for(
            lambda: apus.get(f"/demo/tr:w-65/quadrants.jpg?{word}=after-{next(asked)}").status == 200,
            what="a picture that has to be made",
        )


FLOODS = {
    "pings": frame(PING, 0, 0, bytes(8)),
    "settings": settings(),
    "empty data": frame(DATA, 0, 1),
    "windows": frame(WINDOW, 0, 0, struct.pack(">I", 1)),
    "unknown frames": frame(0xBE, 0, 0, bytes(100)),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_frames_holds_nobody_up(connect, others, name):
    with connect() as connection:
        if name == "empty data":
            connection.request(request_headers("/never/a", method="POST"), flags=END_HEADERS)
        for _ in range(200):
            if connection.is_open:
                connection.send(FLOODS[name] * 1000)
        others("while")


def test_headers_without_end_are_refused(connect, stub, others):
    before = stub.count(word="/never/endless")
    with connect() as connection:
        number = connection.request(request_headers("/never/endless"), flags=END_STREAM)
        for count in range(1000):
            if connection.is_open:
                connection.send(frame(CONTINUATION, 0, number, header_block([(f"x-{count}", "a" * 8000)])))
        connection.read_to_end()
        assert connection.statuses.get(number) in (None, 400, 431)
        assert not connection.is_open
    assert stub.count(word="/never/endless") == before


def test_a_compressed_bomb_is_431(connect, stub):
    """One long header in the client's table, named a thousand times."""
    with connect() as connection:
        number = connection.stream()
        entry = b"\x40" + bytes([1]) + b"x" + b"\x7f" + b"\x81\x1e" + b"a" * 4000
        block = header_block(request_headers("/never/bomb")) + entry + b"\xbe" * 8000
        connection.send(frame(HEADERS, END_STREAM | END_HEADERS, number, block))
        status = connection.answer(number)
        assert status in (None, 400, 431), status
    assert stub.count(word="/never/bomb") == 0


# --- Slow clients


@pytest.mark.parametrize("beginning", ["nothing", "half a frame", "headers without end", "a body that stops"])
def test_a_client_that_stops_is_left(impatient, certificate, beginning):
    with Connection(impatient.port, certificate) as connection:
        if beginning == "half a frame":
            connection.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, bytes(100))[:20])
        elif beginning == "headers without end":
            connection.request(request_headers("/never/a"), flags=END_STREAM)
        elif beginning == "a body that stops":
            number = connection.request(request_headers("/never/a", "POST", more=[("content-length", "9")]), END_HEADERS)
            assert connection.answer(number) in (400, 408, None)
        assert connection.read_to_end()


def test_a_client_that_does_not_read_is_left(impatient, certificate, stub):
    """It opens no window, so nothing of the answer may be sent."""
    start = settings(**{f"_{INITIAL_WINDOW}": 0})
    with Connection(impatient.port, certificate, start=start) as connection:
        for number in range(50):
            connection.request(request_headers(f"/never/unread-{number}"))
        assert connection.read_to_end()
        assert connection.ended == set()
    wait_for(lambda: stub.answering == 0, what="the end of its requests")


# --- Requests that mean two things

HOST = (":authority", "localhost")
BAD = {
    "two authorities": [*request_headers("/never/bad"), (":authority", "evil.example")],
    "two paths": [*request_headers("/never/bad"), (":path", "/never/evil")],
    "two methods": [*request_headers("/never/bad"), (":method", "DELETE")],
    "two schemes": [*request_headers("/never/bad"), (":scheme", "http")],
    "no path": [(":method", "GET"), (":scheme", "https"), HOST],
    "empty path": request_headers(""),
    "path without slash": request_headers("never/bad"),
    "no method": [(":scheme", "https"), HOST, (":path", "/never/bad")],
    "no scheme": [(":method", "GET"), HOST, (":path", "/never/bad")],
    "no host": [(":method", "GET"), (":scheme", "https"), (":path", "/never/bad")],
    "method with a space": request_headers("/never/bad", method="GET /evil"),
    "path with a space": request_headers("/never/bad HTTP/1.1\r\nX: y"),
    "path with a line feed": request_headers("/never/bad\nx"),
    "path with a zero byte": request_headers("/never/bad\0"),
    "host with a line feed": request_headers("/never/bad", host="a\nb"),
    "host with a slash": request_headers("/never/bad", host="a/b"),
    "upper case name": request_headers("/never/bad", more=[("X-Upper", "a")]),
    "name with a line feed": request_headers("/never/bad", more=[("x\r\ncookie", "a")]),
    "value with a line feed": request_headers("/never/bad", more=[("via", "a\r\nrange: bytes=0-1")]),
    "value with a zero byte": request_headers("/never/bad", more=[("via", "a\0b")]),
    "unknown pseudo-header": request_headers("/never/bad", more=[(":protocol", "websocket")]),
    "TRACE": request_headers("/never/bad", method="TRACE"),
    "CONNECT": request_headers("/never/bad", method="CONNECT"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_request_that_is_none_is_refused(connect, stub, name):
    before = stub.count()
    with connect() as connection:
        status = connection.answer(connection.request(BAD[name]))
    assert status in (None, 400, 405)
    assert stub.count() == before


def test_what_is_refused_leaves_lines_of_json(connect, site):
    """Also where nginx resets the stream, and writes down no status (0)."""
    pairs = [*BAD.values(), request_headers("/never/bad", method="G\xff")]
    before = len(site.log().splitlines())
    for each in pairs:
        with connect() as connection:
            connection.answer(connection.request(each))
    lines = [json.loads(line) for line in site.log().splitlines()[before:]]
    assert len(lines) == len(pairs)
    assert {line["status"] for line in lines} == {0, 400, 405}
    assert all(line["method"].isascii() for line in lines)


BODIES = {
    "more than it says": ([("content-length", "1")], b"GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"),
    "less than it says": ([("content-length", "100")], b"a"),
    "two lengths": ([("content-length", "1"), ("content-length", "0")], b"a"),
    "chunks": ([("transfer-encoding", "chunked")], b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"),
    "other connection": ([("connection", "close, transfer-encoding"), ("te", "chunked")], b"0\r\n\r\n"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_never_taken_for_a_request(connect, stub, name):
    more, body = BODIES[name]
    before = len(stub.requests)
    with connect() as connection:
        number = connection.request(request_headers("/never/body", method="POST", more=more), flags=END_HEADERS)
        connection.send(frame(DATA, END_STREAM, number, body))
        assert connection.answer(number) in (None, 200, 400, 501)
        assert connection.answer(connection.request(request_headers("/never/next"))) in (200, None)
    assert {asked["REQUEST_URI"] for asked in stub.requests[before:]} <= {"/never/body", "/never/next"}


def test_the_authority_is_the_host(connect, stub):
    with connect() as connection:
        pairs = request_headers("/never/authority", host="Images.Shop.Example:443", more=[("host", "evil.example")])
        status = connection.answer(connection.request(pairs))
    assert status in (200, 400)
    if status == 200:
        assert stub.last("/never/authority")["HTTP_HOST"] == "images.shop.example"
