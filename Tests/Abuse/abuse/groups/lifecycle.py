"""Group F, second part: servers that are stopped, killed, misconfigured, or have nothing left."""

import json
import os
import resource
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from abuse.cases import Failed, LeftOut, Power, case, expect, expect_status
from abuse.groups.killing import kill
from abuse.looking import slow_picture
from abuse.processes import is_alive
from abuse.waiting import wait_for

NEEDS = (Power.CONFIGURE,)
CLIENTS = 8


class Load:
    """Clients that ask for new pictures one after the other, until the block ends."""

    def __init__(self, target, clients=CLIENTS, steps="w-{},f-png"):
        self._target, self._steps, self._word = target, steps, target.word()
        self._ended, self._lock, self._count = threading.Event(), threading.Lock(), 0
        self.outcomes = {}
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join()

    @property
    def done(self):
        with self._lock:
            return sum(self.outcomes.values())

    def failed(self, *good):
        with self._lock:
            return {outcome: count for outcome, count in self.outcomes.items() if outcome not in (good or (200,))}

    def settle(self, requests=30, seconds=40):
        goal = self.done + requests
        wait_for(lambda: self.done >= goal, seconds, f"{requests} more answers under load ({self.outcomes})")

    def _run(self):
        while not self._ended.is_set():
            with self._lock:
                self._count += 1
                number = self._count
            path = self._target.path(self._steps.format(40 + number % 500), query=f"v={self._word}{number}")
            try:
                outcome = self._target.get(path).status
            except OSError as error:
                outcome = type(error).__name__
            with self._lock:
                self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def status(target, path="/_apus/ready"):
    try:
        return target.wire.request(path).status
    except OSError:
        return 0


def is_well(target):
    """Ready, and makes pictures."""
    wait_for(lambda: status(target) == 200, 30, "the server's return")
    expect_status(target.ask("w-33", query=f"v={target.word()}"), 200, "a picture afterwards")


# --- F3, F4


@case("F3", "SIGTERM under load: what was accepted is answered, and the server ends in time", needs=NEEDS)
def terminated(target):
    with target.own() as other:
        names, answers = [slow_picture(other, 1.5) for _ in range(6)], []
        threads = [
            threading.Thread(target=lambda name=name, answers=answers: answers.append(other.at_origin(name, "w-40")))
            for name in names
        ]
        for thread in threads:
            thread.start()
        wait_for(lambda: all(other.origin.count(name) for name in names), 10, "the requests to be inside")
        supervisor = other.instance.pid("apus")
        kill(supervisor, signal.SIGTERM)
        for thread in threads:
            thread.join()
        for answer in answers:
            expect_status(answer, 200, "a request that was inside")
        expect(len(answers) == len(names), f"{len(names) - len(answers)} requests had no answer")
        wait_for(lambda: not is_alive(supervisor), other.settings.total + 5, "the server's end")
        expect_status(other.wire.request(other.path("w-77")), 503, "a picture of a server that is gone")


@case("F3", "a second start in place of the first under load: no request fails", needs=NEEDS)
def replaced(target):
    with target.own() as other, Load(other) as load:
        load.settle()
        before = other.instance.workers()
        other.instance.up()
        load.settle()
        expect(not load.failed(200, 503), f"answers: {load.outcomes}")
        expect(not set(before) & set(other.instance.workers()), "the workers are the old ones")


@case("F4", "one worker killed under load: at most what it had in hand fails, and it comes back", needs=NEEDS)
def killed_worker(target):
    with target.own() as other:
        with Load(other) as load:
            load.settle()
            before = other.instance.workers()
            kill(before[0])
            load.settle(80)
        expect(sum(load.failed().values()) <= CLIENTS, f"answers: {load.outcomes}")
        wait_for(lambda: len(other.instance.workers()) == len(before), 20, "the worker's return")
        expect(before[1] in other.instance.workers(), "the other worker was replaced, too")
        is_well(other)


@case("F4", "a request inside a killed worker is tried once more, and not a third time", needs=NEEDS)
def tried_once_more(target):
    with target.own(workers={"processes": 1, "slots": 64, "renders": 1}) as other:
        for kills, expected in ((1, (200,)), (2, (503,))):
            name, answers = slow_picture(other, 1.5), []
            thread = threading.Thread(
                target=lambda name=name, answers=answers: answers.append(other.at_origin(name, "w-40"))
            )
            thread.start()
            for count in range(1, kills + 1):
                wait_for(lambda name=name, count=count: other.origin.count(name) == count, 20, f"attempt {count}")
                kill(wait_for(other.instance.workers, 10, "a worker")[0])
            thread.join()
            expect(len(answers) == 1, "no answer")
            expect_status(answers[0], expected, f"after {kills} kills")
            is_well(other)
            expect(other.origin.count(name) == 2, f"{other.origin.count(name)} attempts after {kills} kills")


