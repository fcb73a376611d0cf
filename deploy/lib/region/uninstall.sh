# shellcheck shell=bash
# Takes away everything that install has brought, but for Debian's packages unless asked.

uninstall() {
    require_root
    [[ -z $root ]] || fail "a region in $root is not installed"
    lock_host
    release="" changed=()
    say "stopping the services"
    systemctl disable --quiet --now apus-nginx.service 2>/dev/null || true
    stop_other_releases
    systemctl disable --quiet --now apus.socket apus-redis.service 2>/dev/null || true
    systemctl stop apus-workers.slice apus.slice 2>/dev/null || true
    say "removing files"
    if command -v certbot >/dev/null && [[ -d /etc/letsencrypt/live/apus ]] && ! $keeps_data; then
        certbot delete --non-interactive --cert-name apus >/dev/null 2>&1 || true
    fi
    rm -rf /etc/systemd/system/apus.socket /etc/systemd/system/apus.socket.d "/etc/systemd/system/apus@.service" \
        /etc/systemd/system/apus-workers.slice /etc/sysusers.d/apus.conf \
        /etc/systemd/system/apus-nginx.service /etc/systemd/system/apus-redis.service \
        /etc/logrotate.d/apus /etc/sysctl.d/60-apus.conf /etc/tmpfiles.d/apus.conf \
        /etc/letsencrypt/renewal-hooks/deploy/apus \
        /var/cache/apus /var/log/apus /run/apus /run/apus-redis /run/apus.sock
    rmdir --ignore-fail-on-non-empty /etc/sysusers.d 2>/dev/null || true
    systemctl daemon-reload
    uninstall_packages
    # By which an uninstall that was interrupted is called again, so at last: the command and the release.
    if $keeps_data; then
        rm -rf /etc/apus/nginx /etc/apus/nginx-?????? /etc/apus/redis.conf "$host_command"
        say "kept: /opt/apus (releases, configuration), /etc/apus (secrets, certificates), /var/lib/apus (store)"
    else
        rm -rf /etc/apus /var/lib/apus
        if getent passwd apus >/dev/null; then deluser --quiet --system apus >/dev/null 2>&1 || userdel apus; fi
        if getent group apus >/dev/null; then delgroup --quiet --system apus >/dev/null 2>&1 || true; fi
        rm -rf "$host_command" /opt/apus
    fi
    rm -f "$lock_file"
    say "uninstalled"
}

uninstall_packages() {
    local -a packages=()
    [[ -r $packages_file ]] || return 0
    mapfile -t packages < <(sort -u "$packages_file")
    ((${#packages[@]})) || return 0
    if $removes_packages; then
        say "removing Debian packages"
        DEBIAN_FRONTEND=noninteractive apt-get purge -y --autoremove "${packages[@]}" >/dev/null ||
            say "warning: some packages could not be removed"
    else
        say "Debian packages that install had brought stay; to remove them: apt-get purge --autoremove ${packages[*]}"
    fi
}
