"""The load of `deploy/world report`: its mix, and its processes on loopback; no world is up."""

import http.server
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from instance import wait_for
from synthetic_world import cities

from world import load
from world.load_mix import Mix, Request, unseen_share
from world.load_runs import Run, Target
from world.report_plan import Plan

# --- The mix


def test_the_same_names_give_the_same_requests():
    one, other = (Mix().schedule("cold", "tokyo", 5, 0, 30) for _ in range(2))
    assert one == other
    assert one != Mix().schedule("cold", "lagos", 5, 0, 30)
    assert one != Mix(seed=7).schedule("cold", "tokyo", 5, 0, 30)
    assert all(0 <= request.due < 30 for request in one)


def test_requests_follow_zipfs_law():
    mix, counts = Mix(), Counter()
    for request in mix.schedule("any", "tokyo", 1000, 0, 50):
        counts[request.object] += 1
    total = counts.total()
    assert total == pytest.approx(50_000, rel=0.03)
    assert counts[mix.ranking[0]] / total == pytest.approx(mix.object_shares[0], rel=0.05)
    assert counts[mix.ranking[9]] / counts[mix.ranking[0]] == pytest.approx(10**-1.1, rel=0.15)


def test_a_history_asks_for_each_variant_once_and_leaves_what_all_would_have_left():
    mix = Mix()
    history = mix.history("tokyo", 5000, 10, 20)
    wanted = [(request.object, request.variant) for request in history]
    assert len(set(wanted)) == len(wanted)
    assert (history[0].due, max(history).due < 20) == (10, True)
    later = [(r.object, r.variant) for r in mix.schedule("steady", "tokyo", 1000, 0, 20)]
    unseen = sum(pair not in set(wanted) for pair in later) / len(later)
    assert unseen == pytest.approx(unseen_share(mix.variant_probabilities, 5000), abs=0.03)


def test_all_requests_of_the_long_plan_stay_within_its_rate():
    plan, mix = Plan.long(), Mix()
    requests = [each for city in cities() for each in plan.home_requests(mix, city.name, city.share)]
    steady = [each for each in requests if each.due >= plan.steady_begin]
    assert len(steady) / (plan.end - plan.steady_begin) == pytest.approx(40, rel=0.05)
    history = [each for each in requests if plan.history_begin <= each.due < plan.steady_begin]
    assert len(history) / plan.history < 200
    assert plan.end + plan.direct + plan.cold < 660


# --- The load itself, on loopback


class _Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if "broken" in self.path:
            self.close_connection = True
            return
        body = self.path.encode()
        self.send_response(503 if "away" in self.path else 200)
        for name, value in {
            "x-world-cache": "MISS",
            "x-apus-cache": "edge",
            "x-apus-region": "us-east",
            "x-apus-stale": "true",
            "Server-Timing": 'total;dur=1, region;desc="eu-central"',
            "ik-error": "EAGAIN - later",
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_a_run_takes_a_sample_of_each_request(server):
    paths = [["/plain", "/away"], ["/broken", "/other"]]
    requests = [Request(0.0, 0, 0), Request(0.3, 0, 1), Request(0.6, 1, 0), Request(0.9, 1, 1)]
    with Run("images.test", paths) as run:
        run.begin([Target("tokyo", "none", server, "ap-south", prefix=())], {"tokyo": requests})
        good, away, broken, other = run.end()
    assert (good.status, good.tier, good.answered, good.made, good.stale) == (
        200,
        "edge",
        "eu-central",
        "us-east",
        True,
    )
    assert (good.bytes, good.connected, good.problem) == (6, True, "")
    assert (away.status, away.problem, away.connected) == (503, "EAGAIN", False)
    assert (broken.status, broken.tier, broken.problem) == (0, "none", "RemoteDisconnected")
    assert (other.status, other.connected) == (200, True)
    assert [each.time for each in (good, away, broken, other)] == [0.0, 0.3, 0.6, 0.9]


def test_a_slow_answer_delays_no_other(server, monkeypatch):
    release, answered = threading.Event(), []

    def counting(handler, answer=_Answers.do_GET):
        if "slow" in handler.path:
            release.wait(10)
        answer(handler)
        answered.append(handler.path)

    monkeypatch.setattr(_Answers, "do_GET", counting)
    requests = [Request(number / 100, int(number > 0), 0) for number in range(20)]
    job = load.Job("tokyo", server, "", "images.test", time.monotonic(), {0: ["/slow"], 1: ["/plain"]}, requests)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(load.run, job)
        wait_for(lambda: len(answered) == 19, what="the answers behind a slow one")
        release.set()
        assert [each.status for each in running.result()] == [200] * 20
