"""Hostile and broken origins: each has its error and its end, takes no memory or disk with it, and leaves nothing behind
in any cache. The rows C1 to C20 are those of the list of abuses; what is not here is in the tests of origins, of what is
stale and of lifetimes."""

import gzip
import itertools
import json
import os
import socket
import threading
import time
import zlib
from dataclasses import dataclass
from typing import Callable

import brotli
import pytest

from conftest import web
from instance import Instance, wait_for
from scripted_origin import FIRST, SECOND, plain
from sites import control, in_parallel, metric, running, shows
from trapped_origin import CHUNK, GOOD, TrappedOrigin, answers, closes, drips, floods, head, stays_silent, whole

TOTAL_SECONDS = 6
SOURCE_BYTES = 8_000_000
MEGABYTE = 1024 * 1024
FORGED = plain(SECOND)
ZEROS = bytes(32 * MEGABYTE)
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = head("Transfer-Encoding: chunked")
HTML = b"<!DOCTYPE html><html><body>Service is being maintained</body></html>"


@dataclass
class Row:
    row: str
    name: str
    trap: Callable
    status: int
    code: str

    def __str__(self):
        return f"{self.row} {self.name}"


def unidentified(row, name, trap):
    return Row(row, name, trap, 404, "UNIDENTIFIED")


def late(row, name, trap):
    return Row(row, name, trap, 404, "ETIMEDOUT")


def too_much(row, name, trap):
    return Row(row, name, trap, 400, "ELIMIT")


def no_picture(row, name, trap):
    return Row(row, name, trap, 400, "EINVAL")


def announced(count, body=GOOD):
    return head(f"Content-Length: {count}") + body


def coded(coding, data):
    return answers(whole(data, f"Content-Encoding: {coding}"))


