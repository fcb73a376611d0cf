"""Colour profiles and EXIF, inside pictures that are otherwise in order."""

import struct
import zlib

from . import jpegs, pngs
from .register import hostile

ORIENTATION, GPS = 0x0112, 0x8825


def profile(*tags, space=b"RGB ", size=None, kind=b"mntr"):
    """`tags`: (name, data). `size`: what the head says of the length, if that is not the truth."""
    table, data, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags:
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    length = start + len(data)
    head = struct.pack(">I4sI4s4s4s", length if size is None else size, bytes(4), 0x02400000, kind, space, b"XYZ ")
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return head + bytes(128 - len(head)) + table + data


def point(x, y, z):
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in (x, y, z))


def curve(*values):
    return b"curv\0\0\0\0" + struct.pack(">I", len(values)) + b"".join(struct.pack(">H", value) for value in values)


GAMMA = curve(563)


def matrix_tags(response=GAMMA):
    """The tags of a profile like sRGB, with this curve of each channel."""
    text = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"a\0" + bytes(78)
    primaries = ((0.436, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139))
    tags = [(b"desc", text), (b"cprt", b"text\0\0\0\0a\0"), (b"wtpt", point(0.9642, 1, 0.8249))]
    tags += [(name, point(*one)) for name, one in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)]
    return tags + [(name, response) for name in (b"rTRC", b"gTRC", b"bTRC")]


def with_profile(data):
    """A red JPEG with this profile, in as many segments as it takes."""
    parts = [data[start : start + 65000] for start in range(0, len(data), 65000)] or [b""]
    segments = [
        jpegs.segment(0xE2, b"ICC_PROFILE\0" + bytes((number, len(parts))) + part)
        for number, part in enumerate(parts[:255], 1)
    ]
    return jpegs.plain(64, 64, (200, 30, 30), *segments)


def exif(*entries, thumbnail=b"", offset=None):
    """An APP1 segment; `entries`: (tag, kind, count, value), the value as a number."""
    rows = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    following = 8 + 2 + len(rows) + 4
    second = b""
    if thumbnail:
        place = following + 2 + 24 + 4
        second = struct.pack(">HHHIIHHIII", 2, 0x0201, 4, 1, place, 0x0202, 4, 1, len(thumbnail), 0) + thumbnail
    body = b"MM\0*" + struct.pack(">I", 8 if offset is None else offset)
    body += struct.pack(">H", len(entries)) + rows + struct.pack(">I", following if thumbnail else 0) + second
    return jpegs.segment(0xE1, b"Exif\0\0" + body)


def orientation(value):
    """Of kind SHORT, in the upper half of the value."""
    return (ORIENTATION, 3, 1, value << 16)


def oriented(value, width=64, height=32):
    """Red, 64×32, with this orientation."""
    return jpegs.plain(width, height, (200, 30, 30), exif(orientation(value)))


@hostile("D18", "profile-5-mb.jpg", "200")
def large_profile():
    """A profile of 5 MB, nearly all of it nothing."""
    return with_profile(profile(*matrix_tags(), (b"junk", bytes(5_000_000))))


@hostile("D18", "profile-broken.jpg", "200")
def broken_profile():
    """A profile of noise."""
    return with_profile(bytes(number * 151 % 256 for number in range(2000)))


@hostile("D18", "profile-4-gb.jpg", "200")
def profile_that_lies():
    """A profile that says it is 4 GB long."""
    return with_profile(profile(*matrix_tags(), size=2**32 - 1))


@hostile("D18", "profile-of-curves.jpg", "200")
def curve_bomb():
    """A curve that says it has 2³² points."""
    tags = [(name, b"curv\0\0\0\0" + b"\xff" * 4 if name.endswith(b"TRC") else data) for name, data in matrix_tags()]
    return with_profile(profile(*tags))


@hostile("D18", "profile-of-tables.jpg", "200")
def table_bomb():
    """A table of colours of fifteen dimensions with 255 points each: 255¹⁵ entries."""
    table = b"mft2\0\0\0\0" + bytes((15, 15, 255, 0)) + bytes(36) + struct.pack(">HH", 4096, 4096) + bytes(1000)
    return with_profile(profile((b"A2B0", table), (b"B2A0", table), *matrix_tags()))


