"""A FastCGI worker that answers what it is told to, and remembers what it was asked."""

import contextlib
import socket
import struct
import threading

HEAD = "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nX-Accel-Expires: {}\r\n\r\n"


class FastCGIStub:
    """On TCP, on a free port of loopback unless `listener` is one that listens already. `mode`: None answers its name;
    "hang up" closes the connection once it has the request."""

    def __init__(self, name="stub", listener=None, keep_seconds=0):
        self.name, self.mode, self.keep_seconds = name, None, keep_seconds
        self.requests = []
        self._lock = threading.Lock()
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.address = "{}:{}".format(*self._listener.getsockname()[:2])
        self._connections = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def count(self, method=None, word=""):
        with self._lock:
            return sum(method in (None, asked["REQUEST_METHOD"]) and word in asked["REQUEST_URI"]
                       for asked in self.requests)

    def last(self, word):
        """The parameters of the last request with this in its URI."""
        with self._lock:
            return next(asked for asked in reversed(self.requests) if word in asked["REQUEST_URI"])

    def stop(self):
        """Nobody listens there any more, and kept connections are closed."""
        with self._lock:
            connections = list(self._connections)
        # Which wakes the threads that wait there.
        for each in (self._listener, *connections):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while self._answer_next(connection, stream):
                    pass
            except OSError:
                pass
        with self._lock:
            self._connections.discard(connection)

    def _answer_next(self, connection, stream):
        parameters, keeps, ended = b"", False, set()
        while ended != {4, 5}:
            header = stream.read(8)
            if len(header) < 8:
                return False
            _, kind, number, count, padding, _ = struct.unpack(">BBHHBB", header)
            content = stream.read(count + padding)[:count]
            if kind == 1:
                keeps = bool(content[2])
            elif count == 0:
                ended.add(kind)
            elif kind == 4:
                parameters += content
        with self._lock:
            self.requests.append(dict(_pairs(parameters)))
        if self.mode == "hang up":
            return False
        body = self.name.encode()
        answer = HEAD.format(len(body), self.keep_seconds).encode() + body
        connection.sendall(_record(6, number, answer) + _record(6, number, b"") + _record(3, number, bytes(8)))
        return keeps


def _record(kind, number, content):
    return struct.pack(">BBHHBB", 1, kind, number, len(content), 0, 0) + content


def _pairs(content):
    position = 0

    def length():
        nonlocal position
        if content[position] < 128:
            position += 1
            return content[position - 1]
        position += 4
        return struct.unpack(">I", content[position - 4:position])[0] & 0x7FFFFFFF

    while position < len(content):
        name, value = length(), length()
        middle, end = position + name, position + name + value
        yield content[position:middle].decode(), content[middle:end].decode()
        position = end
