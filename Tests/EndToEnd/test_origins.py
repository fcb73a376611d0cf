"""Web folders, web proxies, several origins in order, and what each failure is called."""

import json
import time

import pytest

from conftest import TOTAL_SECONDS, web
from instance import Instance
from pictures import is_near, colour_at, shows_quadrants

# Behaviour of the origin → status and code of the answer.
FAILURES = [
    ("missing", 404, "ENOENT"),
    ("status/404", 404, "ENOENT"),
    ("status/410", 404, "ENOENT"),
    ("status/401", 404, "EACCES"),
    ("status/403", 404, "EACCES"),
    ("status/429", 404, "UNIDENTIFIED"),
    ("status/500", 404, "UNIDENTIFIED"),
    ("status/503", 404, "UNIDENTIFIED"),
    ("status/999", 404, "UNIDENTIFIED"),
    ("silent", 404, "ETIMEDOUT"),
    ("stall", 404, "ETIMEDOUT"),
    ("drip", 404, "ETIMEDOUT"),
    ("reset", 404, "UNIDENTIFIED"),
    ("garbage", 404, "UNIDENTIFIED"),
    ("cut", 404, "UNIDENTIFIED"),
    ("no-content", 404, "UNIDENTIFIED"),
    ("partial", 404, "UNIDENTIFIED"),
    ("unasked-304", 404, "UNIDENTIFIED"),
    ("header-flood", 404, "UNIDENTIFIED"),
    ("endless", 400, "ELIMIT"),
    ("too-long", 400, "ELIMIT"),
    ("html", 400, "EINVAL"),
    ("nothing", 400, "EINVAL"),
    ("redirect-loop", 404, "UNIDENTIFIED"),
    ("redirect-to-file", 404, "UNIDENTIFIED"),
    ("redirect-elsewhere", 404, "UNIDENTIFIED"),
]


@pytest.mark.parametrize("behaviour, status, code", FAILURES)
def test_a_failing_origin_has_its_answer(apus, workers_live, unique, behaviour, status, code):
    started = time.monotonic()
    answer = apus.get(f"/demo/web/tr:w-100/{behaviour}/{unique()}.jpg")
    assert (answer.status, answer.error) == (status, code), answer
    assert time.monotonic() - started < TOTAL_SECONDS + 1.5
    assert len(answer.body) < 200 and b"/" not in answer.body


def test_a_refused_connection_says_so(apus, unique):
    answer = apus.get(f"/demo/refused/{unique()}.jpg")
    assert (answer.status, answer.error) == (404, "ECONNREFUSED")


def test_an_address_that_is_not_allowed_is_never_asked(apus, other_origin, unique):
    word = unique()
    apus.get(f"/demo/web/redirect-elsewhere/{word}.jpg")
    apus.get(f"/demo/proxy/{other_origin.base}/ok/{word}.jpg")
    assert other_origin.count(word) == 0


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/ok/a.jpg",
        "http://127.1:{port}/ok/a.jpg",
        "http://2130706433:{port}/ok/a.jpg",
        "http://0x7f000001:{port}/ok/a.jpg",
        "http://0177.0.0.1:{port}/ok/a.jpg",
        "http://localhost:{port}/ok/a.jpg",
        "http://0.0.0.0:{port}/ok/a.jpg",
        "http://[::1]:{port}/ok/a.jpg",
        "http://[::ffff:127.0.0.1]:{port}/ok/a.jpg",
        "http://10.0.0.1/a.jpg",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.jpg",
        "gopher://127.0.0.1:{port}/a",
    ],
)
def test_a_web_proxy_reaches_no_private_address(apus, origin, target):
    before = len(origin.requests)
    answer = apus.get("/demo/proxy/" + target.format(port=origin.port))
    assert answer.status in (400, 404), answer
    assert answer.error in ("UNIDENTIFIED", "EINVAL"), answer
    assert len(origin.requests) == before


@pytest.mark.parametrize("form", ["plain", "encoded"])
def test_a_web_proxy_fetches_what_is_allowed(open_apus, origin, unique, form):
    target = f"{origin.base}/ok/{unique()}.jpg"
    if form == "encoded":
        target = target.replace(":", "%3A").replace("/", "%2F")
    answer = open_apus.get(f"/demo/proxy/tr:w-100/{target}")
    assert answer.status == 200, answer
    assert answer.picture().size == (100, 75)


def test_a_web_proxy_passes_the_query_on_once(open_apus, origin, unique):
    word = unique()
    answer = open_apus.get(f"/demo/proxy/tr:w-100/{origin.base}/ok/{word}.jpg?size=1&tr=h-50&name={word}")
    assert answer.status == 200, answer
    path = next(path for path, _ in origin.requests if word in path)
    assert path == f"/ok/{word}.jpg?size=1&name={word}"


