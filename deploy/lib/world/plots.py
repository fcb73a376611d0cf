"""The report's plots. Each is drawn once for every theme."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from world.figures import LIMIT_MS, PROMISED_NEAR, PROMISED_UNDER_LIMIT, Spread
from world.plots_theme import Theme, on
from world.report_record import CityFacts, Event

WIDTH = 9.0
TIER_NAMES = {
    "node": "city node",
    "checked": "city node, checked",
    "edge": "region: edge cache",
    "redis": "region: Redis",
    "store": "region: store",
    "region": "home region asked",
    "render": "made here",
    "origin": "passed through",
    "none": "failed",
}


def blank(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


# --- Time


def times_by_city(
    theme: Theme, cities: Sequence[CityFacts], with_nodes: Mapping[str, Spread], without: Mapping[str, Spread]
) -> Figure:
    """For each city, with nodes above and without below: from the 10th to the 90th percentile, median, 98th."""
    figure, axes = blank(0.5 * len(cities) + 1.1)
    for row, city in enumerate(cities):
        for spreads, offset, colour in ((with_nodes, -0.17, theme.blue), (without, 0.17, theme.orange)):
            if city.name in spreads:
                _spread(axes, row + offset, spreads[city.name], colour)
    _limit_line(axes, theme, "50 ms")
    axes.set_xscale("log")
    _milliseconds(axes)
    axes.set_ylim(len(cities) - 0.5, -0.7)
    axes.set_yticks(range(len(cities)), [f"{city.place}  {city.share * 100:.0f} %" for city in cities])
    axes.grid(visible=False, axis="y")
    axes.plot([], [], color=theme.blue, linewidth=5, label="with city nodes")
    axes.plot([], [], color=theme.orange, linewidth=5, label="nearest region asked directly")
    axes.plot([], [], color=theme.faint, marker="o", linestyle="", markersize=6, label="median")
    axes.plot([], [], color=theme.faint, marker="|", linestyle="", markersize=9, label="98th percentile")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)
    axes.set_xlabel("ms from the request to the last byte; the bar holds the 10th to the 90th percentile")
    return figure


def _spread(axes: Axes, row: float, spread: Spread, colour: str) -> None:
    finite = [
        value if math.isfinite(value) else 12_000 for value in (spread.p10, spread.median, spread.p90, spread.p98)
    ]
    p10, median, p90, p98 = finite
    axes.plot([p10, p90], [row, row], color=colour, linewidth=5)
    axes.plot([p90, p98], [row, row], color=colour, linewidth=1)
    axes.plot(p98, row, color=colour, marker="|", markersize=9, markeredgewidth=1.5)
    axes.plot(
        median, row, color=axes.get_facecolor(), marker="o", markersize=7, markeredgecolor=colour, markeredgewidth=2
    )


def shares_under_limit(
    theme: Theme, cities: Sequence[CityFacts], with_nodes: Mapping[str, Spread], without: Mapping[str, Spread]
) -> Figure:
    """The share under 50 ms of each city; the key "" stands for all."""
    rows = [("all users", ""), *((city.place, city.name) for city in cities)]
    figure, axes = blank(0.42 * len(rows) + 1.1)
    for row, (_, key) in enumerate(rows):
        for spreads, offset, colour in ((with_nodes, -0.19, theme.blue), (without, 0.19, theme.orange)):
            if key in spreads:
                share = spreads[key].under_limit
                axes.barh(row + offset, share, 0.34, color=colour)
                is_inside = share > 0.1
                axes.text(
                    share + (-0.008 if is_inside else 0.008),
                    row + offset,
                    f"{share * 100:.0f} %",
                    va="center",
                    fontsize=7.5,
                    ha="right" if is_inside else "left",
                    color=on(colour) if is_inside else theme.faint,
                )
    axes.axvline(PROMISED_UNDER_LIMIT, color=theme.ink, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1.01)
    axes.set_xticks([0, 0.25, 0.5, 0.75, PROMISED_UNDER_LIMIT])
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.grid(visible=False, axis="y")
    axes.barh([0], [0], color=theme.blue, label="with city nodes")
    axes.barh([0], [0], color=theme.orange, label="nearest region asked directly")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    axes.set_xlabel("share of requests answered in less than 50 ms; the line is the promise of 98 %")
    return figure


def times_by_tier(theme: Theme, lines: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Cumulative distribution of each tier that answered."""
    figure, axes = blank(4.2)
    total = sum(len(line) for line in lines.values()) or 1
    for tier in (tier for tier in TIER_NAMES if lines.get(tier)):
        line = lines[tier]
        times, shares = [line[0][0], *(time for time, _ in line)], [0, *(share for _, share in line)]
        label = f"{TIER_NAMES[tier]}  {len(line) / total * 100:.1f} %"
        axes.step(times, shares, where="post", color=theme.tiers[tier], linewidth=2, label=label)
    axes.set_xscale("log")
    _milliseconds(axes)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    _limit_line(axes, theme, "50 ms")
    axes.set_xlabel("ms from the request to the last byte")
    axes.set_ylabel("share of the tier's answers that took no longer")
    if lines:
        axes.legend(loc="lower right", title="answered by, and share of all", alignment="left")
    return figure


