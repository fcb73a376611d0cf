"""The originals. Each shows two colours of its own, one in its left half and one in its right, so that a wrong picture
is known at a glance, whatever size and format it has."""

import io
import itertools
import struct
import zlib
from dataclasses import dataclass, field

from PIL import Image

_LEVELS = 40, 128, 216
_COLOURS = list(itertools.product(_LEVELS, repeat=3))
_PAIRS = list(itertools.permutations(_COLOURS, 2))
# Far less than half of the distance between two colours, far more than what an encoder changes.
TOLERANCE = 24

_KINDS = (("jpg", "JPEG", {"quality": 90}), ("png", "PNG", {}), ("webp", "WEBP", {"quality": 90}),
          ("avif", "AVIF", {"quality": 80, "speed": 9}), ("tif", "TIFF", {}), ("gif", "GIF", {}))
_CONTENT_TYPES = {ending: "image/" + kind.lower() for ending, kind, _ in _KINDS}
_SIZES = ((320, 240),) * 6 + ((640, 480),) * 3 + ((1600, 1200),)

PLAIN_COUNT, CHANGING_COUNT, CHANGES = 180, 12, 40


@dataclass(frozen=True)
class Original:
    """A picture that stays as it is, or one whose colours change with its version."""

    number: int
    name: str
    size: tuple[int, int]
    changes: bool = False

    def pair(self, version=0):
        """Its colours, left and right: nobody else's, at no version that is shown at the same time."""
        if not self.changes:
            return _PAIRS[self.number]
        return _PAIRS[PLAIN_COUNT + self.number * CHANGES + version % CHANGES]

    @property
    def content_type(self):
        return _CONTENT_TYPES[self.name.rpartition(".")[2]]

    def bytes(self, version=0):
        ending = self.name.rpartition(".")[2]
        kind, options = next((kind, options) for end, kind, options in _KINDS if end == ending)
        buffer = io.BytesIO()
        drawn(self.size, self.pair(version)).save(buffer, kind, **options)
        return buffer.getvalue()


@dataclass
class Originals:
    plain: list[Original] = field(default_factory=list)
    changing: list[Original] = field(default_factory=list)
    animated: list[Original] = field(default_factory=list)
    large: Original | None = None

    @staticmethod
    def made():
        made = Originals()
        # The last of the pairs that stay: an animation's and a large one's.
        for number in range(PLAIN_COUNT - 4):
            ending = _KINDS[number % len(_KINDS)][0]
            made.plain.append(Original(number, f"p{number}.{ending}", _SIZES[number % len(_SIZES)]))
        made.animated = [Original(PLAIN_COUNT - 4 + at, f"a{at}.gif", (160, 120)) for at in range(3)]
        made.large = Original(PLAIN_COUNT - 1, "large.jpg", (4000, 3000))
        made.changing = [Original(at, f"c{at}.jpg", (320, 240), changes=True) for at in range(CHANGING_COUNT)]
        return made

    @property
    def all(self):
        return [*self.plain, *self.animated, self.large, *self.changing]


def drawn(size, pair):
    picture = Image.new("RGB", size, pair[0])
    picture.paste(pair[1], (size[0] // 2, 0, *size))
    return picture


def animation(original):
    """Five frames that differ in a small square in the middle."""
    frames = [drawn(original.size, original.pair()) for _ in range(5)]
    for number, frame in enumerate(frames):
        frame.paste((50 * number,) * 3, (76, 56, 84, 64))
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    return buffer.getvalue()


def drawing(original):
    """The same two colours as an SVG, with what has no business in one."""
    left, right = ("#%02x%02x%02x" % colour for colour in original.pair())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240" onload="alert(1)">'
        f'<script>alert(2)</script><rect width="160" height="240" fill="{left}"/>'
        f'<rect x="160" width="160" height="240" fill="{right}"/></svg>'
    ).encode()


def page(original):
    """The same two colours as a PDF of one page (ISO 32000-1, 7.5)."""
    left, right = (" ".join(f"{value / 255:.4f}" for value in colour) for colour in original.pair())
    content = f"{left} rg 0 0 160 240 re f {right} rg 160 0 160 240 re f".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 320 240]/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    data, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, text)
    start = len(data)
    data += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def shown(picture):
    """The colours in the left and in the right half, away from edges and from the middle."""
    picture = picture.convert("RGB")
    width, height = picture.size
    return tuple(
        {picture.getpixel((min(int(x * width), width - 1), min(int(y * height), height - 1))) for y in (0.25, 0.75)}
        for x in (0.12, 0.88)
    )


def shows(picture, pair):
    return all(
        all(abs(had - wanted) <= TOLERANCE for had, wanted in zip(colour, expected))
        for colours, expected in zip(shown(picture), pair)
        for colour in colours
    )


def file_bytes(name, length):
    """What the file of that name holds: nothing else does."""
    piece = (f"{name} " * 64).encode()[:251]
    return (piece * (length // len(piece) + 1))[:length]


def huge():
    """A PNG that says it has 900 million pixels (and none of them)."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
