"""Who acts in the world, as the driver sees them: processes in the background, regions, cities, accounts, origins."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instance import Instance

from world import control, namespaces
from world.network import NetworkError, pids_in, signalled
from world.nodes import CACHE_PORT, PLAIN_PORT
from world.settings import CITIES, FIGURES, HUB, NODES, REGIONS, REPOSITORY, Place, round_trip

PART_SECONDS = 30


class Part:
    """A process in the background, in the hub; `python -m world.NAME …`."""

    def __init__(self, state: Path, name: str, *arguments: object) -> None:
        self.name, self._state = name, state
        self.socket = state / f"{name}.sock"
        self._command = ["ip", "netns", "exec", HUB, sys.executable, "-m", f"world.{name}", *map(str, arguments)]

    def start(self) -> None:
        if control.is_there(self.socket):
            return
        paths = [str(REPOSITORY / "deploy" / "lib"), str(REPOSITORY / "Tests" / "EndToEnd")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        log = self._state / f"{self.name}.log"
        with log.open("a") as output:
            process = subprocess.Popen(
                [*self._command, str(self.socket)], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, env=environment,
            )
        until = time.monotonic() + PART_SECONDS
        while not control.is_there(self.socket):
            if process.poll() is not None or time.monotonic() > until:
                raise NetworkError(f"{self.name} did not start; see {log}")
            time.sleep(0.05)

    def ask(self, do: str, /, **question: object) -> Any:
        return control.ask(self.socket, do=do, **question)


class Region:
    """One installation, by the scripts that people use, in its namespace."""

    def __init__(self, place: Place, config: Path, folder: Path) -> None:
        self.name, self.place, self.host = place.name, place.place, place.host
        self.address = f"{place.host}:80"
        self.namespace = place.namespace
        self.instance = Instance(config, folder, port=80)
        self.instance.prefix = ("ip", "netns", "exec", place.namespace)

    def up(self) -> None:
        self.instance.up("--region", self.name)

    restore = up

    def down(self) -> None:
        if namespaces.exists(self.namespace):
            self.instance.down()

    def kill(self) -> None:
        """Everything that it has, at once. Whoever was about to be started is found in the next round."""
        while pids := pids_in(self.namespace):
            signalled(pids, signal.SIGKILL)
            time.sleep(0.02)

    def empty(self) -> None:
        """All that it kept, while it is down."""
        shutil.rmtree(self.instance.state, ignore_errors=True)


@dataclass(frozen=True)
class City:
    name: str
    place: str
    share: float
    namespace: str
    # The node's addresses, with a cache and without, and how far it is.
    node: str
    plain_node: str
    node_round_trip: float
    # By region, milliseconds.
    round_trips: dict

    @property
    def nearest(self) -> str:
        return min(self.round_trips, key=self.round_trips.get)


@dataclass(frozen=True)
class Account:
    name: str
    origin: str
    home: str
    # Before the transformation in a path on the shared host.
    prefix: str
    # Numbers of the pictures for the load.
    objects: range


class Origin:
    """One place of origins, as the driver sees it."""

    def __init__(self, name: str, part: Part) -> None:
        self._name, self._part = name, part

    def told(self, word: str = "") -> dict:
        return self._part.ask("count", origin=self._name, word=word)

    @property
    def requests(self) -> int:
        return self.told()["requests"]

    @property
    def bytes(self) -> int:
        return self.told()["bytes"]

    def change(self, numbers: Iterable[int]) -> None:
        """From now on these pictures of the load have other bytes, and look otherwise."""
        self.change_words([f"{number:04}" for number in numbers])

    def change_words(self, words: Iterable[str]) -> None:
        self._part.ask("change", words=words)

    def away(self, is_away: bool) -> None:
        self._part.ask("away", origin=self._name, away=is_away)


def city(name: str) -> City:
    place, node = CITIES[name], NODES[name]
    return City(
        name, place.place, FIGURES["cities"][name]["share"], place.namespace,
        f"{node.host}:{CACHE_PORT}", f"{node.host}:{PLAIN_PORT}", round_trip(place, node),
        {region: round_trip(place, other) for region, other in REGIONS.items()},
    )


def account(name: str) -> Account:
    its = FIGURES["accounts"][name]
    return Account(name, its["origin"], its["home"], f"/{name}/shop", range(*its["objects"]))
