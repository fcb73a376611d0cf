"""deploy/world's script, and its parts: distances, the relay's pipes, what city nodes are told. What regions do in it is
for `deploy/world test`."""

import os
import re
import signal
import subprocess
import sys

import pytest

from instance import REPOSITORY, command_of, process_table, run_script, wait_for

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world import configuration, generations, nodes, originals, relay, search, settings  # noqa: E402

SCRIPT = REPOSITORY / "deploy" / "world"
PACKET = 1000


@pytest.fixture
def pipe():
    return relay.Pipe(settings.REGIONS["us-east"], settings.REGIONS["ap-south"])


# --- the script


def test_without_root_it_says_so_and_ends():
    # Whoever is root here is nobody there.
    someone_else = ["unshare", "--user"] if os.geteuid() == 0 else []
    for command in ("up", "test", "report", "down"):
        done = run_script(*someone_else, SCRIPT, command, check=False)
        assert (done.returncode, "needs root" in done.stderr) == (2, True), done


@pytest.mark.parametrize("arguments", [[], ["sideways"], ["up", "--state"], ["up", "--steady"]])
def test_wrong_arguments_are_told(arguments):
    done = run_script(SCRIPT, *arguments, check=False)
    assert done.returncode == 1 and "--help" in done.stderr


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_what_an_up_that_broke_off_left_is_taken_down(tmp_path_factory):
    state = tmp_path_factory.getbasetemp() / "w"

    def left():
        namespaces = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
        return "apusw-" in namespaces, [pid for pid, _, _ in process_table() if f"{state}/" in command_of(pid)]

    with (state.parent / "world.log").open("w") as log:
        process = subprocess.Popen([SCRIPT, "up", "--state", state], stdout=log, stderr=log, start_new_session=True)
    wait_for(lambda: (state / "regions" / "us-west" / "redis.pid").exists(), 60, "the second region to start")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    namespaces, processes = left()
    assert namespaces and processes
    run_script(SCRIPT, "down", "--state", state)
    assert left() == (False, [])
    assert "nothing is up" in run_script(SCRIPT, "down", "--state", state).stdout


# --- distances


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("us-east", "ap-south", 190),
        ("ap-southeast", "us-east", 217),
        ("ap-southeast-2", "ap-southeast", 95),
        ("city-tokyo", "node-tokyo", 7),
        ("city-mumbai", "ap-south", 6),
        # 7,830 km: x 1.4 / 100 and 4 more.
        ("city-sao-paulo", "us-east", 111),
        ("node-london", "eu-central", 13),
    ],
)
def test_round_trips_are_those_of_the_table_or_the_formula(one, other, expected):
    one, other = settings.PLACES[one], settings.PLACES[other]
    assert settings.round_trip(one, other) == pytest.approx(expected, abs=0.6)
    assert settings.round_trip(other, one) == settings.round_trip(one, other)


def test_every_place_has_an_address_and_a_name_of_its_own():
    places = settings.PLACES.values()
    assert len({place.host for place in places}) == len({place.interface for place in places}) == len(places)
    # Longer names of interfaces are refused by the kernel.
    assert all(len(place.interface) <= 15 for place in places)


def test_the_shares_of_the_cities_are_the_whole():
    assert sum(one["share"] for one in settings.FIGURES["cities"].values()) == pytest.approx(1)


# --- the relay


def test_a_packet_takes_half_of_the_round_trip(pipe):
    for number in range(200):
        now = number * 0.1
        assert pipe.due(PACKET, now) - now == pytest.approx(0.095, rel=0.011, abs=0.0002)


def test_the_order_is_kept(pipe):
    due = [pipe.due(PACKET, number * 1e-5) for number in range(500)]
    assert due == sorted(due)


def test_the_rate_is_bounded(pipe):
    first = pipe.due(PACKET, 0)
    last = [pipe.due(PACKET, 0) for _ in range(1000)][-1]
    # 8 Mbit at 200 Mbit/s, and the jitter of two packets.
    assert last - first == pytest.approx(0.04, abs=0.002)


def test_a_queue_that_is_too_long_loses_packets(pipe):
    due = [pipe.due(PACKET, 0) for _ in range(30_000)]
    assert None in due and pipe.lost == due.count(None) and pipe.passed + pipe.lost == len(due)
    assert max(time for time in due if time) < 1.1 + 0.1


def test_what_is_cut_loses_everything_and_counts_it(pipe):
    pipe.is_cut = True
    assert [pipe.due(PACKET, 0) for _ in range(5)] == [None] * 5
    assert (pipe.passed, pipe.bytes, pipe.lost) == (0, 0, 5)


