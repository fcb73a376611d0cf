"""Looks at the machine and at the origins while load runs."""

import threading
from pathlib import Path
from typing import Any

from world.load_runs import Run
from world.report_record import Moment, Record


class Monitor:
    """Looks once a second at the machine and at the origins, while the block runs."""

    def __init__(self, record: Record, run: Run, name: str, world: Any) -> None:
        self._record, self._run, self._name, self._world = record, run, name, world
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._times = processor_times()

    def __enter__(self) -> "Monitor":
        self._note()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._note()

    def _look(self) -> None:
        while not self._stopped.wait(1):
            self._note()

    def _note(self) -> None:
        origins = self._world.origins.values()
        counted = sum(origin.bytes for origin in origins), sum(origin.requests for origin in origins)
        before, self._times = self._times, processor_times()
        busy, total = (after - earlier for after, earlier in zip(self._times, before, strict=True))
        share = busy / total if total else 0.0
        self._record.moments.append(Moment(self._name, self._run.elapsed, share, *counted))


def processor_times() -> tuple[int, int]:
    """Busy and all ticks of all cores since the machine started (proc_stat(5))."""
    first = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    ticks = [int(each) for each in first]
    idle = ticks[3] + ticks[4]
    return sum(ticks) - idle, sum(ticks)
