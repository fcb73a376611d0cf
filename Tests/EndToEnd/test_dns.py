"""deploy/dns with real name servers: users get the nearest region that is well, custom domains their home."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from certificates import session_authority
from dns_regions import ReadyRegion
from instance import REPOSITORY, run_script, wait_for
from name_servers import CITIES, DNS, INTERVAL, NameServer, city_places, write_database
from ports import free_port

ZONE, HOST = "images.example", "img.images.example"
OWN, ELSEWHERE, HOMELESS = "own.images.example", "pictures.shop.example", "b.shop.example"
HOME_NAME = "home-us-east.images.example"
NETWORK = {city["place"]: city["network"] for city in CITIES}
# A network of Sydney's where clients have IPv6.
SYDNEY_IPV6 = "2001:db8:53::/48"
NEAREST = {
    "New York": "us-east", "Chicago": "us-east", "Los Angeles": "us-east", "São Paulo": "us-east",
    "London": "eu-central", "Berlin": "eu-central", "Cape Town": "eu-central", "Istanbul": "eu-central",
    "Mumbai": "ap-southeast", "Singapore": "ap-southeast", "Tokyo": "ap-southeast", "Sydney": "ap-southeast",
}
# What is to be done on a gdnsd host with new files, wherever it is said.
RESTART = "gdnsd checkconf && systemctl reload-or-restart gdnsd"
# Until answers have moved: two checks, and PowerDNS looks for new ones once in an interval.
SECONDS = 10 * INTERVAL


class Three:
    """Regions on loopback, and what a name server is told of them."""

    def __init__(self, folder):
        self.folder, self.authority = folder, session_authority()
        self.eu = self._region("eu-central", "Frankfurt", [50.1, 8.7], ["127.0.1.5", "::1"], "eu.images.example")
        self.us = self._region("us-east", "Virginia", [38.9, -77.5], ["127.0.1.6", "127.0.1.7"], "us.other.example")
        self.ap = self._region("ap-southeast", "Singapore", [1.35, 103.8], ["127.0.1.8"], None)
        self.regions = (self.eu, self.us, self.ap)
        places = [*city_places(), (SYDNEY_IPV6, (-33.9, 151.2))]
        self.database = write_database(folder / "cities.mmdb", places)
        self.networks = folder / "networks"
        self.networks.write_text("".join(f"{network} {north} {east}\n" for network, (north, east) in places))
        self.configuration = self.write("three.yaml")

    def _region(self, name, place, location, addresses, host):
        certificate = self.authority.issue(name, [host]) if host else None
        return ReadyRegion(name, place, location, addresses, free_port(), host or "ap.images.example", certificate)

    def write(self, name, **changes):
        path = self.folder / name
        path.write_text(json.dumps({**self.settings(), **changes}))
        return path

    def settings(self):
        origins = [{"id": "samples", "type": "DISK", "path": str(self.folder / "samples")}]

        def account(name, *hosts, **settings):
            return {
                "id": name, "privateKeys": [f"private_{name}"], "origins": origins, **settings,
                "urlEndpoints": [{"urlPrefix": "own", "origins": ["samples"], "hosts": list(hosts)}],
            }

        return {
            "regions": {region.name: region.settings for region in self.regions},
            "regionSecret": "the secret of all regions, long enough",
            "dns": {"zone": ZONE, "host": HOST, "nameservers": [f"ns1.{ZONE}", "ns2.other.example"]},
            "accounts": [account("demo", ELSEWHERE, OWN, homeRegion="us-east"), account("second", HOMELESS)],
        }

    def options(self, kind):
        where = ("--nets", self.networks) if "networks" in kind else ("--database", self.database)
        server = "--nameserver", f"ns1.{ZONE}=127.0.0.1", "--authorities", self.authority.file
        return *server, "--otherwise", "ap-southeast", *where


@pytest.fixture(scope="module")
def three(workplace):
    folder = workplace / "dns"
    folder.mkdir()
    three = Three(folder)
    for region in three.regions:
        region.start()
    yield three
    for region in three.regions:
        region.stop()


# What depends on the clients' places is tried with each, what depends on the regions' health with each name server.
each_kind = pytest.mark.parametrize("running", ["gdnsd", "gdnsd with networks", "powerdns"], indirect=True)
each_server = pytest.mark.parametrize("running", ["gdnsd", "powerdns"], indirect=True)
each_in_time = pytest.mark.parametrize(
    "running", ["gdnsd", pytest.param("powerdns", marks=pytest.mark.long)], indirect=True
)
# PowerDNS 4.7 does not verify certificates; its file says so.
verifying = pytest.mark.parametrize("running", ["gdnsd"], indirect=True)


@pytest.fixture(scope="module")
def running(request, three):
    kind = request.param
    folder = three.folder / kind.replace(" ", "-")
    server = NameServer(kind.split()[0], folder, three.configuration, *three.options(kind))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def server(running, three):
    """All regions are well when a test begins and when it ends."""
    settled(running)
    yield running
    for region in three.regions:
        region.heal()
    settled(running)


def settled(server):
    """PowerDNS takes all for well before it has looked after them."""
    homes = {"eu-central": ["127.0.1.5"], "us-east": ["127.0.1.6", "127.0.1.7"], "ap-southeast": ["127.0.1.8"]}
    wait_for(lambda: all(server.ask(f"home-{name}.{ZONE}") == its for name, its in homes.items()), SECONDS,
             "all regions to be well")


def right(server):
    """What check says once all is right: answers of a moment in which a region is being looked at may be others."""
    def check():
        done = server.check()
        return done.returncode == 0 and done

    return wait_for(check, SECONDS, "check to find all right")


def rows(done):
    """The table's rows by their place."""
    words = [line.split("  ") for line in done.stdout.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in words]
    return {row[0]: row[1:] for row in cells if row}


