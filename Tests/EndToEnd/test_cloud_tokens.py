"""What lets a worker in at Google, Azure and Akeneo: tokens are asked for once and kept, dead ones are replaced, and
what does not let anybody in is EACCES. No credential is ever in a log."""

import time

import pytest
from azure.storage.blob import ContainerSasPermissions
from PIL import Image

import contract
from conftest import PRIVATE_KEY, endpoint
from emulated_akeneo import DOWNLOADS, Akeneo
from emulated_azure import AzureBlobs, hours
from emulated_google import GoogleStorage, key_pair
from instance import Instance, wait_for
from pictures import encoded

PICTURE = encoded(Image.new("RGB", (16, 16), (10, 200, 90)), "PNG")
SHORT_SECONDS = 1
# Many at once, and fewer than an origin's share of the slots.
MANY = 40


class Cloud:
    """Parts, and origins that differ from their settings, each behind a URL endpoint of its own name."""

    def __init__(self):
        self.parts = {
            "google": GoogleStorage(),
            "google-dying": GoogleStorage(),
            "google-short": GoogleStorage(token_seconds=SHORT_SECONDS),
            "azure": AzureBlobs(),
            "akeneo": Akeneo(),
            "akeneo-dying": Akeneo(),
            "akeneo-uses": Akeneo(token_uses=3),
            "akeneo-short": Akeneo(token_seconds=SHORT_SECONDS),
        }
        google, azure, akeneo = (self.parts[name].settings() for name in ("google", "azure", "akeneo"))
        reading = ContainerSasPermissions(read=True)
        container = self.parts["azure"]
        self.wrong = {
            "google-key": {**google, "privateKey": key_pair()[0]},
            "google-account": {**google, "clientEmail": "nobody@project.iam.gserviceaccount.com"},
            "azure-expired": {**azure, "sasToken": "?" + container.token(permission=reading, expiry=hours(-1))},
            "azure-list": {**azure, "sasToken": "?" + container.token(permission=ContainerSasPermissions(list=True))},
            "azure-changed": {**azure, "sasToken": azure["sasToken"].replace("sp=r", "sp=rw")},
            "akeneo-client": {**akeneo, "clientSecret": "wrong_client_secret"},
            "akeneo-password": {**akeneo, "password": "wrong_password"},
        }
        self.instance = None

    def put(self, name, key):
        self.parts[name].put("media-files/" * name.startswith("akeneo") + key, PICTURE, "image/png")

    def get(self, name, key):
        prefix = "media-files/" * name.startswith("akeneo")
        return self.instance.get(f"/demo/{name}/tr:w-8,f-png/{prefix}{key}")

    def get_many(self, name, word):
        """The statuses of that many objects that are asked for at once."""
        keys = [f"{word}{number}.png" for number in range(MANY)]
        for key in keys:
            self.put(name, key)
        return [answer.status for answer in contract.all_at_once(lambda key: self.get(name, key), keys)]

    def stop(self):
        for part in self.parts.values():
            part.stop()


@pytest.fixture(scope="module")
def cloud(workplace):
    cloud = Cloud()
    origins = {name: part.settings() for name, part in cloud.parts.items()} | cloud.wrong
    account = {
        "id": "demo",
        "publicKey": "public_test",
        "privateKeys": [PRIVATE_KEY],
        "origins": [{"id": name, **settings} for name, settings in origins.items()],
        "urlEndpoints": [endpoint(name, name) for name in origins],
    }
    path = contract.write_configuration(workplace / "tokens.yaml", [account], workers=1)
    cloud.instance = Instance(path, workplace / "tokens")
    try:
        cloud.instance.up()
        yield cloud
    finally:
        cloud.instance.down()
        cloud.stop()


@pytest.mark.parametrize("name", ["google", "akeneo"])
def test_many_requests_at_once_share_one_token(cloud, name):
    part = cloud.parts[name]
    before = part.token_requests()
    assert cloud.get_many(name, "shared") == [200] * MANY
    assert cloud.get_many(name, "again") == [200] * MANY
    assert part.token_requests() - before <= 1 and part.token_requests() > 0


