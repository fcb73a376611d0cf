"""Runs one case and says how it went."""

import enum
import threading
import time
import traceback
from dataclasses import dataclass

from abuse.cases import Failed, LeftOut, Power

# What a ladder says to an abuse that asks for a picture on its way.
_LADDER = "is not allowed without a signature"


class Outcome(enum.Enum):
    PASSED = "passed"
    FAILED = "failed"
    LEFT_OUT = "left out"


@dataclass
class Result:
    case: object
    outcome: Outcome
    reason: str = ""
    seconds: float = 0.0


def run(case, target, health):
    if missing := case.missing(target.powers):
        return Result(case, Outcome.LEFT_OUT, "; ".join(power.value for power in missing))
    started = time.monotonic()
    outcome, reason = _bounded(case, target)
    if outcome is not Outcome.LEFT_OUT:
        complaints = health.complaints()
        if complaints:
            outcome, reason = Outcome.FAILED, "; ".join(filter(None, [reason, *complaints]))
    return Result(case, outcome, reason, time.monotonic() - started)


def _bounded(case, target):
    """A case that does not end is left to itself, and the next one begins."""
    ended = []
    thread = threading.Thread(target=lambda: ended.append(_tried(case, target)), daemon=True)
    thread.start()
    thread.join(case.seconds)
    return ended[0] if ended else (Outcome.FAILED, f"did not end within {case.seconds} s")


def _tried(case, target):
    try:
        note = case.act(target)
    except LeftOut as reason:
        return Outcome.LEFT_OUT, str(reason)
    except Failed as failure:
        if Power.FREE not in target.powers and _LADDER in str(failure):
            return Outcome.LEFT_OUT, Power.FREE.value
        return Outcome.FAILED, str(failure)
    except Exception as error:  # noqa: BLE001 - whatever a server makes a case stumble over is a failure of that case
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = next((one for one in traceback.extract_tb(error.__traceback__) if "/groups/" in one.filename), where)
        return Outcome.FAILED, f"{type(error).__name__}: {error} (line {place.lineno} of {place.name})"
    return Outcome.PASSED, note or ""
