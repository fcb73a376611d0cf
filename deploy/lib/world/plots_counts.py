"""Plots of what was counted: who answered, failures, origins, the machine."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from world.figures import PROMISED_NEAR
from world.plots_theme import TIER_NAMES, Theme, blank, on
from world.report_record import Event


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


def amount(value: float) -> str:
    """A count in few characters."""
    for size, name in ((1e6, " million"), (1e3, ",000")):
        if value >= size:
            return f"{value / size:g}{name}"
    return f"{value:g}"
