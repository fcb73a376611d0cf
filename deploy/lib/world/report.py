"""Drives the load through the world, does harm in the middle, and writes the page.

A finished report can be written anew from its folder: `python -m world.report FOLDER`.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from world import report_page, samples
from world.figures import old_answers, within
from world.load_mix import TRANSFORMATIONS, Mix, Request
from world.load_runs import START_SECONDS, Run, Target
from world.report_monitor import Monitor
from world.report_plan import Plan
from world.report_record import CityFacts, Event, Phase, PurgeFacts, Record
from world.settings import REGIONS, round_trip

# The home of one account and the nearest region of the most users.
_KILLED = "us-east"
_RUNS = ("home", "direct", "nearest")
# How long the last look after a purge takes: every purged variant, in every city, at the node and at the region.
_SWEEP_SECONDS = 8.0
# What is asked before anything is measured.
_BREATH_OBJECTS, _BREATH_SECONDS = 16, 8.0
# The requests of a city whose users make a share of all.
Requests = Callable[[Mix, str, float], list[Request]]


def report(world: Any, out_folder: Path, quick: bool = False) -> int:
    """Writes `report.html`, the plots and what was measured; 1 if what must never happen did, else 0."""
    out_folder.mkdir(parents=True, exist_ok=True)
    drive = Drive(world, Plan.quick() if quick else Plan.long(), out_folder)
    drive.home_run()
    drive.direct_run()
    drive.nearest_run()
    return write(out_folder)


def write(folder: Path) -> int:
    """The page of what was measured in this folder."""
    record = Record.load(folder / "record.json")
    seen = {run: samples.load(path) for run in _RUNS if (path := folder / f"samples-{run}.csv").exists()}
    page = report_page.write(record, seen, folder)
    print(page)
    old, _ = old_answers(seen.get("home", []), record.purges)
    failed = [each for each in within(seen.get("home", []), record.phase("outage")) if each.failed]
    for problem in record.problems:
        print(f"not carried out: {problem}", file=sys.stderr)
    if old:
        print(f"{len(old)} answers with old bytes after the purge was Completed", file=sys.stderr)
    if failed:
        print(f"{len(failed)} requests failed while {record.killed} was away", file=sys.stderr)
    return 1 if old or record.problems else 0


class Drive:
    """One report's runs, one after the other."""

    def __init__(self, world: Any, plan: Plan, folder: Path) -> None:
        self._world, self._plan, self._folder = world, plan, folder
        self._mix = Mix(objects=max(account.objects.stop for account in world.accounts))
        self._paths = [[path(world, number, kind) for kind in TRANSFORMATIONS] for number in range(self._mix.objects)]
        self.record = described(world, plan, self._mix)

    # --- The runs

    def home_run(self) -> None:
        """From empty caches to the purge, through the cities' nodes, with home regions."""
        self._say("all caches empty")
        self._world.begin_again(True)
        self._first_breath()
        plan = self._plan
        with self._run() as run, Monitor(self.record, run, "home", self._world):
            run.begin(self._nodes(), self._requests(plan.home_requests))
            run.sleep_until(plan.cold)
            self._say("filling the caches with what earlier requests would have left")
            run.sleep_until(plan.steady_begin)
            self._say("steady load")
            run.sleep_until(plan.outage_begin)
            killed, restored = self._outage(run)
            run.sleep_until(plan.purge_begin)
            purged = max(plan.purge_begin, run.elapsed)
            self._purge(run)
            seen = run.end()
        bounds = [0, plan.history_begin, plan.steady_begin, killed, restored, purged, run.elapsed]
        names = ("cold", "history", "steady", "outage", "back", "purge")
        self.record.phases += [Phase(name, "home", *bounds[i : i + 2]) for i, name in enumerate(names)]
        self._save("home", seen)

    def direct_run(self) -> None:
        """The same mix, asked of the nearest region by the users themselves."""
        self._say("without the cities' nodes")
        self._plain_run("direct", self._nearest_regions(), self._plan.direct_requests, self._plan.direct)

    def nearest_run(self) -> None:
        """The requests of the cold phase again, every region fetching for itself."""
        self._say("all caches empty, without home regions")
        if self._attempt("starting without home regions", lambda: self._world.begin_again(False)):
            self._first_breath()
            self._plain_run("nearest", self._nodes(), self._plan.cold_requests, self._plan.cold)

    def _plain_run(self, name: str, targets: Sequence[Target], requests: Requests, seconds: float) -> None:
        """A run in which nothing happens but requests."""
        with self._run() as run, Monitor(self.record, run, name, self._world):
            run.begin(targets, self._requests(requests))
            run.sleep_until(seconds)
            seen = run.end()
        self.record.phases.append(Phase(name, name, 0, run.elapsed))
        self._save(name, seen)

    def _first_breath(self) -> None:
        """Pictures that no run asks for, everywhere: processes and connections exist before anything is measured."""
        numbers = range(self._mix.objects, self._mix.objects + _BREATH_OBJECTS)
        paths = {
            number: [f"{account.prefix}/tr:{TRANSFORMATIONS[0]}/{name_of(number)}" for account in self._world.accounts]
            for number in numbers
        }
        requests = [
            Request(_BREATH_SECONDS * index / len(numbers), number, kind)
            for index, number in enumerate(numbers)
            for kind in range(len(self._world.accounts))
        ]
        with Run(self._world.host, paths) as run:
            run.begin(self._nodes(), {city.name: requests for city in self._world.cities})
            run.end()

    # --- What happens in the first one

    def _outage(self, run: Run) -> tuple[float, float]:
        """When the region vanished, and when it was back."""
        region = self._world.regions[_KILLED]
        killed = run.elapsed
        self._event(run, f"{_KILLED} killed")
        self._attempt(f"killing {_KILLED}", region.kill)
        run.sleep_until(self._plan.back_begin)
        self._event(run, f"{_KILLED} started again")
        self._attempt(f"restoring {_KILLED}", region.restore)
        self._event(run, f"{_KILLED} is back")
        return killed, run.elapsed

    def _purge(self, run: Run) -> None:
        """Changes the most wanted objects of an account and purges them, then asks for each everywhere."""
        account = self._world.accounts[0]
        numbers = [number for number in self._mix.ranking if number in account.objects][: self._plan.purged_objects]
        self._event(run, f"{len(numbers)} originals changed and purged")
        # All at once: each waits until every region and node has obeyed.
        with ThreadPoolExecutor(len(numbers)) as pool:
            list(pool.map(lambda number: self._purge_one(run, account, number), numbers))
        self._event(run, "purges completed")
        self._sweep(run, numbers)

    def _purge_one(self, run: Run, account: Any, number: int) -> None:
        changed = run.elapsed
        self._world.origins[account.origin].change([number])
        if self._attempt(f"purging object {number}", lambda: self._world.purge(account.name, name_of(number))):
            self.record.purges.append(PurgeFacts(number, changed, run.elapsed))

    def _sweep(self, run: Run, numbers: Sequence[int]) -> None:
        """Every purged variant in every city, once from the node and once from the nearest region."""
        pairs = [(number, variant) for number in numbers for variant in range(len(TRANSFORMATIONS))]
        begin = run.elapsed + START_SECONDS
        step = _SWEEP_SECONDS / max(1, len(pairs))
        requests = [Request(begin + index * step, *pair) for index, pair in enumerate(pairs)]
        everywhere = {city.name: requests for city in self._world.cities}
        run.begin(self._nodes(), everywhere)
        run.begin(self._nearest_regions(), everywhere)

    # --- Parts

    def _run(self) -> Run:
        return Run(self._world.host, self._paths)

    def _requests(self, of: Requests) -> dict[str, list[Request]]:
        return {city.name: of(self._mix, city.name, city.share) for city in self._world.cities}

    def _nodes(self) -> list[Target]:
        return [target(city, city.node) for city in self._world.cities]

    def _nearest_regions(self) -> list[Target]:
        nearest = {city.name: city.nearest for city in self.record.cities}
        regions = self._world.regions
        return [target(city, regions[nearest[city.name]].address, nearest[city.name]) for city in self._world.cities]

    def _attempt(self, what: str, step: Callable[[], object]) -> bool:
        """Whether the step succeeded. The rest of the report is worth having without it."""
        try:
            step()
        except Exception as error:
            self.record.problems.append(f"{what}: {type(error).__name__}: {str(error)[:300]}")
            return False
        return True

    def _event(self, run: Run, text: str) -> None:
        self._say(text)
        self.record.events.append(Event("home", run.elapsed, text))

    def _save(self, run: str, seen: Sequence[samples.Sample]) -> None:
        samples.save(self._folder / f"samples-{run}.csv", seen)
        self.record.save(self._folder / "record.json")

    def _say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def name_of(number: int) -> str:
    """An object's path at its origin."""
    return f"load/{number:04}.jpg"


def path(world: Any, number: int, transformation: str) -> str:
    account = next(account for account in world.accounts if number in account.objects)
    return f"{account.prefix}/tr:{transformation}/{name_of(number)}"


def target(city: Any, address: str, region: str = "") -> Target:
    return Target(city.name, city.namespace, address, region, getattr(city, "prefix", None))


def described(world: Any, plan: Plan, mix: Mix) -> Record:
    return Record(
        seed=mix.seed,
        rate=plan.rate,
        history=plan.history_requests,
        cores=os.cpu_count() or 1,
        date=time.strftime("%-d %B %Y, %H:%M"),
        killed=_KILLED,
        regions={name: region.place for name, region in world.regions.items()},
        homes={account.name: account.home for account in world.accounts},
        between={
            one: {other: round_trip(REGIONS[one], REGIONS[other]) for other in world.regions} for one in world.regions
        },
        cities=[
            CityFacts(city.name, city.place, city.share, city.node_round_trip, dict(city.round_trips))
            for city in world.cities
        ],
    )


if __name__ == "__main__":
    sys.exit(write(Path(sys.argv[1])))
