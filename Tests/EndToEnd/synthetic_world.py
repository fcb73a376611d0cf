"""Samples as a world without a machine would give them: distances and caches alone decide. For tests of the report."""

import random
import sys
from collections import defaultdict
from dataclasses import dataclass, field

from instance import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world import settings
from world.load_mix import Mix, Request
from world.report_plan import Plan
from world.report_record import CityFacts, Event, Moment, Phase, PurgeFacts, Record
from world.samples import Sample

HOMES = {"atlantic": "us-east", "asia": "ap-south"}
ORIGIN_MS = {"us-east": 12.0, "ap-south": 14.0}
BYTES = 9_000
ORIGINAL_BYTES = 42_000
RENDER_MS = 18.0
KILLED = "us-east"


def cities():
    return [
        CityFacts(
            name,
            settings.CITIES[name].place,
            facts["share"],
            facts["nodeMs"],
            {
                region: settings.round_trip(settings.CITIES[name], settings.REGIONS[region])
                for region in settings.REGIONS
            },
        )
        for name, facts in settings.FIGURES["cities"].items()
    ]


@dataclass
class SyntheticWorld:
    """Plays runs; keeps what each node and region has."""

    plan: Plan
    mix: Mix = field(default_factory=Mix)
    with_homes: bool = True
    nodes: dict = field(default_factory=lambda: defaultdict(set))
    regions: dict = field(default_factory=lambda: defaultdict(set))
    originals: dict = field(default_factory=lambda: defaultdict(set))
    origin_bytes: int = 0
    origin_requests: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def home(self, number):
        return HOMES["atlantic" if number < 900 else "asia"]

    def fetch(self, region, number):
        """Milliseconds to have the original there."""
        if number in self.originals[region]:
            return 0.0
        self.originals[region].add(number)
        self.origin_bytes += ORIGINAL_BYTES
        self.origin_requests += 1
        own = ORIGIN_MS[self.home(number)]
        return own + (0 if region == self.home(number) else between(region, self.home(number)))

    def answer(self, city: CityFacts, request: Request, nodes: bool, dead: str = "", version: int = 0) -> Sample:
        wanted = (request.object, request.variant, version)
        if nodes and wanted in self.nodes[city.name]:
            return self.sample(city, request, city.node_round_trip, "node", "", version)
        region = min((r for r in city.round_trips if r != dead), key=city.round_trips.__getitem__)
        ms = city.round_trips[region] + (city.node_round_trip if nodes else 0)
        tier, made = "edge", region
        if wanted not in self.regions[region]:
            tier, made, more = self.made(region, request, wanted, dead)
            ms += more
        self.regions[region].add(wanted)
        self.nodes[city.name].add(wanted)
        return self.sample(city, request, ms, tier, region, version, made)

    def made(self, region, request, wanted, dead):
        home = self.home(request.object) if self.with_homes else region
        if home in (region, dead):
            return "render", region, self.fetch(region, request.object) + RENDER_MS
        ms = between(region, home)
        if wanted not in self.regions[home]:
            ms += self.fetch(home, request.object) + RENDER_MS
            self.regions[home].add(wanted)
        return "region", home, ms

    def sample(self, city, request, ms, tier, answered, version, made="us-east"):
        ms = ms * self.dice.uniform(0.98, 1.02) + self.dice.expovariate(0.5) + 1.5
        checksum = (request.object * 7919 + request.variant * 31 + version) % 2**32
        late = self.dice.expovariate(2)
        return Sample(
            request.due,
            city.name,
            request.object,
            request.variant,
            200,
            ms,
            late,
            tier,
            answered,
            made,
            False,
            BYTES,
            checksum,
            self.dice.random() < 0.02,
        )

    def run(self, requests, nodes=True, dead=lambda time: "", version=lambda number, time: 0):
        """All samples of a run, and a moment a second."""
        everybody = {city.name: city for city in cities()}
        queue = sorted(
            (request, name) for name in everybody for request in requests(self.mix, name, everybody[name].share)
        )
        samples, moments, second = [], [], 0
        for request, name in queue:
            while second <= request.due:
                moments.append((second, self.origin_bytes, self.origin_requests))
                second += 1
            seen = version(request.object, request.due)
            samples.append(self.answer(everybody[name], request, nodes, dead(request.due), seen))
        return samples, [*moments, (second, self.origin_bytes, self.origin_requests)]


def between(one, other):
    return settings.round_trip(settings.REGIONS[one], settings.REGIONS[other])


def finished(plan=None, failed_share=0.3):
    """A record and its samples by run, as a report leaves them; some requests fail right after the kill."""
    plan = plan or Plan.quick()
    world = SyntheticWorld(plan)
    purged = [number for number in world.mix.ranking if number < 900][: plan.purged_objects]
    changed = plan.purge_begin + 2
    home, home_moments = world.run(
        plan.home_requests,
        dead=lambda time: KILLED if plan.outage_begin <= time < plan.back_begin else "",
        version=lambda number, time: int(number in purged and time > changed),
    )
    dice = random.Random(2)
    home = [
        each._replace(status=503, tier="none", problem="EAGAIN")
        if plan.outage_begin <= each.time < plan.outage_begin + 1 and dice.random() < failed_share
        else each
        for each in home
    ]
    direct, direct_moments = world.run(plan.direct_requests, nodes=False)
    nearest, nearest_moments = SyntheticWorld(plan, with_homes=False).run(plan.cold_requests)
    record = described(plan, purged, changed)
    for name, moments in (("home", home_moments), ("direct", direct_moments), ("nearest", nearest_moments)):
        busy = random.Random(name)
        record.moments += [Moment(name, time, busy.uniform(0.2, 0.5), size, count) for time, size, count in moments]
    return record, {"home": home, "direct": direct, "nearest": nearest}


def described(plan, purged, changed):
    record = Record(
        seed=6,
        rate=plan.rate,
        history=plan.history_requests,
        cores=2,
        date="21 November 2026, 23:00",
        killed=KILLED,
        regions={name: place.place for name, place in settings.REGIONS.items()},
        between={one: {other: between(one, other) for other in settings.REGIONS} for one in settings.REGIONS},
        homes=HOMES,
        cities=cities(),
    )
    bounds = [
        0,
        plan.history_begin,
        plan.steady_begin,
        plan.outage_begin,
        plan.back_begin,
        plan.purge_begin,
        plan.end,
    ]
    names = ("cold", "history", "steady", "outage", "back", "purge")
    record.phases = [Phase(name, "home", *bounds[i : i + 2]) for i, name in enumerate(names)]
    record.phases += [Phase("direct", "direct", 0, plan.direct), Phase("nearest", "nearest", 0, plan.cold)]
    record.events = [
        Event("home", plan.outage_begin, f"{KILLED} killed"),
        Event("home", plan.back_begin - 1, f"{KILLED} started again"),
        Event("home", plan.back_begin, f"{KILLED} is back"),
        Event("home", changed, "5 originals changed and purged"),
        Event("home", changed + 2, "purges completed"),
    ]
    record.purges = [PurgeFacts(number, changed, changed + 2) for number in purged]
    return record
