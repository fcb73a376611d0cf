"""A purge that is entered in one region is obeyed in all, also in one that was away: what is old is not shown, or is
shown as stale."""

import base64
import itertools
import json
import shutil
import threading
import time
from contextlib import contextmanager

import pytest

import purging
import regions
from changing_origin import NEW, OLD, shows
from instance import wait_for
from prometheus import metrics
from regions import NAMES
from sites import control, in_parallel

CONFIRM_SECONDS = 3
# After so long a region of which nothing was heard is not waited for.
GONE_SECONDS = CONFIRM_SECONDS + 5
SETTLE_SECONDS = 60
# How often every region asks every other one.
EXCHANGE_SECONDS = 1


@pytest.fixture(scope="module")
def world(workplace):
    with regions.running(workplace, "purges", timeouts=timeouts()) as world:
        yield world


def timeouts():
    return {"total": "6s", "connect": "1s", "firstByte": "4s", "stall": "2s", "render": "5s", "redis": "500ms",
            "confirm": f"{CONFIRM_SECONDS}s"}


@pytest.fixture(autouse=True)
def healed(world):
    yield
    for region in world:
        region.front.heal()
    wait_for(lambda: not any(is_marked(region) for region in world), SETTLE_SECONDS, "the end of all marks")


def is_marked(region):
    """By any of its workers; each hears the others by itself."""
    answers = [region.visit("/nobody/tr:w-20,f-png/doc/marked/a.jpg") for _ in range(8)]
    return any(answer["x-apus-stale"] for answer in answers)


def stored(region):
    """Entries that are in its store."""
    return metrics(region)["apus_cache_entries_total", {"tier": "store", "result": "kept"}]


def accept(region, path):
    """Purges the picture of a path of the account that has no home, and all that is made of it."""
    return purging.accept(region, "private_nobody", url=region.base + path.replace("tr:w-40,f-png/", ""))


def authorisation():
    return "Basic " + base64.b64encode(f"{purging.PRIVATE_KEY}:".encode()).decode()


def paths_of(word, width=40):
    """The same picture by every home, and as a file."""
    return [f"/demo/{name}/tr:w-{width},f-png/doc/{word}/a.jpg" for name in NAMES] + [f"/demo/beta/doc/{word}/a.jpg"]


def prime(world, *paths, colour=OLD):
    """Into the edge cache and the internal cache of every region."""
    for region in world:
        for path in paths:
            assert shows(region.get(path), colour), (region.name, path)


def all_show(world, paths, colour):
    return {
        (region.name, path): way
        for region in world
        for path in paths
        for way, answer in (("edge", region.get(path)), ("internal", region.visit(path)))
        if not shows(answer, colour)
    }


# --- everywhere


def test_all_regions_obey(world, unique):
    """One purge in each region, by URL, by prefix, by tag; as soon as each is completed, nobody has the old bytes."""
    words = {name: unique() for name in NAMES}
    tagged = {name: f"/demo/gamma/tr:w-40,f-png/tags/{words[name]}/{words[name]}/a.jpg" for name in NAMES}
    paths = {name: [*paths_of(words[name]), tagged[name]] for name in NAMES}
    prime(world, *[path for each in paths.values() for path in each])
    for word in words.values():
        world.origin.change(word)
    ids = []
    for name in NAMES:
        for home in NAMES:
            ids.append((name, purging.accept(world[name], url=f"{world[name].base}/demo/{home}/doc/{words[name]}/*")))
        ids.append((name, purging.accept(world[name], tag=words[name])))
    for name, request_id in ids:
        purging.wait_until_completed(world[name], request_id)
    for name in NAMES:
        assert not all_show(world, paths[name], NEW), f"entered in {name}"


def test_a_purge_is_known_everywhere_within_seconds(world, unique):
    """By what a region asks anew, before it is completed."""
    word = unique()
    path = f"/demo/alpha/tr:w-40,f-png/doc/{word}/a.jpg"
    prime(world, path)
    world.origin.change(word)
    purging.accept(world.gamma, url=f"{world.gamma.base}/demo/alpha/doc/{word}/a.jpg")
    for region in world:
        wait_for(lambda region=region: shows(region.visit(path), NEW), 3 * EXCHANGE_SECONDS, f"{region.name} to know")


