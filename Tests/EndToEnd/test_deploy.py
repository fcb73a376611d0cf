"""deploy/up and deploy/down as people use them."""

import os
import re
import signal
import subprocess
import threading

import pytest

import http_client
from instance import (
    PROGRAM,
    REPOSITORY,
    Instance,
    command_of,
    free_port,
    is_alive,
    kill,
    process_table,
    run_script,
    session_of,
)
from load import Load
from test_failures import distinct, settle


@pytest.mark.parametrize("script", ["up", "down", "test", "bench"])
def test_every_script_explains_itself(script):
    done = run_script(REPOSITORY / "deploy" / script, "--help")
    assert done.stdout.startswith("usage:")


@pytest.mark.parametrize("script", ["up", "down"])
@pytest.mark.parametrize("option", [["--nosuch"], ["--state"], ["extra"]])
def test_wrong_options_are_refused(script, option):
    done = run_script(REPOSITORY / "deploy" / script, *option, check=False)
    assert done.returncode == 1
    assert "--help" in done.stderr


def test_the_printed_urls_work(workplace):
    """The sample configuration, as a newcomer sees it."""
    port, state = free_port(), workplace / "sample"
    done = run_script(REPOSITORY / "deploy" / "up", "--port", port, "--state", state)
    try:
        urls = re.findall(rf"http://127\.0\.0\.1:{port}(/\S+)", done.stdout)
        assert len(urls) >= 12
        for path in urls:
            answer = http_client.request(port, path)
            assert answer.status == 200, (path, answer)
            assert answer["Content-Type"].startswith("image/")
            answer.picture()
        example = http_client.request(port, "/demo/tr:w-400,h-300,f-webp/kleiber.jpg")
        assert example["Content-Type"] == "image/webp"
        assert example.picture().size == (400, 300)
        assert str(state) in done.stdout and ".log" in done.stdout
        warnings = [line for line in done.stdout.splitlines() if "warning: " in line]
        assert warnings == ["up: warning: account demo: its private key is that of the sample, which everybody knows"]
    finally:
        run_script(REPOSITORY / "deploy" / "down", "--state", state)


def test_down_leaves_nothing_but_the_folder_and_may_be_repeated(own_apus):
    instance = own_apus("down")
    leaders = [instance.pid(name) for name in ("apus", "nginx", "redis", "redis-keeper")]
    members = [pid for leader in leaders for pid in session_of(leader)]
    assert len(members) >= 8
    instance.down()
    assert not [pid for pid in members if is_alive(pid)]
    assert not list(instance.state.glob("*.pid")) and not list(instance.state.glob("*.sock"))
    assert instance.log("apus.log") is not None
    assert "nothing runs" in instance.down().stdout
    instance.up()
    assert instance.get("/demo/tr:w-10/quadrants.jpg").status == 200


def test_two_instances_side_by_side(own_apus):
    one, two = own_apus("one"), own_apus("two")
    path = "/demo/tr:w-99,f-jpg/quadrants.jpg"
    assert one.get(path).cache == two.get(path).cache == "render"
    one.down()
    assert two.get("/demo/tr:w-98/quadrants.jpg").status == 200


def test_a_second_up_fails_no_request(own_apus):
    instance = own_apus("twice")
    supervisor, workers = instance.pid("apus"), set(instance.workers())
    with Load(instance.port, distinct, 8) as load:
        settle(load)
        instance.up()
        settle(load)
        instance.up()
        settle(load)
    assert load.failed == 0, load.outcomes
    assert instance.pid("apus") == supervisor
    assert not workers & set(instance.workers())


def test_up_with_other_options_fails_no_request(own_apus):
    instance = own_apus("options")
    with Load(instance.port, distinct, 8) as load:
        settle(load)
        instance.up("--workers", "3")
        settle(load)
    assert load.failed == 0, load.outcomes
    assert len(instance.workers()) == 3


def test_up_with_another_file_and_port(own_apus, configure):
    instance = own_apus("moving")
    old = instance.port
    instance.configuration = configure("moved", cache={"edgeAge": "1s", "maxAge": "90d"})
    instance.port = free_port()
    instance.up()
    assert "7776000" in instance.get("/demo/tr:w-97/quadrants.jpg")["Cache-Control"]
    with pytest.raises(ConnectionError):
        http_client.request(old, "/_apus/live")


