# shellcheck shell=bash
# The services of a release: systemd does the work, this says in which order.

# Seconds for the region to answer through nginx after its workers are ready.
ready_seconds=30

unit_folder=/etc/systemd/system
# All that install has ever written there.
unit_files=("$unit_folder/apus.socket" "$unit_folder/apus.socket.d/release.conf" "$unit_folder/apus@.service"
    "$unit_folder/apus-workers.slice" "$unit_folder/apus-nginx.service" "$unit_folder/apus-redis.service")

start_services() {
    local redis_runs=false
    # Always: what systemd has in mind may be of a run that was broken off.
    systemctl daemon-reload
    apply_host_settings
    # One that runs is left alone until the workers have shown that they work.
    if systemctl is-active --quiet apus-redis.service; then redis_runs=true; fi
    if runs_redis && ! $redis_runs; then start_redis_service; fi
    if runs_workers; then start_workers; fi
    if runs_redis && $redis_runs; then start_redis_service; fi
    if runs_nginx; then start_front; fi
}

# Some kernels and containers forbid a setting; a region runs without it, slower under a flood.
apply_host_settings() {
    if has_changed /etc/sysctl.d/60-apus.conf; then
        /lib/systemd/systemd-sysctl /etc/sysctl.d/60-apus.conf 2>/dev/null ||
            say "warning: the kernel does not take all of /etc/sysctl.d/60-apus.conf"
    fi
}

start_redis_service() {
    local verb=start
    write_redis_files
    systemctl daemon-reload
    systemctl enable --quiet apus-redis.service
    # It holds a cache: what is lost is made again.
    if has_changed /etc/apus/redis.conf "$unit_folder/apus-redis.service"; then verb=restart; fi
    say "${verb}ing Redis"
    systemctl "$verb" apus-redis.service || fail_with_journal "Redis did not start" apus-redis.service
}

# Returns when all of the release's workers have rendered a picture and accept requests (Type=notify).
start_workers() {
    systemctl enable --quiet apus.socket
    if has_changed "$unit_folder/apus.socket" && systemctl is-active --quiet apus.socket; then
        say "warning: the workers' address changes, so nothing is answered for a moment"
        stop_other_releases
        # Where a failed one is put back, this release has the old address still.
        systemctl stop apus.socket "apus@$release.service"
    fi
    systemctl is-active --quiet "apus@$release.service" || say "starting the workers of $release"
    systemctl start apus.socket || fail_with_journal "the workers' socket cannot be opened" apus.socket
    systemctl start "apus@$release.service" || fail_with_journal "the workers did not start" "apus@$release.service"
}

start_front() {
    systemctl enable --quiet apus-nginx.service
    # Debian starts it with the host, and was told to start nothing when it was installed.
    systemctl start logrotate.timer || say "warning: logrotate.timer does not run, so nginx' logs grow without end"
    if ! systemctl is-active --quiet apus-nginx.service; then
        say "starting nginx"
        systemctl start apus-nginx.service || fail_with_journal "nginx did not start" apus-nginx.service
    elif has_changed /etc/apus/nginx/ /etc/apus/tls/certificate.pem /etc/apus/tls/key.pem; then
        say "giving nginx its new configuration"
        systemctl reload apus-nginx.service || fail_with_journal "nginx refused the new configuration" apus-nginx.service
    fi
    # A new start would refuse connections for a moment.
    if has_changed "$unit_folder/apus-nginx.service"; then
        say "nginx' unit has changed: limits of memory and time hold from now, others from its next start"
    fi
    wait_until "$ready_seconds" region_is_ready || fail "the region does not answer through nginx; see access.log and nginx-error.log in /var/log/apus"
}

region_is_ready() {
    [[ $(curl --noproxy '*' --insecure -s -o /dev/null -w '%{http_code}' --max-time 10 "https://127.0.0.1:${wanted[port]:-443}/_apus/ready") == 200 ]]
}

# Every release that runs but this one; each answers what it has accepted first.
stop_other_releases() {
    local unit name
    for unit in $(release_units); do
        [[ $unit != "apus@$release.service" ]] || continue
        name=${unit#apus@}
        say "stopping ${name%.service}"
        systemctl stop --quiet "$unit" || true
        systemctl reset-failed "$unit" 2>/dev/null || true
    done
}

# Running or failed.
release_units() {
    systemctl list-units --all --plain --no-legend 'apus@*.service' | awk '{ print $1 }'
}

# What ran before in another role.
remove_other_roles() {
    runs_workers || remove_service apus.socket apus@.service apus-workers.slice
    runs_nginx || remove_service apus-nginx.service
    runs_redis || remove_service apus-redis.service
}

remove_service() {
    local unit
    for unit in "$@"; do
        [[ -e $unit_folder/$unit ]] || continue
        if [[ $unit == apus@.service ]]; then
            release="" stop_other_releases
        else
            systemctl disable --quiet --now "$unit" || true
        fi
        rm -rf "${unit_folder:?}/$unit" "$unit_folder/$unit.d"
        systemctl daemon-reload
    done
}

fail_with_journal() {
    printf '%s: %s; the end of its log:\n' "${0##*/}" "$1" >&2
    journalctl --no-pager -q -o cat -n 20 -u "$2" 2>/dev/null | sed 's/^/    /' >&2
    exit 1
}
