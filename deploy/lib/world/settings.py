"""Who lives in the world, at which address, and how far apart (world.json)."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[2]
FIGURES = json.loads((FOLDER / "world.json").read_text())

# Every namespace that is made here begins so.
PREFIX = "apusw-"
HUB = PREFIX + "hub"
HUB_ADDRESS = "10.77.0.1"
NETWORK = "10.77.0.0/16"
EARTH_KILOMETRES = 6371.0


@dataclass(frozen=True)
class Place:
    """One namespace of the world: a region, the users of a city, that city's node or an origin."""

    name: str
    kind: str
    # Its name for people, and latitude and longitude.
    place: str
    at: tuple
    number: int

    @property
    def key(self) -> str:
        """Its name among all: those of regions and origins as they are, `city-…` and `node-…`, `origin-…`."""
        return self.name if self.kind == "region" else f"{self.kind}-{self.name}"

    @property
    def namespace(self) -> str:
        return PREFIX + self.key

    @property
    def host(self) -> str:
        return f"10.77.0.{self.number}"

    @property
    def interface(self) -> str:
        """The hub's end of its cable."""
        return f"apusw{self.number}"


def _places(kind: str, figures: dict, first: int) -> dict[str, Place]:
    return {
        name: Place(name, kind, one["place"], tuple(one["at"]), first + index)
        for index, (name, one) in enumerate(figures.items())
    }


REGIONS = _places("region", FIGURES["regions"], 11)
ORIGINS = _places("origin", FIGURES["origins"], 21)
CITIES = _places("city", FIGURES["cities"], 31)
NODES = _places("node", FIGURES["cities"], 51)
PLACES = {place.key: place for group in (REGIONS, ORIGINS, CITIES, NODES) for place in group.values()}


def kilometres(one: Place, other: Place) -> float:
    """The great circle between two places, by the haversine formula."""
    (first, first_east), (second, second_east) = (tuple(map(math.radians, place.at)) for place in (one, other))
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin((second_east - first_east) / 2) ** 2
    return 2 * EARTH_KILOMETRES * math.asin(math.sqrt(half))


def round_trip(one: Place, other: Place) -> float:
    """Milliseconds there and back."""
    kinds = {one.kind, other.kind}
    if kinds == {"region"}:
        table = FIGURES["roundTrips"]
        return 0 if one == other else table.get(one.name, {}).get(other.name) or table[other.name][one.name]
    if kinds == {"city", "node"} and one.name == other.name:
        return FIGURES["cities"][one.name]["nodeMs"]
    formula = FIGURES["formula"]
    way = kilometres(one, other) / formula["kilometresPerMs"] * formula["cableWay"]
    return max(way + formula["addedMs"], formula["leastMs"])


def nearest_regions(place: Place) -> list[str]:
    """The names of all regions, the nearest first."""
    return sorted(REGIONS, key=lambda name: round_trip(place, REGIONS[name]))
