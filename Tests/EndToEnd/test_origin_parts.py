"""That the real parts of the S3 family do what their tests rely on. Nothing here asks Apus."""

import socket
import time
import unicodedata

import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

import swift_servers
from amazon_roles import METADATA, ROLE, RoleBucket
from amazon_s3 import AmazonBucket, AmazonServer
from instance import command_of, is_alive, process_table
from origin_part import ODD_NAMES
from swift_s3 import SwiftBucket, access_key
from web_server import WebServer

SECONDS = 10
BODY = b"0123456789"


def status(act, *arguments, **options):
    """Status and code of an answer by boto3."""
    try:
        return act(*arguments, **options)["ResponseMetadata"]["HTTPStatusCode"], None
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]


def signed_get(url, keys, region="us-east-1", **headers):
    """A GET with a signature made for the URL's own host, sent to loopback; `headers` are not signed."""
    request = AWSRequest("GET", url)
    S3SigV4Auth(Credentials(*keys), "s3", region).add_auth(request)
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    told = {**dict(request.headers.items()), "Host": authority, **headers}
    return requests.get(f"{scheme}://127.0.0.1:{authority.rpartition(':')[2]}/{path}", headers=told, timeout=SECONDS)


def stop(part):
    """Every part's end, that it leaves nothing behind included."""
    processes = [pid for pid, _, _ in process_table() if str(part.folder) in command_of(pid)]
    assert part.folder.exists() and processes
    part.stop()
    assert not part.folder.exists()
    assert not any(map(is_alive, processes))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", part.port), timeout=SECONDS)


# --- moto


@pytest.fixture(scope="module")
def amazon():
    server = AmazonServer()
    yield server
    stop(server)


@pytest.fixture(scope="module")
def bucket(amazon):
    part = AmazonBucket("S3_COMPATIBLE (moto, path style)", server=amazon, path_style=True)
    part.put("photo.jpg", BODY, "image/jpeg", private=True, headers={"Cache-Control": "max-age=5"})
    return part


def test_moto_answers_who_signs_rightly(amazon, bucket):
    answer = amazon.client(keys=bucket.keys).get_object(Bucket=bucket.bucket, Key="photo.jpg")
    assert (answer["Body"].read(), answer["ContentType"]) == (BODY, "image/jpeg")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["x-amz-meta-isprivatefile"], headers["cache-control"]) == ("true", "max-age=5")


def test_moto_knows_ranges_and_validators(amazon, bucket):
    reader = amazon.client(keys=bucket.keys)
    where = {"Bucket": bucket.bucket, "Key": "photo.jpg"}
    part = reader.get_object(Range="bytes=2-4", **where)
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert status(reader.get_object, Range="bytes=10-", **where) == (416, "InvalidRange")
    assert status(reader.get_object, IfNoneMatch=part["ETag"], **where)[0] == 304
    assert status(reader.get_object, IfModifiedSince=part["LastModified"], **where)[0] == 304


@pytest.mark.parametrize(
    "change, expected",
    [
        ("wrong secret", (403, "SignatureDoesNotMatch")),
        ("wrong key", (403, "InvalidAccessKeyId")),
        ("wrong bucket", (404, "NoSuchBucket")),
        ("may not write", (403, "AccessDenied")),
        ("may not read", (403, "AccessDenied")),
        ("missing", (404, "NoSuchKey")),
    ],
)
def test_moto_refuses(amazon, bucket, change, expected):
    others = {
        "wrong secret": (bucket.keys[0], "x"), "wrong key": ("AKIAIOSFODNN7EXAMPLE", "x"),
        "wrong bucket": amazon.administrator,
    }
    client = amazon.client(keys=others.get(change, bucket.keys))
    key = {"may not read": bucket.forbid("secret.jpg"), "missing": "none.jpg"}.get(change, "photo.jpg")
    where = {"Bucket": "elsewhere" if change == "wrong bucket" else bucket.bucket, "Key": key}
    act = client.put_object if change == "may not write" else client.get_object
    assert status(act, **where) == expected


def test_moto_refuses_who_signs_nothing_or_not_all_or_not_now(amazon, bucket):
    url = f"{amazon.endpoint}/{bucket.bucket}/photo.jpg"
    assert requests.get(url, timeout=SECONDS).status_code == 403
    assert signed_get(url, bucket.keys).status_code == 200
    added = signed_get(url, bucket.keys, **{"x-amz-request-payer": "requester"})
    assert (added.status_code, "<Code>AccessDenied</Code>" in added.text) == (403, True)
    early = signed_get(url, bucket.keys, **{"X-Amz-Date": "20200101T000000Z"})
    assert (early.status_code, "RequestTimeTooSkewed" in early.text) == (403, True)


