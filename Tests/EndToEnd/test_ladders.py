"""Ladders: what an endpoint lets strangers ask for, so that nobody can count through sizes."""

import json
import os
import subprocess
import sys
import urllib.parse

import pytest

from conftest import PRIVATE_KEY, endpoint
from instance import PROGRAM, REPOSITORY, Instance
from test_signatures import sign

WIDTHS, QUALITIES = [80, 160, 240], [40, 80]
RUNGS = "80, 160, 240"
FREE = {"widths": WIDTHS, "qualities": QUALITIES, "format": "png"}
PARAMETERS = ["w", "h", "q", "e-grayscale"]


@pytest.fixture(scope="module")
def ladders(workplace, folder, configure):
    account = {
        "id": "demo",
        "privateKeys": ["private_test_key"],
        "origins": [{"id": "disk", "type": "DISK", "path": str(folder)}],
        "urlEndpoints": [
            endpoint("", "disk", format="png"),
            endpoint("strict", "disk", **FREE),
            endpoint("rising", "disk", **FREE, ladder="roundUp"),
            endpoint("off", "disk", **FREE, ladder="exact"),
            endpoint("few", "disk", parameters=PARAMETERS, format="png"),
            endpoint("short", "disk", **FREE, steps=2),
            endpoint("named", "disk", unsigned="named", steps=1, format="png"),
        ],
        "namedTransformations": {"odd": "w-77,h-33,q-3,bl-5"},
    }
    instance = Instance(configure("ladders", accounts=[account]), workplace / "ladders")
    instance.up()
    yield instance
    instance.down()


def explained(instance, path, **more):
    query = urllib.parse.urlencode({"url": path, **more})
    return json.loads(instance.get(f"/_apus/explain?{query}").body)


def error(answer):
    return answer.status, answer["ik-error"]


# quadrants.jpg is 640×480.
@pytest.mark.parametrize(
    "steps, size",
    [
        ("w-80", (80, 60)),
        ("w-160,h-80,c-force", (160, 80)),
        ("w-80,dpr-2", (160, 120)),
        ("w-160,ar-2-1", (160, 80)),
        ("n-odd", (77, 33)),
        ("w-80:n-odd", (77, 33)),
        ("bl-3,rt-90", (480, 640)),
        ("", (640, 480)),
    ],
)
def test_what_is_on_the_ladder_is_answered(ladders, steps, size):
    path = f"tr:{steps}/quadrants.jpg" if steps else "quadrants.jpg"
    for prefix in ("strict", "rising", "off"):
        answer = ladders.get(f"/demo/{prefix}/{path}")
        assert answer.status == 200, (prefix, answer)
        assert answer.picture().size == size


@pytest.mark.parametrize(
    "steps, parameter, value",
    [
        ("w-81", "w", "81"),
        ("h-79", "h", "79"),
        ("w-80,dpr-1.5", "w", "120"),
        ("w-160,ar-160-81", "h", "81"),
        ("w-0.5", "w", "0.5"),
        ("w-iw_div_2", "w", "iw_div_2"),
        ("w-80,ar-iar_div_2", "ar", "iar_div_2"),
        ("rt-90:w-81", "w", "81"),
        ("n-odd,w-81", "w", "81"),
        ("l-image,i-grey.png,w-9,l-end", "w", "9"),
        ("l-image,i-ik_canvas,h-bh_div_2,l-end", "h", "bh_div_2"),
        ("l-text,i-a,w-81,l-end", "w", "81"),
        ("if-w_gt_1,w-81,if-end", "w", "81"),
    ],
)
def test_what_is_no_rung_is_refused_by_name(ladders, steps, parameter, value):
    message = f"EINVAL - parameter {parameter}: value '{value}' is not allowed without a signature; allowed: {RUNGS}"
    in_path, in_query = f"tr:{steps}/quadrants.jpg", f"quadrants.jpg?tr={steps}"
    for path in (in_path, in_query):
        assert error(ladders.get(f"/demo/strict/{path}")) == (400, message)
        # Whoever has the key may ask for anything.
        assert ladders.get("/demo/strict/" + sign(path)).status == 200
    told = explained(ladders, f"/demo/strict/{in_path}")
    assert told["ladder"]["effect"] == "refused"
    assert (told["refusal"]["code"], told["refusal"]["parameter"]) == ("EINVAL", parameter)
    assert (told["refusal"]["allowed"], told["signature"]["isRequired"]) == (RUNGS, True)
    assert told["urlEndpoint"]["widths"] == told["urlEndpoint"]["heights"] == RUNGS
    assert told["urlEndpoint"]["ladder"] == "reject"


