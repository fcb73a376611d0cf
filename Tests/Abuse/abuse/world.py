"""An internet of its own, in which every address answers and every connection is seen, and a server in it.

By the helper of Apus' end-to-end tests, so it needs a clone (`--deploy`) and network namespaces."""

import importlib
import threading
from contextlib import contextmanager
from urllib.parse import quote

from abuse.cases import expect
from abuse.origin import Origin, send
from abuse.waiting import wait_for

PORT, OTHER_PORT, LONELY_PORT, PROXY_PORT = 8000, 8001, 8002, 3128
# Of other protocols than HTTP.
FOREIGN_PORTS = (21, 22, 25, 53, 110, 143, 445, 587, 993, 2375, 3306, 5432, 6379, 6667, 11211, 27017)
PUBLIC, PUBLIC_V6 = "93.184.216.34", "2606:2800:220:1::34"
ALLOWED = ["10.1.0.0/16", "fd00:1::/64"]
# The owner's own web server, which may be private, and a name of it.
FOLDER, FOLDER_NAME = "10.9.9.9", "folder.example"
# From here the suite looks whether somebody else was dialled.
MARK = "192.0.2.1"
SERVER_PORT = 8080
LOOK_SECONDS = 10


class Neighbour(Origin):
    """Whoever answers at one port of every address; all of them have the same things."""

    def __init__(self, listener, world):
        self.world = world
        super().__init__(listener=listener)
        self._things = world.things

    def serve(self, connection):
        self.world.saw(connection.getsockname()[0].removeprefix("::ffff:"), self.port)
        super().serve(connection)


class World:
    def __init__(self, internet):
        # What names resolve to; see PrivateInternet.
        self.internet, self.records = internet, internet.records
        self.things, self._connections, self._marks = {}, [], 0
        self._lock = threading.Lock()
        self.records[FOLDER_NAME] = [FOLDER]
        ports = (80, PORT, OTHER_PORT, PROXY_PORT, *FOREIGN_PORTS)
        self.neighbours = [Neighbour(internet.bound("::", port), self) for port in ports]
        self.server, self.workers = None, []

    def saw(self, address, port):
        with self._lock:
            self._connections.append((address, port))

    def dialled(self):
        """Whom anybody but the suite has dialled so far. Each port's connections come in their order, so a mark that
        has come in comes after all others."""
        self._marks += 1
        for neighbour in self.neighbours:
            self.internet.connected(neighbour.port, MARK).close()
        wanted = [(MARK, neighbour.port) for neighbour in self.neighbours]
        wait_for(
            lambda: all(self._connections.count(mark) >= self._marks for mark in wanted), LOOK_SECONDS,
            "the suite's own connections",
        )  # fmt: skip
        return [one for one in self._connections if one[0] != MARK]

    @contextmanager
    def watched(self):
        """A list that has, at the end of the block, whom the server has dialled within it."""
        before, seen = len(self.dialled()), []
        yield seen
        seen += self.dialled()[before:]

    def asked(self, word):
        """How many requests with this in their path came in, at any address."""
        return sum(neighbour.count(word) for neighbour in self.neighbours)

    # --- what its hosts have

    def put(self, act, name=None):
        """A behaviour, as of an Origin, at every address; returns its name."""
        return self.neighbours[0].act(act, name=name)

    def picture(self, colour=(200, 30, 60)):
        """Its connection is closed behind it, so that the next one who wants it has to dial."""
        return self.put(Origin.picture_of(colour, [("Connection", "close")]))

    def redirect(self, location, status="302 Found"):
        def act(_, connection):
            send(connection, b"", "text/plain", [("Location", location), ("Connection", "close")], status)
            return False

        return self.put(act)

    # --- asking the server

    def proxied(self, url, steps="w-40"):
        """The answers to a URL in its plain form and encoded into one segment."""
        forms = quote(url, safe="/:?=&%[]@"), quote(url, safe="")
        return [self.server.get(self.server.proxied(form, steps)) for form in forms]

    def of_folder(self, name, steps="w-40", endpoint="/demo/web"):
        return self.server.ask(steps, name, endpoint)

    def stop(self):
        for neighbour in self.neighbours:
            neighbour.stop()


def world_of(target):
    """The world of a suite's run, made when it is first wanted. Its workers have to be those of the beginning."""
    world = target.deployment.shared("world", lambda: _running(target.deployment))
    world.server.violations = target.violations
    expect(
        sorted(world.server.instance.workers()) == world.workers,
        "a worker of the private internet's server was replaced",
    )
    return world


@contextmanager
def _running(deployment):
    private_internet = importlib.import_module("private_internet")
    with private_internet.private_internet(deployment.folder / "internet") as internet:
        world = World(internet)
        proxy = f"http://203.0.113.9:{PROXY_PORT}"
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        variables = [f"{name}={proxy}" for name in names]
        try:
            with deployment.running(
                edit=_edit, prefix=internet.command("env", *variables, "no_proxy=localhost"), port=SERVER_PORT,
                connect=lambda: internet.connected(SERVER_PORT), network={"allow": ALLOWED},
            ) as world.server:  # fmt: skip
                world.workers = sorted(world.server.instance.workers())
                yield world
        finally:
            world.stop()


def _edit(configuration):
    account = configuration["accounts"][0]
    addresses = {
        "web": f"http://{FOLDER}:{PORT}",
        "by-name": f"http://{FOLDER_NAME}:{PORT}",
        "foreign": f"http://{FOLDER}:6379",
    }
    # B14: the server itself, as its own origin.
    leads = {"itself": "itself", "ring": "ring2", "ring2": "ring"}
    addresses |= {name: f"http://127.0.0.1:{SERVER_PORT}/demo/{to}" for name, to in leads.items()}
    account["origins"] = [one for one in account["origins"] if one["type"] != "WEB_FOLDER"]
    account["origins"] += [{"id": name, "type": "WEB_FOLDER", "baseUrl": base} for name, base in addresses.items()]
    account["urlEndpoints"] += [{"urlPrefix": name, "origins": [name]} for name in addresses if name != "web"]
