"""nginx in front of a worker that is none, with little patience, and what goes there byte by byte. A test module imports
the fixtures."""

import contextlib
import io
import re
import socket
from http.client import HTTPResponse

import http_client
import pytest
from fastcgi_stub import FastCGIStub
from nginx_site import proxied_site

# So long may a client be silent here; nginx.conf says 10 and 15 seconds.
PATIENCE = 1
CHUNKED = "Transfer-Encoding: chunked"
# A request that nobody has sent.
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def stub():
    stub = FastCGIStub(keep_seconds=60)
    yield stub
    stub.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, stub):
    with proxied_site(tmp_path_factory.mktemp("hardening") / "site", stub) as site:
        file = site.folder / "nginx/nginx.conf"
        text = file.read_text()
        for name in ("client_header_timeout", "client_body_timeout", "send_timeout", "keepalive_timeout"):
            text, count = re.subn(rf"\b{name} \d+s;", f"{name} {PATIENCE}s;", text)
            assert count == 1
        file.write_text(text)
        site.reload()
        yield site


def connect(site, seconds=20):
    return socket.create_connection(("127.0.0.1", site.port), timeout=seconds)


def answers(site, data, methods=()):
    """All answers on one connection to what is sent, which ends by itself soon; `methods`: of the requests, if not GET."""
    found = []
    with connect(site) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    stream = io.BytesIO(received)
    while stream.tell() < len(received):
        response = HTTPResponse(Kept(stream), method=(methods[len(found)] if len(found) < len(methods) else "GET"))
        response.begin()
        found.append(http_client.Answer(response.status, response.headers, response.read()))
    return found


class Kept:
    """What HTTPResponse takes for a socket; it closes what it has read from."""

    def __init__(self, stream):
        self._stream = stream

    def makefile(self, _):
        stream = self._stream

        class File(io.RawIOBase):
            def readable(self):
                return True

            def readinto(self, buffer):
                return stream.readinto(buffer)

            def readline(self, limit=-1):
                return stream.readline(limit)

            def read(self, count=-1):
                return stream.read(count)

        return File()


def asked_since(stub, before):
    return [(asked["REQUEST_METHOD"], asked["REQUEST_URI"]) for asked in stub.requests[before:]]


def check_refusal(answer):
    """A short text that nobody keeps."""
    assert answer["Content-Type"] == "text/plain" and answer["Cache-Control"] == "no-store"
    assert re.match(r"[A-Z]+ - ", answer["ik-error"]) and answer["X-Content-Type-Options"] == "nosniff"
    assert b"<" not in answer.body and len(answer.body) < 60
    assert "nginx/" not in str(answer.headers)
