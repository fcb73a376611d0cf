"""The parts that stand for Google, Azure and Akeneo, asked by the vendors' own clients where there are any: a part that
let everybody in would make the contract suite worthless."""

import time

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import (
    AccountSasPermissions,
    BlobClient,
    BlobSasPermissions,
    ContainerSasPermissions,
    ResourceTypes,
    generate_account_sas,
    generate_blob_sas,
)
from google.auth import jwt
from google.auth.crypt import RSASigner
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account

from emulated_akeneo import TOKEN_PATH, Akeneo
from emulated_azure import AzureBlobs, hours
from emulated_google import AUDIENCE, GRANT, READ_ONLY, GoogleEmulator, GoogleStorage, key_pair

BODY = bytes(range(256)) * 40
ODD = "ordner/ü +%2F'\"日本.bin"


@pytest.fixture
def started():
    """Starts parts that stop afterwards."""
    parts = []

    def start(part):
        parts.append(part)
        part.put(ODD, BODY, "application/x-odd", private=part.kind != "AKENEO_PIM")
        return part

    yield start
    for part in parts:
        part.stop()


# --- Google


def google_session(part, private_key=None, email=None, scope=READ_ONLY):
    account = {
        "type": "service_account",
        "client_email": email or part.client_email,
        "private_key": private_key or part.private_key,
        "token_uri": f"{part.base}/token",
    }
    return AuthorizedSession(service_account.Credentials.from_service_account_info(account, scopes=[scope]))


def object_url(part, key=ODD):
    return f"{part.base}/{part.bucket}/{requests.utils.quote(part.prefix + key)}"


def test_google_s_client_gets_a_token_once_and_objects_with_it(started):
    part = started(GoogleStorage(prefix="a b/"))
    session = google_session(part)
    for _ in range(3):
        answer = session.get(object_url(part))
        assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Content-Type"] == "application/x-odd"
    assert answer.headers["x-goog-meta-isprivatefile"] == "true"
    assert session.get(object_url(part, "none")).status_code == 404
    assert (part.token_requests(), part.requests(), part.refusals) == (1, 4, [])


def test_google_s_tokens_end(started):
    part = started(GoogleStorage())
    session = google_session(part)
    assert session.get(object_url(part)).status_code == 200
    part.forget_tokens()
    assert session.get(object_url(part)).status_code == 200
    assert part.token_requests() == 2
    part.token_seconds = 0
    part.forget_tokens()
    assert session.get(object_url(part)).status_code == 401
    assert requests.get(object_url(part), timeout=5).status_code == 401
    assert requests.get(object_url(part), headers={"Authorization": "Bearer x"}, timeout=5).status_code == 401


@pytest.mark.parametrize(
    "wrong", [{"private_key": key_pair()[0]}, {"email": "other@project.example"}, {"scope": READ_ONLY + ".not"}]
)
def test_google_refuses_another_key_account_and_scope(started, wrong):
    part = started(GoogleStorage())
    with pytest.raises(RefreshError):
        google_session(part, **wrong).get(object_url(part))
    assert part.refusals


@pytest.mark.parametrize(
    "change, status",
    [
        ({}, 200),
        ({"aud": "https://example.com/token"}, 400),
        ({"iat": 3600, "exp": 7200}, 400),
        ({"exp": 3700}, 400),
        ({"iat": -3600, "exp": -1}, 400),
        ({"exp": None}, 400),
    ],
)
def test_google_reads_every_claim(started, change, status):
    """Times are from now."""
    part = started(GoogleStorage())
    now = int(time.time())
    claims = {"iss": part.client_email, "scope": READ_ONLY, "aud": AUDIENCE, "iat": now, "exp": now + 3600}
    claims |= {name: now + value if isinstance(value, int) else value for name, value in change.items()}
    assertion = jwt.encode(RSASigner.from_string(part.private_key), claims).decode()
    form = {"grant_type": GRANT, "assertion": assertion}
    assert requests.post(f"{part.base}/token", data=form, timeout=5).status_code == status


