"""Purges as people make them: by the official client, by a plain call, by `apus purge`."""

import base64
import json
import subprocess

from imagekitio import BadRequestError, ImageKit

from conftest import PRIVATE_KEY
from instance import PROGRAM, wait_for

COMPLETED_SECONDS = 60
COMMAND_SECONDS = 120


def client(instance, key=PRIVATE_KEY):
    return ImageKit(private_key=key, base_url=instance.base, max_retries=0)


def call(instance, body, key=PRIVATE_KEY):
    """POST /v1/files/purge with that body; a key of None sends none."""
    word = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Content-Type": "application/json", **({} if key is None else {"Authorization": f"Basic {word}"})}
    return instance.get("/v1/files/purge", method="POST", headers=headers, body=json.dumps(body).encode())


def accept(instance, key=PRIVATE_KEY, **what):
    """Asks for a purge by url=, tag= or origin= and returns its id."""
    if set(what) == {"url"}:
        return client(instance, key).cache.invalidation.create(url=what["url"]).request_id
    answer = call(instance, what, key)
    assert answer.status == 201, (answer, answer.body)
    return json.loads(answer.body)["requestId"]


def is_completed(instance, request_id, key=PRIVATE_KEY):
    return client(instance, key).cache.invalidation.get(request_id).status == "Completed"


def is_known_and_completed(instance, request_id, key=PRIVATE_KEY):
    """The same, where the worker that is asked may not know of it yet."""
    try:
        return is_completed(instance, request_id, key)
    except BadRequestError:
        return False


def wait_until_completed(instance, request_id, key=PRIVATE_KEY):
    wait_for(lambda: is_completed(instance, request_id, key), COMPLETED_SECONDS, f"the end of purge {request_id}")


def purge(instance, key=PRIVATE_KEY, **what):
    """Purges and waits until it is completed."""
    wait_until_completed(instance, accept(instance, key, **what), key)


def command(*arguments):
    """Runs `apus purge`."""
    return subprocess.run(
        [str(PROGRAM), "purge", *map(str, arguments)],
        capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
    )
