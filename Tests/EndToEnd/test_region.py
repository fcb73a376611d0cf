"""Two instances that share one Redis, as two machines of a region would: ports, workers, edge caches and stores are
their own. What one makes the other has; what one purges is gone in both."""

import signal
import threading
from pathlib import Path

import pytest

import purging
from changing_origin import NEW, OLD, ChangingOrigin, shows
from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, kill, wait_for
from prometheus import Difference
from redis_servers import RedisServer
from test_caching import BUCKETS, in_parallel

DONE = ("apus_renders_total", {"result": "done"})


@pytest.fixture(scope="module")
def changing():
    origin = ChangingOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def lonely():
    """An origin that nobody has a connection to unless a test asks."""
    origin = ChangingOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def redis():
    server = RedisServer(maxmemory="256mb", maxmemory_policy="volatile-lfu")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def region(workplace, configure, redis, changing, lonely):
    """Two instances: the first with two worker processes, the second with one."""
    instances = []
    try:
        for number, processes in enumerate((2, 1)):
            configuration = configure(
                f"region{number}",
                redis={"url": redis.url},
                workers={"processes": processes, "slots": 256, "renders": 2},
                # A busy machine must not look like a Redis that is away: then everybody works alone.
                timeouts={"total": "30s", "firstByte": "20s", "stall": "20s", "render": "20s", "redis": "1s"},
                accounts=[
                    {
                        "id": "demo",
                        "publicKey": "public_test",
                        "privateKeys": [PRIVATE_KEY],
                        "origins": [web("web", changing.base), web("lonely", lonely.base)],
                        "urlEndpoints": [
                            endpoint("", "web"),
                            endpoint("saved", "web", saveOriginals=True),
                            endpoint("lonely", "lonely"),
                        ],
                    }
                ],
            )
            instances.append(Instance(configuration, workplace / f"region{number}"))
            instances[-1].up()
        yield instances
    finally:
        for instance in instances:
            instance.down()


class Renders:
    """Pictures made in both instances since."""

    def __init__(self, region):
        self._differences = [Difference(instance) for instance in region]

    @property
    def done(self):
        return sum(difference[DONE] for difference in self._differences)


