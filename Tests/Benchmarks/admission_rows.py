"""What happens to good traffic when there is too much of it, and when some of it is very expensive."""

import contextlib
import itertools
import json
import os
import threading
import time
from collections import Counter

from open_loop import LoneGenerator, share
from PIL import Image

from instance import Instance, children_of, wait_for
from workloads import PHOTOGRAPH

# More than fills the processors, and too few to be refused.
CLIENTS = 8
OVERLOAD = 10
HIT_RATE = 200
COLD_RATE = 4
FLOOD_CLIENTS = 12
FLOOD_SIZE = (8000, 5000)


def write_configuration(path, pictures):
    configuration = {
        "cache": {"edgeAge": "1h"},
        "accounts": [
            {
                "id": "bench",
                "privateKeys": ["private_bench"],
                "origins": [{"id": "disk", "type": "DISK", "path": str(pictures)}],
                "urlEndpoints": [{"urlPrefix": "", "origins": ["disk"]}],
            }
        ],
    }
    path.write_text(json.dumps(configuration))
    return path


def start_warm(instance):
    """As it runs for most of its life: until nginx has looked through its cache, a minute after its start, it looks for
    the file of every miss."""
    instance.up()
    nginx = instance.pid("nginx")
    wait_for(lambda: children_of(nginx, "cache loader"), what="nginx' look through its cache")
    wait_for(lambda: not children_of(nginx, "cache loader"), 120, "its end")


def row(what, result):
    print(f"| {what} | {result} |", flush=True)


def cold_paths(picture):
    """Each path is another variant, and costs the same."""
    for number in itertools.count():
        width, quality, run = 200 + number % 200, 40 + number // 200 % 55, number // 11_000
        yield f"/bench/tr:w-{width},q-{quality},f-jpg/{picture}?run={os.getpid()}-{run}"


# --- overload


def measure_overload(folder, pictures, seconds, cpu_seconds):
    """Capacity with a few clients that wait for their answers; then ten times as many requests as that, whether or not
    they are answered. The server has its processors to itself, as servers have."""
    instance = Instance(write_configuration(folder / "overload.yaml", pictures), folder / "overload-state")
    everything = os.sched_getaffinity(0)
    servers, generators = divide(everything)
    try:
        os.sched_setaffinity(0, servers)
        start_warm(instance)
        with LoneGenerator(instance.port, cold_paths(PHOTOGRAPH), generators) as generator:
            generator.run("closed_loop", CLIENTS, 2)
            start = cpu_seconds(instance)
            closed, used_before = generator.run("closed_loop", CLIENTS, seconds)
            middle = cpu_seconds(instance)
            capacity = sum(answer.status == 200 for answer in closed) / max(answer.ended for answer in closed)
            answers, used = generator.run("open_loop", OVERLOAD * capacity, seconds)
        print(f"\nOverload: thumbnails of a 12 MP JPEG, each another variant; {OVERLOAD} times the capacity for {seconds} s")
        print(f"(processors of the server: {len(servers)}; of the load generator: {len(generators)})")
        print("| what | result |\n|---|---|")
        report_overload(capacity, answers, seconds)
        end = cpu_seconds(instance)
        for what, before, after, used in (("capacity", start, middle, used_before), ("overload", middle, end, used)):
            parts = [f"{name} {100 * (after[name] - before.get(name, 0.0)) / seconds:.0f} %" for name in sorted(after)]
            row(f"processor time at {what}, of one", ", ".join(parts) + f"; the load generator {100 * used / seconds:.0f} %")
    finally:
        os.sched_setaffinity(0, everything)
        instance.down()


def divide(processors):
    """Those of the server, and the load generator's own."""
    *servers, last = sorted(processors)
    return servers or [last], [last]


