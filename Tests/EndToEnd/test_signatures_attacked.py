"""Signatures under attack: what an URL's end, its key and its way leave open for those who want more than they were given."""

import json
import os
import re
import signal
import threading
import time

import pytest

from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance
from test_signatures import sign

NEW_KEY, LIFE = "private_of_tomorrow", 30


@pytest.fixture(scope="module")
def kept(workplace, folder, origin, configure):
    """An instance that keeps answers and errors for much longer than the URLs of these tests live."""
    account = {
        "id": "demo",
        "privateKeys": [PRIVATE_KEY],
        "origins": [{"id": "disk", "type": "DISK", "path": str(folder)}, web("web", origin.base)],
        "urlEndpoints": [
            endpoint("", "disk"),
            endpoint("signed", "disk", unsigned="deny"),
            endpoint("web", "web", unsigned="deny", cacheControl="origin"),
        ],
    }
    other = {**account, "id": "other", "privateKeys": ["private_of_another"]}
    cache = {"edgeAge": "300s", "errorAge": "300s"}
    instance = Instance(configure("kept", accounts=[account, other], cache=cache), workplace / "kept")
    instance.up()
    yield instance
    instance.down()


def ages(answer):
    """Every time in seconds for which somebody may keep the answer."""
    found = re.findall(r"(?:max-age|s-maxage|stale-while-revalidate|stale-if-error)=(\d+)", answer["Cache-Control"])
    return [int(age) for age in found]


# Each with what it is and the headers of the request.
ANSWERS = [
    ("signed", "tr:w-90/quadrants.jpg", 200, {}),
    ("signed", "quadrants.jpg", 200, {}),
    ("signed", "quadrants.jpg?tr=orig-true", 200, {}),
    ("signed", "quadrants.jpg?tr=orig-true", 304, {}),
    ("signed", "tr:w-91/quadrants.jpg", 304, {}),
    ("signed", "heavy.jpg?tr=orig-true", 206, {"Range": "bytes=0-9"}),
    ("signed", "heavy.jpg?tr=orig-true", 416, {"Range": "bytes=999999999-"}),
    ("signed", "nothing.jpg", 404, {}),
    ("signed", "tr:w-92/nothing-either.jpg", 404, {}),
    ("signed", "tr:w-x/quadrants.jpg", 400, {}),
    ("signed", "tr:nothing-5/quadrants.jpg", 400, {}),
    ("signed", "tr:w-93/text.png", 400, {}),
    ("signed", "tr:w-94/heavy.jpg", 400, {}),
    ("web", "tr:w-95/ok/attacked.jpg", 200, {}),
    ("web", "ok/attacked.jpg", 200, {}),
    ("web", "status/403/attacked.jpg", 404, {}),
    ("web", "status/500/attacked.jpg", 404, {}),
]


@pytest.mark.parametrize("prefix, rest, status, headers", ANSWERS)
def test_nobody_may_keep_an_answer_beyond_its_url_s_end(kept, prefix, rest, status, headers):
    """Each kind of answer, the errors too; nginx, which does not know the end, keeps none of them."""
    expiry = int(time.time()) + LIFE
    path = f"/demo/{prefix}/" + sign(rest, expiry)
    if status == 304:
        headers = {"If-None-Match": kept.get(path)["ETag"]}
    for _ in range(2):
        answer = kept.get(path, headers=headers)
        left = expiry - time.time()
        assert answer.status == status, answer
        assert "no-store" in answer["Cache-Control"] or max(ages(answer)) <= left + 1, answer["Cache-Control"]
        assert answer.cache != "edge" and answer["X-Accel-Expires"] is None


def test_once_its_time_is_over_nothing_of_it_is_left(kept, eventually):
    """Neither at the edge nor with a worker, whatever was answered before."""
    rows = [row for row in ANSWERS if not row[3] and row[2] != 304]
    paths = [f"/demo/{prefix}/" + sign(rest, int(time.time()) + 4) for prefix, rest, _, _ in rows]
    for path in paths:
        assert kept.get(path).status != 401
    for path in paths:
        eventually(lambda path=path: kept.get(path).status == 401, seconds=20, what="the end of a URL")
        answer = kept.get(path)
        assert answer["Cache-Control"] == "no-store" and b"expired" in answer.body


def test_one_url_s_end_is_no_other_s(kept):
    """What is made for a URL that ends is there for one that does not, and is kept as long as that may be."""
    short, long = sign("tr:w-96/quadrants.jpg", int(time.time()) + LIFE), sign("tr:w-96/quadrants.jpg")
    first = kept.get(f"/demo/signed/{short}")
    second = kept.get(f"/demo/signed/{long}")
    assert first["ETag"] == second["ETag"]
    assert max(ages(first)) <= LIFE < max(ages(second))
    assert max(ages(kept.get(f"/demo/signed/{short}"))) <= LIFE


