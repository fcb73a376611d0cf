"""The namespaces, their cables and the hub: made, and removed again by what is written down of them."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from world import namespaces
from world.settings import FIGURES, HUB, HUB_ADDRESS, PLACES, Place

BRIDGE, TUNNEL = "apus0", "tun0"
TABLE = "100"
# So that only what was made here is removed.
RECORD = Path("/run/apusw.namespaces")
COMPLETE = "complete"
HUB_SETTINGS = {
    "net/ipv4/ip_forward": 1,
    "net/ipv4/conf/all/rp_filter": 0,
    "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv4/conf/all/send_redirects": 0,
    "net/ipv4/conf/default/send_redirects": 0,
}


class NetworkError(Exception):
    """A sentence for people."""


def ip(*words: str, namespace: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
    return _run(["ip", *(["-n", namespace] if namespace else []), *words], check=check)


def _batch(namespace: str, lines: Sequence[str]) -> None:
    _run(["ip", "-n", namespace, "-batch", "-"], text="\n".join(lines))


def _run(command: Sequence[str], text: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    if check and done.returncode != 0:
        raise NetworkError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done


class Network:
    """What was made is written down where it goes with the machine's memory, as namespaces do."""

    def recorded(self) -> list[str]:
        """The namespaces, and at last `COMPLETE`."""
        return RECORD.read_text().split() if RECORD.exists() else []

    def make(self) -> bool:
        """Returns whether there was anything to make."""
        own = set(self.recorded())
        names = [HUB, *(place.namespace for place in PLACES.values())]
        strangers = [name for name in names if namespaces.exists(name) and name not in own]
        if strangers:
            raise NetworkError(f"the network namespace {strangers[0]} is another's; if nobody's, `ip netns del` it")
        if COMPLETE in own and all(namespaces.exists(name) for name in names):
            return False
        self.remove()
        # Written before anything is made: what does not exist is no trouble to `remove`.
        RECORD.write_text("\n".join(names) + "\n")
        for name in names:
            ip("netns", "add", name)
        self._make_hub()
        for place in PLACES.values():
            self._connect(place)
        with RECORD.open("a") as file:
            file.write(f"{COMPLETE}\n")
        return True

    def _make_hub(self) -> None:
        mtu = FIGURES["network"]["mtu"]
        with namespaces.inside(HUB):
            for name, value in HUB_SETTINGS.items():
                with open(f"/proc/sys/{name}", "w") as file:
                    file.write(str(value))
        _batch(HUB, [
            "link set lo up",
            f"link add {BRIDGE} mtu {mtu} type bridge",
            f"addr add {HUB_ADDRESS}/32 dev {BRIDGE}",
            f"link set {BRIDGE} up",
            f"tuntap add {TUNNEL} mode tun",
            f"link set {TUNNEL} mtu {mtu} txqueuelen 10000 up",
            # From the cables into the tunnel; out of the tunnel to the cables.
            f"rule add iif {BRIDGE} lookup {TABLE}",
            f"route add default dev {TUNNEL} table {TABLE}",
            *(f"route add {place.host} dev {BRIDGE}" for place in PLACES.values()),
        ])

    def _connect(self, place: Place) -> None:
        mtu = FIGURES["network"]["mtu"]
        _batch(HUB, [
            f"link add {place.interface} mtu {mtu} type veth peer name wan mtu {mtu} netns {place.namespace}",
            f"link set {place.interface} master {BRIDGE} up",
        ])
        _batch(place.namespace, [
            "link set lo up",
            "link set wan up",
            f"addr add {place.host}/32 dev wan",
            f"route add {HUB_ADDRESS} dev wan",
            f"route add default via {HUB_ADDRESS} initcwnd {FIGURES['network']['firstWindow']}",
        ])

    def remove(self) -> None:
        """Ends what still runs in the namespaces made here, and removes them."""
        own = [name for name in self.recorded() if namespaces.exists(name)]
        self.end_processes(own)
        for name in own:
            ip("netns", "del", name)
        RECORD.unlink(missing_ok=True)


    def end_processes(self, names: Iterable[str]) -> None:
        """SIGTERM, and SIGKILL for whoever lives on, in those of them that were made here."""
        own = self.recorded()
        end([pid for name in names if name in own for pid in pids_in(name)])


def pids_in(namespace: str) -> list[int]:
    return [int(word) for word in ip("netns", "pids", namespace, check=False).stdout.split()]


def end(pids: Iterable[int], patience: float = 3) -> None:
    """SIGTERM, and SIGKILL for whoever lives after that many seconds."""
    left = signalled(pids, signal.SIGTERM)
    until = time.monotonic() + patience
    while left and time.monotonic() < until:
        time.sleep(0.05)
        left = signalled(left, 0)
    signalled(left, signal.SIGKILL)


def signalled(pids: Iterable[int], number: int) -> list[int]:
    """Those of them that were there to be told."""
    told = []
    for pid in pids:
        try:
            os.kill(pid, number)
            told.append(pid)
        except ProcessLookupError:
            pass
    return told
