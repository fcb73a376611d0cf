"""Group B, against any server: where a redirect may lead to."""

from contextlib import ExitStack

from abuse.cases import Power, case, expect, expect_status, for_each
from abuse.groups.address import REFUSED, traps
from abuse.origin import Origin

REDIRECTS = {
    "to loopback": "http://127.0.0.1:{port}/ok.png",
    "to another port of its host": "http://{host}:{port}/ok.png",
    "to loopback in IPv6": "http://[::1]:{port}/ok.png",
    "to loopback in one number": "http://2130706433:{port}/ok.png",
    "without a scheme": "//127.0.0.1:{port}/ok.png",
    "to a private address": "http://10.0.0.1:{port}/ok.png",
    "to credentials": "http://169.254.169.254/latest/meta-data/",
    "to a file": "file:///etc/passwd",
    "to ftp": "ftp://127.0.0.1:{port}/x",
    "to gopher": "gopher://127.0.0.1:{port}/_x",
    "to data": "data:image/png;base64,AAAA",
    "to a foreign port": "http://127.0.0.1:6379/x",
    "with a name in front": "http://good.example@127.0.0.1:{port}/ok.png",
    "with a backslash": "http://good.example\\@127.0.0.1:{port}/ok.png",
    "with a password": "http://user:hunter2@127.0.0.1:{port}/ok.png",
    "to a socket": "http://unix:/var/run/docker.sock:/x",
    "to nowhere": "http://",
    "with a line break": "http://127.0.0.1:{port}/ok.png\tX: y",
    "that is very long": "http://127.0.0.1:{port}/" + "a" * 20000,
}


STATUSES = ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 Multiple Choices")


@case(
    "B9",
    "a redirect leads to no private place, no other scheme and no other port of this machine",
    needs=(Power.ORIGIN,),
)
def redirects(target):
    with traps(target) as port:

        def act(what):
            location = REDIRECTS[what].format(port=port, host=target.origin.host)
            name = target.origin.redirect(location)
            expect_status(target.at_origin(name, "w-40"), (400, 404), what, error=REFUSED)

        for_each(REDIRECTS, act)
        for status in STATUSES:
            name = target.origin.redirect(f"http://127.0.0.1:{port}/ok.png", status)
            expect_status(target.at_origin(name, "w-40"), (400, 404), f"{status} to loopback", error=REFUSED)


@case("B9", "a chain of redirects has an end, and a ring of them too", needs=(Power.ORIGIN,))
def chains_of_redirects(target):
    origin = target.origin

    def chain(length):
        name = origin.picture()
        for _ in range(length):
            name = origin.redirect(f"/{name}")
        return name

    expect_status(target.at_origin(chain(1), "w-40"), 200, "one redirect on its own host")
    expect_status(target.at_origin(chain(12), "w-40"), (400, 404), "twelve redirects", error=REFUSED)
    ring = target.word() + ".png"
    origin.act(lambda request, connection: _redirect_to(connection, f"/{ring}"), name=ring)
    expect_status(target.at_origin(ring, "w-40"), (400, 404), "a ring", error=REFUSED)
    expect(origin.count(ring) <= 12, f"the ring was walked {origin.count(ring)} times")


def _redirect_to(connection, location):
    connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


@case("B10", "a redirect from an origin that is allowed to a host that is not is refused, and that host is not asked",
      needs=(Power.ORIGIN, Power.LOCAL))  # fmt: skip
def redirects_to_other_hosts(target):
    with ExitStack() as stack:
        other = Origin("127.0.0.2")
        stack.callback(other.stop)
        name = other.picture()
        first = target.origin.redirect(f"http://127.0.0.2:{other.port}/{name}")
        expect_status(target.at_origin(first, "w-40"), (400, 404), "to another host", error=REFUSED)
        second = target.origin.redirect(f"/{first}")
        expect_status(target.at_origin(second, "w-40"), (400, 404), "in two steps", error=REFUSED)
        expect(other.connections == 0, "the other host was connected to")
