"""A client's headers never change what is kept for others: somebody asks first, with whatever he likes, and what everybody
else then gets is what they would have got without him."""

import itertools
import re
import time

import http_client
import pytest
from conftest import EDGE_SECONDS, ERROR_SECONDS

# What a picture's place says to hostile_origin.py, and what is asked of it.
PLACES = {
    "a picture": "/demo/web/tr:w-135/ok/{}.jpg",
    "whatever the client takes": "/demo/web/tr:w-135,f-auto/ok/{}.jpg",
    "one format": "/demo/web/tr:w-135,f-png/ok/{}.jpg",
    "a width of the client": "/demo/web/tr:w-auto/ok/{}.jpg",
    "an original": "/demo/web/ok/{}.jpg?tr=orig-true",
    "nothing": "/demo/web/missing/{}.jpg",
}
HEADERS = {
    "Accept": ["image/avif,image/webp", "image/webp", "image/avif;q=0", "*/*;q=0", "text/html", "image/jxl, image/*", "x" * 8000],
    "Accept-Encoding": ["gzip", "br", "gzip, br, zstd", "identity;q=0, *;q=0"],
    "Accept-Language": ["xx"],
    "Authorization": ["Basic eDp5", "Bearer x"],
    "Cache-Control": ["no-store", "no-cache", "private", "max-age=0", "only-if-cached", "s-maxage=1, stale-if-error=1"],
    "Connection": ["close, Accept, Range", "Host"],
    "Content-Type": ["text/html"],
    "Cookie": ["a=b", "a=" + "b" * 8000],
    "DPR": ["3", "0.1"],
    "Expect": ["x"],
    "Forwarded": ["host=evil.example;for=127.0.0.1;proto=https"],
    "From": ["a@b.example"],
    "HTTP_ACCEPT": ["image/avif"],
    "If-Match": ["*", '"x"'],
    "If-Modified-Since": ["Fri, 01 Jan 2100 00:00:00 GMT", "x"],
    "If-None-Match": ["*", '"x"', 'W/"x"'],
    "If-Range": ['"x"', "Fri, 01 Jan 2100 00:00:00 GMT"],
    "If-Unmodified-Since": ["Sat, 01 Jan 2000 00:00:00 GMT"],
    "Max-Forwards": ["0"],
    "Origin": ["https://evil.example", "null"],
    "Pragma": ["no-cache"],
    "Range": ["bytes=0-3", "bytes=-1", "bytes=99999999-", "bytes=0-1,3-4", "bytes=x"],
    "Referer": ["https://evil.example/"],
    "Save-Data": ["on"],
    "Sec-CH-DPR": ["2"],
    "Sec-CH-Width": ["40", "x"],
    "Sec-Fetch-Dest": ["document"],
    "TE": ["trailers"],
    "Transfer-Encoding": ["chunked"],
    "Upgrade": ["h2c"],
    "User-Agent": ["evil", "curl", ""],
    "Vary": ["Accept"],
    "Via": ["1.1 evil", "1.1 " + "x" * 8000],
    "Viewport-Width": ["40"],
    "Width": ["40"],
    "X-Accel-Buffering": ["no"],
    "X-Accel-Expires": ["100000"],
    "X-Accel-Redirect": ["/demo/quadrants.jpg"],
    "X-Apus-Signature": ["x"],
    "X-Forwarded-For": ["127.0.0.1", "evil"],
    "X-Forwarded-Host": ["images.shop.example"],
    "X-Forwarded-Proto": ["https"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Original-URL": ["/demo/noise.jpg"],
    "X-Real-IP": ["127.0.0.1"],
    "X-Request-ID": ["evil"],
    "X-Rewrite-URL": ["/demo/noise.jpg"],
}
# Of what the answer differs in the way of others, each time.
OF_EACH = {"date", "x-request-id", "server-timing", "x-apus-cache", "etag", "last-modified", "age", "connection"}
rows = [(name, value) for name, values in HEADERS.items() for value in values]


def row_name(row):
    return f"{row[0]}: {row[1][:20]}"


def what_is_told(answer):
    told = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in OF_EACH}
    if answer.status != 200:
        # An error says for how long it is still kept: a second less where the asker before came in the second before.
        told["cache-control"] = re.sub(rf"max-age=[0-{ERROR_SECONDS}]\b", "max-age=…", told.get("cache-control", ""))
    return told


