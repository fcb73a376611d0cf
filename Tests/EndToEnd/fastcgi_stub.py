"""A FastCGI worker that answers what it is told to, and remembers what it was asked."""

import contextlib
import socket
import struct
import threading
import time

HEAD = (
    "Status: {}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nCache-Control: public, max-age=15552000\r\n"
    "ETag: \"stub\"\r\nLast-Modified: Sat, 01 Jan 2022 00:00:00 GMT\r\nAccept-Ranges: bytes\r\n"
    "X-Accel-Expires: {}\r\n\r\n"
)


class FastCGIStub:
    """On TCP, on a free port of loopback unless `listener` is one that listens already. `mode`: None answers its name, with
    404 if the URI has "missing" in it, never to be kept if it has "never"; "hang up" closes the connection once it has the
    request; "hold" waits with the answer until the mode is another one. `body`: instead of its name; `answering`: how many
    requests wait for an answer or take it."""

    def __init__(self, name="stub", listener=None, keep_seconds=0):
        self.name, self.mode, self.keep_seconds = name, None, keep_seconds
        self.body = None
        self.requests, self.answering = [], 0
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
        asked = dict(_pairs(parameters))
        with self._lock:
            self.requests.append(asked)
            self.answering += 1
        try:
            return self._answer(connection, number, asked) and keeps
        finally:
            with self._lock:
                self.answering -= 1

    def _answer(self, connection, number, asked):
        if self.mode == "hang up":
            return False
        while self.mode == "hold":
            time.sleep(0.05)
        uri, body = asked["REQUEST_URI"], self.body or self.name.encode()
        status = "404 Not Found" if "missing" in uri else "200 OK"
        answer = HEAD.format(status, len(body), 0 if "never" in uri else self.keep_seconds).encode() + body
        pieces = [_record(6, number, answer[begin : begin + 65528]) for begin in range(0, len(answer), 65528)]
        connection.sendall(b"".join(pieces) + _record(6, number, b"") + _record(3, number, bytes(8)))
        return True


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
        yield content[position:middle].decode(), content[middle:end].decode(errors="backslashreplace")
        position = end
