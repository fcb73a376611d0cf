"""A certificate authority for one test session, and certificates of every quality."""

import atexit
import datetime
import functools
import ipaddress
import itertools
import shutil
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
HERE = ("localhost", "127.0.0.1", "::1")


@functools.cache
def session_authority():
    """The one that all parts have their certificates from: an instance's `network.caFile` is one file."""
    folder = Path(tempfile.mkdtemp(prefix="apus-authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder)


class Authority:
    """`file` is its own certificate, for `network.caFile`."""

    def __init__(self, folder, name="Apus test authority"):
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._name = subject(name)
        self._numbers = itertools.count(1)
        self._key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        certificate = (
            blank(self._name, self._name, self._key.public_key(), DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = self._folder / "authority.pem"
        self.file.write_bytes(pem(certificate))

    def issue(self, name, hosts=HERE, valid_for=DAY, self_signed=False):
        """The files of a certificate and its key. It is past its time where `valid_for` is negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer, issuer_key = (subject(name), key) if self_signed else (self._name, self._key)
        certificate = (
            blank(subject(name), issuer, key.public_key(), valid_for)
            .add_extension(x509.SubjectAlternativeName([general_name(host) for host in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
            .sign(issuer_key, hashes.SHA256())
        )
        number = next(self._numbers)
        files = self._folder / f"{number}-{name}.pem", self._folder / f"{number}-{name}.key"
        files[0].write_bytes(pem(certificate))
        files[1].touch(mode=0o600)
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files


def subject(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def general_name(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def blank(name, issuer, public_key, valid_for):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 2 * DAY)
        .not_valid_after(now + valid_for)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)
