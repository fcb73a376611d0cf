"""Azure Blob Storage as a real part: a front that reads blobs out for shared access signatures alone. The token that an
origin gets is made by Microsoft's own client; what is checked here is written down from the service's documentation."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta

from azure.storage.blob import ContainerSasPermissions, generate_container_sas

from object_server import ObjectServer

# What each version of the service signs, in order; "/" is the canonicalised resource.
SIGNED_FIELDS = (
    ("2020-12-06", "sp st se / si sip spr sv sr snapshot ses rscc rscd rsce rscl rsct"),
    ("2018-11-09", "sp st se / si sip spr sv sr snapshot rscc rscd rsce rscl rsct"),
    ("2015-04-05", "sp st se / si sip spr sv rscc rscd rsce rscl rsct"),
)
# The same of a token for the whole account; "@" is the account's name, and the text ends in a line feed.
ACCOUNT_FIELDS = (
    ("2020-12-06", "@ sp ss srt st se sip spr sv ses"),
    ("2015-04-05", "@ sp ss srt st se sip spr sv"),
)
MESSAGES = {
    "AuthenticationFailed": "Server failed to authenticate the request. Make sure the value of Authorization header is "
    "formed correctly including the signature.",
    "AuthorizationPermissionMismatch": "This request is not authorized to perform this operation.",
    "PublicAccessNotPermitted": "Public access is not permitted on this storage account.",
    "ContainerNotFound": "The specified container does not exist.",
    "BlobNotFound": "The specified blob does not exist.",
    "ConditionNotMet": "The condition specified using HTTP conditional header(s) is not met.",
    "InvalidRange": "The range specified is invalid for the current size of the resource.",
}


class AzureBlobs(ObjectServer):
    kind = "AZURE_BLOB"
    server_name = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"
    private_header = "x-ms-meta-isprivatefile"

    def __init__(self, account="pictures", container="originals", prefix="", token_hours=1):
        """`token_hours`: how long the origin's token lives; negative, and it is dead already."""
        self.account = account
        self.container = container
        self.prefix = prefix
        self.token_hours = token_hours
        self.account_key = base64.b64encode(secrets.token_bytes(64)).decode()
        super().__init__()

    def settings(self):
        return {
            "type": "AZURE_BLOB",
            "accountName": self.account,
            "container": self.container,
            "sasToken": "?" + self.token(),
            "prefix": self.prefix,
            "endpoint": self.base,
        }

    def token(self, **options):
        """For reading every blob of the container, made by Microsoft's client."""
        rights = {
            "permission": ContainerSasPermissions(read=True),
            "expiry": hours(self.token_hours),
            **options,
        }
        return generate_container_sas(self.account, self.container, account_key=self.account_key, **rights)

    def put(self, key, body, content_type="application/octet-stream", private=False, headers=None):
        super().put(key, body, content_type, private, headers)
        self.objects[self.prefix + key].etag = f'"0x8D{secrets.token_hex(7).upper()}"'

    def get(self, exchange):
        self.count_request()
        container, _, key = exchange.name.partition("/")
        query = exchange.query
        if problem := self._problem(query, container, key):
            return self._refuse(exchange, *problem)
        if container != self.container:
            return self._refuse(exchange, 404, "ContainerNotFound")
        stored = self.objects.get(key)
        if stored is None:
            return self._refuse(exchange, 404, "BlobNotFound")
        if stored.forbidden:
            return self._refuse(exchange, 403, "AuthorizationPermissionMismatch")
        if "x-ms-range" in exchange.headers:
            del exchange.headers["Range"]
            exchange.headers["Range"] = exchange.headers["x-ms-range"]
        headers = {"x-ms-version": query["sv"], "x-ms-blob-type": "BlockBlob", "x-ms-server-encrypted": "true"}

        def refuse(status, headers):
            self._refuse(exchange, status, {412: "ConditionNotMet", 416: "InvalidRange"}[status], headers)

        # The service documents If-Match, If-None-Match and the two dates, not If-Range.
        return self.tell_object(exchange, stored, headers, refuse, honours_if_range=False)

    def _problem(self, query, container, key):
        """Why the token does not allow this, as (status, code); None where it does."""
        if "sig" not in query:
            return 409, "PublicAccessNotPermitted"
        if not is_signed(query, self.account, self.account_key, container, key) or not is_now(query):
            return 403, "AuthenticationFailed"
        if "r" not in query.get("sp", ""):
            return 403, "AuthorizationPermissionMismatch"
        return None

    def _refuse(self, exchange, status, code, headers=None):
        headers = {"x-ms-error-code": code, "x-ms-request-id": secrets.token_hex(16), **(headers or {})}
        error = f"<Error><Code>{code}</Code><Message>{MESSAGES[code]}</Message></Error>"
        body = f'<?xml version="1.0" encoding="utf-8"?>{error}'
        exchange.tell(status, body.encode(), "application/xml", headers)


def text_to_sign(query, account, container, key):
    """What is signed of a token for this blob (`sr=b`), its container (`sr=c`) or objects of the account; None where it
    is none of them."""
    table = ACCOUNT_FIELDS if "ss" in query else SIGNED_FIELDS
    names = next((names for first, names in table if query.get("sv", "") >= first), None)
    if names is None:
        return None
    if "ss" in query:
        if "b" not in query["ss"] or "o" not in query.get("srt", ""):
            return None
        return "".join((account if name == "@" else query.get(name, "")) + "\n" for name in names.split())
    if query.get("sr") not in ("b", "c"):
        return None
    resource = f"/blob/{account}/{container}" + (f"/{key}" if query["sr"] == "b" else "")
    return "\n".join(resource if name == "/" else query.get(name, "") for name in names.split())


def is_signed(query, account, account_key, container, key):
    """Whether `sig` is the service's signature of the other fields."""
    text = text_to_sign(query, account, container, key)
    if text is None:
        return False
    try:
        secret = base64.b64decode(account_key)
        given = base64.b64decode(query["sig"], validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(hmac.new(secret, text.encode(), hashlib.sha256).digest(), given)


def is_now(query):
    """Whether the token has begun and has not ended."""
    try:
        begins = moment(query["st"]) if "st" in query else 0
        return begins <= time.time() < moment(query["se"])
    except (KeyError, ValueError):
        return False


def hours(count):
    """So many from now."""
    return datetime.now(UTC) + timedelta(hours=count)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