def test_an_instance_that_is_its_own_origin_does_not_go_in_circles(workplace, configure, unique):
    instance = Instance(configure("circle"), workplace / "circle")
    changed = json.loads(instance.configuration.read_text())
    # By another name of the host, as it would happen: under the same one nginx' lock would hold the second request back.
    changed["accounts"][0]["origins"].append(web("itself", f"http://localhost:{instance.port}/demo/itself"))
    changed["accounts"][0]["urlEndpoints"].append({"urlPrefix": "itself", "origins": ["itself"]})
    instance.configuration.write_text(json.dumps(changed))
    try:
        instance.up()
        answer = instance.get(f"/demo/itself/{unique()}.jpg")
        assert (answer.status, answer.error) == (404, "UNIDENTIFIED")
        assert len(instance.log("access.log").splitlines()) < 10
    finally:
        instance.down()


def test_redirects_are_followed_where_they_are_allowed(apus, open_apus, other_origin, unique):
    assert apus.get(f"/demo/web/redirect/{unique()}.jpg").status == 200
    word = unique()
    assert open_apus.get(f"/demo/web/redirect-elsewhere/{word}.jpg").status == 200
    assert other_origin.count(word) == 1


@pytest.mark.parametrize(
    "endpoint, status, code",
    [
        ("second", 200, ""),
        ("after-failure", 200, ""),
        ("all-missing", 404, "ENOENT"),
        ("missing-then-forbidden", 404, "EACCES"),
        ("forbidden-then-missing", 404, "EACCES"),
        ("failing-then-missing", 404, "UNIDENTIFIED"),
    ],
)
def test_several_origins_are_asked_in_order(apus, unique, endpoint, status, code):
    answer = apus.get(f"/demo/{endpoint}/ok/{unique()}.jpg")
    assert (answer.status, answer.error) == (status, code), answer


def test_the_first_origin_that_has_it_is_the_last_one_asked(apus, origin):
    before = len(origin.requests)
    assert apus.get("/demo/disk-then-web/quadrants.jpg").status == 200
    assert len(origin.requests) == before
    answer = apus.get("/demo/disk-then-web/tr:w-50,f-png/colour/3366CC/x.jpg")
    assert is_near(colour_at(answer.picture(), 0.5, 0.5), (0x33, 0x66, 0xCC))


def test_what_an_origin_is_told(apus, origin, unique):
    word = unique()
    headers = {"Cookie": "session=1", "Authorization": "Bearer x", "User-Agent": "spy", "Referer": "http://x/"}
    assert apus.get(f"/demo/web/tr:w-100/ok/{word}.jpg?token=7&tr=rt-90", headers=headers).status == 200
    sent = origin.headers_of(word)
    assert sent["x-req-from"] == "imagekit"
    assert sent.get("accept-encoding", "identity") == "identity"
    assert sent["host"] == f"127.0.0.1:{origin.port}"
    for name in ("cookie", "authorization", "referer"):
        assert name not in sent
    assert "spy" not in str(sent)
    path = next(path for path, _ in origin.requests if word in path)
    assert "token=7" in path and "tr" not in path


def test_the_client_s_host_is_forwarded_where_it_is_configured(apus, origin, unique):
    word = unique()
    assert apus.get(f"/demo/forwarding/ok/{word}.jpg", headers={"Host": "pictures.example"}).status == 200
    assert origin.headers_of(word)["host"] == "pictures.example"


def test_escapes_reach_the_origin_as_they_are(apus, origin, unique):
    word = unique()
    assert apus.get(f"/demo/web/ok/a%2Fb%20c/{word}.jpg").status == 200
    assert origin.count(f"/ok/a%2Fb%20c/{word}.jpg") == 1


def test_a_cookie_of_the_origin_is_not_passed_on(apus, unique):
    assert apus.get(f"/demo/web/tr:orig-true/ok/{unique()}.jpg")["Set-Cookie"] is None


def test_an_original_that_appears_is_found_after_the_error_s_time(apus, folder, eventually, unique):
    name = f"{unique()}.jpg"
    missing = apus.get(f"/demo/{name}")
    assert (missing.status, missing.error) == (404, "ENOENT")
    (folder / name).write_bytes((folder / "quadrants.jpg").read_bytes())
    answer = eventually(lambda: (found := apus.get(f"/demo/{name}")).status == 200 and found, what="the new file")
    assert shows_quadrants(answer.picture())


def test_a_slow_origin_that_answers_in_time_is_waited_for(apus, unique):
    assert apus.get(f"/demo/web/slow/1/{unique()}.jpg").status == 200
