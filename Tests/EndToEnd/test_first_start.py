"""What a host of deploy/terraform does at its first start: the user data, rendered by Terraform's own template language,
run with programs that stand in."""

import json
import os
import re
import subprocess

import pytest

from instance import PROGRAM
from terraform_files import EXAMPLE, REGION, SCRIPT_SECONDS, evaluate, module, needs_terraform, text_of

TLS = {name: "" for name in ("email", "webroot_email", "certificate_parameter", "key_parameter")}
KINDS = {
    "all-self-signed": {},
    "without-anything": {"tls_names": []},
    "front-by-dns": {"role": "front", "tls": {**TLS, "email": "me@images.example"}},
    "worker": {"role": "worker", "redis_host": "10.1.0.20"},
    "redis": {"role": "redis", "redis_host": "10.1.0.20"},
    "by-http": {"tls": {**TLS, "webroot_email": "me@images.example"}, "tls_names": ["eu.images.example"]},
    "by-parameter": {"tls": {**TLS, "certificate_parameter": "/apus/certificate", "key_parameter": "/apus/key"}},
    "behind-a-cdn": {"proxies": "203.0.113.0/24,2001:db8::/32"},
}


def user_data(**changes):
    values = {
        "artefacts": {
            "bucket": "artefacts", "bucket_region": "eu-central-1", "bundle_key": "bundles/one.tar.gz",
            "bundle_sha256": "0" * 64, "configuration_key": "configurations/one.yaml",
            "configuration_sha256": "1" * 64,
        },
        "aws_region": "eu-central-1",
        "environment": {"APUS_STORE_BUCKET": "store", "AWS_REGION": "eu-central-1"},
        "environment_parameter": "/apus/environment",
        "proxies": "",
        "redis_host": "",
        "region": "eu-central",
        "role": "all",
        "serves": changes.get("role", "all") in ("all", "front"),
        "tls": TLS,
        "tls_names": ["eu.images.example", "img.images.example"],
        **changes,
    }
    template = REGION / "user-data.sh.tftpl"
    return evaluate(f"templatefile({json.dumps(str(template))}, jsondecode({json.dumps(json.dumps(values))}))")


@needs_terraform
@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_the_user_data_is_good_shell(tmp_path, changes):
    script = tmp_path / "user-data.sh"
    script.write_text(user_data(**changes))
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "%{" not in script.read_text()


@needs_terraform
def test_the_user_data_fits_what_amazon_takes():
    many = ",".join(f"203.0.{number}.0/24" for number in range(200))
    script = user_data(tls={**TLS, "email": "me@images.example"}, proxies=many)
    packed = subprocess.run(["gzip", "-c"], input=script.encode(), capture_output=True, check=True).stdout
    assert len(packed) < 16 * 1024


PROGRAMS = {
    "apt-get": 'echo "apt-get $*" >>"$LOG"',
    "certbot": 'echo "certbot $*" >>"$LOG"',
    "sleep": 'echo "sleep $*" >>"$LOG"',
    "aws": """case "$*" in
    "s3 cp"*) for goal; do :; done; source=${*: -2:1}; cp "$ARTEFACTS/${source##*/}" "$goal" ;;
    "ssm get-parameter"*) [[ -e $ARTEFACTS/environment ]] || exit 1; cat "$ARTEFACTS/environment" ;;
esac""",
}


@pytest.fixture
def first_start(tmp_path):
    """Runs the user data with every program that it calls standing in; `deploy/region` notes how it was called."""
    artefacts, programs = tmp_path / "artefacts", tmp_path / "programs"
    release = tmp_path / "20260101-000000-abcdef1" / "deploy"
    for folder in (artefacts, programs, release):
        folder.mkdir(parents=True)
    for name, text in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    (release / "region").write_text('#!/bin/sh\necho "region $*" >>"$LOG"\ncp "${5}" "$LOG.environment"\n')
    (release / "region").chmod(0o755)
    subprocess.run(["tar", "-C", tmp_path, "-czf", artefacts / "one.tar.gz", release.parent.name], check=True)
    (artefacts / "one.yaml").write_text("accounts: []\n")
    (artefacts / "environment").write_text("REDIS_PASSWORD=0123456789abcdef\nSHOP_KEY=private\n")

    def sha256(path):
        return subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout.split()[0]

    def run(damage=lambda folder: None, **changes):
        values = {
            "bucket": "artefacts", "bucket_region": "eu-central-1", "bundle_key": "bundles/one.tar.gz",
            "bundle_sha256": sha256(artefacts / "one.tar.gz"), "configuration_key": "configurations/one.yaml",
            "configuration_sha256": sha256(artefacts / "one.yaml"),
        }
        damage(artefacts)
        script = tmp_path / "script"
        script.write_text(user_data(artefacts=values, **changes).replace("/root/", f"{tmp_path}/"))
        environment = {
            **os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "LOG": str(tmp_path / "log"),
            "ARTEFACTS": str(artefacts),
        }
        done = subprocess.run(
            ["bash", script], capture_output=True, text=True, env=environment, timeout=SCRIPT_SECONDS, check=False
        )
        return done, (tmp_path / "log").read_text(), tmp_path

    return run


