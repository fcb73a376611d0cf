"""The scripts behind deploy/region without a host: called in a shell of their own, with programs that answer for a
host's, and what they make of the templates in deploy/host."""

import os
import subprocess

from instance import REPOSITORY

HOST = REPOSITORY / "deploy" / "host"
RELEASE, BEFORE = "20261122-101112-abcdef0", "20261121-101112-1234567"


def bash(script, *, folder=None, **environment):
    """Runs a script that has all that deploy/region has."""
    libraries = ["common", "fill", "sizing", "nginx", "roles"]
    libraries += [f"region/{name}" for name in ("layout", "wanted", "tree", "certificate", "status")]
    sourced = "\n".join(f"source '{REPOSITORY}/deploy/lib/{name}.sh'" for name in libraries)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"repository='{REPOSITORY}'\n{sourced}\n{script}", "deploy/region"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C", **environment},
    )


def sizes_of(role, cpus, memory, disk, **settings):
    given = "".join(f"[{name}]='{value}' " for name, value in {"slots": 256, **settings}.items())
    done = bash(
        f"declare -A settings=({given})\nread_host\nsize_host {role}\n"
        'for name in "${!sizes[@]}"; do echo "$name=${sizes[$name]}"; done',
        APUS_HOST_CPUS=str(cpus),
        APUS_HOST_MEMORY_MB=str(memory),
        APUS_HOST_DISK_MB=str(disk),
    )
    assert done.returncode == 0, done.stderr
    return {name: int(value) for name, _, value in (line.partition("=") for line in done.stdout.splitlines())}


def fill_templates(folder):
    """Every template of deploy/host as a host of role `all` gets it, under its own path in the folder."""
    values = {
        "listenStream": "/run/apus.sock",
        "release": RELEASE,
        "workerEnvironment": "",
        "serveOptions": "--default-store /var/lib/apus/store --default-workers 2",
        "stopSeconds": 40,
        "writablePaths": "",
        "redisIsLocal": "yes",
        "redisSocket": "/run/apus-redis/redis.sock",
        "redisPort": 0,
        "redisAddresses": "127.0.0.1",
        "redisPassword": "",
    }
    values |= sizes_of("all", 2, 4000, 40000)
    table = "".join(f"[{name}]='{value}' " for name, value in values.items())
    done = bash(
        f"values=({table})\n"
        f"for template in '{HOST}'/*; do\n"
        """    goal=$(sed -n 's/^# Goes to \\(.*\\)\\.$/\\1/p;T;q' "$template")
    [[ $goal == /* ]] || fail "$template does not say where it goes"
    mkdir -p "$PWD$(dirname "$goal")"
    fill_in_file "$template" >"$PWD$goal"
done""",
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder


def fake_programs(folder, **scripts):
    """A PATH on which these programs are shell scripts."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name, script in scripts.items():
        program = programs / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{script}\n")
        program.chmod(0o755)
    return f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin"
