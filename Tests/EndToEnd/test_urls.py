"""URL forms: accounts, endpoints, where a transformation stands, and that spelling does not multiply variants."""

import pytest
from imagekitio import ImageKit

from conftest import PRIVATE_KEY
from pictures import shows_quadrants


@pytest.fixture(scope="module")
def client():
    return ImageKit(private_key=PRIVATE_KEY)


def path_of(url, base):
    assert url.startswith(base)
    return url[len(base) :]


@pytest.mark.parametrize("position", ["path", "query"])
@pytest.mark.parametrize(
    "transformation, size",
    [
        ([{"width": 300, "height": 200}], (300, 200)),
        ([{"width": "200"}], (200, 150)),
        ([{"height": 120}, {"rotation": 90}], (120, 160)),
        ([{"aspect_ratio": "4-3", "width": 400}], (400, 300)),
        ([{"width": 300, "height": 200, "crop": "at_max"}], (267, 200)),
        ([{"width": 300, "height": 200, "crop_mode": "pad_resize", "background": "F3F3F3"}], (300, 200)),
        ([{"named": "thumb"}], (150, 150)),
        ([{"raw": "w-100,h-80"}], (100, 80)),
        ([{"width": 0.5}], (320, 240)),
    ],
    ids=str,
)
def test_the_official_client_builds_urls_that_work(apus, client, position, transformation, size):
    url = client.helper.build_url(
        src="/quadrants.jpg",
        url_endpoint=f"{apus.base}/demo",
        transformation=transformation,
        transformation_position=position,
    )
    answer = apus.get(path_of(url, apus.base))
    assert answer.status == 200, answer
    assert answer.picture().size == size


def test_path_and_query_form_are_the_same_variant(apus):
    path = apus.get("/demo/tr:w-211,h-97,f-png/quadrants.jpg")
    query = apus.get("/demo/quadrants.jpg?tr=w-211,h-97,f-png")
    assert path.status == query.status == 200
    assert path.body == query.body
    assert path["ETag"] == query["ETag"]
    assert query.cache == "redis"


@pytest.mark.parametrize(
    "first, other",
    [
        ("/demo/tr:w-301,h-99,f-png/quadrants.jpg", "/demo/tr:f-png,h-99,w-301/quadrants.jpg"),
        ("/demo/tr:w-302,f-png/quadrants.jpg", "/demo/tr:w-302.00,f-png/quadrants.jpg"),
        ("/demo/quadrants.jpg?tr=w-303,f-png", "/demo/quadrants.jpg?tr=w-303%2Cf-png"),
        ("/demo/quadrants.jpg?tr=w-304,f-png", "/demo/quadrants.jpg?tr=w-304%2cf-png"),
        ("/demo/quadrants.jpg?tr=w-305:rt-90,f-png", "/demo/quadrants.jpg?tr=w-305%3Art-90,f-png"),
        ("/demo/tr:w-306,f-jpg/quadrants.jpg", "/demo/tr:w-306,f-jpeg/quadrants.jpg"),
        ("/demo/tr:w-307,h-80,f-png/quadrants.jpg", "/demo/tr:w-307,h-80,c-maintain_ratio,f-png/quadrants.jpg"),
        ("/demo/tr:w-308,f-png,bg-FF0000/alpha.png", "/demo/tr:w-308,f-png,bg-ff0000/alpha.png"),
        ("/demo/tr:w-309,f-png/%C3%BCmlaut.jpg", "/demo/tr:w-309,f-png/%c3%bcmlaut.jpg"),
        ("/demo/tr:w-310,f-png/quadrants.jpg", "/demo/tr:w-310,f-png/%71uadrants.jpg"),
    ],
)
def test_spelling_does_not_multiply_variants(apus, first, other):
    made, again = apus.get(first), apus.get(other)
    assert (made.status, again.status) == (200, 200), (made, again)
    assert again.cache == "redis"
    assert again["ETag"] == made["ETag"]
    assert again.body == made.body


