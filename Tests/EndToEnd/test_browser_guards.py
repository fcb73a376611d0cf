"""What browsers may make of whatever is no picture, and that none of them ever guesses what it is."""

import pytest
from PIL import Image

from drawing_site import MEGABYTE, apus, get, origin, put  # noqa: F401
from pictures import encoded

# --- What is no picture


PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SAVED = "default-src 'none'; sandbox"
KINDS = [
    # name, Content-Type of the origin, body, its policy, whether it is saved
    ("a.html", "text/html", PAGE, SAVED, True),
    ("a.html", "text/html; charset=utf-7", PAGE, SAVED, True),
    ("a.xhtml", "application/xhtml+xml", PAGE, SAVED, True),
    ("a.xml", "application/xml", b"<a/>", SAVED, True),
    ("a.xml", "text/xml", b"<a/>", SAVED, True),
    ("a.rss", "application/rss+xml", b"<a/>", SAVED, True),
    ("a.mht", "multipart/related", PAGE, SAVED, True),
    ("a.eml", "message/rfc822", PAGE, SAVED, True),
    ("a.bin", "image/x+xml", PAGE, SAVED, True),
    ("a.xsl", "text/xsl", b"<a/>", SAVED, True),
    ("a.hta", "application/hta", PAGE, SAVED, True),
    ("a.swf", "application/x-shockwave-flash", b"FWS", SAVED, True),
    ("a.txt", "text/plain", PAGE, "sandbox", False),
    ("a.md", "text/markdown", PAGE, "sandbox", False),
    ("a.mp4", "video/mp4", b"\0\0\0\x18ftypmp42", "sandbox", False),
    ("a.mp3", "audio/mpeg", b"ID3", "sandbox", False),
    ("a.bin", "application/octet-stream", PAGE, "sandbox", False),
    ("a", "x/y", PAGE, "sandbox", False),
    ("a.pdf", "application/pdf", b"%PDF-1.7 " + PAGE, None, False),
    ("a.js", "text/javascript", b"alert(1)", None, False),
    ("a.css", "text/css", b"a{}", None, False),
    ("a.json", "application/json", b"{}", None, False),
    ("a.woff2", "font/woff2", b"wOF2", None, False),
    ("a.bmp", "image/bmp", b"BM", None, False),
]


@pytest.mark.parametrize("name, kind, body, policy, is_saved", KINDS, ids=lambda value: str(value)[:30])
def test_what_browsers_may_make_of_it(apus, put, name, kind, body, policy, is_saved):
    path = put(body, kind, f"-{name}")
    for steps in ("", "orig-true"):
        answer = get(apus, path, steps)
        assert (answer.status, answer.body) == (200, body), answer
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == policy
        disposition = answer["Content-Disposition"]
        assert disposition == (f'attachment; filename="{path}"' if is_saved else None)


def test_a_long_page_is_saved_too(apus, put):
    """One that goes through while it comes."""
    body = PAGE + b"x" * (2 * MEGABYTE)
    answer = get(apus, put(body, "text/html", ".html"))
    assert answer.body == body and answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == SAVED and answer["X-Content-Type-Options"] == "nosniff"
    part = get(apus, put(body, "text/html", ".html"), headers={"Range": "bytes=0-9"})
    assert part.status in (200, 206) and part["Content-Security-Policy"] == SAVED


def test_two_in_one(apus, put):
    """Files that are pictures and something else besides: the type is that of the picture, and nobody guesses another."""
    picture = encoded(Image.new("RGB", (20, 10), (0, 0, 255)), "GIF")
    both = picture + b"/*" + PAGE + b"*/=1;alert(1)"
    for kind, suffix in (("text/html", ".html"), ("text/javascript", ".js"), ("image/svg+xml", ".svg"), ("x/y", ".jpg")):
        path = put(both, kind, suffix)
        answer = get(apus, path, "orig-true")
        assert (answer.status, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, "image/gif", "nosniff")
        made = get(apus, path, "f-png")
        assert made["Content-Type"] == "image/png" and b"script" not in made.body


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/svg+xml", "image/webp; x=y", "IMAGE/GIF"])
def test_a_page_cannot_pose_as_a_picture(apus, put, kind):
    for steps in ("", "orig-true", "f-png", "w-10"):
        answer = get(apus, put(PAGE, kind, ".bin"), steps)
        assert (answer.status, answer.error) == (400, "EINVAL"), answer
        assert answer["Content-Type"].startswith("text/plain") and answer["X-Content-Type-Options"] == "nosniff"


# --- Every answer


EVERY_KIND = [
    ("GET", "/demo/{picture}", 200), ("GET", "/demo/tr:w-10/{picture}", 200), ("HEAD", "/demo/tr:w-10/{picture}", 200),
    ("GET", "/demo/tr:w-x/{picture}", 400), ("GET", "/demo/missing.jpg", 404), ("GET", "/nobody/a.jpg", 404),
    ("GET", "/demo/{picture}?ik-s=wrong", 401), ("POST", "/demo/{picture}", 405), ("PUT", "/demo/{picture}", 405),
    ("TRACE", "/", 405), ("OPTIONS", "/demo/{picture}", 204), ("GET", "/", 404), ("GET", "/%zz", 400), ("GET", "/_apus/live", 200),
    ("GET", "/_apus/ready", 200), ("GET", "/_apus/metrics", 200), ("GET", "/_apus/nothing", 404),
    ("GET", "/_apus/explain?url=/demo/{picture}", 200), ("GET", "/v1/files/purge/x", 401), ("POST", "/v1/files/purge", 401),
    ("GET", "/v1/nothing", None), ("GET", "/demo/" + "a" * 70_000, 414),
]  # fmt: skip


@pytest.mark.parametrize("method, path, status", EVERY_KIND, ids=lambda value: str(value)[:40])
def test_nobody_ever_guesses(apus, put, method, path, status):
    picture = put(encoded(Image.new("RGB", (20, 10), (0, 0, 255)), "JPEG"), "image/jpeg", ".jpg")
    path = path.format(picture=picture)
    for _ in range(2):
        answer = apus.get(path, method=method)
        assert answer["X-Content-Type-Options"] == "nosniff", answer
        assert status is None or answer.status == status, answer
    known = get(apus, picture, headers={"If-None-Match": get(apus, picture)["ETag"]})
    assert known.status == 304 and known["X-Content-Type-Options"] == "nosniff"
