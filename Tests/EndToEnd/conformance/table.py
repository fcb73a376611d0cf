"""All pairs, in the order of their numbers."""

from conformance import (
    backgrounds,
    conditions,
    crops,
    density,
    effects,
    expressions,
    focus,
    layers,
    output,
    placement,
    signing,
    sizes,
    video,
)
from conformance.row import LeftOut, Row

SECTIONS = (
    placement,
    sizes,
    crops,
    focus,
    density,
    backgrounds,
    effects,
    output,
    layers,
    expressions,
    conditions,
    signing,
    video,
)

PAIRS = [pair for section in SECTIONS for pair in section.ROWS]
ROWS = [pair for pair in PAIRS if isinstance(pair, Row)]
LEFT_OUT = [pair for pair in PAIRS if isinstance(pair, LeftOut)]
