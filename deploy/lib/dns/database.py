"""Whether a file is a geographic database that knows cities (MaxMind's format, which others use too)."""

import mmap
from collections.abc import Iterable
from pathlib import Path

from dns.errors import Refused

# The metadata begin behind the last of these, in the last 128 KiB ("MaxMind DB File Format Specification").
MARKER = b"\xab\xcd\xefMaxMind.com"
METADATA_BYTES = 128 * 1024


COORDINATES = ("latitude", "longitude")
# PowerDNS 4.7 takes no coordinates without it.
RADIUS = "accuracy_radius"


def check_database(path: Path, keys: Iterable[str] = COORDINATES) -> Path:
    """Its absolute path. `keys`: what it has to tell of networks. Raises Refused where a name server cannot use it."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            start = content.rfind(MARKER, max(0, len(content) - METADATA_BYTES))
            if start < 0:
                raise Refused(f"{path}: not a geographic database (.mmdb)")
            is_of_cities = b"city" in content[start:].lower()
            # A key is written once, and pointed to from then on.
            missing = [key for key in keys if content.find(key.encode()) < 0]
    except ValueError:
        raise Refused(f"{path}: empty") from None
    except OSError as error:
        raise Refused(f"cannot read the database {path}: {error.strerror}") from None
    if not is_of_cities:
        raise Refused(f"{path}: a database of type City is needed, which tells coordinates")
    if missing:
        raise Refused(f"{path}: it does not tell {', '.join(missing)} of networks, which this name server needs")
    return path.absolute()
