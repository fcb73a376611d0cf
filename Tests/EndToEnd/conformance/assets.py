"""The originals that the pairs name, made here: the sizes are the reference's (§0.3), the pixels say where they are."""

from pathlib import Path

import numpy
from PIL import Image, ImageCms, ImageDraw

from conformance.block_font import block_font
from pictures import encoded, jpeg, profile_with_red_and_green_swapped

RED, LIME, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
MAGENTA, CYAN, WHITE, BLACK = (255, 0, 255), (0, 255, 255), (255, 255, 255), (0, 0, 0)
SLATE, PAPER, TEAL = (40, 80, 120), (220, 230, 240), (0, 130, 130)
SKIN = (224, 172, 140)

CELL = 8
CELL_BLUES = (64, 192)

# Where the subjects are, in pixels of their originals: left, top, right, bottom.
CAR_BOX = (900, 700, 1882, 1001)
FACE_BOX = (520, 110, 640, 250)
LIPSTICK_BOX = (900, 300, 1316, 1200)
CUTOUT_BOX = (200, 80, 300, 260)
# Widths of the rings around the trim sample, and how much each is darker than white.
TRIM_RING, TRIM_STEPS = 20, (0, 7, 12)

MEDIUM, PLANT, CAR, CATDOG = "medium_cafe_B1iTdD0C.jpg", "plant.jpeg", "car.jpeg", "catdog.jpeg"
LIPSTICK, LOGO_SVG, GIRL, BIKE = "lipstick_2M.png", "imagekitlogo.svg", "girl.jpeg", "bike-image.jpeg"
FRAME_720, SCENE, LOGO_WHITE, DRESS = "frame720.jpg", "scene853.jpg", "logo-white_SJwqB4Nfe.png", "women-dress.jpeg"
FILES, HINDI = "sdk-testing-files", "हिन्दी.png"


