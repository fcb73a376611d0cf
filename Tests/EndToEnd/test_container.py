"""The image of deploy/container, built and run by a real engine, and its compose files as they are."""

import itertools
import json
import os
import re
import shutil
import signal
import ssl
from pathlib import Path

import pytest
import yaml

import certificates
import containers
import http_client
from instance import REPOSITORY
from load import Load

FOLDER = REPOSITORY / "deploy" / "container"
USER = "10001"
KEY = "private_key_of_the_owner"
NAME = "apus_apus_1"

lacking = containers.lacking()
runs_containers = pytest.mark.skipif(bool(lacking), reason=f"no container can be run here: {lacking}")


# --- the files themselves


def compose(name):
    return yaml.safe_load((FOLDER / name).read_text())


each_service = pytest.mark.parametrize(
    "service",
    [
        pytest.param(service, id=f"{file}: {name}")
        for file in ("compose.yaml", "compose.parts.yaml")
        for name, service in compose(file)["services"].items()
    ],
)


@each_service
def test_every_service_is_locked_in_and_watched(service):
    assert service["read_only"] is True
    assert {"/run", "/tmp"} <= {entry.split(":")[0] for entry in service["tmpfs"]}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"][1] == "/opt/apus/deploy/container/healthy"
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["restart"] == "unless-stopped"
    assert "max-size" in service["logging"]["options"]
    assert "privileged" not in service and "network_mode" not in service


@each_service
def test_what_nginx_may_be_told_is_passed_on(service):
    if "ports" in service:
        assert {"APUS_PROXIES", "APUS_CLIENT_LIMITS"} <= set(service["environment"])


@each_service
def test_only_the_caches_and_what_is_read_is_mounted(service):
    for mount in service.get("volumes", []):
        assert mount.endswith((":/etc/apus:ro", ":/var/lib/apus")), mount


def test_draining_fits_into_the_time_to_stop():
    """Each part may take `drain_seconds`, with the times that hold where the configuration says nothing."""
    drain = 20 + 5 + 5
    assert int(compose("compose.yaml")["services"]["apus"]["stop_grace_period"].rstrip("s")) > 3 * drain
    for service in compose("compose.parts.yaml")["services"].values():
        assert int(service["stop_grace_period"].rstrip("s")) > drain


def test_the_example_in_the_parts_file_names_its_own_addresses():
    text = (FOLDER / "compose.parts.yaml").read_text()
    parts = yaml.safe_load(text)["services"]
    address = {name: part["networks"]["region"]["ipv4_address"] for name, part in parts.items()}
    head = text.partition("\nx-part")[0]
    assert f"@{address['redis']}:6379" in head
    assert f'hosts: ["{address["worker"]}:9000"], fronts: ["{address["front"]}"]' in head


def containerfile():
    text = (FOLDER / "Containerfile").read_text().replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


def test_everything_that_is_copied_is_there():
    for word, rest in containerfile():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            for source in sources:
                assert list(REPOSITORY.glob(source)), source


def test_no_instruction_takes_what_is_not_named():
    assert not [rest for word, rest in containerfile() if word == "ADD" or (word, rest[:2]) == ("COPY", ". ")]


# --- real containers


@pytest.fixture(scope="module")
def engine():
    engine = containers.Engine()
    yield engine
    engine.remove()


@pytest.fixture(scope="module")
def image(engine):
    engine.build("all", "apus")
    return "apus"


@pytest.fixture(scope="module")
def worker_image(engine, image):
    engine.build("worker", "apus-worker")
    return "apus-worker"


def write_settings(folder, **changes):
    """What is mounted at /etc/apus, for the image's user."""
    configuration = {
        "timeouts": {"total": "6s", "stall": "2s"},
        "cache": {"edgeAge": "1s"},
        "accounts": [
            {
                "id": "demo",
                "privateKeys": ["${DEMO_KEY}"],
                "origins": [{"id": "samples", "type": "DISK", "path": "samples"}],
            }
        ],
        **changes,
    }
    folder.mkdir(exist_ok=True)
    (folder / "apus.yaml").write_text(json.dumps(configuration))
    if not (folder / "samples").exists():
        shutil.copytree(REPOSITORY / "deploy" / "samples", folder / "samples")
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, int(USER), int(USER))
    return folder


