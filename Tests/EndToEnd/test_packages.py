"""Debian's packages as deploy/region brings and removes them: nothing of anybody else's is touched. Programs stand in for
apt-get and dpkg-query, and the files of a folder for what is installed."""

import os
import signal
import subprocess

import pytest

from instance import REPOSITORY

NEEDED = {"nginx", "redis-server"}
# With what Debian adds.
BROUGHT = {"libredis", *NEEDED}

APT_GET = r"""#!/usr/bin/env bash
set -eu
is_simulated=false
while [[ $1 == -* ]]; do
    if [[ $1 == -s ]]; then is_simulated=true; fi
    if [[ $1 == -o ]]; then shift; fi
    shift
done
command=$1 packages=()
shift
for word in "$@"; do if [[ $word != -* ]]; then packages+=("$word"); fi; done
case $command in
    install)
        cp "$FOLDER/policy-rc.d" "$FOLDER/policy-seen" 2>/dev/null || true
        # A newer one of what is there already does not come with anybody.
        if $is_simulated; then echo "Inst older [1.0] (1.1 Debian:12 [amd64])"; fi
        for name in libredis "${packages[@]}"; do
            if [[ -e $FOLDER/installed/$name ]]; then continue; fi
            if $is_simulated; then
                echo "Inst $name (1.1 Debian:12 [amd64])"
            else
                touch "$FOLDER/installed/$name"
                if [[ $name == "${KILLED_AT:-}" ]]; then kill -9 0; fi
                if [[ $name == "${FAILED_AT:-}" ]]; then exit 100; fi
            fi
        done
        ;;
    purge)
        if [[ -e $FOLDER/installed/nginx-extras ]]; then packages+=(nginx-extras); fi
        for name in "${packages[@]}"; do
            if $is_simulated; then echo "Purg $name [1.1]"; else rm "$FOLDER/installed/$name"; fi
        done
        ;;
esac
"""
DPKG_QUERY = r"""#!/usr/bin/env bash
format=$3 status=0
shift 3
for name in "$@"; do
    if [[ -e $FOLDER/installed/$name ]]; then
        text=${format//'${Package}'/$name}
        printf '%b' "${text//'${db:Status-Status}'/installed}"
    else
        status=1
    fi
done
exit $status
"""
SCRIPT = """set -euo pipefail
repository=$1 packages_file=$FOLDER/packages
for name in common packages region/receive region/uninstall; do source "$repository/deploy/lib/$name.sh"; done
policy_file=$FOLDER/policy-rc.d
needed_packages=(nginx redis-server)
removes_packages=true
disable_services() { :; }
"""


class Host:
    def __init__(self, folder):
        self.folder = folder
        self.policy = folder / "policy-rc.d"
        (folder / "installed").mkdir()
        (folder / "programs").mkdir()
        for name, text in {"apt-get": APT_GET, "dpkg-query": DPKG_QUERY}.items():
            (folder / "programs" / name).write_text(text)
            (folder / "programs" / name).chmod(0o755)
        self.has("older")

    def run(self, lines, **environment):
        """Runs lines of shell with the functions of deploy/region; SIGKILL to its group leaves nobody to tidy up."""
        path = f"{self.folder / 'programs'}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-c", f"{SCRIPT}\n{lines}", "region", REPOSITORY],
            env={**os.environ, "LC_ALL": "C.UTF-8", "PATH": path, "FOLDER": str(self.folder), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            start_new_session=True,
        )

    def install(self, **environment):
        return self.run("install_needed_packages", **environment)

    def uninstall(self):
        done = self.run("restore_policy\nuninstall_packages")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def has(self, *names):
        for name in names:
            (self.folder / "installed" / name).touch()

    @property
    def installed(self):
        return {path.name for path in (self.folder / "installed").iterdir()}

    @property
    def noted(self):
        return set((self.folder / "packages").read_text().split())


@pytest.fixture
def host(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("packages are installed by root")
    return Host(tmp_path)


# --- policy-rc.d


@pytest.mark.parametrize("owners", [None, "#!/bin/sh\nexit 101\n"], ids=["no policy", "the owner's policy"])
@pytest.mark.parametrize(
    "ends", [{}, {"FAILED_AT": "nginx"}, {"KILLED_AT": "nginx"}], ids=["done", "failed", "killed"]
)
@pytest.mark.parametrize("after", ["install", "uninstall"])
def test_no_policy_of_ours_stays(host, owners, ends, after):
    """Not even when a run was killed: the next one, whichever it is, takes it away."""
    if owners:
        host.policy.write_text(owners)
    done = host.install(**ends)
    assert (done.returncode == 0) == (not ends), done.stderr
    seen = (host.folder / "policy-seen").read_text()
    assert seen != owners and seen.endswith("\nexit 101\n")
    if "KILLED_AT" in ends:
        assert done.returncode == -signal.SIGKILL and host.policy.read_text() == seen
        host.install() if after == "install" else host.uninstall()
    assert (host.policy.read_text() if host.policy.exists() else None) == owners
    assert not list(host.folder.glob("policy-rc.d?*"))


# --- uninstall --packages


def test_all_that_came_goes(host):
    assert host.install().returncode == 0
    assert host.installed == {"older", *BROUGHT} and host.noted == BROUGHT
    host.uninstall()
    assert host.installed == {"older"}


def test_what_was_there_before_stays(host):
    host.has("nginx")
    assert host.install().returncode == 0
    assert host.noted == BROUGHT - {"nginx"}
    host.uninstall()
    assert host.installed == {"older", "nginx"}


@pytest.mark.parametrize("then", ["install", "uninstall"])
@pytest.mark.parametrize("ends", ["KILLED_AT", "FAILED_AT"])
def test_what_a_broken_run_has_brought_goes_too(host, ends, then):
    assert host.install(**{ends: "nginx"}).returncode != 0
    assert host.installed == {"older", "libredis", "nginx"}
    if then == "install":
        assert host.install().returncode == 0
        assert host.noted == BROUGHT
    host.uninstall()
    assert host.installed == {"older"}


def test_what_never_came_is_not_ours_when_its_owner_installs_it(host):
    """After a run that failed, and a further one that needs it no more."""
    assert host.install(FAILED_AT="nginx").returncode != 0
    assert host.run("note_packages").returncode == 0
    host.has("redis-server")
    host.uninstall()
    assert host.installed == {"older", "redis-server"}


def test_nothing_goes_if_anything_of_others_would(host):
    assert host.install().returncode == 0
    host.has("nginx-extras")
    assert "nginx-extras" in host.uninstall()
    assert host.installed == {"older", "nginx-extras", *BROUGHT}


def test_a_host_without_our_packages_is_left_alone(host):
    assert host.uninstall() == ""
