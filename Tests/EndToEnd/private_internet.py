"""An internet of one's own: a network namespace in which every address is this machine, with its own names.

Whoever runs in it may dial anything: nothing leaves it, and what was dialled is known. Sockets are made by a helper
inside and handed out, so that a test's servers and clients are ordinary code outside."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

_ANSWER_BYTES = 4096
# What the helper needs to set up its namespace, when the test is not run by root.
_OWN_USER = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
_A, _CNAME, _AAAA = 1, 5, 28


class PrivateInternet:
    """`records`: what names resolve to, as a list of addresses, another name, or a function that makes either anew for
    each question. Every other name does not exist."""

    def __init__(self, folder):
        self.records = {}
        self.questions = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._channel, end = socket.socketpair()
        files = {
            "resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n",
            "hosts": "127.0.0.1 localhost\n::1 localhost\n",
            "nsswitch.conf": "hosts: files dns\n",
        }
        folder = Path(folder)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
        with end:
            self._helper = subprocess.Popen(
                ["unshare", *_OWN_USER, "--net", "--mount", sys.executable, __file__, str(folder), str(end.fileno())],
                pass_fds=[end.fileno()],
            )
        assert self._channel.recv(1) == b"+", "no namespace"
        self._names = self.bound("127.0.0.1", 53, "datagram")
        threading.Thread(target=self._answer_names, daemon=True).start()

    def stop(self):
        self._stopped.set()
        self._channel.close()
        self._helper.wait(10)
        self._names.close()

    # --- sockets inside

    def bound(self, host, port, kind="stream"):
        """A socket at that address; a stream's one listens, at `::` for both versions of the protocol."""
        return self._socket(do="bind", host=host, port=port, kind=kind)

    def connected(self, port, host="127.0.0.1"):
        """A connection to a server inside."""
        return self._socket(do="connect", host=host, port=port, kind="stream")

    def _socket(self, **wanted):
        with self._lock:
            self._channel.sendall(json.dumps(wanted).encode())
            answer, descriptors, _, _ = socket.recv_fds(self._channel, _ANSWER_BYTES, 1)
        if not descriptors:
            raise OSError(answer.decode())
        return socket.socket(fileno=descriptors[0])

    def command(self, *words):
        """The command that runs `words` inside."""
        own_user = ["--user", "--preserve-credentials"] if _OWN_USER else []
        return ["nsenter", "--target", str(self._helper.pid), *own_user, "--net", "--mount", "--", *words]

    # --- names

    def _answer_names(self):
        while not self._stopped.is_set():
            try:
                question, asker = self._names.recvfrom(_ANSWER_BYTES)
                self._names.sendto(self._answer(question), asker)
            except OSError:
                return

    def _answer(self, question):
        """RFC 1035 §4, for one question; every answer is good for no time at all."""
        name, end = _read_name(question, 12)
        kind = struct.unpack_from("!H", question, end)[0]
        with self._lock:
            self.questions.append(name)
        answers, known = [], name in self.records
        for _ in range(8):
            value = self.records.get(name, [])
            value = value() if callable(value) else value
            if not isinstance(value, str):
                break
            answers.append(_record(name, _CNAME, _write_name(value)))
            name = value
        for address in value:
            family, wanted = (socket.AF_INET6, _AAAA) if ":" in address else (socket.AF_INET, _A)
            if kind == wanted:
                answers.append(_record(name, kind, socket.inet_pton(family, address)))
        flags = 0x8180 if known else 0x8183
        head = question[:2] + struct.pack("!HHHHH", flags, 1, len(answers), 0, 0)
        return head + question[12 : end + 4] + b"".join(answers)

    def asked(self, name):
        """How often the name was asked for, by either kind of address."""
        with self._lock:
            return self.questions.count(name)


def _read_name(message, start):
    labels = []
    while length := message[start]:
        labels.append(message[start + 1 : start + 1 + length].decode("latin-1").lower())
        start += 1 + length
    return ".".join(labels), start + 1


def _write_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _record(name, kind, data):
    return _write_name(name) + struct.pack("!HHIH", kind, 1, 0, len(data)) + data


@contextmanager
def private_internet(folder):
    internet = PrivateInternet(folder)
    try:
        yield internet
    finally:
        internet.stop()


# --- the helper, in its namespace


def _set_up(folder):
    commands = [
        "ip link set lo up",
        "ip route add local 0.0.0.0/0 dev lo",
        "ip -6 route add local ::/0 dev lo",
        *(f"mount --bind {folder / name} /etc/{name}" for name in ("resolv.conf", "hosts", "nsswitch.conf")),
    ]
    for command in commands:
        subprocess.run(command.split(), check=True)


def _made(wanted):
    family = socket.AF_INET6 if ":" in wanted["host"] else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM if wanted["kind"] == "stream" else socket.SOCK_DGRAM)
    address = wanted["host"], wanted["port"]
    if wanted["do"] == "connect":
        made.connect(address)
        return made
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    made.bind(address)
    if wanted["kind"] == "stream":
        made.listen(512)
    return made


def _serve(channel):
    """Ends with the other side."""
    channel.sendall(b"+")
    while wanted := channel.recv(_ANSWER_BYTES):
        try:
            with _made(json.loads(wanted)) as made:
                socket.send_fds(channel, [b"+"], [made.fileno()])
        except OSError as error:
            channel.sendall(str(error).encode())


if __name__ == "__main__":
    _set_up(Path(sys.argv[1]))
    _serve(socket.socket(fileno=int(sys.argv[2])))
