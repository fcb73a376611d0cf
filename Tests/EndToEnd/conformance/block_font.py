"""A TrueType font whose every printable character is the same black block: what is written in it can be measured."""

import struct

EM = 1000
ADVANCE, BLOCK_LEFT, BLOCK_RIGHT, BLOCK_TOP = 1000, 0, 900, 700
ASCENT, DESCENT = 800, 200
FIRST, LAST = 0x21, 0x7E
FAMILY = "Apus Test Blocks"

_EMPTY, _SPACE, _BLOCK = 0, 1, 2


def block_font():
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": _block_glyph(),
        b"head": _head(),
        b"hhea": struct.pack(
            ">IhhhHhhhhhh8xhH", 0x10000, ASCENT, -DESCENT, 0, ADVANCE, 0, 0, BLOCK_RIGHT, 1, 0, 0, 0, 3
        ),
        b"hmtx": struct.pack(">HhHhHh", ADVANCE, 0, ADVANCE // 2, 0, ADVANCE, BLOCK_LEFT),
        b"loca": struct.pack(">IIII", 0, 0, 0, len(_block_glyph())),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }
    return _file(tables)


def _block_glyph():
    """One contour of four points on the curve, in absolute 16-bit steps."""
    header = struct.pack(">hhhhh", 1, BLOCK_LEFT, 0, BLOCK_RIGHT, BLOCK_TOP)
    outline = struct.pack(">HH", 3, 0) + bytes([1, 1, 1, 1])
    xs = struct.pack(">hhhh", BLOCK_LEFT, 0, BLOCK_RIGHT - BLOCK_LEFT, 0)
    ys = struct.pack(">hhhh", 0, BLOCK_TOP, 0, -BLOCK_TOP)
    data = header + outline + xs + ys
    return data + bytes(-len(data) % 4)


def _cmap():
    """Format 4 with three segments: the space, the printable characters, the end."""
    ends, starts = (0x20, LAST, 0xFFFF), (0x20, FIRST, 0xFFFF)
    # The space maps by its delta; all others share one glyph, listed in the array behind the offsets.
    deltas, count = (_SPACE - 0x20, 0, 1), LAST - FIRST + 1
    offsets = (0, 4, 0)
    body = struct.pack(">HHHH", 6, 4, 1, 2) + struct.pack(">HHH", *ends) + bytes(2) + struct.pack(">HHH", *starts)
    body += struct.pack(">hhh", *deltas) + struct.pack(">HHH", *offsets) + struct.pack(">H", _BLOCK) * count
    table = struct.pack(">HHH", 4, 6 + len(body), 0) + body
    return struct.pack(">HH", 0, 1) + struct.pack(">HHI", 3, 1, 12) + table


def _head():
    box = (BLOCK_LEFT, 0, BLOCK_RIGHT, BLOCK_TOP)
    start = struct.pack(">IIIIHHqq", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0b11, EM, 0, 0)
    return start + struct.pack(">hhhhHHhhh", *box, 0, 8, 2, 1, 0)


def _os2():
    subscripts, superscripts, strikeout = (600, 600, 0, 100), (600, 600, 0, 400), (50, 300)
    start = struct.pack(">HhHHH10hh", 4, ADVANCE, 400, 5, 0, *subscripts, *superscripts, *strikeout, 0)
    middle = bytes(10) + struct.pack(">IIII4s", 1, 0, 0, 0, b"TEST")
    lines = struct.pack(">HHHhhhHH", 0x40, FIRST, LAST, ASCENT, -DESCENT, 0, ASCENT, DESCENT)
    return start + middle + lines + struct.pack(">IIhhHHH", 1, 0, 500, BLOCK_TOP, 0, 0x20, 1)


def _name():
    texts = {1: FAMILY, 2: "Regular", 3: FAMILY, 4: FAMILY, 5: "Version 1.0", 6: FAMILY.replace(" ", "")}
    records, strings = b"", b""
    for identifier, text in texts.items():
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, identifier, len(data), len(strings))
        strings += data
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _file(tables):
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, count * 16 - power * 16)
    directory, data = b"", b""
    start = len(header) + 16 * count
    for tag in sorted(tables):
        content = tables[tag]
        padded = content + bytes(-len(content) % 4)
        directory += tag + struct.pack(">III", _sum(padded), start + len(data), len(content))
        data += padded
    return header + directory + data


def _sum(data):
    return sum(struct.unpack(f">{len(data) // 4}I", data)) & 0xFFFFFFFF
