"""Google Cloud Storage as a real part: a server that gives tokens for verified JWTs only, and objects for live tokens
only; and the emulator that people develop with, which knows no tokens."""

import base64
import binascii
import functools
import json
import logging
import secrets
import time
import urllib.parse

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from gcp_storage_emulator.server import Server

from object_server import ObjectServer, http_date
from origin_part import OriginPart
from ports import free_port

AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
READ_ONLY = "https://www.googleapis.com/auth/devstorage.read_only"
LONGEST_ASSERTION_SECONDS = 3600
# Google's tokens may have 2,048 bytes, and end in dots.
TOKEN_LENGTH = 1024


class GoogleStorage(ObjectServer):
    kind = "GCS"
    server_name = "UploadServer"
    private_header = "x-goog-meta-isprivatefile"

    def __init__(self, bucket="originals", prefix="", token_seconds=3600):
        """Tokens die after `token_seconds`, as they say themselves."""
        self.bucket = bucket
        self.prefix = prefix
        self.token_seconds = token_seconds
        self.client_email = "apus@project.iam.gserviceaccount.com"
        self.private_key, self._public_key = own_key_pair()
        # Why assertions were refused, oldest first.
        self.refusals = []
        self._tokens = {}
        self._token_requests = 0
        super().__init__()

    def settings(self):
        return {
            "type": "GCS",
            "bucket": self.bucket,
            "clientEmail": self.client_email,
            "privateKey": self.private_key,
            "prefix": self.prefix,
            "endpoint": self.base,
        }

    def token_requests(self):
        with self._lock:
            return self._token_requests

    def forget_tokens(self):
        """All tokens die before their time, as they do when a key is revoked."""
        with self._lock:
            self._tokens.clear()

    # --- tokens

    def post(self, exchange, body):
        if exchange.raw_path != "/token":
            return exchange.tell(404)
        with self._lock:
            self._token_requests += 1
        form = urllib.parse.parse_qs(body.decode())
        try:
            if form.get("grant_type") != [GRANT]:
                raise Refused("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}")
            self._verify(form.get("assertion", [""])[0])
        except Refused as refused:
            self.refusals.append(refused.description)
            return exchange.tell_json(400, {"error": refused.code, "error_description": refused.description})
        token = f"ya29.c.{secrets.token_urlsafe(TOKEN_LENGTH)}"[:TOKEN_LENGTH] + "....."
        with self._lock:
            self._tokens[token] = time.time() + self.token_seconds
        return exchange.tell_json(
            200, {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"}
        )

    def _verify(self, assertion):
        try:
            signed, _, signature = assertion.rpartition(".")
            header, claims = (json.loads(base64url(part)) for part in signed.split("."))
            self._public_key.verify(base64url(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise Refused("invalid_grant", "Invalid JWT Signature.") from None
        except (ValueError, binascii.Error) as problem:
            raise Refused("invalid_grant", f"Bad JWT: {problem}") from None
        now = time.time()
        for wrong, description in (
            (header.get("alg") != "RS256", "Invalid JWT: not RS256."),
            (claims.get("iss") != self.client_email, "Invalid grant: account not found"),
            (claims.get("aud") != AUDIENCE, "Invalid JWT: Failed audience check."),
            (claims.get("scope") != READ_ONLY, "Invalid OAuth scope or ID token audience provided."),
            (not is_whole(claims.get("iat"), claims.get("exp")), "Invalid JWT: iat and exp must be integers."),
        ):
            if wrong:
                raise Refused("invalid_grant", description)
        if claims["iat"] > now or not claims["iat"] < claims["exp"] <= claims["iat"] + LONGEST_ASSERTION_SECONDS:
            raise Refused("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).")
        if claims["exp"] <= now:
            raise Refused("invalid_grant", "Invalid JWT: expired.")

    def _is_live(self, authorization):
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            return scheme == "Bearer" and self._tokens.get(token, 0) > time.time()

    # --- objects

    def get(self, exchange):
        self.count_request()
        if not self._is_live(exchange.headers.get("Authorization")):
            challenge = {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/"'}
            return tell_error(exchange, 401, "AuthenticationRequired", "Authentication required.", challenge)
        bucket, _, key = exchange.name.partition("/")
        if bucket != self.bucket:
            return tell_error(exchange, 404, "NoSuchBucket", "The specified bucket does not exist.")
        stored = self.objects.get(key)
        if stored is None:
            return tell_error(exchange, 404, "NoSuchKey", "The specified key does not exist.")
        if stored.forbidden:
            return tell_error(exchange, 403, "AccessDenied", "Access denied.")
        headers = {
            # What Google says of every object that is not public and has no Cache-Control of its own.
            "Cache-Control": "private, max-age=0",
            "Expires": http_date(time.time()),
            "x-goog-generation": str(int(stored.modified * 1e6)),
            "x-goog-metageneration": "1",
            "x-goog-stored-content-encoding": "identity",
            "x-goog-stored-content-length": str(len(stored.body)),
            "x-goog-storage-class": "STANDARD",
        }

        def refuse(status, headers):
            code = {412: "PreconditionFailed", 416: "InvalidRange"}[status]
            tell_error(exchange, status, code, "The request cannot be satisfied.", headers)

        return self.tell_object(exchange, stored, headers, refuse)


class GoogleEmulator(OriginPart):
    """gcp-storage-emulator: HTTP/1.0, one request at a time, no tokens, no validators, no suffix ranges."""

    kind = "GCS (emulator)"

    def __init__(self, bucket="originals"):
        logging.getLogger("gcp_storage_emulator").setLevel(logging.CRITICAL)
        self.bucket = bucket
        self.private_key, _ = own_key_pair()
        self.port = free_port()
        self._server = Server("127.0.0.1", self.port, in_memory=True, default_bucket=bucket)
        self._server.start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def settings(self):
        return {
            "type": "GCS",
            "bucket": self.bucket,
            "clientEmail": "apus@project.iam.gserviceaccount.com",
            "privateKey": self.private_key,
            "endpoint": self.base,
        }

    def put(self, key, body, content_type="application/octet-stream", private=False, headers=None):
        # It reads bodies that are called JSON as JSON, so the type is said afterwards.
        told = {"Content-Type": "application/octet-stream"}
        url = f"{self.base}/{self.bucket}/{urllib.parse.quote(key)}"
        requests.put(url, data=body, headers=told, timeout=60).raise_for_status()
        fields = {"contentType": content_type, "metadata": {"isprivatefile": "true"} if private else {}}
        url = f"{self.base}/storage/v1/b/{self.bucket}/o/{urllib.parse.quote(key, safe='')}"
        requests.patch(url, json=fields, timeout=10).raise_for_status()

    def stop(self):
        self._server.stop()


class Refused(Exception):
    def __init__(self, code, description):
        super().__init__(description)
        self.code = code
        self.description = description


@functools.cache
def own_key_pair():
    return key_pair()


def key_pair():
    """A private key in the form of a service account's JSON file, and its public key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode(), private.public_key()


def tell_error(exchange, status, code, message, headers=None):
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    exchange.tell(status, body.encode(), "application/xml; charset=UTF-8", headers)


def base64url(text):
    """Strict: JWTs have no padding."""
    if "=" in text:
        raise ValueError("padding")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def is_whole(*values):
    return all(type(value) is int for value in values)
