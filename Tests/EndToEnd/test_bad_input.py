"""Bad input: each has its clear answer, the workers live, nothing outside is read, nothing wrong is kept."""

import os
import threading
import time

import pytest

from conftest import TOTAL_SECONDS

pytestmark = pytest.mark.usefixtures("workers_live")

BAD_TRANSFORMATIONS = [
    ("w-abc", "w"),
    ("w--5", "w"),
    ("w-1e9", "w"),
    ("w-NaN", "w"),
    ("w-0x10", "w"),
    ("w-%EF%BC%91%EF%BC%90%EF%BC%90", "w"),
    ("w-99999999999999999999x", "w"),
    ("h-1.2.3", "h"),
    ("h-", "h"),
    ("ar-0-0", "ar"),
    ("c-nosuch", "c"),
    ("cm-nosuch", "cm"),
    ("w-10,h-10,fo-nowhere", "fo"),
    ("dpr-9", "dpr"),
    ("q-101", "q"),
    ("q-x", "q"),
    ("f-tga", "f"),
    ("rt-x", "rt"),
    ("fl-x", "fl"),
    ("bl-x", "bl"),
    ("bg-notacolour", "bg"),
    ("r-x", "r"),
    ("o-101", "o"),
    ("nosuchparameter-1", "nosuchparameter"),
    ("w-100,h-100,zzz-1", "zzz"),
    ("n-", "n"),
]


@pytest.mark.parametrize("transformation, parameter", BAD_TRANSFORMATIONS)
@pytest.mark.parametrize("form", ["/demo/tr:{}/quadrants.jpg", "/demo/quadrants.jpg?tr={}"], ids=["path", "query"])
def test_a_bad_transformation_is_400_and_names_the_parameter(apus, form, transformation, parameter):
    answer = apus.get(form.format(transformation))
    assert (answer.status, answer.error) == (400, "EINVAL"), answer
    assert parameter in answer["ik-error"], answer["ik-error"]
    assert len(answer["ik-error"]) < 500 and answer["ik-error"].isascii()


@pytest.mark.parametrize("transformation", ["w-100,zzz-1", "rndm_trnsf-abcd"])
def test_an_endpoint_may_ignore_unknown_parameters(apus, transformation):
    assert apus.get(f"/demo/lenient/tr:{transformation}/quadrants.jpg").status == 200


def test_a_bad_value_is_refused_there_too(apus):
    assert apus.get("/demo/lenient/tr:w-abc/quadrants.jpg").status == 400


@pytest.mark.parametrize(
    "transformation",
    [
        "if-w_gt_100,w-50",
        "if-end",
        "l-image,i-a.png",
        "l-end",
        "l-image,i-a.png,l-end,l-end",
        ",".join(["if-w_gt_1"] * 200),
        ",".join(["l-image,i-a.png"] * 200),
        ":".join(["w-100"] * 1000),
        ":".join(["rt-90"] * 11),
        "," * 5000,
        ":" * 5000,
        "-" * 5000,
        "w-" + "1_add_" * 1500 + "1",
        "w-iw_div_0",
    ],
    ids=lambda text: text[:30],
)
def test_a_malformed_or_endless_transformation_is_400(apus, transformation):
    answer = apus.get(f"/demo/tr:{transformation}/quadrants.jpg")
    assert answer.status == 400, answer
    assert answer.error in ("EINVAL", "ELIMIT")


@pytest.mark.parametrize("path", ["/demo", "/demo/", "/demo/tr:w-100/", "/demo/web/"])
def test_a_url_without_an_object_is_no_server_error(apus, path):
    answer = apus.get(path)
    assert (answer.status, answer.error) in ((400, "EINVAL"), (404, "ENOENT")), answer


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nosuch/quadrants.jpg",
        "/demo/nosuch/a.jpg",
        "/_x/a.jpg",
        "/favicon.ico",
        "/demo/folder",
        "/demo/folder/",
    ],
)
def test_nothing_there_is_404(apus, path):
    answer = apus.get(path)
    assert (answer.status, answer.error) == (404, "ENOENT"), answer


