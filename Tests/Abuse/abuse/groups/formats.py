"""Group E: formats, and headers that change nothing."""

import re

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.pictures import kind_of

AVIF, WEBP = "image/avif", "image/webp"


# What each may be answered with besides JPEG and PNG.
ACCEPTS = {
    "": (), "*/*": (), "image/*": (), "image/*,*/*;q=0.8": (), "image/png,image/svg+xml,*/*": (), WEBP: ("webp",),
    AVIF: ("avif",), "image/avif,image/webp,image/apng,*/*;q=0.8": ("avif", "webp"), "image/webp,*/*": ("webp",),
    "image/avif;q=0": (), "image/avif;q=0.0,image/webp;q=0.000": (), "image/avif;q=0,image/webp": ("webp",),
    "image/webp;q=0.1": ("webp",), "image/webp ; q = 0": (), "IMAGE/WEBP": ("webp",), "image/webpx": (),
    "ximage/webp": (), "image/web": (), "text/html": (), "image/webp;level=1": ("webp",), '"image/webp"': (), ",,,": (),
    ";;;": (), "q=1": (), "image/": (), "/": (), "a" * 8000: (), "image/webp," * 600: ("webp",),
    "image/avif;q=nonsense": ("avif",), "é\x80\xff".encode("latin-1"): (), "\t": (),
}  # fmt: skip


@case("E1", "whatever Accept says makes four variants at most, and nobody gets what he refuses")
def accept_permutations(target):
    tags, query = set(), f"v={target.word()}"

    def act(accept):
        what = f"Accept: {accept[:60]!r}"
        answer = target.ask("w-71", query=query, headers=[("Accept", accept)] if accept else [])
        expect_status(answer, (200, 400), what)
        if answer.status == 200:
            tags.add(answer["ETag"])
            kind = kind_of(answer.body)
            expect(kind in ("jpg", "png", *ACCEPTS[accept]), f"{what} is given {kind}")
            expect("accept" in (answer["Vary"] or "").lower(), f"{what}: Vary is {answer['Vary']!r}")

    for_each(ACCEPTS, act)
    expect(len(tags) <= 4, f"{len(tags)} variants were made")
    both = target.ask("w-71", query=query, headers=[("Accept", WEBP), ("Accept", AVIF)])
    expect_status(both, (200, 400), "two Accept headers")


@case("E2", "what somebody else accepts is given to nobody who does not")
def foreign_formats(target):
    for first in (f"{AVIF},{WEBP}", WEBP, AVIF):
        path = target.path("w-72", query=f"v={target.word()}")
        for _ in range(2):
            expect_status(target.get(path, headers={"Accept": first}), 200, first)
        for headers in (
            {},
            {"Accept": "*/*"},
            {"Accept": "image/*"},
            {"Accept": "image/jpeg"},
            {"Accept": "image/avif;q=0, image/webp;q=0"},
        ):
            answer = target.get(path, headers=headers)
            expect(kind_of(answer.body) in ("jpg", "png"), f"after {first}, {headers} is given {kind_of(answer.body)}")


@case("E3", "a format that the URL names is one variant for everybody, without Vary")
def explicit_formats(target):
    for name in ("jpg", "png", "webp"):
        path = target.path(f"w-73,f-{name}", query=f"v={target.word()}")
        answers = [
            target.get(path, headers={"Accept": accept}) for accept in (f"{AVIF},{WEBP}", "*/*", "text/html", WEBP)
        ]
        for answer in answers:
            expect_status(answer, 200, name)
            expect(kind_of(answer.body) == name, f"f-{name} is {kind_of(answer.body)}")
            expect(
                "accept" not in re.split(r"[,\s]+", (answer["Vary"] or "").lower()),
                f"f-{name} varies by {answer['Vary']}",
            )
        expect(len({answer["ETag"] for answer in answers}) == 1, f"f-{name} is several variants")
        expect(len({answer.body for answer in answers}) == 1, f"f-{name} is several pictures")


HEADERS = {
    "Accept-Encoding": "gzip, br, zstd, *;q=1", "User-Agent": "Mozilla/5.0 <script>", "Cookie": "session=1; a=b",
    "Authorization": "Bearer token", "X-Api-Key": "1", "X-Forwarded-User": "admin", "Referer": "https://evil.example/",
    "Origin": "https://evil.example", "Accept-Language": "de", "DNT": "1", "Save-Data": "on", "Sec-CH-Width": "50",
    "Width": "50", "DPR": "3", "Sec-CH-DPR": "3", "Viewport-Width": "10", "Downlink": "0.1", "ECT": "2g",
    "TE": "trailers", "X-Width": "9", "Proxy-Authorization": "Basic x", "Surrogate-Capability": "x=ESI/1.0",
    "Accept-Charset": "utf-7", "From": "x", "Range-Unit": "y", "Proxy": "http://127.0.0.1:1", "X-Apus-Cache": "render",
    "X-Accel-Buffering": "no", "CDN-Loop": "apus", "Via": "1.1 apus", "Upgrade-Insecure-Requests": "1",
    "Expect": "100-continue", "If-Match": '"x"', "Trailer": "ETag",
}  # fmt: skip


