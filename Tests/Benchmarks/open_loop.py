"""Sends requests when they are due, whether or not earlier ones were answered: the only load that shows what an overloaded
server does. One thread, kept connections, and as little work for each request as Python can do."""

import multiprocessing
import os
import selectors
import socket
import time
from collections import deque
from dataclasses import dataclass

# Connections beyond this are not opened; a request that finds none is late, and counted from when it was due.
MOST_CONNECTIONS = 2000


@dataclass
class Answer:
    status: int
    # From when it was due, in seconds.
    seconds: float
    # When it ended, in seconds after the beginning.
    ended: float
    retry_after: int = 0


class Connection:
    __slots__ = ("socket", "received", "due", "length")

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.due = 0.0

    def ask(self, path, due):
        self.received = bytearray()
        self.length = None
        self.due = due
        self.socket.send(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" % path.encode())

    def read(self):
        """The whole answer, or None if more of it is to come."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionResetError
        self.received += part
        if self.length is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            self.length = end + 4 + int(field(self.received[:end], b"content-length") or 0)
        return self.received if len(self.received) >= self.length else None


def field(head, name):
    for line in bytes(head).split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return None


class Generator:
    """`paths`: an endless iterator."""

    def __init__(self, port, paths):
        self.port = port
        self.paths = paths
        self.selector = selectors.DefaultSelector()
        self.idle = deque()
        self.open = 0
        self.waiting = deque()
        self.answers = []

    def open_loop(self, rate, seconds):
        """`rate` requests a second; then waits for the last answers. Returns them all."""
        self._begin()
        number, count = 0, int(rate * seconds)
        while number < count or self.open > len(self.idle) or self.waiting:
            now = time.monotonic() - self.start
            while number < count and number / rate <= now:
                self.waiting.append(number / rate)
                number += 1
            self._send()
            pause = max(0.0, min(0.05, number / rate - (time.monotonic() - self.start))) if number < count else 0.05
            self._receive(pause)
        return self._end()

    def closed_loop(self, clients, seconds):
        """`clients` that each ask again as soon as they have their answer."""
        self._begin()
        while True:
            now = time.monotonic() - self.start
            busy = self.open - len(self.idle)
            if now < seconds:
                for _ in range(clients - busy):
                    self.waiting.append(now)
            elif busy == 0:
                return self._end()
            self._send()
            self._receive(0.05)

    def _begin(self):
        self.answers = []
        self.start = time.monotonic()

    def _end(self):
        for connection in self.idle:
            self.selector.unregister(connection.socket)
            connection.socket.close()
        self.idle.clear()
        self.open = 0
        return self.answers

    def _send(self):
        while self.waiting and (self.idle or self.open < MOST_CONNECTIONS):
            due = self.waiting.popleft()
            if self.idle:
                connection = self.idle.pop()
            else:
                connection = Connection(self.port)
                self.open += 1
                self.selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(next(self.paths), due)

    def _receive(self, pause):
        for key, _ in self.selector.select(pause):
            connection = key.data
            try:
                whole = connection.read()
            except BlockingIOError:
                continue
            except OSError:
                self._lose(connection)
                continue
            if whole is not None:
                self._note(connection, whole)

    def _note(self, connection, whole):
        now = time.monotonic() - self.start
        status = int(whole[9:12])
        retry = int(field(whole[: whole.find(b"\r\n\r\n")], b"retry-after") or 0) if status == 503 else 0
        self.answers.append(Answer(status, now - connection.due, now, retry))
        if b"\r\nConnection: close" in whole[:2000]:
            self._drop(connection)
        else:
            self.idle.append(connection)

    def _lose(self, connection):
        """A kept connection that was closed while it was idle costs no request."""
        if connection in self.idle:
            self.idle.remove(connection)
        else:
            self.answers.append(Answer(0, 0.0, time.monotonic() - self.start))
        self._drop(connection)

    def _drop(self, connection):
        self.selector.unregister(connection.socket)
        connection.socket.close()
        self.open -= 1


class LoneGenerator:
    """A generator in a process of its own: threads of one Python program wait for each other, and what they wait would
    count as the server's.

    `processors`: those that it may run on."""

    def __init__(self, port, paths, processors):
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, Generator(port, paths), processors)
        self._process = context.Process(target=self._serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pipe.close()
        self._process.join()

    def start(self, name, *arguments):
        """Calls a method of the generator, and does not wait."""
        self._pipe.send((name, arguments))

    def finish(self):
        """The answers of what was started, and the processor time that it took, in seconds."""
        return self._pipe.recv()

    def run(self, name, *arguments):
        self.start(name, *arguments)
        return self.finish()

    def _serve(self, pipe, generator, processors):
        os.sched_setaffinity(0, processors)
        # The parent's end, so that its closing is seen here.
        self._pipe.close()
        while True:
            try:
                name, arguments = pipe.recv()
            except EOFError:
                return
            before = time.process_time()
            answers = getattr(generator, name)(*arguments)
            pipe.send((answers, time.process_time() - before))


def share(values, percent):
    """A percentile of seconds, in milliseconds."""
    ranked = sorted(values)
    if not ranked:
        return float("nan")
    return 1000 * ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]
