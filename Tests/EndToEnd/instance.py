"""One running Apus, started and stopped by the scripts that people use."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import http_client
from ports import free_port

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = REPOSITORY / ".build" / "release" / "apus"
SCRIPT_SECONDS = 180


def run_script(*arguments, check=True):
    """Runs a script of deploy/ and returns what it said. A background process that kept the pipe would hang this."""
    done = subprocess.run(
        [str(argument) for argument in arguments], capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False
    )
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def wait_for(condition, seconds=20, what="the condition"):
    """Asks until the answer is true and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Instance:
    def __init__(self, configuration, state, port=None):
        self.configuration = Path(configuration)
        self.state = Path(state)
        self.port = port or free_port()

    # What goes before the name of a script, as `env NAME=value`.
    prefix = ()

    def up(self, *options, check=True):
        return run_script(
            *(*self.prefix, REPOSITORY / "deploy" / "up"),
            *("--config", self.configuration, "--port", self.port, "--state", self.state, *options),
            check=check,
        )

    def down(self):
        return run_script(*self.prefix, REPOSITORY / "deploy" / "down", "--state", self.state)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def get(self, path, accept=None, **options):
        headers = dict(options.pop("headers", {}))
        if accept is not None:
            headers["Accept"] = accept
        return http_client.request(self.port, path, headers=headers, **options)

    def raw(self, data):
        return http_client.raw_request(self.port, data)

    # --- its processes

    def pid(self, name):
        """The pid in STATE/NAME.pid."""
        return int((self.state / f"{name}.pid").read_text())

    def workers(self):
        """The worker processes of `apus serve`."""
        return children_of(self.pid("apus"), "apus")

    def render_processes(self):
        return [pid for pid in session_of(self.pid("apus")) if name_of(pid) == "apus-render"]

    def nginx_workers(self):
        return [pid for pid in children_of(self.pid("nginx"), "nginx") if "worker process" in command_of(pid)]

    def redis(self, *command):
        """Runs a Redis command at the instance's own Redis."""
        folder = (self.state / "socket-folder").read_text().strip()
        done = subprocess.run(
            ["redis-cli", "-s", f"{folder}/redis.sock", *command],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return done.stdout.strip()

    def log(self, name="apus.log"):
        return (self.state / name).read_text(errors="replace")


def process_table():
    """Every process as (pid, parent, session)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                yield int(entry.name), int(fields[1]), int(fields[3])


def children_of(parent, name):
    return [pid for pid, its_parent, _ in process_table() if its_parent == parent and name in command_of(pid)]


def session_of(leader):
    return [pid for pid, _, session in process_table() if session == leader]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def name_of(pid):
    """The program's file name."""
    return re.split(r"[ ]", command_of(pid))[0].rpartition("/")[2]


def is_alive(pid):
    return any(pid == other for other, _, _ in process_table())


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)