def led(server, name, place):
    """Whose address somebody there is given first, by its last figure."""
    return {"5": "eu-central", "6": "us-east", "7": "us-east", "8": "ap-southeast"}[
        server.ask(name, network=NETWORK[place])[0][-1]
    ]


def moved(server, name, place, region):
    wait_for(lambda: led(server, name, place) == region, SECONDS, f"{name} in {place} to lead to {region}")


@each_kind
def test_every_place_is_led_to_its_nearest_region(server):
    done = right(server)
    assert "is down" not in done.stdout
    found = {place: row for place, row in rows(done).items() if place in NEAREST}
    assert {place: row[1] for place, row in found.items()} == NEAREST
    assert found["Berlin"][2:] == ["422", "eu-central", "422", "right"]
    assert server.ask(HOST, network=SYDNEY_IPV6) == ["127.0.1.8"]


@each_server
def test_a_region_s_addresses_of_both_kinds_are_given(server):
    assert server.ask(HOST, "A", NETWORK["Berlin"]) == ["127.0.1.5"]
    assert server.ask(HOST, "AAAA", NETWORK["Berlin"]) == ["::1"]
    assert server.ask(HOST, "A", NETWORK["New York"]) == ["127.0.1.6", "127.0.1.7"]
    assert server.ask(HOST, "AAAA", NETWORK["New York"]) == [], "a region without IPv6 is not replaced by one with it"


@each_server
def test_those_whose_place_is_unknown_are_led_where_it_says(server):
    assert server.ask(HOST, network="192.0.2.0/24") == ["127.0.1.8"]
    assert server.ask(HOST, network="2001:db8:54::/48") == ["127.0.1.8"]


@each_kind
def test_custom_domains_are_led_home_from_everywhere(server):
    for name in (OWN, HOME_NAME):
        assert {led(server, name, place) for place in NETWORK} == {"us-east"}
    found = rows(right(server))
    assert found[OWN] == [OWN, "us-east", "us-east", "right"]
    assert found[ELSEWHERE] == [HOME_NAME, "us-east", "us-east", "right"]
    assert found[HOMELESS] == [HOST, "ap-southeast, eu-central, us-east", "-", "right"]


@each_server
def test_the_zone_has_what_does_not_move(server):
    assert server.ask(ZONE, "NS") == [f"ns1.{ZONE}.", "ns2.other.example."]
    assert server.ask(f"ns1.{ZONE}") == ["127.0.0.1"]
    assert server.ask("eu.images.example", "AAAA") == ["::1"], "how the others reach a region lies in the zone"
    assert server.ask(ZONE, "SOA")[0] == "1"


@each_server
def test_a_dead_region_is_left_and_found_again(server, three):
    three.us.stop()
    moved(server, HOST, "New York", "eu-central")
    moved(server, OWN, "Berlin", "eu-central")
    moved(server, HOME_NAME, "Tokyo", "ap-southeast")
    done = right(server)
    assert "us-east is down by this server's judgement" in done.stdout and "No region" not in done.stdout
    found = rows(done)
    assert found["New York"][1] == "eu-central"
    assert found[ELSEWHERE] == [HOME_NAME, "ap-southeast, eu-central", "us-east", "right"]
    three.us.start()
    moved(server, HOST, "New York", "us-east")
    moved(server, OWN, "Berlin", "us-east")
    assert "is down" not in right(server).stdout


