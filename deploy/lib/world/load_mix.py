"""The mix of requests: which variant is asked for where and when. Seeded: the same names give the same requests."""

import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Request(NamedTuple):
    """One request to make, seconds after the run began."""

    due: float
    object: int
    variant: int


# What a shop asks of one photograph: a tile, a list, a page, a large view.
TRANSFORMATIONS = ("w-160,h-160", "w-240", "w-320,q-70", "w-400")


@dataclass(frozen=True)
class Mix:
    """Objects by Zipf's law (the k-th most wanted has a weight of k^-exponent), and a few variants of each."""

    seed: int = 6
    objects: int = 1500
    exponent: float = 1.1
    variant_shares: tuple[float, ...] = (0.4, 0.3, 0.2, 0.1)

    @cached_property
    def ranking(self) -> list[int]:
        """Object numbers, the most wanted first; shuffled, so that rank says nothing of account or origin."""
        numbers = list(range(self.objects))
        random.Random(f"{self.seed} ranking").shuffle(numbers)
        return numbers

    @cached_property
    def object_shares(self) -> list[float]:
        """By rank; sums to 1."""
        weights = [rank**-self.exponent for rank in range(1, self.objects + 1)]
        total = sum(weights)
        return [weight / total for weight in weights]

    @cached_property
    def variant_probabilities(self) -> list[float]:
        """Of every variant of every object."""
        total = sum(self.variant_shares)
        return [share * part / total for share in self.object_shares for part in self.variant_shares]

    @cached_property
    def _cumulative(self) -> list[float]:
        return list(itertools.accumulate(self.object_shares))

    def picked(self, dice: random.Random) -> tuple[int, int]:
        """An object and a variant of it."""
        rank = dice.choices(range(self.objects), cum_weights=self._cumulative)[0]
        variant = dice.choices(range(len(self.variant_shares)), weights=self.variant_shares)[0]
        return self.ranking[rank], variant

    def schedule(self, name: str, city: str, rate: float, begin: float, end: float) -> list[Request]:
        """Requests of one city between two moments, `rate` a second, independent of each other (Poisson)."""
        if rate <= 0:
            return []
        dice = random.Random(f"{self.seed} {name} {city}")
        requests, due = [], begin + dice.expovariate(rate)
        while due < end:
            requests.append(Request(due, *self.picked(dice)))
            due += dice.expovariate(rate)
        return requests

    def history(self, city: str, requests: int, begin: float, end: float) -> list[Request]:
        """What `requests` earlier requests of a city asked for, each variant once, evenly between two moments.

        A cache holds the same after these as after all of them. The most wanted come first.
        """
        dice = random.Random(f"{self.seed} history {city}")
        wanted = dict.fromkeys(self.picked(dice) for _ in range(requests))
        step = (end - begin) / max(1, len(wanted))
        return [Request(begin + number * step, *pair) for number, pair in enumerate(wanted)]


def unseen_share(probabilities: Iterable[float], requests: float) -> float:
    """The share of requests that ask for what none of `requests` earlier ones at the same cache asked for."""
    return sum(share * (1 - share) ** requests for share in probabilities)
