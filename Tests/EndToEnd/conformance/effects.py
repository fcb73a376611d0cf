"""§17.7: effects. Each is held by what it must do to known colours, edges and alpha."""

import math

import numpy

from conformance.assets import BLACK, LIPSTICK, MEDIUM, PLANT, SCENE, SLATE, TRIM_RING, WHITE, YELLOW
from conformance.boxes import box_of, covers, near
from conformance.checks import alpha, also, colour, grey, rotated_size, same_pixels, size, status
from conformance.parts import shows
from conformance.row import row
from conformance.sharpness import sharper_than, softer_than, spread

OBJECT = (200, 30, 60)
SKY_BLUE, MINT_CREAM = (135, 206, 250), (245, 255, 250)


def mixed(one, other, share):
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def shadow_falls(x, y):
    """On the side to which the offset points (−1, 0, 1 along an axis), and less on the other."""

    def check(shown):
        width, height = shown.size
        seen = shown.pixels[..., 3]
        block = box_of(near(shown.pixels, [OBJECT], within=12))
        assert block is not None, "the object is gone"
        left, top, right, bottom = block
        beside = (seen[top:bottom, :left].sum(), seen[top:bottom, right:].sum())
        over = (seen[:top, left:right].sum(), seen[bottom:, left:right].sum())
        for axis, direction in ((beside, x), (over, y)):
            lit, shaded = axis if direction > 0 else axis[::-1]
            assert shaded > 1.5 * lit and shaded > 0, f"alpha beside and over: {beside}, {over}"
        # What surrounds the object, without the pixels that its own edge shares.
        around = seen.copy()
        around[top - 3 : bottom + 3, left - 3 : right + 3] = 0
        assert 20 < around.max() < 255, f"the shadow's greatest alpha is {around.max()}"
        dark = shown.pixels[..., :3][(around > 20)]
        assert dark.max() < 90, "the shadow has a colour"
        assert seen[1, 1] == 0, "the shadow is everywhere"

    return check


def bends_up(shown):
    """Higher in the middle than at its sides, nothing under the middle."""
    seen = shown.pixels[..., 3] > 128
    middle, side = (numpy.flatnonzero(seen[:, int(x * shown.size[0])]) for x in (0.5, 0.1))
    assert middle[0] < side[0] - 5, (middle[0], side[0])
    assert middle[-1] < shown.size[1] - 5, "nothing is free under the arch"


def bends_down(shown):
    seen = shown.pixels[..., 3] > 128
    middle, side = (numpy.flatnonzero(seen[:, int(x * shown.size[0])]) for x in (0.5, 0.1))
    assert middle[-1] > side[-1] + 5, (middle[-1], side[-1])


def turned_to_the_left(degrees):
    """The chart's places stand where the turn brings them."""

    def check(shown):
        turn = math.radians(degrees)
        width, height = shown.size
        for x, y in ((100, 100), (500, 100), (100, 500), (500, 500), (300, 300)):
            across, down = x - 300, y - 300
            to_x = width / 2 + across * math.cos(turn) + down * math.sin(turn)
            to_y = height / 2 - across * math.sin(turn) + down * math.cos(turn)
            expected = (x * 255 / 600, y * 255 / 600)
            actual = shown.pixels[int(to_y), int(to_x)]
            assert all(abs(int(a) - b) <= 6 for a, b in zip(actual[:2], expected, strict=True)), (x, y, actual)
        assert shown.pixels[2, 2, 3] == 0, "its corner is not transparent"

    return check


def warmer(text):
    """More red, less green and blue than this."""

    def check(shown):
        change = shown.pixels.mean(axis=(0, 1)) - shown.beside(text).pixels.mean(axis=(0, 1))
        assert change[0] > 3 and change[1] < -3 and change[2] < -3, change

    return check


def upright(shown):
    """Red grows to the right and green downwards, as in the chart that was turned before it was stored."""
    red, green = shown.pixels[..., 0], shown.pixels[..., 1]
    assert red[150, 380] > 220 > 40 > red[150, 20], "stands on its side"
    assert green[280, 200] > 220 > 40 > green[20, 200], "stands on its side"


def trimmed(rings):
    """So many rings of the trim sample are gone."""
    inset = rings * TRIM_RING
    return size(300 - 2 * inset, 240 - 2 * inset)


