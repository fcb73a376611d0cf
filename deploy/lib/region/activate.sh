# shellcheck shell=bash
# The release whose tree this is becomes the one that runs; the one before goes on until this one has shown that it works.

activate_release() {
    prepare_activation
    prepare_host
    if runs_nginx; then prepare_certificate; fi
    write_files
    start_services
    point_links
    stop_other_releases
    remove_other_roles
    rm -rf "$repository/given"
    remove_old_releases
    say "release $release runs$(where_it_answers)"
}

# Only the files and what reads them: this release's workers have never stopped, unless their address was to be another
# or the host to have another role.
put_back_release() {
    prepare_activation
    write_files
    if has_changed "${unit_files[@]}"; then systemctl daemon-reload; fi
    if runs_workers && has_changed "$units/apus.socket"; then
        systemctl stop "apus@$release.service"
        systemctl restart apus.socket
    fi
    if runs_redis; then
        if has_changed /etc/apus/redis.conf "$units/apus-redis.service"; then systemctl restart apus-redis.service; fi
        systemctl start apus-redis.service
    fi
    if runs_workers; then systemctl start apus.socket "apus@$release.service"; fi
    if runs_nginx; then systemctl reload-or-restart apus-nginx.service; fi
}

prepare_activation() {
    require_root
    changed=()
    program=$repository/bin/apus
    release=$(basename -- "$repository")
    read_wanted
    load_environment "$repository/deploy/environment"
    region_option
    read_settings "$repository/deploy/apus.yaml" "${region_option[@]}"
    region_values
}

# The release before, made current again; the one that runs becomes the one before.
roll_back() {
    local goal now
    require_root
    lock_host
    goal=$(release_of "$previous") || fail "there is no release before this one"
    now=$(release_of "$current")
    activate_or_undo "$goal"
    say "rolled back from $now"
}

# The user and the folders, with their owners and modes: before any file is put there.
prepare_host() {
    put_template sysusers.conf
    put_template tmpfiles.conf
    systemd-sysusers /etc/sysusers.d/apus.conf
    systemd-tmpfiles --create /etc/tmpfiles.d/apus.conf
    if [[ -n ${settings[storePath]} ]]; then
        mkdir -p -- "${settings[storePath]}"
        chown apus:apus -- "${settings[storePath]}"
    fi
    # Secrets of the configuration: workers read them, nobody else.
    chgrp apus "$repository/deploy/apus.yaml" && chmod 640 "$repository/deploy/apus.yaml"
    if [[ -e $repository/deploy/environment ]]; then chmod 600 "$repository/deploy/environment"; fi
}

# In one step each, `previous` first: an interruption between the two leaves `current` what it was.
point_links() {
    local now
    if now=$(release_of "$current") && [[ $now != "$release" ]]; then point_link "$previous" "releases/$now"; fi
    point_link "$current" "releases/$release"
    mkdir -p "$(dirname -- "$host_command")"
    point_link "$host_command" /opt/apus/current/deploy/region
}

point_link() {
    ln -sfn "$2" "$1.new"
    mv -T "$1.new" "$1"
}

remove_old_releases() {
    local folder name kept=0
    for folder in $(find "$releases" -mindepth 1 -maxdepth 1 -type d | sort -r); do
        name=${folder##*/}
        if [[ $name == "$release" || $name == "$(release_of "$previous")" ]]; then continue; fi
        # On its way, by another run.
        if [[ $name == *.* ]]; then continue; fi
        if ((kept < kept_releases)); then
            kept=$((kept + 1))
            continue
        fi
        rm -rf "$folder"
    done
}

where_it_answers() {
    if runs_nginx; then
        printf ' and answers on %s' "${settings[url]:-https://$(hostname -f 2>/dev/null || hostname)${wanted[port]:+:${wanted[port]}}}"
    fi
}
