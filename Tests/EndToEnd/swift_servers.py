"""The four servers of OpenStack Swift, run by Debian's own Python (package python3-swift):
`swift_servers.py FOLDER PROXY ACCOUNT CONTAINER OBJECT`, with the ports of each. What they log is printed. They end
with this process, and one device in the folder holds everything."""

import ctypes
import importlib
import os
import pwd
import signal
import socket
import sys
from pathlib import Path

HOST = "127.0.0.1"
REGION = "us-east-1"
# Name, password and groups of tempauth's users; an access key is "account:user".
OWNER = ("test", "owner", "owner-secret", ".admin")
READER = ("test", "reader", "reader-secret", "")
DIE_WITH_PARENT = 1
# Loaded once, before there are four processes that each would.
MODULES = ("account.server", "container.server", "obj.server", "proxy.server", "common.middleware.s3api.s3api")

COMMON = """
[DEFAULT]
bind_ip = {host}
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
disable_fallocate = true
log_udp_host = {host}
log_udp_port = {log_port}
"""

STORAGE = """
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{program}
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors counting listing_formats s3api tempauth copy bulk slo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:counting]
paste.filter_factory = swift_servers:counting
path = {folder}/requests
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = {region}
s3_acl = true
dns_compliant_bucket_names = true
[filter:tempauth]
use = egg:swift#tempauth
{users}
[filter:copy]
use = egg:swift#copy
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:versioned_writes]
use = egg:swift#versioned_writes
"""


def main(folder, ports):
    from swift.common.utils import eventlet_monkey_patch

    eventlet_monkey_patch()
    for module in MODULES:
        importlib.import_module(f"swift.{module}")
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind((HOST, 0))
    write_configuration(folder, ports, log.getsockname()[1])
    children = [start(folder, name) for name in ports]

    def stop(*_):
        for child in children:
            os.kill(child, signal.SIGKILL)
        sys.exit()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGCHLD, lambda *_: sys.exit("a server ended"))
    while True:
        print(log.recv(65536).decode(errors="replace"), flush=True)


def write_configuration(folder, ports, log_port):
    from swift.common.ring import RingBuilder
    from swift.common.utils import set_swift_dir

    (folder / "devices" / "device").mkdir(parents=True)
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = apus\n")
    set_swift_dir(str(folder))
    users = "\n".join(f"user_{account}_{name} = {key} {groups}" for account, name, key, groups in (OWNER, READER))
    user = pwd.getpwuid(os.getuid()).pw_name
    for name, port in ports.items():
        text = (COMMON + (PROXY if name == "proxy" else STORAGE)).format(
            name=name, program=program_of(name, folder), host=HOST, port=port, user=user, folder=folder,
            region=REGION, users=users, log_port=log_port,
        )
        (folder / f"{name}-server.conf").write_text(text)
        if name != "proxy":
            builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
            device = {"id": 0, "region": 0, "zone": 0, "weight": 1.0, "device": "device", "ip": HOST, "port": port}
            builder.add_dev(device)
            builder.rebalance()
            builder.get_ring().save(str(folder / f"{name}.ring.gz"))


def program_of(name, folder):
    """Objects are kept in memory where the file system has no extended attributes."""
    try:
        os.setxattr(folder, "user.apus", b"yes")
    except OSError:
        return "mem_object" if name == "object" else name
    return name


def start(folder, name):
    from swift.common.wsgi import run_wsgi

    parent = os.getpid()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:
            run_wsgi(str(folder / f"{name}-server.conf"), f"{name}-server")
        os._exit(1)
    return child


class Forgetful:
    """In the place of memcached, which the proxy wants to have and does not need."""

    def get(self, *_, **__):
        return None

    set = set_multi = delete = get

    def incr(self, *_, **__):
        return 0

    decr = incr


def counting(_, path, **_others):
    """A filter of the proxy: appends the line of every request to a file before it is answered."""
    cache = Forgetful()

    def around(application):
        def answer(environment, start_response):
            environment["swift.cache"] = cache
            with open(path, "a", encoding="latin-1") as file:
                file.write(f"{environment['REQUEST_METHOD']} {environment.get('RAW_PATH_INFO', '')}\n")
            return application(environment, start_response)

        return answer

    return around


if __name__ == "__main__":
    numbers = map(int, sys.argv[2:])
    main(Path(sys.argv[1]), dict(zip(("proxy", "account", "container", "object"), numbers)))
