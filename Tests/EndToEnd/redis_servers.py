"""Real Redis servers on loopback for one test: single, watched by a sentinel, or in a cluster. None keeps anything on
disk, and each ends with its `stop()`."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from instance import wait_for
from ports import free_port

PROGRAM = "redis-server"
SECONDS = 30
SLOTS = 16384


class RedisServer:
    def __init__(self, **settings):
        """Settings are directives, with _ for -."""
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="apus-redis-"))
        self._settings = settings
        self._process = None
        self.start()

    def start(self):
        """Also again after `kill()`: on the same port, and empty."""
        fixed = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "appendonly": "no",
                 "loglevel": "warning", "logfile": self.folder / "log", "repl_diskless_sync_delay": 0}
        options = [
            text
            for name, value in {**fixed, **self._settings}.items()
            for text in (f"--{name.replace('_', '-')}", str(value))
        ]
        self._process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self.ask("PING") == "PONG", SECONDS, "Redis to start")

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def ask(self, *command, data=None):
        """Runs a command and returns what redis-cli says of it; `data` is its last argument."""
        return ask(self.port, *command, data=data)

    def keys(self, pattern):
        return self.ask("--scan", "--pattern", pattern).split()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def hang(self):
        """Accepts connections (the kernel does) and never answers."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self._process.pid, signal.SIGCONT)

    def stop(self):
        if self._process.poll() is None:
            self.go_on()
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def ask(port, *command, data=None):
    options = ["-h", "127.0.0.1", "-p", str(port), *(["-x"] if data is not None else [])]
    done = subprocess.run(
        ["redis-cli", *options, *map(str, command)], input=data, capture_output=True, timeout=SECONDS, check=False
    )
    return done.stdout.decode(errors="replace").strip()


class Watched:
    """A primary and its replica, and one sentinel that decides alone."""

    def __init__(self, name="mymaster"):
        self.primary = RedisServer()
        self.replica = RedisServer(replicaof=f"127.0.0.1 {self.primary.port}")
        wait_for(lambda: "master_link_status:up" in self.replica.ask("INFO", "replication"), SECONDS, "the replica")
        self.name = name
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="apus-sentinel-"))
        lines = (
            f"port {self.port}", "bind 127.0.0.1", f"dir {self._folder}", f"logfile {self._folder}/log",
            f"sentinel monitor {name} 127.0.0.1 {self.primary.port} 1",
            f"sentinel down-after-milliseconds {name} 500", f"sentinel failover-timeout {name} 5000",
        )
        (self._folder / "sentinel.conf").write_text("\n".join(lines) + "\n")
        self._process = subprocess.Popen(
            [PROGRAM, str(self._folder / "sentinel.conf"), "--sentinel"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        # Otherwise it looks for replicas every ten seconds only.
        wait_for(lambda: self._ask("SENTINEL", "DEBUG", "INFO-PERIOD", "200") == "OK", SECONDS, "the sentinel")
        wait_for(lambda: str(self.replica.port) in self._ask("SENTINEL", "REPLICAS", name), SECONDS, "its replica")

    def _ask(self, *command):
        return ask(self.port, *command)

    @property
    def url(self):
        return f"redis+sentinel://127.0.0.1:{self.port}/{self.name}"

    @property
    def primary_port(self):
        """By the sentinel's word."""
        lines = self._ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self.name).split()
        return int(lines[1]) if len(lines) == 2 else None

    def stop(self):
        self._process.kill()
        self._process.wait()
        self.primary.stop()
        self.replica.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


class Cluster:
    """Three primaries that share the slots evenly."""

    def __init__(self, count=3):
        self.nodes, buses = [], []
        for _ in range(count):
            buses.append(free_port())
            self.nodes.append(
                RedisServer(
                    cluster_enabled="yes", cluster_port=buses[-1], cluster_node_timeout=1000,
                    cluster_require_full_coverage="no",
                )
            )
        for index, node in enumerate(self.nodes):
            first, end = index * SLOTS // count, (index + 1) * SLOTS // count
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, end - 1)
        for node, bus in list(zip(self.nodes, buses))[1:]:
            self.nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        wait_for(lambda: all(self._is_well(node) for node in self.nodes), SECONDS, "the cluster")

    def _is_well(self, node):
        text = node.ask("CLUSTER", "INFO")
        return "cluster_state:ok" in text and f"cluster_known_nodes:{len(self.nodes)}\r" in text + "\r"

    @property
    def url(self):
        return "redis+cluster://" + ",".join(node.address for node in self.nodes)

    def owner(self, key):
        """The node that has the slot of a key."""
        slot = int(self.nodes[0].ask("CLUSTER", "KEYSLOT", key))
        return self.nodes[min(slot * len(self.nodes) // SLOTS, len(self.nodes) - 1)]

    def stop(self):
        for node in self.nodes:
            node.stop()


class FalseServer:
    """A TCP server on a port of our choice that answers everything with the same words, which are no Redis reply."""

    def __init__(self, port, words=b"HTTP/1.1 400 Bad Request\r\n\r\n"):
        self._words = words
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(self._words)
                except OSError:
                    pass

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
