"""The page: promises, what limits them, plots and tables. One file, nothing from elsewhere."""

import math
from collections.abc import Mapping
from pathlib import Path

from world import figures, plots_theme, report_words
from world.figures import within
from world.report_html import Images, card, escaped, figure, paragraph, table
from world.report_plots import by_city, drawn
from world.report_record import Record
from world.report_seen import PHASE_TITLES, RUN_TITLES, Seen
from world.report_words import counted, megabytes, milliseconds, percent
from world.samples import Sample

DAY_SECONDS = 86_400
QUOTABLE_SECONDS = 60
STYLE = Path(__file__).with_name("report.css")


def write(record: Record, runs: Mapping[str, list[Sample]], folder: Path) -> Path:
    """Writes the plots and `report.html`, and returns its path."""
    seen = Seen(record, runs)
    images = {name: plots_theme.save(plot, folder / f"{name}.png") for name, plot in drawn(seen).items()}
    page = folder / "report.html"
    page.write_text(_page(seen, images))
    return page


def _page(seen: Seen, images: Images) -> str:
    parts = "\n".join(
        [
            _head(seen),
            _promises(seen),
            _limits(seen),
            _times(seen, images),
            _caches(seen, images),
            _outage(seen, images),
            _purge(seen),
            _origins(seen, images),
            _machine(seen, images),
            _phases(seen),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<title>Six regions that act as one</title>\n'
        f"<style>\n{STYLE.read_text()}</style>\n</head>\n<body>\n<main>\n{parts}\n</main>\n</body>\n</html>\n"
    )


def _head(seen: Seen) -> str:
    record = seen.record
    share = seen.mix
    return (
        "<h1>Six regions that act as one</h1>\n"
        + paragraph(
            f"{len(record.regions)} regions, users in {len(record.cities)} cities and origins in two places, on one "
            f"machine with {counted(record.cores, 'core')}. Every packet is delayed by the distance that it would "
            f"travel; nothing else is emulated. {record.rate:.0f} requests a second for {share.objects:,} pictures of "
            f"{len(share.variant_shares)} variants each, by Zipf's law (exponent {share.exponent}, seed {share.seed}). "
            f"Plain HTTP; connections are kept. {record.date}."
        )
        + (
            paragraph("A short run, to see that all works: its figures are not to be quoted.", "problem")
            if is_short(seen)
            else ""
        )
        + "".join(f'<p class="problem">Not carried out: {escaped(problem)}</p>\n' for problem in record.problems)
    )


def is_short(seen: Seen) -> bool:
    steady = seen.record.phase("steady")
    return steady is None or steady.end - steady.begin < QUOTABLE_SECONDS


def _promises(seen: Seen) -> str:
    steady = seen.phase("steady")
    old, looked_at = figures.old_answers(seen.runs.get("home", []), seen.record.purges)
    failed = sum(each.failed for each in seen.everything)
    day = seen.record.rate * DAY_SECONDS
    measured = {
        "under": figures.spread(steady).under_limit,
        "near": figures.near_share(steady),
        "available": figures.availability(seen.everything),
    }
    notes = {
        "under": f"without city nodes {percent(figures.spread(seen.phase('direct')).under_limit)}; "
        f"computed for caches that have seen a day: {percent(report_words.warmed(seen.record, seen.mix, steady, day))}",
        "near": f"without city nodes {percent(figures.near_share(seen.phase('direct')))}",
        "available": f"{failed or 'none'} of {counted(len(seen.everything), 'request')} failed, with a region killed",
    }
    cards = [
        card(
            percent(measured[key], 2 if key == "available" else 1),
            f"{text} (promise: {promise * 100:g} %)",
            notes[key],
            measured[key] >= promise,
        )
        for key, text, promise in report_words.PROMISES
    ]
    result = "none" if not old else f"{len(old):,}"
    cards.append(
        card(
            result,
            "old bytes after a purge was Completed",
            f"{looked_at:,} answers looked at",
            not old and looked_at > 0,
        )
    )
    return f'<section class="cards">\n{"".join(cards)}</section>\n'


def _limits(seen: Seen) -> str:
    steady, record = seen.phase("steady"), seen.record
    sentences = [
        report_words.distance(record, seen.phase("direct")),
        report_words.nodes(steady),
        report_words.coldness(record, seen.mix, steady),
        report_words.home_trips(record, steady),
        report_words.near_limits(steady),
        report_words.machine(_machine_facts(seen), record.cores),
    ]
    titles = ("Distance.", "Nodes.", "Coldness.", "The way home.", "Near caches.", "The machine.")
    items = "".join(
        f"<li><strong>{title}</strong> {escaped(text)}</li>\n"
        for title, text in zip(titles, sentences, strict=True)
        if text
    )
    rows = []
    for name, samples in (("steady", steady), ("direct", seen.phase("direct"))):
        shares = figures.reasons(samples, record.cities, name == "steady") if samples else {}
        rows += [(PHASE_TITLES[name], each.text, percent(share, 2)) for each, share in shares.items()]
    table_text = table(("part", "why an answer took 50 ms or more", "of all requests"), rows, numbers={2})
    return f"<h2>What limits them</h2>\n<ul>\n{items}</ul>\n{table_text}"


def _times(seen: Seen, images: Images) -> str:
    with_nodes, without = by_city(seen.phase("steady")), by_city(seen.phase("direct"))
    rows = []
    for city in seen.record.cities:
        rows.append(
            [
                city.place,
                percent(city.share, 0),
                f"{city.node_round_trip:.0f} ms",
                f"{city.distance:.0f} ms, {seen.record.regions[city.nearest]}",
                *_times_of(with_nodes.get(city.name)),
                *_times_of(without.get(city.name)),
            ]
        )
    heads = (
        "city",
        "of requests",
        "to its node",
        "to the nearest region",
        "median",
        "98th",
        "< 50 ms",
        "median",
        "98th",
        "< 50 ms",
    )
    note = paragraph(
        "The first three figures are with city nodes, the last three from the nearest region without them.", "note"
    )
    return (
        "<h2>Time</h2>\n"
        + figure(
            images,
            "times-by-city",
            "How long answers took, by city",
            "Steady load through nodes, and the same mix without them some minutes later.",
        )
        + figure(images, "under-50-ms", "Share under 50 ms, with and without city nodes", "")
        + figure(
            images,
            "times-by-tier",
            "How long answers took, by who had the copy",
            "Steady load through nodes, all cities.",
        )
        + table(heads, rows, numbers=set(range(1, 10)) - {3})
        + note
    )


def _times_of(spread: figures.Spread | None) -> list[str]:
    if spread is None:
        return ["–"] * 3
    return [milliseconds(spread.median), milliseconds(spread.p98), percent(spread.under_limit)]


def _caches(seen: Seen, images: Images) -> str:
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


def _outage(seen: Seen, images: Images) -> str:
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


def _purge(seen: Seen) -> str:
    old, looked_at = figures.old_answers(seen.runs.get("home", []), seen.record.purges)
    text = report_words.purge(seen.record.purges, len(old), looked_at)
    rows = [[f"{each.time:.1f} s", each.city, each.tier, each.answered or "node", each.made] for each in old[:20]]
    more = table(("at", "city", "from", "answered", "made by"), rows, numbers={0}) if rows else ""
    return f"<h2>A purge everywhere</h2>\n{paragraph(text)}{more}"


def _origins(seen: Seen, images: Images) -> str:
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


def _machine(seen: Seen, images: Images) -> str:
    return "<h2>The machine</h2>\n" + figure(
        images,
        "machine",
        "Busy share of all cores",
        "Above 80 % (red) an answer also waits for a core.",
    )


def _machine_facts(seen: Seen) -> figures.Machine:
    steady = seen.record.phase("steady")
    moments = [
        each for each in seen.record.moments if steady and each.run == "home" and steady.begin <= each.time < steady.end
    ]
    return figures.machine(moments, seen.phase("steady"), seen.record.cities)


def _phases(seen: Seen) -> str:
    rows = []
    for phase in seen.record.phases:
        own = within(seen.runs.get(phase.run, []), phase)
        sent = sum(each.bytes for each in own)
        rows.append(
            [
                PHASE_TITLES.get(phase.name, phase.name),
                RUN_TITLES.get(phase.run, phase.run),
                f"{phase.begin:.0f}–{phase.end:.0f} s",
                f"{len(own):,}",
                f"{sum(each.failed for each in own):,}",
                megabytes(sent),
                percent(sum(each.connected for each in own) / len(own) if own else math.nan),
            ]
        )
    heads = ("part", "run", "when", "requests", "failed", "to users", "on a new connection")
    note = "“Earlier requests” fills the caches faster than real time: its times and failures count in nothing above."
    return "<h2>What ran</h2>\n" + paragraph(note) + table(heads, rows, numbers={3, 4, 5, 6})
