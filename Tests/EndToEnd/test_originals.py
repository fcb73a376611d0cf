"""Saved originals: a copy in the store for which the origin is asked no more, and which its validators renew."""

import itertools
import subprocess
import time

import pytest

from instance import PROGRAM, kill, wait_for
from scripted_origin import FIRST, SECOND, http_date
from sites import control, in_parallel, metric, running, shows

MAX_AGE = 3600


@pytest.fixture(scope="module")
def running_instance(workplace):
    cache = {"maxAge": f"{MAX_AGE}s", "edgeAge": "1s", "errorAge": "2s"}
    with running(workplace, "originals", 30, cache=cache) as (instance, sites):
        yield instance, iter(sites)


@pytest.fixture(scope="module")
def apus(running_instance):
    return running_instance[0]


@pytest.fixture
def site(running_instance):
    site = next(running_instance[1])
    yield site
    site.origin.set_mode(None)


_names = itertools.count(1)


@pytest.fixture
def name():
    return f"picture{next(_names)}.jpg"


_widths = itertools.count(100)


def another(site, name, kind="saves", **options):
    """A variant that nobody has asked for yet."""
    return site.get(name, kind, steps=f"w-{next(_widths)},f-png", **options)


def copies(instance):
    """What lies in the store of originals, by its path, as modification times."""
    folder = instance.state / "store" / "originals"
    found = {}
    for path in folder.rglob("*") if folder.exists() else ():
        try:
            if path.is_file():
                found[path] = path.stat().st_mtime_ns
        except OSError:
            pass
    return found


def saved(site, name, kind="saves"):
    """Has a copy made, and waits until it lies in the store and no worker holds the original for a moment; its path."""
    before = copies(site.instance)
    first = another(site, name, kind)
    assert (first.status, first.cache) == (200, "render")
    path = wait_for(lambda: copies(site.instance).keys() - before.keys(), what="the copy").pop()
    forget(site)
    return path


def forget(site):
    """A worker holds an original for a second: until then another variant tells nothing about the copy."""
    time.sleep(1.2)


# --- The origin is asked no more


def test_other_variants_do_not_touch_the_origin(apus, site, name):
    site.origin.put(name)
    path = saved(site, name)
    assert path.read_bytes().startswith(site.origin.pages[name].body)
    for _ in range(6):
        assert shows(another(site, name), FIRST)
    assert site.origin.count(name) == 1
    site.origin.set_mode("refuse")
    for _ in range(6):
        answer = another(site, name)
        assert shows(answer, FIRST) and answer["x-apus-stale"] is None
        assert control(answer)["max-age"] > 100
    assert site.origin.count(name) == 1
    assert metric(apus, "apus_saved_originals_total") > 0


def test_the_untouched_original_comes_from_the_copy_too(site, name):
    site.origin.put(name)
    saved(site, name)
    site.origin.set_mode("refuse")
    answer = site.visit(f"/demo/saves{site.number}/page/{name}?tr=orig-true")
    assert (answer.status, answer.body) == (200, site.origin.pages[name].body)
    assert answer.cache == "store"


def test_copies_outlive_redis_and_workers(apus, site, name):
    site.origin.put(name)
    saved(site, name)
    site.origin.set_mode("refuse")
    redis, workers = apus.pid("redis"), apus.workers()
    apus.redis("FLUSHALL")
    assert shows(another(site, name), FIRST)
    kill(redis)
    for worker in workers:
        kill(worker)
    wait_for(lambda: apus.redis("PING") == "PONG" and apus.pid("redis") != redis, what="Redis' return")
    wait_for(lambda: len(now := apus.workers()) == 2 and not set(now) & set(workers), what="the workers' return")
    assert shows(wait_for(lambda: (answer := another(site, name)).status == 200 and answer, what="an answer"), FIRST)
    assert site.origin.count(name) == 1


def test_copies_outlive_the_instance(apus, site, name):
    site.origin.put(name)
    saved(site, name)
    site.origin.set_mode("refuse")
    apus.down()
    apus.up()
    assert shows(another(site, name), FIRST)
    assert site.origin.count(name) == 1


def test_without_the_setting_there_is_no_copy(apus, site, name):
    for kind in ("plain", "obeys"):
        site.origin.put(name)
        before = copies(apus).keys()
        assert another(site, name, kind).status == 200
        wait_for(lambda: site.get(name, kind).status == 200, what="an answer")
        forget(site)
        assert copies(apus).keys() == before
        count = site.origin.count(name)
        assert another(site, name, kind).status == 200
        assert site.origin.count(name) == count + 1


@pytest.mark.parametrize("said", ["no-store", "private", "private, max-age=600", "max-age=600, no-store"])
def test_what_the_origin_forbids_is_not_copied(apus, site, name, said):
    site.origin.put(name, cache_control=said)
    before = copies(apus).keys()
    for number in range(1, 4):
        assert another(site, name, "both").status == 200
        assert site.origin.count(name) == number
    forget(site)
    assert copies(apus).keys() == before


def test_a_default_endpoint_copies_what_the_origin_forbids(site, name):
    """It takes no notice of what the origin says."""
    site.origin.put(name, cache_control="no-store")
    saved(site, name)
    site.origin.set_mode("refuse")
    assert shows(another(site, name), FIRST)


