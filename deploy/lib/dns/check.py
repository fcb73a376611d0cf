"""What a running name server tells the world, beside what the configuration wants."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dns.asking import NameServer, Question
from dns.cities import City
from dns.distance import kilometres, nearest_first
from dns.installation import NOBODY, CustomHost, Installation, Region

NOTHING = "-"
# So often all is asked again when a region was found well before it and down after it, or the other way round.
TRIES = 4


@dataclass(frozen=True)
class Row:
    """One place's answer."""

    city: City
    # What it was led to; None where that is no region, or several.
    got: Region | None
    addresses: tuple[str, ...]
    wanted: Region
    is_right: bool


@dataclass(frozen=True)
class CustomRow:
    custom: CustomHost
    # The name in the zone that was asked, from all places.
    name: str
    got: set[str]
    is_right: bool


@dataclass(frozen=True)
class Findings:
    # Regions that are not well by the server's judgement.
    down: list[Region]
    is_none_well: bool
    rows: list[Row]
    customs: list[CustomRow]

    @property
    def are_right(self) -> bool:
        return not self.is_none_well and all(row.is_right for row in (*self.rows, *self.customs))


def check(installation: Installation, server: NameServer, cities: Sequence[City], tolerance: float) -> Findings:
    """`tolerance`: how many kilometres farther than the nearest a region may be. Raises Refused."""
    asking = _Asking(installation, server)
    names = dict.fromkeys([installation.host, *(installation.target(custom) for custom in installation.custom_hosts)])
    down = _down(installation, server)
    for _ in range(TRIES):
        asking.ask((name, city.network) for name in names for city in cities)
        before, down = down, _down(installation, server)
        if before == down:
            break
    # Where none is well, a name server behaves as if all were.
    healthy = [region for region in installation.regions if region not in down] or list(installation.regions)
    rows = {name: [_row(asking, name, city, healthy, tolerance) for city in cities] for name in names}
    customs = []
    for custom in installation.custom_hosts:
        name = installation.target(custom)
        customs.append(_custom(custom, name, rows[name], rows[installation.host], healthy))
    return Findings(down, len(down) == len(installation.regions), rows[installation.host], customs)


def _down(installation: Installation, server: NameServer) -> list[Region]:
    states = {region: Question(installation.state_name(region), "A") for region in installation.regions}
    answers = server.ask(list(states.values()))
    return [region for region, question in states.items() if NOBODY in answers[question]]


class _Asking:
    """Names asked from networks, for both kinds of addresses where regions have them."""

    def __init__(self, installation: Installation, server: NameServer):
        self._server = server
        self._owners = {
            ipaddress.ip_address(address): region for region in installation.regions for address in region.addresses
        }
        self._kinds = sorted({"AAAA" if address.version == 6 else "A" for address in self._owners})
        self._answers: dict[Question, list[str]] = {}

    def ask(self, what: Iterable[tuple[str, str | None]]) -> None:
        self._answers = self._server.ask([Question(name, kind, net) for name, net in what for kind in self._kinds])

    def addresses(self, asked: tuple[str, str | None]) -> list[str]:
        name, network = asked
        return [address for kind in self._kinds for address in self._answers[Question(name, kind, network)]]

    def owners(self, asked: tuple[str, str | None]) -> set[Region | None]:
        """Whose addresses they are; None's where they are nobody's."""
        return {self._owners.get(ipaddress.ip_address(address)) for address in self.addresses(asked)}


def _row(asking: _Asking, name: str, city: City, healthy: Sequence[Region], tolerance: float) -> Row:
    owners = asking.owners((name, city.network))
    got = owners.pop() if len(owners) == 1 else None
    wanted = nearest_first(healthy, city.location)[0]
    farthest = kilometres(wanted.location, city.location) + tolerance
    is_right = got in healthy and kilometres(got.location, city.location) <= farthest if got else False
    return Row(city, got, tuple(asking.addresses((name, city.network))), wanted, is_right)


def _custom(
    custom: CustomHost, name: str, rows: Sequence[Row], shared: Sequence[Row], healthy: Sequence[Region]
) -> CustomRow:
    """Where it has no home that is well, it has to lead where the shared host does; whether that is the nearest, the
    table of that one tells."""
    homes = [region for region in healthy if region.name == custom.home]
    wanted = [homes[0] if homes else row.got for row in shared]
    is_right = all(row.got in healthy and row.got == one for row, one in zip(rows, wanted, strict=True))
    return CustomRow(custom, name, {row.got.name if row.got else NOTHING for row in rows}, is_right)


def report(findings: Findings, installation: Installation, server: NameServer) -> str:
    """A table for people."""
    lines = [f"{installation.host}, as {server} answers:", ""]
    lines += _aligned([("place", "network", "got", "km", "nearest", "km", ""), *map(_cells, findings.rows)])
    if findings.customs:
        lines += ["", "custom domains, from all of these places:", ""]
        lines += _aligned([("domain", "answered by", "got", "home", ""), *map(_custom_cells, findings.customs)])
    if findings.is_none_well:
        lines += ["", "No region is well by this server's judgement: it leads as if all were. That is not right."]
    for region in findings.down:
        consequence = "" if findings.is_none_well else ", and therefore not wanted anywhere"
        lines += ["", f"{region.name} is down by this server's judgement{consequence}."]
        lines += [f"May it ask {region.ready_url} (network.operations)?"]
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    got = row.got.name if row.got else " ".join(row.addresses) or NOTHING
    far = f"{kilometres(row.got.location, row.city.location):.0f}" if row.got else NOTHING
    near = f"{kilometres(row.wanted.location, row.city.location):.0f}"
    return row.city.place, row.city.network, got, far, row.wanted.name, near, _verdict(row)


def _custom_cells(row: CustomRow) -> tuple[str, ...]:
    return row.custom.host, row.name, ", ".join(sorted(row.got)), row.custom.home or NOTHING, _verdict(row)


def _verdict(row: Row | CustomRow) -> str:
    return "right" if row.is_right else "WRONG"


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in table]
