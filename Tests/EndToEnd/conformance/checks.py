"""Facts about answers and colours. Each function returns a check: called with a `Shown`, it fails or does nothing."""

import math

import numpy

# What JPEG and resampling may do to a channel of a smooth picture.
CLOSE = 4


def size(width, height, within=0):
    def check(shown):
        actual = shown.size
        assert abs(actual[0] - width) <= within and abs(actual[1] - height) <= within, (
            f"is {actual[0]}×{actual[1]}, not {width}×{height}"
        )

    return check


def rotated_size(width, height, degrees):
    turn = math.radians(degrees)
    across, down = abs(math.cos(turn)), abs(math.sin(turn))
    return size(round(width * across + height * down), round(width * down + height * across), within=2)


# --- answers


def refused(*words):
    """A bad transformation: 400, and its header names what is meant."""

    def check(shown):
        answer = shown.answer
        assert (answer.status, answer.error) == (400, "EINVAL"), answer
        for word in words:
            assert word in answer["ik-error"], answer

    return check


def fails(status, code):
    def check(shown):
        assert (shown.answer.status, shown.answer.error) == (status, code), shown.answer
        assert shown.answer["ik-error"].startswith(f"{code} - "), shown.answer

    return check


def status(expected):
    def check(shown):
        assert shown.answer.status == expected, shown.answer

    return check


def succeeds(shown):
    assert shown.answer.status == 200, shown.answer


def media_type(*allowed):
    def check(shown):
        assert shown.answer.status == 200, shown.answer
        assert shown.answer["Content-Type"] in [f"image/{kind}" for kind in allowed], shown.answer

    return check


def header(name, expected):
    def check(shown):
        assert shown.answer[name] == expected, f"{name}: {shown.answer[name]}"

    return check


def stored_bytes(name=None):
    def check(shown):
        assert shown.answer.status == 200, shown.answer
        assert shown.answer.body == shown.stored(name)

    return check


def same_as(path):
    """Byte by byte what another path answers."""

    def check(shown):
        other = shown.site.get(path, shown.row.headers)
        assert (shown.answer.status, other.status) == (200, 200), (shown.answer, other)
        assert shown.answer.body == other.body, f"differs from {path}"

    return check


def same_pixels(text, within=0, name=None):
    """Pixel by pixel what another transformation of the original gives."""

    def check(shown):
        other = shown.beside(text, name)
        assert shown.size == other.size, f"{shown.size}, and {text} {other.size}"
        difference = numpy.abs(shown.pixels - other.pixels).max()
        assert difference <= within, f"differs from {text} by up to {difference}"

    return check


def unlike(text, least=1.0):
    """In the mean at least so much off what another transformation gives."""

    def check(shown):
        other = shown.beside(text)
        assert shown.size == other.size
        difference = numpy.abs(shown.pixels - other.pixels).mean()
        assert difference >= least, f"is {text} all but {difference:.2f}"

    return check


def also(text, *checks, name=None, headers=None):
    """Another transformation that the same pair names."""

    def check(shown):
        other = shown.beside(text, name, headers=headers)
        other.row = shown.row
        for each in checks:
            each(other)

    return check


def also_at(path, *checks, headers=None):
    def check(shown):
        other = type(shown)(shown.site.get(path, headers), shown.site, shown.row)
        for each in checks:
            each(other)

    return check


# --- colours


def colour(x, y, expected, within=CLOSE):
    """At a pixel; negative counts from the right and the bottom, a fraction below 1 of the size."""

    def check(shown):
        actual = tuple(int(value) for value in _pixel(shown, x, y)[: len(expected)])
        assert all(abs(a - b) <= within for a, b in zip(actual, expected, strict=True)), (
            f"({x}, {y}) is {actual}, not {tuple(expected)}"
        )

    return check


def alpha(x, y, expected, within=2):
    def check(shown):
        actual = int(_pixel(shown, x, y)[3])
        assert abs(actual - expected) <= within, f"alpha at ({x}, {y}) is {actual}, not {expected}"

    return check


def _pixel(shown, x, y):
    width, height = shown.size
    column = int(x * width) if isinstance(x, float) else x % width
    line = int(y * height) if isinstance(y, float) else y % height
    return shown.pixels[line, column]


def opaque(shown):
    assert shown.pixels[..., 3].min() == 255, "is transparent somewhere"


def grey(shown):
    colours = shown.pixels[..., :3]
    assert (colours.max(axis=2) - colours.min(axis=2)).max() <= 3, "has colours"
