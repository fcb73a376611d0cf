"""What deploy/region writes onto a host, without a host: the units as systemd judges them, sizes for machines of all
sizes, and the one screen of `status` in front of a host that is made of files and of programs that answer for it."""

import os
import re
import shutil
import subprocess
import textwrap

import pytest

from instance import REPOSITORY

HOST = REPOSITORY / "deploy" / "host"
UNITS = ["apus.socket", "apus@.service", "apus-workers.slice", "apus-nginx.service", "apus-redis.service"]
SERVICES = [unit for unit in UNITS if unit.endswith(".service")]
MOST_EXPOSURE = 2.5
RELEASE, BEFORE = "20261122-101112-abcdef0", "20261121-101112-1234567"

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze (systemd)")


def bash(script, *, folder=None, **environment):
    """Runs a script that has all that deploy/region has."""
    libraries = ["common.sh", "fill.sh", "region/layout.sh", "region/sizing.sh", "region/status.sh"]
    sourced = "\n".join(f"source '{REPOSITORY}/deploy/lib/{name}'" for name in libraries)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"repository='{REPOSITORY}'\n{sourced}\n{script}", "deploy/region"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", **environment},
    )


def sizes_of(role, cpus, memory, disk, **settings):
    given = "".join(f"[{name}]='{value}' " for name, value in {"slots": 256, **settings}.items())
    done = bash(
        f"declare -A settings=({given})\nread_host\nsize_host {role}\n"
        'for name in "${!sizes[@]}"; do echo "$name=${sizes[$name]}"; done',
        APUS_HOST_CPUS=str(cpus),
        APUS_HOST_MEMORY_MB=str(memory),
        APUS_HOST_DISK_MB=str(disk),
    )
    assert done.returncode == 0, done.stderr
    return {name: int(value) for name, _, value in (line.partition("=") for line in done.stdout.splitlines())}


