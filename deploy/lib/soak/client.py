"""One client: makes requests on a kept connection, and tells exactly what came back."""

import http.client
import socket
from dataclasses import dataclass, field

from soak.settings import ANSWER_SECONDS

_HTTP_ERRORS = http.client.HTTPException, OSError


@dataclass(frozen=True)
class Answer:
    """`lost`: why there is no answer at all; `cut`: why it ended before its end. Both are empty for a whole answer."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    lost: str = ""
    cut: str = ""

    @property
    def error(self):
        """The code in `ik-error`."""
        return self.headers.get("ik-error", "").partition(" - ")[0]

    def __str__(self):
        if self.lost:
            return f"no answer ({self.lost})"
        said = self.headers.get("ik-error") or self.headers.get("content-type", "")
        return f"{self.status} {said}" + (f", cut off after {len(self.body)} bytes ({self.cut})" if self.cut else "")


class Client:
    def __init__(self, port):
        self._port = port
        self._connection = None

    def ask(self, method, path, headers=None, body=None, keeps=True):
        """A whole answer, or what is known of why there is none. No request is ever repeated."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_SECONDS)
        try:
            self._connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                self._connection.putheader(name, value)
            if body is not None:
                self._connection.putheader("Content-Length", str(len(body)))
            if not keeps:
                self._connection.putheader("Connection", "close")
            self._connection.endheaders(body)
            response = self._connection.getresponse()
        except _HTTP_ERRORS as error:
            self.close()
            return Answer(lost=f"{type(error).__name__}: {error}")
        fields = {name.lower(): value for name, value in response.getheaders()}
        try:
            data = response.read()
        except http.client.IncompleteRead as error:
            self.close()
            return Answer(response.status, fields, error.partial, cut="ended early")
        except _HTTP_ERRORS as error:
            self.close()
            return Answer(response.status, fields, cut=f"{type(error).__name__}: {error}")
        if not keeps or response.will_close:
            self.close()
        return Answer(response.status, fields, data)

    def close(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def raw(self, data):
        """Sends bytes as they are, and reads to the end of the first answer."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS) as connection:
                connection.sendall(data)
                response = http.client.HTTPResponse(connection)
                response.begin()
                fields = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, fields, response.read())
        except _HTTP_ERRORS as error:
            return Answer(lost=f"{type(error).__name__}: {error}")

    def leave(self, path, after):
        """Reads so many bytes of an answer, slowly, and goes away."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
                while after > 0 and (piece := connection.recv(min(after, 4096))):
                    after -= len(piece)
        except OSError:
            pass
