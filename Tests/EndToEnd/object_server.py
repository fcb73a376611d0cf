"""An HTTP server of stored objects on loopback: validators, conditional GETs and single ranges as RFC 9110 has them.
Who may read, and what an error looks like, is for the clouds that stand on it."""

import email.utils
import hashlib
import json
import re
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from origin_part import OriginPart

CHUNK_BYTES = 1 << 20


@dataclass
class StoredObject:
    body: bytes
    content_type: str
    headers: dict = field(default_factory=dict)
    forbidden: bool = False
    etag: str = ""
    modified: float = 0

    def __post_init__(self):
        self.etag = self.etag or f'"{hashlib.md5(self.body).hexdigest()}"'
        self.modified = self.modified or int(time.time())


class Exchange(BaseHTTPRequestHandler):
    """One request and its answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.owner.get(self)

    do_HEAD = do_GET

    def do_POST(self):
        self.server.owner.post(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_):
        pass

    def version_string(self):
        return self.server.owner.server_name

    @property
    def raw_path(self):
        """As it was sent, without query."""
        return self.path.partition("?")[0]

    @property
    def name(self):
        """The path percent-decoded once, without its leading slash; `+` is a plus."""
        return decoded(self.raw_path[1:])

    @property
    def query(self):
        """The last value of each parameter; `+` is a plus."""
        pairs = (part.partition("=") for part in self.path.partition("?")[2].split("&") if part)
        return {decoded(name): decoded(value) for name, _, value in pairs}

    def tell(self, status, body=b"", content_type=None, headers=None):
        """A whole answer. `body` is None where there is none at all (304)."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if content_type:
            self.send_header("Content-Type", content_type)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.send_body(body)

    def tell_json(self, status, value, headers=None):
        self.tell(status, json.dumps(value).encode(), "application/json", headers)

    def send_body(self, body):
        view = memoryview(body)
        for start in range(0, len(view), CHUNK_BYTES):
            self.wfile.write(view[start : start + CHUNK_BYTES])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def handle_error(self, request, client_address):
        """Who asks may leave in the middle of an answer."""


class ObjectServer(OriginPart):
    """A base class: `get` and `post` answer an Exchange."""

    server_name = "objects"
    # Put before every key.
    prefix = ""
    # The header that makes an object a private one.
    private_header = None

    def __init__(self):
        self.objects = {}
        self._object_requests = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Exchange)
        self._server.owner = self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def put(self, key, body, content_type="application/octet-stream", private=False, headers=None):
        if private and not self.private_header:
            raise ValueError(f"{self.kind} has no private objects")
        marks = {self.private_header: "true"} if private else {}
        self.objects[self.prefix + key] = StoredObject(body, content_type, {**marks, **(headers or {})})

    def forbid(self, key):
        self.objects[self.prefix + key].forbidden = True
        return key

    def requests(self):
        with self._lock:
            return self._object_requests

    def count_request(self):
        with self._lock:
            self._object_requests += 1

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def get(self, exchange):
        raise NotImplementedError

    def post(self, exchange, body):
        exchange.tell(405, headers={"Allow": "GET, HEAD"})

    # --- an object

    def tell_object(self, exchange, stored, headers, refuse, honours_if_range=True):
        """200, 206 or 304; `refuse(status, headers)` writes 412 and 416 in the cloud's own form."""
        headers = {
            **headers,
            "ETag": stored.etag,
            "Last-Modified": http_date(stored.modified),
            "Accept-Ranges": "bytes",
            **stored.headers,
        }
        asked = exchange.headers
        if "If-Match" in asked and not lists(asked["If-Match"], stored.etag):
            refuse(412, {})
        elif is_unchanged(stored, asked):
            exchange.tell(304, None, headers=headers)
        else:
            valid = not honours_if_range or asked.get("If-Range") in (None, stored.etag, headers["Last-Modified"])
            extent = byte_range(asked.get("Range"), len(stored.body)) if valid else None
            tell_extent(exchange, stored, headers, extent, refuse)


def tell_extent(exchange, stored, headers, extent, refuse):
    size = len(stored.body)
    if extent is None:
        exchange.tell(200, stored.body, stored.content_type, headers)
    elif not extent:
        refuse(416, {"Content-Range": f"bytes */{size}"})
    else:
        headers = {**headers, "Content-Range": f"bytes {extent.start}-{extent.stop - 1}/{size}"}
        part = memoryview(stored.body)[extent.start : extent.stop]
        exchange.tell(206, part, stored.content_type, headers)


def byte_range(text, size):
    """The bytes asked for, an empty range where there are none of them, None where the whole object is to be sent."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", text or "")
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return range(max(size - int(found[2]), 0), size)
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    return range(first, min(last + 1, size))


def is_unchanged(stored, asked):
    if "If-None-Match" in asked:
        return lists(asked["If-None-Match"], stored.etag)
    since = email.utils.parsedate_to_datetime(asked["If-Modified-Since"]) if "If-Modified-Since" in asked else None
    return since is not None and stored.modified <= since.timestamp()


def lists(field_value, etag):
    return field_value.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in field_value.split(","))


def decoded(text):
    return urllib.parse.unquote(text, errors="surrogateescape")


def http_date(moment):
    return email.utils.formatdate(moment, usegmt=True)
