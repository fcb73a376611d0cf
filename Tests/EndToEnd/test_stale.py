"""An origin that is away: what is old is better than nothing, is marked as such, and goes when it is back."""

import itertools
import os
import signal
import time

import pytest
from imagekitio import ImageKit

from conftest import PRIVATE_KEY
from instance import is_alive, wait_for
from scripted_origin import FIRST, SECOND
from sites import control, in_parallel, metric, running, shows

# Lifetime of everything here where the origin has no say.
MAX_AGE = 2
# An old copy is given to nobody for longer.
SHORT_AGE = 10
# What an answer may take while its origin says nothing, on a busy machine; far below one that nobody bounds.
QUICK_SECONDS = 10
AWAY = ("refuse", "hang", "503")


@pytest.fixture(scope="module")
def running_instance(workplace):
    cache = {"maxAge": f"{MAX_AGE}s", "edgeAge": "1s", "errorAge": "2s"}
    with running(workplace, "stale", 25, cache=cache) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture
def site(running_instance):
    """Of each test alone: its origin goes away."""
    site = next(running_instance[1])
    yield site
    site.origin.set_mode(None)


_names = itertools.count(1)


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"


def stale(answer):
    return answer["x-apus-stale"] == "true"


def asked(site, name, kind="plain", **options):
    """One answer, with how long it took."""
    started = time.monotonic()
    answer = site.get(name, kind, **options)
    return answer, time.monotonic() - started


def until_stale(site, name, kind="plain"):
    """Asks until the variant is old and its origin found away; no answer may be worse than old."""

    def look():
        answer = site.get(name, kind)
        assert answer.status == 200, answer
        return stale(answer) and answer

    return wait_for(look, what="an old answer")


# --- Away and back


@pytest.mark.parametrize("way", ["refuse", "503", pytest.param("hang", marks=pytest.mark.long)])
def test_an_origin_that_is_away_makes_answers_old_and_not_errors(apus, site, name, way):
    site.origin.put(name, FIRST, etag='"v1"')
    first = site.get(name, "plain")
    assert (first.status, first.cache, stale(first)) == (200, "render", False)
    site.origin.set_mode(way)
    old = until_stale(site, name)
    assert old.body == first.body and old["ETag"] == first["ETag"]
    told = control(old)
    assert told["max-age"] <= SHORT_AGE and told.get("s-maxage", 0) <= SHORT_AGE
    for _ in range(5):
        answer, seconds = asked(site, name)
        assert answer.status == 200 and stale(answer) and answer.body == first.body
        assert seconds < QUICK_SECONDS
    # Whoever has the same bytes is told by nginx to go on with them, and no longer than everybody else.
    same = site.get(name, "plain", headers={"If-None-Match": first["ETag"]})
    assert same.status in (200, 304) and stale(same) and control(same)["max-age"] <= SHORT_AGE
    assert metric(apus, "apus_stale_answers_total") > 0
    site.origin.put(name, SECOND, etag='"v2"')
    site.origin.set_mode(None)
    fresh = wait_for(
        lambda: shows(answer := site.get(name, "plain"), SECOND) and answer, seconds=60, what="the new picture"
    )
    assert not stale(fresh) or wait_for(lambda: not stale(site.get(name, "plain")), what="a fresh answer")


@pytest.mark.parametrize("way", AWAY)
def test_without_a_copy_there_is_an_error_and_it_passes(site, name, way):
    site.origin.set_mode(way)
    answer, seconds = asked(site, name)
    expected = {"refuse": "ECONNREFUSED", "hang": "ETIMEDOUT", "503": "UNIDENTIFIED"}[way]
    assert (answer.status, answer.error) == (404, expected)
    assert seconds < QUICK_SECONDS
    assert control(answer)["max-age"] <= 2
    site.origin.put(name)
    site.origin.set_mode(None)
    wait_for(lambda: site.get(name, "plain").status == 200, seconds=60, what="the origin's return")


def test_another_variant_of_an_original_that_is_away_is_an_error(site, name):
    """Only what exists can be served old; the error of one variant takes nothing from the other."""
    site.origin.put(name)
    assert site.get(name, "plain").status == 200
    site.origin.set_mode("503")
    until_stale(site, name)
    assert site.get(name, "plain", steps="w-77,f-png").status == 404
    assert stale(site.get(name, "plain"))


def test_the_end_is_the_origin_s_no(site, name):
    """404 is an answer, so what was made of it goes, and is not there when the origin goes away afterwards."""
    site.origin.put(name)
    assert site.get(name, "plain").status == 200
    site.origin.remove(name)
    gone = wait_for(lambda: (answer := site.get(name, "plain")).status != 200 and answer, what="the end")
    assert (gone.status, gone.error) == (404, "ENOENT")
    site.origin.set_mode("503")
    wait_for(lambda: site.get(name, "plain").error == "UNIDENTIFIED", what="the origin's absence")
    for _ in range(3):
        assert site.get(name, "plain").status == 404


# --- What the origin says of it


@pytest.mark.parametrize(
    "said",
    [
        "max-age=1, must-revalidate",
        "max-age=1, proxy-revalidate",
        "no-cache",
        "s-maxage=1",
        "max-age=1, stale-if-error=0",
    ],
)
def test_who_forbids_old_copies_gets_errors_instead(site, name, said):
    site.origin.put(name, cache_control=said)
    assert site.get(name).status == 200
    site.origin.set_mode("503")

    def look():
        answer = site.get(name)
        assert not stale(answer)
        return answer.status != 200 and answer

    assert wait_for(look, what="an error").status == 404
    site.origin.set_mode(None)
    wait_for(lambda: site.get(name).status == 200, seconds=60, what="the origin's return")


