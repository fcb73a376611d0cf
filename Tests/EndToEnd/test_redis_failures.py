"""A Redis that fails in every way: each time the right pictures, no error, no stampede on the origin, and all as before
once it is back."""

import re
import threading
import time
from contextlib import contextmanager

import pytest

import purging
from changing_origin import NEW, OLD, ChangingOrigin, shows
from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, wait_for
from load import Load
from ports import free_port
from prometheus import metrics
from redis_servers import Cluster, FalseServer, RedisServer, Watched
from test_caching import in_parallel

PROCESSES = 2
MAX_VALUE_BYTES = 20_000
WEBP = "image/webp"
HUNG_SECONDS = 5
CROWD_SECONDS = 0.5
PURGE_LOG = "apus:v1:purges"
ENTRY_NAME = re.compile(r"apus:v\d+:[A-Za-z0-9_-]{43}")


@pytest.fixture(scope="module")
def changing():
    origin = ChangingOrigin()
    yield origin
    origin.stop()


def configuration(changing, url):
    return {
        "redis": {"url": url, "maxValueBytes": MAX_VALUE_BYTES},
        "workers": {"processes": PROCESSES, "slots": 64, "renders": 2},
        "timeouts": {"total": "20s", "firstByte": "10s", "stall": "10s", "render": "15s", "redis": "100ms"},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY],
                "origins": [web("web", changing.base)],
                "urlEndpoints": [endpoint("", "web")],
            }
        ],
    }


@pytest.fixture(scope="module")
def redis():
    server = RedisServer(maxmemory="64mb", maxmemory_policy="volatile-lfu")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def instance(workplace, configure, redis, changing):
    """The instance that most tests of this file share, with its Redis in good order at the start of each."""
    configured = configure("redis-failures", **configuration(changing, redis.url))
    instance = Instance(configured, workplace / "redis-failures")
    instance.up()
    yield instance
    instance.down()


def is_shared(instance, unique):
    """Whether what is made now is found in Redis a moment later."""
    path = f"/demo/tr:w-90,f-jpg/doc/{unique()}/a.jpg"
    return shows(instance.get(path), OLD) and instance.get(path, accept=WEBP).cache == "redis"


class Watch:
    """What is looked at while something goes wrong: what was made before, new variants, a crowd for one original."""

    def __init__(self, instance, changing, unique):
        self.instance, self.changing, self.unique = instance, changing, unique
        self.word = unique()
        self.known = [f"/demo/tr:w-{100 + number},f-jpg/doc/{self.word}/known/{number}.jpg" for number in range(10)]

    def prepare(self):
        """Good times: the known variants lie in Redis and in the store."""
        wait_for(lambda: is_shared(self.instance, self.unique), 40, "Redis in use")
        kept = ("apus_cache_entries_total", {"tier": "store", "result": "kept"})
        before = metrics(self.instance)[kept]
        for path in self.known:
            assert shows(self.instance.get(path), OLD)
        wait_for(lambda: metrics(self.instance)[kept] >= before + len(self.known), what="the store")
        return self

    def load(self):
        """New variants without end."""
        original = f"doc/{self.word}/load.jpg"
        return Load(self.instance.port, lambda number: f"/demo/tr:w-{50 + number},f-jpg/{original}", threads=4)

    def check(self):
        """The store has what Redis had, so nothing known is fetched again."""
        for number, path in enumerate(self.known):
            assert shows(self.instance.get(path, accept=WEBP), OLD)
            assert self.changing.count(f"{self.word}/known/{number}.jpg") == 1
        self.crowd()

    def crowd(self):
        """Many at once for one cold original: each process fetches it once at most, Redis or not."""
        word = self.unique()
        opener = threading.Thread(target=self._open, args=(word,))
        opener.start()
        answers = in_parallel(
            24, lambda number: self.instance.get(f"/demo/tr:w-{60 + number % 6},f-jpg/held/{word}/a.jpg")
        )
        opener.join()
        assert all(shows(answer, OLD) for answer in answers), answers
        assert self.changing.count(word) <= PROCESSES

    def _open(self, word):
        wait_for(lambda: self.changing.count(word), what="the crowd at the origin")
        threading.Event().wait(CROWD_SECONDS)
        self.changing.gate(word).set()