@case("F4", "one render process killed under load: at most its own picture fails, and it comes back", needs=NEEDS)
def killed_render_process(target):
    with target.own() as other:
        before = wait_for(other.instance.render_processes, 10, "render processes")
        with Load(other) as load:
            load.settle()
            for pid in before:
                kill(pid)
                load.settle(20)
        expect(sum(load.failed().values()) <= len(before), f"{len(before)} kills, answers: {load.outcomes}")
        wait_for(lambda: len(other.instance.render_processes()) >= len(before), 20, "the render processes")
        is_well(other)


# --- F5, F6


@case("F5", "a bad configuration at a reload and at a start: the old one stays, the error is told", needs=NEEDS)
def bad_reload(target):
    with target.own() as other:
        instance, path = other.instance, other.instance.configuration
        good, supervisor, workers = path.read_text(), other.instance.pid("apus"), sorted(other.instance.workers())
        bad = [
            "{", "accounts: []", good.replace('"slots": 64', '"slots": -1'), good.replace('"timeouts"', '"timeoutz"'),
            "\0\1\2", good[: len(good) // 2], good.replace('"disk"', '"none"', 1),
        ]  # fmt: skip
        for text in bad:
            path.write_text(text)
            before = len(instance.log())
            kill(supervisor, signal.SIGHUP)
            wait_for(lambda before=before: len(instance.log()) > before, 15, f"a word in the log about {text[:20]!r}")
            expect_status(other.ask("w-35", query=f"v={other.word()}"), 200, f"a picture after {text[:20]!r}")
            done = instance.up(check=False)
            expect(done.returncode != 0, f"deploy/up takes {text[:20]!r} for a configuration")
            expect_status(other.ask("w-35", query=f"v={other.word()}"), 200, f"a picture after {text[:20]!r}")
        expect(instance.pid("apus") == supervisor and is_alive(supervisor), "the server was replaced")
        expect(sorted(instance.workers()) == workers, "the workers were replaced")
        path.write_text(good)
        instance.up()
        is_well(other)


@case(
    "F6",
    "render processes that are killed again and again: starts are spaced, the server tells, and comes back",
    needs=NEEDS,
    seconds=240,
)
def killed_again_and_again(target):
    with target.own() as other:
        # What counts is how many are started in a given time.
        instance, seen, end = other.instance, set(), time.monotonic() + 6
        while time.monotonic() < end:
            for pid in instance.render_processes():
                seen.add(pid)
                kill(pid)
            time.sleep(0.02)
        expect(len(seen) < 200, f"{len(seen)} processes were started within 6 s: no pause between them")
        expect(status(other, "/_apus/live") == 200, "live is not 200")
        wait_for(lambda: other.ask("w-36", query=f"v={other.word()}").status == 200, 40, "a picture afterwards")
        is_well(other)
        return f"{len(seen)} render processes killed within 6 s"


@case(
    "F6",
    "workers that are killed again and again: spaced starts, 503 with Retry-After meanwhile, and back",
    needs=NEEDS,
    seconds=240,
)
def workers_killed_again_and_again(target):
    with target.own() as other:
        # What counts is how many are started in a given time.
        instance, seen, answers, end = other.instance, set(), [], time.monotonic() + 6
        cached = other.path("w-90")
        while time.monotonic() < end:
            for pid in instance.workers():
                seen.add(pid)
                kill(pid)
            with suppress(OSError):
                answers.append(other.get(cached))
            time.sleep(0.02)
        expect(len(seen) < 200, f"{len(seen)} workers were started within 6 s: no pause between them")
        bad = [answer for answer in answers if answer.status not in (200, 503)]
        expect(not bad, f"meanwhile: {bad[:1] and str(bad[0])}")
        is_well(other)
        return f"{len(seen)} workers killed within 6 s"


# --- F7


@contextmanager
def small_disk(target, megabytes):
    """A folder, and a prefix for scripts that makes it a disk of that size, for what they start alone."""
    folder = target.deployment.folder / f"disk{target.word()}"
    folder.mkdir()
    script = 'mount -t tmpfs -o size="$0"m none "$1" && shift && exec "$@"'
    prefix = ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(megabytes), str(folder))
    done = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LeftOut(f"a small disk cannot be made here: {done.stderr.strip()}")
    yield folder, prefix


@case("F7", "a full disk under the store: pictures are made all the same", needs=NEEDS)
def full_disk(target):
    with small_disk(target, 1) as (folder, prefix):
        changes = {"store": {"type": "DISK", "path": str(folder), "maxBytes": "1GB"}, "prefix": prefix}
        with target.own(**changes) as other:
            for number in range(60):
                answer = other.ask(f"w-{600 + number},f-png,q-99", query=f"v={other.word()}")
                expect_status(answer, 200, f"picture {number} with a full disk")
            for number in range(10):
                expect_status(other.ask(f"w-{600 + number},f-png,q-99"), 200, "another with a full disk")
            is_well(other)


