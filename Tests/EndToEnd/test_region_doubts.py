"""What `apus check` says of files with several regions that are allowed and probably not meant."""

import json
import subprocess

import pytest

from instance import PROGRAM

SECRET = "the secret of all regions, long enough"
KEY = "a private key, long enough"
# Others that stand in files below.
SECRETS = (
    "too short", "change-me-this-is-known-to-everybody", "$APUS_REGION_SECRET", "private_demo_change_me",
    "$PRIVATE_KEY_OF_THE_DEMO",
)  # fmt: skip
REGIONS = {"east": {"url": "https://east.example"}, "west": {"url": "https://west.example"}}
TIERS = {"redis": {"url": "unix:///run/redis.sock"}, "store": {"type": "DISK", "path": "/var/lib/apus/store"}}


def origin(path):
    return {"id": "photos", "type": "DISK", "path": str(path)}


def check(file, *options, **changes):
    """With these sections instead of those of a file of which there is nothing to say; None leaves one out."""
    web = {"id": "shop", "type": "WEB_FOLDER", "baseUrl": "https://shop.example"}
    account = {"id": "demo", "privateKeys": [KEY], "homeRegion": "east", "origins": [web]}
    settings = {"regions": REGIONS, "regionSecret": SECRET, **TIERS, "accounts": [account], **changes}
    file.write_text(json.dumps({name: value for name, value in settings.items() if value is not None}))
    return subprocess.run(
        [PROGRAM, "check", file, *options], capture_output=True, text=True, timeout=20, check=False
    )


@pytest.fixture
def file(tmp_path):
    return tmp_path / "regions.yaml"


def warnings_of(done):
    return [line for line in done.stdout.splitlines() if line.startswith("warning: ")]


def account(folder, **settings):
    """One with a folder; None leaves a setting out."""
    one = {"id": "demo", "privateKeys": [KEY], "homeRegion": "east", "origins": [origin(folder)], **settings}
    return [{name: value for name, value in one.items() if value is not None}]


def bound(folder):
    return account(folder, urlEndpoints=[{"urlPrefix": "", "origins": ["photos"], "residency": "home"}])


def test_a_file_of_several_regions_is_valid_whoever_reads_it(file):
    done = check(file)
    assert done.returncode == 0 and done.stdout == f"{file} is valid, looked at as east.\n", done.stdout + done.stderr
    done = check(file, "--region", "west")
    assert done.returncode == 0 and done.stdout == f"{file} is valid, looked at as west.\n", done.stdout + done.stderr


@pytest.mark.parametrize("option", ["--settings", "--probe", "--regions"])
def test_who_does_something_has_to_be_one_of_them(file, option):
    done = check(file, option)
    assert done.returncode == 1
    assert "region: required where there are several regions" in done.stderr


