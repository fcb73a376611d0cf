"""`/_apus/metrics`: for the whole host, exact, and for the owner only."""

import socket
import threading

import fastcgi
import pytest

from changing_origin import OLD, ChangingOrigin, shows
from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, kill, wait_for
from prometheus import Difference, metrics
from purging import call
from test_caching import in_parallel

WEBP = "image/webp"
DONE = ("apus_renders_total", {"result": "done"})
STORE_BYTES = 10_000_000


@pytest.fixture(scope="module")
def changing():
    origin = ChangingOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def measured(workplace, configure, changing, folder):
    """Two worker processes, and a store that is soon full."""
    store = workplace / "measured-store"
    configuration = configure(
        "measured",
        workers={"processes": 2, "slots": 64, "renders": 2},
        store={"type": "DISK", "path": str(store), "maxBytes": "10MB"},
        redis={"maxValueBytes": 20_000},
        timeouts={"total": "20s", "firstByte": "5s", "stall": "5s", "redis": "1s"},
        accounts=[
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY],
                "origins": [web("web", changing.base), {"id": "disk", "type": "DISK", "path": str(folder)}],
                "urlEndpoints": [
                    endpoint("", "web"),
                    endpoint("disk", "disk"),
                    endpoint("brief", "web", cacheControl="origin"),
                ],
            }
        ],
    )
    instance = Instance(configuration, workplace / "measured")
    instance.up()
    yield instance
    instance.down()