@pytest.mark.parametrize(
    "path, size",
    [
        ("/demo/quadrants.jpg", (640, 480)),
        ("/demo/folder/inner/quadrants.jpg", (640, 480)),
        ("/demo/tr:w-100/folder/inner/quadrants.jpg", (100, 75)),
        ("/demo/folder/tr:w-100/inner/quadrants.jpg", (100, 75)),
        ("/demo/lenient/tr:w-100/quadrants.jpg", (100, 75)),
        ("/demo/quadrants.jpg?v=12&updatedAt=1700000000", (640, 480)),
        ("/demo/quadrants.jpg?tr=w-100&v=1", (100, 75)),
        ("/demo/quadrants.jpg?tr=", (640, 480)),
        ("/second/inner/quadrants.jpg?tr=w-100", (100, 75)),
        ("/demo/ik-seo/quadrants/a-name-for-people.jpg", (640, 480)),
        ("/demo/ik-seo/tr:w-100/folder/inner/quadrants/a-name-for-people.jpg", (100, 75)),
        ("/demo/tr:w-100/ik-seo/quadrants/a-name-for-people.jpg", (100, 75)),
    ],
)
def test_url_forms(apus, path, size):
    answer = apus.get(path)
    assert answer.status == 200, answer
    assert answer.picture().size == size


def test_both_forms_at_once_are_one_chain_path_first(apus):
    answer = apus.get("/demo/tr:w-200,h-100/quadrants.jpg?tr=rt-90")
    assert answer.status == 200, answer
    assert answer.picture().size == (100, 200)


def test_a_custom_host_has_neither_account_nor_prefix_in_its_paths(apus):
    answer = apus.get("/tr:w-100/quadrants.jpg", headers={"Host": "images.shop.example"})
    assert answer.status == 200, answer
    assert answer.picture().size == (100, 75)


def test_a_custom_host_does_not_answer_for_other_accounts(apus):
    assert apus.get("/second/inner/quadrants.jpg", headers={"Host": "images.shop.example"}).status == 404


def test_an_unknown_host_is_answered_by_account(apus):
    assert apus.get("/demo/quadrants.jpg", headers={"Host": "elsewhere.example"}).status == 200


@pytest.mark.parametrize(
    "name", ["with%20space.jpg", "%C3%BCmlaut.jpg", "a%2520b.jpg", "a+b.jpg", "a%2Bb.jpg", "tr-name.jpg"]
)
def test_names_are_decoded_once(apus, name):
    answer = apus.get(f"/demo/tr:w-64/{name}")
    assert answer.status == 200, answer
    assert shows_quadrants(answer.picture(), tolerance=60)


def test_a_named_transformation_may_begin_with_tr(apus):
    answer = apus.get("/demo/tr:n-with_prefix/quadrants.jpg")
    assert answer.picture().size == (60, 80)


def test_a_named_transformation_beside_others_comes_first(apus):
    answer = apus.get("/demo/tr:n-thumb,w-75,f-png/quadrants.jpg")
    assert answer.status == 200, answer
    assert answer.picture().size == (75, 75)
    assert answer["Content-Type"] == "image/png"


def test_an_unknown_named_transformation_is_named(apus):
    answer = apus.get("/demo/tr:n-nosuch/quadrants.jpg")
    assert (answer.status, answer.error) == (400, "EINVAL")
    assert "nosuch" in answer["ik-error"]


def test_endpoint_defaults_for_format_and_quality(apus):
    assert apus.get("/demo/png/quadrants.jpg")["Content-Type"] == "image/png"
    rough, fine = apus.get("/demo/rough/tr:w-300/noise.jpg"), apus.get("/demo/tr:w-300,f-jpg/noise.jpg")
    assert rough["Content-Type"] == fine["Content-Type"] == "image/jpeg"
    assert len(rough.body) < len(fine.body) / 2


def test_orig_true_ignores_the_rest_and_sends_the_stored_bytes(apus, folder):
    answer = apus.get("/demo/tr:orig-true,w-100/noise.jpg")
    assert answer.status == 200
    assert answer.body == (folder / "noise.jpg").read_bytes()
    assert answer.cache == "origin"