# --- the units


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A folder with every template of deploy/host as a host of role `all` gets it, under its own path."""
    folder = tmp_path_factory.mktemp("host")
    values = {
        "listenStream": "/run/apus.sock",
        "release": RELEASE,
        "workerEnvironment": "",
        "serveOptions": "--default-store /var/lib/apus/store --default-workers 2",
        "stopSeconds": 40,
        "writablePaths": "",
        "redisIsLocal": "yes",
        "redisSocket": "/run/apus-redis/redis.sock",
        "redisPort": 0,
        "redisAddresses": "127.0.0.1",
        "redisPassword": "",
        "certificateName": "apus",
    }
    values |= sizes_of("all", 2, 4000, 40000)
    table = "".join(f"[{name}]='{value}' " for name, value in values.items())
    done = bash(
        f"values=({table})\n"
        f"for template in '{HOST}'/*; do\n"
        """    goal=$(sed -n 's/^# Goes to \\(.*\\)\\.$/\\1/p;T;q' "$template")
    [[ $goal == /* ]] || fail "$template does not say where it goes"
    mkdir -p "$PWD$(dirname "$goal")"
    fill_in_file "$template" >"$PWD$goal"
done""",
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder


def unit(filled, name):
    return filled / "etc/systemd/system" / name


def test_no_template_keeps_a_name_to_fill_in(filled):
    for path in filter(lambda path: path.is_file(), filled.rglob("*")):
        assert not re.search(r"@[a-z][A-Za-z0-9]*@", path.read_text()), path


@needs_systemd
def test_systemd_accepts_the_units(filled, tmp_path):
    """In a root of their own, where the programs that they name are there."""
    folder = tmp_path / "etc/systemd/system"
    shutil.copytree(unit(filled, "."), folder)
    # An instance is known by its own name only.
    shutil.copy(folder / "apus@.service", folder / f"apus@{RELEASE}.service")
    programs = re.findall(r"^Exec\w+=(/\S+)", "".join((folder / name).read_text() for name in SERVICES), re.M)
    for program in (path.replace("%i", RELEASE) for path in programs):
        target = tmp_path / program.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("#!/bin/sh\n")
        target.chmod(0o755)
    names = [f"apus@{RELEASE}.service" if name == "apus@.service" else name for name in UNITS]
    # Units of the system itself are not in this root.
    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", "--man=no", f"--root={tmp_path}", *names],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if "apus" in line and "Unit" not in line]
    assert (done.returncode, said) == (0, []), done.stderr


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_exposed_little(filled, name):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit(filled, name))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert exposure, done.stdout + done.stderr
    assert float(exposure[1]) < MOST_EXPOSURE


def test_what_workers_need_is_not_forbidden(filled):
    """Each of these lines stood in the way of pictures when it was tried."""
    text = unit(filled, "apus@.service").read_text()
    # openat2(2), which DISK origins use; code made at run time by libvips' Orc.
    assert not re.search(r"^(RestrictSUIDSGID|MemoryDenyWriteExecute)=yes", text, re.M)
    # One render process too large must not end the service.
    assert re.search(r"^OOMPolicy=continue$", text, re.M)
    allowed = " ".join(re.findall(r"^SystemCallFilter=([a-z].*)", text, re.M)).split()
    assert {"sched_setscheduler", "seccomp", "landlock_restrict_self"} <= set(allowed)


def test_folders_that_releases_share_outlive_each_of_them(filled):
    text = unit(filled, "apus@.service").read_text()
    assert "RuntimeDirectoryPreserve=yes" in text


# --- redis.conf, logrotate, the hook of certbot


@pytest.mark.parametrize(
    ("name", "value"), [("maxmemory-policy", "volatile-lfu"), ("maxmemory", str(426 * 2**20)), ("save", "")]
)
def test_redis_takes_its_configuration(filled, tmp_path, name, value):
    configuration = tmp_path / "redis.conf"
    text = (filled / "etc/apus/redis.conf").read_text().replace("/run/apus-redis", str(tmp_path))
    configuration.write_text(re.sub(r"^maxmemory .*", "maxmemory 426mb", text, flags=re.M))
    server = subprocess.Popen(["redis-server", str(configuration)], stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        for line in server.stdout:
            said += line
            if "ready to accept connections" in line:
                break
        done = subprocess.run(
            ["redis-cli", "-s", str(tmp_path / "redis.sock"), "config", "get", name],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        assert done.stdout.split("\n")[:2] == [name, value], said
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.mark.parametrize(("lineage", "is_copied"), [("apus", True), ("somebody-elses", False)])
def test_a_renewed_certificate_is_copied_and_given_to_nginx(filled, tmp_path, lineage, is_copied):
    tls, live = tmp_path / "tls", tmp_path / "live" / lineage
    tls.mkdir()
    live.mkdir(parents=True)
    (live / "fullchain.pem").write_text("certificate\n")
    (live / "privkey.pem").write_text("key\n")
    hook = tmp_path / "hook"
    text = (filled / "etc/letsencrypt/renewal-hooks/deploy/apus").read_text()
    hook.write_text(text.replace("/etc/apus/tls", str(tls)))
    programs = fake_programs(tmp_path, systemctl='echo "$*" >>"$CALLS"', install=_INSTALL_AS_ANYBODY)
    done = subprocess.run(
        ["sh", str(hook)],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
        env={"PATH": programs, "RENEWED_LINEAGE": str(live), "CALLS": str(tmp_path / "calls")},
    )
    assert done.returncode == 0, done.stderr
    if is_copied:
        assert (tls / "certificate.pem").read_text() == "certificate\n"
        assert (tls / "key.pem").read_text() == "key\n"
        assert (tls / "key.pem").stat().st_mode & 0o777 == 0o640
        assert (tmp_path / "calls").read_text().splitlines()[-1] == "reload apus-nginx.service"
    assert len(list(tls.iterdir())) == (2 if is_copied else 0)


# Leaves out the owner, who may not be ours to give.
_INSTALL_AS_ANYBODY = 'shift 4; exec /usr/bin/install "$@"'


def fake_programs(folder, **scripts):
    """A PATH on which these programs are shell scripts."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name, script in scripts.items():
        program = programs / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{script}\n")
        program.chmod(0o755)
    return f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"


# --- sizes

ROLES = ["all", "front", "worker", "redis"]
MACHINES = [
    (1, 960, 4_000),
    (1, 960, 20_000),
    (2, 3_900, 40_000),
    (4, 7_900, 80_000),
    (8, 32_000, 200_000),
    (16, 64_000, 500_000),
    (64, 256_000, 4_000_000),
    (64, 4_000, 10_000),
    (1, 256_000, 10_000),
]


def within(machine):
    return f"{machine[0]}-cpus-{machine[1]}-MB"


@pytest.mark.parametrize("machine", MACHINES, ids=within)
@pytest.mark.parametrize("role", ROLES)
def test_all_parts_together_fit_the_machine(role, machine):
    cpus, memory, disk = machine
    sizes = sizes_of(role, *machine)
    limits = sizes["workersMemoryMB"] + sizes["redisLimitMB"] + sizes["nginxMemoryMB"]
    # The system itself keeps an eighth, up to 4 GB.
    assert limits <= memory - min(4096, memory // 8)
    assert sizes["edgeMB"] + sizes["storeMB"] <= disk - 1024
    assert sizes["workerMemoryMB"] <= sizes["workersMemoryMB"]
    assert sizes["renders"] <= cpus
    assert sizes["workers"] <= max(1, sizes["renders"])
    assert sizes["nginxProcesses"] <= min(cpus, 64)
    # Values, what clients are sent, and gaps.
    assert sizes["redisLimitMB"] >= sizes["redisMB"] * 5 // 4
    # The names of what is kept lie in nginx' own memory.
    assert sizes["edgeKeysMB"] <= sizes["nginxMemoryMB"] // 4
    # Each connection of a client may have one to a worker, and a file.
    assert sizes["openFiles"] > sizes["connections"] * 2 or not sizes["connections"]


@pytest.mark.parametrize("machine", MACHINES, ids=within)
def test_a_release_has_room_beside_the_one_that_it_replaces(machine):
    sizes = sizes_of("all", *machine)
    rest = sizes["workersMemoryMB"] - sizes["workerMemoryMB"]
    # Idle workers and render processes, as they are once a picture was made.
    assert rest >= 15 * sizes["workers"] + 25 * sizes["renders"] or machine[1] < 5000
    assert rest >= 60


PARTS = {
    "all": {"workers", "renders", "tasks", "workersMemoryMB", "workerMemoryMB", "redisMB", "redisLimitMB"}
    | {"nginxProcesses", "connections", "openFiles", "nginxMemoryMB", "edgeMB", "edgeKeysMB", "storeMB"},
    "front": {"nginxProcesses", "connections", "openFiles", "nginxMemoryMB", "edgeMB", "edgeKeysMB"},
    "worker": {"workers", "renders", "tasks", "workersMemoryMB", "workerMemoryMB", "storeMB"},
    "redis": {"redisMB", "redisLimitMB"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_its_own_parts_only(role):
    assert {name for name, size in sizes_of(role, 4, 8000, 80_000).items() if size} == PARTS[role]


def test_larger_machines_have_larger_parts():
    rows = [sizes_of("all", *machine) for machine in MACHINES[1:7]]
    for smaller, larger in zip(rows, rows[1:], strict=False):
        for name in ("redisMB", "workerMemoryMB", "nginxMemoryMB", "edgeMB", "storeMB", "renders", "workers"):
            assert smaller[name] <= larger[name], name


def test_the_configuration_is_stronger():
    assert sizes_of("all", 8, 16_000, 80_000, processes=5)["workers"] == 5


def test_connections_that_nginx_keeps_are_a_quarter_of_few_slots():
    assert sizes_of("all", 64, 64_000, 80_000, slots=16)["nginxProcesses"] == 4


def test_a_bucket_as_store_needs_no_disk():
    sizes = sizes_of("all", 4, 8000, 80_000, storeType="S3_COMPATIBLE")
    assert sizes["storeMB"] == 0
    assert sizes["edgeMB"] > sizes_of("all", 4, 8000, 80_000)["edgeMB"]


def test_a_little_less_disk_changes_nothing():
    assert sizes_of("all", 4, 8000, 80_001) == sizes_of("all", 4, 8000, 80_900)


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ((1, 500, 20_000), "this host has 500 MB of memory; as all it needs 700"),
        ((1, 960, 1500), "the disk of /var has 1500 MB free; as all this host needs 2048"),
        ((0, 960, 20_000), "this host has no processor"),
        (("many", 960, 20_000), "cannot find out how many cpus this host has"),
        ((1, "", 20_000), "cannot find out how many memoryMB this host has"),
    ],
)
def test_a_machine_that_is_too_small_is_told_so(machine, sentence):
    # An empty variable would be as if there were none.
    cpus, memory, disk = (str(number) or "unknown" for number in machine)
    done = bash(
        "declare -A settings=()\nread_host\nsize_host all",
        APUS_HOST_CPUS=cpus,
        APUS_HOST_MEMORY_MB=memory,
        APUS_HOST_DISK_MB=disk,
    )
    assert (done.returncode, done.stderr.strip()) == (1, f"region: {sentence}")


def test_this_machine_can_be_read():
    done = bash('read_host\necho "${host[cpus]} ${host[memoryMB]} ${host[diskMB]}"')
    cpus, memory, disk = map(int, done.stdout.split())
    assert 1 <= cpus <= os.cpu_count()
    assert memory > 100
    assert disk > 0


# --- status


class FakeHost:
    """A folder with what a region has on a host, and programs that answer as its services would."""

    def __init__(self, folder, filled, role="all"):
        self.folder, self.root = folder, folder / "root"
        shutil.copytree(filled, self.root)
        for name in (RELEASE, BEFORE):
            (self.root / "opt/apus/releases" / name / "deploy").mkdir(parents=True)
        (self.root / "opt/apus/current").symlink_to(f"releases/{RELEASE}")
        (self.root / "opt/apus/previous").symlink_to(f"releases/{BEFORE}")
        (self.root / "opt/apus/current/deploy/settings").write_text(f"role={role}\nregion=eu-central\nport=8443\n")
        (self.root / "etc/apus/nginx").mkdir()
        (self.root / "etc/apus/nginx/nginx.conf").write_text(
            "worker_processes 2;\nevents {\n    worker_connections 6824;\n}\n"
            "fastcgi_cache_path edge keys_zone=edge:8m inactive=7d max_size=6000m min_free=512m;\n"
        )
        (self.root / "var/cache/apus/edge").mkdir(parents=True)
        (self.root / "var/log/apus").mkdir(parents=True)
        self.log({"edge": 81, "redis": 10, "render": 5, "": 4})
        self.certificate(days=90)
        self.scripts = {
            "systemctl": _SYSTEMCTL,
            "curl": f"case $* in */ready) echo ready ;; */metrics) cat '{self.folder}/metrics' ;; esac",
            "redis-cli": f"case $* in *ping) echo PONG ;; *info*) cat '{self.folder}/redis-info' ;; esac",
            "dpkg-query": "printf 'nginx 1.22.1-9+deb12u1\\nredis-server 5:7.0.15-1~deb12u1\\nlibvips42 8.14.1-3\\n'",
        }
        self.metrics(
            'apus_answers_total{status="2xx",tier="redis"} 60',
            'apus_answers_total{status="2xx",tier="render"} 30',
            'apus_answers_total{status="5xx",tier="none"} 10',
            "apus_store_bytes 1073741824",
            "apus_store_limit_bytes 10737418240",
        )
        (self.folder / "redis-info").write_text("used_memory:44040192\r\nmaxmemory:440401920\r\nevicted_keys:7\r\n")

    def metrics(self, *lines):
        (self.folder / "metrics").write_text("\n".join(lines) + "\n")

    def log(self, answers):
        lines = (
            f'{{"uri":"/demo/a.jpg","status":{200 if tier else 503},"answeredBy":"{tier}","edge":""}}\n' * count
            for tier, count in answers.items()
        )
        operations = '{"uri":"/_apus/ready","status":200,"answeredBy":"","edge":""}\n' * 50
        (self.root / "var/log/apus/access.log").write_text("".join(lines) + operations)

    def certificate(self, days):
        target = self.root / "etc/apus/tls"
        target.mkdir(exist_ok=True)
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            + ["-days", str(days), "-subj", "/CN=apus", "-keyout", "/dev/null"]
            + ["-out", str(target / "certificate.pem")],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def status(self):
        """The exit status, and the lines of the screen by their first words."""
        done = bash(
            "set_layout \"$APUS_HOST_ROOT\"\nshow_status",
            PATH=fake_programs(self.folder, **self.scripts),
            APUS_HOST_ROOT=str(self.root),
            APUS_HOST_CPUS="2",
            APUS_HOST_MEMORY_MB="4000",
            APUS_HOST_DISK_MB="20000",
        )
        lines = done.stdout.splitlines()
        assert done.stderr == ""
        assert len(lines) <= 40
        assert all(len(line) <= 80 for line in lines)
        return done.returncode, lines


