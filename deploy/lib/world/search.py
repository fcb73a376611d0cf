"""Looks for bytes in all that a region has: its folder, its Redis, and what its processes hold open without a name."""

import os
import socket
from pathlib import Path
from typing import Any

from world.members import Region
from world.network import pids_in

# What is looked for, by name; and the names of what was found, each with its place.
Needles = dict[str, bytes]
Found = list[tuple[str, str]]
REDIS_SECONDS = 10
READERS = {
    b"string": lambda key: [b"GET", key],
    b"hash": lambda key: [b"HGETALL", key],
    b"list": lambda key: [b"LRANGE", key, b"0", b"-1"],
    b"set": lambda key: [b"SMEMBERS", key],
    b"zset": lambda key: [b"ZRANGE", key, b"0", b"-1"],
    b"stream": lambda key: [b"XRANGE", key, b"-", b"+"],
    # It has expired since its name was told.
    b"none": lambda key: [b"GET", key],
}


def in_folder(folder: Path, needles: Needles) -> Found:
    """The names of the needles that lie in a file below that folder, and where."""
    found = []
    for path in Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            try:
                found += _found(path.read_bytes(), needles, path)
            except OSError:
                continue
    return found


def in_redis(region: Region, needles: Needles) -> Found:
    """The same, in the keys and values of a region's own Redis."""
    folder = (region.instance.state / "socket-folder").read_text().strip()
    with _Redis(f"{folder}/redis.sock") as redis:
        found = []
        for key in redis.ask(b"KEYS", b"*"):
            value = _joined(redis.ask(*READERS[redis.ask(b"TYPE", key)](key)))
            found += _found(key + b" " + value, needles, f"Redis, {key.decode(errors='replace')}")
        return found


def in_open_files(region: Region, needles: Needles) -> Found:
    """The same, in files that its processes hold open and that have no name, as nginx' temporary ones."""
    found = []
    for pid in pids_in(region.namespace):
        try:
            descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                target = os.readlink(descriptor)
                if target.endswith("(deleted)") and target.startswith("/"):
                    found += _found(descriptor.read_bytes(), needles, f"process {pid}, {target}")
            except OSError:
                continue
    return found


def everywhere(region: Region, needles: Needles) -> Found:
    found = in_folder(region.instance.state, needles) + in_open_files(region, needles)
    return found + in_redis(region, needles)


def _found(data: bytes, needles: Needles, place: object) -> Found:
    return [(name, str(place)) for name, needle in needles.items() if needle in data]


def _joined(value: object) -> bytes:
    if isinstance(value, list):
        return b" ".join(_joined(one) for one in value)
    return value if isinstance(value, bytes) else str(value).encode()


class _Redis:
    """A few commands and their replies, as bytes (RESP2)."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(REDIS_SECONDS)
        self._socket.connect(path)
        self._stream = self._socket.makefile("rb")

    def __enter__(self) -> "_Redis":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def ask(self, *words: bytes) -> Any:
        self._socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words))
        return self._reply()

    def _reply(self) -> Any:
        line = self._stream.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            data = None if rest == b"-1" else self._stream.read(int(rest) + 2)[:-2]
            return b"" if data is None else data
        if kind == b"*":
            return [self._reply() for _ in range(max(int(rest), 0))]
        if kind == b"-":
            raise OSError(f"Redis: {rest.decode()}")
        return rest
