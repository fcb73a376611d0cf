"""What a city's node thinks of each region, by asking it every few seconds."""

import http.client

from world import namespaces
from world.settings import Place

# Much longer than the longest round trip.
PROBE_SECONDS = 1.5
# In a row; one alone says little.
FAILURES, SUCCESSES = 2, 2


class Health:
    """What one node has seen of one region."""

    def __init__(self, node: Place, region: Place) -> None:
        self._node, self._region = node, region
        self._connection = None
        self._row = 0
        self.is_up = True

    def look(self) -> bool:
        """Asks whether the region lives; returns whether the opinion changed."""
        good = self._answers()
        self._row = 0 if good == self.is_up else self._row + 1
        if self._row < (SUCCESSES if good else FAILURES):
            return False
        self.is_up, self._row = good, 0
        return True

    def _answers(self) -> bool:
        try:
            return self._asked() == 200
        except (OSError, http.client.HTTPException):
            if self._connection:
                self._connection.close()
            self._connection = None
            return False

    def _asked(self) -> int:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._region.host)
            self._connection.auto_open = 0
            self._connection.sock = namespaces.connected(self._node.namespace, self._region.host, 80, PROBE_SECONDS)
        self._connection.request("GET", "/_apus/live")
        answer = self._connection.getresponse()
        answer.read()
        if self._connection.sock is None:
            self._connection = None
        return answer.status
