"""While a home region is away, its work is done where it is asked for, and costs no more than at home."""

import time

import pytest

from changing_origin import OLD, shows
from instance import wait_for
from regions import path, way
from sites import in_parallel


@pytest.fixture(scope="module", autouse=True)
def outage(world):
    """Beta is away, and only to others."""
    world.settle()
    assert world.alpha.visit("/demo/beta/blob/300000/kept/a.bin").status == 200
    assert way(world.alpha.visit(path("beta", "kept"))) == ("region", "beta")
    world.beta.front.set_mode("refuse")
    yield
    world.beta.front.heal()


def test_what_is_new_is_made_here(world, unique):
    word, made = unique(), world.alpha.made()
    assert way(world.alpha.visit(path("beta", word))) == ("render", "alpha")
    answer = world.alpha.visit(path("beta", word))
    assert shows(answer, OLD) and way(answer) == ("redis", "alpha")
    assert answer["Cache-Control"] == "public, s-maxage=15552000, max-age=15552000, must-revalidate"
    assert answer["x-apus-stale"] is None
    assert made() == 1


def test_what_was_kept_is_there(world):
    assert way(world.alpha.visit(path("beta", "kept"))) == ("redis", "beta")


def test_nobody_waits_for_it(world, unique):
    def is_quick():
        began = time.monotonic()
        answers = [world.alpha.visit(path("beta", unique())) for _ in range(10)]
        assert all(way(answer) == ("render", "alpha") for answer in answers)
        return time.monotonic() - began < 2

    wait_for(is_quick, 30, what="quick answers")


def test_only_this_home_is_passed_by(world, unique):
    for _ in range(8):
        assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
        assert way(world.alpha.visit(path("gamma", unique()))) == ("region", "gamma")
        assert way(world.gamma.visit(path("alpha", unique()))) == ("region", "alpha")
        # It is cut off for nobody that asks it itself.
        assert way(world.beta.visit(path("beta", unique()))) == ("render", "beta")
        assert way(world.beta.visit(path("alpha", unique()))) == ("region", "alpha")


def test_a_file_is_fetched_here(world):
    url = "/demo/beta/blob/300000/kept/a.bin"
    first = world.beta.visit(url)
    for _ in range(6):
        answer = world.alpha.visit(url)
        assert answer.status == 200 and answer.body == first.body
    part = world.alpha.visit(url, headers={"Range": "bytes=5-14"})
    assert part.status == 206 and part.body == first.body[5:15]


def test_one_fetch_per_region(world, unique):
    """The flight is one here too when it ends here."""
    word = unique()
    world.origin.open_later(word, 0.5)
    url = f"/demo/beta/tr:w-33,f-png/waiting/{word}/a.jpg"
    answers = in_parallel(30, lambda number: world.alpha.visit(url))
    assert all(shows(answer, OLD) for answer in answers), answers
    assert world.origin.count(word) == 1


def test_all_regions_go_on(world, unique):
    word = unique()
    answers = [region.visit(path("beta", word)) for region in world]
    assert [answer["x-apus-region"] for answer in answers] == ["alpha", "beta", "gamma"]
    assert all(shows(answer, OLD) for answer in answers)
    assert world.origin.count(word) == 3


def test_errors_are_made_here_too(world, unique):
    word = unique()
    world.origin.missing.add(word)
    for _ in range(2):
        assert world.alpha.visit(f"/demo/beta/tr:w-40/maybe/{word}/a.jpg").status == 404
    assert world.origin.count(word) == 1
    assert world.alpha.visit(f"/demo/beta/tr:w-40/private/{unique()}.jpg").status == 401
    assert world.alpha.visit(f"/demo/beta/tr:what-1/doc/{unique()}.jpg").status == 400
