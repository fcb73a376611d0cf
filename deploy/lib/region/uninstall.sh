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
    if command -v certbot >/dev/null && is_asked_for_here && ! $keeps_data; then
        certbot delete --non-interactive --cert-name apus >/dev/null 2>&1 || true
    fi
    rm -rf "${unit_files[@]}" "$unit_folder/apus.socket.d" /etc/sysusers.d/apus.conf /etc/logrotate.d/apus \
        /etc/sysctl.d/60-apus.conf /etc/tmpfiles.d/apus.conf "$certbot_hook" \
        /var/cache/apus /var/log/apus /run/apus /run/apus-redis /run/apus.sock
    rmdir --ignore-fail-on-non-empty /etc/sysusers.d 2>/dev/null || true
    systemctl daemon-reload
    restore_policy
    uninstall_packages
    # By which an uninstall that was interrupted is called again, so at last: the command and the release.
    if $keeps_data; then
        rm -rf /etc/apus/nginx /etc/apus/nginx-?????? /etc/apus/redis.conf "$host_command"
        say "kept: /opt/apus (releases, configuration, secrets), /etc/apus (certificates), /var/lib/apus (store)"
    else
        rm -rf /etc/apus /var/lib/apus
        # The group of its name goes with it.
        if is_own_user; then userdel apus; fi
        rm -rf "$host_command" /opt/apus
    fi
    say "uninstalled"
}

# What install has brought, with all that came with it; nothing of anybody else's.
uninstall_packages() {
    local -a packages=() others=()
    local going
    note_packages
    [[ -r $packages_file ]] || return 0
    mapfile -t packages <"$packages_file"
    mapfile -t packages < <(present_packages "${packages[@]}")
    ((${#packages[@]})) || return 0
    if ! $removes_packages; then
        mapfile -t packages < <(apt-mark showmanual "${packages[@]}")
        say "Debian packages that install had brought stay; to remove them: apt-get purge --autoremove ${packages[*]}"
        return
    fi
    if ! going=$(packages_to_go "${packages[@]}"); then
        say "warning: Debian packages stay, as apt-get cannot say what would go with them"
        return
    fi
    mapfile -t others < <(comm -13 <(printf '%s\n' "${packages[@]}") - <<<"$going")
    if ((${#others[@]})); then
        say "warning: Debian packages stay, as something else would go with them: ${others[*]}"
        return
    fi
    say "removing Debian packages"
    apt_quietly purge "${packages[@]}" || say "warning: some packages could not be removed"
}
