"""Regions whose clocks are wrong: they understand each other, keep what they get for its time, and purge."""

import contextlib
import time

import pytest

import peer
import purging
import regions
from changing_origin import NEW, OLD, shows
from instance import wait_for
from regions import SECRET, way
from sites import control
from test_clock import Clock, served_with

LIFETIME = 15552000


@pytest.fixture(scope="module")
def world_and_clock(workplace):
    # The library makes every look at the clock slow.
    timeouts = {"total": "10s", "connect": "1s", "firstByte": "6s", "stall": "4s", "render": "8s", "redis": "1s"}
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(regions.running(workplace, "clocks", names=("alpha", "beta"), timeouts=timeouts))
        clock = Clock(workplace / "clock-of-beta")
        stack.enter_context(served_with(clock, world.beta))
        yield world, clock


@pytest.fixture
def world(world_and_clock):
    return world_and_clock[0]


@pytest.fixture(
    scope="module",
    params=[-200, *[pytest.param(seconds, marks=pytest.mark.long) for seconds in (200, 4000, -4000)]],
    ids=lambda seconds: f"{seconds:+}s",
)
def wrong_by(request, world_and_clock):
    """Beta's clock. An exchange finds out."""
    world, clock = world_and_clock
    set_clock(world, clock, request.param)
    world.settle()
    yield request.param
    set_clock(world, clock, 0)
    world.settle()


def set_clock(world, clock, seconds):
    """Of the whole of beta."""
    # More than a request may be off: until the next exchange nobody is asked.
    if abs(seconds - world.beta.front.ahead) > 300:
        for region in world:
            region.front.unsettle()
    clock.set(f"{seconds:+}")
    world.beta.front.ahead = seconds


def test_a_home_whose_clock_is_wrong(world, wrong_by, unique):
    """Asked and kept as ever, and for as long as ever."""
    word = unique()
    path = f"/demo/beta/tr:w-40,f-png/doc/{word}/a.jpg"
    first = world.alpha.visit(path)
    assert shows(first, OLD) and way(first) == ("region", "beta")
    for _ in range(3):
        again = world.alpha.visit(path)
        assert way(again) == ("redis", "beta") and again.body == first.body
        assert again["x-apus-stale"] is None
        assert LIFETIME - 60 <= control(again)["max-age"] <= LIFETIME
    assert world.alpha.get(path).cache == "redis" and world.alpha.get(path).cache == "edge"
    assert world.beta.front.count(word) == 1 and world.origin.count(word) == 1


def test_what_is_good_for_seconds_is_so_for_seconds(world, wrong_by, unique):
    word = unique()
    path = f"/demo/obeys/tr:w-40,f-png/aged/2/{word}/a.jpg"
    answer = world.alpha.visit(path)
    assert shows(answer, OLD) and way(answer) == ("region", "beta")
    assert 0 <= control(answer)["max-age"] <= 3
    world.origin.change(word)
    began = time.monotonic()
    wait_for(lambda: shows(world.alpha.visit(path), NEW), 12, "the end of its time")
    assert time.monotonic() - began < 8


def test_the_other_way_round(world, wrong_by, unique):
    """The one with the wrong clock asks."""
    word = unique()
    path = f"/demo/alpha/tr:w-40,f-png/doc/{word}/a.jpg"
    assert way(world.beta.visit(path)) == ("region", "alpha")
    for _ in range(3):
        again = world.beta.visit(path)
        assert way(again) == ("redis", "alpha")
        assert LIFETIME - 60 <= control(again)["max-age"] <= LIFETIME
    assert world.alpha.front.count(word) == 1


@pytest.mark.long
def test_purges_go_both_ways(world, wrong_by, unique):
    words = {region.name: unique() for region in world}
    paths = {name: f"/demo/beta/tr:w-40,f-png/doc/{word}/a.jpg" for name, word in words.items()}
    for path in paths.values():
        for region in world:
            assert shows(region.get(path), OLD)
    ids = []
    for region in world:
        world.origin.change(words[region.name])
        url = f"{region.base}/demo/beta/doc/{words[region.name]}/*"
        ids.append((region, purging.accept(region, url=url)))
    for region, request_id in ids:
        purging.wait_until_completed(region, request_id)
    for path in paths.values():
        for region in world:
            assert shows(region.get(path), NEW) and shows(region.visit(path), NEW)
            assert region.get(path)["x-apus-stale"] is None


def test_a_404_is_kept_for_its_time(world, wrong_by, unique):
    word = unique()
    path = f"/demo/beta/tr:w-40,f-png/maybe/{word}/a.jpg"
    world.origin.missing.add(word)
    assert [world.alpha.visit(path).status for _ in range(3)] == [404] * 3
    assert world.origin.count(word) == 1
    world.origin.missing.discard(word)
    wait_for(lambda: shows(world.alpha.visit(path), OLD), 10, "the end of errorAge")


@pytest.mark.long
@pytest.mark.parametrize("seconds", [4000, -4000])
def test_a_clock_that_jumps(world_and_clock, unique, seconds):
    """By more than a request may be off. Whoever makes them then, the pictures are right, and kept for their time."""
    world, clock = world_and_clock
    set_clock(world, clock, seconds)
    try:
        for asked, home in ((world.alpha, "beta"), (world.beta, "alpha")):
            for number in range(3):
                path = f"/demo/{home}/tr:w-40,f-png/doc/{unique()}/{number}.jpg"
                for tiers in (("region", "render"), ("redis",)):
                    answer = asked.visit(path)
                    assert shows(answer, OLD) and answer.cache in tiers, (answer, way(answer))
                    assert LIFETIME - 60 <= control(answer)["max-age"] <= LIFETIME
    finally:
        set_clock(world, clock, 0)
    world.settle()


@pytest.mark.long
def test_a_home_that_tells_a_wrong_time_once(world, unique):
    """A proven answer whose clock is years away: the picture is right all the same, and does not stay for ever."""

    def lie(asked, reply):
        return reply.proven_anew(SECRET, asked.nonce, now=int(reply.head["now"]) + 10 * 365 * 86400 * 1000)

    path = f"/demo/beta/tr:w-40,f-png/doc/{unique()}/a.jpg"
    world.beta.front.forge = lie
    try:
        for _ in range(2):
            answer = world.alpha.visit(path)
            assert answer.status == 200 and shows(answer, OLD)
            assert 0 <= control(answer)["max-age"] <= LIFETIME
    finally:
        world.beta.front.heal()


def test_a_sender_whose_clock_nobody_knows(world, unique):
    """A first request of a region with another clock is refused, and its exchange tells it the time."""
    beta = peer.Peer("beta", SECRET)
    late = round((time.time() + 4000) * 1000)
    fields = beta.question("alpha", f"/demo/alpha/tr:w-40/doc/{unique()}/a.jpg", time=late)
    assert beta.ask(world.alpha.port, fields).refusal == "clock"
