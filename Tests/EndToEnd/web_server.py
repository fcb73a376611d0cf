"""nginx as a web server of one's own: plain and with TLS and HTTP/2, on IPv4 and IPv6, with a log of every request."""

import http.client
import json
import os
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from certificates import DAY, Authority, session_authority
from instance import children_of, command_of, wait_for
from origin_part import OriginPart, Process
from ports import free_port

START_SECONDS = 20
FORBIDDEN = "forbidden/"
KINDS_OF_FILES = {
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "svg": "image/svg+xml",
    "css": "text/css", "js": "text/javascript", "html": "text/html", "txt": "text/plain", "pdf": "application/pdf",
    "mp4": "video/mp4", "woff2": "font/woff2", "json": "application/json",
}
OTHER_KIND = "application/octet-stream"

# The fence is what `log()` asks to be sure of the log.
CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    types {{ {types} }}
    default_type {other_kind};
    charset off;
    server_tokens off;
    merge_slashes off;
    client_body_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    keepalive_timeout 60s;
    keepalive_requests 100000;
    log_format facts escape=json '{{"method":"$request_method","target":"$request_uri","status":$status,'
        '"protocol":"$server_protocol","connection":$connection,"nth":$connection_requests,"host":"$http_host",'
        '"request_from":"$http_x_req_from","user_agent":"$http_user_agent","range":"$http_range",'
        '"accept_encoding":"$http_accept_encoding","if_none_match":"$http_if_none_match","client":"$remote_addr",'
        '"tls":"$ssl_protocol","server_name":"$ssl_server_name","bytes":$body_bytes_sent}}';
    access_log {folder}/log facts;
{servers}
}}
"""

SERVER = """
    server {{
{listens}
        server_name _;
{certificate}
        root {folder}/files;
        location = /-/fence {{ access_log off; return 204; }}
        location = /-/generation {{ access_log off; return 200 "{generation}"; }}
        location ^~ /{forbidden} {{ deny all; }}
        include {folder}/particular;
    }}
"""


@dataclass(frozen=True)
class Visit:
    """A line of the log. `connection` is the connection's number, `nth` which of its requests this is."""

    method: str
    target: str
    status: int
    protocol: str
    connection: int
    nth: int
    host: str
    request_from: str
    user_agent: str
    range: str
    accept_encoding: str
    if_none_match: str
    client: str
    tls: str
    server_name: str
    bytes: int


