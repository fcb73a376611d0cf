"""Pages and frames: `pg`, and `…/ik-thumbnail.jpg` behind documents and animations."""

import pytest
from PIL import Image

from pictures import BLUE, FRAME_COLOURS, RED, WHITE, colour_at, encoded, is_near

WEBP = "image/webp"
SIZES = ((300, 200), (120, 240))


@pytest.fixture(scope="module")
def documents(folder):
    """Two pages of different size and colour as PDF and TIFF, and files that are none or broken."""
    pdf = of_pages("PDF", resolution=72.0)
    (folder / "pages.pdf").write_bytes(pdf)
    (folder / "pages.tif").write_bytes(of_pages("TIFF"))
    (folder / "illustrated.ai").write_bytes(pdf)
    (folder / "posing.jpg").write_bytes(pdf)
    (folder / "broken.pdf").write_bytes(pdf[:200])
    (folder / "heavy.pdf").write_bytes(pdf + b"\n" * 5_000_000)
    return pdf


def of_pages(kind, **options):
    first, second = (Image.new("RGB", size, colour) for size, colour in zip(SIZES, (RED, BLUE)))
    return encoded(first, kind, save_all=True, append_images=[second], **options)


def shows(answer, size, colour, kind="image/jpeg"):
    assert answer.status == 200, answer
    assert answer["Content-Type"] == kind
    picture = answer.picture()
    assert getattr(picture, "n_frames", 1) == 1
    return picture.size == size and is_near(colour_at(picture, 0.5, 0.5), colour)


@pytest.mark.parametrize("name", ["pages.pdf", "pages.tif", "illustrated.ai"])
def test_a_thumbnail_is_a_jpeg_of_the_first_page_or_of_the_one_that_is_asked_for(apus, documents, name):
    assert shows(apus.get(f"/demo/{name}/ik-thumbnail.jpg", accept=WEBP), SIZES[0], RED)
    assert shows(apus.get(f"/demo/tr:pg-2/{name}/ik-thumbnail.jpg"), SIZES[1], BLUE)
    assert shows(apus.get(f"/demo/{name}/ik-thumbnail.jpg?tr=w-60,pg-2"), (60, 120), BLUE)
    assert shows(apus.get(f"/demo/tr:w-600:rt-90/{name}/ik-thumbnail.jpg"), (400, 600), RED)


def test_a_thumbnail_takes_the_format_that_the_url_names(apus, documents):
    assert shows(apus.get("/demo/tr:f-png/pages.pdf/ik-thumbnail.jpg"), SIZES[0], RED, "image/png")
    automatic = apus.get("/demo/tr:f-auto/pages.pdf/ik-thumbnail.jpg", accept=WEBP)
    assert shows(automatic, SIZES[0], RED, WEBP)
    assert automatic["Vary"] == "Accept"
    assert apus.get("/demo/pages.pdf/ik-thumbnail.jpg")["Vary"] is None


@pytest.mark.parametrize("name", ["frames.gif", "frames.webp"])
def test_frames_of_animations(apus, name):
    for number, colour in enumerate(FRAME_COLOURS, start=1):
        assert shows(apus.get(f"/demo/tr:pg-{number}/{name}/ik-thumbnail.jpg"), (120, 80), colour)
        assert shows(apus.get(f"/demo/tr:pg-{number},f-png/{name}"), (120, 80), colour, "image/png")
    assert shows(apus.get(f"/demo/{name}/ik-thumbnail.jpg"), (120, 80), RED)
    # Without a page it is the animation.
    assert apus.get(f"/demo/tr:w-60,f-webp/{name}").picture().n_frames == 4


def test_frames_behind_the_limit_of_an_animation_do_not_matter_to_its_first(apus):
    assert apus.get("/demo/many-frames.gif/ik-thumbnail.jpg").status == 200
    assert apus.get("/demo/tr:w-4/many-frames.gif").error == "ELIMIT"


def test_a_document_is_a_file_until_something_is_made_of_it(apus, documents):
    plain = apus.get("/demo/pages.pdf")
    assert (plain.status, plain["Content-Type"], plain.body) == (200, "application/pdf", documents)
    assert apus.get("/demo/pages.pdf/ik-thumbnail.jpg?tr=orig-true").body == documents
    assert shows(apus.get("/demo/tr:w-30/pages.pdf"), (30, 20), RED)
    assert shows(apus.get("/demo/tr:pg-2/pages.pdf"), SIZES[1], BLUE)
    # What it is is told by its bytes.
    assert shows(apus.get("/demo/posing.jpg"), SIZES[0], RED)


