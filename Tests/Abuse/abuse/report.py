"""What came out: a line per case, totals, and files for programs."""

import json
import xml.etree.ElementTree as XML

from abuse.cases import NUMBERS
from abuse.runner import Outcome

_SHORTEST = 8


def line(result):
    reason = f": {result.reason}" if result.reason else ""
    return f"{result.case.number:<4} {result.outcome.value:<{_SHORTEST}}  {result.case.summary}{reason}"


def totals(results):
    """The last lines: how many cases, and which numbers of the list have none that passed or failed."""
    counts = {outcome: sum(one.outcome is outcome for one in results) for outcome in Outcome}
    lines = [", ".join(f"{count} {outcome.value}" for outcome, count in counts.items())]
    tried = {one.case.number for one in results if one.outcome is not Outcome.LEFT_OUT}
    left_out = [
        number for number in NUMBERS if number not in tried and any(one.case.number == number for one in results)
    ]
    unwritten = [number for number in NUMBERS if not any(one.case.number == number for one in results)]
    if left_out:
        lines.append("not tried at all: " + " ".join(left_out))
    if unwritten:
        lines.append("not selected or not written: " + " ".join(unwritten))
    return "\n".join(lines)


def write_json(path, base, results):
    cases = [
        {
            "number": one.case.number,
            "name": one.case.name,
            "summary": one.case.summary,
            "outcome": one.outcome.value,
            "reason": one.reason,
            "seconds": round(one.seconds, 2),
        }
        for one in results
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"base": base, "cases": cases}, file, indent=2)


def write_junit(path, results):
    suite = XML.Element(
        "testsuite",
        name="abuse",
        tests=str(len(results)),
        failures=str(sum(one.outcome is Outcome.FAILED for one in results)),
        skipped=str(sum(one.outcome is Outcome.LEFT_OUT for one in results)),
    )
    for one in results:
        entry = XML.SubElement(
            suite, "testcase", classname=f"abuse.{one.case.number}", name=one.case.name, time=f"{one.seconds:.2f}"
        )
        if one.outcome is Outcome.FAILED:
            XML.SubElement(entry, "failure", message=one.reason)
        elif one.outcome is Outcome.LEFT_OUT:
            XML.SubElement(entry, "skipped", message=one.reason)
    XML.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
