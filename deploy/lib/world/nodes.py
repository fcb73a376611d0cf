"""The city nodes: one nginx for each, which of the regions it asks, and what it was told of purges."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from world import control
from world.generations import Generations
from world.health import Health
from world.settings import FIGURES, FOLDER, NODES, REGIONS, nearest_regions

CACHE_PORT, PLAIN_PORT = 80, 81
# Above the longest answer of a region (timeouts.total in configuration.py, and a second).
READ_SECONDS = 12
LOOK_SECONDS = 2.0
START_SECONDS = 20


class Node:
    """One city's nginx in its folder."""

    def __init__(self, name: str, folder: Path) -> None:
        self.place = NODES[name]
        self.folder = folder / name
        self._lock = threading.Lock()
        self._order = nearest_regions(self.place)
        self.health = {region: Health(self.place, REGIONS[region]) for region in self._order}

    def start(self, generations: Generations) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ("cache", "temporary"):
            (self.folder / part).mkdir(parents=True)
        self._fill_in(generations)
        (self.folder / "regions.conf").write_text(self._regions())
        command = ["ip", "netns", "exec", self.place.namespace, "nginx", "-p", f"{self.folder}/"]
        subprocess.run([*command, "-e", "error.log", "-c", "nginx.conf"], check=True)
        threading.Thread(target=self._watch, daemon=True).start()

    def _fill_in(self, generations: Generations) -> None:
        words = {
            "generation": generations.base, "readSeconds": READ_SECONDS,
            "cachePort": CACHE_PORT, "plainPort": PLAIN_PORT,
        }
        text = (FOLDER / "city.conf").read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", str(value))
        (self.folder / "nginx.conf").write_text(text)
        (self.folder / "groups.conf").write_text("".join(f'"{key}" {value};\n' for key, value in groups()))
        (self.folder / "generations.conf").write_text(generations.text)

    def _watch(self) -> None:
        while True:
            begun = time.monotonic()
            try:
                if any([health.look() for health in self.health.values()]):
                    with self._lock:
                        (self.folder / "regions.conf").write_text(self._regions())
                        self._reload()
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                # Whoever tells of it goes on looking.
                print(f"{self.place.name}: {error}", file=sys.stderr, flush=True)
            time.sleep(max(0.1, begun + LOOK_SECONDS - time.monotonic()))

    def healthy(self) -> list[str]:
        """The nearest first."""
        return [name for name in self._order if self.health[name].is_up]

    def _regions(self) -> str:
        """The upstreams: of what everybody may answer, the nearest healthy region first; of a custom host its home.
        What is bound has no other."""
        up = self.healthy() or self._order
        lines = [upstream("shared", up)]
        for home in sorted({account["home"] for account in FIGURES["accounts"].values()}):
            lines.append(upstream(f"home-{home}", sorted(up, key=lambda name, home=home: name != home)))
            lines.append(upstream(f"bound-{home}", [home]))
        return "".join(lines)

    def tell(self, generations: Generations) -> None:
        with self._lock:
            self._fill_in(generations)
            self._reload()

    def _reload(self) -> None:
        """Returns when the new configuration has taken over."""
        master = int((self.folder / "nginx.pid").read_text())
        old = set(_workers(master))
        subprocess.run(["kill", "-HUP", str(master)], check=True)
        until = time.monotonic() + START_SECONDS
        while not set(_workers(master)) - old:
            if time.monotonic() > until:
                raise RuntimeError(f"nginx of {self.place.name} did not take its new configuration")
            time.sleep(0.02)


def _workers(master: int) -> list[str]:
    """The workers that take new connections."""
    found = []
    for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split():
        try:
            title = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if "worker process" in title and "shutting down" not in title:
            found.append(pid)
    return found


def upstream(name: str, order: Sequence[str]) -> str:
    """The first of them, and the second where it fails; nginx would not go by order among more."""
    servers = [f"server {REGIONS[region].host}:80 max_fails=1 fail_timeout=2s" for region in order[:2]]
    lines = [servers[0], *(f"{other} backup" for other in servers[1:]), "keepalive 8"]
    return f"upstream {name} {{ {' '.join(line + ';' for line in lines)} }}\n"


def groups() -> Iterator[tuple[str, str]]:
    """Of each custom host, and each prefix whose bytes are bound, the upstream."""
    for account, its in FIGURES["accounts"].items():
        for endpoint in its["endpoints"]:
            word = "bound" if endpoint.get("residency") == "home" else "home"
            for host in endpoint.get("hosts", []):
                yield f"~^{re.escape(host)}/", f"{word}-{its['home']}"
            if word == "bound":
                yield f"~^[^/]*/{account}/{endpoint['urlPrefix']}/", f"bound-{its['home']}"


class Nodes:
    def __init__(self, folder: Path) -> None:
        self._generations = Generations()
        self._lock = threading.Lock()
        self._nodes = {name: Node(name, folder) for name in NODES}

    def start(self) -> None:
        for node in self._nodes.values():
            node.start(self._generations)

    def act(self, question: dict) -> object:
        with self._lock:
            return getattr(self, "_" + question["do"])(question)

    def _purge(self, question: dict) -> None:
        self._generations.add(question["account"], question["path"])
        self._tell()

    def _empty(self, question: dict) -> None:
        self._generations.raise_all()
        self._tell()

    def _tell(self) -> None:
        threads = [threading.Thread(target=node.tell, args=(self._generations,)) for node in self._nodes.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _health(self, question: dict) -> dict[str, list[str]]:
        """By city, the regions that it thinks healthy."""
        return {city: node.healthy() for city, node in self._nodes.items()}


def main() -> None:
    # Whoever ends this process ends each nginx too: they are found by their namespaces.
    folder, socket_path = sys.argv[1:]
    nodes = Nodes(Path(folder))
    nodes.start()
    control.serve(socket_path, nodes.act)
    threading.Event().wait()


if __name__ == "__main__":
    main()
