"""Originals that change, each change followed by a purge; once that is completed nobody may see what was before."""

import base64
import json
import threading
import time
from collections import Counter

from soak.client import Client
from soak.settings import KEY, PURGE_SECONDS


class Versions:
    """Of each original that changes: what the origin gives now, and the oldest that may still be shown."""

    def __init__(self):
        self._lock = threading.Lock()
        self._current, self._oldest = Counter(), Counter()

    def current(self, original):
        with self._lock:
            return self._current[original]

    def oldest(self, original):
        with self._lock:
            return self._oldest[original]

    def change(self, original):
        with self._lock:
            self._current[original] += 1
            return self._current[original]

    def forget_before(self, original, version):
        with self._lock:
            self._oldest[original] = max(self._oldest[original], version)


class Purger:
    """Changes one original after the other, purges it, and waits for `Completed`."""

    def __init__(self, port, pictures, versions, dice):
        self._pictures, self._versions, self._dice = pictures, versions, dice
        self._client, self._port = Client(port), port
        self._stopped = threading.Event()
        self.results, self.slowest = Counter(), 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()
        self._client.close()

    def _run(self):
        while not self._stopped.is_set():
            original = self._dice.choice(self._pictures.changing)
            begin = time.monotonic()
            version = self._versions.change(original)
            if not self._purge(original):
                self.results["under way at the end" if self._stopped.is_set() else "never completed"] += 1
            else:
                self._versions.forget_before(original, version)
                self.results["completed"] += 1
                self.slowest = max(self.slowest, time.monotonic() - begin)
            self._stopped.wait(self._dice.uniform(0.2, 2))

    def _purge(self, original):
        """A call that is refused, while something is away, is made again."""
        identifiers = None
        urls = [f"http://127.0.0.1:{self._port}/soak/{prefix}{original.name}" for prefix in ("web/", "saved/")]
        end = time.monotonic() + PURGE_SECONDS
        while time.monotonic() < end and not self._stopped.is_set():
            if identifiers is None:
                answers = [self._call("POST", "/v1/files/purge", {"url": url}) for url in urls]
                if all(status == 201 for status, _ in answers):
                    identifiers = [said["requestId"] for _, said in answers]
                else:
                    self.results["refused calls"] += 1
            elif all(self._is_completed(identifier) for identifier in identifiers):
                return True
            self._stopped.wait(0.2)
        return False

    def _is_completed(self, identifier):
        status, said = self._call("GET", f"/v1/files/purge/{identifier}")
        return status == 200 and said.get("status") == "Completed"

    def _call(self, method, path, body=None):
        word = base64.b64encode(f"{KEY}:".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        answer = self._client.ask(method, path, headers, data)
        if answer.lost or answer.cut:
            return 0, {}
        try:
            return answer.status, json.loads(answer.body)
        except ValueError:
            return answer.status, {}
