"""A web origin whose pages, headers and ways to be away a test writes."""

import email.utils
import socket
import threading
import time
from dataclasses import dataclass, field

from PIL import Image

from hostile_origin import LONGEST_SECONDS, HostileOrigin
from pictures import jpeg

FIRST, SECOND = (200, 30, 30), (30, 30, 200)


def plain(colour):
    """A picture of one colour, small as a file."""
    return jpeg(Image.new("RGB", (320, 240), colour))


@dataclass
class Page:
    body: bytes
    status: str = "200 OK"
    etag: str | None = None
    last_modified: str | None = None
    headers: dict = field(default_factory=dict)

    def is_known(self, asked):
        if "if-none-match" in asked:
            return asked["if-none-match"] == self.etag
        return self.last_modified is not None and asked.get("if-modified-since") == self.last_modified


class ScriptedOrigin(HostileOrigin):
    """`/page/NAME` is what was put there. `set_mode`: None, or away by "hang", "503" or "refuse"."""

    def __init__(self):
        self.pages = {}
        self.mode = None
        self.delay = 0
        # What was answered, as (path, status); requests that nobody answered are in `requests` alone.
        self.answers = []
        self._connections = set()
        super().__init__()

    def put(self, name, colour=FIRST, etag=None, last_modified=None, body=None, status="200 OK", **headers):
        """`cache_control="…"` is the header Cache-Control, and so on."""
        named = {key.replace("_", "-"): str(value) for key, value in headers.items()}
        self.pages[name] = Page(plain(colour) if body is None else body, status, etag, last_modified, named)

    def remove(self, name):
        del self.pages[name]

    def statuses(self, word):
        """The statuses of the answers to requests with this in their path, oldest first."""
        with self._lock:
            return [status for path, status in self.answers if word in path]

    # --- away and back

    def _refuse(self):
        """From now on connections are refused, as if nobody listened."""
        port = self.port
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        # Bound and not listening: nobody else gets the port.
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))

    def _listen_again(self):
        self._listener.listen(512)
        threading.Thread(target=self._accept, daemon=True).start()

    def set_mode(self, mode):
        if mode == "refuse" and self.mode != "refuse":
            self._refuse()
        if mode != "refuse" and self.mode == "refuse":
            self._listen_again()
        self.mode = mode

    # --- serving

    def _serve(self, connection):
        with self._lock:
            self._connections.add(connection)
        try:
            super()._serve(connection)
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _do_page(self, connection, rest, headers):
        name = "/".join(rest)
        if self.mode == "hang":
            self._hang()
            return False
        if self.delay:
            self._stopped.wait(self.delay)
        if self.mode == "503":
            return self._tell(connection, name, "503 Service Unavailable", b"away", ["Content-Type: text/plain"])
        page = self.pages.get(name)
        if page is None:
            return self._tell(connection, name, "404 Not Found", b"no", ["Content-Type: text/plain"])
        lines = [f"{key}: {value}" for key, value in page.headers.items()]
        if page.etag:
            lines.append(f"ETag: {page.etag}")
        if page.last_modified:
            lines.append(f"Last-Modified: {page.last_modified}")
        if "Date" not in page.headers:
            lines.append(f"Date: {http_date()}")
        if page.is_known(headers):
            return self._tell(connection, name, "304 Not Modified", None, lines)
        if "Content-Type" not in page.headers:
            lines.append("Content-Type: image/jpeg")
        return self._tell(connection, name, page.status, page.body, lines)

    def _hang(self):
        end = time.monotonic() + LONGEST_SECONDS
        while self.mode == "hang" and time.monotonic() < end and not self._stopped.wait(0.05):
            pass

    def _tell(self, connection, name, status, body, lines):
        with self._lock:
            self.answers.append((f"/page/{name}", int(status.split()[0])))
        length = [] if body is None else [f"Content-Length: {len(body)}"]
        connection.sendall("\r\n".join([f"HTTP/1.1 {status}", *lines, *length, "", ""]).encode() + (body or b""))
        return True


def http_date(seconds_from_now=0):
    return email.utils.formatdate(time.time() + seconds_from_now, usegmt=True)
