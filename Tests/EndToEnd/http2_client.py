"""HTTP/2 frame by frame (RFC 9113), as no well-behaved client sends them."""

import contextlib
import socket
import ssl
import struct

DATA, HEADERS, RESET, SETTINGS, PING, GO_AWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACKNOWLEDGEMENT = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# Of HPACK's static table (RFC 7541, appendix A).
STATUSES = {0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500}
INITIAL_WINDOW = 4


def frame(kind, flags, stream, content=b""):
    return struct.pack(">I", len(content))[1:] + struct.pack(">BBI", kind, flags, stream) + content


def header_block(pairs):
    """Literals, never indexed, as they are."""
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in pairs)


def request_headers(path, host="localhost", method="GET", more=()):
    return [(":method", method), (":scheme", "https"), (":authority", host), (":path", path), *more]


def settings(**values):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", int(name[1:]), value) for name, value in values.items()))


def _text(value):
    value = value if isinstance(value, bytes) else value.encode("latin-1")
    length, count = len(value), b""
    if length < 127:
        return bytes([length]) + value
    count, length = b"\x7f", length - 127
    while length >= 128:
        count, length = count + bytes([length % 128 + 128]), length // 128
    return count + bytes([length]) + value


class Connection:
    """`statuses`: of answers, by stream; `ended`: streams whose answer is whole; `resets`: streams that the server has
    reset, with its reason; `goodbye`: its reason for the end of all, None before; `pongs`: answers to pings."""

    def __init__(self, port, certificate, seconds=20, start=None):
        context = ssl.create_default_context(cafile=str(certificate[0]))
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.statuses, self.ended, self.resets, self.goodbye, self.is_open = {}, set(), {}, None, True
        self.pongs = 0
        self._received, self._next = b"", 1
        self.send(PREFACE + (settings() if start is None else start))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Nothing happens where the server has gone."""
        try:
            self.socket.sendall(data)
        except (ConnectionError, ssl.SSLError):
            self.is_open = False

    def stream(self):
        self._next += 2
        return self._next - 2

    def request(self, pairs, flags=END_STREAM | END_HEADERS):
        """The number of its stream."""
        number = self.stream()
        self.send(frame(HEADERS, flags, number, header_block(pairs)))
        return number

    def read(self, until, seconds=20):
        """Takes what comes until the condition holds or the connection ends; whether it holds."""
        self.socket.settimeout(seconds)
        while not until() and self.is_open:
            try:
                part = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError, TimeoutError):
                part = b""
            self.is_open = part != b""
            self._received += part
            self._take()
        return bool(until())

    def read_to_end(self, seconds=20):
        """Whether the server ends it."""
        with contextlib.suppress(TimeoutError):
            self.read(lambda: False, seconds)
        return not self.is_open

    def answer(self, number, seconds=20):
        """The status of a stream's answer; None where there is none."""
        self.read(lambda: number in self.ended or number in self.resets, seconds)
        return self.statuses.get(number)

    def _take(self):
        while len(self._received) >= 9:
            length = int.from_bytes(self._received[:3], "big")
            if len(self._received) < 9 + length:
                return
            kind, flags, number = struct.unpack(">BBI", self._received[3:9])
            content, self._received = self._received[9 : 9 + length], self._received[9 + length :]
            self._see(kind, flags, number, content)

    def _see(self, kind, flags, number, content):
        if kind == HEADERS:
            content = content.removeprefix(b"\x20")
            self.statuses[number] = STATUSES.get(content[0]) or int(content[2:5])
        elif kind == DATA:
            self.send(frame(WINDOW, 0, 0, struct.pack(">I", max(1, len(content)))))
        elif kind == RESET:
            self.resets[number] = int.from_bytes(content, "big")
        elif kind == GO_AWAY:
            self.goodbye = int.from_bytes(content[4:8], "big")
        elif kind in (SETTINGS, PING) and not flags & ACKNOWLEDGEMENT:
            self.send(frame(kind, ACKNOWLEDGEMENT, 0, content if kind == PING else b""))
        elif kind == PING:
            self.pongs += 1
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.ended.add(number)
