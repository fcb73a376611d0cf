# shellcheck shell=bash
# The way to another host: ssh, and tar through it. APUS_SSH may name the command with options: "ssh -i key -p 2222".

ssh_command() {
    local -a words
    read -ra words <<<"${APUS_SSH:-ssh}"
    # A host that goes away is noticed; a question that nobody can answer is an error.
    printf '%s\0' "${words[@]}" -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=6
}

# Runs a command line on the other host as root.
on_remote() {
    local -a ssh_words
    mapfile -d '' ssh_words < <(ssh_command)
    # shellcheck disable=SC2029 # put together here on purpose
    "${ssh_words[@]}" "$remote" "$(as_root "$1")"
}

# A user who is not root calls sudo. Quoted as every shell understands it.
as_root() {
    local quoted=\'${1//\'/\'\\\'\'}\'
    # shellcheck disable=SC2016 # for the other shell
    printf 'if [ "$(id -u)" = 0 ]; then sh -c %s; else sudo -n sh -c %s; fi' "$quoted" "$quoted"
}

# Only a tree that has arrived whole gets its name; the rest is the host's own work.
send_tree() {
    local tree=$1
    say "sending release $release to $remote"
    # A run whose connection was lost may still be at work in its own.
    on_remote "umask 077 && mkdir -p /opt/apus/releases &&
        flock -w 300 /run/apus-region.lock sh -c 'rm -rf /opt/apus/releases/*.part /opt/apus/releases/*.sending'" ||
        fail "cannot reach $remote as root"
    tar -C "$tree" -cz --owner=0 --group=0 . | on_remote "umask 022 && mkdir -p /opt/apus/releases/$release.sending &&
        tar -C /opt/apus/releases/$release.sending -xz --no-same-owner &&
        chmod 755 /opt/apus /opt/apus/releases /opt/apus/releases/$release.sending &&
        mv /opt/apus/releases/$release.sending /opt/apus/releases/$release.part" ||
        fail "sending was interrupted; run this again"
    on_remote "/opt/apus/releases/$release.part/deploy/region receive" || case $? in
        "$without_certificate") exit "$without_certificate" ;;
        *) fail "$remote has not taken release $release over; run this again when the cause is mended" ;;
    esac
}

# Everything but install is done by the script that install has left there.
manage_remotely() {
    local line="/usr/local/sbin/apus-region $command" script=/usr/local/sbin/apus-region
    # After uninstall --keep-data the command is gone, and the release is kept.
    if [[ $command == uninstall ]]; then script=/opt/apus/current/deploy/region; fi
    on_remote "test -x $script" || fail "no region is installed on $remote, or it cannot be reached as root"
    case $command in
        uninstall)
            line="$script uninstall"
            if $keeps_data; then line+=" --keep-data"; fi
            if $removes_packages; then line+=" --packages"; fi
            on_remote "$line"
            ;;
        backup) back_up_remotely ;;
        restore) restore_remotely ;;
        *) on_remote "$line" ;;
    esac
}

# The copy on the way lies where root alone can read, and is gone afterwards.
back_up_remotely() {
    local options=""
    if $with_originals; then options=" --originals"; fi
    (umask 077 && on_remote "umask 077 && there=\$(mktemp -d /var/tmp/apus.XXXXXX) &&
        /usr/local/sbin/apus-region backup \$there/backup$options >&2 && cat \$there/backup; code=\$?; rm -rf \"\$there\"; exit \$code" \
        >"$argument.part") || { rm -f -- "$argument.part" && fail "the backup failed"; }
    mv -- "$argument.part" "$argument"
    say "$argument holds the backup of $remote"
}

restore_remotely() {
    local options=""
    if $with_originals; then options=" --originals"; fi
    [[ -r $argument ]] || fail "cannot read '$argument'"
    on_remote "umask 077 && there=\$(mktemp -d /var/tmp/apus.XXXXXX) && cat >\$there/backup &&
        /usr/local/sbin/apus-region restore \$there/backup$options; code=\$?; rm -rf \"\$there\"; exit \$code" \
        <"$argument" || fail "restoring failed"
}
