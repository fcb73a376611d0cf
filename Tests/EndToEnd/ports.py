"""Ports of loopback for servers that a test starts, stops and starts again."""

import errno
import itertools
import random
import socket

# Below those that Linux gives to outgoing connections (`ip_local_port_range`), so that none of them takes a port before
# its server listens, or while that is down.
_PORTS = range(10_000, 32_000)
# Starts anywhere, because other test programs look for ports at the same time.
_start = random.randrange(len(_PORTS))
_candidates = itertools.cycle([*_PORTS[_start:], *_PORTS[:_start]])
# Each is a socket whose name says that this process has the port.
_reservations = []


def free_port():
    """A port that nobody listens on, and that no test gets again while this process lives."""
    for port in itertools.islice(_candidates, len(_PORTS)):
        if _reserve(port) and _is_unused(port):
            return port
    raise AssertionError("all ports are in use")


def _reserve(port):
    reservation = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        reservation.bind(f"\0apus-test-port-{port}")
    except OSError:
        reservation.close()
        return False
    _reservations.append(reservation)
    return True


def _is_unused(port):
    """By TCP and, for name servers, by UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                return False
    return True
