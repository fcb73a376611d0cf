"""A web origin that behaves as badly as asked, on loopback. The first segment of a path names the behaviour, the rest
makes it unique; every request is remembered."""

import socket
import struct
import threading
import time

from PIL import Image

from pictures import jpeg, quadrants
from ports import free_port

PICTURE = jpeg(quadrants())
HTML = b"<!DOCTYPE html><html><body>an error page with status 200</body></html>"
# Every behaviour ends by itself after this long, so that a test that fails does not hang the next.
LONGEST_SECONDS = 60


class HostileOrigin:
    def __init__(self, elsewhere=None, listener=None):
        """`elsewhere`: another origin that `/redirect-elsewhere/` points to. `listener`: a socket that listens already."""
        self.elsewhere = elsewhere
        self.requests = []
        self.broken = threading.Event()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def count(self, word=""):
        """How many requests had this in their path."""
        with self._lock:
            return sum(word in path for path, _ in self.requests)

    def headers_of(self, word):
        """The headers of the last request with this in its path, names in lower case."""
        with self._lock:
            return next(headers for path, headers in reversed(self.requests) if word in path)

    def stop(self):
        self._stopped.set()
        self._listener.close()

    def _accept(self):
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                stream = connection.makefile("rb")
                while self._answer_next(connection, stream):
                    pass
            except OSError:
                pass

    def _answer_next(self, connection, stream):
        """Answers one request; returns whether the connection stays open."""
        line = stream.readline().decode("latin-1").split()
        if len(line) < 2:
            return False
        headers = {}
        while (header := stream.readline().decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            headers[name.strip().lower()] = value.strip()
        path = line[1]
        with self._lock:
            self.requests.append((path, headers))
        behaviour, *rest = path.strip("/").split("?")[0].split("/")
        act = getattr(self, "_do_" + behaviour.replace("-", "_"), self._do_missing)
        return act(connection, rest, headers) is not False

    # --- behaviours; each may return False to close the connection

    def _send(self, connection, status, body, kind="image/jpeg", extra=()):
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *extra, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)

    def _do_ok(self, connection, rest, headers):
        self._send(connection, "200 OK", PICTURE, extra=['ETag: "one"', "Set-Cookie: a=b"])

    def _do_colour(self, connection, rest, headers):
        """/colour/RRGGBB/…: a picture of one colour."""
        self._send(connection, "200 OK", jpeg(Image.new("RGB", (320, 240), "#" + rest[0])))

    def _do_private(self, connection, rest, headers):
        self._send(connection, "200 OK", PICTURE, extra=["Is-Private-File: true"])

    def _do_missing(self, connection, rest, headers):
        self._send(connection, "404 Not Found", b"no", "text/plain")

    def _do_status(self, connection, rest, headers):
        self._send(connection, f"{rest[0]} Whatever", b"no", "text/plain")

    def _do_flaky(self, connection, rest, headers):
        """Good until `broken` is set."""
        if self.broken.is_set():
            self._send(connection, "500 Internal Server Error", b"no", "text/plain")
        else:
            self._do_ok(connection, rest, headers)

    def _do_slow(self, connection, rest, headers):
        """/slow/SECONDS/…"""
        self._stopped.wait(float(rest[0]))
        self._do_ok(connection, rest, headers)

    def _do_silent(self, connection, rest, headers):
        self._stopped.wait(LONGEST_SECONDS)
        return False

    def _do_drip(self, connection, rest, headers):
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(PICTURE)}\r\n\r\n".encode())
        end = time.monotonic() + LONGEST_SECONDS
        for byte in PICTURE:
            connection.sendall(bytes((byte,)))
            if self._stopped.wait(0.2) or time.monotonic() > end:
                return False

    def _do_stall(self, connection, rest, headers):
        """Half of the picture, then silence."""
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(PICTURE)}\r\n\r\n".encode())
        connection.sendall(PICTURE[: len(PICTURE) // 2])
        self._stopped.wait(LONGEST_SECONDS)
        return False

    def _do_endless(self, connection, rest, headers):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\r\n" + PICTURE)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and not self._stopped.is_set():
            connection.sendall(bytes(65536))
        return False

    def _do_too_long(self, connection, rest, headers):
        """Announces more than any limit allows, and sends nothing of it."""
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
        self._stopped.wait(LONGEST_SECONDS)
        return False

    def _do_cut(self, connection, rest, headers):
        """Closes before the announced end."""
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(PICTURE)}\r\n\r\n".encode())
        connection.sendall(PICTURE[: len(PICTURE) // 2])
        return False

    def _do_reset(self, connection, rest, headers):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _do_garbage(self, connection, rest, headers):
        connection.sendall(b"\0\1\2 this is no HTTP\r\n\r\n")
        return False

    def _do_html(self, connection, rest, headers):
        self._send(connection, "200 OK", HTML)

    def _do_nothing(self, connection, rest, headers):
        self._send(connection, "200 OK", b"")

    def _do_no_content(self, connection, rest, headers):
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def _do_partial(self, connection, rest, headers):
        half = PICTURE[: len(PICTURE) // 2]
        extent = f"Content-Range: bytes 0-{len(half) - 1}/{len(PICTURE)}"
        self._send(connection, "206 Partial Content", half, extra=[extent])

    def _do_unasked_304(self, connection, rest, headers):
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")

    def _do_header_flood(self, connection, rest, headers):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for index in range(100000):
            connection.sendall(f"X-Flood-{index}: {'a' * 100}\r\n".encode())
        self._do_ok(connection, rest, headers)

    def _redirect(self, connection, target, status="302 Found"):
        self._send(connection, status, b"", "text/plain", [f"Location: {target}"])

    def _do_redirect(self, connection, rest, headers):
        """Stays on this host and port."""
        self._redirect(connection, "/ok/" + "/".join(rest))

    def _do_redirect_elsewhere(self, connection, rest, headers):
        self._redirect(connection, f"{self.elsewhere.base}/ok/" + "/".join(rest))

    def _do_redirect_to_file(self, connection, rest, headers):
        self._redirect(connection, "file:///etc/passwd")

    def _do_redirect_loop(self, connection, rest, headers):
        self._redirect(connection, "/redirect-loop/" + "/".join(rest))


def refused_base():
    """A base URL that nobody listens at."""
    return f"http://127.0.0.1:{free_port()}"