ROWS = [
    late("C1", "accepts and never answers", stays_silent()),
    late("C1", "is silent within its head", stays_silent(HEAD + b"X-A: b\r\n")),
    late("C1", "is silent after 1xx", stays_silent(head(status="103 Early Hints"))),
    late("C1", "is silent within its body", stays_silent(announced(len(GOOD), GOOD[:100]))),
    late("C1", "is silent within a chunk", stays_silent(CHUNKED + CHUNK[:100])),
    late("C2", "drips its head", drips(b"X-A: b\r\n", HEAD)),
    late("C2", "drips its body", drips(GOOD, announced(len(GOOD), b""))),
    late("C2", "drips a body of unknown length", drips(b"x", head("Connection: close"))),
    too_much("C3", "sends chunks without end", floods(CHUNK, CHUNKED)),
    too_much("C3", "sends without end", floods(bytes(65536), head("Connection: close") + GOOD)),
    late("C3", "sends the smallest chunks slowly and without end", drips(b"1\r\nx\r\n", CHUNKED)),
    unidentified("C3", "sends trailers without end", floods(b"X-A: b\r\n" * 64, CHUNKED + b"0\r\n")),
    no_picture("C4", "sends more than it announces", floods(bytes(65536), announced(10))),
    too_much("C4", "announces 1 GB and closes", closes(announced(10**9))),
    too_much("C4", "announces 1 GB and sends it", floods(bytes(65536), announced(10**9))),
    unidentified("C4", "announces more than it sends", closes(announced(len(GOOD) + 1))),
    unidentified("C4", "announces a length beyond any number", closes(announced("9" * 40))),
    unidentified("C4", "announces a negative length", closes(announced(-1))),
    unidentified("C4", "announces a length in letters", closes(announced("many"))),
    unidentified("C4", "ends within a chunk", closes(CHUNKED + CHUNK[:-100])),
    unidentified("C4", "ends without the last chunk", closes(CHUNKED + CHUNK)),
    unidentified("C4", "sends a chunk size that is none", closes(CHUNKED + b"xyz\r\n")),
    unidentified("C4", "sends a chunk size beyond any number", closes(CHUNKED + b"f" * 40 + b"\r\n")),
    unidentified("C5", "sends a gzip bomb", coded("gzip", gzip.compress(ZEROS))),
    unidentified("C5", "sends a deflate bomb", coded("deflate", zlib.compress(ZEROS))),
    unidentified("C5", "sends a brotli bomb", coded("br", brotli.compress(ZEROS, quality=1))),
    unidentified("C5", "sends gzip within gzip", coded("gzip, gzip", gzip.compress(gzip.compress(ZEROS)))),
    unidentified("C5", "sends a coding that nobody knows", coded("x-secret", GOOD)),
    unidentified("C5", "codes as transfer", closes(head("Transfer-Encoding: gzip, chunked") + CHUNK)),
    no_picture("C5", "sends a gzip bomb and says nothing", answers(whole(gzip.compress(ZEROS)))),
    unidentified("C6", "sends a header of 1 MB", closes(HEAD + b"X-A: " + b"a" * MEGABYTE + b"\r\n\r\n")),
    unidentified("C6", "sends 10,000 headers", closes(HEAD + b"X-A: b\r\n" * 10_000 + b"\r\n" + GOOD)),
    unidentified("C6", "sends headers without end", floods(b"X-A: b\r\n" * 64, HEAD)),
    unidentified("C6", "sends one header without end", floods(b"a" * 65536, HEAD + b"X-A: ")),
    unidentified("C6", "sends one status line without end", floods(b"a" * 65536, b"HTTP/1.1 200 ")),
    unidentified("C6", "sends NUL in a header", closes(head("X-A: a\0b") + GOOD)),
    unidentified("C6", "sends a header without colon", closes(head("nonsense") + GOOD)),
    no_picture("C7", "sends a page as a picture", answers(whole(HTML, "Content-Type: image/jpeg"))),
    no_picture("C7", "sends a page as a page", answers(whole(HTML, "Content-Type: text/html"))),
    no_picture("C7", "sends nothing", answers(whole(b"", "Content-Type: image/jpeg"))),
    no_picture("C7", "sends half a picture", answers(whole(GOOD[:50], "Content-Type: image/jpeg"))),
    unidentified("C8", "has no content", answers(head(status="204 No Content"))),
    unidentified("C8", "resets content", answers(whole(b"", status="205 Reset Content"))),
    unidentified("C8", "sends a part nobody asked for", answers(whole(GOOD, status="206 Partial Content"))),
    unidentified("C8", "confirms what nobody has", answers(head(status="304 Not Modified"))),
    unidentified("C8", "sends 1xx without end", floods(head(status="103 Early Hints") * 64)),
    unidentified("C8", "changes the protocol", closes(head("Upgrade: x", "Connection: upgrade", status="101 S") + GOOD)),
    unidentified("C8", "redirects to nowhere", answers(whole(GOOD, status="302 Found"))),
    unidentified("C8", "has many choices", answers(whole(GOOD, status="300 Multiple Choices"))),
    unidentified("C8", "has status 999", answers(whole(GOOD, status="999 Odd"))),
    unidentified("C8", "has status 000", closes(whole(GOOD, status="000 Odd"))),
    unidentified("C8", "has status 1000", closes(whole(GOOD, status="1000 Odd"))),
    unidentified("C8", "has no status", closes(whole(GOOD, status="fine"))),
    unidentified("C8", "speaks HTTP/0.9", closes(GOOD)),
    unidentified("C8", "speaks HTTP/9.9", closes(b"HTTP/9.9 200 OK\r\n\r\n" + GOOD)),
    unidentified("C8", "speaks of something else", closes(b"220 mail.example ESMTP\r\n")),
    unidentified("C8", "closes at once", closes()),
    unidentified("C9", "asks for a name", answers(whole(b"", status="407 Proxy Authentication Required"))),
    unidentified("C9", "is a teapot", answers(whole(GOOD, status="418 Teapot"))),
    Row("C9", "is gone", answers(whole(GOOD, status="410 Gone")), 404, "ENOENT"),
    Row("C9", "wants a password", answers(whole(GOOD, "WWW-Authenticate: Basic", status="401 No")), 404, "EACCES"),
]  # fmt: skip


