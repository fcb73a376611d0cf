"""The report: one screen, and the same as JSON."""

import json
from collections import Counter

from soak.settings import LEAST_JUDGED_SECONDS, MOST_MEGABYTES_A_MINUTE, RECOVERY_SECONDS

_MOST_SHOWN = 12


def _counts(counter, most=12):
    return ", ".join(f"{name} {count}" for name, count in Counter(counter).most_common(most)) or "none"


def text(results):
    total = sum(results.requests.values())
    lines = [
        f"soak: {results.seconds} s, seed {results.seed}, {total} requests",
        f"  answers     {_counts(results.statuses)}",
        f"  from        {_counts(results.tiers)}",
        f"  faults      {_counts(results.faults)}",
        f"  purges      {_counts(results.purges)}; slowest {results.slowest_purge:.1f} s",
        f"  slowest     {_counts({kind: round(seconds, 1) for kind, seconds in results.slowest.items()}, 5)} s",
        "  excused     " + (", ".join(
            f"{count} × {what} ({why})" for (what, why), count in results.excused.most_common(6)) or "none"),
        f"  good again  {results.recovery:.1f} s after the faults (at most {RECOVERY_SECONDS})"
        if results.recovery is not None else "  good again  not reached",
        "  a minute    " + ", ".join(_growth(role, found) for role, found in results.growth.items()),
        "  memory      " + ", ".join(
            f"{role} {had[0]:.0f} → {results.rest_after.get(role, (0,))[0]:.0f} MB"
            for role, had in results.rest_before.items()),
        "  descriptors " + ", ".join(
            f"{role} {had[1]} → {results.rest_after.get(role, (0, 0))[1]}"
            for role, had in results.rest_before.items()),
    ]
    lines += [f"  PROBLEM {what}: {sentence}" for what, sentence in results.problems[:_MOST_SHOWN]]
    if results.problem_count > _MOST_SHOWN:
        kinds = _counts(Counter(what for what, _ in results.problems))
        lines.append(f"  … {results.problem_count} problems ({kinds})")
    lines.append(f"soak: {'clean' if results.problem_count == 0 else f'{results.problem_count} problems'}")
    return "\n".join(lines)


def _growth(role, found):
    if found["seconds"] < LEAST_JUDGED_SECONDS:
        return f"{role} not judged ({found['seconds']} of {LEAST_JUDGED_SECONDS} s seen)"
    most = MOST_MEGABYTES_A_MINUTE[role]
    return f"{role} {found['megabytes']:+.2f} MB (at most {most}) {found['descriptors']:+.1f} descriptors"


def as_json(results):
    return json.dumps({
        "clean": results.problem_count == 0,
        "seed": results.seed,
        "seconds": results.seconds,
        "requests": dict(results.requests),
        "answers": {str(status): count for status, count in results.statuses.items()},
        "tiers": dict(results.tiers),
        "faults": dict(results.faults),
        "purges": dict(results.purges),
        "slowestPurge": results.slowest_purge,
        "slowest": dict(results.slowest),
        "excused": [{"answer": what, "fault": why, "count": count} for (what, why), count in results.excused.items()],
        "recoverySeconds": results.recovery,
        "growth": results.growth,
        "series": results.series,
        "before": results.rest_before,
        "after": results.rest_after,
        "problemCount": results.problem_count,
        "problems": [{"what": what, "sentence": sentence} for what, sentence in results.problems],
    }, indent=1)
