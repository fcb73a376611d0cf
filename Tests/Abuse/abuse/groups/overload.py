"""Group F, first part: more than the server can do, and what still has to work meanwhile."""

import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from abuse.cases import LeftOut, Power, case, expect, expect_status
from abuse.files import jpegs, pngs
from abuse.groups.serving import put
from abuse.pictures import colour_of, is_near, png
from abuse.waiting import wait_for

# How often as much as the server can do is asked for, for how long, and how much of it this machine can ask at most.
TIMES, SECONDS, MOST_A_SECOND, CLIENTS = 10, 8, 500, 250
# Costs much more to make than to ask for.
HEAVY = "w-{},h-500,f-webp"


class Crowd:
    """Requests in open loop: at their times, whether earlier ones are answered or not."""

    def __init__(self, target):
        self._target = target
        self._lock = threading.Lock()
        self.answers = []  # (what, answer or None, seconds, when it came)

    def ask(self, what, path):
        started = time.monotonic()
        answer = None
        with suppress(OSError):
            answer = self._target.get(path, seconds=self._target.settings.total + 20)
        ended = time.monotonic()
        with self._lock:
            self.answers.append((what, answer, ended - started, ended))

    def run(self, rate, seconds, paths, what="heavy"):
        """That many requests a second, each on a thread that waits for it."""
        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as pool:
            for number in range(int(rate * seconds)):
                time.sleep(max(0.0, started + number / rate - time.monotonic()))
                pool.submit(self.ask, what, next(paths))
        return started

    def of(self, what):
        return [row for row in self.answers if row[0] == what]


def heavy_paths(target):
    """Pictures that nobody has asked for, each of a size of its own."""
    words = itertools.count(1)
    start = target.word()
    return (target.path(HEAVY.format(400 + number % 500), query=f"v={start}{number}") for number in words)