def gradient_band(shown):
    """0xF2559A below to 0xF27855 above, in the lowest tenth alone."""
    pixels = shown.pixels
    assert pixels[300, 250, 3] == 0 or near(pixels, [OBJECT])[300, 250], "something is above the band"
    assert pixels[-1, 20, 3] > 200 and pixels[-30, 20, 3] > 200, "the band is not there"
    assert pixels[-40, 20, 3] < 20, "the band is too high"
    low, high = pixels[-2, 20, :3], pixels[-32, 20, :3]
    assert abs(low - (0xF2, 0x55, 0x9A)).max() <= 12 and abs(high - (0xF2, 0x78, 0x55)).max() <= 12, (low, high)


ROWS = [
    row(
        118,
        MEDIUM,
        "bl-10",
        "RC",
        size(600, 600),
        softer_than("w-600"),
        softer_than("bl-5"),
        also("bl-30", softer_than("bl-10")),
    ),
    row(119, SCENE, "h-300,e-grayscale", "RC", size(450, 300), grey),
    row(120, "pale.jpg", "h-300,e-contrast", "EN", size(400, 300), spread(230), grey),
    row(121, SCENE, "e-sharpen,h-300", "EN", size(450, 300), sharper_than("h-300")),
    row(122, SCENE, "e-sharpen-10,h-300", "EN", size(450, 300), sharper_than("h-300")),
    row(123, SCENE, "h-300,e-usm-2-2-0.8-0.024", "EN", size(450, 300), sharper_than("h-300")),
    row(124, LIPSTICK, "e-shadow", "EN", status(400)),
    row(125, LIPSTICK, "w-500,e-shadow", "EN", size(500, 338), shadow_falls(1, 1)),
    row(126, LIPSTICK, "w-500:e-shadow", "EN", size(500, 338), shadow_falls(1, 1)),
    row(127, "cutout.png", "e-shadow-bl-15_st-40_x-10_y-N5", "EN", size(500, 338), shadow_falls(1, -1)),
    row(
        128,
        "slate.png",
        "e-gradient",
        "EN",
        size(1280, 853),
        colour(640, 1, WHITE),
        colour(640, -2, SLATE),
        colour(640, 426, mixed(WHITE, SLATE, 0.5), within=8),
    ),
    row(
        129,
        "slate.png",
        "e-gradient-ld-45_from-FF000050_to-FFFFFF50_sp-0.5",
        "EN",
        colour(1, -2, mixed(SLATE, (255, 0, 0), 0.5), within=6),
        *(colour(x, y, mixed(SLATE, WHITE, 0.5), within=6) for x, y in ((0.55, 0.45), (-2, 1), (0.8, 0.2))),
    ),
    row(
        130,
        "slate.png",
        "e-gradient-ld-top_from-green_to-00FF0010_sp-1",
        "EN",
        colour(640, -2, (0, 128, 0), within=5),
        colour(640, 1, mixed(SLATE, (0, 255, 0), 0.1), within=5),
    ),
    row(
        131,
        LIPSTICK,
        "e-gradient-from-lightskyblue_to-mintcream:l-image,i-lipstick_2M.png,t-false,l-end:w-500",
        "EN",
        size(500, 338),
        colour(20, 1, SKY_BLUE),
        colour(20, -2, MINT_CREAM),
        covers(OBJECT, 203, 68, 297, 271),
    ),
    row(
        132,
        LIPSTICK,
        "l-image,i-ik_canvas,e-gradient-from-F2559A_to-F27855_ld-top,w-bw,h-bh_div_10,ly-N0,l-end:w-500",
        "EN + DER",
        size(500, 338),
        gradient_band,
    ),
    row(
        133,
        MEDIUM,
        "e-distort-p-50_50_150_50_150_150_50_150",
        "SDK",
        size(100, 100),
        shows(0, 0, 600, 600, within=8),
    ),
    row(134, MEDIUM, "e-distort-a-45", "SDK", bends_up, also("e-distort-a-N45", bends_down)),
    row(135, SCENE, "e-colorize-co-FF0000_in-15", "SDK", size(1280, 853), warmer("w-1280")),
    row(
        136,
        "fields.png",
        "cr-FF0000_50_00FF00",
        "SDK",
        colour(50, 50, (255, 0, 0), within=12),
        colour(150, 50, (0, 0, 255), within=12),
        colour(250, 50, (128, 128, 128), within=12),
    ),
    row(
        137,
        MEDIUM,
        "w-300,b-5_FFF000",
        "RC + [I]",
        size(310, 310),
        shows(0, 0, 600, 600, into=(5, 5, 305, 305)),
        *(colour(x, y, (255, 240, 0)) for x, y in ((0, 0), (4, 150), (150, 4), (-5, 150), (150, -5), (-1, -1))),
    ),
    row(
        138,
        MEDIUM,
        "w-300,b-20_FF0000",
        "RC + [I]",
        size(340, 340),
        shows(0, 0, 600, 600, into=(20, 20, 320, 320)),
        *(colour(x, y, (255, 0, 0)) for x, y in ((0, 0), (19, 150), (150, 19), (-20, 150), (150, -20), (-1, -1))),
    ),
    row(
        139, MEDIUM, "b-5-A94D34", "SDK", size(610, 610), same_pixels("b-5_A94D34"), colour(2, 300, (0xA9, 0x4D, 0x34))
    ),
    row(140, MEDIUM, "b-5_00AAFF55", "MB", size(610, 610), colour(2, 300, (0, 170, 255, 140)), alpha(300, 300, 255)),
    row(
        141,
        PLANT,
        "w-iw_div_4,h-ih_div_2:b-cw_mul_0.05_yellow",
        "AX + DER",
        size(176, 449),
        covers(YELLOW, 0, 0, 176, 449),
        colour(7, 200, YELLOW),
        shows(160, 0, 480, 865, into=(8, 8, 168, 441), within=6),
    ),
    row(
        142,
        MEDIUM,
        "r-20",
        "RC",
        alpha(0, 0, 0),
        alpha(3, 3, 0),
        alpha(22, 0, 255),
        alpha(8, 8, 255),
        also("r-50", alpha(12, 12, 0), alpha(53, 0, 255), alpha(-1, -1, 0), alpha(20, 20, 255)),
    ),
    row(
        143,
        MEDIUM,
        "r-max",
        "RC",
        *(alpha(x, y, 0) for x, y in ((0, 0), (80, 80), (-80, 80), (80, -80), (-80, -80))),
        *(alpha(x, y, 255) for x, y in ((300, 2), (2, 300), (-3, 300), (300, -3), (95, 95))),
    ),
    row(
        144,
        "chart400x300.jpg",
        "r-max",
        "VI",
        size(400, 300),
        *(alpha(x, y, 0) for x, y in ((0, 0), (50, 38), (-50, 38), (50, -38), (-51, -39))),
        *(alpha(x, y, 255) for x, y in ((200, 2), (2, 150), (-3, 150), (200, -3), (65, 50))),
    ),
    row(
        145,
        SCENE,
        "w-400,h-300,r-10_max_20_30",
        "SDK",
        size(400, 300),
        *(alpha(x, y, 0) for x, y in ((1, 1), (-35, 35), (-4, -4), (6, -7))),
        *(alpha(x, y, 255) for x, y in ((5, 5), (-70, 60), (-8, -8), (11, -12))),
    ),
    row(146, SCENE, "w-400,h-300:rt-90", "CH", size(300, 400)),
    row(147, SCENE, "rt-90:w-400,h-300", "CH", size(400, 300)),
    row(148, MEDIUM, "rt-N40", "RC", rotated_size(600, 600, 40), turned_to_the_left(40)),
    row(149, "exif6.jpg", "rt-auto", "FM", size(400, 300), upright),
    row(150, "trim.png", "t-true", "RC", trimmed(2), also("t-5", trimmed(1)), also("t-15", trimmed(3))),
    row(151, MEDIUM, "fl-h_v", "SDK", same_pixels("fl-v_h"), same_pixels("rt-180")),
    row(
        152,
        MEDIUM,
        "w-400,h-400:w-500,h-400,cm-pad_resize,fo-right,bg-000000:"
        "l-image,i-logo-white_SJwqB4Nfe.png,lx-10,ly-50,h-20,l-end",
        "CH",
        size(500, 400),
        covers(BLACK, 0, 0, 100, 400),
        covers(WHITE, 10, 50, 77, 70),
        shows(0, 0, 600, 600, into=(100, 0, 500, 400)),
    ),
]
