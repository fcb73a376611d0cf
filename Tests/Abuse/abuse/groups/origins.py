"""Group C, first part: hostile and broken answers of origins."""

import gzip
import threading
import time
import zlib

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.groups.traps import (
    CHUNK,
    CHUNKED,
    GOOD,
    OK,
    announced,
    answers,
    closes,
    drips,
    falls_silent,
    floods,
    head,
    whole,
)  # fmt: skip
from abuse.origin import send
from abuse.pictures import colour_of, is_near, png
from abuse.waiting import wait_for

MEGABYTE = 1 << 20
ZEROS = bytes(32 * MEGABYTE)
RED, BLUE = (200, 30, 30), (30, 30, 200)
PAGE = b"<!DOCTYPE html><html><body>Service is being maintained</body></html>"
# An answer may come so much later than the time that the server promises.
SLACK_SECONDS = 2


def trapped(target, behaviour, error, what, status=404):
    """One hostile answer: its code, in time, small, and a good picture of the same origin right after it."""
    name = target.origin.act(behaviour, ".jpg")
    started = time.monotonic()
    answer = target.at_origin(name, "w-40,f-png", seconds=target.settings.total + 20)
    seconds = time.monotonic() - started
    expect_status(answer, status, what, error=error)
    expect(len(answer.body) < 400, f"{what}: an error of {len(answer.body)} bytes")
    expect(seconds < target.settings.total + SLACK_SECONDS, f"{what}: took {seconds:.1f} s")
    good = target.at_origin(target.origin.picture(), "w-40,f-png")
    expect(good.status == 200, f"after “{what}” the origin's good pictures are answered {good}")


def unidentified(target, rows):
    for_each(rows, lambda what, behaviour: trapped(target, behaviour, "UNIDENTIFIED", what))


def late(target, rows):
    for_each(rows, lambda what, behaviour: trapped(target, behaviour, "ETIMEDOUT", what))


# --- C1, C2: time


@case(
    "C1",
    "an origin that accepts and falls silent: 404 ETIMEDOUT within the deadline",
    needs=(Power.ORIGIN,),
    seconds=300,
)
def silent_origin(target):
    late(target, [
        ("silent at once", falls_silent()),
        ("silent within its head", falls_silent(OK + b"X-A: b\r\n")),
        ("silent after 1xx", falls_silent(head(status="103 Early Hints"))),
        ("silent within its body", falls_silent(announced(len(GOOD), GOOD[:100]))),
        ("silent within a chunk", falls_silent(CHUNKED + CHUNK[:100])),
    ])  # fmt: skip


def asked_at_once(target, names):
    """Asks the silent origin for all of them, and for other pictures meanwhile; returns both lists of answers."""
    waited, meanwhile = [], []

    def ask(number, name):
        waited.append(target.at_origin(name, f"w-{100 + number}", seconds=target.settings.total + 20))

    threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(names)]
    for thread in threads:
        thread.start()
    try:
        # Nothing that any server shows tells when all of them wait.
        time.sleep(0.5)
        for number in range(8):
            meanwhile.append(target.ask(f"w-{60 + number}", query=f"v={target.word()}"))
    finally:
        for thread in threads:
            thread.join()
    for answer in waited:
        expect(
            answer.status == 503 or (answer.status, answer.error) == (404, "ETIMEDOUT"), f"one that waited: {answer}"
        )
    return waited, meanwhile


@case(
    "C1",
    "while many requests wait for objects of a silent origin, other pictures are made",
    needs=(Power.ORIGIN,),
    seconds=300,
)
def silence_holds_nobody_else(target):
    names = [target.origin.act(falls_silent(), ".jpg") for _ in range(40)]
    for answer in asked_at_once(target, names)[1]:
        expect_status(answer, 200, "another picture meanwhile")


@case("C1", "many requests for one silent object are one question; others go on, or are told when to come again",
      needs=(Power.ORIGIN,), seconds=300)  # fmt: skip
def one_silent_object(target):
    name = target.origin.act(falls_silent(), ".jpg")
    for answer in asked_at_once(target, [name] * 60)[1]:
        expect_status(answer, (200, 503), "another picture meanwhile")
    expect(
        target.origin.count(name) <= 8, f"the silent origin was asked {target.origin.count(name)} times for one object"
    )


@case("C2", "a byte at a time: 404 ETIMEDOUT by the total deadline", needs=(Power.ORIGIN,), seconds=300)
def dripping_origin(target):
    late(target, [
        ("drips its head", drips(b"X-A: b\r\n", OK)),
        ("drips its body", drips(GOOD, announced(len(GOOD), b""))),
        ("drips a body of unknown length", drips(b"x", head("Connection: close"))),
        ("the smallest chunks, slowly", drips(b"1\r\nx\r\n", CHUNKED)),
    ])  # fmt: skip


# --- C3 to C6: size


