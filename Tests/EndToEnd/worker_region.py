"""A region of one front and worker hosts, each in a network namespace of its own on one cable: the front has nginx, and
what the hosts share, Redis, a bucket and the origin. Needs root."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading

import fastcgi
import http_client
from bridge import GATEWAY, Bridge, address, leftovers, remove_namespace
from hostile_origin import HostileOrigin
from instance import PROGRAM, REPOSITORY, wait_for
from load import Load
from nginx_site import Site
from s3_server import S3Server

sys.path.insert(0, str(REPOSITORY / "deploy" / "lib"))

from world import namespaces  # noqa: E402
from world.network import pids_in, signalled  # noqa: E402

PREFIX = "apuswh-"
FRONT = GATEWAY
HTTP_PORT, WORKER_PORT, REDIS_PORT, ORIGIN_PORT = 8080, 9000, 6379, 8000


class WorkerHost:
    """`apus serve` on TCP in a namespace. Ends with the supervisor's exit status."""

    def __init__(self, region, number):
        self.region, self.number = region, number
        self.host = address(number)
        self.address = f"{self.host}:{WORKER_PORT}"
        self.namespace = region.bridge.plug(number)
        self.state = region.folder / f"host{number}"
        self.state.mkdir()
        self._process = None

    def start(self, **environment):
        """Returns once it can make pictures."""
        command = ["ip", "netns", "exec", self.namespace, PROGRAM, "serve", "--config", self.region.configuration]
        command += ["--listen", self.address, "--state", self.state]
        with (self.state / "apus.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stderr=log, start_new_session=True,
                env={**os.environ, **environment},
            )
        wait_for(self.is_ready, 60, f"worker host {self.number}")

    def is_ready(self):
        with contextlib.suppress(OSError):
            return self.ask(self.namespace, "/_apus/ready").startswith(b"Status: 200")

    def ask(self, namespace, path):
        """What the workers answer over FastCGI to who connects from that namespace."""
        with namespaces.connected(namespace, self.host, WORKER_PORT) as connection:
            return fastcgi.request(connection, REQUEST_URI=path, REMOTE_ADDR="127.0.0.1", REQUEST_ID="r1")

    def drain(self):
        """SIGTERM: what was accepted is answered."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=60)

    def kill(self):
        """Every process of it, at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        signalled(pids_in(self.namespace), signal.SIGKILL)
        self._process.wait(timeout=20)

    def log(self):
        return (self.state / "apus.log").read_text(errors="replace")


class Region:
    """`with Region(folder) as region:` then `region.host(11).start()`, `region.serve(…)`."""

    def __init__(self, folder):
        self.folder = folder
        for name in leftovers(PREFIX):
            remove_namespace(name)
        self.bridge = Bridge(PREFIX)
        self.front = self.bridge.name
        self.hosts = []
        self.site = None
        self._redis = None

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.site is not None:
            self.site.__exit__()
        self.bridge.remove()
        for part in (getattr(self, "origin", None), getattr(self, "bucket", None)):
            if part is not None:
                part.stop()
        if self._redis is not None:
            self._redis.wait(timeout=20)

    def _start(self):
        front = self.front
        command = f"ip netns exec {front} redis-server --port {REDIS_PORT} --bind {FRONT} --protected-mode no".split()
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self._redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        with namespaces.inside(front):
            self.bucket = S3Server(host=FRONT)
        self.origin = HostileOrigin(listener=namespaces.listening(front, FRONT, ORIGIN_PORT))
        wait_for(self._has_redis, what="Redis")
        self.configuration = self.folder / "region.yaml"
        self.configure(fronts=[FRONT])

    def _has_redis(self):
        with contextlib.suppress(OSError):
            namespaces.connected(self.front, FRONT, REDIS_PORT).close()
            return True

    def configure(self, **workers):
        """Writes the configuration: for hosts that start from now on."""
        self.configuration.write_text(json.dumps(self._settings(workers)))

    def _settings(self, workers):
        return {
            "workers": {"processes": 1, "slots": 64, "renders": 1, **workers},
            "redis": {"url": f"redis://{FRONT}:{REDIS_PORT}"},
            "store": self.bucket.configuration(),
            "cache": {"edgeAge": "1s", "errorAge": "2s"},
            "timeouts": {"total": "6s", "connect": "1s", "firstByte": "3s", "stall": "2s", "render": "5s",
                         "redis": "200ms"},
            "accounts": [{
                "id": "demo", "publicKey": "public_demo", "privateKeys": ["private_demo"],
                "origins": [{"id": "web", "type": "WEB_FOLDER", "baseUrl": f"http://{FRONT}:{ORIGIN_PORT}"}],
                "urlEndpoints": [{"urlPrefix": "", "origins": ["web"]}],
            }],
        }

    def host(self, number):
        """A worker host that is not started yet."""
        self.hosts.append(WorkerHost(self, number))
        return self.hosts[-1]

    def serve(self, *hosts):
        """nginx on the front asks these hosts from now on."""
        names = " ".join(host.address for host in hosts)
        if self.site is not None:
            self.site.write(hosts=names)
            self.site.reload()
            return
        site = Site(
            self.folder / "site", f"nginx_plain 'listen {HTTP_PORT} backlog=4096;'", "nginx_hosts",
            namespace=self.front, hosts=names, fronts=FRONT,
        )
        self.site = site.__enter__()

    def connect(self, port):
        return namespaces.connected(self.front, "127.0.0.1", port)

    def get(self, path, **options):
        return http_client.request(HTTP_PORT, path, connect=self.connect, **options)

    def get_all(self, paths):
        """All at once."""
        answers = {}
        threads = [threading.Thread(target=lambda path=path: answers.update({path: self.get(path)})) for path in paths]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[path] for path in paths]

    def load(self, path_of, threads=8):
        return Load(HTTP_PORT, path_of, threads, connect=self.connect)