@pytest.fixture(scope="module")
def running_instance(workplace):
    changes = {
        "cache": {"maxAge": "600s", "edgeAge": "1s", "errorAge": "2s"},
        "limits": {"sourceBytes": "8MB"},
    }
    with running(workplace, "hostile", 160, workers=1, make_origin=TrappedOrigin, **changes) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture
def site(running_instance):
    return next(running_instance[1])


@pytest.fixture(autouse=True)
def workers_stay(apus):
    before = sorted(apus.workers()), sorted(apus.render_processes())
    yield
    assert (sorted(apus.workers()), sorted(apus.render_processes())) == before


_names = itertools.count(1)


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"


def copies(instance):
    """The saved originals in the store."""
    folder = instance.state / "store" / "originals"
    return {path for path in folder.rglob("*") if path.is_file()} if folder.exists() else set()


def kilobytes(pid):
    """What the process has of the memory, in kB: its proportional set."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def heals(site, name, kind="saves"):
    """Once its trap is gone, the page is what it is, in every tier."""
    del site.origin.traps[name]
    site.origin.put(name)
    healed = wait_for(lambda: (answer := site.get(name, kind)).status == 200 and answer, what="the healed page")
    assert shows(healed, FIRST)
    path = site.path(name, kind)
    assert shows(wait_for(lambda: (answer := site.instance.get(path)).status == 200 and answer, what="nginx"), FIRST)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_hostile_answer_has_its_error_and_leaves_nothing(apus, site, name, row):
    site.origin.traps[name] = row.trap
    saved, started = copies(apus), time.monotonic()
    answer = site.get(name, "saves")
    assert (answer.status, answer.error) == (row.status, row.code), answer
    assert time.monotonic() - started < TOTAL_SECONDS + 1.5
    assert len(answer.body) < 200 and b"/" not in answer.body
    assert control(answer)["max-age"] <= 2
    # Through nginx, which may keep it, as well.
    assert apus.get(site.path(name, "saves")).status == row.status
    assert copies(apus) == saved
    heals(site, name)


GOOD_ANSWERS = {
    "C4 with both kinds of length": head("Content-Length: 3", "Transfer-Encoding: chunked")
    + f"{len(GOOD):x}\r\n".encode() + GOOD + b"\r\n0\r\n\r\n",
    "C4 with the same length twice": head(f"Content-Length: {len(GOOD)}", f"Content-Length: {len(GOOD)}") + GOOD,
    "C5 as identity": whole(GOOD, "Content-Encoding: identity"),
    "C8 after 1xx": head(status="100 Continue") + head("Link: </a>", status="103 Early Hints") + whole(GOOD),
    "C8 as HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + GOOD,
    "C6 with a folded header": head("X-A: a", "  b") + GOOD,
    "C6 with 100 headers": head(*(f"X-{number}: a" for number in range(100)), "Connection: close") + GOOD,
    "C14 that varies by everything": whole(GOOD, "Vary: *"),
    "C14 that has been old for long": whole(GOOD, "Cache-Control: max-age=100", "Age: 99999"),
    "C14 with an age beyond any number": whole(GOOD, "Cache-Control: max-age=100", "Age: " + "9" * 40),
    "C14 with a negative age": whole(GOOD, "Cache-Control: max-age=100", "Age: -5"),
    "C14 that never changes": whole(GOOD, "Cache-Control: max-age=100, immutable"),
    "C14 with broken dates": whole(GOOD, "Date: never", "Expires: later", "Last-Modified: 0", "Retry-After: soon"),
    "C14 modified in the far future": whole(GOOD, "Last-Modified: Fri, 31 Dec 9999 23:59:59 GMT"),
    "C14 with 10 kB of directives": whole(GOOD, "Cache-Control: " + "a=b, " * 2000 + "max-age=100"),
}  # fmt: skip


@pytest.mark.parametrize("case", GOOD_ANSWERS)
def test_an_odd_answer_that_is_none_the_worse_is_delivered(site, name, case):
    site.origin.traps[name] = closes(GOOD_ANSWERS[case])
    for kind in ("plain", "obeys"):
        for answer in (site.get(name, kind), site.get(name, kind)):
            assert answer.status == 200, answer
            assert shows(answer, FIRST)
            assert "*" not in (answer["Vary"] or "")
            told = control(answer)
            assert told and all(0 <= value <= 600 for value in told.values() if value is not True), told


# --- C4, C8: an answer that nobody asked for must not become the answer to the next request


def _surplus_at_once(victim):
    victim.send(whole(GOOD) + whole(FORGED))
    return True


def _surplus_later(victim):
    """While the connection is kept and nobody asks."""
    victim.send(whole(GOOD))
    victim.wait(0.1)
    victim.send(whole(FORGED) * 3)
    return True


SMUGGLERS = {
    "more at once": _surplus_at_once,
    "more a moment later": _surplus_later,
    "more than announced": answers(announced(len(GOOD), GOOD + whole(FORGED))),
    "a 304 with a body": answers(head(f"Content-Length: {len(whole(FORGED))}", status="304 N") + whole(FORGED)),
    "a 204 with a body": answers(head(f"Content-Length: {len(whole(FORGED))}", status="204 N") + whole(FORGED)),
    "a 404 with more than announced": answers(whole(b"no", status="404 No") + whole(FORGED)),
    "a 302 with more than announced": answers(whole(b"", "Location: /page/x", status="302 No") + whole(FORGED)),
    "a 1xx with a body": answers(head("Content-Length: 3", status="103 E") + whole(GOOD) + whole(FORGED)),
    "both lengths": answers(
        head(f"Content-Length: {len(whole(FORGED)) + 5}", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + whole(FORGED)
    ),
    "two lengths": answers(head("Content-Length: 3", f"Content-Length: {len(GOOD)}") + GOOD + whole(FORGED)),
}


@pytest.mark.parametrize("case", SMUGGLERS)
def test_an_answer_that_nobody_asked_for_is_nobody_s(site, name, case):
    others = [f"other{number}-{name}" for number in range(6)]
    for number, other in enumerate(others):
        site.origin.put(other, FIRST)
        site.origin.traps[f"{number}-{name}"] = SMUGGLERS[case]
        site.get(f"{number}-{name}", "plain")
        # Until all of it has come, it might be the answer to what is asked next.
        wait_for(lambda: site.origin.sprung > number, what="the trap")
        answer = site.get(other, "plain")
        assert answer.status == 200 and shows(answer, FIRST), answer
    assert all(shows(site.get(other, "plain"), FIRST) for other in others)


def test_a_confirmation_with_a_body_is_nobody_s(site, name):
    """The same where a 304 is what was asked for."""
    site.origin.put(name, cache_control="max-age=1", etag='"v1"')
    assert site.get(name).status == 200

    def trap(victim):
        assert victim.headers.get("if-none-match") == '"v1"'
        victim.send(head(f"Content-Length: {len(whole(FORGED))}", 'ETag: "v1"', status="304 N") + whole(FORGED))
        return True

    site.origin.traps[name] = trap
    site.origin.put("other.jpg", FIRST)
    wait_for(lambda: shows(site.get(name), FIRST) and site.origin.count(name) > 1, what="a revalidation")
    assert shows(site.get("other.jpg"), FIRST) and shows(site.get(name), FIRST)


# --- C1: an origin that cannot even be connected to


def test_c1_an_origin_that_accepts_no_connection_is_given_up_in_time(own_apus):
    """Its queue is full: the handshake never ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    waiting = []
    try:
        for _ in range(4):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(("127.0.0.1", port))
            waiting.append(connection)
        instance = own_apus("unaccepting", accounts=[one_account(web("deaf", f"http://127.0.0.1:{port}"))])
        started = time.monotonic()
        answer = instance.get("/demo/deaf/tr:w-40/a.jpg")
        assert (answer.status, answer.error) == (404, "ETIMEDOUT"), answer
        assert time.monotonic() - started < TOTAL_SECONDS
    finally:
        for connection in (listener, *waiting):
            connection.close()


