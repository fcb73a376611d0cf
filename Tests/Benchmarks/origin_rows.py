"""What it costs to have an original fetched by Apus, beside curl fetching it itself from the same server."""

import json
import statistics
import subprocess

from cache_rows import memory_of_workers, row
from hostile_origin import HostileOrigin
from instance import REPOSITORY, Instance
from web_server import WebServer

GIGABYTE = 1_000_000_000
FETCHES = 200
SLOW_FETCHES = 40
# What a client on a line of 1 Gbit/s takes.
LINE = 125_000_000


def measure_origins(folder, rounds):
    server = WebServer()
    far = HostileOrigin()
    instance = Instance(write_configuration(folder / "origins.yaml", server, far), folder / "origins-state")
    instance.up()
    try:
        print("\nOriginals through Apus, beside curl at the same server")
        print("| what | curl | Apus | ratio |\n|---|---|---|---|")
        server.put("picture.jpg", (REPOSITORY / "deploy" / "samples" / "kleiber.jpg").read_bytes(), "image/jpeg")
        latency(instance, "web", server.base, "picture.jpg", FETCHES, rounds, "a picture, as it is, ms")
        latency(instance, "far", far.base, "slow/0.02/a.jpg", SLOW_FETCHES, rounds, "the same, of a server that takes 20 ms")
        throughput(instance, server, rounds)
    finally:
        instance.down()
        server.stop()
        far.stop()


def write_configuration(path, server, far):
    configuration = {
        "accounts": [
            {
                "id": "bench",
                "privateKeys": ["private_bench"],
                "origins": [
                    {"id": "web", "type": "WEB_FOLDER", "baseUrl": server.base},
                    {"id": "far", "type": "WEB_FOLDER", "baseUrl": far.base},
                ],
                "urlEndpoints": [{"urlPrefix": "web", "origins": ["web"]}, {"urlPrefix": "far", "origins": ["far"]}],
            }
        ],
    }
    path.write_text(json.dumps(configuration))
    return path


def latency(instance, prefix, base, name, count, rounds, what):
    """Every URL is another original, so nothing is answered from a cache; all go over one connection."""
    direct, through = [], []
    for number in range(rounds):
        queries = [f"?v={number}-{index}" for index in range(count)]
        direct += times([f"{base}/{name}{query}" for query in queries])
        through += times([f"{instance.base}/bench/{prefix}/tr:orig-true/{name}{query}" for query in queries])
    compare(what, statistics.median(direct) * 1000, statistics.median(through) * 1000, "{:.2f}")


def times(urls):
    """Seconds of each transfer, without the first, which connects."""
    outputs = [argument for _ in urls for argument in ("-o", "/dev/null")]
    said = subprocess.run(
        ["curl", "-s", "-S", "-f", "-w", "%{time_total}\n", *outputs, *urls], check=True, capture_output=True, text=True
    ).stdout
    return [float(line) for line in said.split()][1:]


def throughput(instance, server, rounds):
    """A sparse file: what counts is its way."""
    with open(server.folder / "files" / "film.mp4", "wb") as file:
        file.truncate(GIGABYTE)
    before = memory_of_workers(instance)
    for what, limit in [("1 GB, MB/s", None), ("1 GB to a client that takes 125 MB/s", LINE)]:
        direct, through = [], []
        for _ in range(rounds if limit is None else 1):
            direct.append(speed(f"{server.base}/film.mp4", limit))
            through.append(speed(f"{instance.base}/bench/web/film.mp4", limit))
        compare(what, statistics.median(direct) / 1e6, statistics.median(through) / 1e6, "{:.0f}")
    row("a worker's memory before and after them, MB", f"{before / 1e6:.0f} → {memory_of_workers(instance) / 1e6:.0f} | |")


def speed(url, limit):
    options = ["--limit-rate", str(limit)] if limit else []
    said = subprocess.run(
        ["curl", "-s", "-S", "-f", "-o", "/dev/null", "-w", "%{speed_download}", *options, url],
        check=True, capture_output=True, text=True,
    ).stdout
    return float(said)


def compare(what, direct, through, form):
    print(f"| {what} | {form.format(direct)} | {form.format(through)} | {through / direct:.2f} |", flush=True)
