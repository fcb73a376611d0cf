"""What clients say of their own copies, while nginx asks whether its copy still holds."""

import shutil

import pytest

from conftest import PRIVATE_KEY, endpoint
from instance import Instance
from purging import purge


@pytest.fixture(scope="module")
def scripts(workplace, configure):
    """An instance over a folder, and the folder."""
    folder = workplace / "scripts"
    folder.mkdir()
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "origins": [{"id": "folder", "type": "DISK", "path": str(folder)}],
        "urlEndpoints": [endpoint("", "folder")],
    }
    instance = Instance(
        configure("edge-conditions", cache={"edgeAge": "1s"}, accounts=[account]), workplace / "edge-conditions"
    )
    instance.up()
    yield instance, folder
    instance.down()


@pytest.mark.parametrize(
    "condition",
    [{"If-None-Match": "*"}, {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, {"Range": "bytes=0-1"}],
    ids=lambda condition: next(iter(condition)),
)
def test_a_client_s_condition_is_no_word_about_nginx_copy(scripts, unique, condition):
    instance, folder = scripts
    name = f"{unique()}.js"
    (folder / name).write_text("old script")
    assert instance.get(f"/demo/{name}").body == b"old script"
    (folder / name).write_text("new")
    # After it nginx' copy is past its time, and no longer what the worker would send.
    purge(instance, url=f"http://img.example/demo/{name}")
    answer = instance.get(f"/demo/{name}", headers=condition)
    assert answer.status in (200, 206, 304), answer
    assert b"old" not in answer.body
    assert instance.get(f"/demo/{name}").body == b"new"


@pytest.mark.parametrize("headers", [{"If-Match": '"other"'}, {"If-Unmodified-Since": "Fri, 01 Jan 1990 00:00:00 GMT"}])
@pytest.mark.parametrize("place", ["{}.js", "tr:w-40/{}.jpg"])
def test_a_condition_that_is_not_met_leaves_nothing_half_done(scripts, folder, unique, place, headers):
    instance, its_folder = scripts
    name = unique()
    (its_folder / f"{name}.js").write_text("script")
    shutil.copy(folder / "quadrants.jpg", its_folder / f"{name}.jpg")
    path = f"/demo/{place.format(name)}"
    errors = instance.log("nginx-error.log")
    for _ in range(2):
        assert instance.get(path, headers=headers).status == 412
    answer = instance.get(path)
    assert answer.status == 200 and answer.body
    assert instance.get(path, headers=headers).status == 412
    same = instance.get(path, headers={"If-Match": answer["ETag"]})
    assert (same.status, same.body) == (200, answer.body)
    assert instance.log("nginx-error.log") == errors


def test_what_is_wrong_with_a_part_is_not_kept_for_the_whole(scripts, unique):
    instance, folder = scripts
    name = f"{unique()}.js"
    (folder / name).write_text("script")
    assert instance.get(f"/demo/{name}", headers={"Range": "bytes=100-"}).status == 416
    assert instance.get(f"/demo/{name}").body == b"script"


def test_a_head_has_no_part(scripts, unique):
    instance, folder = scripts
    name = f"{unique()}.bin"
    (folder / name).write_bytes(bytes(2_000_000))
    answer = instance.get(f"/demo/{name}", method="HEAD", headers={"Range": "bytes=0-9"})
    assert (answer.status, answer.headers["content-length"]) == (200, "2000000")
