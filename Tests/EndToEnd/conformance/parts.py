"""Facts about which part of a chart is seen."""

import numpy

from conformance.assets import CELL, CELL_BLUES
from conformance.checks import CLOSE


def shows(left, top, right, bottom, into=None, within=CLOSE, cells=True):
    """This part of a chart fills the picture, or the box `into` of it. Unscaled, it is right to the pixel."""

    def check(shown):
        original = shown.original()
        height, width = original.shape[:2]
        box = into or (0, 0, *shown.size)
        across, down = (right - left) / (box[2] - box[0]), (bottom - top) / (box[3] - box[1])
        for x, y in _places(*box):
            source_x, source_y = left + (x - box[0] + 0.5) * across, top + (y - box[1] + 0.5) * down
            expected = (source_x * 255 / width, source_y * 255 / height)
            actual = shown.pixels[y, x]
            assert all(abs(int(a) - b) <= within for a, b in zip(actual[:2], expected, strict=True)), (
                f"({x}, {y}) comes from ({actual[0] * width / 255:.0f}, {actual[1] * height / 255:.0f}), "
                f"not ({source_x:.0f}, {source_y:.0f})"
            )
        if cells and across == down == 1 and left == int(left) and top == int(top):
            _check_cells(shown.pixels, box, (int(left), int(top)))

    return check


def _check_cells(pixels, box, source):
    """The blue of each cell, one pixel inside its edges."""
    x, y = numpy.arange(box[0], box[2]), numpy.arange(box[1], box[3])
    from_x, from_y = (x - box[0] + source[0])[None, :], (y - box[1] + source[1])[:, None]
    expected = numpy.where((from_x // CELL + from_y // CELL) % 2, *reversed(CELL_BLUES))
    wrong = numpy.abs(pixels[box[1] : box[3], box[0] : box[2], 2] - expected) > 40
    share = wrong.mean()
    assert share < 0.01, f"{share:.0%} of the pixels stand beside their places"


def _places(left, top, right, bottom):
    inset_x, inset_y = min(6, (right - left) // 4), min(6, (bottom - top) // 4)
    for x in (left + inset_x, (left + right) // 2, right - 1 - inset_x):
        for y in (top + inset_y, (top + bottom) // 2, bottom - 1 - inset_y):
            yield x, y
