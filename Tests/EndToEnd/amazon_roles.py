"""The three places that a machine's role is had from, in front of moto's STS: the instance metadata service (version 2
only), the container credentials endpoint, and AssumeRoleWithWebIdentity. They are strict where moto is not, and
`amazon_server` refuses what they gave as soon as its time is over."""

import datetime
import http.server
import json
import secrets
import shutil
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from amazon_s3 import AmazonBucket

ROLE = "delivery"
TOKEN_SECONDS = range(1, 21601)
METADATA = "/latest/meta-data/iam/security-credentials/"


class Roles:
    """`lifetime` is how many seconds the next credentials live, `spare` how many before their end others are given out;
    `asked` is what was asked for and granted, in order: "token", "name", "credentials", "container", "identity";
    `refused` the statuses of all else. `broken` answers 500 to everything while it is set."""

    def __init__(self, server, statements):
        self.server = server
        self.arn = server.role(ROLE, statements)
        self.lifetime, self.spare = 3600, 300
        self.asked, self.refused = [], []
        self.broken = threading.Event()
        self.container_token = secrets.token_hex(16)
        self._folder = Path(tempfile.mkdtemp(prefix="apus-roles-"))
        self._tokens, self._identities = {}, {}
        self._made = None
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads, self._server.roles = True, self
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.identity_file = self._folder / "identity"
        self.renew_identity()

    @property
    def base(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # --- what the workers' environment says

    def metadata_environment(self):
        return {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.base}

    def container_environment(self, by_file=False):
        url = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.base}/container/credentials"}
        if not by_file:
            return {**url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": self.container_token}
        file = self._folder / "container-token"
        file.write_text(self.container_token)
        return {**url, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file)}

    def identity_environment(self):
        return {
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(self.identity_file), "AWS_ROLE_ARN": self.arn,
            "AWS_ROLE_SESSION_NAME": "apus-tests", "AWS_ENDPOINT_URL_STS": f"{self.base}/sts",
        }

    # --- what a test may do

    def renew_identity(self, seconds=3600):
        """A new web identity token in the file, as a cluster writes it; the earlier ones go on until their own end."""
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._identities[token] = time.monotonic() + seconds
        temporary = self._folder / "identity.new"
        temporary.write_text(token)
        temporary.rename(self.identity_file)

    def forget_tokens(self):
        """All session tokens of the metadata service are void, as after its restart."""
        with self._lock:
            self._tokens.clear()

    def count(self, what):
        return self.asked.count(what)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- what the handler asks

    def new_token(self, seconds):
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = time.monotonic() + seconds
        return token

    def is_token(self, token):
        with self._lock:
            return self._tokens.get(token, 0) > time.monotonic()

    def identity_end(self, token):
        """None for an unknown one."""
        with self._lock:
            return self._identities.get(token)

    def credentials(self):
        """The same for all until shortly before their end, as Amazon does it."""
        with self._lock:
            now = datetime.datetime.now(datetime.timezone.utc)
            spare = datetime.timedelta(seconds=min(self.spare, self.lifetime / 2))
            if self._made is None or self._made[1] - now < spare:
                self._made = self.server.assume(self.arn, self.lifetime)
            (access_key, secret_key, token), end = self._made
        stamp = "%Y-%m-%dT%H:%M:%SZ"
        return {
            "AccessKeyId": access_key, "SecretAccessKey": secret_key, "Token": token, "Expiration": end.strftime(stamp)
        }


class Denial(Exception):
    def __init__(self, status, text=""):
        self.status, self.text = status, text


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _answer_any(self):
        roles = self.server.roles
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        path, _, query = self.path.partition("?")
        try:
            if roles.broken.is_set():
                raise Denial(500)
            if path == "/container/credentials":
                self._container(roles)
            elif path in ("/sts", "/sts/"):
                self._identity(roles, query)
            elif path == "/latest/api/token":
                self._token(roles)
            else:
                self._metadata(roles, path)
        except Denial as denial:
            roles.refused.append(denial.status)
            self._send(denial.status, denial.text, "text/plain")

    do_GET = do_PUT = do_POST = _answer_any

    def _token(self, roles):
        """Version 2: who came through a proxy gets none."""
        if self.command != "PUT":
            raise Denial(405)
        if "X-Forwarded-For" in self.headers:
            raise Denial(403)
        seconds = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if not seconds.isdigit() or int(seconds) not in TOKEN_SECONDS:
            raise Denial(400)
        roles.asked.append("token")
        self._send(200, roles.new_token(int(seconds)), "text/plain", {"X-aws-ec2-metadata-token-ttl-seconds": seconds})

    def _metadata(self, roles, path):
        if not roles.is_token(self.headers.get("X-aws-ec2-metadata-token")):
            raise Denial(401)
        if self.command != "GET":
            raise Denial(405)
        if path in (METADATA, METADATA.rstrip("/")):
            roles.asked.append("name")
            self._send(200, ROLE, "text/plain")
        elif path == METADATA + ROLE:
            roles.asked.append("credentials")
            more = {"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2020-01-01T00:00:00Z"}
            # Amazon itself says text/plain of this JSON.
            self._send(200, json.dumps({**more, **roles.credentials()}, indent=2), "text/plain")
        else:
            raise Denial(404)

    def _container(self, roles):
        if self.command != "GET" or self.headers.get("Authorization") != roles.container_token:
            raise Denial(401)
        roles.asked.append("container")
        self._send(200, json.dumps({"RoleArn": roles.arn, **roles.credentials()}), "application/json")

    def _identity(self, roles, query):
        fields = dict(urllib.parse.parse_qsl(self.body if self.command == "POST" else query))
        if (fields.get("Action"), fields.get("Version")) != ("AssumeRoleWithWebIdentity", "2011-06-15"):
            raise Denial(400, sts_error("InvalidAction"))
        if fields.get("RoleArn") != roles.arn or not fields.get("RoleSessionName"):
            raise Denial(403, sts_error("AccessDenied"))
        end = roles.identity_end(fields.get("WebIdentityToken"))
        if end is None or end < time.monotonic():
            raise Denial(400, sts_error("InvalidIdentityToken" if end is None else "ExpiredTokenException"))
        # Amazon gives at least 15 minutes; here a test says how long.
        answer = roles.server.trade_identity({**fields, "DurationSeconds": str(roles.lifetime)})
        roles.asked.append("identity")
        self._send(answer.status_code, answer.text, "text/xml")

    def _send(self, status, text, kind, headers=None):
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def sts_error(code):
    start = '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    return f"{start}<Code>{code}</Code></Error></ErrorResponse>"


class RoleBucket(AmazonBucket):
    """A bucket that is read by the machine's role: `way` is "metadata", "container" or "identity". The workers' whole
    environment names the place, so that one instance can have one of these."""

    def __init__(self, way="metadata", kind=None, **options):
        super().__init__(kind or f"S3 (role by {way})", **options)
        self.roles = Roles(self.server, self.rules)
        self._way = way

    def credentials(self):
        return {"useIAMRole": True}

    def environment(self):
        return getattr(self.roles, f"{self._way}_environment")()

    def stop(self):
        self.roles.stop()
        super().stop()
