"""What hostile origins answer, byte by byte; used by the cases of group C."""

import time

from abuse.files import jpegs

GOOD = jpegs.plain()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNK = b"10000\r\n" + bytes(0x10000) + b"\r\n"
# How long a behaviour goes on at most after everybody has given up.
LONGEST_SECONDS = 60


def head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def whole(body, *lines, status="200 OK"):
    """An answer in order."""
    return head(f"Content-Length: {len(body)}", *lines, status=status) + body


def announced(count, body=GOOD):
    """An answer that says how long it is."""
    return head("Content-Type: image/jpeg", f"Content-Length: {count}") + body


CHUNKED = head("Transfer-Encoding: chunked")


# --- each makes a behaviour for `Origin.act`


def answers(data):
    """Sends this, and goes on with the next request."""
    return lambda request, connection: connection.sendall(data)


def closes(data=b""):
    """Sends this, and closes."""

    def behave(request, connection):
        connection.sendall(data)
        return False

    return behave


def falls_silent(data=b""):
    """Sends this, and then nothing until the other side gives up."""

    def behave(request, connection):
        connection.sendall(data)
        connection.settimeout(LONGEST_SECONDS)
        connection.recv(1)
        return False

    return behave


def floods(again, data=b""):
    """Sends `data`, and then `again` without end."""

    def behave(request, connection):
        connection.sendall(data)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            connection.sendall(again)
        return False

    return behave


def drips(again, data=b"", seconds=0.1):
    """Sends `data`, and then `again` without end, a byte at a time."""

    def behave(request, connection):
        connection.sendall(data)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            for byte in again:
                connection.sendall(bytes((byte,)))
                time.sleep(seconds)
        return False

    return behave


def first_then(first, later):
    """The first request meets one behaviour, all later ones the other."""
    asked = []

    def behave(request, connection):
        asked.append(request)
        return (first if len(asked) == 1 else later)(request, connection)

    return behave
