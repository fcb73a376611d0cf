"""`apus check --probe` against every kind of origin, each a real part: what it finds, and what it says is wrong."""

import json
import os
import re
import subprocess
import urllib.parse
from contextlib import ExitStack

import pytest

from contract_kinds import KINDS
from instance import PROGRAM
from pictures import jpeg, quadrants
from ports import free_port

PICTURE = jpeg(quadrants())
NAME = "photos/a b.jpg"
PROBE_SECONDS = 60
# The parts that list what they have.
LISTING = {"DISK", "S3", "S3 (role)", "S3_COMPATIBLE", "S3_COMPATIBLE (TLS, path)", "S3_COMPATIBLE (Swift)"}
# What must never be seen.
SECRETS = ("secretKey", "privateKey", "sasToken", "clientSecret", "password")
KEY = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"


class Probed:
    def __init__(self, done, settings):
        self.status, self.text = done.returncode, done.stdout
        assert not done.stderr, done.stderr
        for name in SECRETS:
            secret = settings.get(name)
            if secret:
                assert secret.strip() not in self.text and secret.removeprefix("?") not in self.text

    @property
    def line(self):
        return next(line for line in self.text.splitlines() if line.startswith("demo/"))


class Part:
    """One kind, started, with one picture in it."""

    def __init__(self, kind, folder):
        self.kind, self.file = kind, folder / "probe.yaml"
        (folder / "part").mkdir(parents=True)
        self.part = kind.start(folder / "part")
        self.part.put(kind.spelled(kind.prefix + NAME), PICTURE, "image/jpeg")

    def check(self, *options, changed=None, network=None, timeouts=None):
        settings = {"id": "it", **self.part.settings(), **(changed or {})}
        configuration = {
            "timeouts": {"total": "10s", "connect": "3s", **(timeouts or {})},
            "network": {"allow": ["127.0.0.0/8"], **self.part.network, **(network or {})},
            "accounts": [{"id": "demo", "insecure": True, "origins": [settings]}],
        }
        self.file.write_text(json.dumps(configuration))
        return settings, subprocess.run(
            [PROGRAM, "check", *options, self.file],
            env={**os.environ, **self.part.environment()},
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=False,
        )

    def probe(self, *objects, **changes):
        settings, done = self.check("--probe", *(f"--object={one}" for one in objects), **changes)
        return Probed(done, settings)

    def url(self, name):
        path = urllib.parse.quote(self.kind.prefix + name)
        return self.kind.url(self.part, path, None)


@pytest.fixture(scope="module")
def parts(workplace):
    """Made as they are asked for."""
    made = {}
    with ExitStack() as stack:

        def part(name):
            if name not in made:
                kind = next(kind for kind in KINDS if kind.name == name)
                made[name] = Part(kind, workplace / f"probe-{kind.slug}")
                stack.callback(made[name].part.stop)
            return made[name]

        yield part


@pytest.fixture(params=[kind.name for kind in KINDS])
def any_part(request, parts):
    return parts(request.param)


def test_an_object_is_found_or_the_server_at_least(any_part):
    probed = any_part.probe()
    settings = any_part.part.settings()
    if settings["type"] == "WEB_PROXY":
        assert (probed.status, "not asked" in probed.line) == (0, True), probed.text
    elif any_part.kind.missing == "EACCES":
        # Credentials that may not list, and to which a missing object looks forbidden: nobody can tell without a name.
        assert (probed.status, "permission: " in probed.line) == (1, True), probed.text
        assert "AccessDenied" in probed.line and "s3:ListBucket" in probed.text
    else:
        assert (probed.status, "  ok  " in probed.line) == (0, True), probed.text
        if any_part.kind.name in LISTING:
            assert re.search(rf"photos/a%20b\.jpg: {len(PICTURE)} bytes, \d+ ms$", probed.line), probed.text


def test_an_object_that_is_named_is_read(any_part):
    probed = any_part.probe(f"it={any_part.url(NAME)}")
    assert (probed.status, "  ok  " in probed.line) == (0, True), probed.text
    assert f": {len(PICTURE)} bytes, " in probed.line


def test_an_object_that_is_missing_is_named(any_part):
    url = any_part.url("photos/nothing.jpg")
    probed = any_part.probe(f"it={url}")
    part, sentence = (
        ("permission", "AccessDenied") if any_part.kind.missing == "EACCES" else ("path", f"there is no object {url}")
    )
    assert (probed.status, f"FAILED  {part}: " in probed.line) == (1, True), probed.text
    assert sentence in probed.line


def test_a_port_where_nobody_listens_is_named(any_part):
    place = next((name for name in ("endpoint", "baseUrl") if name in any_part.part.settings()), None)
    if place is None:
        pytest.skip("the kind has no server of its own in its settings")
    port = free_port()
    probed = any_part.probe(changed={place: f"http://localhost:{port}"})
    assert (probed.status, "FAILED  connection: nobody listens on " in probed.line) == (1, True), probed.text
    assert f"localhost:{port}" in probed.line and "127.0.0.1" in probed.text


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        ("S3_COMPATIBLE", {"accessKey": "AKIANOBODYKNOWSTHIS0"}, ["InvalidAccessKeyId", "accessKey"]),
        ("S3_COMPATIBLE", {"secretKey": "not-the-secret-of-it"}, ["SignatureDoesNotMatch", "secretKey"]),
        ("GCS", {"clientEmail": "nobody@project.example"}, ["refuses to sign us in", "clientEmail"]),
        ("AZURE_BLOB", {"sasToken": "?sv=2024-11-04&sp=r&sr=c&se=2020-01-01T00%3A00%3A00Z&sig=eA%3D%3D"},
         ["sasToken is refused", "it ends at 2020-01-01"]),
        ("AKENEO_PIM", {"password": "not-the-password"}, ["refuses to sign us in", "password those of its user"]),
    ],
)  # fmt: skip
def test_credentials_that_are_wrong_are_named(parts, kind, changed, words):
    probed = parts(kind).probe(changed=changed)
    assert (probed.status, "FAILED  credentials: " in probed.line) == (1, True), probed.text
    for word in words:
        assert word in probed.text


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        # To a user who has no right there, no bucket is told from another's.
        ("S3_COMPATIBLE", "bucket", "permission: "),
        ("GCS", "bucket", "path: there is no bucket nothing-of-that-name at "),
        # A signature is for one container.
        ("AZURE_BLOB", "container", "credentials: "),
    ],
)
def test_a_bucket_that_is_missing_is_named(parts, kind, name, words):
    probed = parts(kind).probe(changed={name: "nothing-of-that-name"})
    assert (probed.status, f"FAILED  {words}" in probed.line) == (1, True), probed.text


def test_a_certificate_that_nobody_trusts_is_named(parts):
    part = parts("WEB_FOLDER (TLS)")
    probed = part.probe(network={"caFile": ""})
    assert (probed.status, "FAILED  TLS: " in probed.line) == (1, True), probed.text
    assert "network.caFile" in probed.text


def test_a_host_that_is_not_known_is_named(parts):
    probed = parts("WEB_FOLDER").probe(changed={"baseUrl": "http://shop.invalid/media"})
    assert probed.status == 1, probed.text
    assert "FAILED  name: the host name shop.invalid is not known" in probed.line, probed.text


def test_settings_of_which_no_origin_can_be_made_are_named_with_their_place(parts):
    _, done = parts("GCS").check(changed={"privateKey": KEY})
    assert done.returncode == 1
    assert done.stderr.startswith("accounts[0].origins[0].privateKey: has to be an RSA key"), done.stderr
    assert "MIIB" not in done.stderr + done.stdout
