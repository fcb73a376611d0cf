# shellcheck shell=bash
# The parts of a container: nginx, Redis and workers, as children of its first process (deploy/container/entry). All of
# them run as its one user and write their logs to its standard output.

run_folder=/run/apus
data_folder=/var/lib/apus
tls_folder=/etc/apus/tls
http_port=8080
https_port=8443

# The processes by their names: redis, workers, nginx.
declare -gA parts=()
# So many that end within a second, one after the other, are given up.
most_short_lives=5
# As long as a request may take, once the configuration was read.
drain_seconds=5

# --- What is known

# Sets `config`, `settings` and `sizes`, by the configuration and what the container was granted. Says what is wrong and
# fails where they cannot be used.
read_everything() {
    # All that is kept lies in the volume.
    mkdir -p "$data_folder"
    export APUS_HOST_DISK_MB=${APUS_HOST_DISK_MB:-$(room_at "$data_folder")}
    read_host
    if [[ ${wanted[role]} != redis ]]; then
        config=/etc/apus/apus.yaml
        [[ -e $config ]] || config=$repository/deploy/apus.yaml
        "$program" check "$config" >/dev/null || return 1
        read_settings "$config"
    fi
    size_host "${wanted[role]}"
    size_values
}

# Some engines grant a thousand million, over which programs loop.
raise_open_files() {
    ulimit -n "$(open_files 65536)"
}

# --- Starting

start_everything() {
    if runs_redis; then start_redis || fail "Redis did not start"; fi
    if runs_workers; then
        tell_warnings "$config"
        start_workers
    fi
    if runs_nginx; then start_nginx; fi
}

# start NAME COMMAND…: a part, with this shell's environment.
start() {
    local name=$1
    shift
    "$@" &
    parts[$name]=$!
}

# The same for a part that is to know no secret.
start_without_secrets() {
    local name=$1
    shift
    start "$name" env -i PATH="$PATH" "$@"
}

start_redis() {
    local_redis_values "$run_folder/redis.sock"
    # Its own address is the engine's to choose.
    if [[ ${wanted[role]} == redis ]]; then shared_redis_values 6379 "* -::*"; fi
    fill_in_file "$repository/deploy/host/redis.conf" >"$run_folder/redis.conf"
    rm -f "$run_folder/redis.sock"
    start_without_secrets redis redis-server "$run_folder/redis.conf"
    wait_until 10 exists_or_ended "$run_folder/redis.sock" redis || true
    is_running "${parts[redis]}"
}

start_workers() {
    local address
    local -a redis_option=()
    mkdir -p "$data_folder/store" "$run_folder/workers"
    rm -f "$run_folder/worker.sock"
    address=$(workers_address "unix:$run_folder/worker.sock")
    printf '%s\n' "$address" >"$run_folder/worker-address"
    if runs_redis; then redis_option=(--default-redis "unix://$run_folder/redis.sock"); fi
    start workers "$program" serve --config "$config" --state "$run_folder/workers" --listen "$address" \
        --default-store "$data_folder/store" --default-store-bytes "${sizes[storeMB]}000000" --edge-cache "$data_folder/nginx/edge" \
        --default-workers "${sizes[workers]}" --default-renders "${sizes[renders]}" "${redis_option[@]}"
    [[ $address == unix:* ]] || return 0
    wait_until 30 exists_or_ended "$run_folder/worker.sock" workers || true
    [[ -S $run_folder/worker.sock ]] || fail "the workers did not start"
}

exists_or_ended() {
    [[ -S $1 ]] || is_gone "${parts[$2]}"
}

start_nginx() {
    mkdir -p "$data_folder/nginx/temporary" "$data_folder/nginx/edge"
    (write_nginx_files "$run_folder/nginx.new" && try_nginx "$run_folder/nginx.new") || fail "nginx cannot be started"
    rm -rf "$run_folder/nginx"
    mv "$run_folder/nginx.new" "$run_folder/nginx"
    start_without_secrets nginx nginx -p "$data_folder/nginx/" -e stderr -c "$run_folder/nginx/nginx.conf" \
        -g "daemon off;"
}

