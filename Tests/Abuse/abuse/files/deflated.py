"""Compressed zeros without making the zeros."""

import struct
import zlib

PIECE = 1 << 20
ADLER = 65521


def zeros(count):
    """A zlib stream of so many zero bytes, about a thousandth of them long."""
    return b"\x78\x9c" + raw_zeros(count) + struct.pack(">I", (count % ADLER) << 16 | 1)


def raw_zeros(count):
    """The same without zlib's head and sum."""
    pieces, rest = divmod(count, PIECE)
    return _flushed(PIECE) * pieces + _flushed(rest) + b"\x03\x00"


def gzip_of(start, count, end=b""):
    """A gzip file of `start`, so many spaces, and `end`; its sum is wrong, which readers of a stream see last."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = maker.compress(start) + maker.flush(zlib.Z_FULL_FLUSH)
    piece = _flushed(PIECE, b" ")
    tail = zlib.compressobj(9, zlib.DEFLATED, -15)
    body += piece * (count // PIECE) + tail.compress(end) + tail.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + bytes(8)


def _flushed(count, byte=b"\0"):
    """A piece of a raw deflate stream that stands on its own, so that it may be repeated."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    return maker.compress(byte * count) + maker.flush(zlib.Z_FULL_FLUSH)
