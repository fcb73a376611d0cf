"""Debian hosts that a test boots and ends: systemd itself in a container, on an overlay above a root that stays as it
is. They hang on one bridge in a network namespace of the test's own, from where it works as people do: over ssh and TLS.

Nothing of it outlives the test. Each host is a child that dies with the test's process, mounts and all; the namespaces and
folders of a test that was killed carry its pid, and go when the next one begins."""

import contextlib
import ctypes
import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bridge import Bridge, address, leftovers, lives, remove_namespace
from debian_root import ARCHIVE, FOLDER, lacking, roots
from instance import REPOSITORY, process_table, wait_for

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world import namespaces  # noqa: E402

__all__ = ["Debian", "Failed", "Host", "Network", "debian", "lacking"]

PREFIX = "apush-"
BOOT_SECONDS, POWER_OFF_SECONDS = 60, 60
COMMAND_SECONDS = 120
HALT = signal.SIGRTMIN + 4
_ALONE = "unshare --mount --pid --fork --kill-child=KILL --mount-proc".split()
_NEW_NAMESPACES = "--mount --uts --ipc --net --pid --cgroup".split()


class Failed(AssertionError):
    """A command that ended with another status than 0."""

    def __init__(self, command, done):
        super().__init__(f"{command}\nended with {done.returncode}:\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}")
        self.done = done


@dataclass(frozen=True)
class Debian:
    """`bare` and `packaged` make hosts that are still to be booted."""

    network: "Network"
    roots: object

    def bare(self, name="bare"):
        return self.network.host(self.roots.bare, self.roots.archive, name)

    def packaged(self, name="packaged"):
        return self.network.host(self.roots.packaged, self.roots.archive, name)


@contextlib.contextmanager
def debian():
    """All that is there for one run of tests."""
    network = Network()
    try:
        with roots(network.booted) as made:
            yield Debian(network, made)
    finally:
        network.remove()


# --- the network


class Network:
    """A namespace with a bridge, where the test's clients are; `host(…)` boots one more host at it."""

    def __init__(self):
        remove_leftovers()
        self.bridge = Bridge(PREFIX)
        self.name = self.bridge.name
        self.folder = FOLDER / f"run-{os.getpid()}"
        self.folder.mkdir(parents=True)
        self._numbers = itertools.count(2)
        self._hosts = []

    def host(self, layers, archive, name="host"):
        host = Host(self, next(self._numbers), layers, archive, name)
        self._hosts.append(host)
        return host

    @contextlib.contextmanager
    def booted(self, layers, archive, name="host"):
        """A host that is gone after the block."""
        host = self.host(layers, archive, name)
        try:
            host.boot()
            yield host
        finally:
            host.remove()

    def run(self, *command, **options):
        """Runs a command where the clients are."""
        return subprocess.run(
            ["ip", "netns", "exec", self.name, *(str(word) for word in command)],
            **{"capture_output": True, "text": True, "timeout": COMMAND_SECONDS, "check": False, **options},
        )

    def connected(self, host, port, timeout=10):
        """A socket to there."""
        return namespaces.connected(self.name, host, port, timeout)

    def remove(self):
        for host in list(self._hosts):
            host.remove()
        self.bridge.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self, host):
        if host in self._hosts:
            self._hosts.remove(host)


def remove_leftovers():
    """What tests have left that were killed."""
    for name in leftovers(PREFIX):
        _remove_groups(name)
        remove_namespace(name)
    for folder in FOLDER.glob("run-*"):
        if not lives(folder.name.split("-")[1]):
            shutil.rmtree(folder, ignore_errors=True)


# --- a host