def test_it_is_what_prometheus_reads(measured):
    answer = measured.get("/_apus/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    samples = metrics(measured)
    for name, kind in samples.kinds.items():
        assert name.startswith("apus_")
        assert (kind == "counter") == name.endswith("_total"), (name, kind)


@pytest.mark.parametrize(
    "name, labels",
    [
        ("apus_cache_lookups_total", {"tier": "redis", "result": "hit"}),
        ("apus_cache_lookups_total", {"tier": "redis", "result": "miss"}),
        ("apus_cache_lookups_total", {"tier": "store", "result": "hit"}),
        ("apus_cache_lookups_total", {"tier": "store", "result": "stale"}),
        ("apus_cache_lookups_total", {"tier": "store", "result": "purged"}),
        ("apus_stale_answers_total", {}),
        ("apus_coalesced_requests_total", {"what": "variant", "scope": "region"}),
        ("apus_coalesced_requests_total", {"what": "original", "scope": "process"}),
        ("apus_store_evictions_total", {}),
        ("apus_redis_errors_total", {}),
        ("apus_redis_breaker_openings_total", {}),
        ("apus_store_errors_total", {}),
        ("apus_store_bytes", {}),
        ("apus_store_limit_bytes", {}),
        ("apus_purges_total", {"result": "accepted"}),
        ("apus_purge_rules", {}),
        ("apus_origin_requests_total", {"result": "found"}),
        DONE,
    ],
)
def test_what_an_owner_wants_to_see_is_there(measured, name, labels):
    assert metrics(measured)[name, labels] >= 0


def test_the_numbers_of_all_workers_add_up(measured, changing, unique):
    word, count = unique(), 60
    added = Difference(measured)
    paths = [f"/demo/tr:w-{100 + number},f-jpg/doc/{word}/{number}.jpg" for number in range(count)]
    # Few at a time: none may be refused.
    for start in range(0, count, 10):
        answers = in_parallel(10, lambda number, start=start: measured.get(paths[start + number]))
        assert all(shows(answer, OLD) for answer in answers), answers
    for path in paths:
        assert measured.get(path, accept=WEBP).cache == "redis"
    assert measured.get(f"/demo/missing/{word}.jpg").status == 404
    assert measured.get("/demo/tr:w-nonsense/doc/a.jpg").status == 400
    answers = "apus_answers_total"
    assert added[answers, {"status": "2xx", "tier": "render"}] == count
    assert added[answers, {"status": "2xx", "tier": "redis"}] == count
    assert added[answers, {"status": "4xx"}] == 2
    assert added[answers, {"status": "5xx"}] == 0
    assert added[DONE] == added["apus_renders_total"] == count
    assert added["apus_render_duration_seconds_count"] == count
    assert added["apus_origin_requests_total", {"result": "found"}] == count
    assert added["apus_origin_requests_total", {"result": "ENOENT"}] == 1
    lookups = "apus_cache_lookups_total"
    assert added[lookups, {"tier": "redis", "result": "hit"}] == count
    wait_for(
        lambda: added["apus_cache_entries_total", {"tier": "store", "result": "kept"}] == count, what="the store"
    )
    # The edge cache's own hits are not a worker's.
    before = added[answers, {"tier": "redis"}]
    assert [measured.get(paths[0], accept=WEBP).cache for _ in range(3)][1:] == ["edge", "edge"]
    assert added[answers, {"tier": "redis"}] <= before + 1


def test_every_worker_tells_the_same(measured):
    """Each request may meet another worker; numbers never go down."""
    started = [metrics(measured)["apus_worker_starts_total"] for _ in range(20)]
    assert set(started) == {2}
    answers = [metrics(measured)["apus_answers_total"] for _ in range(20)]
    assert answers == list(range(int(answers[0]), int(answers[0]) + 20))


def coalesced(measured, changing, word, count):
    """How many of simultaneous requests for widths of one original have waited for another's fetch."""
    added = Difference(measured)
    gate = changing.gate(word)

    def ask(number):
        # Different widths of one original: the flight is that of the original.
        answer = measured.get(f"/demo/tr:w-{100 + number},f-jpg/held/{word}/a.jpg")
        assert shows(answer, OLD)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    wait_for(lambda: changing.count(word) == 1, what="the request at the origin")
    gate.set()
    for thread in threads:
        thread.join()
    assert added[DONE] == count
    return added["apus_coalesced_requests_total", {}]


def test_coalesced_requests_are_counted(measured, changing, unique):
    count = 8
    # Who comes when the original is there already has waited for nobody, as all others may on a busy machine.
    rounds = (coalesced(measured, changing, unique(), count) for _ in range(10))
    found = next((number for number in rounds if number > 0), 0)
    assert 1 <= found <= count - 1


def test_a_killed_worker_takes_no_numbers_with_it(measured, unique):
    assert shows(measured.get(f"/demo/tr:w-90/doc/{unique()}/a.jpg"), OLD)
    before = metrics(measured)
    victim = measured.workers()[0]
    kill(victim)
    wait_for(lambda: len(now := measured.workers()) == 2 and victim not in now, what="the worker's return")
    starts = "apus_worker_starts_total"
    after = wait_for(
        lambda: (now := metrics(measured))[starts] == before[starts] + 1 and now, what="the new worker's number"
    )
    for name, kind in before.kinds.items():
        if kind == "counter":
            assert after[name] >= before[name], name
    assert after[DONE] >= before[DONE] >= 1


def test_purges_are_counted(measured, unique):
    added = Difference(measured)
    assert call(measured, {"url": f"{measured.base}/demo/doc/{unique()}/a.jpg"}).status == 201
    assert call(measured, {"url": f"{measured.base}/nobody/a.jpg"}).status == 400
    assert added["apus_purges_total", {"result": "accepted"}] == 1
    assert added["apus_purges_total", {"result": "refused"}] == 1
    wait_for(lambda: metrics(measured)["apus_purge_rules"] >= 1, what="the rule")


def test_a_redis_that_is_away_shows(measured, unique):
    added = Difference(measured)
    before = measured.pid("redis")
    measured.redis("CONFIG", "SET", "maxmemory-policy", "noeviction")
    measured.redis("CONFIG", "SET", "maxmemory", "1")
    assert shows(measured.get(f"/demo/tr:w-93/doc/{unique()}/a.jpg"), OLD)
    assert added["apus_redis_errors_total", {"kind": "refused"}] >= 1
    kill(before)
    assert shows(measured.get(f"/demo/tr:w-94/doc/{unique()}/a.jpg"), OLD)
    wait_for(lambda: added["apus_redis_breaker_openings_total"] >= 1, what="an opened breaker")
    assert added["apus_redis_errors_total", {"kind": "unavailable"}] >= 1
    wait_for(lambda: measured.redis("PING") == "PONG" and measured.pid("redis") != before, what="Redis' return")


def test_the_store_shows_its_size_and_what_it_evicts(measured, folder, eventually):
    added = Difference(measured)
    # The folders themselves take a part of what the configuration grants.
    limit = metrics(measured)["apus_store_limit_bytes"]
    assert 0 < limit <= STORE_BYTES
    evicted = "apus_store_evictions_total"
    # Large ones, of a picture that no encoder makes small.
    for number in range(200):
        assert measured.get(f"/demo/disk/tr:w-640,q-{60 + number % 40},f-png/noise.jpg?v={number}").status == 200
        if added[evicted] > 0:
            break
    eventually(lambda: added[evicted] > 0, what="evictions")
    assert added["apus_store_evicted_bytes_total"] > 0
    eventually(lambda: 0 < metrics(measured)["apus_store_bytes"] <= limit, what="a store within its limit")


@pytest.mark.parametrize(
    "address, status", [("127.0.0.1", 200), ("::1", 200), ("192.0.2.7", 403), ("2001:db8::7", 403), ("", 403)]
)
def test_strangers_are_not_told(measured, address, status):
    """By the worker's own socket, as a request from elsewhere comes to it."""
    folder = (measured.state / "socket-folder").read_text().strip()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(f"{folder}/worker.sock")
        answer = fastcgi.request(connection, REQUEST_URI="/_apus/metrics", REMOTE_ADDR=address, REQUEST_ID="r1")
    assert answer.startswith(b"Status: %d" % status), answer[:200]
    assert (b"apus_renders_total" in answer) == (status == 200)
