"""Files for gdnsd 3.8: its configuration, the zone, and the networks if it has any."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dns.folder import heading
from dns.health import PERMISSION, Checks
from dns.installation import NOBODY, Installation, Region
from dns.names import EXPIRE, FIXED_TTL, REFRESH, RETRY, SERIAL, Dynamic, Names, absence_ttl, cname_lines

MARK = "Made by deploy/dns gdnsd"
# The same words stand in README.
TAKE_UP = "gdnsd checkconf && systemctl reload-or-restart gdnsd"
NEAREST = "nearest"
# How many regions are tried in the order of their distance: each further one multiplies the networks that gdnsd has to
# tell apart.
LONGEST_ORDER = 6
# One address that is well is enough for a region of sixteen.
LEAST_SHARE = "0.01"


@dataclass(frozen=True)
class Server:
    """What is not in the configuration of Apus."""

    source: str
    checks: Checks
    database: Path | None
    networks: Mapping[str, Sequence[Region]] | None
    # `ADDRESS` or `ADDRESS:PORT` each; none: port 53 of every interface.
    listen: Sequence[str]
    # In place of /run/gdnsd and /var/lib/gdnsd.
    state: Path | None


def gdnsd_files(installation: Installation, names: Names, server: Server) -> dict[str, str]:
    """By their paths below /etc/gdnsd."""
    files = {
        "config": _lines(*_config(installation, names, server)),
        f"zones/{installation.zone}": _lines(*_zone(installation, names, server)),
    }
    if server.networks is not None:
        files["geoip/networks"] = _lines(*_networks(server))
    return files


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def _config(installation: Installation, names: Names, server: Server) -> list[str]:
    regions = installation.regions
    return [
        *heading("/etc/gdnsd/config", MARK, server.source),
        *(f"# {line}" for line in PERMISSION),
        f"# After a change: {TAKE_UP}",
        "# It asks by /usr/bin/curl: apt-get install curl ca-certificates",
        "",
        "options => {",
        *(f"    {line}" for line in _options(server)),
        "}",
        "",
        "service_types => {",
        *(f"    {line}" for region in regions for line in _service(region, server.checks)),
        "}",
        "",
        "plugins => {",
        "    # The addresses of each region; those that are not well are left out.",
        "    multifo => {",
        f"        up_thresh => {LEAST_SHARE}",
        *(f"        {line}" for region in regions for line in _addresses(region)),
        f"        nobody => {{ service_types => up, addrs_v4 => [ {NOBODY} ] }}",
        "    }",
        "    geoip => {",
        *(f"        {line}" for line in _nearest(regions, server)),
        "    }",
        "    # The home region while it is well, else the nearest that is.",
        "    metafo => {",
        "        resources => {",
        *(f"            {_home(region)}" for region in regions),
        *(f"            {_state(region)}" for region in regions),
        "        }",
        "    }",
        "}",
    ]


def _options(server: Server) -> list[str]:
    listen = f"[ {', '.join(map(quoted, server.listen))} ]" if server.listen else "any"
    lines = [f"listen => {listen}"]
    if server.state:
        lines += [f"run_dir => {quoted(server.state / 'run')}", f"state_dir => {quoted(server.state / 'state')}"]
    return lines


def _service(region: Region, checks: Checks) -> list[str]:
    """A region that is reached by https is asked by curl, which verifies its certificate for the host of its url, at
    each of its addresses."""
    lines = [f"ready-{region.name} => {{"]
    if region.is_plain:
        lines += [
            "    plugin => http_status",
            f"    port => {region.port}",
            f"    vhost => {quoted(region.host)}",
            f"    url_path => {quoted('/' + region.ready_url.split('/', 3)[3])}",
        ]
    else:
        lines += ["    plugin => extmon", f"    cmd => [ /bin/sh, -c, {quoted(_ask(region, checks))} ]"]
    return [
        *lines,
        f"    interval => {checks.interval}",
        f"    timeout => {checks.timeout}",
        f"    down_thresh => {checks.failures}",
        f"    ok_thresh => {checks.successes}",
        f"    up_thresh => {checks.successes}",
        "}",
    ]


def _ask(region: Region, checks: Checks) -> str:
    words = [
        *("/usr/bin/curl", "--silent", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{http_code}"),
        *("--max-time", str(checks.timeout)),
        *(["--cacert", checks.authorities] if checks.authorities else []),
        *("--resolve", f"{region.host}:{region.port}:%%ITEM%%", region.ready_url),
    ]
    return f'test "$({shlex.join(words)})" = 200'


def _addresses(region: Region) -> list[str]:
    families = [("addrs_v4", region.ipv4), ("addrs_v6", region.ipv6)]
    return [
        f"{region.name} => {{",
        f"    service_types => ready-{region.name}",
        *(f"    {key} => [ {', '.join(addresses)} ]" for key, addresses in families if addresses),
        "}",
    ]


def _nearest(regions: Sequence[Region], server: Server) -> list[str]:
    """Where a client's network is unknown, the regions are tried in the order in which they are given."""
    lines = [
        "maps => {",
        f"    {NEAREST} => {{",
        f"        datacenters => [ {', '.join(region.name for region in regions)} ]",
    ]
    if server.networks is not None:
        lines += ["        nets => networks"]
    if server.database:
        lines += [
            f"        geoip2_db => {quoted(server.database)}",
            f"        auto_dc_limit => {min(len(regions), LONGEST_ORDER)}",
            "        # Degrees north, degrees east.",
            "        auto_dc_coords => {",
            *(f"            {one.name} => [ {one.location.north}, {one.location.east} ]" for one in regions),
            "        }",
        ]
    return [
        *lines,
        "    }",
        "}",
        "resources => {",
        f"    {NEAREST} => {{",
        f"        map => {NEAREST}",
        "        dcmap => {",
        *(f"            {region.name} => %multifo!{region.name}" for region in regions),
        "        }",
        "    }",
        "}",
    ]


