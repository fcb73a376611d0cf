"""What was seen of one request, and files of them."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TextIO


class Sample(NamedTuple):
    """One request as its user saw it. Times are seconds since the run began; `ms` ends with the last byte."""

    time: float
    city: str
    object: int
    variant: int
    status: int  # 0: no whole answer
    ms: float
    late: float  # ms that the load itself began after it was due
    tier: str
    answered: str  # the region that answered; the city's node for tier "node"
    made: str  # the region that made the bytes
    stale: bool
    bytes: int
    checksum: int
    connected: bool  # this request paid for a new connection
    problem: str = ""

    @property
    def failed(self) -> bool:
        return self.status != 200


# Where an answer came from, nearest first. "checked": the node's copy after it asked the region whether it still holds.
TIERS = ("node", "checked", "edge", "redis", "store", "region", "render", "origin", "none")
# Caches near the user: the city's node and those of the region that answered.
NEAR_TIERS = frozenset(("node", "checked", "edge", "redis", "store"))

_NODE_TIERS = {"HIT": "node", "STALE": "node", "UPDATING": "node", "REVALIDATED": "checked"}


def tier_of(node_cache: str | None, apus_cache: str | None) -> str:
    """The tier by what the city's node says of its cache and what the region said."""
    if node_cache in _NODE_TIERS:
        return _NODE_TIERS[node_cache]
    return apus_cache if apus_cache in TIERS else "none"


def row(sample: Sample) -> list[str]:
    """A sample as text, as short as it can be without losing what is measured."""
    numbers = f"{sample.time:.4f}", f"{sample.ms:.2f}", f"{sample.late:.2f}"
    return [
        numbers[0],
        sample.city,
        str(sample.object),
        str(sample.variant),
        str(sample.status),
        numbers[1],
        numbers[2],
        sample.tier,
        sample.answered,
        sample.made,
        str(int(sample.stale)),
        str(sample.bytes),
        str(sample.checksum),
        str(int(sample.connected)),
        sample.problem,
    ]


def from_row(texts: list[str]) -> Sample:
    time, city, number, variant, status, ms, late, tier, answered, made, stale, size, checksum, connected, problem = (
        texts
    )
    return Sample(
        float(time),
        city,
        int(number),
        int(variant),
        int(status),
        float(ms),
        float(late),
        tier,
        answered,
        made,
        stale == "1",
        int(size),
        int(checksum),
        connected == "1",
        problem,
    )


def read(lines: Iterable[str]) -> list[Sample]:
    """All samples of comma-separated lines; a header is passed over."""
    return [from_row(texts) for texts in csv.reader(lines) if texts and texts[0] != Sample._fields[0]]


def write(file: TextIO, samples: Iterable[Sample]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(Sample._fields)
    writer.writerows(row(sample) for sample in samples)


def load(path: Path) -> list[Sample]:
    with path.open(newline="") as file:
        return read(file)


def save(path: Path, samples: Iterable[Sample]) -> None:
    with path.open("w", newline="") as file:
        write(file, samples)
