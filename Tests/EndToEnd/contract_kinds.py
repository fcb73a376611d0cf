"""The kinds of origins that the contract suite is run against. A new kind is one line in KINDS."""

import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from amazon_roles import RoleBucket
from amazon_s3 import AmazonBucket
from emulated_akeneo import Akeneo
from emulated_azure import AzureBlobs
from emulated_google import GoogleEmulator, GoogleStorage
from origin_part import OriginPart
from relay import with_port
from swift_s3 import SwiftBucket
from web_server import WebServer


class Folder(OriginPart):
    kind = "DISK"

    def __init__(self, folder):
        self.folder = folder

    def settings(self):
        return {"type": "DISK", "path": str(self.folder)}

    def put(self, key, body, content_type="", private=False, headers=None):
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    def stop(self):
        pass


def tls_bucket():
    return AmazonBucket("S3_COMPATIBLE", path_style=True, secure=True)


def absolute(part, path, port):
    return f"{with_port(part.base, port) if port else part.base}/{path}"


@dataclass(frozen=True)
class Kind:
    """`start` makes the part, given a folder of its own."""

    name: str
    start: Callable[[Path], OriginPart]
    # Words of what these originals cannot have: "ranges", "validators", a "length" in advance, "privacy", "headers" and
    # "types" of their own, a "network" to be disturbed, "slashes" that are encoded, a "question" mark in a name.
    lacks: str = ""
    # What is said of an object that is not there.
    missing: str = "ENOENT"
    # Another way to what a line above reaches: huge files are not sent again, and its network is not disturbed.
    is_variant: bool = False
    # Put before every key.
    prefix: str = ""
    # The key under which the part has what a URL names by this one.
    spelled: Callable[[str], str] = str
    # An object's path after that of the URL endpoint: of the part, the key as it stands in a URL, and the port of what
    # stands in front of the part, if anything does.
    url: Callable[[OriginPart, str, int | None], str] = lambda part, path, port: path

    def has(self, *words):
        return not set(words) & set(self.lacks.split())

    @property
    def slug(self):
        return re.sub("[^a-z0-9]+", "-", self.name.lower()).strip("-")


KINDS = [
    Kind("DISK", Folder, lacks="privacy headers types network slashes"),
    Kind("WEB_FOLDER", lambda _: WebServer()),
    Kind("WEB_FOLDER (TLS)", lambda _: WebServer("WEB_FOLDER (TLS)", secure=True)),
    Kind("WEB_PROXY", lambda _: WebServer("WEB_PROXY"), lacks="question", url=absolute),
    Kind("S3", lambda _: AmazonBucket("S3")),
    Kind("S3 (may not list)", lambda _: AmazonBucket("S3", may_list=False), missing="EACCES", is_variant=True),
    Kind("S3 (role)", lambda _: RoleBucket(), is_variant=True),
    Kind("S3_COMPATIBLE", lambda _: AmazonBucket("S3_COMPATIBLE"), is_variant=True),
    Kind("S3_COMPATIBLE (TLS, path)", lambda _: tls_bucket(), is_variant=True),
    Kind("S3_COMPATIBLE (Swift)", lambda _: SwiftBucket()),
    Kind("CLOUDINARY_BACKUP", lambda _: AmazonBucket("CLOUDINARY_BACKUP"), is_variant=True, spelled=urllib.parse.quote),
    Kind("GCS", lambda _: GoogleStorage(prefix="pictures/")),
    Kind("GCS (emulator)", lambda _: GoogleEmulator(), lacks="ranges validators headers network"),
    Kind("AZURE_BLOB", lambda _: AzureBlobs(prefix="pictures/")),
    Kind("AKENEO_PIM", lambda _: Akeneo(token_uses=20), "ranges validators length privacy", prefix="media-files/"),
]
