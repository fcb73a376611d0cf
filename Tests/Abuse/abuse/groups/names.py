"""Group A: control characters, names for downloads, and the grammars of other servers."""

import re
from urllib.parse import quote, unquote

from abuse.cases import case, expect, expect_status, for_each
from abuse.wire import Answer

CONTROLS = ["%00", "%0d", "%0a", "%0d%0a", "%09", "%7f", "%1b", "%08", "%0d%0aX-Injected:%201", "%c2%85"]


@case("A21", "control characters in a path are refused and injected nowhere")
def control_characters(target):
    given = target.settings
    stem, _, kind = given.sample.rpartition(".")
    base = f"{target.base_path}{given.endpoint}"

    def act(control):
        answer = target.get(f"{base}/{stem}{control}.{kind}")
        expect_status(answer, (400, 401) if control != "%c2%85" else (400, 401, 404), control)
        _expect_clean(answer, control)

    for_each(CONTROLS, act)
    for byte in (b"\0", b"\x01", b"\t", b"\x7f", b"\x1b"):
        line = b"GET " + base.encode() + b"/a" + byte + b"b.jpg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = target.raw(line)
        expect(answer is None or answer.status in (400, 401, 404), f"the byte {byte!r}: {answer}")


def _expect_clean(answer: Answer, what):
    expect(answer["X-Injected"] is None, f"{what}: a header was injected")
    for name, value in answer.headers.items():
        expect(not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), f"{what}: {name} has control characters")


NAMES = [
    'quo"te.jpg', "back\\slash.jpg", "../../etc/passwd", "..\\..\\x.exe", "‮gpj.exe", "\u2066x.jpg", "😀.jpg",
    "ümlaut.jpg", "a\r\nX-Injected: 1.jpg", "a\nX-Injected: 1", "semi;colon=1.jpg", "per%cent.jpg", "a\0b.jpg",
    "a\tb.jpg", "x" * 3000 + ".jpg", "", ".", "..", "/", "con", 'a"; filename="evil.html', "a'b.jpg", "=?utf-8?q?x?=",
]  # fmt: skip


@case("A22", "a file name for a download is encoded as RFC 6266 says, and no path, direction mark or header")
def attachment_names(target):
    def act(name):
        query = f"ik-attachment=true&ik-attachment-filename={quote(name, safe='')}"
        answer = target.ask("w-40", query=query)
        expect_status(answer, (200, 400), repr(name[:40]))
        _expect_clean(answer, repr(name[:40]))
        if answer.status == 200:
            _expect_disposition(answer["Content-Disposition"] or "", name)

    for_each(NAMES, act)


def _expect_disposition(value, name):
    what = f"{name[:40]!r} as {value[:120]!r}"
    token = r"""(?:"(?:[ !#-\[\]-~]|\\[\\"])*"|[!#$%&'*+.^_`|~0-9A-Za-z-]+)"""
    whole = rf"attachment(?:\s*;\s*[a-z]+\*?=\s*{token})*"
    expect(re.fullmatch(whole, value, re.IGNORECASE), f"{what} cannot be read")
    plain = re.search(r'filename="((?:[^"\\]|\\.)*)"', value)
    encoded = re.search(r"filename\*=UTF-8''([^;]*)", value, re.IGNORECASE)
    for found in filter(None, [plain and plain[1], encoded and unquote(encoded[1])]):
        # A backslash that quotes a character is none of the name.
        shown = re.sub(r'\\(["\\])', r"\1", found) if plain and found == plain[1] else found
        expect("/" not in shown, f"{what} names a path")
        expect(not re.search("[\0-\x1f\x7f‪-‮⁦-⁩]", shown), f"{what} has marks that nobody sees")


OTHER_GRAMMARS = [
    "image/upload/w_50,nosuch_1/{s}", "image/fetch/w_50/{s}", "{s}?w=50&nosuch=1", "{s}?auto=format&w=50",
    "unsafe/50x50/{s}", "unsafe/50x50/filters:nosuch(1)/{s}", "rs:fit:50:50/plain/{s}", "insecure/w:50/{s}", "50x/{s}",
    "cdn-cgi/image/width=50/{s}", "tr:w-50,nosuch-1/{s}", "tr:w-50,W-90/{s}", "tr:w_50/{s}", "tr=w-50/{s}",
    "TR:w-50/{s}",
]  # fmt: skip


@case("A23", "what looks like another server's grammar, or has an unknown option, never means something else")
def other_grammars(target):
    given = target.settings
    plain, smaller = target.ask(), target.ask("w-50")

    def act(form):
        path = target.path("", form.format(s=given.sample))
        answer = target.get(path)
        expect_status(answer, (200, 400, 404), path)
        if answer.status == 200:
            expect(answer.body in (plain.body, smaller.body), f"{path} means something of its own")

    for_each(OTHER_GRAMMARS, act)