# --- Caches and failures


def cache_shares(theme: Theme, shares: Mapping[str, Mapping[str, float]]) -> Figure:
    """Bars of each phase (by its title), divided by tier."""
    figure, axes = blank(0.5 * len(shares) + 1.5)
    for row, by_tier in enumerate(shares.values()):
        left = 0.0
        for tier in TIER_NAMES:
            width = by_tier.get(tier, 0.0)
            axes.barh(row, width, 0.62, left=left, color=theme.tiers[tier], edgecolor=theme.page, linewidth=0.8)
            if width >= 0.045:
                axes.text(
                    left + width / 2,
                    row,
                    f"{width * 100:.0f} %",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=on(theme.tiers[tier]),
                )
            left += width
    axes.axvline(PROMISED_NEAR, color=theme.ink, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, PROMISED_NEAR])
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_yticks(range(len(shares)), list(shares))
    axes.grid(visible=False)
    seen = [tier for tier in TIER_NAMES if any(by_tier.get(tier) for by_tier in shares.values())]
    for tier in seen:
        axes.barh([0], [0], color=theme.tiers[tier], label=TIER_NAMES[tier])
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=4)
    axes.set_xlabel("share of requests; blue and green are caches near the user, the line is the promise of 90 %")
    return figure


def failures(
    theme: Theme,
    bins: Sequence[tuple[float, int, int]],
    width: float,
    events: Sequence[Event],
    outage: tuple[float, float],
) -> Figure:
    """Requests a second, failed ones on top in red."""
    figure, axes = blank(3.4)
    starts = [begin for begin, _, _ in bins]
    answered = [(total - failed) / width for _, total, failed in bins]
    failed = [failed / width for _, _, failed in bins]
    axes.axvspan(*outage, color=theme.line, zorder=0)
    axes.bar(starts, answered, width * 0.94, align="edge", color=theme.blue, label="answered")
    axes.bar(starts, failed, width * 0.94, align="edge", bottom=answered, color=theme.red, label="failed")
    top = max((total / width for _, total, _ in bins), default=1) * 1.3
    for number, event in enumerate(events):
        axes.axvline(event.time, color=theme.ink, linewidth=0.8)
        height = top * (0.99 - 0.07 * (number % 3))
        is_late = event.time > starts[0] + 0.75 * (starts[-1] - starts[0]) if starts else False
        axes.text(
            event.time,
            height,
            f" {event.text} ",
            fontsize=7.5,
            va="top",
            ha="right" if is_late else "left",
            color=theme.ink,
        )
    axes.set_ylim(0, top)
    axes.grid(visible=False, axis="x")
    axes.margins(x=0.01)
    axes.set_xlabel("seconds since the run began")
    axes.set_ylabel("requests a second")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


# --- Origins, machine, what a longer run would see


