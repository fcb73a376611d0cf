"""§17.1: where a transformation stands in the URL, and how it is taken apart."""

from conformance.assets import CYAN, GIRL, MAGENTA, MEDIUM, SCENE, WHITE
from conformance.boxes import covers
from conformance.checks import (
    also,
    also_at,
    colour,
    header,
    media_type,
    refused,
    same_as,
    size,
    stored_bytes,
    succeeds,
)
from conformance.parts import shows
from conformance.row import at, row

FIELDS = (MAGENTA, CYAN)
# Through a JPEG of the usual quality.
ROUGHLY_WHOLE = shows(0, 0, 600, 600, within=24, cells=False)

ROWS = [
    at(1, f"/demo/{MEDIUM}", "RM", size(600, 600), media_type("jpeg"), ROUGHLY_WHOLE, name=MEDIUM),
    at(2, f"/demo/tr:w-300,h-300/{MEDIUM}", "RM", size(300, 300), ROUGHLY_WHOLE, name=MEDIUM),
    at(3, f"/demo/{MEDIUM}?tr=w-200,h-200", "RM", size(200, 200), same_as(f"/demo/tr:w-200,h-200/{MEDIUM}")),
    at(4, f"/demo/img/tr:w-150,h-150,fo-face/{GIRL}", "RC", size(150, 150)),
    at(5, "/demo/ik-seo/DSC1234/eiffel-tower.jpg", "SEO", size(300, 200), same_as("/demo/DSC1234.jpg")),
    at(
        6,
        "/demo/ik-seo/path/of/folder/old-file-name/seo-friendly-file-name.jpg",
        "SEO",
        size(320, 200),
        same_as("/demo/path/of/folder/old-file-name.jpg"),
    ),
    at(
        7,
        f"/demo/{MEDIUM}?ik-attachment=true",
        "RC",
        header("Content-Disposition", f'attachment; filename="{MEDIUM}"'),
        size(600, 600),
    ),
    at(8, f"/demo/tr:orig-true/{MEDIUM}", "RC", stored_bytes(), name=MEDIUM),
    at(9, f"/demo/tr:orig-true,w-100,bl-10/{MEDIUM}", "RC", stored_bytes(), name=MEDIUM),
    at(10, f"/demo/tr:/{MEDIUM}", "SDK issue", refused("tr")),
    at(11, f"/demo/{SCENE}?tr=h-300%2Cw-300", "SDK", size(300, 300), same_as(f"/demo/{SCENE}?tr=h-300,w-300")),
    row(12, SCENE, "w-400,h-300:rt-90", "CH", size(300, 400)),
    at(
        13,
        f"/demo/tr:rndm_trnsf-abcd/{MEDIUM}",
        "SDK",
        refused("rndm_trnsf"),
        also_at(f"/demo/lenient/tr:rndm_trnsf-abcd/{MEDIUM}", size(600, 600)),
    ),
    row(
        14,
        MEDIUM,
        "l-image,i-a.png,w-10:rt-90,l-end:w-50",
        "DER",
        size(50, 50),
        # The same with an overlay that can be measured: it stands upright, the base does not.
        also("l-image,i-a.png,w-100:rt-90,l-end:w-300", size(300, 300), covers(FIELDS, 138, 125, 163, 175)),
    ),
    row(
        15,
        MEDIUM,
        "l-image,i-women-dress.jpeg,h-400,lfo-bottom_left:"
        "l-image,i-logo-white_SJwqB4Nfe.png,w-bw_div_2,lfo-top_right,l-end,l-end",
        "AX",
        size(600, 600),
        covers(WHITE, 150, 200, 300, 245),
    ),
    row(
        16,
        MEDIUM,
        "l-image,i-ik_canvas,w-500,h-120:l-text,i-Hello,r-0,l-end:l-image,i-logo.png,l-end,l-end",
        "docs 2025",
        size(600, 600),
        covers(FIELDS, 240, 260, 360, 340),
    ),
    row(17, SCENE, "h-300.00,w-300.00:rt-90", "MB", size(300, 300), colour(3, 3, (36, 253), within=8)),
    at(18, f"/demo/png/{MEDIUM}?tr=ar-4:3,w-400", "SDK", size(400, 300), shows(0, 75, 600, 525), name=MEDIUM),
    at(
        19,
        f"/demo/tr:raw-ar-4-3/{MEDIUM}",
        "SDK",
        refused("raw"),
        also_at(f"/demo/lenient/tr:raw-ar-4-3/{MEDIUM}", size(600, 600)),
    ),
    at(20, f"/demo/{MEDIUM}?ik-sdk-version=ios-x", "MB", succeeds, same_as(f"/demo/{MEDIUM}"), size(600, 600)),
]
