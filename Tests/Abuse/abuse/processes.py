"""One running Apus and its processes, by what Linux says of them."""

import subprocess
from pathlib import Path

SCRIPT_SECONDS = 180


class Instance:
    def __init__(self, repository, configuration, state, port, prefix=()):
        """`prefix`: what goes before the name of a script, as `env NAME=value`."""
        self.repository, self.configuration, self.state = repository, configuration, state
        self.port, self.prefix = port, tuple(prefix)

    def up(self, check=True):
        options = ("--config", self.configuration, "--port", self.port, "--state", self.state)
        return self._run("up", *options, check=check)

    def down(self):
        return self._run("down", "--state", self.state, check=False)

    def _run(self, script, *options, check=True):
        command = [*self.prefix, self.repository / "deploy" / script, *options]
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False
        )
        if check and done.returncode != 0:
            raise OSError(f"deploy/{script} ended with {done.returncode}: {done.stdout}\n{done.stderr}")
        return done

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def program(self):
        return self.repository / ".build" / "release" / "apus"

    def log(self, name="apus.log"):
        return (self.state / name).read_text(errors="replace")

    # --- its processes

    def pid(self, name):
        """The pid in STATE/NAME.pid."""
        return int((self.state / f"{name}.pid").read_text())

    def workers(self):
        """The worker processes of `apus serve`."""
        serve = self.pid("apus")
        return [pid for pid, parent, _ in _table() if parent == serve and _program(pid) == "apus"]

    def render_processes(self):
        serve = self.pid("apus")
        return [pid for pid, _, session in _table() if session == serve and _program(pid) == "apus-render"]

    def redis(self, *command):
        """Runs a Redis command at the server's own Redis."""
        folder = (self.state / "socket-folder").read_text().strip()
        words = ["redis-cli", "-s", f"{folder}/redis.sock", *map(str, command)]
        return subprocess.run(words, capture_output=True, text=True, timeout=10, check=False).stdout.strip()

    @staticmethod
    def resident(pid):
        """Bytes of memory that a process holds, 0 if it is gone. Memory shared with others counts as its own."""
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)

    @staticmethod
    def descriptors(pid):
        try:
            return len(list(Path(f"/proc/{pid}/fd").iterdir()))
        except OSError:
            return 0


def is_alive(pid):
    return any(pid == other for other, _, _ in _table())


def _table():
    """Every process as (pid, parent, session)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                yield int(entry.name), int(fields[1]), int(fields[3])


def _program(pid):
    """The file name of a process's program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return ""
    return words[0].split(" ")[0].rpartition("/")[2]
