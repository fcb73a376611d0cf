"""Pictures made and read with the standard library alone: enough to know one from another."""

import struct
import zlib

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_chunk(name, data):
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))


def png(width=64, height=48, colour=(200, 30, 60)):
    """A PNG of one colour."""
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * width) * height
    return PNG_SIGNATURE + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")


def kind_of(data):
    """What the bytes are: png, jpg, gif, webp, avif, svg, pdf, or an empty text."""
    starts = {PNG_SIGNATURE: "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"%PDF": "pdf"}
    for start, kind in starts.items():
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return "avif" if b"avif" in data[8:32] or b"avis" in data[8:32] else "heic"
    return "svg" if b"<svg" in data[:1000] else ""


def size_of(data):
    """Width and height of a PNG, GIF or JPEG."""
    kind = kind_of(data)
    if kind == "png":
        return struct.unpack("!II", data[16:24])
    if kind == "gif":
        return struct.unpack("<HH", data[6:10])
    if kind == "jpg":
        at = 2
        while at + 9 < len(data):
            marker, length = data[at + 1], struct.unpack("!H", data[at + 2 : at + 4])[0]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack("!HH", data[at + 5 : at + 9])
                return width, height
            at += 2 + length
    raise ValueError(f"the size of {kind or 'these bytes'} cannot be read")


def colour_of(data):
    """Red, green and blue in the middle of a PNG with 8 bits a channel and no interlacing."""
    if kind_of(data) != "png":
        raise ValueError("no PNG")
    width, height = size_of(data)
    depth, colour_type, interlaced = data[24], data[25], data[28]
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    if depth != 8 or interlaced:
        raise ValueError("a PNG of another kind")
    packed, palette, at = b"", b"", 8
    while at + 8 <= len(data):
        length, name = struct.unpack("!I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        palette = data[at + 8 : at + 8 + length] if name == b"PLTE" else palette
        at += 12 + length
    row = _row(zlib.decompress(packed), width * channels, channels, height // 2)
    pixel = row[width // 2 * channels :][:channels]
    if colour_type == 3:
        return tuple(palette[pixel[0] * 3 :][:3])
    return tuple(pixel[:3]) if channels >= 3 else (pixel[0],) * 3


def is_near(one, other, distance=14):
    return all(abs(left - right) <= distance for left, right in zip(one, other, strict=True))


def _row(lines, length, step, wanted):
    """One line of a PNG with its filter undone (PNG specification §9)."""
    before = bytes(length)
    for number in range(wanted + 1):
        kind = lines[number * (length + 1)]
        line = bytearray(lines[number * (length + 1) + 1 :][:length])
        for index in range(length):
            left = line[index - step] if index >= step else 0
            above, corner = before[index], before[index - step] if index >= step else 0
            line[index] = (line[index] + _predicted(kind, left, above, corner)) & 255
        before = bytes(line)
    return before


def _predicted(kind, left, above, corner):
    if kind < 4:
        return (0, left, above, (left + above) // 2)[kind]
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
