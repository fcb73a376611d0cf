"""What stands where the other regions reach one: passes their requests on to it, counts them, or cuts, delays, hangs
and forges."""

import email.utils
import http.client
import socket
import threading
import time
from dataclasses import dataclass

import peer

LONGEST_SECONDS = 60
PIECE_BYTES = 65536
# Said anew for each connection, or not passed on at all.
OF_A_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "expect", "host"}


@dataclass
class Asked:
    """A request of a region, as it came."""

    call: str
    fields: dict
    path: str
    headers: dict
    body: bytes

    @property
    def nonce(self):
        return self.fields.get("nonce", "")

    @property
    def sender(self):
        return self.fields.get("from", "")


class Front:
    """`mode`: None, or for everybody "refuse" (no connection), "hang" (no answer), "503", "reset".
    `deaf_to` and `deaf_calls`: regions, and calls, whose requests get no answer. `delay`: seconds before an answer to
    `ask`.
    `ahead`: by how many seconds the clock of its nginx is wrong, as its workers' is.
    `forge(asked, reply)`: gives another answer to `ask`; `answer(asked)`: instead of passing it on."""

    def __init__(self, context=None):
        self.target = None
        self.context = context
        self.mode = None
        self.others = ()
        self.deaf_to, self.deaf_calls = set(), set()
        self.delay = self.ahead = 0
        self.forge = self.answer = None
        # Regions that were cut off from here, and have not been seen to ask again.
        self.unsettled = set()
        self.asked = []
        # What went wrong in here and is not the other side's doing.
        self.errors = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._connections = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def base(self):
        # The name is what a certificate is of.
        return f"http://127.0.0.1:{self.port}" if self.context is None else f"https://localhost:{self.port}"

    def count(self, word="", call="ask", sender=None):
        """How many requests of a kind had this in the path that they ask for."""
        with self._lock:
            return sum(
                one.call == call and word in one.fields.get("path", "") and sender in (None, one.sender)
                for one in self.asked
            )

    def heal(self):
        if self.mode or self.deaf_to or self.deaf_calls:
            self.unsettle()
        self.set_mode(None)
        self.deaf_to, self.deaf_calls, self.delay = set(), set(), 0
        self.forge = self.answer = None

    def unsettle(self):
        self.unsettled = set(self.others)

    def set_mode(self, mode):
        if mode != self.mode:
            self.unsettle()
        if mode == "refuse" and self.mode != "refuse":
            self._refuse()
        if mode != "refuse" and self.mode == "refuse":
            self._listener.listen(512)
            threading.Thread(target=self._accept, daemon=True).start()
        self.mode = mode

    def stop(self):
        self._stopped.set()
        self._listener.close()

    # --- connections

    def _refuse(self):
        """As if nobody listened; nobody else gets the port."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))

    def cut(self):
        """Ends every connection, in the middle of whatever it carries."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                # Also of one that speaks TLS: without a farewell.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                pass

    @property
    def is_cut(self):
        """Whether nothing is left of any connection, nor of what it carried."""
        with self._lock:
            return not self._connections

    def _accept(self):
        listener = self._listener
        while not self._stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        near = connection
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = self.context
            if context is not None:
                near = context.wrap_socket(connection, server_side=True)
            with self._lock:
                # Shown another certificate meanwhile, nobody is to go on with the one before.
                if context is not self.context:
                    return
                self._connections.add(near)
            with near, near.makefile("rb") as stream:
                while self._answer_next(near, stream):
                    pass
        except (OSError, ValueError, http.client.HTTPException):
            pass
        finally:
            near.close()
            with self._lock:
                self._connections.discard(near)

    def _answer_next(self, near, stream):
        asked = read_request(near, stream)
        if asked is None:
            return False
        with self._lock:
            self.asked.append(asked)
        if self.mode == "hang" or asked.sender in self.deaf_to or asked.call in self.deaf_calls:
            return self._hang(near)
        if self.mode == "reset":
            return False
        if self.mode == "503":
            return send(near, peer.Reply(503))
        if asked.call != "ask":
            return self._pass_on(near, asked)
        if self.delay:
            self._stopped.wait(self.delay)
        if self.answer is not None:
            return send(near, self.answer(asked))
        return self._pass_on(near, asked, self.forge)

    def _hang(self, near):
        """Until who asks has gone."""
        near.settimeout(0.1)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and not self._stopped.is_set():
            try:
                if not near.recv(1):
                    break
            except TimeoutError:
                pass
        return False

    def _pass_on(self, near, asked, forge=None):
        far = http.client.HTTPConnection("127.0.0.1", self.target, timeout=LONGEST_SECONDS)
        try:
            kept = {name: value for name, value in asked.headers.items() if name not in OF_A_CONNECTION}
            try:
                far.request("POST", asked.path, body=asked.body, headers=kept)
                answer = far.getresponse()
            except (OSError, http.client.HTTPException):
                return False
            headers = {name.lower(): value for name, value in answer.getheaders()}
            if self.ahead:
                headers["date"] = email.utils.formatdate(time.time() + self.ahead, usegmt=True)
            if forge is not None:
                return send(near, self._forged(forge, asked, peer.Reply(answer.status, headers, answer.read())))
            length = answer.length
            pieces = iter(lambda: answer.read1(PIECE_BYTES), b"")
            return send(near, peer.Reply(answer.status, headers, pieces, length)) and not answer.length
        finally:
            far.close()

    def _forged(self, forge, asked, reply):
        try:
            return forge(asked, reply)
        except Exception as error:
            self.errors.append(error)
            raise ValueError("no forgery") from error


def read_request(near, stream):
    line = stream.readline(PIECE_BYTES).decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = {}
    while (header := stream.readline(PIECE_BYTES).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.strip().lower()] = value.strip()
    if "expect" in headers:
        near.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = stream.read(int(headers.get("content-length", 0)))
    try:
        fields = dict(peer.fields_of(body))
    except ValueError:
        fields = {}
    return Asked(line[1].removeprefix(peer.FOLDER), fields, line[1], headers, body)


def send(near, reply):
    """Returns whether the connection may stay."""
    if reply.raw is not None:
        near.sendall(reply.raw)
        return False
    is_whole = isinstance(reply.body, bytes)
    length = len(reply.body) if is_whole and reply.length is None else reply.length
    headers = {name: value for name, value in reply.headers.items() if name not in OF_A_CONNECTION}
    framing = {"transfer-encoding": "chunked"} if length is None else {"content-length": length}
    lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in {**headers, **framing}.items())]
    near.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    sent = 0
    for piece in [reply.body] if is_whole else reply.body:
        sent += len(piece)
        near.sendall(piece if length is not None else b"%x\r\n%s\r\n" % (len(piece), piece))
    if length is None:
        near.sendall(b"0\r\n\r\n")
    return length is None or sent == length
