"""What the contact sheet shows, by section: a picture's name and what is done to it."""

from dataclasses import dataclass

BIRD, CUTOUT, EARTH, SWIFT = "kleiber.jpg", "kleiber-cutout.png", "earth.gif", "swift.svg"
# Made by `assets`.
SMALL, GREEN, GREY, ROOM, MAP = "small.jpg", "green.png", "grey.png", "room.png", "map.png"
PAGES, UPRIGHT = "pages.pdf", "upright.jpg"

POSITIONS = (
    *("top_left", "top", "top_right"),
    *("left", "center", "right"),
    *("bottom_left", "bottom", "bottom_right"),
)
STRATEGIES = (
    *("c-maintain_ratio", "c-maintain_ratio_no_enlarge", "c-force", "c-at_max", "c-at_max_enlarge", "c-at_least"),
    *("cm-extract", "cm-pad_resize", "cm-pad_resize_no_enlarge", "cm-pad_extract", "cm-pad_extract_no_shrink"),
)

# A part of the photograph with the bird in it, as wide as a cell of the sheet.
NEAR = "cm-extract,w-960,h-640,x-560,y-330:w-300"
# The cutout on nothing, and room for what is cast by it.
BADGE = "w-300"


@dataclass(frozen=True)
class Row:
    file: str
    transformation: str
    # What goes behind the file's name.
    suffix: str = ""
    # What a client says that it accepts.
    accept: str = "image/webp,image/*"


def rows(file, *transformations, **more):
    return [Row(file, transformation, **more) for transformation in transformations]


def on(before, *transformations):
    return [f"{before}:{each}" for each in transformations]


def text(parameters, words="Nuthatch"):
    return f"{NEAR}:l-text,i-{words},{parameters},l-end"


def overlay(parameters, file=CUTOUT):
    return f"{NEAR}:l-image,i-{file},{parameters},l-end"


