"""PNG: headers that lie, chunks without end, bombs."""

import struct
import zlib

from .deflated import zeros
from .register import hostile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, INDEXED: 1, GREY_ALPHA: 2, RGBA: 4}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth=8, colour=RGB, interlaced=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def png(head, *chunks, data):
    """A file of a header, further chunks and a compressed picture."""
    return SIGNATURE + head + b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def plain(width=64, height=64, colour=(200, 30, 30), *chunks):
    """A picture of one colour (three channels, or four with alpha)."""
    row = b"\0" + bytes(colour) * width
    kind = RGBA if len(colour) == 4 else RGB
    return png(header(width, height, 8, kind), *chunks, data=zlib.compress(row * height))


def black(width, height, colour=GREY):
    """A whole picture of zeros, of any size at once."""
    return png(header(width, height, 8, colour), data=zeros((width * CHANNELS[colour] + 1) * height))


# --- hostile files


@hostile("D2", "one-colour-16384.png", "200 ELIMIT 503")
def one_colour_16384():
    """268 million pixels in 260 kB: memory grows a thousandfold where the header is not judged."""
    return black(16384, 16384)


@hostile("D1", "claims-2-billion-squared.png", "ELIMIT EINVAL")
def claims_largest():
    """Claims 2³¹−1 pixels a side, with a hundred bytes of data: sizes that overflow when multiplied."""
    return png(header(2**31 - 1, 2**31 - 1, 16, RGBA), data=zlib.compress(bytes(100)))


@hostile("D1", "claims-65500.png", "ELIMIT")
def claims_65500():
    """Claims 65500×65500 and holds nothing: must be refused by its header."""
    return png(header(65500, 65500), data=zlib.compress(bytes(1000)))


@hostile("D1", "no-width.png", "EINVAL")
def no_width():
    """A width of 0: divisions by it."""
    return png(header(0, 100), data=zlib.compress(bytes(100)))


@hostile("D3", "ztxt-2-gb.png", "200 EINVAL ELIMIT 503")
def compressed_text_bomb():
    """A compressed text of 2 GB in 2 MB: readers that unpack every chunk."""
    return plain(64, 64, (200, 30, 30), chunk(b"zTXt", b"Comment\0\0" + zeros(2 << 30)))


@hostile("D3", "ztxt-200-times-7-mb.png", "200 EINVAL ELIMIT")
def compressed_texts_bomb():
    """200 texts of 7 MB: each passes by the limit that libpng has for one."""
    return plain(64, 64, (200, 30, 30), chunk(b"zTXt", b"Comment\0\0" + zeros(7 << 20)) * 200)


@hostile("D3", "itxt-1-gb.png", "200 EINVAL ELIMIT 503")
def international_text_bomb():
    """The same as XMP, which libvips keeps: 1 GB of metadata."""
    return plain(64, 64, (200, 30, 30), chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zeros(1 << 30)))


@hostile("D3", "iccp-2-gb.png", "200 EINVAL ELIMIT 503")
def profile_bomb():
    """A colour profile that unpacks to 2 GB of zeros."""
    return plain(64, 64, (200, 30, 30), chunk(b"iCCP", b"a\0\0" + zeros(2 << 30)))


@hostile("D3", "million-texts.png", "200 EINVAL ELIMIT 503")
def million_texts():
    """A million text chunks: lists that are searched from the start for each."""
    return plain(64, 64, (200, 30, 30), chunk(b"tEXt", b"a\0b") * 1_000_000)


@hostile("D3", "wrong-sums.png", "200 EINVAL")
def wrong_sums():
    """Every check sum is wrong."""
    good, result = plain(), bytearray(SIGNATURE)
    position = 8
    while position < len(good):
        length = struct.unpack_from(">I", good, position)[0] + 12
        result += good[position : position + length - 4] + b"\xde\xad\xbe\xef"
        position += length
    return bytes(result)


@hostile("D3", "chunk-of-4-gb.png", "EINVAL")
def chunk_of_4_gb():
    """A chunk that says it is 4 GB long: lengths taken for signed, or allocated before they are read."""
    return SIGNATURE + header(64, 64) + struct.pack(">I", 2**32 - 1) + b"IDAT" + bytes(100)


@hostile("D3", "interlaced-bomb.png", "200 ELIMIT EINVAL 503")
def interlaced_bomb():
    """81 million pixels, interlaced: all of it has to be in memory, in few bytes."""
    passes = ((8, 8), (8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2))
    count = sum((9000 // across + 1) * (9000 // down) for across, down in passes)
    return png(header(9000, 9000, 8, GREY, 1), data=zeros(count))


def animated(width, height, frames, delay=1):
    """An APNG of so many frames of one colour."""
    data = zlib.compress((b"\0" + b"\xc8\x1e\x1e" * width) * height, 9)
    control = [
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", max(0, 2 * number - 1), width, height, 0, 0, delay, 100, 0, 0))
        for number in range(frames)
    ]
    parts = [control[0], chunk(b"IDAT", data)]
    for number in range(1, frames):
        parts += [control[number], chunk(b"fdAT", struct.pack(">I", 2 * number) + data)]
    head = header(width, height) + chunk(b"acTL", struct.pack(">II", frames, 0))
    return SIGNATURE + head + b"".join(parts) + chunk(b"IEND", b"")


@hostile("D5", "apng-5000.png", "200 ELIMIT")
def many_frames():
    """An APNG of 5,000 frames; as a PNG it is one picture."""
    return animated(32, 32, 5000)


@hostile("D18", "palette-short.png", "200 EINVAL")
def short_palette():
    """Indexes far beyond a palette of one colour: reads outside it."""
    rows = b"".join(b"\0" + bytes(range(64)) for _ in range(64))
    return png(header(64, 64, 8, INDEXED), chunk(b"PLTE", b"\xc8\x1e\x1e"), data=zlib.compress(rows))


@hostile("D18", "palette-alpha.png", "200")
def palette_alpha():
    """A palette with alpha, left half clear: must stay clear, and red."""
    rows = b"".join(b"\0" + bytes(32) + b"\1" * 32 for _ in range(64))
    chunks = chunk(b"PLTE", b"\xc8\x1e\x1e" * 2), chunk(b"tRNS", b"\0\xff")
    return png(header(64, 64, 8, INDEXED), *chunks, data=zlib.compress(rows))


@hostile("D18", "one-bit.png", "200")
def one_bit():
    """One bit a pixel, all white."""
    return png(header(64, 64, 1, GREY), data=zlib.compress((b"\0" + b"\xff" * 8) * 64))


@hostile("D18", "sixteen-bit.png", "200")
def sixteen_bit():
    """Sixteen bits a channel, one red."""
    row = b"\0" + struct.pack(">HHH", 200 * 257, 30 * 257, 30 * 257) * 64
    return png(header(64, 64, 16, RGB), data=zlib.compress(row * 64))


@hostile("D20", "column.png", "200 EINVAL ELIMIT")
def column():
    """1×65535: sides that come to nothing when they are scaled."""
    return plain(1, 65535)


@hostile("D20", "row.png", "200 EINVAL ELIMIT")
def row():
    """65535×1."""
    return plain(65535, 1)


@hostile("D20", "pixel.png", "200 EINVAL ELIMIT")
def pixel():
    """1×1, on which every effect must find its end."""
    return plain(1, 1)
