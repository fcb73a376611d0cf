"""What deploy/world test shows: each scenario acts in the world and counts at origins and regions."""

import importlib
import itertools
import statistics
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from xml.etree import ElementTree

from http_client import Answer
from prometheus import Samples

from world.configuration import SECRET
from world.originals import BLUE, RED
from world.parallel import in_parallel
from world.settings import REGIONS
from world.world import World

# What a scenario does with its scene; it tells what it saw.
Act = Callable[["Scene"], str]
T = TypeVar("T")
PARTS = ("routing", "residency", "requests", "purges", "failover")
LONGEST_FACTS = 500
SCENARIOS = []
_visits = itertools.count(1)


def scenario(title: str) -> Callable[[Act], Act]:
    """`act(scene)` raises AssertionError, or returns the facts in a sentence."""

    def add(act: Act) -> Act:
        SCENARIOS.append((title, act))
        return act

    return add


class Scene:
    """One scenario's view of the world: a word of its own, and what it did to the world, to be mended."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._words = itertools.count(1)
        self._run = uuid.uuid4().hex[:8]
        self.killed = set()
        self._secrets = [SECRET]

    # --- requests

    def word(self) -> str:
        """A part of paths that nobody has asked for yet."""
        return f"{self._run}x{next(self._words)}"

    def path(self, account: str, word: str, transformation: str = "w-240", endpoint: str = "shop") -> str:
        """A picture of one colour."""
        steps = f"tr:{transformation}/" if transformation else ""
        return f"/{account}/{endpoint}/{steps}plain/{word}/0.jpg"

    def visit(self, region: str, path: str, **options: object) -> Answer:
        """At a region's own door and past its edge cache, whose key has the host; other keys have not."""
        return self.world.ask_region(region, path, host=f"visit{next(_visits)}.test", **options)

    def visits(self, regions: Iterable[str], path: str) -> dict[str, Answer]:
        """At several doors at once, by region."""
        regions = list(regions)
        return dict(zip(regions, in_parallel(lambda name: self.visit(name, path), regions), strict=True))

    def at_node(self, city: str, path: str, host: str | None = None, cached: bool = False) -> Answer:
        city = next(one for one in self.world.cities if one.name == city)
        return self.world.get(city.namespace, city.node if cached else city.plain_node, path, host=host)

    # --- counts

    def fetches(self, word: str, origin: str | None = None) -> int:
        """Requests for the paths with that word, at one origin or all."""
        names = [origin] if origin else self.world.origins
        return sum(self.world.origins[name].told(word)["requests"] for name in names)

    def renders(self) -> dict[str, float]:
        """Pictures made so far, by region."""
        return {name: self._metric(name, "apus_renders_total") for name in self.world.regions}

    def _metric(self, region: str, name: str) -> float:
        return Samples(self.world.ask_region(region, "/_apus/metrics").body.decode())[name]

    # --- harm

    def kill(self, region: str) -> None:
        self.killed.add(region)
        self.world.regions[region].kill()

    def restore(self, region: str) -> None:
        self.world.regions[region].restore()
        self.killed.discard(region)

    def cut(self, a: str, b: str, way: str = "both") -> None:
        self.world.relay.ask("cut", a=a, b=b, way=way)

    def heal(self) -> None:
        self.world.relay.ask("heal")

    def cut_off(self, region: str) -> None:
        """From everybody."""
        for other in self.others(region):
            self.cut(region, other)

    def renew(self, secrets: Sequence[str]) -> None:
        """All regions with these secrets."""
        self._secrets = secrets
        self.world.renew(secrets=secrets)

    def mend(self) -> None:
        self.heal()
        if self._secrets != [SECRET]:
            self.renew([SECRET])
        for region in list(self.killed):
            self.restore(region)
        self.world.wait_until_healthy()

    def others(self, *regions: str) -> list[str]:
        return [name for name in REGIONS if name not in regions]


def is_near(colour: tuple, other: tuple) -> bool:
    return all(abs(one - two) < 40 for one, two in zip(colour, other, strict=True))


def shows(answer: Answer, colour: tuple) -> bool:
    """Whether it is a picture of that colour."""
    if answer.status != 200:
        return False
    picture = answer.picture().convert("RGB")
    return is_near(picture.getpixel((picture.width // 2, picture.height // 2)), colour)


def is_old(answer: Answer) -> bool:
    return shows(answer, RED)


def is_new(answer: Answer) -> bool:
    return shows(answer, BLUE)


def check(holds: object, *facts: object) -> None:
    """An assertion that says what was found."""
    if not holds:
        raise AssertionError(" ".join(str(fact) for fact in facts)[:LONGEST_FACTS])


def eventually(condition: Callable[[], T], seconds: float, what: str) -> T:
    """Asks until the answer is true and returns it; `condition` may fail meanwhile."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, f"after {seconds} s still not: {what}")
        time.sleep(0.1)


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


@dataclass(frozen=True)
class Outcome:
    title: str
    seconds: float
    # What was seen, or what is wrong.
    facts: str
    is_good: bool


def run(world: World, junit: Path | None, words: Sequence[str], say: Callable[[str], None]) -> int:
    """Runs all scenarios, or those with one of the words in their titles, and writes their outcomes to the file `junit`
    too if there is one; the exit status."""
    for part in PARTS:
        importlib.import_module(f"world.scenarios_{part}")
    chosen = [(title, act) for title, act in SCENARIOS if not words or any(word in title for word in words)]
    titles = "; ".join(title for title, _ in SCENARIOS)
    check(chosen, "no scenario has one of these words in its title:", *words, f"(there are: {titles})")
    outcomes = []
    for title, act in chosen:
        outcome = _outcome(world, title, act)
        say(f"{'ok    ' if outcome.is_good else 'FAILED'} {title} ({outcome.seconds:.0f} s): {outcome.facts}")
        outcomes.append(outcome)
    if junit:
        _write_junit(junit, outcomes)
    failed = sum(not outcome.is_good for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _outcome(world: World, title: str, act: Act) -> Outcome:
    begun, scene, wrong = time.monotonic(), Scene(world), []
    facts = ""
    # What a scenario did to the world is mended even where it failed, and a world that is not well fails it too.
    for step in (lambda: act(scene), scene.mend):
        try:
            facts = step() or facts
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
            with (world.state / "failures.log").open("a") as log:
                log.write(f"{title}\n{traceback.format_exc()}\n")
    return Outcome(title, time.monotonic() - begun, "; then ".join(wrong) or facts, not wrong)


def _write_junit(path: str, outcomes: Sequence[Outcome]) -> None:
    suite = ElementTree.Element("testsuite", name="world", tests=str(len(outcomes)))
    suite.set("failures", str(sum(not outcome.is_good for outcome in outcomes)))
    for outcome in outcomes:
        case = ElementTree.SubElement(suite, "testcase", name=outcome.title, time=f"{outcome.seconds:.1f}")
        if not outcome.is_good:
            ElementTree.SubElement(case, "failure", message=outcome.facts)
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