@each_in_time
@pytest.mark.parametrize("name, place, next_one", [
    ("us", "New York", "eu-central"),
    ("ap", "Singapore", "eu-central"),
], ids=["https", "http"])
def test_a_region_that_is_there_and_makes_no_pictures_is_left(server, three, name, place, next_one):
    getattr(three, name).status = 503
    moved(server, HOST, place, next_one)


@each_in_time
def test_a_dead_address_alone_is_left_out(server, three):
    three.us.stop("127.0.1.7")
    wait_for(lambda: server.ask(HOST, network=NETWORK["New York"]) == ["127.0.1.6"], SECONDS, "one address")
    assert led(server, OWN, "Berlin") == "us-east"


@verifying
def test_a_wrong_certificate_is_no_region(server, three):
    three.eu.stop()
    three.eu.start(three.authority.issue("other", ["other.example"]))
    moved(server, HOST, "Berlin", "us-east")
    three.eu.stop()
    three.eu.start()
    moved(server, HOST, "Berlin", "eu-central")


@each_in_time
def test_names_still_lead_somewhere_while_no_region_is_well(server, three):
    for region in three.regions:
        region.stop()
    moved(server, HOST, "Singapore", "ap-southeast")
    moved(server, HOST, "Berlin", "eu-central")
    moved(server, OWN, "Berlin", "us-east")
    wait_for(lambda: server.check().stdout.count("is down") == 3, SECONDS, "check to find all down")
    done = server.check()
    assert done.returncode == 1 and "No region is well by this server's judgement" in done.stdout
    # One after another: while none is well, a home name leads home all the same.
    three.eu.start()
    moved(server, OWN, "Berlin", "eu-central")
    three.us.start()
    moved(server, OWN, "Berlin", "us-east")
    three.ap.start()
    moved(server, HOST, "Singapore", "ap-southeast")


@verifying
def test_check_says_what_is_wrong(server, three):
    swapped = [{**CITIES[0], "network": NETWORK["Tokyo"]}, CITIES[5]]
    path = three.folder / "swapped.json"
    path.write_text(json.dumps({"cities": swapped}))
    done = server.check("--cities", path)
    assert done.returncode == 1
    found = rows(done)
    assert found["New York"][1:] == ["ap-southeast", "15334", "us-east", "360", "WRONG"]
    assert found["Berlin"][-1] == "right"
    assert server.check("--cities", path, "--tolerance", "15000").returncode == 0


@verifying
def test_check_wants_custom_domains_without_their_home_where_the_shared_host_leads(server, three):
    """Also from places that the name server does not know, of which the first table tells that they are led far."""
    path = three.folder / "unknown.json"
    path.write_text(json.dumps({"cities": [{**CITIES[0], "network": "192.0.2.0/24"}]}))
    three.us.stop()
    moved(server, OWN, "Berlin", "eu-central")
    found = rows(server.check("--cities", path))
    assert found["New York"][1:] == ["ap-southeast", "15334", "eu-central", "6205", "WRONG"]
    assert found[OWN] == [OWN, "ap-southeast", "us-east", "right"]
    assert found[ELSEWHERE] == [HOME_NAME, "ap-southeast", "us-east", "right"]


def test_check_says_that_nobody_answers(three):
    done = run_script(
        DNS, "check", "--config", three.configuration, "--server", f"127.0.0.1:{free_port()}", check=False
    )
    assert done.returncode == 1
    assert "does not answer" in done.stderr


@pytest.mark.parametrize("arguments, words", [
    ((), "gdnsd, powerdns or check?"),
    (("gdnsd", "check"), "one of gdnsd, powerdns and check"),
    (("gdnsd",), "--config FILE is needed"),
    (("gdnsd", "--config"), "--config needs a value"),
    (("bind",), "unknown argument 'bind'"),
])
def test_arguments_that_do_not_fit_are_said(arguments, words):
    done = run_script(DNS, *arguments, check=False)
    assert done.returncode == 1 and words in done.stderr


@pytest.mark.parametrize("command", [[], ["gdnsd"], ["powerdns"], ["check"]])
def test_help(command):
    done = run_script(DNS, *command, "--help")
    assert "usage: deploy/dns" in done.stdout


