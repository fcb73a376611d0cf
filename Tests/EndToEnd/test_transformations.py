"""What comes out of each transformation: size, and colours at places that tell."""

import pytest

from pictures import BLACK, BLUE, GREEN, RED, WHITE, YELLOW, colour_at, is_near, shows_quadrants

# Originals: quadrants.jpg 640×480, plant.jpg 640×865, wide.jpg 1280×320.
SIZES = [
    ("w-200", "plant.jpg", (200, 270)),
    ("h-200", "plant.jpg", (148, 200)),
    ("w-0.5", "quadrants.jpg", (320, 240)),
    ("h-0.25", "quadrants.jpg", (160, 120)),
    ("w-300,h-200", "plant.jpg", (300, 200)),
    ("w-300,h-200,c-maintain_ratio", "plant.jpg", (300, 200)),
    ("w-300,h-200,c-force", "plant.jpg", (300, 200)),
    ("w-300,h-200,c-at_max", "plant.jpg", (148, 200)),
    ("w-850,h-1000,c-at_max", "plant.jpg", (640, 865)),
    ("w-850,h-1000,c-at_max_enlarge", "plant.jpg", (740, 1000)),
    ("w-300,h-200,c-at_least", "plant.jpg", (300, 405)),
    ("w-300,h-200,cm-pad_resize,bg-F3F3F3", "plant.jpg", (300, 200)),
    ("w-200,h-200,cm-extract", "plant.jpg", (200, 200)),
    ("w-700,h-900,cm-pad_extract,bg-F3F3F3", "plant.jpg", (700, 900)),
    ("ar-4-3,w-400", "wide.jpg", (400, 300)),
    ("ar-4_1,h-100", "quadrants.jpg", (400, 100)),
    ("w-200,h-200,ar-4-3", "quadrants.jpg", (200, 200)),
    ("w-1280", "quadrants.jpg", (1280, 960)),
    ("w-1280,c-at_max", "quadrants.jpg", (640, 480)),
    ("w-70000", "quadrants.jpg", (640, 480)),
    ("w-99999999999999999999999", "quadrants.jpg", (640, 480)),
    ("w-200,dpr-2", "quadrants.jpg", (400, 300)),
    ("w-200,h-100,dpr-1.5", "quadrants.jpg", (300, 150)),
    ("w-3000,dpr-2,c-at_max", "quadrants.jpg", (640, 480)),
    ("dpr-2", "quadrants.jpg", (640, 480)),
    ("w-400,h-300:rt-90", "quadrants.jpg", (300, 400)),
    ("rt-90:w-400,h-300", "quadrants.jpg", (400, 300)),
    ("rt-180", "quadrants.jpg", (640, 480)),
    ("h-300:w-1080,c-at_max", "quadrants.jpg", (400, 300)),
    ("h-300.00,w-300.00:rt-90", "quadrants.jpg", (300, 300)),
]


@pytest.mark.parametrize("transformation, name, size", SIZES)
def test_sizes(apus, transformation, name, size):
    answer = apus.get(f"/demo/tr:{transformation},f-png/{name}")
    assert answer.status == 200, answer
    assert answer.picture().size == size


def made(apus, transformation, name="quadrants.jpg"):
    answer = apus.get(f"/demo/tr:{transformation},f-png/{name}")
    assert answer.status == 200, answer
    return answer.picture()


def test_a_resize_keeps_every_colour_in_its_place(apus):
    assert shows_quadrants(made(apus, "w-200,h-150"))


@pytest.mark.parametrize(
    "focus, colours",
    [
        ("left", (RED, BLUE)),
        ("right", (GREEN, YELLOW)),
    ],
)
def test_focus_chooses_what_a_cover_crop_keeps(apus, focus, colours):
    # 100×240 of a picture that is scaled to 320×240: only one half of it.
    picture = made(apus, f"w-100,h-240,fo-{focus}")
    assert is_near(colour_at(picture, 0.5, 0.2), colours[0])
    assert is_near(colour_at(picture, 0.5, 0.8), colours[1])


