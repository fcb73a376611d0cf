"""The server under test, as far as it is known, and what the suite may do with it."""

import itertools
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from abuse import invariants
from abuse.cases import Power
from abuse.pictures import kind_of, size_of
from abuse.signing import FOREVER, signed
from abuse.wire import ANSWER_SECONDS, Wire

_words = itertools.count(1)


@dataclass
class Settings:
    """What is said on the command line. Endpoints are the beginnings of paths, such as `/demo`."""

    base: str = ""
    endpoint: str = "/demo"
    # A picture below every one of the endpoints that has files: a JPEG or PNG, larger than 100 × 100, no animation.
    sample: str = "kleiber.jpg"
    # A file there that is no picture, longer than a few hundred bytes; empty if there is none.
    file: str = ""
    key: str = ""
    older_key: str = ""
    signed_endpoint: str = ""
    signed_origin_endpoint: str = ""
    named_endpoint: str = ""
    named: str = ""
    proxy_endpoint: str = ""
    proxy_is_signed: bool = False
    origin_endpoint: str = ""
    api: str = ""
    # A domain of which ADDRESS.domain leads to that address, as some offer it.
    names: str = ""
    # Another account of the same server that has a sample under the same name but of another content.
    other_endpoint: str = ""
    # Seconds that an error may be kept at most.
    error_age: int = 60
    # Seconds until every answer has come, and that nginx keeps one.
    total: int = 20
    edge_age: int = 10
    # A folder of files that crashed decoders, and how long the soak may last; empty and 0 if there is none.
    crashes: str = ""
    soak: int = 0


class Target:
    def __init__(self, settings, origin=None, deployment=None, instance=None, connect=None):
        """`origin`: the suite's own, that `origin_endpoint` fetches from. `deployment`: by which servers can be
        started; `instance`: the one that this is, if it was started by it."""
        self.settings, self.origin, self.deployment, self.instance = settings, origin, deployment, instance
        parts = urlsplit(settings.base)
        is_tls = parts.scheme == "https"
        self.wire = Wire(parts.hostname, parts.port or (443 if is_tls else 80), is_tls, connect)
        self.base_path = parts.path.rstrip("/")
        self.violations = []
        self.powers = frozenset()
        # Whether the endpoint makes pictures without a signature, but not any picture.
        self.is_limited = False

    def look(self):
        """Finds out what may be done. Raises OSError when nobody is there."""
        given = self.settings
        found = {
            Power.SIGN: given.key,
            Power.SIGNED: given.key and given.signed_endpoint,
            Power.SIGNED_ORIGIN: given.key and given.signed_origin_endpoint and self.origin,
            Power.NAMED: given.named,
            Power.NAMED_ENDPOINT: given.named and given.named_endpoint,
            Power.PROXY: given.proxy_endpoint and (given.key or not given.proxy_is_signed),
            Power.ORIGIN: given.origin_endpoint and self.origin,
            Power.NAMES: given.names,
            Power.API: given.api and given.key,
            Power.LOCAL: _is_here(self.wire.host),
            Power.OPERATIONS: self.wire.request("/_apus/live").status == 200,
            Power.OPEN: self.wire.request(f"{self.base_path}{given.endpoint}/{given.sample}").status == 200,
            Power.CONFIGURE: self.deployment,
            Power.NAMESPACES: self.deployment and self.deployment.has_namespaces(),
        }
        self.powers = frozenset(power for power, value in found.items() if value)
        self.is_limited = Power.OPEN in self.powers and not self._makes_any_picture()
        if given.key or not self.is_limited:
            self.powers |= {Power.FREE}
        return self

    def _makes_any_picture(self):
        """Whether nothing of it is refused or made in another size. What cannot be made at the moment is not."""
        answer = self.wire.request(self.path("w-61,h-41,c-force,rt-90,q-71,f-png", is_signed=False))
        if answer.status != 200:
            return answer.status not in (400, 401, 403)
        return kind_of(answer.body) == "png" and size_of(answer.body) == (41, 61)

    # --- asking

    def get(self, path, **options):
        """The answer to a path, text or bytes, sent as it is. It is also held against what holds for every answer."""
        answer = self.wire.request(path, **options)
        self.violations += invariants.broken(answer, self.settings.error_age)
        return answer

    def raw(self, data, seconds=ANSWER_SECONDS):
        return self.wire.raw(data, seconds)

    def ask(self, steps="", name=None, endpoint=None, query="", **options):
        """The answer to a transformation of the sample, or of another file."""
        return self.get(self.path(steps, name, endpoint, query), **options)

    def at_origin(self, name, steps="", **options):
        """The answer to what the suite's origin has under this name."""
        return self.ask(steps, name, self.settings.origin_endpoint, **options)

    # --- paths

    def path(self, steps="", name=None, endpoint=None, query="", is_signed=None):
        """`/endpoint/tr:steps/name?query`, signed where the server answers nobody without."""
        given = self.settings
        rest = (f"tr:{steps}/" if steps else "") + (name or given.sample) + (f"?{query}" if query else "")
        endpoint = given.endpoint if endpoint is None else endpoint
        if is_signed is None:
            is_signed = given.key and (self.is_limited or Power.OPEN not in self.powers)
        return self.signed(rest, endpoint) if is_signed else f"{self.base_path}{endpoint}/{rest}"

    def signed(self, rest, endpoint=None, expiry=FOREVER, key=None):
        """The signed path of what comes after an endpoint, as it is."""
        endpoint = self.settings.signed_endpoint if endpoint is None else endpoint
        return f"{self.base_path}{endpoint}/{signed(key or self.settings.key, rest, expiry)}"

    def proxied(self, url, steps="w-40"):
        """The path that asks the WEB_PROXY endpoint for a URL, given as it is to stand there."""
        return self.path(steps, url, self.settings.proxy_endpoint, is_signed=self.settings.proxy_is_signed)

    @staticmethod
    def word():
        """For names and parameters that nobody has asked for before."""
        return f"abuse{next(_words)}x{time.time_ns() // 1000 % 10**9}"

    # --- servers of one's own

    @contextmanager
    def own(self, edit=None, **changes):
        """Another server, with the standard configuration of the suite, `changes` at its top level and what
        `edit(configuration)` does to it. Needs CONFIGURE."""
        with self.deployment.running(edit=edit, **changes) as target:
            target.violations = self.violations
            yield target


def _is_here(host):
    try:
        addresses = {found[4][0] for found in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(address.startswith("127.") or address == "::1" for address in addresses)