def test_each_variant_is_made_once_in_the_region(region, changing, unique):
    word, count = unique(), 40
    renders = Renders(region)
    paths = [f"/demo/tr:w-{100 + number},f-jpg/doc/{word}/{number}.jpg" for number in range(count)]
    # Each path at both at the same moment, by two clients.
    answers = in_parallel(2 * count, lambda number: region[number % 2].get(paths[number // 2]))
    assert all(shows(answer, OLD) for answer in answers), answers
    for number in range(count):
        here, there = answers[2 * number : 2 * number + 2]
        assert here.body == there.body and here["ETag"] == there["ETag"]
    assert changing.count(word) == count
    assert renders.done == count


def test_what_one_has_made_the_other_finds(region, changing, unique):
    word = unique()
    path = f"/demo/tr:w-140,f-jpg/doc/{word}/a.jpg"
    assert [instance.get(path).cache for instance in region] == ["render", "redis"]
    assert changing.count(word) == 1


@pytest.mark.parametrize("machines", [1, 2])
def test_fifty_widths_of_one_cold_original_cost_one_fetch(region, changing, unique, machines):
    word, widths = unique(), range(100, 150)

    def ask(number):
        return region[number % machines].get(f"/demo/tr:w-{widths[number]},f-jpg/held/{word}/a.jpg")

    opener = threading.Thread(target=open_when_asked, args=(changing, word, 1.5))
    opener.start()
    answers = in_parallel(len(widths), ask)
    opener.join()
    assert all(shows(answer, OLD) for answer in answers), answers
    assert [answer.picture().width for answer in answers] == list(widths)
    assert changing.count(word) == 1


def open_when_asked(origin, word, seconds=0):
    """Lets the answer to a word go on once it was asked for, and so much later."""
    wait_for(lambda: origin.count(word) >= 1, what="the request at the origin")
    threading.Event().wait(seconds)
    origin.gate(word).set()


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.long)])
def test_many_requests_for_one_cold_variant_cost_one_fetch_and_one_render(region, changing, unique, count):
    word = unique()
    renders = Renders(region)
    path = f"/demo/tr:w-142,f-jpg/held/{word}/a.jpg"
    opener = threading.Thread(target=open_when_asked, args=(changing, word, 1))
    opener.start()
    answers = in_parallel(count, lambda number: region[number % 2].get(path, accept=BUCKETS[number // 2 % 4]))
    opener.join()
    assert all(shows(answer, OLD) for answer in answers), answers
    assert len({answer.body for answer in answers}) == 1
    assert changing.count(word) == 1
    assert renders.done == 1


def test_a_saved_original_is_fetched_once_in_the_region(region, changing, unique):
    word = unique()
    opener = threading.Thread(target=open_when_asked, args=(changing, word, 0.5))
    opener.start()
    answers = in_parallel(8, lambda number: region[number % 2].get(f"/demo/saved/tr:w-{60 + number}/held/{word}/a.jpg"))
    opener.join()
    assert all(shows(answer, OLD) for answer in answers), answers
    assert changing.count(word) == 1


def holder_of(instance, origin):
    """The worker that has a connection to the origin's port open, on which something was asked."""
    wanted = f":{origin.port:04X}"
    sockets = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[2].endswith(wanted) and fields[3] == "01":
            sockets.add(f"socket:[{fields[9]}]")
    for pid in instance.workers():
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if str(entry.readlink()) in sockets:
                    return pid
            except OSError:
                continue
    return None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_another_takes_over_from_a_holder_that_is_gone(region, redis, lonely, unique, number):
    """The holder of the lease dies, or stands still, while its origin drips: who waits for it elsewhere goes on."""
    word, answers = unique(), {}
    asked = [(0, 150), (1, 150), (1, 151)]

    def ask(where, width):
        answers[where, width] = region[where].get(f"/demo/lonely/tr:w-{width},f-jpg/held-once/{word}/a.jpg")

    threads = [threading.Thread(target=ask, args=place) for place in asked]
    threads[0].start()
    wait_for(lambda: lonely.count(word) == 1, what="the request at the origin")
    holder = wait_for(lambda: connected_worker(region[0], lonely), what="the holder")
    for thread in threads[1:]:
        thread.start()
    wait_for(lambda: redis.keys("apus:v*:wish:*"), what="those who wait")
    kill(holder, number)
    try:
        for thread in threads[1:]:
            thread.join()
    finally:
        if number == signal.SIGSTOP:
            kill(holder, signal.SIGCONT)
        lonely.gate(word).set()
        threads[0].join()
    assert all(shows(answer, OLD) for answer in answers.values()), answers
    assert lonely.count(word) == 2


def connected_worker(instance, origin):
    """The worker of the instance that has a connection to the origin."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    # The remote address, and the state ESTABLISHED.
    sockets = {f"socket:[{line[9]}]" for line in lines if line[2].endswith(f":{origin.port:04X}") and line[3] == "01"}
    return next((pid for pid in instance.workers() if sockets & set(open_files(pid))), None)


def open_files(pid):
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            yield str(entry.readlink())
        except OSError:
            continue


def test_a_purge_through_one_is_obeyed_by_both(region, changing, unique):
    word = unique()
    paths = [f"/demo/doc/{word}/a.jpg", f"/demo/tr:w-90,f-jpg/doc/{word}/a.jpg", f"/demo/saved/doc/{word}/a.jpg"]
    stopped = threading.Event()

    def keep_asking():
        while not stopped.is_set():
            for path in paths:
                region[1].get(path)

    for instance in region:
        assert all(shows(instance.get(path), OLD) for path in paths)
    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        changing.change(word)
        purging.accept(region[0], url=f"{region[0].base}/demo/saved/doc/{word}/*")
        purging.purge(region[0], url=f"{region[0].base}/demo/doc/{word}/*")
        for instance in region:
            assert all(shows(instance.get(path), NEW) for path in paths)
    finally:
        stopped.set()
        asking.join()


def prime(region, changing, word, count=6):
    """Makes variants of one original, of which each instance has its own in its store; returns the paths of each."""
    kept = ("apus_cache_entries_total", {"tier": "store", "result": "kept"})
    paths = [f"/demo/tr:w-{100 + number},f-jpg/doc/{word}/a.jpg" for number in range(2 * count)]
    differences = [Difference(instance) for instance in region]
    for number, path in enumerate(paths):
        assert shows(region[number % 2].get(path), OLD)
    wait_for(lambda: all(difference[kept] >= count for difference in differences), what="the stores")
    return iter(paths[0::2]), iter(paths[1::2])


def test_a_purge_without_redis_is_obeyed_by_both_when_it_is_back(region, redis, changing, unique):
    word = unique()
    paths = prime(region, changing, word)
    changing.change(word)
    redis.kill()
    try:
        identifier = purging.accept(region[0], url=f"{region[0].base}/demo/doc/{word}/a.jpg")
        assert not purging.is_completed(region[0], identifier)
    finally:
        redis.start()
    purging.wait_until_completed(region[0], identifier)
    for instance, own in zip(region, paths):
        assert shows(instance.get(next(own)), NEW)


def test_a_purge_is_obeyed_by_the_store_of_the_other(region, redis, changing, unique):
    """Redis forgets everything while both are down, and the other one comes back alone."""
    word = unique()
    paths = prime(region, changing, word)
    changing.change(word)
    purging.purge(region[0], url=f"{region[0].base}/demo/doc/{word}/a.jpg")
    for instance in region:
        instance.down()
    redis.kill()
    redis.start()
    for instance, own in reversed(list(zip(region, paths))):
        instance.up()
        for _ in range(3):
            assert shows(instance.get(next(own)), NEW)
