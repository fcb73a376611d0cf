"""What every kind of origin promises: the same tests for all of them, each against a real part behind real workers and
nginx. Where a kind cannot have something, KINDS says so."""

import gzip
import hashlib
import http.client
import random
import struct
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
from PIL import Image

import contract
from contract import STALL_SECONDS, TOTAL_SECONDS
from contract_kinds import KINDS
from pictures import colour_at, encoded, is_near, jpeg, noise, quadrants, shows_quadrants

PICTURE = jpeg(quadrants())
FILE = random.Random(1).randbytes(5_000_000)
TEXT = ("body { colour: red; margin: 0 }\n" * 1000).encode()
# A picture and a file that a dripping relay needs a while for; the file longer than a request may last in all.
SLOW_PICTURE = jpeg(noise())
SLOW_FILE = random.Random(2).randbytes(int(contract.DRIPPED_BYTES_A_SECOND * (TOTAL_SECONDS + 1)))
PRIVATE = {"private.jpg": PICTURE, "private named.jpg": PICTURE, "private.bin": FILE}
NO_CACHE = {"Cache-Control": "no-cache"}
HUGE_BYTES = 300_000_000
READ_BYTES = 1 << 20
# What may be on the way between origin and client at once: sockets' buffers, nginx' and ours.
ON_THE_WAY_BYTES = 48 << 20


@pytest.fixture(scope="module")
def targets(workplace, request):
    """The kinds that the chosen tests are about."""
    chosen = {item.callspec.params.get("target") for item in request.session.items if hasattr(item, "callspec")}
    with contract.running(workplace, [kind for kind in KINDS if kind.name in chosen], fill) as targets:
        yield targets


