"""An origin that the suite runs and the server fetches from, and traps that nobody may step on."""

import itertools
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from abuse.pictures import png

_numbers = itertools.count(1)
# Longer than any deadline of the server; ends a behaviour that nobody waits for any more.
LONGEST_SECONDS = 90


@dataclass
class Request:
    method: str
    path: str
    # Names in lower case.
    headers: dict = field(default_factory=dict)


class Listener:
    """Hands each connection to a thread of its own."""

    def __init__(self, host="127.0.0.1", port=0, listener=None):
        self._listener = listener or _listening(host, port)
        self.host, self.port = self._listener.getsockname()[:2]
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            connection.settimeout(LONGEST_SECONDS)
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection, suppress(OSError):
            self.serve(connection)

    def serve(self, connection):
        raise NotImplementedError

    def stop(self):
        self.stopped.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Origin(Listener):
    """What it has is put there by a case, under a name that no other case knows."""

    def __init__(self, host="127.0.0.1", port=0, listener=None):
        self._things = {}
        self._requests = []
        super().__init__(host, port, listener)

    # --- what it has

    def put(self, body, kind="image/png", suffix=".png", headers=(), status="200 OK"):
        """A file; returns its name. `headers`: pairs."""
        return self.act(lambda request, connection: send(connection, body, kind, headers, status), suffix)

    def act(self, function, suffix=".png", name=None):
        """A behaviour: `function(request, connection)` writes whatever it likes; it returns False to end the
        connection. Returns its name."""
        name = name or f"thing{next(_numbers)}x{suffix}"
        self._things[name] = function
        return name

    @staticmethod
    def picture_of(colour, headers=()):
        """A behaviour: a picture of one colour."""
        return lambda _, connection: send(connection, png(64, 48, colour), headers=headers)

    def picture(self, colour=(200, 30, 60), width=64, height=48, **more):
        return self.put(png(width, height, colour), **more)

    def redirect(self, location, status="302 Found", suffix=".png"):
        return self.put(b"", "text/plain", suffix, [("Location", location)], status)

    # --- what it was asked

    def requests(self, name=""):
        with self._lock:
            return [request for request in self._requests if name in request.path]

    def forget(self):
        """Everything that it was asked."""
        with self._lock:
            self._requests.clear()

    def count(self, name=""):
        return len(self.requests(name))

    def serve(self, connection):
        stream = connection.makefile("rb")
        while request := read_request(stream):
            with self._lock:
                self._requests.append(request)
            name = unquote(request.path.partition("?")[0].rpartition("/")[2])
            act = self._things.get(name, self._missing)
            if act(request, connection) is False:
                return

    @staticmethod
    def _missing(_, connection):
        send(connection, b"no", "text/plain", status="404 Not Found")


class Trap(Listener):
    """A place that must never be connected to. It counts, and gives a picture to whoever comes, so that a guard that
    fails shows."""

    def serve(self, connection):
        read_request(connection.makefile("rb"))
        send(connection, png(), "image/png", [("Connection", "close")])


def read_request(stream):
    """The next request of a connection, None at its end."""
    line = stream.readline(65536).decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while header := stream.readline(65536).decode("latin-1").strip():
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(line[0], line[1], headers)


def send(connection, body, kind="image/png", headers=(), status="200 OK"):
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


def _listening(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)
