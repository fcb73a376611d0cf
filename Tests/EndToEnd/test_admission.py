"""Who is let in to the render processes: pictures of 100 megapixels are made while thumbnails go on, who finds no place
says so at once, and what no memory could hold is refused before it is decoded. What counts is who ends before whom."""

import os
import platform
import re
import signal
import threading
from pathlib import Path

import pytest
from PIL import Image

from instance import wait_for
from prometheus import metrics

HUGE = (11_600, 8_600)
SMALL = "tr:w-64,f-jpg"
# Small in its bytes and whole in memory while it is decoded: six bytes for each pixel.
HUGE_PLAN = "tr:w-300,f-jpg"
LIMITS = {"sourceBytes": "40MB", "sourcePixels": "100MP", "outputPixels": "50MP"}
TIMES = {"total": "50s", "render": "45s", "firstByte": "2s", "connect": "1s", "stall": "2s"}


@pytest.fixture(scope="module")
def huge(folder):
    """Names of originals of 100 megapixels; each is asked for by one test."""
    picture = Image.new("RGB", HUGE, "#336699")
    picture.paste("#ffcc00", (1000, 1000, 9000, 7000))
    picture.save(folder / "huge.jpg", quality=60, progressive=True)

    def name(number):
        link = folder / f"huge-{number}.jpg"
        if not link.exists():
            link.hardlink_to(folder / "huge.jpg")
        return link.name

    yield name
    for path in folder.glob("huge*.jpg"):
        path.unlink()


class Requests:
    """Requests at once, and their answers in the order in which they came."""

    def __init__(self, instance):
        self.instance = instance
        self.ended = []
        self._lock = threading.Lock()
        self._threads = []

    def start(self, path):
        thread = threading.Thread(target=self._ask, args=(path,))
        self._threads.append(thread)
        thread.start()

    def _ask(self, path):
        answer = self.instance.get(path, timeout=60)
        with self._lock:
            self.ended.append(answer)

    def wait(self):
        for thread in self._threads:
            thread.join()
        return self.ended


def metric(instance, name, **labels):
    return metrics(instance)[name, labels]


def test_thumbnails_go_on_while_huge_pictures_cook(own_apus, huge):
    apus = own_apus("cook", workers={"processes": 1, "slots": 64, "renders": 1}, limits=LIMITS, timeouts=TIMES)
    assert len(wait_for(lambda: len(apus.render_processes()) == 2 and apus.render_processes())) == 2
    slow = Requests(apus)
    for number in range(5):
        slow.start(f"/demo/{HUGE_PLAN}/{huge(f'cook-{number}')}")
    wait_for(lambda: metric(apus, "apus_render_waiting_jobs", lane="heavy") >= 3, what="huge pictures that wait")
    for number in range(8):
        assert apus.get(f"/demo/tr:w-{40 + number},f-jpg/quadrants.jpg").status == 200
    still_waiting = metric(apus, "apus_render_waiting_jobs", lane="heavy")
    assert still_waiting >= 1, "all huge pictures were made before the thumbnails"
    ended = slow.wait()
    assert [answer.status for answer in ended] == [200] * 5
    assert metric(apus, "apus_render_jobs_total", lane="heavy") == 5
    assert metric(apus, "apus_render_jobs_total", lane="fast") >= 8


def test_who_finds_no_place_to_wait_is_told_before_the_origin_is_asked(own_apus, origin, unique):
    # Eight may wait, and four of them fetch from one origin: they come one after the other.
    apus = own_apus("shed", workers={"processes": 1, "slots": 16, "renders": 1}, limits=LIMITS, timeouts=TIMES)
    stopped = wait_for(lambda: len(apus.render_processes()) == 2 and apus.render_processes(), what="render processes")
    name = unique()
    waiting = Requests(apus)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        for number in range(8):
            waiting.start(f"/demo/web/{SMALL}/ok/{name}-waits-{number}.jpg")
            wait_for(
                lambda: metric(apus, "apus_render_waiting_jobs", lane="fast") == number, what=f"{number} that wait"
            )
            wait_for(lambda: origin.count(name) == number + 1, what="its original")
        answer = apus.get(f"/demo/web/{SMALL}/ok/{name}-late.jpg")
        assert answer.status == 503
        assert answer["ik-error"].startswith("EAGAIN")
        assert 1 <= int(answer["Retry-After"]) <= 60
        assert origin.count(name) == 8
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    assert [answer.status for answer in waiting.wait()] == [200] * 8


def test_what_no_memory_could_hold_is_refused_before_it_is_decoded(own_apus, huge):
    apus = own_apus(
        "narrow", workers={"processes": 1, "slots": 64, "renders": 1, "memory": "256MB"}, limits=LIMITS, timeouts=TIMES
    )
    answer = apus.get(f"/demo/{HUGE_PLAN}/{huge('narrow')}")
    assert answer.status == 400
    assert answer["ik-error"].startswith("ELIMIT")
    assert "workers.memory" in answer["ik-error"]
    assert metric(apus, "apus_render_jobs_total") == 0
    assert apus.get(f"/demo/{SMALL}/quadrants.jpg").status == 200


def test_a_picture_of_too_many_pixels_is_told_so_whatever_the_memory(own_apus, huge):
    apus = own_apus(
        "few-pixels", workers={"processes": 1, "slots": 64, "renders": 1, "memory": "256MB"},
        limits=LIMITS | {"sourcePixels": "60MP"}, timeouts=TIMES,
    )  # fmt: skip
    name = huge("few-pixels")
    layer = f"l-image,i-{name},w-20,l-end"
    for path, speaker in ((name, ""), (f"{SMALL}/{name}", ""), (f"tr:w-99,{layer}/quadrants.jpg", "layer's picture")):
        answer = apus.get(f"/demo/{path}")
        assert (answer.status, answer.error) == (400, "ELIMIT"), (path, answer)
        assert answer["ik-error"].endswith("The original has more than 60000000 pixels."), (path, answer)
        assert speaker in answer["ik-error"]


NEEDS_METRONOME = tuple(map(int, re.match(r"(\d+)\.(\d+)", platform.release()).groups())) >= (6, 6)
PROCESSORS = len(os.sched_getaffinity(0))


@pytest.mark.parametrize("renders", sorted({1, PROCESSORS}))
def test_a_thread_on_each_processor_ends_turns_of_renders_that_may_fill_them_all(own_apus, renders):
    apus = own_apus(f"metronome-{renders}", workers={"processes": 1, "slots": 16, "renders": renders})
    assert apus.get(f"/demo/{SMALL}/quadrants.jpg").status == 200
    threads = [name for worker in apus.workers() for name in thread_names(worker)]
    assert "render-keeper" in threads
    assert threads.count("metronome") == (PROCESSORS if NEEDS_METRONOME and renders == PROCESSORS else 0)


def thread_names(process):
    return [path.read_text().strip() for path in Path(f"/proc/{process}/task").glob("*/comm")]
