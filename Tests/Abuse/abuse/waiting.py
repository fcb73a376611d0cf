"""Waiting for what becomes so by itself."""

import time
from contextlib import suppress
from http.client import HTTPException

from abuse.cases import Failed

# Between two looks; doubles up to the longest.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.01, 0.2


def soon(condition, seconds):
    """What `condition` gives once that is true, or at the last look. A server that cannot be asked is not ready yet."""
    end = time.monotonic() + seconds
    value, pause = None, _SHORTEST_PAUSE
    while True:
        with suppress(OSError, HTTPException):
            value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def wait_for(condition, seconds, what):
    """What `condition` gives once that is true; a case whose wait is in vain has failed. `what`: is waited for."""
    if value := soon(condition, seconds):
        return value
    raise Failed(f"waited {seconds} s in vain for {what}")
