"""Group D, first part: files that claim, hide or unpack to more than anybody can bear."""

import struct

from abuse.cases import Power, case, expect, expect_status
from abuse.files import gifs, jpegs, of_case, pngs, tiffs, webps
from abuse.groups.serving import RED, asked, expect_outcome, memory_bounded, try_all, try_file
from abuse.pictures import colour_of, is_near

NEEDS = (Power.ORIGIN,)


@case("D1", "files that claim billions of pixels: 400 by their header", needs=NEEDS, seconds=300)
def claims(target):
    with memory_bounded(target, 400_000_000):
        try_all(target, "D1")


@case("D1", "sides around every power of two: refused or made, never anything else", needs=NEEDS, seconds=300)
def sides(target):
    makers = {
        "a.jpg": lambda side: jpegs.head(side, side) + jpegs.scan() + bytes(200) + jpegs.EOI,
        "a.png": lambda side: pngs.png(pngs.header(side, side), data=b""),
        "a.gif": lambda side: gifs.animated(side, side, 1),
        "a.tif": lambda side: tiffs.tiff(tiffs.directory(*tiffs.entries(side, side, 8, 64))),
    }
    for name, make in makers.items():
        largest = 65535 if name in ("a.jpg", "a.gif") else 2**31
        for power in (15, 16, 31):
            for side in (2**power - 1, 2**power):
                if side <= largest:
                    # A GIF of few pixels on a large screen may be taken for what it holds.
                    expected = {"ELIMIT", "EINVAL"} | ({"200"} if name == "a.gif" else set())
                    expect_outcome(asked(target, make(side), name), expected, f"{name} of {side}×{side}")


@case(
    "D2", "a hundred megapixels in a few bytes: the limit decides, and memory stays bounded", needs=NEEDS, seconds=300
)
def large_and_small(target):
    with memory_bounded(target, 700_000_000):
        for steps in ("w-40,f-png", "w-4000,f-jpg"):
            for file in of_case("D2"):
                try_file(target, file, steps)


@case("D3", "PNG chunks that unpack to gigabytes, a million of them, or with wrong lengths", needs=NEEDS, seconds=300)
def png_chunks(target):
    with memory_bounded(target, 800_000_000):
        try_all(target, "D3")


@case("D4", "GIFs of largest canvases, 10,000 frames, no delay, frames outside", needs=NEEDS, seconds=300)
def gif_bombs(target):
    try_all(target, "D4")
    for name in ("frames-199-large.gif", "frames-10000.gif", "dispose-to-previous.gif"):
        file = next(file for file in of_case("D4") if file.name == name)
        answer = asked(target, file.data, file.name, "w-3000,h-3000,f-webp")
        expect_outcome(answer, {"ELIMIT", "503"}, f"{name} as an animation of 3000×3000")


@case(
    "D5", "animated WebP, APNG and AVIF of 5,000 frames: 400 ELIMIT, or one picture of them", needs=NEEDS, seconds=300
)
def animations(target):
    try_all(target, "D5")
    for file in of_case("D5"):
        answer = asked(target, file.data, file.name, "w-2000,f-webp")
        expect_outcome(answer, {"200", "ELIMIT", "EINVAL", "503"}, f"{file.name} as WebP")
        expect(answer.status != 200 or len(answer.body) < 5_000_000, f"{file.name}: {len(answer.body)} bytes came out")


@case("D6", "TIFFs of circles, tiny tiles, 4 GB strips and 65,535 channels", needs=NEEDS, seconds=300)
def tiff_directories(target):
    try_all(target, "D6")
    pages = next(file for file in of_case("D6") if file.name == "directories-10000.tif")
    for page in (2, 9999, 10_001, 99_999_999):
        answer = asked(target, pages.data, pages.name, f"w-40,f-png,pg-{page}")
        expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, f"page {page} of {pages.name}")


@case("D7", "HEIF of 10,000 tiles, wrong sizes, circles of references, boxes in boxes", needs=NEEDS, seconds=400)
def heif_boxes(target):
    try_all(target, "D7")


@case(
    "D8",
    "JPEGs of 500 scans, and of processes that nobody uses: in time, or given up in time",
    needs=NEEDS,
    seconds=300,
)
def progressive_bombs(target):
    for steps in ("w-40,f-png", "f-png,w-1200", "orig-true"):
        for file in of_case("D8"):
            answer = asked(target, file.data, file.name, steps)
            expect_outcome(answer, file.expects | {"200"}, f"{file.name} as {steps}")


