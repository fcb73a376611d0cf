# shellcheck shell=bash
# One instance in its state folder: what runs, by which pid file, and how to start, replace and stop each part. nginx'
# files are those of nginx.sh.
#
#   nginx.pid  nginx/  edge/  temporary/  access.log  nginx-error.log    nginx, its configuration, cache and logs
#   apus.pid  apus.log  serve.arguments                                  apus serve and how it was called
#   redis.pid  redis-keeper.pid  redis.log                               its own Redis, if the configuration names none
#   socket-folder                                                        where the sockets are: here, or a short folder
#   port  drain-seconds  lock  store/

# The public port, unless the script says another.
port=8080

# Sockets' paths are limited to 107 bytes by the kernel, and stand unquoted in URLs.
longest_socket_folder=75

# Makes the state folder $1, readable to the caller alone, and sets `state` and `sockets` to absolute paths.
open_state() {
    (umask 077 && mkdir -p -- "$1/temporary" "$1/nginx/bench" "$1/store")
    state=$(cd -- "$1" && pwd -P)
    sockets=$(socket_folder)
}

# The sockets' folder of an earlier run if it is still ours, else the state folder where that is possible.
socket_folder() {
    local folder=""
    [[ -f $state/socket-folder ]] && folder=$(<"$state/socket-folder")
    if [[ -z $folder || ! -d $folder || ! -O $folder ]]; then
        folder=$state
        if ((${#state} > longest_socket_folder)) || [[ $state =~ [^A-Za-z0-9._/-] ]]; then
            folder=$(mktemp -d /tmp/apus.XXXXXXXX)
        fi
        printf '%s\n' "$folder" >"$state/socket-folder"
    fi
    printf '%s\n' "$folder"
}

# A folder of its own for the sockets goes with the instance.
close_state() {
    rm -f "$sockets/worker.sock" "$sockets"/worker-*.sock "$sockets/redis.sock"
    if [[ $sockets != "$state" ]]; then rmdir "$sockets" 2>/dev/null || true; fi
    rm -f "$state/socket-folder" "$state/port" "$state/drain-seconds" "$state/serve.arguments"
}

# --- Redis

own_redis_url() {
    printf 'unix://%s/redis.sock\n' "$sockets"
}

start_redis() {
    local keeper
    if keeper=$(pid_in "$state/redis-keeper.pid") && is_running "$keeper" keep-redis "$state"; then return; fi
    # One left behind by a keeper that was killed.
    stop_redis
    setsid "$repository/deploy/lib/keep-redis" "$state" "$sockets/redis.sock" </dev/null >>"$state/redis.log" 2>&1 9>&- &
    wait_until 10 redis_answers || fail_with_log "Redis did not start" "$state/redis.log"
}

redis_answers() {
    [[ $(redis-cli -s "$sockets/redis.sock" ping 2>/dev/null) == PONG ]]
}

stop_redis() {
    local pid
    if pid=$(pid_in "$state/redis-keeper.pid") && is_running "$pid" keep-redis "$state"; then
        kill -TERM "$pid" 2>/dev/null || true
        wait_until 5 is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
    fi
    if pid=$(pid_in "$state/redis.pid") && is_running "$pid" redis-server "$sockets/redis.sock"; then
        kill -TERM "$pid" 2>/dev/null || true
        wait_until 5 is_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -f "$state/redis-keeper.pid" "$state/redis.pid" "$sockets/redis.sock"
}

# --- apus serve

# The supervisor's pid, if it runs.
apus_pid() {
    local pid
    pid=$(pid_in "$state/apus.pid") && is_running "$pid" apus serve "$state" && printf '%s\n' "$pid"
}

# Starts or replaces `apus serve ARGUMENTS…`. The socket that nginx uses is a link to that of the running generation.
run_apus() {
    local old
    printf '%s\n' "$@" >"$state/serve.arguments.new"
    if ! old=$(apus_pid); then
        clear_dead_apus
        start_generation "$@"
    elif cmp -s "$state/serve.arguments.new" "$state/serve.arguments"; then
        renew_workers "$old"
    else
        replace_generation "$old" "$@"
    fi
    mv "$state/serve.arguments.new" "$state/serve.arguments"
}

# A supervisor that was killed may leave workers behind; they belong to its session.
clear_dead_apus() {
    local pid
    if pid=$(pid_in "$state/apus.pid"); then
        stop_session "$pid" apus TERM "$drain_seconds" || fail "old workers cannot be stopped"
    fi
    rm -f "$state/apus.pid" "$sockets"/worker-*.sock
}

start_generation() {
    local socket
    socket=$sockets/worker-$(date +%s%3N).sock
    # A session of its own, by which all of its processes are found later.
    setsid "$program" serve "$@" --listen "unix:$socket" </dev/null >>"$state/apus.log" 2>&1 9>&- &
    generation=$!
    wait_until 30 socket_or_end "$socket" "$generation" || true
    if [[ ! -S $socket ]]; then
        stop_session "$generation" apus TERM 2
        fail_with_log "apus serve did not start" "$state/apus.log"
    fi
    # Replaced at once: whoever connects finds the old generation or the new one.
    ln -s "$socket" "$sockets/worker.sock.new"
    mv -T "$sockets/worker.sock.new" "$sockets/worker.sock"
}

socket_or_end() {
    [[ -S $1 ]] || is_gone "$2"
}

# The same arguments: the supervisor takes the new program and configuration itself and replaces its workers.
renew_workers() {
    local old_workers
    old_workers=$(children_of "$1")
    kill -HUP "$1"
    # shellcheck disable=SC2086 # a list of numbers
    wait_until "$drain_seconds" are_replaced "$1" $old_workers ||
        fail_with_log "the workers were not replaced; the old ones go on" "$state/apus.log"
}

are_replaced() {
    local supervisor=$1 now pid
    shift
    now=" $(children_of "$supervisor" | tr '\n' ' ')"
    [[ $now != " " ]] || return 1
    for pid in "$@"; do
        [[ $now != *" $pid "* ]] || return 1
    done
}

# Other arguments (another file, region, number of workers): a second generation takes over, then the first one ends.
replace_generation() {
    local old=$1
    shift
    start_generation "$@"
    stop_supervisor "$old"
    # The old supervisor may have taken the pid file with it.
    printf '%s\n' "$generation" >"$state/apus.pid"
}

stop_apus() {
    local pid
    if pid=$(pid_in "$state/apus.pid"); then stop_supervisor "$pid"; fi
    rm -f "$state/apus.pid"
}

# SIGTERM to the supervisor $1 alone first: it has its workers finish what they accepted.
stop_supervisor() {
    if is_running "$1" apus serve "$state"; then
        kill -TERM "$1" 2>/dev/null || true
        wait_until "$drain_seconds" is_gone "$1" || true
    fi
    stop_session "$1" apus TERM 3 || fail "workers of $1 cannot be stopped"
}

# --- nginx

nginx_pid() {
    local pid
    pid=$(pid_in "$state/nginx.pid") && is_running "$pid" "nginx: master" "$state/" && printf '%s\n' "$pid"
}

run_nginx() {
    local master
    fill_in_nginx
    if master=$(nginx_pid); then
        # A reload closes idle connections of clients, so there is none without need.
        if diff -rq "$state/nginx.new" "$state/nginx" >/dev/null; then
            rm -rf "$state/nginx.new"
            return
        fi
        accept_nginx_configuration
        reload_nginx "$master"
    else
        accept_nginx_configuration
        clear_dead_nginx
        start_nginx
    fi
}

nginx_command() {
    nginx -p "$state/" -e "$state/nginx-error.log" -c "$state/nginx/nginx.conf" "$@" 9>&-
}

start_nginx() {
    nginx_command >/dev/null 2>"$state/nginx-start.log" || fail_with_log "nginx did not start" "$state/nginx-start.log"
    rm -f "$state/nginx-start.log"
}

# A master that was killed leaves workers that hold the port, and the cache's helpers.
clear_dead_nginx() {
    local pid
    if pid=$(pid_in "$state/nginx.pid"); then
        stop_session "$pid" "nginx: " QUIT 5 || fail "old nginx workers cannot be stopped"
    fi
    rm -f "$state/nginx.pid"
}

reload_nginx() {
    local old_workers
    old_workers=$(children_of "$1")
    kill -HUP "$1"
    # shellcheck disable=SC2086 # a list of numbers
    wait_until 10 have_handed_over "$1" $old_workers ||
        fail_with_log "nginx refused the new configuration; the old one stays" "$state/nginx-error.log"
}

# The old ones take nothing new, though they may finish what they have.
have_handed_over() {
    local pid
    for pid in "${@:2}"; do
        if is_running "$pid" "nginx: worker" && ! is_running "$pid" "is shutting down"; then return 1; fi
    done
    [[ -n $(children_of "$1") ]]
}

stop_nginx() {
    local master
    if master=$(nginx_pid); then
        # Finish what is being sent, then end.
        kill -QUIT "$master" 2>/dev/null || true
        wait_until "$drain_seconds" is_gone "$master" || kill -TERM "$master" 2>/dev/null || true
        wait_until 5 is_gone "$master" || kill -KILL "$master" 2>/dev/null || true
    fi
    clear_dead_nginx
}

# Fills in the files of nginx/ for this instance, into nginx.new.
fill_in_nginx() {
    local files
    files=$(open_files 16384)
    values+=([nginxProcesses]=$(nginx_processes "$(nproc)") [connections]=$((files / 2)) [openFiles]=$files
        [edgeMB]=4096 [edgeKeysMB]=32
        [nginxUser]=$( ((EUID != 0)) || echo 'user root;') [pidFile]=nginx.pid [errorLog]=nginx-error.log
        [accessLog]="access.log json buffer=64k flush=1s")
    nginx_values
    nginx_plain "listen $port backlog=4096;"
    nginx_socket "$sockets/worker.sock"
    rm -rf "$state/nginx.new"
    write_nginx "$state/nginx.new"
    mkdir "$state/nginx.new/bench"
}

# Nothing changes unless nginx accepts the whole.
accept_nginx_configuration() {
    nginx_command -t -c "$state/nginx.new/nginx.conf" >/dev/null 2>"$state/nginx-start.log" ||
        fail_with_log "nginx refuses its configuration" "$state/nginx-start.log"
    rm -rf "$state/nginx" "$state/nginx-start.log"
    mv "$state/nginx.new" "$state/nginx"
}

# --- The whole

port_is_free() {
    [[ -z $(ss -Hltn "sport = :$1") ]]
}

is_ready() {
    [[ $(curl --noproxy '*' -s -o /dev/null -w '%{http_code}' --max-time 10 "http://127.0.0.1:$port/_apus/ready") == 200 ]]
}

fail_with_log() {
    printf '%s: %s; the end of %s:\n' "${0##*/}" "$1" "$2" >&2
    tail -n 20 "$2" 2>/dev/null | sed 's/^/    /' >&2
    exit 1
}
