# shellcheck shell=bash
# A release as a tree of files, made from a clone or from another release.

# Whether this script itself lies in a release, which has its program beside it and cannot be built.
is_release_tree() {
    [[ -x $repository/bin/apus ]]
}

# In a release apus.yaml is its owner's.
sample_configuration() {
    if is_release_tree; then
        printf '%s\n' "$repository/deploy/sample.yaml"
    else
        printf '%s\n' "$repository/deploy/apus.yaml"
    fi
}

# Sets `program`, built if need be, and the name of the release that would be made of it.
prepare_program() {
    if is_release_tree; then
        commit=$(<"$repository/deploy/commit")
    else
        install_packages "${run_packages[@]}"
        build_program
        commit=$(git -C "$repository" rev-parse --short=7 HEAD 2>/dev/null) || commit=unknown
    fi
    release=$(date -u +%Y%m%d-%H%M%S)-$commit
}

# A mistake is found before anything is sent. What stands in files of the other host (${file:…}) can be read only there.
check_configuration_here() {
    local file=$config
    # The libraries of a program that came in a bundle may not be there yet; the host checks it in any case.
    if is_release_tree && ! "$program" --help >/dev/null 2>&1; then return; fi
    if [[ -z $file ]]; then
        # An upgrade keeps the one that is there.
        [[ -z $remote && $command == install && ! -e $current ]] || return 0
        file=$(sample_configuration)
    fi
    # shellcheck disable=SC2016 # as it stands in the file
    if [[ -n $remote ]] && grep -q '\${file:' "$file"; then return; fi
    # Secrets that are not named again are the host's, too.
    # shellcheck disable=SC2016
    if [[ -z $environment ]] && grep -q '\${' "$file"; then return; fi
    check_configuration "$file" "$environment" || fail "the configuration is not valid; nothing was touched"
}

# Validates a configuration with the secrets of an environment file, which may be empty.
check_configuration() (
    load_environment "$2"
    "$program" check "$1" ${asked[region]:+--region "${asked[region]}"} >/dev/null
)

# NAME=VALUE lines as systemd reads them (EnvironmentFile=), into the environment of this shell.
load_environment() {
    local line
    [[ -n $1 && -r $1 ]] || return 0
    while IFS= read -r line || [[ -n $line ]]; do
        if [[ -z $line || $line == [\#\;]* ]]; then continue; fi
        [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || fail "the environment file has a line that is not NAME=VALUE"
        # systemd would take it for the beginning of something else.
        [[ $line != *\\* ]] || fail "the environment file has a backslash in ${line%%=*}, which is not possible there"
        line=${line%$'\r'}
        if [[ $line =~ ^([^=]+)=\"(.*)\"$ || $line =~ ^([^=]+)=\'(.*)\'$ ]]; then
            line=${BASH_REMATCH[1]}=${BASH_REMATCH[2]}
        fi
        export "${line?}"
    done <"$1"
}

# Makes the tree $1. What is not given is left out, and taken from the current release where the tree arrives.
make_tree() {
    local tree=$1 name
    say "making release $release"
    mkdir -p "$tree/bin" "$tree/deploy/lib"
    for name in apus apus-render; do
        strip -o "$tree/bin/$name" "$(dirname -- "$program")/$name" 2>/dev/null ||
            cp "$(dirname -- "$program")/$name" "$tree/bin/$name"
        chmod 755 "$tree/bin/$name"
    done
    cp "$repository/deploy/region" "$tree/deploy/"
    cp -R "$repository"/deploy/lib/*.sh "$repository/deploy/lib/region" "$tree/deploy/lib/"
    cp -R "$repository/deploy/host" "$tree/deploy/"
    cp -R "$repository/nginx" "$tree/"
    rm -rf "$tree/nginx/bench"
    printf '%s\n' "$commit" >"$tree/deploy/commit"
    add_given "$tree"
}

# The configuration and what else is named on the command line. Secrets lie apart, readable to root alone.
add_given() {
    local tree=$1
    mkdir -m 700 "$tree/given"
    # For a host that has no configuration yet.
    cp -R "$repository/deploy/samples" "$tree/deploy/"
    cp "$(sample_configuration)" "$tree/deploy/sample.yaml"
    if [[ -n $config ]]; then cp "$config" "$tree/given/apus.yaml"; fi
    if [[ -n $environment ]]; then cp "$environment" "$tree/given/environment"; fi
    if [[ -n $certificate ]]; then
        cp "$certificate" "$tree/given/certificate.pem"
        cp "$key" "$tree/given/key.pem"
    fi
    write_asked >"$tree/given/settings"
}

# What a bundle was made with counts in its own install, where the command line does not say otherwise.
take_bundled() {
    local given=$repository/given name value
    is_release_tree && [[ -r $given/settings ]] || return 0
    config=$(first_file "$config" "$given/apus.yaml") || config=""
    environment=$(first_file "$environment" "$given/environment") || environment=""
    if [[ -z $certificate && -z ${asked[email]:-} && -e $given/certificate.pem ]]; then
        certificate=$given/certificate.pem key=$given/key.pem
    fi
    while IFS='=' read -r name value; do
        if [[ -n $name && ! -v asked[$name] ]]; then asked+=(["$name"]=$value); fi
    done <"$given/settings"
}

write_bundle() {
    local staging
    prepare_program
    # Secrets may be known to the hosts alone.
    # shellcheck disable=SC2016 # as it stands in the file
    if [[ -n $config ]] && { [[ -n $environment ]] || ! grep -q '\${' "$config"; }; then check_configuration_here; fi
    staging=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$staging'" EXIT
    make_tree "$staging/$release"
    (umask 077 && tar -C "$staging" -czf "$1.part" --owner=0 --group=0 "$release")
    mv -- "$1.part" "$1"
    say "$1 holds release $release; sha256 $(sha256sum -- "$1" | cut -d ' ' -f 1)"
}
