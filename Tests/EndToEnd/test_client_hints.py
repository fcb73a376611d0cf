"""Pictures that follow what a client says of its screen (w-auto, dpr-auto): pairs 88 to 96 of the URL language's
reference, §17.5, what answers say of it, and that no cache mixes two screens."""

import json

import pytest

from conftest import PRIVATE_KEY, endpoint
from instance import Instance
from purging import accept
from sites import renders

WEBP = "image/webp"
BOTH = "Sec-CH-DPR, DPR, Sec-CH-Width, Width"


@pytest.fixture(scope="module")
def apus(workplace, folder):
    path = workplace / "hints.yaml"
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "origins": [{"id": "disk", "type": "DISK", "path": str(folder)}],
        # One format for all, so that only the hints differ.
        "urlEndpoints": [endpoint("", "disk", format="png"), endpoint("auto", "disk")],
        "namedTransformations": {
            "fit": "w-auto,dpr-auto", "fixed": "w-120", "wide": "w-auto", "sharp": "w-100,dpr-auto", "fit_not": "w-90",
            "turn": "rt-90", "layered": "w-200:l-image,i-square.png,w-auto,l-end",
            "chosen": "if-w_gt_1,w-auto,if-else,w-10,if-end",
        },
    }
    # Names of which only some ask, more than one line of nginx' configuration holds.
    many = {f"name{number:03}_{'x' * 90}": "h-20,w-auto" for number in range(150)}
    other = {**account, "id": "other", "privateKeys": [], "insecure": True, "namedTransformations": many}
    path.write_text(json.dumps({"cache": {"edgeAge": "60s"}, "accounts": [account, other]}))
    instance = Instance(path, workplace / "hints")
    instance.up()
    yield instance
    instance.down()


@pytest.fixture
def get(apus, unique):
    """Asks for a transformation of a URL that nobody has asked for, with hints by their short names."""

    def get(steps, name="wide.jpg", url=None, width=None, dpr=None, **headers):
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        if width is not None:
            headers["Sec-CH-Width"] = width
        if dpr is not None:
            headers["Sec-CH-DPR"] = dpr
        return apus.get(url or f"/demo/tr:{steps}/{name}?{unique()}", headers=headers)

    return get


def size(answer):
    assert answer.status == 200, answer
    return answer.picture().size


# --- §17.5. The picture is 1280 x 320.

# Hints without the ratio of the answer are cut down at nginx already; the worker is to round up all the same.
HUNDREDS = [
    ("1", 100), ("9", 100), ("99", 100), ("100", 100), ("101", 200), ("0200", 200), ("201", 300), ("1000", 1000),
    ("1001", 1100), ("1099", 1100), ("7900", 7900), ("7901", 8000), ("7999", 8000), ("8000", 8000),
]  # fmt: skip
WIDEST = ["w-auto,h-10,c-force", "w-auto,dpr-auto,h-10,c-force"]


@pytest.mark.parametrize(
    "number, steps, hints, width",
    [
        (88, "w-100,dpr-auto", {"dpr": "2"}, 200),
        (89, "w-auto,dpr-auto", {"dpr": "2", "width": "600"}, 600),
        (90, "w-auto", {"width": "150"}, 200),
        (91, "w-auto,dpr-auto", {"dpr": "2", "width": "212"}, 300),
        (92, "w-200,dpr-2", {}, 400),
        (93, "dpr-2", {}, 1280),
        # §4.9, where the reference is silent: without a hint w-auto is absent, and dpr-auto is 1.
        ("no hint", "w-auto,h-50", {}, 200),
        ("no hint", "w-100,dpr-auto", {}, 100),
        # Hints of older clients, and of both.
        ("old", "w-auto", {"Width": "250"}, 300),
        ("old", "w-100,dpr-auto", {"DPR": "1.5"}, 150),
        ("both", "w-auto", {"width": "350", "Width": "250"}, 400),
        # Few pictures for many screens.
        ("steps", "w-100,dpr-auto", {"dpr": "2.625"}, 300),
        ("steps", "w-100,dpr-auto", {"dpr": "1.100000023841858"}, 150),
        ("steps", "w-100,dpr-auto", {"dpr": "0.3"}, 50),
        ("steps", "w-100,dpr-auto", {"dpr": "17"}, 500),
        *(("steps", WIDEST[0], {"width": said}, width) for said, width in HUNDREDS),
        # No header asks for more than the widest screen.
        *(("widest", steps, {"width": said, "dpr": "1"}, 8000) for steps in WIDEST for said in ("8001", "9" * 30)),
        # What nobody asks for does nothing.
        ("not asked", "w-300", {"dpr": "2", "width": "600"}, 300),
        ("not asked", "w-auto", {"dpr": "2"}, 1280),
        ("by name", "n-fit", {"dpr": "2", "width": "212"}, 300),
        ("by name", "n-fixed", {"dpr": "2", "width": "212"}, 120),
        ("by name", "n-sharp", {"dpr": "2", "width": "212"}, 200),
        ("by name", "n-chosen", {"width": "212"}, 300),
        ("by name", "n-turn:n-wide", {"width": "212"}, 300),
        ("by name", "n-fit_not", {"width": "212"}, 90),
    ],
)
def test_width(get, number, steps, hints, width):
    assert size(get(steps, **hints))[0] == width


