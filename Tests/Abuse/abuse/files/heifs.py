"""HEIF (AVIF, HEIC): boxes around one small AV1 picture, and boxes around nothing."""

import struct

from .register import hostile

# The one thing of this suite that is not made here: a sequence header and a frame of 64×64, red, written by libaom.
AV1 = bytes.fromhex("12000a0918157ffda2021a0d08321e17878786218492492650000000c21029a22a305b6a231b03a8624feca8c0")
AV1_SETTINGS = bytes.fromhex("81000c00")


def box(kind, data):
    return struct.pack(">I", len(data) + 8) + kind + data


def full(kind, data, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags) + data)


def size_property(width, height):
    return full(b"ispe", struct.pack(">II", width, height))


def codec_property(kind=b"av1C"):
    return box(kind, AV1_SETTINGS if kind == b"av1C" else b"\1" + bytes(22))


def grid(rows, columns, width, height):
    """The description of a picture that is put together of others."""
    return struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width, height)


def heif(items, properties, references=(), primary=1, brand=b"avif"):
    """`items`: (number, kind, data, numbers of its properties); data of several items may be the same object, and is
    then stored once. `references`: (kind, from, to …)."""
    parts = (
        full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        full(b"pitm", struct.pack(">H", primary)),
        full(b"iinf", struct.pack(">H", len(items)) + b"".join(_entry(number, kind) for number, kind, *_ in items)),
        _references(references),
        box(b"iprp", box(b"ipco", b"".join(properties)) + _associations(items)),
    )
    start = box(b"ftyp", brand + bytes(4) + brand + b"mif1miaf")
    without = len(start) + 8 + 4 + sum(map(len, parts)) + len(_locations(items, {})) + 8
    places, data = {}, b""
    for _, _, body, _ in items:
        if id(body) not in places:
            places[id(body)] = without + len(data)
            data += body
    meta = full(b"meta", b"".join(parts) + _locations(items, places))
    return start + meta + box(b"mdat", data)


def _entry(number, kind):
    return full(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", version=2)


def _locations(items, places):
    rows = b"".join(
        struct.pack(">HHHII", number, 0, 1, places.get(id(data), 0), len(data)) for number, _, data, _ in items
    )
    return full(b"iloc", struct.pack(">BBH", 0x44, 0, len(items)) + rows)


def _references(references):
    if not references:
        return b""
    rows = [
        box(kind, struct.pack(">HH", start, len(ends)) + struct.pack(f">{len(ends)}H", *ends))
        for kind, start, *ends in references
    ]
    return full(b"iref", b"".join(rows))


def _associations(items):
    rows = b"".join(
        struct.pack(">HB", number, len(wanted)) + bytes(one | 0x80 for one in wanted) for number, _, _, wanted in items
    )
    return full(b"ipma", struct.pack(">I", len(items)) + rows)


def plain(brand=b"avif"):
    """A red picture of 64×64."""
    return heif([(1, b"av01", AV1, (1, 2))], [size_property(64, 64), codec_property()], brand=brand)


def tiled(rows, columns, *, same=True):
    """A grid of the one picture: one item used everywhere, or an item for each tile."""
    count = rows * columns
    tiles = [(number + 2, b"av01", AV1, (1, 2)) for number in range(1 if same else count)]
    numbers = [2] * count if same else [number for number, *_ in tiles]
    whole = (1, b"grid", grid(rows, columns, columns * 64, rows * 64), (3,))
    properties = [size_property(64, 64), codec_property(), size_property(columns * 64, rows * 64)]
    return heif([whole, *tiles], properties, [(b"dimg", 1, *numbers)])


def sequence(frames):
    """An image sequence (avis) whose table of samples says this many, all of them the same bytes."""
    start = box(b"ftyp", b"avis" + bytes(4) + b"avisavifmif1miaf")
    tables = (
        full(b"stsd", struct.pack(">I", 1) + _sample_entry())
        + full(b"stts", struct.pack(">III", 1, frames, 10))
        + full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1))
        + full(b"stsz", struct.pack(">II", len(AV1), frames))
    )

    def movie(offset):
        chunks = full(b"stco", struct.pack(">I", frames) + struct.pack(">I", offset) * frames)
        media = full(b"mdhd", struct.pack(">IIIII", 0, 0, 100, frames * 10, 0)) + full(
            b"hdlr", bytes(4) + b"pict" + bytes(13)
        )
        information = box(b"minf", full(b"vmhd", bytes(8), flags=1) + box(b"stbl", tables + chunks))
        track = full(
            b"tkhd",
            struct.pack(">IIIII", 0, 0, 1, 0, frames * 10) + bytes(52) + struct.pack(">II", 64 << 16, 64 << 16),
            flags=3,
        )
        head = full(b"mvhd", struct.pack(">IIII", 0, 0, 100, frames * 10) + bytes(80))
        return box(b"moov", head + box(b"trak", track + box(b"mdia", media + information)))

    still = full(b"meta", plain()[plain().index(b"meta") + 8 : plain().index(b"mdat") - 4])
    offset = len(start) + len(still) + len(movie(0)) + 8
    return start + still + movie(offset) + box(b"mdat", AV1)


