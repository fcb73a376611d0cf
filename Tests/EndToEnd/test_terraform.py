"""deploy/terraform: the files' form and facts, and, where the provider of AWS can be had, what Terraform says of it and
makes of it at moto's server."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys

import boto3
import pytest

from instance import REPOSITORY, wait_for
from ports import free_port
from terraform_files import (
    ARTEFACTS, EXAMPLE, FOLDER, GLOBAL, MODULES, REGION, TERRAFORM, module, needs_terraform, text_of,
)

every_module = pytest.mark.parametrize("folder", MODULES, ids=lambda folder: folder.name)


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


def test_every_host_is_known_to_who_upgrades_it():
    its = module(REGION)
    assert "aws_key_pair.ssh" in its.of("aws_instance")["host"]["key_name"]
    assert {"public_key", "ssh_networks"} <= set(module(EXAMPLE).variables)
    assert "aws_instance.host" in its.outputs["public_addresses"]["value"]
    assert len(module(EXAMPLE).outputs["hosts"]["value"]) == 6


def test_misses_reach_the_region_nearest_to_the_user():
    assert "shield" not in module(EXAMPLE).calls["global"]["cdn"]


def test_secrets_state_and_bundle_of_the_example_are_not_committed(tmp_path):
    shutil.copy(EXAMPLE / ".gitignore", tmp_path)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    names = [
        "secrets", "plan", "terraform.tfvars", "terraform.tfstate", "terraform.tfstate.backup", "apus.tar.gz",
        ".terraform/providers",
    ]
    done = subprocess.run(
        ["git", "check-ignore", *names, "main.tf", "apus.yaml", ".terraform.lock.hcl"], cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )
    assert done.stdout.split() == names


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
