"""What deploy/dns runs: python -m dns gdnsd|powerdns|check --installation FILE …"""

import argparse
import dataclasses
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dns import gdnsd, powerdns
from dns.asking import NameServer
from dns.check import check, report
from dns.cities import EXAMPLES, read_cities
from dns.database import COORDINATES, RADIUS, check_database
from dns.distance import kilometres, nearest_first
from dns.errors import Refused
from dns.folder import write_folder
from dns.health import PERMISSION, Checks
from dns.installation import Installation, Region, read_installation
from dns.names import cname_lines, names_of, read_nameservers
from dns.networks import read_networks

# Why there, where --otherwise was not given.
UNASKED = " (the home of most custom domains, else the middle of the regions); --otherwise names another"
ZONES_FILE = "/etc/powerdns/apus-zone.yaml"


def say(text: str, to=None) -> None:
    print(f"dns: {text}", file=to or sys.stdout, flush=True)


class Parser(argparse.ArgumentParser):
    def error(self, message: str):
        raise Refused(f"{message} (see --help)")


def write_gdnsd(options: argparse.Namespace, installation: Installation) -> int:
    installation = ordered(installation, options.otherwise)
    if not (options.database or options.nets):
        raise Refused("where are the clients? --database FILE.mmdb or --nets FILE (see --help)")
    server = gdnsd.Server(
        source=" ".join(options.source.split()),
        checks=checks(options),
        database=check_database(options.database) if options.database else None,
        networks=read_networks(options.nets, installation) if options.nets else None,
        listen=listen_addresses(options.listen),
        state=options.state.absolute() if options.state else None,
    )
    files = gdnsd.gdnsd_files(installation, names_of(installation, read_nameservers(options.nameserver)), server)
    hint = f"cp -r {shlex.quote(str(options.to))}/. /etc/gdnsd/ && {gdnsd.TAKE_UP}"
    return write(options, files, gdnsd.MARK, installation, [server.database, server.checks.authorities], hint)


def write_powerdns(options: argparse.Namespace, installation: Installation) -> int:
    installation = ordered(installation, options.otherwise)
    if not options.database:
        raise Refused("PowerDNS needs --database FILE.mmdb (see --help)")
    server = powerdns.Server(
        source=" ".join(options.source.split()),
        checks=checks(options),
        database=check_database(options.database, (*COORDINATES, RADIUS)),
        zones_file=str(options.zones_file),
        listen=listen_addresses(options.listen),
    )
    files = powerdns.powerdns_files(installation, names_of(installation, read_nameservers(options.nameserver)), server)
    hint = (
        f"install -D -m 644 -t /etc/powerdns/pdns.d {options.to}/apus.conf && install -m 644"
        f" {options.to}/apus-zone.yaml {options.zones_file} && {powerdns.TAKE_UP}"
    )
    return write(options, files, powerdns.MARK, installation, [server.database], hint)


def ordered(installation: Installation, first: str | None) -> Installation:
    """The regions in the order in which those are led whose place is unknown: a region, and then what is near it."""
    regions = {region.name: region for region in installation.regions}
    if first is None:
        first = middle(installation).name
    if first not in regions:
        raise Refused(f"--otherwise {first}: not a region; there are {', '.join(regions)}")
    near = nearest_first(installation.regions, regions[first].location)
    return dataclasses.replace(installation, regions=(regions[first], *(one for one in near if one.name != first)))


def middle(installation: Installation) -> Region:
    """The home of most custom domains, and among several the one nearest to all others."""
    homes = Counter(custom.home for custom in installation.custom_hosts)

    def rank(region: Region) -> tuple[int, float]:
        return -homes[region.name], sum(kilometres(region.location, one.location) for one in installation.regions)

    return min(installation.regions, key=rank)


def checks(options: argparse.Namespace) -> Checks:
    authorities = str(options.authorities.absolute()) if options.authorities else None
    return Checks(options.interval, options.failures, options.successes, authorities)


def listen_addresses(texts: list[str]) -> list[str]:
    for text in texts:
        NameServer.reading(text)
    return texts


def write(
    options: argparse.Namespace, files: dict[str, str], mark: str, installation: Installation,
    needed: Sequence[object], hint: str,
) -> int:
    """`needed`: paths of what the name server has to have, too; None for what it does without."""
    folder = options.to
    changed = write_folder(folder, files, mark)
    say(f"{'written' if changed else 'unchanged'}: {', '.join(str(folder / name) for name in files)}")
    say(f"clients of unknown networks are led to {installation.regions[0].name}{'' if options.otherwise else UNASKED}")
    for line in PERMISSION:
        say(line)
    for line in cname_lines(installation):
        say(f"for the owner of that domain: {line}")
    for path in filter(None, needed):
        say(f"belongs on the name server, by the same path: {path}")
    say(f"on the name server: {hint}")
    return 0


def check_server(options: argparse.Namespace, installation: Installation) -> int:
    server = NameServer.reading(options.server)
    findings = check(installation, server, read_cities(options.cities), options.tolerance)
    print(report(findings, installation, server))
    return 0 if findings.are_right else 1


def read_options() -> argparse.Namespace:
    parser = Parser(prog="deploy/dns", allow_abbrev=False, add_help=False)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for name, act in (("gdnsd", write_gdnsd), ("powerdns", write_powerdns)):
        command = commands.add_parser(name, allow_abbrev=False, add_help=False)
        command.set_defaults(act=act)
        command.add_argument("--to", type=Path, required=True)
        command.add_argument("--database", type=Path)
        command.add_argument("--nameserver", action="append", default=[])
        command.add_argument("--listen", action="append", default=[])
        command.add_argument("--interval", type=int, default=10)
        command.add_argument("--failures", type=int, default=3)
        command.add_argument("--successes", type=int, default=2)
        command.add_argument("--authorities", type=Path)
        command.add_argument("--otherwise")
        if name == "gdnsd":
            command.add_argument("--nets", type=Path)
            command.add_argument("--state", type=Path)
        else:
            command.add_argument("--zones-file", default=ZONES_FILE)
    command = commands.add_parser("check", allow_abbrev=False, add_help=False)
    command.set_defaults(act=check_server)
    command.add_argument("--server", required=True)
    command.add_argument("--cities", type=Path, default=EXAMPLES)
    command.add_argument("--tolerance", type=float, default=100)
    for command in commands.choices.values():
        command.add_argument("--installation", type=Path, required=True)
        command.add_argument("--source", required=True)
    return parser.parse_args()


def main() -> int:
    try:
        options = read_options()
        return options.act(options, read_installation(options.installation))
    except Refused as refused:
        for problem in refused.problems:
            say(problem, sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
