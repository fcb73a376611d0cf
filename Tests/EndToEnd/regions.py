"""Regions of one configuration file, side by side on loopback: each has its own ports, Redis and store, and a front by
which the others reach it. Their origin is the same and counts."""

import itertools
import json
import threading
from contextlib import contextmanager

from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, kill, process_table, session_of, wait_for
from prometheus import Difference, metrics
from region_front import Front
from region_origin import RegionOrigin
from sites import in_parallel

SECRET = "the secret of all regions, long enough"
NAMES = ("alpha", "beta", "gamma")
TOTAL_SECONDS = 6
RETURN_SECONDS = 60

_visits = itertools.count(1)


class Region(Instance):
    """`front`: where the others reach it."""

    def __init__(self, name, configuration, state, context=None):
        super().__init__(configuration, state)
        self.name = name
        self.front = Front(context)
        self.front.target = self.port

    def up(self, *options, check=True):
        self.front.unsettle()
        return super().up("--region", self.name, *options, check=check)

    def visit(self, path, **options):
        """Past the edge cache, whose key has the host; the keys of the internal cache have not."""
        headers = {"Host": f"visit{next(_visits)}.example", **options.pop("headers", {})}
        return self.get(path, headers=headers, **options)

    def kill_all(self):
        """As if the power went."""
        self.front.unsettle()
        leaders = [self.pid(name) for name in ("redis-keeper", "apus", "nginx")]
        pids = {pid for leader in leaders for pid in session_of(leader)} | {self.pid("redis")}
        for pid in pids & {pid for pid, _, _ in process_table()}:
            kill(pid)

    def made(self):
        """Pictures rendered here since."""
        difference = Difference(self)
        return lambda: difference["apus_renders_total", {"result": "done"}]


class World:
    """`world.alpha`, and `world["alpha"]`; iterates over all."""

    def __init__(self, workplace, name, names, contexts=None, **changes):
        self.workplace, self.name = workplace, name
        self.origin = RegionOrigin()
        self.changes = changes
        self.file = workplace / f"{name}.yaml"
        self.regions = {
            one: Region(one, self.file, workplace / f"{name}-{one}", (contexts or {}).get(one)) for one in names
        }
        for region in self:
            region.front.others = {name for name in names if name != region.name}
        self.write()

    def __getattr__(self, name):
        try:
            return self.__dict__["regions"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name):
        return self.regions[name]

    def __iter__(self):
        return iter(self.regions.values())

    def write(self, file=None, **changes):
        """Writes the configuration with these sections instead of the usual ones; None leaves one out."""
        settings = {**configuration(self), **self.changes, **changes}
        file = file or self.file
        file.write_text(json.dumps({name: value for name, value in settings.items() if value is not None}, indent=2))
        return file

    def up(self, *names):
        """All of them at once, as far as the machine can."""
        together([self[name].up for name in names or self.regions])

    def stop(self):
        for region in self:
            region.front.stop()
        together([region.down for region in self])
        self.origin.stop()

    def is_good(self, near, home, word):
        """Whether a new picture is made at home for another region."""
        path = f"/demo/{home}/tr:w-20,f-png/doc/{word}-{next(_visits)}.jpg"
        return self[near].visit(path).cache == "region"

    def settle(self, near=None, home=None):
        """Waits until every region asks every other one."""
        pairs = [
            (one, other)
            for one in ([near] if near else self.regions)
            for other in ([home] if home else self.regions)
            if one != other
        ]
        for one, other in pairs:
            # Many in a row: a region that comes back is asked for a part of the keys at first, and each worker of the
            # other one finds it back, or away on a busy machine, by itself. Some at once, or all of them would come to the
            # worker whose connection nginx has used last.
            unsettled = self[other].front.unsettled
            rounds = 10 if one in unsettled else 3
            wait_for(
                lambda: all(
                    all(in_parallel(4, lambda _: self.is_good(one, other, "settle"))) for _ in range(rounds)
                ),
                RETURN_SECONDS, f"{one} to ask {other}",
            )
            unsettled.discard(one)

    def heal(self):
        for region in self:
            region.front.heal()
        self.settle()


def configuration(world):
    names = list(world.regions)
    by_home = [endpoint(name, "web", homeRegion=name) for name in names]
    first, second = names[:2]
    return {
        "regions": {
            name: {"url": region.front.base, "workers": workers(2 if name == first else 1)}
            for name, region in world.regions.items()
        },
        "regionSecret": SECRET,
        "cache": {"edgeAge": "1s", "errorAge": "2s"},
        # A busy machine must not look like a Redis that is away.
        "timeouts": {
            "total": f"{TOTAL_SECONDS}s", "connect": "1s", "firstByte": "4s", "stall": "2s", "render": "5s",
            "redis": "500ms",
        },
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY],
                "homeRegion": first,
                "origins": [web("web", world.origin.base)],
                "urlEndpoints": [
                    endpoint("", "web"),
                    *by_home,
                    endpoint("bound", "web", homeRegion=second, residency="home"),
                    endpoint("obeys", "web", homeRegion=second, cacheControl="origin"),
                    endpoint("signed", "web", homeRegion=second, unsigned="deny"),
                    endpoint("saves", "web", homeRegion=second, saveOriginals=True),
                    endpoint("hosted", "web", homeRegion=second, hosts=["images.beta.example"]),
                    endpoint("bound-hosted", "web", homeRegion=second, residency="home", hosts=["bound.beta.example"]),
                ],
            },
            {
                "id": "nobody",
                "publicKey": "public_nobody",
                "privateKeys": ["private_nobody"],
                "origins": [web("web", world.origin.base)],
                "urlEndpoints": [endpoint("", "web")],
            },
        ],
    }


def workers(processes):
    return {"processes": processes, "slots": 64, "renders": 2}


def together(acts):
    """Runs them at once; raises what the first of them has raised."""
    errors = []

    def run(act):
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@contextmanager
def running(workplace, name, names=NAMES, contexts=None, settle=True, **changes):
    world = World(workplace, name, names, contexts, **changes)
    try:
        world.up()
        # Who has just been started asks for everything at once.
        for region in world:
            region.front.unsettled.clear()
        if settle:
            world.settle()
        yield world
    finally:
        world.stop()


# --- what is asked, and what answers and metrics say


def path(home, word, width=40):
    """A picture that the origin has, at an endpoint that has this home."""
    return f"/demo/{home}/tr:w-{width},f-png/doc/{word}/a.jpg"


def way(answer):
    """Which tier answered, and the region that made the bytes."""
    return answer.cache, answer["x-apus-region"]


def total(instance, name, **labels):
    """The sum of a metric's series with these labels; 0 where there is none."""
    samples = metrics(instance)
    return sum(
        value for (other, pairs), value in samples.values.items() if other == name and set(labels.items()) <= pairs
    )
