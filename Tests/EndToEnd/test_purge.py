"""Purges through the real way: nginx, workers, Redis, store, and an origin that never says that anything has changed.
What is purged is new in the very next request after `Completed`; what is not meant stays as it was."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import imagekitio
import pytest

import purging
from changing_origin import NEW, OLD, ChangingOrigin, shows
from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, kill, wait_for
from load import Load
from prometheus import metrics

WEBP = "image/webp"
CUSTOM_HOST = "images.shop.example"
SECOND_KEY = "private_second"
HOST = "http://img.example"


@pytest.fixture(scope="module")
def batch_origin():
    """Changes as a whole."""
    origin = ChangingOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def changing():
    origin = ChangingOrigin()
    yield origin
    origin.stop()


def configuration(batch_origin, changing):
    return {
        # Errors live long here, so that only a purge can end them; requests, so that they outlive a purge.
        "cache": {"edgeAge": "1s", "errorAge": "10m"},
        "timeouts": {"total": "30s", "connect": "2s", "firstByte": "20s", "stall": "20s", "render": "20s"},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY],
                "origins": [
                    web("web", batch_origin.base),
                    web("whole", batch_origin.base),
                    web("live", changing.base),
                ],
                "urlEndpoints": [
                    endpoint("", "web"),
                    endpoint("web", "web"),
                    endpoint("shop", "web", hosts=[CUSTOM_HOST]),
                    endpoint("saved", "web", saveOriginals=True),
                    endpoint("whole", "whole"),
                    endpoint("live", "live"),
                    endpoint("live-saved", "live", saveOriginals=True),
                ],
                "namedTransformations": {"thumb": "w-150,h-150"},
            },
            {
                "id": "second",
                "publicKey": "public_second",
                "privateKeys": [SECOND_KEY],
                "origins": [web("web", batch_origin.base)],
                "urlEndpoints": [endpoint("", "web")],
            },
        ],
    }


@pytest.fixture(scope="module")
def purged(workplace, configure, batch_origin, changing):
    """The instance of this file."""
    instance = Instance(configure("purged", **configuration(batch_origin, changing)), workplace / "purged")
    instance.up()
    yield instance
    instance.down()


@dataclass
class Case:
    name: str
    # What is asked for: url=, tag= or origin=, and key=.
    purge: dict
    # Paths, or (host, path).
    gone: tuple
    kept: tuple = ()
    # What answers 404 until the origin changes.
    missing: tuple = ()
    # Whether the API refuses.
    is_refused: bool = False
    request_id: str = field(default=None, compare=False)


def case(name, *, gone=(), kept=(), missing=(), is_refused=False, **purge):
    return Case(name, purge, tuple(gone), tuple(kept), tuple(missing), is_refused)


CASES = [
    case(
        "bare-url",
        url=HOST + "/demo/web/doc/bare/a.jpg",
        gone=[
            "/demo/web/doc/bare/a.jpg", "/demo/web/tr:w-100/doc/bare/a.jpg", "/demo/web/doc/bare/a.jpg?tr=w-100,h-50",
            "/demo/web/tr:w-60:rt-90/doc/bare/a.jpg", "/demo/web/tr:orig-true/doc/bare/a.jpg",
            "/demo/web/tr:n-thumb/doc/bare/a.jpg", "/demo/web/ik-seo/tr:w-70/doc/bare/a/some-words.jpg",
            "/demo/web/tr:w-80,f-png/doc/bare/a.jpg", "/demo/web/doc/bare/a.jpg?v=2",
        ],
        kept=[
            "/demo/web/doc/bare/b.jpg", "/demo/web/doc/bare/a.jpg.jpg", "/demo/web/doc/bare/a.jp",
            "/demo/web/doc/bare/a.jpg/a.jpg", "/demo/web/doc/bare/A.jpg", "/demo/doc/bare/a.jpg",
            "/demo/shop/doc/bare/a.jpg", "/second/doc/bare/a.jpg",
        ],
    ),
    case(
        "bare-url-with-a-query-of-its-own",
        url=HOST + "/demo/web/doc/query/a.jpg?v=2",
        gone=["/demo/web/doc/query/a.jpg?v=2", "/demo/web/doc/query/a.jpg?v=2&tr=w-90"],
        kept=["/demo/web/doc/query/a.jpg", "/demo/web/doc/query/a.jpg?v=22"],
    ),
    case(
        "variant-in-path-form",
        url=HOST + "/demo/web/tr:w-100/doc/variant-path/a.jpg",
        gone=["/demo/web/tr:w-100/doc/variant-path/a.jpg", "/demo/web/doc/variant-path/a.jpg?tr=w-100"],
        kept=[
            "/demo/web/doc/variant-path/a.jpg", "/demo/web/tr:w-101/doc/variant-path/a.jpg",
            "/demo/web/tr:w-100,h-100/doc/variant-path/a.jpg", "/demo/web/tr:w-100/doc/variant-path/b.jpg",
        ],
    ),
    case(
        "variant-in-query-form",
        url=HOST + "/demo/web/doc/variant-query/a.jpg?tr=h-90,w-120",
        gone=["/demo/web/doc/variant-query/a.jpg?tr=h-90,w-120", "/demo/web/tr:w-120,h-90/doc/variant-query/a.jpg"],
        kept=["/demo/web/doc/variant-query/a.jpg", "/demo/web/doc/variant-query/a.jpg?tr=w-120"],
    ),
    case(
        "variant-by-its-name",
        url=HOST + "/demo/web/tr:n-thumb/doc/named/a.jpg",
        gone=["/demo/web/tr:n-thumb/doc/named/a.jpg", "/demo/web/tr:w-150,h-150/doc/named/a.jpg"],
        kept=["/demo/web/doc/named/a.jpg"],
    ),
    case(
        "star-below-a-folder",
        url=HOST + "/demo/web/doc/star/a/*",
        gone=[
            "/demo/web/doc/star/a/x.jpg", "/demo/web/doc/star/a/deep/er/x.jpg", "/demo/web/tr:w-88/doc/star/a/y.jpg",
            "/demo/web/doc/star/a/x.jpg?tr=w-99",
        ],
        kept=[
            "/demo/web/doc/star/ab", "/demo/web/doc/star/ab/x.jpg", "/demo/web/doc/star/a", "/demo/web/doc/star/b/a/x",
        ],
    ),
    case(
        "star-in-a-name",
        url=HOST + "/demo/web/doc/part/pre*",
        gone=["/demo/web/doc/part/pre.jpg", "/demo/web/doc/part/prefix/x.jpg", "/demo/web/tr:w-50/doc/part/pretty.jpg"],
        kept=["/demo/web/doc/part/pr.jpg", "/demo/web/doc/part/Pre.jpg"],
    ),
    case(
        "star-behind-a-whole-name",
        url=HOST + "/demo/web/doc/whole-name/a.jpg*",
        gone=["/demo/web/doc/whole-name/a.jpg", "/demo/web/doc/whole-name/a.jpg?tr=w-66"],
        kept=["/demo/web/doc/whole-name/a.png"],
    ),
    case(
        "star-behind-a-variant",
        url=HOST + "/demo/web/tr:w-100/doc/variant-star/a*",
        gone=["/demo/web/tr:w-100/doc/variant-star/ab.jpg", "/demo/web/doc/variant-star/a.jpg?tr=w-100"],
        kept=["/demo/web/tr:w-101/doc/variant-star/ab.jpg", "/demo/web/tr:w-100/doc/variant-star/b.jpg"],
    ),
    case(
        "brackets-are-literal",
        url=HOST + "/demo/web/doc/brackets/[ab].jpg",
        gone=["/demo/web/doc/brackets/%5Bab%5D.jpg"],
        kept=["/demo/web/doc/brackets/a.jpg", "/demo/web/doc/brackets/b.jpg"],
    ),
    case(
        "braces-are-literal",
        url=HOST + "/demo/web/doc/braces/%7Ba,b%7D.jpg",
        gone=["/demo/web/doc/braces/%7Ba,b%7D.jpg"],
        kept=["/demo/web/doc/braces/a.jpg"],
    ),
    case(
        "question-mark-is-literal",
        url=HOST + "/demo/web/doc/question/a%3F.jpg",
        gone=["/demo/web/doc/question/a%3F.jpg"],
        kept=["/demo/web/doc/question/ab.jpg", "/demo/web/doc/question/a"],
    ),
    case(
        "star-in-the-middle-is-literal",
        url=HOST + "/demo/web/doc/middle/a*c.jpg",
        gone=["/demo/web/doc/middle/a*c.jpg", "/demo/web/doc/middle/a%2Ac.jpg"],
        kept=["/demo/web/doc/middle/abc.jpg", "/demo/web/doc/middle/ac.jpg"],
    ),
    case(
        "glob-characters-before-a-star",
        url=HOST + "/demo/web/doc/mixed/[a]*",
        gone=["/demo/web/doc/mixed/%5Ba%5Db.jpg"],
        kept=["/demo/web/doc/mixed/ab.jpg", "/demo/web/doc/mixed/%5Bb%5D.jpg"],
    ),
    case(
        "names-that-need-encoding",
        url=HOST + "/demo/web/doc/odd/ümlaut and space.jpg",
        gone=[
            "/demo/web/doc/odd/%C3%BCmlaut%20and%20space.jpg",
            "/demo/web/tr:w-40/doc/odd/%c3%bcmlaut%20and%20space.jpg",
        ],
        kept=["/demo/web/doc/odd/umlaut%20and%20space.jpg"],
    ),
    case(
        "custom-host",
        url="https://IMAGES.shop.example:8443/doc/custom/a.jpg",
        gone=[
            (CUSTOM_HOST, "/doc/custom/a.jpg"), (CUSTOM_HOST, "/tr:w-90/doc/custom/a.jpg"),
            "/demo/shop/doc/custom/a.jpg", "/demo/shop/doc/custom/a.jpg?tr=w-91",
        ],
        kept=[(CUSTOM_HOST, "/doc/custom/b.jpg"), "/demo/web/doc/custom/a.jpg", "/demo/doc/custom/a.jpg"],
    ),
    case(
        "path-of-a-custom-host",
        url="http://127.0.0.1:1/demo/shop/doc/by-path/a.jpg",
        gone=[(CUSTOM_HOST, "/doc/by-path/a.jpg"), "/demo/shop/tr:w-90/doc/by-path/a.jpg"],
        kept=[(CUSTOM_HOST, "/doc/by-path/b.jpg"), "/demo/doc/by-path/a.jpg"],
    ),
    case(
        "star-at-a-custom-host",
        url=f"http://{CUSTOM_HOST}/doc/custom-star/*",
        gone=[(CUSTOM_HOST, "/doc/custom-star/a.jpg"), "/demo/shop/doc/custom-star/b.jpg"],
        kept=[(CUSTOM_HOST, "/doc/custom-stars/a.jpg"), "/demo/web/doc/custom-star/a.jpg"],
    ),
    case(
        "scheme-host-and-port-do-not-matter",
        url="https://cdn.somewhere.example:444/demo/web/doc/anywhere/a.jpg",
        gone=["/demo/web/doc/anywhere/a.jpg", ("other.example", "/demo/web/doc/anywhere/a.jpg")],
    ),
    case(
        "cache-tag",
        tag="shoes",
        gone=[
            "/demo/web/tags/shoes/a.jpg", "/demo/web/tags/boots,%20shoes/a.jpg?tr=w-90",
            "/demo/saved/tags/shoes/a.jpg", "/demo/web/keys/hats%20shoes/a.jpg",
        ],
        kept=["/demo/web/tags/boots/shoes.jpg", "/demo/web/tags/shoes-and-more/a.jpg", "/second/tags/shoes/a.jpg"],
    ),
    case(
        "surrogate-key",
        tag="key:1",
        gone=["/demo/web/keys/key:0%20key:1/a.jpg", "/demo/web/tr:w-90/keys/key:1/a.jpg"],
        kept=["/demo/web/keys/key:10/a.jpg", "/demo/web/doc/keys/key:1/a.jpg"],
    ),
    case(
        "origin",
        origin="whole",
        gone=["/demo/whole/doc/origin/a.jpg", "/demo/whole/tr:w-90/doc/origin/b.jpg"],
        kept=["/demo/web/doc/origin/a.jpg"],
    ),
    case(
        "negative-answer",
        url=HOST + "/demo/web/late/negative/a.jpg",
        missing=["/demo/web/late/negative/b.jpg"],
        gone=["/demo/web/late/negative/a.jpg", "/demo/web/tr:w-90/late/negative/a.jpg"],
    ),
    case(
        "saved-original",
        url=HOST + "/demo/saved/doc/saved/a.jpg",
        gone=["/demo/saved/doc/saved/a.jpg", "/demo/saved/tr:w-90/doc/saved/a.jpg"],
        kept=["/demo/saved/doc/saved/b.jpg"],
    ),
    case(
        "everything-of-an-endpoint",
        url=HOST + "/demo/web/doc/all/*",
        gone=["/demo/web/doc/all/1.jpg", "/demo/web/doc/all/2.jpg"],
        kept=["/demo/doc/all/1.jpg"],
    ),
    case(
        "own-account-of-another",
        key=SECOND_KEY,
        url=HOST + "/second/doc/own/a.jpg",
        gone=["/second/doc/own/a.jpg"],
        kept=["/demo/doc/own/a.jpg"],
    ),
    case(
        "url-of-another-account",
        key=SECOND_KEY,
        is_refused=True,
        url=HOST + "/demo/web/doc/foreign/a.jpg",
        kept=["/demo/web/doc/foreign/a.jpg"],
    ),
    case(
        "custom-host-of-another-account",
        key=SECOND_KEY,
        is_refused=True,
        url=f"http://{CUSTOM_HOST}/doc/foreign-host/a.jpg",
        kept=[(CUSTOM_HOST, "/doc/foreign-host/a.jpg")],
    ),
    case(
        "star-over-another-account",
        key=SECOND_KEY,
        is_refused=True,
        url=HOST + "/demo/*",
        kept=["/demo/web/doc/foreign-star/a.jpg"],
    ),
    case(
        "wrong-key",
        key="private_wrong",
        is_refused=True,
        url=HOST + "/demo/web/doc/wrong-key/a.jpg",
        kept=["/demo/web/doc/wrong-key/a.jpg"],
    ),
]


def ask(instance, where, accept=None):
    host, path = where if isinstance(where, tuple) else (None, where)
    return instance.get(path, accept=accept, headers={"Host": host} if host else {})


def is_late(where):
    return "/late/" in where


@pytest.fixture(scope="module")
def batch(purged, batch_origin):
    """All cases at once, as each takes seconds: asked for, changed at the origin, purged, completed."""
    for one in CASES:
        for where in (*one.gone, *one.kept, *one.missing):
            for accept in (None, WEBP):
                first = ask(purged, where, accept)
                assert first.status == 404 if is_late(where) else shows(first, OLD), (one.name, where, first)
    batch_origin.change("")
    for one in CASES:
        if one.is_refused:
            with pytest.raises((imagekitio.BadRequestError, imagekitio.PermissionDeniedError)):
                purging.accept(purged, **one.purge)
        else:
            one.request_id = purging.accept(purged, **one.purge)
    for one in CASES:
        if one.request_id:
            purging.wait_until_completed(purged, one.request_id, one.purge.get("key", PRIVATE_KEY))
    return purged


@pytest.mark.parametrize("one", CASES, ids=lambda one: one.name)
def test_a_purge_hits_what_is_meant_and_nothing_else(batch, one):
    for where in one.gone:
        assert shows(ask(batch, where), NEW), f"not purged: {where}"
        assert shows(ask(batch, where, WEBP), NEW), f"not purged for WebP: {where}"
    for where in one.kept:
        assert shows(ask(batch, where), OLD), f"purged as well: {where}"
        assert shows(ask(batch, where, WEBP), OLD), f"purged as well for WebP: {where}"
    for where in one.missing:
        assert ask(batch, where).status == 404, f"purged as well: {where}"


def test_no_key_purges_nothing(purged):
    assert purging.call(purged, {"url": HOST + "/demo/live/*"}, key=None).status == 401


def test_the_very_next_request_after_completed_is_new(purged, changing, unique):
    """Clients ask all the time, so the edge cache is never without a copy when the purge comes."""
    word = unique()
    path = f"/demo/live/tr:w-120,f-jpg/doc/{word}/a.jpg"
    completed, stopped, seen, lock = threading.Event(), threading.Event(), Counter(), threading.Lock()

    def run(accept):
        while not stopped.is_set():
            is_after = completed.is_set()
            answer = purged.get(path, accept=accept)
            colour = "new" if shows(answer, NEW) else "old" if shows(answer, OLD) else answer.status
            with lock:
                seen[is_after, colour] += 1

    assert shows(purged.get(path), OLD)
    threads = [threading.Thread(target=run, args=(accept,)) for accept in (None, WEBP, "image/avif", None)]
    for thread in threads:
        thread.start()
    try:
        changing.change(word)
        purging.purge(purged, url=purged.base + f"/demo/live/doc/{word}/a.jpg")
        completed.set()
        wait_for(lambda: seen[True, "new"] >= 100, what="answers after the purge")
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    assert set(seen) <= {(False, "old"), (False, "new"), (True, "new")}, seen


def test_an_answer_in_flight_brings_nothing_old_back(purged, changing, unique):
    """The origin has begun to send the old bytes before the purge, and ends after it."""
    word = unique()
    path = f"/demo/live/tr:w-130,f-jpg/held/{word}/a.jpg"
    saved = path.replace("/live/", "/live-saved/")
    answers = {}
    threads = [
        threading.Thread(target=lambda where=where: answers.update({where: purged.get(where)}))
        for where in (path, saved)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: changing.count(word) == 2, what="the requests at the origin")
    changing.change(word)
    for name in ("live", "live-saved"):
        identifier = purging.accept(purged, url=purged.base + f"/demo/{name}/held/{word}/a.jpg")
    purging.wait_until_completed(purged, identifier)
    changing.gate(word).set()
    for thread in threads:
        thread.join()
    for where in (path, saved):
        assert answers[where].status == 200
        assert shows(purged.get(where), NEW)
        assert shows(purged.get(where, accept=WEBP), NEW)
        assert shows(purged.get(where.replace("w-130", "w-131")), NEW)


def test_apus_purge_waits(purged, changing, unique):
    word = unique()
    paths = [f"/demo/live/doc/{word}/{name}.jpg" for name in "ab"]
    for path in paths:
        assert shows(purged.get(path), OLD)
    changing.change(word)
    done = purging.command(
        "--config", purged.configuration, "--server", purged.base, "--wait", *(purged.base + path for path in paths)
    )
    assert done.returncode == 0, done
    assert len(done.stdout.split()) == 2
    for path in paths:
        assert shows(purged.get(path), NEW)


def test_purges_outlive_redis_and_the_instance(own_apus, batch_origin, changing, unique):
    """What lay in the store when it was purged stays purged, whatever is lost; what was not purged is still there."""
    instance = own_apus("survivor", **configuration(batch_origin, changing))
    word = unique()

    def path(kind, number):
        return f"/demo/live/tr:w-{100 + number},f-jpg/doc/{word}/{kind}/a.jpg"

    count = 24
    for kind in ("gone", "kept"):
        for number in range(count):
            assert shows(instance.get(path(kind, number)), OLD)
    wait_for(
        lambda: metrics(instance)["apus_cache_entries_total", {"tier": "store", "result": "kept"}] >= 2 * count,
        what="the store",
    )
    changing.change(word)
    purging.purge(instance, url=f"{HOST}/demo/live/doc/{word}/gone/a.jpg")
    numbers = {kind: iter(range(count)) for kind in ("gone", "kept")}

    def check(event):
        assert shows(instance.get(path("gone", next(numbers["gone"]))), NEW), f"back after: {event}"
        # Until the log is known again everything is a miss.
        wait_for(lambda: shows(instance.get(path("kept", next(numbers["kept"]))), OLD), what=f"the store: {event}")
        assert shows(instance.get(path("gone", next(numbers["gone"]))), NEW), f"back after: {event}"

    instance.redis("FLUSHALL")
    check("FLUSHALL")
    before = instance.pid("redis")
    kill(before)
    wait_for(lambda: instance.redis("PING") == "PONG" and instance.pid("redis") != before, what="Redis' return")
    check("a Redis that came back empty")
    for worker in instance.workers():
        kill(worker)
    wait_for(lambda: instance.get("/_apus/ready").status == 200, what="the workers' return")
    check("killed workers")
    instance.down()
    instance.up()
    check("down and up")


@pytest.mark.long
def test_a_flood_of_purges_harms_nobody(purged, changing, unique):
    word, count, threads = unique(), 3000, 4
    path = f"/demo/live/doc/{word}/a.jpg"
    assert shows(purged.get(path), OLD)
    changing.change(word)
    statuses = Counter()

    def flood(first):
        for number in range(first, count, threads):
            statuses[purging.call(purged, {"url": f"{HOST}/demo/live/doc/{word}/{number}.jpg"}).status] += 1

    workers = [threading.Thread(target=flood, args=(first,)) for first in range(threads)]
    with Load(purged.port, lambda number: f"/demo/live/tr:w-{50 + number % 400}/doc/flood/a.jpg", threads=2) as load:
        purging.accept(purged, url=f"{HOST}{path}")
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert statuses == {201: count}
    assert load.failed == 0 and load.done > 0, load.outcomes
    last = f"/demo/live/doc/{word}/last.jpg"
    purging.purge(purged, url=f"{HOST}{last}")
    assert shows(purged.get(path), NEW)
    assert metrics(purged)["apus_purge_rules"] >= count
