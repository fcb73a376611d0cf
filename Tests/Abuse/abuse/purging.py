"""Purges by ImageKit's HTTP API."""

import base64
import json
import time
from urllib.parse import urlsplit

from abuse.cases import Failed, expect_status
from abuse.wire import Wire

COMPLETED_SECONDS = 60


def call(target, body, key=None, path="/v1/files/purge", method="POST", headers=()):
    """A call with that key (that of the account if it is None, without any if it is empty) and body: bytes, or what
    becomes JSON."""
    api = urlsplit(target.settings.api)
    wire = Wire(api.hostname, api.port or (443 if api.scheme == "https" else 80), api.scheme == "https")
    key = target.settings.key if key is None else key
    pairs = [("Content-Type", "application/json"), *headers]
    if key:
        pairs.append(("Authorization", "Basic " + base64.b64encode(f"{key}:".encode()).decode()))
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    return wire.request(path, method, pairs, data)


def accept(target, path):
    """The id of a purge of that path, which may end in `*`."""
    answer = call(target, {"url": target.settings.base + path})
    expect_status(answer, 201, f"the purge of {path}")
    return json.loads(answer.body)["requestId"]


def purge(target, path):
    """Purges and waits until that is completed."""
    request_id, end = accept(target, path), time.monotonic() + COMPLETED_SECONDS
    while time.monotonic() < end:
        answer = call(target, None, path=f"/v1/files/purge/{request_id}", method="GET")
        if answer.status == 200 and json.loads(answer.body)["status"] == "Completed":
            return
        time.sleep(0.3)
    raise Failed(f"the purge of {path} is not completed after {COMPLETED_SECONDS} s")
