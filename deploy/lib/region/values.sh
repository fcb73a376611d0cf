# shellcheck shell=bash
# Everything that the templates of a region ask for, from the configuration, the wishes of its owner and the host.

# Where the parts of one host find each other.
workers_socket=/run/apus.sock
redis_socket=/run/apus-redis/redis.sock
store_folder=/var/lib/apus/store

# What is left of the time to stop before systemd kills: workers end by themselves by then.
stop_margin_seconds=10

region_values() {
    local name
    declare -gA values=()
    read_host
    size_host "${wanted[role]}"
    for name in "${!sizes[@]}"; do values[$name]=${sizes[$name]}; done
    values[release]=$release
    values[stopSeconds]=$((drain_seconds + stop_margin_seconds))
    values[certificateName]=apus
    if runs_redis; then redis_values; fi
    if runs_workers; then worker_values; fi
    if runs_nginx; then front_values; fi
}

redis_values() {
    local address=${settings[redisUrl]%:*} port=${settings[redisUrl]##*:}
    values[redisSocket]=$redis_socket
    if [[ ${wanted[role]} != redis ]]; then
        values[redisIsLocal]=yes values[redisPort]=0 values[redisAddresses]=127.0.0.1 values[redisPassword]=""
        return
    fi
    is_own_address "$address" || fail "redis.url names ${settings[redisUrl]:-no address}, which is not this host's"
    [[ ${REDIS_PASSWORD:-} =~ ^[A-Za-z0-9_-]{16,}$ ]] ||
        fail "a Redis host needs REDIS_PASSWORD in its --environment file: 16 or more of letters, digits, _ and -, as redis.url has it"
    values[redisIsLocal]=no values[redisPort]=$port values[redisPassword]="requirepass $REDIS_PASSWORD"
    values[redisAddresses]="${address//[\[\]]/} 127.0.0.1"
}

worker_values() {
    values[listenStream]=$(workers_address)
    values[workerEnvironment]=""
    # Who but nginx may speak to a worker in plain text.
    if [[ ${values[listenStream]} != /* ]]; then
        values[workerEnvironment]="Environment=FCGI_WEB_SERVER_ADDRS=${settings[fronts]// /,}"
    fi
    values[serveOptions]="--default-store $store_folder --default-store-bytes ${sizes[storeMB]}000000"
    values[serveOptions]+=" --default-workers ${sizes[workers]} --default-renders ${sizes[renders]}"
    if runs_redis; then values[serveOptions]+=" --default-redis unix://$redis_socket"; fi
    if ((${#region_option[@]})); then values[serveOptions]+=" ${region_option[*]}"; fi
    values[writablePaths]=${settings[storePath]:-}
    [[ ${values[writablePaths]} =~ ^[A-Za-z0-9._/-]*$ ]] ||
        fail "store.path may have letters, digits, dots, dashes and slashes only: a unit names it"
}

# Where this host's workers are to be found: the socket, or the one of workers.hosts that is an address of this host.
workers_address() {
    local address
    if [[ -n ${settings[listen]:-} ]]; then
        printf '%s\n' "${settings[listen]}"
        return
    fi
    if [[ -z ${settings[hosts]:-} ]]; then
        [[ ${wanted[role]} == all ]] || fail "a worker host needs workers.hosts or workers.listen in the configuration"
        printf '%s\n' "$workers_socket"
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
    $is_dry_run || [[ $address == 127.* || $address == ::1 ]] ||
        [[ -n $(ip -o address show to "$address" 2>/dev/null) ]]
}

front_values() {
    nginx_values "${sizes[nginxProcesses]}" "${sizes[openFiles]}" "${sizes[edgeMB]}"
    nginx_tls "${wanted[port]:-443}" /etc/apus/tls/certificate.pem /etc/apus/tls/key.pem
    if [[ -z ${wanted[port]} ]]; then nginx_redirect 80 443 /var/cache/apus/acme; fi
    if [[ -n ${settings[hosts]:-} ]]; then
        nginx_hosts
    elif [[ ${wanted[role]} == all ]]; then
        nginx_socket "$workers_socket"
    else
        fail "a front needs workers.hosts in the configuration"
    fi
    # shellcheck disable=SC2086 # a list of networks
    if [[ -n ${wanted[proxies]} ]]; then nginx_proxies ${wanted[proxies]}; fi
    nginx_limits
    # It is never root here.
    values[nginxUser]=""
    values[pidFile]=nginx.pid
    values[errorLog]=/var/log/apus/nginx-error.log
    values[accessLog]="/var/log/apus/access.log json buffer=64k flush=1s"
}
