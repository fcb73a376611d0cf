"""TIFF: directories that lead anywhere."""

import struct

from .register import hostile

SHORT, LONG, UNDEFINED = 3, 4, 7
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS = (
    256,
    257,
    258,
    259,
    262,
    273,
    277,
    278,
    279,
)
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SUBDIRECTORIES = 322, 323, 324, 325, 330
CIELAB = 8


def directory(*entries, following=0):
    """`entries`: (tag, kind, count, value or offset), sorted by tag."""
    packed = b"".join(struct.pack("<HHII", tag, kind, count, value) for tag, kind, count, value in sorted(entries))
    return struct.pack("<H", len(entries)) + packed + struct.pack("<I", following)


def tiff(*parts, first=8):
    return b"II*\0" + struct.pack("<I", first) + b"".join(parts)


def entries(width, height, offset, length, bits=8, photometric=1, rows=None, samples=1):
    return [
        (WIDTH, LONG, 1, width),
        (HEIGHT, LONG, 1, height),
        (BITS, SHORT, 1, bits),
        (COMPRESSION, SHORT, 1, 1),
        (PHOTOMETRIC, SHORT, 1, photometric),
        (OFFSETS, LONG, 1, offset),
        (SAMPLES, SHORT, 1, samples),
        (ROWS, LONG, 1, height if rows is None else rows),
        (COUNTS, LONG, 1, length),
    ]


def plain(width=64, height=64, grey=200):
    """Grey, uncompressed."""
    pixels = bytes((grey,)) * (width * height)
    return tiff(pixels, directory(*entries(width, height, 8, len(pixels))), first=8 + len(pixels))


@hostile("D1", "claims-4-billion.tif", "ELIMIT EINVAL")
def claims_largest():
    """2³²−1 pixels a side."""
    return tiff(directory(*entries(2**32 - 1, 2**32 - 1, 8, 64)))


@hostile("D6", "directories-10000.tif", "200 EINVAL ELIMIT")
def many_directories():
    """10,000 pages of a pixel each: each page is searched for from the first."""
    count, size = 10_000, len(directory(*entries(8, 8, 8, 64)))
    pages = [
        directory(*entries(8, 8, 8, 64), following=8 + 64 + (number + 1) * size if number + 1 < count else 0)
        for number in range(count)
    ]
    return tiff(bytes(64), *pages, first=8 + 64)


@hostile("D6", "tiles-of-a-pixel.tif", "EINVAL 200 ELIMIT 503")
def tiny_tiles():
    """16 million tiles of 1×1, all at the same place."""
    side = 4000
    found = [entry for entry in entries(side, side, 8, 1) if entry[0] not in (OFFSETS, ROWS, COUNTS)]
    count = side * side
    found += [
        (TILE_WIDTH, LONG, 1, 1),
        (TILE_HEIGHT, LONG, 1, 1),
        (TILE_OFFSETS, LONG, count, 8),
        (TILE_COUNTS, LONG, count, 8),
    ]
    return tiff(bytes(1024), directory(*found), first=8 + 1024)


@hostile("D6", "strip-4-gb.tif", "EINVAL 200 ELIMIT")
def long_strip():
    """A strip that is said to be 4 GB long: memory taken before it is read."""
    return tiff(bytes(4096), directory(*entries(64, 64, 8, 2**32 - 1)), first=8 + 4096)


@hostile("D6", "directory-circle.tif", "200 EINVAL ELIMIT")
def circle():
    """A page whose next page is itself: no end of pages."""
    pixels = bytes(64 * 64)
    return tiff(pixels, directory(*entries(64, 64, 8, 4096), following=8 + 4096), first=8 + 4096)


@hostile("D6", "subdirectory-circle.tif", "200 EINVAL ELIMIT")
def inner_circle():
    """A page inside itself."""
    pixels = bytes(64 * 64)
    own = (SUBDIRECTORIES, LONG, 1, 8 + 4096)
    return tiff(pixels, directory(*entries(64, 64, 8, 4096), own), first=8 + 4096)


@hostile("D6", "directory-of-65535.tif", "EINVAL 200")
def many_entries():
    """65,535 entries, all of an unknown tag."""
    wanted = entries(64, 64, 8, 4096)
    return tiff(bytes(4096), directory(*wanted, *[(60000, LONG, 2**31, 8)] * (65535 - len(wanted))), first=8 + 4096)


@hostile("D6", "tags-of-the-same-bytes.tif", "200 EINVAL ELIMIT 503")
def same_bytes():
    """4,000 unknown tags, which all are the same 4 MB of the file: 16 GB for who keeps each of them."""
    size, pixels = 4_000_000, bytes(64 * 64)
    tags = [(40_000 + number, UNDEFINED, size, 8 + 4096) for number in range(4_000)]
    body = pixels + bytes(size)
    return tiff(body, directory(*entries(64, 64, 8, 4096), *tags), first=8 + len(body))


@hostile("D6", "big-tags-of-the-same-bytes.tif", "200 EINVAL ELIMIT 503")
def same_bytes_64():
    """The same as BigTIFF, whose numbers have 64 bits."""
    size, pixels = 4_000_000, bytes(64 * 64)
    tags = [(40_000 + number, UNDEFINED, size, 16 + 4096) for number in range(4_000)]
    found = sorted([*entries(64, 64, 16, 4096), *tags])
    # What is shorter than its place is at the place's beginning.
    packed = b"".join(struct.pack("<HHQQ", *entry) for entry in found)
    body = pixels + bytes(size)
    head = b"II+\0" + struct.pack("<HHQ", 8, 0, 16 + len(body))
    return head + body + struct.pack("<Q", len(found)) + packed + bytes(8)


@hostile("D6", "no-rows.tif", "EINVAL 200")
def no_rows():
    """Strips of 0 rows: division by them."""
    return tiff(bytes(4096), directory(*entries(64, 64, 8, 4096, rows=0)), first=8 + 4096)


@hostile("D6", "samples-65535.tif", "EINVAL ELIMIT")
def many_samples():
    """65,535 channels: memory for a row of each."""
    return tiff(bytes(4096), directory(*entries(9000, 9000, 8, 4096, samples=65535)), first=8 + 4096)


@hostile("D18", "lab.tif", "200 EINVAL")
def lab():
    """CIE L*a*b*, whose channels are no light."""
    pixels = bytes((150, 20, 20)) * 4096
    parts = entries(64, 64, 8, len(pixels), photometric=CIELAB, samples=3)
    depth = 8 + len(pixels)
    parts = [(tag, kind, 3, depth) if tag == BITS else (tag, kind, count, value) for tag, kind, count, value in parts]
    return tiff(pixels, struct.pack("<HHH", 8, 8, 8), directory(*parts), first=depth + 6)


@hostile("D18", "one-bit.tif", "200")
def one_bit():
    """One bit a pixel, all of them set."""
    pixels = b"\xff" * 512
    return tiff(pixels, directory(*entries(64, 64, 8, 512, bits=1)), first=8 + 512)


@hostile("D18", "float-64.tif", "200 EINVAL")
def floating_point():
    """64 bits of floating point, not a number each."""
    pixels = struct.pack("<d", float("nan")) * 4096
    return tiff(pixels, directory(*entries(64, 64, 8, len(pixels), bits=64), (339, SHORT, 1, 3)), first=8 + len(pixels))


@hostile("D16", "magic.tif", "EINVAL")
def magic_only():
    """Eight bytes, whose directory lies behind the end."""
    return tiff(first=4096)
