"""Group E: what a request's headers and method may change in its answer."""

import re

from abuse.cases import LeftOut, case, expect, expect_status, for_each


@case("E7", "conditions are answered as RFC 9110 says, also lists, weak tags, stars, 200 tags and bad dates")
def conditions(target):
    """Where both conditions are there, the date does not count (§13.1.3). nginx lets both count: its 200 costs a
    transfer, and is never wrong."""
    path = target.path("w-76,f-jpg")
    plain = target.get(path)
    expect_status(plain, 200, "without condition")
    tag, date = plain["ETag"], plain["Last-Modified"]
    expect(tag and re.fullmatch(r'"[^"]+"', tag), f"the ETag is {tag}")
    many = ", ".join(f'"tag{number}"' for number in range(199))
    future, past = "Fri, 01 Jan 2100 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"
    rows = [
        ({"If-None-Match": tag}, 304), ({"If-None-Match": f"W/{tag}"}, 304), ({"If-None-Match": f'"x", {tag}'}, 304),
        ({"If-None-Match": f'W/"x",{tag} ,"y"'}, 304), ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": f"{many}, {tag}"}, 304), ({"If-None-Match": '"x"'}, 200), ({"If-None-Match": many}, 200),
        ({"If-None-Match": tag[1:-1]}, 200), ({"If-None-Match": tag[:-2] + '"'}, 200), ({"If-None-Match": ""}, 200),
        ({"If-None-Match": '"' * 999}, 200), ({"If-None-Match": "x" * 8000}, 200),
        ({"If-Modified-Since": "yesterday"}, 200), ({"If-Modified-Since": "0"}, 200),
        ({"If-Modified-Since": past}, 200), ({"If-Modified-Since": "Fri, 32 Jan 2100 99:99:99 GMT"}, 200),
        ({"If-None-Match": '"x"', "If-Modified-Since": future}, 200),
        ({"If-None-Match": tag, "If-Modified-Since": past}, (200, 304)),
    ]  # fmt: skip
    if date:
        rows += [({"If-Modified-Since": date}, 304), ({"If-Modified-Since": date + "x"}, 200)]

    def act(headers, status):
        what = str(headers)[:100]
        answer = target.get(path, headers=headers)
        # A date that cannot be read is none; what is said of one that almost can is left open.
        expect_status(answer, (200, 304) if "GMTx" in what else status, what)
        expect(
            answer.status != 304 or (answer.body == b"" and answer["ETag"] == tag),
            f"{what}: a 304 with {answer['ETag']}",
        )
        expect(answer["x-apus-cache"] != "render", f"{what}: the picture was made anew")

    for_each(rows, act)


def _expect_part(answer, whole, what):
    """The whole, or the part that its Content-Range names."""
    expect_status(answer, (200, 206, 416), what)
    if answer.status == 206:
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer["Content-Range"] or "")
        expect(found, f"{what}: Content-Range is {answer['Content-Range']!r}")
        first, last, length = map(int, found.groups())
        expect(length == len(whole) and answer.body == whole[first : last + 1], f"{what}: another part than {found[0]}")
    elif answer.status == 200:
        expect(answer.body == whole, f"{what}: another body of {len(answer.body)} bytes")


RANGES = [
    "bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=0-3", "bytes=5-2", "bytes=99999999-",
    "bytes=0-99999999999999999999", "bytes=" + ",".join(f"{number}-{number}" for number in range(100)),
    "bytes=" + ",".join(["0-"] * 200), "bytes=0-9,5-14", "bytes=", "bytes=a-b", "lines=0-3", "bytes 0-3",
    "bytes=-99999999999999999999", "bytes=18446744073709551615-", "bytes=9223372036854775807-", "bytes=0-3,", "bytes=,",
    "Bytes=0-3", "bytes=0-3;x", "=0-3", "bytes=--1", "bytes=0--1", "x" * 4000,
]  # fmt: skip


@case("E8", "ranges of pictures and files are one part, the whole, or 416, and never more than the whole")
def ranges(target):
    rows = [("w-77,f-jpg", target.settings.sample)]
    if target.settings.file:
        rows.append(("", target.settings.file))
    for steps, name in rows:
        whole = target.ask(steps, name).body

        def act(value, steps=steps, name=name, whole=whole):
            for more in ({}, {"If-Range": '"x"'}, {"If-Range": "nonsense"}):
                _expect_part(target.ask(steps, name, headers={"Range": value, **more}), whole, f"{name}: {value[:40]}")

        for_each(RANGES, act)
        after = target.ask(steps, name)
        expect(after.status == 200 and after.body == whole, f"{name}: a part was kept for the whole")


