"""Who comes in a region's name and is none, or goes in circles."""

import http.client
import time

import peer
from world import namespaces
from world.configuration import SECRET
from world.members import Region
from world.scenarios import Scene, check, scenario
from world.parallel import in_parallel

ASKED = "us-east"


class DistantPeer(peer.Peer):
    """Asks over the way from its own namespace."""

    def __init__(self, region: Region, secret: str) -> None:
        super().__init__(region.name, secret)
        self._namespace = region.namespace

    def send_to(self, host: str, fields: dict, headers: dict | None = None) -> peer.Reply:
        body = peer.text_of(fields.items())
        if headers is None:
            headers = {"x-apus-signature": peer.signature(self.secret, peer.FOLDER + "ask", body)}
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.sock = namespaces.connected(self._namespace, host, 80)
        try:
            connection.request("POST", peer.FOLDER + "ask", body=body, headers=headers)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return peer.Reply(answer.status, headers, answer.read())
        finally:
            connection.close()


def _forgeries(good: DistantPeer, forger: DistantPeer, path: str) -> list[tuple]:
    """Each as (name, who asks, fields, headers, status and refusal)."""
    now = round(time.time() * 1000)

    def fields(**changes: object) -> dict:
        return peer.changed(good.question(ASKED, path), changes)

    return [
        ("with another secret", forger, fields(), None, 403, "signature"),
        ("without a signature", good, fields(), {}, 403, "signature"),
        ("of ten minutes ago", good, fields(time=now - 600_000), None, 403, "clock"),
        ("from itself", good, fields(from_=ASKED), None, 403, "loop"),
        ("from a region that is none", good, fields(from_="atlantis"), None, 403, "unknown"),
        ("for another region", good, fields(to="us-west"), None, 421, "misrouted"),
        ("for what is bound elsewhere", good, fields(path=f"/asia/bound{path}"), None, 421, "not-home"),
    ]


@scenario("forged, repeated, late and looping region requests are refused")
def forged_requests(scene: Scene) -> str:
    region, host = scene.world.regions["us-west"], scene.world.regions[ASKED].host
    good, forger = DistantPeer(region, SECRET), DistantPeer(region, "a secret that is none of theirs")
    word = scene.word()
    rows = _forgeries(good, forger, scene.path("atlantic", word))
    replies = in_parallel(lambda row: row[1].send_to(host, row[2], row[3]), rows)
    for (name, _, _, _, status, refusal), reply in zip(rows, replies, strict=True):
        check((reply.status, reply.refusal) == (status, refusal), f"{name}: {reply.status} {reply.refusal}")
        check(not reply.body and "x-apus-head" not in reply.headers, f"{name}: something was told")
    check(scene.fetches(word) == 0, "the origin was asked")
    _check_repeated(scene, good, host)
    return f"{len(rows)} kinds and a repeated one refused, nothing fetched"


def _check_repeated(scene: Scene, good: DistantPeer, host: str) -> None:
    """The second of two equal requests; the first is a good one."""
    word = scene.word()
    fields = good.question(ASKED, scene.path("atlantic", word))
    first, second = good.send_to(host, fields), good.send_to(host, fields)
    check(first.status == 200 and first.is_proven(SECRET, fields["nonce"]), first.status, first.refusal)
    check((second.status, second.refusal) == (403, "replay"), f"repeated: {second.status} {second.refusal}")
    check(scene.fetches(word) == 1, "not one fetch")


@scenario("a region that is asked for another's makes it itself: one hop, no circle")
def one_hop(scene: Scene) -> str:
    """`ap-south` is at home, but `us-east` is asked in the name of `us-west`."""
    region = scene.world.regions["us-west"]
    word = scene.word()
    good = DistantPeer(region, SECRET)
    fields = good.question(ASKED, scene.path("asia", word))
    reply = good.send_to(scene.world.regions[ASKED].host, fields)
    check(reply.status == 200 and reply.is_proven(SECRET, fields["nonce"]), reply.status, reply.refusal)
    spoken = scene.world.relay.ask("count")
    check(scene.fetches(word, "in") == 1, "not one fetch")
    check(spoken.get(f"{ASKED} origin-in", [0])[0] > 0, f"{ASKED} did not ask the origin itself")
    return "one fetch, by the region that was asked"