@case("D9", "JPEG 2000 and JPEG XL: no loader for them, or in time", needs=NEEDS)
def slow_formats(target):
    try_all(target, "D9")


@case(
    "D10",
    "SVGs of entities, uses, blurs, patterns and nesting without end: in time, without taking the memory",
    needs=NEEDS,
    seconds=600,
)
def svg_bombs(target):
    try_all(target, "D10")
    with memory_bounded(target):
        for file in (one for one in of_case("D10") if one.name.startswith("view-box")):
            expect_outcome(
                asked(target, file.data, file.name, "f-png"),
                {"ELIMIT", "EINVAL", "200"},
                f"{file.name} in its own size",
            )


@case("D10", "the same bombs as they are: sanitised in time or refused", needs=NEEDS, seconds=600)
def svg_bombs_untransformed(target):
    with memory_bounded(target):
        for file in of_case("D10"):
            answer = asked(target, file.data, file.name, "")
            expect_outcome(answer, {"200", "EINVAL", "ELIMIT", "503"}, f"{file.name} as it is")
            expect(answer.status != 200 or b"<!ENTITY" not in answer.body, f"{file.name}: entities go out")


@case("D11", "a compressed drawing that unpacks to 5 GB", needs=NEEDS, seconds=300)
def compressed_drawings(target):
    with memory_bounded(target, 600_000_000):
        try_all(target, "D11")
        for file in of_case("D11"):
            answer = asked(target, file.data, file.name, "")
            expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, f"{file.name} as it is")


@case("D13", "PDFs of 10,000 pages, circles, scripts, encryption, impossible sizes, bombs", needs=NEEDS, seconds=600)
def documents(target):
    # However small a document is, what lies on its pages may take any memory.
    with memory_bounded(target, 500_000_000):
        try_all(target, "D13")
    pages = next(file for file in of_case("D13") if file.name == "pages-10000.pdf")
    for page in (1, 10_000, 10_001, 99_999, 2**31, 2**64):
        answer = asked(target, pages.data, pages.name, f"w-40,f-png,pg-{page}")
        expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, f"page {page} of {pages.name}")
    script = next(file for file in of_case("D13") if file.name == "script.pdf")
    for density in (1, 300, 10_000, 2**31):
        answer = asked(target, script.data, script.name, f"f-png,dn-{density}")
        expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, f"{density} dots an inch")


@case("D17", "30 MB behind the end of a picture: the picture, or 400 ELIMIT", needs=NEEDS)
def trailing_junk(target):
    for file in of_case("D17"):
        answer = try_file(target, file)
        expect(answer is None or is_near(colour_of(answer.body), RED), "another picture")
    beyond = jpegs.plain() + bytes(45_000_000)
    expect_outcome(asked(target, beyond, "a.jpg"), {"ELIMIT", "200"}, "45 MB behind the end")


@case(
    "D5", "an animation whose only limit is its length: frames of a pixel, thousands of them", needs=NEEDS, seconds=300
)
def tiny_frames(target):
    for make, name in ((lambda count: gifs.animated(1, 1, count, side=1), "a.gif"), (tiny_webp, "a.webp")):
        for steps in ("w-40,f-png", "w-40,f-gif", "w-1,f-webp"):
            few = asked(target, make(1000), name, steps)
            expect_outcome(few, {"200", "ELIMIT"}, f"1,000 frames of a pixel, {name} as {steps}")
            for count in (12_000, 30_000):
                # A limit that 1,000 frames meet, more of them meet as well (libvips takes more than 10,000 for one).
                expected = {"200", "ELIMIT"} if few.status == 200 else {"ELIMIT"}
                expect_outcome(asked(target, make(count), name, steps), expected, f"{count} frames, {name} as {steps}")


def tiny_webp(count):
    return webps.animated(1, 1, count)


@case("D3", "a PNG of many small pieces of data, each with a head of its own", needs=NEEDS)
def many_pieces(target):
    good = pngs.plain(64, 64)
    start = good.index(b"IDAT") - 4
    length = struct.unpack_from(">I", good, start)[0]
    data = good[start + 8 : start + 8 + length]
    empty = pngs.chunk(b"IDAT", b"") * 200_000
    parts = b"".join(pngs.chunk(b"IDAT", data[index : index + 1]) for index in range(len(data)))
    answer = asked(target, good[:start] + parts + empty + good[start + 12 + length :], "a.png")
    expect_status(answer, (200, 400), "200,000 empty pieces", error=("EINVAL", "ELIMIT"))