def origin_bytes(theme: Theme, lines: Mapping[str, Sequence[tuple[float, int, int]]]) -> Figure:
    """Megabytes that left the origins since the same requests began, for each way."""
    figure, axes = blank(3.4)
    for (name, line), colour in zip(lines.items(), (theme.blue, theme.orange), strict=False):
        times, sizes = [time for time, _, _ in line], [size / 1e6 for _, size, _ in line]
        axes.plot(times, sizes, color=colour, linewidth=2.2)
        if line:
            label = f"{name}\n{sizes[-1]:.1f} MB, {line[-1][2]} requests"
            axes.annotate(
                label,
                (times[-1], sizes[-1]),
                (6, 0),
                textcoords="offset points",
                color=colour,
                va="center",
                fontsize=8.5,
                annotation_clip=False,
            )
    last = max((line[-1][0] for line in lines.values() if line), default=1)
    highest = max((line[-1][1] / 1e6 for line in lines.values() if line), default=1)
    axes.set_ylim(0, highest * 1.15)
    axes.set_xlim(0, last * 1.32)
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= last * 1.02])
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("seconds since all caches were empty; the same requests both times")
    axes.set_ylabel("MB sent by the origins")
    return figure


def machine(theme: Theme, busy: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Share of the cores that was busy, each run after the last."""
    figure, axes = blank(2.8)
    begin = 0.0
    for number, (name, line) in enumerate(busy.items()):
        times = [begin + time for time, _ in line]
        axes.fill_between(times, [share for _, share in line], color=theme.blue, alpha=0.35, linewidth=0)
        axes.plot(times, [share for _, share in line], color=theme.blue, linewidth=1.2)
        axes.text(begin, 1.04 + 0.09 * (number % 2), f" {name}", fontsize=8, color=theme.faint)
        axes.axvline(begin, color=theme.faint, linewidth=0.8)
        begin = max(times, default=begin) + 2
    axes.axhline(0.8, color=theme.red, linewidth=1, linestyle=(0, (4, 3)))
    axes.set_ylim(0, 1.22)
    axes.set_yticks([0, 0.25, 0.5, 0.8, 1])
    axes.margins(x=0.01)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("seconds of load")
    axes.set_ylabel("busy share of all cores")
    return figure


def unseen(
    theme: Theme, line: Sequence[tuple[float, float]], seen: Sequence[tuple[str, float, float]], bearable: float
) -> Figure:
    """The share that a city's node has no copy for, by requests before: by the mix, and measured."""
    figure, axes = blank(3.6)
    axes.plot([count for count, _ in line], [share for _, share in line], color=theme.blue, linewidth=2.2)
    for name, count, share in seen:
        axes.plot(count, share, "o", color=theme.orange, markersize=8)
        axes.annotate(
            f"{name}: {share * 100:.1f} %",
            (count, share),
            (8, 6),
            textcoords="offset points",
            fontsize=8.5,
            color=theme.orange,
        )
    if bearable > 0:
        axes.axhline(bearable, color=theme.ink, linewidth=1, linestyle=(0, (4, 3)))
        axes.text(line[0][0], bearable, f" {bearable * 100:.1f} % leaves 98 % under 50 ms", fontsize=8.5, va="bottom")
    axes.set_xscale("log")
    axes.set_ylim(0, 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: amount(value)))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_xlabel("requests of all cities before")
    axes.set_ylabel("share passed on by the node")
    return figure


# --- Parts


def _limit_line(axes: Axes, theme: Theme, text: str) -> None:
    axes.axvline(LIMIT_MS, color=theme.ink, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        text,
        (LIMIT_MS, 1),
        (4, -2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        fontsize=8.5,
    )


def _milliseconds(axes: Axes) -> None:
    low, high = axes.get_xlim()
    ticks = [
        tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000) if low * 0.9 <= tick <= high
    ]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)


def amount(value: float) -> str:
    """A count in few characters."""
    for size, name in ((1e6, " million"), (1e3, ",000")):
        if value >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
