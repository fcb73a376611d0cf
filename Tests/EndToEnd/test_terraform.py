"""deploy/terraform: the files' form and facts; what its programs do when they run; and, where the provider of AWS can be
had, what Terraform says of it and makes of it at moto's server."""

import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys

import boto3
import pytest

from instance import REPOSITORY, free_port, wait_for
from terraform_files import FOLDER, MODULES, TERRAFORM, evaluate, module, text_of

REGION, GLOBAL, ARTEFACTS = (FOLDER / "modules" / name for name in ("region", "global", "artefacts"))
EXAMPLE = FOLDER / "examples" / "six-regions"
needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="the program terraform is not installed")
every_module = pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)
SCRIPT_SECONDS = 60


# --- The files


@needs_terraform
def test_the_files_have_terraforms_own_form():
    done = subprocess.run(
        [TERRAFORM, "fmt", "-check", "-recursive", "-diff", FOLDER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_there_are_all_modules():
    assert {folder.name for folder in MODULES} == {"region", "global", "artefacts", "six-regions"}


@every_module
def test_variables_and_outputs_are_explained_and_typed(folder):
    for name, body in module(folder).variables.items():
        assert body.get("description"), name
        assert body.get("type"), name
    for name, body in module(folder).outputs.items():
        assert body.get("description"), name


@every_module
def test_what_is_used_is_there_and_the_other_way_round(folder):
    its = module(folder)
    assert its.references("var") == set(its.variables)
    assert its.references("local") == set(its.locals)
    assert its.references("module") == set(its.calls) & its.references("module")
    there = set(its.resources) | {(f"data.{kind}", name) for kind, name in its.data}
    assert its.resource_references() <= there
    for kind, name in its.data:
        assert (f"data.{kind}", name) in its.resource_references(), f"data.{kind}.{name} is not used"


def test_modules_are_given_what_they_need_and_nothing_else():
    for name, call in module(EXAMPLE).calls.items():
        called = module((EXAMPLE / text_of(call["source"])).resolve())
        given = {key for key in call if not key.startswith("__")} - {"source", "providers"}
        needed = {key for key, body in called.variables.items() if "default" not in body}
        assert needed <= given, (name, needed - given)
        assert given <= set(called.variables), (name, given - set(called.variables))
        assert call["providers"], name


def test_outputs_of_modules_that_are_used_are_there():
    calls = module(EXAMPLE).calls
    for name, output in re.findall(r"module\.([\w-]+)\.([\w-]+)", module(EXAMPLE).code):
        called = module((EXAMPLE / text_of(calls[name]["source"])).resolve())
        assert output in called.outputs, (name, output)


def test_six_regions_with_a_provider_each():
    calls = {name: call for name, call in module(EXAMPLE).calls.items() if text_of(call["source"]).endswith("region")}
    assert len(calls) == 6
    providers = [str(call["providers"]) for call in calls.values()]
    networks = [str(call["network"]) for call in calls.values()]
    assert len(set(providers)) == len(set(networks)) == 6
    declared = set(re.findall(r'alias\s*=\s*"([\w-]+)"', (EXAMPLE / "providers.tf").read_text()))
    assert len(declared) == 6
    assert set(re.findall(r"aws\.([a-z]+-[a-z]+-\d)", (EXAMPLE / "main.tf").read_text())) == declared


# --- Facts


def test_the_store_keeps_pictures_for_180_days_and_purges_for_good():
    (rules,) = (body["rule"] for body in module(REGION).of("aws_s3_bucket_lifecycle_configuration").values())
    expired = {
        text_of(rule["filter"][0]["prefix"]): rule["expiration"][0]["days"] for rule in rules if "expiration" in rule
    }
    assert expired == {"variants/": "${var.store.days}", "originals/": "${var.store.days}"}
    assert re.search(r"days\s*=\s*optional\(number, 180\)", module(REGION).texts["variables.tf"])
    kept = REPOSITORY / "Sources/Storage/S3Store.swift"
    assert set(re.findall(r'"(\w+/)"\n', kept.read_text())) == {*expired, "purges/"}


@pytest.mark.parametrize("folder", [REGION, ARTEFACTS], ids=lambda folder: folder.name)
def test_buckets_are_private_and_encrypted(folder):
    its = module(folder)
    for name in its.of("aws_s3_bucket"):
        block = its.of("aws_s3_bucket_public_access_block")[name]
        for key in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            assert block[key] is True
        assert name in its.of("aws_s3_bucket_server_side_encryption_configuration")
        assert name in its.of("aws_s3_bucket_ownership_controls")


def test_only_https_and_http_are_open_to_the_world():
    rules = module(REGION).of("aws_vpc_security_group_ingress_rule")
    world = {name for name, body in rules.items() if text_of(body.get("cidr_ipv4", "")) == "0.0.0.0/0"}
    assert world == {"https", "http"}
    assert {(rules[name]["from_port"], rules[name]["to_port"]) for name in world} == {(443, 443), (80, 80)}
    for name, port in (("fastcgi", 9000), ("redis", 6379)):
        assert rules[name]["from_port"] == rules[name]["to_port"] == port
        assert rules[name]["referenced_security_group_id"] == rules[name]["security_group_id"]
        assert "cidr_ipv4" not in rules[name] and "cidr_ipv6" not in rules[name]
    for group in module(REGION).of("aws_security_group").values():
        assert "ingress" not in group and "egress" not in group


def test_instances_give_credentials_to_session_tokens_of_the_host_alone():
    (host,) = module(REGION).of("aws_instance").values()
    (options,) = host["metadata_options"]
    assert text_of(options["http_tokens"]) == "required"
    assert options["http_put_response_hop_limit"] == 1
    (disk,) = host["root_block_device"]
    assert disk["encrypted"] is True


def test_a_host_that_runs_is_never_replaced_by_a_newer_image_or_bundle():
    (host,) = module(REGION).of("aws_instance").values()
    assert {"ami", "user_data_base64"} <= {re.sub(r"\W", "", word) for word in host["lifecycle"][0]["ignore_changes"]}


def test_redis_by_elasticache_is_without_tls_and_out_of_reach():
    (redis,) = module(REGION).of("aws_elasticache_replication_group").values()
    assert redis["transit_encryption_enabled"] is False
    assert redis["security_group_ids"] == ["${aws_security_group.hosts.id}"]
    (group,) = module(REGION).of("aws_elasticache_subnet_group").values()
    assert "private_subnets" in group["subnet_ids"]
    routed = module(REGION).of("aws_route_table_association")
    assert list(routed) == ["public"]


def test_the_role_has_no_more_rights_than_named_here():
    text = re.sub(r"(?m)^ *variable = .*$", "", module(REGION).texts["role.tf"])
    actions = set(re.findall(r'"((?:s3|ssm|kms|cloudfront|route53|ec2|iam|sts):[A-Za-z*]+)"', text))
    assert actions == {
        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "ssm:GetParameter", "kms:Decrypt",
        "cloudfront:CreateInvalidation", "cloudfront:GetInvalidation", "route53:ChangeResourceRecordSets",
        "route53:ListHostedZones", "route53:GetChange", "sts:AssumeRole",
    }
    assert text.count('resources = ["*"]') == 1


def test_the_cdn_keeps_by_what_an_answer_depends_on_and_no_errors_of_its_own():
    its = module(GLOBAL)
    (policy,) = its.of("aws_cloudfront_cache_policy").values()
    (key,) = policy["parameters_in_cache_key_and_forwarded_to_origin"]
    headers = [text_of(name) for name in key["headers_config"][0]["headers"][0]["items"]]
    assert headers == ["Accept", "Host", "Sec-CH-DPR", "Sec-CH-Width"]
    assert text_of(key["query_strings_config"][0]["query_string_behavior"]) == "all"
    assert text_of(key["cookies_config"][0]["cookie_behavior"]) == "none"
    assert policy["min_ttl"] == policy["default_ttl"] == 0
    (distribution,) = its.of("aws_cloudfront_distribution").values()
    assert text_of(distribution["http_version"]) == "http2and3"
    assert "error_caching_min_ttl = 0" in its.texts["distribution.tf"]
    (origin,) = (origin["custom_origin_config"][0] for origin in distribution["origin"])
    assert text_of(origin["origin_protocol_policy"]) == "https-only"


def test_names_lead_to_regions_that_are_well():
    records = module(GLOBAL).of("aws_route53_record")
    assert "health_check_id" in records["front"]
    for name in ("nearest", "home", "home_away"):
        assert records[name]["alias"][0]["evaluate_target_health"] is True
    assert "latency_routing_policy" in records["nearest"]
    assert [text_of(records[name]["failover_routing_policy"][0]["type"]) for name in ("home", "home_away")] == [
        "PRIMARY", "SECONDARY",
    ]


# --- The user data, rendered by Terraform's own template language

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
    return evaluate(f"templatefile({json.dumps(str(template))}, jsondecode({json.dumps(json.dumps(values))}))", "/")


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
    "sleep": ":",
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


# --- The function at CloudFront, against what nginx does for its own cache

NODE = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(NODE is None, reason="node, which runs CloudFront's function here, is not installed")


def reduced(*requests, width_names=(), pixel_ratio_names=()):
    """The requests' headers as the function leaves them."""
    code = (GLOBAL / "reduce.js.tftpl").read_text()
    code = code.replace("${width_names}", json.dumps(list(width_names)))
    code = code.replace("${pixel_ratio_names}", json.dumps(list(pixel_ratio_names)))
    assert "${" not in code
    program = f"""{code}
var requests = {json.dumps(requests)};
console.log(JSON.stringify(requests.map(function (request) {{
    return handler({{ version: '1.0', request: request }}).headers;
}})));"""
    done = subprocess.run(
        [NODE, "-"], input=program, capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def request(path="/demo/a.jpg", query=None, **headers):
    return {
        "method": "GET", "uri": path, "querystring": query or {},
        "headers": {name.replace("_", "-"): {"value": value} for name, value in headers.items()},
    }


def nginx_bucket(accept):
    """By the expressions that stand in nginx/accept.conf."""
    text = (REPOSITORY / "nginx/accept.conf").read_text()
    found = [
        kind for pattern, kind in re.findall(r'"~\*(.+)" "(image/\w+)";', text) if re.search(pattern, accept, re.I | re.A)
    ]
    assert len(re.findall(r'"~\*', text)) == 2
    return ",".join(sorted(found))


ACCEPTS = [
    "", "*/*", "image/*", "image/avif", "image/webp", "image/avif,image/webp", "image/webp,image/avif",
    "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "IMAGE/WEBP", "image/webp;q=0", "image/webp;q=0.0", "image/webp; q=0.000", "image/webp;q=0.1", "image/webp; Q=0",
    "image/webp;q = 0", "image/avif;q=0,image/webp", "image/avif ; q=1 , image/webp ; q=0", "image/webp;level=1;q=0",
    "image/webp;q=0;level=1", "image/webpx", "ximage/webp", "image/webp x", "image/webp;", "image/webp;;q=0", ";image/webp",
    "image/png,,image/webp", "image/webp;q=00", "image/webp;q=0x", "image/webp;q=", "image/avif\t;q=0", "\timage/avif",
]
PIECES = ["image/avif", "image/webp", "*/*", ";q=0", ";q=0.5", "; q=0.0", ",", ", ", " ", ";a=b"]


@needs_node
def test_accept_is_reduced_to_nginx_buckets():
    accepts = ACCEPTS + ["".join(words) for words in itertools.product(PIECES, repeat=4)]
    answers = reduced(*(request(accept=accept) for accept in accepts))
    for accept, headers in zip(accepts, answers):
        assert headers["accept"]["value"] == (nginx_bucket(accept) or "*/*"), accept


@needs_node
def test_a_missing_accept_and_one_that_came_twice():
    twice = request()
    twice["headers"]["accept"] = {
        "value": "image/png", "multiValue": [{"value": "image/png"}, {"value": "image/webp"}]
    }
    assert [headers["accept"]["value"] for headers in reduced(request(), twice)] == ["*/*", "image/webp"]


W, D, BOTH = "/demo/tr:w-auto/a.jpg", "/demo/tr:dpr-auto,w-9/a.jpg", "/demo/tr:w-auto,dpr-auto/a.jpg"
HINTS = [
    (W, {"sec_ch_width": "201"}, "300", None),
    (W, {"sec_ch_width": "300"}, "300", None),
    (W, {"sec_ch_width": "1"}, "100", None),
    (W, {"width": "0640"}, "700", None),
    (W, {"sec_ch_width": "200", "width": "900"}, "200", None),
    (W, {"sec_ch_width": "8001"}, "8000", None),
    (W, {"sec_ch_width": "99999999999999999999"}, "8000", None),
    (W, {"sec_ch_width": "0"}, None, None),
    (W, {"sec_ch_width": "wide"}, None, None),
    (W, {"sec_ch_dpr": "2"}, None, None),
    (D, {"sec_ch_dpr": "1.3"}, None, "1.5"),
    (D, {"sec_ch_dpr": "2.0"}, None, "2"),
    (D, {"dpr": ".4"}, None, "0.5"),
    (D, {"dpr": "17"}, None, "5"),
    (D, {"dpr": "0"}, None, None),
    (D, {"dpr": "1e3"}, None, None),
    (D, {"sec_ch_width": "300"}, None, None),
    (BOTH, {"sec_ch_width": "201", "sec_ch_dpr": "1.3"}, "201", "1.3"),
    (BOTH, {"sec_ch_width": "201", "sec_ch_dpr": "2.62517"}, "201", "2.625"),
    (BOTH, {"sec_ch_dpr": "1.3"}, None, "1.5"),
    ("/demo/a.jpg", {"sec_ch_width": "201", "sec_ch_dpr": "2", "dpr": "2", "width": "9"}, None, None),
]


@needs_node
def test_hints_stay_where_the_url_asks_for_them():
    answers = reduced(*(request(path, **hints) for path, hints, _, _ in HINTS))
    for (path, hints, width, ratio), headers in zip(HINTS, answers):
        said = [headers.get(name, {}).get("value") for name in ("sec-ch-width", "sec-ch-dpr")]
        assert said == [width, ratio], (path, hints)
        assert "width" not in headers and "dpr" not in headers


@needs_node
def test_hints_are_asked_for_in_queries_and_by_names_too():
    by_query = request("/demo/a.jpg", {"tr": {"value": "w-auto"}}, sec_ch_width="201")
    by_name = request("/demo/tr:n-fluid/a.jpg", sec_ch_width="201", sec_ch_dpr="1.3")
    first, second = reduced(by_query, by_name, width_names=["fluid"], pixel_ratio_names=["sharp"])
    assert first["sec-ch-width"]["value"] == second["sec-ch-width"]["value"] == "300"
    assert "sec-ch-dpr" not in second


# --- With the provider of AWS


def terraform(folder, *words, **environment):
    return subprocess.run(
        [TERRAFORM, *words, "-no-color"], cwd=folder, capture_output=True, text=True, timeout=900, check=False,
        env={**os.environ, "TF_IN_AUTOMATION": "1", **environment},
    )


@pytest.fixture(scope="module")
def initialised(tmp_path_factory):
    """A copy of deploy/terraform where `terraform init` has found the provider."""
    if TERRAFORM is None:
        pytest.skip("the program terraform is not installed")
    folder = tmp_path_factory.mktemp("terraform") / "terraform"
    shutil.copytree(FOLDER, folder)
    done = terraform(folder / "examples/six-regions", "init", "-input=false")
    if done.returncode != 0:
        reason = re.search(r"(?m)^Error: (.*)", done.stderr + done.stdout)
        pytest.skip(f"terraform init finds no AWS provider: {reason[1] if reason else done.stderr[-200:]}")
    return folder / "examples/six-regions"


def test_terraform_finds_the_files_valid(initialised):
    done = terraform(initialised, "validate")
    assert done.returncode == 0, done.stderr


# An image that moto knows in every region.
MOTO_IMAGE = "ami-12c6146b"
PROVIDER_AT_MOTO = """  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
"""


@pytest.fixture
def aws(initialised, tmp_path):
    """moto's server in place of AWS; gives the example's variables."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)])
    try:
        wait_for(lambda: is_open(port), what="moto's server")
        services = ("acm", "cloudfront", "ec2", "elasticache", "iam", "route53", "s3", "ssm", "sts")
        lines = "".join(f'    {name} = "http://127.0.0.1:{port}"\n' for name in services)
        overriding = "".join(
            f'provider "aws" {{\n  alias = "{name}"\n  region = "{name}"\n{PROVIDER_AT_MOTO}'
            f"  endpoints {{\n{lines}  }}\n}}\n"
            for name in re.findall(r'alias\s*=\s*"([\w-]+)"', (initialised / "providers.tf").read_text())
        )
        overriding += "".join(
            f'module "{name}" {{\n  ami = "{MOTO_IMAGE}"\n}}\n'
            for name, call in module(EXAMPLE).calls.items() if text_of(call["source"]).endswith("/region")
        )
        (initialised / "moto_override.tf").write_text(overriding)
        (tmp_path / "bundle.tar.gz").write_bytes(b"a bundle")
        route53 = boto3.client(
            "route53", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        zone = route53.create_hosted_zone(Name="images.example", CallerReference="test")["HostedZone"]["Id"]
        yield {
            "TF_VAR_domain": "images.example", "TF_VAR_email": "me@images.example", "TF_VAR_bucket_prefix": "example",
            "TF_VAR_zone_id": zone.rpartition("/")[2], "TF_VAR_bundle_file": str(tmp_path / "bundle.tar.gz"),
        }
    finally:
        server.terminate()
        server.wait(20)


def is_open(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_plan_of_six_regions(initialised, aws):
    done = terraform(initialised, "plan", "-input=false", "-out=plan", **aws)
    assert done.returncode == 0, done.stderr
    plan = json.loads(terraform(initialised, "show", "-json", "plan").stdout)
    made = [change["type"] for change in plan["resource_changes"] if change["change"]["actions"] == ["create"]]
    assert made.count("aws_instance") == 12
    assert made.count("aws_s3_bucket") == 7
    assert made.count("aws_cloudfront_distribution") == 1


def test_six_regions_are_made_at_moto(initialised, aws):
    done = terraform(initialised, "apply", "-input=false", "-auto-approve", **aws)
    assert done.returncode == 0, done.stderr
