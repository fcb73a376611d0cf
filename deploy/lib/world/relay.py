"""The distances: every packet between two places passes the hub's tunnel device, is held here for half of their round
trip and written back. (A kernel without netem cannot do it; this one needs only tun.)

Each direction of each pair of places is a pipe of its own: a rate, a delay with a seeded jitter, order kept, a queue of
bounded length, and counters; it may be cut."""

import errno
import fcntl
import heapq
import itertools
import os
import random
import select
import socket
import struct
import sys
import time

from world import control
from world.settings import FIGURES, PLACES, Place, round_trip

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
LONGEST_PACKET = 65536
# Packets taken in one go, before those that are due are looked at.
BATCH = 64
MOST_PACKETS = 200_000


class Pipe:
    """One direction between two places. Times are seconds."""

    __slots__ = ("delay", "seconds_per_byte", "longest_queue", "jitter", "random", "free", "last", "is_cut", "passed",
                 "bytes", "lost")

    def __init__(self, source: Place, target: Place) -> None:
        network = FIGURES["network"]
        self.delay = round_trip(source, target) / 2000
        self.seconds_per_byte = 8 / (network["megabitsPerSecond"] * 1e6)
        self.longest_queue = network["longestQueueMs"] / 1000
        self.jitter = network["jitter"]
        self.random = random.Random(f"{network['seed']} {source.key} {target.key}").random
        self.free = self.last = 0.0
        self.is_cut = False
        self.passed = self.bytes = self.lost = 0

    def due(self, length: int, now: float) -> float | None:
        """When a packet of that length that comes in now goes out; `None`: never."""
        start = max(self.free, now)
        if self.is_cut or start - now > self.longest_queue:
            self.lost += 1
            return None
        self.free = start + length * self.seconds_per_byte
        self.last = max(self.last, self.free + self.delay * (1 + self.jitter * (2 * self.random() - 1)))
        self.passed += 1
        self.bytes += length
        return self.last


class Relay:
    def __init__(self, device: int) -> None:
        self._device = device
        self._by_address = {socket.inet_aton(place.host): place for place in PLACES.values()}
        self._pipes = {}
        self._waiting = []
        self._numbers = itertools.count()
        self.unknown = 0

    def pipe(self, source: bytes, target: bytes) -> Pipe | None:
        """That between two addresses of four bytes; `None` where one of them is nobody's."""
        key = source + target
        if key not in self._pipes:
            ends = self._by_address.get(source), self._by_address.get(target)
            self._pipes[key] = Pipe(*ends) if None not in ends else None
        return self._pipes[key]

    def run(self) -> None:
        while True:
            now = time.monotonic()
            self._write_due(now)
            wait = self._waiting[0][0] - time.monotonic() if self._waiting else None
            if wait is not None and wait <= 0:
                wait = 0
            if select.select([self._device], [], [], wait)[0]:
                self._read()

    def _read(self) -> None:
        for _ in range(BATCH):
            try:
                packet = os.read(self._device, LONGEST_PACKET)
            except BlockingIOError:
                return
            # An IPv4 header has the two addresses there; anything else is nobody's business here.
            pipe = self.pipe(packet[12:16], packet[16:20]) if packet[0] >> 4 == 4 else None
            if pipe is None or len(self._waiting) >= MOST_PACKETS:
                self.unknown += 1
                continue
            due = pipe.due(len(packet), time.monotonic())
            if due is not None:
                heapq.heappush(self._waiting, (due, next(self._numbers), packet))

    def _write_due(self, now: float) -> None:
        waiting = self._waiting
        while waiting and waiting[0][0] <= now:
            packet = heapq.heappop(waiting)[2]
            try:
                os.write(self._device, packet)
            except OSError as error:
                # As a full queue anywhere loses a packet.
                if error.errno not in (errno.ENOBUFS, errno.EAGAIN, errno.EIO, errno.EINVAL):
                    raise

    # --- what the driver asks (in other threads; every change is of one value)

    def act(self, question: dict) -> object:
        return {"cut": self._cut, "heal": self._heal, "count": self._count, "cpu": self._cpu}[question["do"]](question)

    def _between(self, one: str, other: str) -> Pipe:
        return self.pipe(*(socket.inet_aton(PLACES[key].host) for key in (one, other)))

    def _cut(self, question: dict) -> None:
        """Packets from `a` to `b` are lost; those from `b` to `a` too unless `way` is "one"."""
        a, b = question["a"], question["b"]
        for pair in [(a, b)] if question.get("way") == "one" else [(a, b), (b, a)]:
            self._between(*pair).is_cut = True

    def _heal(self, question: dict) -> None:
        """Both ways between `a` and `b`, or everything."""
        a, b = question.get("a"), question.get("b")
        pipes = [self._between(a, b), self._between(b, a)] if a else [pipe for pipe in self._pipes.values() if pipe]
        for pipe in pipes:
            pipe.is_cut = False

    def _count(self, question: dict) -> dict[str, list[int]]:
        """Packets, bytes and lost packets by "source target", of all pairs that have spoken."""
        names = {address: place.key for address, place in self._by_address.items()}
        return {
            f"{names[key[:4]]} {names[key[4:]]}": [pipe.passed, pipe.bytes, pipe.lost]
            for key, pipe in list(self._pipes.items())
            if pipe and pipe.passed + pipe.lost
        }

    def _cpu(self, question: dict) -> float:
        """Seconds of CPU so far."""
        return time.process_time()


def opened(name: str) -> int:
    """The tunnel device of that name, which exists."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def main() -> None:
    device, socket_path = sys.argv[1:]
    # What is due goes out when it is due, however busy both processors are. It sleeps nearly always.
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    relay = Relay(opened(device))
    control.serve(socket_path, relay.act)
    relay.run()


if __name__ == "__main__":
    main()
