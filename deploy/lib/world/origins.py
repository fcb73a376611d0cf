"""The origins: any path is there, and everything that is asked is counted. Pictures are made of the sample and of what
their path says, and differ in their bytes from path to path.

    /…/load/0123.jpg        a photograph; its bytes and its tint change with `change`
    /…/plain/WORD/0.jpg     one colour: red, and blue from `change` of WORD on, with the same validators
    /…/noise/WORD/0.jpg     what no encoder makes small; changes as /plain/ does
    /…/files/BYTES/NAME     a file of that length that is no picture; ranges are answered
    /…/missing/…            404"""

import re
import socket
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from world import control, namespaces
from world.originals import Pictures, file_bytes
from world.settings import ORIGINS

PORT = 80
MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT"
PIECE = 65536
MOST_FILE_BYTES = 64 << 20


class Origin:
    """One place of origins: a server, and what it was asked."""

    def __init__(self, name: str, pictures: Pictures) -> None:
        self.pictures = pictures
        self._lock = threading.Lock()
        self.requests, self.bytes = Counter(), Counter()
        self.is_away = False
        place = ORIGINS[name]
        self._server = _Server(namespaces.listening(place.namespace, place.host, PORT), self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def count(self, path: str, length: int) -> None:
        with self._lock:
            self.requests[path] += 1
            self.bytes[path] += length

    def told(self, word: str) -> dict:
        """Requests and bytes of the paths with that word, and by path."""
        with self._lock:
            paths = {path: [count, self.bytes[path]] for path, count in self.requests.items() if word in path}
        return {
            "requests": sum(count for count, _ in paths.values()),
            "bytes": sum(length for _, length in paths.values()),
            "paths": paths if word else {},
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, origin: "Origin") -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.origin = origin

    def handle_error(self, request: object, client_address: object) -> None:
        """Who went away in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = PIECE
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        origin, path = self.server.origin, self.path.split("?")[0]
        if origin.is_away:
            self._send(path, 503, b"away\n", "text/plain")
        elif "/load/" in path:
            self._send_picture(path, origin.pictures.photograph(path), f'"{origin.pictures.version(path)}-{path}"')
        elif "/plain/" in path:
            self._send_picture(path, origin.pictures.plain(path), '"same"')
        elif "/noise/" in path:
            self._send_picture(path, origin.pictures.noise(path), '"same"')
        elif found := re.search(r"/files/(\d{1,9})/", path):
            self._send_file(path, min(int(found[1]), MOST_FILE_BYTES))
        else:
            self._send(path, 404, b"no such object\n", "text/plain")

    do_HEAD = do_GET

    def _send_picture(self, path: str, body: bytes, tag: str) -> None:
        validators = {"ETag": tag, "Last-Modified": MODIFIED}
        if self.headers.get("If-None-Match") == tag:
            self._send(path, 304, b"", "image/jpeg", validators)
        else:
            self._send(path, 200, body, "image/jpeg", validators)

    def _send_file(self, path: str, length: int) -> None:
        """Bytes that nobody else has, which begin with the mark and can be made from any place on."""
        start, end = 0, length
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if found and int(found[1]) < length:
            start, end = int(found[1]), min(int(found[2] or length - 1), length - 1) + 1
        body = file_bytes(path, length)[start:end]
        more = {"Content-Range": f"bytes {start}-{end - 1}/{length}"} if found else {}
        self._send(path, 206 if found else 200, body, "application/octet-stream", {"ETag": '"file"', **more})

    def _send(self, path: str, status: int, body: bytes, kind: str, more: dict | None = None) -> None:
        self.server.origin.count(path, len(body))
        self.send_response(status)
        length = {} if status == 304 else {"Content-Length": str(len(body))}
        headers = {"Content-Type": kind, **length, **(more or {})}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Origins:
    def __init__(self) -> None:
        self._pictures = Pictures()
        self._origins = {name: Origin(name, self._pictures) for name in ORIGINS}

    def act(self, question: dict) -> object:
        return getattr(self, "_" + question["do"])(question)

    def _count(self, question: dict) -> dict:
        """What `origin` was asked of paths with `word` in them."""
        return self._origins[question["origin"]].told(question.get("word", ""))

    def _change(self, question: dict) -> None:
        """From now on whatever has one of the words as a whole part of its path is another picture."""
        self._pictures.change(question["words"])

    def _away(self, question: dict) -> None:
        """Whether `origin` answers 503 to everything."""
        self._origins[question["origin"]].is_away = question["away"]


def main() -> None:
    origins = Origins()
    control.serve(sys.argv[1], origins.act)
    threading.Event().wait()


if __name__ == "__main__":
    main()
