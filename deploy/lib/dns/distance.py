"""How far places are apart."""

import math
from collections.abc import Iterable

from dns.installation import Location, Region

EARTH_KILOMETRES = 6371.0


def kilometres(one: Location, other: Location) -> float:
    """By great circle (haversine formula)."""
    north, other_north = math.radians(one.north), math.radians(other.north)
    half_north, half_east = (other_north - north) / 2, math.radians(other.east - one.east) / 2
    chord = math.sin(half_north) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    return 2 * EARTH_KILOMETRES * math.asin(min(1.0, math.sqrt(chord)))


def nearest_first(regions: Iterable[Region], place: Location) -> list[Region]:
    """Those of equal distance in the order in which they are given."""
    return sorted(regions, key=lambda region: kilometres(region.location, place))
