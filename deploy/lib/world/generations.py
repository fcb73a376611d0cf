"""What city nodes are told of purges: a number in the key of what they keep, which a purge raises."""

import re

from world.settings import FIGURES

MOST_RULES = 1000


class Generations:
    """The number under which each URL is kept. The newest rule stands first, and the first that fits holds."""

    def __init__(self) -> None:
        self.base = self._last = 1
        self._rules = []

    def raise_all(self) -> None:
        self._last += 1
        self.base, self._rules = self._last, []

    def add(self, account: str, path: str) -> None:
        """What was made of the original with that path, or of all that begin so where it ends in `*`."""
        self._last += 1
        hosts = [host for endpoint in FIGURES["accounts"][account]["endpoints"] for host in endpoint.get("hosts", [])]
        places = "|".join([f"[^/]*/{account}", *map(re.escape, hosts)])
        end = re.escape(path[:-1]) if path.endswith("*") else re.escape(path) + "$"
        self._rules.insert(0, f'"~^(?:{places})/(?:.*/)?{end}" {self._last};\n')
        if len(self._rules) > MOST_RULES:
            self.raise_all()

    @property
    def text(self) -> str:
        return "".join(self._rules)
