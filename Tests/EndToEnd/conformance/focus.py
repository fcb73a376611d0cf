"""§17.4: focus, object, zoom. There is no model: a subject is what draws the eye, so no object's box can be held."""

from conformance.assets import CAR, CAR_BOX, CATDOG, FACE_BOX, GIRL, RED, SKIN
from conformance.boxes import box_of, near
from conformance.checks import size
from conformance.row import LeftOut, row

MODEL = "the object's box comes from a model; there is none"
STORED_AREA = "needs an area stored with the file in the account's media library"


def car_kept(scale):
    """The whole of the car that fits is in the picture, and the ground left of it is cut away."""

    def check(shown):
        box = box_of(near(shown.pixels, [RED], within=60))
        assert box is not None, "there is no car"
        right_end = (CAR_BOX[2] - CAR_BOX[0]) * scale
        assert box[2] - box[0] >= min(right_end, shown.size[0] * 0.9) - 2, f"only {box} of the car is left"

    return check


def car_in_the_middle(shown):
    box = box_of(near(shown.pixels, [RED], within=60))
    assert box is not None, "there is no car"
    assert abs((box[1] + box[3]) / 2 - shown.size[1] / 2) <= shown.size[1] * 0.2, f"the car is at {box}"


def centre_crop(shown):
    """320 of the 1920 columns are cut on each side: the grey ramp tells."""
    left, right = (int(shown.pixels[3, x, 0]) for x in (0, -1))
    expected = [60 + 140 * column / 1920 for column in (320, 1600)]
    assert abs(left - expected[0]) <= 4 and abs(right - expected[1]) <= 4, (left, right)


def face(shown):
    box = box_of(near(shown.pixels, [SKIN], within=30))
    assert box is not None, "there is no face"
    return box


def face_centred(shown):
    box = face(shown)
    width, height = shown.size
    assert abs((box[0] + box[2]) / 2 - width / 2) <= width / 5, f"the face is at {box}"
    share = (FACE_BOX[2] - FACE_BOX[0]) * height / 533
    assert box[2] - box[0] >= share * 0.9, f"the face is cut: {box}"


ROWS = [
    row(74, CAR, "w-400,h-400", "RC + DER", size(400, 400), centre_crop),
    row(75, CAR, "w-400,h-400,fo-car", "RC", size(400, 400), car_kept(400 / 1280)),
    row(76, CAR, "w-600,h-400,fo-car,cm-extract", "RC", size(600, 400), car_kept(1), car_in_the_middle),
    LeftOut(77, "RC", "fo-car", MODEL, name=CAR),
    LeftOut(78, "RC", "fo-car,ar-2_1", MODEL, name=CAR),
    LeftOut(79, "RC", "fo-dog", MODEL, name=CATDOG),
    LeftOut(80, "RC", "fo-cat", MODEL, name=CATDOG),
    LeftOut(81, "RC", "fo-dog,ar-1_1", MODEL, name=CATDOG),
    row(82, GIRL, "w-200,h-300,fo-auto", "RC", size(200, 300), face_centred),
    row(83, GIRL, "w-150,h-150,fo-face", "RC", size(150, 150), face),
    row(84, GIRL, "w-150,h-150,fo-face,z-2.0", "RC", size(150, 150), face),
    row(85, GIRL, "w-150,h-150,fo-face,z-0.5", "RC", size(150, 150), face),
    LeftOut(86, "RC", "w-500,h-100,fo-custom", STORED_AREA),
    LeftOut(87, "RC", "w-500,h-100,fo-custom,cm-extract", STORED_AREA),
]
