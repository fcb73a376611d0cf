"""The originals of the sheet: the sample pictures, and what none of them is."""

import io
import shutil

import numpy
from PIL import Image, ImageDraw

from contact_sheet import rows


def write_all(folder, samples):
    """Fills an origin's folder."""
    folder.mkdir(parents=True)
    for each in samples.iterdir():
        shutil.copy(each, folder)
    bird = Image.open(samples / rows.BIRD).convert("RGB")
    bird.resize((160, 90), Image.Resampling.LANCZOS).save(folder / rows.SMALL, quality=92)
    colours().save(folder / rows.GREEN)
    Image.open(samples / rows.CUTOUT).convert("LA").save(folder / rows.GREY)
    room(bird).save(folder / rows.ROOM)
    displacement().save(folder / rows.MAP)
    first, second = (page(bird, number) for number in (1, 2))
    first.save(folder / rows.PAGES, save_all=True, append_images=[second], resolution=150)
    turned = Image.Exif()
    turned[0x0112] = 6
    bird.resize((770, 433)).transpose(Image.Transpose.ROTATE_90).save(folder / rows.UPRIGHT, exif=turned)


def colours():
    """Greens of all shades beside other colours."""
    picture = Image.new("RGB", (300, 200), "white")
    drawing = ImageDraw.Draw(picture)
    for x in range(300):
        drawing.line((x, 0, x, 60), fill=(0, 40 + x * 215 // 300, 0))
    names = ("#00a000", "#30b030", "#80c080", "#a0a000", "#c00000", "#808080")
    for number, name in enumerate(names):
        drawing.ellipse((number * 50 + 3, 75, number * 50 + 47, 119), fill=name)
    drawing.rectangle((0, 140, 300, 200), fill="#00a000")
    return picture


def room(bird):
    """The bird amid uneven near-white room."""
    noise = numpy.random.default_rng(1).integers(244, 253, (300, 450, 1), dtype=numpy.uint8)
    picture = Image.fromarray(numpy.repeat(noise, 3, axis=2))
    picture.paste(bird.crop((850, 400, 1300, 700)).resize((225, 150)), (150, 50))
    return picture


def displacement():
    """Rings: red is how far to the right, green how far down."""
    y, x = numpy.mgrid[0:200, 0:300]
    wave = numpy.sin(numpy.hypot(x - 150, y - 100) / 12)
    values = numpy.stack([128 + 127 * wave, 128 + 127 * wave, numpy.full_like(wave, 128)], axis=2)
    return Image.fromarray(values.astype(numpy.uint8))


def page(bird, number):
    picture = Image.new("RGB", (600, 850), "white")
    picture.paste(bird.resize((500, 281)), (50, 50))
    drawing = ImageDraw.Draw(picture)
    drawing.text((50, 400), f"Page {number}", fill="black", font_size=80)
    for line in range(8):
        drawing.text((50, 520 + line * 30), "Every line of this page is some words long.", fill="#333", font_size=20)
    return picture


def chequered(picture, square=8):
    """Transparency made visible."""
    if not has_transparency(picture):
        return picture.convert("RGB")
    y, x = numpy.mgrid[0 : picture.height, 0 : picture.width]
    board = numpy.where((x // square + y // square) % 2, 255, 204).astype(numpy.uint8)
    ground = Image.fromarray(board).convert("RGBA")
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def has_transparency(picture):
    return picture.convert("RGBA").getextrema()[3][0] < 255


def opened(body):
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture
