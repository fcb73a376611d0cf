"""What deploy/region and containers make of a role: its parts, and where its workers are found."""

import pytest

from host_scripts import bash

TCP = "10.1.0.3:6379"


def ask(role, question, **settings):
    given = " ".join(f"[{name}]='{value}'" for name, value in settings.items())
    return bash(f"declare -A wanted=([role]={role}) settings=({given})\n{question}")


@pytest.mark.parametrize(
    ("role", "redis", "parts"),
    [
        ("all", "", "nginx workers redis"),
        ("all", TCP, "nginx workers"),
        ("all", "unix:/run/redis.sock", "nginx workers"),
        ("front", "", "nginx"),
        ("worker", "", "workers"),
        ("worker", TCP, "workers"),
        ("redis", TCP, "redis"),
        ("redis", "", "redis"),
    ],
)
def test_the_parts_of_a_role(role, redis, parts):
    done = ask(role, "for part in nginx workers redis; do if runs_$part; then echo $part; fi; done", redisUrl=redis)
    assert done.stdout.split() == parts.split()


OWN = "127.0.0.5:9000"


@pytest.mark.parametrize(
    ("role", "settings", "address"),
    [
        ("all", {}, "/run/the.sock"),
        ("all", {"hosts": f"192.0.2.1:9000 {OWN}"}, OWN),
        ("worker", {"hosts": f"192.0.2.1:9000 {OWN}"}, OWN),
        ("worker", {"hosts": "192.0.2.1:9000 [::1]:9001"}, "[::1]:9001"),
        ("worker", {"hosts": OWN, "listen": "0.0.0.0:9000"}, "0.0.0.0:9000"),
    ],
)
def test_where_workers_listen(role, settings, address):
    done = ask(role, "workers_address /run/the.sock", **settings)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, address, "")


@pytest.mark.parametrize(
    ("role", "question", "settings", "sentence"),
    [
        ("worker", "workers_address /s", {}, "a worker host needs workers.hosts or workers.listen"),
        ("worker", "workers_address /s", {"hosts": "192.0.2.1:9000"}, "none of workers.hosts (192.0.2.1:9000) is"),
        ("front", "nginx_workers /s", {}, "a front needs workers.hosts"),
        ("redis", "shared_redis_values 6379 '*'", {}, "needs REDIS_PASSWORD"),
        ("redis", "REDIS_PASSWORD='with a space in it' shared_redis_values 6379 '*'", {}, "needs REDIS_PASSWORD"),
    ],
)
def test_what_is_missing_is_told(role, question, settings, sentence):
    done = ask(role, question, **settings)
    assert done.returncode == 1
    assert sentence in done.stderr
