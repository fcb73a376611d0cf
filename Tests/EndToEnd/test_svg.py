"""Drawings: what leaves as one is sanitised, what is drawn was sanitised before, and none of them reaches anything."""

import base64
import gzip
import json
import re
import socket
import struct
import threading
import urllib.parse
import xml.etree.ElementTree as ElementTree
import zlib
from contextlib import contextmanager

import pytest
from PIL import Image

from drawing_site import MEGABYTE, SOURCE_BYTES, SVG, apus, drawing, get, origin, put  # noqa: F401
from pictures import colour_at, encoded, is_near

# How a drawing may be asked for as a drawing.
AS_DRAWING = ["", "orig-true", "f-svg", "f-auto,w-10"]
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


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
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        wide = put(mark + body.encode(name))
        assert get(apus, wide, "f-png").picture().size == (100, 50)
        for steps in AS_DRAWING:
            assert "é" in assert_clean(get(apus, wide, steps))
    for name in ("utf-7", "utf-16", "shift_jis"):
        answer = get(apus, put(f'<?xml version="1.0" encoding="{name}"?>{body}'))
        assert (answer.status, answer.error) == (400, "EINVAL"), answer


ENTITIES = "".join(f"<!ENTITY e{number} 'x'>" for number in range(200))
# What only reading all of it tells to be a drawing.
HIDDEN = {
    "behind a comment": drawing(DISGUISES["script"], head=f"<!-- {'x' * 5000} -->"),
    "behind spaces": drawing(DISGUISES["script"], head="\n" * 2000),
    "behind entities": drawing(DISGUISES["script"], head=f"<!DOCTYPE svg [{ENTITIES}]>"),
    "with a prefix": f"<x:svg xmlns:x='{SVG}' width='100' height='50'><x:script>alert(1)</x:script><x:g/></x:svg>",
    "with a page inside": drawing("<foreignObject><html xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
}


@pytest.mark.parametrize("case", HIDDEN)
@pytest.mark.parametrize("suffix", [".svg", ".jpg"])
def test_a_drawing_is_one_however_it_is_asked_for(apus, put, case, suffix):
    path = put(HIDDEN[case], suffix=suffix)
    assert len({assert_clean(get(apus, path, steps)) for steps in AS_DRAWING}) == 1
    assert_clean(apus.get(f"/demo/{path}?tr=orig-true"))
    assert_clean(apus.get(f"/demo/raster/tr:orig-true/{path}"))
    for asked in (path, f"tr:orig-true/{path}"):
        said = explained(apus, asked)
        assert "refusal" not in said and said["original"]["format"] == "svg", said


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
    path = put(packed, suffix=".svgz")
    for steps in AS_DRAWING:
        answer = get(apus, path, steps)
        assert (answer.status, answer["ik-error"]) == (400, "EINVAL - Originals of kind SVGZ are not available."), steps
        said = explained(apus, f"tr:{steps}/{path}" if steps else path)["refusal"]
        assert said["message"] == "Originals of kind SVGZ are not available."


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
    # what it has, and what it is told to have too much of
    "a picture inside": (
        drawing(f'<image href="{data(png_header(30000, 30000))}" width="10" height="10"/>'),
        "pixels of pictures inside the drawing",
    ),
    "its own size": (drawing("<g/>", 'width="1e9" height="1e9"'), "pixels on a side"),
    "its view": (drawing("<g/>", 'viewBox="0 0 1e9 1e9"'), "pixels on a side"),
    "its pixels": (drawing("<g/>", 'width="100000" height="100000"'), "pixels"),
    "its style": (drawing("<g/>", 'style="width:1e9px;height:1e9px"'), "pixels on a side"),
    "what it is made of": (drawing("<rect width='1e6' height='1e6'/>", ""), "pixels"),
    "levels": (drawing("<g>" * 1000 + "</g>" * 1000), "levels of elements"),
    "attributes": (
        drawing("<g " + " ".join(f"a{number}=''" for number in range(100_000)) + "/>"),
        "attributes of an element",
    ),
    "uses": (
        drawing(
            "<g id='l0'><rect/></g>"
            + "".join(f"<g id='l{level}'>{f'''<use href='#l{level - 1}'/>''' * 10}</g>" for level in range(1, 12))
        ),
        "elements drawn by reference",
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_is_too_large_is_refused_before_it_is_drawn(apus, put, case):
    body, limit = LARGE[case]
    answer = get(apus, put(body), "f-png,w-100")
    assert (answer.status, answer.error) == (400, "ELIMIT"), answer
    assert re.search(rf"more than \d+ {limit}\.", answer.body.decode())


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
    """At the render limit it would be another answer."""
    answer = get(apus, put(drawing(HEAVY[case])), "f-png")
    assert answer.status == 200, answer


def explained(apus, path):
    url = urllib.parse.quote(f"/demo/{path}", safe="")
    return json.loads(apus.get(f"/_apus/explain?url={url}&fetch=true").body)


@pytest.mark.parametrize("attributes", ['width="9000" height="9000"', ""])
def test_explain_refuses_what_is_refused_and_nothing_else(apus, put, attributes):
    """A drawing that stays one may have any size, or none; what is drawn may not."""
    name = put(drawing("<path d='M0 0h8'/>", attributes))
    for path, status in ((name, 200), (f"tr:w-10/{name}", 200), (f"tr:f-png/{name}", 400), (f"raster/{name}", 400)):
        assert apus.get(f"/demo/{path}").status == status, path
        said = explained(apus, path)
        assert ("refusal" in said) == (status == 400), (path, said)


def test_explain_tells_of_a_broken_drawing_and_of_a_file(apus, put):
    broken = put(drawing("<g>"))
    assert apus.get(f"/demo/{broken}").status == 400
    assert explained(apus, broken)["refusal"]["status"] == 400
    page = put(b"%PDF-1.4\n", kind="application/pdf", suffix=".pdf")
    answer = apus.get(f"/demo/{page}")
    assert (answer.status, answer.body) == (200, b"%PDF-1.4\n")
    said = explained(apus, page)
    assert "refusal" not in said and said["original"]["format"] == "a file, which goes out as it is", said
