"""What a picture that takes over a render process, or kills it, can do to the rest: nothing."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

import pictures

PATIENT = {"total": "60s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "50s"}
# Seconds of work for an encoder, whatever the machine.
SLOW = "w-1600,h-1600,c-force,f-avif,q-95"


def noisy(folder, name):
    (folder / name).write_bytes(pictures.jpeg(pictures.noise(400, 400)))
    return name


def status_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def ticks(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def at_work(instance, before):
    """The render process that has worked since `before` (ticks by pid) as no start or small picture makes it."""
    busy = [pid for pid in instance.render_processes() if ticks(pid) > before.get(pid, 0) + 25]
    return busy[0] if len(busy) == 1 else None


class Asked:
    """A request on a thread of its own."""

    def __init__(self, instance, path):
        self.answer = None
        self._thread = threading.Thread(target=self._ask, args=(instance, path))
        self._thread.start()

    def _ask(self, instance, path):
        self.answer = instance.get(path, timeout=90)

    def wait(self):
        self._thread.join()
        return self.answer


def asked_and_killed(instance, eventually, path, times, number=signal.SIGSEGV):
    """The answer, after the process that was at it was killed so many times."""
    killed = set()
    before = {pid: ticks(pid) for pid in instance.render_processes()}
    asked = Asked(instance, path)
    for count in range(times):
        victim = eventually(lambda: at_work(instance, before), what=f"work to kill, {count + 1}")
        assert victim not in killed
        killed.add(victim)
        os.kill(victim, number)
        # Else it would be taken for the busy one, as a corpse.
        eventually(lambda: victim not in instance.render_processes(), what="its end")
    return asked.wait()


def is_quarantined(answer):
    return answer.status == 400 and answer["ik-error"].startswith("ELIMIT") and "quarantine" in answer["ik-error"]


def is_of_picture(answer):
    """Whether it says that other pictures of the original may well be made."""
    assert is_quarantined(answer), answer
    return answer["ik-error"].startswith("ELIMIT - This transformation of the original is in quarantine:")


@pytest.fixture
def contained(own_apus):
    return own_apus("contained", timeouts=PATIENT, workers={"processes": 2, "slots": 64, "renders": 2})


def is_locked_in(pid):
    try:
        status = status_of(pid)
    except OSError:
        return False
    return (
        (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        and int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    )


def test_render_processes_are_locked_in(apus, eventually):
    """Those that have only just been started are about to be."""
    assert apus.render_processes()
    eventually(lambda: all(is_locked_in(pid) for pid in apus.render_processes()), what="all to be locked in")


def test_ready_tells_what_they_have_given_up(apus):
    answer = apus.get("/_apus/ready")
    first, second = answer.body.decode().splitlines()
    assert first == "ready"
    assert second.startswith("render processes: files ") and second.endswith("sockets and programs by seccomp")


def test_an_original_that_kills_twice_is_left_alone(contained, folder, eventually):
    poison, other = noisy(folder, "poison.jpg"), noisy(folder, "wholesome.jpg")
    assert is_quarantined(asked_and_killed(contained, eventually, f"/demo/tr:{SLOW}/{poison}", 2))
    eventually(lambda: len(contained.render_processes()) >= 2, what="new processes")
    processes = contained.render_processes()
    # Every other picture of it, by both workers, without a look at it.
    for width in range(20, 30):
        answer = contained.get(f"/demo/tr:w-{width}/{poison}")
        assert is_quarantined(answer) and not is_of_picture(answer), (width, answer)
        assert contained.get(f"/demo/tr:w-{width}/{other}").status == 200
    assert contained.get(f"/demo/tr:orig-true/{poison}").status == 200
    assert set(processes) <= set(contained.render_processes())
    # It outlives the workers.
    for worker in contained.workers():
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: contained.get("/_apus/ready").status == 200, what="the workers' return")
    assert is_quarantined(contained.get(f"/demo/tr:w-31/{poison}"))
    # A new state of the original is judged anew.
    (folder / poison).write_bytes(pictures.jpeg(pictures.quadrants()))
    assert eventually(lambda: contained.get(f"/demo/tr:w-32/{poison}").status == 200, what="the new state")


def test_one_death_is_forgiven(contained, folder, eventually):
    name = noisy(folder, "unlucky.jpg")
    answer = asked_and_killed(contained, eventually, f"/demo/tr:{SLOW}/{name}", 1, signal.SIGKILL)
    assert answer.status == 200
    assert contained.get(f"/demo/tr:w-33/{name}").status == 200


def test_what_is_killed_from_outside_locks_out_that_picture_alone(contained, folder, eventually):
    """As the kernel does where memory runs out, whoever has used it up."""
    name = noisy(folder, "large.jpg")
    assert is_of_picture(asked_and_killed(contained, eventually, f"/demo/tr:{SLOW}/{name}", 2, signal.SIGKILL))
    assert is_of_picture(contained.get(f"/demo/tr:{SLOW}/{name}"))
    assert contained.get(f"/demo/tr:w-34/{name}").status == 200


def test_processes_that_are_killed_while_idle_say_nothing(contained, folder, eventually):
    name = noisy(folder, "innocent.jpg")
    for width in range(40, 46):
        for pid in contained.render_processes():
            os.kill(pid, signal.SIGKILL)
        answer = contained.get(f"/demo/tr:w-{width}/{name}")
        assert answer.status == 200, (width, answer)


def test_many_poisons_leave_the_others_working(contained, folder, eventually):
    """Each costs two processes; the others get their pictures all the time."""
    good = noisy(folder, "good.jpg")
    names = [noisy(folder, f"poison-{number}.jpg") for number in range(4)]
    answers, stopped = [], threading.Event()

    def ask():
        width = 50
        while not stopped.is_set():
            width += 1
            answers.append(contained.get(f"/demo/tr:w-{width}/{good}").status)
            time.sleep(0.05)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for name in names:
            assert is_quarantined(asked_and_killed(contained, eventually, f"/demo/tr:{SLOW}/{name}", 2))
    finally:
        stopped.set()
        thread.join()
    assert set(answers) == {200}, answers
    eventually(lambda: len(contained.render_processes()) >= 2, what="new processes", seconds=5)


def test_loaders_that_are_off(own_apus, folder):
    instance = own_apus("loaders", loaders={"svg": False, "pdf": False, "heic": False})
    for name, kind in (("drawing.svg", "SVG"), ("quadrants.heic", "HEIC")):
        answer = instance.get(f"/demo/tr:w-40,f-png/{name}")
        assert answer.status == 400, name
        assert answer["ik-error"] == f"EINVAL - Originals of kind {kind} are not available."
    for name in ("unnamed.txt", "unnamed.jpg", "unnamed"):
        (folder / name).write_bytes((folder / "drawing.svg").read_bytes())
        assert instance.get(f"/demo/{name}")["ik-error"] == "EINVAL - Originals of kind SVG are not available.", name
    (folder / "off.pdf").write_bytes(page(10))
    assert instance.get("/demo/off.pdf").body == page(10)
    assert instance.get("/demo/tr:w-40/off.pdf")["ik-error"] == "EINVAL - Originals of kind PDF are not available."
    assert instance.get("/demo/tr:w-40,f-avif/quadrants.jpg").status == 200
    assert instance.get("/demo/tr:w-40,f-png/quadrants.avif").status == 200
    assert instance.get("/_apus/ready").status == 200


def page(side):
    """A PDF with a picture of that many pixels a side on it, of which nothing is there but its size."""
    picture = f"/Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceGray/BitsPerComponent 8"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 64 64]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        "<</Length 23>> stream\n64 0 0 64 0 0 cm /I Do \nendstream",
        f"<<{picture}/Length 0>> stream\n\nendstream",
    ]
    body = "".join(f"{number} 0 obj {text} endobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer <</Root 1 0 R>>\n".encode()


def test_a_page_that_takes_too_much_memory_is_refused_and_not_in_quarantine(contained, folder):
    (folder / "small.pdf").write_bytes(page(2_000))
    (folder / "large.pdf").write_bytes(page(25_000))
    assert contained.get("/demo/tr:w-40,f-png/small.pdf").status == 200
    for width in range(40, 44):
        answer = contained.get(f"/demo/tr:w-{width},f-png/large.pdf")
        assert answer.status == 400, answer
        assert answer["ik-error"].startswith("ELIMIT"), answer["ik-error"]
        assert "MB of memory." in answer["ik-error"], answer["ik-error"]
    assert contained.get("/demo/tr:w-41,f-png/small.pdf").status == 200