def test_several_ups_at_once(workplace, configure):
    instance = Instance(configure("many"), workplace / "many")
    results = []
    threads = [threading.Thread(target=lambda: results.append(instance.up(check=False).returncode)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert results == [0, 0, 0]
        assert instance.get("/demo/tr:w-96/quadrants.jpg").status == 200
        masters = [pid for pid, _, _ in process_table() if _is_master_of(pid, instance)]
        assert len(masters) == 1
    finally:
        instance.down()


def _is_master_of(pid, instance):
    command = command_of(pid)
    return command.startswith("nginx: master") and f"{instance.state}/" in command


@pytest.mark.parametrize(
    "parts",
    [["apus"], ["nginx"], ["redis"], ["redis-keeper"], ["apus", "nginx", "redis", "redis-keeper"]],
    ids="+".join,
)
def test_a_half_dead_instance_does_not_stop_the_next_up(own_apus, parts):
    instance = own_apus("dead")
    for part in parts:
        kill(instance.pid(part), signal.SIGKILL)
    instance.up()
    assert instance.get("/demo/tr:w-95/quadrants.jpg").status == 200
    assert instance.redis("PING") == "PONG"


def test_a_taken_port_is_told(own_apus, workplace, configure):
    taken = own_apus("taken")
    other = Instance(configure("late"), workplace / "late", port=taken.port)
    done = other.up(check=False)
    assert done.returncode == 1
    assert str(taken.port) in done.stderr and "taken" in done.stderr
    assert not list((workplace / "late").glob("*.pid"))
    assert taken.get("/_apus/live").status == 200


def test_a_bad_file_is_told_and_the_running_instance_stays(own_apus):
    instance = own_apus("stays")
    good = instance.configuration.read_text()
    instance.configuration.write_text(
        good.replace('"type": "DISK"', '"type": "DISC"').replace('"urlPrefix"', '"urlprefix"')
    )
    done = instance.up(check=False)
    assert done.returncode == 1
    assert "accounts[0].origins[0].type" in done.stderr
    assert "accounts[0].urlEndpoints[0]" in done.stderr
    assert instance.get("/demo/tr:w-94/quadrants.jpg").status == 200
    instance.configuration.write_text(good)


@pytest.mark.parametrize("name", ["with space", "ünï", "long-" + "x" * 120])
def test_any_state_folder_will_do(workplace, configure, name):
    instance = Instance(configure("odd"), workplace / name)
    instance.up()
    try:
        assert instance.get("/demo/tr:w-93/quadrants.jpg").status == 200
        assert instance.redis("PING") == "PONG"
        sockets = (instance.state / "socket-folder").read_text().strip()
    finally:
        instance.down()
    assert sockets == str(instance.state) or not os.path.exists(sockets)


def test_the_state_folder_is_private(apus):
    assert apus.state.stat().st_mode & 0o077 == 0


def test_check_names_every_problem(workplace):
    file = workplace / "problems.yaml"
    file.write_text("accounts:\n  - id: v1\n    colour: red\n    origins: [{ id: a, type: WEB_FOLDER }]\n")
    done = subprocess.run([str(PROGRAM), "check", str(file)], capture_output=True, text=True, timeout=20, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    for problem in ("accounts[0].id", "accounts[0].colour", "accounts[0].origins[0].baseUrl"):
        assert problem in said


def test_nginx_keeps_few_connections(apus):
    """All its processes together at most a quarter of one worker's slots (64 here)."""
    text = "".join((apus.state / "nginx" / name).read_text() for name in ("nginx.conf", "workers.conf"))
    processes = int(re.search(r"worker_processes (\d+);", text)[1])
    kept = int(re.search(r"\bkeepalive (\d+);", text)[1])
    assert 1 <= processes * kept <= 16


def test_nginx_has_nothing_to_complain_about(apus):
    complaints = [
        line for line in apus.log("nginx-error.log").splitlines() if re.search(r"\[(alert|crit|emerg)\]", line)
    ]
    assert not complaints
