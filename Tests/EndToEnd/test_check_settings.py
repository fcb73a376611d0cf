"""What `apus check` tells scripts: NAME=VALUE lines of one instance, and JSON of the whole installation."""

import json
import subprocess

import pytest

from instance import PROGRAM

SECRETS = {"APUS_REGION_SECRET": "hunter2 of the regions", "REDIS": "hunter2", "TOKEN": "Bearer hunter2"}
CDN = {"type": "HTTP", "url": "https://cdn.example/{url}", "headers": {"Authorization": "${TOKEN}"}}
INSTALLATION = {
    "regions": {
        "east": {
            "place": "Virginia",
            "url": "https://east.example",
            "addresses": ["203.0.113.5", "2001:DB8::5"],
            "location": [38.9, -77.5],
            "workers": {
                "processes": 3,
                "listen": "10.1.0.11:9000",
                "hosts": ["10.1.0.11:9000", "[fd00::12]:9000"],
                "fronts": ["10.1.0.2"],
            },
            "redis": {"url": "redis://:${REDIS}@10.1.0.3:6380/1"},
            "store": {"type": "S3", "bucket": "b", "useIAMRole": True},
        },
        "west": {
            "redis": {"url": "unix:///run/redis.sock"},
            "store": {"type": "DISK", "path": "my store"},
            "location": [0, -1],
        },
        "north": {"redis": {"url": "redis+sentinel://h1,10.0.0.9:1/m"}, "workers": {"hosts": ["127.0.0.1:9000"]}},
    },
    "regionSecret": "${APUS_REGION_SECRET}",
    "dns": {"zone": "Images.example", "host": "img.images.example", "ttl": "90500ms", "nameservers": ["ns1.example"]},
    "network": {"operations": ["10.0.0.0/8", "::1"]},
    "accounts": [
        {
            "id": "demo",
            "homeRegion": "east",
            "privateKeys": ["hunter2"],
            "urlEndpoints": [
                {"urlPrefix": "", "hosts": ["Shop.example", "img.images.example"], "cdn": CDN},
                {"urlPrefix": "a", "hosts": ["a.example"], "homeRegion": "west"},
            ],
        },
        {"id": "other", "insecure": True, "urlEndpoints": [{"urlPrefix": "", "hosts": ["o.example"]}]},
    ],
}


@pytest.fixture
def check(tmp_path):
    def run(*options, **changes):
        file = tmp_path / "apus.yaml"
        parts = {**INSTALLATION, **changes}
        file.write_text(json.dumps({name: part for name, part in parts.items() if part is not None}))
        done = subprocess.run(
            [PROGRAM, "check", *options, file], capture_output=True, text=True, timeout=20, check=False, env=SECRETS
        )
        assert "hunter2" not in done.stdout + done.stderr
        return done

    return run


def settings(done):
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


EXPECTED = {
    "east": {
        "redisUrl": "10.1.0.3:6380", "storeType": "S3", "storePath": "", "processes": "3", "listen": "10.1.0.11:9000",
        "hosts": "10.1.0.11:9000 [fd00::12]:9000", "fronts": "10.1.0.2 10.1.0.11", "url": "https://east.example",
    },
    "west": {
        "redisUrl": "unix:/run/redis.sock", "storeType": "DISK", "processes": "", "listen": "", "hosts": "",
        "fronts": "", "url": "",
    },
    "north": {
        "redisUrl": "h1:26379 10.0.0.9:1", "storeType": "", "storePath": "", "hosts": "127.0.0.1:9000",
        "fronts": "127.0.0.1",
    },
}  # fmt: skip


@pytest.mark.parametrize("region", EXPECTED)
def test_settings_of_a_region(check, tmp_path, region):
    told = settings(check("--settings", "--region", region))
    expected = {
        **EXPECTED[region], "region": region, "operations": "10.0.0.0/8 ::1",
        "sharedHost": "img.images.example", "customHosts": "shop.example img.images.example a.example o.example",
    }  # fmt: skip
    if region == "west":
        expected["storePath"] = f"{tmp_path}/my store"
    assert expected.items() <= told.items()


def test_settings_of_a_bare_file(check):
    bare = {name: None for name in INSTALLATION}
    bare["accounts"] = [{"id": "demo", "insecure": True}]
    told = settings(check("--settings", **bare))
    empty = ["redisUrl", "storeType", "storePath", "processes", "listen", "hosts", "fronts", "operations"]
    assert {name: told[name] for name in [*empty, "sharedHost", "customHosts", "url"]} == dict.fromkeys(
        [*empty, "sharedHost", "customHosts", "url"], "")
    assert told["region"] == "local"


def test_the_installation_as_json(check):
    done = check("--json")
    assert done.returncode == 0, done.stderr
    silent = {"place": None, "url": None, "addresses": []}
    assert json.loads(done.stdout) == {
        "regions": [
            {
                "name": "east", "place": "Virginia", "url": "https://east.example",
                "addresses": ["203.0.113.5", "2001:db8::5"], "location": [38.9, -77.5],
            },
            {"name": "north", **silent, "location": None},
            {"name": "west", **silent, "location": [0, -1]},
        ],
        "dns": {"zone": "images.example", "host": "img.images.example", "ttl": 91, "nameservers": ["ns1.example"]},
        "hosts": [
            {"host": "shop.example", "account": "demo", "home": "east"},
            {"host": "a.example", "account": "demo", "home": "west"},
            {"host": "o.example", "account": "other", "home": None},
        ],
    }  # fmt: skip


def test_the_json_of_a_bare_file(check):
    bare = {name: None for name in INSTALLATION}
    bare["accounts"] = [{"id": "demo", "insecure": True}]
    done = check("--json", **bare)
    assert json.loads(done.stdout) == {
        "regions": [{"name": "local", "place": None, "url": None, "addresses": [], "location": None}],
        "dns": None, "hosts": [],
    }  # fmt: skip


@pytest.mark.parametrize("other", ["--settings", "--probe"])
def test_json_goes_alone_or_with_regions(check, other):
    done = check("--json", other)
    assert done.returncode != 0 and not done.stdout


def test_a_bad_file_gives_no_json(check):
    done = check("--json", dns={"zone": "a.example", "host": "b.example", "nameservers": ["n"]})
    assert (done.returncode, done.stdout) == (1, "")
    assert "dns.host: has to be a name in the zone a.example" in done.stderr
