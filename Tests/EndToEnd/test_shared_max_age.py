"""`cache.sharedMaxAge`: what a CDN is told, from every tier, and nobody else."""

import pytest

from sites import control, running

MAX_AGE, SHARED = 3600, 120
KEPT = {"public": True, "s-maxage": SHARED, "max-age": MAX_AGE, "must-revalidate": True}


@pytest.fixture(scope="module")
def site(workplace):
    cache = {"maxAge": f"{MAX_AGE}s", "sharedMaxAge": f"{SHARED}s", "edgeAge": "10s", "errorAge": "30s"}
    with running(workplace, "shared-age", 1, cache=cache) as (_, sites):
        yield sites[0]


def test_every_tier_tells_it(site):
    site.origin.put("tiers.jpg")
    path = site.path("tiers.jpg", kind="plain")
    first, second = site.visit(path), site.visit(path)
    assert (first.cache, second.cache) == ("render", "redis")
    edge = [site.instance.get(path) for _ in range(2)][1]
    assert edge.cache == "edge"
    unchanged = site.visit(path, headers={"If-None-Match": first["ETag"]})
    head = site.visit(path, method="HEAD")
    assert (unchanged.status, head.status) == (304, 200)
    for answer in (first, second, edge, unchanged, head):
        assert control(answer) == KEPT, answer["Cache-Control"]


def test_an_original_as_it_is_tells_it(site):
    site.origin.put("whole.jpg")
    answer = site.visit(site.path("whole.jpg", kind="plain", steps="orig-true"))
    assert (answer.status, answer.cache) == (200, "origin")
    assert control(answer) == KEPT, answer["Cache-Control"]


def test_an_origin_that_is_obeyed_keeps_its_word(site):
    site.origin.put("obeyed.jpg", cache_control="s-maxage=300, max-age=100")
    told = control(site.get("obeyed.jpg"))
    assert 240 <= told["s-maxage"] <= 300 and 40 <= told["max-age"] <= 100
    site.origin.put("silent.jpg")
    assert control(site.get("silent.jpg")) == KEPT


def test_an_error_says_nothing_of_it(site):
    answer = site.get("missing.jpg", kind="plain")
    assert answer.status == 404 and answer["Cache-Control"] == "public, max-age=30"
