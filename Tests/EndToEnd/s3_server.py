"""A bucket in memory that speaks as much of S3 as a store or an origin needs, on loopback, path style only. It checks
every signature by its own reading of Signature Version 4, and fails as asked: set `mode`."""

import datetime
import email.utils
import hashlib
import hmac
import http.server
import socket
import struct
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

# Every way to fail ends by itself after this long, so that a test that fails does not hang the next.
LONGEST_SECONDS = 60
# How far the client's clock may be off, as with Amazon.
SKEW_SECONDS = 900


class S3Server:
    """`objects`: bytes by key; `modes`: the ways to fail that `mode` may be set to."""

    modes = ("refuse", "503", "drip", "hang", "read-only")

    def __init__(
        self, bucket="store", access_key="e2e-access", secret_key="e2e-secret", region="us-east-1", host="127.0.0.1"
    ):
        self.host = host
        self.bucket, self.access_key, self.secret_key, self.region = bucket, access_key, secret_key, region
        self.objects = {}
        self.metadata = {}
        self.requests = []
        self.mode = None
        # Seconds that this server's clock is ahead, and the most keys in one answer to a listing.
        self.clock_ahead = 0
        self.page_keys = 1000
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self._server = _Listener((host, 0), _Handler)
        self._server.s3 = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def endpoint(self):
        return f"http://{self.host}:{self.port}"

    def configuration(self, **more):
        """The fields of a store or an origin of type S3_COMPATIBLE."""
        return {
            "type": "S3_COMPATIBLE", "endpoint": self.endpoint, "bucket": self.bucket, "accessKey": self.access_key,
            "secretKey": self.secret_key, "s3ForcePathStyle": True, **more,
        }

    def count(self, method=None, word=""):
        """How many requests there were with this method and with this in their path."""
        with self.lock:
            return sum(method in (None, verb) and word in path for verb, path in self.requests)

    def keys(self, prefix=""):
        with self.lock:
            return sorted(key for key in self.objects if key.startswith(prefix))

    def stop(self):
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        """Clients hang up when they like."""


