# shellcheck shell=bash
# How much of a host each part gets. read_host looks at the machine, size_host is plain arithmetic by role; what a
# configuration says for itself is stronger.

# Megabytes: what Linux and its services keep, at least and at most; an eighth of the memory in between.
system_least=192
system_most=4096
# Less memory than that, and no picture of usual size can be made beside the other parts.
least_memory=700
least_memory_without_workers=400
# What one picture of usual size needs at its worst. A larger one costs its own render process at most.
render_mb=160
# An nginx process with its connections.
nginx_process_mb=32
# Redis answers from one thread; more than that is no use to it.
redis_most=32768
# Kept free on the disk, besides a tenth of it.
disk_reserve=1024
edge_most=65536

# Sets host[cpus], host[memoryMB] and host[diskMB]: what this machine or container may use. APUS_HOST_CPUS,
# APUS_HOST_MEMORY_MB and APUS_HOST_DISK_MB say otherwise.
read_host() {
    declare -gA host=()
    host[cpus]=${APUS_HOST_CPUS:-$(granted_cpus)}
    host[memoryMB]=${APUS_HOST_MEMORY_MB:-$(granted_memory)}
    host[diskMB]=${APUS_HOST_DISK_MB:-$(granted_disk)}
}

# Processors of the control group (v2, else v1), rounded up, or those that this process may run on.
granted_cpus() {
    local count quota="" period=""
    count=$(nproc)
    if [[ -r /sys/fs/cgroup/cpu.max ]]; then
        read -r quota period </sys/fs/cgroup/cpu.max || true
    elif [[ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]]; then
        quota=$(</sys/fs/cgroup/cpu/cpu.cfs_quota_us)
        period=$(</sys/fs/cgroup/cpu/cpu.cfs_period_us)
    fi
    # "max" or -1 where there is none.
    if [[ $quota =~ ^[1-9][0-9]*$ && $period =~ ^[1-9][0-9]*$ ]]; then
        quota=$(((quota + period - 1) / period))
        ((quota >= count)) || count=$quota
    fi
    printf '%s\n' "$count"
}

granted_memory() {
    local total limit
    total=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
    while read -r limit; do
        # "max", or a number that no machine has, where there is none.
        [[ $limit =~ ^[0-9]{1,18}$ ]] || continue
        limit=$((limit / 1048576))
        ((limit >= total)) || total=$limit
    done < <(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null)
    printf '%s\n' "$total"
}

# What is free where the caches lie, and what they hold already; of two disks the smaller.
granted_disk() {
    local cache store
    cache=$(room_at "${root:-}/var/cache/apus")
    store=$(room_at "${root:-}/var/lib/apus")
    printf '%s\n' "$((cache < store ? cache : store))"
}

room_at() {
    local folder=$1 used=0 free
    if [[ -d $folder ]]; then
        # With millions of files that takes long: then what is free has to do, and the caches shrink.
        used=$(timeout 60 du -sxm -- "$folder" 2>/dev/null | cut -f 1) || used=0
    fi
    until [[ -d $folder ]]; do folder=$(dirname -- "$folder"); done
    free=$(df --output=avail -BM -- "$folder" | tail -n 1 | tr -dc '0-9')
    printf '%s\n' "$((free + ${used:-0}))"
}

# Sets `sizes` for the role $1 from `host` and `settings` (slots, processes, storeType):
#
#   workers renders tasks       processes of one release, and the tasks that it may have
#   workersMemoryMB             all releases together: two run at once while one takes over from the other
#   workerMemoryMB              one release
#   redisMB redisLimitMB        its values, and Redis with buffers and gaps
#   nginxProcesses connections openFiles nginxMemoryMB       nginx; connections and files are of each process
#   edgeMB edgeKeysMB storeMB   on the disk, and nginx' memory for the names
#
# A part that the role does not have is 0.
size_host() {
    local role=$1 left
    declare -gA sizes=([workers]=0 [renders]=0 [tasks]=0 [workersMemoryMB]=0 [workerMemoryMB]=0 [redisMB]=0
        [redisLimitMB]=0 [nginxProcesses]=0 [connections]=0 [openFiles]=0 [nginxMemoryMB]=0 [edgeMB]=0 [edgeKeysMB]=0
        [storeMB]=0)
    check_host "$role"
    left=$((host[memoryMB] - $(between "$system_least" "$((host[memoryMB] / 8))" "$system_most")))
    case $role in
        all)
            size_redis "$((left / 8))"
            size_nginx "$((left / 4))"
            size_workers "$((left - sizes[redisLimitMB] - sizes[nginxMemoryMB]))"
            ;;
        front) size_nginx "$left" ;;
        worker) size_workers "$left" ;;
        # Of its limit two thirds are values.
        redis) size_redis "$(((left - 32) * 2 / 3))" ;;
    esac
    size_disk "$role"
}

# The second number, but not below the first nor above the third.
between() {
    printf '%s\n' "$(($2 < $1 ? $1 : $2 > $3 ? $3 : $2))"
}

check_host() {
    local least=$least_memory number
    [[ $1 == all || $1 == worker ]] || least=$least_memory_without_workers
    for number in cpus memoryMB diskMB; do
        [[ ${host[$number]} =~ ^(0|[1-9][0-9]{0,9})$ ]] || fail "cannot find out how many $number this host has"
    done
    ((host[cpus] >= 1)) || fail "this host has no processor"
    ((host[memoryMB] >= least)) || fail "this host has ${host[memoryMB]} MB of memory; as $1 it needs $least"
    [[ $1 == redis ]] || ((host[diskMB] >= 2 * disk_reserve)) ||
        fail "the disk of /var has ${host[diskMB]} MB free; as $1 this host needs $((2 * disk_reserve))"
}

