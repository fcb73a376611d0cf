"""How cases look at pictures of one colour."""

import time

from abuse.cases import expect, expect_status
from abuse.origin import send
from abuse.pictures import colour_of, is_near, png

RED, BLUE = (200, 0, 0), (0, 0, 200)
# One Accept for each entry that an edge cache may have of a URL.
BUCKETS = ("*/*", "image/webp", "image/avif", "image/avif,image/webp")


def shows(answer, colour):
    """Whether it is a PNG with this colour in its middle."""
    return answer.status == 200 and is_near(colour_of(answer.body), colour)


def tag_of(answer, what):
    """Its ETag; it has to be a 200 with one."""
    expect_status(answer, 200, what)
    expect(answer["ETag"], f"{what} has no ETag")
    return answer["ETag"]


def slow_picture(target, seconds=1.0, colour=BLUE, width=64):
    """The name of a picture that the suite's origin takes its time for."""

    def act(_, connection):
        time.sleep(seconds)
        send(connection, png(width, 48, colour))

    return target.origin.act(act)
