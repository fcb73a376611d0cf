"""Looks for bytes in everything that an instance has written: its state folder, files that are open and deleted, its
Redis."""

import os
import socket
from pathlib import Path

from instance import session_of

# Of each picture or file so many pieces of so many bytes are looked for.
PIECES, PIECE_BYTES = 12, 24


def pieces_of(body):
    """Some from everywhere in it, but not from the very beginning and end, which are alike in all pictures."""
    first, last = len(body) // 4, len(body) - PIECE_BYTES - len(body) // 8
    assert last > first + PIECES
    return [body[at : at + PIECE_BYTES] for at in range(first, last, (last - first) // PIECES)]


def traces(instance, *bodies):
    """Where pieces of these bodies lie."""
    wanted = [piece for body in bodies for piece in pieces_of(body)]
    return [place for place, content in written(instance) if any(piece in content for piece in wanted)]


def written(instance):
    """Everything as (where, bytes)."""
    yield from files_of(instance.state)
    yield from deleted_files_of(instance)
    yield from redis_values(instance)


def files_of(folder):
    for path in Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            try:
                yield str(path), path.read_bytes()
            except OSError:
                continue


def deleted_files_of(instance):
    """Temporary files are deleted as soon as they are made; who has them open reads them still."""
    leaders = [instance.pid(name) for name in ("apus", "nginx")]
    for pid in [pid for leader in leaders for pid in session_of(leader)]:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(entry)
                # Not memory that has a descriptor: it is on no disk.
                if target.endswith(" (deleted)") and not target.startswith("/memfd:"):
                    yield f"{pid}: {target}", entry.read_bytes()
            except OSError:
                continue


def redis_values(instance):
    folder = (instance.state / "socket-folder").read_text().strip()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(f"{folder}/redis.sock")
        with connection.makefile("rb") as stream:

            def ask(*words):
                parts = [word if isinstance(word, bytes) else word.encode() for word in words]
                connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
                return read_reply(stream)

            for key in ask("KEYS", "*"):
                kind = ask("TYPE", key)
                value = ask("GET", key) if kind == b"string" else ask("DUMP", key)
                yield f"Redis {key!r}", key + b"\n" + (value or b"")


def read_reply(stream):
    line = stream.readline()[:-2]
    kind, rest = line[:1], line[1:]
    if kind == b"$":
        length = int(rest)
        return None if length < 0 else stream.read(length + 2)[:-2]
    if kind == b"*":
        return [read_reply(stream) for _ in range(int(rest))]
    assert kind != b"-", line
    return rest