SECTIONS = {
    "Sizes and crops of the whole photograph": [
        *rows(BIRD, *(f"w-200,h-200,{each}" for each in STRATEGIES)),
        *rows(SMALL, *(f"w-300,h-300,{each}" for each in STRATEGIES)),
        *rows(
            BIRD,
            *("w-300", "h-120", "w-0.1", "ar-1-1,w-200", "ar-iar_div_2,w-100", "w-iw_div_10", "w-150,dpr-2", "w-150"),
        ),
    ],
    "Focus: crops": [
        *rows(BIRD, *(f"w-120,h-200,fo-{each}" for each in ("left", "center", "right", "auto", "face"))),
        *rows(BIRD, *(f"w-240,h-60,fo-{each}" for each in ("top", "center", "bottom", "auto"))),
        *rows(BIRD, *(f"cm-extract,w-900,h-600,fo-{each}:w-150" for each in (*POSITIONS, "auto"))),
        *rows(BIRD, "cm-extract,w-600,h-400,x-800,y-400:w-300", "cm-extract,w-600,h-400,xc-1100,yc-650:w-300"),
        *rows(
            BIRD,
            "cm-extract,w-600,h-400,x-iw_sub_cw,y-N0:w-300",
            "w-200,h-200,fo-face,z-2",
            "w-200,h-200,fo-bird,z-0.5",
        ),
    ],
    "Focus: padding": rows(
        BIRD,
        *(f"w-300,h-300,cm-pad_resize,bg-F3E2C0,fo-{each}" for each in ("top", "center", "bottom")),
        *(f"w-300,h-120,cm-pad_resize,bg-F3E2C0,fo-{each}" for each in ("left", "center", "right")),
    ),
    "Padding": [
        *rows(
            BIRD,
            *(
                f"w-300,h-300,cm-pad_resize,bg-{each}"
                for each in (
                    *("teal", "2A9D8F50", "blurred", "blurred_10", "blurred_50_60", "blurred_50_N90", "dominant"),
                    *("gradient_dominant", "gradient_dominant_2", "gradient_dominant_4"),
                )
            ),
            "w-300,h-100,cm-pad_resize,bg-blurred",
            "w-300,h-100,cm-pad_resize,bg-gradient_dominant_4",
            "w-300,h-100,cm-pad_resize,bg-gradient_dominant_2",
        ),
        *rows(
            SMALL, *(f"w-300,h-300,cm-pad_extract,bg-{each}" for each in ("teal", "dominant", "gradient_dominant_4"))
        ),
        *rows(
            CUTOUT,
            "w-300",
            "w-300,bg-2A9D8F",
            "w-300,f-jpg",
            "w-300,f-jpg,bg-gold",
            "w-300,h-300,cm-pad_resize,bg-gold",
        ),
    ],
    "Colours": rows(
        BIRD,
        NEAR,
        *on(
            NEAR,
            *("e-grayscale", "e-contrast", "e-colorize-co-red_in-15", "e-colorize-co-red_in-60", "e-colorize"),
            *("o-50", "o-80,bg-red", "cr-FF00FF_20", "cr-00AA00_35_606060", "e-contrast,e-grayscale"),
        ),
    )
    + rows(
        GREEN,
        *("w-300", "cr-FF0000_50_00FF00,w-300", "cr-0000FF_10_00A000,w-300", "cr-0000FF_35_00A000,w-300"),
        *("cr-FFD700,w-300", "e-contrast,w-300"),
    ),
    "Blur and sharpening": rows(
        BIRD,
        *on(
            NEAR,
            *("bl-1", "bl-5", "bl-20", "bl-100", "e-sharpen", "e-sharpen-5", "e-sharpen-100"),
            *("e-usm", "e-usm-2-2-0.8-0.024", "e-usm-5-5-2-0.05", "bl-3,e-grayscale"),
        ),
    )
    + rows(CUTOUT, "w-300,bl-10", "w-300,e-sharpen-100", "w-300,e-usm-5-5-2-0.05"),
    "Shadow": rows(
        CUTOUT,
        *(
            f"{BADGE},{each}"
            for each in (
                *("e-shadow", "e-shadow-st-80", "e-shadow-bl-0_st-60_x-5_y-5", "e-shadow-bl-0_st-60_x-N5_y-5"),
                *("e-shadow-bl-0_st-60_x-5_y-N5", "e-shadow-bl-0_st-60_x-N5_y-N5", "e-shadow-bl-15_st-100_x-8_y-0"),
                *("e-shadow-bl-15_st-100_x-0_y-8", "e-shadow-st-100_x-0_y-0_bl-15", "bg-white,e-shadow-st-80_x-6_y-6"),
            )
        ),
    )
    + rows(SWIFT, "f-png,w-260:cm-pad_extract,w-300,h-300,bg-00000000:e-shadow-st-80_x-5_y-5_bl-8"),
    "Gradient": rows(
        BIRD,
        *(
            f"{NEAR}:e-gradient{each}"
            for each in (
                *("", "-ld-top", "-ld-top_right", "-ld-right", "-ld-bottom_right", "-ld-bottom", "-ld-bottom_left"),
                *("-ld-left", "-ld-top_left", "-ld-45", "-ld-180_from-red_to-blue", "-ld-90_from-FF000080_to-0000FF80"),
                *("-from-green_to-00FF0010_sp-0.5", "-ld-top_from-000000_to-00000000_sp-0.4", "-ld-0_from-black"),
            )
        ),
    )
    + rows(CUTOUT, "w-300,e-gradient-ld-right_from-FF000080_to-0000FF80"),
    "Distortion": rows(
        BIRD,
        *on(
            NEAR,
            *("e-distort-p-40_20_300_0_260_200_0_160", "e-distort-p-0_0_240_40_240_160_0_200"),
            *("e-distort-p-N40_0_300_0_260_200_0_200", "e-distort-a-45", "e-distort-a-N45", "e-distort-a-120"),
            *(
                "e-distort-a-360",
                "e-distort-a-N180",
                "e-distort-a-45,bg-gold",
                "e-distort-p-40_20_300_0_260_200_0_160,bg-gold",
            ),
        ),
    )
    + rows(CUTOUT, "w-200:e-distort-a-90", "w-200:e-distort-p-30_0_200_0_170_156_0_156"),
    "Corners and borders": rows(
        BIRD,
        *on(
            NEAR,
            *("r-20", "r-60", "r-max", "r-0_max_20_60", "r-20,f-jpg", "r-max,bg-gold", "b-5_FFF000", "b-20_FF000050"),
            *("r-30,b-8_red", "r-max,b-8_white", "r-30,b-8_red,bg-gold", "b-cw_div_20_teal"),
        ),
        "w-200,h-200,r-max",
        "w-200,h-200,fo-auto,r-max,b-10_gold",
    )
    + rows(CUTOUT, "w-200,r-30", "w-200,b-6_teal"),
    "Turning and mirroring": rows(
        BIRD,
        *on(
            NEAR,
            *(
                "rt-90",
                "rt-180",
                "rt-270",
                "rt-15",
                "rt-N15",
                "rt-45",
                "rt-30,bg-gold",
                "rt-10,f-jpg",
                "fl-h",
                "fl-v",
                "fl-h_v",
            ),
            *("r-40,rt-20", "b-8_red,rt-20", "fl-h,rt-90", "w-400,h-300:rt-90"),
        ),
    )
    + rows(CUTOUT, "w-200,rt-30")
    + rows(UPRIGHT, "w-200", "w-200,rt-auto", "w-100,h-200,fo-top"),
    "Trim": rows(ROOM, "w-300", "t-true,w-300", "t-1,w-300", "t-40,w-300", "t-99,w-300", "t-true,r-20,w-300")
    + rows(CUTOUT, "t-true,w-300,bg-gold", "t-60,w-300,bg-gold"),
    "Text": rows(
        BIRD,
        text("fs-40"),
        text("fs-40,co-white"),
        text("fs-40,co-FFFFFF50"),
        text("fs-40,co-white,al-3"),
        text("fs-40,co-FFFFFF,al-3"),
        text("fs-40,co-white,tg-b"),
        text("fs-40,co-white,tg-i"),
        text("fs-40,co-white,tg-b_i_strikethrough"),
        text("fs-40,ff-Lobster,co-white"),
        text("fs-40,ff-Open%20Sans,co-white"),
        text("fs-40,ff-PT%20Mono,co-white"),
        text("fs-40,ff-No%20Such%20Font,co-white"),
        text("fs-28,bg-white,pa-10"),
        text("fs-28,bg-FFFFFF60,pa-5_30"),
        text("fs-28,bg-gold,pa-30_5_5_5,r-15"),
        text("fs-28,bg-gold,pa-10,r-max"),
        text("fs-28,bg-gold,pa-10,rt-30"),
        text("fs-28,bg-gold,pa-10,rt-N90"),
        text("fs-28,bg-gold,pa-10,fl-h"),
        text("fs-22,w-200,bg-white,ia-left", "A nuthatch climbs down a tree head first"),
        text("fs-22,w-200,bg-white,ia-center", "A nuthatch climbs down a tree head first"),
        text("fs-22,w-200,bg-white,ia-right", "A nuthatch climbs down a tree head first"),
        text("fs-22,w-200,bg-white,lh-40", "A nuthatch climbs down a tree head first"),
        text("fs-22,w-200,bg-white,lh-18", "A nuthatch climbs down a tree head first"),
        text("fs-22,w-120,bg-white,pa-12", "Waldkleiber Donaudampfschifffahrtsgesellschaft"),
        text("fs-bh_div_5,w-bw_div_2,bg-white,pa-bw_mul_0.02", "Sizes of the base"),
        text("fs-10,bg-white,pa-4", "Small print stays readable 0123456789"),
        text("fs-120,co-white"),
    ),
    "Text: scripts": rows(
        BIRD,
        *(
            text(f"fs-32,co-white,bg-00000060,pa-8{more}", words)
            for words, more in (
                ("Grüße Ærø Łódź", ""),
                ("Ελληνικά Кириллица", ",w-280"),
                ("नमस्ते दुनिया", ""),
                ("مرحبا بالعالم", ""),
                ("שלום עולם", ""),
                ("مرحبا بالعالم هذا نص طويل يلتف", ",w-180,ia-right"),
                ("日本語テキスト", ""),
                ("你好世界 안녕하세요", ",w-280"),
                ("สวัสดีชาวโลก", ""),
                ("😀🐦🌍👩‍🔬", ""),
                ("Mixed עברית and English", ",w-240"),
                ("30%25 %26 @!_-", ""),
                ("&lt;b&gt; <i>no markup<b>", ",w-280"),
            )
        ),
        f"{NEAR}:l-text,ie-TGV0J3MgdXNlIMKpLCDCriwg4oSiLCBldGM%3D,fs-32,co-white,l-end",
    ),
    "Layers: positions": rows(
        BIRD,
        *(overlay(f"w-90,lfo-{each}") for each in POSITIONS),
        *(text(f"fs-24,bg-white,lfo-{each}") for each in POSITIONS),
        overlay("w-90"),
        overlay("w-90,lx-20,ly-10"),
        overlay("w-90,lx-N20,ly-N10"),
        overlay("w-90,lx-20"),
        overlay("w-90,ly-N0"),
        overlay("w-90,lxc-150,lyc-100"),
        overlay("w-90,lx-N14,ly-14,lap-top_right"),
        overlay("w-90,lxc-0,lyc-0,lap-center"),
        overlay("w-90,lx-bw_sub_cw,ly-bh_sub_ch"),
        overlay("w-90,lx-5000,ly-5000"),
        overlay("w-500"),
    ),
    "Layers: what is done to them": rows(
        BIRD,
        overlay("w-120,h-120,c-force"),
        overlay("w-120,t-false,bg-gold"),
        overlay("w-120,t-true,bg-gold"),
        overlay("w-120,h-120,cm-pad_resize,bg-gold"),
        overlay("w-120,o-50"),
        overlay("w-120,r-max,b-5_white,bg-white", "kleiber.jpg"),
        overlay("w-120,h-120,fo-auto,r-max", "kleiber.jpg"),
        overlay("w-120,rt-20"),
        overlay("w-120,rt-20,bg-gold"),
        overlay("w-120,fl-h"),
        overlay("w-120,bl-4"),
        overlay("w-120,e-grayscale"),
        overlay("w-120,e-shadow-st-90_x-6_y-6"),
        overlay("w-120,e-gradient-from-red_to-blue"),
        overlay("w-120,e-distort-a-60"),
        overlay("w-120,e-sharpen-80"),
        overlay("w-0.2"),
        overlay("w-bw_div_2,h-bh_div_2,c-at_max"),
        overlay("w-60,dpr-2"),
        overlay("w-80:rt-90"),
        overlay("w-100", "swift.svg"),
        overlay("w-100", "earth.gif"),
        overlay("w-100,pg-9", "earth.gif"),
        overlay("w-100,pg-2", "pages.pdf"),
    ),
    "Layers: modes, blocks, nesting": rows(
        BIRD,
        overlay("w-200,lm-multiply"),
        overlay("bg-FFFFFF50,w-200,h-100,lm-multiply", "ik_canvas"),
        overlay("bg-FF000050,w-200,h-100,lm-multiply", "ik_canvas"),
        overlay("w-200,lm-cutter"),
        overlay("w-200,lm-cutout"),
        overlay("w-150,lm-cutout,lfo-bottom_right"),
        overlay("w-300,h-200,c-force,lm-displace,lx-20,ly-20,t-false", MAP),
        overlay("w-300,h-200,c-force,lm-displace,lx-0,ly-20,t-false", MAP),
        *(
            f"{NEAR}:l-image,i-ik_canvas,{each},l-end"
            for each in (
                *(
                    "bg-FF0000,w-200,h-60",
                    "bg-FF000050,w-200,h-60,r-20",
                    "bg-FF0000,al-3,w-200,h-60",
                    "bg-red,al-3,w-200,h-60",
                ),
                *(
                    "bg-00000060",
                    "w-bw,h-bh_div_4,ly-N0,e-gradient-from-F2559A_to-F27855_ld-top",
                    "bg-gold,w-100,h-100,r-max,lfo-top_right",
                ),
                "bg-gold,w-200,h-80,r-20,lfo-bottom:l-text,i-Nested,fs-30,l-end:l-image,i-kleiber-cutout.png,w-50,lfo-left,l-end",
            )
        ),
        f"{NEAR}:l-image,i-{CUTOUT},w-180,b-6_red,lfo-bottom_left,l-image,i-{SWIFT},w-60,lfo-top_right,l-end,l-end",
        f"{NEAR}:l-image,i-{CUTOUT},w-100,lfo-left,l-end,l-image,i-{SWIFT},w-100,lfo-center,l-end,l-text,i-3,fs-80,lfo-right,l-end",
        f"{NEAR}:l-image,i-{BIRD},w-200,l-image,i-{CUTOUT},w-120,l-text,i-deep,fs-30,co-red,l-end,l-end,l-end",
        f"{NEAR}:l-text,i-Caption,fs-20,w-bw_sub_20,co-white,bg-00000070,pa-6_10,ly-N0,lx-0,ia-left,l-end",
    ),
    "Conditions and expressions": rows(
        BIRD,
        "if-ar_gt_1,w-300,if-else,w-100,if-end",
        "if-iar_lt_1,w-300,if-else,w-100,if-end",
        "w-300:if-h_lt_200_and_w_eq_300,e-grayscale:rt-10,if-else,bl-10,if-end",
        "h-200,w-200:b-cw_mul_0.05_yellow",
        "w-ih_div_10,h-ih_div_10",
    ),
    "Formats": [
        *rows(BIRD, *(f"w-300,f-{each}" for each in ("auto", "jpg", "png", "webp", "avif"))),
        *rows(
            BIRD,
            "w-300,f-jpg,q-5",
            "w-300,f-webp,q-5",
            "w-300,f-avif,q-5",
            "w-300,lo-true",
            "w-300,f-jpg,pr-true",
            "w-300,f-png,lo-true",
        ),
        *rows(BIRD, "w-300", accept="image/*"),
        *rows(BIRD, "w-300", accept="image/avif,image/webp,image/*"),
        *rows(CUTOUT, *(f"w-300,f-{each}" for each in ("jpg", "png", "webp", "avif"))),
    ],
    "Animations, drawings and documents": [
        *rows(
            EARTH,
            "w-120",
            "w-120,f-gif",
            "w-120,h-120,r-max",
            "w-120,e-grayscale",
            "w-160,bl-3",
            "w-120,b-5_red",
            "w-120,rt-20",
        ),
        *rows(EARTH, "w-200:l-text,i-Earth,fs-30,co-white,l-end", "w-200:l-image,i-swift.svg,w-60,lfo-top_left,l-end"),
        *rows(EARTH, "w-200", "w-200,pg-6", "w-200,pg-12", suffix="/ik-thumbnail.jpg"),
        *rows(
            SWIFT, "w-300", "w-300,f-png", "w-300,f-jpg", "w-300,f-jpg,bg-pink", "w-1200,f-png:cm-extract,w-300,h-200"
        ),
        *rows(PAGES, "w-200", "w-200,pg-2", "w-200,dn-30", suffix="/ik-thumbnail.jpg"),
    ],
    "A grey original with transparency": rows(
        GREY,
        *(
            "w-300",
            "w-300,bg-teal",
            "w-300,b-10_red",
            "w-300,e-colorize-co-red_in-40",
            "w-300,cr-FF0000_30",
            "w-300,bl-5",
        ),
        *("w-300,e-shadow-st-80", "w-300:l-image,i-swift.svg,w-80,lfo-left,l-end:l-text,i-Hello,fs-50,co-red,l-end"),
    ),
    "Combinations": rows(
        BIRD,
        f"{NEAR}:e-contrast,e-sharpen,r-20:b-6_white:rt-N5:e-shadow-st-60",
        "w-240,h-320,fo-auto,e-grayscale:l-image,i-ik_canvas,bg-2A9D8F60,w-bw,h-bh,l-end:l-text,i-POSTER,fs-50,tg-b,co-white,lfo-bottom,l-end",
        "w-300,h-300,cm-pad_resize,bg-blurred:l-text,i-@kleiber,fs-18,co-white,lx-N10,ly-N10,l-end",
        "w-200,h-200,fo-auto,r-max:e-shadow-st-80_bl-10_x-5_y-5",
        "n-thumb",
        "n-thumb,e-grayscale",
    ),
}
