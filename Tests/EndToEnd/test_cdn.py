"""A CDN in front is purged too: it keeps everything for ever, and after `Completed` it gives no old bytes."""

import json
import threading
from contextlib import contextmanager

import pytest

import cdn_parts
import purging
import regions
from amazon_s3 import ANYTHING, AmazonServer
from changing_origin import NEW, OLD, ChangingOrigin, shows
from conftest import PRIVATE_KEY, endpoint, web
from instance import Instance, kill, wait_for
from ports import free_port
from prometheus import Difference, metrics

COMPLETED_SECONDS = 60
CUSTOM_HOST = "images.cdn.example"
TOKEN = "the owner's token"
# Of one region with the others.
EXCHANGES = 10


class Place:
    """An instance with CDNs in front: `http`, which takes PURGE, and `cloudfront` behind `api`."""

    def __init__(self, workplace, name, amazon, processes=2, edge=1):
        self.origin = ChangingOrigin()
        self.instance = Instance(workplace / f"{name}.yaml", workplace / name, free_port())
        self.http = cdn_parts.CachingCDN(self.instance.port)
        self.cloudfront = cdn_parts.CachingCDN(self.instance.port)
        self.api = cdn_parts.CloudFront(amazon.port)
        self.distribution = new_distribution(amazon)
        self.api.caches[self.distribution] = self.cloudfront
        self.user = f"cdn-{name}"
        self.keys = amazon.user(self.user, ANYTHING)
        self.processes, self.edge = processes, edge

    def write(self):
        by_request = {
            "type": "HTTP", "method": "PURGE", "url": f"{self.http.base}{{path}}", "headers": {"X-Token": TOKEN},
        }
        by_api = {
            "type": "CLOUDFRONT", "distributionId": self.distribution, "endpoint": self.api.base,
            "accessKey": self.keys[0], "secretKey": self.keys[1],
        }
        self.instance.configuration.write_text(json.dumps({
            "workers": {"processes": self.processes, "slots": 64, "renders": 2},
            "cache": {"edgeAge": f"{self.edge}s", "errorAge": "2s"},
            "timeouts": {"total": "6s", "connect": "1s", "firstByte": "2s", "stall": "2s", "render": "5s"},
            "accounts": [{
                "id": "demo",
                "privateKeys": [PRIVATE_KEY],
                "origins": [web("web", self.origin.base)],
                "urlEndpoints": [
                    endpoint("", "web"),
                    endpoint("http", "web", cdn=by_request),
                    endpoint("amazon", "web", cdn=by_api),
                    endpoint("custom", "web", cdn=by_request, hosts=[CUSTOM_HOST]),
                ],
            }],
        }))

    def stop(self):
        self.instance.down()
        for server in (self.http, self.cloudfront, self.api):
            server.shut()
        self.origin.stop()

    def purge_of(self, path):
        return purging.accept(self.instance, url=self.instance.base + path)

    def is_completed(self, request_id):
        return purging.is_completed(self.instance, request_id)

    def wait_until_completed(self, request_id):
        wait_for(lambda: self.is_completed(request_id), COMPLETED_SECONDS, f"the end of purge {request_id}")

    def calls(self, result):
        return metrics(self.instance)["apus_cdn_calls_total", {"result": result}]


