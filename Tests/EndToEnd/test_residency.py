"""Bytes of URL endpoints with `residency: home` are nowhere but at home: not on another region's disk, in its Redis, in
its logs and temporary files. Others relay them, and answer 503 while home is away."""

import hashlib
import http.client
import itertools
import socket
import time

import pytest

import purging
from changing_origin import NEW, OLD, shows
from instance import wait_for
from load import Load
from regions import way
from region_origin import blob, noisy
from sites import control, in_parallel
from traces import traces

_seeds = itertools.count(500)
# Below and above what nginx holds in memory (worker.conf).
SHORT, LONG = 60_000, 12 << 20

pytestmark = pytest.mark.usefixtures("healed_world")


@pytest.fixture
def seed():
    return next(_seeds)


def assert_only_at_home(world, *bodies):
    """Nothing of them is in any other region."""
    # Logs are written once a second.
    time.sleep(1.2)
    for region in (world.alpha, world.gamma):
        assert traces(region, *bodies) == [], region.name


def test_the_search_finds_what_is_there(world, unique, seed):
    """Else the others of this page would say nothing."""
    body = world.alpha.visit(f"/demo/beta/tr:w-180,f-jpg/noise/{seed}/{unique()}.jpg").body
    wait_for(lambda: len(traces(world.alpha, body)) >= 2, what="traces in alpha")
    found = traces(world.alpha, body)
    assert any("Redis" in place for place in found) and any("/edge/" in place for place in found), found
    assert traces(world.beta, body)
    assert not traces(world.gamma, body)


def test_no_byte_of_a_picture_is_anywhere_else(world, unique, seed):
    word, made = unique(), world.beta.made()
    bodies = [noisy(seed)]
    for width in (100, 150, 180):
        for kind in ("jpg", "webp", "png"):
            url = f"/demo/bound/tr:w-{width},f-{kind}/noise/{seed}/{word}.jpg"
            for region in (world.alpha, world.gamma):
                for _ in range(3):
                    answer = region.visit(url)
                    assert answer.status == 200 and way(answer) == ("region", "beta"), answer
                    assert region.get(url).cache == "region"
                bodies.append(answer.body)
    assert_only_at_home(world, *bodies)
    assert traces(world.beta, *bodies)
    assert made() == 9


def test_the_answer_is_that_of_home(world, unique, seed):
    url = f"/demo/bound/tr:w-120,f-png/noise/{seed}/{unique()}.jpg"
    home, here = world.beta.visit(url), world.alpha.visit(url)
    assert here.body == home.body and here["ETag"] == home["ETag"] and here["Content-Type"] == home["Content-Type"]
    assert here["Content-Length"] == str(len(home.body))
    # Nobody knows where a cache on the way to the client stands.
    assert "private" in control(here) and "s-maxage" not in control(here) and "public" not in control(here)


def test_no_byte_of_an_original_is_anywhere_else(world, unique, seed):
    """The picture as it is, from the URL without a transformation and with `orig-true`."""
    word = unique()
    for part in ("noise/{}/{}.jpg", "tr:orig-true/noise/{}/{}.jpg"):
        for region in (world.alpha, world.gamma):
            answer = region.visit("/demo/bound/" + part.format(seed, word))
            assert answer.status == 200 and answer["x-apus-region"] == "beta", answer
    assert answer.body == noisy(seed)
    assert_only_at_home(world, noisy(seed), answer.body)


@pytest.mark.parametrize(
    "length, name",
    [
        (LONG, "a.bin"),
        (SHORT, "a"),
        pytest.param(SHORT, "a.bin", marks=pytest.mark.long),
        pytest.param(LONG, "a", marks=pytest.mark.long),
    ],
)
def test_no_byte_of_a_file_is_anywhere_else(world, unique, length, name):
    word = unique()
    url, body = f"/demo/bound/blob/{length}/{word}/{name}", blob(length, f"{length}/{word}/{name}")
    for region in (world.alpha, world.gamma):
        answer = region.visit(url)
        assert answer.status == 200 and answer["Content-Length"] == str(length)
        assert hashlib.sha256(answer.body).digest() == hashlib.sha256(body).digest()
        part = region.visit(url, headers={"Range": "bytes=100-199"})
        assert part.status == 206 and part.body == body[100:200]
    assert_only_at_home(world, body)


def test_of_a_custom_host_too(world, unique, seed):
    headers = {"Host": "bound.beta.example"}
    url = f"/tr:w-130,f-jpg/noise/{seed}/{unique()}.jpg"
    for _ in range(3):
        answer = world.alpha.get(url, headers=headers)
        assert answer.status == 200 and way(answer) == ("region", "beta"), answer
    assert_only_at_home(world, answer.body, noisy(seed))


@pytest.mark.parametrize("name", ["a.bin", "a"], ids=["by its name", "by what it is"])
def test_a_slow_client_leaves_no_temporary_file(world, unique, name):
    """What waits for the client waits in memory, or at home."""
    word = unique()
    url, body = f"/demo/bound/blob/{LONG}/{word}/{name}", blob(LONG, f"{LONG}/{word}/{name}")
    with slow_client(world.alpha.port, url) as answer:
        assert answer.status == 200
        taken = answer.read(1000)
        # Long enough for nginx to have taken all that it wants.
        wait_for(lambda: quiet(world.origin), what="the buffers to be full")
        assert traces(world.alpha, body) == [] and traces(world.gamma, body) == []
        taken += answer.read()
    assert hashlib.sha256(taken).digest() == hashlib.sha256(body).digest()


