"""A worker accepts requests once it has made a picture, and `apus serve` tells its service manager when all of them do."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import fastcgi
import pytest
from instance import PROGRAM, children_of, is_alive, wait_for
from ports import free_port

READY = "/_apus/ready"
BROKEN = "#!/bin/sh\nexit 1\n"


class Service:
    """`apus serve` on a socket, as a service manager starts it: with a place to say that it is ready."""

    def __init__(self, folder, configuration, *options):
        self.folder, self.address = folder, str(folder / "worker.sock")
        self.log = folder / "log"
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name in ("apus", "apus-render"):
            shutil.copy(PROGRAM.with_name(name), self.programs / name)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify.sock"))
        self.manager.settimeout(20)
        self.command = [self.programs / "apus", "serve", "--config", configuration, "--state", folder]
        self.command += ["--listen", f"unix:{self.address}", *options]
        self.process = None

    def replace(self, name, text):
        """In one step, as a build does: what runs goes on with the file that it has."""
        new = self.programs / f"{name}.new"
        new.write_text(text)
        new.chmod(0o755)
        new.rename(self.programs / name)

    def mend(self):
        shutil.copy(PROGRAM.with_name("apus-render"), self.programs / "right")
        (self.programs / "right").rename(self.programs / "apus-render")

    def start(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(word) for word in self.command],
                stdin=subprocess.DEVNULL,
                stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": self.manager.getsockname()},
            )
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=40) == 0
        self.manager.close()

    def next_news(self):
        return self.manager.recv(4096).decode().splitlines()

    def news_until(self, wanted):
        """All that was said until `wanted`, which is the last."""
        said = []
        while wanted not in said:
            said += self.next_news()
        return said

    def ask(self, path=READY):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(self.address)
            return fastcgi.request(connection, REQUEST_URI=path, REMOTE_ADDR="127.0.0.1", REQUEST_ID="r1")

    def workers(self):
        return children_of(self.process.pid, "apus worker")

    def logged(self, message):
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"] == message]


@pytest.fixture
def make_service(tmp_path, configure):
    with contextlib.ExitStack() as stack:

        def make(*options, **changes):
            changes.setdefault("workers", {"processes": 1, "slots": 16, "renders": 1})
            service = Service(tmp_path, configure("readiness", **changes), *options)
            stack.callback(lambda: service.stop() if service.process else service.manager.close())
            return service

        yield make


REFUSAL = "no picture can be made; this worker accepts nothing"


def test_the_manager_hears_when_all_workers_are_ready(make_service):
    service = make_service(workers={"processes": 3, "slots": 16, "renders": 1}).start()
    assert service.news_until("STATUS=3 of 3 workers ready").count("READY=1") == 1
    assert service.ask().startswith(b"Status: 200 OK\r\n")
    service.process.send_signal(signal.SIGTERM)
    assert "STOPPING=1" in service.news_until("STOPPING=1")


def test_a_renewal_says_it_again_and_nothing_worse(make_service):
    service = make_service().start()
    service.news_until("READY=1")
    old = service.workers()
    service.process.send_signal(signal.SIGHUP)
    assert "STOPPING=1" not in service.news_until("READY=1")
    wait_for(lambda: not any(is_alive(pid) for pid in old), what="the old worker's end")
    assert service.ask().startswith(b"Status: 200 OK\r\n")


def test_workers_do_not_know_the_manager(make_service):
    service = make_service().start()
    service.news_until("READY=1")
    for pid in service.workers():
        with open(f"/proc/{pid}/environ", "rb") as environment:
            assert b"NOTIFY_SOCKET" not in environment.read()


def test_a_worker_that_cannot_render_accepts_nothing(make_service):
    service = make_service()
    service.replace("apus-render", BROKEN)
    service.start()
    wait_for(lambda: service.logged(REFUSAL), what="the refusal")
    assert service.logged(REFUSAL)[0]["reason"] == "crashed"
    with socket.socket(socket.AF_UNIX) as connection:
        # It waits with the socket; nobody takes it.
        connection.settimeout(1)
        connection.connect(service.address)
        with pytest.raises(TimeoutError):
            fastcgi.request(connection, REQUEST_URI=READY, REMOTE_ADDR="127.0.0.1", REQUEST_ID="r1")
    # The supervisor tries again, and the first one that can render answers.
    service.mend()
    service.news_until("READY=1")
    assert service.ask().startswith(b"Status: 200 OK\r\n")


@pytest.mark.long
def test_a_render_process_that_says_nothing_is_waited_for_only_so_long(make_service):
    service = make_service()
    service.replace("apus-render", "#!/bin/sh\nexec sleep 600\n")
    service.start()
    wait_for(lambda: service.logged(REFUSAL), seconds=40, what="the refusal")
    assert service.logged(REFUSAL)[0]["reason"] == "outOfTime"


def test_pauses_grow_between_workers_that_cannot_render(make_service):
    service = make_service()
    service.replace("apus-render", BROKEN)
    service.start()
    wait_for(lambda: len(service.logged("worker ended")) >= 5, seconds=60, what="five attempts")
    assert all(line["status"] == "1" for line in service.logged("worker ended"))
    # 0.2, 0.4, 0.8 and 1.6 s, besides the attempts themselves.
    times = [line["time"] for line in service.logged("worker ended")]
    assert times[4] - times[0] >= 2


def test_a_program_that_cannot_render_never_takes_over(make_service):
    service = make_service().start()
    service.news_until("READY=1")
    old = service.workers()
    service.replace("apus-render", BROKEN)
    answers, stopped = [], threading.Event()

    def ask_on():
        while not stopped.is_set():
            answers.append(service.ask()[:14])

    asking = threading.Thread(target=ask_on)
    asking.start()
    try:
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(service.logged(REFUSAL)) >= 3, seconds=40, what="three workers that give up")
    finally:
        stopped.set()
        asking.join()
    assert set(answers) == {b"Status: 200 OK"}
    assert all(is_alive(pid) for pid in old)
    # Mended, it takes over without another word.
    service.mend()
    service.news_until("READY=1")
    wait_for(lambda: not any(is_alive(pid) for pid in old), what="the old worker's end")
    assert service.ask().startswith(b"Status: 200 OK\r\n")


@pytest.fixture
def silent():
    """The address of a server that never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield "{}:{}".format(*listener.getsockname())


@pytest.mark.parametrize("where", ["refused", "silent"])
@pytest.mark.parametrize("tier", ["redis", "store"])
def test_a_tier_that_is_away_holds_no_worker_up(make_service, silent, tier, where):
    address = silent if where == "silent" else f"127.0.0.1:{free_port()}"
    bucket = {"type": "S3_COMPATIBLE", "bucket": "b", "accessKey": "a", "secretKey": "s", "s3ForcePathStyle": True}
    settings = {
        "redis": {"redis": {"url": f"redis://{address}/0"}},
        "store": {"store": {**bucket, "endpoint": f"http://{address}"}, "network": {"allow": ["127.0.0.0/8"]}},
    }
    service = make_service(**settings[tier])
    start = time.monotonic()
    service.start()
    service.news_until("READY=1")
    assert time.monotonic() - start < 20
    assert service.ask("/demo/tr:w-30/quadrants.jpg").startswith(b"Status: 200 OK\r\n")
