# shellcheck shell=bash
# What the configuration says that scripts must know.

# Reads `apus check --settings ARGUMENTS…` into the global `settings` and sets `drain_seconds`, the longest that any part
# may take to finish what it has.
read_settings() {
    local key value
    declare -gA settings=()
    while IFS='=' read -r key value; do
        settings[$key]=$value
    done < <("$program" check --settings "$@")
    for key in slots totalSeconds stallSeconds region relays; do
        [[ -n ${settings[$key]:-} ]] || fail "apus check --settings does not say '$key'"
    done
    for key in widthNames pixelRatioNames; do
        [[ -v settings[$key] ]] || fail "apus check --settings does not say '$key'"
    done
    drain_seconds=$((settings[totalSeconds] + settings[stallSeconds] + 5))
}

# Says what `apus check ARGUMENTS…` warns of, but for what the scripts give themselves.
tell_warnings() {
    local line
    while IFS= read -r line; do
        if [[ $line != "warning: "* || $line == *"(deploy/up and deploy/region give it both)"* ]]; then continue; fi
        say "$line"
    done < <("$program" check "$@")
}
