"""Images made of deploy/container and run by a real engine: Debian's podman and runc, and podman-compose for the
compose files. The base image is made by debootstrap, as there is no registry here; what is built is kept below `.build`.

All networks of the engine lie in a namespace that a test makes, so its ports and rules are nobody else's."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import http_client
from bridge import remove_namespace
from instance import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world import namespaces  # noqa: E402
from world.network import ip  # noqa: E402

FOLDER = REPOSITORY / ".build" / "containers"
SUITE = "bookworm"
BASE = "apus-test/debian"
COMPOSE = REPOSITORY / "deploy" / "container"
PREFIX = "apusc-"
NEEDED = {
    "podman": "podman",
    "runc": "runc",
    "debootstrap": "debootstrap",
    "iptables": "iptables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "strip": "binutils",
}
# The engine looks for it in folders of its own.
NETAVARK = ("/usr/lib/podman/netavark", "/usr/libexec/podman/netavark")
BUILD_SECONDS, COMMAND_SECONDS, START_SECONDS = 900, 120, 60
# podman asks systemd for timers of health checks, and says so of every container; the tests run the checks themselves.
WITHOUT_SYSTEMD = "systemd connection"


def lacking():
    """Why no container can be run here; empty where it can."""
    if os.geteuid() != 0:
        return "needs root, to run an engine with networks of its own"
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if not any(os.path.exists(path) for path in NETAVARK):
        missing.append("netavark")
    return f"needs the Debian packages {' '.join(missing)}" if missing else ""


class Failed(AssertionError):
    """A command that ended with another status than 0."""


class Engine:
    """podman with images, networks and settings of its own. `run`, `compose` take words of a command line."""

    def __init__(self):
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._lock = (FOLDER / "lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.namespace = f"{PREFIX}{os.getpid()}"
        self._write_settings()
        self._remove_leftovers()
        ip("netns", "add", self.namespace)
        ip(*"link set lo up".split(), namespace=self.namespace)

    def _write_settings(self):
        """Its settings, and itself as a program for podman-compose."""
        settings, self._program = FOLDER / "containers.conf", FOLDER / "podman"
        files = min(65536, int(_call(["bash", "-c", "ulimit -Hn"]).replace("unlimited", "65536")))
        settings.write_text(f"""
            [network]
            network_backend = "netavark"
            network_config_dir = "{FOLDER}/networks"
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            [containers]
            default_ulimits = ["nofile={files}:{files}", "nproc=4096:4096"]
            """)
        self._words = ["env", f"CONTAINERS_CONF={settings}", "podman", "--root", FOLDER / "store"]
        self._words += ["--runroot", FOLDER / "run", "--tmpdir", FOLDER / "tmp", "--storage-driver", "overlay"]
        self._within = ["nsenter", f"--net=/run/netns/{self.namespace}"]
        words = " ".join(str(word) for word in [*self._within, *self._words])
        self._program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        self._program.chmod(0o755)

    def _remove_leftovers(self):
        """Of tests that were killed; nobody else is at it while the lock is ours."""
        self._remove_containers(within=False)
        for path in Path("/run/netns").glob(f"{PREFIX}*"):
            remove_namespace(path.name)
        for name in ("run", "tmp", "networks", "making"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        (FOLDER / "making").mkdir()

    def _remove_containers(self, within=True):
        for words in ("rm --all --force --time 1", "volume prune --force", "image prune --force"):
            self.run(*words.split(), check=False, within=within)

    # --- images

    def build(self, target, image):
        """A target of the Containerfile; in place of its first stage, the program that is built already."""
        self._make_base()
        self._strip_programs()
        # Its steps reach Debian's packages by this machine's network.
        words = ["--isolation", "chroot", "--format", "docker", "--layers", "--target", target, "--tag", image]
        words += ["--build-arg", f"DEBIAN=localhost/{BASE}", "--build-context", f"build={FOLDER / 'build'}"]
        file = COMPOSE / "Containerfile"
        self.run("build", *words, "--file", file, REPOSITORY, seconds=BUILD_SECONDS, within=False)

    def _make_base(self):
        if self.run("image", "exists", BASE, check=False, within=False).returncode == 0:
            return
        with tempfile.TemporaryDirectory(dir=FOLDER / "making") as folder:
            root, tar = Path(folder) / "root", Path(folder) / "root.tar"
            _call(["debootstrap", "--variant=minbase", SUITE, root], seconds=BUILD_SECONDS)
            _call(["tar", "-C", root, "-cf", tar, "."], seconds=BUILD_SECONDS)
            self.run("import", tar, BASE, seconds=BUILD_SECONDS, within=False)

    def _strip_programs(self):
        """As that stage leaves them."""
        programs = FOLDER / "build" / "programs"
        programs.mkdir(parents=True, exist_ok=True)
        for name in ("apus", "apus-render"):
            _call(["strip", "-p", "-o", programs / name, REPOSITORY / ".build" / "release" / name])

    # --- containers

    def run(self, *words, check=True, seconds=COMMAND_SECONDS, within=True):
        """`podman WORDS`; `within` its own networks, or with those of this machine."""
        command = [*(self._within if within else ()), *self._words, *words]
        return _call(command, check=check, seconds=seconds, whole=True)

    def logs(self, name):
        done = self.run("logs", name)
        return done.stdout + done.stderr

    def inspect(self, name):
        return json.loads(self.run("inspect", name).stdout)[0]

    def exit_code(self, name):
        """`None` while it runs."""
        state = self.inspect(name)["State"]
        return None if state["Running"] else state["ExitCode"]

    def is_healthy(self, name):
        """By the command that the image or the compose file names."""
        return self.run("healthcheck", "run", name, check=False).returncode == 0

    def inside(self, name, *command, check=True):
        return self.run("exec", name, *command, check=check)

    def processes(self, name):
        """By their names, the pids on this machine: {"nginx": [12, 13], …}."""
        found = {}
        for line in self.run("top", name, "hpid", "comm").stdout.splitlines()[1:]:
            pid, command = line.split()[:2]
            found.setdefault(command, []).append(int(pid))
        return found

    # --- compose

    def compose(self, file, *words, environment=(), check=True, further=()):
        files = [word for name in (COMPOSE / file, *further) for word in ("--file", name)]
        command = [sys.executable, "-m", "podman_compose", "--podman-path", self._program, *files, *words]
        return _call(command, check=check, environment={**os.environ, **dict(environment)}, whole=True)

    # --- clients

    def connected(self, port, host="127.0.0.1", timeout=10):
        return namespaces.connected(self.namespace, host, port, timeout)

    def get(self, path, port=80, host="127.0.0.1", **options):
        return http_client.request(port, path, connect=lambda port: self.connected(port, host), **options)

    def remove(self):
        self._remove_containers()
        remove_namespace(self.namespace)
        _call(["umount", FOLDER / "store" / "overlay"], check=False)
        self._lock.close()


def _call(command, check=True, seconds=COMMAND_SECONDS, environment=None, whole=False):
    """What it wrote; with `whole` the process."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=environment,
    )
    done.stderr = "".join(line for line in done.stderr.splitlines(True) if WITHOUT_SYSTEMD not in line)
    if check and done.returncode != 0:
        words = " ".join(str(word) for word in command)
        raise Failed(f"{words}\nended with {done.returncode}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done if whole else done.stdout


def wait_until(condition, seconds=START_SECONDS, what="the condition"):
    """Like `instance.wait_for`, for what starts a process each time it is asked."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.3)
    raise AssertionError(f"waited {seconds} s in vain for {what}")