@pytest.fixture
def watch(instance, changing, unique):
    return Watch(instance, changing, unique).prepare()


def settle(load, requests=60):
    goal = load.done + requests
    wait_for(lambda: load.done >= goal, 60, "the load to go on")


@contextmanager
def killed(redis):
    redis.kill()
    yield
    redis.start()


@contextmanager
def hung(redis):
    redis.hang()
    end = time.monotonic() + HUNG_SECONDS
    yield
    wait_for(lambda: time.monotonic() > end, what="the end of the hang")
    redis.go_on()


@contextmanager
def out_of_memory(redis):
    redis.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.ask("CONFIG", "SET", "maxmemory", "1")
    yield
    redis.ask("CONFIG", "SET", "maxmemory", "64mb")
    redis.ask("CONFIG", "SET", "maxmemory-policy", "volatile-lfu")


@contextmanager
def read_only(redis):
    """A replica of a primary that is away."""
    redis.ask("REPLICAOF", "127.0.0.1", free_port())
    yield
    redis.ask("REPLICAOF", "NO", "ONE")


@contextmanager
def restarted_empty(redis):
    redis.kill()
    redis.start()
    yield


@contextmanager
def another_protocol(redis):
    redis.kill()
    false = FalseServer(redis.port)
    try:
        yield
    finally:
        false.stop()
        redis.start()


FAILURES = (killed, hung, out_of_memory, read_only, restarted_empty, another_protocol)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.__name__)
def test_a_redis_in_trouble_harms_nobody(watch, redis, instance, unique, failure):
    with watch.load() as load:
        settle(load)
        with failure(redis):
            settle(load)
            watch.check()
            settle(load)
        settle(load)
    assert load.failed == 0, load.outcomes
    wait_for(lambda: is_shared(instance, unique), 40, "Redis in use again")
    watch.check()


def entry_keys(redis):
    """The names of entries; leases and wishes have longer ones."""
    return {key for key in redis.keys("apus:v*:*") if ENTRY_NAME.fullmatch(key)}


def make_one(instance, redis, unique):
    """A variant: its path, the right bytes and the name of its entry."""
    path = f"/demo/tr:w-91,f-jpg/doc/{unique()}/a.jpg"
    before = entry_keys(redis)
    answer = instance.get(path)
    assert shows(answer, OLD)
    (key,) = entry_keys(redis) - before
    return path, answer.body, key


WRONG_TYPES = {
    "list": ("RPUSH", "{}", "x"),
    "set": ("SADD", "{}", "x"),
    "hash": ("HSET", "{}", "x", "y"),
    "sorted-set": ("ZADD", "{}", "1", "x"),
    "stream": ("XADD", "{}", "*", "x", "y"),
}


@pytest.mark.parametrize("kind", ["huge", "empty", "altered", "foreign", *WRONG_TYPES])
def test_a_value_of_somebody_else_is_not_served(watch, redis, instance, unique, kind):
    path, good, key = make_one(instance, redis, unique)
    if kind in WRONG_TYPES:
        place(redis, key, kind)
    elif kind == "altered":
        length = int(redis.ask("STRLEN", key))
        redis.ask("SETRANGE", key, length - 7, "altered")
    else:
        data = {"huge": bytes(100 * MAX_VALUE_BYTES), "empty": b"", "foreign": b"not what was stored here"}[kind]
        redis.ask("SET", key, data=data)
    again = instance.get(path, accept=WEBP)
    assert again.status == 200 and again.body == good
    # What was there is replaced by what belongs there.
    third = instance.get(path, accept="image/avif")
    assert (third.cache, third.body) == ("redis", good)


def place(redis, key, kind):
    """Puts something of that kind under the key, without expiry."""
    redis.ask("DEL", key)
    redis.ask(*(word.format(key) for word in WRONG_TYPES.get(kind, ("SET", "{}", "x"))))