def _sample_entry():
    body = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HHIIIH", 64, 64, 72 << 16, 72 << 16, 0, 1)
    return box(b"av01", body + bytes(32) + struct.pack(">HH", 24, 0xFFFF) + codec_property())


@hostile("D7", "grid-10000.avif", "200 EINVAL ELIMIT 503")
def grid_of_10000():
    """A grid of 100×100 tiles, each of its own: 41 million pixels in 500 kB, and searches of lists for each."""
    return tiled(100, 100, same=False)


@hostile("D7", "grid-one-tile.avif", "200 EINVAL ELIMIT 503")
def grid_of_one():
    """65,025 times the same tile of 45 bytes: 266 million pixels."""
    return tiled(255, 255)


@hostile("D7", "grid-lies.avif", "EINVAL ELIMIT 200")
def grid_that_lies():
    """A grid of one tile of 64×64 that says it is 60000×60000."""
    whole = (1, b"grid", grid(1, 1, 60000, 60000), (3,))
    properties = [size_property(64, 64), codec_property(), size_property(60000, 60000)]
    return heif([whole, (2, b"av01", AV1, (1, 2))], properties, [(b"dimg", 1, 2)])


@hostile("D7", "grid-of-itself.avif", "EINVAL")
def grid_of_itself():
    """A grid whose tile is the grid: no end of pictures."""
    whole = (1, b"grid", grid(1, 1, 64, 64), (1,))
    return heif([whole], [size_property(64, 64)], [(b"dimg", 1, 1)])


@hostile("D7", "derived-in-a-circle.avif", "EINVAL ELIMIT 503")
def circle():
    """Three pictures, each derived from the next: libheif 1.15 calls itself until its stack is used up, and dies."""
    items = [(number, b"iden", b"", (1,)) for number in (1, 2, 3)]
    return heif(items, [size_property(64, 64)], [(b"dimg", 1, 2), (b"dimg", 2, 3), (b"dimg", 3, 1)])


@hostile("D7", "grid-in-grid.avif", "EINVAL ELIMIT 503")
def nested_grids():
    """Grids of 16×16 grids, four deep: 4 billion tiles in a kilobyte."""
    wholes = [(number, b"grid", grid(16, 16, 1024, 1024), (3,)) for number in (1, 2, 3, 4)]
    references = [(b"dimg", number, *[number + 1] * 256) for number in (1, 2, 3, 4)]
    properties = [size_property(64, 64), codec_property(), size_property(1024, 1024)]
    return heif([*wholes, (5, b"av01", AV1, (1, 2))], properties, references)


@hostile("D7", "size-too-large.avif", "EINVAL ELIMIT 200")
def size_too_large():
    """Says 9000×9000 of a frame of 64×64: rows that nobody wrote."""
    return heif([(1, b"av01", AV1, (1, 2))], [size_property(9000, 9000), codec_property()])


@hostile("D7", "size-too-small.avif", "EINVAL 200")
def size_too_small():
    """Says 8×8 of a frame of 64×64: a buffer that is too small for it."""
    return heif([(1, b"av01", AV1, (1, 2))], [size_property(8, 8), codec_property()])


@hostile("D1", "claims-4-billion.avif", "ELIMIT EINVAL")
def claims_largest():
    """2³²−1 pixels a side."""
    return heif([(1, b"av01", AV1, (1, 2))], [size_property(2**32 - 1, 2**32 - 1), codec_property()])