def one_account(*origins):
    return {
        "id": "demo",
        "publicKey": "public_test",
        "privateKeys": ["private_test_key"],
        "origins": list(origins),
        "urlEndpoints": [{"urlPrefix": one["id"], "origins": [one["id"]]} for one in origins],
    }


# --- C3, C4: memory and disk


def test_c3_floods_take_no_more_memory_than_what_may_be_decoded(apus, site):
    """A dozen at once, each beyond all limits, and again: what was taken for them is given back."""
    [worker] = apus.workers()
    traps = {
        "chunks": floods(CHUNK, CHUNKED),
        "plain": floods(bytes(65536), head("Connection: close")),
        "bomb": answers(whole(gzip.compress(ZEROS) * 200, "Content-Encoding: gzip")),
        "headers": floods(b"X-A: b\r\n" * 64, HEAD),
    }
    for kind, number in itertools.product(traps, range(12)):
        site.origin.traps[f"{kind}{number}.jpg"] = traps[kind]
    flood_all(site, "plain")
    before, disk = kilobytes(worker), disk_bytes(apus)
    peak, ended = [before], threading.Event()

    def watch():
        while not ended.wait(0.01):
            peak.append(kilobytes(worker))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for kind in traps:
            flood_all(site, kind)
    finally:
        ended.set()
        watcher.join()
    assert max(peak) - before < (12 * SOURCE_BYTES + 32 * MEGABYTE) // 1024
    wait_for(lambda: kilobytes(worker) - before < 32 * 1024, what="the memory's return")
    assert disk_bytes(apus) - disk < 4 * MEGABYTE