def test_moto_tells_a_missing_object_only_who_may_list(amazon):
    part = AmazonBucket("S3 (moto, without ListBucket)", server=amazon, may_list=False)
    part.put("photo.jpg", BODY)
    reader = amazon.client(keys=part.keys)
    assert status(reader.get_object, Bucket=part.bucket, Key="photo.jpg") == (200, None)
    assert status(reader.get_object, Bucket=part.bucket, Key="none.jpg") == (403, "AccessDenied")
    assert status(reader.head_object, Bucket=part.bucket, Key="none.jpg")[0] == 403


def test_moto_says_where_a_bucket_is(amazon):
    part = AmazonBucket("S3 (moto, Ireland)", server=amazon, region="eu-west-1")
    part.put("photo.jpg", BODY)
    url = f"{amazon.endpoint}/{part.bucket}/photo.jpg"
    wrong = signed_get(url, part.keys)
    assert (wrong.status_code, "<Region>eu-west-1</Region>" in wrong.text) == (400, True)
    assert signed_get(url, part.keys, region="eu-west-1").content == BODY
    stranger = requests.head(f"{amazon.endpoint}/{part.bucket}", timeout=SECONDS)
    assert (stranger.status_code, stranger.headers["x-amz-bucket-region"]) == (403, "eu-west-1")


def test_moto_serves_a_bucket_by_its_host(amazon):
    part = AmazonBucket("S3_COMPATIBLE (moto, virtual host)", server=amazon)
    part.put("a folder/a+b.jpg", BODY)
    base = part.settings()["endpoint"].replace("://", f"://{part.bucket}.")
    answer = signed_get(f"{base}/a%20folder/a%2Bb.jpg", part.keys)
    assert (answer.status_code, answer.content) == (200, BODY), answer.text
    assert part.requests() == 1
    assert signed_get(f"{base}/a%20folder/a%2Bb.jpg", (part.keys[0], "x")).status_code == 403


def test_moto_serves_tls_by_a_certificate_of_the_authority(amazon):
    part = AmazonBucket("S3 (moto, https)", server=amazon, secure=True)
    url = part.settings()["endpoint"]
    assert requests.get(url, verify=part.network["caFile"], timeout=SECONDS).status_code == 403
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, timeout=SECONDS)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_moto_keeps_odd_names(amazon, bucket, name):
    body = name.encode()
    bucket.put(name, body)
    before = bucket.requests()
    reader = amazon.client(keys=bucket.keys)
    assert reader.get_object(Bucket=bucket.bucket, Key=name)["Body"].read() == body
    assert bucket.requests() == before + 1
    other = unicodedata.normalize("NFD" if unicodedata.is_normalized("NFC", name) else "NFC", name)
    if other != name and unicodedata.normalize("NFC", "é") in unicodedata.normalize("NFC", name):
        assert status(reader.get_object, Bucket=bucket.bucket, Key="x" + other) == (404, "NoSuchKey")


# --- Roles


@pytest.fixture(scope="module")
def role(amazon):
    part = RoleBucket(server=amazon)
    part.put("photo.jpg", BODY)
    yield part
    part.roles.stop()


def reads(role, keys):
    return status(role.server.client(keys=keys).get_object, Bucket=role.bucket, Key="photo.jpg")


def keys_of(answer):
    return answer["AccessKeyId"], answer["SecretAccessKey"], answer["Token"]


