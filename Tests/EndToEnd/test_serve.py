"""`apus serve` without deploy/up: the sockets that it can be given, and the files that it refuses."""

import signal
import socket
import subprocess

import fastcgi
import pytest
from instance import PROGRAM, free_port, wait_for


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
