"""Which plots a report has, and of which figures."""

from collections.abc import Sequence

from world import figures, plots_counts, plots_times, report_words
from world.plots_theme import Plot
from world.report_seen import PHASE_TITLES, RUN_TITLES, Seen
from world.samples import Sample

_CURVE_POINTS = 41
_BIN_SECONDS = 2.0


def drawn(seen: Seen) -> dict[str, Plot]:
    """Every plot by the name of its file."""
    cities = seen.record.cities
    with_nodes, without = by_city(seen.phase("steady")), by_city(seen.phase("direct"))
    steady = figures.grouped((each for each in seen.phase("steady") if not each.failed), lambda each: each.tier)
    by_tier = {tier: figures.cumulative(own) for tier, own in steady.items()}
    shares = {PHASE_TITLES[name]: figures.tier_shares(own) for name in PHASE_TITLES if (own := seen.phase(name))}
    return {
        "times-by-city": lambda theme: plots_times.times_by_city(theme, cities, with_nodes, without),
        "under-50-ms": lambda theme: plots_times.shares_under_limit(theme, cities, with_nodes, without),
        "times-by-tier": lambda theme: plots_times.times_by_tier(theme, by_tier),
        "caches": lambda theme: plots_counts.cache_shares(theme, shares),
        "unseen": _unseen(seen),
        "failures": _failures(seen),
        "origins": lambda theme: plots_counts.origin_bytes(theme, _origin_lines(seen)),
        "machine": lambda theme: plots_counts.machine(theme, _busy(seen)),
    }


def by_city(samples: Sequence[Sample]) -> dict[str, figures.Spread]:
    spreads = {city: figures.spread(own) for city, own in figures.grouped(samples, lambda each: each.city).items()}
    return {**spreads, "": figures.spread(samples)} if samples else {}


def _unseen(seen: Seen) -> Plot:
    cities, points = seen.record.cities, []
    for power in range(_CURVE_POINTS):
        requests = 10 ** (2 + 5.5 * power / (_CURVE_POINTS - 1))
        points.append((requests, report_words.unseen_by_nodes(seen.mix, cities, requests)))
    measured = []
    for name, before in (("cold", 0), ("steady", seen.record.history + len(seen.phase("cold")))):
        own = seen.phase(name)
        if own:
            _, passed = report_words.split(own)
            measured.append((PHASE_TITLES[name], before + len(own) / 2, len(passed) / len(own)))
    bearable = report_words.bearable_share(seen.phase("steady"))
    return lambda theme: plots_counts.unseen(theme, points, measured, bearable)


def _failures(seen: Seen) -> Plot:
    """From the steady part on: the load before it is made faster than in real time."""
    steady, outage = seen.record.phase("steady"), seen.record.phase("outage")
    begin = steady.begin if steady else 0.0
    own = [each for each in seen.everything if each.time >= begin]
    bins = [each for each in figures.over_time(own, _BIN_SECONDS) if each[0] >= begin]
    span = (outage.begin, outage.end) if outage else (begin, begin)
    return lambda theme: plots_counts.failures(theme, bins, _BIN_SECONDS, seen.record.events, span)


def _origin_lines(seen: Seen) -> dict[str, list[tuple[float, int, int]]]:
    cold = seen.record.phase("cold")
    lines = {
        "home regions": figures.series(seen.record.moments, "home"),
        "every region\nfor itself": figures.series(seen.record.moments, "nearest"),
    }
    return {
        name: [(0.0, 0, 0), *(point for point in line if cold and 0 < point[0] <= cold.end)]
        for name, line in lines.items()
        if line
    }


def _busy(seen: Seen) -> dict[str, list[tuple[float, float]]]:
    return {
        title: [(moment.time, moment.busy) for moment in seen.record.moments if moment.run == run and moment.time >= 0]
        for run, title in RUN_TITLES.items()
    }