def test_94_a_ratio_that_makes_it_too_wide_has_no_effect(get):
    assert size(get("w-3000,dpr-2,h-10,c-force"))[0] == 3000


def test_95_a_ratio_that_makes_it_too_narrow_has_no_effect(get):
    assert size(get("w-5,dpr-0.1,h-50,c-force"))[0] == 5


def test_96_both_sides_are_multiplied(get):
    assert size(get("w-200,h-100,dpr-1.5")) == (300, 150)


@pytest.mark.parametrize("useless", ["", "0", "000", "-100", "abc", "1e3", "100, 200", "100px", "\u00e4", '"100"'])
def test_what_is_no_hint_counts_as_not_sent(get, useless):
    assert size(get("w-auto", width=useless.encode()))[0] == 1280
    assert size(get("w-auto,dpr-auto", width=useless.encode(), dpr="2"))[0] == 1280
    assert size(get("w-100,dpr-auto", dpr=useless.encode()))[0] == 100


# --- What the answer says


@pytest.mark.parametrize(
    "steps, hints, ratio",
    [
        ("w-auto,dpr-auto", {"dpr": "2", "width": "212"}, "2.83"),
        ("w-auto,dpr-auto", {"dpr": "2", "width": "600"}, "2.00"),
        ("w-auto,dpr-auto", {"dpr": "2.625", "width": "212"}, "3.71"),
        # The picture is no wider than it is.
        ("w-auto,dpr-auto,c-at_max", {"dpr": "1", "width": "1600"}, "0.80"),
        ("n-fit", {"dpr": "2", "width": "212"}, "2.83"),
        ("w-auto,dpr-auto", {"dpr": "2"}, None),
        ("w-auto,dpr-auto", {"width": "212"}, None),
        ("w-auto", {"dpr": "2", "width": "212"}, None),
        ("w-100", {"dpr": "2", "width": "212"}, None),
    ],
)
def test_content_dpr(get, steps, hints, ratio):
    assert get(steps, **hints)["Content-DPR"] == ratio


@pytest.mark.parametrize(
    "steps, vary, accept_ch",
    [
        ("w-auto", "Sec-CH-Width, Width", "Sec-CH-Width"),
        ("w-100,dpr-auto", "Sec-CH-DPR, DPR", "Sec-CH-DPR"),
        ("w-auto,dpr-auto", BOTH, "Sec-CH-DPR, Sec-CH-Width"),
        ("n-fit", BOTH, "Sec-CH-DPR, Sec-CH-Width"),
        ("w-100", None, None),
        ("n-fixed", None, None),
        ("n-layered", "Sec-CH-Width, Width", "Sec-CH-Width"),
    ],
)
def test_what_it_depends_on(get, steps, vary, accept_ch):
    answer = get(steps)
    assert answer["Vary"] == vary
    assert answer["Accept-CH"] == accept_ch


def test_the_format_is_named_beside_the_hints(apus, unique):
    answer = apus.get(f"/demo/auto/tr:w-auto/wide.jpg?{unique()}", accept=WEBP)
    assert answer["Vary"] == "Accept, Sec-CH-Width, Width"


@pytest.mark.parametrize(
    "path, hints, status",
    [
        ("tr:w-auto/none.jpg", {}, 404),
        # Too many pixels with this hint alone.
        ("tr:w-auto,h-8000,c-force/wide.jpg", {"Sec-CH-Width": "8000"}, 400),
        ("tr:n-wide:h-8000,w-8000,c-force/wide.jpg", {}, 400),
    ],
)
def test_an_error_depends_on_what_its_picture_does(apus, unique, path, hints, status):
    """Else a shared cache gives it to those who would get the picture."""
    for kind, vary in (("", "Sec-CH-Width, Width"), ("auto/", "Accept, Sec-CH-Width, Width")):
        answer = apus.get(f"/demo/{kind}{path}?{unique()}", headers=hints)
        assert answer.status == status, answer
        assert "max-age" in answer["Cache-Control"]
        assert answer["Vary"] == vary


def test_what_cannot_be_read_depends_on_nothing(get):
    answer = get("w-auto,nonsense-1", width="200")
    assert (answer.status, answer["Vary"], answer["Accept-CH"]) == (400, None, None)


# --- Caches


