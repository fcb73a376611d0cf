"""All that a report is made of besides samples: what ran when, and what was counted. Kept as JSON beside the page."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class CityFacts:
    name: str
    place: str  # its name for people
    share: float  # of all requests
    node_round_trip: float  # ms to the node in the same city
    round_trips: dict[str, float]  # ms to each region

    @property
    def nearest(self) -> str:
        return min(self.round_trips, key=self.round_trips.__getitem__)

    @property
    def distance(self) -> float:
        """Round trip to the nearest region, ms."""
        return self.round_trips[self.nearest]


@dataclass(frozen=True)
class Phase:
    """Part of a run. Of the run "home": cold, history, steady, outage, back, purge; others are named as theirs."""

    name: str
    run: str
    begin: float  # seconds since the run began
    end: float


@dataclass(frozen=True)
class Event:
    run: str
    time: float
    text: str


@dataclass(frozen=True)
class Moment:
    """What was counted at one moment; counters go on from the run's begin."""

    run: str
    time: float
    busy: float  # share of all cores since the last moment
    origin_bytes: int
    origin_requests: int


@dataclass(frozen=True)
class PurgeFacts:
    """One purged object: when its original was changed, and when the purge was Completed and the nodes told."""

    object: int
    changed: float
    completed: float


@dataclass
class Record:
    seed: int
    rate: float
    history: int  # earlier requests whose copies were made before the steady part
    cores: int
    date: str
    killed: str  # the region that was killed
    regions: dict[str, str]  # name, place
    homes: dict[str, str]  # account, home region
    between: dict[str, dict[str, float]]  # round trips of regions, ms
    cities: list[CityFacts]
    phases: list[Phase] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    purges: list[PurgeFacts] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # steps that could not be carried out

    def phase(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1))

    @staticmethod
    def load(path: Path) -> "Record":
        values = json.loads(path.read_text())
        parts = {
            "cities": CityFacts,
            "phases": Phase,
            "events": Event,
            "moments": Moment,
            "purges": PurgeFacts,
        }
        for name, kind in parts.items():
            values[name] = [kind(**each) for each in values[name]]
        return Record(**values)