_floods = itertools.count()


def flood_all(site, kind):
    steps = f"w-{100 + next(_floods)}"
    answers_of = in_parallel(12, lambda number: site.get(f"{kind}{number}.jpg", "saves", steps=steps))
    assert {answer.status for answer in answers_of} <= {400, 404}, answers_of


def disk_bytes(instance):
    total = 0
    for folder, _, names in os.walk(instance.state):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except OSError:
                pass
    return total


# --- C9, C10: when an origin is left alone


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized", "410 Gone", "400 Bad", "500 Bad"])
def test_c9_what_is_about_one_object_leaves_the_others_alone(apus, site, name, status):
    openings = metric(apus, "apus_origin_breaker_openings_total")
    for number in range(40):
        site.origin.put(f"{number}-{name}", status=status, body=b"no")
        assert site.get(f"{number}-{name}", "plain").status == 404
    site.origin.put(name)
    assert site.get(name, "plain").status == 200
    assert metric(apus, "apus_origin_breaker_openings_total") == openings


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_c9_who_asks_for_a_rest_gets_it(site, name, status):
    """More are refused than it takes to believe it; from then on it is not asked, until its time has come."""
    site.origin.traps[name] = answers(whole(b"no", "Retry-After: 4", status=status))
    for number in range(5):
        assert site.get(name, "plain", steps=f"w-{50 + number}").error == "UNIDENTIFIED"
    asked, since = site.origin.count(), time.monotonic()
    del site.origin.traps[name]
    site.origin.put(name)
    site.origin.put("other.jpg")
    answer = site.get("other.jpg", "plain")
    # On a machine so busy that its time has come already, this says nothing.
    if time.monotonic() - since < 3:
        assert (answer.status, answer.error) == (404, "UNIDENTIFIED"), answer
        assert site.origin.count() == asked
    wait_for(lambda: site.get("other.jpg", "plain").status == 200, what="its return")


