"""What the official client's URL builder can be told (reference, appendix B), and what each of it must give.

A value that needs a model or a film is refused by the name that it has in the URL; everything else works."""

from dataclasses import dataclass, field

from conformance.assets import GIRL, LOGO_SVG, MEDIUM
from conformance.checks import alpha, colour, media_type, refused, rotated_size, size, stored_bytes, succeeds
from conformance.output import density, description_kept, lossless_webp, profile_kept, progressive
from conformance.row import Row
from conformance.sharpness import sharper_than, softer_than

CHART = "chart400x300.jpg"
PADDED = {"width": 500, "height": 300, "crop_mode": "pad_resize"}
SQUARE = {"width": 200, "height": 200}
POSITION_WORDS = (
    "center", "top", "left", "bottom", "right", "top_left", "top_right", "bottom_left", "bottom_right"
)  # fmt: skip


@dataclass(frozen=True)
class Option:
    """One value of one option, in a step with other options, of the original `name`."""

    option: str
    value: object
    checks: tuple
    beside: dict = field(default_factory=dict)
    name: str = CHART

    @property
    def steps(self):
        return [{**self.beside, self.option: self.value}]

    @property
    def row(self):
        return Row(0, "SDK", self.checks, name=self.name)

    def __str__(self):
        return f"{self.option}={self.value}"


def option(name, *values, is_=(), of=CHART, **beside):
    """These values of an option, all with one outcome."""
    checks = is_ if isinstance(is_, tuple) else (is_,)
    return [Option(name, value, checks or (succeeds,), beside, of) for value in values]


WHOLE = size(400, 300)

SIZES = [
    *option("width", 200, "200", 200.0, 0.5, "iw_mul_0.5", is_=size(200, 150)),
    *option("height", 120, "120", 0.4, "ih_div_2.5", is_=size(160, 120)),
    *option("aspect_ratio", "2-1", "2_1", "2:1", 2, 2.0, is_=size(200, 100), width=200),
    *option("aspect_ratio", "iar_div_2", is_=size(100, 150), width=100),
    *option("crop", "force", "maintain_ratio", "maintain_ratio_no_enlarge", is_=size(200, 200), **SQUARE),
    *option("crop", "at_max", is_=size(200, 150), **SQUARE),
    *option("crop", "at_max_enlarge", is_=size(600, 450), width=600, height=600),
    *option("crop", "at_least", is_=size(267, 200), **SQUARE),
    *option("crop_mode", "pad_resize", "pad_resize_no_enlarge", "extract", "pad_extract", is_=size(200, 200), **SQUARE),
    *option("crop_mode", "pad_extract_no_shrink", is_=size(400, 500), width=200, height=500),
    *option("focus", *POSITION_WORDS, "auto", "custom", "face", "person", "car", is_=size(200, 200), **SQUARE),
    *option("x", 20, "iw_mul_0.1", is_=size(200, 200), crop_mode="extract", **SQUARE),
    *option("y", 20, "ih_mul_0.1", is_=size(200, 200), crop_mode="extract", **SQUARE),
    *option("x_center", 150, "iw_div_2", is_=size(200, 200), crop_mode="extract", **SQUARE),
    *option("y_center", 150, "ih_div_2", is_=size(200, 200), crop_mode="extract", **SQUARE),
    *option("zoom", 0.5, 1, 2, is_=size(150, 150), of=GIRL, width=150, height=150, focus="face"),
    *option("dpr", 2, 2.0, is_=size(200, 150), width=100),
    *option("dpr", 0.5, is_=size(50, 38), width=100),
    *option("dpr", "auto", is_=size(100, 75), width=100),
]

BACKGROUNDS = [
    *option("background", "red", "F3F3F3", "AAFF0010", is_=size(500, 300), **PADDED),
    *option("background", "dominant", is_=size(500, 300), **PADDED),
    *option(
        "background",
        "gradient_dominant",
        "gradient_dominant_2",
        "gradient_dominant_4",
        is_=size(500, 300),
        **PADDED,
    ),
    *option("background", "blurred", "blurred_25_N15", "blurred_auto_50", is_=size(500, 300), **PADDED),
    *option("background", "genfill", "genfill-prompt-beach", is_=refused("bg"), **PADDED),
    *option("opacity", 50, is_=alpha(0.5, 0.5, 128)),
]

