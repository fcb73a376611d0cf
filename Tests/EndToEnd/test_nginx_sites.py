"""nginx' files as deploy/lib/nginx.sh writes them for deploy/up and deploy/region: every variety, TLS, and who a client is
behind proxies."""

import itertools
import json
import re
import socket
import ssl
import subprocess

import http_client
import pytest
from certificates import Authority
from fastcgi_stub import FastCGIStub
from instance import REPOSITORY
from nginx_site import Site, proxied_site
from ports import free_port

STRANGER = "203.0.113.9"
HOSTS = "10.1.0.11:9000 10.1.0.12:9000 [fd00::13]:9000"


@pytest.fixture
def stub():
    stub = FastCGIStub(keep_seconds=60)
    yield stub
    stub.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The authority's file, the certificate and its key."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    return (authority.file, *authority.issue("site"))


def plain(port):
    return f"nginx_plain 'listen 127.0.0.1:{port} backlog=4096;'"


# --- Filling in


def fill_in(tmp_path, template, values):
    file = tmp_path / "template.conf"
    file.write_text(template)
    script = """set -euo pipefail
    repository=$1
    source "$repository/deploy/lib/common.sh"
    source "$repository/deploy/lib/fill.sh"
    eval "$2"
    fill_in_file "$3"
    """
    return subprocess.run(
        ["bash", "-c", script, "fill", REPOSITORY, values, file],
        capture_output=True, text=True, timeout=20, check=False,
    )


@pytest.mark.parametrize(
    "template, values, filled",
    [
        ("a @name@ b\n", "values[name]=x", "a x b\n"),
        ("@a@@b@ @a@\n", "values[a]=1 values[b]=2", "12 1\n"),
        ("p @path@;\n", r"values[path]='/a|b&c\1\\/$x*?[y]'", "p /a|b&c\\1\\\\/$x*?[y];\n"),
        ("  @list@\nend\n", r"values[list]=$'one;\ntwo;'", "  one;\n  two;\nend\n"),
        ("a\n    @none@\nb\n\nc\n", "values[none]=", "a\nb\n\nc\n"),
        ("a @none@;\n", "values[none]=", "a ;\n"),
        ("@a@\n", "values[a]=@b@", "@b@\n"),
        ("location @once-more; x@y.z apus@.service\n", ":", "location @once-more; x@y.z apus@.service\n"),
        ("no end", ":", "no end\n"),
        ("", ":", ""),
    ],
)
def test_a_template_is_filled_in(tmp_path, template, values, filled):
    done = fill_in(tmp_path, template, values)
    assert (done.returncode, done.stdout) == (0, filled), done.stderr


def test_an_unknown_name_is_a_failure_that_says_where(tmp_path):
    done = fill_in(tmp_path, "a @known@ @nothing@\n", "values[known]=x")
    assert done.returncode == 1
    assert "template.conf" in done.stderr and "@nothing@" in done.stderr


# --- Varieties


@pytest.mark.parametrize("connection", ["plain", "tls", "tls+redirect"])
@pytest.mark.parametrize("workers", ["socket", "hosts", "one host"])
@pytest.mark.parametrize("limits, proxies", list(itertools.product(["", "limits"], ["", "proxies"])))
def test_nginx_accepts_every_variety(tmp_path, certificate, connection, workers, limits, proxies):
    _, file, key = certificate
    parts = [
        'nginx_plain "$(listen_everywhere 8080)"' if connection == "plain" else f"nginx_tls 8443 '{file}' '{key}'",
        "nginx_redirect 8081 8443 /var/lib/challenges" if "redirect" in connection else "",
        "nginx_socket '/run/with space/apus.sock'" if workers == "socket" else "nginx_hosts",
        "nginx_limits" if limits else "",
        "nginx_proxies 10.0.0.0/8 fd00::/8 192.0.2.1" if proxies else "",
    ]
    site = Site(
        tmp_path / "site with space", *parts, hosts=HOSTS if workers == "hosts" else HOSTS.split()[0],
        fronts="10.1.0.2 10.1.0.3", operations="10.0.0.0/8 2001:db8::/32",
        customHosts=f"images.shop.example {'long.' * 40}example", widthNames="auto", pixelRatioNames="auto sharp",
    )
    said = site.check()
    assert "warn" not in said and "emerg" not in said, said
    for file in (site.folder / "nginx").iterdir():
        assert not re.search(r"@[a-z][A-Za-z0-9]*@", file.read_text()), file


