"""A plain HTTP client that sends a path exactly as written and follows nothing."""

import http.client
import io
import socket
from dataclasses import dataclass

from PIL import Image

ANSWER_SECONDS = 40


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name):
        return self.headers.get(name)

    @property
    def error(self):
        """The code in `ik-error`, without its message."""
        return (self["ik-error"] or "").split(" - ")[0]

    @property
    def cache(self):
        return self["x-apus-cache"]

    def picture(self):
        picture = Image.open(io.BytesIO(self.body))
        picture.load()
        return picture

    def __repr__(self):
        return f"<{self.status} {self['Content-Type']} {len(self.body)} bytes {self['ik-error'] or ''}>"


def request(port, path, method="GET", headers=None, body=None, timeout=ANSWER_SECONDS, connect=None):
    """One request on a connection of its own, which `connect(port)` makes where it is given. No header is added beyond
    Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        if connect is not None:
            connection.sock = connect(port)
            connection.sock.settimeout(timeout)
        headers = dict(headers or {})
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def raw_request(port, data, timeout=ANSWER_SECONDS):
    """Sends bytes as they are; returns the first answer, however the request was formed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(data)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return Answer(response.status, response.headers, response.read())
