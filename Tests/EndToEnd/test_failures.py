"""Killed processes under load: no more is lost than what was inside, and each comes back by itself."""

import json
import os
import signal
import threading
import time

import pytest

from instance import command_of, is_alive, kill
from load import Load

THREADS = 8
PEM_OF_NO_KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def distinct(number):
    """Distinct variants, so that every request reaches a worker and most reach a render process."""
    return f"/demo/tr:w-{40 + number % 600},h-{50 + number // 600}/quadrants.jpg"


def settle(load, requests=40, seconds=30):
    """Waits until so many more requests are done."""
    goal, end = load.done + requests, time.monotonic() + seconds
    while load.done < goal and time.monotonic() < end:
        time.sleep(0.02)
    assert load.done >= goal, f"the load stands still: {load.outcomes}"


def all_is_well(instance, unique):
    return all(instance.get(f"/demo/web/tr:w-70/ok/{unique()}.jpg").status == 200 for _ in range(5))


def test_a_killed_render_process(own_apus, eventually, unique):
    instance = own_apus("render")
    with Load(instance.port, distinct, THREADS) as load:
        settle(load)
        victims = eventually(instance.render_processes, what="render processes")
        for victim in victims:
            kill(victim)
            settle(load)
    # One picture at a time in each.
    assert load.failed <= len(victims), load.outcomes
    eventually(lambda: len(instance.render_processes()) >= len(victims), what="new render processes")
    assert not set(victims) & set(instance.render_processes())
    assert all_is_well(instance, unique)


def test_a_killed_worker(own_apus, eventually, unique):
    instance = own_apus("worker")
    with Load(instance.port, distinct, THREADS) as load:
        settle(load)
        before = instance.workers()
        assert len(before) == 2
        kill(before[0])
        settle(load, 100)
    assert load.failed <= THREADS, load.outcomes
    workers = eventually(lambda: len(now := instance.workers()) == 2 and now, what="the worker's return")
    assert before[0] not in workers and before[1] in workers
    assert all_is_well(instance, unique)


def test_a_request_inside_a_killed_worker_is_sent_once_more(own_apus, origin, eventually, unique):
    """The client sees a picture: nginx asks another worker. Not more than once."""
    instance = own_apus("again", workers={"processes": 1, "slots": 64, "renders": 1})
    word, answers = unique(), []
    thread = threading.Thread(target=lambda: answers.append(instance.get(f"/demo/web/slow/1.5/{word}.jpg")))
    thread.start()
    eventually(lambda: origin.count(word) == 1, what="the request to be inside")
    kill(instance.workers()[0])
    thread.join()
    assert answers[0].status == 200, answers
    assert origin.count(word) == 2


def test_a_request_that_kills_twice_is_not_sent_a_third_time(own_apus, origin, eventually, unique):
    instance = own_apus("twice", workers={"processes": 1, "slots": 64, "renders": 1})
    word, answers = unique(), []
    thread = threading.Thread(target=lambda: answers.append(instance.get(f"/demo/web/slow/1.5/{word}.jpg")))
    thread.start()
    for count in (1, 2):
        eventually(lambda: origin.count(word) == count, what=f"attempt {count}")
        kill(eventually(instance.workers, what="a worker")[0])
    thread.join()
    assert answers[0].status == 503
    assert answers[0]["Retry-After"] and answers[0]["ik-error"]
    eventually(lambda: instance.get("/_apus/ready").status == 200, what="the instance's return")
    assert origin.count(word) == 2


def test_killed_redis_under_load(own_apus, eventually):
    instance = own_apus("redis-load")
    with Load(instance.port, distinct, THREADS) as load:
        settle(load)
        kill(instance.pid("redis"))
        settle(load, 100)
    assert load.failed == 0, load.outcomes
    eventually(lambda: instance.redis("PING") == "PONG", what="Redis' return")


def test_a_killed_nginx_worker(own_apus, eventually, unique):
    instance = own_apus("nginx")
    with Load(instance.port, distinct, THREADS) as load:
        settle(load)
        before = instance.nginx_workers()
        kill(before[0])
        settle(load, 100)
    assert load.failed <= THREADS, load.outcomes
    eventually(lambda: len(instance.nginx_workers()) == len(before), what="the nginx worker's return")
    assert all_is_well(instance, unique)


