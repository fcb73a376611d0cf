# shellcheck shell=bash
# The release whose tree this is becomes the one that runs; the one before goes on until this one has shown that it works.

activate_release() {
    prepare_activation
    prepare_host
    if runs_nginx; then prepare_certificate; fi
    write_host_files
    if runs_workers; then write_worker_files; fi
    if runs_nginx; then write_front_files; fi
    start_services
    point_links
    stop_other_releases
    remove_other_roles
    rm -rf "$repository/given" "$tls_folder/before" "$pending_file"
    remove_old_releases
    say "release $release runs$(where_it_answers)"
}

# Only the files and what reads them: this release's workers have never stopped, unless their address was to be another
# or the host to have another role.
put_back_release() {
    prepare_activation
    write_files
    put_back_certificate
    start_services
    rm -f "$pending_file"
}

prepare_activation() {
    require_place '+([A-Za-z0-9-])'
    require_root
    changed=()
    if [[ -r $pending_file ]]; then mapfile -t changed <"$pending_file"; fi
    release=$(basename -- "$repository")
    read_wanted "$repository/deploy/settings"
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
    printf '%s\n' "${host[diskMB]}" >"$disk_file"
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
    if runs_nginx; then printf ' and answers on %s' "$(own_address)"; fi
}

# The region's URL, of this host where the configuration says none; with the port of --port where it has none itself.
own_address() {
    local url=${settings[url]:-} host path
    [[ -n $url ]] || url=https://$(hostname -f 2>/dev/null || hostname)
    url=${url%/}
    host=${url#*://}
    host=${host%%/*}
    path=${url#*://"$host"}
    if [[ -n ${wanted[port]} && ${wanted[port]} != 443 && ! $host =~ :[0-9]+$ ]]; then
        url=${url%%://*}://$host:${wanted[port]}$path
    fi
    printf '%s\n' "$url"
}