@hostile("D18", "profile-million-tags.jpg", "200")
def many_tags():
    """A profile whose table says it has 2³² tags."""
    data = bytearray(profile(*matrix_tags()))
    data[128:132] = b"\xff" * 4
    return with_profile(bytes(data))


@hostile("D18", "profile-wrong-space.jpg", "200")
def wrong_space():
    """A profile for four inks in a picture of three channels."""
    return with_profile(profile(*matrix_tags(), space=b"CMYK", kind=b"prtr"))


@hostile("D18", "profile-parts-missing.jpg", "200")
def missing_parts():
    """Segments that say "7 of 255", and the others never come."""
    part = jpegs.segment(0xE2, b"ICC_PROFILE\0\7\xff" + bytes(100))
    return jpegs.plain(64, 64, (200, 30, 30), part)


@hostile("D18", "profile-broken.png", "200")
def broken_profile_of_png():
    """A profile of noise, compressed."""
    noise = bytes(number * 151 % 256 for number in range(2000))
    return pngs.plain(64, 64, (200, 30, 30), pngs.chunk(b"iCCP", b"a\0\0" + zlib.compress(noise)))


@hostile("D19", "orientation-0.jpg", "200")
def orientation_0():
    """An orientation that there is not: nothing is turned."""
    return oriented(0)


@hostile("D19", "orientation-9.jpg", "200")
def orientation_9():
    """The first one beyond the table."""
    return oriented(9)


@hostile("D19", "orientation-65535.jpg", "200")
def orientation_65535():
    """The last one of its kind."""
    return oriented(65535)


@hostile("D19", "orientation-6.jpg", "200")
def orientation_6():
    """One that turns: 64×32 becomes 32×64."""
    return oriented(6)


@hostile("D19", "exif-thumbnail-bomb.jpg", "200")
def thumbnail_bomb():
    """A thumbnail of four billion pixels inside the metadata."""
    return jpegs.plain(64, 64, (200, 30, 30), exif(thumbnail=jpegs.claims_64250()))


@hostile("D19", "exif-circle.jpg", "200")
def exif_circle():
    """A directory whose inner directory is itself."""
    return jpegs.plain(64, 64, (200, 30, 30), exif((0x8769, 4, 1, 8), (GPS, 4, 1, 8), (0xA005, 4, 1, 8)))


@hostile("D19", "exif-outside.jpg", "200")
def exif_outside():
    """Values that lie 2 GB behind the segment, 2³² of them."""
    entries = (0x010E, 2, 2**32 - 1, 2**31), (0x0110, 5, 2**31, 2**31), (0x9286, 7, 2**32 - 1, 0)
    return jpegs.plain(64, 64, (200, 30, 30), exif(*entries))


@hostile("D19", "exif-65535-entries.jpg", "200")
def exif_many_entries():
    """A directory that says it has 65,535 entries, and has five."""
    segment = bytearray(exif(*[orientation(1)] * 5))
    segment[18:20] = b"\xff\xff"
    return jpegs.plain(64, 64, (200, 30, 30), bytes(segment))


PLACE = b"N\0\0\0"
SECRET_WORDS = b"taken at the house of Anna"


@hostile("D19", "exif-place.jpg", "200")
def exif_place():
    """Words and a place, which must not go out with a variant."""
    words = (0x010E, 2, len(SECRET_WORDS), 8 + 2 + 24 + 4)
    segment = exif(words, (GPS, 4, 1, 8 + 2 + 24 + 4 + len(SECRET_WORDS)))
    inner = struct.pack(">HHHI4sI", 1, 1, 2, 2, PLACE, 0)
    data = segment[4:] + SECRET_WORDS + inner
    return jpegs.plain(64, 64, (200, 30, 30), jpegs.segment(0xE1, data), jpegs.segment(0xFE, SECRET_WORDS))
