"""Asks and answers in a region's name, and forges both: fields, signature and proof of the protocol of regions."""

import hashlib
import hmac
import http.client
import secrets
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FOLDER = "/_apus/region/"
FORM, ENGINE = "3", "3"
MOST_BYTES = 60 * 1024


# --- fields: a line each, `name: value`, in UTF-8 and without control bytes


def text_of(fields):
    return "".join(f"{name}: {value}\n" for name, value in fields).encode()


def fields_of(text):
    """The fields as a list of pairs; names may repeat."""
    # Not by `splitlines`, which knows more ends of lines.
    lines = [line.partition(":") for line in text.decode().split("\n")[:-1]]
    return [(name, value.removeprefix(" ")) for name, _, value in lines]


# --- keys


def key(secret, use):
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"apus region {use} 1".encode())
    return derived.derive(secret.encode())


def signature(secret, path, body, method="POST"):
    """What stands in `x-apus-signature`."""
    own = key(secret, "request")
    digest = hmac.new(own, f"{method}\n{path}\n".encode() + body, hashlib.sha256)
    return f"1 {hashlib.sha256(own).hexdigest()[:8]} {digest.hexdigest()}"


def proof(secret, nonce, head):
    return hmac.new(key(secret, "answer"), f"{nonce}\n".encode() + head, hashlib.sha256).hexdigest()


# --- answers


@dataclass
class Reply:
    """An answer of a region, as it came or as a test makes it. `body` may be an iterator; `length` is what is announced
    of it. `raw` is sent as it is, and then the connection ends."""

    status: int
    headers: dict = field(default_factory=dict)
    body: object = b""
    length: int | None = None
    raw: bytes | None = None

    @property
    def refusal(self):
        return self.headers.get("x-apus-refusal")

    @property
    def head_bytes(self):
        return self.body[: int(self.headers["x-apus-head"].split()[0])]

    @property
    def head(self):
        return dict(fields_of(self.head_bytes))

    @property
    def rest(self):
        """The entry, and for a long file the stream."""
        return self.body[len(self.head_bytes) :]

    def is_proven(self, secret, nonce):
        return hmac.compare_digest(self.headers["x-apus-head"].split()[1], proof(secret, nonce, self.head_bytes))

    def proven_anew(self, secret, nonce, rest=None, **changes):
        """The same with other fields in its head, or other bytes behind it, and a proof that holds. A value of None
        leaves a field out; `_` stands for `-`."""
        changes = {name.replace("_", "-"): value for name, value in changes.items()}
        pairs = [(name, changes.pop(name, value)) for name, value in fields_of(self.head_bytes)]
        pairs += list(changes.items())
        head = text_of([(name, value) for name, value in pairs if value is not None])
        headers = {**self.headers, "x-apus-head": f"{len(head)} {proof(secret, nonce, head)}"}
        return Reply(self.status, headers, head + (self.rest if rest is None else rest))


class Peer:
    """A region that has the secret and no instance."""

    def __init__(self, name, secret):
        self.name, self.secret = name, secret

    def envelope(self, to, **changes):
        fields = {
            "apus-region": "1",
            "from": self.name,
            "to": to,
            "time": str(round(time.time() * 1000)),
            "nonce": secrets.token_hex(16),
        }
        return changed(fields, changes)

    def question(self, to, path, query="", host="localhost", **changes):
        """The fields of `ask`. `from_` is `from`, and `if_range` is `if-range`; None leaves a field out."""
        fields = {
            **self.envelope(to),
            "deadline": "5000",
            "form": FORM,
            "engine": ENGINE,
            "configuration": "0" * 24,
            "purges": "",
            "host": host,
            "path": path,
            "query": query,
            "asked-at": str(round(time.time())),
        }
        return changed(fields, changes)

    def send(self, port, call, body, headers=None, method="POST", timeout=20):
        """Sends a body as it is, signed unless `headers` say otherwise."""
        if headers is None:
            headers = {"x-apus-signature": signature(self.secret, FOLDER + call, body, method)}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            connection.request(method, FOLDER + call, body=body, headers=headers)
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def ask(self, port, fields):
        return self.send(port, "ask", text_of(fields.items()))


def changed(fields, changes):
    for name, value in changes.items():
        name = name.removesuffix("_").replace("_", "-")
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = str(value)
    return fields
