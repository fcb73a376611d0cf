"""Purges by ImageKit's HTTP API."""

import base64
import json
from urllib.parse import urlsplit

from abuse.cases import expect_status
from abuse.waiting import wait_for
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
    request_id = accept(target, path)

    def is_completed():
        answer = call(target, None, path=f"/v1/files/purge/{request_id}", method="GET")
        return answer.status == 200 and json.loads(answer.body)["status"] == "Completed"

    wait_for(is_completed, COMPLETED_SECONDS, f"the completion of the purge of {path}")
