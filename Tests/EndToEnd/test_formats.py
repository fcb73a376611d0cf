"""Formats in and out, negotiation by Accept, metadata, colour, animation."""

import pytest

from pictures import FRAME_COLOURS, GREEN, RED, colour_at, is_near, shows_quadrants

EVERYTHING = "image/avif,image/webp,image/apng,image/*,*/*;q=0.8"


@pytest.mark.parametrize("name", ["quadrants." + kind for kind in ("jpg", "png", "webp", "avif", "tif", "heic")])
def test_formats_in(apus, name):
    answer = apus.get(f"/demo/tr:w-100,f-png/{name}")
    assert answer.status == 200, answer
    assert answer.picture().size == (100, 75)
    assert shows_quadrants(answer.picture(), tolerance=40)


@pytest.mark.parametrize(
    "wanted, media_type, kind",
    [
        ("jpg", "image/jpeg", "JPEG"),
        ("jpeg", "image/jpeg", "JPEG"),
        ("png", "image/png", "PNG"),
        ("webp", "image/webp", "WEBP"),
        ("avif", "image/avif", "AVIF"),
    ],
)
def test_formats_out(apus, wanted, media_type, kind):
    answer = apus.get(f"/demo/tr:w-200,f-{wanted}/quadrants.jpg")
    assert answer.status == 200, answer
    assert answer["Content-Type"] == media_type
    picture = answer.picture()
    assert (picture.format, picture.size) == (kind, (200, 150))
    assert shows_quadrants(picture, tolerance=40)


def test_gif_out_of_a_still_picture_is_refused(apus):
    answer = apus.get("/demo/tr:f-gif/quadrants.jpg")
    assert (answer.status, answer.error) == (400, "EINVAL"), answer