def test_a_quality_is_a_rung_too(ladders):
    refused = "EINVAL - parameter q: value '41' is not allowed without a signature; allowed: 40, 80"
    assert error(ladders.get("/demo/strict/tr:w-80,q-41,f-jpg/quadrants.jpg")) == (400, refused)
    tags = {ladders.get(f"/demo/rising/tr:w-80,q-{quality},f-jpg/quadrants.jpg")["ETag"] for quality in (41, 80, 99)}
    assert len(tags) == 1 and None not in tags


def test_all_below_a_rung_are_one_variant(ladders):
    answers = [ladders.get(f"/demo/rising/tr:w-{width}/noise.jpg") for width in (81, 120, 159, 160)]
    assert [answer.status for answer in answers] == [200] * 4
    assert {answer.picture().width for answer in answers} == {160}
    assert len({answer["ETag"] for answer in answers}) == 1
    # It was made once; the others are copies of it.
    assert [answer.cache for answer in answers].count("render") == 1
    assert {ladders.get(f"/demo/rising/tr:w-{width}/noise.jpg").picture().width for width in (241, 5000)} == {240}
    for expression in ("w-0.5", "w-iw_div_2"):
        assert ladders.get(f"/demo/rising/tr:{expression}/noise.jpg").status == 400
    told = explained(ladders, "/demo/rising/tr:w-81/noise.jpg")
    assert "w-160" in told["plan"]["canonical"] and told["urlEndpoint"]["ladder"] == "roundUp"
    assert told["ladder"]["effect"] == "rounded up" and "w-81" in told["ladder"]["asked"]
    assert told["key"] == explained(ladders, "/demo/rising/tr:w-160/noise.jpg")["key"]


def test_a_signed_url_is_taken_as_it_is(ladders):
    for prefix in ("strict", "rising"):
        answer = ladders.get(f"/demo/{prefix}/" + sign("tr:w-81/quadrants.jpg"))
        assert answer.status == 200 and answer.picture().width == 81
    assert ladders.get("/demo/off/tr:w-81/quadrants.jpg").picture().width == 81
    assert ladders.get("/demo/tr:w-81/quadrants.jpg").picture().width == 81


@pytest.mark.parametrize(
    "headers, width",
    [({"Sec-CH-Width": "81"}, 160), ({"Sec-CH-Width": "7000"}, 240), ({"Sec-CH-Width": "10"}, 160), ({}, 640)],
)
def test_what_screens_ask_for_goes_up(ladders, headers, width):
    for prefix in ("strict", "rising"):
        answer = ladders.get(f"/demo/{prefix}/tr:w-auto/quadrants.jpg", headers=headers)
        assert answer.status == 200 and answer.picture().width == width, (prefix, answer)


def test_a_pixel_ratio_goes_up(ladders):
    for prefix in ("strict", "rising"):
        path = f"/demo/{prefix}/tr:w-80,dpr-auto/quadrants.jpg"
        assert ladders.get(path, headers={"Sec-CH-DPR": "1.5"}).picture().width == 160
        assert ladders.get(path).picture().width == 80
    assert ladders.get("/demo/strict/tr:w-81,dpr-auto/quadrants.jpg", headers={"Sec-CH-DPR": "2"}).status == 400


@pytest.mark.parametrize(
    "path, parameter",
    [
        ("tr:w-81,f-jpg/quadrants.jpg", "f"),
        ("tr:e-contrast/quadrants.jpg", "e-contrast"),
        ("tr:orig-true/quadrants.jpg", "orig"),
        ("quadrants.jpg?orig-true", "orig"),
        ("quadrants.jpg?tr=orig-true", "orig"),
        ("quadrants.jpg?%74r=bl-5", "bl"),
        ("tr:l-text,i-a,l-end/quadrants.jpg", "l"),
        ("tr:if-w_gt_1,w-81,if-end/quadrants.jpg", "if"),
        ("tr:di-noise.jpg/nothing.jpg", "di"),
        ("ik-seo/tr:rt-90/quadrants/words.jpg", "rt"),
        ("tr:w-81/quadrants.jpg?tr=bl-5", "bl"),
    ],
)
def test_other_parameters_need_a_signature(ladders, path, parameter):
    allowed = "e-grayscale, h, n, q, w"
    message = f"EINVAL - parameter '{parameter}' is not allowed without a signature; allowed: {allowed}"
    assert error(ladders.get(f"/demo/few/{path}")) == (400, message)
    assert ladders.get("/demo/few/" + sign(path)).status in (200, 404)
    told = explained(ladders, f"/demo/few/{path}")
    assert told["refusal"]["message"] == message.removeprefix("EINVAL - ")
    assert told["urlEndpoint"]["parameters"] == "e-grayscale, h, q, w"


