"""The list of all files."""

from collections.abc import Callable
from dataclasses import dataclass

FILES: dict[str, "HostileFile"] = {}

MEDIA_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "heic": "image/heic",
    "html": "text/html",
    "jp2": "image/jp2",
    "jpg": "image/jpeg",
    "jxl": "image/jxl",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "svgz": "image/svg+xml",
    "tif": "image/tiff",
    "webp": "image/webp",
}


@dataclass(frozen=True)
class HostileFile:
    """`expects`: what an answer to a picture made of it may be, e.g. "ELIMIT" or "200 EINVAL"; codes stand for 400,
    "503" for a render out of time."""

    case: str
    name: str
    expects: frozenset
    make: Callable[[], bytes]

    @property
    def purpose(self):
        return " ".join(self.make.__doc__.split())

    @property
    def data(self):
        return self.make()


def hostile(case, name, expects):
    """Names a function's file, the case it belongs to and what may become of it."""

    def register(make):
        assert name not in FILES, name
        FILES[name] = HostileFile(case, name, frozenset(expects.split()), make)
        return make

    return register


def of_case(case):
    """The files of one case, in the order of the sources."""
    return [file for file in FILES.values() if file.case == case]


def media_type(name):
    return MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
