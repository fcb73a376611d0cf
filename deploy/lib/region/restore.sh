# shellcheck shell=bash
# Brings back what a backup (backup.sh) holds.
#
# A purge log that comes back from a backup does not know the purges that were accepted since. So where it takes the
# place of an older one or of none, what the host has kept of pictures goes: nobody could tell any more what of it is old.

edge_folder=/var/cache/apus/edge

# Brings back what the file $1 holds onto a host that has a release. Everything is verified before anything is touched.
restore_from() {
    # Of use to all that follows.
    file=$1
    [[ -f $file && -r $file ]] || fail "cannot read '$file'"
    release_of "$current" >/dev/null || fail "nothing is installed here: run install first, then restore"
    umask 077
    unpacked=$(mktemp -d)
    trap 'rm -rf -- "$unpacked"' EXIT
    unpack "$file" "$unpacked"
    verify "$unpacked"
    say "restoring the backup of $(manifest_value host), made $(manifest_value made)"
    restore_letsencrypt "$unpacked/files/letsencrypt" "$root$letsencrypt_folder"
    restore_release
    lock_host
    read_instance
    restore_store
    say "restored"
}

unpack() {
    local names
    names=$(tar --list --gzip --file "$1" 2>/dev/null) || fail "'$1' is no backup, or damaged"
    if grep -Evq '^(manifest|checksums|(files|originals)(/[^/]+)*/?)$' <<<"$names" ||
        grep -Eq '(^|/)\.\.(/|$)' <<<"$names"; then
        fail "'$1' is no backup of a region"
    fi
    tar --extract --gzip --file "$1" --directory "$2" --no-same-owner --exclude originals 2>/dev/null ||
        fail "'$1' cannot be unpacked; is there room in ${TMPDIR:-/tmp}?"
}

# Each file is what was written, none is missing and none was put in.
verify() {
    local folder=$1 name
    [[ $(manifest_value title) == "$backup_title" ]] || fail "the backup has a form that this release does not know"
    for name in checksums files/apus.yaml files/settings; do
        [[ -e $folder/$name ]] || fail "the backup is not whole: it has no $name"
    done
    (cd "$folder" && sha256sum --check --strict --quiet checksums >/dev/null 2>&1) ||
        fail "the backup is damaged; nothing was touched"
    [[ $(cd "$folder" && summed_files) == "$(sed 's/^[0-9a-f]*  //' "$folder/checksums")" ]] ||
        fail "the backup has files that its checksums do not name; nothing was touched"
    [[ -z $(cd "$folder" && find files ! -type f ! -type d ! -path 'files/letsencrypt/live/apus/*.pem') ]] ||
        fail "the backup holds something that is neither file nor folder; nothing was touched"
}

manifest_value() {
    sed -n "s/^$1=//p" "$unpacked/manifest" 2>/dev/null | head -n 1
}

# Where certbot has our certificate already it has a newer one.
restore_letsencrypt() {
    local from=$1 goal=$2
    [[ -d $from ]] || return 0
    if [[ -e $goal/live/apus ]]; then
        say "$letsencrypt_folder has a certificate already, which stays"
        return
    fi
    mkdir -p "$goal"
    chmod 755 "$goal"
    cp -a --no-clobber -- "$from/." "$goal/"
}

# The program that is installed with the configuration of the backup, as a release of its own: it is checked and tried
# like any other, and what ran before goes on if it does not work.
restore_release() {
    local now tree given
    now=$(release_of "$current")
    tree=$releases/$(date -u +%Y%m%d-%H%M%S)-${now##*-}.part
    given=$tree/given
    rm -rf -- "$tree"
    cp -a -- "$releases/$now" "$tree"
    rm -rf -- "$given" && mkdir -m 700 "$given"
    cp -- "$unpacked/files/apus.yaml" "$unpacked/files/settings" "$given/"
    if [[ -e $unpacked/files/environment ]]; then cp -- "$unpacked/files/environment" "$given/"; fi
    if is_better_certificate "$unpacked/files/certificate.pem" "$tls_folder/certificate.pem"; then
        cp -- "$unpacked/files/certificate.pem" "$unpacked/files/key.pem" "$given/"
    fi
    # It runs all the same where it could not get a new certificate.
    "$tree/deploy/region" receive || (($? == without_certificate)) ||
        fail "the configuration of the backup does not work here"
}

# Whether the certificate $1 is to take the place of $2: it still holds, and the other is self-signed or ends sooner.
is_better_certificate() {
    [[ -r $1 ]] && openssl x509 -in "$1" -noout -checkend 0 >/dev/null 2>&1 || return 1
    [[ -r $2 ]] && ! is_self_signed "$2" || return 0
    ! is_self_signed "$1" && (($(end_of_certificate "$1") > $(end_of_certificate "$2")))
}

# A log that has gone on since the backup is the better one: it stays, and the pictures with it.
restore_store() {
    local newest here
    newest=$(manifest_value newestPurge)
    if [[ -z $store ]]; then return; fi
    here=$(purges_in "$store/purges" | tail -n 1)
    if [[ -z $newest || -n $here && ! ${here%%-*} < ${newest%%-*} ]]; then
        if [[ -n $newest ]]; then say "the host's purge log is as new as that of the backup, and stays"; fi
        if $with_originals; then say "so do its saved originals"; fi
        return
    fi
    say "putting back the purge log, without what was purged since; the caches begin empty"
    trap 'start_after_restore; rm -rf -- "$unpacked"' EXIT
    systemctl stop apus.socket 'apus@*.service'
    replace_store
    trap 'rm -rf -- "$unpacked"' EXIT
    start_after_restore || fail "the workers did not start: journalctl -u 'apus@*'"
}

# Nobody else is at work in the folder now. The rules of both logs hold: what is purged too often is only made again.
replace_store() {
    local own=$unpacked/own
    copy_purges "$store/purges" "$own"
    rm -rf -- "$store/purges" "$store/variants" "$store/originals" "$store/new" "$store/ledger"
    mkdir -p "$store/purges"
    find "$own" "$unpacked/files/purges" -type f -exec cp -t "$store/purges" -- {} +
    if $with_originals; then restore_originals; fi
    # nginx would confirm its own copies by entity tags, which are those of before what was purged.
    if [[ -d $root$edge_folder ]]; then find "$root$edge_folder" -mindepth 1 -delete; fi
    # As its owner has it: the workers' user, for itself alone.
    chmod -R go= -- "$store"
    chown -R --reference="$root/var/lib/apus" -- "$store"
    sync -f -- "$store"
}

# They were fetched before the backup was made, and go on being believed.
restore_originals() {
    tar --list --gzip --file "$file" originals >/dev/null 2>&1 || fail "the backup holds no saved originals"
    tar --extract --gzip --file "$file" --directory "$store" --no-same-owner originals
    say "saved originals are back; purge again what was purged after $(manifest_value made)"
}

start_after_restore() {
    # Its own Redis keeps nothing on a disk; nginx lets go of the files that it has open.
    systemctl try-restart apus-redis.service
    systemctl try-reload-or-restart apus-nginx.service
    if runs_workers; then systemctl start apus.socket "apus@$release.service"; fi
}
