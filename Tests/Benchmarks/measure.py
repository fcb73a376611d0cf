"""Measures a running Apus: CPU time per rendered picture beside bare libvips, and answers per second from the edge
cache and from Redis beside nginx sending the same bytes from a file; and how long a request takes to be read. Run by
deploy/bench."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import http_client
from admission_rows import measure_flood, measure_overload
from cache_rows import measure_cache
from instance import REPOSITORY, Instance, name_of, session_of, wait_for
from guard_rows import measure_costs, measure_guards
from layer_rows import measure_layers
from origin_rows import measure_origins
from ports import free_port
from workloads import WORKLOADS, collect_pictures

CONNECTIONS = 4
OVERLOAD_SECONDS = 20
WRK_CONNECTIONS = 16
TICK = os.sysconf("SC_CLK_TCK")
HOT_TRANSFORMATION = "w-400,h-300,f-jpg,q-80"


# --- CPU time


def cpu_seconds(instance):
    """CPU time so far of every process of the instance and its ended children, by program."""
    seconds = defaultdict(float)
    for part in ("nginx", "apus", "redis-keeper"):
        try:
            members = session_of(instance.pid(part))
        except FileNotFoundError:
            continue
        for pid in members:
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            program = name_of(pid) if part == "apus" else part.removesuffix("-keeper")
            seconds[program] += sum(map(int, fields[11:15])) / TICK
    return seconds


def spent(before, after):
    return {program: after[program] - before.get(program, 0.0) for program in after}


# --- rendering


def render_round(instance, workload, round_number, pictures):
    """Asks for as many never seen originals as the workload says; returns CPU ms per picture by program, and bytes."""
    names = []
    for number in range(workload.count):
        # A hard link is another original with the same bytes.
        name = f"{workload.name}-{round_number}-{number}{Path(workload.picture).suffix}"
        os.link(pictures / workload.picture, pictures / name)
        names.append(name)
    sizes = []
    before = cpu_seconds(instance)
    ask_in_parallel(instance, [f"/bench/tr:{workload.transformation}/{name}" for name in names], sizes)
    used = spent(before, cpu_seconds(instance))
    for name in names:
        (pictures / name).unlink()
    return {program: 1000 * seconds / workload.count for program, seconds in used.items()}, statistics.median(sizes)


def ask_in_parallel(instance, paths, sizes):
    todo = iter(paths)
    lock = threading.Lock()
    failures = []

    def run():
        while True:
            with lock:
                path = next(todo, None)
            if path is None:
                return
            answer = instance.get(path)
            if answer.status != 200 or answer.cache != "render":
                failures.append((path, answer, answer.cache))
            sizes.append(len(answer.body))

    threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"bench: unexpected answer: {failures[0]}")


def bare_round(program, workload, pictures):
    """CPU ms per picture and bytes of the bare libvips calls."""
    arguments = [
        pictures / workload.picture,
        workload.count,
        workload.width,
        workload.height,
        workload.format,
        workload.quality,
    ]
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=300)
    milliseconds, size = done.stdout.split()
    return float(milliseconds), int(size)


def measure_rendering(instance, bare, pictures, rounds):
    apus, plain, sizes = defaultdict(list), defaultdict(list), {}
    for round_number in range(rounds):
        for workload in WORKLOADS:
            used, size = render_round(instance, workload, round_number, pictures)
            milliseconds, plain_size = bare_round(bare, workload, pictures)
            apus[workload.name].append(used)
            plain[workload.name].append(milliseconds)
            sizes[workload.name] = (size, plain_size)
    print(f"\nCPU ms per rendered picture, {CONNECTIONS} connections, median of {rounds} rounds")
    print("| workload | all | renders | worker | nginx | Redis | bare libvips | all to bare | bytes | bare bytes |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for workload in WORKLOADS:
        rows = apus[workload.name]
        parts = [
            statistics.median(row.get(name, 0.0) for row in rows) for name in ("apus-render", "apus", "nginx", "redis")
        ]
        whole = statistics.median(sum(row.values()) for row in rows)
        alone = statistics.median(plain[workload.name])
        columns = [f"{value:.1f}" for value in (whole, *parts, alone)]
        columns += [f"{whole / alone:.2f}", *(f"{size:.0f}" for size in sizes[workload.name])]
        print(f"| {workload.name} | " + " | ".join(columns) + " |")


# --- reading


def measure_parsing(program):
    """Each of the program's lines is a request: median and slowest of all runs in µs, name."""
    said = subprocess.run([program], capture_output=True, text=True, check=True, timeout=300).stdout
    print("\nA request read, from its path to the canonical plan: CPU µs")
    print("| transformation | median | slowest |")
    print("|---|---|---|")
    for line in said.splitlines():
        median, slowest, name = line.split(maxsplit=2)
        print(f"| {name} | {median} | {slowest} |")


# --- hits