@pytest.fixture(scope="module", autouse=True)
def waiting(targets):
    """What takes long, begun at once and waited for by those tests that want it."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(all_troubles, targets)


def fill(target):
    target.put("quadrants.jpg", PICTURE, "image/jpeg")
    target.put("slow.jpg", SLOW_PICTURE, "image/jpeg")
    target.put("slow.bin", SLOW_FILE)
    target.put("file.bin", FILE, "application/octet-stream")
    if target.kind.has("headers"):
        target.put("fresh.jpg", SLOW_PICTURE, "image/jpeg", headers=NO_CACHE)
        target.put("changing.bin", FILE[:2000], headers=NO_CACHE)
    if target.kind.has("types"):
        target.put("a text.jpeg.dat", TEXT, "application/x-apus; v=1")
    if target.kind.has("privacy"):
        for name, body in PRIVATE.items():
            target.put(name, body, private=True)


@pytest.fixture(params=[kind.name for kind in KINDS])
def target(request, targets):
    return targets[request.param]


@pytest.fixture
def has(target):
    """Skips what this kind cannot have."""

    def check(*words):
        if not target.kind.has(*words):
            pytest.skip(f"{target} has no {' and '.join(words)}")

    return check


@pytest.fixture(scope="module")
def huge(troubles):
    """No two of its blocks are the same. Nothing else is going on when it passes."""
    block = random.Random(3).randbytes(READ_BYTES - 8)
    blocks = HUGE_BYTES // READ_BYTES + 1
    return b"".join(struct.pack(">Q", number) + block for number in range(blocks))[:HUGE_BYTES]


# --- Found, missing, forbidden


def test_a_picture_is_found_and_rendered(target):
    answer = target.get("quadrants.jpg", steps="w-100,f-png")
    assert answer.status == 200, answer
    assert answer.picture().size == (100, 75) and shows_quadrants(answer.picture())
    assert answer["Content-Type"] == "image/png"


def test_an_original_passes_untouched(target):
    answer = target.get("quadrants.jpg", steps="orig-true")
    assert (answer.status, answer["Content-Type"]) == (200, "image/jpeg"), answer
    assert answer.body == PICTURE
    assert answer["Content-Disposition"] is None


def test_a_file_passes_untouched_and_its_head_says_its_length(target):
    answer = target.get("file.bin")
    assert answer.status == 200, answer
    assert answer.body == FILE
    assert answer["ETag"] or not target.kind.has("validators")
    head = target.get("file.bin", method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head["Content-Length"] == (str(len(FILE)) if target.kind.has("length") else None)


@pytest.mark.parametrize("name", ["none.jpg", "none.bin", "none/at/all.css"])
def test_what_is_missing_is_not_found(target, name):
    answer = target.get(name)
    assert (answer.status, answer.error) == (404, target.kind.missing), answer
    assert len(answer.body) < 200


@pytest.mark.parametrize("kind_of_file", ["jpg", "bin"])
def test_what_is_forbidden_is_not_found_either(target, kind_of_file):
    target.put(f"forbidden.{kind_of_file}", PICTURE, "image/jpeg")
    key = target.forbid(f"forbidden.{kind_of_file}")
    if key is None:
        pytest.skip(f"{target} forbids nothing")
    answer = target.get(key)
    assert (answer.status, answer.error) == (404, "EACCES"), answer
    assert len(answer.body) < 200


# --- Names


NAMES = {
    "space": ("a folder/a b.png", None),
    "plus": ("a+b.png", "a+b.png"),
    "encoded plus": ("c+d.png", "c%2Bd.png"),
    "literal %2B": ("e%2Bf.png", "e%252Bf.png"),
    "literal %2F": ("g%2Fh.png", "g%252Fh.png"),
    "literal %20": ("g%20h.png", "g%2520h.png"),
    "percent": ("100%.png", "100%25.png"),
    "lower-case escapes": ("ö/ä.png", "%c3%b6/%c3%a4.png"),
    "needless escapes": ("plain.png", "%70lain%2Epng"),
    "Devanagari": ("हिन्दी/चित्र.png", None),
    "Chinese": ("图片.png", None),
    "Arabic": ("صورة.png", None),
    "NFC": ("caf\u00e9.png", None),
    "NFD": ("cafe\u0301.png", None),
    "emoji": ("🦅👩‍👩‍👧.png", None),
    "quotes": ('it\'s "so" `or`.png', None),
    "punctuation": ("a&b=c;d,e:f@g!$(h)*~_-.png", "a&b=c;d,e:f@g!$(h)*~_-.png"),
    "encoded punctuation": ("z&b=c;d,e:f@g!$(h)*~_-.png", None),
    "brackets": ("[a]{b}|^<c>.png", None),
    "hash": ("a#b.png", None),
    "question mark": ("a?b.png", None),
    "dots": ("a..b/...c/.hidden.png", None),
    "200 bytes": ("é" * 98 + ".png", None),
    "many folders": ("/".join(["folder"] * 30) + "/x.png", None),
}


def colour_of(name):
    return tuple(hashlib.sha256(name.encode()).digest()[:3])


@pytest.fixture(scope="module")
def named(targets):
    """Puts a picture of its own colour under every name, before any is asked for."""

    def put(target):
        for name, (key, _) in NAMES.items():
            if name != "question mark" or target.kind.has("question"):
                target.put(key, encoded(Image.new("RGB", (16, 16), colour_of(name)), "PNG"), "image/png")

    contract.all_at_once(put, targets.values())


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_name_one_object_each(named, target, has, name):
    if name == "question mark":
        has("question")
    key, raw = NAMES[name]
    answer = target.get(key, raw=raw, steps="w-8,f-png")
    assert answer.status == 200, (answer, key)
    assert is_near(colour_at(answer.picture(), 0.5, 0.5), colour_of(name), 6)


def test_an_encoded_slash_is_a_slash_of_the_key(target):
    """A folder has none in its names."""
    target.put("slash/ed.png", encoded(Image.new("RGB", (16, 16), (10, 200, 90)), "PNG"), "image/png")
    answer = target.get(raw="slash%2Fed.png", steps="w-8,f-png")
    if target.kind.has("slashes"):
        assert answer.status == 200, answer
        assert is_near(colour_at(answer.picture(), 0.5, 0.5), (10, 200, 90), 6)
    else:
        assert (answer.status, answer.error) == (404, "ENOENT"), answer


# --- Revalidation


def test_what_has_not_changed_is_not_sent_again(target, has):
    has("validators", "headers", "network")
    relay = target.relays["counted"]

    def visit(number):
        # Past the edge cache, whose key has the host.
        host = {"Host": f"visit{number}.example"}
        return target.get("fresh.jpg", way="obeys", steps="w-40,f-png", headers=host)

    first = visit(1)
    assert first.status == 200, first
    before = relay.passed
    assert before > len(SLOW_PICTURE)
    again = visit(2)
    assert (again.status, again.body) == (200, first.body)
    assert 0 < relay.passed - before < len(SLOW_PICTURE) / 4, (again.cache, again["x-apus-stale"])
    target.put("fresh.jpg", PICTURE, "image/jpeg", headers=NO_CACHE)
    changed = visit(3)
    assert changed.status == 200 and shows_quadrants(changed.picture())


def test_a_client_that_has_the_file_gets_no_bytes(target, has):
    has("validators")
    first = target.get("file.bin", way="counted" if target.relays else None)
    before = target.relays["counted"].passed if target.relays else 0
    condition = {"If-None-Match": first["ETag"]}
    answer = target.get("file.bin", way="counted" if target.relays else None, headers=condition)
    assert (answer.status, answer.body, answer["ETag"]) == (304, b"", first["ETag"]), answer
    if target.relays:
        assert target.relays["counted"].passed - before < len(FILE) / 4
    other = target.get("file.bin", headers={"If-None-Match": '"other"'})
    assert (other.status, len(other.body)) == (200, len(FILE))


# --- Ranges

SIZE = len(FILE)
RANGES = {
    "first byte": ("bytes=0-0", range(0, 1)),
    "middle": ("bytes=1000000-2999999", range(1_000_000, 3_000_000)),
    "open": (f"bytes={SIZE - 5}-", range(SIZE - 5, SIZE)),
    "suffix": ("bytes=-1000", range(SIZE - 1000, SIZE)),
    "suffix longer than the file": ("bytes=-999999999", range(0, SIZE)),
    "last byte beyond the end": (f"bytes={SIZE - 10}-999999999", range(SIZE - 10, SIZE)),
    "the whole": (f"bytes=0-{SIZE - 1}", range(0, SIZE)),
}


def is_part(answer, extent, size=SIZE):
    said = f"bytes {extent.start}-{extent.stop - 1}/{size}"
    return answer["Content-Range"] == said and answer.body == FILE[extent.start : extent.stop]


def is_whole(answer):
    return answer.status == 200 and answer["Content-Range"] is None and answer.body == FILE


@pytest.mark.parametrize("case", RANGES)
def test_a_range_is_answered(target, case):
    asked, extent = RANGES[case]
    answer = target.get("file.bin", headers={"Range": asked})
    if target.kind.has("ranges"):
        assert answer.status == 206, answer
    assert is_whole(answer) if answer.status == 200 else is_part(answer, extent), (answer, answer["Content-Range"])


@pytest.mark.parametrize("asked", ["bytes=0-9,20-29", "bytes=9-5", "bytes=x-y", "bytes=-", "lines=1-2"])
def test_what_is_no_single_range_gets_the_whole(target, asked):
    answer = target.get("file.bin", headers={"Range": asked})
    assert is_whole(answer), answer


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 1000}-{SIZE + 2000}", "bytes=-0"])
def test_a_range_beyond_the_end_is_not_satisfiable(target, asked):
    answer = target.get("file.bin", headers={"Range": asked})
    if target.kind.has("ranges"):
        assert (answer.status, answer["Content-Range"]) == (416, f"bytes */{SIZE}"), answer
    else:
        assert answer.status == 416 or is_whole(answer), answer


def test_a_download_is_resumed_while_the_file_is_the_same(target, has):
    has("ranges", "validators")
    with target.reading("file.bin") as response:
        etag, body = response.headers["ETag"], response.read(1_000_000)
    answer = target.get("file.bin", headers={"Range": "bytes=1000000-", "If-Range": etag})
    assert answer.status == 206, answer
    assert body + answer.body == FILE
    assert answer["ETag"] == etag
    for other in ('"other"', f"W/{etag}", "Mon, 01 Jan 2001 00:00:00 GMT"):
        assert is_whole(target.get("file.bin", headers={"Range": "bytes=1000000-", "If-Range": other}))


def test_a_file_that_changed_is_not_resumed(target, has):
    has("ranges", "validators", "headers")
    first = target.get("changing.bin", way="obeys")
    assert (first.status, first.body) == (200, FILE[:2000]), first
    target.put("changing.bin", FILE[2000:5000], headers=NO_CACHE)
    condition = {"Range": "bytes=1000-", "If-Range": first["ETag"]}
    answer = target.get("changing.bin", way="obeys", headers=condition)
    assert (answer.status, answer.body) == (200, FILE[2000:5000]), answer


def test_the_end_of_a_file_does_not_cost_the_file(target, has):
    has("ranges", "network")
    relay = target.relays["counted"]
    before = relay.passed
    answer = target.get("file.bin", way="counted", headers={"Range": "bytes=-1000"})
    assert answer.status == 206, answer
    assert relay.passed - before < SIZE / 2


# --- Huge


def test_a_huge_file_streams_through_little_memory(target, huge):
    if target.kind.is_variant:
        pytest.skip("sent through another kind")
    target.put_once("huge.bin", huge, "application/octet-stream")
    workers = target.instance.workers()
    before = proportional_bytes(workers)
    most = 0
    with target.reading("huge.bin") as response:
        assert response.status == 200
        view, position = memoryview(huge), 0
        while data := response.read(READ_BYTES):
            assert data == view[position : position + len(data)], f"wrong bytes at {position}"
            position += len(data)
            if position % (50 * READ_BYTES) == 0:
                most = max(most, proportional_bytes(workers))
    assert position == HUGE_BYTES
    assert most - before < 32 << 20
    assert target.instance.workers() == workers


def test_the_origin_waits_for_a_client_that_reads_slowly(target, has, huge):
    has("network")
    if target.kind.is_variant:
        pytest.skip("sent through another kind")
    target.put_once("huge.bin", huge, "application/octet-stream")
    relay = target.relays["counted"]
    before = relay.passed
    with target.reading("huge.bin", way="counted") as response:
        assert response.read(10) == huge[:10]
        passed = contract.wait_until_still(relay)
    assert passed - before < ON_THE_WAY_BYTES + HUGE_BYTES / 4
    # It has gone: nothing more is fetched for it.
    assert contract.wait_until_still(relay) - before < ON_THE_WAY_BYTES + HUGE_BYTES / 4


def proportional_bytes(pids):
    """PSS of these processes."""
    text = "".join(Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024


# --- Slow, silent, cut off, refused: asked of all kinds at once, because most of it is waiting


@pytest.fixture(scope="module")
def troubles(waiting):
    """(kind, way, name) → what came of it."""
    return waiting.result()


@pytest.fixture
def trouble(troubles, target):
    """What came of a way and a name."""
    if "drip" not in target.relays:
        pytest.skip(f"the network of {target} is not disturbed")
    return lambda way, name: troubles[str(target), way, name]


def all_troubles(targets):
    def ask(case):
        target, way, name = case
        return outcome(target, way, name)

    ways = {
        "slow.jpg": ("drip", "stall", "cut", "refused"),
        "slow.bin": {*contract.WAYS, "refused"} - {"counted", "mended"},
    }
    cases = [
        (target, way, name)
        for target in targets.values()
        for name in ways
        for way in ways[name]
        if way in target.relays
    ]
    return {
        (str(case[0]), *case[1:]): result for case, result in zip(cases, contract.all_at_once(ask, cases), strict=True)
    }


@dataclass
class Outcome:
    status: int
    code: str
    body: bytes
    # "whole", "broken off" or "nothing more came".
    end: str
    seconds: float

    def __repr__(self):
        return f"<{self.status} {self.code} {len(self.body)} bytes, {self.end}, {self.seconds:.1f} s>"


def outcome(target, way, name):
    started = time.monotonic()
    body, end = b"", "whole"
    with target.reading(name, way=way, steps="w-40,f-png" if name.endswith("jpg") else None) as response:
        try:
            while data := response.read1(READ_BYTES):
                body += data
            if response.length:
                end = "broken off"
        except (http.client.IncompleteRead, ConnectionResetError):
            end = "broken off"
        except TimeoutError:
            end = "nothing more came"
        code = (response.headers["ik-error"] or "").split(" - ")[0]
        return Outcome(response.status, code, body, end, time.monotonic() - started)


def test_a_slow_origin_is_waited_for(trouble):
    got = trouble("drip", "slow.jpg")
    assert (got.status, got.code, got.end) == (200, "", "whole")
    assert got.body.startswith(b"\x89PNG")


def test_a_file_may_take_longer_than_a_request(trouble):
    got = trouble("drip", "slow.bin")
    assert (got.status, got.code, got.end) == (200, "", "whole")
    assert got.body == SLOW_FILE
    assert got.seconds > TOTAL_SECONDS


@pytest.mark.parametrize("way, code", [("stall", "ETIMEDOUT"), ("cut", "UNIDENTIFIED"), ("refused", "ECONNREFUSED")])
def test_a_picture_that_does_not_come_is_an_error(trouble, way, code):
    got = trouble(way, "slow.jpg")
    assert (got.status, got.code, got.end) == (404, code, "whole")
    assert len(got.body) < 200
    assert got.seconds < TOTAL_SECONDS + 2


@pytest.mark.parametrize("way", ["stall", "stall-late", "cut", "cut-late"])
def test_a_file_that_breaks_off_is_not_taken_for_whole(trouble, way):
    got = trouble(way, "slow.bin")
    code = "ETIMEDOUT" if "stall" in way else "UNIDENTIFIED"
    # It may break off before anything was said of it.
    assert (got.status, got.end) == (200, "broken off") or (got.status, got.code) == (404, code), got
    assert SLOW_FILE.startswith(got.body) or got.status == 404
    assert len(got.body) < len(SLOW_FILE)
    assert got.seconds < STALL_SECONDS + 4


def test_a_file_at_a_port_that_refuses_is_an_error(trouble):
    got = trouble("refused", "slow.bin")
    assert (got.status, got.code) == (404, "ECONNREFUSED")


@pytest.mark.parametrize("name", ["slow.jpg", "slow.bin"])
def test_one_break_is_mended(trouble, target, has, name):
    """The rest is asked for."""
    has("ranges", "validators")
    relay = target.relays["mended"]
    relay.cut_once()
    answer = target.get(name, way="mended", steps="orig-true" if name.endswith("jpg") else None)
    assert answer.status == 200, answer
    assert answer.body == (SLOW_PICTURE if name.endswith("jpg") else SLOW_FILE)
    assert relay.cuts == 0


def test_what_broke_off_is_whole_the_next_time(trouble, target):
    assert target.get("slow.bin").body == SLOW_FILE
    assert target.get("slow.jpg", steps="orig-true").body == SLOW_PICTURE


# --- Private objects


@pytest.mark.parametrize("name", ["private.jpg", "private.bin"])
def test_a_private_object_needs_a_signature(target, has, name):
    has("privacy")
    steps = "orig-true" if name.endswith("jpg") else None
    for _ in range(2):
        answer = target.get(name, steps=steps)
        assert answer.status == 401, answer
        assert PICTURE[:100] not in answer.body
    allowed = target.get(name, steps=steps, sign=True)
    assert allowed.status == 200, allowed
    assert allowed.body == PRIVATE[name]
    assert target.get(name, steps=steps).status == 401


def test_a_private_picture_needs_none_for_a_named_transformation(target, has):
    has("privacy")
    answer = target.get("private named.jpg", steps="n-small")
    assert answer.status == 200, answer
    assert answer.picture().size == (8, 6)
    for steps in (None, "w-50", "n-small,w-50", "n-small:rt-90"):
        assert target.get("private named.jpg", steps=steps).status == 401, steps


# --- What the client is told


@pytest.mark.parametrize("name, steps", [("quadrants.jpg", "w-10"), ("quadrants.jpg", "orig-true"), ("file.bin", None)])
def test_an_attachment_has_its_name(target, name, steps):
    answer = target.get(name, steps=steps, query="ik-attachment=true")
    assert answer.status == 200, answer
    assert answer["Content-Disposition"].startswith("attachment")
    assert name.partition(".")[0] in answer["Content-Disposition"]
    other = target.get(name, steps=steps, query="ik-attachment=true&ik-attachment-filename=other.xyz")
    assert other.status == 200, other
    assert 'filename="other.xyz"' in other["Content-Disposition"]
    assert target.get(name, steps=steps)["Content-Disposition"] is None


def test_an_attachment_s_name_may_be_any(target):
    target.put("रसीद 1.bin", b"1234", "application/octet-stream")
    answer = target.get("रसीद 1.bin", query="ik-attachment=true")
    assert answer.status == 200, answer
    assert "filename*=UTF-8''" + urllib.parse.quote("रसीद 1.bin", safe="") in answer["Content-Disposition"]


TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "woff2": "font/woff2",
    "bin": "application/octet-stream",
}


@pytest.mark.parametrize("suffix", TYPES)
def test_a_file_has_its_type(target, suffix):
    name = f"typed.{suffix}"
    target.put(name, TEXT, TYPES[suffix])
    answer = target.get(name)
    assert (answer.status, answer.body) == (200, TEXT), answer
    kind = answer["Content-Type"].partition(";")[0]
    # By the name alone, a folder may as well say the older one.
    assert kind == TYPES[suffix]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_s_type_is_the_origin_s(target, has):
    has("types")
    assert target.get("a text.jpeg.dat")["Content-Type"] == "application/x-apus; v=1"


@pytest.mark.parametrize("coding, decode", [("gzip", gzip.decompress), ("br", brotli.decompress)])
def test_text_is_compressed_for_who_asks(target, coding, decode):
    target.put("style.css", TEXT, "text/css")
    answer = target.get("style.css", headers={"Accept-Encoding": coding})
    assert (answer.status, answer["Content-Encoding"]) == (200, coding), answer
    assert decode(answer.body) == TEXT and len(answer.body) < len(TEXT) / 4
    assert "accept-encoding" in (answer["Vary"] or "").lower()
    plain = target.get("style.css")
    assert (plain["Content-Encoding"], plain.body) == (None, TEXT)


def test_what_is_no_text_is_not_compressed(target):
    target.put("film.mp4", TEXT, "video/mp4")
    answer = target.get("film.mp4", headers={"Accept-Encoding": "gzip, br"})
    assert (answer["Content-Encoding"], answer.body) == (None, TEXT)
