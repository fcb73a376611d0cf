"""How long an answer is kept, and by whom: what the origin says where the URL endpoint obeys it, in every tier."""

import hashlib
import hmac
import itertools
import time

import pytest

from conftest import PRIVATE_KEY
from instance import wait_for
from scripted_origin import FIRST, SECOND, http_date
from sites import control, in_parallel, renders, running, shows

MAX_AGE = 3600
# How much time may pass between two looks at a clock.
SLACK = 20
WEBP = "image/webp"


@pytest.fixture(scope="module")
def running_instance(workplace):
    cache = {"maxAge": f"{MAX_AGE}s", "edgeAge": "1s", "errorAge": "2s"}
    with running(workplace, "lifetimes", 3, cache=cache) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture(scope="module")
def shared(running_instance):
    """A site whose origin is never away."""
    return next(running_instance[1])


@pytest.fixture
def site(running_instance):
    return next(running_instance[1])


_names = itertools.count(1)


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"


def about(expected, value):
    return expected - SLACK <= value <= expected


def kept(age, **more):
    return {"public": True, "s-maxage": age, "max-age": age, **more}


# --- What clients are told, and whether the tiers keep it

KEPT = {
    "unsaid": ({}, kept(MAX_AGE, **{"must-revalidate": True})),
    "max-age": ({"cache_control": "max-age=100"}, kept(100)),
    "s-maxage": ({"cache_control": "s-maxage=300, max-age=100"}, {"public": True, "s-maxage": 300, "max-age": 100}),
    "s-maxage alone": ({"cache_control": "s-maxage=300"}, {"public": True, "s-maxage": 300}),
    "too long": ({"cache_control": "max-age=99999999"}, kept(MAX_AGE)),
    "beyond any number": ({"cache_control": "max-age=99999999999999999999999"}, kept(MAX_AGE)),
    "both too long": ({"cache_control": "s-maxage=999999, max-age=99999"}, kept(MAX_AGE)),
    "aged": ({"cache_control": "max-age=200", "age": 80}, kept(120)),
    "stale times": (
        {"cache_control": "max-age=100, stale-while-revalidate=30, stale-if-error=70"},
        kept(100, **{"stale-while-revalidate": 30, "stale-if-error": 70}),
    ),
    "stale times too long": (
        {"cache_control": "max-age=100, stale-while-revalidate=999999, stale-if-error=999999"},
        kept(100, **{"stale-while-revalidate": MAX_AGE, "stale-if-error": MAX_AGE}),
    ),
    "must-revalidate": ({"cache_control": "max-age=100, must-revalidate"}, kept(100, **{"must-revalidate": True})),
    "public": ({"cache_control": "public, max-age=100"}, kept(100)),
    "odd spelling": ({"cache_control": "MAX-AGE=100 ,, foo=bar, baz"}, kept(100)),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_may_be_kept_is_kept_and_the_client_is_told_how_long(shared, name, case):
    headers, expected = KEPT[case]
    shared.origin.put(name, **headers)
    first, second = shared.get(name), shared.get(name)
    assert (first.status, first.cache, second.cache) == (200, "render", "redis")
    assert second.body == first.body
    for answer in (first, second):
        told = control(answer)
        assert told.keys() == expected.keys(), answer["Cache-Control"]
        for directive, value in expected.items():
            assert told[directive] is True if value is True else about(value, told[directive]), answer["Cache-Control"]
    assert shared.origin.count(name) == 1


def test_expires_counts_from_the_origin_s_own_clock(shared, name):
    shared.origin.put(name, date=http_date(-5000), expires=http_date(-5000 + 150))
    first, second = shared.get(name), shared.get(name)
    assert (first.cache, second.cache) == ("render", "redis")
    assert about(150, control(first)["max-age"]) and about(150, control(second)["s-maxage"])
    assert shared.origin.count(name) == 1


def test_max_age_is_stronger_than_expires(shared, name):
    shared.origin.put(name, expires=http_date(3000), cache_control="max-age=100")
    assert about(100, control(shared.get(name))["max-age"])


FORBIDDEN = {
    "no-store": ("no-store", {"no-store"}),
    "no-store beside max-age": ("max-age=100, no-store", {"no-store"}),
    "private": ("private", {"private"}),
    "private with max-age": ("private, max-age=100", {"private", "max-age"}),
}


@pytest.mark.parametrize("case", FORBIDDEN)
def test_what_must_not_be_kept_is_in_no_tier(apus, shared, name, case):
    said, expected = FORBIDDEN[case]
    shared.origin.put(name, cache_control=said)
    keys = set(apus.redis("--scan").split())
    # The same URL, host and Accept: what nginx would keep it would answer with.
    path = shared.path(name)
    for number in range(1, 4):
        answer = apus.get(path)
        assert (answer.status, answer.cache) == (200, "render")
        assert control(answer).keys() == expected, answer["Cache-Control"]
        assert shared.origin.count(name) == number
    added = {key for key in apus.redis("--scan").split() if key not in keys and ":lease:" not in key}
    assert not added


@pytest.mark.parametrize("said", ["no-cache", "max-age=0", "s-maxage=0, max-age=100"])
def test_what_must_be_asked_for_is_asked_for_each_time_and_not_rendered_again(apus, shared, name, said):
    shared.origin.put(name, cache_control=said, etag='"v1"')
    path = shared.path(name)
    first = apus.get(path)
    assert first.cache == "render"
    before = renders(apus)
    wait_for(lambda: apus.get(path).cache != "edge" and 304 in shared.origin.statuses(name), what="a revalidation")
    for _ in range(3):
        answer = apus.get(path)
        assert answer.status == 200 and answer.cache != "edge"
        assert answer.body == first.body
    assert renders(apus) == before
    assert shared.origin.statuses(name).count(200) == 1
    shared.origin.put(name, SECOND, cache_control=said, etag='"v2"')
    changed = wait_for(lambda: shows(answer := apus.get(path), SECOND) and answer, what="the new picture")
    assert changed["ETag"] != first["ETag"]


def test_a_broken_expires_lies_in_the_past(apus, shared, name):
    shared.origin.put(name, expires="0", etag='"v1"')
    assert control(shared.get(name)).get("max-age") == 0
    wait_for(lambda: shared.get(name).status == 200 and 304 in shared.origin.statuses(name), what="a revalidation")


# --- Where the origin has no say


@pytest.mark.parametrize("said", ["no-store", "private", "no-cache", "max-age=1", "s-maxage=0"])
def test_a_default_endpoint_takes_no_notice(shared, name, said):
    shared.origin.put(name, cache_control=said, expires="0", age=5000)
    first, second = shared.get(name, "plain"), shared.get(name, "plain")
    assert (first.cache, second.cache) == ("render", "redis")
    assert control(first) == kept(MAX_AGE, **{"must-revalidate": True})
    assert shared.origin.count(name) == 1


def test_two_endpoints_with_one_origin_are_kept_apart(shared, name):
    shared.origin.put(name, cache_control="no-store")
    assert shared.get(name, "plain").cache == "render"
    assert shared.get(name, "plain").cache == "redis"
    assert shared.get(name).cache == "render"
    assert shared.get(name).cache == "render"


# --- The edge cache and the tiers behind it


def test_what_the_client_may_keep_shrinks_with_time(shared, name):
    shared.origin.put(name, cache_control="max-age=100")
    first = control(shared.get(name))["max-age"]
    later = wait_for(
        lambda: (age := control(shared.get(name))["max-age"]) < first and age, what="a shorter max-age from Redis"
    )
    assert 0 < later < first
    assert shared.origin.count(name) == 1


def test_the_store_obeys_as_redis_does(apus, shared, name):
    shared.origin.put(name, cache_control="max-age=100")
    shared.get(name)
    wait_for(lambda: forgotten(apus, shared, name), what="the variant from the store")
    assert shared.origin.count(name) == 1


def forgotten(apus, site, name):
    """Whether the store answers once Redis is empty; what is in neither is rendered, from an original that is held."""
    apus.redis("FLUSHALL")
    answer = site.get(name)
    assert about(100, control(answer)["max-age"])
    return answer.cache == "store"


def test_nginx_answers_by_itself_no_longer_than_it_is_fresh(apus, shared, name):
    path = shared.path(name)
    shared.origin.put(name, cache_control="max-age=2", etag='"v1"')
    assert apus.get(path).cache == "render"
    wait_for(lambda: apus.get(path).cache == "edge", what="an answer of the edge cache")
    shared.origin.put(name, SECOND, cache_control="max-age=2", etag='"v2"')
    changed = wait_for(lambda: shows(answer := apus.get(path), SECOND) and answer, what="the new picture")
    assert changed["x-apus-stale"] is None


# --- Revalidation


@pytest.mark.parametrize("kind", ["etag", "last_modified"])
def test_an_expired_variant_is_confirmed_by_its_validators_and_takes_the_new_lifetime(apus, shared, name, kind):
    validator = {"etag": {"etag": '"v1"'}, "last_modified": {"last_modified": http_date(-100000)}}[kind]
    shared.origin.put(name, cache_control="max-age=1", **validator)
    first = shared.get(name)
    assert first.cache == "render"
    before = renders(apus)
    shared.origin.put(name, cache_control="max-age=500", **validator)
    wait_for(lambda: (control(shared.get(name)).get("max-age") or 0) > 100, what="the new lifetime")
    answer = shared.get(name)
    assert answer.cache == "redis" and answer.body == first.body and answer["ETag"] == first["ETag"]
    assert about(500, control(answer)["max-age"])
    assert shared.origin.statuses(name) == [200, 304]
    assert renders(apus) == before
    asked = shared.origin.headers_of(name)
    if kind == "etag":
        assert asked["if-none-match"] == '"v1"'
    else:
        assert asked["if-modified-since"] == validator["last_modified"]


def test_a_304_that_forbids_keeping_ends_it(apus, shared, name):
    shared.origin.put(name, cache_control="max-age=1", etag='"v1"')
    assert shared.get(name).cache == "render"
    shared.origin.put(name, cache_control="no-store", etag='"v1"')
    wait_for(lambda: "no-store" in control(shared.get(name)), what="the new rule")
    count = shared.origin.count(name)
    for number in range(1, 4):
        assert "no-store" in control(shared.get(name))
        assert shared.origin.count(name) == count + number


def test_an_original_that_is_held_for_a_moment_is_used_no_longer_than_it_is_fresh(shared, name):
    """What is good for a second, in whole ones, may be so for a tenth of it."""
    for attempt in itertools.count():
        target = f"{attempt}-{name}"
        shared.origin.put(target, cache_control="max-age=1", etag='"v1"')
        wait_for(lambda: time.time() % 1 > 0.8, what="the end of a second")
        second = int(time.time())
        assert shared.get(target).cache == "render"
        if int(time.time()) == second:
            break
    shared.origin.put(target, cache_control="no-store", etag='"v1"')
    wait_for(lambda: int(time.time()) > second, what="the next second")
    for width in range(41, 45):
        assert "no-store" in control(shared.get(target, steps=f"w-{width},f-png")), width


def test_a_changed_original_is_rendered_anew_once(apus, shared, name):
    shared.origin.put(name, FIRST, cache_control="max-age=1", etag='"v1"')
    assert shows(shared.get(name), FIRST)
    before = renders(apus)
    shared.origin.put(name, SECOND, cache_control="max-age=500", etag='"v2"')
    changed = wait_for(lambda: shows(answer := shared.get(name), SECOND) and answer, what="the new picture")
    assert about(500, control(changed)["max-age"])
    assert shared.get(name).cache == "redis"
    assert renders(apus) == before + 1
    assert shared.origin.statuses(name) == [200, 200]


def test_the_client_s_own_copy_is_confirmed_through_nginx(apus, shared, name):
    shared.origin.put(name, cache_control="max-age=500")
    first = shared.get(name)
    again = shared.get(name, headers={"If-None-Match": first["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert about(500, control(again)["max-age"])
    assert shared.get(name, headers={"If-None-Match": '"another"'}).status == 200


# --- Background refresh


def test_stale_while_revalidate_answers_at_once_and_asks_once(site, name):
    site.origin.put(name, FIRST, etag='"v1"', cache_control="max-age=1, stale-while-revalidate=600")
    assert shows(site.get(name), FIRST)
    site.origin.put(name, SECOND, etag='"v2"', cache_control="max-age=600")
    site.origin.delay = 1.5
    while_asked = []

    def look():
        is_asked = site.origin.count(name) == 2 and len(site.origin.statuses(name)) == 1
        answers = in_parallel(8, lambda _: site.get(name))
        assert {answer.status for answer in answers} == {200}
        if is_asked and len(site.origin.statuses(name)) == 1:
            while_asked.extend(answers)
        return all(shows(answer, SECOND) for answer in answers)

    wait_for(look, what="the new picture")
    # The old one was answered with while the origin was being asked, by both workers, and it was asked once.
    assert while_asked
    for answer in while_asked:
        assert shows(answer, FIRST) and answer["x-apus-stale"] is None
        assert control(answer)["max-age"] <= 10
    assert site.origin.statuses(name) == [200, 200]


# --- Errors


def test_a_missing_original_is_kept_for_the_error_age_at_most(shared, name):
    first = shared.get(name)
    assert (first.status, first.error) == (404, "ENOENT")
    assert control(first) == {"public": True, "max-age": 2}
    shared.origin.put(name, cache_control="max-age=100")
    found = wait_for(lambda: (answer := shared.get(name)).status == 200 and answer, what="the original")
    assert found.cache == "render"
    assert shared.origin.statuses(name) == [404, 200]


@pytest.mark.parametrize("kind", ["plain", "obeys"])
def test_what_the_origin_says_of_an_error_does_not_lengthen_it(shared, name, kind):
    shared.origin.put(name, body=b"gone", status="404 Not Found", cache_control="max-age=3000")
    assert control(shared.get(name, kind))["max-age"] <= 2
    shared.origin.put(name)
    wait_for(lambda: shared.get(name, kind).status == 200, what="the original")


def test_no_answer_of_5xx_is_kept(apus, site):
    """More requests at once than may wait for this origin: those beyond are refused, and let in when it is back."""
    paths = [site.path(f"silent{number}.jpg") for number in range(40)]
    for number in range(40):
        site.origin.put(f"silent{number}.jpg")
    site.origin.set_mode("hang")
    try:
        answers = in_parallel(len(paths), lambda number: apus.get(paths[number]))
    finally:
        site.origin.set_mode(None)
    refused = [path for path, answer in zip(paths, answers, strict=True) if answer.status == 503]
    assert refused
    for answer in answers:
        assert answer.status in (404, 503)
        if answer.status == 503:
            assert answer["Retry-After"] and control(answer).keys() == {"no-store"}
    # The breaker may still be open: then it is an error of the origin, which is kept for a moment.
    assert all(apus.get(path).status != 503 for path in refused)
    wait_for(lambda: all(apus.get(path).status == 200 for path in paths), what="the origin's return")


# --- Signed URLs that end


def signed(path, seconds):
    """The path, good for so many seconds; signed is what follows the URL endpoint."""
    expiry = int(time.time()) + seconds
    rest = path.split("/", 3)[3]
    signature = hmac.new(PRIVATE_KEY.encode(), f"{rest}{expiry}".encode(), hashlib.sha1).hexdigest()
    return f"{path}?ik-t={expiry}&ik-s={signature}"


@pytest.mark.parametrize("said", [None, "max-age=3000", "s-maxage=3000, max-age=2000, stale-while-revalidate=5000"])
def test_a_url_s_end_shortens_what_the_client_may_keep(apus, shared, name, said):
    shared.origin.put(name, **({"cache_control": said} if said else {}))
    path = signed(shared.path(name, "signed"), 60)
    for _ in range(3):
        answer = apus.get(path)
        # Its edge copy would say the same max-age when it is old.
        assert (answer.status, answer.cache != "edge") == (200, True)
        told = control(answer)
        assert told["max-age"] <= 60 and told["s-maxage"] <= 60
        assert told["max-age"] + told.get("stale-while-revalidate", 0) <= 60
    assert shared.origin.count(name) == 1


def test_a_url_that_has_ended_is_refused_with_a_copy_in_every_tier(apus, shared, name):
    shared.origin.put(name, cache_control="max-age=3000")
    path = signed(shared.path(name, "signed"), 3)
    assert apus.get(path).status == 200
    refused = wait_for(lambda: (answer := apus.get(path)).status == 401 and answer, what="the URL's end")
    assert "no-store" in control(refused)
    longer = apus.get(signed(shared.path(name, "signed"), 100))
    assert (longer.status, longer.cache) == (200, "redis")
