"""Pages that are drawn are kept by nginx as every other picture, though whole documents may be as long as films."""

import json

import pytest
from PIL import Image

from conftest import endpoint
from instance import Instance
from pictures import RED, encoded

LONG = 30_000_000


@pytest.fixture(scope="module")
def document():
    return encoded(Image.new("RGB", (300, 200), RED), "PDF", resolution=72.0)


@pytest.fixture(scope="module")
def apus(workplace, document):
    files = workplace / "documents"
    files.mkdir()
    for name in ("page.pdf", "page.PDF", "page.ai"):
        (files / name).write_bytes(document)
    # It has no end that a reader would find, and is passed on as it is.
    (files / "long.pdf").write_bytes(document + bytes(LONG))
    (files / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(1000))
    path = workplace / "documents.yaml"
    account = {
        "id": "demo", "insecure": True, "origins": [{"id": "disk", "type": "DISK", "path": str(files)}],
        "urlEndpoints": [endpoint("", "disk", format="png")],
    }  # fmt: skip
    path.write_text(json.dumps({"cache": {"edgeAge": "60s", "errorAge": "60s"}, "accounts": [account]}))
    instance = Instance(path, workplace / "documents-state")
    instance.up()
    yield instance
    instance.down()


@pytest.mark.parametrize(
    "path",
    [
        "/demo/tr:w-60/page.pdf", "/demo/tr:w-60/page.PDF", "/demo/tr%3Aw-60/page.pdf", "/demo/page.pdf?tr=w-60",
        "/demo/page.pdf?a=b&tr=w-60", "/demo/tr:w-60/page.ai", "/demo/page.ai?tr=w-60",
        "/demo/tr:w-60/page.pdf/ik-thumbnail.jpg",
    ],
)  # fmt: skip
def test_a_page_is_kept(apus, path):
    first = apus.get(path)
    assert first.status == 200 and first.picture().size == (60, 40)
    assert first.cache != "edge"
    again = apus.get(path)
    assert again.cache == "edge" and again.body == first.body


def test_what_is_wrong_with_a_transformation_of_a_film_is_kept(apus):
    first, again = apus.get("/demo/tr:w-60/film.mp4"), apus.get("/demo/tr:w-60/film.mp4")
    assert first.status == again.status == 400
    assert again.cache == "edge"


def test_a_film_is_passed_on_each_time(apus):
    for _ in range(2):
        answer = apus.get("/demo/film.mp4")
        assert (answer.status, len(answer.body)) == (200, 1012)
        assert answer.cache != "edge"
    assert apus.get("/demo/film.mp4", headers={"Range": "bytes=4-7"}).body == b"ftyp"


def test_a_long_document_is_passed_on_whole_and_in_parts(apus, document):
    for _ in range(2):
        answer = apus.get("/demo/long.pdf?tr=orig-true")
        assert answer.status == 200 and answer.cache != "edge"
        assert answer.body == document + bytes(LONG)
        part = apus.get("/demo/long.pdf?tr=orig-true", headers={"Range": "bytes=0-3"})
        assert (part.status, part.body) == (206, document[:4])
