"""What has to be right before anything is tried: a server, a sample and endpoints that are none make every case fail."""

import struct
from http.client import HTTPException
from urllib.parse import urlsplit

from abuse.cases import Power
from abuse.pictures import kind_of, size_of

_SMALLEST = 100
_OWN = "a picture of the suite's own origin (--help says what to configure)"


def fault_of_base(text):
    """What is wrong with the address of a server; empty if nothing is."""
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if is_right and not parts.query and not parts.fragment:
        return ""
    return f"http(s)://host[:port][/path] is allowed, not '{text}'"


def faults(target):
    """Sentences on what of the command line does not lead to what it should."""
    given, powers = target.settings, target.powers
    found = [_fault_of_sample(target)]
    if Power.SIGNED in powers:
        # That it is not answered without a signature is what the cases find out.
        path = target.signed(given.sample)
        found.append(_expected(target, path, 200, "--key, --signed-endpoint: the sample, signed,"))
    if Power.NAMED_ENDPOINT in powers:
        path = target.path(f"n-{given.named}", endpoint=given.named_endpoint, is_signed=False)
        found.append(_expected(target, path, 200, "--named-endpoint, --named: the sample by that name"))
    if Power.ORIGIN in powers:
        path = target.path("w-40", target.origin.picture(), given.origin_endpoint)
        found.append(_expected(target, path, 200, f"--origin-endpoint: {_OWN}"))
    if Power.SIGNED_ORIGIN in powers:
        path = target.path("w-40", target.origin.picture(), given.signed_origin_endpoint, is_signed=True)
        found.append(_expected(target, path, 200, f"--signed-origin-endpoint: {_OWN}"))
    return [sentence for sentence in found if sentence]


def _fault_of_sample(target):
    what = "--base, --endpoint, --sample: the photograph"
    if fault := _expected(target, target.path(), 200, what):
        return fault
    answer = target.wire.request(target.path())
    if kind_of(answer.body) not in ("jpg", "png"):
        return f"{what} {target.path()} is no JPEG or PNG but {answer.kind or 'of no type'}"
    try:
        width, height = size_of(answer.body)
    except (ValueError, IndexError, struct.error):
        return f"{what} {target.path()} is damaged"
    if min(width, height) < _SMALLEST:
        return f"{what} {target.path()} is {width} × {height}; at least {_SMALLEST} × {_SMALLEST} are needed"
    return ""


def _expected(target, path, status, what):
    try:
        answer = target.wire.request(path)
    except (OSError, HTTPException) as error:
        return f"{what} {path} is not answered: {error}"
    hint = "; a private key is given by --key" if answer.status == 401 and not target.settings.key else ""
    return "" if answer.status == status else f"{what} {path} is answered {answer}, not {status}{hint}"
