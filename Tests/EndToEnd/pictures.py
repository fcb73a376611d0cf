"""The pictures that the tests ask for, made here: plain colours at known places, so that a wrong answer shows."""

import io
import struct
import zlib
from pathlib import Path

import numpy
from PIL import Image, ImageCms

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 160, 0), (0, 0, 255), (255, 220, 0)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
FRAME_COLOURS = (RED, GREEN, BLUE, YELLOW)


def quadrants(width=640, height=480):
    """Red, green / blue, yellow."""
    picture = Image.new("RGB", (width, height))
    for column, row, colour in ((0, 0, RED), (1, 0, GREEN), (0, 1, BLUE), (1, 1, YELLOW)):
        x, y = column * width // 2, row * height // 2
        picture.paste(colour, (x, y, x + width // 2, y + height // 2))
    return picture


def noise(width=640, height=480, seed=1):
    """What no encoder makes small."""
    values = numpy.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=numpy.uint8)
    return Image.fromarray(values)


def encoded(picture, kind, **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(picture, **options):
    return encoded(picture, "JPEG", quality=95, subsampling=0, **options)


def write_all(folder):
    """Fills a DISK origin's folder, and puts beside it what must never be read."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    plain = quadrants()
    write_plain(folder, plain)
    write_metadata(folder, plain)
    write_alpha_and_animation(folder)
    write_documents(folder)
    write_broken(folder, jpeg(plain))
    write_odd_names(folder, jpeg(plain))
    write_secrets(folder, jpeg(Image.new("RGB", (64, 64), RED)))


def write_plain(folder, plain):
    (folder / "quadrants.jpg").write_bytes(jpeg(plain))
    (folder / "wide.jpg").write_bytes(jpeg(quadrants(1280, 320)))
    (folder / "plant.jpg").write_bytes(jpeg(quadrants(640, 865)))
    (folder / "noise.jpg").write_bytes(jpeg(noise()))
    (folder / "tiny.png").write_bytes(encoded(Image.new("RGB", (1, 1), GREEN), "PNG"))
    for kind, name in (("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("TIFF", "tif")):
        options = {"lossless": True} if kind == "WEBP" else {}
        (folder / f"quadrants.{name}").write_bytes(encoded(plain, kind, **options))
    heic = Path(__file__).parent / "files" / "quadrants.heic"
    (folder / "quadrants.heic").write_bytes(heic.read_bytes())
    sub = folder / "folder" / "inner"
    sub.mkdir(parents=True)
    (sub / "quadrants.jpg").write_bytes(jpeg(plain))


def write_metadata(folder, plain):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90° clockwise to see it upright
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825)[1] = "N"  # a place
    # Turned back by 90°, so that it shows the quadrants again once the tag is obeyed.
    turned = plain.transpose(Image.Transpose.ROTATE_90)
    (folder / "orientation6.jpg").write_bytes(jpeg(turned, exif=exif, comment=b"secret comment"))
    swapped = jpeg(Image.new("RGB", (200, 100), RED), icc_profile=profile_with_red_and_green_swapped())
    (folder / "swapped-profile.jpg").write_bytes(swapped)
    cmyk = Image.new("CMYK", (200, 100), (0, 255, 255, 0))
    cmyk.paste((255, 0, 255, 0), (100, 0, 200, 100))
    (folder / "cmyk.jpg").write_bytes(encoded(cmyk, "JPEG", quality=95))
    grey = Image.new("L", (200, 100), 128)
    (folder / "grey.png").write_bytes(encoded(grey, "PNG"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (folder / "srgb-profile.png").write_bytes(encoded(plain, "PNG", icc_profile=srgb))


def write_alpha_and_animation(folder):
    alpha = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    alpha.paste((*RED, 255), (200, 0, 400, 300))
    (folder / "alpha.png").write_bytes(encoded(alpha, "PNG"))
    frames = [Image.new("RGB", (120, 80), colour) for colour in FRAME_COLOURS]
    rest = {"save_all": True, "append_images": frames[1:], "loop": 0}
    (folder / "frames.gif").write_bytes(encoded(frames[0], "GIF", duration=[100, 200, 300, 400], **rest))
    (folder / "frames.webp").write_bytes(encoded(frames[0], "WEBP", duration=[100, 200, 300, 400], **rest))
    many = [Image.new("L", (8, 8), index % 256) for index in range(300)]
    (folder / "many-frames.gif").write_bytes(
        encoded(many[0], "GIF", save_all=True, append_images=many[1:], duration=20, loop=0)
    )


def write_documents(folder):
    (folder / "drawing.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 158 33" width="158" height="33">'
        '<rect width="79" height="33" fill="#ff0000"/></svg>'
    )
    (folder / "drawing.psd").write_bytes(b"8BPS\x00\x01" + bytes(6) + struct.pack(">HIIHH", 3, 8, 8, 8, 3) + bytes(400))
    (folder / "drawing.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n%%EOF\n")
    (folder / "drawing.ai").write_bytes(b"%!PS-Adobe-3.0\n%%Creator: Adobe Illustrator(R) 9\n%%EOF\n")


def write_broken(folder, good):
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "one-byte.jpg").write_bytes(good[:1])
    (folder / "magic-only.jpg").write_bytes(good[:4])
    (folder / "truncated.jpg").write_bytes(jpeg(noise())[: -len(jpeg(noise())) // 2])
    (folder / "truncated.png").write_bytes(encoded(noise(), "PNG")[:20000])
    (folder / "html.jpg").write_bytes(b"<!DOCTYPE html><html><body>Not a picture</body></html>")
    (folder / "text.png").write_bytes(b"hello, this is text\n" * 40)
    (folder / "huge.png").write_bytes(png_header(30000, 30000))
    (folder / "heavy.jpg").write_bytes(good + b"\0" * (9 << 20))


def write_odd_names(folder, picture):
    for name in ("with space.jpg", "ümlaut.jpg", "a%20b.jpg", "a+b.jpg", "comma,colon:name.jpg", "tr-name.jpg"):
        (folder / name).write_bytes(picture)


def write_secrets(folder, picture):
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(picture)
    (folder / "link.jpg").symlink_to(outside / "secret.jpg")
    (folder / "linked-folder").symlink_to(outside, target_is_directory=True)
    (folder / "relative-link.jpg").symlink_to("../outside/secret.jpg")


def png_header(width, height):
    """A PNG that claims a size and has next to no data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def profile_with_red_and_green_swapped():
    """An ICC profile with sRGB's red and green primaries exchanged: pure red in the file is green to see."""
    red, green, blue = (0.4360, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139)
    white = (0.9642, 1.0, 0.8249)

    def number(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ \0\0\0\0" + b"".join(map(number, values))

    name = b"swapped\0"
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(78),
        b"cprt": b"text\0\0\0\0none\0\0\0\0",
        b"wtpt": xyz(white),
        b"rXYZ": xyz(green),
        b"gXYZ": xyz(red),
        b"bXYZ": xyz(blue),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, value in tags.items():
        value += bytes(-len(value) % 4)
        table += tag + struct.pack(">II", start + len(data), len(value))
        data += value
    header = struct.pack(">I4sI4s4s4s", start + len(data), b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + b"".join(map(number, white))
    return header + bytes(128 - len(header)) + table + data


def colour_at(picture, x, y):
    """The colour at a place given in fractions of the size, alpha included if there is one."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    at = (min(int(x * picture.width), picture.width - 1), min(int(y * picture.height), picture.height - 1))
    return picture.convert(mode).getpixel(at)


def is_near(colour, expected, tolerance=24):
    return len(colour) >= len(expected) and all(abs(a - b) <= tolerance for a, b in zip(colour, expected))


def shows_quadrants(picture, tolerance=24):
    """Whether the four colours stand in their corners."""
    places = ((0.2, 0.2, RED), (0.8, 0.2, GREEN), (0.2, 0.8, BLUE), (0.8, 0.8, YELLOW))
    return all(is_near(colour_at(picture, x, y), colour, tolerance) for x, y, colour in places)
