"""§17.3: crop strategies. Which part of the chart is kept shows in its colours."""

from conformance.assets import FRAME_720, MEDIUM, PLANT, SCENE
from conformance.boxes import covers
from conformance.checks import also, colour, media_type, refused, same_pixels, size, unlike
from conformance.parts import shows
from conformance.row import row

GREY = (0xF3, 0xF3, 0xF3)
DARK = (0x27, 0x2B, 0x38)
WHOLE_PLANT = shows(0, 0, 640, 865)
WHOLE_FRAME = shows(0, 0, 1280, 720)
# 640×865 covered by 3:2.
PLANT_BAND = shows(0, 219, 640, 646)

ROWS = [
    row(41, PLANT, "w-300,h-200", "RC", size(300, 200), PLANT_BAND),
    row(42, PLANT, "w-300,h-200,c-maintain_ratio", "RC", size(300, 200), PLANT_BAND, same_pixels("w-300,h-200")),
    row(43, PLANT, "w-300,h-200,c-force", "RC", size(300, 200), WHOLE_PLANT),
    row(44, PLANT, "w-300,h-200,c-at_max", "RC", size(148, 200), WHOLE_PLANT),
    row(45, PLANT, "w-850,h-1000,c-at_max_enlarge", "RC", size(740, 1000), WHOLE_PLANT),
    row(46, PLANT, "w-850,h-1000,c-at_max", "RC rule", size(640, 865), WHOLE_PLANT),
    row(47, PLANT, "w-300,h-200,c-at_least", "RC", size(300, 405), WHOLE_PLANT),
    row(
        48,
        PLANT,
        "w-300,h-200,cm-pad_resize,bg-F3F3F3",
        "RC + DER",
        size(300, 200),
        shows(0, 0, 640, 865, into=(76, 0, 224, 200)),
        colour(75, 100, GREY),
        colour(224, 100, GREY),
        colour(0, 0, GREY),
        colour(-1, -1, GREY),
    ),
    row(
        49,
        PLANT,
        "w-300,h-200,cm-pad_resize,bg-F3F3F3,fo-left",
        "RC + DER",
        size(300, 200),
        shows(0, 0, 640, 865, into=(0, 0, 148, 200)),
        colour(148, 100, GREY),
        colour(-1, -1, GREY),
    ),
    row(
        50,
        PLANT,
        "w-100,h-200,cm-pad_resize,bg-F3F3F3,fo-top",
        "RC + DER",
        size(100, 200),
        shows(0, 0, 640, 865, into=(0, 0, 100, 135)),
        colour(50, 135, GREY),
        colour(50, -1, GREY),
    ),
    row(51, PLANT, "w-200,h-200,cm-extract", "RC", size(200, 200), shows(220, 332, 420, 532)),
    row(52, PLANT, "w-300,h-300,cm-extract,fo-bottom_right", "RC + DER", size(300, 300), shows(340, 565, 640, 865)),
    row(53, PLANT, "w-300,h-300,cm-extract,x-100,y-300", "RC", size(300, 300), shows(100, 300, 400, 600)),
    row(54, PLANT, "w-300,h-300,cm-extract,xc-300,yc-500", "RC", size(300, 300), shows(150, 350, 450, 650)),
    row(55, PLANT, "w-300,h-300,cm-extract,xc-50,yc-50", "RC rule", refused("xc")),
    row(
        56,
        MEDIUM,
        "w-700,h-700,cm-pad_extract,bg-F3F3F3",
        "RC",
        size(700, 700),
        shows(0, 0, 600, 600, into=(50, 50, 650, 650)),
        *(colour(x, y, GREY) for x, y in ((49, 300), (650, 300), (300, 49), (300, 650), (0, 0), (-1, -1))),
    ),
    row(
        57,
        MEDIUM,
        "h-700,w-700,cm-pad_extract,bg-272B38",
        "RC",
        size(700, 700),
        shows(0, 0, 600, 600, into=(50, 50, 650, 650)),
        *(colour(x, y, DARK) for x, y in ((49, 300), (650, 300), (300, 49), (300, 650), (0, 0), (-1, -1))),
    ),
    row(58, MEDIUM, "w-300,h-300,cm-pad_extract", "DER", size(300, 300), shows(150, 150, 450, 450)),
    row(
        59,
        MEDIUM,
        "w-iw_div_2,h-ih_div_2,cm-extract,x-iw_mul_0.2,y-ih_mul_0.2",
        "AX",
        size(300, 300),
        shows(120, 120, 420, 420),
    ),
    row(60, FRAME_720, "w-400,h-200", "VI", size(400, 200), shows(0, 40, 1280, 680)),
    row(
        61,
        FRAME_720,
        "w-400,h-200,cm-pad_resize,bg-F3F3F3",
        "VI",
        size(400, 200),
        covers(GREY, 0, 0, 400, 200),
        shows(0, 0, 1280, 720, into=(22, 0, 378, 200)),
        colour(21, 100, GREY),
        colour(378, 100, GREY),
    ),
    row(62, FRAME_720, "w-200,h-200,c-force", "VI", size(200, 200), WHOLE_FRAME),
    row(63, FRAME_720, "w-200,h-200,c-at_max", "VI", size(200, 112, within=1), WHOLE_FRAME),
    row(64, FRAME_720, "w-200,h-200,c-at_least", "VI", size(356, 200), WHOLE_FRAME),
    row(65, FRAME_720, "w-400,h-300,c-maintain_ratio,fo-left", "VI", size(400, 300), shows(0, 0, 960, 720)),
    row(66, FRAME_720, "h-300,w-300,cm-extract", "VI", size(300, 300), shows(490, 210, 790, 510)),
    row(67, SCENE, "w-400,h-300", "DER", size(400, 300), shows(71, 0, 1209, 853)),
    row(68, SCENE, "w-400,h-300,c-at_max", "DER", size(400, 267), shows(0, 0, 1280, 853)),
    row(69, SCENE, "w-400,h-300,c-at_least", "DER", size(450, 300), shows(0, 0, 1280, 853)),
    row(70, SCENE, "w-300,h-400,c-at_least", "DER", size(600, 400), shows(0, 0, 1280, 853)),
    row(
        71,
        SCENE,
        "h-300:w-1080,c-at_max",
        "SDK",
        size(450, 300),
        also("h-600:w-300,c-at_max", size(300, 200)),
    ),
    row(72, SCENE, "cm-extract,w-0.5,h-0.5,fo-auto:w-1000,h-1000", "USR", size(1000, 1000)),
    row(
        73,
        SCENE,
        "w-480,h-472,c-maintain_ratio_no_enlarge,fo-bottom,q-75,f-auto",
        "USR",
        size(480, 472),
        media_type("jpeg"),
        shows(206, 0, 1074, 853, within=14),
        unlike("w-480,h-472,fo-left", least=5),
    ),
]
