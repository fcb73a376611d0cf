# shellcheck shell=bash
# What cannot be fetched again, in one file: how the region was asked for, its configuration and secrets, certificates
# with the account that renews them, and the purge log of a store on this host. Nothing of the caches.
#
#   manifest                     NAME=VALUE: of which host and release, when, how many purges
#   checksums                    SHA-256 of all below files/ and of the manifest
#   files/apus.yaml environment settings  certificate.pem key.pem  letsencrypt/  purges/
#   originals/                   only with --originals (with_originals): each has a checksum of its own inside
#
# A purge log that comes back from a backup does not know the purges that were accepted since. So where it takes the
# place of an older one or of none, what the host has kept of pictures goes: nobody could tell any more what of it is old.

backup_title="apus-backup 1"
# How often a purge log is copied that changes meanwhile.
backup_tries=20
letsencrypt_folder=/etc/letsencrypt
edge_folder=/var/cache/apus/edge

# --- Backup

# Writes the backup into the file $1, which is there when it is whole, and for root alone.
back_up() {
    local file=$1 staging
    lock_host
    read_instance
    umask 077
    [[ -d $(dirname -- "$file") ]] || fail "there is no folder for '$file'"
    [[ ! -d $file ]] || fail "'$file' is a folder"
    staging=$(mktemp -d)
    # shellcheck disable=SC2064 # the paths of now
    trap "rm -rf -- $(printf '%q ' "$staging" "$file.part")" EXIT
    collect_files "$staging/files"
    write_manifest "$staging"
    pack "$staging" "$file.part"
    sync -- "$file.part"
    mv -T -- "$file.part" "$file"
    say "$file holds the backup: release $release, $(purges_in "$staging/files/purges" | wc -l) purges"
    warn_of_other_files
}

# Sets `release`, `wanted`, `settings` and `store` (empty where this host keeps none on its disk) to what runs.
read_instance() {
    release=$(release_of "$current") || fail "nothing is installed here"
    repository=$releases/$release
    program=$repository/bin/apus
    read_wanted
    load_environment "$repository/deploy/environment"
    region_option
    read_settings "$repository/deploy/apus.yaml" "${region_option[@]}"
    store=""
    if runs_workers && [[ ${settings[storeType]:-DISK} == DISK ]]; then
        store=${settings[storePath]:-$root$store_folder}
    fi
}

collect_files() {
    local files=$1 name
    mkdir -p "$files"
    for name in apus.yaml environment settings; do
        if [[ -e $repository/deploy/$name ]]; then cp -- "$repository/deploy/$name" "$files/$name"; fi
    done
    for name in certificate.pem key.pem; do
        if [[ -e $tls_folder/$name ]]; then cp -- "$tls_folder/$name" "$files/$name"; fi
    done
    copy_letsencrypt "$root$letsencrypt_folder" "$files/letsencrypt"
    if [[ -n $store ]]; then copy_purges "$store/purges" "$files/purges"; fi
}

# Our certificate and the account; those of others on this host are theirs.
copy_letsencrypt() {
    local from=$1 goal=$2 part
    for part in accounts archive/apus live/apus renewal/apus.conf; do
        [[ -e $from/$part ]] || continue
        mkdir -p "$goal/$(dirname -- "$part")"
        cp -a -- "$from/$part" "$goal/$part"
    done
}

# A rule's file never changes, but gets another name when the rule gets another number: first the new one is there, then
# the old one goes. So it is looked again until everything that is there has been copied.
copy_purges() {
    local from=$1 goal=$2 name try listed
    mkdir -p "$goal"
    for ((try = 0; try < backup_tries; try++)); do
        listed=$(purges_in "$from")
        while IFS= read -r name; do
            if [[ -n $name && ! -e $goal/$name ]]; then copy_purge "$from/$name" "$goal/$name"; fi
        done <<<"$listed"
        if [[ $(purges_in "$from") == "$listed" ]]; then
            # Copies of what has gone meanwhile would do no harm, but are in the way of nobody either.
            LC_ALL=C comm -13 <(printf '%s\n' "$listed") <(purges_in "$goal") |
                sed "s|^|$goal/|" | xargs -r -d '\n' rm -f --
            return
        fi
    done
    fail "the purge log changes all the time; try again later"
}

# It may be gone by now; what a link leads to is nothing of ours.
copy_purge() {
    cp -P -- "$1" "$2" 2>/dev/null || [[ ! -e $1 ]] || fail "cannot copy $1"
    if [[ -L $2 ]]; then rm -f -- "$2"; fi
}

# The names of the rules' files in a folder, which begin with 20 digits, sorted by them.
purges_in() {
    [[ -d $1 ]] || return 0
    find "$1" -mindepth 1 -maxdepth 1 -type f -regextype egrep -regex '.*/[0-9]{20}-[0-9A-Za-z-]+' -printf '%f\n' |
        LC_ALL=C sort
}

write_manifest() {
    local staging=$1
    {
        printf 'title=%s\n' "$backup_title"
        printf 'made=%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
        printf 'host=%s\n' "$(uname -n)"
        printf 'release=%s\n' "$release"
        printf 'role=%s\n' "${wanted[role]}"
        printf 'newestPurge=%s\n' "$(purges_in "$staging/files/purges" | tail -n 1)"
    } >"$staging/manifest"
    (cd "$staging" && summed_files | xargs -d '\n' sha256sum --) >"$staging/checksums"
}

# Those of a backup that have a checksum, in the folder where it is.
summed_files() {
    find manifest files -type f | LC_ALL=C sort
}

pack() {
    local staging=$1 file=$2
    local -a codes=(0 0)
    local -a parts=(-C "$staging" manifest checksums files)
    if $with_originals && [[ -n $store && -d $store/originals ]]; then parts+=(-C "$store" originals); fi
    # 1: a saved original was replaced or evicted meanwhile, which is its right.
    tar --create --sort=name --owner=0 --group=0 --warning=no-file-changed --warning=no-file-removed \
        --ignore-failed-read "${parts[@]}" | gzip >"$file" || codes=("${PIPESTATUS[@]}")
    ((codes[0] <= 1 && codes[1] == 0)) || fail "the backup cannot be written to $file"
}

# The configuration may name files of the host that are its owner's.
warn_of_other_files() {
    # shellcheck disable=SC2016 # as it stands in the file
    if grep -Eq '^[^#]*(\$\{file:|caFile: *"?[^" ])' "$repository/deploy/apus.yaml"; then
        say "not in it are files that the configuration names (\${file:…}, caFile)"
    fi
}

# --- Restore

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
    "$tree/deploy/region" receive || fail "the configuration of the backup does not work here; it is in $file"
}

# Whether the certificate $1 is to take the place of $2: it still holds, and the other is self-signed or ends sooner.
is_better_certificate() {
    [[ -r $1 ]] && openssl x509 -in "$1" -noout -checkend 0 >/dev/null 2>&1 || return 1
    [[ -r $2 ]] && ! is_self_signed "$2" || return 0
    ! is_self_signed "$1" && (($(end_of_certificate "$1") > $(end_of_certificate "$2")))
}

is_self_signed() {
    [[ $(openssl x509 -in "$1" -noout -subject_hash) == "$(openssl x509 -in "$1" -noout -issuer_hash)" ]]
}

end_of_certificate() {
    date -d "$(openssl x509 -in "$1" -noout -enddate | sed 's/^notAfter=//')" +%s
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