def test_a_slow_client_of_a_large_picture_leaves_no_temporary_file(world, unique, seed):
    """A variant that is larger than nginx' buffers."""
    url = f"/demo/bound/tr:w-2400,f-png/noise/{seed}/{unique()}.jpg"
    whole = world.beta.visit(url).body
    assert len(whole) > 4 << 20
    with slow_client(world.alpha.port, url) as answer:
        assert answer.status == 200
        taken = answer.read(1000)
        time.sleep(2)
        assert traces(world.alpha, whole) == []
        taken += answer.read()
    assert taken == whole


def quiet(origin):
    before = origin.sent
    time.sleep(0.5)
    return origin.sent == before


class slow_client:
    """A request whose answer is read as slowly as the test reads it: the kernel takes little."""

    def __init__(self, port, url):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._connection.sock = socket.socket()
        self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._connection.sock.connect(("127.0.0.1", port))
        self._connection.request("GET", url)

    def __enter__(self):
        return self._connection.getresponse()

    def __exit__(self, *_):
        self._connection.close()


def test_a_client_that_goes_leaves_nothing(world, unique):
    word = unique()
    url, body = f"/demo/bound/blob/{LONG}/{word}/a.bin", blob(LONG, f"{LONG}/{word}/a.bin")
    for _ in range(5):
        with slow_client(world.alpha.port, url) as answer:
            answer.read(100_000)
    assert_only_at_home(world, body)
    assert world.alpha.visit(url).status == 200


def test_errors_of_it_are_not_kept_here(world, unique):
    word = unique()
    world.origin.missing.add(word)
    url = f"/demo/bound/tr:w-50,f-png/maybe/{word}/a.jpg"
    for _ in range(3):
        answer = world.alpha.visit(url)
        assert answer.status == 404 and answer.error == "ENOENT"
    # Home keeps it; here nothing knows of it.
    assert world.origin.count(word) == 1
    assert world.beta.front.count(word) == 3
    world.origin.missing.discard(word)
    wait_for(lambda: shows(world.beta.visit(url), OLD), what="the end of errorAge at home")
    assert shows(world.alpha.visit(url), OLD)


# --- while home is away


def await_home(world, known):
    """Until every worker asks again for what nobody else may answer: that, too, each of them finds by itself."""
    for region in (world.alpha, world.gamma):
        wait_for(
            lambda: all(
                answer.status == 200 for _ in range(3) for answer in in_parallel(4, lambda _: region.visit(known))
            ),
            what="home's return",
        )


@pytest.mark.parametrize(
    "mode", ["refuse", *[pytest.param(mode, marks=pytest.mark.long) for mode in ("503", "reset", "hang")]]
)
def test_503_when_home_is_down(world, unique, seed, mode):
    word = unique()
    known = f"/demo/bound/tr:w-140,f-jpg/noise/{seed}/{word}.jpg"
    assert world.alpha.visit(known).status == 200
    asked = world.origin.count()
    world.beta.front.set_mode(mode)
    made = world.alpha.made()
    for url in (known, f"/demo/bound/tr:w-141/noise/{seed}/{word}.jpg", f"/demo/bound/blob/{SHORT}/{word}/a.bin"):
        for region in (world.alpha, world.gamma):
            answer = region.visit(url)
            assert answer.status == 503, answer
            assert int(answer["Retry-After"]) > 0 and answer.error
            assert "no-store" in answer["Cache-Control"]
            # Not kept either: nginx would answer so when home is back.
            assert region.get(url).status == 503
    assert world.origin.count() == asked and made() == 0
    assert world.beta.visit(known).status == 200
    world.beta.front.set_mode(None)
    await_home(world, known)
    assert world.alpha.get(known).status == 200


@pytest.mark.long
def test_nothing_is_failed_over(world, unique, seed):
    """Under load, while home falls and comes back: an answer is home's, or 503."""
    word, made = unique(), [world.alpha.made(), world.gamma.made()]

    def url(number):
        return f"/demo/bound/tr:w-{40 + number % 100},f-jpg/noise/{seed}/{word}/{number // 100}.jpg"

    with Load(world.alpha.port, url, 4) as load:
        wait_for(lambda: load.done >= 20, what="the load")
        world.beta.front.set_mode("refuse")
        wait_for(lambda: load.outcomes[503] >= 20, what="refusals")
        world.beta.front.set_mode(None)
        good = load.outcomes[200]
        wait_for(lambda: load.outcomes[200] >= good + 20, 40, what="home's return")
    await_home(world, url(0))
    assert set(load.outcomes) == {200, 503}
    assert [one() for one in made] == [0, 0]
    assert_only_at_home(world, noisy(seed))


def test_a_purge_of_it_is_obeyed_here_at_once(world, unique):
    word = unique()
    url = f"/demo/bound/tr:w-60,f-png/doc/{word}/a.jpg"
    assert shows(world.alpha.get(url), OLD)
    world.origin.change(word)
    purging.purge(world.alpha, url=f"{world.alpha.base}/demo/bound/doc/{word}/*")
    for region in world:
        assert shows(region.get(url), NEW)
        assert shows(region.visit(url), NEW)


def test_explaining_brings_no_bytes_here(world, unique, seed):
    """`/_apus/explain` with `fetch=true` would bring the original here."""
    word = unique()
    url = f"/demo/bound/tr:w-60/noise/{seed}/{word}.jpg"
    answer = world.alpha.get(f"/_apus/explain?url={url}&fetch=true")
    assert answer.status == 400 and b"residency" in answer.body, answer.body
    assert world.origin.count(word) == 0
    assert traces(world.alpha, noisy(seed)) == []