_SYSTEMCTL = textwrap.dedent(
    """\
    case $1 in
        show) printf '%s\\n' ActiveState=active "StatusText=2 of 2 workers ready" NRestarts=0 MemoryCurrent=104857600 \\
            "ActiveEnterTimestamp=Sun 2026-11-22 02:14:52 UTC" ;;
        list-units) echo "$UNIT loaded active running Apus" ;;
    esac
    """
).replace("$UNIT", f"apus@{RELEASE}.service")


@pytest.fixture
def host(tmp_path, filled):
    return FakeHost(tmp_path, filled)


def line_of(lines, word):
    return next((line for line in lines if line[2:].startswith(word)), None)


def test_status_tells_everything_on_one_screen(host):
    code, lines = host.status()
    assert code == 0, "\n".join(lines)
    told = [
        f"  release      {RELEASE}, before it {BEFORE}",
        "  role         all, region eu-central",
        "  versions     nginx 1.22.1, Redis 7.0.15, libvips 8.14.1",
        "  ready        yes, pictures are made",
        "  apus         2 of 2 workers ready since 11-22 02:14, 100 MB",
        "  apus-nginx   active since 11-22 02:14, 100 MB",
        "  host         2 CPUs, 3.9 GB of memory, 20 GB free on the disk",
        "  store        1.0 GB of 10 GB used (10 %)",
        "  redis        42 MB of 420 MB used (10 %), 7 evicted, up to 687 MB",
        "  nginx        2 processes of 6824 connections, up to 875 MB",
        "  answers      edge 81% redis 10% render 5% none 4%",
        "               4.0% of the last 100 answers are 5xx",
        "  workers'     redis 60% render 30% none 10%",
        "               10.0% of the workers' 100 answers are 5xx",
        "               all is well",
    ]
    for line in told:
        assert line in [shown.rstrip() for shown in lines], "\n".join(lines)
    assert "in 89 days" in line_of(lines, "certificate") or "in 90 days" in line_of(lines, "certificate")