@pytest.mark.parametrize("assertion", ["", "a", "a.b.c", "e30.e30.AAAA", "e30=.e30=.AAAA", "é.é.é"])
def test_google_refuses_what_is_no_jwt(started, assertion):
    part = started(GoogleStorage())
    form = {"grant_type": GRANT, "assertion": assertion}
    answer = requests.post(f"{part.base}/token", data=form, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_emulator_has_what_was_put(started):
    part = started(GoogleEmulator())
    answer = requests.get(object_url_of(part), timeout=5)
    assert (answer.status_code, answer.content) == (200, BODY)
    assert answer.headers["Content-Type"] == "application/x-odd"
    assert answer.headers["x-goog-meta-isprivatefile"] == "true"
    assert requests.get(object_url_of(part, "none"), timeout=5).status_code == 404


def object_url_of(part, key=ODD):
    return f"{part.base}/{part.bucket}/{requests.utils.quote(key)}"


# --- any store of objects


@pytest.mark.parametrize(
    "headers, status, size",
    [
        ({"Range": "bytes=0-0"}, 206, 1),
        ({"Range": "bytes=10200-99999"}, 206, 40),
        ({"Range": "bytes=-100"}, 206, 100),
        ({"Range": "bytes=10240-"}, 416, None),
        ({"Range": "bytes=5-4"}, 200, 10240),
        ({"Range": "bytes=0-1,3-4"}, 200, 10240),
        ({"Range": "bytes=0-1", "If-Range": '"other"'}, 200, 10240),
        ({"If-None-Match": '"other"'}, 200, 10240),
        ({"If-Match": '"other"'}, 412, None),
    ],
)
def test_ranges_and_conditions(started, headers, status, size):
    part = started(GoogleStorage())
    session = google_session(part)
    answer = session.get(object_url(part), headers=headers)
    assert answer.status_code == status
    assert size is None or len(answer.content) == size
    same = {"If-None-Match": session.get(object_url(part)).headers["ETag"]}
    assert session.get(object_url(part), headers=same).status_code == 304


# --- Azure


def blob(part, token, name=ODD, container=None):
    return BlobClient(part.base, container or part.container, part.prefix + name, credential=token)


def test_microsoft_s_client_reads_what_its_token_allows(started):
    part = started(AzureBlobs(prefix="a b/"))
    token = part.token()
    download = blob(part, token).download_blob()
    assert download.readall() == BODY
    assert download.properties.metadata == {"isprivatefile": "true"}
    assert download.properties.content_settings.content_type == "application/x-odd"
    assert blob(part, token).download_blob(offset=256, length=3).readall() == b"\0\1\2"
    with pytest.raises(ResourceNotFoundError) as missing:
        blob(part, token, "none").download_blob()
    assert missing.value.error_code == "BlobNotFound"


def test_a_token_for_one_blob_is_for_that_blob(started):
    part = started(AzureBlobs())
    part.put("other", BODY)
    token = generate_blob_sas(
        part.account,
        part.container,
        ODD,
        account_key=part.account_key,
        permission=BlobSasPermissions(read=True),
        expiry=hours(1),
        start=hours(-1),
        protocol="https,http",
    )
    assert blob(part, token).download_blob().readall() == BODY
    with pytest.raises(ClientAuthenticationError):
        blob(part, token, "other").download_blob()


@pytest.mark.parametrize("resource, code", [({"object": True}, None), ({"container": True}, "AuthenticationFailed")])
def test_a_token_for_the_account_s_objects_is_for_all_of_them(started, resource, code):
    part = started(AzureBlobs())
    token = generate_account_sas(
        part.account, part.account_key, ResourceTypes(**resource), AccountSasPermissions(read=True), hours(1)
    )
    if code is None:
        assert blob(part, token).download_blob().readall() == BODY
    else:
        with pytest.raises(ClientAuthenticationError) as refused:
            blob(part, token).download_blob()
        assert refused.value.error_code == code


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda part: part.token(expiry=hours(-1)), "AuthenticationFailed"),
        (lambda part: part.token(start=hours(1), expiry=hours(2)), "AuthenticationFailed"),
        (lambda part: part.token(permission=ContainerSasPermissions(list=True)), "AuthorizationPermissionMismatch"),
        (lambda part: part.token().replace("sp=r", "sp=rl"), "AuthenticationFailed"),
        (lambda part: part.token().replace("sr=c", "sr=b"), "AuthenticationFailed"),
        (lambda part: AzureBlobs.token(OtherAccount(part, account_key="AAAA")), "AuthenticationFailed"),
        (lambda part: AzureBlobs.token(OtherAccount(part, account="other")), "AuthenticationFailed"),
        (lambda part: AzureBlobs.token(OtherAccount(part, container="other")), "AuthenticationFailed"),
        (lambda part: "", "PublicAccessNotPermitted"),
    ],
)
def test_azure_refuses_other_tokens(started, change, code):
    part = started(AzureBlobs())
    answer = requests.get(f"{part.base}/{part.container}/{requests.utils.quote(ODD)}?{change(part)}", timeout=5)
    assert answer.headers["x-ms-error-code"] == code
    assert answer.status_code == (409 if code == "PublicAccessNotPermitted" else 403)