def metadata(role, path, token=None, method="GET", **headers):
    told = {**headers, **({} if token is None else {"X-aws-ec2-metadata-token": token})}
    base = role.metadata_environment()["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
    return requests.request(method, base + path, headers=told, timeout=SECONDS)


def metadata_token(role, seconds="60", **headers):
    headers = {"X-aws-ec2-metadata-token-ttl-seconds": seconds, **headers}
    return metadata(role, "/latest/api/token", method="PUT", **headers)


def test_the_metadata_service_gives_what_moto_accepts(role):
    token = metadata_token(role.roles).text
    assert metadata(role.roles, METADATA, token).text == ROLE
    answer = metadata(role.roles, METADATA + ROLE, token)
    assert answer.json()["Code"] == "Success"
    access, secret, session = keys_of(answer.json())
    assert reads(role, (access, secret, session)) == (200, None)
    assert reads(role, (access, secret, session + "x")) == (400, "InvalidToken")
    assert reads(role, (access, secret)) == (403, "InvalidAccessKeyId")
    assert reads(role, (access, secret + "x", session)) == (403, "SignatureDoesNotMatch")
    # Nothing new while the old is far from its end.
    assert metadata(role.roles, METADATA + ROLE, token).json() == answer.json()


def test_the_metadata_service_wants_a_token_that_is_its_own(role):
    assert metadata(role.roles, METADATA).status_code == 401
    assert metadata(role.roles, METADATA, "none").status_code == 401
    assert metadata_token(role.roles, seconds="0").status_code == 400
    assert metadata_token(role.roles, seconds="21601").status_code == 400
    assert metadata_token(role.roles, **{"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    assert metadata(role.roles, "/latest/api/token").status_code == 405
    token = metadata_token(role.roles).text
    assert metadata(role.roles, METADATA + "another", token).status_code == 404
    role.roles.forget_tokens()
    assert metadata(role.roles, METADATA, token).status_code == 401


def test_a_role_s_credentials_end(role, eventually):
    keys, end = role.server.assume(role.roles.arn, seconds=1)
    assert reads(role, keys) == (200, None)
    eventually(lambda: time.time() > end.timestamp(), what="the end")
    assert reads(role, keys) == (400, "ExpiredToken")


@pytest.mark.parametrize("by_file", [False, True])
def test_the_container_endpoint_wants_its_token(role, by_file):
    environment = role.roles.container_environment(by_file)
    url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    assert requests.get(url, timeout=SECONDS).status_code == 401
    token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    if by_file:
        with open(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], encoding="ascii") as file:
            token = file.read()
    answer = requests.get(url, headers={"Authorization": token}, timeout=SECONDS).json()
    assert reads(role, keys_of(answer)) == (200, None)


def test_a_web_identity_is_traded_for_credentials_while_it_lives(role):
    environment = role.roles.identity_environment()
    fields = {
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": environment["AWS_ROLE_ARN"],
        "RoleSessionName": "session",
    }

    def trade(**changes):
        url = environment["AWS_ENDPOINT_URL_STS"]
        return requests.post(url, {**fields, "WebIdentityToken": token(), **changes}, timeout=SECONDS)

    def token():
        return role.roles.identity_file.read_text()

    answer = trade()
    assert answer.status_code == 200, answer.text
    found = [answer.text.partition(f"<{name}>")[2].partition("<")[0] for name in ("AccessKeyId", "SecretAccessKey")]
    session = answer.text.partition("<SessionToken>")[2].partition("<")[0]
    assert reads(role, (*found, session)) == (200, None)
    assert "<Expiration>" in answer.text
    assert (trade(WebIdentityToken="x").status_code, trade(RoleArn="x").status_code) == (400, 403)
    role.roles.renew_identity(seconds=-1)
    assert "ExpiredTokenException" in trade().text
    role.roles.renew_identity()
    assert trade().status_code == 200


# --- Swift


@pytest.fixture(scope="module")
def swift():
    part = SwiftBucket()
    part.put("photo.jpg", BODY, "image/jpeg", private=True, headers={"Cache-Control": "max-age=5"})
    yield part
    stop(part)


def test_swift_answers_who_signs_rightly(swift):
    reader = swift.client(swift_servers.READER)
    where = {"Bucket": swift.bucket, "Key": "photo.jpg"}
    before = swift.requests()
    answer = reader.get_object(Range="bytes=2-4", **where)
    assert (answer["Body"].read(), answer["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert answer["ContentType"] == "image/jpeg"
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["x-amz-meta-isprivatefile"], headers["cache-control"]) == ("true", "max-age=5")
    assert status(reader.get_object, IfNoneMatch=answer["ETag"], **where)[0] == 304
    assert status(reader.get_object, Range="bytes=10-", **where)[0] == 416
    assert swift.requests() == before + 3


def test_swift_refuses(swift):
    where = {"Bucket": swift.bucket, "Key": "photo.jpg"}
    account, name, _, groups = swift_servers.READER
    reader = swift.client(swift_servers.READER)
    assert status(swift.client((account, name, "x", groups)).get_object, **where) == (403, "SignatureDoesNotMatch")
    # It says the same of a user that there is not.
    assert status(swift.client((account, "nobody", "x", "")).get_object, **where) == (403, "SignatureDoesNotMatch")
    assert status(reader.get_object, Bucket=swift.bucket, Key="none.jpg") == (404, "NoSuchKey")
    assert status(reader.get_object, Bucket=swift.bucket, Key=swift.forbid("secret.jpg")) == (403, "AccessDenied")
    assert status(reader.put_object, **where) == (403, "AccessDenied")
    url = f"{swift.endpoint}/{swift.bucket}/photo.jpg"
    keys = (access_key(swift_servers.READER), swift_servers.READER[2])
    assert signed_get(url, keys).status_code == 200
    wrong = signed_get(url, keys, region="eu-west-1")
    assert (wrong.status_code, "<Region>us-east-1</Region>" in wrong.text) == (400, True)
    assert "RequestTimeTooSkewed" in signed_get(url, keys, **{"X-Amz-Date": "20200101T000000Z"}).text


@pytest.mark.parametrize("name", ODD_NAMES)
def test_swift_keeps_odd_names(swift, name):
    swift.put(name, name.encode())
    found = swift.client(swift_servers.READER).get_object(Bucket=swift.bucket, Key=name)
    assert found["Body"].read() == name.encode()


# --- What all have in common


def test_a_web_server_ends_without_a_trace():
    stop(WebServer())


def test_a_shared_server_ends_with_its_last_user():
    one, other = AmazonServer.shared(), AmazonServer.shared()
    assert one is other
    one.stop()
    assert requests.get(other.endpoint, timeout=SECONDS).status_code == 403
    other.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(other.endpoint, timeout=SECONDS)
