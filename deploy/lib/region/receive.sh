# shellcheck shell=bash
# A new release on its host: completed by what the one before says, checked, and only then given its name and a try.

# Brings a tree that was made on this host to where it runs.
place_tree() {
    mkdir -p "$releases"
    flock -w 300 "$lock_file" rm -rf "$releases"/*.part
    cp -R --no-preserve=ownership "$1" "$releases/$release.part"
}

# Run in NAME.part, as root.
receive_release() {
    local goal
    require_root
    lock_host
    program=$repository/bin/apus
    release=$(basename -- "$repository" .part)
    goal=$releases/$release
    # What is refused leaves nothing, above all no secrets.
    trap 'rm -rf "$repository" && rmdir --ignore-fail-on-non-empty -- "$releases" "$(dirname -- "$releases")"' EXIT
    complete_tree
    read_wanted
    mapfile -t needed_packages < <(packages_of_role)
    require_debian
    require_space
    install_needed_packages
    check_completed
    rm -rf "$goal"
    mv -T "$repository" "$goal"
    trap - EXIT
    activate_or_undo "$release"
    "$goal/deploy/region" certify
}

# Waits for another run, as one whose connection was lost may still be at work.
lock_host() {
    exec 9>"$lock_file"
    flock -w 300 9 || fail "another run has been at work for five minutes; see: fuser $lock_file"
}

# What is not given now comes from the release that runs, and where there is none from the sample.
complete_tree() {
    local before=$current/deploy
    if [[ -r $repository/given/apus.yaml ]]; then
        install -m 600 "$repository/given/apus.yaml" "$repository/deploy/apus.yaml"
    elif [[ -r $before/apus.yaml ]]; then
        install -m 600 "$before/apus.yaml" "$repository/deploy/apus.yaml"
    else
        say "no --config: serving the sample pictures as the account demo"
        cp "$repository/deploy/sample.yaml" "$repository/deploy/apus.yaml"
    fi
    if [[ -r $repository/given/environment ]]; then
        install -m 600 "$repository/given/environment" "$repository/deploy/environment"
    elif [[ -r $before/environment ]]; then
        install -m 600 "$before/environment" "$repository/deploy/environment"
    fi
    cat "$before/settings" "$repository/given/settings" 2>/dev/null >"$repository/deploy/settings.all" || true
    # The last of several lines counts.
    awk -F= '{ value[$1] = $0 } END { for (name in value) print value[name] }' "$repository/deploy/settings.all" |
        sort >"$repository/deploy/settings"
    rm -f "$repository/deploy/settings.all" "$repository/given/settings"
    chmod -R go-w "$repository"
}

# How this release was asked for: deploy/settings, with every name that there is.
read_wanted() {
    local key value
    declare -gA wanted=([role]=all [region]="" [port]="" [names]="" [email]="" [proxies]="")
    while IFS='=' read -r key value; do
        [[ -v wanted[$key] ]] || fail "deploy/settings has an unknown name '$key'"
        wanted[$key]=$value
    done <"$repository/deploy/settings"
}

region_option() {
    region_option=()
    if [[ -n ${wanted[region]} ]]; then region_option=(--region "${wanted[region]}"); fi
}

install_needed_packages() {
    local missing
    mapfile -t missing < <(missing_packages "${needed_packages[@]}")
    ((${#missing[@]})) || return 0
    # Noted first: a run that is interrupted has installed some of them.
    printf '%s\n' "${missing[@]}" >>"$packages_file"
    install_packages "${missing[@]}"
}

# With what the scripts call.
packages_of_role() {
    host_packages "${wanted[role]}"
    printf '%s\n' iproute2 openssl
    if [[ ${wanted[role]} == all || ${wanted[role]} == front ]]; then echo logrotate; fi
    if [[ -n ${wanted[email]} ]]; then echo certbot; fi
}

# Pictures are not sent along: a relative path would lead into the release.
check_folders() {
    local folder
    while IFS= read -r -d : folder; do
        if [[ -z $folder || -d $folder ]]; then continue; fi
        if [[ $folder == "$repository"/* ]]; then
            fail "the folder ${folder#"$repository/deploy/"} of a DISK origin stands beside the configuration; name one of this host, with its whole path"
        fi
        say "warning: there is no folder $folder, which a DISK origin names"
    done <<<"${settings[folders]:-}:"
}

# Nothing that runs has been touched so far.
check_completed() {
    load_environment "$repository/deploy/environment"
    region_option
    "$program" check --settings "$repository/deploy/apus.yaml" "${region_option[@]}" >/dev/null ||
        fail "the configuration is not valid; nothing was touched"
    read_settings "$repository/deploy/apus.yaml" "${region_option[@]}"
    check_folders
    if [[ -r $repository/given/certificate.pem ]]; then check_certificate "$repository/given"; fi
    require_ports
}

# In a process of its own, in the release's own tree: wherever it ends, what is to be undone is undone here.
activate_or_undo() {
    if "$releases/$1/deploy/region" activate; then return; fi
    # It runs, and what failed came after that.
    if [[ $(release_of "$current") != "$1" ]]; then undo "$1"; fi
    exit 1
}

# After a release that does not work: the one before has gone on all the time, and gets its files back.
undo() {
    local before=$releases/$1/given/before
    if [[ -d $before ]]; then put_certificate "$before"; fi
    systemctl stop "apus@$1.service" 2>/dev/null || true
    systemctl reset-failed "apus@$1.service" 2>/dev/null || true
    if [[ -x $current/deploy/region ]]; then
        "$current/deploy/region" put-back && say "release $(release_of "$current") goes on as before"
    else
        say "nothing ran before; run this again when the cause is mended, or: deploy/region uninstall" >&2
    fi
}
