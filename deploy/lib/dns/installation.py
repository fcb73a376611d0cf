"""What `apus check --json` tells of a configuration, as far as names and addresses go. What it tells is valid; here is
checked what only a zone needs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dns.errors import Refused

READY = "/_apus/ready"
# Nobody answers at the broadcast address.
NOBODY = "255.255.255.255"
# Of a label, 63 are allowed (RFC 1035 §2.3.4); `home-` or `well-` goes before a region's name.
LONGEST_REGION = 58


@dataclass(frozen=True)
class Location:
    """Degrees."""

    north: float
    east: float


@dataclass(frozen=True)
class Region:
    name: str
    place: str
    # How the other regions reach it; its certificate is for that host.
    url: str
    addresses: tuple[str, ...]
    location: Location

    @property
    def ipv4(self) -> list[str]:
        return [address for address in self.addresses if ":" not in address]

    @property
    def ipv6(self) -> list[str]:
        return [address for address in self.addresses if ":" in address]

    @property
    def is_plain(self) -> bool:
        return urlsplit(self.url).scheme == "http"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (80 if self.is_plain else 443)

    @property
    def ready_url(self) -> str:
        return self.url.rstrip("/") + READY


@dataclass(frozen=True)
class CustomHost:
    host: str
    account: str
    # The name of a region.
    home: str | None


@dataclass(frozen=True)
class Installation:
    zone: str
    host: str
    ttl: int
    nameservers: tuple[str, ...]
    regions: tuple[Region, ...]
    custom_hosts: tuple[CustomHost, ...]

    def home_name(self, region: Region) -> str:
        """What a custom domain with that home is made a CNAME of."""
        return f"home-{region.name.lower()}.{self.zone}"

    def state_name(self, region: Region) -> str:
        """What tells whether that region is well, for deploy/dns check: it leads to NOBODY while it is not."""
        return f"well-{region.name.lower()}.{self.zone}"

    def target(self, custom: CustomHost) -> str:
        """The name in the zone that answers for a custom domain: its own, if it lies in there."""
        if self.holds(custom.host):
            return custom.host
        home = next((region for region in self.regions if region.name == custom.home), None)
        return self.home_name(home) if home else self.host

    def holds(self, name: str) -> bool:
        return is_within(name, self.zone)


def is_within(name: str, zone: str) -> bool:
    return name == zone or name.endswith("." + zone)


def read_installation(path: Path) -> Installation:
    """Raises Refused with everything that is wrong."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"cannot read what apus check --json told: {error}") from None
    dns = content.get("dns")
    if not dns:
        raise Refused("the configuration has no dns section (zone, host, nameservers; deploy/apus.yaml shows one)")
    problems: list[str] = []
    regions = tuple(filter(None, (_region(one, problems) for one in content["regions"])))
    Refused.if_any(problems)
    installation = Installation(
        zone=_plain(dns["zone"]),
        host=_plain(dns["host"]),
        ttl=int(dns["ttl"]),
        nameservers=tuple(_plain(name) for name in dns["nameservers"]),
        regions=regions,
        custom_hosts=tuple(
            CustomHost(_plain(one["host"]), one["account"], one.get("home")) for one in content.get("hosts", [])
        ),
    )
    Refused.if_any(_clashes(installation))
    return installation


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def _region(content: dict[str, Any], problems: list[str]) -> Region | None:
    name, before = content["name"], len(problems)
    url, location, addresses = content.get("url"), content.get("location"), content.get("addresses") or []
    for key, value in (("url", url), ("addresses", addresses), ("location", location)):
        if not value:
            problems.append(f"regions.{name}.{key}: missing; url, addresses and location of each region are needed")
    if len(name) > LONGEST_REGION:
        problems.append(f"regions.{name}: a name server needs names of {LONGEST_REGION} characters at most")
    if len(problems) > before:
        return None
    return Region(name, content.get("place") or "", url, tuple(addresses), Location(*map(float, location)))


def _clashes(installation: Installation) -> list[str]:
    """One name cannot lead to two things. A region's host and a name server may be the same machine."""
    found, taken = [], {installation.host: "dns.host"}
    claims = [
        (installation.home_name(region), f"the home name of region {region.name}") for region in installation.regions
    ]
    claims += [
        (installation.state_name(region), f"the state of region {region.name}") for region in installation.regions
    ]
    claims += [
        (custom.host, f"a custom domain of {custom.account}")
        for custom in installation.custom_hosts
        if installation.holds(custom.host)
    ]
    for name, what in claims:
        if name in taken:
            found.append(f"'{name}' is {taken[name]} and {what}")
        taken.setdefault(name, what)
    fixed = [(region.host, f"the url of region {region.name}") for region in installation.regions]
    fixed += [(name, "a name server") for name in installation.nameservers]
    found += [f"'{name}' is {taken[name]} and {what}" for name, what in fixed if name in taken]
    return found