def test_an_account_s_key_opens_nothing_of_another(kept):
    rest = "tr:w-97/quadrants.jpg"
    assert kept.get("/demo/signed/" + sign(rest)).status == 200
    assert kept.get("/other/signed/" + sign(rest)).status == 401
    assert kept.get("/other/signed/" + sign(rest, key="private_of_another")).status == 200
    assert kept.get("/demo/signed/" + sign(rest, key="private_of_another")).status == 401


# Of `/demo/signed/tr:w-98/folder/inner/quadrants.jpg`.
SPELLINGS = [
    "//demo/signed/tr:w-98/folder/inner/quadrants.jpg",
    "/demo//signed/tr:w-98/folder/inner/quadrants.jpg",
    "/demo/signed//tr:w-98/folder/inner/quadrants.jpg",
    "/demo/signed/tr:w-98//folder/inner/quadrants.jpg",
    "/demo/signed/tr:w-98/folder/inner/quadrants.jpg/",
    "/demo/signed/tr:w-98/./folder/inner/quadrants.jpg",
    "/demo/signed/x/../tr:w-98/folder/inner/quadrants.jpg",
    "/demo/signed/tr%3Aw-98/folder/inner/quadrants.jpg",
    "/demo/signed/%74r:w-98/folder/inner/quadrants.jpg",
    "/demo/signed/tr:w-98/folder/inner%2Fquadrants.jpg",
    "/demo/signed/tr:w-98/folder/inner/%71uadrants.jpg",
    "/demo/signed/folder/inner/tr:w-98/quadrants.jpg",
    "/demo/signed/folder/inner/quadrants.jpg?tr=w-98",
    "/demo/signed/ik-seo/tr:w-98/folder/inner/quadrants/words.jpg",
    "/demo/signed/tr:w-98/ik-seo/folder/inner/quadrants/words.jpg",
    "/demo/signed/tr:w-98/folder/inner/quadrants.jpg/ik-thumbnail.jpg",
    "/demo/signed/tr:w-98/folder/inner/quadrants.jpg?",
    "/demo/%73igned/tr:w-98/folder/inner/quadrants.jpg?v=1",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_signature_is_that_of_one_spelling(kept, spelling):
    """Others that lead to the same picture are open to nobody who has only this signature, or none."""
    rest = "tr:w-98/folder/inner/quadrants.jpg"
    good = kept.get("/demo/signed/" + sign(rest))
    assert good.status == 200
    signature = sign(rest).rpartition("ik-s=")[2]
    mark = "&" if "?" in spelling else "?"
    for query in ("", f"{mark}ik-s={signature}", f"{mark}ik-s={signature}&ik-t=9999999999"):
        answer = kept.get(spelling + query)
        assert answer.status in (400, 401, 404), answer
        assert not (answer["Content-Type"] or "").startswith("image/")


def test_keys_are_rotated_under_load(own_apus, eventually):
    """SIGHUP three times: the old key, both, the new one. No URL fails that is signed with a key that is configured."""
    instance = own_apus("rotated")
    usable, failed, asked, stopped = [PRIVATE_KEY], [], [], threading.Event()

    def ask(worker):
        number = 0
        while not stopped.is_set():
            number += 1
            for key in list(usable):
                rest = f"tr:w-{40 + (7 * number + worker) % 50}/quadrants.jpg?n={worker}-{number}"
                answer = instance.get("/demo/signed/" + sign(rest, key=key))
                asked.append(key)
                if answer.status != 200:
                    failed.append((key, answer))

    def take(*keys):
        settings = json.loads(instance.configuration.read_text())
        settings["accounts"][0]["privateKeys"] = list(keys)
        instance.configuration.write_text(json.dumps(settings))
        before = set(instance.workers())
        os.kill(instance.pid("apus"), signal.SIGHUP)
        eventually(lambda: len(now := set(instance.workers())) == 2 and not now & before, 60, "new workers")

    def is_taken(key):
        return instance.get("/demo/signed/" + sign(f"quadrants.jpg?{time.monotonic_ns()}", key=key)).status == 200

    take(PRIVATE_KEY)
    threads = [threading.Thread(target=ask, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert not is_taken(NEW_KEY)
        take(NEW_KEY, PRIVATE_KEY)
        assert is_taken(NEW_KEY) and is_taken(PRIVATE_KEY)
        usable.append(NEW_KEY)
        eventually(lambda: asked.count(NEW_KEY) > 20, 30, "requests with the new key")
        usable.remove(PRIVATE_KEY)
        # Who has begun with the old one comes to an end.
        count = len(asked)
        eventually(lambda: len(asked) > count + 8, 30, "more requests")
        take(NEW_KEY)
        assert is_taken(NEW_KEY) and not is_taken(PRIVATE_KEY)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    assert not failed, failed[:3]
    assert asked.count(PRIVATE_KEY) > 20