@hostile("D7", "thumbnails-in-a-circle.avif", "200 EINVAL")
def thumbnails():
    """A picture that is its own thumbnail, its own alpha and its own gain map."""
    references = [(b"thmb", 1, 1), (b"auxl", 1, 1), (b"cdsc", 1, 1)]
    return heif([(1, b"av01", AV1, (1, 2))], [size_property(64, 64), codec_property()], references)


@hostile("D7", "nothing-coded.heic", "EINVAL")
def nothing_coded():
    """HEVC without a single coded byte that is one."""
    data = struct.pack(">I", 200) + bytes(range(200))
    return heif([(1, b"hvc1", data, (1, 2))], [size_property(64, 64), codec_property(b"hvcC")], brand=b"heic")


@hostile("D7", "offset-outside.heic", "EINVAL")
def offset_outside():
    """The picture's bytes lie 4 GB behind the end of the file."""
    data = heif([(1, b"hvc1", bytes(64), (1, 2))], [size_property(64, 64), codec_property(b"hvcC")], brand=b"heic")
    place = data.index(b"iloc") + 8 + 4 + 6
    return data[: place - 2] + struct.pack(">HII", 1, 2**32 - 1, 2**32 - 1) + data[place + 8 :]


@hostile("D7", "boxes-in-boxes.avif", "EINVAL")
def deep_boxes():
    """20,000 boxes inside one another: a reader that calls itself for each."""
    inner = b""
    for _ in range(20_000):
        inner = box(b"meta", bytes(4) + inner) if len(inner) < 20_000 * 12 else inner
    return box(b"ftyp", b"avif" + bytes(4) + b"avifmif1") + inner


@hostile("D7", "box-of-no-length.avif", "EINVAL")
def empty_boxes():
    """A box whose length is smaller than its own head: a loop that does not move on."""
    return box(b"ftyp", b"avif" + bytes(4) + b"avifmif1") + struct.pack(">I", 4) + b"meta" + bytes(100)


@hostile("D7", "extents-65535.avif", "EINVAL ELIMIT 200")
def many_extents():
    """65,535 pieces of 4 GB each make up the picture."""
    data = plain()
    place = data.index(b"iloc") - 4
    length = struct.unpack_from(">I", data, place)[0]
    rows = struct.pack(">HHH", 1, 0, 65535) + struct.pack(">II", 0, 2**32 - 1) * 65535
    iloc = full(b"iloc", struct.pack(">BBH", 0x44, 0, 1) + rows)
    start = data.index(b"meta") - 4
    size = struct.unpack_from(">I", data, start)[0] - length + len(iloc)
    return data[:start] + struct.pack(">I", size) + data[start + 4 : place] + iloc + data[place + length :]


@hostile("D5", "frames-5000.avif", "200 ELIMIT EINVAL")
def many_frames():
    """A sequence of 5,000 frames, all of the same 45 bytes."""
    return sequence(5000)


@hostile("D26", "brand-of-a-film.avif", "200 EINVAL")
def film_brand():
    """A still picture whose brand is that of a film."""
    return plain(brand=b"mp42")


@hostile("D16", "magic.avif", "EINVAL")
def magic_only():
    """The first box alone."""
    return box(b"ftyp", b"avif" + bytes(4) + b"avifmif1")


@hostile("D9", "empty.jp2", "EINVAL 200 ELIMIT")
def jpeg_2000():
    """JPEG 2000 that says it is of a million layers and resolutions; no loader for it is allowed."""
    size = struct.pack(">HIIIIIIIIH", 0, 60000, 60000, 0, 0, 1, 1, 0, 0, 1) + b"\7\1\1"
    coding = b"\0\0" + struct.pack(">H", 65535) + b"\0\x20\4\4\0\0"
    codestream = b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size
    codestream += b"\xff\x52" + struct.pack(">H", len(coding) + 2) + coding + b"\xff\xd9"
    head = box(b"ihdr", struct.pack(">IIHBBBB", 60000, 60000, 1, 7, 7, 0, 0)) + box(b"colr", b"\1\0\0\0\0\0\x11")
    start = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + box(b"jp2h", head) + box(b"jp2c", codestream)


@hostile("D9", "largest.jxl", "EINVAL 200 ELIMIT")
def jpeg_xl():
    """JPEG XL whose header claims 2³⁰ pixels a side; no loader for it is allowed."""
    return b"\xff\x0a" + bytes((0b11111110,)) + b"\xff" * 8 + bytes(64)
