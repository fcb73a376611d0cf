"""Regions that vanish and come back, and ways that are cut."""

import itertools
import threading
import time
from collections import Counter

from world.configuration import SECRET, TOTAL_SECONDS
from world.members import City
from world.scenarios import Scene, check, eventually, is_new, is_old, scenario
from world.settings import FIGURES, REGIONS

HOT = 30
PAUSE_SECONDS = 0.35
RETURN_SECONDS = 40
# Of so many pictures in a row, none made elsewhere: the share of what home is asked for has risen to all.
ASKED_IN_A_ROW = 12


class Load:
    """Users of all cities, each asking again and again, until the block ends. Every fourth request is for something
    that nobody has."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._hot = scene.word()
        self._cold = itertools.count()
        self.outcomes, self.regions, self.failures = Counter(), Counter(), []
        # Answers made elsewhere than at home.
        self.bypasses = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(city,)) for city in scene.world.cities]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, city: City) -> None:
        for number in itertools.count():
            if self._stopped.wait(PAUSE_SECONDS):
                return
            account = ("atlantic", "asia")[number % 2]
            kind = f"cold{next(self._cold)}" if number % 4 < 2 and number % 8 > 3 else f"{number * 7 % HOT}"
            outcome, made = self._one(city, self._scene.path(account, f"{self._hot}n{kind}"))
            with self._lock:
                self.outcomes[outcome] += 1
                self.regions[made] += 1
                self.bypasses += made != FIGURES["accounts"][account]["home"]

    def _one(self, city: City, path: str) -> tuple[object, str | None]:
        begun = time.monotonic()
        try:
            answer = self._scene.world.get(city.namespace, city.plain_node, path)
        except OSError as error:
            outcome, made = type(error).__name__, None
        except Exception as error:  # half an answer, or none: all of it is a failure that users see
            outcome, made = type(error).__name__, None
        else:
            outcome = answer.status if answer.status != 200 or is_old(answer) else "no picture"
            made = answer["x-apus-region"]
        if outcome != 200:
            self.failures.append(f"{city.name} {path} {outcome} after {time.monotonic() - begun:.1f} s")
        return outcome, made

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome != 200)


@scenario("a region vanishes in mid-load and comes back, and no request fails")
def vanishes(scene: Scene) -> str:
    lost, facts = "us-east", []
    with Load(scene) as load:
        time.sleep(4)
        scene.kill(lost)
        scene.world.wait_until_healthy(regions=scene.others(lost))
        _check_bypassed(scene, lost)
        time.sleep(3)
        scene.restore(lost)
        scene.world.wait_until_healthy()
        first, all_of_it = _wait_for_return(scene, lost)
        facts.append(f"home asked again {first:.1f} s after it was back, for everything {all_of_it:.1f} s after")
    check(load.failed == 0, f"{load.failed} failed:", load.failures[:4])
    facts.append(f"{load.outcomes[200]} requests, none failed; made in {dict(load.regions)}")
    facts.append(_check_no_stampede(scene, lost))
    return "; ".join(facts)


def _check_bypassed(scene: Scene, lost: str) -> None:
    for region in ("us-west", "ap-southeast"):
        answer = scene.visit(region, scene.path("atlantic", scene.word()))
        check(is_old(answer) and answer["x-apus-region"] == region, f"{region} did not make it itself:", answer)


def _wait_for_return(scene: Scene, lost: str) -> tuple[float, float]:
    """Until every region asks home again for whatever it has not; how long the first answer and all of it took."""
    begun, first = time.monotonic(), None
    for region in scene.others(lost):
        row, end = 0, time.monotonic() + RETURN_SECONDS
        while row < ASKED_IN_A_ROW:
            check(time.monotonic() < end, f"{region} does not ask {lost} again for everything after {RETURN_SECONDS} s")
            answer = scene.visit(region, scene.path("atlantic", scene.word()))
            check(is_old(answer), answer)
            row = row + 1 if answer["x-apus-region"] == lost else 0
            first = first or (time.monotonic() - begun if row else None)
    return first, time.monotonic() - begun


def _check_no_stampede(scene: Scene, home: str) -> str:
    word = scene.word()
    answers = scene.visits(REGIONS, scene.path("atlantic", word))
    check(all(is_old(answer) for answer in answers.values()), answers)
    check(scene.fetches(word) == 1, f"{scene.fetches(word)} fetches of one picture after the return")
    return "then one fetch for all again"


@scenario("the regions' secret is changed under load, and no request fails")
def changed_secret(scene: Scene) -> str:
    """A new one is added everywhere, then signs everywhere, then is the only one; at last both are swapped at once."""
    old, new = SECRET, "another secret that the six regions share"
    bypasses = []
    with Load(scene) as load:
        for secrets in ([old, new], [new, old], [new], [old]):
            before = load.bypasses
            scene.renew(secrets)
            time.sleep(2)
            bypasses.append(load.bypasses - before)
    check(load.failed == 0, f"{load.failed} failed:", load.failures[:4])
    return f"{load.outcomes[200]} requests, none failed; made elsewhere than at home, step by step: {bypasses}"


@scenario("a way that is cut in one direction costs no answer and no purge")
def one_way(scene: Scene) -> str:
    """What `ap-southeast` sends to `us-east` is lost; the other way, and those by other regions, are whole."""
    here, home = "ap-southeast", FIGURES["accounts"]["atlantic"]["home"]
    known = scene.word()
    path = scene.path("atlantic", known)
    check(all(is_old(answer) for answer in scene.visits(REGIONS, path).values()), "not all were filled")
    scene.cut(here, home, way="one")
    longest = 0.0
    for _ in range(5):
        begun = time.monotonic()
        answer = scene.visit(here, scene.path("atlantic", scene.word()))
        longest = max(longest, time.monotonic() - begun)
        check(is_old(answer) and answer["x-apus-region"] == here, answer)
    check(longest < TOTAL_SECONDS, f"an answer took {longest:.1f} s")
    scene.world.origins["us"].change_words([known])
    seconds = scene.world.purge("atlantic", f"plain/{known}/*", region=home)
    check(is_new(scene.visit(here, path)), "the purge did not come by another way")
    scene.heal()
    eventually(
        lambda: scene.visit(here, scene.path("atlantic", scene.word()))["x-apus-region"] == home,
        RETURN_SECONDS, "home is asked again",
    )
    return f"the longest answer took {longest:.1f} s, the purge {seconds:.1f} s; home is asked again once it is healed"
