"""From samples to figures. Pure functions: no file, no network, no clock."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from world.report_record import CityFacts, Moment, Phase, PurgeFacts
from world.samples import NEAR_TIERS, Sample

# The published promises.
LIMIT_MS = 50.0
PROMISED_UNDER_LIMIT = 0.98
PROMISED_NEAR = 0.90
PROMISED_AVAILABILITY = 0.999

_Key = TypeVar("_Key")


def grouped(samples: Iterable[Sample], key: Callable[[Sample], _Key]) -> dict[_Key, list[Sample]]:
    groups: dict[_Key, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[key(sample)].append(sample)
    return dict(groups)


def within(samples: Iterable[Sample], phase: Phase | None) -> list[Sample]:
    """Samples of a phase's run that were due in it; none where there was no such phase."""
    return [each for each in samples if phase is not None and phase.begin <= each.time < phase.end]


# --- Time


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed (nearest rank) in a sorted list; NaN of nothing."""
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Spread:
    """How long answers took, in ms. A failed request counts as one that never came: above every limit."""

    count: int
    p10: float
    median: float
    p90: float
    p98: float
    under_limit: float  # share below LIMIT_MS


def spread(samples: Iterable[Sample]) -> Spread:
    values = sorted(math.inf if sample.failed else sample.ms for sample in samples)
    p10, median, p90, p98 = (percentile(values, share) for share in (0.1, 0.5, 0.9, 0.98))
    return Spread(len(values), p10, median, p90, p98, share_below(values, LIMIT_MS))


def share_below(values: Sequence[float], limit: float) -> float:
    return sum(value < limit for value in values) / len(values) if values else math.nan


def cumulative(samples: Iterable[Sample]) -> list[tuple[float, float]]:
    """Steps of the distribution of answered requests: (ms, share of them that took no longer)."""
    values = sorted(sample.ms for sample in samples if not sample.failed)
    return [(value, (number + 1) / len(values)) for number, value in enumerate(values)]


# --- Who answered


def tier_shares(samples: Iterable[Sample]) -> dict[str, float]:
    counts = Counter("none" if sample.failed else sample.tier for sample in samples)
    total = counts.total()
    return {tier: count / total for tier, count in counts.items()}


def near_share(samples: Iterable[Sample]) -> float:
    """Share answered by a cache near the user: that of the city's node or of the region that answered."""
    shares = tier_shares(samples)
    return sum(share for tier, share in shares.items() if tier in NEAR_TIERS) if shares else math.nan


# --- Failures


def availability(samples: Sequence[Sample]) -> float:
    return 1 - sum(sample.failed for sample in samples) / len(samples) if samples else math.nan