class Host:
    """`upper` holds what it has changed, `address` is its own on the bridge."""

    def __init__(self, network, number, layers, archive, name):
        self.network, self.name = network, name
        self.number, self.address = number, address(number)
        self.layers, self.archive = layers, archive
        self.folder = network.folder / f"{number}-{name}"
        self.upper = self.folder / "upper"
        self.upper.mkdir(parents=True)
        self.console = self.folder / "console"
        self._process = None
        self.leader = None
        self._namespace = network.bridge.plug(number)

    def boot(self):
        """Returns when systemd has started everything, or has failed to."""
        assert self._process is None
        shutil.rmtree(self.folder / "work", ignore_errors=True)
        for name in ("root", "work"):
            (self.folder / name).mkdir(exist_ok=True)
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                # The first of its process namespace takes the others with it, and is taken by whoever started it.
                [*_ALONE, "sh", "-ec", f'{self._preparation()}\nexec "$@"', "sh", *self._container()],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=_die_with_parent,
                start_new_session=True,
            )
        self._wait_until_up()

    def _preparation(self):
        """Mounts that nobody else sees, and process groups of its own, as systemd wants its host's for itself."""
        lower = ":".join(str(layer) for layer in self.layers)
        groups = "\n".join(f"mkdir -p {group}\necho $$ >{group}/cgroup.procs" for group in self._groups())
        return f"""
            {groups}
            cd {self.folder}
            mount -t overlay apus -o volatile,lowerdir={lower},upperdir=upper,workdir=work root
            touch network
            mount --bind /run/netns/{self._namespace} network
            mount -t tmpfs run /run
        """

    def _container(self):
        return [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--console=pipe"),
            *("--link-journal=no", "--resolv-conf=off", "--timezone=off"),
            *(f"--directory={self.folder}/root", f"--machine={self.name}", f"--bind-ro={self.archive}:{ARCHIVE}"),
            f"--network-namespace-path={self.folder}/network",
        ]

    def _groups(self):
        return [mount / self._namespace for mount in _group_mounts()]

    def _wait_until_up(self):
        self.leader = None
        self.leader = wait_for(self._found_leader, BOOT_SECONDS, f"{self.name} to boot, see {self.console}")
        wait_for(lambda: (self.root / "run/systemd/private").exists(), BOOT_SECONDS, f"systemd of {self.name}")
        self.run("systemctl is-system-running --wait", check=False, seconds=BOOT_SECONDS)

    def _found_leader(self):
        """The process that is number 1 inside."""
        if self._process.poll() is not None:
            raise AssertionError(f"{self.name} did not boot:\n{self.console.read_text(errors='replace')[-3000:]}")
        table = list(process_table())
        containers = {pid for pid, parent, _ in table if parent == self._process.pid}
        inside = (pid for pid, parent, _ in table if parent in containers and _number_inside(pid) == ["1"])
        return next(inside, None)

    @property
    def is_up(self):
        return self._process is not None and self._process.poll() is None

    @property
    def root(self):
        """Its files, seen from outside, while it is up."""
        return Path(f"/proc/{self.leader}/root")

    def reboot(self):
        """As the command inside does it."""
        self.run("systemctl reboot", check=False)
        self._process.wait(POWER_OFF_SECONDS)
        self.cut_power()
        self.boot()

    def power_off(self):
        """Everything inside is told to end."""
        if self.is_up and self.leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.leader, HALT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(POWER_OFF_SECONDS)
        self.cut_power()

    def cut_power(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            _remove_groups(self._namespace)
        self._process = self.leader = None

    def remove(self):
        self.cut_power()
        remove_namespace(self._namespace)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.network.forget(self)

    # --- what people do on it

    def run(self, command, check=True, seconds=COMMAND_SECONDS, environment=None, user=None, text=True, stdin=""):
        """Runs a line of shell as root, or as another user, in a session of its own."""
        names = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "TERM": "dumb",
            **(environment or {}),
        }
        someone = ["setpriv", f"--reuid={user}", "--regid=65534", "--clear-groups", "--"] if user else []
        words = ["nsenter", f"--target={self.leader}", *_NEW_NAMESPACES, "--", *someone, "/bin/bash", "-c", command]
        done = subprocess.run(
            words, env=names, input=stdin, capture_output=True, text=text, timeout=seconds, check=False
        )
        if check and done.returncode != 0:
            raise Failed(command, done)
        return done

    def said(self, command, **options):
        return self.run(command, **options).stdout.strip()

    def copy_in(self, source, target):
        """A file or folder of the test's, owned by root there."""
        packed = subprocess.Popen(
            ["tar", "-C", str(source.parent), "--owner=0", "--group=0", "-cf", "-", source.name],
            stdout=subprocess.PIPE,
        )
        with packed:
            place = f"mkdir -p '{target}.part' && tar -C '{target}.part' -xf -"
            subprocess.run(
                ["nsenter", f"--target={self.leader}", *_NEW_NAMESPACES, "--", "/bin/sh", "-ec", place],
                stdin=packed.stdout,
                check=True,
            )
        self.run(f"mv '{target}.part/{source.name}' '{target}' && rmdir '{target}.part'")

    def write(self, path, text, mode="0644"):
        self.run(f"mkdir -p \"$(dirname '{path}')\" && cat >'{path}' && chmod {mode} '{path}'", stdin=text)

    def read(self, path):
        return self.run(f"cat '{path}'").stdout

    def exists(self, path):
        return self.run(f"test -e '{path}' -o -L '{path}'", check=False).returncode == 0

    def unit(self, name, *properties):
        """Properties of a unit of systemd; one alone as a word."""
        listed = self.said(f"systemctl show '{name}' --property={','.join(properties)}")
        values = dict(line.split("=", 1) for line in listed.splitlines() if "=" in line)
        return values[properties[0]] if len(properties) == 1 else values

    def unplug(self):
        self.network.bridge.cut(self.number)

    def plug_in(self):
        self.network.bridge.mend(self.number)


def _number_inside(pid):
    """Its numbers in the namespaces below the container's."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    return next((line.split()[3:] for line in lines if line.startswith("NSpid:")), None)


def _group_mounts():
    """Where systemd keeps its process groups: the unified hierarchy, and the old one with its name."""
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [Path(place) for _, place, kind, options, *_ in lines if kind == "cgroup2" or "name=systemd" in options]


def _remove_groups(name):
    for mount in _group_mounts():
        for folder, _, _ in os.walk(mount / name, topdown=False):
            # Empty, once the last process is reaped.
            wait_for(lambda folder=folder: _removed(folder), what=f"{folder} to be empty")


def _removed(folder):
    with contextlib.suppress(FileNotFoundError):
        try:
            os.rmdir(folder)
        except OSError as error:
            if error.errno == errno.EBUSY:
                return False
            raise
    return True


_library = ctypes.CDLL(None, use_errno=True)
_PARENT_DEATH_SIGNAL = 1


def _die_with_parent():
    """Also when the parent is killed."""
    _library.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def waited(process, seconds):
    """Whether it has ended by then."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    return process.poll() is not None
