"""Memory and descriptors of every process of the instance, and whether they grow."""

import os
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from instance import children_of, command_of, session_of

from soak.settings import (
    LEAST_JUDGED_SECONDS, MOST_DESCRIPTORS_A_MINUTE, MOST_DESCRIPTORS_LEFT,
    MOST_MEGABYTES_A_MINUTE, MOST_MEGABYTES_LEFT, WARM_UP_SECONDS,
)

_INTERVAL = 1.0
_WINDOW = 10.0
ROLES = ("serve", "worker", "render", "nginx", "redis")


@dataclass(frozen=True)
class Sample:
    time: float
    megabytes: float  # private: what no other process has, and shared memory that it maps
    descriptors: int


def _sample(pid, role):
    values = {}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        values[name] = value.split()
    kilobytes = int(values["RssAnon"][0])
    # nginx maps the names of its cache, Redis nothing; in render processes and workers these are pictures.
    if role in ("worker", "render"):
        kilobytes += int(values["RssShmem"][0])
    links = f"/proc/{pid}/fd"
    descriptors = sum(_counts(f"{links}/{name}") for name in os.listdir(links))
    return Sample(time.monotonic(), kilobytes / 1024, descriptors)


def _counts(link):
    """nginx keeps files of its cache open (open_file_cache), up to a number of its own."""
    try:
        return "/edge/" not in os.readlink(link)
    except OSError:
        return False


class Sampling:
    def __init__(self, instance):
        self._instance = instance
        self._series = defaultdict(list)  # of (role, pid)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        while not self._stopped.wait(_INTERVAL):
            for key, sample in self.now().items():
                self._series[key].append(sample)

    def now(self):
        """A sample of every process there is."""
        samples = {}
        for role, pid in self._processes():
            try:
                samples[role, pid] = _sample(pid, role)
            except (OSError, KeyError):
                continue  # ended, or about to
        return samples

    def _processes(self):
        try:
            supervisor, nginx = self._instance.pid("apus"), self._instance.pid("nginx")
            yield "serve", supervisor
            for pid in session_of(supervisor):
                command = command_of(pid)
                if "apus-render" in command.split(" ")[0]:
                    yield "render", pid
                elif " worker " in command and pid != supervisor:
                    yield "worker", pid
            yield from (("nginx", pid) for pid in children_of(nginx, "worker process"))
            yield "redis", self._instance.pid("redis")
        except (OSError, ValueError):
            return  # just being replaced

    # --- Judging

    def growth(self, until):
        """By role: slopes a minute over all its processes together, of what was seen of each after its warm-up. What
        comes and goes with the load is left out: of every few seconds the least counts."""
        found = {}
        for role in ROLES:
            series = []
            for samples in self._of(role):
                begin = samples[0].time + WARM_UP_SECONDS[role]
                series.append(_floors([sample for sample in samples if begin <= sample.time <= until]))
            series = [floors for floors in series if len(floors) > 2]
            # Seconds in which there was something to judge, however many processes there were.
            windows = {int(floor.time / _WINDOW) for floors in series for floor in floors}
            found[role] = {
                "seconds": round(_WINDOW * len(windows)),
                "megabytes": _slope(series, lambda sample: sample.megabytes),
                "descriptors": _slope(series, lambda sample: sample.descriptors),
            }
        return found

    def told(self):
        """By role, of each process: seconds since the first sample of all, megabytes and descriptors, thinned out."""
        begin = min((samples[0].time for samples in self._series.values()), default=0)
        return {
            role: {
                pid: [
                    (round(floor.time - begin), round(floor.megabytes, 1), floor.descriptors)
                    for floor in _floors(samples)
                ]
                for (its_role, pid), samples in list(self._series.items()) if its_role == role
            }
            for role in ROLES
        }

    def _of(self, role):
        return [samples for (its_role, _), samples in list(self._series.items()) if its_role == role]


def _floors(samples):
    """The least of each window."""
    windows = defaultdict(list)
    for sample in samples:
        windows[int(sample.time / _WINDOW)].append(sample)
    return [
        Sample(
            sum(sample.time for sample in window) / len(window),
            min(sample.megabytes for sample in window),
            min(sample.descriptors for sample in window),
        )
        for window in windows.values()
    ]


def _slope(series, value):
    """Least squares, with one slope for all and a level for each."""
    above = below = 0.0
    for samples in series:
        middle = sum(sample.time for sample in samples) / len(samples)
        level = sum(value(sample) for sample in samples) / len(samples)
        above += sum((sample.time - middle) * (value(sample) - level) for sample in samples)
        below += sum((sample.time - middle) ** 2 for sample in samples)
    return 60 * above / below if below else 0.0


def problems_of_growth(growth):
    for role, found in growth.items():
        if found["seconds"] < LEAST_JUDGED_SECONDS:
            continue
        if found["megabytes"] > MOST_MEGABYTES_A_MINUTE[role]:
            yield f"{role}: {found['megabytes']:.2f} MB more a minute (at most {MOST_MEGABYTES_A_MINUTE[role]})"
        if found["descriptors"] > MOST_DESCRIPTORS_A_MINUTE:
            yield f"{role}: {found['descriptors']:.1f} descriptors more a minute (at most {MOST_DESCRIPTORS_A_MINUTE})"


def largest(samples):
    """By role: the most of any process."""
    found = {}
    for (role, _), sample in samples.items():
        megabytes, descriptors, count = found.get(role, (0, 0, 0))
        found[role] = max(megabytes, sample.megabytes), max(descriptors, sample.descriptors), count + 1
    return found


def problems_of_rest(before, after):
    """What is left when the load has ended, beside what there was when it had just begun."""
    for role in ROLES:
        had, has = before.get(role, (0, 0, 0)), after.get(role, (0, 0, 0))
        if has[0] - had[0] > MOST_MEGABYTES_LEFT[role]:
            yield f"{role}: {had[0]:.0f} MB before, {has[0]:.0f} MB after (at most {MOST_MEGABYTES_LEFT[role]} more)"
        if has[1] - had[1] > MOST_DESCRIPTORS_LEFT[role]:
            yield f"{role}: {had[1]} descriptors before, {has[1]} after (at most {MOST_DESCRIPTORS_LEFT[role]} more)"
        if has[2] != had[2]:
            yield f"{role}: {had[2]} processes before, {has[2]} after"
