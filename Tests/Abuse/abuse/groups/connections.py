"""Group E: what is wrong with connections and the way requests are framed."""

import re
import socket
import struct
import time
from contextlib import ExitStack, suppress

from abuse.cases import case, expect, expect_status, for_each, in_parallel
from abuse.waiting import soon, wait_for

SLOW_CLIENTS = 150
LEAVING_CLIENTS = 1000
# nginx gives a client so long between two pieces of a header, and a little more passes until it looks.
HEADER_SECONDS = 30


def _close_at_once(connection):
    """With a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@case("E24", "clients that send or read slowly keep nobody from being served, and are ended")
def slow_clients(target):
    with ExitStack() as stack:
        clients = []
        for number in range(SLOW_CLIENTS):
            connection = stack.enter_context(target.wire.connection(HEADER_SECONDS * 2))
            parts = (
                b"GET " + target.path().encode() + b" HTTP/1.1\r\nHost: x\r\nX-A: ",
                b"G",
                b"",
                b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nx",
            )
            connection.sendall(parts[number % 4])
            clients.append(connection)
        # Asks for much, which is there already, and reads nothing of it.
        path = target.path("w-900,f-png")
        expect_status(target.get(path), 200, "a large picture")
        for _ in range(20):
            reading = stack.enter_context(target.wire.connection())
            reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            reading.sendall(f"GET {path} HTTP/1.1\r\nHost: {target.wire.authority}\r\n\r\n".encode())
        for number in range(10):
            expect_status(target.ask(f"w-{82 + number}"), 200, "another client meanwhile")
        end = time.monotonic() + HEADER_SECONDS
        for connection in clients[:40]:
            connection.settimeout(max(0.1, end - time.monotonic()))
            with suppress(ConnectionResetError):
                try:
                    while connection.recv(4096):
                        pass
                except TimeoutError:
                    expect(clients.index(connection) % 4 == 2, f"a slow client is not ended within {HEADER_SECONDS} s")


@case("E24", "a thousand clients that leave before they are answered leave nothing behind")
def leaving_clients(target):
    paths = [
        target.path(f"w-{100 + number % 400},f-webp", query=f"v={number % 50}") for number in range(LEAVING_CLIENTS)
    ]

    def leave(number):
        for path in paths[number::20]:
            with suppress(OSError):
                connection = target.wire.connection(10)
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {target.wire.authority}\r\n\r\n".encode())
                if number % 2:
                    # Half of them leave a moment later, when somebody has read what they ask for.
                    time.sleep(0.005)
                _close_at_once(connection)

    before = _descriptors(target)
    in_parallel(20, leave)

    def answered():
        answer = target.ask("w-93")
        return answer if answer.status != 503 else None

    expect_status(wait_for(answered, 40, "an answer that is no 503"), 200, "another client afterwards")
    if before is not None:
        is_as_before = soon(lambda: _descriptors(target) <= before + 100, 40)
        expect(is_as_before, f"workers have {_descriptors(target)} open files, {before} before")


def _descriptors(target):
    instance = target.instance
    return sum(instance.descriptors(pid) for pid in instance.workers()) if instance else None


# --- framing

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
FORMS = {
    "length and chunks": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: {n}\r\n\r\n{s}",
    "two lengths in one": "Content-Length: 0, {n}\r\n\r\n{s}",
    "a negative length": "Content-Length: -1\r\n\r\n{s}",
    "a length with a sign": "Content-Length: +{n}\r\n\r\n{s}",
    "a length in hexadecimal": "Content-Length: 0x10\r\n\r\n{s}",
    "a length that overflows": "Content-Length: 18446744073709551616\r\n\r\n{s}",
    "a length with a blank": "Content-Length : {n}\r\n\r\n{s}",
    "chunks by another name": "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks and identity": "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks with a tab": "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n",
    "chunks with a vertical tab": "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks with a blank before the colon": "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no size": "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
    "a chunk that overflows": "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx\r\n0\r\n\r\n",
    "a negative chunk": "Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n",
    "a folded header": "X-A: b\r\n  Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a NUL in a header": "X-A: b\0c\r\n\r\n",
    "a carriage return in a header": "X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a header without a colon": "nonsense\r\n\r\n",
    "a header without a name": ": x\r\n\r\n",
}
# Those that some servers understand in one way; then what follows has to be a request of its own, or nothing.
LENIENT = {
    "chunks with a tab", "a folded header", "a header without a colon", "a header without a name",
    "a carriage return in a header", "a length with a blank", "chunks with a blank before the colon", "chunks twice",
}  # fmt: skip


@case("E25", "requests that two servers could take apart differently are refused")
def smuggling(target):
    path, host = target.path("w-95,f-jpg"), target.wire.authority
    good = target.get(path)
    expect_status(good, 200, "the picture itself")

    def act(what):
        rest = FORMS[what].format(n=len(SMUGGLED), s=SMUGGLED)
        for method in ("GET", "POST"):
            data = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{rest}".encode("latin-1")
            received = target.wire.everything(data, 3)
            statuses = [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]
            expect(statuses, f"{what}, {method}: no answer")
            allowed = {200, 400, 405, 411, 501} if what in LENIENT else {400, 411, 413, 501}
            expect(statuses[0] in allowed, f"{what}, {method}: {statuses[0]}")
            expect(
                len(statuses) == 1 or statuses[1:] == [400] or what in LENIENT, f"{what}, {method}: answered {statuses}"
            )

    for_each(FORMS, act)
    again = target.get(path)
    expect(again.status == 200 and again.body == good.body, "the picture is another one afterwards")


@case("E25", "bare line feeds, odd request lines and trailing requests are refused or taken as they are written")
def odd_lines(target):
    path, host = target.path("w-96,f-jpg"), target.wire.authority
    good = target.get(path)
    rows = {
        "nonsense": b"nonsense\r\n\r\n",
        "a blank in the path": f"GET /demo/a b.jpg HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "HTTP/9.9": f"GET {path} HTTP/9.9\r\nHost: {host}\r\n\r\n".encode(), "HTTP/0.9": b"GET /demo/nosuch.jpg\r\n",
        "a small method": f"get {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "no path": f"GET  HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
        "a NUL": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "a proxy's line": b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "two hosts": f"GET {path} HTTP/1.1\r\nHost: {host}\r\nHost: x\r\n\r\n".encode(),
        "10,000 line ends": b"\r\n" * 10000 + b"x\r\n\r\n",
    }  # fmt: skip

    def act(what):
        received = target.wire.everything(rows[what], 3)
        statuses = re.findall(rb"HTTP/1\.[01] (\d{3})", received)
        expect(all(status in (b"400", b"404", b"405", b"505") for status in statuses), f"{what}: answered {statuses}")
        expect(b"image/" not in received, f"{what}: a picture was delivered")

    for_each(rows, act)
    for ending in ("\n", "\r\n"):
        request = ending.join((f"GET {path} HTTP/1.1", f"Host: {host}", "", "")).encode()
        received = target.wire.everything(request * 2, 2)
        statuses = re.findall(rb"HTTP/1\.[01] (\d{3})", received)
        if statuses[:1] == [b"200"]:
            expect(received.count(good.body) == 2, f"two requests with {ending!r} do not get two pictures")
        else:
            expect(statuses[:1] in ([], [b"400"]), f"lines that end in {ending!r}: {statuses}")