@pytest.mark.parametrize(
    "focus, colour",
    [("top_left", RED), ("top_right", GREEN), ("bottom_left", BLUE), ("bottom_right", YELLOW)],
)
def test_extract_takes_the_corner(apus, focus, colour):
    picture = made(apus, f"w-200,h-200,cm-extract,fo-{focus}")
    for place in ((0.1, 0.1), (0.9, 0.9)):
        assert is_near(colour_at(picture, *place), colour)


def test_extract_from_the_middle_shows_all_four(apus):
    assert shows_quadrants(made(apus, "w-200,h-200,cm-extract"))


def test_extract_at_a_place(apus):
    assert is_near(colour_at(made(apus, "w-100,h-100,cm-extract,x-400,y-50"), 0.5, 0.5), GREEN)
    assert is_near(colour_at(made(apus, "w-100,h-100,cm-extract,xc-100,yc-400"), 0.5, 0.5), BLUE)


def test_extract_centred_out_of_bounds_is_refused(apus):
    assert apus.get("/demo/tr:w-300,h-300,cm-extract,xc-50,yc-50/quadrants.jpg").status == 400


@pytest.mark.parametrize(
    "focus, background_at, picture_at",
    [
        ("center", ((0.05, 0.5), (0.95, 0.5)), (0.5, 0.5)),
        ("left", ((0.95, 0.5),), (0.05, 0.2)),
        ("right", ((0.05, 0.5),), (0.95, 0.2)),
    ],
)
def test_padding_has_the_background_s_colour_beside_the_picture(apus, focus, background_at, picture_at):
    picture = made(apus, f"w-400,h-200,cm-pad_resize,bg-123456,fo-{focus}")
    assert picture.size == (400, 200)
    for place in background_at:
        assert is_near(colour_at(picture, *place), (0x12, 0x34, 0x56), tolerance=4)
    assert not is_near(colour_at(picture, *picture_at), (0x12, 0x34, 0x56))


def test_padding_is_black_by_default(apus):
    assert is_near(colour_at(made(apus, "w-400,h-200,cm-pad_resize"), 0.02, 0.5), BLACK, tolerance=4)


def test_pad_extract_frames_the_unscaled_picture(apus):
    picture = made(apus, "w-700,h-540,cm-pad_extract,bg-FFFFFF")
    assert is_near(colour_at(picture, 0.01, 0.01), WHITE, tolerance=4)
    assert is_near(colour_at(picture, 0.1, 0.1), RED)


def test_rotation_is_clockwise(apus):
    picture = made(apus, "rt-90")
    assert picture.size == (480, 640)
    for place, colour in (((0.2, 0.2), BLUE), ((0.8, 0.2), RED), ((0.2, 0.8), YELLOW), ((0.8, 0.8), GREEN)):
        assert is_near(colour_at(picture, *place), colour)


def test_a_negative_rotation_is_the_other_way(apus):
    assert is_near(colour_at(made(apus, "rt-N90"), 0.2, 0.2), GREEN)


def test_an_odd_rotation_grows_the_canvas_with_transparent_corners(apus):
    picture = made(apus, "w-200,h-200:rt-45")
    assert picture.width in range(281, 286) and picture.height in range(281, 286)
    assert colour_at(picture, 0.02, 0.02)[3] == 0


@pytest.mark.parametrize("flip, top_left", [("h", GREEN), ("v", BLUE), ("h_v", YELLOW), ("v_h", YELLOW)])
def test_flip(apus, flip, top_left):
    assert is_near(colour_at(made(apus, f"fl-{flip}"), 0.2, 0.2), top_left)


def test_grayscale_has_no_colour_left(apus):
    picture = made(apus, "w-100,e-grayscale").convert("RGB")
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)):
        red, green, blue = colour_at(picture, x, y)
        assert abs(red - green) <= 2 and abs(green - blue) <= 2


