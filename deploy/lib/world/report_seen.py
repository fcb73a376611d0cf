"""Everything that was measured, by the parts of the runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from world import figures
from world.figures import within
from world.load_mix import Mix
from world.report_record import Record
from world.samples import Sample

RUN_TITLES = {"home": "through nodes", "direct": "without nodes", "nearest": "without home regions"}
PHASE_TITLES = {
    "cold": "from empty caches",
    "history": "earlier requests",
    "steady": "steady",
    "outage": "a region away",
    "back": "region back",
    "purge": "purge",
    "direct": "without nodes",
    "nearest": "without home regions, from empty",
}


@dataclass(frozen=True)
class Seen:
    """Everything that was measured."""

    record: Record
    runs: Mapping[str, list[Sample]]

    @property
    def mix(self) -> Mix:
        return Mix(seed=self.record.seed)

    def phase(self, name: str) -> list[Sample]:
        phase = self.record.phase(name)
        return within(self.runs.get(phase.run, []), phase) if phase else []

    @cached_property
    def everything(self) -> list[Sample]:
        """Of the run through nodes, with outage, return and purge, without the part that is faster than real time."""
        history = self.record.phase("history")
        return [
            each
            for each in self.runs.get("home", [])
            if history is None or not history.begin <= each.time < history.end
        ]

    @property
    def machine(self) -> figures.Machine:
        """In the steady part."""
        steady = self.record.phase("steady")
        moments = [
            each
            for each in self.record.moments
            if steady and each.run == "home" and steady.begin <= each.time < steady.end
        ]
        return figures.machine(moments, self.phase("steady"), self.record.cities)
