"""Group B, against any server: addresses, spellings and schemes that a URL from outside may name.

Where the server is on this machine, traps listen on loopback and must never be connected to."""

import socket
from contextlib import ExitStack, contextmanager
from urllib.parse import quote

from abuse.cases import LeftOut, Power, case, expect, expect_status, for_each
from abuse.origin import Trap

REFUSED = ("UNIDENTIFIED", "EINVAL", "EACCES", "ECONNREFUSED", "ENOENT", "ETIMEDOUT")

# Hosts by the number of the list; the address forms of B5 and B6 are those of RFC 4291, 6052, 3056, 4380 and 5214.
HOSTS = {
    "B1": [
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0x7f.0x0.0x0.0x1",
        "0177.0.0.1", "0177.1", "017700000001", "127.255.255.254", "localhost", "LOCALHOST", "localhost.",
        "%6cocalhost", "127%2E0%2E0%2E1", "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "ip6-localhost",
    ],
    "B2": ["0.0.0.0", "0", "0.1.2.3", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "0x0", "00.0.0.0"],
    "B3": [
        "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "[fd00:ec2::254]", "metadata.google.internal",
        "100.100.100.200", "168.63.129.16", "[::ffff:169.254.169.254]", "169.254.169.254.",
    ],
    "B4": [
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
        "192.0.0.192", "192.0.2.7", "198.18.0.1", "198.19.255.255", "203.0.113.9", "198.51.100.1", "240.0.0.1",
        "255.255.255.255", "224.0.0.1", "239.255.255.255", "192.88.99.1",
    ],
    "B5": [
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:93.184.216.34]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2a00:1450::5efe:127.0.0.1]", "[2a00:1450::200:5efe:10.0.0.1]",
    ],
    "B6": [
        "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[febf::1]", "[fec0::1]", "[fc00::1]", "[fdff::1]",
        "[ff02::1]", "[ff0e::1]", "[100::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
    ],
}  # fmt: skip


@contextmanager
def traps(target, port=0):
    """One on each loopback address, at the same port; none where the server is elsewhere. Fails when one was stepped
    on."""
    with ExitStack() as stack:
        first = Trap("127.0.0.1", port)
        stack.callback(first.stop)
        laid = [first]
        if socket.has_ipv6:
            try:
                laid.append(Trap("::1", first.port))
                stack.callback(laid[-1].stop)
            except OSError:
                pass  # A machine without it, or somebody else's port.
        yield first.port
        if Power.LOCAL in target.powers:
            expect(not any(trap.connections for trap in laid), "a trap on loopback was connected to")


def refused(target, url, statuses=(400, 404)):
    """Both spellings of a URL in a path are refused: nothing is delivered of it."""
    for form in {quote(url, safe="/:?=&%[]@"), quote(url, safe="")}:
        answer = target.get(target.proxied(form))
        expect_status(answer, statuses, f"{url} as {form}")
        expect(answer.error in REFUSED, f"{url}: {answer}")


def _try(target, number):
    with traps(target) as port:
        for_each(HOSTS[number], lambda host: refused(target, f"http://{host}:{port}/{target.word()}.png"))


@case("B1", "loopback in all its spellings is not dialled", needs=(Power.PROXY,))
def loopback(target):
    _try(target, "B1")


@case("B2", "the unspecified address, and IPv6's loopback, are not dialled", needs=(Power.PROXY,))
def unspecified(target):
    _try(target, "B2")


@case("B3", "the metadata services of clouds are not dialled", needs=(Power.PROXY,))
def metadata_services(target):
    _try(target, "B3")
    for path in ("latest/meta-data/iam/security-credentials/", "latest/api/token", "computeMetadata/v1/instance/"):
        refused(target, f"http://169.254.169.254/{path}")


