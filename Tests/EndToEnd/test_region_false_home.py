"""A home region that answers false things: the client gets the right picture, and nothing false is kept."""

import hashlib
import itertools
import secrets
import time

import pytest

import purging
from changing_origin import NEW, OLD, shows
from peer import Reply
from regions import SECRET, TOTAL_SECONDS, way
from sites import in_parallel


pytestmark = pytest.mark.usefixtures("healed_world")


@pytest.fixture(scope="module", autouse=True)
def something_to_know(world):
    """Of purges."""
    purging.accept(world.alpha, url=f"{world.alpha.base}/demo/beta/doc/nothing/*")


def raw(text):
    return lambda asked, reply: Reply(200, raw=text)


def with_headers(**changes):
    def forge(asked, reply):
        for name, value in changes.items():
            name = name.replace("_", "-")
            new = value(reply) if callable(value) else value
            reply.headers.pop(name, None)
            if new is not None:
                reply.headers[name] = new
        return reply

    return forge


def with_head(**changes):
    """Proven, as only a region can."""
    return lambda asked, reply: reply.proven_anew(SECRET, asked.nonce, **changes)


def status(number, **headers):
    return lambda asked, reply: Reply(number, headers, b"what?")


def half(asked, reply):
    reply.body, reply.length = reply.body[: len(reply.body) * 2 // 3], len(reply.body)
    return reply


def shortened(asked, reply):
    reply.body = reply.body[:-30]
    return reply


def lengthened(asked, reply):
    reply.body += bytes(3000)
    return reply


def endless(asked, reply):
    reply.body = itertools.chain([reply.body], itertools.repeat(bytes(65536)))
    return reply


def endless_head(asked, reply):
    return Reply(200, {**reply.headers, "x-apus-head": f"{1 << 60} {'0' * 64}"}, itertools.repeat(bytes(65536)))


def endless_entry(asked, reply):
    reply = reply.proven_anew(SECRET, asked.nonce, entry=1 << 50)
    return endless(asked, reply)


def dripping(asked, reply):
    def drip(body):
        for index in range(len(body)):
            time.sleep(0.2)
            yield body[index : index + 1]

    return Reply(200, reply.headers, drip(reply.body), len(reply.body))


def silent_in_the_middle(asked, reply):
    def stall(body):
        yield body[:-50]
        time.sleep(TOTAL_SECONDS + 3)
        yield body[-50:]

    return Reply(200, reply.headers, stall(reply.body), len(reply.body))


def flipped(place):
    def forge(asked, reply):
        index = place % len(reply.rest)
        rest = bytearray(reply.rest)
        rest[index] ^= 1
        reply.body = reply.head_bytes + bytes(rest)
        return reply

    return forge


def flipped_and_proven(place):
    def forge(asked, reply):
        rest = bytearray(reply.rest)
        rest[place % len(rest)] ^= 1
        digest = hashlib.sha256(rest).hexdigest()
        return reply.proven_anew(SECRET, asked.nonce, bytes(rest), digest=digest)

    return forge


class Another:
    """The answer to another question, as it came or proven for this one."""

    def __init__(self, is_proven):
        self.is_proven = is_proven
        self.reply = None

    def __call__(self, asked, reply):
        if self.reply is None:
            self.reply = reply
        elif self.is_proven:
            head = self.reply.head
            return reply.proven_anew(SECRET, asked.nonce, self.reply.rest, entry=head["entry"], digest=head["digest"])
        return self.reply


def header_flood(asked, reply):
    lines = "".join(f"x-flood-{number}: {'a' * 1000}\r\n" for number in range(3000))
    return Reply(200, raw=f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode())


FORGED = {
    "no HTTP": raw(b"\0\1\2 this is no HTTP\r\n\r\n"),
    "nothing": raw(b""),
    "noise": lambda asked, reply: Reply(200, {}, secrets.token_bytes(20000)),
    "a page": lambda asked, reply: Reply(200, {"content-type": "text/html"}, b"<html>busy</html>"),
    "headers without end": header_flood,
    "status 500": status(500),
    "status 503": status(503, **{"retry-after": "1"}),
    "status 404": status(404),
    "status 204": lambda asked, reply: Reply(204),
    "status 206": lambda asked, reply: Reply(206, reply.headers, reply.body),
    "a redirect": lambda asked, reply: Reply(307, {"location": f"http://127.0.0.1:1{asked.path}"}),
    "an unknown refusal": status(403, **{"x-apus-refusal": "whatever"}),
    "half of it": half,
    "its end is missing": shortened,
    "more than it says": lengthened,
    "a body without end": endless,
    "a head without end": endless_head,
    "an entry without end": endless_entry,
    "drop by drop": dripping,
    "silence in the middle": silent_in_the_middle,
    "no proof": with_headers(x_apus_head=None),
    "a proof of zeros": with_headers(x_apus_head=lambda reply: f"{len(reply.head_bytes)} {'0' * 64}"),
    "a proof of less": with_headers(x_apus_head=lambda reply: f"10 {reply.headers['x-apus-head'].split()[1]}"),
    "a head of -1": with_headers(x_apus_head=lambda reply: f"-1 {reply.headers['x-apus-head'].split()[1]}"),
    "a proof by another secret": lambda asked, reply: reply.proven_anew("another secret of enough length", asked.nonce),
    "a proof for another question": lambda asked, reply: reply.proven_anew(SECRET, secrets.token_hex(16)),
    "a flipped bit in the picture": flipped(20),
    "a flipped bit at the end": flipped(-40),
    "a flipped bit in the picture, proven": flipped_and_proven(20),
    "a flipped bit at the end, proven": flipped_and_proven(-40),
    "that it knows of no purge": with_head(purges=""),
    "purges that are none": with_head(purges="what"),
    "an unknown kind": with_head(kind="what"),
    "a file where there is a picture": with_head(kind="file"),
    "nothing new where nothing is known": with_head(kind="unchanged"),
    "an error that is none": with_head(kind="error", fault_status="200", fault_of="picture"),
    "an error that says nothing": with_head(kind="error"),
    "an entry of no bytes": with_head(entry=0),
    "an entry of fewer bytes": with_head(entry=100),
    "an entry of -1 bytes": with_head(entry=-1),
    "no clock": with_head(now=None),
    "a clock that no number holds": with_head(now="9" * 30),
    "an unknown field": with_head(what="x"),
}


SLOW = {
    "headers without end", "a body without end", "a head without end", "an entry without end", "drop by drop",
    "silence in the middle",
}


def some(names, short):
    """All of them in the long set, in the other only these."""
    return [name if name in short else pytest.param(name, marks=pytest.mark.long) for name in names]


@pytest.mark.parametrize("name", some(FORGED, FORGED.keys() - SLOW))
def test_a_false_home(world, unique, name):
    check(world, unique(), FORGED[name])


@pytest.mark.parametrize("is_proven", [False, True], ids=["as it came", "proven"])
def test_the_answer_to_another_question(world, unique, is_proven):
    """Of another picture, another width, or the same at another time."""
    forge = Another(is_proven)
    world.beta.front.forge = forge
    first = unique()
    world.origin.change(first)
    assert shows(world.alpha.visit(f"/demo/beta/tr:w-77,f-png/doc/{first}/a.jpg"), NEW)
    check(world, unique(), forge)


def check(world, word, forge):
    path = f"/demo/beta/tr:w-70,f-png/doc/{word}/a.jpg"
    workers = sorted(world.alpha.workers())
    world.beta.front.forge = forge
    asked = world.beta.front.count(word)
    began = time.monotonic()
    answer = world.alpha.visit(path)
    assert time.monotonic() - began < TOTAL_SECONDS + 1
    assert world.beta.front.count(word) > asked
    assert answer.status == 200 and shows(answer, OLD) and answer.picture().width == 70, answer
    assert way(answer) == ("render", "alpha")
    assert answer["x-apus-stale"] is None
    # From whatever is kept now, and then by a home that is true again.
    for forged in (forge, None):
        world.beta.front.forge = forged
        again = world.alpha.visit(path)
        assert again.body == answer.body and way(again) == ("redis", "alpha"), again
    assert sorted(world.alpha.workers()) == workers


@pytest.mark.parametrize(
    "name", some(["noise", "status 503", "half of it", "a flipped bit in the picture, proven"], {"half of it"})
)
def test_a_home_that_is_false_for_a_while_fails_nobody(world, unique, name):
    """Many at once; in the end it is asked again."""
    world.beta.front.forge = FORGED[name]
    word = unique()
    answers = in_parallel(
        24, lambda number: world.alpha.visit(f"/demo/beta/tr:w-{100 + number // 2},f-png/doc/{word}/a.jpg")
    )
    assert all(shows(answer, OLD) for answer in answers), answers
    assert [answer.picture().width for answer in answers] == [100 + number // 2 for number in range(24)]
    world.beta.front.forge = None
    world.settle("alpha", "beta")


@pytest.mark.parametrize(
    "name",
    some(
        ["noise", "half of it", "no proof", "a proof for another question", "status 503", "a body without end"],
        {"half of it", "no proof"},
    ),
)
def test_a_false_home_of_bound_bytes(world, unique, name):
    """Nobody else may make it: an honest error, and none of the false bytes."""
    word = unique()
    path = f"/demo/bound/tr:w-71,f-png/doc/{word}/a.jpg"
    world.beta.front.forge = FORGED[name]
    answer = world.alpha.visit(path)
    assert answer.status == 503 and answer["Retry-After"] and answer.error, answer
    assert "no-store" in answer["Cache-Control"]
    world.beta.front.forge = None
    world.settle("alpha", "beta")
    assert shows(world.alpha.visit(path), OLD)
