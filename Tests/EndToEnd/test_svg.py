"""Drawings: what leaves as one is sanitised, what is drawn was sanitised before, and none of them reaches anything. And what
browsers may make of whatever is no picture."""

import base64
import gzip
import json
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ElementTree
import zlib
from contextlib import contextmanager

import pytest
from PIL import Image

from conftest import endpoint, web
from instance import Instance
from pictures import colour_at, encoded, is_near
from scripted_origin import ScriptedOrigin

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
MEGABYTE = 1_000_000
SOURCE_BYTES = 3 * MEGABYTE
# How a drawing may be asked for as a drawing.
AS_DRAWING = ["", "orig-true", "f-svg", "f-auto,w-10"]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@contextmanager
def running(workplace, name, origin, **changes):
    path = workplace / f"{name}.yaml"
    account = {
        "id": "demo", "publicKey": "public_test", "privateKeys": ["private_test_key"],
        "origins": [web("page", f"{origin.base}/page")],
        "urlEndpoints": [endpoint("", "page"), endpoint("raster", "page", svg="rasterise")],
    }  # fmt: skip
    configuration = {
        "workers": {"processes": 1, "renders": 2}, "cache": {"edgeAge": "1s", "errorAge": "1s"},
        "limits": {"sourceBytes": f"{SOURCE_BYTES // MEGABYTE}MB", "sourcePixels": "20MP", "outputPixels": "20MP"},
        "timeouts": {"total": "10s", "render": "6s"}, "accounts": [account],
    }  # fmt: skip
    path.write_text(json.dumps(configuration | changes))
    instance = Instance(path, workplace / name)
    try:
        instance.up()
        yield instance
    finally:
        instance.down()


@pytest.fixture(scope="module")
def origin():
    origin = ScriptedOrigin()
    yield origin
    origin.stop()


@pytest.fixture(scope="module")
def apus(workplace, origin):
    with running(workplace, "svg", origin) as instance:
        yield instance


@pytest.fixture
def put(origin, unique):
    """Puts a file there under a name of its own; returns its path."""

    def put(body, kind="image/svg+xml", suffix=".svg", **headers):
        name = unique() + suffix
        origin.put(name, body=body if isinstance(body, bytes) else body.encode(), Content_Type=kind, **headers)
        return name

    return put


def drawing(body, attributes='width="100" height="50"', head=""):
    return f'{head}<svg xmlns="{SVG}" xmlns:xlink="{XLINK}" {attributes}>{body}</svg>'


def get(apus, name, steps="", **options):
    return apus.get(f"/demo/{f'tr:{steps}/' if steps else ''}{name}", **options)


def assert_clean(answer):
    """A sanitised drawing, with all that belongs to one."""
    assert (answer.status, answer["Content-Type"]) == (200, "image/svg+xml"), answer
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert int(answer["Content-Length"]) == len(answer.body)
    text = answer.body.decode()
    assert text.startswith(f'<svg xmlns="{SVG}"') and "<!" not in text and "<?" not in text
    for word in ("script", "foreignobject", "onload", "onclick", "evil", "iframe", "@import", "javascript"):
        assert word not in text.lower()
    for element in ElementTree.fromstring(text).iter():
        assert element.tag.startswith(f"{{{SVG}}}")
        for name, value in element.attrib.items():
            if name.endswith("href"):
                assert value.startswith(("#", "data:image/")) and not value.startswith("data:image/svg")
    return text


# --- What leaves as a drawing


DISGUISES = {
    "script": "<script>alert(1)</script><script href='https://evil.example'/>",
    "handler": "<rect width='9' height='9' onload='alert(1)' onclick='alert(1)'/>",
    "link": "<a href='java&#9;script:alert(1)' xlink:href='JAVASCRIPT:alert(1)'><rect width='9' height='9'/></a>",
    "another prefix": "<a xmlns:y='http://www.w3.org/1999/xlink' y:href='javascript:alert(1)'><text>a</text></a>",
    "foreign": "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='https://evil.example'/></foreignObject>",
    "animation": "<a><set attributeName='href' to='javascript:alert(1)'/><animate attributeName='xlink:href' "
    "values='javascript:alert(1)'/></a>",
    "style": "<style><![CDATA[@import 'https://evil.example';a{fill:url(https://evil.example)}]]></style>",
    "nested": "<svg onload='alert(1)'><g><svg><script>alert(1)</script></svg></g></svg>",
    "picture": "<image href='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9J2FsZXJ0KDEpJy8+'/>",
}