def test_sigterm_finishes_what_was_accepted(own_apus, eventually, origin, unique):
    instance = own_apus("term")
    word, answers = unique(), []
    thread = threading.Thread(target=lambda: answers.append(instance.get(f"/demo/web/slow/1/{word}.jpg")))
    thread.start()
    eventually(lambda: origin.count(word) == 1, what="the request to be inside")
    supervisor = instance.pid("apus")
    os.kill(supervisor, signal.SIGTERM)
    thread.join()
    assert answers[0].status == 200
    eventually(lambda: not is_alive(supervisor), what="the supervisor's end")


def test_workers_do_not_outlive_a_killed_supervisor(own_apus, eventually, unique):
    instance = own_apus("orphans")
    supervisor, workers = instance.pid("apus"), instance.workers()
    renders = instance.render_processes()
    kill(supervisor)
    instance.up()
    assert all_is_well(instance, unique)
    eventually(lambda: not any(is_alive(pid) for pid in (supervisor, *workers, *renders)), what="the old ones' end")


def test_sighup_replaces_the_workers_without_a_failed_request(own_apus, eventually):
    instance = own_apus("hup")
    supervisor, before = instance.pid("apus"), set(instance.workers())
    with Load(instance.port, distinct, THREADS) as load:
        settle(load)
        os.kill(supervisor, signal.SIGHUP)
        eventually(lambda: (now := set(instance.workers())) and not now & before, seconds=40, what="new workers")
        settle(load)
    assert load.failed == 0, load.outcomes
    assert instance.pid("apus") == supervisor
    assert "serve" in command_of(supervisor)


def test_sighup_takes_a_new_configuration(own_apus, configure, eventually):
    instance = own_apus("new")
    assert instance.get("/demo/tr:n-thumb/quadrants.jpg").status == 200
    text = instance.configuration.read_text().replace('"with_prefix"', '"added"')
    instance.configuration.write_text(text)
    os.kill(instance.pid("apus"), signal.SIGHUP)
    eventually(lambda: instance.get("/demo/tr:n-added/quadrants.jpg").status == 200, seconds=40, what="the new name")


@pytest.mark.parametrize(
    "bad", ["accounts: [", '{"accounts": []}', '{"acounts": [{"id": "demo"}]}'], ids=["yaml", "none", "key"]
)
def test_sighup_with_a_bad_file_changes_nothing(own_apus, eventually, bad):
    instance = own_apus("bad")
    supervisor, before = instance.pid("apus"), sorted(instance.workers())
    lines = len(instance.log().splitlines())
    instance.configuration.write_text(bad)
    os.kill(supervisor, signal.SIGHUP)
    eventually(lambda: len(instance.log().splitlines()) > lines, what="a line in the log")
    assert instance.get("/demo/tr:w-77/quadrants.jpg").status == 200
    assert sorted(instance.workers()) == before
    assert instance.pid("apus") == supervisor


def test_a_worker_that_comes_back_runs_with_the_configuration_that_was_accepted(own_apus, eventually):
    instance = own_apus("saved")
    instance.configuration.write_text("accounts: [")
    victim = instance.workers()[0]
    kill(victim)
    eventually(lambda: len(now := instance.workers()) == 2 and victim not in now, what="the worker's return")
    for number in range(20):
        assert instance.get(f"/demo/tr:w-{40 + number}/quadrants.jpg").status == 200


def test_sighup_with_a_file_that_cannot_be_served_changes_nothing(own_apus, eventually):
    instance = own_apus("unservable")
    supervisor, before = instance.pid("apus"), sorted(instance.workers())
    lines = len(instance.log().splitlines())
    changed = json.loads(instance.configuration.read_text())
    changed["accounts"][0]["origins"].append(
        {"id": "nokey", "type": "GCS", "bucket": "b", "clientEmail": "a@b.example", "privateKey": PEM_OF_NO_KEY}
    )
    instance.configuration.write_text(json.dumps(changed))
    os.kill(supervisor, signal.SIGHUP)
    eventually(lambda: len(instance.log().splitlines()) > lines, what="a line in the log")
    assert instance.get("/demo/tr:w-78/quadrants.jpg").status == 200
    assert sorted(instance.workers()) == before
    assert instance.pid("apus") == supervisor
