"""Group A: hosts, and headers that claim another one."""

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.looking import tag_of

FORGED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-For": "127.0.0.1",
    "X-Original-URL": "/_apus/metrics", "X-Rewrite-URL": "/_apus/metrics", "X-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil", "Forwarded": "for=127.0.0.1;host=evil.example", "X-Real-IP": "127.0.0.1",
    "X-HTTP-Method-Override": "DELETE", "X-Accel-Expires": "1000000", "X-Accel-Redirect": "/etc/passwd",
    "CF-Connecting-IP": "127.0.0.1", "True-Client-IP": "127.0.0.1", "X-Forwarded-Port": "1",
}  # fmt: skip


@case("A25", "the host and headers that claim another host or URL change neither what is answered nor what is kept")
def forged_hosts(target):
    word = target.word()
    path = target.path("w-63,f-jpg", query=f"v={word}")
    forged = target.get(path, headers=FORGED)
    expect_status(forged, 200, "with forged headers")
    honest = target.get(path)
    expect(honest.body == forged.body and honest["ETag"] == forged["ETag"], "they change the answer")
    for name, value in {**dict(forged.headers.items()), **dict(honest.headers.items())}.items():
        expect("evil.example" not in value, f"{name} repeats a forged host: {value}")
    for host in ("evil.example", "evil.example:99", "127.0.0.1", "[::1]", "a" * 255, "EVIL.example.", "localhost"):
        answer = target.get(path, headers={"Host": host})
        expect_status(answer, (200, 400, 404, 421), f"Host: {host[:30]}")
        expect(answer.status != 200 or answer["ETag"] == honest["ETag"], f"Host: {host[:30]} changes the picture")
    again = target.get(path)
    expect(again.status == 200 and again.body == honest.body, "somebody's host changed what others get")


@case("A25", "absolute, doubled, empty and broken hosts are refused or change nothing")
def odd_hosts(target):
    path, host = target.path("w-64,f-jpg"), target.wire.authority
    tag = tag_of(target.get(path), "the plain form")
    close = "Connection: close\r\n\r\n"
    rows = {
        f"GET http://evil.example{path} HTTP/1.1\r\nHost: {host}\r\n": (200, 400, 404, 421),
        f"GET http://{host}{path} HTTP/1.1\r\nHost: evil.example\r\n": (200, 400, 404, 421),
        f"GET https://user:password@{host}{path} HTTP/1.1\r\nHost: {host}\r\n": (200, 400, 404, 421),
        f"GET {path} HTTP/1.0\r\n": (200, 400, 404, 421),
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n": (400,),
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\n Host: evil.example\r\n": (200, 400),
        f"GET {path} HTTP/1.1\r\n": (400,),
        f"GET {path} HTTP/1.1\r\nHost: a b\r\n": (400,),
        f"GET {path} HTTP/1.1\r\nHost: ../../x\r\n": (400, 404, 421),
        f"GET {path} HTTP/1.1\r\nHost : {host}\r\n": (400,),
        f"GET file:///etc/passwd HTTP/1.1\r\nHost: {host}\r\n": (400, 404),
        f"GET @127.0.0.1{path} HTTP/1.1\r\nHost: {host}\r\n": (400, 404),
    }

    def act(text, statuses):
        answer = target.raw((text + close).encode())
        what = text.split("\r\n\r\n", maxsplit=1)[0][:120].replace("\r\n", " | ")
        expect(answer is not None, f"{what}: no answer")
        expect_status(answer, statuses, what)
        expect(answer.status != 200 or answer["ETag"] == tag, f"{what}: another picture")

    for_each(rows.items(), act)


@case("A25", "operations and regions are not to be had by a forged address or another spelling")
def hidden_operations(target):
    if Power.LOCAL in target.powers:
        forged = [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"X-Real-IP": "203.0.113.9"}]
        for headers in forged:
            for path in ("/_apus/metrics", "/_apus/explain?url=/x", "/_apus/ready"):
                answer = target.get(path, headers=headers)
                expect(answer.status in (401, 403, 404), f"{path} by way of a proxy on this host: {answer}")
    else:
        for headers in (
            {},
            {"X-Forwarded-For": "127.0.0.1"},
            {"X-Real-IP": "127.0.0.1"},
            {"Forwarded": "for=127.0.0.1"},
        ):
            for path in ("/_apus/metrics", "/_apus/explain?url=/x"):
                expect_status(target.get(path, headers=headers), (401, 403, 404), path)
    for path in ("/%5fapus/metrics", "/x/../_apus/metrics", "//_apus/metrics", "/./_apus/metrics", "/_apus%2fmetrics",
                 "/_APUS/metrics", "/_apus/../_apus/x", "/_nginx/refused", "/_apus/metrics/"):  # fmt: skip
        expect_status(target.get(path), (400, 401, 404), path)
