"""§17.6: background, opacity, colours as they are written."""

from conformance.assets import BLACK, MEDIUM, TEAL
from conformance.checks import alpha, also, colour, opaque, same_pixels, size, unlike
from conformance.parts import shows
from conformance.row import LeftOut, row
from conformance.sharpness import blurred_sides, brighter_than, softer_than

MODEL = "AI: paints what is not there"
PADDED = "w-800,h-600,cm-pad_resize"
INNER = shows(0, 0, 600, 600, into=(100, 0, 700, 600))
SIDE = (10, 100, 90, 500)


def padding(*channels):
    """The colour, and the opacity in 0…255, of the padding."""
    return (colour(20, 300, channels, within=2), colour(780, 300, channels, within=2), INNER)


def dominant_sides(shown):
    for column in (2, 50, -50, -3):
        near_frame = abs(shown.pixels[300, column, :3] - TEAL).max()
        assert near_frame <= 40, f"column {column} is {shown.pixels[300, column]}"


ROWS = [
    row(97, MEDIUM, "h-600,w-800,cm-pad_resize,bg-blurred", "RC", size(800, 600), INNER, blurred_sides(100, 700)),
    row(
        98,
        MEDIUM,
        "w-800,h-600,cm-pad_resize,bg-blurred_25_N30",
        "RC",
        size(800, 600),
        INNER,
        brighter_than(f"{PADDED},bg-blurred_25", -30, SIDE),
    ),
    row(
        99,
        MEDIUM,
        "w-800,h-600,cm-pad_resize,bg-blurred_auto_30",
        "RC",
        size(800, 600),
        INNER,
        brighter_than(f"{PADDED},bg-blurred", 30, SIDE),
    ),
    row(100, "cutout.png", "bg-F00000", "RC", opaque, colour(5, 5, (240, 0, 0)), colour(250, 170, (200, 30, 60))),
    row(101, MEDIUM, "o-50", "RC", size(600, 600), alpha(300, 300, 128), alpha(0, 0, 128)),
    row(102, "slate.png", "o-50,bg-blue", "RC", opaque, colour(0.5, 0.5, (20, 40, 188))),
    row(103, "slate.png", "o-50,bg-0000FF30", "RC", opaque, same_pixels("o-50,bg-blue")),
    row(104, MEDIUM, f"{PADDED},bg-FFAABB50", "LY", size(800, 600), *padding(255, 170, 187, 128)),
    row(
        105,
        MEDIUM,
        f"{PADDED},bg-FF000099",
        "LY",
        *padding(255, 0, 0, 252),
        also(f"{PADDED},bg-FF000000", alpha(20, 300, 0, within=0)),
        also(f"{PADDED},bg-FF000001", alpha(20, 300, 3, within=1)),
    ),
    row(106, MEDIUM, f"{PADDED},bg-0f0fac75", "RC", *padding(0x0F, 0x0F, 0xAC, 191)),
    row(107, MEDIUM, f"{PADDED},bg-AAAA544D", "ED", alpha(20, 300, 10, within=1), INNER),
    # What ImageKit's rewriter makes of other systems' colours: its side of it is held here.
    row(108, MEDIUM, f"{PADDED},bg-AAAA5466", "RW", *padding(0xAA, 0xAA, 0x54, 168)),
    row(109, MEDIUM, f"{PADDED},bg-BB44FF60", "RW", *padding(0xBB, 0x44, 0xFF, 153)),
    row(110, "framed.jpg", f"{PADDED},bg-dominant", "ED", size(800, 600), dominant_sides),
    row(111, "framed.jpg", f"{PADDED},bg-gradient_dominant_2", "ED", size(800, 600), dominant_sides),
    row(
        112,
        MEDIUM,
        f"{PADDED},bg-blurred_auto_50",
        "ED",
        size(800, 600),
        INNER,
        brighter_than(f"{PADDED},bg-blurred_auto", 50, SIDE),
    ),
    row(
        113,
        MEDIUM,
        f"{PADDED},bg-blurred_10_N20",
        "ED",
        size(800, 600),
        INNER,
        brighter_than(f"{PADDED},bg-blurred_10", -20, SIDE),
        also(f"{PADDED},bg-blurred_50", softer_than(f"{PADDED},bg-blurred_2"), unlike(f"{PADDED},bg-blurred_2", 0.1)),
    ),
    LeftOut(114, "ED", f"{PADDED},bg-genfill-prompt-beach", MODEL, refused="bg"),
    LeftOut(115, "ED", f"{PADDED},bg-genfill-prompte-YmVhY2ggd2l0aCBwYWxtIHRyZWVzIQ%3D%3D", MODEL, refused="bg"),
    LeftOut(116, "AI", "w-1000,h-960,cm-pad_resize,bg-genfill", MODEL, refused="bg"),
    row(117, MEDIUM, PADDED, "RC rule", size(800, 600), INNER, colour(0, 300, BLACK), colour(-1, 300, BLACK), opaque),
]
