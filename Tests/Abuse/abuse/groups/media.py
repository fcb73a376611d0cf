"""Group D, second part: damaged, odd and two-faced files, and what they become."""

import itertools

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.files import FILES, jpegs, mutations, of_case, profiles, svgs
from abuse.groups.drawings import dangers
from abuse.groups.serving import BLUE, RED, STEPS, asked, expect_outcome, put, try_all, try_file
from abuse.origin import Trap
from abuse.pictures import colour_of, is_near, kind_of, png, size_of

NEEDS = (Power.ORIGIN,)
MAGENTA = (255, 0, 255)


# --- D12: drawings


def harmless(answer, what):
    """An answer that is no raster picture must not run anything in a browser."""
    expect((answer["X-Content-Type-Options"] or "") == "nosniff", f"{what}: without nosniff")
    if answer.status != 200 or answer.kind in ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"):
        return
    policy = answer["Content-Security-Policy"] or ""
    expect(
        "sandbox" in policy or "script-src 'none'" in policy or "default-src 'none'" in policy,
        f"{what}: policy “{policy}”",
    )
    if answer.kind == "image/svg+xml":
        expect(
            "charset" not in (answer["Content-Type"] or "") or "utf-8" in answer["Content-Type"].lower(),
            f"{what}: {answer['Content-Type']}",
        )
        found = dangers(answer.body)
        expect(not found, f"{what}: {', '.join(found[:3])}")
    else:
        expect(answer.kind in ("application/octet-stream", "text/plain"), f"{what}: goes out as {answer.kind}")


@case(
    "D12",
    "scripts in SVGs in every disguise: gone, or refused; with a policy; nothing outside is loaded",
    needs=NEEDS,
    seconds=400,
)
def scripts_in_drawings(target):
    trap = Trap()
    try:
        outside = f"127.0.0.1:{trap.port}"
        rows = [(name, svgs.script(name, outside)) for name in svgs.SCRIPTS]
        rows += list(svgs.prologs(outside).items())

        def act(what, data):
            name = put(target, data, "a.svg")
            for steps in ("", "orig-true", "w-40", "f-svg", STEPS, "w-40,f-jpg"):
                answer = target.at_origin(name, steps, seconds=target.settings.total + 20)
                expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, f"{what} as {steps or 'it is'}")
                harmless(answer, f"{what} as {steps or 'it is'}")

        for_each(rows, act)
        expect(trap.connections == 0, f"{trap.connections} connections to what drawings name")
    finally:
        trap.stop()


@case("D12", "a drawing that is in order comes through: it is still red", needs=NEEDS)
def good_drawing(target):
    for steps in ("", "f-png,w-64"):
        answer = asked(target, svgs.plain(), "a.svg", steps)
        expect_status(answer, 200, steps or "as it is")
        if steps:
            expect(is_near(colour_of(answer.body), RED), f"{colour_of(answer.body)} instead of red")
        else:
            harmless(answer, "a plain drawing")
            expect(b"rect" in answer.body and b"c81e1e" in answer.body.lower(), "the square is gone")


# --- D14, D15: two faces


@case("D14", "polyglots: what is made of them is of our encoder; what passes through cannot be sniffed", needs=NEEDS)
def polyglots(target):
    for file in of_case("D14"):
        name = put(target, file.data, file.name)
        for steps in (STEPS, "w-40,f-jpg", "w-40,f-webp"):
            answer = target.at_origin(name, steps)
            expect_outcome(answer, file.expects, f"{file.name} as {steps}")
            for word in (b"<script", b"<?php", b"alert(", b"PK\3\4", b"system("):
                expect(
                    answer.status != 200 or word not in answer.body, f"{file.name} as {steps}: {word!r} came through"
                )
        for steps in ("", "orig-true"):
            answer = target.at_origin(name, steps)
            expect_outcome(answer, {"200", "EINVAL"}, f"{file.name} as it is")
            expect((answer["X-Content-Type-Options"] or "") == "nosniff", f"{file.name}: without nosniff")
            shown = {"jpg": "image/jpeg", "pdf": "application/pdf"}.get(
                kind_of(answer.body), f"image/{kind_of(answer.body)}"
            )
            if answer.status == 200:
                expect(answer.kind == shown, f"{file.name}: goes out as {answer.kind}, and is {shown}")


@case("D15", "names that lie: what counts is the bytes, and loaders that nobody asked for are off", needs=NEEDS)
def lying_names(target):
    try_all(target, "D15")
    for file in of_case("D15"):
        name = put(target, file.data, file.name)
        for steps in ("", "orig-true"):
            answer = target.at_origin(name, steps)
            expect_outcome(answer, {"200", "EINVAL"}, f"{file.name} as it is")
            expect((answer["X-Content-Type-Options"] or "") == "nosniff", f"{file.name}: without nosniff")
            if answer.status == 200 and answer.kind.startswith(
                ("image/svg", "text/html", "application/xhtml", "text/xml")
            ):
                harmless(answer, f"{file.name} as it is")


