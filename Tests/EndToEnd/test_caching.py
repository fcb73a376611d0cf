"""Shared variants, single flights, and a Redis that is away, slow or full."""

import os
import signal
import time

import pytest

from instance import Instance, kill
from pictures import colour_at, is_near, shows_quadrants
from sites import in_parallel

WEBP = "image/webp"
# One Accept header for each entry that the edge cache may have of a URL.
BUCKETS = (None, WEBP, "image/avif", "image/avif,image/webp")


def test_a_variant_is_shared_through_redis(apus, origin, unique):
    # Another Accept bucket is another entry of the edge cache, but with an explicit format the same variant.
    word = unique()
    path = f"/demo/web/tr:w-140,f-jpg/ok/{word}.jpg"
    first = apus.get(path)
    second = apus.get(path, accept=WEBP)
    assert (first.cache, second.cache) == ("render", "redis")
    assert second.body == first.body and second["ETag"] == first["ETag"]
    assert origin.count(word) == 1


def test_all_workers_see_it(apus, unique):
    path = f"/demo/web/tr:w-141,f-jpg/ok/{unique()}.jpg"
    caches = [apus.get(path, accept=accept).cache for accept in BUCKETS]
    assert caches == ["render", "redis", "redis", "redis"]


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.long)])
def test_many_requests_for_one_cold_variant_cost_one_fetch_and_one_render(own_apus, origin, unique, count):
    instance = own_apus("flight", workers={"processes": 1, "slots": 256, "renders": 2})
    word = unique()
    # Four edge entries and one variant, so that the worker's own flight is tried too.
    path = f"/demo/web/tr:w-142,f-jpg/slow/0.5/{word}.jpg"
    answers = in_parallel(count, lambda number: instance.get(path, accept=BUCKETS[number % 4]))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert origin.count(word) == 1
    assert sum(answer.cache == "render" for answer in answers) <= 4


def test_many_sizes_of_one_cold_original_cost_one_fetch(own_apus, origin, unique):
    instance = own_apus("original", workers={"processes": 1, "slots": 256, "renders": 2})
    word = unique()
    answers = in_parallel(50, lambda number: instance.get(f"/demo/web/tr:w-{100 + number},f-jpg/slow/0.5/{word}.jpg"))
    assert {answer.status for answer in answers} == {200}
    assert [answer.picture().width for answer in answers] == list(range(100, 150))
    assert origin.count(word) == 1


def test_everyone_gets_their_own_picture(apus, unique):
    word = unique()
    # Fewer at once than a quarter of one worker's slots: more may not fetch from one origin.
    colours = [(number * 40 % 256, number * 90 % 256, number * 150 % 256) for number in range(14)]

    def ask(number):
        name = "%02X%02X%02X" % colours[number]
        return apus.get(f"/demo/web/tr:w-50,f-png/colour/{name}/{word}.jpg")

    for number, answer in enumerate(in_parallel(len(colours), ask)):
        assert answer.status == 200
        assert is_near(colour_at(answer.picture(), 0.5, 0.5), colours[number], tolerance=6)


def test_two_accounts_with_the_same_path_are_kept_apart(apus, folder):
    (folder / "same.png").write_bytes((folder / "tiny.png").read_bytes())
    (folder / "folder" / "same.png").write_bytes((folder / "quadrants.png").read_bytes())
    assert apus.get("/demo/tr:f-png/same.png").picture().size == (1, 1)
    assert apus.get("/second/tr:f-png/same.png").picture().size == (640, 480)


def test_an_error_is_kept_for_a_short_time_only(apus, origin, eventually, unique):
    word = unique()
    path = f"/demo/web/flaky/{word}.jpg"
    origin.broken.set()
    try:
        assert apus.get(path).status == 404
        apus.get(path)
        apus.get(path, accept=WEBP)
        assert origin.count(word) <= 2
    finally:
        origin.broken.clear()
    answer = eventually(lambda: (found := apus.get(path)).status == 200 and found, what="the origin's recovery")
    assert shows_quadrants(answer.picture())


def test_every_variant_in_redis_has_an_expiry(apus):
    apus.get("/demo/tr:w-143,f-jpg/quadrants.jpg")
    # Purges are kept for good.
    keys = [key for key in apus.redis("--scan").split() if not key.endswith(":purges")]
    assert keys
    for key in keys:
        assert int(apus.redis("TTL", key)) != -1, key


def test_a_redis_that_is_killed_costs_nothing_and_comes_back(own_apus, eventually, unique):
    instance = own_apus("redis")
    before = instance.pid("redis")
    kill(before)
    for number in range(20):
        assert instance.get(f"/demo/tr:w-{150 + number}/quadrants.jpg").status == 200
    eventually(lambda: instance.redis("PING") == "PONG" and instance.pid("redis") != before, what="Redis' return")

    def shared_again():
        path = f"/demo/web/tr:w-100,f-jpg/ok/{unique()}.jpg"
        return instance.get(path).status == 200 and instance.get(path, accept=WEBP).cache == "redis"

    eventually(shared_again, what="variants in Redis again")


def test_a_redis_that_hangs_slows_nothing_down(own_apus):
    instance = own_apus("hanging")
    pid = instance.pid("redis")
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        for number in range(10):
            assert instance.get(f"/demo/tr:w-{180 + number}/quadrants.jpg").status == 200
        assert time.monotonic() - started < 20
        assert instance.get("/_apus/live").status == 200
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lfu"])
def test_a_full_redis_fails_no_request(own_apus, policy):
    instance = own_apus("full")
    instance.redis("CONFIG", "SET", "maxmemory-policy", policy)
    instance.redis("CONFIG", "SET", "maxmemory", "1")
    for number in range(10):
        assert instance.get(f"/demo/tr:w-{200 + number}/quadrants.jpg").status == 200


def test_foreign_bytes_in_redis_are_not_served(own_apus, unique):
    instance = own_apus("foreign")
    path = f"/demo/web/tr:w-144,f-jpg/ok/{unique()}.jpg"
    good = instance.get(path)
    keys = instance.redis("--scan").split()
    assert keys
    for key in keys:
        instance.redis("SET", key, "not what was stored here")
    again = instance.get(path, accept=WEBP)
    assert again.status == 200
    assert again.body == good.body
    for key in keys:
        instance.redis("DEL", key)
        instance.redis("LPUSH", key, "of another type")
    assert instance.get(path, accept="image/avif").body == good.body


def test_a_configured_redis_is_used_instead_of_an_own_one(own_apus, configure, workplace):
    giver = own_apus("giver")
    folder = (giver.state / "socket-folder").read_text().strip()
    taker = Instance(configure("taker", redis={"url": f"unix://{folder}/redis.sock"}), workplace / "taker")
    taker.up()
    try:
        assert not (taker.state / "redis.pid").exists()
        path = "/demo/tr:w-145,f-jpg/quadrants.jpg"
        assert giver.get(path).cache == "render"
        # The same account, original and plan: what one made, the other finds.
        assert taker.get(path).cache == "redis"
    finally:
        taker.down()