@pytest.mark.long
def test_what_is_not_meant_stays(world, unique):
    word, other = unique(), unique()
    kept = paths_of(other)
    prime(world, *paths_of(word), *kept)
    world.origin.change(word)
    world.origin.change(other)
    purging.purge(world.beta, url=f"{world.beta.base}/demo/beta/doc/{word}/*")
    for region in world:
        assert shows(region.visit(paths_of(word)[1]), NEW)
        assert shows(region.visit(paths_of(word)[0]), OLD), "another endpoint's"
        assert all(shows(region.visit(path), OLD) for path in kept)


@pytest.mark.long
def test_the_state_of_a_purge_is_told_by_every_region(world, unique):
    prime(world, f"/demo/beta/doc/{(word := unique())}/a.jpg")
    request_id = purging.accept(world.alpha, url=f"{world.alpha.base}/demo/beta/doc/{word}/a.jpg")
    purging.wait_until_completed(world.alpha, request_id)
    for region in (world.beta, world.gamma):
        assert state(region, request_id) in ("Pending", "Completed")
        wait_for(lambda region=region: state(region, request_id) == "Completed", 10, f"{region.name} to say so")


def state(region, request_id):
    answer = region.get(f"/v1/files/purge/{request_id}", headers={"Authorization": authorisation()})
    assert answer.status == 200, answer
    return json.loads(answer.body)["status"]