@case("E9", "HEAD is GET without a body: cold, warm, refused, missing and unsigned")
def heads(target):
    cold = target.path("w-78,f-jpg", query=f"v={target.word()}")
    paths = [cold, cold, target.path("w-x"), target.path("w-40", "nosuch.jpg")]
    if target.settings.signed_endpoint:
        paths.append(target.path("w-40", endpoint=target.settings.signed_endpoint, is_signed=False))
        paths.append(target.base_path + target.settings.signed_endpoint + f"/{target.settings.sample}?ik-s=" + "0" * 40)

    def act(path):
        head, got = target.get(path, method="HEAD"), target.get(path)
        expect(head.status == got.status, f"{path}: HEAD is {head}, GET is {got}")
        expect(head.body == b"", f"{path}: HEAD has a body of {len(head.body)} bytes")
        for name in ("ETag", "Content-Type", "Cache-Control", "ik-error"):
            expect(head[name] == got[name], f"{path}: {name} is {head[name]!r} of HEAD and {got[name]!r} of GET")
        expect(head["Content-Length"] in (None, str(len(got.body))), f"{path}: Content-Length {head['Content-Length']}")

    for_each(paths, act)
    expect(target.get(cold).body != b"", "the empty answer of HEAD was kept for GET")


METHODS = [
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "PROPFIND",
    "PURGE",
    "MKCOL",
    "COPY",
    "LOCK",
    "LINK",
    "TRACK",
    "QUERY",
    "get",
    "Get",
    "XYZ",
]


@case("E10", "other methods are 405 with Allow, and nothing turns a GET into one")
def other_methods(target):
    path = target.path("w-79,f-jpg")
    good = target.get(path)

    def act(method):
        answer = target.get(path, method=method)
        expect_status(answer, (405,) if method.isupper() and method != "TRACK" else (400, 405), method)
        if answer.status == 405:
            allowed = {word.strip() for word in (answer["Allow"] or "").split(",")}
            expect({"GET", "HEAD"} <= allowed <= {"GET", "HEAD", "OPTIONS"}, f"{method}: Allow is {answer['Allow']!r}")
        expect(b"Host:" not in answer.body, f"{method}: the request is sent back")

    for_each(METHODS, act)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
        for method in ("DELETE", "PURGE", "POST"):
            answer = target.get(path, headers={name: method})
            expect(answer.status == 200 and answer.body == good.body, f"{name}: {method} is {answer}")
    for body, statuses in ((b"x" * 1000, (405,)), (b"x" * 3_000_000, (405, 413))):
        expect_status(target.get(path, method="POST", body=body), statuses, f"POST of {len(body)} bytes")
    expect_status(target.get(path, body=b"x" * 100), (200, 400), "GET with a body")
    answer = target.raw(
        f"CONNECT example.com:443 HTTP/1.1\r\nHost: {target.wire.authority}\r\nConnection: close\r\n\r\n".encode()
    )
    expect(answer is None or answer.status in (400, 405), f"CONNECT: {answer}")
    expect(target.get(path).body == good.body, "the picture is another one afterwards")


@case("E11", "a preflight is answered without a body and grants no credentials")
def preflights(target):
    headers = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-a, x-b",
    }
    for path in (target.path("w-40"), target.path("", "nosuch.jpg"), target.path("w-x")):
        answer = target.get(path, method="OPTIONS", headers=headers)
        expect_status(answer, (200, 204), path)
        expect(not answer.body, f"{path}: a preflight with a body")
        expect(
            (answer["Access-Control-Allow-Credentials"] or "false").lower() == "false",
            f"{path}: credentials are allowed",
        )
        methods = answer["Access-Control-Allow-Methods"] or "GET"
        expect(not re.search("PUT|DELETE|PATCH|POST", methods), f"{path}: {methods} are allowed")


@case("E27", "two accounts with the same path are kept apart")
def tenants(target):
    other = target.settings.other_endpoint
    if not other:
        raise LeftOut("no other account was given (--other-endpoint)")
    for steps in ("w-50,f-png", "", "orig-true"):
        paths = [
            target.path(steps),
            f"{target.base_path}{other}/" + (f"tr:{steps}/" if steps else "") + target.settings.sample,
        ]
        mine, theirs = (target.get(path) for path in paths)
        expect_status(mine, 200, paths[0])
        expect_status(theirs, 200, paths[1])
        expect(
            mine["ETag"] != theirs["ETag"] and mine.body != theirs.body,
            f"{steps or 'plain'}: both accounts get one picture",
        )
    if target.settings.key:
        rest = f"tr:w-51/{target.settings.sample}"
        signed = target.signed(rest, endpoint=other)
        expect_status(target.get(signed), 401, "an account's URL with another account's signature")
    for path in (
        f"{target.settings.endpoint}/..{other}/{target.settings.sample}",
        f"{target.settings.endpoint}{other}/x",
    ):
        expect_status(target.get(target.base_path + path), (400, 401, 404), path)
