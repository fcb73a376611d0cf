# shellcheck shell=bash
# What a role is made of and where its parts find each other, on a host and in a container: by `wanted[role]` (all,
# front, worker or redis) and `settings`.

runs_nginx() { [[ ${wanted[role]} == all || ${wanted[role]} == front ]]; }
runs_workers() { [[ ${wanted[role]} == all || ${wanted[role]} == worker ]]; }
# A region that names a Redis elsewhere needs none here.
runs_redis() { [[ ${wanted[role]} == redis || ${wanted[role]} == all && -z ${settings[redisUrl]:-} ]]; }

# Where the workers of this host listen: what the file says for all of them, or the one of workers.hosts that is an
# address of this host; without either the socket $1.
workers_address() {
    local address
    if [[ -n ${settings[listen]:-} ]]; then
        printf '%s\n' "${settings[listen]}"
        return
    fi
    if [[ -z ${settings[hosts]:-} ]]; then
        [[ ${wanted[role]} == all ]] || fail "a worker host needs workers.hosts or workers.listen in the configuration"
        printf '%s\n' "$1"
        return
    fi
    for address in ${settings[hosts]}; do
        if is_own_address "${address%:*}"; then
            printf '%s\n' "$address"
            return
        fi
    done
    fail "none of workers.hosts (${settings[hosts]}) is an address of this host"
}

# In a dry run everything is, as the files are for another host perhaps.
is_own_address() {
    local address=${1//[\[\]]/}
    [[ -n $address ]] || return 1
    ${is_dry_run:-false} || [[ $address == 127.* || $address == ::1 ]] ||
        [[ -n $(ip -o address show to "$address" 2>/dev/null) ]]
}

# nginx' way to the workers, which are at the socket $1 where the file names no hosts.
nginx_workers() {
    if [[ -n ${settings[hosts]:-} ]]; then
        nginx_hosts
    elif [[ ${wanted[role]} == all ]]; then
        nginx_socket "$1"
    else
        fail "a front needs workers.hosts in the configuration"
    fi
}

# Redis for the workers of this host alone.
local_redis_values() {
    values+=([redisSocket]=$1 [redisPort]=0 [redisAddresses]=127.0.0.1 [redisPassword]="")
}

# Redis for other hosts, too: local_redis_values SOCKET, then shared_redis_values PORT ADDRESSES.
shared_redis_values() {
    [[ ${REDIS_PASSWORD:-} =~ ^[A-Za-z0-9_-]{16,}$ ]] ||
        fail "a Redis host needs REDIS_PASSWORD in its environment: 16 or more of letters, digits, _ and -, as redis.url has it"
    values+=([redisPort]=$1 [redisAddresses]=$2 [redisPassword]="requirepass $REDIS_PASSWORD")
}
