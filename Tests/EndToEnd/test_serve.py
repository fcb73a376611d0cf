"""`apus serve` without deploy/up: the sockets that it can be given, and the files that it refuses."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import fastcgi
import pytest
from instance import PROGRAM, wait_for
from ports import free_port


@pytest.fixture
def serve(configure, tmp_path):
    """Starts `apus serve` with the given arguments and standard input; ended by SIGTERM afterwards."""
    started = []

    def start(*arguments, stdin=subprocess.DEVNULL):
        command = [PROGRAM, "serve", "--config", configure("serve"), "--state", tmp_path, *arguments]
        process = subprocess.Popen([str(word) for word in command], stdin=stdin, stderr=subprocess.DEVNULL)
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


def ask(family, address, path):
    with socket.socket(family) as connection:
        connection.settimeout(20)
        connection.connect(address)
        return fastcgi.request(connection, REQUEST_URI=path, REMOTE_ADDR="127.0.0.1", REQUEST_ID="r1")


def test_a_socket_handed_over_on_descriptor_0(serve, tmp_path):
    address = str(tmp_path / "handed.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        serve(stdin=listener)
    answer = ask(socket.AF_UNIX, address, "/demo/tr:w-30/quadrants.jpg")
    assert answer.startswith(b"Status: 200 OK\r\n")
    assert b"x-apus-cache: render" in answer
    assert b"\xff\xd8\xff" in answer


def test_a_tcp_port(serve):
    port = free_port()
    serve("--listen", f"127.0.0.1:{port}")

    def answers():
        try:
            return ask(socket.AF_INET, ("127.0.0.1", port), "/_apus/ready")
        except ConnectionError:
            return None

    assert wait_for(answers, what="the port").startswith(b"Status: 200 OK\r\n")


def test_no_socket_is_an_error(configure, tmp_path):
    command = [PROGRAM, "serve", "--config", configure("nowhere"), "--state", tmp_path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "--listen" in done.stderr


def only_check(file, folder, *options):
    """What `apus serve` says of the file before it starts."""
    command = [PROGRAM, "serve", "--only-check", "--config", file, "--state", folder, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_region_that_would_lose_its_purges_is_refused(tmp_path):
    file = tmp_path / "regions.yaml"
    accounts = [{"id": "demo", "insecure": True}]
    file.write_text(json.dumps({"region": "east", "regions": {"east": {}, "west": {}}, "accounts": accounts}))
    done = only_check(file, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: regions.east.store: required where there are several regions and no redis")
    for option in (("--default-store", tmp_path / "store"), ("--default-redis", "unix:///run/redis.sock")):
        assert only_check(file, tmp_path, *option).returncode == 0
    file.write_text(json.dumps({"regions": {"east": {}}, "accounts": [{"id": "demo", "insecure": True}]}))
    assert only_check(file, tmp_path).returncode == 0


def test_a_default_is_checked_and_belongs_to_a_store(tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text(json.dumps({"accounts": [{"id": "demo", "insecure": True}]}))
    store = ("--default-store", tmp_path / "store")
    numbers = ("--default-workers", "2", "--default-renders", "1", "--default-store-bytes", "20000000")
    assert only_check(file, tmp_path, *store, *numbers).returncode == 0
    done = only_check(file, tmp_path, *store, "--default-workers", "0", "--default-store-bytes", "1")
    assert done.returncode == 1
    assert "--default-workers: has to be a whole number from 1 to 64" in done.stderr
    assert "--default-store-bytes: has to be a whole number from 10000000" in done.stderr
    done = only_check(file, tmp_path, *numbers)
    assert done.returncode != 0 and "--default-store-bytes goes with --default-store" in done.stderr


def test_as_many_workers_as_the_file_says_else_as_the_command_line_does(tmp_path):
    for said, expected in (({}, 3), ({"processes": 1}, 1)):
        folder = tmp_path / f"state{expected}"
        folder.mkdir()
        file = folder / "apus.yaml"
        file.write_text(json.dumps({"workers": {"renders": 1, **said}, "accounts": [{"id": "demo", "insecure": True}]}))
        command = [PROGRAM, "serve", "--config", file, "--state", folder, "--listen", f"unix:{folder}/apus.sock"]
        process = subprocess.Popen([*command, "--default-workers", "3"], stderr=subprocess.DEVNULL)
        try:
            assert wait_for(lambda: len(children(process.pid)) >= expected, what="the workers")
            assert len(children(process.pid)) == expected
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


def children(pid):
    task = Path(f"/proc/{pid}/task")
    return [child for one in task.iterdir() for child in (one / "children").read_text().split()]