@case("F7", "no descriptors left in a worker: 200, 404 or 503, and all well once there are some again", needs=NEEDS)
def no_descriptors(target):
    with target.own(workers={"processes": 1, "slots": 64, "renders": 1}) as other:
        [worker] = other.instance.workers()

        def many_at_once():
            names = [slow_picture(other) for _ in range(40)]
            with ThreadPoolExecutor(40) as pool:
                return list(pool.map(lambda name: other.at_origin(name, "w-40"), names))

        many_at_once()  # Kept connections, which are no leak.
        usual, now = resource.prlimit(worker, resource.RLIMIT_NOFILE), other.instance.descriptors(worker)
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (now - 30, usual[1]))
        try:
            for answer in many_at_once():
                expect(answer.status in (200, 404, 503), f"without descriptors: {answer}")
        finally:
            resource.prlimit(worker, resource.RLIMIT_NOFILE, usual)
        wait_for(
            lambda: other.at_origin(other.origin.picture(), "w-40").status == 200, 40, "pictures of the origin again"
        )
        expect(other.instance.workers() == [worker], "the worker was replaced")
        is_well(other)
        many_at_once()
        after = other.instance.descriptors(worker)
        expect(after <= now + 10, f"{now} descriptors became {after}")


@case("F7", "names that cannot be resolved: 404, and what is cached or local is served", needs=NEEDS)
def no_names(target):
    def edit(configuration):
        demo = configuration["accounts"][0]
        demo["origins"].append({"id": "nowhere", "type": "WEB_FOLDER", "baseUrl": "http://origin.invalid"})
        demo["urlEndpoints"].append({"urlPrefix": "nowhere", "origins": ["nowhere"]})
        demo["urlEndpoints"].append({"urlPrefix": "both", "origins": ["nowhere", "disk"]})

    with target.own(edit=edit) as other:
        for number in range(5):
            answer = other.ask(f"w-{40 + number}", "a.jpg", "/demo/nowhere")
            expect_status(answer, 404, "an origin without address", error=("UNIDENTIFIED", "ETIMEDOUT"))
        expect_status(other.ask("w-40", endpoint="/demo/both"), 200, "the next origin")
        is_well(other)


# --- F9, F10, F12


@case("F10", "health while Redis, the render processes or all workers are away", needs=NEEDS)
def health(target):
    with target.own() as other:
        instance = other.instance
        expect(status(other, "/_apus/live") == 200 and status(other) == 200, "not well at the start")
        redis = instance.pid("redis")
        os.kill(redis, signal.SIGSTOP)
        try:
            for _ in range(5):
                expect(status(other, "/_apus/live") == 200, "live is not 200 while Redis hangs")
                expect(status(other) == 200, "ready is not 200 while Redis hangs, though pictures can be made")
                expect_status(other.ask("w-40", query=f"v={other.word()}"), 200, "a picture while Redis hangs")
        finally:
            os.kill(redis, signal.SIGCONT)
        is_well(other)


FORGED = '{"time":"2000-01-01T00:00:00+00:00","status":200,"forged":true}'
NASTY = [
    f"%0A{FORGED.replace('{', '%7B').replace('}', '%7D')}", "a%0d%0aforged-line", "%1b[2Jclear", "%00nul",
    "%E2%80%AErtl", "%22,%22forged%22:%22yes",
]  # fmt: skip


@case(
    "F12",
    "what strangers write into paths and headers forges no line of the logs, and signatures and keys stand in none",
    needs=NEEDS,
)
def logs(target):
    with target.own() as other:
        for nasty in NASTY:
            for path in (
                f"/demo/{nasty}.jpg",
                f"/demo/tr:w-{nasty}/kleiber.jpg",
                f"/demo/kleiber.jpg?tr=w-40&x={nasty}",
                f"/demo/web/{nasty}",
            ):
                with suppress(OSError):
                    other.wire.request(path, headers={"Referer": f"http://x/{nasty}"})
        for value in (b"\x1b[2J\x07", b'"}\\",{"forged":true}', b"a\tb\x7f", "ünïcode\u202e".encode(), b"\xff\xfe"):
            with suppress(OSError):
                other.wire.request(
                    "/demo/tr:w-41/kleiber.jpg",
                    headers={"User-Agent": value, "Referer": value, "X-Forwarded-For": value},
                )
        signed = other.signed("tr:w-42/kleiber.jpg")
        expect_status(other.get(signed), 200, "a signed picture")
        secret = signed.rpartition("ik-s=")[2]
        wait_for(lambda: "tr:w-42/kleiber.jpg" in other.instance.log("access.log"), 20, "the last line of the log")
        for name in ("apus.log", "access.log", "nginx-error.log"):
            data = (other.instance.state / name).read_bytes()
            # 127 stands for itself in JSON, and does nothing.
            bad = {byte for byte in data if byte < 32 and byte not in (9, 10)}
            expect(not bad, f"{name} has control characters {sorted(bad)}")
            text = data.decode(errors="replace")
            expect(
                "\n" + FORGED not in text and "\nforged-line" not in text, f"{name} has a line that a stranger wrote"
            )
            expect(secret not in text, f"{name} has a signature")
            expect(other.settings.key not in text and other.settings.older_key not in text, f"{name} has a key")
        for line in (other.instance.state / "access.log").read_text(errors="replace").splitlines():
            try:
                expect("forged" not in json.loads(line), f"a field that a stranger wrote: {line[:200]}")
            except ValueError:
                raise Failed(f"access.log has a line that is no JSON: {line[:200]}") from None
