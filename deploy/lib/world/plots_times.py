"""Plots of how long answers took."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from world.figures import LIMIT_MS, PROMISED_UNDER_LIMIT, Spread
from world.plots_theme import TIER_NAMES, Theme, blank, on
from world.report_record import CityFacts


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
