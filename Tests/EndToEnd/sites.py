"""Instances whose every test has a web origin of its own, so that nobody meets another's breaker or pages."""

import json
import re
import threading
from contextlib import contextmanager

from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance
from scripted_origin import ScriptedOrigin

# What the URL endpoints of a site differ in, by the word that names them.
KINDS = {
    "plain": {},
    "obeys": {"cacheControl": "origin"},
    "saves": {"saveOriginals": True},
    "both": {"cacheControl": "origin", "saveOriginals": True},
    "signed": {"cacheControl": "origin", "unsigned": "deny"},
}


class Site:
    """One origin behind one URL endpoint of each kind."""

    def __init__(self, number, make_origin):
        self.number = number
        self.origin = make_origin()
        self.instance = None
        self._visits = 0

    def endpoints(self):
        return [endpoint(f"{kind}{self.number}", f"site{self.number}", **rules) for kind, rules in KINDS.items()]

    def path(self, name, kind="obeys", steps="w-40,f-png"):
        return f"/demo/{kind}{self.number}/tr:{steps}/page/{name}"

    def get(self, name, kind="obeys", steps="w-40,f-png", **options):
        """Past the edge cache, whose key has the host; the internal cache's has not."""
        return self.visit(self.path(name, kind, steps), **options)

    def visit(self, path, **options):
        self._visits += 1
        headers = {"Host": f"visit{self._visits}.site{self.number}.example", **options.pop("headers", {})}
        return self.instance.get(path, headers=headers, **options)


@contextmanager
def running(workplace, name, count, workers=2, make_origin=ScriptedOrigin, **changes):
    """An instance with so many sites, as (instance, sites)."""
    sites = [Site(number, make_origin) for number in range(count)]
    instance = Instance(write(workplace / f"{name}.yaml", sites, workers, **changes), workplace / name)
    for site in sites:
        site.instance = instance
    try:
        instance.up()
        yield instance, sites
    finally:
        instance.down()
        for site in sites:
            site.origin.set_mode(None)
            site.origin.stop()


def write(path, sites, workers=2, **changes):
    configuration = {
        "workers": {"processes": workers, "slots": 64, "renders": 2},
        "cache": {"edgeAge": "1s", "errorAge": "2s"},
        "timeouts": {"total": "6s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_test",
                "privateKeys": [PRIVATE_KEY],
                "origins": [web(f"site{site.number}", site.origin.base) for site in sites],
                "urlEndpoints": [one for site in sites for one in site.endpoints()],
                "namedTransformations": {"thumb": "w-40,f-png"},
            }
        ],
        **changes,
    }
    path.write_text(json.dumps(configuration, indent=2))
    return path


# --- what answers and metrics say


def control(answer):
    """Cache-Control as a dictionary; a directive without value is True."""
    parts = [part.strip().partition("=") for part in (answer["Cache-Control"] or "").split(",") if part.strip()]
    return {name.lower(): int(value) if value.isdigit() else True for name, _, value in parts}


def metric(instance, name, **labels):
    """The sum of all series of this metric that have these labels."""
    sum_of_all = 0
    for line in instance.get("/_apus/metrics").body.decode().splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            sum_of_all += float(found[2])
    return int(sum_of_all)


def renders(instance):
    return metric(instance, "apus_renders_total", result="done")


def colour(answer):
    """The colour of the picture's middle."""
    picture = answer.picture().convert("RGB")
    return picture.getpixel((picture.width // 2, picture.height // 2))


def shows(answer, expected):
    return all(abs(one - other) < 12 for one, other in zip(colour(answer), expected, strict=True))


def in_parallel(count, act):
    """Runs act(n) on `count` threads at once and returns what they returned."""
    results = [None] * count
    gate = threading.Barrier(count)

    def run(number):
        gate.wait()
        results[number] = act(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