def test_blur_mixes_across_the_edge_only(apus):
    picture = made(apus, "bl-10")
    assert is_near(colour_at(picture, 0.1, 0.1), RED)
    assert not is_near(colour_at(picture, 0.505, 0.2), GREEN, tolerance=40)


def test_round_corners_are_transparent(apus):
    picture = made(apus, "w-200,h-200,r-50")
    assert colour_at(picture, 0.01, 0.01)[3] == 0
    assert colour_at(picture, 0.5, 0.01)[3] == 255
    assert is_near(colour_at(picture, 0.25, 0.25), (*RED, 255))


def test_r_max_is_an_ellipse(apus):
    picture = made(apus, "w-200,h-100,r-max")
    for corner in ((0, 0), (0.999, 0), (0, 0.999), (0.999, 0.999), (0.05, 0.1)):
        assert colour_at(picture, *corner)[3] == 0
    assert colour_at(picture, 0.5, 0.05)[3] > 200


def test_one_radius_per_corner(apus):
    picture = made(apus, "w-200,h-200,r-60_0_60_0")
    assert [colour_at(picture, *corner)[3] for corner in ((0, 0), (0.999, 0), (0.999, 0.999), (0, 0.999))] == [
        0,
        255,
        0,
        255,
    ]


def test_round_corners_take_the_background_in_a_jpeg(apus):
    answer = apus.get("/demo/tr:w-200,h-200,r-50,bg-00A0A0,f-jpg/quadrants.jpg")
    assert is_near(colour_at(answer.picture(), 0.01, 0.01), (0, 0xA0, 0xA0))


def test_a_background_fills_transparency(apus):
    picture = made(apus, "bg-0000FF", "alpha.png")
    assert is_near(colour_at(picture, 0.2, 0.5), BLUE, tolerance=4)
    assert is_near(colour_at(picture, 0.8, 0.5), RED, tolerance=4)


def test_alpha_is_kept_and_has_no_dark_fringe(apus):
    picture = made(apus, "w-100", "alpha.png")
    assert colour_at(picture, 0.2, 0.5)[3] == 0
    assert is_near(colour_at(picture, 0.8, 0.5), (*RED, 255), tolerance=4)
    # Half-covered pixels are red with alpha, not red mixed with the black behind.
    for x in range(picture.width):
        red, _, _, alpha = picture.convert("RGBA").getpixel((x, 37))
        assert alpha < 16 or red > 230


def test_opacity_multiplies_alpha(apus):
    assert abs(colour_at(made(apus, "o-50"), 0.2, 0.2)[3] - 128) <= 2
    assert is_near(colour_at(made(apus, "o-50,bg-0000FF"), 0.2, 0.2), (128, 0, 128))


def test_steps_run_in_order(apus):
    # First the left half, then the upper part of that: red alone.
    picture = made(apus, "w-320,h-480,cm-extract,fo-left:w-320,h-240,cm-extract,fo-top")
    assert picture.size == (320, 240)
    assert is_near(colour_at(picture, 0.9, 0.9), RED)


def test_quality_changes_the_size(apus):
    sizes = [len(apus.get(f"/demo/tr:w-300,f-jpg,q-{quality}/noise.jpg").body) for quality in (10, 50, 95)]
    assert sizes[0] < sizes[1] < sizes[2]
    assert len(apus.get("/demo/tr:w-300,f-jpg/noise.jpg").body) == len(
        apus.get("/demo/tr:w-300,f-jpg,q-80/noise.jpg").body
    )


@pytest.mark.parametrize(
    "transformation, key",
    [
        ("l-video,i-a.mp4,l-end", "l-video"),
        ("e-dropshadow", "e-dropshadow"),
        ("bg-genfill,w-100,h-100,cm-pad_resize", "bg"),
        ("e-bgremove", "e-bgremove"),
    ],
)
def test_what_is_not_carried_out_yet_is_400_and_named(apus, transformation, key):
    answer = apus.get(f"/demo/tr:{transformation}/quadrants.jpg")
    assert (answer.status, answer.error) == (400, "EINVAL"), answer
    assert key in answer["ik-error"]