EFFECTS = [
    *option("blur", 10, 10.0, is_=(WHOLE, softer_than("w-400"))),
    *option("border", "5_FFF000", is_=size(410, 310)),
    *option("border", "ih_div_20_FF00FF", is_=size(430, 330)),
    *option("colorize", "co-red_in-50", "co-FF0022", "in-20", is_=WHOLE),
    *option(
        "color_replace", "FF0022", "FF0022_50", "FF0022_50_00FF00", "red_40_lime", is_=size(300, 100), of="fields.png"
    ),
    *option("contrast_stretch", True, is_=WHOLE),
    *option("distort", "p-50_50_150_50_150_150_50_150", is_=size(100, 100)),
    *option("distort", "a-45", "a-N45"),
    *option("flip", "h", "v", "h_v", "v_h", is_=WHOLE),
    *option("gradient", True, "ld-top_from-green_to-00FF0010_sp-1", is_=WHOLE),
    *option("grayscale", True, is_=WHOLE),
    *option("radius", 20, "max", "10_20_30_40", is_=alpha(0, 0, 0)),
    *option("rotation", 90, 270, "N90", is_=size(300, 400)),
    *option("rotation", "N40", 320, is_=rotated_size(400, 300, 40)),
    *option("rotation", "auto", is_=size(400, 300), of="exif6.jpg"),
    *option("shadow", True, "bl-15_st-40_x-10_y-N5", is_=size(500, 338), of="cutout.png"),
    *option("sharpen", True, 10, is_=(WHOLE, sharper_than("w-400"))),
    *option("unsharp_mask", True, "2-2-0.8-0.024", is_=(WHOLE, sharper_than("w-400"))),
    *option("trim", True, 10, is_=size(220, 160), of="trim.png"),
    *option("trim", 5, is_=size(260, 200), of="trim.png"),
]

# The names in the URL are those that the refusals tell.
MODELS = [
    *option("ai_change_background", "prompt-car", is_=refused("e-changebg")),
    *option("ai_drop_shadow", True, "az-45", is_=refused("e-dropshadow")),
    *option("ai_edit", "prompt-make%20it%20vintage", is_=refused("e-edit")),
    *option("ai_remove_background", True, is_=refused("e-bgremove")),
    *option("ai_remove_background_external", True, is_=refused("e-removedotbg")),
    *option("ai_retouch", True, is_=refused("e-retouch")),
    *option("ai_upscale", True, is_=refused("e-upscale")),
    *option("ai_variation", True, is_=refused("e-genvar")),
]

FILMS = [
    *option("video_codec", "h264", "vp9", "av1", "none", is_=refused("vc")),
    *option("audio_codec", "aac", "opus", "none", is_=refused("ac")),
    *option("start_offset", 5, "5", 10.5, is_=refused("so")),
    *option("end_offset", 15, 15.5, is_=refused("eo")),
    *option("duration", 10, "10.5", is_=refused("du")),
    *option("streaming_resolutions", ["240", "360"], is_=refused("sr")),
    *option("format", "mp4", "webm", is_=refused("f")),
]

OUTPUT = [
    *option("format", "auto", "orig", is_=media_type("jpeg", "webp", "avif")),
    *option("format", "jpg", "jpeg", is_=media_type("jpeg")),
    *option("format", "png", is_=media_type("png")),
    *option("format", "webp", is_=media_type("webp")),
    *option("format", "avif", is_=media_type("avif"), width=100),
    *option("format", "gif", is_=media_type("gif"), of="gif-test.gif"),
    *option("format", "svg", is_=media_type("svg+xml"), of=LOGO_SVG),
    *option("quality", 50, is_=WHOLE, format="jpg"),
    *option("progressive", True, is_=progressive, format="jpg"),
    *option("lossless", True, is_=lossless_webp, format="webp"),
    *option("color_profile", True, is_=profile_kept, of="tagged.jpg", format="jpg"),
    *option("metadata", True, is_=description_kept, of="tagged.jpg", format="jpg"),
    *option("density", 72, is_=density(72), of="tagged.jpg", format="jpg"),
    *option("density", "idn_mul_2", is_=density(300), of="tagged.jpg", format="jpg"),
    *option("original", True, is_=stored_bytes()),
    *option("named", "some_name", is_=size(150, 150)),
    *option("default_image", MEDIUM, f"/{MEDIUM}", is_=size(600, 600), of="missing.jpg"),
    *option("default_image", "path/to/image.jpg", is_=size(340, 200), of="missing.jpg"),
    *option(
        "page",
        2,
        "2",
        is_=(size(300, 200), colour(0.5, 0.5, (0, 255, 0), within=12)),
        of="document.pdf/ik-thumbnail.jpg",
    ),
    *option("raw", "w-100,h-80", is_=size(100, 80)),
]

# False says nothing at all.
NOTHING = [
    *(
        each
        for name in ("progressive", "lossless", "color_profile", "metadata", "original")
        for each in option(name, False, is_=size(200, 150), width=200)
    ),
]

OPTIONS = [*SIZES, *BACKGROUNDS, *EFFECTS, *MODELS, *FILMS, *OUTPUT, *NOTHING]
