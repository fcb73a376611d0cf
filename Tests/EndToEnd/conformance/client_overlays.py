"""What the official client's URL builder can be told of overlays."""

import numpy

from conformance.assets import CYAN, LOGO_WHITE, MAGENTA, MEDIUM
from conformance.boxes import covers
from conformance.checks import refused
from conformance.client_options import Option


def changed(shown):
    """Something is laid over the original, which keeps its size."""
    before = shown.beside("w-600").pixels
    assert shown.pixels.shape == before.shape, shown.size
    assert numpy.abs(shown.pixels - before).max() >= 8, "nothing is laid over it"


def lies_at(left, top):
    """The corner of an overlay of 120×80 pixels."""
    return covers((MAGENTA, CYAN), left, top, left + 120, top + 80)


def lays(kind, **description):
    return {"type": kind, **description}


def overlay(description, *checks, of="paper600.png"):
    return Option("overlay", description, checks or (changed,), name=of)


def text(**options):
    return lays("text", text="Hello World", transformation=[options])


TEXTS = {
    "alpha": [{"alpha": 1, "font_color": "0000FF"}, {"alpha": 9, "font_color": "0000FF"}],
    "background": [{"background": "F3F3F3"}, {"background": "FF000050"}, {"background": "red"}],
    "flip": [{"flip": value} for value in ("h", "v", "h_v", "v_h")],
    "font_color": [{"font_color": value} for value in ("FF0000", "FFAABB50", "red")],
    "font_family": [
        {"font_family": value}
        for value in ("Open Sans", "Roboto", "PT_Serif", "font-folder/font-subfolder/my-custom-font.ttf")
    ],
    "font_size": [{"font_size": value} for value in (20, 45.0, "45", "bh_div_10")],
    "inner_alignment": [{"inner_alignment": value, "width": 400} for value in ("left", "right", "center")],
    "line_height": [{"line_height": value, "width": 150} for value in (60, "60", "bh_div_10")],
    "padding": [
        {"padding": value, "background": "red"} for value in (10, "10_20", "10_20_30", "10_20_30_40", "bw_div_40")
    ],
    "radius": [{"radius": value, "background": "red"} for value in (10, "max", "10_20_30_40")],
    "rotation": [{"rotation": value} for value in (45, "N45", 90)],
    "typography": [{"typography": value} for value in ("b", "i", "strikethrough", "b_i", "b_i_strikethrough")],
    "width": [{"width": value} for value in (300, "300", "bw_mul_0.5")],
}

SOLID_COLOURS = {
    "alpha": [{"alpha": 5}],
    "background": [{"background": "00FF00"}, {"background": "00FF0050"}, {"background": "lime"}],
    "gradient": [{"gradient": True}, {"gradient": "ld-45_from-red_to-white"}],
    "height": [{"height": 100}, {"height": "bh_div_2"}],
    "radius": [{"radius": 20, "width": 100, "height": 100}, {"radius": "max"}, {"radius": "10_20_30_40"}],
    "width": [{"width": 100}, {"width": "bw_mul_0.2"}],
}

SUBTITLES = {
    "background": "red",
    "color": "0000FF",
    "font_family": "Arial",
    "font_outline": "2_A1CCDD50",
    "font_shadow": "A1CCDD_3",
    "font_size": 20,
    "typography": "b_i",
}

FLUSH = {
    "center": (240, 260),
    "top": (240, 0),
    "left": (0, 260),
    "bottom": (240, 520),
    "right": (480, 260),
    "top_left": (0, 0),
    "top_right": (480, 0),
    "bottom_left": (0, 520),
    "bottom_right": (480, 520),
}

# Of an overlay of 120×80 pixels on 600×600, with the corner that follows where it does.
POSITIONS = {
    "x": [({"x": 10}, (10, 0)), ({"x": "10"}, (10, 0)), ({"x": "bw_mul_0.4"}, (240, 0)), ({"x": "N10"}, (470, 0))],
    "y": [({"y": 20}, (0, 20)), ({"y": "bh_sub_ch"}, (0, 520)), ({"y": "N20"}, (0, 500))],
    "x_center": [({"x_center": 300, "y": 5}, (240, 5)), ({"x_center": "bw_div_2", "y": 10}, (240, 10))],
    "y_center": [({"y_center": 200, "x": 5}, (5, 160)), ({"y_center": "bh_div_2", "x": 10}, (10, 260))],
    "anchor_point": [
        ({"anchor_point": "top_left", "x": 10, "y": 10}, (10, 10)),
        ({"anchor_point": "top_right", "x": "N10", "y": 10}, (470, 10)),
        ({"anchor_point": "bottom_right", "x": "N10", "y": "N10"}, (470, 510)),
        ({"anchor_point": "bottom_left", "x": 10, "y": "N10"}, (10, 510)),
        ({"anchor_point": "center", "x": 10, "y": 10}, (250, 270)),
        *(({"anchor_point": word, "x": "N10", "y": "N10"}, None) for word in ("top", "left", "bottom", "right")),
    ],
    "focus": [({"focus": word}, corner) for word, corner in FLUSH.items()],
}

LAYER_MODES = ("multiply", "cutter", "cutout", "displace")

# On a picture they say nothing.
TIMINGS = {"start": [5, "5.5"], "end": [10, "bdu_mul_0.4"], "duration": [4, "bdu_sub_idu"]}


def overlays():
    for values in TEXTS.values():
        yield from (overlay(text(**one)) for one in values)
    for encoding in ("auto", "plain", "base64"):
        yield overlay(lays("text", text="Hello World", encoding=encoding))
        yield overlay(lays("image", input="customer_logo/nykaa.png", encoding=encoding))
    for words in ("Let's use ©, ®, ™, etc", "हिन्दी", "日本語", "שלום", "🙂"):
        yield overlay(lays("text", text=words))
    for values in SOLID_COLOURS.values():
        yield from (overlay(lays("solidColor", color="FF0000", transformation=[one])) for one in values)
    yield overlay(lays("solidColor", color="FFAABB50"))
    for values in POSITIONS.values():
        for position, corner in values:
            laid = lays("image", input="logo.png", position=position)
            yield overlay(laid, *([lies_at(*corner)] if corner else []))
    for mode in LAYER_MODES:
        yield overlay(lays("image", input="x.png", layer_mode=mode, position={"x": 20, "y": 20}), of=MEDIUM)
    for name, values in TIMINGS.items():
        yield from (overlay(lays("image", input="logo.png", timing={name: value})) for value in values)
    nested = lays("image", input=LOGO_WHITE, transformation=[{"width": 100}])
    yield overlay(lays("image", input="logo.png", transformation=[{"width": 300}, {"overlay": nested}]))
    yield overlay(lays("video", input="play-pause-loop.mp4"), refused("l-video"))
    yield overlay(lays("subtitle", input="english.srt", transformation=[SUBTITLES]), refused("l-subtitles"))


OVERLAYS = list(overlays())