def _home(region: Region) -> str:
    return (
        f"home-{region.name} => {{ datacenters => [ home, {NEAREST} ],"
        f" dcmap => {{ home => %multifo!{region.name}, {NEAREST} => %geoip!{NEAREST} }} }}"
    )


def _state(region: Region) -> str:
    return (
        f"well-{region.name} => {{ datacenters => [ well, down ],"
        f" dcmap => {{ well => %multifo!{region.name}, down => %multifo!nobody }} }}"
    )


def _zone(installation: Installation, names: Names, server: Server) -> list[str]:
    ttl, absence, first = installation.ttl, absence_ttl(installation), installation.nameservers[0]
    return [
        *heading(f"/etc/gdnsd/zones/{installation.zone}", MARK, server.source, ";"),
        "; The zone is Apus' own: where the domain has other names too, delegate this part of it here.",
        "",
        f"$TTL {ttl}",
        f"@ {absence} SOA {first}. hostmaster.{installation.zone}. {SERIAL} {REFRESH} {RETRY} {EXPIRE} {absence}",
        *(f"@ {FIXED_TTL} NS {name}." for name in installation.nameservers),
        "",
        *(line for one in names.fixed for line in [f"; {one.why}", *_fixed(one.name, one.addresses)]),
        "",
        *(line for one in names.dynamic for line in [f"; {one.why}", f"{one.name}. {ttl} DYNA {_resource(one)}"]),
        "",
        "; for deploy/dns check: whether each region is well",
        *(f"{one.name}. {ttl} DYNA metafo!well-{one.region.name}" for one in names.states),
        *_elsewhere(installation),
    ]


def _fixed(name: str, addresses: Sequence[str]) -> list[str]:
    return [f"{name}. {FIXED_TTL} {'AAAA' if ':' in address else 'A'} {address}" for address in addresses]


def _resource(name: Dynamic) -> str:
    return f"metafo!home-{name.home.name}" if name.home else f"geoip!{NEAREST}"


def _elsewhere(installation: Installation) -> list[str]:
    lines = cname_lines(installation)
    if not lines:
        return []
    return ["", "; To be entered by the owners of these domains, at theirs:", *(f";   {line}" for line in lines)]


def _networks(server: Server) -> list[str]:
    return [
        *heading("/etc/gdnsd/geoip/networks", MARK, server.source),
        "",
        *(
            f"{network} => [ {', '.join(region.name for region in order)} ]"
            for network, order in (server.networks or {}).items()
        ),
    ]


def quoted(text: object) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
