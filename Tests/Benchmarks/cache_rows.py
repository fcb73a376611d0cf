"""What the internal cache costs and saves: simultaneous requests, a Redis that is away, a write storm."""

import json
import os
import re
import signal
import subprocess
import threading
from collections import namedtuple
from pathlib import Path

from hostile_origin import HostileOrigin
from instance import Instance, kill, wait_for

STORE_LIMIT = 10_000_000
STORM_THREADS = 16

Load = namedtuple("Load", "rate median ninety_nine")


def measure_cache(folder, pictures, add_bench_servers, seconds):
    origin = HostileOrigin()
    instance = Instance(write_configuration(folder / "cache.yaml", pictures, origin), folder / "cache-state")
    instance.up()
    try:
        print("\nThe internal cache, 2 worker processes")
        print("| what | result |\n|---|---|")
        cold_variant(instance, origin, seconds)
        cold_widths(instance, origin)
        write_storm(instance)
        redis_away(instance, add_bench_servers, seconds)
    finally:
        instance.down()
        origin.stop()


def write_configuration(path, pictures, origin):
    configuration = {
        "workers": {"processes": 2},
        "store": {"type": "DISK", "path": str(path.parent / "small-store"), "maxBytes": STORE_LIMIT},
        "accounts": [
            {
                "id": "bench",
                "privateKeys": ["private_bench"],
                "origins": [
                    {"id": "disk", "type": "DISK", "path": str(pictures)},
                    {"id": "web", "type": "WEB_FOLDER", "baseUrl": origin.base},
                ],
                "urlEndpoints": [{"urlPrefix": "", "origins": ["disk"]}, {"urlPrefix": "web", "origins": ["web"]}],
            }
        ],
    }
    path.write_text(json.dumps(configuration))
    return path


def row(what, result):
    print(f"| {what} | {result} |", flush=True)


def metric(instance, name, **labels):
    """The sum of a metric's series that have these labels."""
    text = instance.get("/_apus/metrics").body.decode()
    total = 0.0
    for series, value in re.findall(rf"^{name}(?:\{{(.*?)\}})? (\S+)$", text, re.MULTILINE):
        if all(f'{label}="{wanted}"' in series for label, wanted in labels.items()):
            total += float(value)
    return int(total)


def renders(instance):
    return metric(instance, "apus_renders_total", result="done")


def cold_variant(instance, origin, seconds):
    before = renders(instance)
    wrk(f"{instance.base}/bench/web/tr:w-300,f-jpg/slow/0.5/cold-variant.jpg", seconds, connections=1000)
    row(
        "1,000 simultaneous requests for one cold variant",
        f"fetches: {origin.count('cold-variant')}, renders: {renders(instance) - before}",
    )


def cold_widths(instance, origin):
    paths = [f"/bench/web/tr:w-{200 + number},f-jpg/slow/0.5/cold-widths.jpg" for number in range(50)]
    statuses = in_parallel(50, paths, lambda path: instance.get(path).status)
    row(
        "50 widths of one cold original at once",
        f"fetches: {origin.count('cold-widths')}, {statuses.count(200)} of 50 answered 200",
    )


def write_storm(instance):
    """Thousands of variants into a store of 10 MB: its size is looked at all the time."""
    store = Path(instance.configuration).parent / "small-store"
    largest = [0]
    done = threading.Event()

    def watch():
        while not done.wait(0.02):
            largest[0] = max(largest[0], size_of(store))

    before = memory_of_workers(instance)
    watcher = threading.Thread(target=watch)
    watcher.start()
    paths = [f"/bench/tr:w-{40 + number},f-png/photo3-kleiber.jpg" for number in range(400)]
    paths += [f"/bench/tr:w-{100 + number % 300},q-{10 + number % 80},f-jpg/photo3-kleiber.jpg" for number in range(1600)]
    statuses = in_parallel(STORM_THREADS, paths, lambda path: instance.get(path).status)
    done.set()
    watcher.join()
    evicted = metric(instance, "apus_store_evictions_total")
    row(
        f"write storm: {len(paths)} variants into a store of {STORE_LIMIT / 1e6:.0f} MB",
        f"never above {largest[0] / 1e6:.1f} MB, {evicted} evicted, {statuses.count(200)} answered 200",
    )
    after = memory_of_workers(instance)
    row("memory of a worker before and after that storm", f"{before / 1e6:.1f} → {after / 1e6:.1f} MB (PSS)")


def redis_away(instance, add_bench_servers, seconds):
    """Latency through a worker, without edge cache, while Redis answers, hangs and is dead; then from the store."""
    path = "/bench/tr:w-400,h-300,f-jpg,q-80/photo3-kleiber.jpg"
    body = instance.get(path).body
    url = f"http://127.0.0.1:{add_bench_servers(instance, body)['worker']}{path}"
    loads = {"answers": wrk(url, seconds)}
    redis, keeper = instance.pid("redis"), instance.pid("redis-keeper")
    os.kill(redis, signal.SIGSTOP)
    loads["hangs"] = wrk(url, seconds)
    kill(keeper)
    kill(redis)
    wait_for(lambda: not Path(f"/proc/{redis}").exists(), what="Redis' end")
    loads["is dead"] = wrk(url, seconds)
    for state, load in loads.items():
        row(
            f"a hit of the internal cache while Redis {state}",
            f"{load.rate:.0f}/s, median {load.median} ms, 99 % {load.ninety_nine} ms",
        )


def size_of(folder):
    try:
        said = subprocess.run(["du", "-s", "--block-size=1", folder], capture_output=True, text=True, check=False)
        return int(said.stdout.split()[0])
    except (IndexError, ValueError):
        return 0


def memory_of_workers(instance):
    """Mean proportional set size in bytes."""
    sizes = []
    for pid in instance.workers():
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        sizes.append(1024 * int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]))
    return sum(sizes) / len(sizes)


def in_parallel(count, items, work):
    todo, results, lock = iter(items), [], threading.Lock()

    def run():
        while True:
            with lock:
                item = next(todo, None)
            if item is None:
                return
            results.append(work(item))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def wrk(url, seconds, connections=16):
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"bench: {url}:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    return Load(rate, latency(said, 50), latency(said, 99))


def latency(said, share):
    """A percentile in milliseconds."""
    value, unit = re.search(rf"\b{share}%\s+([\d.]+)(us|ms|s)\b", said).groups()
    return round(float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit], 2)
