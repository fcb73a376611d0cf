"""§17.2: width, height, ratio."""

from conformance.assets import FRAME_720, MEDIUM, PLANT, SCENE
from conformance.checks import size
from conformance.parts import shows
from conformance.row import row

WHOLE = shows(0, 0, 600, 600)
WHOLE_PLANT = shows(0, 0, 640, 865)
WHOLE_SCENE = shows(0, 0, 1280, 853)

ROWS = [
    row(21, MEDIUM, "w-200", "RC", size(200, 200), WHOLE),
    row(22, MEDIUM, "h-200", "RC", size(200, 200), WHOLE),
    row(23, MEDIUM, "w-0.4", "RC", size(240, 240), WHOLE),
    row(24, MEDIUM, "h-0.4", "RC", size(240, 240), WHOLE),
    row(25, MEDIUM, "ar-4-3,w-400", "RC", size(400, 300), shows(0, 75, 600, 525)),
    row(26, MEDIUM, "w-200,h-200,ar-4-3", "RC rule", size(200, 200), WHOLE),
    row(27, FRAME_720, "ar-4-1,h-100", "VI", size(400, 100), shows(0, 200, 1280, 520)),
    row(28, PLANT, "w-200", "DER", size(200, 270), WHOLE_PLANT),
    row(29, PLANT, "h-200", "DER", size(148, 200), WHOLE_PLANT),
    row(30, SCENE, "w-400", "DER", size(400, 267), WHOLE_SCENE),
    row(31, SCENE, "h-300", "DER", size(450, 300), WHOLE_SCENE),
    row(32, SCENE, "w-0.25", "DER", size(320, 213), WHOLE_SCENE),
    row(33, MEDIUM, "w-1200", "DER / [I]", size(1200, 1200), WHOLE),
    row(34, MEDIUM, "w-1200,c-at_max", "SDK helper intent", size(600, 600), WHOLE),
    row(35, MEDIUM, "w-70000", "LI rule", size(600, 600), WHOLE),
    row(36, MEDIUM, "w-iw_div_2", "AX", size(300, 300), WHOLE),
    row(37, MEDIUM, "h-ih_mul_0.5", "SDK / AX", size(300, 300), WHOLE),
    row(38, SCENE, "ar-16-9,w-640", "DER", size(640, 360), shows(0, 66.5, 1280, 786.5)),
    row(39, SCENE, "ar-2.5-1,w-500", "DER / RW", size(500, 200), shows(0, 170.5, 1280, 682.5)),
    row(40, SCENE, "ar-iar_div_2,w-400", "DER", size(400, 533), shows(320, 0, 960, 853)),
]
