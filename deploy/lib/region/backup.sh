# shellcheck shell=bash
# What cannot be fetched again, in one file: how the region was asked for, its configuration and secrets, certificates
# with the account that renews them, and the purge log of a store on this host. Nothing of the caches.
#
#   manifest                     NAME=VALUE: of which host and release, when, how many purges
#   checksums                    SHA-256 of all below files/ and of the manifest
#   files/apus.yaml environment settings  certificate.pem key.pem  letsencrypt/  purges/
#   originals/                   only with --originals (with_originals): each has a checksum of its own inside

backup_title="apus-backup 1"
# How often a purge log is copied that changes meanwhile.
backup_tries=20

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
    say "backed up: release $release, $(purges_in "$staging/files/purges" | wc -l) purges"
    warn_of_other_files
}

# Sets `release`, `wanted`, `settings` and `store` (empty where this host keeps none on its disk) to what runs.
read_instance() {
    release=$(release_of "$current") || fail "nothing is installed here"
    repository=$releases/$release
    program=$repository/bin/apus
    read_wanted "$repository/deploy/settings"
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
