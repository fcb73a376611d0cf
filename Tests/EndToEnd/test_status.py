"""The one screen of `deploy/region status`, for a host that is made of files and of programs that answer for it."""

import shutil
import subprocess
import textwrap

import pytest

from host_scripts import BEFORE, RELEASE, bash, fake_programs, fill_templates


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return fill_templates(tmp_path_factory.mktemp("host"))


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

    def certificate(self, days, name="img.example", is_self_signed=False):
        target = self.root / "etc/apus/tls"
        target.mkdir(exist_ok=True)
        authority, key = self.folder / "authority.pem", self.folder / "authority.key"
        if not authority.exists():
            new_certificate(authority, key, "-days", "99", "-subj", "/CN=authority")
        signed = [] if is_self_signed else ["-CA", str(authority), "-CAkey", str(key)]
        more = ["-days", str(days), "-subj", "/CN=apus", "-addext", f"subjectAltName=DNS:{name}", *signed]
        new_certificate(target / "certificate.pem", "/dev/null", *more)

    def settings(self, **settings):
        """What `apus check --settings` says of the configuration."""
        program = self.root / "opt/apus/current/bin/apus"
        program.parent.mkdir(exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        program.write_text(f"#!/bin/bash\ncat <<'END'\n{lines}END\n")
        program.chmod(0o755)

    def workers_say(self, *events):
        """In the journal of the run of now, oldest first."""
        lines = [f'{{"level":"notice","message":"purge log","event":"{event}"}}' for event in events]
        (self.folder / "journal").write_text("".join(f"{line}\n" for line in lines))
        self.scripts["journalctl"] = (
            'while (($#)); do if [[ $1 == --grep ]]; then pattern=$2; fi; shift; done\n'
            f"tac '{self.folder}/journal' | grep -E -m 1 -- \"$pattern\""
        )

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


def new_certificate(file, key, *options):
    done = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        + ["-keyout", str(key), "-out", str(file), *options],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


_SYSTEMCTL = textwrap.dedent(
    """\
    case "$*" in
        *InvocationID*) echo 0123456789abcdef0123456789abcdef; exit ;;
    esac
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


def test_a_certificate_that_nobody_trusts_is_marked(host):
    host.certificate(days=90, is_self_signed=True)
    code, lines = host.status()
    assert code == 1 and line_of(lines, "certificate").startswith("!")
    assert "self-signed: no client trusts it" in line_of(lines, "certificate")


@pytest.mark.parametrize(
    "name, is_doubtful",
    [("img.shop.example", False), ("*.shop.example", False), ("www.example", False), ("img.example", True)],
)
def test_a_certificate_for_none_of_the_names_is_marked(host, name, is_doubtful):
    host.settings(url="https://img.shop.example:8443/pictures", customHosts="www.example")
    host.certificate(days=90, name=name)
    code, lines = host.status()
    assert line_of(lines, "certificate").startswith("!") == is_doubtful
    assert ("none of the region's names" in line_of(lines, "certificate")) == is_doubtful
    assert code == is_doubtful


@pytest.mark.parametrize(
    "events, doubtful",
    [
        ([], set()),
        (["redisAway(Redis.RedisError.closed)", "redisBack", "storeAway(Storage.StoreError.timedOut)", "storeBack"], set()),
        (["redisAway(Redis.RedisError.closed)", "storeBack"], {"redis"}),
        (["storeBack", "storeAway(Storage.StoreError.timedOut)", "redisBack"], {"store"}),
        (["storeGivenUp"], {"store"}),
    ],
    ids=str,
)
def test_a_redis_or_a_store_elsewhere_that_is_away_is_marked(host, events, doubtful):
    host.settings(url="https://img.example", redisUrl="cache.example:6379", storeType="S3")
    (host.root / "etc/systemd/system/apus-redis.service").unlink()
    host.workers_say(*events)
    code, lines = host.status()
    assert {word for word in ("redis", "store") if line_of(lines, word).startswith("!")} == doubtful, "\n".join(lines)
    assert "cache.example:6379" in line_of(lines, "redis")
    assert code == bool(doubtful)


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
