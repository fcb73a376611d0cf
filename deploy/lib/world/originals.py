"""The bytes of the originals: made of the sample and of what their path says, different from path to path."""

import hashlib
import io
import random
import re
import threading
from collections import Counter
from collections.abc import Iterable

from PIL import Image, ImageEnhance

from world.settings import REPOSITORY

RED, BLUE = (255, 0, 0), (0, 0, 255)
SAMPLE = REPOSITORY / "deploy" / "samples" / "kleiber.jpg"
BASES, SIZE = 12, (600, 400)


def marked(path: str, version: int) -> bytes:
    """The 64 bytes by which an original of that path is found again: no two are equal, and none is text or a header."""
    return hashlib.sha512(f"{path} {version}".encode()).digest()


def with_comment(picture: bytes, comment: bytes) -> bytes:
    """A JPEG with these bytes as a comment right behind its start (ITU-T T.81, B.2.4.5)."""
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


class Pictures:
    """Photographs made once, and what was changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions = Counter()
        self._bases = {}
        self._plain = {colour: _encoded(Image.new("RGB", (320, 240), colour)) for colour in (RED, BLUE)}

    def change(self, words: Iterable[str]) -> None:
        with self._lock:
            self._versions.update(words)

    def version(self, path: str) -> int:
        words = re.findall(r"[^/.]+", path)
        with self._lock:
            return sum(self._versions[word] for word in words)

    def plain(self, path: str) -> bytes:
        version = self.version(path)
        return with_comment(self._plain[BLUE if version else RED], marked(path, version))

    def noise(self, path: str) -> bytes:
        version = self.version(path)
        pixels = random.Random(f"{path} {version}").randbytes(SIZE[0] * SIZE[1] * 3)
        return with_comment(_encoded(Image.frombytes("RGB", SIZE, pixels)), marked(path, version))

    def photograph(self, path: str) -> bytes:
        version = self.version(path)
        kind = int.from_bytes(hashlib.sha256(path.encode()).digest()[:4], "big") % BASES
        with self._lock:
            if (kind, version % 2) not in self._bases:
                self._bases[kind, version % 2] = _encoded(_photograph(kind, version))
            base = self._bases[kind, version % 2]
        return with_comment(base, marked(path, version))


def _photograph(kind: int, version: int) -> Image.Image:
    """One of several parts of the sample, without colour in odd versions."""
    with Image.open(SAMPLE) as sample:
        width, height = sample.size
        left, top = (width // 3) * (kind % 4) // 4, (height // 3) * (kind // 4) // 3
        part = sample.convert("RGB").crop((left, top, left + width * 2 // 3, top + height * 2 // 3)).resize(SIZE)
    return ImageEnhance.Color(part).enhance(0) if version % 2 else part


def file_bytes(path: str, length: int) -> bytes:
    """What the file of that path holds: its mark, again and again among random bytes."""
    piece = marked(path, 0) + random.Random(path).randbytes(4096 - 64)
    return (piece * (length // len(piece) + 1))[:length]
