"""Files that are two things at once, or something else than their name says."""

import io
import zipfile

from . import gifs, jpegs, pdfs, pngs, svgs
from .register import hostile

PAGE = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def archive():
    """A ZIP of one page, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("index.html", (2020, 1, 1, 0, 0, 0)), PAGE)
    return buffer.getvalue()


@hostile("D14", "script.gif", "200 EINVAL")
def gif_and_script():
    """A GIF whose width begins a comment of JavaScript."""
    body = gifs.frame(64, 64, 0, 0)
    return b"GIF89a/*\x40\0\x80\0\0" + bytes((200, 30, 30, 30, 30, 200)) + body + gifs.TRAILER + b"*/=1;alert(1);"


@hostile("D14", "code.jpg", "200")
def jpeg_and_code():
    """A JPEG with PHP and a page in its comment."""
    return jpegs.plain(64, 64, (200, 30, 30), jpegs.segment(0xFE, b"<?php system($_GET[0]); ?>" + PAGE))


@hostile("D14", "archive.pdf", "200 EINVAL")
def pdf_and_archive():
    """A PDF that is a ZIP as well."""
    return pdfs.document() + archive()


@hostile("D14", "page.png", "200 EINVAL")
def png_and_page():
    """A PNG with a page in its text and behind its end."""
    return pngs.plain(64, 64, (200, 30, 30), pngs.chunk(b"tEXt", b"Comment\0" + PAGE)) + PAGE


@hostile("D14", "archive.jpg", "200")
def jpeg_and_archive():
    """A JPEG with a ZIP behind it."""
    return jpegs.plain() + archive()


# --- D15: names that lie; what counts is the bytes


@hostile("D15", "drawing.jpg", "200 EINVAL")
def svg_named_jpg():
    """An SVG with a script under the name of a JPEG."""
    return svgs.script("element")


@hostile("D15", "document.jpg", "200 EINVAL")
def pdf_named_jpg():
    """A PDF under the name of a JPEG."""
    return pdfs.document()


@hostile("D15", "film.jpg", "EINVAL")
def film_named_jpg():
    """A film under the name of a JPEG."""
    return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free" + bytes(4096)


@hostile("D15", "postscript.jpg", "EINVAL")
def postscript_named_jpg():
    """PostScript that runs a program, if a loader hands it to an interpreter."""
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) (r) file pop\nshowpage\n%%EOF\n"


@hostile("D15", "magick.jpg", "EINVAL")
def magick_named_jpg():
    """A drawing program of ImageMagick that reads files (MVG, CVE-2016-3714)."""
    lines = ("push graphic-context", "viewbox 0 0 64 64", "image over 0,0 0,0 'https://127.0.0.1/x.jpg\"|id\"'")
    return "\n".join((*lines, "pop graphic-context", "")).encode()


@hostile("D15", "photoshop.jpg", "EINVAL")
def psd_named_jpg():
    """The head of a PSD of 30000×30000."""
    return b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\x75\x30\0\0\x75\x30\0\x08\0\3" + bytes(400)


@hostile("D15", "csv.jpg", "EINVAL")
def table_named_jpg():
    """Numbers and commas, which a loader takes for a picture."""
    return b"1,2,3\n4,5,6\n" * 100


@hostile("D15", "portable.jpg", "EINVAL")
def ppm_named_jpg():
    """A portable pixmap of a million pixels a side."""
    return b"P6 1000000 1000000 255\n" + bytes(3000)


@hostile("D15", "radiance.jpg", "EINVAL")
def radiance_named_jpg():
    """A Radiance picture of a million pixels a side."""
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1000000 +X 1000000\n" + bytes(3000)


@hostile("D15", "matrix.jpg", "EINVAL")
def fits_named_jpg():
    """An astronomer's picture (FITS), which no browser ever asked for."""
    cards = ("SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2",
             "NAXIS1  =              1000000", "NAXIS2  =              1000000", "END")  # fmt: skip
    return b"".join(card.encode().ljust(80) for card in cards).ljust(2880) + bytes(2880)


@hostile("D15", "page.jpg", "EINVAL")
def page_named_jpg():
    """A page with a script under the name of a JPEG."""
    return PAGE