def test_the_parameters_that_are_named_and_stored_ones_are_free(ladders):
    for steps in ("w-81,h-7", "e-grayscale", "n-odd", "w-81:n-odd"):
        assert ladders.get(f"/demo/few/tr:{steps}/quadrants.jpg").status == 200
    assert ladders.get("/demo/few/quadrants.jpg").status == 200


@pytest.mark.parametrize(
    "path, steps, most",
    [
        ("short/tr:w-80:h-160:w-240/quadrants.jpg", 3, 2),
        ("short/tr:w-80:h-160:w-160:fo-left,w-160,h-80/quadrants.jpg", 4, 2),
        ("short/tr:w-80:h-160/quadrants.jpg?tr=w-240", 3, 2),
        ("short/tr:n-odd:n-odd:n-odd/quadrants.jpg", 3, 2),
        ("short/tr:rt-90:l-image,i-grey.png,w-80:rt-90,l-end/quadrants.jpg", 3, 2),
        ("named/tr:n-odd:n-odd/quadrants.jpg", 2, 1),
    ],
)
def test_longer_chains_need_a_signature(ladders, path, steps, most):
    message = f"EINVAL - a chain of {steps} steps is not allowed without a signature; allowed: at most {most}"
    assert error(ladders.get(f"/demo/{path}")) == (400, message)
    assert ladders.get("/demo/" + sign(path)).status == 200
    told = explained(ladders, f"/demo/{path}")
    assert told["ladder"]["effect"] == "refused" and told["signature"]["isRequired"]
    assert told["urlEndpoint"]["steps"] == str(most)


def test_shorter_chains_are_answered(ladders):
    for path in ("short/tr:w-80:h-160", "short/tr:n-odd:w-80", "short/tr:w-80", "named/tr:n-odd"):
        assert ladders.get(f"/demo/{path}/quadrants.jpg").status == 200, path
    assert ladders.get("/demo/short/quadrants.jpg").status == 200


def test_a_purge_of_what_was_asked_for_ends_what_was_made(ladders, eventually):
    url = "/demo/rising/tr:w-100/wide.jpg"
    assert ladders.get(url).picture().width == 160
    before = ladders.get("/demo/rising/tr:w-160/wide.jpg")["ETag"]
    done = subprocess.run(
        [PROGRAM, "purge", "--config", ladders.configuration, "--server", ladders.base, "--wait", ladders.base + url],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    eventually(lambda: ladders.get("/demo/rising/tr:w-160/wide.jpg")["ETag"] != before, what="the purge")


def test_the_command_explains_it_as_well(ladders):
    done = subprocess.run(
        [PROGRAM, "explain", "--config", ladders.configuration, "/demo/strict/tr:w-81/quadrants.jpg"],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert "not allowed without a signature; allowed: " + RUNGS in done.stdout
    assert "widths" in done.stdout and "reject" in done.stdout


@pytest.mark.parametrize("prefix", ["strict", "rising", "few"])
def test_abuses_that_need_any_picture_are_left_out_with_the_reason(ladders, prefix):
    def abused(*options):
        return subprocess.run(
            [
                sys.executable, "-m", "abuse", "--base", ladders.base, "--endpoint", f"/demo/{prefix}",
                "--sample", "quadrants.jpg", *options, "A12", "A14",
            ],
            cwd=REPOSITORY / "Tests" / "Abuse", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, text=True, timeout=60, check=False,
        ).stdout  # fmt: skip

    text = abused()
    assert "0 passed, 0 failed, 2 left out" in text and text.count("(a ladder: --endpoint without one, or --key)") == 2
    assert "2 passed, 0 failed, 0 left out" in abused("--key", PRIVATE_KEY)