def test_many_variants_at_once_make_one_copy(apus, site, name):
    site.origin.put(name)
    site.origin.delay = 0.5
    before = copies(apus).keys()
    answers = in_parallel(20, lambda _: another(site, name))
    assert all(shows(answer, FIRST) for answer in answers)
    assert site.origin.count(name) == 1
    wait_for(lambda: len(copies(apus).keys() - before) == 1, what="the copy")


# --- Renewed by its validators


@pytest.mark.parametrize("kind", ["etag", "last_modified"])
def test_an_old_copy_is_used_at_once_and_confirmed_in_the_background(site, name, kind):
    validator = {"etag": {"etag": '"v1"'}, "last_modified": {"last_modified": http_date(-100000)}}[kind]
    site.origin.put(name, cache_control="max-age=1", **validator)
    saved(site, name, "both")
    site.origin.put(name, cache_control="max-age=600", **validator)
    wait_for(lambda: is_old_and_used(site, name), what="the copy's confirmation")
    assert site.origin.statuses(name) == [200, 304]
    asked = site.origin.headers_of(name)
    header = {"etag": "if-none-match", "last_modified": "if-modified-since"}[kind]
    assert asked[header] == validator[kind]
    # Confirmed for the time that the 304 has named.
    site.origin.set_mode("refuse")
    wait_for(lambda: control(another(site, name, "both"))["max-age"] > 100, what="the copy's new time")
    assert shows(another(site, name, "both"), FIRST)
    assert site.origin.statuses(name) == [200, 304]


def is_old_and_used(site, name):
    answer = another(site, name, "both")
    assert shows(answer, FIRST)
    return 304 in site.origin.statuses(name)


def test_a_changed_original_replaces_the_copy(site, name):
    site.origin.put(name, FIRST, cache_control="max-age=1", etag='"v1"')
    path = saved(site, name, "both")
    site.origin.put(name, SECOND, cache_control="max-age=600", etag='"v2"')

    def look():
        answer = another(site, name, "both")
        assert answer.status == 200
        return shows(answer, SECOND)

    wait_for(look, what="the new picture")
    assert site.origin.statuses(name) == [200, 200]
    wait_for(lambda: path.read_bytes().startswith(site.origin.pages[name].body), what="the new copy")
    site.origin.set_mode("refuse")
    forget(site)
    assert shows(another(site, name, "both"), SECOND)


def test_an_origin_that_hangs_does_not_delay_who_uses_an_old_copy(site, name):
    site.origin.put(name, cache_control="max-age=1", etag='"v1"')
    saved(site, name, "both")
    site.origin.set_mode("hang")
    wait_for(lambda: shows(another(site, name, "both"), FIRST) and site.origin.count(name) > 1, what="a revalidation")
    for _ in range(5):
        answer = another(site, name, "both")
        assert shows(answer, FIRST)
        assert control(answer)["max-age"] <= 10


def test_what_must_be_revalidated_is_asked_for_before_its_copy_is_used(site, name):
    site.origin.put(name, cache_control="no-cache", etag='"v1"')
    saved(site, name, "both")
    assert shows(another(site, name, "both"), FIRST)
    assert site.origin.statuses(name) == [200, 304]
    forget(site)
    site.origin.put(name, SECOND, cache_control="no-cache", etag='"v2"')
    assert shows(another(site, name, "both"), SECOND)
    forget(site)
    site.origin.set_mode("503")
    assert another(site, name, "both").status == 404


def test_an_original_that_is_gone_takes_its_copy_with_it(apus, site, name):
    site.origin.put(name, cache_control="max-age=1", etag='"v1"')
    path = saved(site, name, "both")
    site.origin.remove(name)
    wait_for(lambda: another(site, name, "both").error == "ENOENT", what="its end")
    wait_for(lambda: not path.exists(), what="the copy's end")


# --- Private ones


def signed(site, path):
    done = subprocess.run(
        [PROGRAM, "sign", "--config", site.instance.configuration, site.instance.base + path],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout.strip()[len(site.instance.base) :]


def test_a_private_original_stays_private_in_its_copy(apus, site, name):
    site.origin.put(name, is_private_file="true")
    before = copies(apus).keys()
    assert another(site, name).status == 401
    path = site.path(name, "saves", "w-31,f-png")
    assert site.visit(signed(site, path)).status == 200
    wait_for(lambda: copies(apus).keys() - before, what="the copy")
    forget(site)
    site.origin.set_mode("refuse")
    assert another(site, name).status == 401
    assert site.visit(path).status == 401
    assert site.visit(site.path(name, "saves", "n-thumb")).status == 200
    assert site.visit(signed(site, site.path(name, "saves", "w-32,f-png"))).status == 200
    assert site.visit(site.path(name, "saves", "w-32,f-png")).status == 401
    assert site.visit(f"/demo/saves{site.number}/page/{name}?tr=orig-true").status == 401


# --- A copy that is no longer one


@pytest.mark.parametrize("damage", ["flipped", "truncated", "foreign", "empty", "deleted"])
def test_a_damaged_copy_is_fetched_anew(site, name, damage):
    site.origin.put(name)
    path = saved(site, name)
    good = path.read_bytes()
    if damage == "deleted":
        path.unlink()
    else:
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 1
        path.write_bytes(
            {"flipped": bytes(flipped), "truncated": good[:-7], "foreign": b"not a copy", "empty": b""}[damage]
        )
    assert shows(another(site, name), FIRST)
    assert site.origin.count(name) == 2
    wait_for(lambda: path.exists() and path.read_bytes().startswith(site.origin.pages[name].body), what="a new copy")
