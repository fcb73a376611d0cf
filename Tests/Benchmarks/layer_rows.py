"""What layers cost on a photograph of 12 megapixels, beside the same picture without them."""

import statistics
from dataclasses import dataclass

from PIL import Image

from workloads import PHOTOGRAPH

LOGO = "logo-kleiber.png"
LOGO_SIZE = (480, 375)
SIZE = "w-400,f-jpg,q-80"
PICTURE = f"l-image,i-{LOGO},w-80,lx-10,ly-10,l-end"
TEXT = "l-text,i-Sitta%20europaea,fs-24,co-FFFFFF,lx-10,ly-N30,l-end"
BLOCK = "l-image,i-ik_canvas,bg-FF000080,w-400,h-20,lfo-bottom,l-end"


@dataclass(frozen=True)
class LayerWorkload:
    name: str
    transformation: str
    picture: str = PHOTOGRAPH
    count: int = 24


PLAIN = LayerWorkload("no-layer", SIZE)
ALL = LayerWorkload("three-layers", f"{SIZE}:{PICTURE},{BLOCK},{TEXT}")
# About what the picture layer makes of its file: what is left of the three layers without it is their drawing.
OVERLAY = LayerWorkload("logo-alone", "w-80,f-jpg,q-80", LOGO, 60)
WORKLOADS = [
    PLAIN,
    LayerWorkload("picture", f"{SIZE}:{PICTURE}"),
    LayerWorkload("text", f"{SIZE}:{TEXT}"),
    LayerWorkload("colour-block", f"{SIZE}:{BLOCK}"),
    ALL,
    OVERLAY,
]


def measure_layers(instance, pictures, samples, rounds, render_round):
    """`render_round` gives CPU ms per picture by program, and bytes."""
    Image.open(samples / "kleiber-cutout.png").resize(LOGO_SIZE, Image.Resampling.LANCZOS).save(pictures / LOGO)
    # The first text of a render process looks for fonts.
    render_round(instance, ALL, "first", pictures)
    costs = {workload: [] for workload in WORKLOADS}
    for round_number in range(rounds):
        for workload in WORKLOADS:
            costs[workload].append(render_round(instance, workload, round_number, pictures)[0])
    whole = {workload: statistics.median(sum(row.values()) for row in rows) for workload, rows in costs.items()}
    renders = {
        workload: statistics.median(row["apus-render"] for row in rows) for workload, rows in costs.items()
    }
    print(f"\nLayers on 12 MP → 400 px: CPU ms per picture, median of {rounds} rounds")
    print("| layers | all | renders | all to no layer |")
    print("|---|---|---|---|")
    for workload in WORKLOADS:
        ratio = f"{whole[workload] / whole[PLAIN]:.2f}"
        print(f"| {workload.name} | {whole[workload]:.1f} | {renders[workload]:.1f} | {ratio} |")
    drawing = (whole[ALL] - renders[OVERLAY]) / whole[PLAIN]
    print(f"| three-layers less the logo's own rendering | | | {drawing:.2f} |")
