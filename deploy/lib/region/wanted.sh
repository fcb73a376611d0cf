# shellcheck shell=bash
# How a release was asked for, besides its configuration: deploy/settings of its tree, NAME=VALUE.

# Sets `wanted` from the files $@, of which those that are not there are left out. The last line of a name counts.
read_wanted() {
    local file key value
    declare -gA wanted=([role]=all [region]="" [port]="" [names]="" [email]="" [proxies]="")
    for file in "$@"; do
        [[ -e $file ]] || continue
        while IFS='=' read -r key value; do
            [[ -n $key && -v wanted[$key] ]] || fail "$file has an unknown name '$key'"
            wanted[$key]=$value
        done <"$file"
    done
}

# Prints `wanted` as it is read.
write_wanted() {
    local name
    for name in "${!wanted[@]}"; do printf '%s=%s\n' "$name" "${wanted[$name]}"; done | sort
}

# What the command line names of it.
write_asked() {
    local name
    for name in "${!asked[@]}"; do printf '%s=%s\n' "$name" "${asked[$name]}"; done
}

# The option of `apus` for it.
region_option() {
    region_option=()
    if [[ -n ${wanted[region]} ]]; then region_option=(--region "${wanted[region]}"); fi
}
