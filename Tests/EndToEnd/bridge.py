"""Network namespaces that hang on one bridge, made by a test for itself. Their names carry its pid: those of a test
that was killed go when the next one begins. Needs root."""

import os
import signal
import sys
from pathlib import Path

from instance import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world.network import ip, pids_in, signalled  # noqa: E402

NETWORK, NETWORK_BITS = "10.77.0", 24
# Where the bridge itself is.
GATEWAY = f"{NETWORK}.1"


def address(number):
    return f"{NETWORK}.{number}"


class Bridge:
    """A namespace with a bridge at GATEWAY; `plug(number)` makes one more at it, with the address of that number."""

    def __init__(self, prefix):
        self.name = f"{prefix}{os.getpid()}"
        self._plugged = []
        ip("netns", "add", self.name)
        ip(*"link set lo up".split(), namespace=self.name)
        ip(*"link add bridge type bridge".split(), namespace=self.name)
        ip(*f"addr add {GATEWAY}/{NETWORK_BITS} dev bridge".split(), namespace=self.name)
        ip(*"link set bridge up".split(), namespace=self.name)

    def plug(self, number):
        """The name of the new namespace."""
        made = f"{self.name}-{number}"
        self._plugged.append(made)
        ip("netns", "add", made)
        ip(*f"link add host{number} type veth peer name eth0 netns {made}".split(), namespace=self.name)
        ip(*f"link set host{number} master bridge up".split(), namespace=self.name)
        ip(*f"addr add {address(number)}/{NETWORK_BITS} dev eth0".split(), namespace=made)
        ip(*"link set eth0 up".split(), namespace=made)
        ip(*"link set lo up".split(), namespace=made)
        return made

    def cut(self, number):
        """From one moment to the next nothing comes or goes any more."""
        ip(*f"link set host{number} down".split(), namespace=self.name)

    def mend(self, number):
        ip(*f"link set host{number} up".split(), namespace=self.name)

    def remove(self):
        for name in [*self._plugged, self.name]:
            remove_namespace(name)


def remove_namespace(name):
    """With what still runs in it, which is ours as its name is."""
    signalled(pids_in(name), signal.SIGKILL)
    ip("netns", "del", name, check=False)


def leftovers(prefix):
    """The namespaces of tests that were killed."""
    names = (path.name for path in Path("/run/netns").glob(f"{prefix}*"))
    return [name for name in names if not lives(name.removeprefix(prefix).partition("-")[0])]


def lives(pid):
    return Path(f"/proc/{pid}").exists()
