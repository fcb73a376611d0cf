"""§17.5: device pixel ratio and client hints."""

from conformance.assets import FRAME_720, SCENE
from conformance.checks import also, header, size
from conformance.parts import shows
from conformance.row import row

TWO = {"Sec-CH-DPR": "2"}


def hints(width, dpr=None):
    return {"Sec-CH-Width": str(width), **({"Sec-CH-DPR": str(dpr)} if dpr else {})}


ROWS = [
    row(
        88,
        SCENE,
        "w-100,dpr-auto",
        "HI",
        size(200, 133),
        also("w-100,dpr-auto", size(200, 133), headers={"DPR": "2"}),
        also("w-100,dpr-auto", size(100, 67)),
        headers=TWO,
    ),
    row(89, SCENE, "w-auto,dpr-auto", "HI", size(600, 400), headers=hints(600, 2)),
    row(
        90,
        SCENE,
        "w-auto",
        "HI",
        size(200, 133),
        also("w-auto", size(200, 133), headers={"Width": "150"}),
        also("w-auto", size(1280, 853)),
        headers=hints(150),
    ),
    row(
        91,
        SCENE,
        "w-auto,dpr-auto",
        "HI",
        size(300, 200),
        header("Content-DPR", "2.83"),
        headers=hints(212, 2),
    ),
    row(92, SCENE, "w-200,dpr-2", "DER", size(400, 267), shows(0, 0, 1280, 853)),
    row(93, FRAME_720, "dpr-2", "RC rule", size(1280, 720)),
    row(94, "strip.png", "w-3000,dpr-2", "RC rule", size(3000, 200)),
    row(95, SCENE, "w-5,dpr-0.1", "RC rule", size(5, 3)),
    row(96, SCENE, "w-200,h-100,dpr-1.5", "DER", size(300, 150)),
]
