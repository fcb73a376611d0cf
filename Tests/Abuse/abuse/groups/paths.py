"""Group A: what a path, a query and the headers beside them may be."""

import re
import unicodedata
from urllib.parse import quote, unquote

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.looking import tag_of
from abuse.pictures import colour_of, is_near

DOTS = [
    "..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "%252e%252e", "%25252e%25252e", "..%2f", "%2e%2e%2f", "..%5c", "..\\",
    "%2e%2e%5c", "..;", "..;/x/..", ".%00.", "..%00", "....//", "..%2f..", "%c0%ae%c0%ae", "%e0%80%ae%e0%80%ae",
    "%uff0e%uff0e", "．．", "..%c0%af", "..%ef%bc%8f", "..%01", "%20..", "..%20", "..%09", "…", "..%0d%0a",
]  # fmt: skip
OUTSIDE = ("secret.png", "other/kleiber.jpg", "etc/passwd", "etc/hostname", "proc/self/environ")


@case("A7", "no spelling of dots leads out of an endpoint's folder")
def dots(target):
    given = target.settings
    rows = [
        (form.format(d=spelling, name=name))
        for spelling in DOTS
        for name in OUTSIDE
        for form in (
            "{d}/{name}",
            "{d}/{d}/{d}/{d}/{d}/{name}",
            "x/{d}/{d}/{name}",
            "tr:w-40/{d}/{name}",
            "{d}%2f{name}",
        )
    ]

    def act(rest):
        path = target.path("", rest)
        answer = target.get(path.encode())
        expect_status(answer, (400, 401, 404), path)
        expect(
            not answer.kind.startswith("image/") and b"root:" not in answer.body, f"{path}: {answer} shows something"
        )

    for_each(rows, act)
    for rest in ("//etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "C:%5cWindows%5cwin.ini"):
        expect_status(target.get(f"{target.base_path}{given.endpoint}/{rest}"), (400, 401, 404), rest)


@case("A8", "spellings of one path are one variant or refused, with a signature or without")
def spellings(target):
    sample = target.settings.sample
    first = tag_of(target.ask("w-61,f-jpg"), "the plain spelling")
    letter, rest = sample[0], sample[1:]
    rows = [
        f"%{ord(letter):02X}{rest}", f"%{ord(letter):02x}{rest}", sample.replace(".", "%2E"),
        sample.replace(".", "%2e"), f"/{sample}", f"{sample}/", f"./{sample}", f"{sample}//", f"%2F{sample}",
        f"{sample}%2F", "".join(f"%{byte:02x}" for byte in sample.encode()),
    ]  # fmt: skip

    def act(name):
        for given in (name, name + "?", name + "?tr="):
            answer = target.get(target.path("w-61,f-jpg", given))
            expect_status(answer, (200, 400, 404), given)
            if answer.status == 200:
                expect(answer["ETag"] == first, f"{given} is another variant")

    for_each(rows, act)
    for steps in ("w-61%2Cf-jpg", "w-61%2cf-jpg", "%77-61,f-jpg", "f-jpg,w-61", "f-jpeg,w-61", "w-61.0,f-jpg"):
        answer = target.ask(steps)
        expect_status(answer, (200, 400), steps)
        expect(answer.status == 400 or answer["ETag"] == first, f"{steps} is another variant")


@case("A8", "the signature of one spelling does not open what another spelling means", needs=(Power.SIGNED,))
def spellings_with_signatures(target):
    sample = target.settings.sample
    good = target.signed(f"tr:w-62/{sample}")
    expect_status(target.get(good), 200, "as it was signed")
    for other in (f"%{ord(sample[0]):02x}{sample[1:]}", f"/{sample}", f"./{sample}", sample.replace(".", "%2e")):
        path = good.replace(f"/{sample}", f"/{other}")
        expect_status(target.get(path), (400, 401, 404), f"{other} with the signature of {sample}")
        # What is signed as it is written may be answered.
        answer = target.get(target.signed(f"tr:w-62/{other}"))
        expect_status(answer, (200, 400, 404), f"{other} with its own")


def _named(target, name, colour):
    """Puts a picture under exactly this name, given as text, and returns its percent-encoded form."""
    target.origin.act(target.origin.picture_of(colour), name=name)
    return quote(name, safe="")


@case(
    "A9", "composed and decomposed letters are two names; bytes that are no UTF-8 find nothing", needs=(Power.ORIGIN,)
)
def unicode_names(target):
    word = target.word()
    composed, decomposed = (unicodedata.normalize(form, f"{word}-é.png") for form in ("NFC", "NFD"))
    for name, colour in ((composed, (200, 0, 0)), (decomposed, (0, 0, 200))):
        answer = target.at_origin(_named(target, name, colour), "w-20,f-png")
        expect_status(answer, 200, repr(name))
        expect(is_near(colour_of(answer.body), colour), f"{name!r} shows another's colour")
    for bad in ("%c3%28", "%ff%fe", "%c0%ae%c0%ae%c0%afsecret", "%ed%a0%80", "%f8%88%80%80%80", "%c3"):
        name = f"{word}{bad}.png"
        expect_status(target.at_origin(name, "w-20"), (400, 404), name)
        raw = target.path("w-20", name, target.settings.origin_endpoint).encode("ascii")
        literal = re.sub(rb"%([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), raw)
        expect_status(target.get(literal), (400, 404), f"{name} as bytes")


@case("A10", "plus, space, %20 and a name that has %20 in it are four names, each found", needs=(Power.ORIGIN,))
def plus_and_space(target):
    word = target.word()
    colours = {f"{word}+b.png": (220, 0, 0), f"{word} b.png": (0, 220, 0), f"{word}%20b.png": (0, 0, 220)}
    for name, colour in colours.items():
        _named(target, name, colour)
    rows = [
        (f"{word}+b.png", f"{word}+b.png"), (f"{word}%2Bb.png", f"{word}+b.png"), (f"{word}%20b.png", f"{word} b.png"),
        (f"{word}%2520b.png", f"{word}%20b.png"),
    ]  # fmt: skip

    def act(spelling, name):
        for answer in (target.at_origin(spelling, "w-20,f-png"), target.at_origin(spelling, query="tr=w-20,f-png")):
            expect_status(answer, 200, spelling)
            expect(is_near(colour_of(answer.body), colours[name]), f"{spelling} does not show {name!r}")

    for_each(rows, act)
    expect_status(target.raw(_request(target, f"{word} b.png")), (400, 404), "an unencoded space")


def _request(target, name):
    path = target.path("w-20", name, target.settings.origin_endpoint)
    return f"GET {path} HTTP/1.1\r\nHost: {target.wire.authority}\r\nConnection: close\r\n\r\n".encode()


@case("A11", "a question mark or number sign in a name reaches the origin whole", needs=(Power.ORIGIN,))
def delimiters_in_names(target):
    word = target.word()
    for name in (f"{word}?x.png", f"{word}#x.png", f"{word}&x.png", f"{word}=x;.png", f"{word}%3Fx.png"):
        colour = (200, 200, 0)
        answer = target.at_origin(_named(target, name, colour), "w-20,f-png")
        expect_status(answer, 200, name)
        expect(is_near(colour_of(answer.body), colour), f"{name} shows another picture")
    cut = [request.path for request in target.origin.requests(word) if unquote(request.path).endswith(word)]
    expect(not cut, f"the origin was asked for a part of a name: {cut}")


@case("A11", "a URL in a path keeps its own query, whether it is encoded or not",
      needs=(Power.CONFIGURE,))  # fmt: skip
def delimiters_in_proxied_urls(target):
    with target.own(network={"allow": ["127.0.0.0/8"]}) as server:
        name = server.origin.picture()
        url = f"http://127.0.0.1:{server.origin.port}/{name}"
        rows = [
            (quote(f"{url}?a=1&b=2", safe=""), f"/{name}?a=1&b=2"), (f"{url}%3Fa=3", f"/{name}%3Fa=3"),
            (quote(f"{url}?c=%2F", safe=""), f"/{name}?c=%2F"), (f"{url}%23d", f"/{name}%23d"),
        ]  # fmt: skip

        def act(form, asked_for):
            server.origin.forget()
            expect_status(server.get(server.proxied(form)), (200, 404), form)
            asked = [request.path for request in server.origin.requests(name)]
            expect(asked == [asked_for], f"{form} became {asked}")

        for_each(rows, act)
        answer = server.get(server.proxied(quote(f"{url}#fragment", safe="")))
        expect_status(answer, (200, 400, 404), "with a fragment")
        asked = [request.path for request in server.origin.requests("fragment")]
        expect(not any("#" in path for path in asked), f"the origin was asked for {asked}")


@case(
    "A19",
    "URLs of 64 kB, 10,000 parameters and headers of 1 MB are refused, and what is long but bearable is not a fault",
)
def long_requests(target):
    base = target.path()
    sep = "&" if "?" in base else "?"
    expect_status(
        target.get(f"{target.base_path}{target.settings.endpoint}/" + "a" * 65536), (400, 414), "64 kB of path"
    )
    expect_status(target.get(base + sep + "a=1&" * 16384), (400, 414), "64 kB of query")
    expect_status(target.get(base + sep + "a&" * 10000), (200, 400, 401, 414), "10,000 parameters")
    expect_status(target.get(base + sep + "&" * 10000), (200, 400, 401, 414), "10,000 ampersands")
    expect_status(target.get(base, headers={"X-Long": "a" * 60000}), (400, 431), "a header of 60 kB")
    request = f"GET {base} HTTP/1.1\r\nHost: {target.wire.authority}\r\nConnection: close\r\n".encode()
    for what, more in (("one header", b"X: " + b"a" * 2**20), ("20,000 headers", b"X-A: aaaaaaaaaa\r\n" * 20000)):
        answer = target.raw(request + more + b"\r\n\r\n")
        # The connection may be gone before anything could be read.
        expect(answer is None or answer.status in (400, 413, 431), f"1 MB of {what}: {answer}")
