"""`deploy/region backup` and `restore` on a Debian 12 host of its own, over ssh."""

import base64
import http.client
import json

import pytest

from debian_host import Failed
from instance import wait_for
from region_host import NAME, PICTURE, Load, Region, release_of, running_releases

pytestmark = pytest.mark.long

KEY = "private_demo_of_the_test"
PURGED = f"https://{NAME}/demo/kleiber.jpg"


def called(region, method, path, body=None):
    """A call of the HTTP API."""
    connection = region.connect()
    try:
        word = base64.b64encode(f"{KEY}:".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        connection.request(method, path, body and json.dumps(body).encode(), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or "{}")
    finally:
        connection.close()


def status_of(region, purge):
    status, answer = called(region, "GET", f"/v1/files/purge/{purge}")
    return answer.get("status") if status == 200 else status


def serves(region, purge):
    """Whether the region knows the purge; it may just be starting."""
    try:
        return status_of(region, purge) in ("Pending", "Completed")
    except (OSError, http.client.HTTPException, ValueError):
        return False


def test_a_host_that_was_lost_is_as_it_was(packaged_host, operator):
    host, region = packaged_host, Region(packaged_host)
    operator.install(host)
    region.wait()
    status, answer = called(region, "POST", "/v1/files/purge", {"url": PURGED})
    assert status == 201, answer
    purge = answer["requestId"]
    file = operator.folder / "backup.tar.gz"
    with Load(region) as load:
        operator.region(host, "backup", file)
        load.go_on(20)
    load.assert_none_failed()
    assert file.stat().st_mode & 0o777 == 0o600
    operator.region(host, "uninstall")
    # Somebody stands it up again, without having kept anything.
    operator.region(host, "install")
    operator.region(host, "restore", file)
    # By the certificate of before, with the secrets of before.
    wait_for(lambda: serves(region, purge), 30, "the purge log")
    answer = region.get(PICTURE.format(width=310))
    assert answer.status == 200 and answer["x-apus-region"] == "here"
    assert running_releases(host) == {release_of(host)}
    assert host.said("stat -c '%U:%G %a' /var/lib/apus/store/purges") == "apus:apus 700"
    assert host.said("find /tmp /run -name '*backup*' -o -path '/tmp/tmp.*'") == ""


def test_onto_the_host_itself_nothing_fails_and_no_picture_goes(packaged_host, operator):
    host, region = packaged_host, Region(packaged_host)
    operator.install(host)
    region.wait()
    file = operator.folder / "backup.tar.gz"
    called(region, "POST", "/v1/files/purge", {"url": PURGED})
    operator.region(host, "backup", file)
    with Load(region) as load:
        operator.region(host, "restore", file)
        load.go_on(20)
    load.assert_none_failed()
    assert host.said("find /var/lib/apus/store/variants -type f | head -n 1")


def test_a_damaged_backup_is_refused(packaged_host, operator):
    operator.install(packaged_host)
    file = operator.folder / "backup.tar.gz"
    operator.region(packaged_host, "backup", file)
    file.write_bytes(file.read_bytes()[:-200])
    release = release_of(packaged_host)
    with pytest.raises(Failed, match="backup"):
        operator.region(packaged_host, "restore", file)
    assert running_releases(packaged_host) == {release}
