"""What the gate in front of the render processes costs, and how well it knows what pictures cost."""

import os
import statistics
import subprocess

from instance import REPOSITORY
from workloads import WORKLOADS

# The cheapest picture that is made: what is added weighs most there.
CHEAPEST = "small-150-jpg"


def measure_guards(instance, program, pictures, rounds, render_round):
    """There is no switch that turns admission off. So its parts are measured by themselves, and compared with the whole
    CPU of the request that costs least."""
    workload = next(workload for workload in WORKLOADS if workload.name == CHEAPEST)
    used = [render_round(instance, workload, f"guards-{number}", pictures)[0] for number in range(rounds)]
    whole = statistics.median(1000 * sum(parts.values()) for parts in used)
    said = subprocess.run(
        [program, "guards", pictures / workload.picture], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    parts = [line.split(maxsplit=1) for line in said.splitlines()]
    print(f"\nAdmission: CPU of its parts for each picture that is made, beside all CPU of {CHEAPEST}")
    print("| part | CPU µs | % of the request |\n|---|---|---|")
    for value, name in [*parts, (sum(float(value) for value, _ in parts), "all of them")]:
        print(f"| {name} | {float(value):.2f} | {100 * float(value) / whole:.2f} |")
    print(f"| the request | {whole:.0f} | 100 |")


def measure_costs(program, pictures):
    render = REPOSITORY / ".build" / "release" / "apus-render"
    # What the processes make for libvips goes with the rest of the bench.
    environment = {**os.environ, "TMPDIR": str(pictures.parent)}
    said = subprocess.run(
        [program, render, pictures], capture_output=True, text=True, check=True, timeout=1800, env=environment
    ).stdout
    rows = [line.split(maxsplit=6) for line in said.splitlines()]
    print("\nRenders: estimated and measured, by a render process of their own")
    print("| picture | plan | lane | CPU ms | estimated | ratio | MB | estimated | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    for lane, *numbers, picture, plan in rows:
        guessed_time, time, guessed_bytes, size = (float(number) for number in numbers)
        columns = [f"{time:.0f}", f"{guessed_time:.0f}", f"{guessed_time / max(time, 1):.2f}"]
        columns += [f"{size / 1e6:.0f}", f"{guessed_bytes / 1e6:.0f}", f"{guessed_bytes / max(size, 1):.2f}"]
        print(f"| {picture} | {plan} | {lane} | " + " | ".join(columns) + " |")
