"""Which names a zone holds, and what each leads to; the same for every name server."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dns.errors import Refused
from dns.installation import Installation, Region

# SOA (RFC 1035 §3.3.13). No server transfers the zone from another, so the serial number tells nothing.
SERIAL, REFRESH, RETRY, EXPIRE = 1, 7200, 3600, 1209600
# Of "there is no such name": gdnsd's limit for it.
LONGEST_ABSENCE = 10800
# Addresses of name servers and of single regions change with a machine, not with its health.
FIXED_TTL = 3600


@dataclass(frozen=True)
class Dynamic:
    """A name that leads to the home region while that is well, else to the nearest; without a home to the nearest."""

    name: str
    home: Region | None
    why: str


@dataclass(frozen=True)
class Fixed:
    name: str
    addresses: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class State:
    """A name for deploy/dns check: it leads to the region while that is well, else to nobody."""

    name: str
    region: Region


@dataclass(frozen=True)
class Names:
    dynamic: tuple[Dynamic, ...]
    states: tuple[State, ...]
    fixed: tuple[Fixed, ...]


def absence_ttl(installation: Installation) -> int:
    return min(installation.ttl, LONGEST_ABSENCE)


def names_of(installation: Installation, nameservers: Mapping[str, Sequence[str]]) -> Names:
    """`nameservers`: the addresses of those whose names lie in the zone. Raises Refused where one is missing."""
    regions = {region.name: region for region in installation.regions}
    dynamic = [Dynamic(installation.host, None, "the shared host")]
    dynamic += [
        Dynamic(installation.home_name(region), region, f"for custom domains whose home is {region.name}")
        for region in installation.regions
    ]
    dynamic += [
        Dynamic(custom.host, regions.get(custom.home or ""), f"custom domain of {custom.account}")
        for custom in installation.custom_hosts
        if installation.holds(custom.host)
    ]
    states = [State(installation.state_name(region), region) for region in installation.regions]
    return Names(tuple(dynamic), tuple(states), tuple(_fixed(installation, nameservers)))


def _fixed(installation: Installation, nameservers: Mapping[str, Sequence[str]]) -> list[Fixed]:
    found: dict[str, Fixed] = {}
    for region in installation.regions:
        if installation.holds(region.host):
            before = found.get(region.host, Fixed(region.host, (), ""))
            addresses = dict.fromkeys(before.addresses + region.addresses)
            found[region.host] = Fixed(region.host, tuple(addresses), f"region {region.name}, as the others reach it")
    inside = [name for name in installation.nameservers if installation.holds(name)]
    Refused.if_any(
        [f"name server '{name}' lies in the zone: --nameserver {name}=ADDRESS[,ADDRESS]"
         for name in inside if name not in nameservers and name not in found]
        + [f"--nameserver {name}: not one of dns.nameservers in the zone" for name in nameservers if name not in inside]
    )
    for name in inside:
        if name in nameservers:
            found[name] = Fixed(name, tuple(nameservers[name]), "name server")
    return list(found.values())


def read_nameservers(texts: Sequence[str]) -> dict[str, list[str]]:
    """Of NAME=ADDRESS[,ADDRESS]… each."""
    found: dict[str, list[str]] = {}
    for text in texts:
        name, _, addresses = text.partition("=")
        try:
            found[name.rstrip(".").lower()] = [str(ipaddress.ip_address(one)) for one in addresses.split(",")]
        except ValueError:
            raise Refused(f"--nameserver {text}: NAME=ADDRESS[,ADDRESS]… is wanted") from None
    return found


def cname_lines(installation: Installation) -> list[str]:
    """What the owners of custom domains outside of the zone have to enter at theirs."""
    return [
        f"{custom.host}. CNAME {installation.target(custom)}."
        for custom in installation.custom_hosts
        if not installation.holds(custom.host)
    ]