def test_stale_if_error_ends(site, name):
    site.origin.put(name, cache_control="max-age=1, stale-if-error=2")
    assert site.get(name).status == 200
    site.origin.set_mode("503")
    seen = set()

    def look():
        answer = site.get(name)
        seen.add((answer.status, stale(answer)))
        return answer.status == 404

    wait_for(look, what="the end of the old copy")
    assert (200, True) in seen


def test_a_purged_copy_is_not_served_old(apus, site, name):
    site.origin.put(name)
    assert site.get(name, "plain").status == 200
    site.origin.set_mode("503")
    until_stale(site, name)
    client = ImageKit(private_key=PRIVATE_KEY, base_url=apus.base)
    purge = client.cache.invalidation.create(url=apus.base + f"/demo/plain{site.number}/page/{name}")
    wait_for(
        lambda: client.cache.invalidation.get(purge.request_id).status == "Completed", seconds=60, what="the purge"
    )
    for _ in range(5):
        assert site.get(name, "plain").status == 404
        assert apus.get(site.path(name, "plain")).status == 404


# --- The breaker


@pytest.mark.long
def test_a_silent_origin_is_not_asked_by_every_request(apus, site, name):
    """Two workers, each with a breaker of its own that opens after some failures in a row."""
    openings = metric(apus, "apus_origin_breaker_openings_total")
    site.origin.set_mode("hang")
    asked_before = wait_for(lambda: opened(apus, site, openings), seconds=90, what="the breakers to open")
    for number in range(60):
        assert site.get(f"{name}-{number}", "plain").status == 404
    # One at a time and worker finds out whether it is back.
    assert site.origin.count(name) < 20, asked_before
    site.origin.put("back.jpg")
    site.origin.set_mode(None)
    wait_for(lambda: site.get("back.jpg", "plain").status == 200, seconds=60, what="the origin's return")


def opened(apus, site, openings):
    """Asks for something else until both workers have had enough; returns how often the origin was asked for that."""
    in_parallel(24, lambda number: site.get(f"first{time.monotonic()}-{number}", "plain"))
    return metric(apus, "apus_origin_breaker_openings_total") >= openings + 2 and site.origin.count("first")


def test_one_that_fails_does_not_close_the_way_to_another(running_instance, site, name):
    other = next(running_instance[1])
    other.origin.put(name)
    site.origin.set_mode("503")
    in_parallel(10, lambda number: site.get(f"{name}-{number}", "plain"))
    assert other.get(name, "plain").status == 200


# --- Background refresh


def test_old_and_being_renewed_is_for_a_short_time_only(apus, site, name):
    site.origin.put(name, cache_control="max-age=1, stale-while-revalidate=600")
    site.get(name)
    site.origin.delay = 2
    told = wait_for(
        lambda: (control(answer := site.get(name)).get("must-revalidate")) and control(answer), what="an old answer"
    )
    assert told["max-age"] <= SHORT_AGE


def test_a_refresh_that_fails_leaves_the_old_one(apus, site, name):
    site.origin.put(name, FIRST, cache_control="max-age=1, stale-while-revalidate=600, stale-if-error=600")
    assert shows(site.get(name), FIRST)
    site.origin.set_mode("503")
    before = metric(apus, "apus_background_refreshes_total", result="failed")

    def look():
        answer = site.get(name)
        assert answer.status == 200 and shows(answer, FIRST)
        return metric(apus, "apus_background_refreshes_total", result="failed") > before

    wait_for(look, what="a refresh that failed")


# --- nginx


def test_nginx_shows_nothing_old_by_itself(apus, site, name):
    """Its copy of a stale answer is stale too, and what no worker can confirm is an error."""
    path = site.path(name, "plain")
    site.origin.put(name)
    assert apus.get(path).cache == "render"
    site.origin.set_mode("503")
    seen = []

    def look():
        answer = apus.get(path)
        seen.append((answer.cache, stale(answer)))
        return stale(answer) and answer.cache == "edge"

    wait_for(look, what="an old answer from the edge cache")
    # Once old, always old: no copy in nginx lies about it.
    first = next(index for index, (_, is_stale) in enumerate(seen) if is_stale)
    assert all(is_stale for _, is_stale in seen[first:]), seen


def test_nginx_answers_with_an_error_where_no_worker_is_left(own_apus, unique):
    """With a copy in its cache that it would have to have confirmed."""
    instance = own_apus("workerless")
    path = f"/demo/web/tr:w-41/ok/{unique()}.jpg"
    assert instance.get(path).status == 200
    assert wait_for(lambda: instance.get(path).cache == "edge", what="a copy in nginx")
    supervisor = instance.pid("apus")
    os.kill(supervisor, signal.SIGTERM)
    wait_for(lambda: not is_alive(supervisor), what="the workers' end")
    refused = wait_for(lambda: (answer := instance.get(path)).cache != "edge" and answer, what="the copy's end")
    assert (refused.status, refused["Cache-Control"]) == (503, "no-store")
    assert refused["Retry-After"]
