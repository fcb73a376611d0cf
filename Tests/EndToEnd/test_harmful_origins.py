"""What hostile and broken origins do over time: how much memory and disk they may take, when they are left alone, whom
else they try to talk to, and how their objects change. Rows of the list of abuses, as in the tests of hostile answers."""

import gzip
import itertools
import json
import os
import socket
import threading
import time

import pytest

from conftest import web
from instance import Instance, wait_for
from scripted_origin import FIRST, SECOND
from sites import in_parallel, metric, shows
from trapped_origin import (
    CHUNK,
    CHUNKED,
    GOOD,
    HEAD,
    MEGABYTE,
    TrappedOrigin,
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
SOURCE_BYTES = 8_000_000
BOMB = gzip.compress(bytes(32 * MEGABYTE))


@pytest.fixture(scope="module")
def running_instance(workplace):
    with trapped(workplace, "harmful", 40) as (instance, sites):
        yield instance, iter(sites)


def kilobytes(pid):
    """What the process has of the memory, in kB: its proportional set."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


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
        "bomb": answers(whole(BOMB * 200, "Content-Encoding: gzip")),
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


def test_c3_a_file_without_end_goes_through_and_ends_with_its_client(apus, site):
    """What is no picture has no limit: nothing of it stays here, and nobody fetches on for a client that has gone."""
    [worker] = apus.workers()
    ended = threading.Event()

    def trap(victim):
        try:
            victim.send(head("Content-Type: application/octet-stream", "Connection: close"))
            victim.flood(bytes(65536))
        finally:
            ended.set()

    site.origin.traps["endless.bin"] = trap
    before, disk = kilobytes(worker), disk_bytes(apus)
    with socket.create_connection(("127.0.0.1", apus.port), timeout=20) as client:
        client.sendall(f"GET /demo/plain{site.number}/page/endless.bin HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        received = 0
        while received < 200 * MEGABYTE:
            piece = client.recv(1 << 20)
            assert piece
            received += len(piece)
        assert kilobytes(worker) - before < 32 * 1024
        assert disk_bytes(apus) - disk < 4 * MEGABYTE
    assert ended.wait(20)


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


@pytest.mark.parametrize(
    "status", ["404 Not Found", "403 Forbidden", "401 Unauthorized", "410 Gone", "400 Bad", "500 Bad"]
)
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


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("9" * 40, marks=pytest.mark.long),
        pytest.param("Fri, 31 Dec 9999 23:59:59 GMT", marks=pytest.mark.long),
        "-1",
        "0",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "x" * 5000,
    ],
    ids=lambda said: said[:12],
)
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
        wait_for(lambda name=one: site.get(name).status == 200, what="its first picture")
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
    late = wait_for(
        lambda: shows(answer := site.get(name, steps="w-41,f-png"), SECOND) and answer, what="the new state"
    )
    assert late["ETag"] != early["ETag"]
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