def test_files_say_where_they_go_and_are_written_once(three, tmp_path):
    def run(*options):
        return run_script(
            DNS, "gdnsd", "--config", three.configuration, "--to", tmp_path / "out", *three.options("gdnsd"), *options
        )

    first = run()
    assert f"written: {tmp_path}/out/config" in first.stdout and "network.operations" in first.stdout
    assert f"{ELSEWHERE}. CNAME {HOME_NAME}." in first.stdout
    assert f"belongs on the name server, by the same path: {three.database}" in first.stdout
    assert f"cp -r {tmp_path}/out/. /etc/gdnsd/ && {RESTART}" in first.stdout
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*") if path.is_file()}
    texts = {path.name: path.read_text() for path in files}
    assert f"After a change: {RESTART}" in texts["config"] and RESTART in (REPOSITORY / "README.md").read_text()
    assert "Goes to /etc/gdnsd/config" in texts["config"] and "network.operations" in texts["config"]
    assert f"Goes to /etc/gdnsd/zones/{ZONE}" in texts[ZONE]
    assert all("Made by deploy/dns gdnsd" in text for text in texts.values())
    assert "unchanged" in run().stdout
    assert {path: path.stat().st_mtime_ns for path in files} == files
    run("--interval", 30)
    assert "interval => 30" in (tmp_path / "out" / "config").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing is left beside it"


@pytest.mark.parametrize("homes, region, others", [
    (["us-east"], "us-east", ["eu-central", "ap-southeast"]),
    (["ap-southeast", "us-east"], "us-east", ["eu-central", "ap-southeast"]),
    ([], "eu-central", ["us-east", "ap-southeast"]),
], ids=["home of most", "a tie of two", "no custom domain"])
def test_unknown_networks_are_led_to_where_most_are_at_home_or_to_the_middle(three, tmp_path, homes, region, others):
    sample = three.settings()["accounts"][1]
    accounts = [{**sample, "urlEndpoints": [{"urlPrefix": "own", "origins": ["samples"]}]}]
    for number, home in enumerate(homes):
        endpoint = {"urlPrefix": f"own{number}", "origins": ["samples"], "hosts": [f"a{number}.shop.example"]}
        accounts.append({
            **sample, "id": f"home{number}", "privateKeys": [f"private_home{number}"], "homeRegion": home,
            "urlEndpoints": [endpoint],
        })
    done = run_script(
        DNS, "gdnsd", "--config", three.write("homes.yaml", accounts=accounts), "--to", tmp_path / "out",
        "--nameserver", f"ns1.{ZONE}=127.0.0.1", "--database", three.database,
    )
    assert f"clients of unknown networks are led to {region} (" in done.stdout
    order = ", ".join([region, *others])
    assert f"datacenters => [ {order} ]" in (tmp_path / "out" / "config").read_text()