def test_a_container_that_does_not_exist(started):
    part = started(AzureBlobs())
    token = AzureBlobs.token(OtherAccount(part, container="other"))
    with pytest.raises(HttpResponseError) as missing:
        blob(part, token, container="other").download_blob()
    assert missing.value.error_code == "ContainerNotFound"


class OtherAccount:
    """A part with something else in its place."""

    def __init__(self, part, **changes):
        self.__dict__.update({**part.__dict__, **changes})


# --- Akeneo


def grant(part, fields, secret=None, form=False):
    body = {"data": fields} if form else {"json": fields}
    client = (part.client[0], secret or part.client[1])
    return requests.post(part.base + TOKEN_PATH, auth=tuple(map(str.encode, client)), timeout=5, **body)


def password(part, **changes):
    return {"grant_type": "password", "username": part.user[0], "password": part.user[1], **changes}


def fetch(part, token, path="/api/rest/v1/media-files/a/b.png/download"):
    return requests.get(part.base + path, headers={"Authorization": f"Bearer {token}"}, timeout=5)


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_akeneo_s_tokens_die_and_are_renewed_once(started, form):
    part = started(Akeneo(token_uses=2))
    part.put("media-files/a/b.png", BODY, "image/png")
    given = grant(part, password(part), form=form).json()
    statuses = [fetch(part, given["access_token"]).status_code for _ in range(3)]
    assert statuses == [200, 200, 401]
    renewing = {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    renewed = grant(part, renewing, form=form)
    assert renewed.status_code == 200
    assert fetch(part, renewed.json()["access_token"]).content == BODY
    assert grant(part, renewing, form=form).status_code == 422
    assert part.grants == {"password": 1, "refresh_token": 1}
    assert part.token_requests() == 3


def test_akeneo_s_tokens_end_with_time(started):
    part = started(Akeneo(token_seconds=0))
    part.put("media-files/a/b.png", BODY, "image/png")
    answer = fetch(part, grant(part, password(part)).json()["access_token"])
    assert (answer.status_code, answer.json()["code"]) == (401, 401)


@pytest.mark.parametrize(
    "kind, path",
    [
        ("media-files", "/api/rest/v1/media-files/f/d/1/x_y.png/download"),
        ("asset-media-files", "/api/rest/v1/asset-media-files/f/d/1/x_y.png"),
        ("reference-entities-media-files", "/api/rest/v1/reference-entities-media-files/f/d/1/x_y.png"),
    ],
)
def test_akeneo_has_three_kinds_of_files(started, kind, path):
    part = started(Akeneo())
    part.put(f"{kind}/f/d/1/x_y.png", BODY, "image/png")
    token = grant(part, password(part)).json()["access_token"]
    assert fetch(part, token, path).content == BODY
    assert fetch(part, token, path.replace("x_y", "none")).status_code == 404


@pytest.mark.parametrize(
    "changes, secret",
    [({"password": "wrong"}, None), ({"username": "wrong"}, None), ({}, "wrong"), ({"grant_type": "x"}, None)],
)
def test_akeneo_refuses_wrong_names(started, changes, secret):
    part = started(Akeneo())
    assert grant(part, password(part, **changes), secret).status_code == 422
    assert part.token_requests() == 1
