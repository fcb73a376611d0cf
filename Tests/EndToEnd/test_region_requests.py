"""What a region answers to who comes in a region's name: nothing to those that forge, repeat, come late or in circles,
or ask for what may not leave."""

import secrets
import signal
import time

import pytest

import peer
from changing_origin import OLD
from http_client import Answer
from instance import kill, wait_for
from pictures import colour_at, is_near
from regions import SECRET, total
from sites import in_parallel


@pytest.fixture(scope="module")
def beta():
    """Who asks alpha."""
    return peer.Peer("beta", SECRET)


@pytest.fixture
def path(unique):
    return f"/demo/alpha/tr:w-30,f-png/doc/{unique()}/a.jpg"


@pytest.fixture(scope="module")
def kept(world):
    """Names of entries that are in Redis before the first that is refused."""
    return entries(world)


def entries(world):
    return {key for key in world.alpha.redis("--scan").split() if ":v3:" in key}


@pytest.fixture(scope="module", autouse=True)
def workers_live(world):
    before = sorted(world.alpha.workers())
    yield
    assert sorted(world.alpha.workers()) == before


@pytest.fixture
def nothing_happens(world, path, kept):
    """No origin is asked, and the workers answer."""
    yield
    assert world.origin.count(path.split("/")[-2]) == 0
    assert world.alpha.get("/_apus/live").status == 200


def is_refused(reply, status, name):
    return reply.status == status and reply.refusal == name and not reply.body and "x-apus-head" not in reply.headers


# --- good ones


def test_a_question_is_answered_with_a_proven_entry(world, beta, path):
    fields = beta.question("alpha", path, accept="image/webp")
    reply = beta.ask(world.alpha.port, fields)
    assert reply.status == 200, reply
    assert reply.is_proven(SECRET, fields["nonce"])
    assert not reply.is_proven(SECRET, secrets.token_hex(16))
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["cache-control"] == "no-store"
    head = reply.head
    assert head["kind"] == "entry" and head["state"] == "fresh"
    assert abs(int(head["now"]) - time.time() * 1000) < 5000
    assert int(head["entry"]) == len(reply.rest)
    # The form of an entry: its body first, which is the picture, and its sign at the end.
    assert reply.rest.endswith(b"Apus")
    answer = Answer(200, {}, reply.rest[: reply.rest.index(b"IEND") + 8])
    assert is_near(colour_at(answer.picture(), 0.5, 0.5), OLD)
    # The same is in the cache of the region that was asked.
    assert world.alpha.visit(path).cache == "redis"


def test_what_regions_ask_is_in_no_edge_cache(world, beta, path):
    for _ in range(3):
        fields = beta.question("alpha", path)
        reply = beta.ask(world.alpha.port, fields)
        assert reply.status == 200 and reply.is_proven(SECRET, fields["nonce"])


@pytest.mark.parametrize("seconds", [-290, 290])
def test_clocks_may_differ_by_minutes(world, beta, path, seconds):
    fields = beta.question("alpha", path, time=round((time.time() + seconds) * 1000))
    assert beta.ask(world.alpha.port, fields).status == 200


def test_a_region_that_is_asked_asks_nobody(world, beta, unique):
    """Whatever its file says of the home: there is one hop at most."""
    word = unique()
    asked = world.gamma.front.count()
    reply = beta.ask(world.alpha.port, beta.question("alpha", f"/demo/gamma/tr:w-30,f-png/doc/{word}/a.jpg"))
    assert reply.status == 200 and reply.head["kind"] == "entry"
    assert world.gamma.front.count() == asked
    assert world.origin.count(word) == 1


@pytest.mark.parametrize(
    "path, kind, status",
    [
        ("maybe/{word}/a.jpg", "failure", 404),
        ("private/{word}.jpg", "error", 401),
        ("status/500/{word}.jpg", None, 404),
    ],
)
def test_errors_come_as_what_they_are(world, beta, unique, path, kind, status):
    word = unique()
    world.origin.missing.add(word)
    reply = beta.ask(world.alpha.port, beta.question("alpha", "/demo/alpha/tr:w-30/" + path.format(word=word)))
    assert reply.status == 200
    assert reply.head["kind"] == (kind or reply.head["kind"])
    if reply.head["kind"] == "error":
        assert reply.head["fault-status"] == str(status) and reply.head["fault-of"] == "picture"
        assert not reply.rest
    else:
        assert len(reply.rest) == int(reply.head["entry"]) > 0