def capacity(target, seconds=4):
    """Heavy pictures a second, asked for by a few clients one after the other."""
    paths, done, end = heavy_paths(target), Counter(), time.monotonic() + seconds

    def run():
        while time.monotonic() < end:
            done[target.get(next_of(paths)).status] += 1

    lock = threading.Lock()

    def next_of(iterator):
        with lock:
            return next(iterator)

    threads = [threading.Thread(target=run) for _ in range(4)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expect(set(done) <= {200, 503}, f"four clients met {dict(done)}")
    return max(1.0, done[200] / (time.monotonic() - started))


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def milliseconds(seconds):
    return f"{seconds * 1000:.0f} ms"


def only_served_or_shed(rows, what):
    for _, answer, seconds, _ in rows:
        expect(answer is not None, f"{what}: no answer after {seconds:.1f} s")
        expect(answer.status in (200, 503), f"{what}: {answer}")
        if answer.status == 503:
            expect((answer["Retry-After"] or "").isdigit(), f"{what}: 503 without Retry-After")
            expect(1 <= int(answer["Retry-After"]) <= 120, f"{what}: come again in {answer['Retry-After']} s")


@case("F1", "ten times what the server can do: 200 or 503 with Retry-After; cached pictures and health go on",
      needs=(Power.OPEN, Power.FREE), seconds=300)  # fmt: skip
def overload(target):
    usual = capacity(target)
    rate = min(TIMES * usual, MOST_A_SECOND)
    cached = target.path("w-90,f-png")
    expect_status(target.get(cached), 200, "the picture that is cached")
    crowd, ended = Crowd(target), threading.Event()
    watched = {"cached": lambda: cached, "small": lambda: target.path("w-24,h-24", query=f"v={target.word()}")}
    if Power.OPERATIONS in target.powers:
        watched |= {"live": lambda: "/_apus/live", "ready": lambda: "/_apus/ready"}

    def watch(what, path):
        while not ended.wait(0.25):
            crowd.ask(what, path())

    watchers = [threading.Thread(target=watch, args=row) for row in watched.items()]
    for watcher in watchers:
        watcher.start()
    try:
        started = crowd.run(rate, SECONDS, heavy_paths(target))
    finally:
        ended.set()
        for watcher in watchers:
            watcher.join()
    only_served_or_shed(crowd.of("heavy"), "the flood")
    only_served_or_shed(crowd.of("small"), "a small picture meanwhile")
    for what in watched.keys() - {"small"}:
        for _, answer, _, _ in crowd.of(what):
            expect(answer is not None and answer.status == 200, f"{what} meanwhile: {answer}")
    heavy = crowd.of("heavy")
    expect(sum(one[1].status == 200 for one in heavy) > 0, "nothing at all was made")
    made = sum(one[1].status == 200 and one[3] < started + SECONDS for one in heavy)
    shed = [one[2] for one in heavy if one[1].status == 503]
    small = crowd.of("small")
    return (
        f"{usual:.0f} pictures a second are made for four clients alone, and {made / SECONDS:.0f} "
        f"({made / SECONDS / usual:.0%}) while {rate:.0f} a second are asked for; {len(shed)} requests were told 503, "
        f"half of them within {milliseconds(percentile(shed, 0.5))}, 99% within "
        f"{milliseconds(percentile(shed, 0.99))}; meanwhile "
        f"{sum(one[1].status == 200 for one in small)} of {len(small)} small pictures were made"
    )


@case(
    "F2",
    "while pictures of 40 megapixels are encoded as AVIF, small ones are made all the same",
    needs=(Power.ORIGIN,),
    seconds=300,
)
def heavy_mix(target):
    large = put(target, jpegs.flat(7700, 5200), "a.jpg")
    small = put(target, pngs.plain(120, 90), "a.png")
    paths = (
        target.path(f"w-{30 + number % 80},h-{20 + number // 80},f-jpg", small, target.settings.origin_endpoint)
        for number in itertools.count()
    )
    alone = Crowd(target)
    alone.run(15, 4, paths, "small")
    mixed, ended = Crowd(target), threading.Event()

    def cook(number):
        for step in itertools.count():
            if ended.is_set():
                return
            path = target.path(f"w-{5000 + number * 100 + step},f-avif", large, target.settings.origin_endpoint)
            mixed.ask("large", path)

    cooks = [threading.Thread(target=cook, args=(number,)) for number in range(4)]
    for thread in cooks:
        thread.start()
    wait_for(lambda: target.origin.count(large), 10, "the first of the large ones")
    mixed.run(15, 8, paths, "small")
    ended.set()
    for thread in cooks:
        thread.join()
    only_served_or_shed(alone.of("small") + mixed.of("small"), "a small picture")
    for _, answer, _, _ in mixed.of("large"):
        expect(
            answer is not None and (answer.status in (200, 503) or answer.error == "ELIMIT"), f"a large one: {answer}"
        )
    rows = mixed.of("small")
    served = sum(one[1].status == 200 for one in rows)
    expect(served >= len(rows) * 0.9, f"only {served} of {len(rows)} small pictures were made meanwhile")
    before, after = ([one[2] for one in crowd.of("small")] for crowd in (alone, mixed))
    return (
        f"small pictures: p50 {milliseconds(percentile(before, 0.5))} → {milliseconds(percentile(after, 0.5))}, "
        f"p99 {milliseconds(percentile(before, 0.99))} → {milliseconds(percentile(after, 0.99))}"
    )


@case(
    "F8", "a day of random pictures and faults: no growth, no wrong picture", needs=(Power.CONFIGURE,), seconds=200_000
)
def soak(target):
    program = target.deployment.repository / "deploy" / "soak"
    if not target.settings.soak:
        raise LeftOut("takes hours: deploy/soak, or --soak SECONDS here")
    if not program.exists():
        raise LeftOut("this clone has no deploy/soak")
    import subprocess

    done = subprocess.run(
        [str(program), "--seconds", str(target.settings.soak)], capture_output=True, text=True, check=False
    )
    expect(done.returncode == 0, f"deploy/soak ended with {done.returncode}: {(done.stdout + done.stderr)[-600:]}")


@case(
    "F9",
    "a flood of paths that do not exist: the origin is asked once for each, and others are served",
    needs=(Power.ORIGIN,),
)
def missing_paths(target):
    crowd, name = Crowd(target), f"{target.word()}.png"
    same = itertools.repeat(target.path("w-40", name, target.settings.origin_endpoint))
    crowd.run(150, 2, same, "missing")
    asked = target.origin.count(name)
    expect(
        asked <= 4 + 3 / max(1, target.settings.error_age),
        f"one missing object was asked for {asked} times by 300 requests",
    )
    word = target.word()
    different = (
        target.path("w-40", f"{word}-{number}.png", target.settings.origin_endpoint) for number in itertools.count()
    )
    crowd.run(150, 3, different, "missing")
    for _, answer, _, _ in crowd.of("missing"):
        expect(answer is not None and answer.status in (404, 429, 503), f"what is not there: {answer}")
        expect(answer.status != 404 or answer.error == "ENOENT", f"what is not there: {answer}")
    expect_status(target.at_origin(target.origin.picture(), "w-40"), (200, 429), "what is there, right after it")


@case(
    "F9",
    "one client's flood of misses is told 429 where there are limits per client; what is cached goes on",
    needs=(Power.OPEN,),
)
def limited_client(target):
    if Power.LOCAL in target.powers:
        raise LeftOut("this machine's own requests are never limited; ask from another one")
    cached = target.path("w-90,f-png")
    expect_status(target.get(cached), 200, "the picture that is cached")
    crowd, word = Crowd(target), target.word()
    crowd.run(
        MOST_A_SECOND, 6, (target.path("w-40", f"{word}-{number}.jpg") for number in itertools.count()), "missing"
    )
    limited = sum(answer is not None and answer.status == 429 for _, answer, _, _ in crowd.answers)
    if not limited:
        raise LeftOut(f"no limit was met by {len(crowd.answers)} requests within 6 s")
    for _, answer, _, _ in crowd.answers:
        expect(answer is not None and answer.status in (404, 429, 503), f"what is not there: {answer}")
    expect_status(target.get(cached), 200, "the picture that is cached, right after it")
    return f"{limited} of {len(crowd.answers)} × 429"


@case("F11", "random parameters, hosts, presets and paths make no new series of metrics", needs=(Power.OPERATIONS,))
def cardinality(target):
    def series():
        answer = target.wire.request("/_apus/metrics")
        expect_status(answer, 200, "metrics")
        return [line for line in answer.body.decode().splitlines() if line and not line.startswith("#")]

    given = target.settings
    target.ask("w-31")
    target.get(f"{target.base_path}{given.endpoint}/none.jpg")
    before, word = len(series()), f"zq{target.word()}"
    for number in range(60):
        unique = f"{word}{number}"
        for path in (
            f"{target.base_path}{given.endpoint}/tr:n-{unique}/{given.sample}",
            f"{target.base_path}{given.endpoint}/tr:{unique}-1/{given.sample}",
            f"{target.base_path}{given.endpoint}/tr:f-{unique}/{given.sample}",
            f"{target.base_path}{given.endpoint}/{unique}.{unique}",
            f"/{unique}/a.jpg",
        ):
            headers = {
                "Host": f"{unique}.example",
                "Accept": f"image/{unique}",
                "User-Agent": unique,
                "X-Forwarded-Host": unique,
            }
            target.wire.request(path, headers=headers)
    after = series()
    expect(not [line for line in after if word in line], "a word of a stranger is a label")
    expect(len(after) <= before + 40, f"{before} series became {len(after)}")


COLOURS = 180


@case(
    "F13",
    "180 pictures of a colour each, asked for at once: every answer has its own",
    needs=(Power.ORIGIN,),
    seconds=300,
)
def unique_colours(target):
    colours = [(40 * (n % 6) + 20, 40 * (n // 6 % 6) + 20, 40 * (n // 36) + 20) for n in range(COLOURS)]
    names = [target.origin.put(png(90 + n, 60, colour)) for n, colour in enumerate(colours)]
    wrong, lock, shed = [], threading.Lock(), Counter()

    def ask(job):
        number, steps = job
        for _ in range(20):
            answer = target.at_origin(names[number], steps)
            if answer.status != 503:
                break
            shed[503] += 1
            # As long as the server has asked for.
            time.sleep(min(2, int(answer["Retry-After"] or 1)))
        good = answer.status == 200 and is_near(colour_of(answer.body), colours[number], 6)
        if not good:
            with lock:
                wrong.append(
                    f"{colours[number]} as {steps}: {answer}"
                    + (f", {colour_of(answer.body)}" if answer.status == 200 else "")
                )

    steps = ("w-40,f-png", "w-70,h-30,f-png", "rt-90,f-png", "w-50,f-png", "f-png")
    jobs = [(number, one) for one in steps for number in range(COLOURS)]
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(ask, jobs))
    expect(not wrong, f"{len(wrong)} of {len(jobs)}: {'; '.join(wrong[:4])}")
    return f"{len(jobs)} answers, {shed[503]} × 503 on the way"
