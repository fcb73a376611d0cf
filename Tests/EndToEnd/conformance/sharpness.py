"""Facts about sharpness, brightness and the length of the body."""

import numpy


def energy(pixels):
    """The mean step from pixel to pixel."""
    colours = pixels[..., :3]
    return float(numpy.abs(numpy.diff(colours, axis=0)).mean() + numpy.abs(numpy.diff(colours, axis=1)).mean())


def sharper_than(text, factor=1.02):
    def check(shown):
        here, there = energy(shown.pixels), energy(shown.beside(text).pixels)
        assert here > there * factor, f"{here:.2f} against {there:.2f} of {text}"

    return check


def softer_than(text, factor=0.98):
    def check(shown):
        here, there = energy(shown.pixels), energy(shown.beside(text).pixels)
        assert here < there * factor, f"{here:.2f} against {there:.2f} of {text}"

    return check


def brighter_than(text, by, box, within=12):
    """In this box, in the mean, by so many levels; negative is darker."""

    def check(shown):
        here, there = (_mean(each.pixels, box) for each in (shown, shown.beside(text)))
        assert abs(here - there - by) <= within, f"{here:.0f} against {there:.0f} of {text}"

    return check


def _mean(pixels, box):
    left, top, right, bottom = box
    return float(pixels[top:bottom, left:right, :3].mean())


def blurred_sides(left, right):
    """Beside the columns `left`..`right` is neither black nor anything sharp."""

    def check(shown):
        for side in (shown.pixels[:, : left - 2], shown.pixels[:, right + 2 :]):
            assert side[..., :3].mean() > 30, "is dark"
            assert energy(side) < energy(shown.pixels[:, left:right]) / 4, "is sharp"
            assert side[..., :3].std() > 5, "has one colour"

    return check


def spread(least):
    """From its darkest to its lightest grey."""

    def check(shown):
        brightness = shown.pixels[..., :3].mean(axis=2)
        actual = float(brightness.max() - brightness.min())
        assert actual >= least, f"spreads over {actual:.0f} levels"

    return check


def smaller_body_than(text):
    def check(shown):
        other = shown.beside(text)
        assert len(shown.answer.body) < len(other.answer.body), (len(shown.answer.body), len(other.answer.body))

    return check