# --- refused ones


def altered(text, position=40):
    return text[:position] + bytes([text[position] ^ 1]) + text[position + 1 :]


SIGNATURES = {
    "none": lambda body: {},
    "of another secret": lambda body: signed("another secret, of enough length", body),
    "of another call": lambda body: signed(SECRET, body, call="other"),
    "of another body": lambda body: signed(SECRET, altered(body)),
    "of another method": lambda body: {"x-apus-signature": peer.signature(SECRET, f"{peer.FOLDER}ask", body, "GET")},
    "empty": lambda body: {"x-apus-signature": ""},
    "of one word": lambda body: {"x-apus-signature": "1"},
    "of another version": lambda body: changed_signature(body, 0, "2"),
    "of an unknown key": lambda body: changed_signature(body, 1, "00000000"),
    "with zeros": lambda body: changed_signature(body, 2, "0" * 64),
    "cut short": lambda body: changed_signature(body, 2, None, slice(0, 62)),
    "not in hexadecimal": lambda body: changed_signature(body, 2, "z" * 64),
    "too long": lambda body: changed_signature(body, 2, "0" * 6000),
    "with the key of answers": lambda body: {
        "x-apus-signature": "1 00000000 " + peer.proof(SECRET, f"POST\n{peer.FOLDER}ask", body)
    },
}


def signed(secret, body, call="ask"):
    return {"x-apus-signature": peer.signature(secret, peer.FOLDER + call, body)}


def changed_signature(body, place, word, part=slice(None)):
    words = signed(SECRET, body)["x-apus-signature"].split()
    words[place] = words[place][part] if word is None else word
    return {"x-apus-signature": " ".join(words)}


@pytest.mark.parametrize(
    "call, name", [*[("ask", name) for name in SIGNATURES], ("exchange", "none"), ("status", "of another secret")]
)
def test_without_a_good_signature_nothing_is_told(world, beta, path, nothing_happens, name, call):
    body = peer.text_of(beta.question("alpha", path).items())
    reply = beta.send(world.alpha.port, call, body, SIGNATURES[name](body))
    assert is_refused(reply, 403, "signature"), reply


ENVELOPES = {
    "to another region": ({"to_": "beta"}, 421, "misrouted"),
    "to a region that is none": ({"to_": "delta"}, 421, "misrouted"),
    "to nobody": ({"to_": ""}, 421, "misrouted"),
    "from an unknown region": ({"from_": "delta"}, 403, "unknown"),
    "from nobody": ({"from_": ""}, 403, "unknown"),
    "from itself": ({"from_": "alpha"}, 403, "loop"),
    "from long ago": ({"time": lambda: now(-310)}, 403, "clock"),
    "from the future": ({"time": lambda: now(310)}, 403, "clock"),
    "from the beginning of time": ({"time": 0}, 403, "clock"),
    "from the end of time": ({"time": 2**63 - 1}, 403, "clock"),
    "of another form of entries": ({"form": "4"}, 406, "form"),
    "of the form of files": ({"form": "99"}, 406, "form"),
    "that knows purges that nobody made": ({"purges": "alpha=9000000000000000"}, 409, "behind"),
    "that knows another's purges": ({"purges": "gamma=9000000000000000"}, 409, "behind"),
    "for bytes that are bound elsewhere": ({"path": "/demo/bound/tr:w-30/doc/{word}/a.jpg"}, 421, "not-home"),
    "for a bound file": ({"path": "/demo/bound/doc/{word}/a.jpg"}, 421, "not-home"),
    "for a bound host": ({"path": "/doc/{word}/a.jpg", "host": "bound.beta.example"}, 421, "not-home"),
}


def now(seconds):
    return round((time.time() + seconds) * 1000)


@pytest.mark.parametrize("name", ENVELOPES)
def test_what_is_not_for_this_region_is_refused(world, beta, path, nothing_happens, name):
    changes, status, refusal = ENVELOPES[name]
    changes = {key: value() if callable(value) else value for key, value in changes.items()}
    if "path" in changes:
        changes["path"] = changes["path"].format(word=path.split("/")[-2])
    reply = beta.ask(world.alpha.port, beta.question("alpha", **{"path": path, **changes}))
    assert is_refused(reply, status, refusal), reply


