"""The report's sentences, computed from what was measured. Short and plain."""

import math
from collections.abc import Callable, Iterable, Sequence

from world import figures
from world.figures import LIMIT_MS, PROMISED_AVAILABILITY, PROMISED_NEAR, PROMISED_UNDER_LIMIT
from world.load_mix import Mix, unseen_share
from world.report_phrases import counted, duration, listed, megabytes, milliseconds, percent
from world.report_record import CityFacts, PurgeFacts, Record
from world.samples import Sample

# Beyond this many earlier requests nothing is foretold.
MOST_REQUESTS = 1e10


# --- What limits the share under 50 ms


def distance(record: Record, direct: Sequence[Sample]) -> str:
    """Which cities are too far from every region."""
    far = figures.far_cities(record.cities)
    if not far:
        return "Every city has a region nearer than 50 ms."
    share = sum(city.share for city in far)
    names = listed([f"{city.place} ({city.distance:.0f} ms to {record.regions[city.nearest]})" for city in far])
    text = (
        f"No region is within 50 ms of {names}: the light in the cable and the cable's way take that long. Their users "
        f"make {percent(share, 0)} of all requests, so without a node in these cities at most {percent(1 - share, 0)} "
        "can come in time, however fast the regions are."
    )
    if direct:
        text += f" Measured without nodes: {percent(figures.spread(direct).under_limit)}."
    return text


def nodes(steady: Sequence[Sample]) -> str:
    """What a node in the same city changes."""
    own, passed = split(steady)
    if not own:
        return "The cities' nodes answered nothing."
    return (
        f"A node in the user's city answered {percent(len(own) / len(steady))} of the requests by itself, and "
        f"{percent(figures.spread(own).under_limit)} of these came in time. What it had to pass on came in time in "
        f"{percent(figures.spread(passed).under_limit)} of the cases: there distance and coldness count again."
    )


def coldness(record: Record, mix: Mix, steady: Sequence[Sample]) -> str:
    """How many requests a node may pass on, and when a longer run would be there."""
    own, passed = split(steady)
    if not own or not passed:
        return ""
    bearable = bearable_share(steady)
    if bearable == 0:
        return f"Even what the nodes answered was too late too often for {percent(PROMISED_UNDER_LIMIT, 0)}."
    text = (
        f"So the share that a node passes on decides: it was {percent(len(passed) / len(steady))} here, and may be "
        f"{percent(bearable)} at most for {percent(PROMISED_UNDER_LIMIT, 0)} in time. Nearly all of it is cold: the "
        "first request for a variant in that city. It falls with every request."
    )
    needed = requests_until(lambda requests: unseen_by_nodes(mix, record.cities, requests), bearable)
    if needed < MOST_REQUESTS and len(passed) / len(steady) > bearable:
        text += (
            f" By the mix it is down to {percent(bearable)} after {needed / 1e6:.1f} million requests, that is "
            f"{duration(needed / record.rate)} of {record.rate:.0f} requests a second (computed from the mix: "
            f"no picture changes, no copy is dropped)."
        )
    return text


def warmed(record: Record, mix: Mix, steady: Sequence[Sample], requests: float) -> float:
    """The share under the limit after that many earlier requests: measured for what nodes answer and for what they pass
    on, put together in the proportion of that moment."""
    own, passed = split(steady)
    cold = unseen_by_nodes(mix, record.cities, requests)
    return (1 - cold) * figures.spread(own).under_limit + cold * figures.spread(passed).under_limit


def home_trips(record: Record, steady: Sequence[Sample]) -> str:
    """What the way to the home region costs."""
    asked = [each for each in steady if each.tier == "region" and not each.failed]
    made = [each for each in steady if each.tier in ("render", "origin") and not each.failed]
    if not asked:
        return "No request went on to a home region in the steady part."
    text = (
        f"{percent(len(asked) / len(steady))} of the requests found no copy in their region and asked the home region "
        f"({listed(sorted({record.regions[home] for home in record.homes.values()}))}): "
        f"{milliseconds(figures.spread(asked).median)} at the median. The way alone, there and back, takes "
        f"{milliseconds(median_way(record, asked))}."
    )
    if made:
        text += (
            f" Another {percent(len(made) / len(steady))} were made in the user's own region, as home or in its place: "
            f"{milliseconds(figures.spread(made).median)} at the median, with the way to the origin."
        )
    return text


def machine(facts: figures.Machine, cores: int) -> str:
    """How much of the figures is the machine."""
    text = (
        f"Everything ran on one machine with {counted(cores, 'core')}, busy to {percent(facts.mean, 0)} in the mean "
        f"of the steady part and {percent(facts.highest, 0)} at most. An answer of a city's node took "
        f"{milliseconds(facts.node_excess)} more than the distance to it at the median: that is nginx, the emulated "
        f"network and the load's own program. {percent(facts.late_share)} of the requests began 5 ms late or more "
        "because the machine was busy."
    )
    if facts.mean > 0.5:
        text += (
            " Above half of the cores, times measure the machine as well as the distance: take them as upper bounds."
        )
    return text


