"""§17.8: formats, quality, metadata, default images, pages."""

from conformance.assets import BLUE, LIME, LOGO_SVG, MEDIUM, RED, SCENE
from conformance.checks import (
    alpha,
    also,
    also_at,
    colour,
    fails,
    media_type,
    refused,
    same_as,
    same_pixels,
    size,
    status,
)
from conformance.row import LeftOut, at, row
from conformance.sharpness import smaller_body_than, softer_than

CHROME = {"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}
WEBP = {"Accept": "image/webp,*/*"}
PINK = (255, 192, 203)
PSD = "the PSD decoder is left out (design §5)"


def progressive(shown):
    assert shown.picture.format == "JPEG" and shown.picture.info.get("progressive"), shown.picture.info


def lossless_webp(shown):
    assert shown.picture.format == "WEBP" and b"VP8L" in shown.answer.body[:64], shown.answer.body[:64]


def true_colour_png(shown):
    assert (shown.picture.format, shown.picture.mode) == ("PNG", "RGB"), (shown.picture.format, shown.picture.mode)


def profile_kept(shown):
    stored = shown.site.folder / shown.row.name
    profile = shown.picture.info.get("icc_profile")
    assert profile, "has no profile"
    assert profile in stored.read_bytes(), "has another profile than the original"


def description_kept(shown):
    assert shown.picture.getexif().get(0x010E) == "kept description", dict(shown.picture.getexif())


def density(expected):
    def check(shown):
        actual = tuple(round(float(value)) for value in shown.picture.info.get("dpi", (0, 0)))
        assert actual == (expected, expected), actual

    return check


def not_avif(shown):
    assert shown.answer.status == 200, shown.answer
    assert shown.answer["Content-Type"] in ("image/jpeg", "image/png", "image/webp"), shown.answer


ROWS = [
    row(153, SCENE, "f-jpg,q-10", "RC", smaller_body_than("f-jpg,q-90"), media_type("jpeg")),
    at(154, f"/demo/tr:w-200/{MEDIUM}", "FM", media_type("webp"), size(200, 200), headers=WEBP),
    at(155, f"/demo/tr:w-200,f-auto/{MEDIUM}", "FM", media_type("jpeg"), size(200, 200)),
    at(156, "/demo/opaque.png", "FM", media_type("jpeg", "png"), size(300, 200)),
    at(157, "/demo/cutout.png", "FM", media_type("png"), size(500, 338), alpha(2, 2, 0)),
    row(158, MEDIUM, "f-gif", "FM", refused("f")),
    row(159, "photo.jpg", "f-avif,cp-true", "FM", not_avif, profile_kept),
    row(160, MEDIUM, "f-avif,e-usm-2-2-0.8-0.024", "FM", not_avif),
    at(
        161,
        "/demo/photo.heic",
        "FM",
        media_type("jpeg", "png"),
        also_at("/demo/photo.heic", media_type("jpeg", "png", "webp"), headers=WEBP),
    ),
    at(162, "/demo/tr:f-avif/photo.heic", "FM", media_type("avif")),
    at(
        163,
        f"/demo/{LOGO_SVG}",
        "RM",
        media_type("svg+xml"),
        also_at(f"/demo/tr:f-auto/{LOGO_SVG}", media_type("svg+xml"), headers=CHROME),
    ),
    at(
        164,
        f"/demo/tr:f-png/{LOGO_SVG}",
        "RM",
        media_type("png"),
        size(158, 33),
        colour(20, 16, (*RED, 255)),
        alpha(120, 16, 0),
    ),
    at(
        165,
        f"/demo/tr:f-jpg,w-200,bg-pink/{LOGO_SVG}",
        "RM + DER",
        media_type("jpeg"),
        size(200, 42),
        colour(30, 20, RED, within=8),
        colour(170, 20, PINK, within=8),
    ),
    row(166, SCENE, "h-300,w-400,f-jpg,pr-true", "RC", size(400, 300), progressive),
    at(
        167,
        "/demo/tr:w-500,h-361,lo-true/photo.jpg",
        "FM",
        size(500, 361),
        lossless_webp,
        same_pixels("w-500,h-361", name="photo.jpg"),
        headers=CHROME,
    ),
    row(168, "photo.jpg", "w-500,h-361,lo-true,f-png", "FM", size(500, 361), true_colour_png),
    row(169, "tagged.jpg", "h-300,w-400,f-jpg,cp-true", "RC", size(400, 300), media_type("jpeg"), profile_kept),
    row(170, "tagged.jpg", "f-jpg,md-true", "FM", size(400, 300), description_kept),
    at(171, f"/demo/tr:di-{MEDIUM}/missing.jpg", "DI", same_as(f"/demo/{MEDIUM}"), size(600, 600)),
    at(
        172,
        "/demo/tr:di-@@path@@to@@image.jpg,w-170/missing.jpg",
        "DI",
        same_as("/demo/tr:w-170/path/to/image.jpg"),
        size(170, 100),
    ),
    at(173, "/demo/missing.jpg", "LI", fails(404, "ENOENT")),
    row(
        174,
        MEDIUM,
        "n-blur_thumbnail",
        "NT",
        size(300, 200),
        softer_than("w-300,h-200"),
        same_pixels("w-300,h-200,bl-10"),
    ),
    row(175, MEDIUM, "n-doesnotexist", "NT", refused("n", "doesnotexist")),
    LeftOut(176, "RC", "pg-2", PSD),
    LeftOut(177, "RC", 'pg-3-, pg-2_3-4, pg-name-"layer-4"_"layer-002"', PSD),
    at(
        178,
        "/demo/png/document.pdf/ik-thumbnail.jpg",
        "RC",
        size(300, 200),
        colour(0.5, 0.5, RED, within=10),
        also_at("/demo/png/tr:pg-2/document.pdf/ik-thumbnail.jpg", size(300, 200), colour(0.5, 0.5, LIME, within=10)),
        also_at("/demo/png/tr:pg-3/gif-test.gif/ik-thumbnail.jpg", size(300, 200), colour(0.5, 0.5, BLUE, within=10)),
        also_at("/demo/png/tr:pg-4/document.pdf/ik-thumbnail.jpg", status(400)),
    ),
    row(179, "tagged.jpg", "f-jpg,dn-72", "SDK", density(72), also("f-jpg,dn-idn_mul_2", density(300))),
]
