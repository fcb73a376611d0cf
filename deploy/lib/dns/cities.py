"""The places of the world that a name server is asked for."""

import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path

from dns.errors import Refused
from dns.installation import Location

EXAMPLES = Path(__file__).with_name("cities.json")


@dataclass(frozen=True)
class City:
    place: str
    location: Location
    # What a resolver there tells of its clients (EDNS client subnet, RFC 7871).
    network: str


def read_cities(path: Path) -> list[City]:
    """Raises Refused."""
    try:
        cities = [_city(one) for one in json.loads(path.read_text())["cities"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(f"cannot read the cities {path}: {error or type(error).__name__}") from None
    if not cities:
        raise Refused(f"{path}: no city in it")
    return cities


def _city(content: dict) -> City:
    north, east = map(float, content["location"])
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise ValueError(f"{content['place']}: degrees north and degrees east are wanted")
    return City(str(content["place"]), Location(north, east), str(ipaddress.ip_network(content["network"])))
