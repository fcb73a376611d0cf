"""One file for all regions: what becomes of different ones, of secrets that change, of TLS between them."""

import re
import ssl
import subprocess

import pytest

import regions
from certificates import DAY, Authority, session_authority
from changing_origin import OLD, shows
from instance import PROGRAM, wait_for
from load import Load
from regions import SECRET, path, total, way
from test_region_failover import progress

NEXT, LAST = "the next secret of all regions", "the last secret of all regions"
CHECK_SECONDS = 60


def check(world, name="alpha", file=None):
    """`apus check --regions`."""
    return subprocess.run(
        [PROGRAM, "check", "--regions", "--region", name, file or world.file],
        capture_output=True, text=True, timeout=CHECK_SECONDS, check=False,
    )


@pytest.fixture
def own_file(world):
    """For tests in which regions have other files: they have the common one again afterwards."""
    changed = []

    def give(*names, **changes):
        for name in names:
            region = world[name]
            region.configuration = world.write(world.workplace / f"own-{name}.yaml", **changes)
            changed.append(name)
        world.up(*names)

    yield give
    for name in changed:
        world[name].configuration = world.file
    world.up(*set(changed))
    world.settle()


# --- apus check --regions


def test_check_regions(world):
    done = check(world)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in regions.NAMES:
        assert re.search(rf"^.*\b{name}\b.*$", done.stdout, re.M), done.stdout
    assert SECRET not in done.stdout + done.stderr
    versions = set(re.findall(r"\b[0-9a-f]{24}\b", done.stdout))
    assert len(versions) == 1, done.stdout


def test_check_regions_tells_who_is_away(world):
    world.beta.front.set_mode("refuse")
    try:
        done = check(world)
        assert done.returncode == 1, done.stdout
        assert "beta" in done.stdout
    finally:
        world.beta.front.heal()
        world.settle()


def test_check_regions_with_another_secret(world, workplace):
    file = world.write(workplace / "other-secret.yaml", regionSecret="not the secret of these regions")
    done = check(world, file=file)
    assert done.returncode == 1
    assert "signature" in done.stdout + done.stderr


@pytest.mark.long
def test_different_files_are_noticed(world, own_file, unique):
    """By `check` and by the metrics; what is asked is answered all the same."""
    assert all(differing(region) == 0 for region in world)
    own_file("beta", limits={"steps": 9})
    assert shows(world.alpha.visit(path("beta", unique())), OLD)
    for region in world:
        wait_for(lambda region=region: differing(region) > 0, what=f"{region.name} to notice")
    done = check(world)
    assert done.returncode == 1, done.stdout
    assert len(set(re.findall(r"\b[0-9a-f]{24}\b", done.stdout))) == 2, done.stdout


def differing(region):
    return total(region, "apus_region_other_configuration")


def test_what_belongs_to_a_region_makes_no_difference(world, own_file):
    """`region`, `redis`, `store`, `workers` and `cache` may be each region's own."""
    own_file("gamma", region="gamma", workers={"processes": 1, "slots": 48, "renders": 1}, cache={"edgeAge": "2s"})
    done = check(world)
    assert done.returncode == 0, done.stdout


# --- files that differ in who is home


@pytest.mark.long
def test_each_thinks_the_other_is_home(world, own_file, unique):
    """Nobody waits for anybody: one hop, and each answers what it is asked."""
    endpoints = swapped(world, {"alpha": "beta", "beta": "alpha"})
    own_file("alpha", accounts=endpoints)
    word = unique()
    for number, asked in enumerate(("alpha", "beta", "gamma")):
        for home in ("alpha", "beta"):
            answer = world[asked].visit(path(home, f"{word}/{number}{home}"))
            assert shows(answer, OLD), (asked, home, answer)
            assert world.origin.count(f"{word}/{number}{home}") <= 2
    # Of what may be at home only nobody is sure: each keeps to its own file.
    for region in world:
        answer = region.visit(f"/demo/bound/tr:w-40,f-png/doc/{word}/b.jpg")
        assert answer.status in (200, 503), answer