def median_way(record: Record, asked: Iterable[Sample]) -> float:
    """Milliseconds from the user by the node and the region to the region that made the picture, and back."""
    cities = {city.name: city for city in record.cities}
    ways = sorted(
        cities[each.city].node_round_trip
        + cities[each.city].round_trips[each.answered]
        + record.between[each.answered][each.made]
        for each in asked
        if each.made in record.between.get(each.answered, {})
    )
    return figures.percentile(ways, 0.5)


# --- Other sentences


def near_limits(steady: Sequence[Sample]) -> str:
    """What keeps answers from coming from a near cache."""
    shares = figures.tier_shares(steady)
    home, made = shares.get("region", 0), shares.get("render", 0) + shares.get("origin", 0)
    near = figures.near_share(steady)
    return (
        f"{percent(near)} of the requests of the steady part were answered by the city's node or by the caches of the "
        f"region asked. {percent(home)} asked the home region and {percent(made)} were made anew: the first requests "
        "for a variant in that region. A copy is kept at both, so each of them happens once."
    )


def outage(record: Record, during: Sequence[Sample], back: Sequence[Sample]) -> str:
    place = record.regions[record.killed]
    failed = sum(each.failed for each in during)
    made = sum(each.made == record.killed for each in during if each.tier not in ("node", "none"))
    text = (
        f"{place} was killed under load, with its nginx, workers and Redis. It is home of "
        f"{listed([name for name, home in record.homes.items() if home == record.killed]) or 'no account'} and the "
        f"nearest region of {listed([city.place for city in record.cities if city.nearest == record.killed])}. Of "
        f"{counted(len(during), 'request')} while it was away, {failed or 'none'} failed."
    )
    if made:
        text += f" What it had made before answered {counted(made, 'request')} from the caches of other regions."
    if back:
        failed_after = sum(each.failed for each in back)
        answered = sum(each.answered == record.killed for each in back)
        text += (
            f" After its return {failed_after or 'none'} of {counted(len(back), 'request')} failed, and it answered "
            f"{counted(answered, 'request')} itself again."
        )
    return text


def purge(purges: Sequence[PurgeFacts], old: int, looked_at: int) -> str:
    if not purges:
        return "No purge was carried out."
    seconds = [each.completed - each.changed for each in purges]
    return (
        f"{counted(len(purges), 'much wanted original')} were changed at their origin and purged under load. From the "
        f"change to Completed, with all nodes told, it took {min(seconds):.1f} to {max(seconds):.1f} seconds. Of "
        f"{counted(looked_at, 'later answer')} with these pictures, from nodes and from every region that is nearest "
        f"to a city, {old or 'none'} had bytes from before."
    )


def origins(home: tuple[int, int], nearest: tuple[int, int]) -> str:
    """Bytes and requests of both ways after the same requests."""
    if not nearest[0] or not home[0]:
        return "The comparison was not carried out."
    return (
        f"From empty caches, the same requests took {megabytes(home[0])} in {counted(home[1], 'request')} from the "
        f"origins with home regions, and {megabytes(nearest[0])} in {counted(nearest[1], 'request')} where every "
        f"region fetches for itself: home routing saved {percent(1 - home[0] / nearest[0], 0)} of the bytes. An "
        "original crosses to its home region once, whoever asks, and is not far from there to its origin."
    )


def cold_times(home: Sequence[Sample], nearest: Sequence[Sample]) -> str:
    """What that costs or gains in time."""
    first, second = (
        figures.spread(each for each in seen if each.tier in ("region", "render", "origin")) for seen in (home, nearest)
    )
    if not first.count or not second.count:
        return ""
    return (
        f"Pictures that no near cache had came after {milliseconds(first.median)} at the median with home regions, "
        f"and after {milliseconds(second.median)} without."
    )


# --- Parts


def split(samples: Iterable[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Answered by the city's node itself, and passed on."""
    own: list[Sample] = []
    passed: list[Sample] = []
    for sample in samples:
        (own if sample.tier == "node" else passed).append(sample)
    return own, passed


def bearable_share(steady: Sequence[Sample]) -> float:
    own, passed = split(steady)
    return figures.bearable_cold_share(figures.spread(own).under_limit, figures.spread(passed).under_limit)


def unseen_by_nodes(mix: Mix, cities: Iterable[CityFacts], requests: float) -> float:
    """The share of requests that is new to their city's node after `requests` of all cities."""
    return sum(city.share * unseen_share(mix.variant_probabilities, requests * city.share) for city in cities)


def requests_until(share: Callable[[float], float], wanted: float) -> float:
    """The number of requests after which a falling share is down to `wanted`, within a hundredth."""
    low, high = 1.0, MOST_REQUESTS
    while high / low > 1.01:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if share(middle) <= wanted else (middle, high)
    return high


PROMISES = (
    ("under", f"answers in less than {LIMIT_MS:.0f} ms", PROMISED_UNDER_LIMIT),
    ("near", "answered by a cache near the user", PROMISED_NEAR),
    ("available", "requests that did not fail", PROMISED_AVAILABILITY),
)
