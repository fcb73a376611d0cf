"""JPEG: a small baseline encoder of blocks of one colour each, and files that lie."""

import struct

from .bits import HighBits
from .register import hostile

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
# Codes of the DC table: how many there are of each length, and which categories they stand for.
DC_COUNTS, DC_SYMBOLS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1)) + bytes(7), bytes(range(12))
BASELINE, PROGRESSIVE, LOSSLESS, ARITHMETIC = 0xC0, 0xC2, 0xC3, 0xC9


def segment(marker, data):
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def jfif():
    return segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def table(value=8):
    """A quantisation table of one value."""
    return segment(0xDB, b"\0" + bytes((value,)) * 64)


def frame(width, height, components=3, marker=BASELINE):
    parts = b"".join(bytes((number + 1, 0x11, 0)) for number in range(components))
    return segment(marker, struct.pack(">BHHB", 8, height, width, components) + parts)


def huffman(kind, counts, symbols):
    return segment(0xC4, bytes((kind,)) + counts + symbols)


def codes_of(counts, symbols):
    """symbol → (code, length)."""
    result, code, place = {}, 0, 0
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            result[symbols[place]] = code, length
            code, place = code + 1, place + 1
        code <<= 1
    return result


# One AC code only: end of block.
AC_COUNTS, AC_SYMBOLS = b"\1" + bytes(15), b"\0"


def scan(components=3, first=0, last=63, approximation=0, table_of_ac=0):
    parts = b"".join(bytes((number + 1, table_of_ac)) for number in range(components))
    return segment(0xDA, bytes((components,)) + parts + bytes((first, last, approximation)))


def _ycc(colour):
    red, green, blue = colour
    return (
        round(0.299 * red + 0.587 * green + 0.114 * blue) - 128,
        round(-0.168736 * red - 0.331264 * green + 0.5 * blue),
        round(0.5 * red - 0.418688 * green - 0.081312 * blue),
    )


def entropy(blocks):
    """The coded data of blocks, each a tuple of DC values, one for each component."""
    codes = codes_of(DC_COUNTS, DC_SYMBOLS)
    bits, pieces, before = HighBits(), [], None
    for block in blocks:
        before = before or (0,) * len(block)
        for value, last in zip(block, before, strict=True):
            difference = value - last
            category = abs(difference).bit_length()
            bits.put(*codes[category])
            bits.put(difference if difference > 0 else difference + (1 << category) - 1, category)
            bits.put(0, 1)
        before = block
        if bits.count >= 4096 and bits.count % 8 == 0:
            pieces.append(bits.data())
            bits = HighBits()
    pieces.append(bits.data())
    return b"".join(pieces).replace(b"\xff", b"\xff\0")


