"""Pictures that layers show are fetched like originals: from the same origins, by the same rules, and what is made of them
goes when they do. The addresses that a layer may name are among the address guard's tests (B18)."""

import hashlib
import hmac
import itertools

import pytest

from conftest import PRIVATE_KEY
from instance import wait_for
from purging import accept
from scripted_origin import FIRST, SECOND
from sites import control, in_parallel, renders, running, shows

THIRD = (30, 160, 30)
HTML = b"<!DOCTYPE html><html><body>an error page with status 200</body></html>"


@pytest.fixture(scope="module")
def running_instance(workplace):
    with running(workplace, "layers", 2, workers=1) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture(scope="module")
def site(running_instance):
    """A site whose origin is never away."""
    return next(running_instance[1])


@pytest.fixture
def own_site(running_instance):
    return next(running_instance[1])


_names = itertools.count(1)


@pytest.fixture
def pair(site):
    """An original and what its layer shows, of different colours, as names."""
    number = next(_names)
    original, logo = f"original{number}.jpg", f"logo{number}.jpg"
    site.origin.put(original, FIRST, etag='"1"')
    site.origin.put(logo, SECOND, etag='"1"')
    return original, logo


def layer(logo):
    """Steps that lay it on all of the picture."""
    return f"w-40,h-30,f-png,l-image,i-page@@{logo},w-40,h-30,l-end"


# --- Found


def test_the_picture_shows_it(site, pair):
    original, logo = pair
    answer = site.get(original, "plain", layer(logo))
    assert answer.status == 200, answer
    assert shows(answer, SECOND)


def test_many_urls_cost_one_fetch(site, pair):
    _, logo = pair
    for number in range(12):
        site.origin.put(f"many{number}-{logo}", FIRST)
    site.origin.delay = 0.3
    try:
        answers = in_parallel(12, lambda number: site.get(f"many{number}-{logo}", "plain", layer(logo)))
    finally:
        site.origin.delay = 0
    assert [answer.status for answer in answers] == [200] * 12
    assert len(site.origin.statuses(f"/page/{logo}")) == 1


def test_a_copy_is_saved_like_that_of_an_original(site, pair):
    original, logo = pair
    assert site.get(original, "saves", layer(logo)).status == 200
    # For longer than anything is held in memory.
    wait_for(lambda: site.get(logo, "saves", "orig-true").cache == "store", what="the copy in the store")
    asked = len(site.origin.statuses(f"/page/{logo}"))
    assert site.get(original, "saves", layer(logo) + ":rt-90").status == 200
    assert len(site.origin.statuses(f"/page/{logo}")) == asked


# --- Not found, or of no use


def test_a_missing_one_is_an_error_that_names_it(site, pair):
    original, _ = pair
    answer = site.get(original, "plain", layer("nowhere.jpg"))
    assert answer.status == 404
    assert answer["ik-error"] == "ENOENT - The layer's picture page/nowhere.jpg: No file was found at the origin."
    assert answer["Cache-Control"] == "public, max-age=2"


def test_a_missing_original_counts_first(site, pair):
    _, logo = pair
    answer = site.get("nowhere.jpg", "plain", layer(logo))
    assert answer["ik-error"] == "ENOENT - No file was found at the origin."
    assert site.origin.statuses(f"/page/{logo}") == []


@pytest.mark.parametrize("body", [HTML, b"", b"\xff\xd8\xff\xe0 cut"])
def test_what_is_no_picture_is_an_error_that_names_it(site, pair, body):
    original, logo = pair
    site.origin.put(logo, body=body)
    answer = site.get(original, "plain", layer(logo))
    assert (answer.status, answer.error) == (400, "EINVAL")
    assert f"The layer's picture page/{logo}: " in answer["ik-error"]


def test_twenty_layers_and_no_more(site, pair):
    original, logo = pair
    one = f"l-image,i-page@@{logo},w-4,h-4,l-end"
    assert site.get(original, "plain", ",".join(["w-40,f-png", *[one] * 20])).status == 200
    refused = site.get(original, "plain", ",".join(["w-40,f-png", *[one] * 21]))
    assert (refused.status, refused.error) == (400, "ELIMIT"), refused


def test_twenty_different_pictures(site, pair):
    original, logo = pair
    for number in range(20):
        site.origin.put(f"{number}-{logo}", THIRD)
    layers = [f"l-image,i-page@@{number}-{logo},w-40,h-30,l-end" for number in range(20)]
    answer = site.get(original, "plain", ",".join(["w-40,h-30,f-png", *layers]))
    assert answer.status == 200, answer
    assert shows(answer, THIRD)


# --- Rights


def signed(site, name, steps):
    path = site.path(name, "signed", steps)
    rest = path.removeprefix(f"/demo/signed{site.number}/")
    text = f"{rest}9999999999"
    return f"{path}?ik-s={hmac.new(PRIVATE_KEY.encode(), text.encode(), hashlib.sha1).hexdigest()}"


