"""`di`: what stands in for an original that is missing, until the original appears."""

import pytest

from instance import wait_for
from pictures import jpeg, quadrants, shows_quadrants
from purging import accept
from scripted_origin import FIRST, SECOND
from sites import control, running, shows

ERROR_SECONDS = 2


@pytest.fixture(scope="module")
def instance(workplace):
    # Errors live long in one of the two, so that only a purge can end what stands in.
    with running(workplace, "default-image", 12, workers=1, cache={"edgeAge": "1s", "errorAge": "10m"}) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def short(workplace):
    cache = {"edgeAge": "1s", "errorAge": f"{ERROR_SECONDS}s"}
    with running(workplace, "default-image-short", 6, cache=cache) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture
def site(instance):
    site = next(instance[1])
    yield site
    site.origin.set_mode(None)


@pytest.fixture
def short_site(short):
    site = next(short[1])
    yield site
    site.origin.set_mode(None)


STEPS = "w-40,f-png,di-page@@default.jpg"


def get(site, name, kind="plain", steps=STEPS, **options):
    return site.get(name, kind, steps=steps, **options)


@pytest.mark.parametrize(
    "steps",
    ["w-40,f-png,di-page@@default.jpg", "di-@@page@@default.jpg@@,f-png,w-40", "w-40,f-png:di-page@@default.jpg"],
)
def test_the_default_image_stands_in_for_what_is_missing(site, steps):
    site.origin.put("default.jpg", FIRST)
    answer = get(site, "missing.jpg", steps=steps)
    assert answer.status == 200 and shows(answer, FIRST), answer
    assert answer.picture().width == 40
    assert answer.error == ""


def test_clients_keep_it_no_longer_than_an_error(short_site):
    short_site.origin.put("default.jpg", FIRST)
    said = control(get(short_site, "missing.jpg"))
    assert 0 <= int(said["max-age"]) <= ERROR_SECONDS
    # Nor does an origin's word make it last.
    short_site.origin.put("default.jpg", FIRST, cache_control="public, max-age=86400, stale-if-error=99, immutable")
    said = control(get(short_site, "missing.jpg", "obeys"))
    assert 0 <= int(said["max-age"]) <= ERROR_SECONDS
    assert "immutable" not in said and "stale-if-error" not in said


def test_the_original_is_shown_once_it_is_there(short_site):
    short_site.origin.put("default.jpg", FIRST)
    before = get(short_site, "late.jpg")
    assert shows(before, FIRST)
    short_site.origin.put("late.jpg", SECOND)
    wait_for(lambda: shows(get(short_site, "late.jpg"), SECOND), what="the original in place of the default image")
    assert get(short_site, "late.jpg")["ETag"] != before["ETag"]


@pytest.mark.parametrize("kind", ["plain", "saves"])
def test_a_purge_of_either_ends_it(site, kind):
    site.origin.put("default.jpg", FIRST)
    assert shows(get(site, "purged.jpg", kind), FIRST)
    site.origin.put("default.jpg", SECOND)
    assert shows(get(site, "purged.jpg", kind), FIRST)
    purge(site, kind, "default.jpg")
    assert shows(get(site, "purged.jpg", kind), SECOND)
    site.origin.put("purged.jpg", FIRST)
    assert shows(get(site, "purged.jpg", kind), SECOND)
    purge(site, kind, "purged.jpg")
    assert shows(get(site, "purged.jpg", kind), FIRST)


def purge(site, kind, name):
    """Every request is another host's, and so none is answered by the edge."""
    accept(site.instance, url=f"http://img.example/demo/{kind}{site.number}/page/{name}")


def test_a_purge_ends_the_note_that_both_are_missing(site):
    assert get(site, "missing.jpg").status == 404
    site.origin.put("default.jpg", FIRST)
    assert get(site, "missing.jpg").status == 404
    purge(site, "plain", "default.jpg")
    assert shows(get(site, "missing.jpg"), FIRST)


def test_without_a_default_image_the_first_error_is_told(site):
    answer = get(site, "missing.jpg")
    assert (answer.status, answer.error) == (404, "ENOENT")
    site.origin.put("forbidden.jpg", status="403 Forbidden")
    answer = get(site, "forbidden.jpg")
    assert (answer.status, answer.error) == (404, "EACCES")


def test_what_is_forbidden_counts_as_missing(site):
    site.origin.put("default.jpg", FIRST)
    site.origin.put("forbidden.jpg", status="403 Forbidden")
    assert shows(get(site, "forbidden.jpg"), FIRST)


def test_an_origin_that_is_away_says_nothing_of_what_it_has(site):
    site.origin.put("default.jpg", FIRST)
    site.origin.set_mode("503")
    assert get(site, "there.jpg").status == 404


def test_a_private_default_image_is_private(site):
    site.origin.put("default.jpg", FIRST, Is_Private_File="true")
    assert get(site, "missing.jpg").status == 401


def test_a_damaged_default_image_is_said_to_be(site):
    site.origin.put("default.jpg", body=jpeg(quadrants())[:2000])
    answer = get(site, "missing.jpg")
    assert (answer.status, answer.error) == (400, "EINVAL")
    assert "The default image page/default.jpg: " in answer["ik-error"]


def test_a_default_image_of_a_folder(apus):
    answer = apus.get("/demo/tr:w-200,f-png,di-folder@@inner@@quadrants.jpg/nowhere.jpg")
    assert answer.status == 200 and shows_quadrants(answer.picture()), answer
    assert apus.get("/demo/tr:w-200,di-quadrants.jpg/nowhere.pdf/ik-thumbnail.jpg").status == 200
    assert apus.get("/demo/tr:orig-true,di-quadrants.jpg/nowhere.jpg").error == "ENOENT"
    assert apus.get("/demo/tr:w-200,di-/nowhere.jpg").error == "ENOENT"


@pytest.mark.parametrize("path", ["..@@secret.jpg", "folder@@..@@..@@secret.jpg", "%252e%252e@@secret.jpg", ".@@a.jpg"])
def test_it_cannot_leave_the_folder(apus, path):
    answer = apus.get(f"/demo/tr:w-20,di-{path}/nowhere.jpg")
    assert (answer.status, answer.error) == (400, "EINVAL")
    assert "parameter di" in answer["ik-error"]