@case("E4", "headers that name no format change neither the picture nor what is kept of it")
def other_headers(target):
    path = target.path("w-74,f-jpg", query=f"v={target.word()}")
    plain = target.get(path)
    expect_status(plain, 200, "without headers")

    def act(name):
        answer = target.get(path, headers={name: HEADERS[name]})
        expect_status(answer, (200, 412, 417) if name in ("If-Match", "Expect") else 200, name)
        if answer.status == 200:
            expect(answer["ETag"] == plain["ETag"] and answer.body == plain.body, f"{name} makes another picture")
            expect(
                answer["Content-Encoding"] is None, f"{name}: a picture is compressed as {answer['Content-Encoding']}"
            )
            expect(answer["Set-Cookie"] is None, f"{name}: a cookie is set")

    for_each(HEADERS, act)
    first = target.path("w-74,f-jpg", query=f"v={target.word()}")
    expect_status(
        target.get(first, headers={name: HEADERS[name] for name in HEADERS if name not in ("Expect", "If-Match")}),
        200,
        "all",
    )
    expect(target.get(first).body == plain.body, "the headers of the first request changed what the second gets")


@case("E4", "a client's cookies, credentials and addresses are not sent to the origin", needs=(Power.ORIGIN,))
def forwarded_headers(target):
    name = target.origin.picture()
    secret = f"secret{target.word()}"
    headers = {
        header: secret
        for header in ("Cookie", "Authorization", "X-Api-Key", "Proxy-Authorization", "X-Anything", "Referer")
    }
    expect_status(target.at_origin(name, "w-40", headers=headers), 200, "with credentials")
    requests = target.origin.requests(name)
    expect(requests, "the origin was not asked")
    for request in requests:
        expect(secret not in str(request.headers.values()), f"the origin was sent {request.headers}")


@case("E5", "a client's cache directives change neither the answer's nor what is kept")
def cache_directives(target):
    path = target.path("w-75,f-jpg", query=f"v={target.word()}")
    plain = target.get(path)
    expect_status(plain, 200, "without directives")
    rows = [
        ("Cache-Control", value)
        for value in ("no-cache", "no-store", "private", "max-age=0", "only-if-cached", "max-stale=9999999")
    ]
    rows += [
        ("Pragma", "no-cache"),
        ("Expires", "0"),
        ("Surrogate-Control", "no-store"),
        ("CDN-Cache-Control", "no-store"),
    ]

    def act(name, value):
        answer = target.get(path, headers={name: value})
        expect_status(answer, 200, f"{name}: {value}")
        expect(
            answer["Cache-Control"] == plain["Cache-Control"], f"{name}: {value} makes it {answer['Cache-Control']!r}"
        )
        expect(answer["x-apus-cache"] not in ("render", "origin"), f"{name}: {value} makes the picture anew")

    for_each(rows, act)
    first = target.path("w-75,f-jpg", query=f"v={target.word()}")
    answer = target.get(first, headers={"Cache-Control": "no-store, private", "Pragma": "no-cache"})
    expect(answer["Cache-Control"] == plain["Cache-Control"], f"the first request makes it {answer['Cache-Control']!r}")


@case("E5", "with a client's cache directives the origin is asked no more often than without", needs=(Power.ORIGIN,))
def cache_directives_at_the_origin(target):
    name = target.origin.picture()
    for value in ("no-cache", "no-store", "max-age=0"):
        for _ in range(5):
            expect_status(target.at_origin(name, "w-40", headers={"Cache-Control": value, "Pragma": value}), 200, value)
    expect(target.origin.count(name) == 1, f"the origin was asked {target.origin.count(name)} times")


@case("E27", "a file as it is and what is made of it are kept apart, whoever asked first", needs=(Power.ORIGIN,))
def untransformed_files(target):
    endpoint, text = target.settings.origin_endpoint, b"Nothing to be seen here."
    for steps in ("q-80", "w-0", "f-auto"):
        for questions in ((steps, ""), ("", steps)):
            name = target.origin.put(text, "text/plain", ".txt")
            for asked in questions * 2:
                what = f"{asked or 'plain'} of {', '.join(asked or 'plain' for asked in questions)}"
                answer = target.get(target.path(asked, name, endpoint))
                expect_status(answer, 400 if asked else 200, what)
                expect(asked or answer.body == text, f"{what}: not the file's bytes")