@pytest.mark.parametrize("kind", ["text", "list", "hash"])
def test_a_lease_of_nobody_holds_nobody_up(watch, redis, instance, unique, kind):
    """Whoever put it there never takes it away."""
    path, good, key = make_one(instance, redis, unique)
    prefix, _, digest = key.rpartition(":")
    lease = f"{prefix}:lease:{digest}"
    wait_for(lambda: stored(instance, digest), what="the store")
    for file in stored(instance, digest):
        file.unlink()
    place(redis, lease, kind)
    redis.ask("DEL", key)
    try:
        answer = instance.get(path, accept=WEBP)
        assert answer.status == 200 and answer.body == good, answer
    finally:
        redis.ask("DEL", lease)


def stored(instance, digest):
    return list((instance.state / "store").rglob(f"*{digest}*"))


@pytest.mark.parametrize("kind", ["text", "list", "sorted-set"])
def test_a_wrong_value_in_place_of_the_purge_log(watch, redis, instance, changing, unique, kind):
    place(redis, PURGE_LOG, kind)
    try:
        watch.check()
    finally:
        redis.ask("DEL", PURGE_LOG)
    wait_for(lambda: is_shared(instance, unique), 40, "Redis in use again")


def test_a_purge_is_not_lost_with_a_wrong_value_in_place_of_the_log(watch, redis, instance, changing, unique):
    word = unique()
    path = f"/demo/tr:w-92,f-jpg/doc/{word}/a.jpg"
    assert shows(instance.get(path), OLD)
    changing.change(word)
    place(redis, PURGE_LOG, "list")
    try:
        identifier = purging.accept(instance, url=f"{instance.base}/demo/doc/{word}/a.jpg")
    finally:
        redis.ask("DEL", PURGE_LOG)
    # The worker that has taken it writes it down when it can; until then the other one does not know of it.
    wait_for(lambda: purging.is_known_and_completed(instance, identifier), purging.COMPLETED_SECONDS, "the purge's end")
    assert shows(instance.get(path), NEW)


@pytest.fixture
def started(workplace, configure, changing):
    """An instance with a Redis of its own kind: started(name, url)."""
    made = []

    def start(name, url):
        made.append(Instance(configure(name, **configuration(changing, url)), workplace / name))
        made[-1].up()
        return made[-1]

    yield start
    for instance in made:
        instance.down()


def test_sentinel_fails_over_under_load(started, changing, unique):
    servers = Watched()
    try:
        instance = started("sentinel", servers.url)
        watch = Watch(instance, changing, unique).prepare()
        with watch.load() as load:
            settle(load)
            servers.primary.kill()
            settle(load)
            watch.check()
            wait_for(lambda: servers.primary_port == servers.replica.port, 60, "the failover")
            settle(load)
        assert load.failed == 0, load.outcomes
        wait_for(lambda: is_shared(instance, unique), 40, "Redis in use again")
        watch.check()
    finally:
        servers.stop()


@pytest.mark.long
def test_a_cluster_serves_also_without_a_node(started, changing, unique):
    servers = Cluster()
    try:
        instance = started("cluster", servers.url)
        watch = Watch(instance, changing, unique).prepare()

        def are_spread():
            instance.get(f"/demo/tr:w-61,f-jpg/doc/{unique()}/a.jpg")
            return all(node.keys("apus:v*:*") for node in servers.nodes)

        wait_for(are_spread, what="keys on every node")
        word = unique()
        path = f"/demo/doc/{word}/a.jpg"
        assert shows(instance.get(path), OLD)
        changing.change(word)
        purging.purge(instance, url=instance.base + path)
        assert shows(instance.get(path), NEW)
        with watch.load() as load:
            settle(load)
            # The worst one to lose.
            servers.owner(PURGE_LOG).kill()
            settle(load)
            watch.check()
            settle(load)
        assert load.failed == 0, load.outcomes
        # Most keys lie on nodes that live.
        wait_for(lambda: is_shared(instance, unique), 40, "the other nodes in use")
        assert shows(instance.get(path), NEW)
        watch.check()
    finally:
        servers.stop()
