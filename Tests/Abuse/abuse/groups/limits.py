"""Group D, third part: transformations at their limits."""

import itertools
import time

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.files import jpegs, of_case, pngs
from abuse.groups.serving import SLACK_SECONDS, expect_outcome, put, try_file
from abuse.pictures import kind_of

NEEDS = (Power.ORIGIN,)

STEPS_OF_ALL_KINDS = """
    w-1,h-1 w-0.0001 h-0.5 r-max bl-100 rt-45 rt-90 w-10,h-10,cm-pad_resize,bg-00FF00 w-10,h-10,cm-extract t-true t-99
    w-10,h-10,fo-auto e-shadow e-sharpen e-gradient e-distort-a-180 b-5_FF0000 o-0 z-9,fo-auto w-10,h-10,c-at_max
    w-10,h-10,c-force ar-1-1000,w-10 ar-1000-1,w-10 w-2000 h-2000 e-usm-2-2-0.8-0.024
"""


@case("D20", "1×1, 1×65535 and 65535×1 under every step: a picture or 400", needs=NEEDS, seconds=400)
def thin_pictures(target):
    rows = itertools.product(of_case("D20"), STEPS_OF_ALL_KINDS.split())
    for_each(rows, lambda file, steps: try_file(target, file, f"{steps},f-png"))


WINDOWS = """
    w-10,h-10,cm-extract,x-99999,y-99999 w-10,h-10,cm-extract,x-N50,y-N50 w-0,h-0,cm-extract
    w-65535,h-65535,cm-extract,x-5 w-10,h-10,cm-extract,xc-0,yc-0 w-10,h-10,cm-extract,xc-999999,yc-999999
    w-10,h-10,cm-extract,x-2147483647,y-2147483647 w-10,h-10,cm-extract,x-9223372036854775807
    w-10,h-10,cm-extract,x-N9223372036854775808 t-true:t-true:t-true t-99 w-1,h-1,cm-extract:t-true:w-100
    w-iw_mul_0,h-10,cm-extract w-iw_sub_iw,h-5 z-0.0001,fo-auto,w-10,h-10 z-100000,fo-auto,w-9,h-9
    w-10,h-10,cm-extract,x-iw,y-ih w-10,h-10,cm-pad_extract,x-N9999999
    w-10,h-10,fo-bottom_right,cm-extract:w-10,h-10,cm-extract,x-10
"""


@case("D21", "windows outside of the picture, of no area, or that leave nothing: a picture or 400", needs=(Power.OPEN,))
def windows(target):
    for_each(
        WINDOWS.split(),
        lambda one: expect_status(target.ask(f"{one},f-png"), (200, 400), one, error=("EINVAL", "ELIMIT")),
    )


# PIXEL stands for a picture of one pixel.
REFUSED = ["w-65535,h-65535,c-force", "w-65535,h-65535,cm-pad_resize", "w-30000,h-30000,c-force,dpr-5"]
LARGE = """
    dpr-5,w-4000 bl-1e6 bl-100,w-6000,h-6000,c-force rt-0.0001 rt-45,w-6000,h-6000,c-force w-1e9
    w-99999999999999999999 e-shadow-bl-100_st-100_x-100_y-100,w-5000,h-5000,c-force b-99999_FF0000 r-99999999
    e-usm-1000-1000-1000-1000 e-distort-p-0_0_65535_0_65535_65535_0_65535 w-7000,h-7000,c-force,f-avif
    w-7000,h-7000,c-force,bl-100,e-sharpen,e-shadow,f-webp,lo-true bg-blurred_100_255,w-6000,h-6000,cm-pad_resize
    l-image,i-PIXEL,w-20000,h-20000,l-end l-text,i-a,w-99999,pa-99999,l-end e-gradient-sp-1,w-7000,h-7000,c-force
"""
# Words, and the size of their letters.
TEXTS = [("a", 10_000), ("a", 2**31), ("a" * 6000, 100), ("A" * 1500, 500), ("Hello%20World", 3000)]


@case(
    "D22",
    "the largest sizes, blurs, texts and turns: within the limits of the output, or 400 that names them",
    needs=NEEDS,
    seconds=600,
)
def largest_outputs(target):
    pixel = put(target, pngs.plain(1, 1), "a.png")
    large = put(target, jpegs.flat(9600, 9600), "a.jpg")
    either = [steps.replace("PIXEL", pixel) for steps in LARGE.split()]
    either += [f"w-3000,h-3000,c-force,l-text,i-{words},fs-{size},l-end" for words, size in TEXTS]

    def act(steps, expected, original):
        started = time.monotonic()
        answer = target.at_origin(original, steps, seconds=target.settings.total + 20)
        what = steps[:60]
        expect_outcome(answer, expected, what)
        expect(time.monotonic() - started < target.settings.total + SLACK_SECONDS, f"{what}: too late")
        if answer.error == "ELIMIT":
            has_number = any(letter.isdigit() for letter in answer["ik-error"])
            expect(has_number, f"{what}: does not say which limit: {answer['ik-error']}")

    rows = [(steps, {"ELIMIT", "EINVAL"}, pixel) for steps in REFUSED]
    rows += [(steps, {"200", "ELIMIT", "EINVAL", "503"}, one) for steps in either for one in (pixel, large)]
    for_each(rows, act)


@case("D22", "a text of a megabyte never reaches a renderer", needs=(Power.OPEN,))
def endless_text(target):
    answer = target.ask(f"l-text,i-{'a' * 1_000_000},l-end")
    expect_status(answer, (400, 414), "a text of a megabyte")


SIZES = ["f-{}", "f-{},w-65535,h-2,c-force", "f-{},w-16384,h-3,c-force", "f-{},h-65535,w-2,c-force"]


@case("D23", "sides beyond what a format can hold: another format, or 400", needs=NEEDS, seconds=300)
def format_limits(target):
    row = put(target, pngs.plain(65535, 1), "a.png")
    column = put(target, pngs.plain(1, 65535), "a.png")
    for kind, name, form in itertools.product(("webp", "avif", "jpg", "gif", "png"), (row, column), SIZES):
        steps = form.format(kind)
        answer = target.at_origin(name, steps, seconds=target.settings.total + 20)
        expect_outcome(answer, {"200", "EINVAL", "ELIMIT"}, steps)
        expect(answer.status != 200 or kind_of(answer.body), f"{steps}: bytes of no kind")