@pytest.mark.parametrize("case", DISGUISES)
def test_what_leaves_as_a_drawing_is_harmless(apus, put, case):
    name = put(drawing(DISGUISES[case]))
    bodies = {assert_clean(get(apus, name, steps)) for steps in AS_DRAWING}
    assert len(bodies) == 1
    for steps in ("f-png", "f-jpg,w-60,bg-white"):
        assert get(apus, name, steps).picture().width in (100, 60)


@pytest.mark.parametrize(
    "name, kind", [(".jpg", "image/jpeg"), (".jpg", "text/html"), (".bin", "application/octet-stream"), (".xml", "text/xml")]
)
def test_the_bytes_make_a_drawing(apus, put, name, kind):
    path = put(drawing(DISGUISES["script"]), kind, name)
    for steps in AS_DRAWING:
        assert_clean(get(apus, path, steps))


def test_codings(apus, put):
    body = drawing("<title>é</title>" + DISGUISES["script"])
    for coded in (body.encode("utf-8-sig"), b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body.encode("latin-1")):
        assert "é" in assert_clean(get(apus, put(coded)))
    # Two bytes a character: a transformation finds the drawing, a plain URL says that it is none.
    wide = put(b"\xff\xfe" + body.encode("utf-16-le"))
    assert get(apus, wide, "f-png").picture().size == (100, 50)
    assert_clean(get(apus, wide, "f-svg"))
    for steps in ("", "orig-true"):
        answer = get(apus, wide, steps)
        assert answer.status == 400 or assert_clean(answer)
    for name in ("utf-7", "utf-16", "shift_jis"):
        answer = get(apus, put(f'<?xml version="1.0" encoding="{name}"?>{body}'))
        assert (answer.status, answer.error) == (400, "EINVAL"), answer


def test_what_is_broken_does_not_leave(apus, put):
    for body in (drawing("<g>"), drawing("")[:-3], drawing("<text>&nbsp;</text>"), drawing("\0"), drawing("") + "junk"):
        path = put(body)
        for steps in (*AS_DRAWING, "f-png"):
            answer = get(apus, path, steps)
            assert (answer.status, answer.error) == (400, "EINVAL"), (body, answer)


def test_the_validator_is_that_of_what_leaves(apus, put):
    path = put(drawing("<rect/>"), etag='"v1"')
    first = get(apus, path)
    assert first["ETag"] and get(apus, path, headers={"If-None-Match": first["ETag"]}).status == 304
    assert get(apus, path, "orig-true")["ETag"] != '"v1"'