class Region:
    """compose.yaml, as it is but for a secret and perhaps smaller limits."""

    def __init__(self, engine, folder, **changes):
        self.engine, self.folder = engine, write_settings(folder / "etc", **changes)
        self.further = folder / "further.yaml"
        self.further.write_text(json.dumps({"services": {"apus": {"environment": {"DEMO_KEY": KEY}}}}))

    def _compose(self, *words):
        environment = {"APUS_ETC": str(self.folder)}
        return self.engine.compose("compose.yaml", *words, environment=environment, further=[self.further])

    def up(self):
        self._compose("up", "--detach", "--no-build")
        containers.wait_until(self.is_ready, what=f"the region\n{self.engine.logs(NAME)}")

    def is_ready(self):
        return self.engine.is_healthy(NAME) or self.engine.exit_code(NAME) is not None

    def down(self):
        self._compose("down", "--volumes", "--timeout", "5")

    def renew(self, **changes):
        write_settings(self.folder, **changes)
        self.engine.run("kill", "--signal", "HUP", NAME)

    def get(self, path, **options):
        return self.engine.get(path, **options)

    def log_lines(self):
        """nginx' lines about requests."""
        for line in self.engine.logs(NAME).splitlines():
            if line.startswith('{"time":"'):
                yield json.loads(line)


@pytest.fixture
def region(engine, image, tmp_path):
    region = Region(engine, tmp_path)
    try:
        region.up()
        yield region
    finally:
        region.down()


def with_engine(test):
    return pytest.mark.long(runs_containers(test))


@with_engine
def test_the_images_say_how_they_are_run(engine, image, worker_image):
    for name, role in ((image, "all"), (worker_image, "worker")):
        settings = engine.inspect(name)["Config"]
        assert settings["User"] == "apus"
        assert list(settings["Volumes"]) == ["/var/lib/apus"]
        assert settings["Entrypoint"] == ["/opt/apus/deploy/container/entry"]
        assert settings["Cmd"] == [role]
        assert engine.inspect(name)["Healthcheck"]["Test"] == ["CMD", "/opt/apus/deploy/container/healthy"]


@with_engine
def test_a_worker_has_what_it_runs_with_and_no_more(engine, worker_image):
    script = """
        for name in nginx redis-server gcc cc swift git pkg-config; do ! command -v $name || exit 1; done
        ! ls /usr/include/vips /var/lib/apt/lists/*_* 2>/dev/null
        apus --help >/dev/null
    """
    engine.run("run", "--rm", "--network", "none", worker_image, "bash", "-ec", script)


FORMATS = {
    "jpg": ("/demo/tr:w-120,f-jpg/kleiber.jpg", "JPEG"),
    "webp": ("/demo/tr:w-120,f-webp/kleiber.jpg", "WEBP"),
    "avif": ("/demo/tr:w-120,f-avif/kleiber.jpg", "AVIF"),
    "svg": ("/demo/tr:w-120,f-png/swift.svg", "PNG"),
    "text": ("/demo/tr:w-120:l-text,i-Nuthatch,fs-20,l-end/kleiber.jpg", "JPEG"),
}


