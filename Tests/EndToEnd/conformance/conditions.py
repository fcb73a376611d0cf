"""§17.11: conditions."""

from conformance.assets import PLANT, SCENE
from conformance.checks import media_type, refused, size
from conformance.parts import shows
from conformance.row import row

WIDE_OR_NARROW = "if-ar_gt_1,w-200,if-else,w-300,if-end"
BETWEEN = "if-h_gte_100_and_h_lte_400_or_ar_lt_4-3,w-50,if-else,w-60,if-end"
ANY = SCENE

ROWS = [
    row(223, SCENE, WIDE_OR_NARROW, "CO", size(200, 133)),
    row(224, PLANT, WIDE_OR_NARROW, "CO", size(300, 405)),
    row(225, PLANT, "if-ar_gt_1,w-200,if-end", "CO", size(640, 865), shows(0, 0, 640, 865)),
    row(226, ANY, "h-200,c-pad_resize:if-h_eq_200,w-100,if-end:rt-90", "CO", size(67, 100)),
    row(227, "chart300x200.jpg", BETWEEN, "CO", size(50, 33)),
    row(228, "chart300x500.jpg", BETWEEN, "DER", size(50, 83)),
    row(229, "chart900x500.jpg", BETWEEN, "DER", size(60, 33)),
    row(230, ANY, "h-400:rt-90,if-h_eq_200,w-100,if-end:rt-90", "CO", refused("if")),
    row(231, ANY, "h-400:if-h_eq_200,w-100,if-end,bl-10:rt-90", "CO", refused("if")),
    row(232, ANY, "h-100,if-h_eq_200,w-100,if-end", "CO", refused("if")),
    row(
        233,
        "half.jpg",
        "dpr-2,f-webp:bg-ffffff:"
        "if-iar_lt_0.6_or_iar_gt_0.85,w-375,h-498,cm-pad_resize,bg-dominant,if-else,w-375,if-end",
        "USR",
        size(375, 498),
        media_type("webp"),
        # 249 pixels of picture, 63 of padding on each side.
        shows(0, 0, 400, 800, into=(63, 0, 312, 498), within=12),
    ),
]
