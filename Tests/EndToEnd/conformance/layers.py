"""§17.9: layers. Overlays have colours that no chart has, so their boxes can be read off the picture."""

import numpy

from conformance.assets import CYAN, LOGO_WHITE, MAGENTA, MEDIUM, PAPER, RED, SLATE, WHITE, YELLOW
from conformance.boxes import box_of, changed_box, covers, near, padded_text, text_centred, written_within
from conformance.checks import alpha, also, also_at, refused, same_pixels, size, unlike
from conformance.parts import shows
from conformance.row import LeftOut, at, row

FIELDS = (MAGENTA, CYAN)
LOGO = f"l-image,i-{LOGO_WHITE}"
NESTED_LOGO = f"{LOGO},w-150,lfo-top_right,l-end"
EASY = "l-text,i-overlay%20made%20easy,fs-45"
LIBRARY_FONT = "font-folder@@font-subfolder@@my-custom-font.ttf"
# Of the font that is made of blocks, at 72 pixels: ten letters and a space of half an em; blocks of 0.9 by 0.7 em.
BLOCKS_WIDTH, BLOCKS_HEIGHT = 749, 50
MODEL = "AI: cuts the subject out"
PSD = "the PSD decoder is left out (design §5)"


def written(shown):
    assert changed_box(shown, PAPER) is not None, "nothing is written"


def blocks(shown):
    """Eleven characters of the library's font: solid blocks of one colour."""
    solid = near(shown.pixels, [(255, 240, 0)], within=12)
    box = box_of(solid)
    assert box is not None, "nothing is written in that colour"
    left, top, right, bottom = box
    assert abs(right - left - BLOCKS_WIDTH) <= 4 and abs(bottom - top - BLOCKS_HEIGHT) <= 3, box
    share = solid[top:bottom, left:right].mean()
    assert share > 0.8, f"{share:.0%} of the box are ink: another font"


def displaced(shown):
    """Two quarters stay, the other two have moved along x by less than 50 pixels, but by much."""
    base = shown.beside("w-600").pixels
    for (x, y), moves in (((150, 150), 0), ((450, 450), 0), ((420, 150), 1), ((180, 450), 1)):
        across, down = (shown.pixels[y, x, :2] - base[y, x, :2]) * 600 / 255
        if moves:
            assert 20 <= abs(across) <= 56 and abs(down) <= 8, f"({x}, {y}) has moved by ({across:.0f}, {down:.0f})"
        else:
            assert abs(across) <= 8 and abs(down) <= 8, f"({x}, {y}) has moved by ({across:.0f}, {down:.0f})"


def box_from_the_right_edge(shown):
    left, top, right, bottom = changed_box(shown, PAPER)
    assert abs(shown.size[0] - 24 - right) <= 2 and abs(top - 24) <= 2, (left, top, right, bottom)
    # Two lines of padding and one of text of 16 pixels; a word of five letters.
    assert 28 <= bottom - top <= 50 and 60 <= right - left <= 120, (left, top, right, bottom)
    ink = box_of(numpy.abs(shown.pixels[..., :3] - 255).max(axis=2) < 12)
    assert ink is not None and left + 12 <= ink[0] and ink[2] <= right - 12, f"white ink at {ink}"