@pytest.mark.parametrize("said", ["9" * 40, "-1", "0", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "x" * 5000])
def test_c9_no_rest_is_for_ever(site, name, said):
    site.origin.traps[name] = answers(whole(b"no", f"Retry-After: {said}", status="503 Service Unavailable"))
    for number in range(6):
        assert site.get(name, "plain", steps=f"w-{50 + number}").error == "UNIDENTIFIED"
    del site.origin.traps[name]
    site.origin.put(name)
    wait_for(lambda: site.get(name, "plain").status == 200, seconds=60, what="its return")


def test_c10_an_origin_that_fails_every_other_time(site, name):
    """What there is goes on being served; what there is not is there in the end."""
    turns = itertools.count()

    def flap(victim):
        is_good = next(turns) % 2
        victim.send(whole(GOOD, 'ETag: "v1"', "Cache-Control: max-age=1, stale-if-error=600") if is_good else
                    whole(b"no", status="503 Service Unavailable"))  # fmt: skip
        return True

    names = [f"{number}-{name}" for number in range(8)]
    for one in names:
        site.origin.traps[one] = flap
        wait_for(lambda: site.get(one).status == 200, what="its first picture")
    end = time.monotonic() + 6
    while time.monotonic() < end:
        for answer in in_parallel(8, lambda number: site.get(names[number])):
            assert answer.status == 200 and shows(answer, FIRST), answer


# --- C15: what an origin says to others


def test_c15_what_is_said_to_others_is_not_passed_on(apus, site, name):
    """Nothing of these reaches the client, and nginx does nothing of what they ask of it."""
    said = {
        "Set-Cookie": "session=1",
        "X-Accel-Redirect": "/_apus/metrics",
        "X-Accel-Expires": "100000",
        "X-Accel-Buffering": "no",
        "X-Accel-Limit-Rate": "1",
        "Status": "500 Broken",
        "Location": "http://elsewhere.example/",
        "Refresh": "0; url=http://elsewhere.example/",
        "Content-Security-Policy": "default-src *",
        "Access-Control-Allow-Origin": "http://elsewhere.example",
        "Clear-Site-Data": '"*"',
        "Service-Worker-Allowed": "/",
        "ik-error": "EVIL - x",
        "x-apus-stale": "true",
        "x-request-id": "theirs",
        "Server-Timing": "evil;dur=1",
    }
    lines = [f"{header}: {value}" for header, value in said.items()]
    site.origin.traps[name] = answers(whole(GOOD, 'ETag: "v1"', "Cache-Control: max-age=1", *lines))
    for kind, steps in itertools.product(("obeys", "both"), ("w-40,f-png", "orig-true")):
        for _ in range(3):
            answer = site.get(name, kind, steps=steps)
            assert answer.status == 200 and shows(answer, FIRST)
            for header, value in said.items():
                assert answer[header] != value, header
            assert not any(word in str(answer.headers).lower() for word in ("evil", "elsewhere", "theirs"))


# --- C16: entity tags


TAGS = {
    "weak": 'W/"v1"',
    "empty": '""',
    "unquoted": "v1",
    "half quoted": '"v1',
    "quoted within": '"a"b"',
    "two": '"a", "b"',
    "a star": "*",
    "10 kB": '"' + "a" * 10_000 + '"',
    "129 bytes": '"' + "a" * 129 + '"',
    "128 bytes": '"' + "a" * 128 + '"',
    "beyond ASCII": '"caf\xc3\xa9"',
    "with a tab": '"a\tb"',
    "nothing": "",
}
# Those that an origin can be asked with again.
GOOD_TAGS = {"weak", "empty", "128 bytes", "beyond ASCII"}


