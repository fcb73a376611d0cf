"""What holds for every answer, whatever was asked."""

import re

# What tells strangers about the inside.
LEAKS = re.compile(rb"Traceback|Fatal error|stack trace|\.swift:\d|/usr/|/home/|/var/lib|/root/|vips_|VipsJpeg", re.I)
LONGEST_ERROR = 4096


def broken(answer, error_age):
    """Sentences on what is wrong with an answer."""
    return [f"{answer.asked}: {answer}: {sentence}" for sentence in _broken(answer, error_age)]


def _broken(answer, error_age):
    if answer.status >= 500 and answer.status != 503:
        yield "no answer of the server may have this status"
    if answer.status == 503 and not (answer["Retry-After"] or "").isdigit():
        yield "503 without Retry-After"
    if answer.status >= 500 and answer.max_age > 0:
        yield f"may be kept for {answer.max_age} s"
    if 400 <= answer.status < 500 and answer.max_age > error_age:
        yield f"an error that may be kept for {answer.max_age} s"
    if (answer["X-Content-Type-Options"] or "").lower() != "nosniff":
        yield "without X-Content-Type-Options: nosniff"
    if answer.status >= 400 and len(answer.body) > LONGEST_ERROR:
        yield f"an error of {len(answer.body)} bytes"
    if answer.status >= 400 and (found := LEAKS.search(answer.body + (answer["ik-error"] or "").encode())):
        yield f"tells {found[0]!r}"
