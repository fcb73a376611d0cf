"""§17.14: video, which Apus does not make."""

from conformance.row import LeftOut

VIDEO = "video"
FILM = "sample-video.mp4"

ROWS = [
    LeftOut(243, "VI", "w-300", VIDEO, name=FILM),
    LeftOut(244, "VI", f"/{FILM}/ik-thumbnail.jpg", VIDEO),
    LeftOut(245, "VI", f"/{FILM}/ik-thumbnail.jpg?tr=so-5", VIDEO),
    LeftOut(246, "VI", f"/{FILM}/ik-master.m3u8?tr=sr-240_360_480_720_1080", VIDEO),
    LeftOut(247, "VI", f"/{FILM}/ik-master.mpd?tr=sr-240_360_480", VIDEO),
    LeftOut(248, "VI", "/video-no-extension_X9my06BI-/ik-video.mp4/ik-thumbnail.jpg?tr=w-100", VIDEO),
    LeftOut(249, "VI", "/gif-test.gif/ik-gif-video.mp4", VIDEO),
    LeftOut(250, "VI", "w-200,rt-90", VIDEO, name=FILM),
    LeftOut(251, "VI", "b-15_5587d9", VIDEO, name=FILM),
    LeftOut(252, "VI", "not ready within 15 s", VIDEO),
]
