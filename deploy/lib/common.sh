# shellcheck shell=bash
# Of use to every script: where the program lies, and messages that begin with the script's name.

# shellcheck disable=SC2154,SC2034 # set by the script; not of use to every one
program=$repository/bin/apus
# A clone has its own build, a release or a container what it came with.
[[ -x $program ]] || program=$repository/.build/release/apus

# Where nobody listens any more, the work goes on all the same.
say() {
    printf '%s: %s\n' "${0##*/}" "$*" 2>/dev/null || true
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The value of an option, or a clear end when it is missing: option_value --port "$@"
option_value() {
    if (($# < 2)) || [[ -z $2 ]]; then fail "$1 needs a value (see --help)"; fi
    printf '%s\n' "$2"
}
