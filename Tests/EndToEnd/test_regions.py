"""Regions that ask each other: what a miss becomes, what is kept, and what streams through."""

import contextlib
import hashlib
import http.client
import itertools
import threading
import time

import pytest

import peer
import regions
from changing_origin import NEW, OLD, shows
from instance import kill, wait_for
from prometheus import Difference
from region_origin import blob
from regions import TOTAL_SECONDS, way
from sites import control, in_parallel

# What the internal cache keeps, what it does not, and what nginx does not hold in memory (worker.conf).
SHORT, MIDDLE, LONG = 100_000, 2_500_000, 24 << 20
NUMBERS = itertools.count(1000)


pytestmark = pytest.mark.usefixtures("healed_world")


# --- routing


def test_a_miss_is_made_at_home_and_kept_here(world, unique):
    word = unique()
    path = f"/demo/beta/tr:w-40,f-png/doc/{word}/a.jpg"
    here, home = world.alpha.made(), world.beta.made()
    first = world.alpha.visit(path)
    assert shows(first, OLD) and first.picture().width == 40
    assert way(first) == ("region", "beta")
    second = world.alpha.visit(path)
    assert way(second) == ("redis", "beta")
    assert second.body == first.body and second["ETag"] == first["ETag"]
    assert (here(), home()) == (0, 1)
    assert world.origin.count(word) == 1
    assert world.beta.front.count(word, sender="alpha") == 1
    # What came from home is in its cache too, as the same bytes.
    there = world.beta.visit(path)
    assert there.cache == "redis" and there.body == first.body and there["ETag"] == first["ETag"]


def test_the_edge_cache_here_keeps_it(world, unique):
    path = f"/demo/beta/tr:w-41,f-png/doc/{unique()}/a.jpg"
    assert [world.gamma.get(path).cache for _ in range(2)] == ["region", "edge"]


def test_at_home_nobody_is_asked(world, unique):
    word = unique()
    for name in regions.NAMES:
        answer = world[name].visit(f"/demo/{name}/tr:w-42,f-png/doc/{word}/a.jpg")
        assert way(answer) == ("render", name)
    assert not any(region.front.count(word) for region in world)


@pytest.mark.parametrize(
    "path, host, home",
    [
        ("/demo/tr:w-43,f-png/doc/{word}/a.jpg", None, "alpha"),
        ("/demo/beta/tr:w-43,f-png/doc/{word}/a.jpg", None, "beta"),
        ("/tr:w-43,f-png/doc/{word}/a.jpg", "images.beta.example", "beta"),
        ("/demo/hosted/tr:w-43,f-png/doc/{word}/a.jpg", None, "beta"),
    ],
    ids=["of the account", "of the endpoint", "of a custom host", "of the endpoint with a host"],
)
def test_everybody_goes_to_the_home_region(world, unique, path, host, home):
    word = unique()
    for region in world:
        headers = {"Host": host} if host else {}
        answer = region.get(path.format(word=word), headers=headers)
        assert shows(answer, OLD)
        assert answer["x-apus-region"] == home
        assert answer.cache in (("render", "redis") if region.name == home else ("region",))
    assert world.origin.count(word) == 1


def test_without_a_home_the_region_that_is_asked_is_it(world, unique):
    word = unique()
    for region in world:
        assert way(region.visit(f"/nobody/tr:w-44,f-png/doc/{word}/a.jpg")) == ("render", region.name)
    assert world.origin.count(word) == 3


def test_what_negotiation_depends_on_goes_along(world, unique):
    """Accept and client hints are those of the client, not of the region that asks."""
    path = f"/demo/beta/tr:w-45/doc/{unique()}/a.jpg"
    kinds = []
    for accept in (None, "image/webp", "image/avif"):
        answer = world.alpha.visit(path, accept=accept)
        assert answer.cache == "region"
        assert answer["Content-Type"] == world.beta.visit(path, accept=accept)["Content-Type"]
        kinds.append(answer["Content-Type"])
    assert kinds == ["image/jpeg", "image/webp", "image/avif"]
    hinted = f"/demo/beta/tr:w-auto,f-png/doc/{unique()}/a.jpg"
    answer = world.alpha.visit(hinted, headers={"Sec-CH-Width": "120"})
    assert way(answer) == ("region", "beta") and answer.picture().width == 200


