"""Clients that are slow, stop, do not read, or go away: nginx leaves them, and no worker hears of them."""

import contextlib
import socket
import time

import http_client
import pytest
from hardened_site import PATIENCE, connect, site, stub  # noqa: F401
from instance import wait_for


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
