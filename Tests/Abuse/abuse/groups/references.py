"""Group B, against any server: pictures that name other pictures."""

import base64
from urllib.parse import quote

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.groups.address import traps
from abuse.pictures import colour_of, is_near

# What the origin, a trap and the file that nobody may reach have. Nothing in the drawings themselves is like them.
OUTSIDE = ((250, 0, 0), (200, 30, 60), (250, 250, 0))
SVG = (
    '<?xml version="1.0"?>{head}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:xi="http://www.w3.org/2001/XInclude" width="100" height="50">'
    '<rect width="100" height="50" fill="#00ff00"/>{body}</svg>'
)


DRAWINGS = {
    "image": ("", '<image href="{url}" width="100" height="50"/>'),
    "image by XLink": ("", '<image xlink:href="{url}" width="100" height="50"/>'),
    "image of a file": ("", '<image xlink:href="file://{file}" width="100" height="50"/>'),
    "image of a path": ("", '<image xlink:href="{file}" width="100" height="50"/>'),
    "image beside it": ("", '<image xlink:href="?../..{file}" width="100" height="50"/>'),
    "image by include": ("", '<image xlink:href=".?../../../../..{file}" width="100" height="50"/>'),
    "use": ("", '<use xlink:href="{url}#part"/>'), "use of a file": ("", '<use href="file://{file}#part"/>'),
    "style sheet": ('<?xml-stylesheet href="{url}" type="text/css"?>', ""),
    "import": ("", '<style>@import url("{url}"); @import "{url}";</style>'),
    "escaped import": ("", '<style>@\\69mport url("{url}"); rect {{ fill: u\\72l({url}#a) #00ff00 }}</style>'),
    "font": ("", '<style>@font-face {{ font-family: x; src: url("{url}") }}</style><text font-family="x">x</text>'),
    "fill": ("", '<rect width="100" height="50" fill="url({url}#part) #00ff00"/>'),
    "style attribute": (
        "",
        '<rect width="9" height="9" style="fill:#00ff00;background:url({url});cursor:url({url}),auto"/>',
    ),
    "mask, marker and clip": (
        "",
        '<rect width="9" height="9" fill="#00ff00" mask="url({url}#a)" clip-path="url({url}#b)"/>',
    ),
    "filter image": (
        "",
        '<filter id="f"><feImage href="{url}"/></filter><rect width="9" height="9" filter="url(#f)"/>',
    ),
    "entity": ('<!DOCTYPE svg [<!ENTITY e SYSTEM "{url}">]>', "<text>&e;</text>"),
    "entity of a file": ('<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{file}">]>', "<text>&e;</text>"),
    "parameter entity": ('<!DOCTYPE svg [<!ENTITY % e SYSTEM "{url}"> %e;]>', ""),
    "document type": ('<!DOCTYPE svg SYSTEM "{url}">', ""),
    "public document type": ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "{url}">', ""),
    "inclusion": ("", '<xi:include href="{url}" parse="text"/>'),
    "inclusion of a file": ("", '<text><xi:include href="file://{file}" parse="text"/></text>'),
    "script and HTML": (
        "",
        '<script href="{url}"/><foreignObject>'
        '<img xmlns="http://www.w3.org/1999/xhtml" src="{url}"/></foreignObject>',
    ),
    "animation": (
        "",
        '<image><set attributeName="href" to="{url}"/>'
        '<animate attributeName="xlink:href" values="{url}"/></image>',
    ),
}  # fmt: skip


@case(
    "B17",
    "an SVG loads nothing from outside itself, neither when it is drawn nor when it is delivered",
    needs=(Power.ORIGIN,),
)
def outside_references(target):
    with traps(target) as port:
        base = f"http://{target.origin.host}:{target.origin.port}"
        file = target.deployment.folder / "secret.png" if target.deployment else "/etc/hostname"

        def act(what, steps):
            wanted = target.origin.picture((250, 0, 0))
            for url in (f"{base}/{wanted}", f"http://127.0.0.1:{port}/x.png"):
                head, body = (part.format(url=url, file=file) for part in DRAWINGS[what])
                name = target.origin.put(SVG.format(head=head, body=body).encode(), "image/svg+xml", ".svg")
                answer = target.at_origin(name, steps)
                expect_status(answer, (200, 400), f"{what}, {steps}")
                expect(target.origin.count(wanted) == 0, f"{what}, {steps}: what it names was fetched")
                if answer.kind == "image/png":
                    shown = colour_of(answer.body)
                    expect(not any(is_near(shown, colour) for colour in OUTSIDE), f"{what}: {shown} is from outside")

        for_each([(what, steps) for what in DRAWINGS for steps in ("f-png", "f-svg", "orig-true")], act)


@case("B17", "an SVG that is delivered names nothing outside itself and cannot run in a browser", needs=(Power.ORIGIN,))
def delivered_references(target):
    def act(what, steps):
        url = f"http://{target.word()}.example/x.png"
        head, body = (part.format(url=url, file="/etc/passwd") for part in DRAWINGS[what])
        name = target.origin.put(SVG.format(head=head, body=body).encode(), "image/svg+xml", ".svg")
        answer = target.at_origin(name, steps)
        expect_status(answer, (200, 400), f"{what}, {steps or 'plain'}")
        if answer.kind != "image/svg+xml":
            return
        said = answer["Content-Security-Policy"] or ""
        expect(
            "sandbox" in said or "default-src 'none'" in said, f"{what}, {steps}: Content-Security-Policy is {said!r}"
        )
        expect(url.encode() not in answer.body, f"{what}, {steps or 'plain'}: it still names {url}")
        for word in (b"/etc/passwd", b"<!ENTITY", b"<script", b"foreignObject", b"xi:include href"):
            expect(word not in answer.body, f"{what}, {steps or 'plain'}: it still has {word.decode()}")

    for_each([(what, steps) for what in DRAWINGS for steps in ("", "f-svg", "orig-true", "w-40")], act)


@case("B18", "a layer's or default image's URL is no way to a private place", needs=(Power.ORIGIN,))
def layers_by_url(target):
    base = target.origin.picture()
    with traps(target) as port:
        rows = [
            f"http://127.0.0.1:{port}/x.png", f"http://[::1]:{port}/x.png", f"http://2130706433:{port}/x.png",
            "http://169.254.169.254/x", "file:///etc/passwd", "http://10.0.0.1/x.png", f"//127.0.0.1:{port}/x.png",
        ]  # fmt: skip

        def act(url):
            for kind in ("i", "ie"):
                text = _base64(url) if kind == "ie" else url.replace("/", "@@")
                answer = target.at_origin(base, query=f"tr=w-40,l-image,{kind}-{quote(text, safe='')},l-end")
                expect_status(answer, (400, 404), f"a layer of {url} as {kind}")
            missing = f"{target.word()}.png"
            answer = target.at_origin(missing, query=f"tr=w-40,di-{quote(url.replace('/', '@@'), safe='')}")
            expect_status(answer, (400, 404), f"{url} as default image")

        for_each(rows, act)
        if Power.PROXY in target.powers:
            for url in rows:
                steps = f"w-40,l-image,ie-{_base64(url)},l-end"
                expect_status(
                    target.get(target.proxied(f"http://127.0.0.1:{port}/x.png", steps)), (400, 404), f"{url} on a URL"
                )


def _base64(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
