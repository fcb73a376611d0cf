"""Steady load from several threads, to see what a kill or a replacement costs."""

import http.client
import itertools
import threading
from collections import Counter

import http_client


class Load:
    """Requests, each on its own connection, until the block ends: `with Load(...) as load: …`."""

    def __init__(self, port, path_of, threads=8, timeout=30, connect=None):
        """`path_of(n)` gives the path of the n-th request; `connect(port)` the connection, if it is not a plain one."""
        self.port = port
        self.path_of = path_of
        self.timeout = timeout
        self.connect = connect
        self.outcomes = Counter()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def done(self):
        with self._lock:
            return sum(self.outcomes.values())

    @property
    def failed(self):
        with self._lock:
            return sum(count for outcome, count in self.outcomes.items() if outcome != 200)

    def _run(self):
        while not self._stopped.is_set():
            outcome = self._one(next(self._numbers))
            with self._lock:
                self.outcomes[outcome] += 1

    def _one(self, number):
        try:
            path = self.path_of(number)
            answer = http_client.request(self.port, path, timeout=self.timeout, connect=self.connect)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        if answer.status == 200 and len(answer.body) != int(answer["Content-Length"] or -1):
            return "short body"
        return answer.status