@pytest.mark.parametrize(
    ("days", "is_doubtful"), [(90, False), (16, False), (13, True), (1, True)], ids=lambda value: str(value)
)
def test_a_certificate_that_ends_soon_is_marked(host, days, is_doubtful):
    host.certificate(days=days)
    code, lines = host.status()
    assert line_of(lines, "certificate").startswith("!") == is_doubtful
    assert code == (1 if is_doubtful else 0)


def test_status_is_readable_when_everything_is_down(host):
    for name in ("curl", "redis-cli", "systemctl"):
        host.scripts[name] = "exit 1"
    (host.root / "etc/apus/tls/certificate.pem").unlink()
    (host.root / "var/log/apus/access.log").unlink()
    code, lines = host.status()
    assert code == 1
    assert line_of(lines, "ready").startswith("! ready        NO")
    for word in ("apus.socket", "apus-redis", "apus-nginx", "redis", "certificate"):
        assert line_of(lines, word).startswith("!"), "\n".join(lines)
    assert "unknown" in line_of(lines, "store")
    assert "unknown" in line_of(lines, "answers")


def test_programs_that_hang_do_not_hold_the_screen_up(host):
    host.scripts["redis-cli"] = "sleep 60"
    code, lines = host.status()
    assert code == 1
    assert "does not answer" in line_of(lines, "redis")