def test_two_runs_have_the_same_jitter():
    pipes = [relay.Pipe(settings.REGIONS["us-east"], settings.REGIONS["us-west"]) for _ in range(2)]
    first, second = ([pipe.due(PACKET, number) for number in range(20)] for pipe in pipes)
    assert first == second


# --- the nodes


def fitting(lines, text):
    """The value of the first line of an nginx map that fits, as nginx chooses among expressions."""
    for line in lines:
        pattern, _, value = line.rstrip(";\n").rpartition(" ")
        if re.search(pattern.strip('"').removeprefix("~"), text):
            return value
    return None


@pytest.mark.parametrize(
    "url, expected",
    [
        ("images.world.test/atlantic/shop/tr:w-1/load/0001.jpg", None),
        ("pictures.atlantic.test/tr:w-1/load/0001.jpg", "home-us-east"),
        ("pictures.asia.test/load/0901.jpg", "home-ap-south"),
        ("bound.asia.test/load/0901.jpg", "bound-ap-south"),
        ("images.world.test/asia/bound/load/0901.jpg", "bound-ap-south"),
        ("images.world.test/asia/boundless/load/0901.jpg", None),
        ("evil.test/pictures.asia.test/x.jpg", None),
    ],
)
def test_custom_hosts_and_bound_ones_have_regions_of_their_own(url, expected):
    assert fitting([f'"{pattern}" {value};' for pattern, value in nodes.groups()], url) == expected


def test_a_purge_raises_the_number_of_what_it_means_and_of_nothing_else():
    purges = generations.Generations()
    purges.add("atlantic", "load/0001.jpg")
    purges.add("atlantic", "plain/word/*")
    purges.add("atlantic", "load/0001.jpg")
    numbers = {
        "images.world.test/atlantic/shop/tr:w-1/load/0001.jpg": "4",
        "pictures.atlantic.test/tr:w-1/load/0001.jpg": "4",
        "images.world.test/atlantic/shop/load/00010jpg": None,
        "images.world.test/atlantic/shop/load/0001.jpg.png": None,
        "images.world.test/asia/shop/load/0001.jpg": None,
        "images.world.test/atlantic/shop/tr:w-2/plain/word/a/b.jpg": "3",
        "images.world.test/atlantic/shop/tr:w-2/plain/words/b.jpg": None,
    }
    assert {url: fitting(purges.text.splitlines(), url) for url in numbers} == numbers


def test_too_many_purges_become_one_of_everything():
    purges = generations.Generations()
    for number in range(2000):
        purges.add("atlantic", f"load/{number:04}.jpg")
    assert len(purges.text.splitlines()) <= 1000 and purges.base > 1000


def test_what_is_bound_has_no_second_region():
    assert nodes.upstream("shared", list(settings.REGIONS)).count("server ") == 2
    assert nodes.upstream("bound-ap-south", ["ap-south"]).count("server ") == 1


# --- configuration and origins


@pytest.mark.parametrize("home_routing, accounts", [(True, ["us-east", "ap-south"]), (False, [None, None])])
def test_what_is_bound_has_a_home_in_any_case(home_routing, accounts):
    of_file = configuration.configuration(home_routing)["accounts"]
    assert [account.get("homeRegion") for account in of_file] == accounts
    endpoints = [endpoint for account in of_file for endpoint in account["urlEndpoints"]]
    homes = {endpoint["urlPrefix"]: endpoint["homeRegion"] for endpoint in endpoints if "homeRegion" in endpoint}
    assert homes == {"bound": "ap-south"}


def test_a_picture_is_marked_and_changes_when_told():
    pictures = originals.Pictures()
    path, other = "/plain/one/0.jpg", "/plain/two/0.jpg"
    before = pictures.plain(path)
    assert originals.marked(path, 0) in before and before != pictures.plain(other)
    pictures.change(["one"])
    assert originals.marked(path, 1) in pictures.plain(path) and originals.marked(path, 0) not in pictures.plain(path)
    assert originals.marked(other, 0) in pictures.plain(other)


def test_a_file_is_full_of_its_mark():
    body = originals.file_bytes("/files/10000/a", 10_000)
    assert len(body) == 10_000 and body.count(originals.marked("/files/10000/a", 0)) == 3


def test_the_search_finds_bytes_in_a_folder(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"x" * 5000 + b"needle" + b"y" * 10)
    found = search.in_folder(tmp_path, {"one": b"needle", "two": b"another"})
    assert found == [("one", str(tmp_path / "a" / "b" / "c"))]
