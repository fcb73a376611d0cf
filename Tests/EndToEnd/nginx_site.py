"""nginx with the files that deploy/lib/nginx.sh writes, started and stopped by itself, before any workers."""

import os
import signal
import subprocess
import time
from pathlib import Path

from instance import REPOSITORY, wait_for
from ports import free_port

SETTINGS = {
    "slots": 64, "totalSeconds": 6, "stallSeconds": 2, "region": "local", "relays": "no", "widthNames": "",
    "pixelRatioNames": "", "hosts": "", "fronts": "", "customHosts": "", "operations": "",
}
LIBRARIES = ("common", "settings", "fill", "nginx")
PROCESSES = 2
# What deploy/up and deploy/region do each in its way.
SCRIPT = """
set -euo pipefail
repository=$1 folder=$2 text=$3 parts=$4
for name in {libraries}; do source "$repository/deploy/lib/$name.sh"; done
declare -A settings=()
while IFS='=' read -r key value; do settings[$key]=$value; done <<<"$text"
drain_seconds=8
values+=([nginxProcesses]={processes} [connections]=2048 [openFiles]=4096 [edgeMB]=256 [edgeKeysMB]=8)
nginx_values
eval "$parts"
values[nginxUser]=$( ((EUID != 0)) || echo 'user root;')
values[pidFile]=nginx.pid
values[errorLog]=nginx-error.log
values[accessLog]="access.log json buffer=64k flush=1s"
write_nginx "$folder"
""".format(libraries=" ".join(LIBRARIES), processes=PROCESSES)


def write(folder, *parts, **settings):
    """Writes nginx' files into the folder: `parts` are lines of shell, as "nginx_limits"."""
    text = "\n".join(f"{name}={value}" for name, value in {**SETTINGS, **settings}.items())
    command = ["bash", "-c", SCRIPT, "write", REPOSITORY, folder, text, "\n".join(parts)]
    subprocess.run([str(word) for word in command], check=True, timeout=60)


class Site:
    """`with Site(folder, "nginx_plain 'listen 127.0.0.1:8080;'", …) as site: …`; `namespace`: where nginx runs."""

    def __init__(self, folder, *parts, namespace=None, more="", **settings):
        """`more` is put into nginx' http block."""
        self.folder = Path(folder)
        self._parts, self._settings, self._more = parts, settings, more
        self._prefix = ["ip", "netns", "exec", namespace] if namespace else []
        (self.folder / "temporary").mkdir(parents=True)
        self.write()

    def write(self, **changes):
        """The files, anew with other settings; `reload` lets nginx take them."""
        self._settings |= changes
        write(self.folder / "nginx", *self._parts, **self._settings)
        (self.folder / "nginx" / "http-test.conf").write_text(self._more)

    def check(self):
        """What `nginx -t` says; an error if it does not like the files."""
        done = self._run("-t")
        assert done.returncode == 0, done.stderr
        return done.stderr

    def _run(self, *arguments):
        command = [*self._prefix, "nginx", "-p", f"{self.folder}/", "-e", self.folder / "nginx-error.log"]
        command += ["-c", self.folder / "nginx" / "nginx.conf", *arguments]
        words = [str(word) for word in command]
        return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)

    def __enter__(self):
        done = self._run()
        assert done.returncode == 0, done.stderr
        self.pid = int(wait_for((self.folder / "nginx.pid").read_text, what="nginx' pid"))
        # The file is there before them.
        wait_for(lambda: len(self._accepting()) == PROCESSES, what="nginx' processes")
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGTERM)
        wait_for(lambda: not (self.folder / "nginx.pid").exists(), what="nginx' end")

    def reload(self):
        """Returns once the processes with the old files accept nothing new."""
        before = self._accepting()
        os.kill(self.pid, signal.SIGHUP)
        wait_for(lambda: (now := self._accepting()) and not now & before, what="nginx' new processes")

    def _accepting(self):
        """Its processes that are not about to end."""
        listed = subprocess.run(
            ["ps", "--ppid", str(self.pid), "-o", "pid=,args="], capture_output=True, text=True, check=False
        ).stdout
        lines = [line.split(maxsplit=1) for line in listed.splitlines()]
        return {int(pid) for pid, command in lines if command.startswith("nginx: worker process")
                and "shutting down" not in command}

    def log(self, name="access.log"):
        """The whole log, once what is buffered has come."""
        time.sleep(1.5)
        return (self.folder / name).read_text()


def proxied_site(folder, stub, *parts, **settings):
    """Before a stub (fastcgi_stub.py). Loopback is a trusted proxy, so that X-Forwarded-For lets requests come from
    anywhere."""
    port = free_port()
    site = Site(
        folder, f"nginx_plain 'listen 127.0.0.1:{port} backlog=4096;'", "nginx_hosts",
        "nginx_proxies 127.0.0.0/8 192.0.2.0/24", *parts, hosts=stub.address, **settings,
    )
    site.port = port
    return site
