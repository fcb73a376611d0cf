"""Hostile and broken answers of origins: each has its error and its end, and leaves nothing in any cache.

The rows C1 to C20 are those of the list of abuses. What hostile origins do over time (C9, C10, C15 to C17, C20), buckets
(C18) and TLS (C19) are in files of their own; the rest is in the tests of origins, of what is stale and of lifetimes."""

import gzip
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import brotli
import pytest

from http_client import Answer
from instance import wait_for
from scripted_origin import FIRST, SECOND, plain
from sites import control, shows
from trapped_origin import (
    CHUNK,
    CHUNKED,
    GOOD,
    HEAD,
    MEGABYTE,
    announced,
    answers,
    closes,
    coded,
    drips,
    floods,
    head,
    stays_silent,
    whole,
)
from trapped_sites import apus, name, site, trapped, workers_stay  # noqa: F401

TOTAL_SECONDS = 6
# Rows that are tried at a time: half of what may wait for an origin with these slots.
AT_ONCE = 16
FORGED = plain(SECOND)
ZEROS = bytes(32 * MEGABYTE)
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
    too_much("C4", "announces 1 GB and is silent", stays_silent(announced(10**9))),
    too_much("C4", "announces 1 GB and sends it", floods(bytes(65536), announced(10**9))),
    unidentified("C4", "announces more than it sends", closes(announced(len(GOOD) + 1))),
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
    unidentified("C8", "changes the protocol", closes(head("Upgrade: x", "Connection: upgrade", status="101 S"))),
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
    with trapped(workplace, "hostile", 100) as (instance, sites):
        yield instance, iter(sites)


@dataclass
class Trial:
    """What became of one row: the answer behind nginx' cache, the one through it, and what came once the page was well."""

    first: Answer
    seconds: float
    through_nginx: Answer
    healed: list


def tried(apus, site, row):
    """Never fails, because others are tried at the same time."""
    site.origin.traps["a.jpg"] = row.trap
    path, started = site.path("a.jpg", "saves"), time.monotonic()
    first = site.get("a.jpg", "saves")
    trial = Trial(first, time.monotonic() - started, apus.get(path), [])
    del site.origin.traps["a.jpg"]
    site.origin.put("a.jpg")
    for get in (lambda: site.get("a.jpg", "saves"), lambda: apus.get(path)):
        try:
            trial.healed.append(wait_for(lambda get=get: (answer := get()).status == 200 and answer))
        except AssertionError:
            break
    return trial


@pytest.fixture(scope="module")
def trials(running_instance):
    """All rows, several at a time, since much of it is waiting."""
    apus, sites = running_instance
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(tried, apus, next(sites), row) for row in ROWS]
        return {str(row): future.result() for row, future in zip(ROWS, futures, strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_hostile_answer_has_its_error_and_an_end(trials, row):
    trial = trials[str(row)]
    for answer in (trial.first, trial.through_nginx):
        assert (answer.status, answer.error) == (row.status, row.code), answer
        assert len(answer.body) < 200 and b"/" not in answer.body
        assert control(answer)["max-age"] <= 2
    assert trial.seconds < TOTAL_SECONDS + 1.5


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_hostile_answer_leaves_nothing(trials, row):
    """Once the page is well it is what it is, in every tier."""
    healed = trials[str(row)].healed
    assert len(healed) == 2, "it is not well again"
    assert all(shows(answer, FIRST) for answer in healed)


GOOD_ANSWERS = {
    "C4 with both kinds of length": head("Content-Length: 3", "Transfer-Encoding: chunked")
    + f"{len(GOOD):x}\r\n".encode() + GOOD + b"\r\n0\r\n\r\n",
    "C4 with a length beyond any number": announced("9" * 40),
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
        wait_for(lambda before=number: site.origin.sprung > before, what="the trap")
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
