"""Who lives in the private internet of the address guard's tests, and the instance that is tempted there."""

import json
import threading
from contextlib import contextmanager
from urllib.parse import quote

from conftest import endpoint, web
from hostile_origin import PICTURE, HostileOrigin
from instance import Instance, wait_for
from private_internet import private_internet

PORT, OTHER_PORT, LONELY_PORT, PROXY_PORT = 8000, 8001, 8002, 3128
# Of other protocols than HTTP.
FOREIGN_PORTS = [21, 22, 25, 53, 110, 143, 445, 587, 993, 2375, 3306, 5432, 6379, 6667, 11211, 27017]
PUBLIC, PUBLIC_V6 = "93.184.216.34", "2606:2800:220:1::34"
ALLOWED = ["10.1.0.0/16", "fd00:1::/64"]
# The owner's own web server, which may be private, and a name of it.
FOLDER, FOLDER_NAME = "10.9.9.9", "folder.example"
# From here a test looks whether somebody else was dialled.
MARK = "192.0.2.1"


class Neighbour(HostileOrigin):
    """Whoever answers at one port of every address."""

    def __init__(self, listener, world):
        self.world = world
        super().__init__(listener=listener)

    def _accept(self):
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.world.connections.append((connection.getsockname()[0].removeprefix("::ffff:"), self.port))
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _do_to(self, connection, rest, headers):
        """/to/WORD: a redirect to where `targets` says."""
        self._redirect(connection, self.world.targets[rest[0].removesuffix(".jpg")])

    def _do_chain(self, connection, rest, headers):
        """/chain/N/…: as many redirects, then a picture."""
        if rest[0] == "0":
            return self._do_ok(connection, rest, headers)
        return self._redirect(connection, f"/chain/{int(rest[0]) - 1}/" + "/".join(rest[1:]))

    def _do_closing(self, connection, rest, headers):
        """A picture, and the end of the connection."""
        self._send(connection, "200 OK", PICTURE, extra=["Connection: close"])
        return False

    def _do_drawing(self, connection, rest, headers):
        """/drawing/WORD: the SVG that `targets` has."""
        self._send(connection, "200 OK", self.world.targets[rest[0]].encode(), "image/svg+xml")


class World:
    """The internet, who lives in it, and the instance under test."""

    def __init__(self, internet, workplace):
        self.internet = internet
        # What neighbours answer with, by words in their paths; and who was dialled, as (address, port).
        self.targets, self.connections, self._looks = {}, [], 0
        self.neighbours = [
            Neighbour(internet.bound("::", port), self) for port in (80, PORT, OTHER_PORT, PROXY_PORT, *FOREIGN_PORTS)
        ]
        internet.records[FOLDER_NAME] = [FOLDER]
        self.instance = Instance(write_configuration(workplace / "guard.yaml"), workplace / "guard", port=8080)
        # B20: every transfer of this test would be seen at the proxy if one of these were read.
        proxy = f"http://203.0.113.9:{PROXY_PORT}"
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")
        self.instance.prefix = internet.command("env", *(f"{name}={proxy}" for name in names), "no_proxy=localhost")

    def get(self, path):
        return self.instance.get(path, connect=self.internet.connected)

    def proxied(self, url):
        """The answers to a URL in its plain form and encoded into one segment."""
        forms = quote(url, safe="/:?=&%[]@"), quote(url, safe="")
        return [self.get(f"/demo/proxy/tr:w-40/{form}") for form in forms]

    def dialled(self):
        """Whom anybody but this has dialled so far. Each port's connections come in their order, so a mark that has
        come in comes after all others."""
        self._looks += 1
        for neighbour in self.neighbours:
            self.internet.connected(neighbour.port, MARK).close()
        marks = [(MARK, neighbour.port) for neighbour in self.neighbours]
        wait_for(lambda: all(self.connections.count(mark) == self._looks for mark in marks), what="the marks")
        return [one for one in self.connections if one[0] != MARK]

    def asked(self, word):
        """How many requests with this in their path came in, at any address."""
        return sum(neighbour.count(word) for neighbour in self.neighbours)


def write_configuration(path):
    origins = [
        {"id": "proxy", "type": "WEB_PROXY"},
        web("folder", f"http://{FOLDER}:{PORT}"),
        web("named", f"http://{FOLDER_NAME}:{PORT}"),
        web("foreign", f"http://{FOLDER}:6379"),
    ]
    configuration = {
        "workers": {"processes": 1, "slots": 64, "renders": 1},
        "cache": {"edgeAge": "1s", "errorAge": "1s"},
        "timeouts": {"total": "6s", "connect": "2s", "firstByte": "2s", "stall": "2s", "render": "5s"},
        "network": {"allow": ALLOWED},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": ["private_test_key"],
                "insecure": True,
                "origins": origins,
                "urlEndpoints": [endpoint(one["id"], one["id"]) for one in origins],
            }
        ],
    }
    path.write_text(json.dumps(configuration))
    return path


@contextmanager
def guarded_world(workplace):
    with private_internet(workplace / "internet") as internet:
        world = World(internet, workplace)
        try:
            world.instance.up()
            yield world
        finally:
            world.instance.down()
            for neighbour in world.neighbours:
                neighbour.stop()


class Watch:
    """Whom the instance has dialled since."""

    def __init__(self, world):
        self._world = world
        self._before = len(world.dialled())

    def dialled(self):
        return self._world.dialled()[self._before :]


def is_refused(answer):
    return (answer.status, answer.error) == (404, "UNIDENTIFIED")
