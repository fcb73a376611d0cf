"""A region as `deploy/region` makes it on a Debian host that the tests boot: called over ssh as people do, asked over TLS,
and put under a load that notices every failed request."""

import contextlib
import http.client
import json
import os
import ssl
import subprocess
import threading
import time
from pathlib import Path

import load
from certificates import DAY, session_authority
from debian_host import Failed
from http_client import Answer
from instance import REPOSITORY, wait_for

NAME = "img.example"
OTHER_NAME = "images.shop.example"
HTTPS, HTTP = 443, 80
SCRIPT_SECONDS = 300
ANSWER_SECONDS = 30
EDGE_SECONDS = 1
COMMAND = "/usr/local/sbin/apus-region"
PICTURE = "/demo/tr:w-{width}/kleiber.jpg"


def configuration(**changes):
    """One region that serves the sample pictures, which lie beside the file. JSON is YAML too."""
    made = {
        "regions": {"here": {"url": f"https://{NAME}"}},
        "workers": {"processes": 1, "slots": 64},
        "cache": {"edgeAge": f"{EDGE_SECONDS}s"},
        "timeouts": {"total": "10s"},
        "accounts": [
            {
                "id": "demo",
                "publicKey": "public_demo",
                "privateKeys": ["${DEMO_KEY}"],
                "origins": [{"id": "samples", "type": "DISK", "path": "samples"}],
                "urlEndpoints": [{"urlPrefix": "", "origins": ["samples"], "hosts": [OTHER_NAME]}],
            }
        ],
    }
    return {**made, **changes}


class Operator:
    """Whoever has a clone of the repository, a key for ssh, a configuration and a certificate: `region(…)` calls
    deploy/region for one host."""

    def __init__(self, network, folder):
        self.network, self.folder = network, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.repository = REPOSITORY
        self.identity = self.folder / "identity"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(self.identity)], check=True
        )
        self.known_hosts = self.folder / "known_hosts"
        self.known_hosts.touch()
        self.settings = self.folder / "ssh.conf"
        self.settings.write_text(
            f"IdentityFile {self.identity}\nIdentitiesOnly yes\nUserKnownHostsFile {self.known_hosts}\n"
            "GlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\nUpdateHostKeys no\n"
        )
        self.configuration = self.configure()
        self.environment = self.folder / "environment"
        self.environment.write_text("# secrets\nDEMO_KEY=private_demo_of_the_test\n")
        self.certificate, self.key = session_authority().issue("region", [NAME, OTHER_NAME], 90 * DAY)

    def configure(self, name="apus", **changes):
        path = self.folder / f"{name}.yaml"
        path.write_text(json.dumps(configuration(**changes), indent=2))
        return path

    def trust(self, host, user="root"):
        """The host lets this one in, and is known."""
        home = host.said(f"getent passwd {user} | cut -d: -f6")
        host.write(f"{home}/.ssh/authorized_keys", self.identity.with_suffix(".pub").read_text(), "0600")
        host.run(f"chown -R {user}: {home}/.ssh")
        keys = [line.split()[:2] for line in host.said("cat /etc/ssh/ssh_host_*_key.pub").splitlines()]
        with self.known_hosts.open("a") as known:
            known.writelines(f"{host.address} {' '.join(key)}\n" for key in keys)

    def region(self, host, command, *options, user=None, check=True, script=None, seconds=SCRIPT_SECONDS):
        """Calls deploy/region over ssh and returns what it said."""
        words = self.words(host, command, *options, user=user, script=script)
        done = self.network.run(*words, env=self.surroundings(), timeout=seconds)
        if check and done.returncode != 0:
            raise Failed(" ".join(str(word) for word in words), done)
        return done

    def words(self, host, command, *options, user=None, script=None):
        target = f"{user}@{host.address}" if user else f"root@{host.address}"
        return [script or self.repository / "deploy" / "region", command, *options, "--host", target]

    def surroundings(self, ssh=None):
        # Its temporary files are the test's, too.
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        return {**os.environ, "APUS_SSH": f"{ssh or 'ssh'} -F {self.settings}", "TMPDIR": str(temporary)}

    def install(self, host, *options, **further):
        """With everything that a region in earnest is given."""
        return self.region(host, "install", *self.given(), *options, **further)

    def given(self):
        return (
            *("--config", self.configuration, "--environment", self.environment),
            *("--certificate", self.certificate, "--key", self.key),
        )

    def another_release(self, name, change):
        """The script of a release's tree as `deploy/region bundle` packs it, after `change(tree)`."""
        target = self.folder / name
        target.mkdir()
        done = self.network.run(
            self.repository / "deploy" / "region", "bundle", target / "bundle.tar", env=self.surroundings(),
            timeout=SCRIPT_SECONDS,
        )  # fmt: skip
        if done.returncode != 0:
            raise Failed("bundle", done)
        subprocess.run(["tar", "-C", str(target), "-xf", str(target / "bundle.tar")], check=True)
        (tree,) = (path for path in target.iterdir() if path.is_dir())
        change(tree)
        return tree / "deploy" / "region"


