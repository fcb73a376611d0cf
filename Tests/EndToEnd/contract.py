"""Every kind of origin behind one instance, for the contract suite."""

import hashlib
import hmac
import http.client
import json
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from conftest import PRIVATE_KEY, endpoint
from instance import Instance
from relay import ClosedPort, Relay, port_of, through

TOTAL_SECONDS, STALL_SECONDS = 6, 2
# Longer than any answer or silence in one may last.
ANSWER_SECONDS = 12
TIMEOUTS = {"total": f"{TOTAL_SECONDS}s", "connect": "2s", "firstByte": "4s", "stall": f"{STALL_SECONDS}s"}
# What a relay does to an origin's answers, by the word in the URL endpoint's prefix.
WAYS = {
    "counted": {},
    "drip": {"drip": (16_384, 0.02)},
    "stall": {"stall_after": 200_000},
    "cut": {"cut_after": 200_000},
    "stall-late": {"stall_after": 2_000_000},
    "cut-late": {"cut_after": 2_000_000},
    "mended": {"cut_after": 200_000, "cuts": 0},
}
STILL_SECONDS = 0.3
DRIPPED_BYTES_A_SECOND = 16_384 / 0.02


class Target:
    """One kind, started, behind URL endpoints `SLUG` (the part itself), `SLUG-obeys` (with what it says of caching),
    `SLUG-refused`, and `SLUG-WAY` for each of WAYS; a variant has only the counted one of these."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.part = kind.start(folder)
        self.instance = None
        self._keys = set()
        self.relays = {}
        if kind.has("network"):
            port = self._port()
            ways = ["counted"] if kind.is_variant else WAYS
            self.relays = {way: Relay(port, **WAYS[way]) for way in ways}
            if not kind.is_variant:
                self.relays["refused"] = ClosedPort()

    def __repr__(self):
        return self.kind.name

    def _port(self):
        """Of the part, which a WEB_PROXY's settings do not have."""
        settings = self.part.settings()
        return port_of(settings.get("endpoint") or settings.get("baseUrl") or self.part.base)

    def stop(self):
        for one in (*self.relays.values(), self.part):
            one.stop()

    def origins(self):
        settings = self.part.settings()
        relayed = ((f"{self.kind.slug}-{way}", through(settings, relay.port)) for way, relay in self.relays.items())
        return [{"id": name, **fields} for name, fields in ((self.kind.slug, settings), *relayed)]

    def endpoints(self):
        ways = [endpoint(name := f"{self.kind.slug}-{way}", name) for way in self.relays]
        obeyed = f"{self.kind.slug}-counted" if self.relays else self.kind.slug
        obeys = endpoint(f"{self.kind.slug}-obeys", obeyed, cacheControl="origin")
        return [endpoint(self.kind.slug, self.kind.slug), obeys, *ways]

    # --- objects

    def put(self, key, body, *arguments, **options):
        self.part.put(self.kind.spelled(self.kind.prefix + key), body, *arguments, **options)

    def put_once(self, key, *arguments, **options):
        if key not in self._keys:
            self._keys.add(key)
            self.put(key, *arguments, **options)

    def forbid(self, key):
        forbidden = self.part.forbid(self.kind.prefix + key)
        return None if forbidden is None else forbidden.removeprefix(self.kind.prefix)

    # --- requests

    def path(self, key=None, raw=None, way=None, steps=None, query=None, sign=False):
        """`raw` is the key as it stands in the URL, where that is not its usual form."""
        place = "obeys" if way == "obeys" and self.relays else way
        relay = self.relays.get("counted" if way == "obeys" else way)
        raw = urllib.parse.quote(key) if raw is None else raw
        spelled = self.kind.url(self.part, urllib.parse.quote(self.kind.prefix) + raw, relay.port if relay else None)
        rest = (f"tr:{steps}/" if steps else "") + spelled + (f"?{query}" if query else "")
        base = f"/demo/{self.kind.slug}" + (f"-{place}" if place else "")
        return f"{base}/{signed(rest) if sign else rest}"

    def get(self, key=None, method="GET", headers=None, **where):
        return self.instance.get(self.path(key, **where), method=method, headers=headers or {})

    @contextmanager
    def reading(self, key, headers=None, **where):
        """The response, whose body is still to be read."""
        connection = http.client.HTTPConnection("127.0.0.1", self.instance.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", self.path(key, **where), headers=headers or {})
            yield connection.getresponse()
        finally:
            connection.close()


def signed(rest):
    signature = hmac.new(PRIVATE_KEY.encode(), f"{rest}9999999999".encode(), hashlib.sha1).hexdigest()
    return f"{rest}{'&' if '?' in rest else '?'}ik-s={signature}"


@contextmanager
def running(workplace, kinds, fill):
    """An instance with these kinds, as a dictionary of targets by name. `fill(target)` puts objects into each before
    anybody is connected to it: a web server that learns of new headers answers with the old ones on old connections."""
    with ExitStack() as stack:
        targets = []
        for kind in kinds:
            folder = workplace / "contract" / kind.slug
            folder.mkdir(parents=True)
            targets.append(target := Target(kind, folder))
            stack.callback(target.stop)
        all_at_once(fill, targets)
        for name, value in merged(target.part.environment() for target in targets).items():
            stack.enter_context(pytest.MonkeyPatch.context()).setenv(name, value)
        instance = Instance(write(workplace, targets), workplace / "contract-state")
        stack.callback(instance.down)
        instance.up()
        for target in targets:
            target.instance = instance
        yield {target.kind.name: target for target in targets}


def merged(dictionaries):
    """All in one, which no two may disagree on."""
    whole = {}
    for one in dictionaries:
        for name, value in one.items():
            assert whole.setdefault(name, value) == value, f"two parts want different {name}"
    return whole


def network(workplace, targets):
    """What all parts want of `network:`, with the certificates of all of them in one file."""
    files = [target.part.network["caFile"] for target in targets if "caFile" in target.part.network]
    if not files:
        return {}
    bundle = workplace / "contract" / "authorities.pem"
    bundle.write_text("".join(Path(file).read_text() for file in dict.fromkeys(files)))
    return {"caFile": str(bundle)}


def write(workplace, targets):
    account = {
        "id": "demo",
        "publicKey": "public_test",
        "privateKeys": [PRIVATE_KEY],
        "insecure": True,
        "origins": [origin for target in targets for origin in target.origins()],
        "urlEndpoints": [one for target in targets for one in target.endpoints()],
        "namedTransformations": {"small": "w-8,f-png"},
    }
    return write_configuration(workplace / "contract.yaml", [account], network(workplace, targets))


def write_configuration(path, accounts, network=None, workers=2):
    configuration = {
        "workers": {"processes": workers, "slots": 256, "renders": 2},
        "cache": {"edgeAge": "1s", "errorAge": "1s"},
        "timeouts": TIMEOUTS,
        "network": {"allow": ["127.0.0.0/8"], **(network or {})},
        "accounts": accounts,
    }
    path.write_text(json.dumps(configuration, indent=2, ensure_ascii=False))
    return path


def wait_until_still(relay):
    """Until no answer's bytes pass any more."""
    passed = -1
    while passed != (passed := relay.passed):
        time.sleep(STILL_SECONDS)
    return passed


def all_at_once(act, things):
    """act(thing) for each, in threads of their own; the results in order."""
    things = list(things)
    with ThreadPoolExecutor(max(len(things), 1)) as pool:
        return list(pool.map(act, things))
