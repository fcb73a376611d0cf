"""PDF: small documents put together of objects."""

from .deflated import zeros
from .register import hostile


def pdf(*objects, trailer=""):
    """Objects numbered from 1 on, of which the first is the catalogue."""
    result, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(result))
        result += f"{number} 0 obj\n".encode() + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(
        f"{place:010} 00000 n \n" for place in places
    )
    end = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(result)}\n%%EOF\n"
    return result + table.encode() + end.encode()


def stream(data, extra=""):
    data = data if isinstance(data, bytes) else data.encode()
    return f"<</Length {len(data)}{extra}>>\nstream\n".encode() + data + b"\nendstream"


RED = "0.784 0.118 0.118 rg 0 0 1000 1000 re f"


def document(box="0 0 64 64", content=RED, page="", catalogue="", trailer=""):
    """A page of this size, red."""
    return pdf(
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R{page}>>",
        content if isinstance(content, bytes) and content.startswith(b"<<") else stream(content),
        trailer=trailer,
    )


def pages(count):
    """That many pages, all of the same content."""
    kids = " ".join(f"{number + 4} 0 R" for number in range(count))
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 3 0 R>>"
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>", stream(RED), *[page] * count
    )


@hostile("D13", "pages-10000.pdf", "200 ELIMIT EINVAL")
def many_pages():
    """10,000 pages."""
    return pages(10_000)


@hostile("D13", "pages-2-billion.pdf", "200 EINVAL ELIMIT")
def pages_that_lie():
    """One page that counts as 2³¹−1."""
    return document().replace(b"/Count 1", b"/Count 2147483647")


@hostile("D13", "pages-in-a-circle.pdf", "EINVAL ELIMIT 503 200")
def circle_of_pages():
    """A tree of pages whose leaf is its root."""
    return pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4/Parent 2 0 R>>")


@hostile("D13", "no-size.pdf", "EINVAL 200 ELIMIT")
def no_size():
    """A page of 0×0."""
    return document("0 0 0 0")


@hostile("D13", "negative-size.pdf", "EINVAL 200 ELIMIT")
def negative_size():
    """A page whose corners are in the wrong order, and a turn of 45°."""
    return document("100 100 0 0", page="/Rotate 45")


@hostile("D13", "largest-size.pdf", "ELIMIT EINVAL")
def largest_size():
    """A page of 2³¹ points a side."""
    return document("0 0 2147483647 2147483647")


@hostile("D13", "user-unit.pdf", "ELIMIT EINVAL 200")
def user_unit():
    """A small page whose unit is a million points."""
    return document(page="/UserUnit 1000000")


@hostile("D13", "script.pdf", "200 EINVAL")
def script():
    """A script and a program to be started when the document is opened."""
    action = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);)>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>"
    return document(catalogue=action)


@hostile("D13", "encrypted.pdf", "EINVAL 200")
def encrypted():
    """Encrypted, with a password that nobody has."""
    key = "00" * 32
    return document(trailer=f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -1/O<{key}>/U<{key}>>>")


@hostile("D13", "content-bomb.pdf", "200 EINVAL ELIMIT 503")
def content_bomb():
    """A page whose content unpacks to 3 GB, by three filters one after the other."""
    data = zeros(1 << 30)
    return document(content=stream(data, "/Filter/FlateDecode"))


@hostile("D13", "picture-bomb.pdf", "200 EINVAL ELIMIT 503")
def picture_bomb():
    """A picture of 30000×30000 on a page of 64."""
    picture = "/Type/XObject/Subtype/Image/Width 30000/Height 30000/ColorSpace/DeviceGray/BitsPerComponent 8"
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        stream("64 0 0 64 0 0 cm /I Do"),
        stream(zeros(30000 * 30000), picture + "/Filter/FlateDecode"),
    )


@hostile("D13", "form-of-itself.pdf", "200 EINVAL ELIMIT 503")
def circle_of_forms():
    """A form that draws itself ten times."""
    resources = "/Resources<</XObject<</F 5 0 R>>>>"
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 4 0 R{resources}>>",
        stream(RED + " /F Do"),
        stream("/F Do " * 10, "/Type/XObject/Subtype/Form/BBox[0 0 64 64]" + resources),
    )


@hostile("D13", "patterns-nested.pdf", "200 EINVAL ELIMIT 503")
def tiny_pattern():
    """A pattern of a ten thousandth of a point over 5000 points."""
    pattern = (
        "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>"
    )
    return pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 5000 5000]/Contents 4 0 R/Resources<</Pattern<</P 5 0 R>>>>>>",
        stream("/Pattern cs /P scn 0 0 5000 5000 re f"),
        stream("1 0 0 rg 0 0 1 1 re f", pattern),
    )


@hostile("D13", "table-in-a-circle.pdf", "200 EINVAL")
def circle_of_tables():
    """A table of objects whose predecessor is itself."""
    data = document()
    place = data.index(b"xref\n")
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % place)


@hostile("D13", "references-deep.pdf", "200 EINVAL")
def deep():
    """100,000 arrays inside one another."""
    return document(page="/A" + "[" * 100_000 + "]" * 100_000)


@hostile("D16", "magic.pdf", "EINVAL")
def magic_only():
    """Eight bytes."""
    return b"%PDF-1.7"