@pytest.mark.parametrize("name", ["google-dying", "akeneo-dying"])
def test_a_token_that_died_early_is_replaced(cloud, name):
    part = cloud.parts[name]
    assert cloud.get_many(name, "before") == [200] * MANY
    for count in (2, 3):
        part.forget_tokens()
        assert cloud.get_many(name, f"after{count}") == [200] * MANY
        assert part.token_requests() == count


def test_a_refresh_token_that_died_makes_way_for_the_password(cloud):
    part = cloud.parts["akeneo-dying"]
    cloud.put("akeneo-dying", "first.png")
    assert cloud.get("akeneo-dying", "first.png").status == 200
    part.forget_tokens(refresh=True)
    before = part.grants["password"]
    cloud.put("akeneo-dying", "second.png")
    assert cloud.get("akeneo-dying", "second.png").status == 200
    assert part.grants["password"] == before + 1


@pytest.mark.parametrize("name", ["google-short", "akeneo-short"])
def test_a_token_is_renewed_when_its_time_is_over(cloud, name):
    part = cloud.parts[name]
    for number in range(3):
        cloud.put(name, f"{number}.png")
        assert cloud.get(name, f"{number}.png").status == 200
        time.sleep(SHORT_SECONDS + 0.1)
    assert part.token_requests() >= 3
    if name == "akeneo-short":
        assert part.grants["password"] == 1 and part.refused_grants == 0


def test_a_token_with_few_uses_is_renewed_as_often_as_that_takes(cloud):
    part = cloud.parts["akeneo-uses"]
    for number in range(12):
        cloud.put("akeneo-uses", f"{number}.png")
        assert cloud.get("akeneo-uses", f"{number}.png").status == 200
    assert part.grants["password"] == 1
    assert part.grants["refresh_token"] >= 3


@pytest.mark.parametrize("kind", DOWNLOADS)
def test_akeneo_s_three_kinds_of_files_are_reached(cloud, kind):
    key = f"{kind}/f/d/1/d/fd1d_a name.png"
    cloud.parts["akeneo"].put(key, PICTURE, "image/png")
    answer = cloud.instance.get("/demo/akeneo/tr:w-8/" + key.replace(" ", "%20"))
    assert answer.status == 200, answer


@pytest.mark.parametrize("path", ["f/d/1/x.png", "media-files", "media-files/", "other-files/x.png"])
def test_other_paths_of_akeneo_are_not_asked_for(cloud, path):
    before = cloud.parts["akeneo"].requests()
    answer = cloud.instance.get("/demo/akeneo/" + path)
    assert (answer.status, answer.error) in ((404, "ENOENT"), (400, "EINVAL")), answer
    assert cloud.parts["akeneo"].requests() == before


WRONG = [
    "google-key",
    "google-account",
    "azure-expired",
    "azure-list",
    "azure-changed",
    "akeneo-client",
    "akeneo-password",
]


@pytest.mark.parametrize("name", WRONG)
def test_credentials_that_are_refused_are_no_access(cloud, name):
    cloud.put(name.partition("-")[0], "wrong.png")
    answer = cloud.get(name, "wrong.png")
    assert (answer.status, answer.error) == (404, "EACCES"), answer


def test_credentials_are_in_no_log(cloud):
    """Runs after the others, which had reasons to log."""
    for name in WRONG:
        cloud.get(name, "logged.png")
    said = "".join(path.read_text(errors="replace") for path in cloud.instance.state.rglob("*.log"))
    assert "akeneo-password" in said or "EACCES" in said
    secrets = [part_secret for settings in cloud.wrong.values() for part_secret in secrets_of(settings)]
    for part in cloud.parts.values():
        secrets += [*secrets_of(part.settings()), *getattr(part, "_tokens", ()), *getattr(part, "_access", ())]
    assert len(secrets) > 20
    assert [secret for secret in secrets if secret in said] == []
    wait_for(lambda: cloud.instance.get("/_apus/live").status == 200, what="a live worker")


def secrets_of(settings):
    """The secret parts of an origin's configuration, as they would stand in a text."""
    secrets = [settings[field] for field in ("clientSecret", "password") if field in settings]
    if "privateKey" in settings:
        secrets += settings["privateKey"].splitlines()[1:-1]
    if "sasToken" in settings:
        secrets.append(settings["sasToken"].partition("sig=")[2].partition("&")[0])
    return secrets
