# shellcheck shell=bash
# What an installation on this host would do, done in a folder.

dry_run() {
    local host_root=$root folder
    [[ $command == install || $command == upgrade ]] || fail "--dry-run is for install and upgrade"
    prepare_program_as_it_is
    folder=${dry_run_folder:-$(mktemp -d)}
    if [[ -z $dry_run_folder ]]; then
        # shellcheck disable=SC2064 # the folder of now
        trap "rm -rf '$folder'" EXIT
    fi
    prepare_dry_run "$host_root"
    if [[ -n $remote ]]; then say "sizes and files are compared with this host's, as $remote is not asked"; fi
    tell_packages
    set_layout "$(readlink -f -- "$folder")"
    write_files
    tell_sizes
    tell_files "$host_root"
    tell_services
    say "nothing was touched${dry_run_folder:+; the files are below $dry_run_folder}"
}

# The program of the last build will do: nothing is to be written, also where nobody may.
prepare_program_as_it_is() {
    if is_release_tree || [[ ! -x $program ]]; then
        prepare_program
    else
        release=$(date -u +%Y%m%d-%H%M%S)-dry-run
    fi
}

prepare_dry_run() {
    local name key value
    [[ -n $config ]] || config=$repository/deploy/apus.yaml
    if [[ -r $current/deploy/apus.yaml && $command == upgrade ]]; then config=$current/deploy/apus.yaml; fi
    load_environment "$environment"
    declare -gA wanted=([role]=all [region]="" [port]="" [names]="" [email]="" [proxies]="")
    if [[ -r $current/deploy/settings ]]; then
        while IFS='=' read -r key value; do wanted[$key]=$value; done <"$current/deploy/settings"
    fi
    for name in "${!asked[@]}"; do wanted[$name]=${asked[$name]}; done
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
    done < <(cd "$root" && find . -type f -printf '%P\n' | sort)
}

tell_services() {
    local -a units=()
    if runs_redis; then units+=(apus-redis.service); fi
    if runs_workers; then units+=(apus.socket "apus@$release.service"); fi
    if runs_nginx; then units+=(apus-nginx.service); fi
    say "would start, in this order: ${units[*]}"
    if [[ -n $(release_of "$current") ]]; then say "and then stop the release before"; fi
}
