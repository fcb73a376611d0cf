"""How plots look, on light pages and on dark ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.use("Agg")

_DOTS_PER_INCH = 130
_WIDTH = 9.0
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


@dataclass(frozen=True)
class Theme:
    name: str
    page: str
    ink: str
    faint: str
    line: str
    blue: str
    orange: str
    red: str
    tiers: Mapping[str, str]


# Hues tell whose copy it was: blue the node's, green the region's, yellow the home region's, orange nobody's.
LIGHT = Theme(
    "light",
    "#ffffff",
    "#1f2328",
    "#6a7178",
    "#e3e5e8",
    "#2a78d6",
    "#d9622b",
    "#d63c3b",
    {
        "node": "#2a78d6",
        "checked": "#8fbcf0",
        "edge": "#0f8f68",
        "redis": "#45b892",
        "store": "#97dcc3",
        "region": "#eda100",
        "render": "#d9622b",
        "origin": "#8a4b2d",
        "none": "#d63c3b",
    },
)
DARK = Theme(
    "dark",
    "#16181c",
    "#e6e8eb",
    "#9aa1a9",
    "#30343a",
    "#4b95ea",
    "#e5743c",
    "#ee6160",
    {
        "node": "#4b95ea",
        "checked": "#2b5d96",
        "edge": "#1fae82",
        "redis": "#17805f",
        "store": "#0f5440",
        "region": "#d99a15",
        "render": "#e5743c",
        "origin": "#a4664a",
        "none": "#ee6160",
    },
)
_THEMES = (LIGHT, DARK)
Plot = Callable[[Theme], Figure]


def save(plot: Plot, path: Path) -> dict[str, bytes]:
    """The PNG for each theme; the light one is also written to `path`."""
    pictures = {}
    for theme in _THEMES:
        file = path if theme is LIGHT else path.with_name(f"{path.stem}-dark.png")
        with mpl.rc_context(style(theme)):
            plot(theme).savefig(file, dpi=_DOTS_PER_INCH)
        pictures[theme.name] = file.read_bytes()
    return pictures


def style(theme: Theme) -> dict[str, object]:
    return {
        "font.family": "DejaVu Sans",
        "font.size": 9.5,
        "figure.facecolor": theme.page,
        "savefig.facecolor": theme.page,
        "axes.facecolor": theme.page,
        "axes.edgecolor": theme.line,
        "axes.labelcolor": theme.faint,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "grid.color": theme.line,
        "grid.linewidth": 0.8,
        "text.color": theme.ink,
        "xtick.color": theme.faint,
        "ytick.color": theme.ink,
        "ytick.left": False,
        "xtick.bottom": False,
        "legend.frameon": False,
        "lines.solid_capstyle": "round",
    }


def blank(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def on(colour: str) -> str:
    """The colour of text on it."""
    return "#ffffff" if luminance(colour) < 0.4 else "#16181c"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
