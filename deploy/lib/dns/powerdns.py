"""Files for PowerDNS 4.7 with its GeoIP backend: settings, and the zone with records that are small Lua programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dns.errors import Refused
from dns.folder import heading
from dns.health import PERMISSION, Checks
from dns.installation import Installation, Region
from dns.names import EXPIRE, FIXED_TTL, REFRESH, RETRY, SERIAL, Dynamic, Fixed, Names, State, absence_ttl, cname_lines

MARK = "Made by deploy/dns powerdns"
TAKE_UP = "systemctl restart pdns"
LUA = Path(__file__).with_name("nearest.lua")
# The record that the others include, below the zone.
PROGRAM = "_apus"
# Of a string in a record (RFC 1035 §3.3).
LONGEST_STRING = 255
# Of Lua, for one answer; a hundred regions need some 20,000.
LONGEST_RUN = 200_000


@dataclass(frozen=True)
class Server:
    """What is not in the configuration of Apus."""

    source: str
    checks: Checks
    database: Path
    # Where the zone file will lie.
    zones_file: str
    # `ADDRESS` or `ADDRESS:PORT` each; none: as Debian has it.
    listen: Sequence[str]


def powerdns_files(installation: Installation, names: Names, server: Server) -> dict[str, str]:
    """The settings go to /etc/powerdns/pdns.d, the zone where they say."""
    return {
        "apus.conf": "\n".join(_settings(server)) + "\n",
        "apus-zone.yaml": "\n".join(_zone(installation, names, server)) + "\n",
    }


def _settings(server: Server) -> list[str]:
    return [
        *heading("/etc/powerdns/pdns.d/apus.conf", MARK, server.source),
        *(f"# {line}" for line in PERMISSION),
        "# PowerDNS does not verify the certificates of what it asks, unlike curl for gdnsd.",
        f"# It needs pdns-backend-geoip. After a change: {TAKE_UP}",
        "",
        "launch+=geoip",
        f"geoip-database-files=mmdb:{server.database}",
        f"geoip-zones-file={server.zones_file}",
        "enable-lua-records=yes",
        f"lua-records-exec-limit={LONGEST_RUN}",
        f"lua-health-checks-interval={server.checks.interval}",
        "# The network that a resolver names counts, not the resolver's own.",
        "edns-subnet-processing=yes",
        *([f"local-address={','.join(server.listen)}"] if server.listen else []),
    ]


def _zone(installation: Installation, names: Names, server: Server) -> list[str]:
    entries = _entries(installation, names, server)
    return [
        *heading(server.zones_file, MARK, server.source),
        "# The zone is Apus' own: where the domain has other names too, delegate this part of it here.",
        *(f"# To be entered by the owner of that domain, at theirs: {line}" for line in cname_lines(installation)),
        "domains:",
        f"  - domain: {installation.zone}",
        f"    ttl: {installation.ttl}",
        "    records:",
        *(line for name, entry in entries.items() for line in [f"      {name}:  # {entry.why}", *entry.lines]),
        "    services: {}",
    ]


@dataclass
class _Entry:
    """All that the zone has for one name."""

    why: str
    lines: list[str]


def _entries(installation: Installation, names: Names, server: Server) -> dict[str, _Entry]:
    """The shared host may be the zone itself."""
    zone, absence, first = installation.zone, absence_ttl(installation), installation.nameservers[0]
    soa = f"{first}. hostmaster.{zone}. {SERIAL} {REFRESH} {RETRY} {EXPIRE} {absence}"
    zone_itself = [("soa", soa), *(("ns", f"{name}.") for name in installation.nameservers)]
    code = [("lua", f"LUA {strings(program(installation, server.checks))}")]
    entries: dict[str, _Entry] = {}
    for name, why, records in [
        (zone, "the zone", zone_itself),
        (f"{PROGRAM}.{zone}", "what the others include; deploy/lib/dns/nearest.lua explains it", code),
        *((one.name, one.why, _fixed(one)) for one in names.fixed),
        *((one.name, one.why, _dynamic(one)) for one in names.dynamic),
        *((one.name, "for deploy/dns check", _state(one)) for one in names.states),
    ]:
        entry = entries.setdefault(name, _Entry(why, []))
        entry.lines += [f"        - {kind}: {_record(content, kind)}" for kind, content in records]
    return entries


def _fixed(name: Fixed) -> list[tuple[str, str]]:
    return [("aaaa" if ":" in address else "a", address) for address in name.addresses]


def _record(content: str, kind: str) -> str:
    """As a YAML string; % begins a placeholder of the backend's."""
    text = "'" + content.replace("%", "%%").replace("'", "''") + "'"
    if kind in ("ns", "a", "aaaa"):
        return f"{{ content: {text}, ttl: {FIXED_TTL} }}"
    return text


def _dynamic(name: Dynamic) -> list[tuple[str, str]]:
    first = f"'{name.home.name}'" if name.home else "nil"
    return [
        ("lua", f"{kind.upper()} \";include('{PROGRAM}') return answers({first}, '{kind}')\"") for kind in ("a", "aaaa")
    ]


def _state(name: State) -> list[tuple[str, str]]:
    return [("lua", f"A \";include('{PROGRAM}') return state('{name.region.name}')\"")]


def program(installation: Installation, checks: Checks) -> list[str]:
    """The lines of the Lua program, without comments."""
    regions = ", ".join(map(_region, installation.regions))
    text = LUA.read_text().replace("@regions@", regions).replace("@timeout@", str(checks.timeout))
    lines = map(str.strip, text.splitlines())
    return [line for line in lines if line and not line.startswith("--")]


def _region(region: Region) -> str:
    kinds = (f"{kind} = {{ {', '.join(map(_text, addresses))} }}"
             for kind, addresses in (("a", region.ipv4), ("aaaa", region.ipv6)))
    return (
        f"{{ name = {_text(region.name)}, north = {region.location.north}, east = {region.location.east},"
        f" url = {_text(region.ready_url)}, {', '.join(kinds)} }}"
    )


def _text(text: str) -> str:
    if any(character in text for character in "'\"\\\n"):
        raise Refused(f"not possible in a record of PowerDNS: {text}")
    return f"'{text}'"


def strings(lines: Sequence[str]) -> str:
    """As strings of a record, cut between words: PowerDNS puts a space in where two strings meet."""
    found = [""]
    for word in " ".join(lines).split(" "):
        if len(found[-1]) + 1 + len(word) > LONGEST_STRING:
            found.append("")
        found[-1] = f"{found[-1]} {word}".strip()
    return " ".join(f'"{one}"' for one in found)