def chart(width, height):
    """Red grows to the right, green downwards; blue changes from cell to cell, so that a pixel's shift shows."""
    x, y = numpy.arange(width), numpy.arange(height)
    values = numpy.empty((height, width, 3), dtype=numpy.uint8)
    values[..., 0] = numpy.round((x + 0.5) * 255 / width)
    values[..., 1] = numpy.round((y + 0.5) * 255 / height)[:, None]
    values[..., 2] = numpy.where((x // CELL + (y // CELL)[:, None]) % 2, *reversed(CELL_BLUES))
    return Image.fromarray(values)


def checker(width, height, one=MAGENTA, other=CYAN):
    """Four fields of two colours: no edge is uniform, so nothing is trimmed away."""
    picture = Image.new("RGB", (width, height), one)
    picture.paste(other, (width // 2, 0, width, height // 2))
    picture.paste(other, (0, height // 2, width // 2, height))
    return picture


def cutout(width, height, box, colour=(200, 30, 60)):
    """An opaque block on nothing."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    picture.paste((*colour, 255), box)
    return picture


def write_all(folder):
    folder = Path(folder)
    for sub in ("img", "path/of/folder", "path/to", "customer_logo", FILES, "font-folder/font-subfolder"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    write_charts(folder)
    write_subjects(folder)
    write_alpha(folder)
    write_overlays(folder)
    write_plain(folder)
    write_metadata(folder)
    write_documents(folder)
    write_fonts(folder)


def write_charts(folder):
    sizes = {
        MEDIUM: (600, 600), PLANT: (640, 865), CATDOG: (600, 336), FRAME_720: (1280, 720), SCENE: (1280, 853),
        DRESS: (450, 600), BIKE: (900, 600), "chart300x200.jpg": (300, 200), "chart300x500.jpg": (300, 500),
        "chart900x500.jpg": (900, 500), "chart400x300.jpg": (400, 300), "half.jpg": (400, 800),
        "test_path.jpg": (200, 200), "DSC1234.jpg": (300, 200), "path/of/folder/old-file-name.jpg": (320, 200),
        "path/to/image.jpg": (340, 200), f"{FILES}/future-search.png": (300, 240),
        f"{FILES}/{HINDI}": (300, 240),
    }  # fmt: skip
    for name, size in sizes.items():
        kind = "PNG" if name.endswith(".png") else "JPEG"
        (folder / name).write_bytes(jpeg(chart(*size)) if kind == "JPEG" else encoded(chart(*size), kind))


def write_subjects(folder):
    """Photographs' stand-ins: a dull ground, and one thing that draws the eye."""
    ramp = numpy.tile(numpy.linspace(60, 200, 1920), (1280, 1)).astype(numpy.uint8)
    car = Image.fromarray(ramp).convert("RGB")
    draw = ImageDraw.Draw(car)
    draw.rectangle(CAR_BOX, RED)
    for left in range(CAR_BOX[0] + 60, CAR_BOX[2] - 160, 200):
        draw.rectangle((left, CAR_BOX[1] + 40, left + 100, CAR_BOX[1] + 140), YELLOW)
    (folder / CAR).write_bytes(jpeg(car))
    girl = Image.new("RGB", (800, 533), (120, 124, 128))
    draw = ImageDraw.Draw(girl)
    draw.ellipse(FACE_BOX, SKIN)
    for left in (548, 596):
        draw.ellipse((left, 165, left + 16, 177), (40, 30, 30))
    draw.ellipse((560, 210, 600, 222), (180, 40, 60))
    for name in (GIRL, f"img/{GIRL}"):
        (folder / name).write_bytes(jpeg(girl))


def write_alpha(folder):
    (folder / LIPSTICK).write_bytes(encoded(cutout(2216, 1500, LIPSTICK_BOX), "PNG", compress_level=1))
    (folder / "cutout.png").write_bytes(encoded(cutout(500, 338, CUTOUT_BOX), "PNG"))
    (folder / "opaque.png").write_bytes(encoded(chart(300, 200), "PNG"))


def write_overlays(folder):
    logo = Image.new("RGBA", (240, 120), (0, 0, 0, 0))
    logo.paste((*WHITE, 255), (20, 30, 220, 90))
    (folder / LOGO_WHITE).write_bytes(encoded(logo, "PNG"))
    for name in ("logo.png", "customer_logo/nykaa.png"):
        (folder / name).write_bytes(encoded(checker(120, 80), "PNG"))
    (folder / "x.png").write_bytes(encoded(checker(300, 150), "PNG"))
    (folder / "a.png").write_bytes(encoded(checker(200, 100), "PNG"))
    mask = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(mask).ellipse((50, 50, 249, 249), (*RED, 255))
    (folder / "mask.png").write_bytes(encoded(mask, "PNG"))
    # Top left and bottom right move nothing, the others move along x.
    (folder / "displacement-map.png").write_bytes(encoded(checker(600, 600, (128, 128, 0), (255, 128, 0)), "PNG"))


def write_plain(folder):
    for name, colour in (("slate.png", SLATE), ("paper.png", PAPER)):
        (folder / name).write_bytes(encoded(Image.new("RGB", (1280, 853), colour), "PNG"))
    (folder / "paper600.png").write_bytes(encoded(Image.new("RGB", (600, 600), PAPER), "PNG"))
    (folder / "strip.png").write_bytes(encoded(chart(300, 20), "PNG"))
    pale = numpy.tile(numpy.linspace(100, 150, 400), (300, 1)).astype(numpy.uint8)
    (folder / "pale.jpg").write_bytes(jpeg(Image.fromarray(pale).convert("RGB")))
    framed = Image.new("RGB", (600, 600), TEAL)
    framed.paste(chart(440, 440), (80, 80))
    (folder / "framed.jpg").write_bytes(jpeg(framed))
    fields = Image.new("RGB", (300, 100), LIME)
    fields.paste(BLUE, (100, 0, 200, 100))
    fields.paste((128, 128, 128), (200, 0, 300, 100))
    (folder / "fields.png").write_bytes(encoded(fields, "PNG"))
    (folder / "trim.png").write_bytes(encoded(trim_sample(), "PNG"))


def trim_sample():
    picture = Image.new("RGB", (300, 240), WHITE)
    for number, darker in enumerate(TRIM_STEPS):
        inset = number * TRIM_RING
        picture.paste((255 - darker,) * 3, (inset, inset, 300 - inset, 240 - inset))
    inset = len(TRIM_STEPS) * TRIM_RING
    picture.paste((20, 20, 90), (inset, inset, 300 - inset, 240 - inset))
    return picture


def write_metadata(folder):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = chart(400, 300).transpose(Image.Transpose.ROTATE_90)
    (folder / "exif6.jpg").write_bytes(jpeg(turned, exif=exif))
    exif = Image.Exif()
    exif[0x010E] = "kept description"
    swapped = profile_with_red_and_green_swapped()
    (folder / "tagged.jpg").write_bytes(jpeg(chart(400, 300), exif=exif, icc_profile=swapped, dpi=(150, 150)))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (folder / "photo.jpg").write_bytes(jpeg(chart(500, 361), icc_profile=srgb))
    heic = Path(__file__).parents[1] / "files" / "quadrants.heic"
    (folder / "photo.heic").write_bytes(heic.read_bytes())


def write_documents(folder):
    (folder / LOGO_SVG).write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33">'
        '<rect width="79" height="33" fill="#ff0000"/></svg>'
    )
    pages = [Image.new("RGB", (300, 200), colour) for colour in (RED, LIME, BLUE)]
    (folder / "document.pdf").write_bytes(
        encoded(pages[0], "PDF", save_all=True, append_images=pages[1:], resolution=72.0)
    )
    (folder / "gif-test.gif").write_bytes(
        encoded(pages[0], "GIF", save_all=True, append_images=pages[1:], duration=100, loop=0)
    )


def write_fonts(folder):
    font = block_font()
    (folder / "font-folder/font-subfolder/my-custom-font.ttf").write_bytes(font)
    (folder / f"{FILES}/Poppins-Regular_Q15GrYWmL.ttf").write_bytes(font)
