"""Who answers, who makes and who is asked, while everything is well."""

import time

from http_client import Answer

from world import namespaces
from world.originals import file_bytes
from world.parallel import in_parallel
from world.scenarios import Scene, check, is_old, median, scenario
from world.settings import CITIES, FIGURES, NODES, REGIONS, Place, round_trip

MEASUREMENTS = 5
FILE_BYTES = 3_000_000
# How far a connection's time may lie from the table.
TOLERANCE_MS = 3
# Again for those that were not as they should be: the machine may have been busy.
ROUNDS = 6
AT_ONCE = 6


@scenario("the distances are those of the table")
def distances(scene: Scene) -> str:
    names = list(REGIONS)
    pairs = [(REGIONS[a], REGIONS[b]) for index, a in enumerate(names) for b in names[index + 1 :]]
    pairs += [(CITIES[city], NODES[city]) for city in CITIES]
    pairs += [(CITIES[city], REGIONS[name]) for city in ("sao-paulo", "tokyo", "lagos") for name in names[:3]]
    worst, left = {}, pairs
    # A few ways at a time: each only waits.
    for _ in range(ROUNDS):
        for first in range(0, len(left), AT_ONCE):
            some = left[first : first + AT_ONCE]
            worst.update(zip(some, in_parallel(lambda pair: _difference(*pair), some), strict=True))
        left = [pair for pair in pairs if worst[pair] > TOLERANCE_MS]
    pair = max(worst, key=worst.get)
    check(worst[pair] <= TOLERANCE_MS, f"{pair[0].key} to {pair[1].key} is off by {worst[pair]:.1f} ms")
    return f"{len(pairs)} ways, the worst off by {worst[pair]:.1f} ms"


def _difference(source: Place, target: Place) -> float:
    """Between the median time to connect and the round trip, in ms."""
    times = []
    for _ in range(MEASUREMENTS):
        begun = time.monotonic()
        namespaces.connected(source.namespace, target.host, 80).close()
        times.append((time.monotonic() - begun) * 1000)
    return abs(median(times) - round_trip(source, target))


@scenario("one fetch for the first requests of all regions at once")
def one_fetch(scene: Scene) -> str:
    facts = []
    for account, its in FIGURES["accounts"].items():
        word, before = scene.word(), scene.renders()
        answers = scene.visits(REGIONS, scene.path(account, word))
        check(all(is_old(answer) for answer in answers.values()), answers)
        check(len({answer.body for answer in answers.values()}) == 1, "the regions answered with different bytes")
        made = {name: answer["x-apus-region"] for name, answer in answers.items()}
        check(set(made.values()) == {its["home"]}, made)
        check(scene.fetches(word) == 1, f"{scene.fetches(word)} fetches of {account}'s picture")
        after = scene.renders()
        renders = {name: after[name] - before[name] for name in after if after[name] != before[name]}
        check(renders == {its["home"]: 1}, "pictures made:", renders)
        facts.append(f"{account}: 6 answers, 1 fetch, 1 render in {its['home']}")
    return "; ".join(facts)


@scenario("a miss is made at home and kept where it was asked")
def home_routing(scene: Scene) -> str:
    asked = 0
    before = scene.world.relay.ask("count")
    for account, its in FIGURES["accounts"].items():
        others = scene.others(its["home"])
        words = {name: scene.word() for name in others}

        def twice(name: str, account: str = account, words: dict = words) -> tuple[Answer, Answer]:
            path = scene.path(account, words[name])
            return scene.visit(name, path), scene.visit(name, path)

        for name, (first, second) in zip(others, in_parallel(twice, others), strict=True):
            check(is_old(first) and first["x-apus-region"] == its["home"], name, first)
            check(first.cache == "region", f"{name} answered from {first.cache}")
            check(second.cache == "redis", f"{name} answered from {second.cache} the second time")
            check(second["x-apus-region"] == its["home"], second["x-apus-region"])
            check(scene.fetches(words[name], its["origin"]) == 1, f"{name}: not one fetch")
            asked += 1
        spoken = {name: _packets(scene, before, name, its["origin"]) for name in others}
        check(not any(spoken.values()), f"packets to the origin of {account}:", spoken)
    return f"{asked} misses in {len(REGIONS)} regions, each made at home and found in Redis the next time"


def _packets(scene: Scene, before: dict, region: str, origin: str) -> int:
    pair = f"{region} origin-{origin}"
    return scene.world.relay.ask("count").get(pair, [0])[0] - before.get(pair, [0])[0]


@scenario("the shared host goes to the nearest region, custom hosts go home")
def hosts(scene: Scene) -> str:
    wanted = [
        ("tokyo", None, "/atlantic/shop/", "ap-southeast"),
        ("sao-paulo", None, "/asia/shop/", "us-east"),
        ("tokyo", "pictures.atlantic.test", "/", "us-east"),
        ("new-york", "pictures.asia.test", "/", "ap-south"),
        ("berlin", "bound.asia.test", "/", "ap-south"),
        ("berlin", None, "/asia/bound/", "ap-south"),
    ]
    for city, host, prefix, region in wanted:
        answer = scene.at_node(city, f"{prefix}tr:w-200/plain/{scene.word()}/0.jpg", host=host)
        check(is_old(answer), city, host, answer)
        asked = answer["x-world-region"]
        check(asked == f"{REGIONS[region].host}:80", f"{city} asked {asked} for {host or 'the shared host'}{prefix}")
    return f"{len(wanted)} ways"


@scenario("long files stream through a region, in whole and in part")
def files(scene: Scene) -> str:
    word = scene.word()
    path = f"/files/{FILE_BYTES}/{word}"
    expected = file_bytes(path, FILE_BYTES)
    whole = scene.visit("ap-southeast-2", f"/atlantic/shop{path}")
    check(whole.status == 200 and whole.body == expected, whole)
    part = scene.visit("ap-southeast-2", f"/atlantic/shop{path}", headers={"Range": "bytes=1000000-1000999"})
    check(part.status == 206 and part.body == expected[1000000:1001000], part)
    check(_packets(scene, {}, "ap-southeast-2", "us") == 0, "the region asked the origin itself")
    return f"{FILE_BYTES} bytes by Sydney from Virginia"