def test_a_private_one_needs_a_signature(site, pair):
    original, logo = pair
    site.origin.put(logo, SECOND, Is_Private_File="true")
    refused = site.get(original, "plain", layer(logo))
    assert (refused.status, refused.error) == (401, "EACCES")
    allowed = site.visit(signed(site, original, layer(logo)))
    assert allowed.status == 200, allowed
    assert shows(allowed, SECOND)
    assert site.get(original, "plain", layer(logo)).status == 401


# --- What is made of it goes when it does


@pytest.mark.parametrize("what", ["url", "prefix", "tag", "origin"])
def test_a_purge_makes_what_shows_it_anew(apus, site, pair, what):
    original, logo = pair
    tag = f"tag-of-{logo.partition('.')[0]}"
    site.origin.put(logo, SECOND, etag='"1"', Cache_Tag=tag)
    assert shows(site.get(original, "plain", layer(logo)), SECOND)
    assert site.get(original, "plain", layer(logo)).cache == "redis"
    # The origin says that it is the same; only the purge can tell.
    site.origin.put(logo, THIRD, etag='"1"', Cache_Tag=tag)
    base = f"https://img.example/demo/plain{site.number}/page/{logo}"
    rules = {
        "url": {"url": base}, "prefix": {"url": base[:-3] + "*"}, "tag": {"tag": tag},
        "origin": {"origin": f"site{site.number}"},
    }  # fmt: skip
    accept(apus, **rules[what])
    again = site.get(original, "plain", layer(logo))
    assert again.cache == "render"
    assert shows(again, THIRD)


def test_a_purge_ends_the_note_that_it_is_missing(apus, site, pair):
    original, logo = pair
    site.origin.remove(logo)
    assert site.get(original, "plain", layer(logo)).status == 404
    site.origin.put(logo, SECOND)
    accept(apus, url=f"https://img.example/demo/plain{site.number}/page/{logo}")
    assert site.get(original, "plain", layer(logo)).status == 200


def test_a_changed_one_is_shown_when_its_time_is_over(apus, site, pair):
    original, logo = pair
    site.origin.put(original, FIRST, etag='"1"', cache_control="max-age=600")
    site.origin.put(logo, SECOND, etag='"1"', cache_control="max-age=0")
    assert shows(site.get(original, steps=layer(logo)), SECOND)
    before = renders(apus)
    assert site.get(original, steps=layer(logo)).cache == "redis"
    assert renders(apus) == before
    site.origin.put(logo, THIRD, etag='"2"', cache_control="max-age=0")
    assert shows(site.get(original, steps=layer(logo)), THIRD)


@pytest.mark.parametrize(
    "of_original, of_logo, told",
    [
        ("max-age=6000", "max-age=600", {"max-age": 600}),
        ("max-age=600", "max-age=6000", {"max-age": 600}),
        ("max-age=600", "no-store", {"no-store": True}),
        ("max-age=600", "private", {"private": True}),
    ],
)
def test_the_shortest_life_counts(site, pair, of_original, of_logo, told):
    original, logo = pair
    site.origin.put(original, FIRST, etag='"1"', cache_control=of_original)
    site.origin.put(logo, SECOND, etag='"1"', cache_control=of_logo)
    first = control(site.get(original, steps=layer(logo)))
    for name, value in told.items():
        assert value - 60 <= first[name] <= value if name == "max-age" else first[name] == value
    cached = site.get(original, steps=layer(logo)).cache
    assert cached == ("redis" if "max-age" in told else "render")


def test_what_there_is_stands_in_while_its_origin_fails(own_site):
    site = own_site
    site.origin.put("original.jpg", FIRST, etag='"1"', cache_control="max-age=600")
    site.origin.put("logo.jpg", SECOND, etag='"1"', cache_control="max-age=0")
    assert shows(site.get("original.jpg", steps=layer("logo.jpg")), SECOND)
    site.origin.set_mode("503")
    stale = site.get("original.jpg", steps=layer("logo.jpg"))
    assert (stale.status, stale["x-apus-stale"]) == (200, "true")
    assert shows(stale, SECOND)


def test_a_changed_one_changes_the_entity_tag(site, pair):
    original, logo = pair
    control_of_it = {"cache_control": "no-store"}
    site.origin.put(original, FIRST, etag='"1"')
    site.origin.put(logo, SECOND, etag='"1"', **control_of_it)
    first = site.get(original, steps=layer(logo))["ETag"]
    assert site.get(original, steps=layer(logo))["ETag"] == first
    site.origin.put(logo, SECOND, etag='"2"', **control_of_it)
    assert site.get(original, steps=layer(logo))["ETag"] != first
