"""HTTP as it is written: what a case gives is what goes out, byte by byte."""

import http.client
import io
import re
import socket
import ssl
from dataclasses import dataclass

ANSWER_SECONDS = 40


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    asked: str = ""

    def __getitem__(self, name):
        return self.headers.get(name)

    @property
    def error(self):
        """The code in `ik-error`, without its message."""
        return (self["ik-error"] or "").split(" - ")[0]

    @property
    def kind(self):
        return (self["Content-Type"] or "").split(";")[0].strip().lower()

    def directive(self, name):
        """A number in Cache-Control, or None."""
        found = re.search(rf"(?:^|[,\s]){name}=(\d+)", self["Cache-Control"] or "")
        return int(found[1]) if found else None

    @property
    def max_age(self):
        """The longest that any cache may keep it, 0 if none may."""
        if re.search(r"no-store|no-cache", self["Cache-Control"] or ""):
            return 0
        return max(self.directive("max-age") or 0, self.directive("s-maxage") or 0)

    def __str__(self):
        return f"{self.status} {self['ik-error'] or self['Content-Type'] or ''}".strip()


class Wire:
    """The way to one server."""

    def __init__(self, host, port, is_tls=False, connect=None):
        """`connect()`: makes the connection, for servers that cannot be reached by address."""
        self.host, self.port, self.is_tls = host, port, is_tls
        self._connect = connect

    @property
    def authority(self):
        """As it stands in `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"

    def connection(self, seconds=ANSWER_SECONDS):
        made = self._connect() if self._connect else socket.create_connection((self.host, self.port), timeout=seconds)
        made.settimeout(seconds)
        if self.is_tls:
            made = ssl.create_default_context().wrap_socket(made, server_hostname=self.host)
        return made

    def request(self, path, method="GET", headers=None, body=None, seconds=ANSWER_SECONDS):
        """One request on a connection of its own. `path`: text or bytes, sent as it is. `headers`: a dictionary or
        pairs; nothing is added but Host (unless it is among them), Connection and the length of a body."""
        pairs = list(headers.items() if isinstance(headers, dict) else headers or [])
        names = {name.lower() for name, _ in pairs}
        lines = [method.encode() + b" " + _bytes(path) + b" HTTP/1.1"]
        if "host" not in names:
            lines.append(b"Host: " + self.authority.encode())
        lines += [_bytes(name) + b": " + _bytes(value) for name, value in pairs]
        if body is not None and not names & {"content-length", "transfer-encoding"}:
            lines.append(b"Content-Length: " + str(len(body)).encode())
        if "connection" not in names:
            lines.append(b"Connection: close")
        answer = self.raw(b"\r\n".join(lines) + b"\r\n\r\n" + (body or b""), seconds, method)
        if answer is None:
            raise OSError(f"no answer to {method} {_shown(path)}")
        answer.asked = _shown(path)
        return answer

    def raw(self, data, seconds=ANSWER_SECONDS, method="GET"):
        """Sends bytes as they are and returns the first answer, None if there was none."""
        with self.connection(seconds) as connection:
            try:
                connection.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # The answer may have come before the end of the request.
            return read_answer(connection, method)

    def everything(self, data, seconds=5):
        """Sends bytes and returns all that comes back until the server closes or is silent for so long."""
        with self.connection(seconds) as connection:
            received = io.BytesIO()
            try:
                connection.sendall(data)
                while part := connection.recv(65536):
                    received.write(part)
            except OSError:
                pass
            return received.getvalue()


def read_answer(connection, method="GET"):
    """The next answer of a connection, None if it ends without one."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        return Answer(response.status, response.headers, response.read())
    except (http.client.BadStatusLine, ConnectionResetError):
        return None
    except http.client.IncompleteRead as error:
        return Answer(response.status, response.headers, error.partial)
    finally:
        response.close()


def _bytes(text):
    return text if isinstance(text, bytes) else str(text).encode("utf-8")


def _shown(path):
    text = path.decode("latin-1") if isinstance(path, bytes) else path
    return text if len(text) <= 160 else f"{text[:160]}… ({len(text)} characters)"