def check_same(answer, control):
    assert answer.status == control.status
    assert what_is_told(answer) == what_is_told(control)
    # Of the same picture, at another path.
    assert answer.body == control.body


@pytest.fixture(scope="module")
def controls(apus):
    """What everybody gets where nobody has been before."""
    return {place: apus.get(PLACES[place].format("control")) for place in PLACES}


@pytest.mark.parametrize("row", rows, ids=row_name)
def test_what_somebody_asks_first_changes_nothing_for_others(apus, controls, unique, row):
    name, value = row
    for place, control in controls.items():
        path = PLACES[place].format(unique())
        body = b"0\r\n\r\n" if name == "Transfer-Encoding" else b""
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
        first = apus.raw(request.encode() + body)
        assert first.status in (200, 206, 304, 400, 404, 412, 416), (place, first)
        for _ in range(2):
            check_same(apus.get(path), control)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "DELETE", "PROPFIND", "TRACE"])
def test_nor_does_a_method(apus, controls, unique, method):
    for place, control in controls.items():
        path = PLACES[place].format(unique())
        apus.get(path, method=method)
        check_same(apus.get(path), control)


def test_nor_does_who_says_that_it_has_come_through_here(apus, controls, unique, origin):
    """The mark that an installation knows itself by is told to every origin."""
    via = origin.headers_of("/ok/")["via"]
    for place, control in controls.items():
        path = PLACES[place].format(unique())
        first = apus.get(path, headers={"Via": via})
        assert (first.status, first["Cache-Control"]) == (508, "no-store")
        check_same(apus.get(path), control)
        # What is kept is no loop for anybody.
        assert apus.get(path, headers={"Via": via}).status in (508, control.status)
        check_same(apus.get(path), control)


CONFIRMING = [row for row in rows if row[0] in (
    "Accept-Encoding", "Cache-Control", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Range", "Via")]


def test_nor_while_an_old_copy_is_confirmed(apus, controls, unique):
    place = "a picture"
    paths = {row: PLACES[place].format(unique()) for row in CONFIRMING}
    for path in paths.values():
        check_same(apus.get(path), controls[place])
    time.sleep(EDGE_SECONDS + 1)
    for (name, value), path in paths.items():
        apus.get(path, headers={name: value})
        check_same(apus.get(path), controls[place])


def test_text_is_kept_as_it_came(apus, folder, unique):
    """And compressed for whoever asks for that, whoever asked first."""
    name = f"{unique()}.svg"
    text = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>" + "<rect width='9' height='9'/>" * 100 + "</svg>"
    (folder / name).write_text(text)
    for order in itertools.permutations(["gzip", "br", None]):
        path = f"/demo/{name}?v={unique()}"
        answers = {coding: apus.get(path, headers={"Accept-Encoding": coding} if coding else {}) for coding in order}
        for coding, answer in answers.items():
            assert (answer.status, answer["Content-Encoding"]) == (200, coding)
            assert "Accept-Encoding" in (answer["Vary"] or "")
        assert answers[None].body.startswith(b"<svg")


# --- Hosts


MADE_UP = ["evil.example", "EVIL.example:81", "evil.example.", "192.0.2.1", "[2001:db8::1]", "a" * 200, "shop.example"]


@pytest.mark.parametrize("host", [*MADE_UP, "images.shop.example:80"])
def test_a_host_changes_nothing_for_others(apus, controls, unique, host):
    for place, control in controls.items():
        path = PLACES[place].format(unique())
        first = apus.get(path, headers={"Host": host})
        assert first.status in (200, 404)
        check_same(apus.get(path), control)
