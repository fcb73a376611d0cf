"""Killing processes while they are at work."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path


def cpu_ticks(pid):
    """CPU time so far, in the clock's ticks; 0 if the process is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def kills_while(instance, act, ticks=4):
    """Runs `act()`, and kills every render process that has used so many ticks since it began. Returns what it
    returned, and how many were killed."""
    results, ended, killed = [], threading.Event(), 0

    def run():
        try:
            results.append(act())
        finally:
            ended.set()

    before = {pid: cpu_ticks(pid) for pid in instance.render_processes()}
    thread = threading.Thread(target=run)
    thread.start()
    started = {}
    while not ended.wait(0.01):
        for pid in instance.render_processes():
            # One that has come meanwhile is measured from when its start is over.
            if pid not in before and pid not in started:
                started[pid] = time.monotonic()
            if pid in started and time.monotonic() - started[pid] < 0.1:
                before[pid] = cpu_ticks(pid)
                continue
            if cpu_ticks(pid) - before.get(pid, 0) >= ticks:
                with suppress(ProcessLookupError):
                    # As a decoder that crashes: a SIGKILL may be anybody's.
                    os.kill(pid, signal.SIGSEGV)
                killed += 1
                before[pid] = 1 << 60
    thread.join()
    return results[0], killed


def kill(pid, number=signal.SIGKILL):
    with suppress(ProcessLookupError):
        os.kill(pid, number)