@pytest.mark.parametrize(
    ("role", "there", "missing"),
    [
        ("front", {"apus-nginx", "edge cache", "answers", "certificate"}, {"apus.socket", "store", "workers"}),
        ("redis", {"apus-redis", "redis"}, {"apus.socket", "apus-nginx", "certificate", "store", "answers"}),
        ("worker", {"apus.socket", "workers", "store"}, {"apus-nginx", "certificate", "answers", "edge cache"}),
    ],
)
def test_a_role_shows_its_parts(tmp_path, filled, role, there, missing):
    host = FakeHost(tmp_path, filled, role)
    if role != "redis":
        (host.root / "etc/systemd/system/apus-redis.service").unlink()
    host.scripts["cgi-fcgi"] = (
        "printf 'Content-Type: text/plain\\r\\n\\r\\n'\n"
        f"case $REQUEST_URI in */ready) echo ready ;; *) cat '{host.folder}/metrics' ;; esac"
    )
    code, lines = host.status()
    assert code == 0, "\n".join(lines)
    words = {line[2:14].strip() for line in lines}
    assert there <= words
    assert not missing & words


def test_other_regions_are_shown(host):
    host.metrics(
        "apus_region_confirmed 1",
        *[f'apus_region_up{{region="{name}"}} {up}' for name, up in (("us-east", 1), ("asia", 0), ("south", 1))],
        *[f'apus_region_heard_seconds{{region="{name}"}} 1.5' for name in ("us-east", "asia", "south")],
        'apus_region_other_configuration{region="south"} 1',
    )
    code, lines = host.status()
    assert code == 1
    assert line_of(lines, "us-east") == "  us-east      up, its news are 1 s old"
    assert line_of(lines, "asia").startswith("! asia         DOWN")
    assert "another configuration" in line_of(lines, "south")


def test_many_regions_still_fit(host):
    names = [f"region-{number:02}" for number in range(40)]
    host.metrics(*[f'apus_region_up{{region="{name}"}} 1' for name in names])
    _, lines = host.status()
    assert lines[-2].strip() == "and 30 regions more"


def test_a_second_release_that_runs_is_told(host):
    host.scripts["systemctl"] += f"case $1 in list-units) echo 'apus@{BEFORE}.service loaded active' ;; esac"
    code, lines = host.status()
    assert code == 1
    assert BEFORE in line_of(lines, "another")


def test_nothing_installed_is_said(host):
    (host.root / "opt/apus/current").unlink()
    code, lines = host.status()
    assert (code, lines) == (1, ["region: no release is installed on this host"])