def test_a_page_is_drawn_in_the_size_that_is_asked_for(apus, folder):
    lines = b"0 0 0 rg 0 0 50 100 re f"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(lines), lines),
    ]
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, text) for number, text in enumerate(objects, start=1))
    (folder / "vector.pdf").write_bytes(b"%PDF-1.4\n" + body + b"trailer\n<< /Root 1 0 R /Size 5 >>\n%%EOF\n")
    picture = apus.get("/demo/tr:w-1000,f-png/vector.pdf").picture().convert("RGB")
    assert picture.size == (1000, 1000)
    # Between black and bare paper lies no more than a pixel, and paper is white.
    assert is_near(picture.getpixel((497, 500)), (0, 0, 0))
    assert is_near(picture.getpixel((502, 500)), WHITE)


@pytest.mark.parametrize(
    "path, message",
    [
        ("tr:pg-3/pages.pdf/ik-thumbnail.jpg", "parameter pg: no page 3; the original has 2 pages"),
        ("tr:pg-9/pages.tif", "parameter pg: no page 9; the original has 2 pages"),
        ("tr:pg-5/frames.gif/ik-thumbnail.jpg", "parameter pg: no frame 5; the original has 4 frames"),
        ("tr:pg-2/quadrants.jpg", "parameter pg: no page 2; the original has 1 page"),
        ("tr:pg-1_2/pages.pdf/ik-thumbnail.jpg", "parameter pg"),
        ("tr:pg-1-2/pages.pdf", "parameter pg"),
        ("tr:pg-0/pages.pdf", "parameter pg"),
        ("tr:if-w_gt_1,pg-2,if-end/pages.pdf", "'pg' cannot stand inside an if block"),
        ("broken.pdf/ik-thumbnail.jpg", "The original is damaged."),
        ("drawing.psd/ik-thumbnail.jpg", "Originals of kind PSD are not available."),
        ("drawing.eps/ik-thumbnail.jpg", "Originals of kind EPS are not available."),
        ("html.jpg/ik-thumbnail.jpg", "The original is not a picture."),
    ],
)
def test_what_cannot_be_had_is_named(apus, documents, path, message):
    answer = apus.get(f"/demo/{path}")
    assert (answer.status, answer.error) == (400, "EINVAL"), answer
    assert message in answer["ik-error"]


def test_documents_have_a_limit_of_their_own(apus, documents):
    answer = apus.get("/demo/heavy.pdf/ik-thumbnail.jpg")
    assert (answer.status, answer.error) == (400, "ELIMIT"), answer
    assert "5000000 bytes" in answer["ik-error"]
    # As a file it goes out all the same.
    assert apus.get("/demo/heavy.pdf").status == 200


def test_a_thumbnail_of_nothing_is_missing(apus):
    assert apus.get("/demo/nowhere.pdf/ik-thumbnail.jpg").error == "ENOENT"


def test_a_friendly_name_has_a_thumbnail_too(apus, documents):
    assert shows(apus.get("/demo/ik-seo/tr:pg-2/pages/any-words.pdf/ik-thumbnail.jpg"), SIZES[1], BLUE)


def test_rules_for_unsigned_urls_hold_for_thumbnails(apus, documents):
    assert apus.get("/demo/named/pages.pdf/ik-thumbnail.jpg").status == 401
    assert shows(apus.get("/demo/named/tr:n-thumb/pages.pdf/ik-thumbnail.jpg"), (150, 150), RED)


def test_render_processes_survive_damaged_documents(apus, documents, folder):
    before = sorted(apus.render_processes())
    for index in range(0, len(documents), len(documents) // 25):
        name = f"damaged{index}.pdf"
        (folder / name).write_bytes(documents[:index] + b"\xff\x00\xff" + documents[index + 3 :])
        assert apus.get(f"/demo/tr:w-20/{name}/ik-thumbnail.jpg").status in (200, 400)
    assert sorted(apus.render_processes()) == before
