"""ImageKit's signature: HMAC-SHA1 over the path after the endpoint, with its query, and the time."""

import hashlib
import hmac

# What is signed in place of a time when the URL has none.
FOREVER = 9999999999


def signature(key, rest, expiry=FOREVER):
    return hmac.new(key.encode(), f"{rest}{expiry}".encode(), hashlib.sha1).hexdigest()


def signed(key, rest, expiry=FOREVER):
    """`rest` with its signature, and with its time unless it never ends."""
    time_part = "" if expiry == FOREVER else f"ik-t={expiry}&"
    return f"{rest}{'&' if '?' in rest else '?'}{time_part}ik-s={signature(key, rest, expiry)}"
