"""How long each part of a report takes, and which requests it makes."""

from dataclasses import dataclass

from world.load_mix import Mix, Request


@dataclass(frozen=True)
class Plan:
    """Seconds of each phase, requests a second."""

    rate: float
    cold: float
    history: float
    history_requests: int
    steady: float
    outage: float
    back: float
    purge: float
    direct: float
    purged_objects: int = 5

    @staticmethod
    def long() -> "Plan":
        """Ten minutes of load; starting the world again comes on top."""
        return Plan(
            rate=40, cold=75, history=200, history_requests=100_000, steady=90, outage=45, back=35, purge=40, direct=60
        )

    @staticmethod
    def quick() -> "Plan":
        """For a look at the page, and to see that everything works: too short for figures to quote."""
        return Plan(
            rate=30, cold=12, history=14, history_requests=1500, steady=12, outage=10, back=8, purge=26, direct=10
        )

    # Moments of the first run.

    @property
    def history_begin(self) -> float:
        return self.cold

    @property
    def steady_begin(self) -> float:
        return self.history_begin + self.history

    @property
    def outage_begin(self) -> float:
        return self.steady_begin + self.steady

    @property
    def back_begin(self) -> float:
        return self.outage_begin + self.outage

    @property
    def purge_begin(self) -> float:
        return self.back_begin + self.back

    @property
    def end(self) -> float:
        return self.purge_begin + self.purge

    # Requests of one city, whose users make `share` of all.

    def home_requests(self, mix: Mix, city: str, share: float) -> list[Request]:
        """Of the first run: from empty caches, then what an earlier time would have left, then steady to the end."""
        return [
            *self.cold_requests(mix, city, share),
            *mix.history(city, round(self.history_requests * share), self.history_begin, self.steady_begin),
            *mix.schedule("steady", city, self.rate * share, self.steady_begin, self.end),
        ]

    def cold_requests(self, mix: Mix, city: str, share: float) -> list[Request]:
        """The same in the first run and in the one without home regions."""
        return mix.schedule("cold", city, self.rate * share, 0, self.cold)

    def direct_requests(self, mix: Mix, city: str, share: float) -> list[Request]:
        return mix.schedule("direct", city, self.rate * share, 0, self.direct)