has_certificate() {
    [[ -e $tls_folder/certificate.pem ]]
}

write_nginx_files() {
    local proxies files
    # Engines may grant less than was chosen.
    files=$(open_files "${sizes[openFiles]}")
    values+=([openFiles]=$files [connections]=$(between 1 "${sizes[connections]}" "$((files / 2))"))
    nginx_values
    # The engine's log is one pipe, into which no more than this is written at once by each process.
    values+=([accessLog]="/dev/stdout json buffer=4k flush=1s" [errorLog]=stderr [pidFile]=$run_folder/nginx.pid
        [nginxUser]="")
    if has_certificate; then
        nginx_tls "$https_port" "$tls_folder/certificate.pem" "$tls_folder/key.pem"
        nginx_redirect "$http_port" 443 "$run_folder/acme"
    else
        nginx_plain "$(listen_everywhere "$http_port")"
    fi
    if [[ -n ${APUS_PROXIES:-} ]]; then
        IFS=, read -ra proxies <<<"$APUS_PROXIES"
        nginx_proxies "${proxies[@]}"
    fi
    if [[ ${APUS_CLIENT_LIMITS:-} == yes ]]; then nginx_limits; fi
    nginx_workers "$run_folder/worker.sock"
    rm -rf "$1"
    write_nginx "$1"
}

try_nginx() {
    nginx -t -q -p "$data_folder/nginx/" -e stderr -c "$1/nginx.conf"
}

# --- Watching

# Returns never: ends with the first part that has ended for good. Redis is started again, for what it lost is made anew
# while workers answer from the store.
watch_parts() {
    local ended status begun=$SECONDS short_lives=0
    while true; do
        ended="" status=0
        wait -n -p ended "${parts[@]}" || status=$?
        # A signal that was obeyed ends the wait, too.
        [[ -n ${ended:-} ]] || continue
        if [[ $ended != "${parts[redis]:-}" || ${wanted[role]} == redis ]]; then break; fi
        short_lives=$((SECONDS - begun > 1 ? 0 : short_lives + 1))
        ((short_lives < most_short_lives)) || break
        say "Redis ended with $status and is started again"
        begun=$SECONDS
        start_redis || break
    done
    say "$(name_of "$ended") ended with $status"
    end 1
}

name_of() {
    local name
    for name in "${!parts[@]}"; do
        if [[ ${parts[$name]} == "$1" ]]; then printf '%s\n' "$name"; fi
    done
}

# --- Renewing and ending

# What lies there now is taken by all parts, or by none. Numbers with `return`: in a trap a bare one returns what came
# before the trap.
renew() {
    [[ ${wanted[role]} != redis ]] || return 0
    say "renewing"
    if ! (read_everything) || ! read_everything; then
        say "the configuration is not valid; nothing is changed"
        return 0
    fi
    if runs_nginx && ! renew_nginx; then
        say "nginx refuses its new configuration; nothing is changed"
        return 0
    fi
    if runs_workers; then
        tell_warnings "$config"
        kill -HUP "${parts[workers]}"
    fi
}

# A reload closes idle connections, so there is none without need; a certificate may have changed under its name.
renew_nginx() {
    (write_nginx_files "$run_folder/nginx.new") || return 1
    if ! has_certificate && diff -rq "$run_folder/nginx.new" "$run_folder/nginx" >/dev/null; then return 0; fi
    try_nginx "$run_folder/nginx.new" || return 1
    rm -rf "$run_folder/nginx"
    mv "$run_folder/nginx.new" "$run_folder/nginx"
    kill -HUP "${parts[nginx]}"
}

# The way that requests go: nginx finishes what it has while the workers still answer, and they while Redis does.
end() {
    trap '' TERM INT HUP
    say "ending"
    stop nginx QUIT
    stop workers TERM
    stop redis TERM
    exit "$1"
}

stop() {
    local pid=${parts[$1]:-}
    if [[ -z $pid ]] || is_gone "$pid"; then return 0; fi
    kill "-$2" "$pid" 2>/dev/null || true
    wait_until "$drain_seconds" is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
}
