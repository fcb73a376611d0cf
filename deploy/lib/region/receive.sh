# shellcheck shell=bash
# A new release on its host: completed by what the one before says, checked, and only then given its name and a try.

# Exit status of `receive` where the release runs, and could not get its certificate.
without_certificate=3

# Brings a tree that was made on this host to where it runs.
place_tree() {
    mkdir -p "$releases"
    flock -w 300 "$lock_file" rm -rf "$releases"/*.part
    cp -R --no-preserve=ownership "$1" "$releases/$release.part"
}

# Run in NAME.part, as root.
receive_release() {
    # For the functions below, too.
    local goal is_first=true code=0
    require_place '*.part'
    require_root
    lock_host
    release=$(basename -- "$repository" .part)
    goal=$releases/$release
    # What is refused leaves nothing, above all no secrets.
    trap 'rm -rf "$repository" && rmdir --ignore-fail-on-non-empty -- "$releases" "$(dirname -- "$releases")"' EXIT
    complete_tree
    mapfile -t needed_packages < <(packages_of_role)
    require_system
    require_processor
    require_own_user
    require_space
    install_needed_packages
    check_completed
    rm -rf "$goal"
    mv -T "$repository" "$goal"
    trap - EXIT
    if release_of "$current" >/dev/null; then is_first=false; fi
    activate_or_undo "$release"
    "$goal/deploy/region" certify || code=$without_certificate
    if $is_first; then tell_first_picture; fi
    if ((code)); then say "release $release runs; only the certificate is missing, so run this again" >&2; fi
    exit "$code"
}

# The sample has something to look at.
tell_first_picture() {
    local with=""
    if ! runs_nginx || ! cmp -s "$goal/deploy/apus.yaml" "$goal/deploy/sample.yaml"; then return; fi
    if is_self_signed "$tls_folder/certificate.pem"; then with="-k "; fi
    say "look: curl ${with}-o kleiber.jpg $(own_address)/demo/tr:w-400,h-300/kleiber.jpg"
}

# The steps of an installation would do harm anywhere but in a release's folder on its host, whose name is like $1.
require_place() {
    # shellcheck disable=SC2053 # a pattern
    if [[ $(dirname -- "$repository") != "$(readlink -f -- "$releases")" || ${repository##*/} != $1 ]]; then
        fail "$command is a step of install, which calls it by itself"
    fi
}

# Waits for another run, as one whose connection was lost may still be at work.
lock_host() {
    exec 9>"$lock_file"
    flock -w 300 9 || fail "another run has been at work for five minutes; see: fuser $lock_file"
}

# What is not given now comes from the release that runs, and where there is none from the sample. Sets `wanted`.
complete_tree() {
    local given=$repository/given before=$current/deploy file
    file=$(first_file "$given/apus.yaml" "$before/apus.yaml" "$(sample_configuration)")
    if [[ $file == "$(sample_configuration)" ]]; then
        say "no --config: serving the sample pictures as the account demo"
    fi
    install -m 600 "$file" "$repository/deploy/apus.yaml"
    if file=$(first_file "$given/environment" "$before/environment"); then
        install -m 600 "$file" "$repository/deploy/environment"
    fi
    read_wanted "$before/settings" "$given/settings"
    write_wanted >"$repository/deploy/settings"
    rm -f "$given/settings"
    chmod -R go-w "$repository"
}

# The first of the files $@ that there is; fails if there is none.
first_file() {
    local file
    for file in "$@"; do
        if [[ -e $file ]]; then
            printf '%s\n' "$file"
            return
        fi
    done
    return 1
}

install_needed_packages() {
    local missing
    mapfile -t missing < <(missing_packages "${needed_packages[@]}")
    ((${#missing[@]})) || return 0
    note_packages
    # A run that is interrupted has installed some of them.
    packages_note=$packages_file.coming
    install_packages "${missing[@]}"
    note_packages
}

# What was to come with a run and has come is install's own.
note_packages() {
    local coming=$packages_file.coming
    local -a packages
    [[ -e $coming ]] || return 0
    mapfile -t packages <"$coming"
    if ((${#packages[@]})); then present_packages "${packages[@]}" >>"$packages_file"; fi
    rm -f "$coming"
}

# With what the scripts call.
packages_of_role() {
    host_packages "${wanted[role]}"
    if runs_nginx; then echo logrotate; fi
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
    tell_warnings "$repository/deploy/apus.yaml" "${region_option[@]}"
    if [[ -r $repository/given/certificate.pem ]]; then check_certificate "$repository/given"; fi
    require_ports
}

# In a process of its own, in the release's own tree: wherever it ends, what is to be undone is undone here. It takes
# minutes at most, and goes on to its end also when whoever called it has gone, or has had enough.
activate_or_undo() {
    trap '' INT TERM HUP PIPE
    if ! "$releases/$1/deploy/region" activate; then
        # It runs, and what failed came after that.
        if [[ $(release_of "$current") != "$1" ]]; then undo "$1"; fi
        exit 1
    fi
    trap - INT TERM HUP PIPE
}

# After a release that does not work: the one before has gone on all the time, and gets its files back.
undo() {
    if [[ ! -x $current/deploy/region ]]; then
        # Requests and the next boot would try it again.
        systemctl disable --quiet --now apus.socket apus-nginx.service apus-redis.service 2>/dev/null || true
        say "nothing ran before; run this again when the cause is mended, or: deploy/region uninstall" >&2
    elif "$current/deploy/region" put-back; then
        say "release $(release_of "$current") goes on as before"
    else
        say "warning: not all of release $(release_of "$current") could be put back; run this again" >&2
    fi
    # Once the socket does not start it any more.
    systemctl stop --quiet "apus@$1.service" 2>/dev/null || true
    systemctl reset-failed "apus@$1.service" 2>/dev/null || true
    # With its secrets; but a rollback's goal may be wanted again.
    if [[ $(release_of "$previous") != "$1" ]]; then rm -rf "${releases:?}/$1"; fi
}
