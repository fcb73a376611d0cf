"""The page: promises, what limits them, plots and tables. One file, nothing from elsewhere."""

import math
from collections.abc import Mapping
from pathlib import Path

from world import figures, plots_theme, report_sections, report_words
from world.figures import within
from world.report_html import Images, card, escaped, paragraph, table
from world.report_plots import drawn
from world.report_record import Record
from world.report_seen import PHASE_TITLES, RUN_TITLES, Seen
from world.report_words import counted, megabytes, percent
from world.samples import Sample

_DAY_SECONDS = 86_400
_QUOTABLE_SECONDS = 60
_STYLE = Path(__file__).with_name("report.css")


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
            report_sections.times(seen, images),
            report_sections.caches(seen, images),
            report_sections.outage(seen, images),
            report_sections.purge(seen),
            report_sections.origins(seen, images),
            report_sections.machine(seen, images),
            _phases(seen),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<title>Six regions that act as one</title>\n'
        f"<style>\n{_STYLE.read_text()}</style>\n</head>\n<body>\n<main>\n{parts}\n</main>\n</body>\n</html>\n"
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
    return steady is None or steady.end - steady.begin < _QUOTABLE_SECONDS


def _promises(seen: Seen) -> str:
    steady = seen.phase("steady")
    old, looked_at = figures.old_answers(seen.runs.get("home", []), seen.record.purges)
    failed = sum(each.failed for each in seen.everything)
    day = seen.record.rate * _DAY_SECONDS
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
        report_words.machine(seen.machine, record.cores),
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
