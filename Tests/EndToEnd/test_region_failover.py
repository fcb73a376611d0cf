"""A home region that is away, slow or refuses is passed by, and asked again when it is well: no request fails."""

import signal
import threading
import time

import pytest

import regions
from changing_origin import OLD, shows
from instance import kill, wait_for
from load import Load
from regions import RETURN_SECONDS, TOTAL_SECONDS, path, total, way
from sites import in_parallel


pytestmark = pytest.mark.usefixtures("healed_world")


@pytest.mark.parametrize(
    "mode", ["503", *[pytest.param(mode, marks=pytest.mark.long) for mode in ("refuse", "reset", "hang")]]
)
def test_a_home_that_is_away_is_passed_by(world, unique, mode):
    kept, word = unique(), unique()
    assert way(world.alpha.visit(path("beta", kept))) == ("region", "beta")
    world.beta.front.set_mode(mode)
    for number in range(12):
        began = time.monotonic()
        answer = world.alpha.visit(path("beta", word, 40 + number))
        assert time.monotonic() - began < TOTAL_SECONDS + 1
        assert shows(answer, OLD) and way(answer) == ("render", "alpha")
        assert answer["x-apus-stale"] is None
    # What was kept is still there, from either region.
    assert way(world.alpha.visit(path("beta", kept))) == ("redis", "beta")
    assert way(world.alpha.visit(path("beta", word))) == ("redis", "alpha")
    assert total(world.alpha, "apus_region_bypasses_total") >= 12


def test_a_slow_home_is_passed_by_in_time(world, unique):
    world.beta.front.delay = TOTAL_SECONDS + 2
    began = time.monotonic()
    answer = world.alpha.visit(path("beta", unique()))
    assert shows(answer, OLD) and way(answer) == ("render", "alpha")
    assert time.monotonic() - began < TOTAL_SECONDS + 1


def test_it_goes_back_when_home_is_well(world, unique):
    world.beta.front.set_mode("refuse")
    assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
    world.beta.front.set_mode(None)
    answer = wait_for(
        lambda: (one := world.alpha.visit(path("beta", unique()))).cache == "region" and one,
        RETURN_SECONDS, "home's return",
    )
    assert way(answer) == ("region", "beta")


def test_an_outage_in_one_direction(world, unique):
    """Alpha's requests do not reach beta, and all others do."""
    world.beta.front.deaf_to = {"alpha"}
    assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
    assert way(world.gamma.visit(path("beta", unique()))) == ("region", "beta")
    assert way(world.beta.visit(path("alpha", unique()))) == ("region", "alpha")


def test_many_at_once_when_home_falls(world, unique):
    """Questions that are on their way break off, and are answered here."""
    word = unique()
    world.beta.front.delay = 1
    answers = []

    def ask(number):
        answers.append(world.alpha.visit(path("beta", word, 40 + number)))

    thread = threading.Thread(target=in_parallel, args=(20, ask))
    thread.start()
    wait_for(lambda: world.beta.front.count(word) >= 5, what="the questions")
    world.beta.front.set_mode("refuse")
    thread.join()
    assert all(shows(answer, OLD) for answer in answers), answers
    assert len(answers) == 20


# --- whole regions


def mixed(word):
    """New pictures of all homes, and some that are kept."""
    def url(number):
        home = regions.NAMES[number % 3]
        return path(home, f"{word}/{number // 60}", 30 + number % 60)

    return url


@pytest.mark.long
def test_no_request_fails_when_a_region_vanishes(world, unique):
    """Killed as by a power cut, in the middle of the load; then it comes back."""
    with Load(world.alpha.port, mixed(unique()), 6) as here, Load(world.gamma.port, mixed(unique()), 4) as there:
        progress((here, there), 60)
        world.beta.kill_all()
        world.beta.front.set_mode("refuse")
        progress((here, there), 150)
        world.beta.front.set_mode(None)
        world.beta.up()
        progress((here, there), 150)
    assert here.failed == there.failed == 0, (here.outcomes, there.outcomes)
    world.settle("alpha", "beta")


def progress(loads, requests, seconds=60):
    goals, end = [load.done + requests for load in loads], time.monotonic() + seconds
    while any(load.done < goal for load, goal in zip(loads, goals)):
        assert time.monotonic() < end, [load.outcomes for load in loads]
        time.sleep(0.05)


@pytest.mark.long
@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["the same", "another number of workers"])
def test_a_region_is_replaced_without_a_failed_request(world, unique, options):
    with Load(world.beta.port, mixed(unique()), 4) as home, Load(world.alpha.port, mixed(unique()), 4) as here:
        progress((home, here), 40)
        world.beta.up(*options)
        progress((home, here), 60)
        world.alpha.up(*options)
        progress((home, here), 60)
    assert home.failed == here.failed == 0, (home.outcomes, here.outcomes)


def test_a_replaced_home_is_asked_all_the_time(world, unique):
    """Its workers are renewed under the questions: none fails, and few are passed by."""
    word, made = unique(), world.alpha.made()
    with Load(world.alpha.port, lambda number: path("beta", f"{word}/{number // 60}", 30 + number % 60), 3) as load:
        progress((load,), 20)
        world.beta.up()
        progress((load,), 40)
    assert load.failed == 0, load.outcomes
    assert made() <= load.done / 2


@pytest.mark.long
def test_home_comes_back_without_a_stampede(world, unique):
    """What was made here meanwhile is not asked for anew; what is new is asked for once, and more and more of it."""
    word = unique()
    world.beta.front.set_mode("refuse")
    assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
    kept = [path("beta", f"{word}/kept", 40 + number) for number in range(40)]
    for one in kept:
        assert way(world.alpha.visit(one))[1] == "alpha"
    world.beta.front.set_mode(None)
    with Load(world.alpha.port, lambda number: path("beta", f"{word}/{number // 60}", 30 + number % 60), 8) as load:
        world.settle("alpha", "beta")
        progress((load,), 40)
    assert load.failed == 0, load.outcomes
    assert world.beta.front.count(f"{word}/kept") == 0
    asked = [one.fields["path"] for one in world.beta.front.asked if one.call == "ask" and word in one.fields["path"]]
    assert len(asked) == len(set(asked)), "asked for twice"
    assert all(way(world.alpha.visit(one))[1] == "alpha" for one in kept[:5])


@pytest.mark.long
def test_a_home_that_stands_still_is_passed_by(world, unique):
    """Its nginx takes the requests, and no worker reads them."""
    workers = world.beta.workers()
    world.beta.front.unsettle()
    for pid in workers:
        kill(pid, signal.SIGSTOP)
    try:
        with Load(world.alpha.port, mixed(unique()), 4) as load:
            progress((load,), 60)
        assert load.failed == 0, load.outcomes
        assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
    finally:
        for pid in workers:
            kill(pid, signal.SIGCONT)


def test_a_busy_home_sheds_and_nobody_fails(world, unique):
    """More than home has places for: what it does not take is made here."""
    word = unique()
    world.origin.open_later(word, 1)
    answers = in_parallel(
        60, lambda number: world.alpha.visit(f"/demo/beta/tr:w-33,f-png/waiting/{word}/{number}.jpg")
    )
    assert {answer.status for answer in answers} <= {200, 503}
    assert sum(answer.status == 200 for answer in answers) >= 16
