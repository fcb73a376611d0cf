"""Real name servers on a port of loopback, with the files that deploy/dns makes: gdnsd and PowerDNS, as ordinary
processes in a folder of their own."""

import json
import shutil
import subprocess
from pathlib import Path

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from instance import REPOSITORY, run_script, wait_for
from ports import free_port

DNS = REPOSITORY / "deploy" / "dns"
CITIES = json.loads((REPOSITORY / "deploy" / "lib" / "dns" / "cities.json").read_text())["cities"]
# Short, so that a test need not wait long; a check may take a second less.
INTERVAL = 3
SECONDS = 30


def write_database(path, places, kind="GeoLite2-City", radius=20):
    """A geographic database in MaxMind's format: `places` are pairs of a network and (degrees north, degrees east)."""
    accuracy = {} if radius is None else {"accuracy_radius": radius}
    writer = MMDBWriter(6, kind, languages=["en"], description="made by a test", ipv4_compatible=True, float_type="f64")
    for network, (north, east) in places:
        location = {"latitude": float(north), "longitude": float(east), **accuracy}
        writer.insert_network(IPSet([network]), {"location": location})
    writer.to_db_file(str(path))
    return path


def city_places():
    return [(city["network"], city["location"]) for city in CITIES]


class NameServer:
    """`kind`: gdnsd or powerdns; `options` are those of deploy/dns."""

    def __init__(self, kind, folder, configuration, *options):
        self.folder, self.configuration = Path(folder), configuration
        self.port = free_port()
        self.files = self.folder / "files"
        self._kind = {"gdnsd": _Gdnsd, "powerdns": _PowerDNS}[kind]
        self._options = (kind, *self._kind.options(self), "--listen", self.address, "--interval", INTERVAL, *options)
        self._process = None
        self.folder.mkdir(parents=True)

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def write(self):
        return run_script(DNS, *self._options, "--config", self.configuration, "--to", self.files)

    def start(self):
        self.write()
        command = self._kind.command(self)
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder)
        wait_for(self._answers, SECONDS, "the name server to answer")
        return self

    def _answers(self):
        assert self._process.poll() is None, self.log
        return "status: " in self._dig("+tries=1", "+time=1", "version.bind", "TXT", "CH")

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def ask(self, name, kind="A", network=None):
        """The addresses that somebody in the network is given, sorted."""
        subnet = [f"+subnet={network}"] if network else []
        return sorted(self._dig("+short", "+norecurse", *subnet, name, kind).split())

    def _dig(self, *words):
        done = subprocess.run(
            ["dig", "-r", "@127.0.0.1", "-p", str(self.port), *words],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )
        return done.stdout

    def check(self, *options):
        return run_script(
            DNS, "check", "--config", self.configuration, "--server", self.address, *options, check=False
        )

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


class _Gdnsd:
    @staticmethod
    def options(server):
        # curl needs the tests' own authority; gdnsd's answers change after one failure or success.
        return "--state", server.folder, "--failures", 1, "--successes", 1

    @staticmethod
    def command(server):
        return "gdnsd", "-c", server.files, "start"


class _PowerDNS:
    @staticmethod
    def options(server):
        return "--zones-file", server.files / "apus-zone.yaml"

    @staticmethod
    def command(server):
        """With the settings of Debian's own pdns.conf, as far as they are not about services."""
        settings = server.folder / "pdns.conf"
        settings.write_text(
            f"include-dir={server.files}\nlaunch=\nsecurity-poll-suffix=\nsocket-dir={server.folder}\n"
        )
        return (
            "/usr/sbin/pdns_server", f"--config-dir={server.folder}", "--guardian=no", "--daemon=no",
            "--disable-syslog", "--write-pid=no",
        )
