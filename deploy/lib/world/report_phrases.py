"""Numbers and lists as people write them."""

import math
from collections.abc import Sequence


def percent(share: float, digits: int = 1) -> str:
    """Never rounded up to all, nor down to nothing."""
    if math.isnan(share):
        return "–"
    least = 10.0**-digits
    if 0 < share * 100 < least:
        return f"< {least:g} %"
    if 100 - least < share * 100 < 100:
        return f"> {100 - least:g} %"
    return f"{share * 100:.{digits}f} %" if share not in (0, 1) else f"{share * 100:.0f} %"


def milliseconds(value: float) -> str:
    if math.isnan(value):
        return "–"
    return "never" if math.isinf(value) else f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "none"


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size * 1.5:
            return counted(round(seconds / size), name)
    return counted(round(seconds), "second")
