"""Buckets that refuse, mislead or fail (row C18 of the list of abuses); and no origin, whatever it answers, makes us
tell its credentials to anybody."""

import itertools
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from conftest import endpoint, web
from hostile_origin import HostileOrigin
from instance import PROGRAM, Instance, command_of, session_of, wait_for
from s3_server import S3Server
from scripted_origin import FIRST
from sites import shows
from trapped_origin import GOOD, TrappedOrigin, answers, closes, drips, floods, head, stays_silent, whole

TIMEOUTS = {"total": "6s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"}
CACHE = {"edgeAge": "1s", "errorAge": "1s"}
FLOOD_BYTES = 1 << 24
# Buckets that are tried at a time.
AT_ONCE = 8


def written(path, origins, **changes):
    account = {
        "id": "demo",
        "publicKey": "public_test",
        "privateKeys": ["private_test_key"],
        "origins": origins,
        "urlEndpoints": [endpoint(one["id"], one["id"]) for one in origins],
    }
    path.write_text(json.dumps({"timeouts": TIMEOUTS, "cache": CACHE, "accounts": [account], **changes}))
    return path


# --- C18: what a bucket may answer


def refusal(status, code, *lines, details=""):
    body = f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>no</Message>{details}</Error>'.encode()
    return answers(whole(body, "Content-Type: application/xml", *lines, status=status))