@pytest.mark.parametrize("steps", ["w-auto,dpr-auto", "n-fit"])
def test_the_edge_cache_tells_screens_apart(get, unique, steps):
    url = f"/demo/tr:{steps}/wide.jpg?{unique()}"
    screens = [({"width": "150", "dpr": "1"}, 200), ({"width": "212", "dpr": "2"}, 300), ({"dpr": "2"}, 1280), ({}, 1280)]
    for hints, width in screens:
        assert size(get(None, url=url, **hints))[0] == width
    for hints, width in screens:
        answer = get(None, url=url, **hints)
        assert answer.cache == "edge"
        assert size(answer)[0] == width
    assert get(None, url=url, width="212", dpr="2")["Content-DPR"] == "2.83"


def test_screens_that_want_the_same_share_one_picture(apus, get, unique):
    url = f"/demo/tr:w-auto,dpr-auto/wide.jpg?{unique()}"
    before = renders(apus)
    answers = [get(None, url=url, width=str(width), dpr="2") for width in (210, 220, 260, 300)]
    assert renders(apus) == before + 1
    assert len({answer["ETag"] for answer in answers}) == 1
    assert [answer["Content-DPR"] for answer in answers] == ["2.86", "2.73", "2.31", "2.00"]


@pytest.mark.parametrize(
    "steps", ["w-100", "w-100,f-auto", "fo-auto,w-90,h-90", "n-fixed", "n-fixed,rt-90", "rt-90:n-fixed", "n-fit_not"]
)
def test_other_urls_are_kept_once_for_all_screens(get, unique, steps):
    url = f"/demo/tr:{steps}/wide.jpg?{unique()}"
    size(get(None, url=url, width="212", dpr="2"))
    assert get(None, url=url, width="600", dpr="1").cache == "edge"


@pytest.mark.parametrize(
    "steps, screens, others",
    [
        ("w-auto", [("201", "1"), ("230", "2"), ("0299", "2.625"), ("202", None)], [("300", "1"), (None, "1")]),
        ("w-auto", [("8000", "1"), ("8001", "1"), ("65000", "2"), ("999999", "2")], [("7999", "1")]),
        ("w-100,dpr-auto", [("100", "1.51"), ("200", "1.9"), (None, "2.0"), (None, "2")], [("100", "1.5")]),
        ("n-wide", [("1", "1"), ("30", "2"), ("100", None)], [("101", "1"), (None, "1")]),
        ("n-sharp", [("100", "2.1"), ("200", "2.5"), (None, "2.49")], [("100", "2.51"), ("100", None)]),
    ],
)
def test_screens_of_one_picture_share_its_place_at_the_edge(get, unique, steps, screens, others):
    """Only with the ratio in the answer (Content-DPR) has each its own."""
    url = f"/demo/tr:{steps},h-10,c-force/wide.jpg?{unique()}"
    first, *rest = [get(None, url=url, width=width, dpr=dpr) for width, dpr in screens]
    assert size(first) and first.cache != "edge"
    assert [answer.cache for answer in rest] == ["edge"] * len(rest)
    assert "edge" not in [get(None, url=url, width=width, dpr=dpr).cache for width, dpr in others]


def test_every_name_is_seen(apus, unique):
    for number in (0, 29, 30, 31, 149):
        path = f"/other/tr:n-name{number:03}_{'x' * 90}/wide.jpg?{unique()}"
        answer = apus.get(path, headers={"Sec-CH-Width": "212"})
        assert size(answer) == (300, 20)
        assert apus.get(path, headers={"Sec-CH-Width": "222"}).cache == "edge"


def test_names_that_ask_may_change(workplace, folder, unique):
    """A new configuration is told to nginx as well."""
    path = workplace / "changing-names.yaml"

    def write(text):
        origins = [{"id": "disk", "type": "DISK", "path": str(folder)}]
        account = {"id": "demo", "insecure": True, "origins": origins, "namedTransformations": {"fit": text}}
        path.write_text(json.dumps({"accounts": [account]}))

    def width():
        return size(instance.get(f"/demo/tr:n-fit,f-png/wide.jpg?{unique()}", headers={"Sec-CH-Width": "212"}))[0]

    write("w-90")
    instance = Instance(path, workplace / "changing-names")
    try:
        instance.up()
        assert width() == 90
        write("w-auto")
        instance.up()
        assert width() == 300
    finally:
        instance.down()


def test_the_query_is_read_too(get, unique):
    assert size(get(None, url=f"/demo/wide.jpg?tr=w-auto%2Cdpr-auto&{unique()}", width="212"))[0] == 300
    assert size(get(None, url=f"/demo/wide.jpg?tr=h-80%3An-fit&{unique()}", width="120"))[0] == 200


def test_a_purge_of_such_a_url_means_every_screen(apus):
    def tag(width, host):
        """Past the edge cache, whose key has the host."""
        headers = {"Sec-CH-Width": width, "Host": host}
        return apus.get("/demo/tr:w-auto,rt-90/wide.jpg", headers=headers)["ETag"]

    before = {width: tag(width, "before.example") for width in ("150", "250")}
    accept(apus, url="https://img.example/demo/tr:w-auto,rt-90/wide.jpg")
    for width, old in before.items():
        assert tag(width, "after.example") not in (None, old)