def half_transparent_box(shown):
    """Between slate and white everywhere around the text."""
    expected = tuple((a + 255) // 2 for a in SLATE)
    box = box_of(near(shown.pixels, [expected], within=6))
    assert box is not None, "there is no box of half the white"
    assert box[2] - box[0] > 200 and box[3] - box[1] > 20, box


ROWS = [
    row(180, MEDIUM, f"{LOGO},l-end", "LY", size(600, 600), covers(WHITE, 200, 270, 400, 330)),
    row(181, MEDIUM, f"{LOGO},lx-35,l-end", "LY", size(600, 600), covers(WHITE, 35, 0, 235, 60)),
    row(182, MEDIUM, f"{LOGO},lx-N35,l-end", "LY + [I]", size(600, 600), covers(WHITE, 365, 0, 565, 60)),
    row(
        183,
        MEDIUM,
        f"l-image,i-women-dress.jpeg,h-400,b-10_red,lfo-bottom_left,{NESTED_LOGO},l-end",
        "LY",
        size(600, 600),
        covers(RED, 0, 180, 320, 600),
        covers(WHITE, 170, 180, 320, 225),
    ),
    row(
        184,
        MEDIUM,
        f"l-image,i-women-dress.jpeg,h-400,w-400,cm-pad_resize,bg-yellow,lfo-bottom_left,{NESTED_LOGO},l-end",
        "LY",
        covers(YELLOW, 0, 200, 400, 600),
        covers(WHITE, 250, 200, 400, 245),
    ),
    row(
        185,
        MEDIUM,
        f"{LOGO},cm-pad_resize,bg-yellow,w-bw_div_2,h-bh_div_2,lx-bw_div_8,ly-bh_div_8,l-end",
        "AX + DER",
        covers(YELLOW, 75, 75, 375, 375),
        covers(WHITE, 75, 180, 375, 270),
    ),
    row(
        186,
        "chart400x300.jpg",
        "h-300,w-400,l-image,i-ik_canvas,bg-FF0000,w-300,h-100,l-end",
        "docs + DER",
        size(400, 300),
        covers(RED, 50, 100, 350, 200),
    ),
    row(187, "paper.png", f"{EASY},l-end", "LY", size(1280, 853), text_centred(PAPER)),
    row(188, "slate.png", f"{EASY},bg-white,pa-25_50_75_100,l-end", "LY", padded_text(25, 50, 75, 100, SLATE, WHITE)),
    row(189, "slate.png", f"{EASY},bg-white,pa-25_75_60,l-end", "LY", padded_text(25, 75, 60, 75, SLATE, WHITE)),
    row(190, "slate.png", f"{EASY},bg-white,pa-25_75,l-end", "LY", padded_text(25, 75, 25, 75, SLATE, WHITE)),
    row(191, "slate.png", f"{EASY},bg-FFFFFF50,pa-10,l-end", "LY", half_transparent_box),
    row(192, "paper.png", "l-text,ie-aGVsbG8%3D,l-end", "LY", written, same_pixels("l-text,i-hello,l-end")),
    row(
        193,
        "paper.png",
        "l-text,ie-TGV0J3MgdXNlIMKpLCDCriwg4oSiLCBldGM%3D,l-end",
        "SDK",
        text_centred(PAPER),
        unlike("l-text,i-Lets%20use%20etc,l-end", least=0.01),
    ),
    row(194, "slate.png", f"l-text,i-Hello%20World,ff-{LIBRARY_FONT},fs-72,co-FFF000,l-end", "LY", blocks),
    row(
        195,
        "paper600.png",
        "l-text,i-overlay%20made%20easy,fs-bh_div_20,w-bh_div_2,l-end",
        "AX + DER",
        size(600, 600),
        written_within(150, 240, 450, 360, PAPER),
        same_pixels("l-text,i-overlay%20made%20easy,fs-30,w-300,l-end"),
    ),
    row(
        196,
        "paper600.png",
        "l-text,i-overlay%20made%20easy,fs-bh_div_20,bg-yellow,pa-bw_mul_0.01,l-end",
        "AX + DER",
        padded_text(6, 6, 6, 6, PAPER, YELLOW),
    ),
    row(
        197,
        MEDIUM,
        "l-image,i-x.png,w-200,h-100,lx-bw_sub_cw,ly-bh_sub_ch,l-end",
        "DER",
        covers(FIELDS, 400, 500, 600, 600),
    ),
    row(198, MEDIUM, "l-image,i-customer_logo@@nykaa.png,l-end", "SDK", covers(FIELDS, 240, 260, 360, 340)),
    row(199, MEDIUM, "l-image,i-logo.png,lxc-100,lyc-200,lap-top_left,l-end", "SDK", covers(FIELDS, 40, 160, 160, 240)),
    row(
        200,
        MEDIUM,
        "l-image,i-mask.png,lm-cutter,l-end",
        "SDK",
        size(600, 600),
        alpha(10, 10, 0),
        alpha(300, 180, 0),
        alpha(300, 210, 255),
        shows(230, 230, 370, 370, into=(230, 230, 370, 370)),
    ),
    row(
        201,
        MEDIUM,
        "l-image,i-mask.png,lm-cutout,l-end",
        "SDK",
        size(600, 600),
        alpha(300, 300, 0),
        alpha(300, 210, 0),
        alpha(300, 190, 255),
        shows(0, 0, 200, 200, into=(0, 0, 200, 200)),
    ),
    row(202, MEDIUM, "l-image,i-displacement-map.png,lm-displace,lx-50,ly-50,l-end", "SDK", size(600, 600), displaced),
    LeftOut(203, "docs 2025", "l-image,i-photo.jpg,w-13,t-10:e-removedotbg,l-end", MODEL, refused="e-removedotbg"),
    LeftOut(204, "RC", "l-image,i-layout.psd,pg-3,h-200,w-200,l-end", PSD),
    row(
        205,
        "paper.png",
        "w-400:l-text,i-Brand,fs-bw_div_25,co-FFFFFF,bg-0A254075,pa-10_18,r-10,lx-N24,ly-24,lap-top_right,l-end",
        "USR",
        size(400, 267),
        box_from_the_right_edge,
    ),
    at(
        206,
        f"/demo/tr:oi-logo.png/{MEDIUM}",
        "OV",
        refused("oi"),
        also_at(f"/demo/tr:ot-hello/{MEDIUM}", refused("ot")),
    ),
    row(
        207,
        "paper600.png",
        "l-text,i-Every%20thing,lx-10,ly-20,lfo-center,lso-5,leo-15,ldu-10,w-bw_mul_0.5,fs-20,ff-Arial,co-0000ff,ia-left,"
        "pa-5,al-7,tg-b,bg-red,r-10,rt-N45,fl-h,lh-20,l-end",
        "SDK",
        size(600, 600),
        written_within(8, 18, 400, 400, PAPER),
        also("l-text,i-a,co-0000ff,lx-10,ly-20,lfo-center,l-end", written_within(8, 18, 70, 90, PAPER)),
    ),
]
