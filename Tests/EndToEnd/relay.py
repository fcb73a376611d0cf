"""What stands between a worker and a real part: passes TCP's bytes on as they are, drips, falls silent or cuts off."""

import re
import socket
import threading
import time

BUFFER_BYTES = 65536
LONGEST_SECONDS = 60


class Relay:
    """Every connection to `port` goes on to `target`, on loopback. What it does is done to the answers of each
    connection: `drip=(bytes, seconds)` passes that many at most and then pauses; after `stall_after` bytes comes
    nothing more, after `cut_after` bytes the end. `cuts` is how many connections are still cut off; None is all."""

    def __init__(self, target, drip=None, stall_after=None, cut_after=None, cuts=None):
        self.target = target
        self.drip = drip
        self.stall_after = stall_after
        self.cut_after = cut_after
        self.cuts = cuts
        self.connections = 0
        self._round = 0
        self._passed = 0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def passed(self):
        """Bytes of answers so far."""
        with self._lock:
            return self._passed

    def stop(self):
        self._stopped.set()
        self._listener.close()

    def _accept(self):
        while not self._stopped.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with near, far:
            asking = threading.Thread(target=pass_on, args=(near, far), daemon=True)
            asking.start()
            try:
                self._answer(far, near, asking)
            except OSError:
                pass
            for end in (near, far):
                shut(end)
            asking.join()

    def _answer(self, far, near, asking):
        done, began = 0, self._round
        while True:
            data = far.recv(self._most(done))
            if not data:
                return
            if began != self._round:
                done, began = 0, self._round
            # Counted first: whoever got them may look at once.
            with self._lock:
                self._passed += len(data)
            near.sendall(data)
            done += len(data)
            if done == self.cut_after and self._cuts():
                return
            if done == self.stall_after:
                self._hang(asking)
                return
            if self.drip and self._stopped.wait(self.drip[1]):
                return

    def _most(self, done):
        """How many bytes may pass at once after that many."""
        ends = [end - done for end in (self.stall_after, self.cut_after) if end is not None and end > done]
        return min([BUFFER_BYTES, *ends, *(self.drip or ())[:1]])

    def _cuts(self):
        """Whether this connection is cut off; one less is then."""
        with self._lock:
            if self.cuts is None:
                return True
            is_cut = self.cuts > 0
            self.cuts -= is_cut
            return is_cut

    def cut_once(self):
        """The next connection that brings enough is cut off, a kept one too: its bytes count from now."""
        with self._lock:
            self.cuts = 1
            self._round += 1

    def _hang(self, asking):
        """Until who asks has gone."""
        end = time.monotonic() + LONGEST_SECONDS
        while asking.is_alive() and time.monotonic() < end and not self._stopped.wait(0.05):
            pass


class ClosedPort:
    """A port of loopback that refuses connections, and that nobody else gets until `stop()`."""

    def __init__(self):
        self._holder = socket.socket()
        self._holder.bind(("127.0.0.1", 0))
        self.port = self._holder.getsockname()[1]

    def stop(self):
        self._holder.close()


def pass_on(source, destination):
    try:
        while data := source.recv(BUFFER_BYTES):
            destination.sendall(data)
    except OSError:
        pass
    shut(destination, socket.SHUT_WR)


def shut(end, how=socket.SHUT_RDWR):
    try:
        end.shutdown(how)
    except OSError:
        pass


def through(settings, port):
    """The origin's settings with another port in its `endpoint` or `baseUrl`; as they are where it has neither."""
    fields = [field for field in ("endpoint", "baseUrl") if field in settings]
    return {**settings, **{field: with_port(settings[field], port) for field in fields}}


def port_of(url):
    return int(re.search(r"^\w+://[^/]*?:(\d+)(?=/|$)", url)[1])


def with_port(url, port):
    return re.sub(r"^(\w+://[^/]*?):\d+(?=/|$)", rf"\g<1>:{port}", url)
