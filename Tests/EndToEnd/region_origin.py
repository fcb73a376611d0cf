"""The origin of several regions: what changes and is held back, long files, bytes that can be told from all others."""

import functools
import random
import re
import threading

from PIL import Image

from changing_origin import NEW, OLD, ChangingOrigin
from pictures import jpeg, noise

BLOCK_BYTES = 1 << 18


class RegionOrigin(ChangingOrigin):
    """`sent` counts the bytes of blobs."""

    def __init__(self):
        super().__init__()
        self.sent = 0
        self.missing = set()

    def _do_blob(self, connection, rest, headers):
        """/blob/BYTES/…: a file of that many bytes, the same for the same path; a part where one is asked for."""
        body = blob(int(rest[0]), "/".join(rest))
        extra = [f'ETag: "{rest[0]}-{rest[1]}"', "Accept-Ranges: bytes"]
        status, part = "200 OK", body
        if found := re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", "")):
            first, last = int(found[1]), min(int(found[2] or len(body) - 1), len(body) - 1)
            if first >= len(body):
                extra.append(f"Content-Range: bytes */{len(body)}")
                return self._send(connection, "416 Range Not Satisfiable", b"", "text/plain", extra)
            status, part = "206 Partial Content", body[first : last + 1]
            extra.append(f"Content-Range: bytes {first}-{last}/{len(body)}")
        lines = [f"HTTP/1.1 {status}", "Content-Type: application/octet-stream", f"Content-Length: {len(part)}", *extra]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        for start in range(0, len(part), 1 << 16):
            piece = part[start : start + (1 << 16)]
            connection.sendall(piece)
            with self._lock:
                self.sent += len(piece)
        return True

    def _do_chunked(self, connection, rest, headers):
        """/chunked/BYTES/WORD/…: nobody knows its length. It breaks off in the middle if WORD is in `missing`."""
        body = blob(int(rest[0]), "/".join(rest))
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        middle = len(body) // 2
        for start in range(0, len(body), 1 << 16):
            if rest[1] in self.missing and start > middle:
                return False
            piece = body[start : start + (1 << 16)]
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        return True

    def _do_noise(self, connection, rest, headers):
        """/noise/SEED/…: a picture that no encoder makes small, so that its bytes are found wherever they lie."""
        self._send(connection, "200 OK", noisy(int(rest[0])), extra=[f'ETag: "{rest[0]}"'])

    def _do_maybe(self, connection, rest, headers):
        """/maybe/WORD/…: there unless the word is in `missing`."""
        act = self._do_missing if rest[0] in self.missing else self._do_doc
        return act(connection, rest, headers)

    def _do_waiting(self, connection, rest, headers):
        """/waiting/WORD/…: nothing before the gate is open."""
        self.gate(rest[0]).wait(60)
        return self._do_doc(connection, rest, headers)

    def _do_aged(self, connection, rest, headers):
        """/aged/SECONDS/…: good for that long, with a tag that changes with the picture."""
        is_changed = self.is_changed("/".join(rest))
        tag = '"new"' if is_changed else '"old"'
        extra = [f"ETag: {tag}", f"Cache-Control: max-age={rest[0]}"]
        if headers.get("if-none-match") == tag:
            return self._send(connection, "304 Not Modified", b"", extra=extra)
        return self._send(connection, "200 OK", plain(NEW if is_changed else OLD), extra=extra)

    def open_later(self, word, seconds=0.5):
        """Opens a gate when the word has been asked for, and so much later."""

        def run():
            while self.count(word) == 0 and not self._stopped.wait(0.02):
                pass
            self._stopped.wait(seconds)
            self.gate(word).set()

        threading.Thread(target=run, daemon=True).start()


@functools.lru_cache(maxsize=8)
def blob(length, name):
    block = random.Random(name).randbytes(min(length, BLOCK_BYTES))
    # Numbered, so that a piece in the wrong place shows.
    blocks = (number.to_bytes(8, "big") + block[8:] for number in range(length // BLOCK_BYTES))
    return b"".join(blocks) + block[: length % BLOCK_BYTES]


@functools.lru_cache(maxsize=32)
def noisy(seed):
    return jpeg(noise(200, 150, seed))


@functools.cache
def plain(colour):
    return jpeg(Image.new("RGB", (320, 240), colour))
