# shellcheck shell=bash
# Everything that the templates of a region ask for, from the configuration, the wishes of its owner and the host.

# Where the parts of one host find each other.
workers_socket=/run/apus.sock
redis_socket=/run/apus-redis/redis.sock
store_folder=/var/lib/apus/store

# What is left of the time to stop before systemd kills: workers end by themselves by then.
stop_margin_seconds=10

region_values() {
    declare -gA values=()
    read_host
    keep_disk
    size_host "${wanted[role]}"
    size_values
    values[release]=$release
    values[stopSeconds]=$((drain_seconds + stop_margin_seconds))
    if runs_redis; then redis_values; fi
    if runs_workers; then worker_values; fi
    if runs_nginx; then front_values; fi
}

# What is free changes with every file, and nginx would be given another configuration each time: only by a quarter or more
# is the disk another one.
keep_disk() {
    local noted=""
    if [[ -r $disk_file ]]; then read -r noted <"$disk_file" || true; fi
    [[ $noted =~ ^[1-9][0-9]{0,9}$ ]] || return 0
    if ((host[diskMB] * 4 > noted * 3 && host[diskMB] * 4 < noted * 5)); then host[diskMB]=$noted; fi
}

redis_values() {
    local address=${settings[redisUrl]%:*} port=${settings[redisUrl]##*:}
    local_redis_values "$redis_socket"
    values[redisIsLocal]=yes
    [[ ${wanted[role]} == redis ]] || return 0
    is_own_address "$address" || fail "redis.url names ${settings[redisUrl]:-no address}, which is not this host's"
    shared_redis_values "$port" "${address//[\[\]]/} 127.0.0.1"
    values[redisIsLocal]=no
}

worker_values() {
    values[listenStream]=$(workers_address "$workers_socket")
    values[workerEnvironment]=""
    # Who but nginx may speak to a worker in plain text.
    if [[ ${values[listenStream]} != /* ]]; then
        values[workerEnvironment]="Environment=FCGI_WEB_SERVER_ADDRS=${settings[fronts]// /,}"
    fi
    values[serveOptions]="--default-store $store_folder --default-store-bytes ${sizes[storeMB]}000000"
    values[serveOptions]+=" --default-workers ${sizes[workers]} --default-renders ${sizes[renders]}"
    if runs_nginx; then values[serveOptions]+=" --edge-cache /var/cache/apus"; fi
    if runs_redis; then values[serveOptions]+=" --default-redis unix://$redis_socket"; fi
    if ((${#region_option[@]})); then values[serveOptions]+=" ${region_option[*]}"; fi
    values[writablePaths]=${settings[storePath]:-}
    [[ ${values[writablePaths]} =~ ^[A-Za-z0-9._/-]*$ ]] ||
        fail "store.path may have letters, digits, dots, dashes and slashes only: a unit names it"
}

front_values() {
    nginx_values
    nginx_tls "${wanted[port]:-443}" /etc/apus/tls/certificate.pem /etc/apus/tls/key.pem
    if [[ -z ${wanted[port]} ]]; then nginx_redirect 80 443 /var/cache/apus/acme; fi
    nginx_workers "$workers_socket"
    # shellcheck disable=SC2086 # a list of networks
    if [[ -n ${wanted[proxies]} ]]; then nginx_proxies ${wanted[proxies]}; fi
    nginx_limits
    # It is never root here.
    values[nginxUser]=""
    values[pidFile]=nginx.pid
    values[errorLog]=/var/log/apus/nginx-error.log
    values[accessLog]="/var/log/apus/access.log json buffer=64k flush=1s"
}