class InTheWay:
    """An `ssh` that can be cut off while it runs: `operator.surroundings(in_the_way.command)`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.command = self.folder / "ssh"
        self.command.write_text(
            f'#!/bin/sh\necho $$ >>{self.folder}/pids\n[ ! -e {self.folder}/cut ] || exit 255\nexec ssh "$@"\n'
        )
        self.command.chmod(0o755)

    def cut(self):
        """Nobody who called it goes on, and nobody gets through any more."""
        (self.folder / "cut").touch()
        (self.folder / "pids").touch()
        for word in (self.folder / "pids").read_text().split():
            # The number may be another's by now.
            with contextlib.suppress(OSError):
                if str(self.folder) in Path(f"/proc/{word}/environ").read_text(errors="replace"):
                    os.kill(int(word), 9)


# --- asking


class Region:
    """A host's nginx, asked over TLS as `name`; `trusted` is the file of the authority that vouches for it."""

    def __init__(self, host, name=NAME, port=HTTPS, trusted=None, plain=False):
        self.host, self.name, self.port, self.plain = host, name, port, plain
        self.context = ssl.create_default_context(cafile=str(trusted or session_authority().file))

    def connect(self, timeout=ANSWER_SECONDS):
        """A connection of http.client's, ready to be asked."""
        made = http.client.HTTPConnection(self.name, self.port, timeout=timeout)
        made.sock = self.host.network.connected(self.host.address, self.port, timeout)
        if not self.plain:
            made.sock = self.context.wrap_socket(made.sock, server_hostname=self.name)
        # It must not connect by itself, which would be elsewhere.
        made.auto_open = False
        return made

    def get(self, path, timeout=ANSWER_SECONDS, **headers):
        connection = self.connect(timeout)
        try:
            return asked(connection, path, **headers)
        finally:
            connection.close()

    def answers(self, path):
        """Whether it gives a picture now."""
        try:
            return self.get(path, timeout=5).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def wait(self, seconds=30):
        wait_for(lambda: self.answers(PICTURE.format(width=100)), seconds, f"{self.host.name} to answer")


def asked(connection, path, **headers):
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


class Load(load.Load):
    """Users with kept connections who ask for one picture after the other until the block ends. One in four is new, the
    others have been asked for. A request on a connection that its server had closed is made once more, as RFC 9112
    section 9.3.1 has clients do; `reopened` counts them."""

    def __init__(self, region, users=4, pause=0.02):
        super().__init__(region.port, picture_of, threads=users)
        self.region, self.pause = region, pause
        self.problems, self.reopened = [], 0
        self._kept = threading.local()

    def __enter__(self):
        super().__enter__()
        self.go_on(10)
        return self

    def go_on(self, count=100):
        """Until so many more requests have been answered."""
        goal = self.done + count
        wait_for(lambda: self.done >= goal, 60, f"{count} more requests; so far {self.outcomes}")

    def assert_none_failed(self):
        assert self.failed == 0, (self.outcomes, self.problems[:10])

    def _run(self):
        self._kept.connection = None
        super()._run()
        if self._kept.connection:
            self._kept.connection.close()

    def _one(self, number):
        path = self.path_of(number)
        outcome, self._kept.connection = self._ask(self._kept.connection, path)
        if outcome != 200:
            with self._lock:
                self.problems.append((time.strftime("%H:%M:%S"), path, outcome))
        self._stopped.wait(self.pause)
        return outcome

    def _ask(self, connection, path):
        for _ in range(2):
            kept = connection is not None
            try:
                connection = connection or self.region.connect()
                answer = asked(connection, path)
                if answer["Connection"] == "close":
                    connection.close()
                    connection = None
                return answer.status, connection
            except (OSError, http.client.HTTPException) as error:
                if connection:
                    connection.close()
                connection = None
                closed = isinstance(error, (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError))
                if not (kept and closed):
                    return f"{type(error).__name__}: {error}", None
                with self._lock:
                    self.reopened += 1
        return "closed twice", None