@case("C3", "bodies without end: 400 ELIMIT at the limit of bytes", needs=(Power.ORIGIN,), seconds=300)
def endless_body(target):
    for what, behaviour in [
        ("chunks without end", floods(CHUNK, CHUNKED)),
        ("bytes without end", floods(bytes(65536), head("Connection: close") + GOOD)),
    ]:
        trapped(target, behaviour, "ELIMIT", what, status=400)
    unidentified(target, [("trailers without end", floods(b"X-A: b\r\n" * 64, CHUNKED + b"0\r\n"))])


@case("C3", "a dozen floods at once take no more memory than the limit of bytes allows, and give it back",
      needs=(Power.CONFIGURE,), seconds=300)  # fmt: skip
def endless_bodies_take_no_memory(target):
    with target.own(limits={"sourceBytes": "8MB"}, workers={"processes": 1, "slots": 64, "renders": 1}) as other:
        [worker] = other.instance.workers()
        names = [other.origin.act(floods(CHUNK, CHUNKED), ".jpg") for _ in range(12)]
        before, peak, ended = other.instance.resident(worker), [], threading.Event()

        def watch():
            while not ended.wait(0.02):
                peak.append(other.instance.resident(worker))

        watcher = threading.Thread(target=watch)
        threads = [threading.Thread(target=other.at_origin, args=(name, "w-40")) for name in names]
        for thread in (watcher, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        ended.set()
        watcher.join()
        grown = max(peak) - before
        expect(grown < 12 * 8_000_000 + 32 * MEGABYTE, f"the worker grew by {grown // MEGABYTE} MB")


@case("C4", "lengths that lie: too much is 400 ELIMIT, too little 404 UNIDENTIFIED", needs=(Power.ORIGIN,), seconds=300)
def lying_lengths(target):
    for what, behaviour in [
        ("announces 1 GB and is silent", falls_silent(announced(10**9))),
        ("announces 1 GB and sends it", floods(bytes(65536), announced(10**9))),
    ]:
        trapped(target, behaviour, "ELIMIT", what, status=400)
    trapped(target, floods(bytes(65536), announced(10)), "EINVAL", "sends more than it announces", status=400)
    unidentified(target, [
        ("announces more than it sends", closes(announced(len(GOOD) + 1))),
        ("announces a negative length", closes(announced(-1))),
        ("announces a length in letters", closes(announced("many"))),
        ("ends within a chunk", closes(CHUNKED + CHUNK[:-100])),
        ("ends without the last chunk", closes(CHUNKED + CHUNK)),
        ("a chunk size that is none", closes(CHUNKED + b"xyz\r\n")),
        ("a chunk size beyond any number", closes(CHUNKED + b"f" * 40 + b"\r\n")),
    ])  # fmt: skip


@case("C4", "an answer that nobody asked for is not the answer to the next request", needs=(Power.ORIGIN,))
def surplus_answers(target):
    forged = whole(png(64, 48, BLUE), "Content-Type: image/png")
    good = whole(png(64, 48, RED), "Content-Type: image/png")
    rows = {
        "two answers at once": good + forged,
        "more than announced": head("Content-Length: 100") + GOOD + forged,
        "a 304 with a body": head(f"Content-Length: {len(forged)}", status="304 N") + forged,
        "a 204 with a body": head(f"Content-Length: {len(forged)}", status="204 N") + forged,
        "a 404 with more than announced": whole(b"no", status="404 No") + forged,
        "both kinds of length": head(f"Content-Length: {len(forged) + 5}", "Transfer-Encoding: chunked")
        + b"0\r\n\r\n"
        + forged,
    }
    for what, data in rows.items():
        target.at_origin(target.origin.act(answers(data)), "w-40,f-png")
        for _ in range(3):
            answer = target.at_origin(target.origin.picture(RED), "w-40,f-png")
            expect_status(answer, 200, f"after {what}")
            expect(is_near(colour_of(answer.body), RED), f"{what}: the next request was answered with it")


@case("C5", "content codings that unpack to 32 MB are refused, and none is asked for", needs=(Power.ORIGIN,))
def compressed_bodies(target):
    packed = gzip.compress(ZEROS)
    unidentified(target, [
        ("a gzip bomb", answers(whole(packed, "Content-Encoding: gzip"))),
        ("a deflate bomb", answers(whole(zlib.compress(ZEROS), "Content-Encoding: deflate"))),
        ("brotli that is none", answers(whole(packed, "Content-Encoding: br"))),
        ("gzip within gzip", answers(whole(gzip.compress(packed), "Content-Encoding: gzip, gzip"))),
        ("a coding that nobody knows", answers(whole(GOOD, "Content-Encoding: x-secret"))),
        ("a coded transfer", closes(head("Transfer-Encoding: gzip, chunked") + CHUNK)),
    ])  # fmt: skip
    trapped(target, answers(whole(packed)), "EINVAL", "a gzip bomb that does not say so", status=400)
    name = target.origin.picture()
    target.at_origin(name, "w-40")
    coding = target.origin.requests(name)[0].headers.get("accept-encoding", "identity")
    expect("identity" in coding and "gzip" not in coding, f"the origin was asked for {coding}")


@case("C6", "floods of headers: 404 UNIDENTIFIED", needs=(Power.ORIGIN,), seconds=300)
def header_floods(target):
    unidentified(target, [
        ("a header of 1 MB", closes(OK + b"X-A: " + b"a" * MEGABYTE + b"\r\n\r\n")),
        ("10,000 headers", closes(OK + b"X-A: b\r\n" * 10_000 + b"\r\n" + GOOD)),
        ("headers without end", floods(b"X-A: b\r\n" * 64, OK)),
        ("one header without end", floods(b"a" * 65536, OK + b"X-A: ")),
        ("a status line without end", floods(b"a" * 65536, b"HTTP/1.1 200 ")),
        ("NUL in a header", closes(head("X-A: a\0b") + GOOD)),
        ("a header without colon", closes(head("nonsense") + GOOD)),
    ])  # fmt: skip


# --- C7 to C9: what is no picture, and statuses


@case("C7", "an error page as a picture: 400 EINVAL, for the error age only", needs=(Power.ORIGIN,))
def page_as_picture(target):
    rows = [
        ("a page as a JPEG", whole(PAGE, "Content-Type: image/jpeg")),
        ("a page as a page", whole(PAGE, "Content-Type: text/html")),
        ("nothing", whole(b"", "Content-Type: image/jpeg")),
        ("half a picture", whole(GOOD[:50], "Content-Type: image/jpeg")),
    ]
    for_each(rows, lambda what, data: trapped(target, answers(data), "EINVAL", what, status=400))


@case("C7", "a page in place of a picture is gone when the picture is there", needs=(Power.ORIGIN,), seconds=200)
def page_is_forgotten(target):
    name = target.origin.put(PAGE, "image/png")
    expect_status(target.at_origin(name, "w-40,f-png"), 400, "the page", error="EINVAL")
    target.origin.act(lambda request, connection: send(connection, png(64, 48, RED)), name=name)

    def asked():
        answer = target.at_origin(name, "w-40,f-png")
        return answer if answer.status == 200 else None

    patience = target.settings.error_age + target.settings.edge_age + 10
    answer = wait_for(asked, patience, "the picture, beyond the error age")
    expect(is_near(colour_of(answer.body), RED), "another picture")


@case("C8", "statuses and forms that make no sense: 404 UNIDENTIFIED", needs=(Power.ORIGIN,), seconds=300)
def odd_statuses(target):
    unidentified(target, [
        ("no content", answers(head(status="204 No Content"))),
        ("reset content", answers(whole(b"", status="205 Reset Content"))),
        ("a part nobody asked for", answers(whole(GOOD, status="206 Partial Content"))),
        ("confirms what nobody has", answers(head(status="304 Not Modified"))),
        ("1xx without end", floods(head(status="103 Early Hints") * 64)),
        ("changes the protocol", closes(head("Upgrade: x", "Connection: upgrade", status="101 S"))),
        ("redirects to nowhere", answers(whole(GOOD, status="302 Found"))),
        ("many choices", answers(whole(GOOD, status="300 Multiple Choices"))),
        ("status 999", answers(whole(GOOD, status="999 Odd"))),
        ("status 000", closes(whole(GOOD, status="000 Odd"))),
        ("no status", closes(whole(GOOD, status="fine"))),
        ("HTTP/0.9", closes(GOOD)),
        ("HTTP/9.9", closes(b"HTTP/9.9 200 OK\r\n\r\n" + GOOD)),
        ("another protocol", closes(b"220 mail.example ESMTP\r\n")),
        ("closes at once", closes()),
    ])  # fmt: skip


@case(
    "C9", "each refusal of an origin has its code, and Retry-After is not passed on as our own", needs=(Power.ORIGIN,)
)
def refusals(target):
    rows = [
        (401, "EACCES"), (403, "EACCES"), (404, "ENOENT"), (410, "ENOENT"), (429, "UNIDENTIFIED"),
        (500, "UNIDENTIFIED"), (502, "UNIDENTIFIED"), (407, "UNIDENTIFIED"), (418, "UNIDENTIFIED"),
    ]  # fmt: skip
    for_each(
        rows,
        lambda status, code: trapped(target, answers(whole(b"no", status=f"{status} No")), code, f"status {status}"),
    )


@case(
    "C9", "objects that are not there do not make the origin look dead; failures in a row do", needs=(Power.CONFIGURE,)
)
def breaker(target):
    with target.own() as other:
        for number in range(12):
            expect_status(other.at_origin(f"missing{number}.jpg", "w-40"), 404, "a missing object", error="ENOENT")
        expect_status(other.at_origin(other.origin.picture(), "w-40"), 200, "after a dozen missing objects")
        broken = other.origin.act(answers(whole(b"no", "Retry-After: 60", status="503 Away")), ".jpg")
        before = other.origin.count()
        for number in range(30):
            other.at_origin(broken, f"w-{40 + number}")
        asked = other.origin.count() - before
        expect(asked < 30, f"an origin that asks to be left alone was asked {asked} times by 30 requests")