def over_time(samples: Iterable[Sample], width: float) -> list[tuple[float, int, int]]:
    """Of every `width` seconds: their begin, requests, failed ones. Without gaps from 0 on."""
    counts = Counter((int(sample.time // width), sample.failed) for sample in samples)
    last = max((number for number, _ in counts), default=-1)
    return [
        (number * width, counts[number, False] + counts[number, True], counts[number, True])
        for number in range(last + 1)
    ]


# --- What makes an answer late


@dataclass(frozen=True)
class Reason:
    """Why an answer took LIMIT_MS or more."""

    name: str
    text: str


FAILED = Reason("failed", "no picture came")
FAR = Reason("far", "the region that had to answer is too far for 50 ms, whatever it has")
HOME = Reason("home", "the region had no copy either and asked the home region")
MADE = Reason("made", "this region is home, and no copy was there yet: the original was fetched, the picture made")
CONNECTION = Reason(
    "connection", "the way is short enough for one round trip, not for the second one of a new connection"
)
MACHINE = Reason("machine", "distance explains less than 50 ms: the rest is this machine")
REASONS = (FAR, HOME, MADE, CONNECTION, MACHINE, FAILED)


def reason(sample: Sample, city: CityFacts, through_node: bool) -> Reason | None:
    """The first reason that alone suffices, None for an answer in time."""
    if sample.failed:
        return FAILED
    if sample.ms < LIMIT_MS:
        return None
    if sample.tier == "node":
        return MACHINE
    round_trip = city.round_trips.get(sample.answered, 0.0)
    whole = round_trip + (city.node_round_trip if through_node else 0.0)
    if whole >= LIMIT_MS:
        return FAR
    if sample.tier == "region":
        return HOME
    if sample.tier in ("render", "origin"):
        return MADE
    # Whether the node had to connect anew is not told.
    if whole + round_trip >= LIMIT_MS and (through_node or sample.connected):
        return CONNECTION
    return MACHINE


def reasons(samples: Sequence[Sample], cities: Iterable[CityFacts], through_node: bool) -> dict[Reason, float]:
    """The share of all requests that each reason made late; reasons that did not occur are left out."""
    known = {city.name: city for city in cities}
    counts = Counter(reason(sample, known[sample.city], through_node) for sample in samples)
    return {each: counts[each] / len(samples) for each in REASONS if counts[each]}


def far_cities(cities: Iterable[CityFacts]) -> list[CityFacts]:
    """Cities that no region can answer within the limit, the farthest first."""
    far = [city for city in cities if city.distance >= LIMIT_MS]
    return sorted(far, key=lambda city: -city.distance)


def bearable_cold_share(warm_under: float, cold_under: float, wanted: float = PROMISED_UNDER_LIMIT) -> float:
    """The largest share of requests that the node may have to pass on so that `wanted` of all come in time, if those it
    answers do so at `warm_under` and those it passes on at `cold_under`. 0 where even warm ones do not."""
    if warm_under < wanted:
        return 0.0
    if cold_under >= wanted:
        return 1.0
    return (warm_under - wanted) / (warm_under - cold_under)


# --- Origins


def series(moments: Iterable[Moment], run: str) -> list[tuple[float, int, int]]:
    """Seconds, bytes and requests of all origins since the run began."""
    own = [moment for moment in moments if moment.run == run]
    return [
        (each.time, each.origin_bytes - own[0].origin_bytes, each.origin_requests - own[0].origin_requests)
        for each in own
    ]


def at(line: Sequence[tuple[float, int, int]], time: float) -> tuple[int, int]:
    """Bytes and requests at the last moment that was not later; nothing before the first."""
    earlier = [(size, count) for moment, size, count in line if moment <= time]
    return earlier[-1] if earlier else (0, 0)


# --- Purges


def old_answers(samples: Iterable[Sample], purges: Iterable[PurgeFacts]) -> tuple[list[Sample], int]:
    """Answers with bytes from before a change to requests made after its purge was Completed, and how many were looked
    at. Bytes are told apart by their checksum: the same picture is always made with the same bytes."""
    by_object = grouped(samples, lambda sample: sample.object)
    old, looked_at = [], 0
    for purge in purges:
        own = [sample for sample in by_object.get(purge.object, []) if not sample.failed]
        before = {(each.variant, each.checksum) for each in own if ended(each) < purge.changed}
        after = [each for each in own if each.time + each.late / 1000 > purge.completed]
        looked_at += len(after)
        old += [each for each in after if (each.variant, each.checksum) in before]
    return old, looked_at


def ended(sample: Sample) -> float:
    """Seconds since the run began when the whole answer was there."""
    return sample.time + (sample.late + sample.ms) / 1000


# --- The machine


@dataclass(frozen=True)
class Machine:
    """How busy the machine was; near 1 the figures measure the machine and not the network."""

    mean: float
    highest: float
    over_80: float  # share of the moments
    late_share: float  # requests that the load itself began 5 ms late or more
    node_excess: float  # median ms that an answer of a node took beyond the emulated round trip


def machine(moments: Sequence[Moment], samples: Sequence[Sample], cities: Iterable[CityFacts]) -> Machine:
    busy = [moment.busy for moment in moments]
    round_trips = {city.name: city.node_round_trip for city in cities}
    excess = sorted(each.ms - round_trips[each.city] for each in samples if each.tier == "node" and not each.connected)
    return Machine(
        mean=sum(busy) / len(busy) if busy else math.nan,
        highest=max(busy, default=math.nan),
        over_80=sum(each > 0.8 for each in busy) / len(busy) if busy else math.nan,
        late_share=sum(each.late >= 5 for each in samples) / len(samples) if samples else math.nan,
        node_excess=percentile(excess, 0.5),
    )