@case("B7", "public names of private addresses are not dialled", needs=(Power.PROXY, Power.NAMES))
def public_names(target):
    domain = target.settings.names.strip(".")
    addresses = ("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "172.16.0.1", "100.64.0.1", "0.0.0.0")
    with traps(target) as port:
        for_each(addresses, lambda address: refused(target, f"http://{address}.{domain}:{port}/{target.word()}.png"))


@case("B4", "private, shared, reserved, documentation and multicast networks are not dialled", needs=(Power.PROXY,))
def private_networks(target):
    _try(target, "B4")


@case("B5", "IPv4 addresses inside IPv6 addresses are not dialled", needs=(Power.PROXY,))
def embedded_addresses(target):
    _try(target, "B5")


@case("B6", "link-local, site-local, unique local and multicast IPv6 addresses are not dialled", needs=(Power.PROXY,))
def local_addresses(target):
    _try(target, "B6")


# --- what a URL may look like


@case("B11", "URLs whose host is read differently by different readers reach nobody", needs=(Power.PROXY,))
def ambiguous_hosts(target):
    good = "192.0.2.99"
    with traps(target) as port:
        evil = f"127.0.0.1:{port}"
        rows = [
            f"http://{good}@{evil}/x.png", f"http://{evil}@{good}/x.png", f"http://{good}\\@{evil}/x.png",
            f"http://{evil}\\@{good}/x.png", f"http://{evil}#@{good}/x.png", f"http://{evil}?@{good}/x.png",
            f"http://{evil}#.{good}/x.png", f"http:\\\\{evil}\\x.png", f"http:/\\{evil}/x.png", f"http:///{evil}/x.png",
            f"http:////{evil}/x.png", f"http:{evil}/x.png", f"//{evil}/x.png", f"///{evil}/x.png", f"\\\\{evil}/x.png",
            f"http://{good}%40{evil}/x.png", f"http://127.0.0.1%2f@{good}:{port}/x.png",
            f"http://{evil}%00.{good}/x.png", f"http://127.0.0.1%0d%0aHost:{port}/x.png",
            f"http://127.0.0.1 :{port}/x.png", f"http://127.0.0.1\t:{port}/x.png", f"http://[::1]{good}:{port}/x.png",
            f"http://[{good}]:{port}/x.png", f"http://[::1:{port}/x.png", f"http://127.0.0.1:0{port}/x.png",
            f"http://127.0.0.1:{port + 65536}/x.png", "http://127.0.0.1:-1/x.png", f"http://good.example.{evil}/x.png",
            f"http://good.example@{evil}/x.png", f"http://{evil}/#good.example", f"HTTP://{evil}/x.png",
            f"http:// {evil}/x.png", f"http://{evil}", "http://", "http:///", "http:/",
        ]  # fmt: skip
        for_each(rows, lambda url: refused(target, url))


@case("B12", "schemes other than http and https reach nobody", needs=(Power.PROXY,))
def other_schemes(target):
    with traps(target) as port:
        here = f"127.0.0.1:{port}"
        rows = [
            "file:///etc/passwd", "FILE:///etc/passwd", "file:/etc/passwd", "file:etc/passwd", f"ftp://{here}/x.png",
            f"gopher://{here}/_x.png", f"dict://{here}/x.png", f"ldap://{here}/x.png", f"smb://{here}/x.png",
            f"tftp://{here}/x", f"telnet://{here}", "data:image/png;base64,iVBORw0KGgo=", "s3://bucket/x.png",
            "gs://bucket/x.png", "javascript:alert(1)", f"url:http://{here}/x.png", f"view-source:http://{here}/x.png",
            "blob:http://x/y", f"http+unix://{here}/x.png", f"ws://{here}/x.png", f"rtsp://{here}/x.png",
            "jar:http://x!/y", "php://filter/x",
        ]  # fmt: skip
        for_each(rows, lambda url: refused(target, url))


@case("B13", "ports of other protocols are not dialled", needs=(Power.PROXY,))
def foreign_ports(target):
    ports = (0, 1, 21, 22, 23, 25, 53, 110, 143, 445, 465, 587, 993, 2375, 3306, 5432, 6379, 6667, 11211, 27017, 65536)
    for_each(ports, lambda port: refused(target, f"http://127.0.0.1:{port}/x.png"))


@case("B16", "sockets and credentials in a URL are refused, and a password is repeated nowhere", needs=(Power.PROXY,))
def sockets_and_credentials(target):
    secret = f"hunter{target.word()}"
    with traps(target) as port:
        rows = [
            f"http://user:{secret}@127.0.0.1:{port}/x.png", f"http://{secret}@127.0.0.1:{port}/x.png",
            f"http://:@127.0.0.1:{port}/x.png", "unix:///var/run/docker.sock",
            "http://unix:/var/run/docker.sock:/x.png", "http+unix://%2Fvar%2Frun%2Fdocker.sock/x.png",
        ]  # fmt: skip
        for_each(rows, lambda url: refused(target, url))
        for form in (f"http://user:{secret}@192.0.2.1/x.png", quote(f"http://user:{secret}@192.0.2.1/x.png", safe="")):
            answer = target.get(target.proxied(form))
            expect(secret not in f"{answer.headers}{answer.body}", "the password is repeated in the answer")
    if target.instance:
        logs = [target.instance.log(file.name) for file in target.instance.state.glob("*.log")]
        expect(not any(secret in log for log in logs), "the password is in a log")


@case("B14", "a URL that leads back to the server itself goes round once at most", needs=(Power.PROXY,))
def loops_by_url(target):
    own = target.settings.base + target.path("w-40")
    proxied = target.settings.base + target.proxied(quote(own, safe=""))
    for url in (own, proxied):
        answer = target.get(target.proxied(quote(url, safe="")))
        if answer.status == 200:
            raise LeftOut("the server may fetch from its own public address; loops of its origins are another case")
        expect_status(answer, (400, 404), url, error=REFUSED)
    for name in ("Via", "X-Forwarded-For", "CDN-Loop"):
        answer = target.get(target.path("w-44"), headers={name: ", ".join(["1.1 apus"] * 50)})
        expect_status(answer, (200, 400, 508), f"with a long {name}")
