"""Runs of load: a process for each city, started together, each inside its city's namespace."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from world.load import ANSWER_SECONDS
from world.load_mix import Request
from world.samples import Sample, read

_LIBRARIES = Path(__file__).resolve().parents[1]
# What twelve processes need to start on a busy machine.
START_SECONDS = 4.0


@dataclass(frozen=True)
class Target:
    """Where the requests of a city go."""

    city: str
    namespace: str
    address: str  # HOST:PORT
    region: str = ""  # whose address it is; empty for the city's node
    # What comes before the program, as `ip netns exec NAME`; tests need none.
    prefix: tuple[str, ...] | None = None

    @property
    def command(self) -> list[str]:
        inside = ("ip", "netns", "exec", self.namespace) if self.prefix is None else self.prefix
        return [*inside, sys.executable, "-m", "world.load"]


class Run:
    """Load from begin to end. `elapsed` is the time of samples."""

    def __init__(
        self, host: str, paths: Sequence[Sequence[str]] | Mapping[int, Sequence[str]], start: float | None = None
    ) -> None:
        """`paths[object][variant]`; `start` is moment 0 on the monotonic clock, by default a little later than now."""
        self._host = host
        self._paths = paths
        self.start = time.monotonic() + START_SECONDS if start is None else start
        self._processes: list[tuple[Target, subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = []
        self._last = 0.0

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.start

    def sleep_until(self, moment: float) -> None:
        time.sleep(max(0.0, moment - self.elapsed))

    def begin(self, targets: Sequence[Target], requests: Mapping[str, Sequence[Request]]) -> None:
        for target in targets:
            self._begin(target, requests[target.city])

    def _begin(self, target: Target, requests: Sequence[Request]) -> None:
        self._last = max(self._last, *(request.due for request in requests), 0.0)
        job = {
            "city": target.city,
            "address": target.address,
            "region": target.region,
            "host": self._host,
            "start": self.start,
            "paths": {request.object: self._paths[request.object] for request in requests},
            "requests": requests,
        }
        # Files, not pipes: whoever writes a full pipe waits, and then measures its own waiting.
        question, answer, errors = (tempfile.TemporaryFile() for _ in range(3))
        question.write(json.dumps(job).encode())
        question.seek(0)
        process = subprocess.Popen(
            target.command,
            stdin=question,
            stdout=answer,
            stderr=errors,
            env={**os.environ, "PYTHONPATH": str(_LIBRARIES), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        question.close()
        self._processes.append((target, process, answer, errors))

    def end(self) -> list[Sample]:
        """Waits for all answers and returns every sample, by time."""
        samples: list[Sample] = []
        try:
            for target, process, answer, errors in self._processes:
                process.wait(timeout=max(0.0, self._last - self.elapsed) + 5 * ANSWER_SECONDS)
                answer.seek(0)
                errors.seek(0)
                if process.returncode != 0:
                    raise RuntimeError(f"the load of {target.city} ended with {process.returncode}: {errors.read()!r}")
                samples += read(answer.read().decode().splitlines())
        finally:
            self.stop()
        return sorted(samples)

    def stop(self) -> None:
        """Ends what still runs."""
        for _, process, answer, errors in self._processes:
            process.kill()
            process.wait()
            answer.close()
            errors.close()
        self._processes.clear()