@with_engine
def test_a_region_runs_as_it_is_locked_in(engine, region):
    for path, form in FORMATS.values():
        answer = region.get(path)
        assert answer.status == 200, (path, answer)
        assert answer.picture().format == form and answer.picture().width == 120
    # Its root is read-only for everybody, and not only by its user's rights.
    for path in ("/x", "/opt/apus/x", "/etc/x", "/var/cache/fontconfig/x"):
        done = engine.inside(NAME, "sh", "-c", f": >{path}", check=False)
        assert done.returncode != 0 and "Read-only file system" in done.stderr
    # All of its processes are its user's, and can never be more.
    processes = engine.processes(NAME)
    assert {"nginx", "redis-server", "apus", "apus-render"} <= set(processes)
    for pid in (pid for pids in processes.values() for pid in pids):
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert set(status["Uid"].split()) == {USER}
        assert {status[name].strip("0") for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
        assert status["NoNewPrivs"] == "1"
    # Only workers know the secrets.
    for name, pids in processes.items():
        knows = {KEY in Path(f"/proc/{pid}/environ").read_text() for pid in pids}
        assert name not in ("nginx", "redis-server") or knows == {False}


@with_engine
def test_the_log_is_standard_output_line_by_line(region):
    with Load(80, lambda number: f"/demo/tr:w-{number % 40 + 20}/kleiber.jpg", connect=region.engine.connected) as load:
        containers.wait_until(lambda: load.done > 200, what="some requests")
    assert load.failed == 0, load.outcomes
    wanted = load.done
    containers.wait_until(
        lambda: sum("/demo/" in line["uri"] for line in region.log_lines()) >= wanted, what="their lines in the log"
    )


@with_engine
def test_the_health_check_sees_a_hung_nginx(engine, region):
    pids = engine.processes(NAME)["nginx"]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    assert not engine.is_healthy(NAME)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    assert engine.is_healthy(NAME)


@with_engine
def test_hangup_renews_without_a_failed_request(engine, region):
    heights = itertools.count(20)

    def is_renewed():
        # Another one each time, as what was made before keeps its time.
        answer = region.get(f"/demo/tr:w-99,h-{next(heights)}/kleiber.jpg")
        return "max-age=86400" in answer["Cache-Control"]

    with Load(80, lambda number: f"/demo/tr:w-{number % 300 + 20}/kleiber.jpg", connect=engine.connected) as load:
        containers.wait_until(lambda: load.done > 20, what="some requests")
        region.renew(cache={"maxAge": "1d", "edgeAge": "1s"})
        containers.wait_until(is_renewed, what="the new configuration")
    assert load.failed == 0, load.outcomes


@with_engine
def test_a_configuration_with_mistakes_changes_nothing(engine, region):
    region.renew(cache={"edgeAge": "soon"})
    containers.wait_until(lambda: "nothing is changed" in engine.logs(NAME), what="a word about it")
    assert region.get("/demo/tr:w-55/kleiber.jpg").status == 200
    assert engine.exit_code(NAME) is None


@with_engine
def test_the_end_loses_nothing_that_was_accepted(engine, region):
    """Whoever connects later is refused; each request that nginx has read is answered."""
    refused = {"ConnectionRefusedError", "ConnectionResetError", "RemoteDisconnected", "BrokenPipeError"}
    mark = "/demo/tr:w-{},f-avif/kleiber.jpg"
    with Load(80, lambda number: mark.format(number + 20), connect=engine.connected) as load:
        containers.wait_until(lambda: load.done > 10, what="some requests")
        region.engine.run("stop", "--time", "60", NAME)
    assert engine.exit_code(NAME) == 0
    answered = load.outcomes.pop(200)
    assert set(load.outcomes) <= refused, load.outcomes
    lines = [line for line in region.log_lines() if "f-avif" in line["uri"]]
    assert {line["status"] for line in lines} == {200}
    assert len(lines) == answered


@pytest.mark.parametrize("name", ["nginx", "apus"])
@with_engine
def test_it_ends_with_a_part_that_has_ended(engine, region, name):
    # The first one is that which the others come from.
    os.kill(min(engine.processes(NAME)[name]), signal.SIGKILL)
    part = {"nginx": "nginx", "apus": "workers"}[name]
    containers.wait_until(lambda: f"{part} ended" in engine.logs(NAME), what="the end")
    # As the compose file says, it is started again.
    containers.wait_until(lambda: engine.is_healthy(NAME), what="the new one")


@with_engine
def test_redis_is_started_again(engine, region):
    (before,) = engine.processes(NAME)["redis-server"]
    os.kill(before, signal.SIGKILL)
    containers.wait_until(
        lambda: engine.processes(NAME).get("redis-server", [before]) != [before], what="another Redis"
    )
    assert region.get("/demo/tr:w-56/kleiber.jpg").status == 200
    assert engine.exit_code(NAME) is None


@with_engine
def test_the_caches_outlive_the_container(region):
    path = "/demo/tr:w-57/kleiber.jpg"
    assert region.get(path).cache == "render"
    region._compose("down", "--timeout", "20")
    region.up()
    assert region.get(path).cache in ("store", "edge")


@with_engine
def test_sizes_follow_what_the_container_was_granted(engine, image):
    def redis_megabytes(memory):
        name = engine.run("run", "--detach", "--network", "none", "--memory", f"{memory}m", image).stdout.strip()
        containers.wait_until(lambda: "all parts run" in engine.logs(name), what="its parts")
        found = re.search(r"Redis: ([\d.]+) (MB|GB)", engine.logs(name))
        engine.run("rm", "--force", "--time", "5", name)
        return float(found[1]) * (1024 if found[2] == "GB" else 1)

    assert redis_megabytes(2048) > 1.8 * redis_megabytes(1024)


@with_engine
def test_too_little_memory_is_said(engine, image):
    done = engine.run("run", "--rm", "--network", "none", "--memory", "400m", image, check=False)
    assert done.returncode == 1
    assert "400 MB of memory" in done.stdout + done.stderr


@with_engine
def test_tls_with_a_certificate_that_is_replaced(engine, image, tmp_path):
    region = Region(engine, tmp_path)
    authority = certificates.session_authority()

    def give(name):
        certificate, key = authority.issue(name, hosts=("img.example",))
        (region.folder / "tls").mkdir(exist_ok=True)
        shutil.copy(certificate, region.folder / "tls" / "certificate.pem")
        shutil.copy(key, region.folder / "tls" / "key.pem")
        write_settings(region.folder)

    def serial_number():
        context = ssl.create_default_context(cafile=authority.file)
        with context.wrap_socket(engine.connected(443), server_hostname="img.example") as connection:
            return connection.getpeercert()["serialNumber"]

    def over_tls(port):
        context = ssl.create_default_context(cafile=authority.file)
        return context.wrap_socket(engine.connected(port), server_hostname="img.example")

    give("first")
    try:
        region.up()
        assert http_client.request(443, "/demo/tr:w-58/kleiber.jpg", connect=over_tls).status == 200
        plain = region.get("/demo/tr:w-58/kleiber.jpg", headers={"Host": "img.example"})
        assert (plain.status, plain["Location"]) == (301, "https://img.example/demo/tr:w-58/kleiber.jpg")
        before = serial_number()
        give("second")
        region.renew()
        containers.wait_until(lambda: serial_number() != before, what="the new certificate")
    finally:
        region.down()


# --- its parts, each in a container of its own

REDIS_PASSWORD = "a-password-of-24-letters"


@with_engine
def test_a_region_of_parts(engine, image, worker_image, tmp_path):
    address = {
        name: part["networks"]["region"]["ipv4_address"]
        for name, part in compose("compose.parts.yaml")["services"].items()
    }
    folder = write_settings(
        tmp_path / "etc",
        region="here",
        redis={"url": "redis://:${REDIS_PASSWORD}@" + f"{address['redis']}:6379/0"},
        regions={
            "here": {"workers": {"hosts": [f"{address['worker']}:9000"], "fronts": [address["front"]]}},
        },
    )
    further = tmp_path / "further.yaml"
    further.write_text(
        json.dumps({"services": {name: {"environment": {"DEMO_KEY": KEY}} for name in ("front", "worker")}})
    )
    environment = {"APUS_ETC": str(folder), "REDIS_PASSWORD": REDIS_PASSWORD}

    def run(*words):
        return engine.compose("compose.parts.yaml", *words, environment=environment, further=[further])

    names = [f"apus_{name}_1" for name in address]
    try:
        run("up", "--detach", "--no-build")
        for name in names:
            containers.wait_until(lambda name=name: engine.is_healthy(name), what=f"{name}\n{engine.logs(name)}")
        assert engine.get("/demo/tr:w-59/kleiber.jpg").cache == "render"
        assert set(engine.processes("apus_front_1")) <= {"nginx", "bash"}
        assert "nginx" not in engine.processes("apus_worker_1")
        # What has been made is in Redis, and the worker has the address of nobody else.
        found = engine.inside("apus_redis_1", "redis-cli", "-s", "/run/apus/redis.sock", "-a", REDIS_PASSWORD, "dbsize")
        assert int(found.stdout.split()[-1]) > 0
    finally:
        run("down", "--volumes", "--timeout", "5")
