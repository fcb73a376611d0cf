"""Damage to files that are in order: the same damage for the same seed."""

import random
import struct

from . import gifs, heifs, jpegs, pdfs, pngs, profiles, svgs, tiffs, webps

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def seeds():
    """Files in order, by name: what mutations begin with."""
    return {
        "plain.jpg": jpegs.plain(128, 96),
        "progressive.jpg": jpegs.progressive(128, 96, 40),
        "profile.jpg": profiles.with_profile(profiles.profile(*profiles.matrix_tags())),
        "exif.jpg": profiles.exif_place(),
        "plain.png": pngs.plain(128, 96),
        "palette.png": pngs.palette_alpha(),
        "animated.png": pngs.animated(48, 48, 4),
        "animated.gif": gifs.animated(48, 48, 6, side=16),
        "plain.webp": webps.plain(128, 96),
        "animated.webp": webps.animated(48, 48, 6),
        "plain.tif": tiffs.plain(),
        "lab.tif": tiffs.lab(),
        "plain.avif": heifs.plain(),
        "grid.avif": heifs.tiled(2, 2),
        "sequence.avif": heifs.sequence(4),
        "plain.heic": heifs.nothing_coded(),
        "plain.svg": svgs.script("filter-image"),
        "plain.pdf": pdfs.document(),
    }


def mutated(data, number):
    """The file with some damage, mostly little; `number` decides which."""
    chance = random.Random(number)
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        chance.choice((_flip, _flip, _overwrite, _number, _number, _cut, _repeat, _insert, _swap))(result, chance)
    # Damage that every reader finds by a sum at once shows nothing.
    return _summed(bytes(result)) if chance.random() < 0.8 else bytes(result)


def _summed(data):
    """A PNG whose check sums are right again; anything else as it is."""
    if not data.startswith(pngs.SIGNATURE):
        return data
    result, position = bytearray(data[:8]), 8
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if position + 12 + length > len(data):
            break
        result += pngs.chunk(kind, data[position + 8 : position + 8 + length])
        position += 12 + length
    return bytes(result) + data[position:]


def truncated(data, percent):
    return data[: len(data) * percent // 100]


def _place(data, chance):
    """Heads are where the lies are: every other place lies in the first 200 bytes."""
    end = len(data) if chance.random() < 0.5 else min(len(data), 200)
    return chance.randrange(end) if end else 0


def _flip(data, chance):
    if data:
        data[_place(data, chance)] ^= 1 << chance.randrange(8)


def _overwrite(data, chance):
    if data:
        data[_place(data, chance)] = chance.randrange(256)


def _number(data, chance):
    """One of the numbers that overflow, in one of four spellings."""
    packed = struct.pack(chance.choice(("<I", ">I")), chance.choice(INTERESTING))
    piece = packed if chance.random() < 0.5 else packed[chance.choice((0, 2)) :][:2]
    place = _place(data, chance)
    data[place : place + len(piece)] = piece


def _cut(data, chance):
    place = _place(data, chance)
    del data[place : place + chance.choice((1, 2, 4, 16, 64))]


def _repeat(data, chance):
    place, length = _place(data, chance), chance.choice((4, 16, 64, 256))
    data[place:place] = data[place : place + length] * chance.randint(1, 50)


def _insert(data, chance):
    place = _place(data, chance)
    data[place:place] = chance.randbytes(chance.choice((1, 2, 4, 16)))


def _swap(data, chance):
    one, other, length = _place(data, chance), _place(data, chance), chance.choice((1, 4, 8))
    data[one : one + length], data[other : other + length] = data[other : other + length], data[one : one + length]