class _Refusal(Exception):
    def __init__(self, status, code, **details):
        self.status, self.code, self.details = status, code, details


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _answer_any(self):
        s3 = self.server.s3
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with s3.lock:
            s3.requests.append((self.command, self.path))
        if self._misbehaves(s3.mode):
            return
        try:
            _check_signature(s3, self.command, self.path, self.headers, self.body)
            path, _, query = self.path.partition("?")
            bucket, _, key = path[1:].partition("/")
            if urllib.parse.unquote(bucket) != s3.bucket:
                raise _Refusal(404, "NoSuchBucket")
            if s3.mode == "read-only" and self.command in ("PUT", "DELETE"):
                raise _Refusal(403, "AccessDenied")
            if key:
                getattr(self, "_object_" + self.command.lower())(s3, urllib.parse.unquote(key))
            else:
                self._list(s3, dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        except _Refusal as refusal:
            self._refuse(refusal)

    do_GET = do_HEAD = do_PUT = do_DELETE = _answer_any

    def _misbehaves(self, mode):
        """Whether the request was answered badly, or not at all."""
        if mode == "503":
            self._refuse(_Refusal(503, "SlowDown"))
        elif mode == "hang":
            self.server.s3.stopped.wait(LONGEST_SECONDS)
            self.close_connection = True
        elif mode == "refuse":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif mode == "drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            end = time.monotonic() + LONGEST_SECONDS
            while time.monotonic() < end and not self.server.s3.stopped.wait(0.2):
                self.wfile.write(b"x")
            self.close_connection = True
        else:
            return False
        return True

    def _object_put(self, s3, key):
        with s3.lock:
            s3.objects[key] = self.body
            s3.metadata[key] = {name: value for name, value in self.headers.items()
                                if name.lower().startswith("x-amz-meta-") or name.lower() == "content-type"}
        self._send(200, headers={"ETag": _tag(self.body)})

    def _object_get(self, s3, key):
        with s3.lock:
            body, headers = s3.objects.get(key), dict(s3.metadata.get(key, {}))
        if body is None:
            raise _Refusal(404, "NoSuchKey")
        headers.update({"ETag": _tag(body), "Accept-Ranges": "bytes"})
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(304, headers=headers)
        self._send(200, body, headers)

    _object_head = _object_get

    def _object_delete(self, s3, key):
        with s3.lock:
            s3.objects.pop(key, None)
            s3.metadata.pop(key, None)
        self._send(204)

    def _list(self, s3, query):
        if self.command != "GET" or query.get("list-type") != "2":
            raise _Refusal(501, "NotImplemented")
        after = query.get("continuation-token") or query.get("start-after", "")
        keys = [key for key in s3.keys(query.get("prefix", "")) if key > after]
        page = keys[: min(int(query.get("max-keys", 1000)), s3.page_keys)]
        shown = urllib.parse.quote_plus if query.get("encoding-type") == "url" else escape
        parts = [f"<Name>{escape(s3.bucket)}</Name><KeyCount>{len(page)}</KeyCount>"]
        parts.append(f"<IsTruncated>{'true' if len(page) < len(keys) else 'false'}</IsTruncated>")
        if len(page) < len(keys):
            parts.append(f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>")
        if "encoding-type" in query:
            parts.append("<EncodingType>url</EncodingType>")
        for key in page:
            size = len(s3.objects.get(key, b""))
            parts.append(f"<Contents><Key>{shown(key)}</Key><Size>{size}</Size></Contents>")
        start = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        self._send_document(200, start + "".join(parts) + "</ListBucketResult>")

    def _refuse(self, refusal):
        details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in refusal.details.items())
        region = {"x-amz-bucket-region": refusal.details["Region"]} if "Region" in refusal.details else {}
        self._send_document(refusal.status, f"<Error><Code>{refusal.code}</Code>{details}</Error>", region)

    def _send_document(self, status, text, headers=None):
        body = ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode()
        self._send(status, body, {"Content-Type": "application/xml", **(headers or {})})

    def _send(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(time.time() + self.server.s3.clock_ahead, usegmt=True)


def _tag(body):
    return '"' + hashlib.md5(body).hexdigest() + '"'


def _check_signature(s3, method, target, headers, body):
    """Signature Version 4 as the S3 API reference describes it for the `Authorization` header."""
    scheme, _, rest = headers.get("Authorization", "").partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme != "AWS4-HMAC-SHA256" or not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise _Refusal(403, "AccessDenied")
    access_key, day, region, service, end = (fields["Credential"].split("/") + [""] * 5)[:5]
    if access_key != s3.access_key:
        raise _Refusal(403, "InvalidAccessKeyId")
    if region != s3.region:
        raise _Refusal(400, "AuthorizationHeaderMalformed", Region=s3.region)
    stamp = headers.get("x-amz-date", "")
    try:
        asked = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
    except ValueError:
        raise _Refusal(403, "AccessDenied") from None
    if abs(asked - time.time() - s3.clock_ahead) > SKEW_SECONDS:
        raise _Refusal(403, "RequestTimeTooSkewed")
    digest = hashlib.sha256(body).hexdigest()
    if headers.get("x-amz-content-sha256") != digest:
        raise _Refusal(400, "XAmzContentSHA256Mismatch")
    signed = fields["SignedHeaders"].split(";")
    needed = {"host"} | {name.lower() for name in headers if name.lower().startswith("x-amz-")}
    if signed != sorted(signed) or not needed <= set(signed):
        raise _Refusal(403, "AccessDenied")
    path, _, query = target.partition("?")
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    canonical = [(_encode(name), _encode(value)) for name, value in pairs]
    request = [method, _encode(path, safe="/"), "&".join("=".join(pair) for pair in sorted(canonical))]
    request += [f"{name}:{' '.join(','.join(headers.get_all(name, [])).split())}" for name in signed]
    request += ["", ";".join(signed), digest]
    scope = f"{day}/{region}/{service}/{end}"
    hashed = hashlib.sha256("\n".join(request).encode()).hexdigest()
    key = ("AWS4" + s3.secret_key).encode()
    for text in (stamp[:8], s3.region, "s3", "aws4_request"):
        key = hmac.digest(key, text.encode(), "sha256")
    expected = hmac.new(key, f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}".encode(), "sha256").hexdigest()
    if not hmac.compare_digest(expected, fields["Signature"]):
        raise _Refusal(403, "SignatureDoesNotMatch")


def _encode(text, safe=""):
    """A part of the URL as it is to be signed, whatever of it the client has encoded."""
    return urllib.parse.quote(urllib.parse.unquote(text), safe=safe + "-._~")