class WebServer(OriginPart):
    """A folder of files. `base` is how this part is reached. There are as well `plain_base` and `secure_base`, the same
    on `ipv6_bases` (None without IPv6), and `bad_bases`: TLS that must not be trusted, by what is wrong with it."""

    def __init__(self, kind="WEB_FOLDER", secure=False):
        """`kind` begins with the type."""
        self.kind, self.type, self.secure = kind, kind.split()[0], secure
        self.folder = Path(tempfile.mkdtemp(prefix="apus-web-"))
        for name in ("files", "temporary"):
            (self.folder / name).mkdir()
        self.authority = session_authority()
        self.network = {"caFile": str(self.authority.file)} if secure else {}
        self._particular = {}
        self._generation = 0
        self.has_ipv6 = has_ipv6()
        self.port, self.tls_port = free_port(), free_port()
        self._good, self._bad = self.authority.issue("good"), self._bad_certificates()
        self.bad_bases = {name: f"https://localhost:{port}" for name, (port, _) in self._bad.items()}
        self._write()
        self._process = Process(["nginx", "-e", "stderr", "-c", self.folder / "nginx.conf"], self.folder)
        try:
            wait_for(self._is_current, START_SECONDS, "nginx")
        except BaseException:
            self.stop()
            raise

    def _bad_certificates(self):
        stranger = Authority(self.folder / "stranger", name="An authority that nobody knows")
        files = {
            "expired": self.authority.issue("expired", valid_for=-DAY),
            "wrong host": self.authority.issue("elsewhere", hosts=("elsewhere.example",)),
            "self-signed": self.authority.issue("self", self_signed=True),
            "unknown authority": stranger.issue("unknown"),
        }
        return {name: (free_port(), pair) for name, pair in files.items()}

    # --- addresses

    @property
    def plain_base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def secure_base(self):
        return f"https://localhost:{self.tls_port}"

    @property
    def ipv6_bases(self):
        return (f"http://[::1]:{self.port}", f"https://[::1]:{self.tls_port}") if self.has_ipv6 else None

    @property
    def base(self):
        return self.secure_base if self.secure else self.plain_base

    def settings(self):
        return {"type": self.type, **({} if self.type == "WEB_PROXY" else {"baseUrl": self.base})}

    # --- files

    def put(self, key, body, content_type=OTHER_KIND, private=False, headers=None):
        path = self.folder / "files" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        # Replaced at once, so that no answer is made of both.
        temporary = self.folder / "new"
        temporary.write_bytes(body)
        temporary.chmod(0o644)
        temporary.rename(path)
        told = {**({"Is-Private-File": "true"} if private else {}), **(headers or {})}
        is_particular = told or content_type != usual_kind(key)
        particular = (content_type, tuple(told.items())) if is_particular else None
        if particular != self._particular.get(key):
            self._particular[key] = particular
            self._reload()

    def forbid(self, key):
        self.put(FORBIDDEN + key, b"forbidden", usual_kind(key))
        return FORBIDDEN + key

    # --- the log

    def requests(self):
        return sum(visit.method == "GET" for visit in self.log())

    def log(self, word=""):
        """The visits so far that have this in their target, oldest first."""
        # One process answers one after the other, and writes each down before it looks at the next.
        requests.get(f"{self.plain_base}/-/fence", timeout=START_SECONDS).raise_for_status()
        path = self.folder / "log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [visit for visit in (Visit(**json.loads(line)) for line in lines) if word in visit.target]

    # --- the process

    def _write(self):
        self._generation += 1
        places = [(self.port, None), (self.tls_port, self._good), *self._bad.values()]
        servers = "".join(self._server(port, files) for port, files in places)
        types = "".join(f"{kind} {extension}; " for extension, kind in KINDS_OF_FILES.items())
        user = "user root;" if os.geteuid() == 0 else ""
        text = CONFIGURATION.format(
            folder=self.folder, user=user, types=types, other_kind=OTHER_KIND, servers=servers
        )
        (self.folder / "particular").write_text("".join(map(self._location, self._particular)))
        (self.folder / "nginx.conf").write_text(text)

    def _server(self, port, files):
        secure = " ssl http2" if files else ""
        hosts = ("127.0.0.1", "[::1]") if self.has_ipv6 else ("127.0.0.1",)
        certificate = f"ssl_certificate {files[0]}; ssl_certificate_key {files[1]};" if files else ""
        return SERVER.format(
            listens="\n".join(f"        listen {host}:{port}{secure};" for host in hosts), certificate=certificate,
            folder=self.folder, forbidden=FORBIDDEN, generation=self._generation,
        )

    def _location(self, key):
        if self._particular[key] is None:
            return ""
        content_type, told = self._particular[key]
        lines = "".join(f" add_header {name} {quoted(value)};" for name, value in told)
        return f"location = {quoted('/' + key)} {{ types {{}} default_type {quoted(content_type)};{lines} }}\n"

    def _reload(self):
        old = self._workers()
        self._write()
        os.kill(self._process.pid, signal.SIGHUP)
        try:
            wait_for(self._is_current, START_SECONDS, "nginx to take its new configuration")
            # Until it has read its own signal, the old worker accepts connections as well.
            wait_for(lambda: not old & self._workers(), START_SECONDS, "its old worker to accept nothing more")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self._process.output}") from None

    def _workers(self):
        """Those that accept connections; the others' title says that they are shutting down."""
        return {pid for pid in children_of(self._process.pid, "nginx") if "shutting down" not in command_of(pid)}

    def _is_current(self):
        self._process.check()
        with suppress(OSError, http.client.HTTPException):
            answer = requests.get(f"{self.plain_base}/-/generation", timeout=START_SECONDS)
            return answer.text == str(self._generation)

    def stop(self):
        self._process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def usual_kind(key):
    """What nginx says of a file without being told."""
    return KINDS_OF_FILES.get(key.rpartition(".")[2], OTHER_KIND)


def quoted(text):
    """As a word of nginx' configuration, which has no way to write a dollar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def has_ipv6():
    with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False