DOUBTS = {
    "no secret": ({"regionSecret": None}, "there is no regionSecret"),
    "a short secret": ({"regionSecret": ["too short", SECRET]}, "shorter than 16 bytes"),
    "the sample's secret": (
        {"regionSecret": [SECRET, "change-me-this-is-known-to-everybody"]}, "regionSecret: it is that of the sample"),
    "a secret without braces": (
        {"regionSecret": "$APUS_REGION_SECRET"}, "regionSecret: it begins with $; an environment variable is ${NAME}"),
    "the sample's key": (
        {"accounts": account("/usr/share", privateKeys=["private_demo_change_me"])},
        "account demo: its private key is that of the sample"),
    "a key without braces": (
        {"accounts": account("/usr/share", privateKeys=[KEY, "$PRIVATE_KEY_OF_THE_DEMO"])},
        "account demo: a private key begins with $; an environment variable is ${NAME}"),
    "operations for everybody": (
        {"network": {"operations": ["10.0.0.0/8", "0.0.0.0/0"]}}, "network.operations: 0.0.0.0/0 is everybody"),
    "operations for everybody over IPv6": (
        {"network": {"operations": ["::/0"]}}, "network.operations: ::/0 is everybody"),
    "everything allowed": ({"network": {"allow": ["0.0.0.0/0"]}}, "network.allow: 0.0.0.0/0 is everything"),
    "everything allowed over IPv6": ({"network": {"allow": ["::/0"]}}, "network.allow: ::/0 is everything"),
    "metadata allowed": (
        {"network": {"allow": ["169.254.0.0/16"]}}, "network.allow: 169.254.0.0/16 has 169.254.169.254 in it"),
    "no url": ({"regions": {**REGIONS, "west": {}}}, "region west: it has no url"),
    "one url twice": ({"regions": {**REGIONS, "west": REGIONS["east"]}}, "region west: it has the url of east"),
    "a path": (
        {"regions": {**REGIONS, "west": {"url": "https://west.example/images"}}}, "has to take /images off its url"),
    "plain HTTP": (
        {"regions": {**REGIONS, "west": {"url": "http://west.example", "insecure": True}}},
        "region west: regions reach it over plain HTTP"),
    "nothing durable": ({"redis": None, "store": None}, "region east has neither redis nor store"),
    "a long shared age": ({"cache": {"sharedMaxAge": "2h"}}, "no purge reaches a CDN in front of URL endpoints"),
    "another listener": (
        {"workers": {"listen": "10.0.0.1:9000", "hosts": ["10.0.0.2:9000"]}},
        "region east: workers.listen is none of workers.hosts"),
    "no location": (
        {"dns": {"zone": "a.example", "host": "a.example", "nameservers": ["n"]},
         "regions": {**REGIONS, "east": {**REGIONS["east"], "addresses": ["203.0.113.5"]}}},
        "region east: it has addresses and no location"),
    "no home": ({"accounts": account("/usr/share", homeRegion=None)}, "it has no homeRegion"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubt_is_told_and_the_file_is_valid(file, name):
    changes, words = DOUBTS[name]
    done = check(file, **changes)
    assert done.returncode == 0, done.stderr
    assert any(words in line for line in warnings_of(done)), done.stdout
    assert not [secret for secret in (*SECRETS, SECRET, KEY) if secret in done.stdout]


def test_the_owner_s_ranges_are_no_doubt(file):
    network = {"operations": ["10.0.0.0/8", "2001:db8::/32"], "allow": ["10.0.0.0/8", "169.254.0.1", "fd00::/8"]}
    assert not warnings_of(check(file, network=network))


def test_a_folder_has_to_be_wherever_its_work_is_done(file, tmp_path):
    there, missing = tmp_path / "there", tmp_path / "missing"
    there.mkdir()
    (doubt,) = warnings_of(check(file, accounts=account(there)))
    assert "other regions can take over only where they have the folder" in doubt
    (doubt,) = warnings_of(check(file, accounts=account(missing)))
    assert f"there is no folder {missing}" in doubt and "take over" not in doubt
    (doubt,) = warnings_of(check(file, "--region", "west", accounts=account(missing)))
    assert "west cannot take over while the home region is away" in doubt
    # Nobody takes over there.
    assert not warnings_of(check(file, accounts=bound(there)))
    assert not warnings_of(check(file, "--region", "west", accounts=bound(missing)))


def cdn_account(*, prefixes, without=()):
    cdn = {"type": "HTTP", "method": "PURGE", "url": "https://cdn.example{path}"}
    endpoints = [
        {"urlPrefix": prefix, "origins": ["shop"], **({} if prefix in without else {"cdn": cdn})} for prefix in prefixes
    ]
    web = {"id": "shop", "type": "WEB_FOLDER", "baseUrl": "https://shop.example"}
    return [{"id": "demo", "privateKeys": [KEY], "homeRegion": "east", "origins": [web], "urlEndpoints": endpoints}]


def test_who_is_in_front_of_a_cdn_is_named(file):
    accounts = cdn_account(prefixes=("", "a", "b"), without=("", "b"))
    (doubt,) = warnings_of(check(file, cache={"sharedMaxAge": "61m"}, accounts=accounts))
    assert doubt.endswith("without cdn: demo/, demo/b")
    # One region is enough.
    own = {**REGIONS, "west": {**REGIONS["west"], "cache": {"sharedMaxAge": "2d"}}}
    assert warnings_of(check(file, regions=own, accounts=accounts)) == [doubt]
    assert not warnings_of(check(file, cache={"sharedMaxAge": "1h"}, accounts=accounts))
    assert not warnings_of(check(file, cache={"maxAge": "2d"}, accounts=accounts))
    assert not warnings_of(check(file, cache={"sharedMaxAge": "2d"}, accounts=cdn_account(prefixes=("", "a"))))


def test_plain_http_has_to_be_meant(file):
    done = check(file, regions={**REGIONS, "west": {"url": "http://west.example"}})
    assert done.returncode == 1
    assert "regions.west.url: has to be https, unless it is on this machine or insecure is true" in done.stderr


def test_residency_needs_a_home(file):
    endpoint = {"urlPrefix": "", "origins": [], "residency": "home"}
    done = check(file, accounts=[{"id": "demo", "insecure": True, "urlEndpoints": [endpoint]}])
    assert done.returncode == 1
    assert "accounts[0].urlEndpoints[0].homeRegion: required where residency is home" in done.stderr