def picture(width, height, colour_of, *segments):
    """A JPEG whose block (column, row) has the colour that the function says."""
    blocks = (_ycc(colour_of(column, row)) for row in range((height + 7) // 8) for column in range((width + 7) // 8))
    return head(width, height, *segments) + scan() + entropy(blocks) + EOI


def head(width, height, *segments, components=3, marker=BASELINE):
    return (
        SOI + jfif() + b"".join(segments) + table() + frame(width, height, components, marker)
        + huffman(0, DC_COUNTS, DC_SYMBOLS) + huffman(0x10, AC_COUNTS, AC_SYMBOLS)
    )  # fmt: skip


def plain(width=64, height=64, colour=(200, 30, 30), *segments):
    return picture(width, height, lambda column, row: colour, *segments)


def flat(width, height, components=3):
    """Mid grey of any size at once: all differences are 0, which is three bits a component."""
    count = ((width + 7) // 8) * ((height + 7) // 8) * components
    data = (0).to_bytes((count * 3 + 7) // 8, "big")
    return head(width, height, components=components) + scan(components) + data + EOI


def progressive(width, height, scans):
    """As many scans as asked for, each lawful, each of all blocks in a few bytes."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    runs = b"\1" + bytes(15), b"\xe0"
    start = (
        SOI + jfif() + table() + frame(width, height, 1, PROGRESSIVE)
        + huffman(0, DC_COUNTS, DC_SYMBOLS) + huffman(0x10, *runs)
    )  # fmt: skip
    bits = HighBits()
    for _ in range(-(-blocks // 16384)):
        # End-of-band run of 2^14 blocks and no more: one bit of code, fourteen that say how many more.
        bits.put(0, 1)
        bits.put(0, 14)
    empty = bits.data().replace(b"\xff", b"\xff\0")
    # DC: code 00 for a difference of 0 in each block.
    result = [start, scan(1, 0, 0, 0), bytes((blocks * 2 + 7) // 8)]
    # Bit by bit, from the highest that may be put off to the lowest, of each coefficient.
    plan = [(at, bit + 1 if bit < 13 else 0, bit) for bit in range(13, -1, -1) for at in range(1, 64)]
    for at, before, bit in plan[:scans]:
        result += [scan(1, at, at, before << 4 | bit), empty]
    return b"".join(result) + EOI


@hostile("D1", "claims-64250.jpg", "ELIMIT")
def claims_64250():
    """5 kB that claim 64250×64250, four billion pixels: must be refused by its header, without decoding."""
    return head(64250, 64250) + scan() + bytes(4600) + EOI


@hostile("D1", "claims-65500-grey.jpg", "ELIMIT")
def claims_65500_grey():
    """The same in one channel."""
    return head(65500, 65500, components=1) + scan(1) + bytes(100) + EOI


@hostile("D1", "no-height.jpg", "EINVAL")
def no_height():
    """A height of 0, which a later marker (DNL) would tell."""
    return head(64, 0) + scan() + bytes(100) + EOI


@hostile("D2", "flat-9643x10328.jpg", "200 ELIMIT 503")
def flat_99_megapixels():
    """99.6 million pixels, all grey, in 1.7 MB: below many a limit, and 300 MB when decoded."""
    return flat(9643, 10328)


@hostile("D8", "progressive-500.jpg", "200 EINVAL ELIMIT 503")
def progressive_500():
    """500 lawful scans of 36 million pixels in 40 kB: seconds of CPU for each kilobyte."""
    return progressive(6000, 6000, 500)


@hostile("D8", "progressive-800-large.jpg", "200 EINVAL ELIMIT 503")
def progressive_800():
    """800 scans of 98 million pixels."""
    return progressive(9900, 9900, 800)


@hostile("D16", "magic.jpg", "EINVAL")
def magic_only():
    """The first four bytes and no more."""
    return SOI + b"\xff\xe0"


@hostile("D17", "junk-30-mb.jpg", "200 ELIMIT")
def junk_behind():
    """30 MB behind the end of the picture."""
    return plain() + bytes(30_000_000)


@hostile("D18", "cmyk.jpg", "200")
def cmyk_without_profile():
    """Four channels, no profile, no Adobe marker: ink whose meaning has to be guessed."""
    blocks = [(-100, 60, 60, -100)] * 64
    return head(64, 64, components=4) + scan(4) + entropy(blocks) + EOI


@hostile("D18", "two-components.jpg", "200 EINVAL")
def two_components():
    """Two channels, which no colour model has."""
    return head(64, 64, components=2) + scan(2) + entropy([(0, 0)] * 64) + EOI


@hostile("D18", "quantisation-0.jpg", "200 EINVAL")
def zero_quantisation():
    """A quantisation table of zeros."""
    return plain().replace(table(), table(0))


@hostile("D27", "two-pictures.jpg", "200 EINVAL")
def two_pictures():
    """A red picture, then a blue one in the same file: loaders may differ in which they show, one may not."""
    return plain() + plain(colour=(30, 30, 200))


@hostile("D27", "start-twice.jpg", "200 EINVAL")
def start_twice():
    """Two start markers, of two headers that contradict each other."""
    return head(64, 64) + plain(128, 32, (30, 30, 200))


@hostile("D27", "two-frames.jpg", "EINVAL")
def two_frames():
    """Two frame headers of different size: buffers made for the first, filled by the second."""
    first = frame(64, 64)
    return plain().replace(first, first + frame(60000, 60000))


@hostile("D27", "picture-in-segment.jpg", "200")
def picture_in_segment():
    """A blue picture inside a comment of a red one."""
    return plain(64, 64, (200, 30, 30), segment(0xFE, plain(colour=(30, 30, 200))))


@hostile("D8", "arithmetic.jpg", "200 EINVAL")
def arithmetic():
    """Arithmetic coding, which few decoders have."""
    return head(64, 64, marker=ARITHMETIC) + scan() + bytes(200) + EOI


@hostile("D8", "lossless.jpg", "EINVAL 200")
def lossless():
    """The lossless process, which other programs than libjpeg use."""
    return head(64, 64, marker=LOSSLESS) + scan() + bytes(200) + EOI


@hostile("D26", "many-pictures.jpg", "200")
def multi_picture():
    """An MPO: its first picture counts."""
    index = b"MPF\0MM\0*\0\0\0\x08\0\1\xb0\1\0\4\0\0\0\2\0\0\0\2" + bytes(4)
    return plain(64, 64, (200, 30, 30), segment(0xE2, index)) + plain(colour=(30, 30, 200))


@hostile("D26", "gain-map.jpg", "200")
def gain_map():
    """A photograph with a gain map behind it, as phones make them."""
    words = b"http://ns.adobe.com/xap/1.0/\0"
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    return plain(64, 64, (200, 30, 30), segment(0xE1, words + packet)) + plain(32, 32, (128, 128, 128))


@hostile("D26", "content-credentials.jpg", "200")
def content_credentials():
    """A C2PA manifest (JUMBF) that says it is 4 GB long."""
    box = struct.pack(">I4s", 2**32 - 1, b"jumb") + struct.pack(">I4s", 25, b"jumd") + b"c2pa" + bytes(13)
    return plain(64, 64, (200, 30, 30), segment(0xEB, b"JP\0\1\0\0\0\1" + box))


@hostile("D26", "live-photo.jpg", "200")
def motion_photo():
    """A film behind the picture."""
    return plain() + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100_000)
