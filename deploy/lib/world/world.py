"""The world as a whole: what `up` starts and `down` ends, and how the tests and the report act on it."""

import base64
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import http_client
from http_client import Answer
from instance import wait_for

from world import configuration, control, members, namespaces
from world.members import Origin, Part, Region
from world.network import TUNNEL, Network
from world.parallel import in_parallel
from world.settings import CITIES, FIGURES, HUB, NODES, ORIGINS, PLACES, REGIONS

COMPLETED_SECONDS = 60
HEALTHY_SECONDS = 30
# Six installations at once would wait for each other on two processors.
STARTED_AT_ONCE = 3


class World:
    host = FIGURES["sharedHost"]

    def __init__(self, state: Path) -> None:
        self.state = state
        self._config = state / "world.yaml"
        self.network = Network()
        self.relay = Part(state, "relay", TUNNEL)
        self._origins = Part(state, "origins")
        self.nodes = Part(state, "nodes", state / "nodes")
        self.origins = {name: Origin(name, self._origins) for name in ORIGINS}
        self.regions = {
            name: Region(place, self._config, state / "regions" / name) for name, place in REGIONS.items()
        }
        self.cities = [members.city(name) for name in CITIES]
        self.accounts = [members.account(name) for name in FIGURES["accounts"]]

    # --- the whole

    def up(self, say: Callable[[str], None]) -> None:
        """Idempotent: what runs already is replaced or left as it is."""
        if not self.is_up:
            # What a crash left.
            self.down()
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.network.make():
            say(f"made {len(PLACES) + 1} network namespaces")
        for part in (self.relay, self._origins):
            part.start()
        say(f"starting {len(REGIONS)} regions")
        self.renew()
        say(f"starting a node in {len(CITIES)} cities")
        self.nodes.start()
        self.wait_until_healthy()

    def down(self) -> None:
        """Everything that belongs to it, whatever state it is in."""
        # The drivers of nodes first: they would find each region down in turn.
        if control.is_there(self.nodes.socket):
            self.network.end_processes([HUB, *(place.namespace for place in NODES.values())])
        try:
            self._each_region(Region.down, at_once=len(REGIONS))
        finally:
            # Also when a region's own way to end failed.
            self.network.remove()
        for part in (self.relay, self._origins, self.nodes):
            part.socket.unlink(missing_ok=True)

    @property
    def is_up(self) -> bool:
        return all(control.is_there(part.socket) for part in (self.relay, self._origins, self.nodes))

    def begin_again(self, home_routing: bool = True) -> None:
        """All caches and stores empty, with home regions or without; returns when every region is ready."""
        self._each_region(Region.down, at_once=len(REGIONS))
        for region in self.regions.values():
            region.empty()
        configuration.write(self._config, home_routing=home_routing)
        self._each_region(Region.up)
        self.nodes.ask("empty")
        self.wait_until_healthy()

    def renew(self, **changes: object) -> None:
        """All regions with a configuration that differs so from the usual one. To replace those that run is mostly
        waiting."""
        configuration.write(self._config, **changes)
        self._each_region(Region.up, at_once=len(REGIONS) if self.is_up else STARTED_AT_ONCE)

    def _each_region(self, act: Callable[[Region], None], at_once: int = STARTED_AT_ONCE) -> None:
        regions = list(self.regions.values())
        for first in range(0, len(regions), at_once):
            in_parallel(act, regions[first : first + at_once])

    def wait_until_healthy(self, city: str | None = None, regions: Iterable[str] = REGIONS) -> None:
        """Until the nodes (or that city's) think exactly these regions healthy."""

        def agrees() -> bool:
            seen = self.nodes.ask("health")
            return all(set(seen[name]) == set(regions) for name in ([city] if city else seen))

        wait_for(agrees, HEALTHY_SECONDS, "the nodes' opinion of the regions")

    # --- requests

    def get(self, source: str, address: str, path: str, host: str | None = None, **options: object) -> Answer:
        """One request from a namespace to `10.77.0.N:PORT`, by default for the shared host."""
        target, _, port = address.partition(":")
        timeout = options.pop("timeout", 30)
        headers = {"Host": host or self.host, **options.pop("headers", {})}
        return http_client.request(
            int(port), path, headers=headers, timeout=timeout,
            connect=lambda _: namespaces.connected(source, target, int(port), timeout), **options,
        )

    def ask_region(self, name: str, path: str, **options: object) -> Answer:
        """A request at a region's own door."""
        region = self.regions[name]
        return self.get(region.namespace, region.address, path, **options)

    # --- purges

    def enter_purge(self, account: str, path: str, region: str | None = None, prefix: str = "shop") -> str:
        """Enters a purge of the original `path` (or of those that begin so, with `*` at its end) and returns its id."""
        url = f"http://{self.host}/{account}/{prefix}/{path}"
        answer = self._api(account, region, "/v1/files/purge", "POST", {"url": url})
        assert answer.status == 201, (answer, answer.body)
        return json.loads(answer.body)["requestId"]

    def purge_status(self, account: str, request_id: str, region: str | None = None) -> str:
        answer = self._api(account, region, f"/v1/files/purge/{request_id}", "GET")
        assert answer.status == 200, (answer, answer.body)
        return json.loads(answer.body)["status"]

    def purge(self, account: str, path: str, region: str | None = None, prefix: str = "shop") -> float:
        """Returns when the purge is completed and the nodes have been told; the seconds that took."""
        begun = time.monotonic()
        request_id = self.enter_purge(account, path, region, prefix)
        wait_for(
            lambda: self.purge_status(account, request_id, region) == "Completed",
            COMPLETED_SECONDS, f"the end of purge {request_id}",
        )
        self.nodes.ask("purge", account=account, path=path)
        return time.monotonic() - begun

    def _api(self, account: str, region: str | None, path: str, method: str, body: dict | None = None) -> Answer:
        word = base64.b64encode(f"{configuration.private_key(account)}:".encode()).decode()
        headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
        region = region or FIGURES["accounts"][account]["home"]
        content = None if body is None else json.dumps(body).encode()
        return self.ask_region(region, path, method=method, headers=headers, body=content)