def swapped(world, names):
    accounts = regions.configuration(world)["accounts"]
    for one in accounts[0]["urlEndpoints"]:
        if "homeRegion" in one:
            one["homeRegion"] = names.get(one["homeRegion"], one["homeRegion"])
    return accounts


# --- secrets


@pytest.mark.long
def test_secret_rotated_under_load(world, unique):
    """The new one second everywhere, then first, then alone: no request fails, and home is asked all the time."""
    word, made = unique(), world.alpha.made()
    try:
        with Load(world.alpha.port, lambda number: path("beta", f"{word}/{number // 60}", 30 + number % 60), 3) as load:
            progress((load,), 20)
            for secrets in ([SECRET, NEXT], [NEXT, SECRET], NEXT):
                world.write(regionSecret=secrets)
                for region in world:
                    region.up()
                    progress((load,), 10)
        assert load.failed == 0, load.outcomes
        assert made() <= load.done / 4
        assert way(world.alpha.visit(path("beta", unique()))) == ("region", "beta")
    finally:
        world.write()
        world.up()
        world.settle()


@pytest.mark.long
def test_a_secret_swapped_in_one_step_fails_nobody(world, own_file, unique):
    """Until both have it everybody works alone."""
    word = unique()
    with Load(world.alpha.port, lambda number: path("beta", f"{word}/{number // 60}", 30 + number % 60), 3) as load:
        progress((load,), 10)
        own_file("beta", regionSecret=LAST)
        progress((load,), 30)
        assert way(world.alpha.visit(path("beta", unique()))) == ("render", "alpha")
    assert load.failed == 0, load.outcomes


def test_secrets_are_in_no_log(world):
    for region in world:
        for log in region.state.glob("*.log"):
            assert SECRET not in log.read_text(errors="replace"), log


# --- TLS


@pytest.fixture(scope="module")
def secured(workplace):
    authority = session_authority()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("region"))
    with regions.running(
        workplace, "secured", names=("alpha", "beta"), contexts={"alpha": context, "beta": context},
        network={"caFile": str(authority.file)},
    ) as world:
        yield world


def test_https_between_regions(secured, unique):
    word = unique()
    answer = secured.alpha.visit(path("beta", word))
    assert shows(answer, OLD) and way(answer) == ("region", "beta")
    answer = secured.alpha.visit(f"/demo/beta/blob/3000000/{word}/a.bin")
    assert answer.status == 200 and len(answer.body) == 3000000 and way(answer) == ("region", "beta")
    assert check(secured).returncode == 0


@pytest.mark.parametrize("flaw", ["of another authority", "of another host", "past its time"])
def test_a_certificate_that_is_not_good_is_not_believed(secured, workplace, unique, flaw):
    """Nothing is told to who is not home; the picture is made here."""
    authority = Authority(workplace / f"other{unique()}") if flaw == "of another authority" else session_authority()
    options = {"of another host": {"hosts": ["elsewhere.example"]}, "past its time": {"valid_for": -DAY}}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("false", **options.get(flaw, {})))
    good, secured.beta.front.context = secured.beta.front.context, context
    secured.beta.front.cut()
    wait_for(lambda: secured.beta.front.is_cut, what="the end of the last connection")
    word = unique()
    asked = len(secured.beta.front.asked)
    try:
        for number in range(5):
            answer = secured.alpha.visit(path("beta", word, 40 + number))
            assert shows(answer, OLD) and way(answer) == ("render", "alpha")
        assert len(secured.beta.front.asked) == asked
        bound = secured.alpha.visit(f"/demo/bound/tr:w-40,f-png/doc/{word}/a.jpg")
        assert bound.status == 503
    finally:
        secured.beta.front.context = good
        secured.beta.front.cut()
    secured.settle("alpha", "beta")