def test_odd_urls_arrive_as_they_were_sent(world, unique):
    """What nginx got here is what is parsed there, byte by byte."""
    word = unique()
    for name in ("a%20b.jpg", "a+b.jpg", "%25a.jpg", "%C3%A4.jpg", "a;b=c.jpg", "a:b,c.jpg", "%E6%97%A5.jpg"):
        path = f"/demo/beta/tr:w-46,f-png/doc/{word}/{name}"
        answer = world.alpha.visit(path)
        assert way(answer) == ("region", "beta") and shows(answer, OLD), name
        assert world.beta.visit(path).cache == "redis", name
    for query in ("?tr=w-47,f-png", "?tr=w-47%2Cf-png", "?tr=w-47,f-png&v=%0A", "?v=1&tr=w-47,f-png"):
        answer = world.alpha.visit(f"/demo/beta/doc/{word}/a.jpg{query}")
        assert way(answer)[1] == "beta" and answer.picture().width == 47, query


def test_a_long_url_arrives(world, unique):
    path = f"/demo/beta/tr:w-48,f-png/doc/{unique()}/a.jpg?v={'%25' * 2500}"
    assert way(world.alpha.visit(path)) == ("region", "beta")


def test_lifetimes_come_along(world, unique):
    """Clients are told the same of a copy as at home, but for who answers."""
    word = unique()
    path = f"/demo/beta/tr:w-49,f-png/doc/{word}/a.jpg"
    here, home = world.alpha.visit(path), world.beta.visit(path)
    assert here["Cache-Control"] == home["Cache-Control"] == (
        "public, s-maxage=15552000, max-age=15552000, must-revalidate"
    )
    assert here["Vary"] == home["Vary"] and here["Content-Type"] == home["Content-Type"]
    assert 'region;desc="alpha"' in here["Server-Timing"] and 'region;desc="beta"' in home["Server-Timing"]


# --- one flight


def test_one_fetch_for_all_first_requests(world, unique):
    """Asked in all regions at the same moment: one question per region, one fetch, one picture."""
    word, count = unique(), 60
    made = [region.made() for region in world]
    world.origin.open_later(word, 0.7)
    all_regions = list(world)
    answers = in_parallel(
        count, lambda number: all_regions[number % 3].visit(f"/demo/beta/tr:w-50,f-png/waiting/{word}/a.jpg")
    )
    assert all(shows(answer, OLD) for answer in answers), answers
    assert {answer["x-apus-region"] for answer in answers} == {"beta"}
    assert len({answer.body for answer in answers}) == 1
    assert world.origin.count(word) == 1
    assert [one() for one in made] == [0, 1, 0]
    # A flight of each worker may have begun before the lease of the region was seen: one question all the same.
    assert world.beta.front.count(word, sender="alpha") == 1
    assert world.beta.front.count(word, sender="gamma") == 1


def test_many_widths_in_all_regions_cost_one_fetch(world, unique):
    word = unique()
    world.origin.open_later(word, 0.5)
    all_regions = list(world)
    answers = in_parallel(
        24, lambda number: all_regions[number % 3].visit(f"/demo/beta/tr:w-{60 + number},f-png/waiting/{word}/a.jpg")
    )
    assert [answer.status for answer in answers] == [200] * 24
    assert [answer.picture().width for answer in answers] == list(range(60, 84))
    assert world.origin.count(word) == 1


# --- files


@pytest.mark.parametrize("length", [0, 1, SHORT, MIDDLE, LONG])
@pytest.mark.parametrize("name", ["a.bin", "a"], ids=["by its name", "by what it is"])
def test_a_file_comes_through(world, unique, length, name):
    word = unique()
    answer = world.alpha.visit(f"/demo/beta/blob/{length}/{word}/{name}")
    assert answer.status == 200, answer
    assert way(answer) == ("region", "beta")
    assert hashlib.sha256(answer.body).digest() == hashlib.sha256(blob(length, f"{length}/{word}/{name}")).digest()
    assert answer["Content-Length"] == str(length)
    again = world.alpha.visit(f"/demo/beta/blob/{length}/{word}/{name}")
    assert again.body == answer.body and again["ETag"] == answer["ETag"]


def test_a_long_file_streams_through(world, unique):
    """Its beginning is here before home has the rest, and a worker's memory does not hold it."""
    length, word = 96 << 20, unique()
    before = {pid: resident(pid) for pid in world.alpha.workers() + world.beta.workers()}
    sent = world.origin.sent
    connection = http.client.HTTPConnection("127.0.0.1", world.alpha.port, timeout=TOTAL_SECONDS)
    try:
        connection.request("GET", f"/demo/beta/blob/{length}/{word}/a.bin")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.headers["Content-Length"] == str(length)
        digest, count = hashlib.sha256(), 0
        while piece := answer.read(1 << 20):
            if count == 0:
                # Nobody has taken it all: two nginx and two workers hold a part each.
                wait_for(lambda: settled_at(world.origin), what="the buffers to be full")
                assert world.origin.sent - sent < length
            digest.update(piece)
            count += len(piece)
        assert digest.digest() == hashlib.sha256(blob(length, f"{length}/{word}/a.bin")).digest()
    finally:
        connection.close()
    grown = {pid: resident(pid) - was for pid, was in before.items()}
    assert all(more < 48 << 20 for more in grown.values()), grown