@pytest.mark.parametrize(
    "accept, allowed",
    [
        (None, {"image/jpeg"}),
        ("*/*", {"image/jpeg"}),
        ("image/*", {"image/jpeg"}),
        ("image/webp,*/*", {"image/webp", "image/jpeg"}),
        ("image/avif;q=0,image/webp;q=0.1", {"image/webp", "image/jpeg"}),
        ("image/webp;q=0.000", {"image/jpeg"}),
        (EVERYTHING, {"image/avif", "image/webp", "image/jpeg"}),
        ("x" * 8000, {"image/jpeg"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_auto_sends_only_what_the_client_can_show(apus, accept, allowed):
    answer = apus.get("/demo/tr:w-222/quadrants.jpg", accept=accept)
    assert answer.status == 200
    assert answer["Content-Type"] in allowed
    assert "accept" in answer["Vary"].lower()


def test_webp_is_taken_where_it_is_smaller(apus):
    assert apus.get("/demo/tr:w-333/plant.jpg", accept="image/webp")["Content-Type"] == "image/webp"


def test_an_old_client_after_a_new_one_gets_what_it_can_show(apus):
    apus.get("/demo/tr:w-223/quadrants.jpg", accept=EVERYTHING)
    assert apus.get("/demo/tr:w-223/quadrants.jpg")["Content-Type"] == "image/jpeg"


def test_an_explicit_format_does_not_vary(apus):
    answers = [apus.get("/demo/tr:w-224,f-jpg/quadrants.jpg", accept=accept) for accept in (EVERYTHING, None)]
    assert all(answer["Vary"] is None for answer in answers)
    assert answers[0].body == answers[1].body


def test_alpha_under_auto_stays_alpha(apus):
    for accept in (None, EVERYTHING):
        answer = apus.get("/demo/tr:w-100/alpha.png", accept=accept)
        assert answer["Content-Type"] != "image/jpeg"
        assert colour_at(answer.picture(), 0.2, 0.5)[3] == 0


def test_heic_is_never_sent_as_heic_under_auto(apus):
    assert apus.get("/demo/quadrants.heic")["Content-Type"] in ("image/jpeg", "image/png")


def test_orientation_is_obeyed_and_metadata_stripped(apus):
    answer = apus.get("/demo/tr:f-jpg/orientation6.jpg")
    picture = answer.picture()
    assert picture.size == (640, 480)
    assert shows_quadrants(picture, tolerance=40)
    assert not picture.getexif()
    assert b"secret" not in answer.body


def test_orientation_comes_before_the_crop(apus):
    picture = apus.get("/demo/tr:w-200,h-200,cm-extract,fo-top_left,f-png/orientation6.jpg").picture()
    assert is_near(colour_at(picture, 0.5, 0.5), RED)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif"])
def test_wide_colours_become_srgb_and_the_profile_goes(apus, kind):
    answer = apus.get(f"/demo/tr:w-100,f-{kind}/swapped-profile.jpg")
    picture = answer.picture()
    red, green, blue = colour_at(picture, 0.5, 0.5)[:3]
    assert green > 200 and red < 60 and blue < 60, (red, green, blue)
    assert not picture.info.get("icc_profile") or b"sRGB" in picture.info["icc_profile"]


def test_cmyk_becomes_rgb(apus):
    picture = apus.get("/demo/tr:f-png/cmyk.jpg").picture()
    assert picture.mode == "RGB"
    left, right = colour_at(picture, 0.25, 0.5), colour_at(picture, 0.75, 0.5)
    assert left[0] > 180 and left[1] < 90 and left[2] < 90
    assert right[1] > 120 and right[0] < 110


@pytest.mark.parametrize(
    "name, kind, size",
    [("grey.png", "jpg", (200, 100)), ("srgb-profile.png", "png", (640, 480)), ("tiny.png", "png", (1, 1))],
)
def test_odd_pictures_work(apus, name, kind, size):
    answer = apus.get(f"/demo/tr:f-{kind}/{name}")
    assert answer.status == 200, answer
    assert answer.picture().size == size


@pytest.mark.parametrize(
    "name, kind, media_type",
    [("frames.gif", "gif", "image/gif"), ("frames.gif", "webp", "image/webp"), ("frames.webp", "webp", "image/webp")],
)
def test_animations_keep_frames_order_and_delays(apus, name, kind, media_type):
    answer = apus.get(f"/demo/tr:w-60,f-{kind}/{name}")
    assert answer.status == 200, answer
    assert answer["Content-Type"] == media_type
    picture = answer.picture()
    assert picture.n_frames == 4
    for number, colour in enumerate(FRAME_COLOURS):
        picture.seek(number)
        picture.load()
        assert picture.size == (60, 40)
        assert is_near(colour_at(picture, 0.5, 0.5), colour, tolerance=40)
        assert abs(picture.info["duration"] - 100 * (number + 1)) <= 10


def test_an_animation_under_auto_stays_one(apus):
    for accept in (None, EVERYTHING):
        answer = apus.get("/demo/tr:w-60/frames.gif", accept=accept)
        assert answer.picture().n_frames == 4, answer


def test_an_animation_as_a_still_format_is_its_first_frame(apus):
    picture = apus.get("/demo/tr:w-60,f-jpg/frames.gif").picture()
    assert getattr(picture, "n_frames", 1) == 1
    assert is_near(colour_at(picture, 0.5, 0.5), FRAME_COLOURS[0], tolerance=40)


def test_svg_stays_svg_under_auto(apus):
    answer = apus.get("/demo/drawing.svg", accept=EVERYTHING)
    assert (answer.status, answer["Content-Type"]) == (200, "image/svg+xml"), answer
    assert answer["Content-Security-Policy"]


def test_svg_is_drawn_when_a_raster_format_is_asked_for(apus):
    answer = apus.get("/demo/tr:f-png/drawing.svg")
    picture = answer.picture()
    assert picture.size == (158, 33)
    assert is_near(colour_at(picture, 0.2, 0.5), (255, 0, 0, 255), tolerance=4)
    assert colour_at(picture, 0.8, 0.5)[3] == 0
    pink = apus.get("/demo/tr:f-jpg,w-200,bg-pink/drawing.svg").picture()
    assert pink.size in ((200, 41), (200, 42))
    assert is_near(colour_at(pink, 0.8, 0.5), (255, 192, 203))


def test_svg_is_drawn_at_the_asked_size_not_enlarged(apus):
    picture = apus.get("/demo/tr:f-png,w-1580/drawing.svg").picture()
    edge = [picture.convert("RGBA").getpixel((x, 165))[3] for x in range(780, 801)]
    assert sum(0 < alpha < 255 for alpha in edge) <= 2


def test_an_endpoint_may_rasterise_svg(apus):
    answer = apus.get("/demo/raster/drawing.svg")
    assert answer.status == 200, answer
    assert answer["Content-Type"] in ("image/png", "image/webp")


@pytest.mark.parametrize("name", ["drawing.psd", "drawing.eps", "drawing.ai"])
def test_what_is_not_available_says_so(apus, name):
    answer = apus.get(f"/demo/tr:w-100/{name}")
    assert (answer.status, answer.error) == (400, "EINVAL"), answer


def test_the_bytes_decide_not_the_name(apus, folder):
    (folder / "misnamed.jpg").write_bytes((folder / "quadrants.png").read_bytes())
    assert shows_quadrants(apus.get("/demo/tr:w-100,f-png/misnamed.jpg").picture())
    assert is_near(colour_at(apus.get("/demo/tr:f-png/tiny.png").picture(), 0, 0), GREEN)
