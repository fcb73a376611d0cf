"""The faults: what is killed, stopped or made to fail, when; and which answers that excuses."""

import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass

from instance import command_of, wait_for

from soak.settings import ORIGIN_GRACE_SECONDS

# What loses nothing by its own word, and so excuses nothing: Redis (slower, never down) and a renewal.
SEVERE = ("redis-killed", "redis-away", "worker-killed", "render-killed", "renewed")
GENTLE = ("redis-hung", "origin-killed", "origin-hung", "origin-flapping")
_ORIGIN_FAULTS = {"origin-killed", "origin-hung", "origin-flapping"}
_LONGEST_KEPT = 400


@dataclass
class Span:
    kind: str
    begin: float
    end: float = float("inf")


class Faults:
    """Does one fault at a time, or several together."""

    def __init__(self, instance, origin, dice, asked):
        """`asked()`: the names of the originals that clients ask for at this moment."""
        self._instance, self._origin, self._dice, self._asked = instance, origin, dice, asked
        self._lock = threading.Lock()
        self._spans, self._kills = [], []
        self.counts, self.suspects = Counter(), Counter()
        self.killed_pids = set()

    # --- What happened when

    def overlap(self, kinds, begin, end):
        """How many faults of these kinds there were between two moments."""
        with self._lock:
            return sum(span.kind in kinds and span.begin <= end and span.end >= begin for span in self._spans)

    def excuse(self, request, answer, begin, end):
        """The fault that explains an answer that is whole and no picture, or is cut off; "" where there is none."""
        kills = self.overlap({"worker-killed"}, begin, end)
        if answer.status == 400 and answer.error == "ELIMIT" and b"quarantine" in answer.body + answer.headers.get(
                "ik-error", "").encode():
            with self._lock:
                deaths = sum(self.suspects[name] for name in request.names)
            return "quarantine" if deaths >= 2 else ""
        if answer.cut:
            if kills:
                return "worker-killed"
            is_streamed = request.origin == "web" and request.kind in ("file", "part")
            return "origin away" if is_streamed and self.overlap(_ORIGIN_FAULTS, begin, end) else ""
        if answer.status == 503 and "retry-after" in answer.headers:
            # Too many wait, or it had waited too long: on a busy machine render processes run last.
            if answer.error in ("EAGAIN", "ETIMEDOUT"):
                return "shed"
            # nginx sends a request to a second worker; a request older than five seconds is not sent again.
            if kills > 1 or (kills and end - begin > 4.5):
                return "worker-killed"
            if answer.error == "EIO" and self.overlap({"render-killed"}, begin, end) > 1:
                return "render-killed"
        if request.origin == "web" and answer.status in (404, 503):
            if self.overlap(_ORIGIN_FAULTS, begin - ORIGIN_GRACE_SECONDS, end):
                return "origin away"
        return ""

    # --- Doing it

    def do(self, kind, seconds):
        """Does a fault, for so long if it is one that lasts."""
        self.counts[kind] += 1
        getattr(self, "_" + kind.replace("-", "_"))(seconds)

    def _span(self, kind):
        span = Span(kind, time.monotonic())
        with self._lock:
            self._spans = [*self._spans[-_LONGEST_KEPT:], span]
        return span

    def _kill(self, kind, pid):
        span = self._span(kind)
        with self._lock:
            self.suspects.update(self._asked())
            self.killed_pids.add(pid)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        # Clients see it a moment later.
        span.end = time.monotonic() + 0.5

    def _redis_pid(self):
        """Once its keeper has started it anew."""

        def found():
            try:
                pid = self._instance.pid("redis")
                return pid if "redis-server" in command_of(pid) else None
            except (OSError, ValueError):
                return None

        return wait_for(found, what="Redis")

    def _redis_killed(self, _):
        os.kill(self._redis_pid(), signal.SIGKILL)
        time.sleep(1)

    def _redis_away(self, seconds):
        """Its keeper sleeps, so that it stays away for a while."""
        keeper = self._instance.pid("redis-keeper")
        os.kill(keeper, signal.SIGSTOP)
        try:
            os.kill(self._redis_pid(), signal.SIGKILL)
            time.sleep(seconds)
        finally:
            os.kill(keeper, signal.SIGCONT)

    def _redis_hung(self, seconds):
        pid = self._redis_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    def _worker_killed(self, _):
        """Up to three in as many seconds."""
        for _ in range(self._dice.randint(1, 3)):
            if workers := self._instance.workers():
                self._kill("worker-killed", self._dice.choice(workers))
            time.sleep(self._dice.uniform(0.1, 0.9))

    def _render_killed(self, _):
        if processes := self._instance.render_processes():
            self._kill("render-killed", self._dice.choice(processes))

    def _renewed(self, _):
        """The workers are replaced without a request that is lost."""
        before = set(self._instance.workers())
        os.kill(self._instance.pid("apus"), signal.SIGHUP)
        end = time.monotonic() + 20
        while time.monotonic() < end and before & set(self._instance.workers()):
            time.sleep(0.2)

    def _origin_killed(self, seconds):
        span = self._span("origin-killed")
        self._origin.kill()
        try:
            time.sleep(seconds)
        finally:
            self._origin.start_again()
            span.end = time.monotonic()

    def _origin_hung(self, seconds):
        self._misbehave("hang", "origin-hung", seconds)

    def _origin_flapping(self, seconds):
        self._misbehave("flap", "origin-flapping", seconds)

    def _misbehave(self, mode, kind, seconds):
        span = self._span(kind)
        self._origin.mode = mode
        try:
            time.sleep(seconds)
        finally:
            self._origin.mode = "good"
            span.end = time.monotonic()

    def all_at_once(self, seconds):
        """The last: everything that can fail does, in the same few seconds."""
        kinds = ("redis-away", "origin-killed", "worker-killed", "render-killed")
        threads = [threading.Thread(target=self.do, args=(kind, seconds)) for kind in kinds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
