"""A web origin whose pictures change while their validators stay as they are, as after an upload over the same name
behind a careless cache. Any path is there; its first segment says with what it comes."""

import threading
import urllib.parse

from PIL import Image

from hostile_origin import LONGEST_SECONDS, HostileOrigin
from pictures import BLUE, RED, colour_at, is_near, jpeg

OLD, NEW = RED, BLUE
_PICTURES = {colour: jpeg(Image.new("RGB", (320, 240), colour)) for colour in (OLD, NEW)}


def shows(answer, colour):
    return answer.status == 200 and is_near(colour_at(answer.picture(), 0.5, 0.5), colour)


class ChangingOrigin(HostileOrigin):
    """Every picture is OLD until `change(word)`, which makes those NEW that have the word in their path.

    The words of a path are unique to a test, so that tests share an origin."""

    validators = ('ETag: "same"', "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT")

    def __init__(self):
        super().__init__()
        self._changed = set()
        self._gates = {}

    def change(self, word):
        with self._lock:
            self._changed.add(word)

    def gate(self, word):
        """The event that `/held/` waits for, for each word one."""
        with self._lock:
            return self._gates.setdefault(word, threading.Event())

    def is_changed(self, path):
        with self._lock:
            return any(word in path for word in self._changed)

    def _picture(self, connection, rest, headers, extra=()):
        if headers.get("if-none-match") == '"same"' or "if-modified-since" in headers:
            self._send(connection, "304 Not Modified", b"", extra=self.validators)
            return
        body = _PICTURES[NEW if self.is_changed("/".join(rest)) else OLD]
        self._send(connection, "200 OK", body, extra=[*self.validators, *extra])

    def _do_doc(self, connection, rest, headers):
        self._picture(connection, rest, headers)

    def _do_tags(self, connection, rest, headers):
        """/tags/TAG,TAG/…"""
        self._picture(connection, rest, headers, [f"Cache-Tag: {urllib.parse.unquote(rest[0])}"])

    def _do_keys(self, connection, rest, headers):
        """/keys/KEY%20KEY/…"""
        self._picture(connection, rest, headers, [f"Surrogate-Key: {urllib.parse.unquote(rest[0])}"])

    def _do_late(self, connection, rest, headers):
        """Not there until it is changed."""
        act = self._picture if self.is_changed("/".join(rest)) else self._do_missing
        act(connection, rest, headers)

    def _do_held(self, connection, rest, headers):
        """/held/WORD/…: half of the picture as it was when it was asked for, and the rest once the gate is open."""
        body = _PICTURES[NEW if self.is_changed("/".join(rest)) else OLD]
        head = ["HTTP/1.1 200 OK", "Content-Type: image/jpeg", f"Content-Length: {len(body)}", *self.validators, "", ""]
        connection.sendall("\r\n".join(head).encode() + body[: len(body) // 2])
        self.gate(rest[0]).wait(LONGEST_SECONDS)
        connection.sendall(body[len(body) // 2 :])

    def _do_held_once(self, connection, rest, headers):
        """/held-once/WORD/…: the first request waits as for `/held/`, later ones do not."""
        if self.count(rest[0]) == 1:
            self._do_held(connection, rest, headers)
        else:
            self._do_doc(connection, rest, headers)