@pytest.mark.parametrize(
    "path",
    [
        "/demo/%",
        "/demo/%2",
        "/demo/%zz.jpg",
        "/demo/a%00.jpg",
        "/demo/a%0d%0aX-Injected:%201.jpg",
        "/demo/a%0A.jpg",
        "/demo/a%09.jpg",
        "/demo/a%7f.jpg",
    ],
)
def test_broken_encoding_and_control_characters_are_400(apus, path):
    answer = apus.get(path)
    assert answer.status == 400, answer
    assert answer["ik-error"].startswith("EINVAL - ")
    assert answer["X-Injected"] is None


@pytest.mark.parametrize("path", ["/demo/%c3%28.jpg", "/demo/%ff%fe.jpg", "/demo/%c0%ae%c0%ae/outside/secret.jpg"])
def test_bytes_that_are_no_utf8_find_nothing(apus, path):
    answer = apus.get(path)
    assert (answer.status, answer.error) in ((400, "EINVAL"), (404, "ENOENT")), answer


@pytest.mark.parametrize(
    "line",
    [
        b"GET /demo/a\x00b HTTP/1.1",
        b"GET /demo/a b.jpg HTTP/1.1",
        b"GET  /demo HTTP/9.9",
        b"nonsense",
        b"get /demo HTTP/1.1",
    ],
)
def test_requests_that_are_no_http_are_400(apus, line):
    assert apus.raw(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n").status in (400, 405, 505)


def test_smuggling_forms_are_400(apus):
    form = b"GET /demo/quadrants.jpg HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert apus.raw(form).status == 400
    assert apus.raw(b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n").status == 400


DOTS = [
    "..",
    "%2e%2e",
    ".%2e",
    "%2E.",
    "%252e%252e",
    "..%2f",
    "..%5c",
    "%2e%2e%5c",
    "..;",
    ".%00.",
    "..%2f..",
    "....//",
    "%2e%2e%2f",
]


@pytest.mark.parametrize("dots", DOTS)
@pytest.mark.parametrize(
    "form",
    [
        "/demo/{}/outside/secret.jpg",
        "/demo/folder/{}/{}/outside/secret.jpg",
        "/demo/tr:w-100/{}/outside/secret.jpg",
        "/demo/folder%2f{}%2f{}%2foutside%2fsecret.jpg",
    ],
)
def test_no_spelling_of_dots_leaves_the_folder(apus, form, dots):
    answer = apus.get(form.format(dots, dots))
    assert answer.status in (400, 404), answer
    assert not (answer["Content-Type"] or "").startswith("image/")


@pytest.mark.parametrize(
    "path",
    [
        "/demo/link.jpg",
        "/demo/relative-link.jpg",
        "/demo/linked-folder/secret.jpg",
        "/demo/tr:w-10/link.jpg",
        "/demo/tr:orig-true/link.jpg",
    ],
)
def test_no_link_leaves_the_folder(apus, path):
    answer = apus.get(path)
    assert answer.status == 404, answer
    assert answer.error in ("ENOENT", "EACCES")


def test_absolute_paths_and_devices_are_not_there(apus, folder):
    for path in (f"/demo/{folder.parent}/outside/secret.jpg", "/demo//etc/passwd", "/demo/%2fetc%2fpasswd"):
        assert apus.get(path).status in (400, 404), path


def test_a_pipe_is_no_original(apus, folder):
    os.mkfifo(folder / "pipe.jpg")
    answer = apus.get("/demo/pipe.jpg")
    assert answer.status == 404, answer


def test_long_urls(apus):
    assert apus.get("/demo/" + "a" * 65536).status == 414
    assert apus.get("/demo/quadrants.jpg?" + "a=1&" * 16384).status == 414
    assert apus.get("/demo/" + "a" * 15000).status in (400, 404)
    assert apus.get("/demo/quadrants.jpg?" + "a&" * 5000).status in (200, 400)
    assert apus.get("/demo/quadrants.jpg", headers={"X-Long": "a" * 40000}).status in (400, 431)


@pytest.mark.parametrize(
    "name, code",
    [
        ("empty.jpg", "EINVAL"),
        ("one-byte.jpg", "EINVAL"),
        ("magic-only.jpg", "EINVAL"),
        ("truncated.jpg", "EINVAL"),
        ("truncated.png", "EINVAL"),
        ("html.jpg", "EINVAL"),
        ("text.png", "EINVAL"),
        ("huge.png", "ELIMIT"),
        ("heavy.jpg", "ELIMIT"),
        ("many-frames.gif", "ELIMIT"),
    ],
)
def test_a_bad_original_is_400(apus, name, code):
    for _ in range(2):
        answer = apus.get(f"/demo/tr:w-100/{name}")
        assert (answer.status, answer.error) == (400, code), answer


def test_a_limit_is_named(apus):
    assert "40000000" in apus.get("/demo/tr:w-100/huge.png")["ik-error"]


def test_an_animation_is_limited_as_a_whole(apus):
    # Each frame alone would fit.
    for output in ("gif", "webp"):
        answer = apus.get(f"/demo/tr:w-4000,h-3500,f-{output}/frames.gif")
        assert (answer.status, answer.error) == (400, "ELIMIT"), answer
    assert apus.get("/demo/tr:w-2000,h-1800,f-jpg/frames.gif").status == 200


@pytest.mark.parametrize(
    "transformation",
    ["w-60000,h-60000", "w-65535,h-65535,c-force", "w-16000", "w-5200", "w-30000,f-webp,h-10,c-force"],
)
def test_an_output_beyond_the_limits_is_400(apus, transformation):
    answer = apus.get(f"/demo/tr:{transformation}/quadrants.jpg")
    assert answer.status == 400, answer
    assert answer.error in ("ELIMIT", "EINVAL")


@pytest.mark.parametrize(
    "transformation",
    [
        "w-1,h-1",
        "w-0.0001",
        "r-max",
        "bl-100",
        "rt-45",
        "w-10,h-10,cm-pad_resize",
        "w-10,h-10,cm-extract",
        "bg-FF000000",
        "o-0",
    ],
)
def test_one_pixel_survives_everything(apus, transformation):
    answer = apus.get(f"/demo/tr:{transformation},f-png/tiny.png")
    assert answer.status in (200, 400), answer
    if answer.status == 200:
        assert answer.picture().width >= 1


def test_a_damaged_original_that_is_mended_is_served(apus, folder, eventually, unique):
    name = f"{unique()}.jpg"
    (folder / name).write_bytes(b"")
    assert apus.get(f"/demo/tr:w-10/{name}").status == 400
    (folder / name).write_bytes((folder / "quadrants.jpg").read_bytes())
    eventually(lambda: apus.get(f"/demo/tr:w-10/{name}").status == 200, what="the mended original")


def test_silent_origins_do_not_stop_the_others(apus, origin, unique):
    """More requests to a silent origin than there are slots: the rest is told so at once, others are served."""
    word = unique()
    statuses, times = [], []

    def ask(number):
        started = time.monotonic()
        statuses.append(apus.get(f"/demo/web/silent/{word}-{number}.jpg"))
        times.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for number in range(10):
        started = time.monotonic()
        assert apus.get(f"/demo/tr:w-{60 + number}/quadrants.jpg").status == 200
        assert apus.get("/_apus/live").status == 200
        assert time.monotonic() - started < 3
    for thread in threads:
        thread.join()
    assert {answer.status for answer in statuses} <= {404, 503}
    assert all(answer["Retry-After"] for answer in statuses if answer.status == 503)
    assert max(times) < TOTAL_SECONDS + 1.5
    assert origin.count(word) <= 40