@needs_terraform
def test_a_first_start_installs_the_bundle_with_its_secrets(first_start):
    done, log, folder = first_start(redis_host="10.1.0.20", proxies="203.0.113.0/24")
    assert done.returncode == 0, done.stderr
    (call,) = re.findall(r"^region (.*)$", log, re.MULTILINE)
    start = folder / "apus-first-start"
    assert call == (
        f"install --config {start}/apus.yaml --environment {start}/environment --region eu-central --role all"
        " --name eu.images.example --name img.images.example --proxies 203.0.113.0/24"
    )
    assert (folder / "log.environment").read_text().splitlines() == [
        "APUS_STORE_BUCKET=store", "AWS_REGION=eu-central-1", "REDIS_PASSWORD=0123456789abcdef", "SHOP_KEY=private",
        "APUS_REDIS_URL=redis://:0123456789abcdef@10.1.0.20:6379",
    ]
    assert not start.exists()


@needs_terraform
def test_names_are_proven_by_records_before_the_host_answers(first_start):
    done, log, _ = first_start(tls={**TLS, "email": "me@images.example"})
    assert done.returncode == 0, done.stderr
    (call,) = re.findall(r"^certbot (.*)$", log, re.MULTILINE)
    assert "--dns-route53 --domain eu.images.example --domain img.images.example" in call
    assert "--certificate /etc/letsencrypt/live/apus/fullchain.pem --key /etc/letsencrypt/live/apus/privkey.pem" in log


@needs_terraform
@pytest.mark.parametrize("name", ["one.tar.gz", "one.yaml"])
def test_what_is_not_what_it_should_be_is_not_run(first_start, name):
    done, log, _ = first_start(damage=lambda folder: (folder / name).write_bytes(b"something else"))
    assert done.returncode != 0
    assert "region" not in log


@needs_terraform
def test_workers_need_no_certificate(first_start):
    done, log, _ = first_start(role="worker", tls={**TLS, "email": "me@images.example"})
    assert done.returncode == 0, done.stderr
    assert "certbot" not in log and "--certificate" not in log and "--name" not in log


@needs_terraform
def test_a_first_start_without_its_secrets_fails(first_start):
    done, log, _ = first_start(damage=lambda folder: (folder / "environment").unlink())
    assert done.returncode != 0
    assert "region" not in log


# --- The example


def addresses_of(call, role):
    return [text_of(host["private_ip"]) for host in call["hosts"].values() if text_of(host["role"]) == role]


def environment_of(call):
    """What the module region gives to the hosts of a region of the example."""
    has_elasticache = "elasticache" in call
    values = {
        "data.aws_region.current.region": '"eu-central-1"',
        "var.elasticache": "{ nodes = 1 }" if has_elasticache else "null",
        "local.redis_url": '"redis://master.apus.euc1.cache.amazonaws.com:6379"' if has_elasticache else "null",
        "var.store": '{ bucket = "example-apus" }',
        "var.environment": '{ APUS_DISTRIBUTION = "E1234567890ABC" }',
    }
    expression = module(REGION).locals["environment"].removeprefix("${").removesuffix("}")
    for name, value in values.items():
        expression = expression.replace(name, value)
    return evaluate(expression)


@needs_terraform
@pytest.mark.parametrize("name", [name for name, call in module(EXAMPLE).calls.items() if "hosts" in call])
def test_the_configuration_of_the_example_is_good_in_each_region(first_start, name):
    """A host reads the file whole: what it says of other regions is checked there, too."""
    call = module(EXAMPLE).calls[name]

    def give_secrets(folder):
        secrets = {"APUS_REGION_SECRET": "0" * 64, "REDIS_PASSWORD": "1" * 32, "SHOP_KEY": "private"}
        (folder / "environment").write_text("".join(f"{key}={value}\n" for key, value in secrets.items()))

    done, _, folder = first_start(
        damage=give_secrets, region=name, environment=environment_of(call),
        redis_host="".join(addresses_of(call, "redis")),
    )
    assert done.returncode == 0, done.stderr
    # Of a name that is there twice the last value counts, as systemd has it.
    environment = dict(line.split("=", 1) for line in (folder / "log.environment").read_text().splitlines())
    checked = subprocess.run(
        [PROGRAM, "check", "--settings", EXAMPLE / "apus.yaml", "--region", name], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], **environment}, timeout=SCRIPT_SECONDS, check=False,
    )
    assert checked.returncode == 0, checked.stderr
    settings = dict(line.split("=", 1) for line in checked.stdout.splitlines())
    assert settings["hosts"].split() == [f"{address}:9000" for address in addresses_of(call, "worker")]
    assert "invalid" not in checked.stdout


@needs_terraform
def test_hosts_that_start_together_try_again_at_different_times(first_start):
    """Each proves the same names by records, which one overwrites for the other."""
    pauses = []
    for _ in range(2):
        done, log, folder = first_start(damage=lambda folder: (folder / "environment").unlink(missing_ok=True))
        assert done.returncode != 0
        pauses.append([int(seconds) for seconds in re.findall(r"^sleep (\d+)$", log, re.MULTILINE)])
        (folder / "log").unlink()
    assert pauses[0] != pauses[1]
    for tries in pauses:
        assert len(tries) == 9
        assert 15 <= tries[0] <= 45
        assert all(150 <= seconds <= 450 for seconds in tries[4:])
