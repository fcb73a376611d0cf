"""A file that tells where networks are, in place of a geographic database or before it."""

import ipaddress
from pathlib import Path

from dns.distance import nearest_first
from dns.errors import Refused
from dns.installation import Installation, Location, Region


def read_networks(path: Path, installation: Installation) -> dict[str, list[Region]]:
    """For each network the regions in the order in which they are tried. A line is `NETWORK REGION` or
    `NETWORK NORTH EAST`; what follows # is left out. Raises Refused with everything that is wrong."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, ValueError) as error:
        raise Refused(f"cannot read the networks {path}: {error}") from None
    found: dict[str, list[Region]] = {}
    problems = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            network = str(ipaddress.ip_network(words[0]))
            if network in found:
                raise ValueError(f"{network} was named before")
            found[network] = _order(words[1:], installation)
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}")
    Refused.if_any(problems)
    if not found:
        raise Refused(f"{path}: no network in it")
    return found


def _order(words: list[str], installation: Installation) -> list[Region]:
    regions = {region.name: region for region in installation.regions}
    if len(words) == 1 and words[0] in regions:
        first = regions[words[0]]
        return [first, *(region for region in nearest_first(installation.regions, first.location) if region != first)]
    if len(words) == 2:
        north, east = map(float, words)
        if -90 <= north <= 90 and -180 <= east <= 180:
            return nearest_first(installation.regions, Location(north, east))
    raise ValueError("NETWORK REGION or NETWORK NORTH EAST is wanted, regions: " + ", ".join(regions))