@pytest.mark.parametrize("call, name", [("exchange", "from an unknown region"), ("status", "to another region")])
def test_other_calls_are_refused_alike(world, beta, path, nothing_happens, name, call):
    changes, status, refusal = ENVELOPES[name]
    changes = {key: value() if callable(value) else value for key, value in changes.items()}
    reply = beta.send(world.alpha.port, call, peer.text_of(beta.envelope("alpha", **changes).items()))
    assert is_refused(reply, status, refusal), reply


BODIES = {
    "nothing": lambda text: b"",
    "zeros": lambda text: bytes(1000),
    "noise": lambda text: secrets.token_bytes(5000),
    "no line end": lambda text: text[:-1],
    "half": lambda text: text[: len(text) // 2],
    "other line ends": lambda text: text.replace(b"\n", b"\r\n"),
    "a line without a name": lambda text: text + b": x\n",
    "a line without a colon": lambda text: text + b"what\n",
    "an unknown name": lambda text: text + b"what: x\n",
    "a name twice": lambda text: text + b"path: /demo/alpha/other.jpg\n",
    "another order": lambda text: b"\n".join(reversed(text[:-1].split(b"\n"))) + b"\n",
    "another version": lambda text: text.replace(b"apus-region: 1", b"apus-region: 2"),
    "no UTF-8": lambda text: text.replace(b"query: ", b"query: \xff\xfe"),
    "a control byte": lambda text: text.replace(b"query: ", b"query: \x01"),
    "a byte to be deleted": lambda text: text.replace(b"query: ", b"query: \x7f"),
    "no moment of asking": lambda text: altered_field(text, b"asked-at", b"x"),
    "a relay of another kind": lambda text: text + b"relay: perhaps\n",
    "a short nonce": lambda text: altered_field(text, b"nonce", b"0123"),
    "a nonce of other letters": lambda text: altered_field(text, b"nonce", b"z" * 32),
    "no time": lambda text: altered_field(text, b"time", b""),
    "a time before all": lambda text: altered_field(text, b"time", b"-1"),
    "a time that no number holds": lambda text: altered_field(text, b"time", b"9" * 30),
    "no deadline": lambda text: altered_field(text, b"deadline", b""),
    "a deadline that was": lambda text: altered_field(text, b"deadline", b"-5"),
    "a deadline that no number holds": lambda text: altered_field(text, b"deadline", b"9" * 30),
    "no form": lambda text: altered_field(text, b"form", b"x"),
    "purges that are none": lambda text: altered_field(text, b"purges", b"alpha=x"),
    "purges twice": lambda text: altered_field(text, b"purges", b"alpha=1,alpha=2"),
    "purges beyond all numbers": lambda text: altered_field(text, b"purges", b"alpha=" + b"9" * 25),
    "a path that is none": lambda text: altered_field(text, b"path", b"demo"),
    "10,000 lines": lambda text: text + b"a: b\n" * 10000,
}


def altered_field(text, name, value):
    lines = [b"%s: %s" % (name, value) if line.startswith(name + b":") else line for line in text.splitlines()]
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize("name", BODIES)
def test_what_cannot_be_read_is_refused(world, beta, path, nothing_happens, name):
    body = BODIES[name](peer.text_of(beta.question("alpha", path).items()))
    reply = beta.send(world.alpha.port, "ask", body)
    assert is_refused(reply, 400, "malformed"), reply


@pytest.mark.parametrize(
    "call, length", [*[("ask", kilobytes << 10) for kilobytes in (61, 64, 65, 900, 3000)], ("exchange", 61 << 10)]
)
def test_what_is_too_long_is_refused(world, beta, path, nothing_happens, length, call):
    fields = beta.question("alpha", path, query="q" * length)
    reply = beta.send(world.alpha.port, call, peer.text_of(fields.items()))
    assert reply.status in (400, 413), reply
    assert "x-apus-head" not in reply.headers


# --- other ways in


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_posts_are_region_requests(world, beta, path, nothing_happens, method):
    body = peer.text_of(beta.question("alpha", path).items())
    headers = {"x-apus-signature": peer.signature(SECRET, f"{peer.FOLDER}ask", body, method)}
    reply = beta.send(world.alpha.port, "ask", body, headers, method)
    assert reply.status in (400, 403, 404, 405), reply
    assert "x-apus-head" not in reply.headers


@pytest.mark.parametrize("call", ["", "other", "ask/", "ask/x", "../ask", "ask?x=1", "ASK"])
def test_there_are_no_other_calls(world, beta, path, nothing_happens, call):
    body = peer.text_of(beta.question("alpha", path).items())
    reply = beta.send(world.alpha.port, call, body)
    assert reply.status in (400, 403, 404), reply
    assert "x-apus-head" not in reply.headers


def test_nothing_of_all_that_was_kept(world, kept):
    """Entries that have expired meanwhile may be missing."""
    assert entries(world) <= kept


# --- again


def test_what_just_fits_is_answered(world, beta, path):
    fields = beta.question("alpha", path)
    fields["query"] = "v=" + "q" * (14 << 10)
    reply = beta.ask(world.alpha.port, fields)
    assert reply.status == 200 and reply.is_proven(SECRET, fields["nonce"])


def test_a_question_is_answered_once(world, beta, path):
    fields = beta.question("alpha", path)
    assert beta.ask(world.alpha.port, fields).status == 200
    for _ in range(10):
        # Whichever of the two workers it meets.
        assert is_refused(beta.ask(world.alpha.port, fields), 403, "replay")
    assert world.origin.count(path.split("/")[-2]) == 1


def test_of_many_at_once_one_is_answered(world, beta, path):
    fields = beta.question("alpha", path)
    replies = in_parallel(12, lambda number: beta.ask(world.alpha.port, fields))
    assert sorted(reply.status for reply in replies) == [200] + [403] * 11


def test_what_changes_nothing_may_be_asked_again(world, beta):
    body = peer.text_of(beta.envelope("alpha").items())
    for _ in range(2):
        assert beta.send(world.alpha.port, "status", body).status == 200


def test_what_was_seen_outlives_a_replaced_worker(world, beta, path):
    fields = beta.question("gamma", path)
    assert beta.ask(world.gamma.port, fields).status == 200
    world.gamma.up()
    assert is_refused(beta.ask(world.gamma.port, fields), 403, "replay")


def test_a_question_without_redis_is_answered_once_by_each_worker(world, beta, unique):
    pid = world.gamma.pid("redis")
    kill(pid, signal.SIGSTOP)
    try:
        path = f"/demo/gamma/tr:w-30,f-png/doc/{unique()}/a.jpg"
        fields = beta.question("gamma", path)
        assert beta.ask(world.gamma.port, fields).status == 200
        assert is_refused(beta.ask(world.gamma.port, fields), 403, "replay")
    finally:
        kill(pid, signal.SIGCONT)


# --- what may not be kept


@pytest.mark.parametrize("path", ["tr:w-30,f-png/doc/{word}/a.jpg", "doc/{word}/a.jpg", "blob/3000000/{word}/a.bin"])
def test_bound_bytes_are_for_who_passes_them_on(world, unique, path):
    """A region whose file does not say `residency: home` would keep them: it gets none."""
    alpha, word = peer.Peer("alpha", SECRET), unique()
    url = "/demo/bound/" + path.format(word=word)
    reply = alpha.ask(world.beta.port, alpha.question("beta", url))
    assert reply.refusal or reply.head["kind"] == "error", reply.head
    assert len(reply.body) < 5000
    assert world.origin.count(word) == 0
    good = alpha.ask(world.beta.port, alpha.question("beta", url, relay="yes"))
    assert good.status == 200 and good.head["kind"] in ("entry", "file")


# --- clients


def test_a_client_cannot_pretend_to_be_a_region(world, unique):
    """Headers of the protocol on a delivery URL change nothing."""
    word = unique()
    headers = {"x-apus-signature": peer.signature(SECRET, "/", b""), "x-apus-refusal": "loop", "x-apus-head": "1 0"}
    answer = world.alpha.visit(f"/demo/gamma/tr:w-30,f-png/doc/{word}/a.jpg", headers=headers)
    assert answer.status == 200 and "x-apus-head" not in answer.headers
    assert world.alpha.get(f"/demo/bound/doc/{word}/a.jpg", headers=headers).status in (200, 503)


def test_refusals_are_counted(world, beta, path):
    def counted():
        return total(world.alpha, "apus_region_requests_total", result="replay")

    before, fields = counted(), beta.question("alpha", path)
    assert beta.ask(world.alpha.port, fields).status == 200
    assert is_refused(beta.ask(world.alpha.port, fields), 403, "replay")
    wait_for(lambda: counted() == before + 1, what="the counter")