def picture_of(number):
    return PICTURE.format(width=200 + (number // 4 % 400 if number % 4 == 0 else number % 7))


# --- what is on the host


def release_of(host, link="current"):
    return host.said(f"readlink -f /opt/apus/{link}").rpartition("/")[2]


def worker_unit(host):
    """The unit of the release that runs."""
    return f"apus@{release_of(host)}.service"


def main_pid(host):
    return int(host.unit(worker_unit(host), "MainPID"))


def running_releases(host):
    listed = host.said("systemctl list-units --plain --no-legend --state=active 'apus@*.service'")
    return {line.split()[0].removeprefix("apus@").removesuffix(".service") for line in listed.splitlines()}


FILES_OF_OTHERS = (
    # Debian's own, which change while a host runs or with any package.
    "/var/log/journal", "/var/log/wtmp", "/var/log/btmp", "/var/log/lastlog", "/var/log/apt", "/var/log/dpkg.log",
    "/var/log/alternatives.log", "/var/lib/apt", "/var/cache/apt", "/var/lib/dpkg", "/var/cache/ldconfig",
    "/var/lib/systemd", "/var/cache/debconf", "/etc/ld.so.cache", "/var/tmp", "/root/.ssh", "/etc/passwd-", "/etc/shadow-",
    "/etc/group-", "/etc/gshadow-",
)  # fmt: skip


def files_on(host):
    """Every file and folder of the host, but for what Debian changes by itself, with kind, mode, owner and size."""
    prune = " -o ".join(f"-path {path}" for path in FILES_OF_OTHERS)
    # What goes while it looks is no failure.
    found = host.said(
        f"find / -xdev \\( {prune} \\) -prune -o \\( -path /srv/archive -prune \\) -o"
        " \\( -type d -printf '%y %m %u %g - %p\\n' \\) -o -printf '%y %m %u %g %s %p\\n'",
        check=False,
    )
    return set(found.splitlines())


def state_of(host):
    """What a region could leave, each as a set of lines."""
    return {
        "files": files_on(host),
        "volatile files": set(host.said("find /run -path /run/systemd -prune -o -name '*apus*' -not -name apus-region.lock -print").splitlines()),
        "units": set(host.said("systemctl list-unit-files --plain --no-legend | awk '{print $1, $2}'").splitlines()),
        "active": set(host.said("systemctl list-units --all --plain --no-legend 'apus*' 'certbot*' | awk '{print $1, $3}'").splitlines()),
        "users": set(host.said("getent passwd; getent group").splitlines()),
        "processes": set(host.said("ps -eo comm= 2>/dev/null || cat /proc/[0-9]*/comm").splitlines())
        & {"apus", "apus-render", "nginx", "redis-server"},
        "listeners": set(host.said("ss -Hlntx | awk '{print $1, $5}' | grep -v '@' | sort -u").splitlines()),
    }


def difference(before, after):
    return {
        what: {"more": sorted(after[what] - before[what]), "less": sorted(before[what] - after[what])}
        for what in before
        if after[what] != before[what]
    }


def copy_of(host, name):
    """A new host that begins with what this one has on its disk; this one is switched off for it."""
    host.power_off()
    return host.network.host((host.upper, *host.layers), host.archive, name)


