"""CDNs in front of an instance: a cache that keeps what it has got for ever, and CloudFront's API as moto has it, with
what moto leaves out: that an invalidation takes its time, that there may be too many, and that one can be away."""

import http.client
import socket
import threading
import xml.etree.ElementTree as XML
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from http_client import Answer

HOST = "127.0.0.1"
ANSWER_SECONDS = 30
NAMESPACE = "{http://cloudfront.amazonaws.com/doc/2020-05-31/}"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Server:
    """One port that can be shut and opened again; `answer(request)` says (status, headers, body)."""

    def __init__(self):
        self._server, self._connections = None, set()
        self.port = 0
        self.open()

    @property
    def base(self):
        return f"http://{HOST}:{self.port}"

    def open(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = ANSWER_SECONDS

            def setup(self):
                super().setup()
                owner._connections.add(self.connection)

            def finish(self):
                owner._connections.discard(self.connection)
                super().finish()

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, content = owner.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PURGE = answer

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                """Who hangs up is none of a test's errors."""

        self._server = Quiet((HOST, self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def shut(self):
        """From now on connections are refused, and there are none."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def answer(self, method, path, headers, body):
        raise NotImplementedError


def relayed(port, method, path, headers, body=b""):
    """Asks somebody else the same, with the same `Host`; his answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            if name.lower() not in HOP_BY_HOP - {"host"}:
                connection.putheader(name, value)
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        answer = connection.getresponse()
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
        return answer.status, kept, answer.read()
    finally:
        connection.close()


class CachingCDN(Server):
    """Keeps every 200 for ever, whatever it says of its age, until it is told to forget: by `forget`, or by PURGE of a
    path, where `*` at the end means all that begin so. `port_behind`: the instance."""

    def __init__(self, port_behind):
        self._port_behind = port_behind
        self._kept = {}
        self._lock = threading.Lock()
        self.purged = []
        # What PURGE is answered instead, as (status, headers).
        self.refusal = None
        super().__init__()

    def answer(self, method, path, headers, body):
        if method == "PURGE":
            self.purged.append(path)
            if self.refusal:
                return (*self.refusal, b"")
            return 200 if self.forget(path) else 404, [], b""
        with self._lock:
            if path in self._kept:
                return self._kept[path]
        found = relayed(self._port_behind, method, path, headers, body)
        if found[0] == 200:
            with self._lock:
                self._kept[path] = found
        return found

    def forget(self, path):
        """How many there were."""
        with self._lock:
            if path.endswith("*"):
                meant = [kept for kept in self._kept if kept.startswith(path[:-1])]
            else:
                meant = [kept for kept in self._kept if kept == path]
            for one in meant:
                del self._kept[one]
            return len(meant)

    def get(self, path):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


class CloudFront(Server):
    """In front of moto, which checks signatures. An invalidation is completed when it was looked after `looks` times;
    then the cache of its distribution, `caches[id]`, has forgotten."""

    def __init__(self, moto_port):
        self._moto_port = moto_port
        self._lock = threading.Lock()
        self.caches = {}
        self.looks = 1
        # So many are refused because there are too many.
        self.throttled = 0
        self._left = {}
        # Every invalidation that was made: (distribution, paths, reference).
        self.invalidations = []
        self.calls = []
        super().__init__()

    def answer(self, method, path, headers, body):
        distribution = path.split("/")[3]
        with self._lock:
            if method == "POST" and self.throttled > 0:
                self.throttled -= 1
                self.calls.append((method, 400))
                code = "TooManyInvalidationsInProgress"
                return 400, [], f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()
        status, kept, content = relayed(self._moto_port, method, path, headers, body)
        with self._lock:
            self.calls.append((method, status))
            if status >= 300:
                return status, kept, content
            document = XML.fromstring(content)
            identifier = document.find(f"{NAMESPACE}Id").text
            paths = [one.text for one in document.iter(f"{NAMESPACE}Path")]
            if method == "POST":
                reference = document.find(f".//{NAMESPACE}CallerReference").text
                self.invalidations.append((distribution, paths, reference))
                self._left[identifier] = self.looks
            else:
                self._left[identifier] -= 1
            if self._left[identifier] > 0:
                return status, kept, content.replace(b">COMPLETED<", b">InProgress<")
            for one in paths:
                self.caches[distribution].forget(one)
            return status, kept, content.replace(b">COMPLETED<", b">Completed<")
