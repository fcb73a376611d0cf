"""WebP: lossless pictures of one colour, which take no bits for their pixels."""

import struct

from .bits import LowBits
from .register import hostile

ANIMATION, ALPHA, EXIF, XMP, PROFILE = 0x02, 0x10, 0x08, 0x04, 0x20


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def riff(*chunks):
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _beginning(width, height):
    bits = LowBits()
    for value, count in ((0x2F, 8), (width - 1, 14), (height - 1, 14), (0, 1), (0, 3)):
        bits.put(value, count)
    return bits


def lossless(width, height, colour=(200, 30, 30)):
    """A VP8L chunk: five codes of one symbol each, so that a pixel takes no bit."""
    bits = _beginning(width, height)
    bits.put(0, 1)  # no transform
    bits.put(0, 1)  # no colour cache
    bits.put(0, 1)  # one group of codes
    red, green, blue = colour
    for symbol in (green, red, blue, 255, 0):
        bits.put(0b101, 3)  # simple, one symbol, of eight bits
        bits.put(symbol, 8)
    return chunk(b"VP8L", bits.data())


def plain(width=64, height=64, colour=(200, 30, 30)):
    return riff(lossless(width, height, colour))


def extended(width, height, flags):
    """A VP8X chunk."""
    return chunk(b"VP8X", bytes((flags, 0, 0, 0)) + _three(width - 1) + _three(height - 1))


def _three(value):
    return struct.pack("<I", value)[:3]


def frame(width, height, left=0, top=0, duration=100, picture=None):
    place = _three(left // 2) + _three(top // 2) + _three(width - 1) + _three(height - 1) + _three(duration) + b"\2"
    return chunk(b"ANMF", place + (lossless(width, height) if picture is None else picture))


def animated(width, height, frames, duration=100):
    start = extended(width, height, ANIMATION), chunk(b"ANIM", bytes(6))
    return riff(*start, frame(width, height, duration=duration) * frames)


@hostile("D1", "claims-16384.webp", "200 ELIMIT EINVAL")
def claims_16384():
    """268 million pixels in 34 bytes, and it is true."""
    return plain(16384, 16384)


@hostile("D1", "canvas-16-million.webp", "ELIMIT EINVAL")
def largest_canvas():
    """A canvas of 2²⁴ pixels a side around a frame of 64."""
    side = 1 << 24
    return riff(extended(side, side, ANIMATION), chunk(b"ANIM", bytes(6)), frame(64, 64))


@hostile("D5", "frames-5000.webp", "200 ELIMIT")
def many_frames():
    """5,000 frames of 400×400: 800 million pixels in 250 kB."""
    return animated(400, 400, 5000)


@hostile("D5", "frames-150-large.webp", "200 ELIMIT")
def large_frames():
    """150 frames of 4000×4000 in 8 kB: below a limit of frames, 2.4 billion pixels in all."""
    return animated(4000, 4000, 150)


@hostile("D5", "frame-outside.webp", "EINVAL 200")
def frame_outside():
    """A frame beyond its canvas: writes outside it."""
    start = extended(64, 64, ANIMATION), chunk(b"ANIM", bytes(6))
    return riff(*start, frame(64, 64, left=60, top=60))


@hostile("D5", "no-frame.webp", "EINVAL")
def no_frame():
    """An animation of no frames."""
    return riff(extended(64, 64, ANIMATION), chunk(b"ANIM", bytes(6)))


@hostile("D24", "unbalanced-codes.webp", "EINVAL 200")
def unbalanced_codes():
    """Code lengths that fill every table of the first codes and leave the last one incomplete: tables that are reckoned
    too small (CVE-2023-4863)."""
    bits = _beginning(64, 64)
    bits.put(0, 1)
    bits.put(1, 1)
    bits.put(6, 4)  # colour cache of 64: 344 symbols of green
    bits.put(0, 1)
    for symbols in (280 + 64, 256, 256, 256, 40):
        _code_lengths(bits, symbols)
    return riff(chunk(b"VP8L", bits.data() + bytes(range(256)) * 8))


def _code_lengths(bits, symbols):
    """A code whose lengths are told one by one: 1, 2, … 14, then 15 for all that is left, more than there is room."""
    bits.put(0, 1)
    bits.put(19 - 4, 4)
    # Lengths of the codes for lengths, in their odd order: five bits for each of 1 … 15.
    order = (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    for value in order:
        bits.put(4 if value <= 15 else 0, 3)
    bits.put(0, 1)
    for number in range(symbols):
        length = min(number + 1, 15)
        bits.put(int(f"{length:04b}"[::-1], 2), 4)


@hostile("D24", "chunk-lengths.webp", "EINVAL 200")
def wrong_lengths():
    """A file that is said to be shorter, and a chunk that is said to be longer, than they are."""
    data = bytearray(plain())
    struct.pack_into("<I", data, 4, 12)
    struct.pack_into("<I", data, 16, 2**32 - 2)
    return bytes(data)


@hostile("D24", "exif-4-gb.webp", "200 EINVAL")
def long_metadata():
    """Metadata that say they are 4 GB long."""
    parts = extended(64, 64, EXIF), lossless(64, 64), b"EXIF" + struct.pack("<I", 2**32 - 2) + b"II*\0"
    return riff(*parts)


@hostile("D16", "magic.webp", "EINVAL")
def magic_only():
    """Twelve bytes."""
    return riff()
