"""A web origin whose pages may be traps: what they do instead of answering, until the test takes them away."""

import time

from hostile_origin import LONGEST_SECONDS
from scripted_origin import FIRST, ScriptedOrigin, plain

GOOD = plain(FIRST)
MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNK = b"10000\r\n" + bytes(0x10000) + b"\r\n"


class TrappedOrigin(ScriptedOrigin):
    """`traps`: by the name of a page, a function that is given the `Victim` and returns whether the connection stays.
    `sprung`: how many have done all that they do."""

    def __init__(self):
        self.traps, self.sprung = {}, 0
        super().__init__()

    def _do_page(self, connection, rest, headers):
        trap = self.traps.get("/".join(rest))
        if trap is None:
            return super()._do_page(connection, rest, headers)
        try:
            return bool(trap(Victim(connection, headers, self._stopped)))
        finally:
            self.sprung += 1


class Victim:
    """Whoever has asked, with the headers of the request."""

    def __init__(self, connection, headers, stopped):
        self.headers, self.connection, self._stopped = headers, connection, stopped

    def send(self, data):
        self.connection.sendall(data)

    def wait(self, seconds=LONGEST_SECONDS):
        self._stopped.wait(seconds)

    def flood(self, data):
        """Sends it again and again."""
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and not self._stopped.is_set():
            self.send(data)

    def drip(self, data, seconds=0.1):
        """Sends it byte by byte, again and again."""
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            for byte in data:
                self.send(bytes((byte,)))
                if self._stopped.wait(seconds):
                    return


# --- Traps: each a function of the victim, or one that makes such a function


def head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def whole(body, *lines, status="200 OK"):
    """An answer in order."""
    return head(f"Content-Length: {len(body)}", *lines, status=status) + body


def answers(data):
    """Sends this, and goes on with the next request."""

    def trap(victim):
        victim.send(data)
        return True

    return trap


def closes(data=b""):
    """Sends this, and closes."""
    return lambda victim: victim.send(data)


def stays_silent(data=b""):
    """Sends this, and then nothing."""

    def trap(victim):
        victim.send(data)
        victim.wait()

    return trap


def floods(again, data=b""):
    """Sends `data`, and then `again` without end."""

    def trap(victim):
        victim.send(data)
        victim.flood(again)

    return trap


def drips(again, data=b""):
    """Sends `data`, and then `again` without end, byte by byte."""

    def trap(victim):
        victim.send(data)
        victim.drip(again)

    return trap


def announced(count, body=GOOD):
    """An answer that says how long it is."""
    return head(f"Content-Length: {count}") + body


def coded(coding, data):
    """Answers with this content coding."""
    return answers(whole(data, f"Content-Encoding: {coding}"))


CHUNKED = head("Transfer-Encoding: chunked")
