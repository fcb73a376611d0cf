# shellcheck shell=bash
# What an installation on this host would do, done in a folder.

# Lists the files that a dry run has written into the folder of --to, where it lies.
dry_run_list=.apus-dry-run

dry_run() {
    local host_root=$root folder before written
    [[ $command == install || $command == upgrade ]] || fail "--dry-run is for install and upgrade"
    if [[ -n $dry_run_folder ]]; then check_dry_run_folder; fi
    prepare_program_as_it_is
    folder=${dry_run_folder:-$(mktemp -d)}
    if [[ -z $dry_run_folder ]]; then
        # shellcheck disable=SC2064 # the folder of now
        trap "rm -rf '$folder'" EXIT
    fi
    # Not when another host is meant.
    before=""
    if [[ -z $remote ]]; then before=$(release_of "$current") || before=""; fi
    prepare_dry_run "$before"
    if [[ -n $remote ]]; then say "sizes and files are compared with this host's, as $remote is not asked"; fi
    tell_packages
    folder=$(empty_dry_run_folder "$folder") || fail "--to: cannot make $dry_run_folder"
    # On this host itself everything lies below an empty one.
    [[ $folder == /?* ]] || fail "--to: not into '$folder'"
    set_layout "$folder"
    write_files
    written=$(files_below "$folder")
    printf '%s\n' "$written" >"$folder/$dry_run_list"
    tell_sizes
    tell_files "$host_root"
    tell_services "$before"
    say "nothing was touched${dry_run_folder:+; the files are below $dry_run_folder}"
}

# Nothing of anybody else's is written over, or taken for a file of the region.
check_dry_run_folder() {
    local other folder=$dry_run_folder
    [[ ! -e $folder || -d $folder ]] || fail "--to: $folder is no folder"
    if [[ -f $folder/$dry_run_list ]]; then
        other=$(LC_ALL=C comm -13 <(LC_ALL=C sort -- "$folder/$dry_run_list") <(files_below "$folder") | sed -n 1p)
    elif [[ -d $folder ]]; then
        other=$(find "$folder" -mindepth 1 -printf '%P\n' -quit)
    fi
    [[ -z ${other:-} ]] || fail "--to: $folder has something else in it ($other); name a new folder, or an empty one"
}

# Makes the folder $1, without what a dry run has written there before; prints its absolute path.
empty_dry_run_folder() {
    local path
    mkdir -p -- "$1" && cd -- "$1" || exit 1
    while IFS= read -r path; do rm -f -- "$path"; done < <(files_below .)
    pwd -P
}

# Sorted paths, without the list itself.
files_below() {
    find "$1" ! -type d ! -path "$1/$dry_run_list" -printf '%P\n' | LC_ALL=C sort
}

# The program of the last build will do: nothing is to be written, also where nobody may.
prepare_program_as_it_is() {
    if is_release_tree || [[ ! -x $program ]]; then
        prepare_program
    else
        release=$(date -u +%Y%m%d-%H%M%S)-dry-run
    fi
}

# As complete_tree does it. $1: the release that runs, if there is one.
prepare_dry_run() {
    local before=${1:+$releases/$1/deploy} name
    config=$(first_file "$config" ${before:+"$before/apus.yaml"} "$(sample_configuration)")
    environment=$(first_file "$environment" ${before:+"$before/environment"}) || environment=""
    for name in "$config" "$environment"; do
        [[ -z $name || -r $name ]] || fail "cannot read $name; call it with sudo"
    done
    load_environment "$environment"
    read_wanted ${before:+"$before/settings"} <(write_asked)
    region_option
    "$program" check --settings "$config" "${region_option[@]}" >/dev/null || fail "the configuration is not valid"
    read_settings "$config" "${region_option[@]}"
    region_values
    if [[ -n $certificate ]]; then tell_certificate; fi
}

tell_certificate() (
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$certificate" "$folder/certificate.pem"
    cp "$key" "$folder/key.pem"
    check_certificate "$folder"
)

tell_packages() {
    local missing
    # shellcheck disable=SC2046 # names without spaces
    mapfile -t missing < <(missing_packages $(packages_of_role))
    if ((${#missing[@]})); then say "would install Debian packages: ${missing[*]}"; fi
}

# Each file with what would happen to it; of those that are there already, what would change.
tell_files() {
    local host_root=$1 path
    while IFS= read -r path; do
        if [[ ! -e $host_root/$path ]]; then
            say "would write /$path ($(wc -l <"$root/$path") lines)"
        elif cmp -s "$root/$path" "$host_root/$path"; then
            say "as it is: /$path"
        else
            say "would change /$path:"
            diff -u "$host_root/$path" "$root/$path" | sed 's/^/    /' || true
        fi
    done < <(files_below "$root")
}

# $1: the release that runs, if there is one.
tell_services() {
    local -a units=()
    if runs_redis; then units+=(apus-redis.service); fi
    if runs_workers; then units+=(apus.socket "apus@$release.service"); fi
    if runs_nginx; then units+=(apus-nginx.service); fi
    say "would start, in this order: ${units[*]}"
    if [[ -n $1 ]]; then say "and then stop the release before, $1"; fi
}
