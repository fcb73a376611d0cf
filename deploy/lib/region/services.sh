# shellcheck shell=bash
# The services of a release: systemd does the work, this says in which order.

# Seconds for the region to answer through nginx after its workers are ready.
ready_seconds=30

units=/etc/systemd/system
# All that install has ever written there.
unit_files=("$units/apus.socket" "$units/apus.socket.d/release.conf" "$units/apus@.service" "$units/apus-workers.slice"
    "$units/apus-nginx.service" "$units/apus-redis.service")

start_services() {
    if has_changed "${unit_files[@]}"; then systemctl daemon-reload; fi
    apply_host_settings
    if runs_redis; then start_redis_service; fi
    if runs_workers; then start_workers; fi
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
    say "starting Redis"
    systemctl enable --quiet apus-redis.service
    if has_changed /etc/apus/redis.conf /etc/systemd/system/apus-redis.service; then
        # It holds a cache: what is lost is made again.
        systemctl restart apus-redis.service || fail_with_journal "Redis did not start" apus-redis.service
    else
        systemctl start apus-redis.service || fail_with_journal "Redis did not start" apus-redis.service
    fi
}

# Returns when all of the release's workers have rendered a picture and accept requests (Type=notify).
start_workers() {
    say "starting the workers of $release"
    systemctl enable --quiet apus.socket
    if has_changed /etc/systemd/system/apus.socket && systemctl is-active --quiet apus.socket; then
        say "warning: the workers' address changes, so nothing is answered for a moment"
        stop_other_releases
        systemctl stop apus.socket
    fi
    systemctl start apus.socket || fail_with_journal "the workers' socket cannot be opened" apus.socket
    systemctl start "apus@$release.service" || fail_with_journal "the workers did not start" "apus@$release.service"
}

start_front() {
    systemctl enable --quiet apus-nginx.service
    if ! systemctl is-active --quiet apus-nginx.service; then
        say "starting nginx"
        systemctl start apus-nginx.service || fail_with_journal "nginx did not start" apus-nginx.service
    elif has_changed /etc/systemd/system/apus-nginx.service; then
        say "starting nginx anew, as its unit has changed"
        systemctl restart apus-nginx.service || fail_with_journal "nginx did not start" apus-nginx.service
    elif has_changed /etc/apus/nginx/ /etc/apus/tls/certificate.pem /etc/apus/tls/key.pem; then
        say "giving nginx its new configuration"
        systemctl reload apus-nginx.service || fail_with_journal "nginx refused the new configuration" apus-nginx.service
    fi
    wait_until "$ready_seconds" region_is_ready || fail "the region does not answer through nginx; see /var/log/apus/nginx-error.log"
}

region_is_ready() {
    [[ $(curl --noproxy '*' --insecure -s -o /dev/null -w '%{http_code}' --max-time 10 "https://127.0.0.1:${wanted[port]:-443}/_apus/ready") == 200 ]]
}

# Every release that runs but this one; each answers what it has accepted first.
stop_other_releases() {
    local unit
    for unit in $(release_units); do
        [[ $unit != "apus@$release.service" ]] || continue
        say "stopping ${unit#apus@}"
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
        [[ -e /etc/systemd/system/$unit ]] || continue
        if [[ $unit == apus@.service ]]; then
            release="" stop_other_releases
        else
            systemctl disable --quiet --now "$unit" || true
        fi
        rm -rf "/etc/systemd/system/$unit" "/etc/systemd/system/$unit.d"
        changed+=("/etc/systemd/system/$unit")
    done
}

fail_with_journal() {
    printf '%s: %s; the end of its log:\n' "${0##*/}" "$1" >&2
    journalctl --no-pager -q -o cat -n 20 -u "$2" 2>/dev/null | sed 's/^/    /' >&2
    exit 1
}
