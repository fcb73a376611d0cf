"""§17.10: the value of an expression shows in a width."""

from conformance.assets import FRAME_720, MEDIUM, PLANT, RED, YELLOW
from conformance.boxes import covers
from conformance.checks import also, colour, size
from conformance.parts import shows
from conformance.row import row


def width(number, expression, value, source):
    """Of a square, so the height is the same."""
    return row(number, MEDIUM, f"w-{expression}", source, size(value, value))


ROWS = [
    width(208, "ih_mul_0.8_add_iw_mul_0.4", 720, "AX + DER"),
    width(209, "iw_add_100_div_2", 650, "DER"),
    width(210, "iw_sub_100_mod_7", 3, "DER"),
    width(211, "2_add_3_pow_2", 25, "DER"),
    width(212, "10_mul_2_pow_2", 400, "DER"),
    width(213, "2_pow_3_pow_2", 64, "DER"),
    width(214, "100_sub_20_sub_30", 50, "DER"),
    width(215, "100_div_5_mul_2", 40, "DER"),
    width(216, "17_mod_5_add_1", 5, "DER"),
    width(217, "500_add_200", 700, "ED test"),
    row(218, MEDIUM, "w-300:w-cw_mul_0.8", "DER", size(240, 240)),
    row(219, MEDIUM, "w-300:w-iw", "AX rule", size(600, 600)),
    row(
        220,
        MEDIUM,
        "l-image,i-ik_canvas,bg-FF0000,w-bw_mul_0.9,h-bh_mul_0.1,l-end",
        "AX",
        covers(RED, 30, 270, 570, 330),
        also("w-300:l-image,i-ik_canvas,bg-FF0000,w-bw_mul_0.9,h-bh_mul_0.1,l-end", covers(RED, 15, 135, 285, 165)),
    ),
    row(
        221,
        PLANT,
        "w-iw_div_4,h-ih_div_2:b-ch_mod_5_yellow",
        "AX + DER",
        size(166, 439),
        colour(2, 200, YELLOW),
        shows(160, 0, 480, 865, into=(3, 3, 163, 436), within=6),
    ),
    row(222, FRAME_720, "ar-iar_div_2,w-400", "DER", size(400, 450)),
]