def test_nginx_is_as_large_as_it_is_said_to_be(tmp_path):
    Site(tmp_path / "site", plain(8080), "nginx_socket /run/apus.sock")
    text = "".join(file.read_text() for file in (tmp_path / "site/nginx").iterdir())
    for line in ("worker_processes 2;", "worker_rlimit_nofile 4096;", "worker_connections 2048;"):
        assert line in text
    assert re.search(r"keys_zone=\w+:8m .*max_size=256m", text)


def test_kept_connections_stay_within_a_quarter_of_a_worker(tmp_path):
    """Of all nginx processes of all hosts that have nginx."""
    site = Site(tmp_path / "site", plain(8080), "nginx_hosts", hosts=HOSTS, fronts="10.1.0.2 10.1.0.3", slots=64)
    processes = int(re.search(r"worker_processes (\d+);", (site.folder / "nginx/nginx.conf").read_text())[1])
    kept = int(re.search(r"\bkeepalive (\d+);", (site.folder / "nginx/workers.conf").read_text())[1])
    assert processes == 2 and kept == 4


# --- TLS


@pytest.fixture(scope="module")
def secure(apus, certificate, tmp_path_factory):
    """TLS before the workers of the shared instance; `port`, `plain` and the folder of `challenges`."""
    _, file, key = certificate
    sockets = (apus.state / "socket-folder").read_text().strip()
    port, other = free_port(), free_port()
    challenges = tmp_path_factory.mktemp("challenges")
    (challenges / ".well-known/acme-challenge").mkdir(parents=True)
    (challenges / ".well-known/acme-challenge/token").write_text("token.thumbprint")
    parts = [f"nginx_tls {port} '{file}' '{key}'", f"nginx_redirect {other} {port} '{challenges}'"]
    with Site(tmp_path_factory.mktemp("tls") / "site", *parts, f"nginx_socket '{sockets}/worker.sock'") as site:
        site.port, site.plain = port, other
        yield site


def tls_connection(port, certificate, host="127.0.0.1", **versions):
    context = ssl.create_default_context(cafile=str(certificate[0]))
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    for name, version in versions.items():
        setattr(context, name, version)
    return context.wrap_socket(socket.create_connection((host, port), timeout=20), server_hostname="localhost")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_picture_comes_over_tls(secure, certificate, version, host):
    version = getattr(ssl.TLSVersion, version)
    versions = {"minimum_version": version, "maximum_version": version}
    answer = http_client.request(
        secure.port, "/demo/tr:w-61,f-jpg/quadrants.jpg",
        connect=lambda port: tls_connection(port, certificate, host, **versions),
    )
    assert answer.status == 200
    assert answer.picture().size[0] == 61


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(secure, certificate, version):
    version = getattr(ssl.TLSVersion, version)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        tls_connection(secure.port, certificate, minimum_version=version, maximum_version=version).close()