def new_distribution(amazon):
    origin = {"Id": "apus", "DomainName": "apus.example", "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}
    behaviour = {"TargetOriginId": "apus", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0,
                 "ForwardedValues": {"QueryString": True, "Cookies": {"Forward": "none"}}}
    made = amazon.client("cloudfront").create_distribution(DistributionConfig={
        "CallerReference": f"apus-{free_port()}", "Comment": "", "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]}, "DefaultCacheBehavior": behaviour})
    return made["Distribution"]["Id"]


@pytest.fixture(scope="module")
def amazon():
    amazon = AmazonServer.shared()
    yield amazon
    amazon.stop()


@contextmanager
def running(workplace, name, amazon, **options):
    place = Place(workplace, name, amazon, **options)
    place.write()
    try:
        place.instance.up()
        yield place
    finally:
        place.stop()


@pytest.fixture(scope="module")
def shared_place(workplace, amazon):
    with running(workplace, "cdn", amazon) as place:
        yield place


@pytest.fixture
def place(shared_place):
    """As it was found."""
    yield shared_place
    shared_place.http.refusal = None
    shared_place.api.throttled, shared_place.api.looks = 0, 1


def spellings(prefix, word):
    """The ways to write what is made of one original."""
    return [
        f"/demo/{prefix}/doc/{word}/a.jpg",
        f"/demo/{prefix}/doc/{word}/a.jpg?tr=w-40,f-png",
        f"/demo/{prefix}/tr:w-41,f-png/doc/{word}/a.jpg",
        f"/demo/{prefix}/tr:w-90:h-40/doc/{word}/a.jpg",
        f"/demo/{prefix}/ik-seo/doc/{word}/a/a-picture.jpg",
        f"/demo/{prefix}/doc/{word}/a.jpg?tr=w-42,f-png&v=2",
    ]


class Visitor:
    """Asks a CDN for paths without a pause; `stop()` says what each last answer shows."""

    def __init__(self, cdn, paths):
        self._cdn, self._paths = cdn, paths
        self._stopped = threading.Event()
        self.failures = []
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self._thread.start()

    def _visit(self):
        while not self._stopped.is_set():
            for path in self._paths:
                answer = self._cdn.get(path)
                if answer.status != 200:
                    self.failures.append((path, answer))

    def stop(self):
        self._stopped.set()
        self._thread.join()


@pytest.mark.parametrize("prefix, cdn, how", [
    ("http", "http", "original"),
    ("http", "http", "variant"),
    ("amazon", "cloudfront", "folder"),
    pytest.param("http", "http", "folder", marks=pytest.mark.long),
    pytest.param("amazon", "cloudfront", "original", marks=pytest.mark.long),
    pytest.param("amazon", "cloudfront", "variant", marks=pytest.mark.long),
])
def test_after_completed_the_cdn_gives_no_old_bytes(place, unique, prefix, cdn, how):
    word, cdn = unique(), getattr(place, cdn)
    paths = spellings(prefix, word)
    assert all(shows(cdn.get(path), OLD) for path in paths)
    place.origin.change(word)
    assert all(shows(cdn.get(path), OLD) for path in paths), "the CDN keeps nothing"
    meant = {
        "original": paths[0],
        "folder": f"/demo/{prefix}/doc/{word}/*",
        "variant": paths[2],
    }[how]
    # What is fetched again before the region obeys would be kept for ever.
    visitor = Visitor(cdn, paths)
    request_id = place.purge_of(meant)
    assert not place.is_completed(request_id)
    place.wait_until_completed(request_id)
    if how == "variant":
        assert shows(cdn.get(meant), NEW)
    else:
        assert [path for path in paths if not shows(cdn.get(path), NEW)] == []
    visitor.stop()
    assert not visitor.failures


def test_tags_mean_everything_of_the_url_endpoints(place, unique):
    word, tag = unique(), unique()
    path = f"/demo/http/tr:w-40,f-png/tags/{tag}/{word}/a.jpg"
    assert shows(place.http.get(path), OLD)
    place.origin.change(word)
    request_id = purging.accept(place.instance, tag=tag, account="demo")
    place.wait_until_completed(request_id)
    assert shows(place.http.get(path), NEW)
    assert {"/demo/http/*", "/*"} <= set(place.http.purged)


def test_a_custom_host_has_paths_of_its_own(place, unique):
    word = unique()
    place.http.purged.clear()
    request_id = purging.accept(place.instance, url=f"https://{CUSTOM_HOST}/doc/{word}/a.jpg")
    place.wait_until_completed(request_id)
    assert sorted(place.http.purged) == sorted([f"/doc/{word}/a.jpg*", "/tr:*", "/ik-seo/*"])


def test_url_endpoints_without_a_cdn_call_none(place, unique):
    before = Difference(place.instance)
    place.wait_until_completed(place.purge_of(f"/demo/doc/{unique()}/a.jpg"))
    assert before["apus_cdn_calls_total"] == 0


@pytest.mark.long
def test_purges_that_wait_go_together(place, unique):
    word = unique()
    before = len(place.api.invalidations)
    purges = [place.purge_of(f"/demo/amazon/doc/{word}/{number}.jpg") for number in range(10)]
    for request_id in purges:
        place.wait_until_completed(request_id)
    made = [paths for _, paths, _ in place.api.invalidations[before:]]
    assert all(len(paths) <= 15 for paths in made), made
    assert len(made) < 10
    named = {path for paths in made for path in paths}
    assert {f"/demo/amazon/doc/{word}/{number}.jpg*" for number in range(10)} | {"/demo/amazon/tr:*"} <= named


@pytest.mark.long
def test_completed_waits_until_an_invalidation_is(place, unique):
    place.api.looks = 3
    word = unique()
    request_id = place.purge_of(f"/demo/amazon/doc/{word}/a.jpg")
    wait_for(lambda: any(word in str(one) for one in place.api.invalidations), COMPLETED_SECONDS, "the invalidation")
    assert not place.is_completed(request_id)
    place.wait_until_completed(request_id)
    assert place.api.calls[-1] == ("GET", 200)


@pytest.mark.long
def test_too_many_invalidations_are_tried_again(place, unique):
    place.api.throttled = 2
    before = Difference(place.instance)
    place.wait_until_completed(place.purge_of(f"/demo/amazon/doc/{unique()}/a.jpg"))
    assert before["apus_cdn_calls_total", {"result": "throttled"}] == 2


@pytest.mark.parametrize("prefix, server", [
    ("http", "http"),
    pytest.param("amazon", "api", marks=pytest.mark.long),
])
def test_a_cdn_that_was_away_is_told_when_it_is_back(place, unique, prefix, server):
    server = getattr(place, server)
    before = Difference(place.instance)
    server.shut()
    try:
        request_id = place.purge_of(f"/demo/{prefix}/doc/{unique()}/a.jpg")
        wait_for(
            lambda: before["apus_cdn_calls_total", {"result": "unreachable"}] >= 2, COMPLETED_SECONDS, "calls in vain")
        assert not place.is_completed(request_id)
        # Whichever worker is asked, as soon as it has heard of it.
        wait_for(lambda: metrics(place.instance)["apus_cdn_waiting_purges"] == 1, COMPLETED_SECONDS, "one that waits")
        assert metrics(place.instance)["apus_cdn_oldest_purge_seconds"] > 0
    finally:
        server.open()
    place.wait_until_completed(request_id)
    wait_for(lambda: metrics(place.instance)["apus_cdn_waiting_purges"] == 0, COMPLETED_SECONDS, "none that waits")


@pytest.mark.long
def test_refused_credentials_are_logged_once_and_tried_again(place, amazon, unique):
    before, lines = Difference(place.instance), place.instance.log().count("the CDN is not told")
    iam = amazon.client("iam")
    nothing = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    iam.put_user_policy(UserName=place.user, PolicyName="none", PolicyDocument=nothing)
    try:
        request_id = place.purge_of(f"/demo/amazon/doc/{unique()}/a.jpg")
        wait_for(
            lambda: before["apus_cdn_calls_total", {"result": "forbidden"}] >= 2, COMPLETED_SECONDS, "calls in vain")
        assert not place.is_completed(request_id)
        assert place.instance.log().count("the CDN is not told") == lines + 1
        assert place.keys[1] not in place.instance.log()
    finally:
        iam.delete_user_policy(UserName=place.user, PolicyName="none")
    place.wait_until_completed(request_id)


def test_no_secret_of_the_request_is_logged(place, unique):
    place.http.refusal = (500, [("Retry-After", "1")])
    before = Difference(place.instance)
    request_id = place.purge_of(f"/demo/http/doc/{unique()}/a.jpg")
    wait_for(lambda: before["apus_cdn_calls_total", {"result": "failed"}] >= 1, COMPLETED_SECONDS, "a call in vain")
    place.http.refusal = None
    place.wait_until_completed(request_id)
    assert TOKEN not in place.instance.log()


def test_workers_that_are_killed_leave_it_to_the_next(workplace, amazon, unique):
    with running(workplace, "cdn-killed", amazon) as place:
        word = unique()
        paths = spellings("http", word)
        assert all(shows(place.http.get(path), OLD) for path in paths)
        place.origin.change(word)
        request_id = place.purge_of(paths[0])
        for pid in place.instance.workers():
            kill(pid)
        assert not place.http.purged
        # Nobody asks for the state.
        wait_for(lambda: place.http.purged, COMPLETED_SECONDS, "the CDN to be told")
        place.wait_until_completed(request_id)
        assert [path for path in paths if not shows(place.http.get(path), NEW)] == []


@pytest.mark.long
def test_a_purge_outlives_a_restart_of_everything(workplace, amazon, unique):
    with running(workplace, "cdn-restart", amazon, edge=3) as place:
        word = unique()
        path = f"/demo/http/doc/{word}/a.jpg"
        assert shows(place.http.get(path), OLD)
        told = place.purge_of(f"/demo/http/doc/told-{word}/a.jpg")
        place.wait_until_completed(told)
        place.origin.change(word)
        request_id = place.purge_of(path)
        place.instance.down()
        place.http.purged.clear()
        place.instance.up()
        wait_for(lambda: f"{path}*" in place.http.purged, COMPLETED_SECONDS, "the CDN to be told")
        place.wait_until_completed(request_id)
        assert shows(place.http.get(path), NEW)


@contextmanager
def two_regions(workplace, cdn):
    """Whose account without a home has a CDN in front."""
    world = regions.World(workplace, "cdns", ("alpha", "beta"))
    accounts = regions.configuration(world)["accounts"]
    accounts[1]["urlEndpoints"][0]["cdn"] = {"type": "HTTP", "method": "PURGE", "url": f"{cdn.base}{{path}}"}
    world.changes["accounts"] = accounts
    world.write()
    try:
        world.up()
        world.settle()
        yield world
    finally:
        world.stop()


@pytest.mark.long
def test_no_region_calls_a_purge_completed_before_the_cdn_was_told(workplace, unique):
    cdn = cdn_parts.CachingCDN(free_port())
    key = "private_nobody"
    with two_regions(workplace, cdn) as world:
        before = Difference(world.alpha)
        cdn.shut()
        url = f"{world.alpha.base}/nobody/doc/{unique()}/a.jpg"
        request_id = purging.accept(world.alpha, key, url=url)
        # Both regions obey it by then.
        wait_for(lambda: before["apus_cdn_calls_total", {"result": "unreachable"}] >= 3, COMPLETED_SECONDS, "calls")
        for _ in range(EXCHANGES):
            exchanges = Difference(world.beta)
            wait_for(lambda: exchanges["apus_region_exchanges_total"] > 0, COMPLETED_SECONDS, "an exchange")
            assert not any(purging.is_completed(region, request_id, key) for region in world)
        cdn.open()
        for region in world:
            purging.wait_until_completed(region, request_id, key)
        # The region where it was entered has told it, and no other.
        assert metrics(world.beta)["apus_cdn_calls_total"] == 0
    cdn.shut()