def resident(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    raise AssertionError(f"{pid} has no memory")


def settled_at(origin):
    before = origin.sent
    time.sleep(0.3)
    return origin.sent == before


@pytest.mark.parametrize(
    "asked, first, last",
    [
        ("bytes=0-9", 0, 9),
        ("bytes=1000-1999", 1000, 1999),
        (f"bytes={MIDDLE - 1000}-", MIDDLE - 1000, MIDDLE - 1),
        ("bytes=-50", MIDDLE - 50, MIDDLE - 1),
        ("bytes=0-", 0, MIDDLE - 1),
    ],
)
def test_a_range_crosses(world, unique, asked, first, last):
    word = unique()
    path = f"/demo/beta/blob/{MIDDLE}/{word}/a.bin"
    for _ in range(2):
        answer = world.alpha.visit(path, headers={"Range": asked})
        assert answer.status == 206, answer
        assert answer["Content-Range"] == f"bytes {first}-{last}/{MIDDLE}"
        assert answer.body == blob(MIDDLE, f"{MIDDLE}/{word}/a.bin")[first : last + 1]
        assert way(answer) == ("region", "beta")


def test_a_range_that_is_not_there_is_told(world, unique):
    path = f"/demo/beta/blob/{SHORT}/{unique()}/a.bin"
    here, home = (
        region.visit(path, headers={"Range": f"bytes={SHORT}-"}) for region in (world.alpha, world.beta)
    )
    assert here.status == home.status == 416
    assert here["Content-Range"] == home["Content-Range"] == f"bytes */{SHORT}"


def test_conditions_of_clients_are_answered(world, unique):
    path = f"/demo/beta/blob/{SHORT}/{unique()}/a.bin"
    tag = world.alpha.visit(path)["ETag"]
    answer = world.alpha.visit(path, headers={"If-None-Match": tag})
    assert answer.status == 304 and not answer.body
    assert world.alpha.visit(path, headers={"If-None-Match": '"other"'}).status == 200
    part = {"Range": "bytes=5-9"}
    assert world.alpha.visit(path, headers={**part, "If-Range": tag}).status == 206
    assert world.alpha.visit(path, headers={**part, "If-Range": '"other"'}).status == 200


def test_a_head_request_fetches_no_file(world, unique):
    path = f"/demo/beta/blob/{LONG}/{unique()}/a.bin"
    answer = world.alpha.visit(path, method="HEAD")
    assert answer.status == 200 and answer["Content-Length"] == str(LONG) and not answer.body


def test_a_file_that_breaks_off_breaks_off_here(world, unique):
    """No client takes half of it for the whole."""
    def cut(asked, reply):
        reply.body, reply.length = reply.body[: len(reply.body) // 2], len(reply.body)
        return reply

    world.beta.front.forge = cut
    try:
        answer = world.alpha.visit(f"/demo/beta/blob/{LONG}/{unique()}/a.bin")
    except (http.client.IncompleteRead, ConnectionError):
        return
    # Or it was fetched here in time.
    assert answer.status == 200 and len(answer.body) == LONG


@pytest.mark.parametrize("name", ["bound", "beta"])
@pytest.mark.parametrize("where", ["at the origin", "on its way"])
def test_a_file_of_unknown_length_that_breaks_off(world, unique, name, where):
    """The client is not told that it has the whole."""
    word = unique()
    url = f"/demo/{name}/chunked/{MIDDLE}/{word}/a.bin"
    whole = world.alpha.visit(url)
    assert whole.status == 200 and whole.body == blob(MIDDLE, f"{MIDDLE}/{word}/a.bin")
    if where == "at the origin":
        world.origin.missing.add(word)
    else:
        world.beta.front.forge = broken_off
    try:
        answer = world.alpha.visit(url)
    except (http.client.IncompleteRead, ConnectionError):
        return
    # Or nothing of it came, or all of it by another way.
    assert answer.status in (404, 503) or answer.body == whole.body, answer


def broken_off(asked, reply):
    def pieces():
        yield reply.body[: len(reply.body) // 2]
        raise ConnectionError("it breaks off")

    return peer.Reply(reply.status, reply.headers, pieces())


# --- errors


def test_a_404_of_home_is_kept_for_error_age(world, unique):
    word = unique()
    path = f"/demo/beta/tr:w-51,f-png/maybe/{word}/a.jpg"
    world.origin.missing.add(word)
    for _ in range(4):
        answer = world.alpha.visit(path)
        assert answer.status == 404 and answer.error == "ENOENT"
    assert world.origin.count(word) == 1
    assert world.beta.front.count(word) == 1
    world.origin.missing.discard(word)
    answer = wait_for(lambda: (one := world.alpha.visit(path)).status == 200 and one, what="the end of errorAge")
    assert shows(answer, OLD)


def test_a_private_original_needs_a_signature_here_too(world, unique):
    word = unique()
    path = f"/demo/beta/tr:w-52,f-png/private/{word}.jpg"
    for region in (world.alpha, world.beta, world.gamma):
        answer = region.visit(path)
        assert answer.status == 401, answer
    assert world.alpha.visit(f"/demo/signed/doc/{word}/a.jpg").status == 401


@pytest.mark.parametrize(
    "part, status, error",
    [
        ("tr:w-53,f-png/status/403/{word}.jpg", 404, "EACCES"),
        ("tr:w-53,f-png/html/{word}.jpg", 400, "EINVAL"),
        ("tr:what-1/doc/{word}.jpg", 400, "EINVAL"),
        ("tr:w-53,f-png/too-long/{word}.jpg", 400, "ELIMIT"),
        ("tr:w-53,f-png/status/500/{word}.jpg", 404, "UNIDENTIFIED"),
    ],
)
def test_errors_are_those_of_home(world, unique, part, status, error):
    for region in (world.alpha, world.beta):
        answer = region.visit("/demo/beta/" + part.format(word=unique()))
        assert (answer.status, answer.error) == (status, error)


def test_a_poisonous_picture_is_not_made_twice(world, unique):
    """Render processes that die of it at home die nowhere else."""
    path = f"/demo/beta/tr:w-3000,f-avif/noise/{next(NUMBERS)}/{unique()}.jpg"
    here, home = (Difference(region) for region in (world.alpha, world.beta))
    stopped = threading.Event()

    def kill_renders():
        while not stopped.wait(0.3):
            for pid in world.beta.render_processes():
                with contextlib.suppress(ProcessLookupError):
                    kill(pid)

    thread = threading.Thread(target=kill_renders)
    thread.start()
    try:
        answer = world.alpha.visit(path)
    finally:
        stopped.set()
        thread.join()
    # In quarantine there, where both of them had begun with it.
    is_quarantined = (answer.status, answer.error) == (400, "ELIMIT")
    assert is_quarantined or (answer.status == 503 and answer["Retry-After"]), answer
    assert home["apus_renders_total"] > 0 and here["apus_renders_total"] == 0
    wait_for(lambda: world.beta.visit(f"/demo/beta/tr:w-55,f-png/doc/{unique()}/b.jpg").status == 200, what="beta")


# --- what was made once is asked for again


def test_an_old_copy_is_confirmed_without_its_bytes(world, unique):
    """Home has the same bytes still: what is asked for again does not cross again."""
    word, difference = unique(), Difference(world.alpha)
    path = f"/demo/obeys/tr:w-200,f-png/aged/1/{word}/a.jpg"
    first = world.alpha.visit(path)
    assert way(first) == ("region", "beta")
    assert 0 <= control(first)["max-age"] <= 1
    wait_for(lambda: world.beta.front.count(word) > 1 or not world.alpha.visit(path), what="the next question")
    again = world.alpha.visit(path)
    assert again.status == 200 and again.body == first.body and again["ETag"] == first["ETag"]
    wait_for(lambda: difference["apus_region_questions_total", {"result": "unchanged"}] > 0, what="the counter")


def test_what_has_changed_at_home_is_new_here(world, unique):
    word = unique()
    path = f"/demo/obeys/tr:w-56,f-png/aged/1/{word}/a.jpg"
    assert shows(world.alpha.visit(path), OLD)
    world.origin.change(word)
    wait_for(lambda: shows(world.alpha.visit(path), NEW), what="the new picture")


def test_a_copy_here_is_found_by_all_workers_and_costs_home_nothing(world, unique):
    word = unique()
    path = f"/demo/beta/tr:w-57,f-png/doc/{word}/a.jpg"
    world.alpha.visit(path)
    answers = in_parallel(16, lambda number: world.alpha.visit(path))
    assert {answer.cache for answer in answers} == {"redis"}
    assert world.beta.front.count(word) == 1


def test_the_way_is_counted(world, unique):
    here, home = Difference(world.alpha), Difference(world.beta)
    assert world.alpha.visit(f"/demo/beta/tr:w-58,f-png/doc/{unique()}/a.jpg").cache == "region"
    assert here["apus_region_questions_total", {"result": "entry"}] == 1
    assert here["apus_answers_total", {"tier": "region"}] == 1
    assert home["apus_region_questions_total"] == home["apus_answers_total", {"tier": "region"}] == 0