def report_overload(capacity, answers, seconds):
    statuses = Counter(answer.status for answer in answers)
    # What was made of the requests of that time: the last of them end after it, and count for the time that they took.
    span = max(seconds, max((answer.ended for answer in answers if answer.status == 200), default=seconds))
    goodput = statuses[200] / span
    good = [answer.seconds for answer in answers if answer.status == 200]
    shed = [answer.seconds for answer in answers if answer.status == 503]
    retry = sorted(answer.retry_after for answer in answers if answer.status == 503)
    row(f"capacity, {CLIENTS} clients that wait", f"{capacity:.1f}/s")
    row("goodput", f"{goodput:.1f}/s, {100 * goodput / capacity:.0f} % of capacity")
    row("answers", ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
    row("200, time", f"median {share(good, 50):.0f} ms, 99 % {share(good, 99):.0f} ms")
    row("503, time", f"median {share(shed, 50):.1f} ms, 99 % {share(shed, 99):.1f} ms, longest {share(shed, 100):.0f} ms")
    if retry:
        row("Retry-After", f"{retry[0]}…{retry[-1]} s, median {retry[len(retry) // 2]} s")


# --- flood


def measure_flood(folder, pictures, seconds, add_bench_servers):
    """Thumbnails, cached and cold, without and while strangers ask for AVIFs of 40 megapixels; and nginx sending the bytes
    of a cached one from a file, which shows what of it is the kernel's: there are some (6.18) that let a process of the
    idle class end its turn, up to a tick of the clock, while nginx waits."""
    Image.open(pictures / PHOTOGRAPH).resize(FLOOD_SIZE).save(pictures / "photo40.jpg", quality=85)
    instance = Instance(write_configuration(folder / "flood.yaml", pictures), folder / "flood-state")
    try:
        start_warm(instance)
        cached = f"/bench/tr:w-300,f-jpg/{PHOTOGRAPH}"
        answer = instance.get(cached)
        assert answer.status == 200
        static = add_bench_servers(instance, answer.body)["static"]
        print(f"\nFlood: {FLOOD_CLIENTS} clients ask for AVIFs of 40 MP, {HIT_RATE} cached and {COLD_RATE} cold thumbnails a second")
        print("| what | without it, 50 % and 99 % | in the flood | 99 % to without |\n|---|---|---|---|")
        with contextlib.ExitStack() as stack:
            clients = [
                (what, stack.enter_context(LoneGenerator(port, paths, os.sched_getaffinity(0))), rate)
                for what, port, paths, rate in (
                    ("cached thumbnails", instance.port, itertools.repeat(cached), HIT_RATE),
                    ("a file of the same bytes", static, itertools.repeat("/variant.jpg"), HIT_RATE),
                    ("cold thumbnails of 12 MP", instance.port, cold_paths(PHOTOGRAPH), COLD_RATE),
                )
            ]
            alone = measure_together(clients, seconds)
            with Flood(instance) as flood:
                during = measure_together(clients, seconds)
        for what in alone:
            before, after = (share(times[what], 99) for times in (alone, during))
            columns = " | ".join(f"{share(times[what], 50):.1f}, {share(times[what], 99):.1f} ms" for times in (alone, during))
            row(what, f"{columns} | {after / before:.2f}")
        row("the flood itself", f"{dict(flood.statuses)} | |")
    finally:
        instance.down()


def measure_together(clients, seconds):
    for _, generator, rate in clients:
        generator.start("open_loop", rate, seconds)
    times = {}
    for what, generator, _ in clients:
        answers, _ = generator.finish()
        failed = Counter(answer.status for answer in answers if answer.status != 200)
        if failed:
            print(f"  {what}: not all answered 200: {dict(failed)}")
        times[what] = [answer.seconds for answer in answers if answer.status == 200]
    return times


class Flood:
    """Clients that each ask for another large picture as soon as they have an answer."""

    def __init__(self, instance):
        self.statuses = Counter()
        self._instance = instance
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(FLOOD_CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        time.sleep(3)
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number):
        for turn in itertools.count():
            if self._stopped.is_set():
                return
            width = FLOOD_SIZE[0] - number - FLOOD_CLIENTS * turn
            answer = self._instance.get(f"/bench/tr:w-{width},f-avif,q-50/photo40.jpg", timeout=60)
            self.statuses[answer.status] += 1
            # As an impatient client, not as a fool.
            if answer.status == 503:
                self._stopped.wait(0.2)
