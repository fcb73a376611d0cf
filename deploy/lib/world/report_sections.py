"""The parts of the page below the promises: each with its plot, its sentence and its table."""

from world import figures, report_words
from world.report_html import Images, figure, paragraph, table
from world.report_plots import by_city
from world.report_seen import PHASE_TITLES, Seen
from world.report_words import milliseconds, percent


def times(seen: Seen, images: Images) -> str:
    steady = "Steady load through nodes, all cities."
    compared = "Steady load through nodes, and the same mix without them some minutes later."
    note = "The first three figures are with city nodes, the last three from the nearest region without them."
    return (
        "<h2>Time</h2>\n"
        + figure(images, "times-by-city", "How long answers took, by city", compared)
        + figure(images, "under-50-ms", "Share under 50 ms, with and without city nodes", "")
        + figure(images, "times-by-tier", "How long answers took, by who had the copy", steady)
        + _city_table(seen)
        + paragraph(note, "note")
    )


def _city_table(seen: Seen) -> str:
    with_nodes, without = by_city(seen.phase("steady")), by_city(seen.phase("direct"))
    rows = []
    for city in seen.record.cities:
        nearest = f"{city.distance:.0f} ms, {seen.record.regions[city.nearest]}"
        facts = city.place, percent(city.share, 0), f"{city.node_round_trip:.0f} ms", nearest
        rows.append([*facts, *_times_of(with_nodes.get(city.name)), *_times_of(without.get(city.name))])
    of_each = "median", "98th", "< 50 ms"
    heads = ("city", "of requests", "to its node", "to the nearest region", *of_each, *of_each)
    return table(heads, rows, numbers=set(range(1, len(heads))) - {3})


def _times_of(spread: figures.Spread | None) -> list[str]:
    if spread is None:
        return ["–"] * 3
    return [milliseconds(spread.median), milliseconds(spread.p98), percent(spread.under_limit)]


def caches(seen: Seen, images: Images) -> str:
    return (
        "<h2>Caches</h2>\n"
        + figure(images, "caches", "Who answered", "Parts of the run, in their order.")
        + figure(
            images,
            "unseen",
            "What a city's node has not seen yet",
            "The line follows from the mix alone; the points were measured. Before the steady part, each city was "
            f"given what {seen.record.history:,} earlier requests would have left in its node, each variant once.",
        )
    )


def outage(seen: Seen, images: Images) -> str:
    rows = []
    for name in ("steady", "outage", "back", "purge"):
        own = seen.phase(name)
        spread = figures.spread(own)
        rows.append(
            [
                PHASE_TITLES[name],
                f"{len(own):,}",
                f"{sum(each.failed for each in own):,}",
                f"{sum(each.stale for each in own):,}",
                milliseconds(spread.median),
                milliseconds(spread.p98),
                percent(spread.under_limit),
                percent(figures.near_share(own)),
            ]
        )
    heads = ("part", "requests", "failed", "marked stale", "median", "98th", "< 50 ms", "near cache")
    return (
        "<h2>A region vanishes</h2>\n"
        + paragraph(report_words.outage(seen.record, seen.phase("outage"), seen.phase("back")))
        + figure(images, "failures", "Requests over time, failed ones in red", "The grey part is without the region.")
        + table(heads, rows, numbers=set(range(1, 8)))
        + _failed_table(seen)
    )


def _failed_table(seen: Seen) -> str:
    failed = figures.grouped(
        (each for each in seen.everything if each.failed), lambda each: (each.status, each.problem or "–", each.city)
    )
    if not failed:
        return ""
    rows = [
        [f"{min(each.time for each in own):.1f} s", city, str(status or "no answer"), problem, str(len(own))]
        for (status, problem, city), own in sorted(failed.items(), key=lambda item: item[1][0].time)
    ]
    return table(("first", "city", "status", "what", "requests"), rows[:40], numbers={0, 4})


def purge(seen: Seen) -> str:
    old, looked_at = figures.old_answers(seen.runs.get("home", []), seen.record.purges)
    text = report_words.purge(seen.record.purges, len(old), looked_at)
    rows = [[f"{each.time:.1f} s", each.city, each.tier, each.answered or "node", each.made] for each in old[:20]]
    more = table(("at", "city", "from", "answered", "made by"), rows, numbers={0}) if rows else ""
    return f"<h2>A purge everywhere</h2>\n{paragraph(text)}{more}"


def origins(seen: Seen, images: Images) -> str:
    cold = seen.record.phase("cold")
    end = cold.end if cold else 0
    home, nearest = (figures.at(figures.series(seen.record.moments, run), end) for run in ("home", "nearest"))
    text = report_words.origins(home, nearest)
    times = report_words.cold_times(seen.phase("cold"), seen.phase("nearest"))
    return (
        "<h2>What origins send</h2>\n"
        + paragraph(f"{text} {times}")
        + figure(images, "origins", "Bytes from the origins, home routing against fetching in every region", "")
    )


def machine(seen: Seen, images: Images) -> str:
    return "<h2>The machine</h2>\n" + figure(
        images,
        "machine",
        "Busy share of all cores",
        "Above 80 % (red) an answer also waits for a core.",
    )
