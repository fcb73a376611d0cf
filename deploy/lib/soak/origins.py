"""The origins: one that is good until it is made to fail, one that is slow, one that is always bad."""

import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from soak import originals

_LONGEST_SECONDS = 8
_FLAP_SECONDS = 0.3


class Origin:
    """A server on a port of its own; `mode` says how it behaves from the next request on."""

    def __init__(self, handler):
        self.mode = "good"
        self._handler, self.port = handler, 0
        self._lock = threading.Lock()
        self._open = set()
        self._start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def _start(self):
        self._server = _Server(("127.0.0.1", self.port), self._handler)
        self._server.origin = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def opened(self, connection):
        with self._lock:
            self._open.add(connection)

    def closed(self, connection):
        with self._lock:
            self._open.discard(connection)

    def kill(self):
        """Nobody listens any more, and whoever was connected is cut off."""
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for connection in self._open:
                reset(connection)

    def start_again(self):
        self._start()

    def stop(self):
        self.mode = "good"
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    origin = None

    def handle_error(self, request, client_address):
        """Who went away in the middle is no news."""


def reset(connection):
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = 30

    def setup(self):
        super().setup()
        self.server.origin.opened(self.connection)

    def finish(self):
        self.server.origin.closed(self.connection)
        super().finish()

    def log_message(self, *_):
        pass

    def send(self, status, body, kind="image/jpeg", **more):
        self.send_response(status)
        length = {} if status == 304 else {"Content-Length": str(len(body))}
        for name, value in {"Content-Type": kind, **length, **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def good(pictures, versions):
    """Serves the originals; `versions` tells the one of those that change now."""
    by_name = {original.name: original for original in pictures.all}
    kept = {}

    class Good(_Handler):
        def do_GET(self):
            if self._fails():
                return
            name = self.path.split("?")[0].rpartition("/")[2]
            if name.startswith("f"):
                self._file(name)
            elif name not in by_name:
                self.send(404, b"no such object\n", "text/plain")
            else:
                self._picture(by_name[name])

        do_HEAD = do_GET

        def _fails(self):
            mode = self.server.origin.mode
            if mode == "flap":
                mode = ("good", "error", "reset")[int(time.monotonic() / _FLAP_SECONDS) % 3]
            if mode == "error":
                self.send(503, b"away\n", "text/plain")
            elif mode == "reset":
                self.close_connection = True
                reset(self.connection)
            elif mode == "hang":
                end = time.monotonic() + _LONGEST_SECONDS
                while self.server.origin.mode == "hang" and time.monotonic() < end:
                    time.sleep(0.05)
                self.close_connection = True
            return mode != "good"

        def _picture(self, original):
            version = versions.current(original)
            tag = f'"{original.name}-{version}"'
            lifetime = {"ETag": tag, "Cache_Control": "max-age=5, stale-if-error=60"}
            if self.headers.get("If-None-Match") == tag:
                self.send(304, b"", **lifetime)
                return
            if (original, version) not in kept:
                kept[original, version] = original.bytes(version)
            self.send(200, kept[original, version], original.content_type, **lifetime)

        def _file(self, name):
            """f-BYTES-….bin: no picture; ranges are answered."""
            length = int(name.split("-")[1])
            body, first = originals.file_bytes(name, length), 0
            wanted = self.headers.get("Range", "")
            more = {"ETag": f'"{name}"', "Accept_Ranges": "bytes"}
            if wanted.startswith("bytes=") and wanted[6:7].isdigit():
                begin, _, end = wanted[6:].partition("-")
                first, last = int(begin), min(int(end or length - 1), length - 1)
                body = body[first : last + 1]
                more["Content_Range"] = f"bytes {first}-{last}/{length}"
            self.send(206 if "Content_Range" in more else 200, body, "application/octet-stream", **more)

    return Good


def slow(pictures):
    """/MILLISECONDS/NAME: the good original, after a while."""
    by_name = {original.name: original for original in pictures.plain}

    class Slow(_Handler):
        def do_GET(self):
            wait, name = self.path.split("?")[0].strip("/").split("/")[:2]
            time.sleep(min(int(wait), 2000) / 1000)
            self.send(200, by_name[name].bytes(), by_name[name].content_type)

    return Slow


class Bad(_Handler):
    """/BEHAVIOUR/…: never a picture."""

    def do_GET(self):
        behaviour = self.path.strip("/").split("/")[0]
        getattr(self, "_" + behaviour)()

    def _silent(self):
        time.sleep(_LONGEST_SECONDS)
        self.close_connection = True

    def _reset(self):
        self.close_connection = True
        reset(self.connection)

    def _cut(self):
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 90000\r\n\r\n\xff\xd8\xff")

    def _stall(self):
        self._cut()
        self.wfile.flush()
        time.sleep(_LONGEST_SECONDS)

    def _error(self):
        self.send(500, b"no\n", "text/plain")

    def _garbage(self):
        self.close_connection = True
        self.wfile.write(b"\0\1\2 this is no HTTP\r\n\r\n")

    def _html(self):
        self.send(200, b"<!DOCTYPE html><p>an error page with status 200", "image/jpeg")

    def _endless(self):
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\n\r\n\xff\xd8\xff")
        end = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < end:
            self.wfile.write(bytes(65536))

    def _loop(self):
        self.send(302, b"", "text/plain", Location="/loop/" + str(time.monotonic_ns()))


BAD_BEHAVIOURS = ("silent", "reset", "cut", "stall", "error", "garbage", "html", "endless", "loop")
