"""How large deploy/region and containers make each part, for machines of all sizes."""

import os

import pytest

from host_scripts import bash, sizes_of

ROLES = ["all", "front", "worker", "redis"]
MACHINES = [
    (1, 960, 4_000),
    (1, 960, 20_000),
    (2, 3_900, 40_000),
    (4, 7_900, 80_000),
    (8, 32_000, 200_000),
    (16, 64_000, 500_000),
    (64, 256_000, 4_000_000),
    (64, 4_000, 10_000),
    (1, 256_000, 10_000),
    (1, 2_000, 500_000),
]


def within(machine):
    return f"{machine[0]}-cpus-{machine[1]}-MB"


@pytest.mark.parametrize("machine", MACHINES, ids=within)
@pytest.mark.parametrize("role", ROLES)
def test_all_parts_together_fit_the_machine(role, machine):
    cpus, memory, disk = machine
    sizes = sizes_of(role, *machine)
    limits = sizes["workersMemoryMB"] + sizes["redisLimitMB"] + sizes["nginxMemoryMB"]
    # The system itself keeps an eighth, up to 4 GB.
    assert limits <= memory - min(4096, memory // 8)
    assert sizes["edgeMB"] + sizes["storeMB"] <= disk - 1024
    assert sizes["workerMemoryMB"] <= sizes["workersMemoryMB"]
    assert sizes["renders"] <= cpus
    assert sizes["workers"] <= max(1, sizes["renders"])
    assert sizes["nginxProcesses"] <= min(cpus, 64)
    # Values, what clients are sent, and gaps.
    assert sizes["redisLimitMB"] >= sizes["redisMB"] * 5 // 4
    # The names of what is kept lie in nginx' own memory.
    assert sizes["edgeKeysMB"] <= sizes["nginxMemoryMB"] // 4
    # Each connection of a client may have one to a worker, and a file.
    assert sizes["openFiles"] > sizes["connections"] * 2 or not sizes["connections"]


@pytest.mark.parametrize("machine", MACHINES, ids=within)
def test_a_release_has_room_beside_the_one_that_it_replaces(machine):
    sizes = sizes_of("all", *machine)
    rest = sizes["workersMemoryMB"] - sizes["workerMemoryMB"]
    # Idle workers and render processes, as they are once a picture was made.
    assert rest >= 15 * sizes["workers"] + 25 * sizes["renders"] or machine[1] < 5000
    assert rest >= 60


PARTS = {
    "all": {"workers", "renders", "tasks", "workersMemoryMB", "workerMemoryMB", "redisMB", "redisLimitMB"}
    | {"nginxProcesses", "connections", "openFiles", "nginxMemoryMB", "edgeMB", "edgeKeysMB", "storeMB"},
    "front": {"nginxProcesses", "connections", "openFiles", "nginxMemoryMB", "edgeMB", "edgeKeysMB"},
    "worker": {"workers", "renders", "tasks", "workersMemoryMB", "workerMemoryMB", "storeMB"},
    "redis": {"redisMB", "redisLimitMB"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_its_own_parts_only(role):
    assert {name for name, size in sizes_of(role, 4, 8000, 80_000).items() if size} == PARTS[role]


def test_larger_machines_have_larger_parts():
    rows = [sizes_of("all", *machine) for machine in MACHINES[1:7]]
    for smaller, larger in zip(rows, rows[1:], strict=False):
        for name in ("redisMB", "workerMemoryMB", "nginxMemoryMB", "edgeMB", "storeMB", "renders", "workers"):
            assert smaller[name] <= larger[name], name


def test_the_configuration_is_stronger():
    assert sizes_of("all", 8, 16_000, 80_000, processes=5)["workers"] == 5


def test_connections_that_nginx_keeps_are_a_quarter_of_few_slots():
    assert sizes_of("all", 64, 64_000, 80_000, slots=16)["nginxProcesses"] == 4


def test_a_bucket_as_store_needs_no_disk():
    sizes = sizes_of("all", 4, 8000, 80_000, storeType="S3_COMPATIBLE")
    assert sizes["storeMB"] == 0
    assert sizes["edgeMB"] > sizes_of("all", 4, 8000, 80_000)["edgeMB"]


def test_a_little_less_disk_changes_nothing():
    assert sizes_of("all", 4, 8000, 80_001) == sizes_of("all", 4, 8000, 80_900)


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ((1, 500, 20_000), "this host has 500 MB of memory; as all it needs 700"),
        ((1, 960, 1500), "the disk of /var has 1500 MB free; as all this host needs 2048"),
        ((0, 960, 20_000), "this host has no processor"),
        (("many", 960, 20_000), "cannot find out how many cpus this host has"),
        ((1, "", 20_000), "cannot find out how many memoryMB this host has"),
    ],
)
def test_a_machine_that_is_too_small_is_told_so(machine, sentence):
    # An empty variable would be as if there were none.
    cpus, memory, disk = (str(number) or "unknown" for number in machine)
    done = bash(
        "declare -A settings=()\nread_host\nsize_host all",
        APUS_HOST_CPUS=cpus,
        APUS_HOST_MEMORY_MB=memory,
        APUS_HOST_DISK_MB=disk,
    )
    assert (done.returncode, done.stderr.strip()) == (1, f"region: {sentence}")


def test_this_machine_can_be_read():
    done = bash('read_host\necho "${host[cpus]} ${host[memoryMB]} ${host[diskMB]}"')
    cpus, memory, disk = map(int, done.stdout.split())
    assert 1 <= cpus <= os.cpu_count()
    assert memory > 100
    assert disk > 0