def add_bench_servers(instance, body):
    """Puts nginx/bench.conf beside the production server; returns the ports."""
    ports = {name: free_port() for name in ("static", "edge", "worker")}
    text = (REPOSITORY / "nginx" / "bench" / "bench.conf").read_text()
    for name, port in ports.items():
        text = text.replace(f"@{name}Port@", str(port))
    (instance.state / "bench").mkdir(exist_ok=True)
    (instance.state / "bench" / "variant.jpg").write_bytes(body)
    (instance.state / "nginx" / "bench" / "bench.conf").write_text(text)
    os.kill(instance.pid("nginx"), 1)
    wait_for(lambda: all(map(answers_at, ports.values())), what="nginx' bench servers")
    return ports


def answers_at(port):
    try:
        return http_client.request(port, "/variant.jpg").status
    except OSError:
        return None


def wrk(url, seconds):
    """Requests per second and their number."""
    command = ["wrk", "-t1", f"-c{WRK_CONNECTIONS}", f"-d{seconds}s", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"bench: {url}:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), int(re.search(r"(\d+) requests in", said)[1])


def measure_hits(instance, rounds, seconds):
    path = f"/bench/tr:{HOT_TRANSFORMATION}/photo3-kleiber.jpg"
    answer = instance.get(path)
    ports = add_bench_servers(instance, answer.body)
    urls = {
        "file": f"http://127.0.0.1:{ports['static']}/variant.jpg",
        "edge cache": f"http://127.0.0.1:{ports['edge']}{path}",
        "edge cache, with log": f"{instance.base}{path}",
        "worker, from Redis": f"http://127.0.0.1:{ports['worker']}{path}",
    }
    rates, costs = defaultdict(list), defaultdict(list)
    for _ in range(rounds):
        for name, url in urls.items():
            before = cpu_seconds(instance)
            rate, count = wrk(url, seconds)
            used = spent(before, cpu_seconds(instance))
            rates[name].append(rate)
            costs[name].append(1e6 * sum(used.values()) / count)
    print(
        f"\nHits: {len(answer.body)} bytes, {WRK_CONNECTIONS} kept connections, median of {rounds} rounds of {seconds} s"
    )
    print("| from | requests/s | to the file's | CPU µs per request | to the file's |")
    print("|---|---|---|---|---|")
    file_rate, file_cost = statistics.median(rates["file"]), statistics.median(costs["file"])
    for name in urls:
        rate, cost = statistics.median(rates[name]), statistics.median(costs[name])
        print(f"| {name} | {rate:.0f} | {rate / file_rate:.2f} | {cost:.0f} | {cost / file_cost:.2f} |")


# --- the whole


def write_configuration(path, pictures):
    configuration = {
        # A hit of the edge cache shall stay one while it is measured.
        "cache": {"edgeAge": "1h"},
        "accounts": [
            {
                "id": "bench",
                "publicKey": "public_bench",
                "privateKeys": ["private_bench"],
                "origins": [{"id": "disk", "type": "DISK", "path": str(pictures)}],
                "urlEndpoints": [{"urlPrefix": "", "origins": ["disk"]}],
            }
        ],
    }
    path.write_text(json.dumps(configuration))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bare", type=Path, required=True)
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("parts", nargs="*", default=[])
    options = parser.parse_args()
    pictures, samples = options.folder / "pictures", REPOSITORY / "deploy" / "samples"
    collect_pictures(pictures, options.corpus, samples)
    configuration = options.folder / "bench.yaml"
    write_configuration(configuration, pictures)
    instance = Instance(configuration, options.folder / "state")
    instance.up()
    started = time.monotonic()
    try:
        if "parse" in options.parts or not options.parts:
            measure_parsing(options.measures / "MeasureParsing")
        if "hits" in options.parts or not options.parts:
            measure_hits(instance, options.rounds, options.seconds)
        if "renders" in options.parts or not options.parts:
            measure_rendering(instance, options.bare, pictures, options.rounds)
        if "layers" in options.parts or not options.parts:
            measure_layers(instance, pictures, samples, options.rounds, render_round)
        if "cache" in options.parts or not options.parts:
            measure_cache(options.folder, pictures, add_bench_servers, options.seconds)
        if "origins" in options.parts or not options.parts:
            measure_origins(options.folder, options.rounds)
        if "guards" in options.parts or not options.parts:
            measure_guards(instance, options.measures / "MeasureCosts", pictures, options.rounds, render_round)
        if "costs" in options.parts:
            measure_costs(options.measures / "MeasureCosts", pictures)
    finally:
        instance.down()
    # With the machine to themselves.
    if "overload" in options.parts or not options.parts:
        measure_overload(options.folder, pictures, OVERLOAD_SECONDS, cpu_seconds)
    if "flood" in options.parts or not options.parts:
        measure_flood(options.folder, pictures, OVERLOAD_SECONDS, add_bench_servers)
    print(f"\n{time.monotonic() - started:.0f} s, {os.cpu_count()} processors")


main()
