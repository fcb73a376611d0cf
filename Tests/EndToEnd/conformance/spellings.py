"""§17.13: what the SDKs emit. The parser understands all of it; what needs a model or a film is refused by name."""

from conformance.assets import MEDIUM, SCENE
from conformance.checks import refused, size, stored_bytes, succeeds
from conformance.row import row

SUBTITLES = (
    "l-subtitles,i-subtitle.srt,lx-10,ly-20,lso-5,leo-15,ldu-10,bg-red,co-0000ff,ff-Arial,fol-2_A1CCDD50,"
    "fsh-A1CCDD_3,l-end"
)
CANVAS = "l-image,i-ik_canvas,bg-FF0000,lx-10,ly-20,w-200,h-100,al-0.5,bg-red,e-gradient,r-max,l-end"
EVERYTHING = (
    "h-300,w-400,ar-4-3,q-40,c-force,cm-extract,fo-left,f-jpeg,r-50,bg-A94D34,b-5-A94D34,rt-90,bl-10,n-some_name,"
    "pr-true,lo-true,t-5,md-true,cp-true,di-folder@@file.jpg,dpr-3,x-10,y-20,xc-30,yc-40,fl-h,o-0.8,z-2,vc-h264,"
    "ac-aac,so-5,eo-15,du-10,sr-1440_1080,e-grayscale,e-contrast,e-sharpen-10,e-usm-2-2-0.8-0.024,"
    "e-shadow-bl-15_st-40_x-10_y-N5,e-gradient-from-red_to-white,orig-true,pg-2_4,h-200,w-300,"
    "l-image,i-logo.png,l-end"
)
RESPONSIVE_WIDTHS = (16, 32, 48, 64, 96, 128, 256, 384, 640, 750, 828, 1080, 1200, 1920, 2048, 3840)


def accepted(*texts):
    return [row(0, MEDIUM, text, "SDK", succeeds) for text in texts]


def turned_down(key, *texts):
    return [row(0, MEDIUM, text, "SDK", refused(key)) for text in texts]


def at_most(width):
    width = min(width, 1280)
    return size(width, int(width * 853 / 1280 + 0.5))


ROWS = [
    *accepted("di-", "di-test_path.jpg,e-shadow", "t-true", "t-5", "c-at_max", "ar-4_3", "ar-iar_div_2", "fo-face"),
    *accepted("xc-30", "yc-40", "e-gradient-from-red_to-white", CANVAS),
    # Lists of pages are layers of PSD files, which are not decoded.
    *turned_down("pg", "pg-2_4"),
    *turned_down("sr", "sr-1440_1080"),
    *turned_down("e-dropshadow", "e-dropshadow", "e-dropshadow-az-45"),
    *turned_down("e-bgremove", "e-bgremove", "h-300:e-bgremove:w-640,c-at_max"),
    *turned_down("e-removedotbg", "e-removedotbg"),
    *turned_down("e-upscale", "e-upscale"),
    *turned_down("e-retouch", "e-retouch"),
    *turned_down("e-genvar", "e-genvar"),
    *turned_down("e-changebg", "e-changebg-prompt-car"),
    *turned_down("e-edit", "e-edit-prompt-make%20it%20vintage"),
    *turned_down("l-subtitles", SUBTITLES),
    *turned_down("l-video", "l-video,i-play-pause-loop.mp4,l-end"),
    *(row(0, SCENE, f"w-{width},c-at_max", "SDK", at_most(width)) for width in RESPONSIVE_WIDTHS),
    row(0, MEDIUM, EVERYTHING, "SDK", stored_bytes()),
]
