"""Akeneo PIM as a real part: OAuth 2 password grant, access tokens that really die, refresh tokens for one use, and the
three kinds of media files. As the real one does, it answers downloads in chunks, without validators and without ranges,
and offers them as attachments."""

import base64
import json
import secrets
import time
import urllib.parse
from dataclasses import dataclass

from object_server import CHUNK_BYTES, ObjectServer

TOKEN_PATH = "/api/oauth/v1/token"
# The first segment of an origin's path, and what it stands for in the API.
DOWNLOADS = {
    "media-files": ("/api/rest/v1/media-files/", "/download"),
    "asset-media-files": ("/api/rest/v1/asset-media-files/", ""),
    "reference-entities-media-files": ("/api/rest/v1/reference-entities-media-files/", ""),
}


@dataclass
class Access:
    ends: float
    uses: float


class Akeneo(ObjectServer):
    """Keys are `KIND/CODE` with a kind of DOWNLOADS."""

    kind = "AKENEO_PIM"
    server_name = "Apache"

    def __init__(self, token_seconds=3600, token_uses=None):
        """An access token is good for that long, and for that many requests."""
        self.token_seconds = token_seconds
        self.token_uses = token_uses or float("inf")
        self.client = ("1_4nakeneo", "client+secret/=%")
        self.user = ("magento_0000", "pass word&€")
        self._access = {}
        self._refresh = set()
        # How many grants of each type were asked for, and how many were given.
        self.grants = {"password": 0, "refresh_token": 0}
        self.refused_grants = 0
        super().__init__()

    def settings(self):
        return {
            "type": "AKENEO_PIM",
            "baseUrl": self.base,
            "clientId": self.client[0],
            "clientSecret": self.client[1],
            "username": self.user[0],
            "password": self.user[1],
        }

    def token_requests(self):
        with self._lock:
            return sum(self.grants.values()) + self.refused_grants

    def forget_tokens(self, refresh=False):
        """All access tokens die before their time; with `refresh`, what would renew them too."""
        with self._lock:
            self._access.clear()
            if refresh:
                self._refresh.clear()

    # --- tokens

    def post(self, exchange, body):
        if exchange.raw_path != TOKEN_PATH:
            return tell_error(exchange, 404, "Not found.")
        kind = exchange.headers.get_content_type()
        try:
            fields = json.loads(body) if kind == "application/json" else dict(urllib.parse.parse_qsl(body.decode()))
        except ValueError:
            return tell_error(exchange, 400, "Invalid request body.")
        with self._lock:
            problem = self._problem(exchange, fields)
            if problem is not None:
                self.refused_grants += 1
                return tell_error(exchange, *problem)
            self.grants[fields["grant_type"]] += 1
            access, refresh = secrets.token_hex(43), secrets.token_hex(43)
            self._access[access] = Access(time.time() + self.token_seconds, self.token_uses)
            self._refresh.add(refresh)
        answer = {"access_token": access, "expires_in": self.token_seconds, "token_type": "bearer"}
        return exchange.tell_json(200, {**answer, "scope": None, "refresh_token": refresh})

    def _problem(self, exchange, fields):
        """Why there is no token, as (status, message). Takes the refresh token away."""
        basic = base64.b64encode(":".join(self.client).encode()).decode()
        if exchange.headers.get("Authorization") != f"Basic {basic}":
            return 422, 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
        match fields.get("grant_type"):
            case "password":
                if (fields.get("username"), fields.get("password")) != self.user:
                    return 422, "No user found for the given username and password"
            case "refresh_token":
                if fields.get("refresh_token") not in self._refresh:
                    return 422, "Refresh token is invalid or has expired"
                self._refresh.remove(fields["refresh_token"])
            case _:
                return 422, 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'
        return None

    def _use(self, authorization):
        """Whether this token lets a request through; takes one of its uses."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            access = self._access.get(token)
            if scheme.lower() != "bearer" or access is None or access.uses < 1 or access.ends <= time.time():
                return False
            access.uses -= 1
            return True

    # --- files

    def get(self, exchange):
        self.count_request()
        if not self._use(exchange.headers.get("Authorization")):
            message = "The access token provided is invalid or has expired."
            challenge = {"WWW-Authenticate": 'Bearer realm="Service", error="invalid_grant"'}
            return tell_error(exchange, 401, message, challenge)
        key = key_of(exchange.name)
        stored = self.objects.get(key)
        if stored is None:
            return tell_error(exchange, 404, f'Media file "{key}" does not exist.')
        if stored.forbidden:
            return tell_error(exchange, 403, "Access forbidden. You are not allowed to list media files.")
        exchange.send_response(200)
        for name, value in {"Content-Disposition": 'attachment; filename="original.bin"', **stored.headers}.items():
            exchange.send_header(name, value)
        exchange.send_header("Content-Type", stored.content_type)
        exchange.send_header("Transfer-Encoding", "chunked")
        exchange.end_headers()
        if exchange.command != "HEAD":
            send_chunks(exchange, stored.body)
        return None


def key_of(path):
    """The key of a path of the API, without leading slash; None where it is no download."""
    for kind, (before, after) in DOWNLOADS.items():
        if f"/{path}".startswith(before) and path.endswith(after):
            return f"{kind}/{path[len(before) - 1 : len(path) - len(after)]}"
    return None


def send_chunks(exchange, body):
    view = memoryview(body)
    for start in range(0, len(view), CHUNK_BYTES):
        part = view[start : start + CHUNK_BYTES]
        exchange.wfile.write(b"%x\r\n" % len(part))
        exchange.wfile.write(part)
        exchange.wfile.write(b"\r\n")
    exchange.wfile.write(b"0\r\n\r\n")


def tell_error(exchange, status, message, headers=None):
    exchange.tell_json(status, {"code": status, "message": message}, headers)