def curl(*arguments):
    done = subprocess.run(
        ["curl", "--noproxy", "*", "-sS", *(str(word) for word in arguments)],
        capture_output=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_http_2_is_spoken(secure, certificate):
    said = curl(
        "--http2", "--cacert", certificate[0], "-o", "/dev/null",
        "-w", "%{http_version} %{http_code} %{ssl_verify_result}",
        f"https://localhost:{secure.port}/demo/tr:w-62/quadrants.jpg",
    )
    assert said == b"2 200 0"


def test_a_session_is_resumed_without_a_ticket(secure, certificate):
    versions = {"minimum_version": ssl.TLSVersion.TLSv1_2, "maximum_version": ssl.TLSVersion.TLSv1_2}
    with tls_connection(secure.port, certificate, **versions) as first:
        session = first.session
    assert not session.has_ticket
    context = first.context
    with context.wrap_socket(
        socket.create_connection(("127.0.0.1", secure.port), timeout=20), server_hostname="localhost", session=session
    ) as second:
        assert second.session_reused


@pytest.mark.parametrize("path", ["/demo/tr:w-63/quadrants.jpg?a=b&c=%20", "/", "//x/.well-known/"])
def test_the_plain_port_leads_to_tls(secure, path):
    answer = http_client.request(secure.plain, path, headers={"Host": "img.example"})
    assert (answer.status, answer["Location"]) == (301, f"https://img.example:{secure.port}{path}")


def test_plain_http_to_the_port_of_tls_is_led_there(secure):
    answer = http_client.request(secure.port, "/demo/a.jpg", headers={"Host": "img.example"})
    assert (answer.status, answer["Location"]) == (301, f"https://img.example:{secure.port}/demo/a.jpg")


def test_the_plain_port_proves_whose_host_this_is(secure):
    path = "/.well-known/acme-challenge/"
    answer = http_client.request(secure.plain, path + "token")
    assert (answer.status, answer.body) == (200, b"token.thumbprint")
    assert http_client.request(secure.plain, path + "other").status == 404
    assert http_client.request(secure.plain, path + "../../../../etc/passwd").status in (301, 400)


# --- Proxies


@pytest.mark.parametrize(
    "forwarded, told",
    [
        (None, "127.0.0.1"),
        (STRANGER, STRANGER),
        (f"10.9.9.9, {STRANGER}", STRANGER),
        (f"127.0.0.1, {STRANGER}, 192.0.2.7", STRANGER),
        ("2001:db8::7", "2001:db8::7"),
        # What a client says of itself, and the proxy passes on.
        ("127.0.0.1", "0.0.0.0"),
        ("127.8.8.8", "0.0.0.0"),
        ("::1", "0.0.0.0"),
        ("::ffff:127.0.0.1", "0.0.0.0"),
        ("127.0.0.1, 127.0.0.1", "0.0.0.0"),
        ("127.0.0.1, 192.0.2.7", "0.0.0.0"),
        ("nonsense", "0.0.0.0"),
    ],
)
def test_a_worker_is_told_the_address_behind_the_proxies(tmp_path, stub, forwarded, told):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with proxied_site(tmp_path / "site", stub) as site:
        assert http_client.request(site.port, "/_apus/who", headers=headers).status == 200
    assert stub.last("/_apus/who")["REMOTE_ADDR"] == told


@pytest.mark.parametrize(
    "headers, told",
    [
        ({}, "127.0.0.1"),
        # By way of a proxy on this host, of which nobody has spoken: nobody of this host, and nobody who may be believed.
        ({"X-Forwarded-For": STRANGER}, "0.0.0.0"),
        ({"X-Forwarded-For": "127.0.0.1"}, "0.0.0.0"),
        ({"X-Real-IP": "127.0.0.1"}, "0.0.0.0"),
        ({"Forwarded": f"for={STRANGER}"}, "0.0.0.0"),
    ],
    ids=["no proxy", "X-Forwarded-For", "as if from here", "X-Real-IP", "Forwarded"],
)
def test_without_proxies_nobody_is_believed(tmp_path, stub, headers, told):
    port = free_port()
    with Site(tmp_path / "site", plain(port), "nginx_hosts", "nginx_limits", hosts=stub.address) as site:
        http_client.request(port, "/_apus/who", headers=headers)
        logged = json.loads(site.log())["client"]
    assert (stub.last("/_apus/who")["REMOTE_ADDR"], logged) == (told, told)
