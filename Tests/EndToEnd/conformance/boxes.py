"""Facts about where something lies."""

import numpy

from conformance.assets import BLACK

# Colours that are laid over a chart are told from it by more than this.
SAME_COLOUR = 24
# So much off the ground is ink, less is the haze around it.
INK = 40


def box_of(mask):
    lines, columns = numpy.flatnonzero(mask.any(axis=1)), numpy.flatnonzero(mask.any(axis=0))
    if not len(lines):
        return None
    return int(columns[0]), int(lines[0]), int(columns[-1]) + 1, int(lines[-1]) + 1


def near(pixels, colours, within=SAME_COLOUR):
    """Which pixels have one of these colours and are opaque."""
    found = numpy.zeros(pixels.shape[:2], dtype=bool)
    for one in colours:
        found |= (numpy.abs(pixels[..., :3] - numpy.array(one)) <= within).all(axis=2) & (pixels[..., 3] > 200)
    return found


def covers(colours, left, top, right, bottom, within=1):
    """Just this box has the colour, or one of the colours."""
    wanted = colours if isinstance(colours[0], tuple) else (colours,)

    def check(shown):
        actual = box_of(near(shown.pixels, wanted))
        assert actual is not None, f"has no {wanted}"
        assert all(abs(a - b) <= within for a, b in zip(actual, (left, top, right, bottom), strict=True)), (
            f"lies at {actual}, not at {(left, top, right, bottom)}"
        )

    return check


def changed_box(shown, ground):
    """Where the picture is no longer its one-coloured ground."""
    return box_of(numpy.abs(shown.pixels[..., :3] - numpy.array(ground)).max(axis=2) > INK)


def ink_box(shown, ink=BLACK, within=90):
    return box_of((numpy.abs(shown.pixels[..., :3] - numpy.array(ink)) <= within).all(axis=2))


def text_centred(ground, within=3):
    """There is something written, and its middle is the picture's."""

    def check(shown):
        box = changed_box(shown, ground)
        assert box is not None, "nothing is written"
        width, height = shown.size
        off = (abs((box[0] + box[2]) / 2 - width / 2), abs((box[1] + box[3]) / 2 - height / 2))
        assert max(off) <= within, f"text at {box} is {off} off the middle"

    return check


def written_within(left, top, right, bottom, ground):
    """There is something written, and nothing outside this box."""

    def check(shown):
        box = changed_box(shown, ground)
        assert box is not None, "nothing is written"
        inside = left <= box[0] and top <= box[1] and box[2] <= right and box[3] <= bottom
        assert inside, f"text at {box} leaves {(left, top, right, bottom)}"

    return check


def padded_text(top, right, bottom, left, ground, box_colour, within=3):
    """Black ink in a box of a colour, with these distances from its edges."""

    def check(shown):
        # What is inside the box is either the box's colour or ink.
        box = box_of(near(shown.pixels, [box_colour]))
        assert box is not None, "there is no box"
        inner = shown.pixels[box[1] : box[3], box[0] : box[2], :3]
        ink = box_of(inner.max(axis=2) < 110)
        assert ink is not None, "nothing is written"
        actual = (ink[1], box[2] - box[0] - ink[2], box[3] - box[1] - ink[3], ink[0])
        assert all(abs(a - b) <= within for a, b in zip(actual, (top, right, bottom, left), strict=True)), (
            f"padding is {actual} (top, right, bottom, left), not {(top, right, bottom, left)}; box {box}"
        )

    return check