BOMB = "<!DOCTYPE Error [<!ENTITY a '" + "x" * 1000 + "'>" + "".join(
    f"<!ENTITY {one} '{f'&{before};' * 20}'>" for before, one in itertools.pairwise("abcdefgh")
) + "]><Error><Code>&h;</Code></Error>"  # fmt: skip
# By its name: what it answers, the code of the answer, and how often it is asked.
BUCKETS = {
    "no such key": (refusal("404 Not Found", "NoSuchKey"), "ENOENT", 1),
    "no such bucket": (refusal("404 Not Found", "NoSuchBucket"), "UNIDENTIFIED", 1),
    "access denied": (refusal("403 Forbidden", "AccessDenied"), "EACCES", 1),
    "wrong key": (refusal("403 Forbidden", "InvalidAccessKeyId"), "EACCES", 1),
    "wrong secret": (refusal("403 Forbidden", "SignatureDoesNotMatch"), "EACCES", 1),
    "archived": (refusal("403 Forbidden", "InvalidObjectState"), "EACCES", 1),
    "expired token": (refusal("400 Bad Request", "ExpiredToken"), "EACCES", 1),
    "always overloaded": (refusal("503 Slow Down", "SlowDown"), "UNIDENTIFIED", 2),
    "always broken": (refusal("500 Internal Error", "InternalError"), "UNIDENTIFIED", 2),
    "without document": (answers(whole(b"", status="403 Forbidden")), "EACCES", 1),
    "an endless document": (floods(b"<Code>" + b"x" * 65536, head(status="403 Forbidden")), "EACCES", 1),
    "a dripping document": (drips(b"<Error>", head(status="403 Forbidden")), None, 1),
    "a document that is a bomb": (answers(whole(BOMB.encode(), status="403 Forbidden")), "EACCES", 1),
    "a document that is none": (answers(whole(bytes(range(256)) * 16, status="403 Forbidden")), "EACCES", 1),
    "another region for ever": (
        refusal("400 Bad", "AuthorizationHeaderMalformed", "x-amz-bucket-region: eu-west-1"), "UNIDENTIFIED", 2),
    "a region that is none": (
        refusal("301 Moved", "PermanentRedirect", "x-amz-bucket-region: evil.example/#"), "UNIDENTIFIED", 1),
    "another endpoint": (
        refusal("301 Moved", "PermanentRedirect", details="<Endpoint>evil.example</Endpoint>"), "UNIDENTIFIED", 1),
    "an odd clock for ever": (
        refusal("403 Forbidden", "RequestTimeTooSkewed", "Date: Fri, 31 Dec 9999 23:59:59 GMT"), "EACCES", 2),
    "closes": (closes(), "UNIDENTIFIED", 2),
    "is silent": (stays_silent(), "ETIMEDOUT", 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def buckets(workplace):
    made = {case: TrappedOrigin() for case in BUCKETS}
    secure = {"right": S3Server(), "ahead": S3Server(), "far": S3Server(region="eu-south-2"), "gone": S3Server()}
    secure["ahead"].clock_ahead = 3600
    for server in secure.values():
        server.objects["a.jpg"] = GOOD
    origins = [
        {
            "id": f"b{number}", "type": "S3_COMPATIBLE", "endpoint": origin.base, "bucket": "page",
            "accessKey": "AKIAHOSTILE", "secretKey": "hostile-secret", "s3ForcePathStyle": True,
        }
        for number, origin in enumerate(made.values())
    ]  # fmt: skip
    origins += [{"id": name, **server.configuration()} for name, server in secure.items()]
    secure["gone"].bucket = "elsewhere"
    instance = Instance(written(workplace / "buckets.yaml", origins), workplace / "buckets")
    try:
        instance.up()
        yield instance, made, secure
    finally:
        instance.down()
        for server in (*made.values(), *secure.values()):
            server.stop()


def refused(buckets, number, case):
    """The answer, how long it took, how often the bucket was asked, and what came once the bucket was well."""
    instance, made, _ = buckets
    origin, path = made[case], f"/demo/b{number}/tr:w-40,f-png/a.jpg"
    origin.traps["a.jpg"] = BUCKETS[case][0]
    started = time.monotonic()
    answer = instance.get(path)
    seconds, count = time.monotonic() - started, origin.count()
    del origin.traps["a.jpg"]
    origin.put("a.jpg")
    try:
        healed = wait_for(lambda: (now := instance.get(path)).status == 200 and now)
    except AssertionError:
        healed = None
    return answer, seconds, count, healed


@pytest.fixture(scope="module")
def refusals(buckets):
    """All of them, several at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {case: pool.submit(refused, buckets, number, case) for number, case in enumerate(BUCKETS)}
        return {case: future.result() for case, future in futures.items()}


@pytest.mark.parametrize("case", BUCKETS)
def test_c18_a_bucket_s_refusal_has_its_code(refusals, case):
    _, code, expected_count = BUCKETS[case]
    answer, seconds, count, healed = refusals[case]
    assert answer.status == 404 and answer.error in ((code,) if code else ("EACCES", "ETIMEDOUT")), answer
    assert seconds < 7.5
    assert len(answer.body) < 200 and b"/" not in answer.body
    assert count == expected_count
    assert healed and shows(healed, FIRST), "it is not well again"


def test_c18_what_passes_is_waited_for(buckets, refusals):
    """Overloaded once; the next answer is good."""
    instance, made, _ = buckets
    origin = made["always overloaded"]
    turns = itertools.count()
    first, good = BUCKETS["always overloaded"][0], answers(whole(GOOD))
    origin.traps["once.jpg"] = lambda victim: (first if next(turns) == 0 else good)(victim)
    answer = instance.get(f"/demo/b{list(BUCKETS).index('always overloaded')}/tr:w-40,f-png/once.jpg")
    assert answer.status == 200 and origin.count("once") == 2, answer


@pytest.mark.parametrize("name", ["right", "ahead", "far"])
def test_c18_a_clock_or_region_that_is_off_is_learned(buckets, name):
    instance, _, secure = buckets
    answer = instance.get(f"/demo/{name}/tr:w-40,f-png/a.jpg")
    assert answer.status == 200 and shows(answer, FIRST), answer
    if name == "ahead":
        secure[name].objects["b.jpg"] = GOOD
        before = secure[name].count()
        assert instance.get(f"/demo/{name}/tr:w-40,f-png/b.jpg").status == 200
        assert secure[name].count() == before + 1


def test_c18_a_bucket_that_is_not_there(buckets):
    answer = buckets[0].get("/demo/gone/tr:w-40,f-png/a.jpg")
    assert (answer.status, answer.error) == (404, "UNIDENTIFIED"), answer


# --- Credentials


SECRETS = {
    "accessKey": "AKIAQWERTYSECRET",
    "secretKey": "s3cr3t/of+the=bucket",
    "sas": "c2FzLXNpZ25hdHVyZQ",
    "clientId": "1_akeneoclientsecret",
    "clientSecret": "akeneo-client-secret",
    "username": "akeneo-user-secret",
    "password": "akeneo pass&word",
    "privateKey": "private_key_of_the_account",
    "olderKey": "private_older_of_the_account",
    "storeKey": "AKIASTORESECRET",
    "storeSecret": "s3cr3t-of-the-store",
    "accessToken": "access-token-given-out",
    "refreshToken": "refresh-token-given-out",
    "regionSecret": "secret-between-the-regions",
}
WAYS = ["echo-403", "echo-500", "echo-200", "redirect", "garbage", "cut", "flood"]


class EchoingOrigin(HostileOrigin):
    """Says back all that it was asked with, in every place where something of it might be believed or logged."""

    def __init__(self):
        self.way = WAYS[0]
        self.gives_tokens = False
        self.heard = []
        super().__init__()

    def _answer_next(self, connection, stream):
        line = stream.readline()
        if not line.strip():
            return False
        lines, length = [], 0
        while (header := stream.readline()).strip():
            lines.append(header)
            name, _, value = header.partition(b":")
            length = int(value) if name.strip().lower() == b"content-length" else length
        said = line + b"".join(lines) + stream.read(length)
        self.heard.append(said)
        if b"token" in line.split()[1] and self.gives_tokens:
            token = {
                "access_token": SECRETS["accessToken"], "refresh_token": SECRETS["refreshToken"], "expires_in": 3600,
                "token_type": "bearer",
            }  # fmt: skip
            connection.sendall(whole(json.dumps(token).encode(), "Content-Type: application/json"))
            return True
        self._echo(connection, line.split()[1].decode("latin-1"), said)
        return False

    def _echo(self, connection, target, said):
        told = quote(said, safe=" :=+;&?%,.")[:4000]
        lines = [
            f'ETag: "{told[:100]}"',
            f"X-Echo: {told}",
            f"Content-Type: {told[:200]}",
            f"x-amz-bucket-region: {told}",
        ]
        if self.way.startswith("echo"):
            document = b"<Error><Code>" + said + b"</Code><StringToSign>" + said + b"</StringToSign></Error>"
            connection.sendall(whole(document, *lines, status=f"{self.way[5:]} {told}"))
        elif self.way == "redirect":
            connection.sendall(whole(said, f"Location: {target}/x?{told}", *lines, status="302 Found"))
        elif self.way == "garbage":
            connection.sendall(said)
        elif self.way == "cut":
            connection.sendall(head(f"Content-Length: {len(said) + 5}", *lines) + said)
        else:
            connection.sendall(head(*lines) + said * (1 + FLOOD_BYTES // len(said)))


def private_key_pem():
    key = rsa.generate_private_key(65537, 2048)
    forms = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*forms).decode()


@pytest.fixture(scope="module")
def told(workplace):
    """An instance with credentials of every kind, its origin, and the words that nobody may ever see."""
    origin, pem = EchoingOrigin(), private_key_pem()
    sas = f"?sv=2022-11-02&sp=r&sig={SECRETS['sas']}%3D"
    bucket = {"bucket": "b", "accessKey": SECRETS["accessKey"], "secretKey": SECRETS["secretKey"]}
    base = origin.base
    origins = [
        {"id": "s3c", "type": "S3_COMPATIBLE", "endpoint": base, "s3ForcePathStyle": True, **bucket},
        {"id": "s3", "type": "S3", "endpoint": base, **bucket},
        {"id": "gcs", "type": "GCS", "bucket": "b", "clientEmail": "a@b.example", "privateKey": pem, "endpoint": base},
        {"id": "azure", "type": "AZURE_BLOB", "accountName": "a", "container": "c", "sasToken": sas, "endpoint": base},
        {
            "id": "akeneo", "type": "AKENEO_PIM", "baseUrl": base,
            **{name: SECRETS[name] for name in ("clientId", "clientSecret", "username", "password")},
        },
        web("folder", base),
    ]  # fmt: skip
    store = {
        "type": "S3_COMPATIBLE", "endpoint": base, "bucket": "store", "accessKey": SECRETS["storeKey"],
        "secretKey": SECRETS["storeSecret"], "s3ForcePathStyle": True,
    }  # fmt: skip
    path = written(workplace / "told.yaml", origins, store=store, regionSecret=SECRETS["regionSecret"])
    changed = json.loads(path.read_text())
    changed["accounts"][0]["privateKeys"] = [SECRETS["privateKey"], SECRETS["olderKey"]]
    path.write_text(json.dumps(changed))
    words = [*SECRETS.values(), *(quote(one, safe="") for one in SECRETS.values()), *pem.splitlines()[1:-1]]
    instance = Instance(path, workplace / "told")
    try:
        instance.up()
        yield instance, origin, [word for word in words if len(word) > 10]
    finally:
        instance.down()
        origin.stop()


KINDS = ["s3c", "s3", "gcs", "azure", "akeneo", "folder"]


def test_credentials_are_told_to_nobody(told):
    """Every kind of origin, while the origin says all of them back in every way and place it can think of."""
    instance, origin, words = told
    answers_seen = []
    for number, (way, gives) in enumerate([*((way, True) for way in WAYS), ("echo-403", False), ("redirect", False)]):
        origin.way, origin.gives_tokens = way, gives
        for kind, name in itertools.product(KINDS, (f"tr:w-40/media-files/{number}.jpg", f"media-files/{number}.bin")):
            answers_seen.append(instance.get(f"/demo/{kind}/{name}"))
    heard = b"".join(origin.heard).decode("latin-1")
    # They were there to be told.
    assert SECRETS["accessKey"] in heard and SECRETS["sas"] in heard and SECRETS["storeKey"] in heard
    assert SECRETS["accessToken"] in heard and SECRETS["clientSecret"] in heard or "Basic " in heard
    for answer in answers_seen:
        no_word_in(words, str(answer.headers), f"the headers of {answer}")
        # A body that was passed on is the origin's own word.
        if answer["ik-error"]:
            no_word_in(words, answer.body.decode("latin-1"), f"the body of {answer}")
    for name in ("apus.log", "access.log", "nginx-error.log", "redis.log"):
        no_word_in(words, instance.log(name), name)
    no_word_in(words, instance.get("/_apus/metrics").body.decode(), "the metrics")
    for pid in session_of(instance.pid("apus")):
        no_word_in(words, command_of(pid), "a command line")


def no_word_in(words, text, place):
    for word in words:
        assert word not in text, f"{word} in {place}"


def test_what_check_says_of_a_configuration_has_no_credentials(told, workplace):
    """Neither of a good one, nor where each of them is wrong."""
    instance, _, words = told
    for options in ([], ["--settings"]):
        done = subprocess.run(
            [PROGRAM, "check", instance.configuration, *options], capture_output=True, text=True, check=True
        )
        no_word_in(words, done.stdout + done.stderr, "what check says")
    broken = json.loads(instance.configuration.read_text())
    for account in broken["accounts"]:
        for origin in account["origins"]:
            for name in ("accessKey", "secretKey", "sasToken", "privateKey", "clientId", "clientSecret", "password"):
                if name in origin:
                    origin[name] = origin[name] * 60 + "\0"
            for name in ("endpoint", "baseUrl"):
                if name in origin:
                    origin[name] = f"http://user:{SECRETS['secretKey'][:4]}{SECRETS['storeSecret']}@x.example/"
        account["privateKeys"] = [[SECRETS["privateKey"]], SECRETS["olderKey"] + " "]
    broken["redis"] = {"url": f"redis://:{SECRETS['regionSecret']}@host:nonsense/0"}
    path = workplace / "broken.yaml"
    path.write_text(json.dumps(broken))
    done = subprocess.run([PROGRAM, "check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and len((done.stdout + done.stderr).splitlines()) > 8
    no_word_in(words, done.stdout + done.stderr, "what check says")


def test_credentials_go_to_nobody_else(told, own_apus):
    """A redirect to another host takes none of them along, where it is followed at all."""
    _, _, words = told
    stranger = EchoingOrigin()
    try:
        thief = TrappedOrigin()
        bucket = {"accessKey": SECRETS["accessKey"], "secretKey": SECRETS["secretKey"], "bucket": "page"}
        origins = [
            {"id": "s3c", "type": "S3_COMPATIBLE", "endpoint": thief.base, "s3ForcePathStyle": True, **bucket},
            {
                "id": "azure", "type": "AZURE_BLOB", "accountName": "a", "container": "page", "endpoint": thief.base,
                "sasToken": f"?sv=1&sig={SECRETS['sas']}",
            },
        ]  # fmt: skip
        for status in ("301", "302", "303", "307", "308"):
            lines = f"Location: {stranger.base}/x.jpg", "x-amz-bucket-region: us-east-1"
            thief.traps[f"{status}.jpg"] = answers(whole(b"", *lines, status=f"{status} Moved"))
        account = {
            "id": "demo", "publicKey": "p", "privateKeys": ["private_test_key"], "origins": origins,
            "urlEndpoints": [endpoint(one["id"], one["id"]) for one in origins],
        }  # fmt: skip
        instance = own_apus("thief", accounts=[account], network={"allow": ["127.0.0.0/8"]})
        for kind, status in itertools.product(("s3c", "azure"), ("301", "302", "303", "307", "308")):
            instance.get(f"/demo/{kind}/tr:w-40/{status}.jpg")
        assert thief.count() >= 10
        no_word_in(words, b"".join(stranger.heard).decode("latin-1"), "what a stranger was asked")
        assert "authorization" not in b"".join(stranger.heard).decode("latin-1").lower()
    finally:
        thief.stop()
        stranger.stop()