# $1: megabytes for values.
size_redis() {
    sizes[redisMB]=$(between 32 "$1" "$redis_most")
    sizes[redisLimitMB]=$((sizes[redisMB] * 3 / 2 + 32))
}

# $1: megabytes. Most of them are pages of the edge cache; a connection takes 16 kB, and more while it is answered.
size_nginx() {
    local all
    sizes[nginxMemoryMB]=$1
    sizes[nginxProcesses]=$(nginx_processes "$(between 1 "$(($1 / nginx_process_mb))" "${host[cpus]}")")
    all=$(between 2048 "$((sizes[nginxMemoryMB] * 16))" 262144)
    sizes[connections]=$(between 1024 "$((all / sizes[nginxProcesses]))" 16384)
    # Each connection may have a file of the cache open, and the cache keeps some.
    sizes[openFiles]=$((sizes[connections] * 2 + 4096))
}

# $1, but no more than may keep one connection each: all nginx processes together keep at most a quarter of one worker's
# slots.
nginx_processes() {
    local quarter=$((${settings[slots]:-256} / 4))
    between 1 "$1" "$((quarter >= 1 ? quarter : 1))"
}

# What each process that is started here may open; $1 at most.
open_files() {
    local hard
    hard=$(ulimit -Hn)
    if [[ $hard == unlimited ]] || ((hard > $1)); then hard=$1; fi
    printf '%s\n' "$hard"
}

# $1: megabytes for all releases. One gets three quarters of them: the other may be there for the length of an upgrade.
size_workers() {
    local memory=$(($1 * 3 / 4)) cpus=${host[cpus]} slots=${settings[slots]:-256}
    sizes[workersMemoryMB]=$1
    sizes[workerMemoryMB]=$memory
    # A worker alone keeps four processors busy; two of them outlive the fall of one.
    sizes[renders]=$(between 1 "$((memory / render_mb))" "$cpus")
    sizes[workers]=${settings[processes]:-}
    if [[ -z ${sizes[workers]} ]]; then
        sizes[workers]=$((cpus < 4 ? 1 : $(between 2 "$((cpus / 4))" 16)))
        # Each has a render process of its own.
        ((sizes[workers] <= sizes[renders])) || sizes[workers]=${sizes[renders]}
    fi
    # Slots, as many files that are passed on, and names that are being looked up; helpers; render processes. Twice, as
    # a renewal has both generations in one release.
    sizes[tasks]=$((2 * (sizes[workers] * (slots * 3 + 128) + sizes[renders] * 16) + 64))
}

# The store outlives the edge cache, so it gets more; where both are here, half of the disk that is not kept free stays
# for logs, releases and what slow clients have not taken yet.
size_disk() {
    local usable=$((host[diskMB] - disk_reserve - host[diskMB] / 10)) edge=0 store=0
    case $1 in
        all) edge=$((usable / 6)) store=$((usable / 3)) ;;
        front) edge=$((usable / 2)) ;;
        worker) store=$((usable / 2)) ;;
        redis) return ;;
    esac
    # A bucket needs no room here.
    if [[ ${settings[storeType]:-} == S3* ]]; then
        edge=$((edge + store))
        store=0
        [[ $1 != worker ]] || edge=0
    fi
    sizes[edgeMB]=$(two_digits "$((edge < edge_most ? edge : edge_most))")
    sizes[storeMB]=$(two_digits "$store")
    # A megabyte holds the names of 8000 entries, of 32 kB on the average. It is nginx' memory.
    if ((edge)); then sizes[edgeKeysMB]=$(between 8 "$((sizes[edgeMB] / 256))" "$((sizes[nginxMemoryMB] / 4))"); fi
}

# 8664 is 8600: so that what is free a moment later makes no other files.
two_digits() {
    local number=$1 unit=1
    while ((number >= 100)); do
        number=$((number / 10))
        unit=$((unit * 10))
    done
    printf '%s\n' "$((number * unit))"
}

# The same for the templates (fill.sh).
size_values() {
    local name
    for name in "${!sizes[@]}"; do values+=(["$name"]=${sizes[$name]}); done
}

# Lines for people: what was chosen, and from what.
tell_sizes() {
    printf 'host: %s CPUs, %s memory, %s disk\n' "${host[cpus]}" "$(in_gigabytes "${host[memoryMB]}")" \
        "$(in_gigabytes "${host[diskMB]}")"
    if ((sizes[workers])); then
        printf 'workers: %s processes, %s renders at once, %s of memory; %s while a release takes over\n' \
            "${sizes[workers]}" "${sizes[renders]}" "$(in_gigabytes "${sizes[workerMemoryMB]}")" \
            "$(in_gigabytes "${sizes[workersMemoryMB]}")"
    fi
    if ((sizes[redisMB])); then
        printf 'Redis: %s of values, %s in all\n' "$(in_gigabytes "${sizes[redisMB]}")" \
            "$(in_gigabytes "${sizes[redisLimitMB]}")"
    fi
    if ((sizes[nginxProcesses])); then
        printf 'nginx: %s processes of %s connections, %s of memory; edge cache: %s\n' "${sizes[nginxProcesses]}" \
            "${sizes[connections]}" "$(in_gigabytes "${sizes[nginxMemoryMB]}")" "$(in_gigabytes "${sizes[edgeMB]}")"
    fi
    if ((sizes[storeMB])); then printf 'store: %s\n' "$(in_gigabytes "${sizes[storeMB]}")"; fi
}

# 900 MB, 1.5 GB, 250 GB
in_gigabytes() {
    awk -v mb="$1" 'BEGIN {
        if (mb < 1000) print mb " MB"
        else printf (mb < 10240 ? "%.1f GB\n" : "%.0f GB\n"), mb / 1024
    }'
}