def test_authorities_are_named_by_their_whole_path(three, tmp_path):
    done = subprocess.run(
        [DNS, "gdnsd", "--config", three.configuration, "--to", "out", *three.options("gdnsd"),
         "--authorities", "ca.pem"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True,
    )
    assert f"belongs on the name server, by the same path: {tmp_path}/ca.pem" in done.stdout
    assert f"--cacert {tmp_path}/ca.pem " in (tmp_path / "out" / "config").read_text()


def test_a_folder_with_other_files_is_left_alone(three, tmp_path):
    (tmp_path / "mine").write_text("mine")
    done = run_script(
        DNS, "gdnsd", "--config", three.configuration, "--to", tmp_path, *three.options("gdnsd"), check=False
    )
    assert done.returncode == 1 and "not from here (mine)" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("where", ["--database", "--nets"])
def test_gdnsd_accepts_a_hundred_regions_of_every_kind(three, tmp_path, where):
    regions = {
        f"region-{number}": {
            "place": f"Place {number}",
            "url": f"http{'s' if number % 2 else ''}://r{number}.{ZONE}{':8443' if number % 3 else ''}",
            **({} if number % 2 else {"insecure": True}),
            "addresses": [f"203.0.113.{number}", *([f"2001:db8::{number}"] if number % 4 else [])],
            "location": [number - 50, 3 * number - 150],
        }
        for number in range(1, 100)
    }
    accounts = three.settings()["accounts"][1:]
    configuration = three.write("hundred.yaml", regions=regions, accounts=accounts)
    option = {"--database": three.database, "--nets": three.networks}[where]
    run_script(
        DNS, "gdnsd", "--config", configuration, "--to", tmp_path / "out", where, option, "--state", tmp_path,
        "--nameserver", f"ns1.{ZONE}=192.0.2.1,2001:db8:ffff::1",
    )
    done = subprocess.run(
        ["gdnsd", "-c", tmp_path / "out", "checkconf"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "warning" not in done.stderr and "error" not in done.stderr


def without(three, region, key):
    settings = {one.name: one.settings for one in three.regions}
    del settings[region][key]
    return {"regions": settings}


BAD_INPUT = {
    "no dns section": (lambda three: {"dns": None}, [], "no dns section"),
    "no addresses": (lambda three: without(three, "us-east", "addresses"), [], "regions.us-east.addresses: missing"),
    "no location": (lambda three: without(three, "us-east", "location"), [], "regions.us-east.location: missing"),
    "a name server without address": (
        lambda three: {"dns": {"zone": ZONE, "host": HOST, "nameservers": [f"ns9.{ZONE}", f"ns1.{ZONE}"]}}, [],
        f"--nameserver ns9.{ZONE}=ADDRESS"),
    "a domain that is a home name": (
        lambda three: {"accounts": [
            {**three.settings()["accounts"][0],
             "urlEndpoints": [{"urlPrefix": "own", "origins": ["samples"], "hosts": [HOME_NAME]}]}]}, [],
        f"'{HOME_NAME}' is the home name of region us-east and a custom domain of demo"),
    "no database": (lambda three: {}, ["--database", "{folder}/none.mmdb"], "cannot read the database"),
    "another file": (lambda three: {}, ["--database", "{folder}/three.yaml"], "not a geographic database"),
    "an empty file": (lambda three: {}, ["--database", "{folder}/empty"], "empty"),
    "countries only": (lambda three: {}, ["--database", "{folder}/countries.mmdb"], "of type City"),
    "networks of nobody": (lambda three: {}, ["--nets", "{folder}/bad-networks"], "bad-networks:2: "),
    "an interval of a second": (lambda three: {}, ["--interval", "1"], "2 to 255 seconds"),
    "an interval that is none": (lambda three: {}, ["--interval", "often"], "invalid int value"),
    "a name to listen at": (lambda three: {}, ["--listen", "localhost"], "localhost: ADDRESS or ADDRESS:PORT"),
    "nowhere otherwise": (lambda three: {}, ["--otherwise", "moon"], "there are ap-southeast, eu-central, us-east"),
    "an unknown option": (lambda three: {}, ["--zone", "other"], "--zone=other"),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_said_and_nothing_written(three, tmp_path, case):
    change, options, words = BAD_INPUT[case]
    (three.folder / "empty").touch()
    (three.folder / "bad-networks").write_text("192.0.2.0/24 us-east\n198.51.100.1/24 us-east\n10.0.0.0/8 nowhere\n")
    write_database(three.folder / "countries.mmdb", city_places(), kind="GeoLite2-Country")
    settings = {key: value for key, value in {**three.settings(), **change(three)}.items() if value is not None}
    path = three.folder / "bad.yaml"
    path.write_text(json.dumps(settings))
    done = run_script(
        DNS, "gdnsd", "--config", path, "--to", tmp_path / "out", *three.options("gdnsd"),
        *(option.format(folder=three.folder) for option in options), check=False,
    )
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_powerdns_needs_a_database_with_radii(three, tmp_path):
    path = write_database(three.folder / "without-radius.mmdb", city_places(), radius=None)
    done = run_script(
        DNS, "powerdns", "--config", three.configuration, "--to", tmp_path / "out",
        "--nameserver", f"ns1.{ZONE}=127.0.0.1", "--database", path, check=False,
    )
    assert done.returncode == 1 and "accuracy_radius" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_who_may_not_write_where_the_program_lies_can_use_it(three):
    """In a folder of its own: nobody else than root can enter pytest's."""
    with tempfile.TemporaryDirectory(prefix="apus-dns-") as name:
        folder = Path(name)
        networks = folder / "networks"
        networks.write_text("192.0.2.0/24 us-east\n")
        for path in (folder, networks, Path(shutil.copy(three.configuration, folder / "three.yaml"))):
            shutil.chown(path, "nobody")
        command = [DNS, "gdnsd", "--config", folder / "three.yaml", "--to", folder / "files", "--nets", networks]
        done = subprocess.run(
            ["runuser", "--user", "nobody", "--", *command, "--nameserver", f"ns1.{ZONE}=127.0.0.1"],
            capture_output=True, text=True, timeout=60, check=False, cwd="/",
        )
        assert done.returncode == 0, done.stderr
        assert (folder / "files" / "config").is_file()


def test_an_invalid_configuration_is_said(three, tmp_path):
    path = three.write("invalid.yaml", accounts=[])
    done = run_script(
        DNS, "gdnsd", "--config", path, "--to", tmp_path / "out", *three.options("gdnsd"), check=False
    )
    assert done.returncode == 1 and "is not valid" in done.stderr
    assert not (tmp_path / "out").exists()
