"""How the driver speaks with the parts that run in the background: one JSON object a line over a socket file, which
is reached from every network namespace."""

import json
import os
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

LONGEST_LINE = 1 << 20
ANSWER_SECONDS = 30


def serve(path: Path, act: Callable[[dict], object]) -> socketserver.BaseServer:
    """Answers in threads of its own: `act(question)` takes a dictionary and returns what JSON can say."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline(LONGEST_LINE):
                try:
                    answer = {"answer": act(json.loads(line))}
                except Exception as error:  # whatever is wrong with a question, the part goes on
                    answer = {"error": f"{type(error).__name__}: {error}"}
                self.wfile.write(json.dumps(answer).encode() + b"\n")

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 64

    if os.path.exists(path):
        os.unlink(path)
    server = Server(str(path), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def ask(path: Path, /, **question: object) -> Any:
    """The answer of the part that listens there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(str(path))
        connection.sendall(json.dumps(question).encode() + b"\n")
        with connection.makefile("rb") as stream:
            answer = json.loads(stream.readline())
    if "error" in answer:
        raise RuntimeError(f"{path}: {answer['error']}")
    return answer["answer"]


def is_there(path: Path) -> bool:
    """Whether somebody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
