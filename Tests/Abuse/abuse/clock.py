"""A wall clock that jumps, for the program's processes; those of Redis, nginx and the suite stay right."""

import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

from abuse.processes import is_alive
from abuse.waiting import wait_for

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
SECONDS = 20


class Clock:
    def __init__(self, file):
        self._file = file
        self.jump("+0")

    def jump(self, offset):
        """`+1d`, `-1d`, `+0`: from the right time."""
        new = self._file.with_suffix(".new")
        new.write_text(offset + "\n")
        new.rename(self._file)

    @property
    def environment(self):
        return {
            **os.environ,
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


@contextmanager
def served_by(clock, server):
    """In the block, `apus serve` of that server is another one, which has this clock."""
    instance = server.instance
    supervisor = instance.pid("apus")
    arguments = (instance.state / "serve.arguments").read_text().splitlines()
    folder = Path((instance.state / "socket-folder").read_text().strip())
    os.kill(supervisor, signal.SIGTERM)
    wait_for(lambda: not is_alive(supervisor), SECONDS, "the supervisor's end")
    socket = folder / "clock.sock"
    with open(instance.state / "apus.log", "ab") as log:
        process = subprocess.Popen(
            # `env` first: the library adds to the first environment that it meets; Swift would not find its arguments.
            ["env", str(instance.program), "serve", *arguments, "--listen", f"unix:{socket}"],
            env=clock.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(socket.is_socket, SECONDS, "its socket")
        link = folder / "worker.sock.new"
        link.symlink_to(socket)
        link.rename(folder / "worker.sock")
        wait_for(lambda: server.wire.request("/_apus/ready").status == 200, SECONDS, "the workers")
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()
        socket.unlink(missing_ok=True)