@pytest.mark.long
def test_purge_in_both_at_once(world, unique):
    """Many at the same moment in all regions, of the same pictures and of others."""
    words = [unique() for _ in range(8)]
    paths = [f"/demo/{NAMES[number % 3]}/tr:w-40,f-png/doc/{word}/a.jpg" for number, word in enumerate(words)]
    prime(world, *paths)
    for word in words:
        world.origin.change(word)

    def enter(number):
        region = world[NAMES[number % 3]]
        return region, purging.accept(region, url=region.base + paths[number // 3].replace("tr:w-40,f-png/", ""))

    for region, request_id in in_parallel(3 * len(words), enter):
        purging.wait_until_completed(region, request_id)
    assert not all_show(world, paths, NEW)


def test_an_answer_on_its_way_brings_nothing_old(world, unique):
    """Home has the old bytes from the origin already when the purge is entered elsewhere, and sends them afterwards."""
    word = unique()
    path = f"/demo/beta/tr:w-61,f-png/held/{word}/a.jpg"
    later, answers = path.replace("held", "doc"), []
    prime(world, later)
    thread = threading.Thread(target=lambda: answers.append(world.alpha.visit(path)))
    thread.start()
    wait_for(lambda: world.origin.count(f"held/{word}") == 1, what="the request at the origin")
    world.origin.change(word)
    for name in ("held", "doc"):
        purging.accept(world.gamma, url=f"{world.gamma.base}/demo/beta/{name}/{word}/a.jpg")
    for region in world:
        # Who knows of the second purge knows of the first.
        wait_for(lambda region=region: shows(region.visit(later), NEW), what=region.name)
    world.origin.gate(word).set()
    thread.join()
    assert answers[0].status == 200
    for region in world:
        for _ in range(2):
            assert shows(region.visit(path), NEW)


def test_what_a_region_knows_home_must_know(world, unique):
    """Home has not heard of a purge that alpha knows: it does not answer from what it has."""
    word = unique()
    path = f"/demo/beta/tr:w-62,f-png/doc/{word}/a.jpg"
    assert shows(world.beta.visit(path), OLD)
    world.origin.change(word)
    # Nothing but questions passes between alpha and beta, and gamma is cut off.
    with only_questions(world):
        purging.accept(world.alpha, url=f"{world.alpha.base}/demo/beta/doc/{word}/a.jpg")
        # As soon as both workers of alpha know it, which take turns; from beta none of them ever hears.
        widths = itertools.count(63)
        wait_for(
            lambda: all(shows(world.alpha.visit(path.replace("w-62", f"w-{next(widths)}")), NEW) for _ in range(4)),
            what="what home has to fetch anew")
        wait_for(lambda: shows(world.alpha.visit(path), NEW), what="what home had made before")


@contextmanager
def only_questions(world):
    for region in world:
        region.front.deaf_calls = {"exchange"}
    try:
        yield
    finally:
        for region in world:
            region.front.deaf_calls = set()


# --- away and back


@pytest.mark.long
def test_a_region_that_was_down_catches_up_first(world, unique):
    """From its first answer on it shows what is new, or says that it is stale."""
    word = unique()
    paths = paths_of(word)
    prime(world, *paths)
    # In its store too: its Redis ends with it.
    wait_for(lambda: stored(world.beta) > 0, what="the store")
    world.beta.down()
    try:
        world.origin.change(word)
        began = time.monotonic()
        for home in NAMES:
            request_id = purging.accept(world.alpha, url=f"{world.alpha.base}/demo/{home}/doc/{word}/*")
        purging.wait_until_completed(world.alpha, request_id)
        # Its front takes connections and finds nobody: nothing is known of it but that it is silent.
        assert time.monotonic() - began < GONE_SECONDS + 20
        for region in (world.alpha, world.gamma):
            assert all(shows(region.get(path), NEW) for path in paths)
        seen, starting = [], threading.Event()
        watcher = threading.Thread(target=watch, args=(world.beta, paths, seen, starting))
        watcher.start()
        world.beta.up()
        wait_for(lambda: len(seen) >= 40, what="answers of beta")
        starting.set()
        watcher.join()
    finally:
        if not world.beta.state.joinpath("apus.pid").exists():
            world.beta.up()
    old = [answer for answer in seen if not shows(answer, NEW) and answer["x-apus-stale"] != "true"]
    assert not old, f"{len(old)} of {len(seen)}"
    wait_for(lambda: not is_marked(world.beta), SETTLE_SECONDS, "beta to be sure")
    assert not all_show(world, paths, NEW)


def watch(region, paths, seen, stopped):
    while not stopped.is_set():
        for path in paths:
            for ask in (region.get, region.visit):
                try:
                    answer = ask(path)
                except OSError:
                    continue
                if answer.status == 200:
                    seen.append(answer)


@pytest.mark.long
def test_a_region_that_was_killed_catches_up_first(world, unique):
    """The same without a farewell, and with its Redis and nginx' cache as they were."""
    word = unique()
    paths = paths_of(word)
    prime(world, *paths)
    world.beta.kill_all()
    world.beta.front.set_mode("refuse")
    world.origin.change(word)
    began = time.monotonic()
    request_ids = [purging.accept(world.gamma, url=f"{world.gamma.base}/demo/{home}/doc/{word}/*") for home in NAMES]
    for request_id in request_ids:
        purging.wait_until_completed(world.gamma, request_id)
    # A port that refuses tells in 5 s that nobody serves.
    assert time.monotonic() - began < GONE_SECONDS + 15
    world.beta.front.set_mode(None)
    seen, stopped = [], threading.Event()
    watcher = threading.Thread(target=watch, args=(world.beta, paths, seen, stopped))
    watcher.start()
    world.beta.up()
    wait_for(lambda: len(seen) >= 40, what="answers of beta")
    stopped.set()
    watcher.join()
    assert not [answer for answer in seen if not shows(answer, NEW) and answer["x-apus-stale"] != "true"]
    wait_for(lambda: not is_marked(world.beta), SETTLE_SECONDS, "beta to be sure")
    assert not all_show(world, paths, NEW)


def cut_off(world, name):
    """Nothing comes or goes, and nobody says so."""
    world[name].front.set_mode("hang")
    for region in world:
        if region.name != name:
            region.front.deaf_to = {name}


@pytest.mark.long
def test_completed_means_all_reachable(world, unique):
    """A region that is cut off holds a purge up until its own answers say that they are stale."""
    word = unique()
    path = f"/nobody/tr:w-40,f-png/doc/{word}/a.jpg"
    prime(world, path)
    world.origin.change(word)
    cut_off(world, "beta")
    request_id = purging.accept(world.alpha, "private_nobody", url=f"{world.alpha.base}/nobody/doc/{word}/*")
    pending = 0
    while not purging.is_completed(world.alpha, request_id, "private_nobody"):
        pending += 1
        time.sleep(0.1)
        assert pending < 400
    # At this moment, and from now on.
    for _ in range(20):
        answer = world.beta.get(path)
        assert shows(answer, NEW) or answer["x-apus-stale"] == "true", answer
        for region in (world.alpha, world.gamma):
            assert shows(region.get(path), NEW)
            assert region.get(path)["x-apus-stale"] is None
    assert pending > 10
    for region in world:
        region.front.heal()
    wait_for(lambda: shows(world.beta.get(path), NEW) and not is_marked(world.beta), SETTLE_SECONDS, "beta's return")


def test_marked_after_confirm_time(world, unique):
    """A region alone goes on serving, says so, and for a short time only."""
    word = unique()
    path = f"/nobody/tr:w-40,f-png/doc/{word}/a.jpg"
    prime(world, path)
    cut_off(world, "beta")
    cut = time.monotonic()
    answer = wait_for(
        lambda: (one := world.beta.get(path))["x-apus-stale"] and one, CONFIRM_SECONDS + 10, "beta's mark"
    )
    assert time.monotonic() - cut > CONFIRM_SECONDS - EXCHANGE_SECONDS - 1
    assert shows(answer, OLD) and answer["x-apus-stale"] == "true"
    assert control(answer)["max-age"] <= 60 and control(answer).get("s-maxage", 0) <= 60
    for one in (world.beta.visit(path), world.beta.visit(path.replace("w-40", "w-41"))):
        assert one.status == 200 and one["x-apus-stale"] == "true" and control(one)["max-age"] <= 60
    # The others are the majority, and hear each other.
    for region in (world.alpha, world.gamma):
        assert region.visit(path)["x-apus-stale"] is None
    world.origin.change(word)
    purging.accept(world.alpha, "private_nobody", url=f"{world.alpha.base}/nobody/doc/{word}/*")
    for region in world:
        region.front.heal()
    # No answer without the mark shows what is old.
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        answer = world.beta.get(path)
        if answer["x-apus-stale"] is None:
            break
        assert time.monotonic() < end
    assert shows(answer, NEW)
    assert control(answer)["max-age"] == 15552000


@pytest.mark.long
def test_one_open_direction_is_enough(world, unique):
    """Nobody reaches beta, and beta reaches the others: nothing is marked, and its purges and theirs go through."""
    word = unique()
    paths = [f"/nobody/tr:w-40,f-png/doc/{word}/{number}.jpg" for number in range(2)]
    prime(world, *paths)
    world.beta.front.set_mode("hang")
    time.sleep(CONFIRM_SECONDS + 1)
    world.origin.change(word)
    for region, path in zip((world.alpha, world.beta), paths):
        accept(region, path)
    for region in world:
        for path in paths:
            wait_for(lambda: shows(region.visit(path), NEW), 5 * EXCHANGE_SECONDS, f"{region.name} to know")
        assert not is_marked(region)


@pytest.mark.long
def test_rules_go_round_a_cut_link(world, unique):
    """Alpha and beta do not hear each other, and both hear gamma."""
    word = unique()
    paths = [f"/nobody/tr:w-40,f-png/doc/{word}/{number}.jpg" for number in range(2)]
    prime(world, *paths)
    world.alpha.front.deaf_to, world.beta.front.deaf_to = {"beta"}, {"alpha"}
    world.origin.change(word)
    ids = [
        accept(region, path)
        for region, path in zip((world.alpha, world.beta), paths)
    ]
    for region in world:
        for path in paths:
            wait_for(lambda: shows(region.visit(path), NEW), 8 * EXCHANGE_SECONDS, f"{region.name} to know")
    # Acknowledgements and signs of life too.
    for region, request_id in zip((world.alpha, world.beta), ids):
        purging.wait_until_completed(region, request_id, "private_nobody")
    assert not any(is_marked(region) for region in world)


def enter(region, word, number):
    """As many at once as a region takes."""
    body = {"url": f"{region.base}/nobody/doc/{word}/{number}.jpg"}
    wait_for(lambda: purging.call(region, body, "private_nobody").status == 201, what="room for another purge")


# --- lost logs


@pytest.mark.long
@pytest.mark.parametrize("count", [0, 450], ids=["few", "more than one exchange holds"])
def test_a_lost_log_loses_no_purge(world, unique, count):
    """Alpha loses its log, and keeps its pictures: the others give it back what it had entered and heard."""
    before, word = unique(), unique()
    in_parallel(4, lambda part: [enter(world.alpha, before, number) for number in range(part, count, 4)])
    paths = [f"/nobody/tr:w-40,f-png/doc/{word}/{number}.jpg" for number in range(3)]
    prime(world, *paths)
    wait_for(lambda: stored(world.alpha) >= 3, what="the store")
    world.alpha.down()
    world.alpha.up()
    world.origin.change(word)
    for region, path in zip((world.alpha, world.beta), paths):
        request_id = accept(region, path)
        purging.wait_until_completed(region, request_id, "private_nobody")
    world.alpha.down()
    lose_log(world.alpha)
    world.alpha.up()
    wait_for(lambda: not is_marked(world.alpha), SETTLE_SECONDS, "alpha to be sure")
    for path in paths[:2]:
        for answer in (world.alpha.get(path), world.alpha.visit(path), world.alpha.visit(path)):
            assert shows(answer, NEW) or answer["x-apus-stale"] == "true", (path, answer.cache, dict(answer.headers))
    # Its numbers go on above those that the others know.
    request_id = accept(world.alpha, paths[2])
    purging.wait_until_completed(world.alpha, request_id, "private_nobody")
    assert not all_show(world, paths, NEW)


def lose_log(region):
    """Redis went with `down`; of the store only the purges."""
    folders = [path for path in (region.state / "store").iterdir() if "purge" in path.name]
    assert folders, sorted((region.state / "store").iterdir())
    for path in folders:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


# --- many


@pytest.mark.long
def test_many_purges_while_a_region_is_away(world, unique):
    """More than one exchange holds."""
    word, count = unique(), 400
    paths = [f"/nobody/tr:w-40,f-png/doc/{word}/{number}.jpg" for number in range(0, count, 40)]
    prime(world, *paths)
    cut_off(world, "beta")
    world.origin.change(word)
    in_parallel(4, lambda part: [enter(world.alpha, word, number) for number in range(part, count, 4)])
    for region in world:
        region.front.heal()
    end = time.monotonic() + SETTLE_SECONDS
    while is_marked(world.beta):
        assert time.monotonic() < end
    for path in paths:
        wait_for(lambda: shows(world.beta.visit(path), NEW), 10, "beta to catch up")


# --- as it is without a setting


@pytest.mark.long
def test_a_minute_is_the_default(workplace, unique):
    """Two regions that do not hear each other: each goes on unmarked for a minute, and then marked."""
    with regions.running(workplace, "minute", names=("alpha", "beta")) as two:
        path = f"/nobody/tr:w-40,f-png/doc/{unique()}/a.jpg"
        for region in two:
            region.front.set_mode("hang")
        cut = time.monotonic()
        while not any(is_marked(region) for region in two):
            assert time.monotonic() - cut < 75
            time.sleep(0.5)
        assert time.monotonic() - cut > 55
        wait_for(lambda: all(is_marked(region) for region in two), 5, "both marks")
        assert all(shows(region.visit(path), OLD) for region in two)
        for region in two:
            region.front.heal()
        wait_for(lambda: not any(is_marked(region) for region in two), SETTLE_SECONDS, "the end of all marks")