@pytest.mark.parametrize("case", TAGS)
def test_c16_an_entity_tag_that_is_none_is_not_used(site, name, case):
    conditions = []

    def trap(victim):
        conditions.append(victim.headers.get("if-none-match"))
        victim.send(whole(GOOD, f"ETag: {TAGS[case]}", "Cache-Control: max-age=1"))
        return True

    site.origin.traps[name] = trap
    first = site.get(name)
    assert first.status == 200 and first["ETag"].isascii() and len(first["ETag"]) < 200
    wait_for(lambda: site.get(name).status == 200 and len(conditions) > 1, what="a revalidation")
    assert conditions[0] is None
    assert conditions[1] == (TAGS[case] if case in GOOD_TAGS else None)
    assert shows(site.get(name), FIRST)


# --- C17: an object that changes between two variants


def test_c17_each_variant_is_of_the_state_that_it_was_made_of(site, name):
    site.origin.put(name, FIRST, etag='"v1"', cache_control="max-age=2")
    early = site.get(name, steps="w-40,f-png")
    assert shows(early, FIRST)
    site.origin.put(name, SECOND, etag='"v2"', cache_control="max-age=2")
    late_one = wait_for(lambda: shows(answer := site.get(name, steps="w-41,f-png"), SECOND) and answer, what="the new state")
    assert late_one["ETag"] != early["ETag"]
    # The old state's variant is revalidated with its own validator, and is then of the new state too.
    wait_for(lambda: shows(site.get(name, steps="w-40,f-png"), SECOND), what="the old variant's end")
    for steps in ("w-40,f-png", "w-41,f-png"):
        for _ in range(3):
            assert shows(site.get(name, steps=steps), SECOND)


# --- C20: the first of two origins


FIRST_OF_TWO = {
    "is silent": stays_silent(),
    "drips": drips(b"x", HEAD),
    "stalls": stays_silent(announced(len(GOOD), GOOD[:100])),
    "fails": answers(whole(b"no", status="500 Bad")),
    "forbids": answers(whole(b"no", status="403 No")),
    "floods": floods(CHUNK, CHUNKED),
    "breaks off": closes(announced(len(GOOD), GOOD[:100])),
    "redirects inside": answers(whole(b"", "Location: http://10.0.0.1/", status="302 F")),
    "redirects to a file": answers(whole(b"", "Location: file:///etc/passwd", status="302 F")),
    "sends another coding": coded("gzip", gzip.compress(GOOD)),
    "confirms what nobody has": answers(head(status="304 N")),
}


@pytest.fixture(scope="module")
def pair(workplace):
    """An instance whose URL endpoints have one trapped origin each before a common good one."""
    firsts, good = {case: TrappedOrigin() for case in FIRST_OF_TWO}, TrappedOrigin()
    good.put("a.jpg")
    account = one_account(web("good", good.base))
    for number, (case, origin) in enumerate(firsts.items()):
        origin.traps["a.jpg"] = FIRST_OF_TWO[case]
        account["origins"].append(web(f"first{number}", origin.base))
        account["urlEndpoints"].append({"urlPrefix": f"pair{number}", "origins": [f"first{number}", "good"]})
    timeouts = {"total": f"{TOTAL_SECONDS}s", "connect": "1s", "firstByte": "1s", "stall": "1s", "render": "5s"}
    configuration = {"limits": {"sourceBytes": "8MB"}, "timeouts": timeouts, "accounts": [account]}
    path = workplace / "pair.yaml"
    path.write_text(json.dumps(configuration))
    instance = Instance(path, workplace / "pair")
    try:
        instance.up()
        yield instance
    finally:
        instance.down()
        for origin in (good, *firsts.values()):
            origin.stop()


@pytest.mark.parametrize("case", FIRST_OF_TWO)
def test_c20_the_second_origin_has_what_the_first_has_not(pair, case):
    number = list(FIRST_OF_TWO).index(case)
    started = time.monotonic()
    answer = pair.get(f"/demo/pair{number}/tr:w-40,f-png/page/a.jpg")
    assert answer.status == 200 and shows(answer, FIRST), answer
    assert time.monotonic() - started < TOTAL_SECONDS + 1.5
