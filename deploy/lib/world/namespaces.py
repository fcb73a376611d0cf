"""Sockets in other network namespaces: a thread goes in, makes one and comes back; the socket stays there."""

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

NEW_NETWORK = 0x40000000
FOLDER = "/run/netns"
_library = ctypes.CDLL(None, use_errno=True)


def exists(namespace: str) -> bool:
    return os.path.exists(f"{FOLDER}/{namespace}")


def _enter(descriptor: int) -> None:
    if _library.setns(descriptor, NEW_NETWORK) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """This thread, and only it, is in that namespace until the block ends."""
    here = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        there = os.open(f"{FOLDER}/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _enter(here)
    finally:
        os.close(here)


def connected(namespace: str, host: str, port: int, timeout: float = 10) -> socket.socket:
    """A connection from there."""
    with inside(namespace):
        made = socket.socket()
    try:
        made.settimeout(timeout)
        made.connect((host, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        made.close()
        raise
    return made


def listening(namespace: str, host: str, port: int) -> socket.socket:
    """A listener there."""
    with inside(namespace):
        made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    made.listen(512)
    return made
