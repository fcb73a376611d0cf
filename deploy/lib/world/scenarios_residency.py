"""What is bound to its home region, and that no other keeps a byte of it."""

import http.client
import time

from world import namespaces, search
from world.originals import file_bytes, marked
from world.scenarios import Scene, check, is_old, scenario

HOME = "ap-south"
PREFIX = "/asia/bound"
SLOW_BYTES = 8_000_000
NEEDLE_BYTES = 48
# What a slow client takes, and how long it then waits.
TAKEN_BYTES, PAUSE_SECONDS = 200_000, 2


def needle(body: bytes) -> bytes:
    """Bytes from the middle of an answer: of the picture itself, no header."""
    middle = len(body) // 2
    return body[middle : middle + NEEDLE_BYTES]


@scenario("what is bound to its home leaves no byte elsewhere")
def no_byte_elsewhere(scene: Scene) -> str:
    word, file = scene.word(), f"/files/300000/{scene.word()}"
    # Of noise, so that no other picture has the same bytes anywhere.
    original = f"/noise/{word}/0.jpg"
    needles = {"the original": marked(original, 0), "the file": marked(file, 0)}
    for index, region in enumerate(scene.others(HOME)):
        for name, path in (
            (f"variant {index}", f"{PREFIX}/tr:w-{200 + index}{original}"),
            ("the untouched original", f"{PREFIX}/tr:orig-true{original}"),
        ):
            answer = scene.visit(region, path)
            check(answer.status == 200 and answer["x-apus-region"] == HOME, region, answer, answer["x-apus-region"])
            needles[name] = needle(answer.body)
        answer = scene.visit(region, f"{PREFIX}{file}")
        check(answer.status == 200 and answer.body == file_bytes(file, 300000), region, answer)
    for city in ("new-york", "tokyo"):
        answer = scene.at_node(city, f"{PREFIX}/tr:w-200{original}", cached=True)
        check(needle(answer.body) == needles["variant 0"], city, answer)
    needles |= _slow_client(scene)
    time.sleep(1)  # answers are kept, if they are, behind the answer
    found = search.everywhere(scene.world.regions[HOME], needles)
    kept = {name for name, _ in found}
    check({"the original", "variant 0"} <= kept, "the search finds nothing even at home:", kept)
    for region in scene.others(HOME):
        found = search.everywhere(scene.world.regions[region], needles)
        check(not found, region, found)
    found = search.in_folder(scene.world.state / "nodes", needles)
    check(not found, "nodes", found)
    return f"{len(needles)} marks, of which {len(kept)} lie at home, and none in another region or at a node"


def _slow_client(scene: Scene) -> search.Needles:
    """A long file to a client that stops taking it: nothing of it may lie in a file meanwhile either."""
    path = f"/files/{SLOW_BYTES}/{scene.word()}"
    region = scene.world.regions["us-west"]
    needles = {"the long file": marked(path, 0)}
    connection = http.client.HTTPConnection(region.host, timeout=30)
    connection.sock = namespaces.connected(region.namespace, region.host, 80)
    try:
        connection.request("GET", f"{PREFIX}{path}", headers={"Host": "slow.test"})
        answer = connection.getresponse()
        check(answer.status == 200, answer.status)
        taken = answer.read(TAKEN_BYTES)
        time.sleep(PAUSE_SECONDS)
        found = search.everywhere(region, needles)
        check(not found, "while a slow client takes it:", found)
        check(taken + answer.read() == file_bytes(path, SLOW_BYTES), "the long file came with other bytes")
    finally:
        connection.close()
    return needles


@scenario("what is bound waits for its home, and nothing else does")
def home_is_down(scene: Scene) -> str:
    word, other = scene.word(), scene.word()
    path = f"{PREFIX}/tr:w-210/plain/{word}/0.jpg"
    scene.kill(HOME)
    fetched = scene.fetches(word)
    for region in scene.others(HOME):
        answer = scene.visit(region, path)
        check(answer.status == 503, region, answer)
        check(int(answer["Retry-After"] or 0) > 0, f"{region}: Retry-After is {answer['Retry-After']}")
    check(scene.fetches(word) == fetched, "another region asked the origin")
    answer = scene.visit("eu-central", scene.path("asia", other))
    check(is_old(answer) and answer["x-apus-region"] == "eu-central", answer)
    scene.restore(HOME)
    begun = time.monotonic()
    while (answer := scene.visit("eu-central", path)).status == 503 and time.monotonic() < begun + 30:
        time.sleep(0.2)
    check(is_old(answer) and answer["x-apus-region"] == HOME, answer)
    return f"503 in five regions; answered again {time.monotonic() - begun:.1f} s after the home was back"