def test_too_long_a_drawing_is_not_passed_through(apus, put):
    """Whatever its origin says of its length: it would go out as it came."""
    body = drawing("<script>alert(1)</script>" + "<!-- " + "x" * SOURCE_BYTES + " -->")
    for steps in AS_DRAWING:
        answer = get(apus, put(body), steps)
        assert (answer.status, answer.error) == (400, "ELIMIT"), answer
    long = drawing("<path d='" + "M0 0h1v1" * (MEGABYTE // 4) + "'/><script>alert(1)</script>")
    assert MEGABYTE < len(long) < SOURCE_BYTES
    assert_clean(get(apus, put(long), "orig-true"))


def test_a_packed_drawing_is_refused(apus, put):
    packed = gzip.compress(drawing("<g/>").encode() + b" " * 50 * MEGABYTE)
    answer = get(apus, put(packed, suffix=".svgz"))
    assert answer.status == 400 or answer["Content-Type"] != "image/svg+xml", answer
    assert get(apus, put(packed), "f-png").status == 400
    assert get(apus, put(packed)).status == 400


def test_an_endpoint_that_rasterises_never_sends_one_by_itself(apus, put):
    path = put(drawing("<rect width='100' height='50' fill='#00ff00'/>"))
    assert apus.get(f"/demo/raster/{path}")["Content-Type"] in ("image/png", "image/webp")
    assert_clean(apus.get(f"/demo/raster/tr:orig-true/{path}"))


# --- What is drawn


@contextmanager
def trap():
    """A server that nobody should ask; `connections` counts who does."""
    connections = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield listener.getsockname()[1], connections
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


OUTSIDE = {
    "image": ("", '<image href="{url}" width="100" height="50"/><image xlink:href="{file}" width="100" height="50"/>'),
    "relative": ("", '<image href="red.png" width="100" height="50"/><use href="x.svg#a"/><use href="//{host}/a#b"/>'),
    "use": ("", '<use xlink:href="{url}#part"/><use href="{file}#a"/><textPath href="{url}#a">x</textPath>'),
    "paint": ("", '<rect width="100" height="50" fill="url({url}#a) #00ff00"/><g style="filter:url({url}#a)"/>'),
    "sheets": ("<?xml-stylesheet href='{url}'?>", "<style>@import url('{url}');@font-face{{font-family:x;src:url('{url}')}}"
               "*{{background:url({url});mask:url({url}#a)}}</style><text font-family='x'>x</text>"),
    "filter": ("", '<filter id="f"><feImage href="{url}"/><feImage xlink:href="{file}"/></filter><g filter="url(#f)"/>'),
    "include": ("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{file}" parse="text"/>'),
    "entity": ('<!DOCTYPE svg [<!ENTITY e SYSTEM "{file}"><!ENTITY f SYSTEM "{url}">]>', "<text y='20'>&e;&f;</text>"),
    "parameter": ('<!DOCTYPE svg PUBLIC "x" "{url}" [<!ENTITY % e SYSTEM "{url}"> %e;]>', ""),
    "base": ("", '<g xml:base="http://{host}/"><image href="a.png" width="100" height="50"/></g>'),
    "hidden": ("", '<image href="data:image/svg+xml;base64,{nested}" width="100" height="50"/>'),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_a_drawing_reaches_nothing(apus, put, workplace, case):
    secret = workplace / "secret.png"
    secret.write_bytes(encoded(Image.new("RGB", (100, 50), (255, 0, 0)), "PNG"))
    with trap() as (port, connections):
        host = f"127.0.0.1:{port}"
        nested = drawing(f'<image href="http://{host}/a.png" width="100" height="50"/>')
        names = {
            "url": f"http://{host}/evil", "file": f"file://{secret}", "host": host,
            "nested": base64.b64encode(nested.encode()).decode(),
        }  # fmt: skip
        head, body = (part.format(**names) for part in OUTSIDE[case])
        path = put(drawing(f'<rect width="100" height="50" fill="#00ff00"/>{body}', head=head))
        picture = get(apus, path, "f-png").picture().convert("RGB")
        for x, y in ((0.05, 0.9), (0.5, 0.9), (0.95, 0.9)):
            assert is_near(colour_at(picture, x, y), (0, 255, 0))
        for steps in AS_DRAWING:
            assert host not in assert_clean(get(apus, path, steps))
        # As what a layer shows, too.
        layered = get(apus, put(drawing("<rect width='9' height='9'/>")), f"f-png,w-200,h-100,l-image,i-{path},l-end")
        assert layered.status == 200
        assert connections == []


def png_header(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def data(picture):
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def test_a_picture_inside_is_drawn_and_kept(apus, put):
    inner = encoded(Image.new("RGB", (10, 10), (0, 0, 255)), "PNG")
    path = put(drawing(f'<image href="{data(inner)}" width="100" height="50" preserveAspectRatio="none"/>'))
    assert is_near(colour_at(get(apus, path, "f-png").picture().convert("RGB"), 0.5, 0.5), (0, 0, 255))
    assert data(inner).rstrip("=") in assert_clean(get(apus, path))


LARGE = {
    "a picture inside": drawing(f'<image href="{data(png_header(30000, 30000))}" width="10" height="10"/>'),
    "its own size": drawing("<g/>", 'width="1e9" height="1e9"'),
    "its view": drawing("<g/>", 'viewBox="0 0 1e9 1e9"'),
    "its pixels": drawing("<g/>", 'width="100000" height="100000"'),
    "its style": drawing("<g/>", 'style="width:1e9px;height:1e9px"'),
    "what it is made of": drawing("<rect width='1e6' height='1e6'/>", ""),
    "levels": drawing("<g>" * 1000 + "</g>" * 1000),
    "attributes": drawing("<g " + " ".join(f"a{number}=''" for number in range(100_000)) + "/>"),
    "uses": drawing(
        "<g id='l0'><rect/></g>"
        + "".join(f"<g id='l{level}'>{f'''<use href='#l{level - 1}'/>''' * 10}</g>" for level in range(1, 12))
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_is_too_large_is_refused_before_it_is_drawn(apus, put, case):
    path = put(LARGE[case])
    started = time.monotonic()
    answer = get(apus, path, "f-png,w-100")
    assert (answer.status, answer.error) == (400, "ELIMIT"), answer
    assert time.monotonic() - started < 5


def test_ten_thousand_million_laughs(apus, put):
    declarations = "".join(f"<!ENTITY l{level} '{f'&l{level - 1};' * 10}'>" for level in range(1, 11))
    path = put(drawing("<text>&l10;</text>", head=f"<!DOCTYPE svg [<!ENTITY l0 'lol'>{declarations}]>"))
    for steps in ("f-png", *AS_DRAWING):
        answer = get(apus, path, steps)
        assert (answer.status, answer.error) == (400, "EINVAL"), answer


@pytest.mark.parametrize(
    "attributes, size",
    [
        ('viewBox="0 0 30 20" width="100%" height="100%"', (30, 20)), ('viewBox="0 0 30 20"', (30, 20)),
        ('width="100" viewBox="0 0 40 20"', (100, 50)), ('width="1in" height="36pt"', (72, 36)),
    ],
)  # fmt: skip
def test_sizes(apus, put, attributes, size):
    path = put(drawing("<rect width='5' height='5'/>", attributes))
    assert get(apus, path, "f-png").picture().size == size


@pytest.mark.parametrize(
    "attributes", ['width="-10" height="5"', 'width="0" height="0"', 'width="NaN" height="5"', 'viewBox="0 0 -5 5"']
)
def test_sizes_that_are_none(apus, put, attributes):
    answer = get(apus, put(drawing("", attributes)), "f-png")
    assert (answer.status, answer.error) == (400, "EINVAL"), answer


HEAVY = {
    "noise": "<filter id='f'><feTurbulence baseFrequency='.1' numOctaves='100000000'/></filter><rect width='90' "
    "height='40' filter='url(#f)'/>",
    "blur": "<filter id='f' x='-1e6%' y='-1e6%' width='1e8%' height='1e8%'><feGaussianBlur stdDeviation='9999'/></filter>"
    "<rect width='9' height='9' filter='url(#f)'/>",
    "letters": "<text font-size='1e9'>a</text><text style='font:1e9px serif'>b</text>",
    "pattern": "<pattern id='p' width='1' height='1'><rect fill='url(#p)' width='1' height='1'/></pattern>"
    "<rect fill='url(#p)' width='9' height='9'/>",
    "itself": "<g id='a'><use href='#a'/><use xlink:href='#b'/></g><g id='b'><use href='#a'/></g>",
}


@pytest.mark.parametrize("case", HEAVY)
def test_what_would_take_for_ever_does_not(apus, put, case):
    started = time.monotonic()
    answer = get(apus, put(drawing(HEAVY[case])), "f-png")
    assert answer.status == 200, answer
    assert time.monotonic() - started < 5


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
