"""GIF: frames of one colour, in codes that never grow."""

import struct

from .bits import LowBits
from .register import hostile

TRAILER = b"\x3b"


def head(width, height, palette=((200, 30, 30), (30, 30, 200))):
    """Screen of this size with a palette of two colours."""
    colours = b"".join(bytes(colour) for colour in palette)
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + colours


def loop(count=0):
    return b"\x21\xff\x0bNETSCAPE2.0\x03\1" + struct.pack("<H", count) + b"\0"


def control(delay=10, disposal=0):
    return b"\x21\xf9\x04" + struct.pack("<BHBB", disposal << 2, delay, 0, 0)


def frame(width, height, left=0, top=0, index=0, data=None):
    """A picture within the screen; `data`: its codes, of two bits at first, if not those of one colour."""
    codes = _codes(width * height, index) if data is None else data
    blocks = b"".join(bytes((len(part),)) + part for part in _parts(codes, 255))
    return b"\x2c" + struct.pack("<HHHHB", left, top, width, height, 0) + b"\2" + blocks + b"\0"


def _codes(count, index):
    """Pixels as codes of three bits; a clear code after every other pixel keeps them at three."""
    bits = LowBits()
    for start in range(0, count, 2):
        bits.put(4, 3)
        for _ in range(min(2, count - start)):
            bits.put(index, 3)
    bits.put(5, 3)
    return bits.data()


def _parts(data, size):
    return [data[start : start + size] for start in range(0, len(data), size)]


def plain(width=64, height=64):
    return head(width, height) + frame(width, height) + TRAILER


def animated(width, height, frames, delay=10, disposal=0, side=2):
    """Frames of a few pixels each, in turns of two colours."""
    two = [control(delay, disposal) + frame(side, side, index=index) for index in (0, 1)]
    return head(width, height) + loop() + b"".join(two[number % 2] for number in range(frames)) + TRAILER


@hostile("D4", "canvas-65535.gif", "200 ELIMIT EINVAL")
def largest_canvas():
    """A screen of 65535×65535 with frames of four pixels."""
    return animated(65535, 65535, 3)


@hostile("D4", "frames-10000.gif", "200 ELIMIT")
def many_frames():
    """10,000 frames of 300×300: 900 million pixels in 280 kB."""
    return animated(300, 300, 10_000)


@hostile("D4", "frames-199-large.gif", "200 ELIMIT")
def large_frames():
    """199 frames of 4000×4000: below a limit of frames, 3 billion pixels in all."""
    return animated(4000, 4000, 199)


@hostile("D4", "no-delay.gif", "200")
def no_delay():
    """No delay and endless: division by it, or viewers that spin."""
    return animated(32, 32, 5, delay=0)


@hostile("D4", "dispose-to-previous.gif", "200 ELIMIT")
def dispose_to_previous():
    """2,000 times "back to the previous frame": decoders that keep each."""
    return animated(500, 500, 2000, disposal=3)


@hostile("D4", "frame-outside.gif", "200 EINVAL ELIMIT")
def frame_outside():
    """A frame that lies outside of the screen: writes beyond the canvas."""
    return head(32, 32) + frame(64, 64, left=65000, top=65000) + frame(64, 64, left=16, top=16) + TRAILER


@hostile("D4", "no-frame.gif", "EINVAL")
def no_frame():
    """A screen and no picture: a count of 0 frames."""
    return head(64, 64) + loop() + TRAILER


@hostile("D4", "code-beyond-table.gif", "200 EINVAL")
def code_beyond_table():
    """A code that is not in the table yet: reads of what nobody wrote."""
    bits = LowBits()
    for code in (4, 7, 7, 7, 5):
        bits.put(code, 3)
    return head(64, 64) + frame(64, 64, data=bits.data()) + TRAILER


@hostile("D4", "code-size-255.gif", "EINVAL")
def odd_code_size():
    """A code size of 255 bits: shifts beyond the word."""
    data = plain()
    start = data.index(b"\x2c") + 10
    return data[:start] + b"\xff" + data[start + 1 :]


@hostile("D4", "comments-20-mb.gif", "200 EINVAL")
def comments():
    """20 MB of comments of one byte each in front of the picture."""
    return head(64, 64) + b"\x21\xfe" + b"\1a" * 10_000_000 + b"\0" + frame(64, 64) + TRAILER


@hostile("D16", "magic.gif", "EINVAL")
def magic_only():
    """Six bytes."""
    return b"GIF89a"
