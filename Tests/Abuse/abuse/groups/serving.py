"""Hostile files, served by the suite's origin and asked for as pictures; used by the cases of group D."""

import threading
import time
from contextlib import contextmanager

from abuse.cases import expect, for_each
from abuse.files import media_type, of_case
from abuse.pictures import kind_of, size_of

STEPS = "w-40,f-png"
# An answer may come so much later than the time that the server promises.
SLACK_SECONDS = 2
# A server that has other work may give up what it could have made; so often it is asked until that counts.
ATTEMPTS = 3
# What a render process may hold while it cooks the worst of files.
RENDER_BYTES = 1_200_000_000
RED, BLUE = (200, 30, 30), (30, 30, 200)


def put(target, data, name):
    """Gives the origin this file under a new name of the same kind."""
    return target.origin.put(data, media_type(name), "." + name.rpartition(".")[2])


def asked(target, data, name, steps=STEPS, **options):
    return target.at_origin(put(target, data, name), steps, seconds=target.settings.total + 20, **options)


def expect_outcome(answer, expected, what):
    """`expected`: "200", "503" and codes of errors, which are 400."""
    if answer.status == 200:
        expect("200" in expected, f"{what}: {answer}, not {' or '.join(sorted(expected))}")
    elif answer.status == 503:
        expect("503" in expected, f"{what}: {answer}, not {' or '.join(sorted(expected))}")
    else:
        expect(
            answer.status == 400 and answer.error in expected, f"{what}: {answer}, not {' or '.join(sorted(expected))}"
        )


def try_file(target, file, steps=STEPS):
    """Asks for a picture made of it; returns the answer if it is one."""
    for _ in range(ATTEMPTS):
        started = time.monotonic()
        answer = asked(target, file.data, file.name, steps)
        seconds = time.monotonic() - started
        if answer.status != 503 or "503" in file.expects:
            break
    what = f"{file.name} as {steps}"
    expect_outcome(answer, file.expects, what)
    expect(seconds < target.settings.total + SLACK_SECONDS, f"{what}: took {seconds:.1f} s")
    if answer.status != 200:
        return None
    if "f-png" in steps:
        expect(kind_of(answer.body) == "png" and answer.kind == "image/png", f"{what}: {answer.kind}, which it is not")
        width, height = size_of(answer.body)
        expect(0 < width <= 65535 and 0 < height <= 65535, f"{what}: {width}×{height}")
    return answer


def try_all(target, number, steps=STEPS):
    """Every file of a case; and the memory of the render processes while they are at it, where it can be seen."""
    with memory_bounded(target):
        for_each([(file,) for file in of_case(number)], lambda file: try_file(target, file, steps))


@contextmanager
def memory_bounded(target, limit=RENDER_BYTES):
    """Fails if a render process ever holds more than that."""
    if target.instance is None:
        yield
        return
    peak, ended = [0], threading.Event()

    def watch():
        while not ended.wait(0.05):
            peak.extend(target.instance.resident(pid) for pid in target.instance.render_processes())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    expect(max(peak) <= limit, f"a render process held {max(peak) // 1_000_000} MB")