@case("D15", "SVG, PDF and HEIC can be switched off: 400 EINVAL that says so", needs=(Power.CONFIGURE,))
def loaders_off(target):
    with target.own(loaders={"svg": False, "pdf": False, "heic": False}) as other:
        for data, name in (
            (svgs.plain(), "a.svg"),
            (FILES["script.pdf"].data, "a.pdf"),
            (FILES["nothing-coded.heic"].data, "a.heic"),
        ):
            for lied in (name, "a.jpg"):
                answer = asked(other, data, lied)
                expect_outcome(answer, {"EINVAL"}, f"{name} as {lied}")
                expect("not available" in (answer["ik-error"] or ""), f"{name}: {answer['ik-error']}")
        expect_status(asked(other, FILES["size-too-small.avif"].data, "a.avif"), (200, 400), "AVIF")
        expect_status(asked(other, jpegs.plain(), "a.jpg"), 200, "JPEG")


# --- D16: pieces


@case(
    "D16",
    "nothing, one byte, only the magic, cut at 25, 50 and 99 %: 400, and never another picture's pixels",
    needs=NEEDS,
    seconds=400,
)
def truncations(target):
    try_all(target, "D16")

    def act(name, percent):
        # What lay in the memory a moment before.
        asked(target, png(600, 600, MAGENTA), "a.png", f"w-500,f-png,q-{50 + percent // 4}")
        data = mutations.truncated(mutations.seeds()[name], percent)
        answer = asked(target, data, name, "w-128,f-png")
        what = f"{name} cut at {percent} %"
        expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, what)
        if answer.status == 200:
            expect(not is_near(colour_of(answer.body), MAGENTA, 40), f"{what}: pixels of another picture")

    rows = itertools.product(mutations.seeds(), (25, 50, 75, 99))
    for_each(rows, act)
    for data in (b"", b"\xff", b"\0" * 100, b"G", b"\x89PNG\r\n\x1a\n"):
        expect_outcome(asked(target, data, "a.jpg"), {"EINVAL"}, f"the bytes {data[:8]!r}")


# --- D18, D19: colours and metadata

RED_ONES = """
    sixteen-bit.png palette-alpha.png profile-5-mb.jpg profile-broken.jpg profile-4-gb.jpg profile-of-curves.jpg
    profile-wrong-space.jpg profile-parts-missing.jpg profile-broken.png profile-million-tags.jpg
"""


@case(
    "D18",
    "broken, huge and foreign colour profiles and depths: no crash, and the colours that are meant",
    needs=NEEDS,
    seconds=300,
)
def colours(target):
    def act(file):
        answer = try_file(target, file)
        if answer and file.name in RED_ONES.split():
            shown = colour_of(answer.body)
            expect(is_near(shown, RED, 30), f"{file.name}: {shown} instead of {RED}")
        if answer and file.name in ("one-bit.png", "one-bit.tif"):
            expect(
                is_near(colour_of(answer.body), (255, 255, 255)),
                f"{file.name}: {colour_of(answer.body)} instead of white",
            )

    for_each([(file,) for file in of_case("D18")], act)
    for file in of_case("D18"):
        for steps in ("w-40,f-webp", "w-40,f-avif,cp-true", "e-grayscale,f-jpg", "w-40,md-true,cp-true,f-png"):
            expect_outcome(
                asked(target, file.data, file.name, steps), file.expects | {"EINVAL"}, f"{file.name} as {steps}"
            )


@case("D19", "orientations that there are not, bombs and circles in EXIF; words and places do not go out", needs=NEEDS)
def metadata(target):
    try_all(target, "D19")
    for value, size in ((0, (64, 32)), (9, (64, 32)), (65535, (64, 32)), (6, (32, 64)), (1, (64, 32)), (8, (32, 64))):
        answer = asked(target, profiles.oriented(value), "a.jpg", "f-png")
        expect_status(answer, 200, f"orientation {value}")
        expect(size_of(answer.body) == size, f"orientation {value}: {size_of(answer.body)}, not {size}")
    for steps in ("f-jpg", "f-png,w-32", "f-webp", "f-avif", "w-40,f-jpg,cp-true"):
        answer = asked(target, FILES["exif-place.jpg"].data, "a.jpg", steps)
        expect_status(answer, 200, steps)
        expect(profiles.SECRET_WORDS not in answer.body, f"{steps}: the words of EXIF go out")


# --- D26, D27


@case("D26", "pictures with gain maps, films, manifests and further pictures: the main one", needs=NEEDS)
def containers(target):
    for file in of_case("D26"):
        answer = try_file(target, file)
        if answer:
            expect(is_near(colour_of(answer.body), RED, 20), f"{file.name}: {colour_of(answer.body)} instead of {RED}")


@case("D27", "files that decode differently by loader: the same bytes each time", needs=NEEDS)
def two_readings(target):
    for file in of_case("D27"):
        name = put(target, file.data, file.name)
        answers = [target.at_origin(name, STEPS, query=f"v={number}") for number in range(4)]
        for answer in answers:
            expect_outcome(answer, file.expects, file.name)
        expect(
            len({answer.body for answer in answers if answer.status == 200}) <= 1, f"{file.name}: different pictures"
        )
        if file.name in ("two-pictures.jpg", "picture-in-segment.jpg") and answers[0].status == 200:
            expect(not is_near(colour_of(answers[0].body), BLUE), f"{file.name}: the picture inside")
